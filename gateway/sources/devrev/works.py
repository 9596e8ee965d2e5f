"""Lists of works, in whichever way DevRev turns out to serve them.

Three things could not be confirmed: whether lists are sorted as `sort_by` wishes, whether they
are filtered by ids of stages, and how long a page may be. So lists are asked for as one wishes;
what is refused is left out, once and for all; and what is answered is judged before it is trusted.
"""

from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import product
from typing import Any, NamedTuple

from msgspec import Struct

from gateway import errors
from gateway.sources.devrev import asks, calls, forgiving, normalise_works, wire, wire_works
from gateway.sources.devrev.asks import Sort
from gateway.sources.devrev.objects import Objects
from gateway.sources.devrev.sorting import Sorting
from gateway.sources.devrev.stage_names import Register
from gateway.sources.devrev.wire_works import Work
from gateway.upstream.call import Answer, Call
from gateway.upstream.client import Client
from gateway.upstream.origin import Row
from gateway.upstream.paging import PageSize, walk
from gateway.upstream.trace import Trace
from schema.types.ids import GlobalId

Places = list[Sequence[GlobalId]]

_BAD_REQUEST = 400

_SURE = (100, 50)
"""Rows of a page that other lists surely serve, and those of one where none are asked for."""

_FIXED = PageSize(0, safe=0)
"""Shrinks not: which of the doubtful things is refused, its size or another, is found out here."""


class Wish(Struct, frozen=True, kw_only=True):
    """Which works are wished for.

    Attributes:
        conditions: what goes out, but for that on stages.
        stages: any of these; None is no condition.
        sort: the order; None is any.
        rows: rows of a page, if those are fewer than a page has otherwise.
    """

    conditions: Mapping[str, Any] = {}
    stages: Sequence[GlobalId] | None = None
    sort: Sort | None = None
    rows: int | None = None


class Page(Struct, frozen=True):
    """A page of works.

    Attributes:
        rows: those that make sense. dropped: how many did not.
        places: for each row, the stages that it may be in: several where it tells only a name
            that they share; none where no stages were wished for, or it tells none that is known.
        in_order: whether the whole list is in the order that was wished for.
        is_last: whether the list ends here.
        is_astray: whether stages were asked for by id, and others came.
    """

    rows: Sequence[Row[Work]]
    dropped: int
    places: Places
    in_order: bool
    is_last: bool
    is_astray: bool


class _Way(NamedTuple):
    """How a list is asked for."""

    sorts: bool
    by_ids: bool
    rows: int


