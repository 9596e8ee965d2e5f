"""What resolvers may ask of the world; `gateway/context.py` satisfies it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Awaitable, Collection, Sequence
    from datetime import datetime

    from schema.relations import Each, MaybeLater
    from schema.types.arguments import ResourceBy
    from schema.types.esper import TargetList, TargetListType
    from schema.types.ids import GlobalId
    from schema.types.mutation_errors import MutationError
    from schema.types.page import Page
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
    from schema.types.resource import Node, Resource
    from schema.types.source import Source
    from schema.types.sources import SourceInfo
    from schema.types.stage import Stage, StageFilter, StageOrder
    from schema.types.work import Work, WorkFilter, WorkOrder

T = TypeVar("T")


class Window(NamedTuple):
    """Which part of a list is asked for: Relay's four arguments, None where absent."""

    first: int | None
    after: str | None
    last: int | None
    before: str | None


class Done(NamedTuple):
    """What came of a mutation.

    Attributes:
        row: the object that was written, if it was selected; None where there are errors.
        deleted_id: global id of the object that was deleted.
        beside: the target list that was attached or detached, if it was selected.
        errors: what went wrong; empty if nothing did.
    """

    row: Resource | None = None
    deleted_id: str | None = None
    beside: TargetList | None = None
    errors: Sequence[MutationError] = ()


class Context(Protocol):
    """One request's view of the sources. Failures are raised and come to the client as errors."""

    @property
    def since(self) -> datetime:
        """When the request began, in UTC: what was fetched before was kept."""
        ...

    def is_stale(self, source: Source, fetched_at: datetime) -> bool:
        """Tell whether what a source answered at a time was given past its time."""
        ...

    def now(self) -> datetime:
        """Return the time, in UTC."""
        ...

    def sources(self) -> list[SourceInfo]:
        """Return every source, connected or not."""
        ...

    def nodes(self, ids: Sequence[str]) -> Each[Node | None]:
        """Return the objects of global ids, each with null or its failure in its own place."""
        ...

    def stage(self, by: ResourceBy) -> MaybeLater[Stage | None]:
        """Return one stage, or null where there is none."""
        ...

    def stages(
        self,
        window: Window,
        chosen: StageFilter | None,
        order: StageOrder | None,
        *,
        count: bool,
    ) -> Page[Stage] | Awaitable[Page[Stage]]:
        """Return a page of the one list over all sources; `count` asks for its total."""
        ...

    def work(self, by: ResourceBy) -> MaybeLater[Work | None]:
        """Return one work, or null where there is none."""
        ...

    def works(
        self,
        window: Window,
        chosen: WorkFilter | None,
        order: WorkOrder | None,
        *,
        count: bool,
    ) -> Page[Work] | Awaitable[Page[Work]]:
        """Return a page of the one list over all sources."""
        ...

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
        ...

    def pipeline(self, by: ResourceBy) -> MaybeLater[Pipeline | None]:
        """Return one pipeline, or null where there is none."""
        ...

    def pipelines(
        self,
        window: Window,
        chosen: PipelineFilter | None,
        order: PipelineOrder | None,
        *,
        count: bool,
    ) -> Page[Pipeline] | Awaitable[Page[Pipeline]]:
        """Return a page of the one list over all sources."""
        ...

    def workflow(self, by: ResourceBy) -> MaybeLater[Workflow | None]:
        """Return one workflow, or null where there is none."""
        ...

    def workflows(
        self,
        window: Window,
        chosen: WorkflowFilter | None,
        order: WorkflowOrder | None,
        *,
        count: bool,
    ) -> Page[Workflow] | Awaitable[Page[Workflow]]:
        """Return a page of the one list over all sources."""
        ...

    def stages_of_processes(
        self, processes: Sequence[Process], first: int | None, after: str | None, *, count: bool
    ) -> Each[Page[Stage]]:
        """Return a page of each process's stages, by position."""
        ...

    def processes_of_stages(self, stages: Sequence[Stage]) -> Each[list[Process]]:
        """Return the processes that each stage stands in."""
        ...

    def works_of_stages(
        self, stages: Sequence[Stage], first: int | None, after: str | None, *, count: bool
    ) -> Each[Page[Work] | None]:
        """Return a page of each stage's works, latest change first; null where can be none."""
        ...

    def stages_of_works(self, works: Sequence[Work]) -> Each[Stage | None]:
        """Return the stage that each work is in."""
        ...

    def target_lists(
        self,
        holders: Sequence[Stage | Process],
        type: TargetListType | None,  # noqa: A002 - the graph's word
    ) -> Each[list[TargetList] | None]:
        """Return the target lists of stages or pipelines; null for one that has none to tell of."""
        ...

    def prospects(self, stages: Sequence[Stage], first: int) -> Each[Sequence[GlobalId]]:
        """Return the ids of the first prospects at each stage, by id."""
        ...

    def load_each(self, kind: type[T], keys: Sequence[GlobalId | None]) -> Each[T | None]:
        """Return objects by id, fetched together with what else the query asks for."""
        ...

    def load_lists(self, kind: type[T], lists: Sequence[Sequence[GlobalId]]) -> Each[list[T]]:
        """Return lists of objects; those that do not exist are left out."""
        ...

    async def write(self, mutation: str, asked: Any, selected: Collection[str]) -> Done:
        """Carry out a mutation. What a caller can cause is told, not raised.

        Args:
            mutation: its name in the graph, such as "createStage".
            asked: its input, an object of `schema.types.inputs`.
            selected: the graph's names of the fields that are selected of the payload's object,
                and "targetList" if the payload's target list is selected.
        """
        ...
