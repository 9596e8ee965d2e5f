"""Lists of works, in whichever way DevRev turns out to serve them.

Three things could not be confirmed: whether lists are sorted as `sort_by` wishes, whether they
are filtered by ids of stages, and how long a page may be. So lists are asked for as one wishes;
what is refused is left out for a while; and what is answered is judged before it is trusted.
"""

from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import aclosing
from datetime import datetime
from functools import partial
from typing import Any

from msgspec import Struct, structs

from gateway import errors
from gateway.sources.devrev import asks, calls, forgiving, normalise_works, refusals, wire
from gateway.sources.devrev.asks import Sort
from gateway.sources.devrev.objects import Objects
from gateway.sources.devrev.served import Served
from gateway.sources.devrev.sorting import Sorting
from gateway.sources.devrev.stage_ids import StageIds
from gateway.sources.devrev.stage_names import Register
from gateway.sources.devrev.ways import Way, Ways, Wish
from gateway.sources.devrev.wire_works import Work
from gateway.sources.devrev.wire_works import Works as Body
from gateway.upstream.call import Answer, Call
from gateway.upstream.client import Client
from gateway.upstream.origin import Row
from gateway.upstream.paging import PageSize, walk
from gateway.upstream.trace import Trace
from schema.types.ids import GlobalId

Places = list[Sequence[GlobalId]]
Rows = Sequence[Row[Work]]

_FIXED = PageSize(0, safe=0)
"""Shrinks not: which of the doubtful things is refused, its size or another, is found out here."""


class Page(Struct, frozen=True):
    """A page of works.

    Attributes:
        rows: those that make sense. dropped: how many did not.
        places: for each row, the stages that it may be in: several where it tells only a name
            that they share; none where no stages were wished for, or it tells none that is known.
        in_order: whether the whole list is in the order that was wished for.
        is_last: whether the list ends here.
    """

    rows: Rows
    dropped: int
    places: Places
    in_order: bool
    is_last: bool


class Works:
    """Reads lists of works, and keeps in mind what DevRev serves of what it is asked for.

    Args:
        client: sends.
        size: rows per page.
        max_pages: pages that one list may read.
        stages: the custom stages.
        now: the clock.
    """

    def __init__(
        self,
        client: Client,
        size: int,
        max_pages: int,
        stages: Objects[wire.Stage],
        now: Callable[[], datetime],
    ) -> None:
        self._client = client
        self._max_pages = max_pages
        self._stages = stages
        self._served = Served(now)
        self._ways = Ways(size, self._served)
        self._sorting = Sorting(client, self._served)
        self._stage_ids = StageIds(client, self._served)

    @property
    def takes_stage_ids(self) -> bool | None:
        """Tell whether lists are filtered by ids of stages; None where that is not known."""
        return self._stage_ids.is_served

    def comes_sorted(self, sort: Sort | None) -> bool:
        """Tell whether lists are known to come in an order."""
        return sort is not None and self._served.get(sort) is True

    async def keeps_page(self, wish: Wish) -> bool:
        """Tell whether the first page of a list over all stages is kept."""
        return await self._client.kept(self._long(wish, wish.conditions)) is not None

    def _long(self, wish: Wish, conditions: Mapping[str, Any]) -> Call[Body]:
        """Make the call of a long first page, over all stages."""
        way = self._ways.best(structs.replace(wish, rows=None, stages=None))
        return calls.list_works(conditions, way.rows, [str(wish.sort)] if way.sorts else ())

    def _whole(self, wish: Wish) -> Callable[[int], Call[Body]] | None:
        """Make the call of the list of all works, which answers any other while it is kept.

        Not one of stages: what comes for that is taken as a sign of whether they are looked at.
        """
        if wish.stages is not None or not wish.conditions:
            return None
        return partial(_same, self._long(wish, {}))

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
        passed: datetime | None = None
        async with aclosing(self._answers(wish, register, trace)) as answers:
            async for way, call, answer in answers:
                rows, dropped = forgiving.works(answer)
                is_last = not answer.body.cursor
                places = await self._places(wish, way, rows, register)
                if in_order is None:
                    if way.by_ids:
                        await self._compare(wish, rows, call, register, trace)
                    in_order = wish.sort is not None and way.sorts
                    if in_order and wish.sort:
                        in_order = await self._sorting.judge(
                            wish.sort, rows, call, trace, is_last=is_last
                        )
                    better = wish if in_order else structs.replace(wish, rows=None)
                    if not is_last and way.is_worse(self._ways.best(better)):
                        async with aclosing(self.pages(better, trace)) as pages:
                            async for page in pages:
                                yield page
                        return
                if in_order and wish.sort:
                    passed = self._sorting.expect(wish.sort, rows, passed)
                if way.by_ids and self.takes_stage_ids:
                    places = _among(places, wish.stages or ())
                yield Page(rows, dropped, places, in_order, is_last)

    async def _answers(
        self, wish: Wish, register: Register, trace: Trace
    ) -> AsyncGenerator[tuple[Way, Call[Body], Answer[Body]]]:
        """Yield the answers of the first way that is not refused, which is told with its call."""
        ways = [self._ways.best(wish)]
        refused: errors.BadResponse | None = None
        is_of_id = False
        while ways:
            way = ways.pop(0)
            call = await self._call(wish, way, register)
            if call is None:
                return
            has_begun = False
            pages = walk(
                self._client,
                partial(_same, call),
                calls.following,
                _FIXED,
                trace,
                self._max_pages,
                whole=self._whole(wish),
            )
            try:
                async with aclosing(pages):
                    async for answer in pages:
                        if refused and not has_begun:
                            self._ways.learn(wish, way, is_of_id=is_of_id)
                        has_begun = True
                        yield way, call, answer
            except errors.BadResponse as failure:
                refusal = refusals.of(failure)
                if has_begun or refusal is None:
                    raise
                refused = refused or failure
                is_of_id |= refusal.is_of_id
                if refusal.field or not ways:
                    ways = self._ways.lesser(wish, way, refusal)
            else:
                return
        if refused:
            raise refused

    async def _call(self, wish: Wish, way: Way, register: Register) -> Call[Body] | None:
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

    async def _places(self, wish: Wish, way: Way, rows: Rows, register: Register) -> Places:
        """Return where the works may be; note where ids of stages were passed over."""
        if wish.stages is None:
            return [()] * len(rows)
        known: Places = []
        for row in rows:
            told, name = normalise_works.stage_key(row.wire), normalise_works.stage_name(row.wire)
            if told is None and name is not None:
                known.append((await register.read()).alike(name))
            else:
                known.append([told] if told else [])
        if way.by_ids:
            kept = _among(known, wish.stages)
            if any(some and not left for some, left in zip(known, kept, strict=True)):
                self._stage_ids.refute()
        return known

    async def _compare(
        self, wish: Wish, rows: Rows, call: Call[Body], register: Register, trace: Trace
    ) -> None:
        """Find out whether ids of stages are looked at, where only that tells works' stages."""
        if self.takes_stage_ids is not None:
            return
        if all(normalise_works.stage_key(row.wire) for row in rows):
            return
        twins = (await register.read()).twins(wish.stages or ())
        if asks.in_stages(twins):
            await self._stage_ids.judge(wish.stages or (), twins, call, trace)


def _among(places: Places, stages: Sequence[GlobalId]) -> Places:
    """Leave those places that are among some stages."""
    asked = set(stages)
    return [[one for one in some if one in asked] for some in places]


def _same(call: Call[Body], rows: int) -> Call[Body]:
    """Return a call that has its rows already."""
    del rows
    return call
