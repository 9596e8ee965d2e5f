"""How a source is written to: a write is a plan, made without a call, and carried out by the core.

An adapter's method judges the input, refuses what can be refused without asking the vendor, and
returns a plan. The core, `gateway/writes`, does what is the same for all sources: it compares
versions, keeps to once, sends, tells what became of it, and reads the object back.
"""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, ClassVar

import msgspec

from gateway.errors import Path
from gateway.upstream.trace import Trace
from schema.types.esper import TargetList
from schema.types.ids import GlobalId
from schema.types.inputs.process import (
    DuplicateWorkflowInput,
    UpdatePipelineInput,
    UpdateWorkflowInput,
)
from schema.types.inputs.stage import UpdateStageInput
from schema.types.inputs.target_lists import AttachTargetListInput, DetachTargetListInput
from schema.types.inputs.work import MoveWorkInput, UpdateWorkInput
from schema.types.resource import Resource
from schema.types.sources import Operation, ResourceType

EVERYTHING = frozenset({"*"})
"""Stands for all fields of an object but its id and what follows from that."""


class Written(msgspec.Struct, frozen=True, kw_only=True):
    """What a write did.

    Attributes:
        key: the object that was written.
        row: the object as the vendor's answer has it; of a bare one, only the fields of its id are
            set. None where it was deleted.
        lacks: names of the graph's fields that `row` does not tell although the object has them,
            such as {"position"}; `EVERYTHING` for a bare one. The core reads the object back if
            one of them is selected.
        beside: the target list that was attached or detached, where the answer tells it.
        is_sure: whether it was compared with the input in every field that was sent; False where
            the vendor does not tell one of them. Of what `look` finds.
    """

    key: GlobalId
    row: Resource | None = None
    lacks: frozenset[str] = frozenset()
    beside: TargetList | None = None
    is_sure: bool = True


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """One write, judged and ready to be sent.

    Attributes:
        send: sends it: exactly one call that is not safe (`Call.is_safe=False`), reads before it
            where they are needed. Called once, or again only where the core knows that nothing was
            applied. Reads with the trace that it is handed are fresh: never kept answers.
        look: finds what an earlier try of the same plan may have done: each object that exists now
            and equals the input in every field that was sent and is told (of a delete: the key, if
            the object is gone). Of a create it is asked before the first try too, so as to know
            what was there before. None where the vendor gives no way to look.
        holder: what a create is put into, and where the input names that: what a 404 speaks of. Of
            any other write, 404 speaks of the object itself.
        paths: where the vendor's fields stand in the input: by the name that the vendor has for
            one in its complaints, dotted, such as "workflow_stage.color".
        beside: reads the target list that the plan attaches or detaches, if it is selected and
            the answer did not tell it.
    """

    send: Callable[[Trace], Awaitable[Written]]
    look: Callable[[Trace], Awaitable[Sequence[Written]]] | None = None
    holder: tuple[GlobalId, Path] | None = None
    paths: Mapping[str, Path] = {}
    beside: Callable[[Trace], Awaitable[TargetList | None]] | None = None


class Writes(ABC):  # noqa: B024 - what it has no part of is in the capabilities
    """What every source that writes tells.

    Attributes:
        instead: what a caller can do in place of a mutation that the source lacks, by the
            mutation's name, such as {"deleteStage": "Mark its node as deprecated instead: ..."}.
    """

    instead: ClassVar[Mapping[str, str]] = {}


class CreatesStages(Writes):
    """Stages can be created."""

    @abstractmethod
    def create_stage(self, new: Any, at: Path) -> Plan:
        """Plan to create a stage.

        Args:
            new: the source's own member of `CreateStage`.
            at: where that stands in the arguments: the beginning of all complaints' paths.

        Raises:
            errors.Invalid: if the input is wrong. All of these methods may raise it.
            errors.NotSupported: if the source lacks what a field asks for.
        """


class UpdatesStages(Writes):
    """Stages can be changed."""

    @abstractmethod
    def update_stage(self, key: GlobalId, patch: UpdateStageInput) -> Plan:
        """Plan to change a stage; the id is the source's own, of a stage, and well formed."""


class DeletesStages(Writes):
    """Stages can be deleted."""

    @abstractmethod
    def delete_stage(self, key: GlobalId) -> Plan:
        """Plan to delete a stage."""


class CreatesWorks(Writes):
    """Works can be created."""

    @abstractmethod
    def create_work(self, new: Any, at: Path) -> Plan:
        """Plan to create a work; `new` is one of the source's own members of `CreateWork`."""


