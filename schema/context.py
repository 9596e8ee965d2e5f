"""What resolvers may ask of the world; `gateway/context.py` satisfies it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Awaitable, Collection, Sequence
    from datetime import datetime

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

    def now(self) -> datetime:
        """Return the time, in UTC."""
        ...

    def sources(self) -> list[SourceInfo]:
        """Return every source, connected or not."""
        ...

    async def nodes(self, ids: Sequence[str]) -> list[Node | Exception | None]:
        """Return the objects of global ids, each with null or its failure in its own place."""
        ...

    async def stage(self, by: ResourceBy) -> Stage | None:
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

    async def work(self, by: ResourceBy) -> Work | None:
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

    async def works_of(
        self, stage: Stage, first: int | None, after: str | None, *, count: bool
    ) -> Page[Work] | None:
        """Return a page of a stage's works, latest change first; null where there can be none."""
        ...

    async def stage_of(self, work: Work) -> Stage | None:
        """Return the stage that a work is in."""
        ...

    async def target_lists(
        self,
        holder: Stage | Process,
        type: TargetListType | None,  # noqa: A002 - the graph's word
    ) -> Sequence[TargetList] | None:
        """Return the target lists of a stage or a pipeline; null where it has none to tell of."""
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

    async def pipeline(self, by: ResourceBy) -> Pipeline | None:
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

    async def workflow(self, by: ResourceBy) -> Workflow | None:
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

    async def stages_of(
        self, process: Process, first: int | None, after: str | None, *, count: bool
    ) -> Page[Stage]:
        """Return a page of a process's stages, by position."""
        ...

    async def processes_of(self, stage: Stage) -> list[Process]:
        """Return the processes that a stage stands in."""
        ...

    async def load(self, kind: type[T], key: GlobalId) -> T | None:
        """Return one object, fetched together with what else the query asks for."""
        ...

    async def load_many(self, kind: type[T], keys: Sequence[GlobalId]) -> list[T]:
        """Return those objects that exist, in the order of their keys."""
        ...

    async def prospects(self, stage: str, first: int) -> Sequence[GlobalId]:
        """Return the ids of the first prospects at a stage, by id."""
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