class Works:
    """Reads lists of works, and keeps in mind what DevRev serves of what it is asked for.

    Args:
        client: sends.
        size: rows per page.
        max_pages: pages that one list may read.
        stages: the custom stages.
    """

    def __init__(
        self, client: Client, size: PageSize, max_pages: int, stages: Objects[wire.Stage]
    ) -> None:
        self._client = client
        self._size = size
        self._max_pages = max_pages
        self._stages = stages
        self._sorting = Sorting(client)
        self.takes_stage_ids: bool | None = None
        """Whether lists are filtered by ids of stages; None where that is not known."""

    def comes_sorted(self, sort: Sort | None) -> bool:
        """Tell whether lists are known to come in an order."""
        return sort is not None and self._sorting.is_served(sort.field) is True

    def register(self, trace: Trace) -> Register:
        """Return what reads the names of the stages."""
        return Register(self._stages, trace)

    async def pages(self, wish: Wish, trace: Trace) -> AsyncGenerator[Page]:
        """Yield page after page; none where no stage that is wished for exists.

        Raises:
            errors.UpstreamFailure: one leaf of it for each way to fail.
        """
        register = self.register(trace)
        in_order: bool | None = None
        async for way, call, answer in self._answers(wish, register, trace):
            rows, dropped = forgiving.rows(answer, answer.body.works)
            is_last = not answer.body.next_cursor
            if wish.sort is None or not way.sorts:
                in_order = False
            elif in_order is None:
                in_order = await self._sorting.judge(wish.sort, rows, call, trace, is_last=is_last)
            elif in_order:
                self._sorting.expect(wish.sort, rows)
            places, is_astray = await self._places(wish, way, rows, register)
            yield Page(rows, dropped, places, in_order, is_last, is_astray)

    async def _answers(
        self, wish: Wish, register: Register, trace: Trace
    ) -> AsyncIterator[tuple[_Way, Call[wire_works.Works], Answer[wire_works.Works]]]:
        """Yield the answers of the first way that is not refused, which is told with its call."""
        refused: errors.BadResponse | None = None
        for way in self._ways(wish):
            call = await self._call(wish, way, register)
            if call is None:
                return
            has_begun = False
            pages = walk(
                self._client,
                partial(_same, call),
                calls.following_works,
                _FIXED,
                trace,
                self._max_pages,
            )
            try:
                async for answer in pages:
                    if not has_begun:
                        self._learn(wish, way)
                        has_begun = True
                    yield way, call, answer
            except errors.BadResponse as failure:
                if has_begun or failure.status != _BAD_REQUEST:
                    raise
                refused = refused or failure
            else:
                return
        if refused:
            raise refused

    def _wished(self, wish: Wish) -> _Way:
        """Return how a list is asked for at first: without what is known to be refused."""
        return _Way(
            sorts=bool(wish.sort) and self._sorting.is_served(wish.sort.field) is not False,
            by_ids=bool(asks.in_stages(wish.stages or ())) and self.takes_stage_ids is not False,
            rows=min(wish.rows or self._size.rows, self._size.rows),
        )

    def _ways(self, wish: Wish) -> Iterator[_Way]:
        """Yield how a list may be asked for, with less and less of what DevRev may refuse."""
        best = self._wished(wish)
        sort = wish.sort if best.sorts else None
        sort_doubted = sort is not None and self._sorting.is_served(sort.field) is None
        ids_doubted = best.by_ids and self.takes_stage_ids is None
        ways = product(
            enumerate((best.rows, *(size for size in _SURE if size < best.rows))),
            enumerate((True, False) if ids_doubted else (best.by_ids,)),
            enumerate((True, False) if sort_doubted else (best.sorts,)),
        )
        for (_, rows), (_, by_ids), (_, sorts) in sorted(ways, key=_cost):
            yield _Way(sorts, by_ids, rows)

    def _learn(self, wish: Wish, way: _Way) -> None:
        """Note what was refused: all that had to be left out until the list was answered."""
        best = self._wished(wish)
        if best.sorts and not way.sorts and wish.sort:
            self._sorting.refuse(wish.sort.field)
        if best.by_ids and not way.by_ids:
            self.takes_stage_ids = False
        if way.rows < best.rows:
            self._size.rows = way.rows

    async def _call(
        self, wish: Wish, way: _Way, register: Register
    ) -> Call[wire_works.Works] | None:
        """Make the first page's call; None where nothing could be on it."""
        given = dict(wish.conditions)
        if wish.stages is not None and way.by_ids:
            given |= asks.in_stages(wish.stages)
        elif wish.stages is not None:
            names = (await register.read()).of(wish.stages)
            if names == []:
                return None
            given |= asks.in_stages_named(names or ())
        return calls.list_works(given, way.rows, [str(wish.sort)] if way.sorts else ())

    async def _places(
        self, wish: Wish, way: _Way, rows: Sequence[Row[Work]], register: Register
    ) -> tuple[Places, bool]:
        """Return where the works may be, and whether ids of stages were passed over."""
        if wish.stages is None:
            return [()] * len(rows), False
        known: Places = []
        for row in rows:
            told, name = normalise_works.stage_key(row.wire), normalise_works.stage_name(row.wire)
            if told is None and name is not None:
                known.append((await register.read()).alike(name))
            else:
                known.append([told] if told else [])
        if not way.by_ids:
            return known, False
        asked = set(wish.stages)
        kept: Places = [[one for one in some if one in asked] for some in known]
        if any(some and not left for some, left in zip(known, kept, strict=True)):
            self.takes_stage_ids = False
            return known, True
        return kept, False


def _cost(way: Iterable[tuple[int, object]]) -> int:
    """Return how far a way is from the best one."""
    return sum(steps for steps, _ in way)


def _same(call: Call[wire_works.Works], rows: int) -> Call[wire_works.Works]:
    """Return a call that has its rows already."""
    del rows
    return call