class UpdatesWorks(Writes):
    """Works can be changed."""

    @abstractmethod
    def update_work(self, key: GlobalId, patch: UpdateWorkInput) -> Plan:
        """Plan to change a work."""


class DeletesWorks(Writes):
    """Works can be deleted."""

    @abstractmethod
    def delete_work(self, key: GlobalId) -> Plan:
        """Plan to delete a work."""


class MovesWorks(Writes):
    """Works can be moved to another stage."""

    @abstractmethod
    def move_work(self, key: GlobalId, asked: MoveWorkInput) -> Plan:
        """Plan to move a work; the input's `stage_id` is not yet judged."""


class CreatesPipelines(Writes):
    """Pipelines can be created."""

    @abstractmethod
    def create_pipeline(self, new: Any, at: Path) -> Plan:
        """Plan to create a pipeline; `new` is the source's own member of `CreatePipeline`."""


class UpdatesPipelines(Writes):
    """Pipelines can be changed."""

    @abstractmethod
    def update_pipeline(self, key: GlobalId, patch: UpdatePipelineInput) -> Plan:
        """Plan to change a pipeline."""


class DeletesPipelines(Writes):
    """Pipelines can be deleted."""

    @abstractmethod
    def delete_pipeline(self, key: GlobalId) -> Plan:
        """Plan to delete a pipeline."""


class CreatesWorkflows(Writes):
    """Workflows can be created."""

    @abstractmethod
    def create_workflow(self, new: Any, at: Path) -> Plan:
        """Plan to create a workflow; `new` is the source's own member of `CreateWorkflow`."""


class UpdatesWorkflows(Writes):
    """Workflows can be changed."""

    @abstractmethod
    def update_workflow(self, key: GlobalId, patch: UpdateWorkflowInput) -> Plan:
        """Plan to change a workflow."""


class DeletesWorkflows(Writes):
    """Workflows can be deleted."""

    @abstractmethod
    def delete_workflow(self, key: GlobalId) -> Plan:
        """Plan to delete a workflow."""


class DuplicatesWorkflows(Writes):
    """Workflows can be duplicated."""

    @abstractmethod
    def duplicate_workflow(self, key: GlobalId, asked: DuplicateWorkflowInput) -> Plan:
        """Plan to duplicate a workflow; `Written.key` is the new one's."""


class AttachesTargetLists(Writes):
    """Target lists can be attached to stages."""

    @abstractmethod
    def attach_target_list(self, stage: GlobalId, asked: AttachTargetListInput) -> Plan:
        """Plan to attach; `Written.key` is the stage's. `target_list_id` is not yet judged."""


class DetachesTargetLists(Writes):
    """Target lists can be detached from stages."""

    @abstractmethod
    def detach_target_list(self, stage: GlobalId, asked: DetachTargetListInput) -> Plan:
        """Plan to detach; `Written.key` is the stage's. `target_list_id` is not yet judged."""


DOES: Mapping[type[Writes], tuple[ResourceType, Operation]] = {
    CreatesStages: (ResourceType.STAGE, Operation.CREATE),
    UpdatesStages: (ResourceType.STAGE, Operation.UPDATE),
    DeletesStages: (ResourceType.STAGE, Operation.DELETE),
    CreatesWorks: (ResourceType.WORK, Operation.CREATE),
    UpdatesWorks: (ResourceType.WORK, Operation.UPDATE),
    DeletesWorks: (ResourceType.WORK, Operation.DELETE),
    MovesWorks: (ResourceType.WORK, Operation.MOVE),
    CreatesPipelines: (ResourceType.PIPELINE, Operation.CREATE),
    UpdatesPipelines: (ResourceType.PIPELINE, Operation.UPDATE),
    DeletesPipelines: (ResourceType.PIPELINE, Operation.DELETE),
    CreatesWorkflows: (ResourceType.WORKFLOW, Operation.CREATE),
    UpdatesWorkflows: (ResourceType.WORKFLOW, Operation.UPDATE),
    DeletesWorkflows: (ResourceType.WORKFLOW, Operation.DELETE),
    DuplicatesWorkflows: (ResourceType.WORKFLOW, Operation.DUPLICATE),
    AttachesTargetLists: (ResourceType.TARGET_LIST, Operation.ATTACH),
    DetachesTargetLists: (ResourceType.TARGET_LIST, Operation.DETACH),
}
"""What each capability is, in the graph's words."""
