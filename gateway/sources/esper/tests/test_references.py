"""Target lists as what inputs name by id."""

from typing import cast

import httpx
import pytest

from gateway import errors
from gateway.adapter import Batch
from gateway.sources.esper import Esper
from gateway.sources.esper.sandbox import EMULATOR
from gateway.sources.esper.tests.asking import (
    NOBODY,
    POSITIONS,
    TARGETS,
    counts,
    numbered,
    offline,
    pipeline_id,
    rows_of,
    stage_id,
)
from gateway.upstream.trace import Trace
from schema.types.arguments import ResourceKey
from schema.types.ids import GlobalId, Kind
from schema.types.reference import Reference, ReferenceKind
from schema.types.source import Source
from tests.fixtures import Connect, Sandbox

OF_TARGET_LISTS = ReferenceKind.TARGET_LIST


async def listed(esper: Esper, scope: str | None) -> list[Batch[Reference]]:
    return [one async for one in esper.references(OF_TARGET_LISTS, scope, Trace())]


def rows(batches: list[Batch[Reference]]) -> list[Reference]:
    return [row for batch in batches for row in batch.rows]


@pytest.mark.parametrize(("name", "position"), POSITIONS)
async def test_the_references_are_the_state(
    sandbox: Sandbox, connect: Connect, name: str, position: str
) -> None:
    sandbox.turn(f"esper.{name}", position)
    prefix = position if name == "auth_prefix" else "Bearer"
    esper = cast("Esper", connect(Source.ESPER, auth_prefix=prefix, page_size=2))
    state = sandbox.state("esper")
    for one in state["pipelines"]:
        found = rows(await listed(esper, one["id"]))
        assert [(it.source_id, it.name) for it in found] == [
            (target["id"], target["name"])
            for target in state["target_lists"]
            if target["pipeline_id"] == one["id"]
        ]
        assert {(it.kind, it.source, it.display_id) for it in found} == {
            (OF_TARGET_LISTS, Source.ESPER, None)
        }


async def test_one_target_list_has_one_id_wherever_it_is(sandbox: Sandbox, esper: Esper) -> None:
    assert Esper.reference_kinds == {OF_TARGET_LISTS: True}
    attachment, *_ = state = sandbox.state("esper")["attachments"]
    assert state
    stage = next(
        one for one in sandbox.state("esper")["stages"] if one["id"] == attachment["stage_id"]
    )
    holders = [stage_id(stage["pipeline_id"], stage["id"]), pipeline_id(stage["pipeline_id"])]
    found = await esper.target_lists_of([(one, None) for one in holders], Trace())
    everywhere = [
        rows(await listed(esper, stage["pipeline_id"])),
        *cast("list[list[Reference]]", list(found.values())),
    ]
    [key] = {
        one.id
        for there in everywhere
        for one in there
        if one.source_id == attachment["target_list_id"]
    }
    assert all(key in {one.id for one in there} for there in everywhere)
    told = ResourceKey(
        source=Source.ESPER,
        source_id=attachment["target_list_id"],
        scope_source_id=stage["pipeline_id"],
    )
    assert await esper.locate(Kind.TARGET_LIST, told, Trace()) == [GlobalId.parse(key)]
    assert esper.owns(GlobalId.parse(key))


async def test_pages_come_as_batches(sandbox: Sandbox, connect: Connect) -> None:
    esper = cast("Esper", connect(Source.ESPER, page_size=2))
    state = sandbox.state("esper")
    sizes = {
        one["id"]: sum(target["pipeline_id"] == one["id"] for target in state["target_lists"])
        for one in state["pipelines"]
    }
    largest = max(sizes, key=lambda one: sizes[one])
    assert [len(one.rows) for one in await listed(esper, largest)] == [2, 2]
    assert counts(sandbox, TARGETS) == {TARGETS: 2}
    few = cast("Esper", connect(Source.ESPER, page_size=2, max_pages=1))
    with pytest.raises(errors.TooLarge):
        await listed(few, largest)


@pytest.mark.parametrize("scope", [None, "", "..", "../x", NOBODY + "\n", "A" * 36, "é"])
async def test_a_scope_is_the_id_of_a_pipeline(
    sandbox: Sandbox, esper: Esper, scope: str | None
) -> None:
    with pytest.raises(errors.Rejected, match="scopeSourceId"):
        await listed(esper, scope)
    with pytest.raises(errors.Rejected, match="target list by its pipeline: scopeSourceId"):
        await esper.locate(
            Kind.TARGET_LIST, ResourceKey(source=Source.ESPER, source_id=NOBODY), Trace()
        )
    assert sandbox.calls("esper") == 0


@pytest.mark.parametrize("position", EMULATOR.positions["unknown_pipeline"])
async def test_an_unknown_pipeline_has_none(sandbox: Sandbox, esper: Esper, position: str) -> None:
    sandbox.turn("esper.unknown_pipeline", position)
    assert rows(await listed(esper, NOBODY)) == []


async def test_a_bad_row_costs_only_itself_and_is_counted() -> None:
    pages = {
        None: rows_of({"id": numbered(1), "name": 5}, {"id": numbered(2)}, following="?offset=3"),
        "3": rows_of(5, {"id": numbered(2)}, {"id": numbered(3)}),
    }
    esper = offline(lambda request: pages[request.url.params.get("offset")])
    batches = await listed(esper, NOBODY)
    assert [one.dropped for one in batches] == [1, 1]
    assert [one.source_id for one in rows(batches)] == [numbered(2), numbered(3)]


@pytest.mark.parametrize(
    ("status", "failure"), [(401, errors.Unauthenticated), (503, errors.Unavailable)]
)
async def test_a_failure_is_not_taken_for_an_empty_list(
    status: int, failure: type[Exception]
) -> None:
    with pytest.raises(failure):
        await listed(offline(lambda _: httpx.Response(status)), NOBODY)
