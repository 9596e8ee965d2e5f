"""How stages, states and stage diagrams are written."""

from collections.abc import Sequence
from typing import Any

from gateway.sources.devrev.sandbox.desk import Body, Desk, Writes
from gateway.sources.devrev.sandbox.families import DIAGRAMS, STAGES, STATES
from gateway.sources.devrev.sandbox.forms import Form, Slot, deny, needed
from gateway.sources.devrev.sandbox.records import Record, Ref

_NAMED: Form = {"name": Slot("text"), "ordinal": Slot("int")}
_NEWLY_NAMED: Form = {name: needed(slot) for name, slot in _NAMED.items()}
_STATE = Slot("id", words=STATES.words)
_NEW_STAGE: Form = {**_NEWLY_NAMED, "state": needed(_STATE), "marketplace_ref": Slot("id")}
_STAGE: Form = {**_NAMED, "state_id": _STATE}
_FINAL: Form = {"is_final": Slot("bool")}

_STAGE_ID = needed(Slot("id", words=STAGES.words))
_TRANSITION: Form = {
    "target_stage_id": _STAGE_ID,
    "ui": Slot("object", form={"is_hidden": Slot("bool")}),
}
_NODE: Form = {
    "stage_id": _STAGE_ID,
    "is_start": Slot("bool"),
    "is_deprecated": Slot("bool"),
    "transitions": Slot("object", many=True, form=_TRANSITION),
}
_DIAGRAM: Form = {"name": Slot("text"), "stages": Slot("object", many=True, form=_NODE)}
_NEW_DIAGRAM: Form = {
    **{name: needed(slot) for name, slot in _DIAGRAM.items()},
    "leaf_type": needed(Slot("text")),
    "is_default": Slot("bool"),
    "is_custom_leaf_type": Slot("bool"),
}


def _new_stage(desk: Desk, body: Body) -> Record:
    filled = desk.fill(_NEW_STAGE, body)
    _want_name(desk, "stages", filled)
    return filled


def _stage(desk: Desk, record: Record, body: Body) -> Record:
    filled = desk.fill(_STAGE, body)
    _want_name(desk, "stages", filled, record)
    # What creates call `state` has another name here.
    return {"state" if name == "state_id" else name: one for name, one in filled.items()}


def _new_state(desk: Desk, body: Body) -> Record:
    return {"is_final": False, **desk.fill({**_NEWLY_NAMED, **_FINAL}, body)}


def _state(desk: Desk, record: Record, body: Body) -> Record:
    del record
    return desk.fill({**_NAMED, **_FINAL}, body)


def _new_diagram(desk: Desk, body: Body) -> Record:
    filled = desk.fill(_NEW_DIAGRAM, body)
    _want_name(desk, "workflows", filled)
    return {
        "is_default": False,
        "is_custom_leaf_type": False,
        **filled,
        **_drawn(filled["stages"]),
    }


def _diagram(desk: Desk, record: Record, body: Body) -> Record:
    filled = desk.fill(_DIAGRAM, body)
    _want_name(desk, "workflows", filled, record)
    return {**filled, **(_drawn(filled["stages"]) if "stages" in filled else {})}


def _want_name(desk: Desk, table: str, filled: Record, own: Record | None = None) -> None:
    if "name" in filled and desk.switches["stage_names"] == "unique":
        desk.want_free_name(table, filled["name"], own=own)


def _drawn(nodes: Sequence[Record]) -> Record:
    """Return the stages of a diagram, and what is told of how it looks."""
    stages = [node["stage_id"] for node in nodes]
    if len(set(stages)) < len(stages):
        deny("stages.stage_id", "more than once in the diagram")
    looks: list[Record] = []
    for node in nodes:
        for one in node.get("transitions", ()):
            if one["target_stage_id"] not in stages:
                field = "stages.transitions.target_stage_id"
                deny(field, "not in the diagram")
            if "ui" in one:
                looks.append({"stage_id": node["stage_id"].id, **_look(one)})
    return {"stages": [_node(node) for node in nodes], "ui": looks or None}


def _look(transition: Record) -> Record:
    return {"target_stage_id": transition["target_stage_id"].id, "ui": transition["ui"]}


def _node(node: Record) -> Record:
    targets: list[Ref] = [one["target_stage_id"] for one in node.get("transitions", ())]
    return {
        "is_deprecated": node.get("is_deprecated", False),
        "is_start": node.get("is_start", False),
        "stage": node["stage_id"],
        "transitions": [{"target_stage": target} for target in targets],
    }


def _one_default(desk: Desk, record: Record) -> None:
    """Let the new default of a type of object be its only one."""
    if not record["is_default"]:
        return
    same: Any = (record["leaf_type"], record["is_custom_leaf_type"])
    for one in desk.records.all("workflows"):
        is_other = one["id"] != record["id"]
        if is_other and same == (one["leaf_type"], one["is_custom_leaf_type"]):
            desk.records.put("workflows", {**one, "is_default": False})


FLOW = (
    Writes(STAGES, _new_stage, _stage),
    Writes(STATES, _new_state, _state),
    Writes(DIAGRAMS, _new_diagram, _diagram, settle=_one_default),
)
