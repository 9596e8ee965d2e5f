"""What a list of stages is asked for: a filter and an order, made plain and canonical."""

import hashlib
from collections.abc import Callable, Collection
from datetime import datetime
from typing import TypeVar

import msgspec
from strawberry import UNSET

from gateway.adapter import Span, StageAsk
from gateway.errors import Rejected
from schema.types.ids import GlobalId, InvalidIdError, Kind
from schema.types.source import Source
from schema.types.stage import (
    DateTimeFilter,
    OrderDirection,
    Stage,
    StageFilter,
    StageOrder,
    StageOrderField,
    StringFilter,
)

T = TypeVar("T")

_MOST_IDS = 200
_PROCESSES = (Kind.PIPELINE, Kind.WORKFLOW)


class Criteria(msgspec.Struct, frozen=True, kw_only=True):
    """A filter and an order; equal ones are equal whichever way they were written.

    Attributes:
        sources: sources that may have rows; None is any.
        names: exact names; None is any.
        contains: what names have in them, casefolded. starts_with: what they start with.
        processes: ids of pipelines and workflows; None is any.
        created: when created. updated: when last changed.
        order: the field to order by. descending: whether the largest come first.
    """

    sources: tuple[Source, ...] | None
    names: tuple[str, ...] | None
    contains: str
    starts_with: str
    processes: tuple[str, ...] | None
    created: Span
    updated: Span
    order: StageOrderField
    descending: bool

    @classmethod
    def of(cls, chosen: StageFilter | None, order: StageOrder | None) -> "Criteria":
        """Read the arguments of a list.

        Raises:
            Rejected: if an id is none of this graph's, or names no process.
        """
        chosen = chosen or StageFilter()
        order = order or StageOrder()
        if len(_given(chosen.process_ids) or ()) > _MOST_IDS:
            message = f"`processIds` takes {_MOST_IDS} ids at most."
            raise Rejected(message)
        name = _given(chosen.name) or StringFilter()
        return cls(
            sources=_canonical(_given(chosen.sources), lambda one: one.value),
            names=_names(name),
            contains=(_given(name.contains) or "").casefold(),
            starts_with=(_given(name.starts_with) or "").casefold(),
            processes=_canonical(_given(chosen.process_ids), str),
            created=_span(_given(chosen.created_at)),
            updated=_span(_given(chosen.updated_at)),
            order=order.field,
            descending=order.direction is OrderDirection.DESC,
        )

    def digest(self, list_name: str) -> bytes:
        """Return what binds a cursor to this list."""
        canonical = list_name.encode() + msgspec.json.encode(self)
        return hashlib.blake2b(canonical, digest_size=9).digest()

    def process_ids(self) -> list[GlobalId] | None:
        """Return the ids of processes.

        Raises:
            Rejected: if one is none of this graph's, or names no process.
        """
        return None if self.processes is None else [_process(one) for one in self.processes]

    def excludes(self, source: Source) -> bool:
        """Tell whether no row of a source can match, so that it need not be asked."""
        if self.sources is not None and source not in self.sources:
            return True
        processes = self.process_ids()
        if processes is not None and all(one.source is not source for one in processes):
            return True
        return self.names == () or _is_empty(self.created) or _is_empty(self.updated)

    def ask(self, source: Source, *, backward: bool) -> StageAsk:
        """Return what a source is asked for."""
        processes = self.process_ids()
        return StageAsk(
            names=self.names,
            processes=None
            if processes is None
            else tuple(one for one in processes if one.source is source),
            created=self.created,
            updated=self.updated,
            order=self.order,
            descending=self.descending != backward,
        )

    def matches(self, stage: Stage) -> bool:
        """Tell whether a stage is of the list; processes are the source's to judge."""
        name = stage.name
        folded = (name or "").casefold()
        return (
            (self.names is None or name in self.names)
            and (not self.contains or self.contains in folded)
            and folded.startswith(self.starts_with)
            and _within(self.created, stage.created_at)
            and _within(self.updated, stage.updated_at)
        )


def _given(value: T | None) -> T | None:
    return None if value is UNSET else value


def _canonical(values: Collection[T] | None, key: Callable[[T], str]) -> tuple[T, ...] | None:
    return None if values is None else tuple(sorted(set(values), key=key))


def _names(name: StringFilter) -> tuple[str, ...] | None:
    exact, among = _given(name.eq), _given(name.in_)
    if exact is None:
        return _canonical(among, str)
    return (exact,) if among is None or exact in among else ()


def _span(chosen: DateTimeFilter | None) -> Span:
    return Span(_given(chosen.gte), _given(chosen.lt)) if chosen else Span()


def _is_empty(span: Span) -> bool:
    return span.gte is not None and span.lt is not None and span.gte >= span.lt


def _within(span: Span, time: datetime | None) -> bool:
    if span.gte is None and span.lt is None:
        return True
    return (
        time is not None
        and (span.gte is None or span.gte <= time)
        and (span.lt is None or time < span.lt)
    )


def _process(text: str) -> GlobalId:
    try:
        parsed = GlobalId.parse(text)
    except InvalidIdError as error:
        message = f"`processIds`: {error}"
        raise Rejected(message) from None
    if parsed.kind not in _PROCESSES:
        message = f"`processIds` takes ids of pipelines and workflows; {text} is a {parsed.kind}'s."
        raise Rejected(message)
    return parsed
