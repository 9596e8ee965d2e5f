"""What works.list and works.count are asked for; pure.

Only what DevRev surely serves as the graph means it goes out, so that at least what is wanted
comes back. Titles are no filter of DevRev's.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import Any, NamedTuple

from gateway.adapter import Span, WorkAsk
from gateway.sources.devrev import calls, normalise
from schema.types.ids import GlobalId
from schema.types.work import WorkOrderField, WorkType

SORTS: Mapping[WorkOrderField, str] = {
    WorkOrderField.UPDATED_AT: "modified_date",
    WorkOrderField.CREATED_AT: "created_date",
    WorkOrderField.TARGET_CLOSE_AT: "target_close_date",
}
"""What lists are sorted by, in DevRev's words; that all three may be is a guess."""

_USERS = ("devu", "revu")
_PARTS = ("capability", "enhancement", "feature", "linkable", "product", "runnable")
_STAGES = ("custom_stage",)
_TAGS = ("tag",)

_FIRST_YEAR, _LAST_YEAR = 1970, 9998
"""Bounds beyond these are none that a work could reach."""

_SLACK = timedelta(seconds=1)


class Sort(NamedTuple):
    """An order that DevRev is wished to give."""

    field: str
    descending: bool

    def __str__(self) -> str:
        """Write it as `sort_by` takes it; the form is a guess."""
        return f"{self.field}:{'desc' if self.descending else 'asc'}"

    @property
    def turned(self) -> "Sort":
        """The opposite order."""
        return Sort(self.field, not self.descending)


def sort_of(ask: WorkAsk) -> Sort | None:
    """Return the order to wish for; None where DevRev could not know it."""
    field = SORTS.get(ask.order)
    return Sort(field, ask.descending) if field else None


def is_nothing(ask: WorkAsk) -> bool:
    """Tell whether nothing can match."""
    lists = (ask.types, ask.titles, ask.stages, ask.owners, ask.parts, ask.tags)
    return () in {*lists, ask.priorities, ask.severities}


def conditions(ask: WorkAsk) -> dict[str, Any]:
    """Return the conditions that go out, but for that on stages."""
    ids = {
        "owned_by": _dons(ask.owners, _USERS),
        "applies_to_part": _dons(ask.parts, _PARTS),
        "tags": _dons(ask.tags, _TAGS),
    }
    spans = {
        "created_date": _range(ask.created),
        "modified_date": _range(ask.updated),
        "target_close_date": _range(ask.target_close),
    }
    of_types = {
        "issue": _words("priority", ask.priorities, ask, WorkType.ISSUE),
        "ticket": _words("severity", ask.severities, ask, WorkType.TICKET),
    }
    types = {"type": ask.types and [one.value for one in ask.types]}
    given = {**types, **ids, **spans, **of_types}
    return {name: value for name, value in given.items() if value}


def exact_conditions(ask: WorkAsk) -> dict[str, Any] | None:
    """Return the conditions, but for that on stages, where they are those of the ask exactly.

    Spans of time are not, as whether their ends belong to them is nowhere told. Works of types
    that the graph does not have are left out.
    """
    spans = (ask.created, ask.updated, ask.target_close)
    if ask.titles is not None or any(one != Span() for one in spans):
        return None
    found = conditions(ask)
    lists = (ask.types, ask.owners, ask.parts, ask.tags, ask.priorities, ask.severities)
    if len(found) != sum(one is not None for one in lists):
        return None
    return {"type": [one.value for one in WorkType], **found}


def in_stages(stages: Sequence[GlobalId]) -> dict[str, Any]:
    """Return the condition to be in any of some stages, by id; only newer clients know it."""
    found = _dons(stages, _STAGES)
    return {"stage": {"stages": found}} if found else {}


def in_stages_named(names: Sequence[str]) -> dict[str, Any]:
    """Return the condition to be in a stage of any of some names."""
    found = calls.exactly(name=names)
    return {"stage": found} if found else {}


def _dons(ids: Iterable[GlobalId] | None, words: Sequence[str]) -> list[str] | None:
    """Return the DONs; None where DevRev may refuse one, and so all that is asked for."""
    found = [one.source_id for one in ids or ()]
    sound = all(normalise.is_don(one) and normalise.word_of(one) in words for one in found)
    return found if sound else None


def _words(
    field: str, values: Sequence[Enum] | None, ask: WorkAsk, kind: WorkType
) -> dict[str, list[str]] | None:
    """Return a condition on one type of works: what it does to others is nowhere told."""
    words = [one.value for one in values or ()]
    if not words or "other" in words or ask.types is None or set(ask.types) != {kind}:
        return None
    return {field: words}


def _range(span: Span) -> dict[str, str] | None:
    """Return a span of time as DevRev takes it, a second wider at both ends."""
    ends = {
        "after": _moved(span.gte, -_SLACK),
        "before": _moved(span.lt, _SLACK),
    }
    told = {name: end for name, end in ends.items() if end}
    return {"type": "range", **told} if told else None


def _moved(time: datetime | None, by: timedelta) -> str | None:
    if time is None or not _FIRST_YEAR < time.year < _LAST_YEAR:
        return None
    moved = (time + by).astimezone(UTC)
    return moved.isoformat(timespec="milliseconds").replace("+00:00", "Z")
