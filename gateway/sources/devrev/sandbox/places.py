"""Which stages a work may start in, and which it may move to."""

from collections.abc import Sequence
from typing import Any

from gateway.sources.devrev.sandbox.desk import Desk
from gateway.sources.devrev.sandbox.forms import deny
from gateway.sources.devrev.sandbox.grammar import Refusal, unknown
from gateway.sources.devrev.sandbox.records import At, Record, Ref

_SAME_AS = {"task": "issue"}
"""Types that pass through the stages of another, as long as they have no diagram of their own."""


def start(desk: Desk, kind: str, told: Record, *, is_free: bool) -> At:
    """Return where a new work starts.

    Args:
        desk: with the diagrams.
        kind: the work's type.
        told: the request's `stage`, by `id` or `name`; empty for the diagram's first start.
        is_free: whether it need be no start.

    Raises:
        Refusal: for a stage that it may not start in.
    """
    nodes = _nodes(desk, kind)
    starts = [node["stage"].id for node in nodes if node["is_start"]]
    wanted = _wanted(desk, nodes, told, "id")
    if wanted is None:
        if not starts:
            message = "The stage diagram has no start"
            raise Refusal(message, type="bad_request")
        wanted = starts[0]
    if wanted not in starts and not is_free:
        deny("stage", "not a start of the stage diagram", _names(desk, starts))
    return At(wanted)


def moved(desk: Desk, kind: str, at: At, told: Record, *, is_free: bool) -> At:
    """Return where a work moves to from where it is; `told` is by `stage` or `name`.

    Raises:
        Refusal: for a stage that nothing leads to from there, unless `is_free`.
    """
    nodes = _nodes(desk, kind)
    wanted = _wanted(desk, nodes, told, "stage")
    if wanted is None or wanted == at.stage:
        return at
    targets = [
        one["target_stage"].id
        for node in nodes
        if node["stage"].id == at.stage
        for one in node["transitions"]
    ]
    if wanted not in targets and not is_free:
        deny("stage", "no such transition", _names(desk, targets))
    return At(wanted)


def _nodes(desk: Desk, kind: str) -> list[Record]:
    """Return the nodes of a type's default diagram."""
    defaults = {
        one["leaf_type"]: one["stages"]
        for one in desk.records.all("workflows")
        if one["is_default"] and not one["is_custom_leaf_type"]
    }
    return defaults.get(kind) or defaults.get(_SAME_AS.get(kind, ""), [])


def _wanted(desk: Desk, nodes: Sequence[Record], told: Record, by_id: str) -> str | None:
    """Return the stage that is told, by id before by name; None for none."""
    if by_id in told:
        if desk.switches["stage_write"] == "name":
            field = f"stage.{by_id}"
            raise unknown(field)
        return told[by_id].id
    return _by_name(desk, nodes, told["name"]) if "name" in told else None


def _by_name(desk: Desk, nodes: Sequence[Record], name: str) -> str:
    """Find a stage by name: the diagram's before any other."""
    stages: list[Any] = [node["stage"].id for node in nodes]
    others = [one["id"] for one in desk.records.all("stages")]
    found = [don for don in (*stages, *others) if _names(desk, [don]) == [name]]
    if not found:
        deny("stage.name", "no such stage", _names(desk, stages))
    return found[0]


def _names(desk: Desk, dons: Sequence[str]) -> list[str]:
    found = [desk.records.at(Ref("stages", don), ["name"]) for don in dons]
    return [name for [name] in found]
