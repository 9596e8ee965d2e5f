"""A request's pages of what stands beside objects: a process's stages, a stage's works."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from functools import partial
from typing import Any, TypeVar, cast

from gateway.adapter import Adapter, Batch, ReadsWorks
from gateway.context.pages import Pages
from gateway.loaders import Part, joined
from gateway.merge import DEFAULT_SIZE, WORKS, Page, StageCriteria, WorkCriteria
from gateway.upstream.trace import Trace
from schema.context import Window
from schema.relations import Each, Later
from schema.types.arguments import OrderDirection
from schema.types.ids import GlobalId
from schema.types.process import Process
from schema.types.stage import Stage, StageOrder, StageOrderField
from schema.types.work import Work, WorkFilter

P = TypeVar("P")
V = TypeVar("V")

_BY_POSITION = StageCriteria.of(
    None, StageOrder(field=StageOrderField.POSITION, direction=OrderDirection.ASC)
)


class PagesBeside(Pages):
    """Pages of lists that are an object's own."""

    def stages_of_processes(
        self, processes: Sequence[Process], first: int | None, after: str | None, *, count: bool
    ) -> Each[Page[Stage]]:
        """Return a page of each process's stages, by position."""
        window = Window(first, after, None, None)
        at_hand: list[int] = []
        pages: list[Page[Stage] | Exception] = []
        unread: list[int] = []
        for at, process in enumerate(processes):
            stages = self._members_at_hand(process)
            if stages is None:
                unread.append(at)
                continue
            at_hand.append(at)
            try:
                pages.append(self._page_of_held(process, window, stages, count=count))
            except Exception as error:  # noqa: BLE001 - whatever it is, it costs this page alone
                pages.append(error)
        read = partial(self._stages_of, window=window, count=count)
        parts: list[Part] = [(at_hand, pages)] if at_hand else []
        if unread:
            parts.append((unread, _each(read, [processes[at] for at in unread])))
        return joined(len(processes), parts)

    def _members_at_hand(self, process: Process) -> list[Stage] | None:
        """Return the stages of a process if none must be fetched, else None."""
        if process.members is None:
            return None
        keys = [one for one in process.members if isinstance(one, GlobalId)]
        known = self._loaders.look(keys)
        if known is None:
            return None
        return [one for one in (*process.members, *known.values()) if isinstance(one, Stage)]

    def _page_of_held(
        self, process: Process, window: Window, stages: list[Stage], *, count: bool
    ) -> Page[Stage]:
        return self._gateway.lists.page_of_held(
            process.source,
            _stages_of(process),
            window,
            _BY_POSITION,
            Batch(stages),
            count=count,
            notice=self._loaders.notice,
            log=self.log,
        )

    async def _stages_of(self, process: Process, window: Window, *, count: bool) -> Page[Stage]:
        async def rows(trace: Trace) -> AsyncIterator[Batch[Stage]]:
            yield await self._members(process, trace)

        return await self._gateway.lists.page_of_one(
            process.source,
            _stages_of(process),
            window,
            _BY_POSITION,
            rows,
            count=count,
            notice=self._loaders.notice,
            log=self.log,
            is_bounded=False,
        )

    async def _members(self, process: Process, trace: Trace) -> Batch[Stage]:
        if process.members is None:
            found = await self._loaders.stages_of(GlobalId.parse(process.id), trace)
            return found or Batch([])
        asked = [
            self._loaders.get(one, trace) for one in process.members if isinstance(one, GlobalId)
        ]
        held = [one for one in process.members if isinstance(one, Stage)]
        fetched = await asyncio.gather(*asked)
        return Batch(held + [one for one in fetched if isinstance(one, Stage)])

    def works_of_stages(
        self, stages: Sequence[Stage], first: int | None, after: str | None, *, count: bool
    ) -> Each[Page[Work] | None]:
        """Return a page of each stage's works, latest change first; None where can be none."""
        adapters = self._gateway.adapters
        at = [
            at for at, stage in enumerate(stages) if isinstance(adapters[stage.source], ReadsWorks)
        ]
        read = partial(self._works_of, first=first, after=after, count=count)
        parts: list[Part] = [(at, _each(read, [stages[one] for one in at]))] if at else []
        return joined(len(stages), parts)

    async def _works_of(
        self, stage: Stage, first: int | None, after: str | None, *, count: bool
    ) -> Page[Work]:
        """Return a page of a stage's works, latest change first.

        It is the list of all works under a filter, so that its cursors go on in that one too.
        """
        adapter = self._gateway.adapters[stage.source]
        window = Window(first, after, None, None)
        criteria = WorkCriteria.of(WorkFilter(stage_ids=[stage.id]), None)
        if after is not None:
            page = self._page(WORKS, window, criteria, count=count)
            return page if isinstance(page, Page) else await page
        one_more = (DEFAULT_SIZE if first is None else first) + 1

        async def first_ones(trace: Trace) -> Batch[Work]:
            key = GlobalId.parse(stage.id)
            return await self._loaders.works_of(key, one_more, trace) or Batch([])

        async def rows(trace: Trace) -> AsyncIterator[Batch[Work]]:
            yield await first_ones(trace)

        async def counter(trace: Trace) -> int:
            found = await first_ones(trace)
            if len(found.rows) < one_more:
                return len(found.rows)
            return await _count(adapter, criteria, trace)

        return await self._gateway.lists.page_of_one(
            stage.source,
            WORKS.name,
            window,
            criteria,
            rows,
            count=count,
            notice=self._loaders.notice,
            log=self.log,
            counter=counter,
            is_bounded=False,
        )


def _stages_of(process: Process) -> str:
    """Return the name of the list of a process's stages."""
    return f"stages of {process.id}"


def _each(read: Callable[[P], Coroutine[Any, Any, V]], parents: Sequence[P]) -> Each[V]:
    """Return what is read for each, all at the same time."""
    return Later(partial(_read_each, read, parents))


async def _read_each(
    read: Callable[[P], Coroutine[Any, Any, V]], parents: Sequence[P]
) -> list[V | Exception]:
    found = await asyncio.gather(*map(read, parents), return_exceptions=True)
    values: list[V | Exception] = []
    for one in found:
        if isinstance(one, BaseException) and not isinstance(one, Exception):
            raise one
        values.append(one)
    return values


async def _count(adapter: Adapter, criteria: WorkCriteria, trace: Trace) -> int:
    """Count a source's works: by asking for their number, else by reading all of them."""
    works = cast("ReadsWorks", adapter)
    ask = criteria.ask(adapter.id, backward=False, rows=None)
    async with adapter.deadline():
        told = await works.count_works(ask, trace)
        if told is not None:
            return told
        matches = criteria.matcher()
        return sum([matches(row) async for batch in works.works(ask, trace) for row in batch.rows])
