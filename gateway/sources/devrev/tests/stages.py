"""Stages as the sandbox has them and as the adapter tells them."""

from typing import Any, cast

from gateway.adapter import StageAsk
from gateway.sources.devrev import DevRev
from gateway.sources.devrev.sandbox import EMULATOR
from gateway.upstream.trace import Trace
from schema.types.devrev import DevRevStage
from schema.types.ids import GlobalId, Kind
from schema.types.source import Source
from tests.fixtures import Sandbox

LIST, GET = "/stages.custom.list", "/stages.custom.get"
DIAGRAMS, DIAGRAM = "/stage-diagrams.list", "/stage-diagrams.get"
POSITIONS = [(name, one) for name, ones in EMULATOR.positions.items() for one in ones]
UNKNOWN = "don:core:dvrv-us-1:devo/0:custom_stage/999"

Told = dict[str, tuple[Any, ...]]


def key(text: str, kind: Kind = Kind.STAGE) -> GlobalId:
    return GlobalId(Source.DEVREV, kind, "", text)


def stage(number: int) -> GlobalId:
    return key(f"don:core:dvrv-us-1:devo/0:custom_stage/{number}")


def diagram(number: int) -> GlobalId:
    return key(f"don:core:dvrv-us-1:devo/0:stage_diagram/{number}", Kind.WORKFLOW)


KNOWN: dict[str, list[dict[str, Any]]] = {}


def state(sandbox: Sandbox) -> dict[str, list[dict[str, Any]]]:
    """Return the sandbox's state as at the start, which is always the same."""
    if not KNOWN:
        KNOWN.update(sandbox.state("devrev"))
    return KNOWN


def sent(sandbox: Sandbox, display_id: str) -> dict[str, Any]:
    [stage] = [one for one in state(sandbox)["stages"] if one["display_id"] == display_id]
    return stage


def expected(sandbox: Sandbox) -> Told:
    """Compute from the sandbox's state what the adapter has to tell."""

    def end(one: dict[str, Any] | None) -> Any:
        return one and (one["id"], one.get("full_name"), "display_picture" in one)

    return {
        one["id"]: (
            one["display_id"], one["name"], one["ordinal"],
            (one["state"]["id"], one["state"]["name"], one["state"]["is_final"]),
            end(one.get("created_by")), end(one.get("modified_by")),
            one["created_date"], one.get("modified_date"),
        )
        for one in state(sandbox)["stages"]
    }  # fmt: skip


def told(stages: list[DevRevStage]) -> Told:
    def time(of: Any) -> str | None:
        return of and of.isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def end(one: Any) -> Any:
        return one and (one.source_id, one.full_name, one.picture is not None)

    found: Told = {}
    for one in stages:
        assert one.state is not None
        found[one.source_id] = (
            one.display_id, one.name, one.position,
            (one.state.source_id, one.state.name, one.state.is_final),
            end(one.created_by), end(one.updated_by), time(one.created_at), time(one.updated_at),
        )  # fmt: skip
    assert len(found) == len(stages)
    return found


async def listed(adapter: DevRev, **ask: Any) -> tuple[list[DevRevStage], int]:
    rows, dropped = list[DevRevStage](), 0
    async for batch in adapter.stages(StageAsk(**ask), Trace()):
        rows += cast("list[DevRevStage]", batch.rows)
        dropped += batch.dropped
    return rows, dropped


async def numbers(adapter: DevRev, **ask: Any) -> list[int]:
    rows, dropped = await listed(adapter, **ask)
    assert dropped == 0
    return sorted(int(one.source_id.rpartition("/")[2]) for one in rows)


async def got(adapter: DevRev, *ids: GlobalId) -> dict[GlobalId, DevRevStage]:
    found = await adapter.get_stages(ids, Trace())
    return cast("dict[GlobalId, DevRevStage]", dict(found))


def counts(sandbox: Sandbox) -> dict[str, int]:
    assert all(row["method"] == "POST" for row in sandbox.requests("devrev"))
    found: dict[str, int] = {}
    for row in sandbox.requests("devrev"):
        found[row["route"]] = found.get(row["route"], 0) + row["count"]
    return found
