"""How parts and tags are written."""

from collections.abc import Mapping
from typing import Any

from gateway.sources.devrev.sandbox.desk import CUSTOM, TAGS, Body, Desk, Writes, listed
from gateway.sources.devrev.sandbox.families import PARTS_OF_PRODUCTS
from gateway.sources.devrev.sandbox.families import TAGS as TAG_FAMILY
from gateway.sources.devrev.sandbox.forms import (
    Form,
    Slot,
    clearable,
    deny,
    ids,
    needed,
    setting,
)
from gateway.sources.devrev.sandbox.grammar import check_word, expect, required
from gateway.sources.devrev.sandbox.ids import don
from gateway.sources.devrev.sandbox.records import Record, Ref
from gateway.sources.devrev.sandbox.works_filters import PARTS, USERS

_TEXT = Slot("text")
_TIME = Slot("time")
_LINKS = (
    "custom_link", "developed_with", "imports", "is_analyzed_by", "is_converted_to",
    "is_dependent_on", "is_duplicate_of", "is_follow_up_of", "is_merged_into", "is_parent_of",
    "is_part_of", "is_related_to", "serves",
)  # fmt: skip
_LINK: Form = {
    "link_type": needed(Slot("text", words=_LINKS)),
    "source": Slot("id"),
    "target": Slot("id"),
}
_ALIKE: Form = {**CUSTOM, "description": _TEXT, "name": _TEXT, "type": _TEXT}
_NEW: Form = {
    **_ALIKE,
    "artifacts": ids("artifact"),
    "links": Slot("object", many=True, form=_LINK, is_open=True),
    "name": needed(_TEXT),
    "owned_by": needed(ids(*USERS)),
    "stage_validation_options": Slot("text", many=True, words=("allow_non_start",)),
    "tags": TAGS,
    "type": needed(_TEXT),
}
_COMMON: Form = {
    **_ALIKE,
    "artifacts": setting(ids("artifact")),
    "owned_by": setting(ids(*USERS)),
    "stage_validation_options": Slot("text", many=True, words=("allow_invalid_transition",)),
    "tags": setting(TAGS),
}
_CODE: Form = {
    "code_inferred_surface_area": Slot("text", many=True),
    "code_repo_paths": _TEXT,
    "code_repo_url": _TEXT,
}
_PLANNED: Form = {
    "stage_v2": Slot("id", words=("custom_stage",)),
    "target_close_date": _TIME,
    "target_start_date": _TIME,
}


def _below(*words: str) -> Form:
    return {"parent_part": needed(ids(*words)._replace(items=1))}


_NEW_OWN: Mapping[str, Form] = {
    "capability": _below("product"),
    "enhancement": {**_below(*PARTS), **_PLANNED},
    "feature": _below("capability", "feature"),
    "linkable": _CODE,
    "product": {},
    "runnable": _CODE,
}
_OWN: Mapping[str, Form] = {
    "capability": {},
    "feature": {},
    "product": {},
    "linkable": _CODE,
    "runnable": _CODE,
    "enhancement": {
        **_PLANNED,
        **{name: clearable(_TIME) for name in ("target_close_date", "target_start_date")},
    },
}
_EMPTY: dict[str, Any] = {
    "artifacts": [],
    "custom_fields": {},
    "custom_schema_fragments": [],
    "stock_schema_fragment": don("custom_type_fragment", 101),
}


def _kind(told: object) -> str:
    expect("type", told, "string")
    check_word("type", PARTS, str(told))
    return str(told)


def _new_part(desk: Desk, body: Body) -> Record:
    kind = _kind(required(body, "type"))
    filled = desk.fill({**_NEW, **_NEW_OWN[kind]}, body)
    filled.pop("stage_validation_options", None)
    if filled.get("parent_part") == []:
        deny("parent_part", "too few")
    desk.want_free_files(filled.get("artifacts", ()))
    return {
        **_EMPTY,
        **filled,
        **desk.customised(filled, {}),
        **_staged(desk, filled),
        "tags": desk.attached(filled.get("tags", ())),
    }


def _part(desk: Desk, record: Record, body: Body) -> Record:
    kind: str = record["type"]
    if "type" in body and _kind(body["type"]) != kind:
        deny("type", f"the part is of type {kind}", [kind])
    if desk.switches["update_type"] == "required" and any(name in _OWN[kind] for name in body):
        required(body, "type")
    filled = desk.fill({**_COMMON, **_OWN[kind]}, body)
    filled.pop("stage_validation_options", None)
    lists: Record = {
        name: listed(record.get(name, []), filled[name])
        for name in ("artifacts", "owned_by")
        if name in filled
    }
    if filled.get("owned_by", {}).get("set") == []:
        deny("owned_by.set", "empty")
    desk.want_free_files(lists.get("artifacts", ()), own=record)
    if "tags" in filled:
        tags: Record = filled["tags"]
        lists["tags"] = desk.attached(tags["set"]) if "set" in tags else record["tags"]
    return {**filled, **lists, **desk.customised(filled, record), **_staged(desk, filled)}


def _staged(desk: Desk, filled: Record) -> Record:
    """Return where an enhancement is, where a request tells its stage."""
    if "stage_v2" not in filled:
        return {}
    stage: Ref = filled["stage_v2"]
    [state] = desk.records.at(stage, ["state"])
    [name] = desk.records.at(stage, ["state", "name"])
    return {"stage_v2": {"stage": stage, "state": Ref("states", state)}, "state_v2": name}


_STYLE = Slot("object", form={"color": Slot("text", pattern="#[0-9A-Fa-f]{6}")}, is_open=True)
_VALUES = Slot("text", many=True)
_NEW_TAG: Form = {
    "allowed_values": _VALUES,
    "description": _TEXT,
    "name": needed(_TEXT),
    "style_new": _STYLE,
}
_TAG: Form = {
    **_NEW_TAG,
    "allowed_values": setting(_VALUES, is_open=False),
    "name": _TEXT,
}


def _new_tag(desk: Desk, body: Body) -> Record:
    filled = desk.fill(_NEW_TAG, body)
    desk.want_free_name("tags", filled["name"])
    return {"allowed_values": [], **filled}


def _tag(desk: Desk, record: Record, body: Body) -> Record:
    filled = desk.fill(_TAG, body)
    if "name" in filled:
        desk.want_free_name("tags", filled["name"], own=record)
    if "allowed_values" in filled:
        filled["allowed_values"] = listed(record["allowed_values"], filled["allowed_values"])
    return filled


CATALOG = (
    Writes(PARTS_OF_PRODUCTS, _new_part, _part, is_deletable=True),
    Writes(TAG_FAMILY, _new_tag, _tag, is_deletable=True),
)
