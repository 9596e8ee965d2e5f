"""What every write needs at hand, and what several kinds of object have alike."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from gateway.sandbox.company import stamp
from gateway.sandbox.switches import Switches
from gateway.sources.devrev.sandbox.families import Family
from gateway.sources.devrev.sandbox.forms import Filling, Form, Slot, deny, ids, needed
from gateway.sources.devrev.sandbox.grammar import Refusal
from gateway.sources.devrev.sandbox.reading import Unknown
from gateway.sources.devrev.sandbox.records import Record, Records, Ref

Body = Mapping[str, object]

SCHEMA = Slot(
    "object",
    form={
        "apps": Slot("text", many=True),
        "drop": Slot("object", form={"apps": Slot("text", many=True), "subtype": Slot("bool")}),
        "subtype": Slot("text"),
        "tenant_fragment": Slot("bool"),
        "validate_required_fields": Slot("bool"),
    },
    is_open=True,
)
CUSTOM: Form = {
    "custom_fields": Slot("object"),
    "custom_schema_fragments": ids("custom_type_fragment"),
    "custom_schema_spec": SCHEMA,
}
"""The organisation's own fields, of works and parts."""

_TAG = {"id": needed(Slot("id", words=("tag",))), "value": Slot("text")}
TAGS = Slot("object", many=True, form=_TAG)
GONE_TAGS = Slot("object", many=True, form={"id": _TAG["id"]})


class Desk:
    """Where a write is made ready; nothing changes before it is made.

    Args:
        records: all tables, as they are.
        switches: the emulator's.
        is_beta: whether the request asks for what is only in the beta version.
    """

    def __init__(self, records: Records, switches: Switches, *, is_beta: bool) -> None:
        self.records = records
        self.switches = switches
        self.is_beta = is_beta
        self.now = stamp(datetime.now(UTC))
        self.writer = Ref("people", records.all("people")[0]["id"])

    def fill(self, form: Form, given: Body) -> Record:
        """Return the fields of a body, as `Filling` does."""
        return Filling(self.records, self._lost).fill(form, given)

    def _lost(self, name: str) -> Exception:
        if self.switches["unknown_references"] == "not_found":
            return Unknown()
        message = f"{name} names nothing that there is"
        return Refusal(message, type="invalid_id", field_name=name)

    def want_free_name(self, table: str, name: str, *, own: Record | None = None) -> None:
        """Refuse a name that another record of a table has; `own` is the one that gets it."""
        own_id = own and own["id"]
        if any(one["name"] == name and one["id"] != own_id for one in self.records.all(table)):
            deny("name", "already taken")

    def want_free_files(self, files: Sequence[Ref], *, own: Record | None = None) -> None:
        """Refuse files that are attached to something else than the record that gets them."""
        for file in files:
            for _, holder in self.records.holders(file):
                if own is None or holder["id"] != own["id"]:
                    message = "The artifact is attached already"
                    raise Refusal(
                        message,
                        type="artifact_already_attached_to_a_parent",
                        existing_parent=holder["id"],
                        is_same=False,
                    )

    def attached(self, tags: Sequence[Record]) -> list[Record]:
        """Return what a record holds of tags that are told by id and value."""
        return [self._attached(one) for one in tags]

    def _attached(self, told: Record) -> Record:
        ref: Ref = told["id"]
        tag = self.records.find(ref.table, ref.id)
        allowed: list[str] = tag["allowed_values"] if tag else []
        if "value" in told and told["value"] not in allowed:
            deny("tags.value", "not a value of the tag", allowed)
        return {"tag": ref, **({"value": told["value"]} if "value" in told else {})}

    def customised(self, filled: Record, own: Record) -> Record:
        """Return what becomes of a record's custom fields and schemas.

        Args:
            filled: the request's fields.
            own: the record; empty if it is new.
        """
        spec: Record = filled.get("custom_schema_spec", {})
        custom: Record = filled.get("custom_fields", {})
        fragments = filled.get("custom_schema_fragments", own.get("custom_schema_fragments"))
        if custom and not spec and not fragments and self.switches["custom_fields"] == "schema":
            message = "Custom fields need the schemas that define them"
            raise Refusal(
                message, type="customization_validation_error", subtype="field_not_in_schema"
            )
        changes: Record = {}
        if "custom_fields" in filled:
            merged = {**own.get("custom_fields", {}), **custom}
            changes["custom_fields"] = {
                name: one for name, one in merged.items() if one is not None
            }
        if "subtype" in spec:
            changes["subtype"] = spec["subtype"]
        elif spec.get("drop", {}).get("subtype"):
            changes["subtype"] = None
        return changes


def listed(
    own: Sequence[Any], told: Record, same: Callable[[Any], object] = lambda one: one
) -> Any:
    """Return a list after `set`, `add` and `remove`, each where it is told.

    Args:
        own: the list before.
        told: the new members.
        same: what two members are the same by.
    """
    members = list(told.get("set", own))
    had = [same(one) for one in members]
    members += [one for one in told.get("add", ()) if same(one) not in had]
    gone = [same(one) for one in told.get("remove", ())]
    return [one for one in members if same(one) not in gone]


class Writes(NamedTuple):
    """How the objects of a family are written.

    Attributes:
        family: which.
        create: makes the fields of a new record from a body.
        update: makes the fields that change, None for those that go, from a record and a body
            without its id.
        is_deletable: whether there is a delete.
        settle: does what follows for other records once one is written.
    """

    family: Family
    create: Callable[[Desk, Body], Record]
    update: Callable[[Desk, Record, Body], Record]
    is_deletable: bool = False
    settle: Callable[[Desk, Record], None] | None = None
