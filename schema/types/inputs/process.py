"""Inputs of the mutations of pipelines and workflows."""

import strawberry

from schema.types.inputs.devrev import CreateDevRevWorkflow, DevRevWorkflowPatch
from schema.types.inputs.esper import CreateEsperPipeline, EsperPipelinePatch
from schema.types.inputs.storyblok import CreateStoryblokWorkflow, StoryblokWorkflowPatch
from schema.types.inputs.write import Change, Once


@strawberry.input(one_of=True, description="A new pipeline, of exactly one source.")
class CreatePipeline:
    """One member for each source whose pipelines can be created."""

    esper: CreateEsperPipeline | None = strawberry.field(
        description="A pipeline of Esper.", default=strawberry.UNSET
    )


@strawberry.input(description="Which pipeline to create.")
class CreatePipelineInput(Once):
    """Of `createPipeline`."""

    pipeline: CreatePipeline = strawberry.field(description="The new pipeline.")


@strawberry.input(description="Which pipeline to change, and how. What is absent stays as it is.")
class UpdatePipelineInput(Change):
    """Of `updatePipeline`."""

    name: strawberry.Maybe[str | None] = strawberry.field(
        description="The pipeline's name; not empty, 10,000 characters at most. It cannot be "
        "cleared; absent leaves it alone."
    )
    esper: EsperPipelinePatch | None = strawberry.field(
        description="What only an Esper pipeline has; for one of another source it is refused. "
        "Null is as absent.",
        default=strawberry.UNSET,
    )


@strawberry.input(description="Which pipeline to delete, together with its stages.")
class DeletePipelineInput(Change):
    """Of `deletePipeline`."""


@strawberry.input(one_of=True, description="A new workflow, of exactly one source.")
class CreateWorkflow:
    """One member for each source whose workflows can be created."""

    devrev: CreateDevRevWorkflow | None = strawberry.field(
        description="A workflow of DevRev.", default=strawberry.UNSET
    )
    storyblok: CreateStoryblokWorkflow | None = strawberry.field(
        description="A workflow of Storyblok.", default=strawberry.UNSET
    )


@strawberry.input(description="Which workflow to create.")
class CreateWorkflowInput(Once):
    """Of `createWorkflow`."""

    workflow: CreateWorkflow = strawberry.field(description="The new workflow.")


@strawberry.input(description="Which workflow to change, and how. What is absent stays as it is.")
class UpdateWorkflowInput(Change):
    """Of `updateWorkflow`."""

    name: strawberry.Maybe[str | None] = strawberry.field(
        description="The workflow's name; not empty, 255 characters at most for Storyblok. It "
        "cannot be cleared; absent leaves it alone."
    )
    stage_order: strawberry.Maybe[list[strawberry.ID] | None] = strawberry.field(
        description="Global ids of all the workflow's stages, in the order that they are to "
        "have. Storyblok has one; NOT_SUPPORTED for DevRev, where each stage's own position "
        "orders it in every workflow. Null is refused; absent leaves the order alone."
    )
    devrev: DevRevWorkflowPatch | None = strawberry.field(
        description="What only a DevRev workflow has; for one of another source it is refused. "
        "Null is as absent.",
        default=strawberry.UNSET,
    )
    storyblok: StoryblokWorkflowPatch | None = strawberry.field(
        description="What only a Storyblok workflow has; for one of another source it is "
        "refused. Null is as absent.",
        default=strawberry.UNSET,
    )


@strawberry.input(description="Which workflow to delete.")
class DeleteWorkflowInput(Change):
    """Of `deleteWorkflow`."""


@strawberry.input(description="Which workflow to make a copy of, stages included.")
class DuplicateWorkflowInput(Once):
    """Of `duplicateWorkflow`."""

    id: strawberry.ID = strawberry.field(description="Global id of the workflow to copy.")
    name: str = strawberry.field(
        description="The copy's name, another one than the workflow's own; not empty, 255 "
        "characters at most."
    )
    content_types: list[str] = strawberry.field(
        description="The content types whose stories go through the copy, by name, of 255 "
        "characters at most each; at least one. Storyblok wants another set than the workflow's "
        "own; the two may have some in common."
    )
