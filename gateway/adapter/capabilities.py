"""One capability per thing that a source may do; a source inherits those that it has.

The way of one from here to a field of the graph: `gateway/loaders`, `gateway/context`, the protocol
in `schema/context.py`, the type that has the field, as a relation if it is found by its parent.
What `capabilities` tells is in `claims`.
"""

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any, ClassVar

from gateway.adapter.asks import Batch, ProcessAsk, StageAsk, TargetListsAsk, WorkAsk
from gateway.errors import UpstreamFailure
from gateway.upstream.trace import Trace
from schema.types.esper import TargetList
from schema.types.ids import GlobalId
from schema.types.process import Pipeline, ProcessOrderField, Workflow
from schema.types.reference import Reference, ReferenceKind
from schema.types.resource import Actor
from schema.types.stage import Stage, StageOrderField
from schema.types.work import Work, WorkOrderField


class ReadsStages(ABC):
    """Stages can be listed and fetched.

    Attributes:
        stage_filters: fields of StageFilter that the source serves itself.
        stage_orders: order fields that the source serves itself, in both directions, with equal
            keys in any order and nulls anywhere.
    """

    stage_filters: ClassVar[frozenset[str]] = frozenset()
    stage_orders: ClassVar[frozenset[StageOrderField]] = frozenset()

    @abstractmethod
    def stages(self, ask: StageAsk, trace: Trace) -> AsyncIterator[Batch[Stage]]:
        """Yield the stages that are asked for, page by page."""

    @abstractmethod
    async def get_stages(
        self, ids: Sequence[GlobalId], trace: Trace
    ) -> Mapping[GlobalId, Stage | UpstreamFailure]:
        """Return those stages that exist, by the id that was asked, in the fewest calls.

        One whose answer makes no sense is its own failure.
        """


class ReadsWorks(ABC):
    """Works can be listed and fetched; attributes as those of `ReadsStages`."""

    work_filters: ClassVar[frozenset[str]] = frozenset()
    work_orders: ClassVar[frozenset[WorkOrderField]] = frozenset()

    @abstractmethod
    def works(self, ask: WorkAsk, trace: Trace) -> AsyncIterator[Batch[Work]]:
        """Yield the works that are asked for, page by page."""

    @abstractmethod
    async def get_works(
        self, ids: Sequence[GlobalId], trace: Trace
    ) -> Mapping[GlobalId, Work | UpstreamFailure]:
        """Return those works that exist, by the id that was asked, in the fewest calls.

        One whose answer makes no sense is its own failure.
        """

    @abstractmethod
    async def count_works(self, ask: WorkAsk, trace: Trace) -> int | None:
        """Return how many works are asked for exactly; None where the vendor cannot tell."""

    @abstractmethod
    async def works_of(
        self, stages: Sequence[GlobalId], first: int, trace: Trace
    ) -> Mapping[GlobalId, Batch[Work] | UpstreamFailure]:
        """Return the first works of each stage, latest change first, then by global id.

        Exactly: `first` of each stage that has so many, else all of it. A stage that does not
        exist has none; one that cannot be read is its own failure.
        """

    @abstractmethod
    async def stages_named(
        self, names: Sequence[str], trace: Trace
    ) -> Mapping[str, Stage | UpstreamFailure]:
        """Return the stages of works that tell only the name of theirs."""


class ReadsPipelines(ABC):
    """Pipelines can be listed and fetched; attributes as those of `ReadsStages`."""

    pipeline_filters: ClassVar[frozenset[str]] = frozenset()
    pipeline_orders: ClassVar[frozenset[ProcessOrderField]] = frozenset()

    @abstractmethod
    def pipelines(self, ask: ProcessAsk, trace: Trace) -> AsyncIterator[Batch[Pipeline]]:
        """Yield the pipelines that are asked for, page by page."""

    @abstractmethod
    async def get_pipelines(
        self, ids: Sequence[GlobalId], trace: Trace
    ) -> Mapping[GlobalId, Pipeline | UpstreamFailure]:
        """Return those pipelines that exist, by the id that was asked, in the fewest calls."""


class ReadsWorkflows(ABC):
    """Workflows can be listed and fetched; attributes as those of `ReadsStages`."""

    workflow_filters: ClassVar[frozenset[str]] = frozenset()
    workflow_orders: ClassVar[frozenset[ProcessOrderField]] = frozenset()

    @abstractmethod
    def workflows(self, ask: ProcessAsk, trace: Trace) -> AsyncIterator[Batch[Workflow]]:
        """Yield the workflows that are asked for, page by page.

        Where the vendor sends their stages along at no further call, `members` has them.
        """

    @abstractmethod
    async def get_workflows(
        self, ids: Sequence[GlobalId], trace: Trace
    ) -> Mapping[GlobalId, Workflow | UpstreamFailure]:
        """Return those workflows that exist, by the id that was asked, in the fewest calls."""


class ListsStagesOfProcesses(ABC):
    """The stages of a process are asked for apart from it, as its own answer has none."""

    @abstractmethod
    async def stages_of(
        self, processes: Sequence[GlobalId], trace: Trace
    ) -> Mapping[GlobalId, Batch[Stage]]:
        """Return all stages of each process that exists."""


class FindsProcesses(ABC):
    """In which processes a stage stands is asked for apart from it, as its answer does not tell."""

    @abstractmethod
    async def processes_of(
        self, stages: Sequence[GlobalId], trace: Trace
    ) -> Mapping[GlobalId, Sequence[Workflow]]:
        """Return the workflows of each stage; a stage in none may be absent."""


class ReadsPeople(ABC):
    """People can be fetched."""

    @abstractmethod
    async def get_people(self, ids: Sequence[GlobalId], trace: Trace) -> Mapping[GlobalId, Actor]:
        """Return those people that are known, by id."""


class ReadsSpaceRoles(ABC):
    """Roles of a space can be fetched."""

    @abstractmethod
    async def get_space_roles(
        self, ids: Sequence[GlobalId], trace: Trace
    ) -> Mapping[GlobalId, Any]:
        """Return those roles that exist, by id."""


class ReadsProspects(ABC):
    """The prospects at a stage can be listed."""

    @abstractmethod
    async def prospects_of(
        self, stages: Sequence[GlobalId], first: int, trace: Trace
    ) -> Mapping[GlobalId, Sequence[GlobalId]]:
        """Return the first prospects of each stage, by id."""


class ReadsTargetLists(ABC):
    """The target lists of stages and of pipelines can be listed."""

    @abstractmethod
    async def target_lists_of(
        self, asked: Sequence[TargetListsAsk], trace: Trace
    ) -> Mapping[TargetListsAsk, Sequence[TargetList] | UpstreamFailure]:
        """Return the target lists of each; one that does not exist is absent."""


class ReadsReferences(ABC):
    """What inputs name by id can be listed.

    Attributes:
        reference_kinds: the kinds that there are, each with whether it needs a scope.
    """

    reference_kinds: ClassVar[Mapping[ReferenceKind, bool]]

    @abstractmethod
    def references(
        self, kind: ReferenceKind, scope: str | None, trace: Trace
    ) -> AsyncIterator[Batch[Reference]]:
        """Yield all of a kind, page by page, each once.

        Args:
            kind: one of `reference_kinds`.
            scope: the vendor's own id of what they are of, untrusted; None is all there are.
            trace: counts the calls.

        Raises:
            errors.Rejected: if the vendor gives no such id to a scope.
        """
