"""Which records a list answers, and in which order."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from gateway.sources.devrev.sandbox import paging
from gateway.sources.devrev.sandbox.grammar import Field, Refusal, within
from gateway.sources.devrev.sandbox.records import Record

_DIRECTIONS = {"asc": False, "desc": True}

_USER_STATES = ("active", "deactivated", "deleted", "locked", "shadow", "unassigned")

OF_DEV_USERS = {
    "email": Field("text", many=True),
    "state": Field("text", many=True, words=_USER_STATES),
    "external_identity": Field("object", many=True, place="body"),
    "external_identity.id": Field("text", place="query"),
    "external_identity.issuer": Field("text", place="query"),
    "created_date": Field("date", place="body"),
    "modified_date": Field("date", place="body"),
    "custom_fields": Field("object"),
}
"""What dev users can be chosen by; spans of time in a body alone."""


def matches(record: Record, given: Mapping[str, Any]) -> bool:
    """Tell whether a record fits all conditions; an empty list is none."""
    return all(
        _fits(record, name, value)
        for name, value in given.items()
        if name not in paging.TWO_WAY and value != []
    )


def _fits(record: Record, name: str, value: Any) -> bool:
    if name == "external_identity":
        return any(_is_known(record, one) for one in value)
    if name.startswith("external_identity."):
        return _is_known(record, {name.partition(".")[2]: value})
    if name == "custom_fields":
        return all(record[name].get(field) == one for field, one in value.items())
    if isinstance(value, tuple):
        return name in record and within(cast("Any", value))(record[name])
    if isinstance(value, list):
        return record.get(name) in value
    return record.get(name) == value


def _is_known(record: Record, identity: Mapping[str, Any]) -> bool:
    return any(
        all(one.get(name) == value for name, value in identity.items())
        for one in record["external_identities"]
    )


def ordered(records: list[Record], sort_by: Sequence[str], sortable: Sequence[str]) -> list[Record]:
    """Sort by fields such as `name:asc`; a field alone is ascending, and a missing one comes last.

    Raises:
        Refusal: for a field or a direction that there is not.
    """
    for text in reversed(sort_by):
        name, _, word = text.partition(":")
        direction = _DIRECTIONS.get(word or "asc")
        if direction is None or name not in sortable:
            message = f"sort_by does not take {text}"
            raise Refusal(
                message,
                type="value_not_permitted",
                field_name="sort_by",
                allowed_values=list(sortable),
            )
        have = [one for one in records if name in one]
        have.sort(key=lambda one, name=name: one[name], reverse=direction)
        records = have + [one for one in records if name not in one]
    return records
