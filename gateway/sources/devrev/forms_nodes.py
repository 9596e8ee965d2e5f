"""The form of a stage diagram's nodes; pure."""

from collections.abc import Sequence
from typing import Any

from msgspec import Struct

from gateway.adapter import Judge, told
from gateway.sources.devrev import normalise
from gateway.sources.devrev.forms import Id
from schema.types.ids import Kind
from schema.types.inputs.devrev import DevRevWorkflowNodeInput
from schema.types.mutation_errors import Constraint

_STAGE = Id(Kind.STAGE)

Json = dict[str, Any]


class Nodes(Struct, frozen=True):
    """All nodes of a diagram, each with the stages that it leads to."""

    def read(self, judge: Judge, given: Sequence[DevRevWorkflowNodeInput], *at: str) -> list[Json]:
        """Judge the ids, that each stage stands there once, and that transitions stay inside."""
        found = [_node(judge, node, *at, str(place)) for place, node in enumerate(given)]
        names = [node["stage_id"] for node in found]
        for place, name in enumerate(names):
            if name and name in names[:place]:
                words = "The stage stands in the workflow already."
                judge.wrong(words, Constraint.UNIQUE, *at, str(place), "stageId")
        if all(map(normalise.is_don, names)):  # else two texts may be ids of one stage
            _refuse_ways_out(judge, found, names, *at)
        return found

    def is_alike(self, sent: Sequence[Json], answered: Sequence[Any]) -> bool | None:
        """Compare in any order; flags only where they were sent."""
        if not all(map(normalise.is_don, _ids(sent))):
            return None
        nodes, spoilt = normalise.nodes(answered)
        known = {
            node.stage_key.source_id: (
                {one.source_id for one in node.next_stage_keys},
                {"is_start": node.is_start, "is_deprecated": node.is_deprecated},
            )
            for node in nodes
        }
        if spoilt:
            return None
        return len(sent) == len(known) and all(
            node["stage_id"] in known and _has(node, *known[node["stage_id"]]) for node in sent
        )


def _node(judge: Judge, node: DevRevWorkflowNodeInput, *at: str) -> Json:
    flags = {"is_start": told(node.is_start), "is_deprecated": told(node.is_deprecated)}
    targets = told(node.next_stage_ids) or []
    return {
        "stage_id": _STAGE.read(judge, node.stage_id, *at, "stageId"),
        **{name: flag for name, flag in flags.items() if flag is not None},
        "transitions": [
            {"target_stage_id": _STAGE.read(judge, one, *at, "nextStageIds", str(place))}
            for place, one in enumerate(targets)
        ],
    }


def _targets(node: Json) -> list[str]:
    return [one["target_stage_id"] for one in node["transitions"]]


def _ids(nodes: Sequence[Json]) -> list[str]:
    return [name for node in nodes for name in (node["stage_id"], *_targets(node))]


def _refuse_ways_out(judge: Judge, nodes: Sequence[Json], names: Sequence[str], *at: str) -> None:
    for place, node in enumerate(nodes):
        for number, target in enumerate(_targets(node)):
            if normalise.is_don(target) and target not in names:
                words = "The stage has no node of its own in the workflow."
                where = (str(place), "nextStageIds", str(number))
                judge.wrong(words, Constraint.REFERENCE, *at, *where)


def _has(node: Json, targets: set[str], flags: Json) -> bool:
    sent = {name: node[name] for name in flags if name in node}
    # A flag that is left out of an answer is not set.
    is_same = all(bool(flags[name]) == flag for name, flag in sent.items())
    return is_same and set(_targets(node)) == targets
