"""How works are written."""

from collections.abc import Sequence
from typing import Any

from gateway.sources.devrev.sandbox.choices import FORECASTS, PRIORITIES, choice
from gateway.sources.devrev.sandbox.desk import Body, Desk, Writes, listed
from gateway.sources.devrev.sandbox.families import WORKS
from gateway.sources.devrev.sandbox.forms import deny
from gateway.sources.devrev.sandbox.forms_works import COMMON, NEW, OWN
from gateway.sources.devrev.sandbox.grammar import Refusal, check_word, expect, required
from gateway.sources.devrev.sandbox.ids import don
from gateway.sources.devrev.sandbox.places import moved, start
from gateway.sources.devrev.sandbox.records import At, Record, Ref

_PUBLIC = ("issue", "ticket")
_EMPTY: dict[str, Any] = {
    "artifacts": [],
    "custom_fields": {},
    "custom_schema_fragments": [],
    "reported_by": [],
    "stock_schema_fragment": don("custom_type_fragment", 110),
    "tags": [],
}
_EMPTY_OWN: dict[str, dict[str, Any]] = {
    "issue": {"developed_with": []},
    "opportunity": {"contacts": []},
    "ticket": {"channels": [], "is_frozen": False, "is_spam": False, "needs_response": False},
}
_TWICE = (("priority", PRIORITIES), ("forecast_category", FORECASTS))
"""What is told as a word and, under the name with `_v2`, as an enum's value."""


def _kind(desk: Desk, told: object) -> str:
    """Return the type of work that a request tells."""
    expect("type", told, "string")
    check_word("type", _known(desk), str(told))
    return str(told)


def _known(desk: Desk) -> Sequence[str]:
    return tuple(NEW) if desk.is_beta or desk.switches["work_types"] == "public" else _PUBLIC


def _new(desk: Desk, body: Body) -> Record:
    kind = _kind(desk, required(body, "type"))
    filled = desk.fill(NEW[kind], body)
    desk.want_free_files(filled.get("artifacts", ()))
    custom = desk.customised(filled, {})
    is_free = "allow_non_start" in filled.pop("stage_validation_options", ())
    at = start(desk, kind, filled.get("stage", {}), is_free=is_free)
    return {
        **_EMPTY,
        **_EMPTY_OWN.get(kind, {}),
        **filled,
        **custom,
        **_twice(kind, filled),
        **_placed(desk, at),
        "tags": desk.attached(filled.get("tags", ())),
    }


def _changed(desk: Desk, record: Record, body: Body) -> Record:
    kind: str = record["type"]
    _want_type(desk, kind, body)
    filled = desk.fill({**COMMON, **OWN[kind]}, body)
    is_free = "allow_invalid_transition" in filled.pop("stage_validation_options", ())
    told: Record = filled.pop("stage", {})
    at: At = record["stage"]
    goal = moved(desk, kind, at, told, is_free=is_free)
    changes = {
        **filled,
        **_lists(desk, record, filled),
        **desk.customised(filled, record),
        **_twice(kind, filled),
        **({} if goal == at else _placed(desk, goal)),
    }
    if "sentiment" in filled:
        changes.setdefault("sentiment_modified_date", desk.now)
    return changes


def _want_type(desk: Desk, kind: str, body: Body) -> None:
    """Judge the type that an update tells, or does not tell."""
    if "type" in body:
        if _kind(desk, body["type"]) != kind:
            deny("type", f"the work is of type {kind}", [kind])
        return
    if kind not in _known(desk):
        deny("id", f"works of type {kind} are in the beta version alone")
    if desk.switches["update_type"] == "required" and any(name in OWN[kind] for name in body):
        message = "Missing required field: type"
        raise Refusal(message, type="missing_required_field", field_name="type")


def _lists(desk: Desk, record: Record, filled: Record) -> Record:
    """Return the lists of which an update tells what becomes of them."""
    lists: Record = {}
    for name in ("artifacts", "channels", "contacts", "developed_with", "owned_by", "reported_by"):
        if name in filled:
            lists[name] = listed(record.get(name, []), filled[name])
    if filled.get("owned_by", {}).get("set") == []:
        deny("owned_by.set", "empty")
    if "artifacts" in lists:
        desk.want_free_files(lists["artifacts"], own=record)
    if "tags" in filled:
        told = {
            "remove": [{"tag": one["id"]} for one in filled["tags"].get("remove", ())],
            **{
                verb: desk.attached(filled["tags"][verb])
                for verb in ("set", "add")
                if verb in filled["tags"]
            },
        }
        lists["tags"] = listed(record["tags"], told, _tag)
    return lists


def _tag(one: Record) -> Ref:
    return one["tag"]


def _twice(kind: str, filled: Record) -> Record:
    """Tell in both ways what only one of them tells; the value goes first."""
    told: Record = {}
    for name, words in _TWICE:
        if f"{name}_v2" not in NEW[kind]:
            continue
        if f"{name}_v2" in filled:
            told[name] = filled[f"{name}_v2"]["value"]
        elif name in filled:
            told[f"{name}_v2"] = choice(words.index(filled[name]) + 1, words)
    return told


def _placed(desk: Desk, at: At) -> Record:
    """Return what being in a stage means for a work."""
    stage = Ref("stages", at.stage)
    [name] = desk.records.at(stage, ["state", "name"])
    [is_final] = desk.records.at(stage, ["state", "is_final"])
    return {
        "stage": at,
        "state_display_name": name.replace("_", " ").capitalize(),
        "actual_close_date": desk.now if is_final else None,
    }


WORK = Writes(WORKS, _new, _changed, is_deletable=True)
