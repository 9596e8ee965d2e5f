"""What mutations answer: the object as it is now, or what went wrong."""

import strawberry

from schema.types.esper import EsperStage, TargetList
from schema.types.mutation_errors import MutationError
from schema.types.process import Pipeline, Workflow
from schema.types.stage import Stage
from schema.types.work import Work


@strawberry.type(description="What came of `createStage`.")
class CreateStagePayload:
    """The object, or errors."""

    stage: Stage | None = strawberry.field(
        description="The new stage; null if there are errors.", default=None
    )
    errors: list[MutationError] = strawberry.field(
        description="What went wrong; empty if nothing did."
    )


@strawberry.type(description="What came of `updateStage`.")
class UpdateStagePayload:
    """The object, or errors."""

    stage: Stage | None = strawberry.field(
        description="The stage as it is now; null if there are errors.", default=None
    )
    errors: list[MutationError] = strawberry.field(
        description="What went wrong; empty if nothing did."
    )


@strawberry.type(description="What came of `deleteStage`.")
class DeleteStagePayload:
    """The object, or errors."""

    deleted_id: strawberry.ID | None = strawberry.field(
        description="Global id of the stage that is no longer; null if there are errors.",
        default=None,
    )
    errors: list[MutationError] = strawberry.field(
        description="What went wrong; empty if nothing did."
    )


@strawberry.type(description="What came of `createWork`.")
class CreateWorkPayload:
    """The object, or errors."""

    work: Work | None = strawberry.field(
        description="The new work; null if there are errors.", default=None
    )
    errors: list[MutationError] = strawberry.field(
        description="What went wrong; empty if nothing did."
    )


@strawberry.type(description="What came of `updateWork`.")
class UpdateWorkPayload:
    """The object, or errors."""

    work: Work | None = strawberry.field(
        description="The work as it is now; null if there are errors.", default=None
    )
    errors: list[MutationError] = strawberry.field(
        description="What went wrong; empty if nothing did."
    )


@strawberry.type(description="What came of `deleteWork`.")
class DeleteWorkPayload:
    """The object, or errors."""

    deleted_id: strawberry.ID | None = strawberry.field(
        description="Global id of the work that is no longer; null if there are errors.",
        default=None,
    )
    errors: list[MutationError] = strawberry.field(
        description="What went wrong; empty if nothing did."
    )


@strawberry.type(description="What came of `createPipeline`.")
class CreatePipelinePayload:
    """The object, or errors."""

    pipeline: Pipeline | None = strawberry.field(
        description="The new pipeline; null if there are errors.", default=None
    )
    errors: list[MutationError] = strawberry.field(
        description="What went wrong; empty if nothing did."
    )


@strawberry.type(description="What came of `updatePipeline`.")
class UpdatePipelinePayload:
    """The object, or errors."""

    pipeline: Pipeline | None = strawberry.field(
        description="The pipeline as it is now; null if there are errors.", default=None
    )
    errors: list[MutationError] = strawberry.field(
        description="What went wrong; empty if nothing did."
    )


@strawberry.type(description="What came of `deletePipeline`.")
class DeletePipelinePayload:
    """The object, or errors."""

    deleted_id: strawberry.ID | None = strawberry.field(
        description="Global id of the pipeline that is no longer; null if there are errors.",
        default=None,
    )
    errors: list[MutationError] = strawberry.field(
        description="What went wrong; empty if nothing did."
    )


@strawberry.type(description="What came of `createWorkflow`.")
class CreateWorkflowPayload:
    """The object, or errors."""

    workflow: Workflow | None = strawberry.field(
        description="The new workflow; null if there are errors.", default=None
    )
    errors: list[MutationError] = strawberry.field(
        description="What went wrong; empty if nothing did."
    )


@strawberry.type(description="What came of `updateWorkflow`.")
class UpdateWorkflowPayload:
    """The object, or errors."""

    workflow: Workflow | None = strawberry.field(
        description="The workflow as it is now; null if there are errors.", default=None
    )
    errors: list[MutationError] = strawberry.field(
        description="What went wrong; empty if nothing did."
    )


@strawberry.type(description="What came of `deleteWorkflow`.")
class DeleteWorkflowPayload:
    """The object, or errors."""

    deleted_id: strawberry.ID | None = strawberry.field(
        description="Global id of the workflow that is no longer; null if there are errors.",
        default=None,
    )
    errors: list[MutationError] = strawberry.field(
        description="What went wrong; empty if nothing did."
    )


@strawberry.type(description="What came of `moveWork`.")
class MoveWorkPayload:
    """The object, or errors."""

    work: Work | None = strawberry.field(
        description="The work as it is now; null if there are errors.", default=None
    )
    errors: list[MutationError] = strawberry.field(
        description="What went wrong; empty if nothing did."
    )


@strawberry.type(description="What came of `duplicateWorkflow`.")
class DuplicateWorkflowPayload:
    """The object, or errors."""

    workflow: Workflow | None = strawberry.field(
        description="The copy; null if there are errors.", default=None
    )
    errors: list[MutationError] = strawberry.field(
        description="What went wrong; empty if nothing did."
    )


@strawberry.type(description="What came of `attachTargetList`.")
class AttachTargetListPayload:
    """The object, or errors."""

    stage: EsperStage | None = strawberry.field(
        description="The stage as it is now; null if there are errors.", default=None
    )
    target_list: TargetList | None = strawberry.field(
        description="The target list that was attached; null if there are errors.", default=None
    )
    errors: list[MutationError] = strawberry.field(
        description="What went wrong; empty if nothing did."
    )


@strawberry.type(description="What came of `detachTargetList`.")
class DetachTargetListPayload:
    """The object, or errors."""

    stage: EsperStage | None = strawberry.field(
        description="The stage as it is now; null if there are errors.", default=None
    )
    target_list: TargetList | None = strawberry.field(
        description="The target list that was detached; null if there are errors.", default=None
    )
    errors: list[MutationError] = strawberry.field(
        description="What went wrong; empty if nothing did."
    )
