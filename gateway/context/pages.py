"""A request's lists."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from typing import TypeVar, cast

from gateway.adapter import Adapter, Batch, ReadsReferences, ReadsWorks
from gateway.context.request import Request
from gateway.errors import Rejected
from gateway.merge import (
    DEFAULT_SIZE,
    PIPELINES,
    STAGES,
    WORKFLOWS,
    WORKS,
    Criteria,
    ListOf,
    Page,
    ProcessCriteria,
    ReferenceCriteria,
    StageCriteria,
    WorkCriteria,
    ignore,
)
from gateway.upstream.trace import Trace
from schema.context import Window
from schema.types.arguments import OrderDirection
from schema.types.ids import GlobalId
from schema.types.process import (
    Pipeline,
    PipelineFilter,
    PipelineOrder,
    Process,
    Workflow,
    WorkflowFilter,
    WorkflowOrder,
)
from schema.types.reference import Reference, ReferenceKind
from schema.types.resource import Resource
from schema.types.source import Source
from schema.types.stage import Stage, StageFilter, StageOrder, StageOrderField
from schema.types.work import Work, WorkFilter, WorkOrder

R = TypeVar("R", bound=Resource)

_BY_POSITION = StageOrder(field=StageOrderField.POSITION, direction=OrderDirection.ASC)

_NONE: Mapping[ReferenceKind, bool] = {}


class Pages(Request):
    """Pages of lists."""

    async def stages(
        self,
        window: Window,
        chosen: StageFilter | None,
        order: StageOrder | None,
        *,
        count: bool,
    ) -> Page[Stage]:
        """Return a page of the one list over all sources."""
        criteria = StageCriteria.of(chosen, order)
        return await self._page(STAGES, window, criteria, count=count)

    async def works(
        self,
        window: Window,
        chosen: WorkFilter | None,
        order: WorkOrder | None,
        *,
        count: bool,
    ) -> Page[Work]:
        """Return a page of the one list over all sources."""
        criteria = WorkCriteria.of(chosen, order)
        return await self._page(WORKS, window, criteria, count=count)

    async def pipelines(
        self,
        window: Window,
        chosen: PipelineFilter | None,
        order: PipelineOrder | None,
        *,
        count: bool,
    ) -> Page[Pipeline]:
        """Return a page of the one list over all sources."""
        criteria = ProcessCriteria.of_pipelines(chosen, order)
        return await self._page(PIPELINES, window, criteria, count=count)

    async def workflows(
        self,
        window: Window,
        chosen: WorkflowFilter | None,
        order: WorkflowOrder | None,
        *,
        count: bool,
    ) -> Page[Workflow]:
        """Return a page of the one list over all sources."""
        criteria = ProcessCriteria.of_workflows(chosen, order)
        return await self._page(WORKFLOWS, window, criteria, count=count)

    async def _page(
        self, of: ListOf[R], window: Window, criteria: Criteria, *, count: bool
    ) -> Page[R]:
        return await self._gateway.lists.page(
            of, window, criteria, count=count, notice=self._loaders.notice, log=self.log
        )

    async def stages_of(
        self, process: Process, first: int | None, after: str | None, *, count: bool
    ) -> Page[Stage]:
        """Return a page of a process's stages, by position."""

        async def rows(trace: Trace) -> AsyncIterator[Batch[Stage]]:
            yield await self._members(process, trace)

        return await self._gateway.lists.page_of_one(
            process.source,
            f"stages of {process.id}",
            Window(first, after, None, None),
            StageCriteria.of(None, _BY_POSITION),
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

    async def works_of(
        self, stage: Stage, first: int | None, after: str | None, *, count: bool
    ) -> Page[Work] | None:
        """Return a page of a stage's works, latest change first.

        It is the list of all works under a filter, so that its cursors go on in that one too.
        """
        adapter = self._gateway.adapters[stage.source]
        if not isinstance(adapter, ReadsWorks):
            return None
        window = Window(first, after, None, None)
        criteria = WorkCriteria.of(WorkFilter(stage_ids=[stage.id]), None)
        if after is not None:
            return await self._page(WORKS, window, criteria, count=count)
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

    async def references(
        self,
        source: Source,
        kind: ReferenceKind,
        scope: str | None,
        search: str | None,
        window: Window,
        *,
        count: bool,
    ) -> Page[Reference]:
        """Return a page of what inputs name by id, by name."""
        adapter = self._gateway.adapters.get(source)
        if adapter is not None:
            _refuse_unknown(adapter, kind, scope)

        def rows(trace: Trace) -> AsyncIterator[Batch[Reference]]:
            return cast("ReadsReferences", adapter).references(kind, scope, trace)

        return await self._gateway.lists.page_of_one(
            source,
            f"{source.value} {kind.value} {scope or ''}",
            window,
            ReferenceCriteria.of(search),
            rows,
            count=count,
            notice=ignore,
            log=self.log,
        )


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


def _refuse_unknown(adapter: Adapter, kind: ReferenceKind, scope: str | None) -> None:
    """Refuse a kind that a source does not have, or not without a scope."""
    known = adapter.reference_kinds if isinstance(adapter, ReadsReferences) else _NONE
    if kind not in known:
        listed = ", ".join(one.name for one in known) or "none"
        message = f"`kind`: {adapter.id.name} has no {kind.name}; it has {listed}."
        raise Rejected(message)
    if known[kind] and not scope:
        message = f"`scopeSourceId` is required for {adapter.id.name}'s {kind.name}."
        raise Rejected(message)
