"""A request's lists."""

from collections.abc import AsyncIterator, Awaitable, Mapping
from typing import TypeVar, cast

from gateway.adapter import Adapter, Batch, ReadsReferences
from gateway.context.request import Request
from gateway.errors import Rejected
from gateway.merge import (
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
from schema.types.process import (
    Pipeline,
    PipelineFilter,
    PipelineOrder,
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

    def stages(
        self,
        window: Window,
        chosen: StageFilter | None,
        order: StageOrder | None,
        *,
        count: bool,
    ) -> Page[Stage] | Awaitable[Page[Stage]]:
        """Return a page of the one list over all sources."""
        criteria = StageCriteria.of(chosen, order)
        return self._page(STAGES, window, criteria, count=count)

    def works(
        self,
        window: Window,
        chosen: WorkFilter | None,
        order: WorkOrder | None,
        *,
        count: bool,
    ) -> Page[Work] | Awaitable[Page[Work]]:
        """Return a page of the one list over all sources."""
        criteria = WorkCriteria.of(chosen, order)
        return self._page(WORKS, window, criteria, count=count)

    def pipelines(
        self,
        window: Window,
        chosen: PipelineFilter | None,
        order: PipelineOrder | None,
        *,
        count: bool,
    ) -> Page[Pipeline] | Awaitable[Page[Pipeline]]:
        """Return a page of the one list over all sources."""
        criteria = ProcessCriteria.of_pipelines(chosen, order)
        return self._page(PIPELINES, window, criteria, count=count)

    def workflows(
        self,
        window: Window,
        chosen: WorkflowFilter | None,
        order: WorkflowOrder | None,
        *,
        count: bool,
    ) -> Page[Workflow] | Awaitable[Page[Workflow]]:
        """Return a page of the one list over all sources."""
        criteria = ProcessCriteria.of_workflows(chosen, order)
        return self._page(WORKFLOWS, window, criteria, count=count)

    def _page(
        self, of: ListOf[R], window: Window, criteria: Criteria, *, count: bool
    ) -> Page[R] | Awaitable[Page[R]]:
        page = self._gateway.lists.page(
            of,
            window,
            criteria,
            count=count,
            notice=self._loaders.notice,
            log=self.log,
            may_be_kept=not self.is_traced,
        )
        if isinstance(page, Page):  # a kept one: its rows are known, if anybody asks for them by id
            self._loaders.notice_kept(page.rows, of.kinds)
        return page

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
