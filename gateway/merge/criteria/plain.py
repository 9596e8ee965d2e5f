"""What any list is asked for: a filter and an order, made plain and canonical."""

import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from enum import Enum
from operator import attrgetter
from typing import Any, ClassVar, Protocol, TypeVar

import msgspec
from strawberry import UNSET

from gateway.adapter import Span
from gateway.errors import Rejected
from schema.types.arguments import DateTimeFilter, OrderDirection, StringFilter
from schema.types.ids import GlobalId, InvalidIdError, Kind
from schema.types.source import Source

T = TypeVar("T")

Condition = Callable[[Any], bool]
"""Tells whether a row is as it must be."""

_MOST_IDS = 200


class Filter(Protocol):
    """What all filters have."""

    sources: list[Source] | None
    created_at: DateTimeFilter | None
    updated_at: DateTimeFilter | None


class Order(Protocol):
    """What all orders have."""

    @property
    def field(self) -> Enum:
        """What to order by; its value is the name of an attribute."""
        ...

    @property
    def direction(self) -> OrderDirection:
        """Which end comes first."""
        ...


class Criteria(msgspec.Struct, frozen=True, kw_only=True):
    """A filter and an order; equal ones are equal whichever way they were written.

    Attributes:
        called: the attribute of a row that has its name.
        sources: sources that may have rows; None is any.
        names: exact names; None is any.
        contains: what names have in them, casefolded. starts_with: what they start with.
        created: when created. updated: when last changed.
        order: the attribute to order by. descending: whether the largest come first.
    """

    called: ClassVar[str] = "name"

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
            or any(is_empty(span) for span in (self.created, self.updated))
            or any(
                ids is not None and all(one.source is not source for one in ids)
                for ids in self.ids().values()
            )
        )

    def ask(self, source: Source, *, backward: bool, rows: int | None) -> Any:
        """Return what a source is asked for.

        Args:
            source: which one.
            backward: whether the list is read from its end.
            rows: how many of the first rows are looked at; None is not known.
        """
        raise NotImplementedError

    @property
    def is_asked_whole(self) -> bool:
        """Whether `ask` tells all conditions, so that a source may count what is asked for."""
        return not self.contains and not self.starts_with

    def ids(self) -> dict[str, list[GlobalId] | None]:
        """Return the ids that rows must have to do with, by argument; None is no condition.

        Raises:
            Rejected: if one is none of this graph's, or names something else.
        """
        return {}

    def conditions(self) -> Iterator[Condition]:
        """Yield what rows must satisfy: only what is asked for, as most lists ask for little."""
        called = attrgetter(self.called)
        names, contains, start = self.names, self.contains, self.starts_with
        if names is not None:
            yield lambda row: called(row) in names
        if contains:
            yield lambda row: contains in (called(row) or "").casefold()
        if start:
            yield lambda row: (called(row) or "").casefold().startswith(start)
        yield from within(self.created, "created_at")
        yield from within(self.updated, "updated_at")

    def matcher(self) -> Condition:
        """Return what tells whether a row is of the list."""
        conditions = tuple(self.conditions())
        if not conditions:
            return _always
        if len(conditions) == 1:
            return conditions[0]
        return lambda row: all(condition(row) for condition in conditions)


def _always(row: object) -> bool:
    del row
    return True


def plain(chosen: Filter, order: Order, name: StringFilter | None) -> dict[str, Any]:
    """Return what all criteria have, out of a list's arguments."""
    name = given(name) or StringFilter()
    return {
        "sources": canonical(given(chosen.sources), lambda one: one.value),
        "names": _names(name),
        "contains": (given(name.contains) or "").casefold(),
        "starts_with": (given(name.starts_with) or "").casefold(),
        "created": span(chosen.created_at),
        "updated": span(chosen.updated_at),
        "order": order.field.value,
        "descending": order.direction is OrderDirection.DESC,
    }


def given(value: T | None) -> T | None:
    """Return an argument, None where it is absent."""
    return None if value is UNSET else value


def canonical(values: Collection[T] | None, key: Callable[[T], str]) -> tuple[T, ...] | None:
    """Return a list's values each once and in order; None where it is absent."""
    values = given(values)
    return None if values is None else tuple(sorted(set(values), key=key))


def _names(name: StringFilter) -> tuple[str, ...] | None:
    exact, among = given(name.eq), given(name.in_)
    if exact is None:
        return canonical(among, str)
    return (exact,) if among is None or exact in among else ()


def span(chosen: DateTimeFilter | None) -> Span:
    """Return the span of time of an argument."""
    chosen = given(chosen)
    return Span(given(chosen.gte), given(chosen.lt)) if chosen else Span()


def is_empty(span: Span) -> bool:
    """Tell whether no time is within a span."""
    return span.gte is not None and span.lt is not None and span.gte >= span.lt


def within(span: Span, attribute: str) -> Iterator[Condition]:
    """Yield the condition to be within a span, if it has an end; no time is within such."""
    first, end, time_of = span.gte, span.lt, attrgetter(attribute)
    if first is not None:
        yield lambda row: (time := time_of(row)) is not None and first <= time
    if end is not None:
        yield lambda row: (time := time_of(row)) is not None and time < end


def among(wanted: Collection[Any] | None, value: Callable[[Any], object]) -> Iterator[Condition]:
    """Yield the condition that a value of a row is one of some; none where any will do."""
    if wanted is not None:
        yield lambda row: value(row) in wanted


def sharing(
    wanted: Collection[str] | None, values: Callable[[Any], Iterable[str]]
) -> Iterator[Condition]:
    """Yield the condition that one of a row's values is one of some; none where any will do."""
    if wanted is not None:
        chosen = frozenset(wanted)
        yield lambda row: not chosen.isdisjoint(values(row))


def texts_of_ids(values: Sequence[str] | None, argument: str) -> tuple[str, ...] | None:
    """Return the global ids of an argument; raises Rejected for too many."""
    values = given(values)
    if values is not None and len(values) > _MOST_IDS:
        message = f"`{argument}` takes {_MOST_IDS} ids at most."
        raise Rejected(message)
    return canonical(values, str)


def read_ids(
    texts: Sequence[str] | None, argument: str, kinds: Sequence[Kind]
) -> list[GlobalId] | None:
    """Read global ids of some kinds; raises Rejected for any other."""
    return None if texts is None else [_read_id(text, argument, kinds) for text in texts]


def _read_id(text: str, argument: str, kinds: Sequence[Kind]) -> GlobalId:
    try:
        parsed = GlobalId.parse(text)
    except InvalidIdError as error:
        message = f"`{argument}`: {error}"
        raise Rejected(message) from None
    if parsed.kind not in kinds:
        wanted = " and ".join(f"{kind}s" for kind in kinds)
        message = f"`{argument}` takes ids of {wanted}; {text} is the id of a {parsed.kind}."
        raise Rejected(message)
    return parsed


def of_source(ids: Sequence[GlobalId] | None, source: Source) -> tuple[GlobalId, ...] | None:
    """Return the ids of one source; None is no condition."""
    return None if ids is None else tuple(one for one in ids if one.source is source)
