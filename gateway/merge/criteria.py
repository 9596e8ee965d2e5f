"""What a list is asked for: a filter and an order, made plain and canonical."""

import hashlib
from collections.abc import Callable, Collection
from datetime import datetime
from enum import Enum
from typing import Any, Protocol, Self, TypeVar

import msgspec
from strawberry import UNSET

from gateway.adapter import ProcessAsk, Span, StageAsk
from gateway.errors import Rejected
from schema.types.arguments import DateTimeFilter, OrderDirection, StringFilter
from schema.types.ids import GlobalId, InvalidIdError, Kind
from schema.types.process import (
    PipelineFilter,
    PipelineOrder,
    ProcessOrderField,
    WorkflowFilter,
    WorkflowOrder,
)
from schema.types.source import Source
from schema.types.stage import StageFilter, StageOrder, StageOrderField

T = TypeVar("T")

_MOST_IDS = 200
_PROCESSES = (Kind.PIPELINE, Kind.WORKFLOW)


class _Filter(Protocol):
    """What all filters have."""

    sources: list[Source] | None
    name: StringFilter | None
    created_at: DateTimeFilter | None
    updated_at: DateTimeFilter | None


class _Order(Protocol):
    """What all orders have."""

    @property
    def field(self) -> Enum: ...
    @property
    def direction(self) -> OrderDirection: ...


class Criteria(msgspec.Struct, frozen=True, kw_only=True):
    """A filter and an order; equal ones are equal whichever way they were written.

    Attributes:
        sources: sources that may have rows; None is any.
        names: exact names; None is any.
        contains: what names have in them, casefolded. starts_with: what they start with.
        created: when created. updated: when last changed.
        order: the attribute to order by. descending: whether the largest come first.
    """

    sources: tuple[Source, ...] | None
    names: tuple[str, ...] | None
    contains: str
    starts_with: str
    created: Span
    updated: Span
    order: str
    descending: bool

    def digest(self, list_name: str) -> bytes:
        """Return what binds a cursor to this list."""
        canonical = list_name.encode() + msgspec.json.encode(self)
        return hashlib.blake2b(canonical, digest_size=9).digest()

    def excludes(self, source: Source) -> bool:
        """Tell whether no row of a source can match, so that it need not be asked."""
        return (
            (self.sources is not None and source not in self.sources)
            or self.names == ()
            or _is_empty(self.created)
            or _is_empty(self.updated)
        )

    def ask(self, source: Source, *, backward: bool) -> Any:
        """Return what a source is asked for."""
        raise NotImplementedError

    def process_ids(self) -> list[GlobalId]:
        """Return the ids of processes that rows must stand in."""
        return []

    def matches(self, row: Any) -> bool:
        """Tell whether a row is of the list."""
        folded = (row.name or "").casefold()
        return (
            (self.names is None or row.name in self.names)
            and (not self.contains or self.contains in folded)
            and folded.startswith(self.starts_with)
            and _within(self.created, row.created_at)
            and _within(self.updated, row.updated_at)
        )


class StageCriteria(Criteria, frozen=True, kw_only=True):
    """Of stages; `processes` are ids of pipelines and workflows, for the sources to judge."""

    processes: tuple[str, ...] | None = None

    @classmethod
    def of(cls, chosen: StageFilter | None, order: StageOrder | None) -> Self:
        """Read the arguments of a list; raises Rejected for too many ids."""
        chosen = chosen or StageFilter()
        if len(_given(chosen.process_ids) or ()) > _MOST_IDS:
            message = f"`processIds` takes {_MOST_IDS} ids at most."
            raise Rejected(message)
        processes = _canonical(_given(chosen.process_ids), str)
        return cls(**_common(chosen, order or StageOrder()), processes=processes)

    def process_ids(self) -> list[GlobalId]:
        """Return the ids of processes.

        Raises:
            Rejected: if one is none of this graph's, or names no process.
        """
        return [_process(one) for one in self.processes or ()]

    def excludes(self, source: Source) -> bool:
        """A source without any of the processes has no row either."""
        elsewhere = self.processes is not None and all(
            one.source is not source for one in self.process_ids()
        )
        return elsewhere or super().excludes(source)

    def ask(self, source: Source, *, backward: bool) -> StageAsk:
        """Return what a source is asked for."""
        mine = tuple(one for one in self.process_ids() if one.source is source)
        return StageAsk(
            names=self.names,
            processes=None if self.processes is None else mine,
            created=self.created,
            updated=self.updated,
            order=StageOrderField(self.order),
            descending=self.descending != backward,
        )


class ProcessCriteria(Criteria, frozen=True, kw_only=True):
    """Of pipelines or workflows.

    Attributes:
        is_default: whether a default workflow; None is any.
        leaf_types: types of works, any of them. content_types: types of content. None is any.
    """

    is_default: bool | None = None
    leaf_types: tuple[str, ...] | None = None
    content_types: tuple[str, ...] | None = None

    @classmethod
    def of_pipelines(cls, chosen: PipelineFilter | None, order: PipelineOrder | None) -> Self:
        """Read the arguments of a list of pipelines."""
        return cls(**_common(chosen or PipelineFilter(), order or PipelineOrder()))

    @classmethod
    def of_workflows(cls, chosen: WorkflowFilter | None, order: WorkflowOrder | None) -> Self:
        """Read the arguments of a list of workflows."""
        chosen = chosen or WorkflowFilter()
        return cls(
            **_common(chosen, order or WorkflowOrder()),
            is_default=_given(chosen.is_default),
            leaf_types=_canonical(_given(chosen.leaf_types), str),
            content_types=_canonical(_given(chosen.content_types), str),
        )

    def excludes(self, source: Source) -> bool:
        """An empty list of types matches nothing."""
        return () in {self.leaf_types, self.content_types} or super().excludes(source)

    def ask(self, source: Source, *, backward: bool) -> ProcessAsk:
        """Return what a source is asked for."""
        del source
        return ProcessAsk(
            names=self.names,
            created=self.created,
            updated=self.updated,
            is_default=self.is_default,
            leaf_types=self.leaf_types,
            content_types=self.content_types,
            order=ProcessOrderField(self.order),
            descending=self.descending != backward,
        )

    def matches(self, row: Any) -> bool:
        """Sources without such types have no row of them."""
        contents = getattr(row, "content_types", None) or ()
        return (
            super().matches(row)
            and (self.is_default is None or getattr(row, "is_default", None) is self.is_default)
            and (self.leaf_types is None or getattr(row, "leaf_type", None) in self.leaf_types)
            and (self.content_types is None or not set(self.content_types).isdisjoint(contents))
        )


def _common(chosen: _Filter, order: _Order) -> dict[str, Any]:
    name = _given(chosen.name) or StringFilter()
    return {
        "sources": _canonical(_given(chosen.sources), lambda one: one.value),
        "names": _names(name),
        "contains": (_given(name.contains) or "").casefold(),
        "starts_with": (_given(name.starts_with) or "").casefold(),
        "created": _span(_given(chosen.created_at)),
        "updated": _span(_given(chosen.updated_at)),
        "order": order.field.value,
        "descending": order.direction is OrderDirection.DESC,
    }


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
