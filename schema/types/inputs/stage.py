"""Inputs of the mutations of stages."""

import strawberry

from schema.types.inputs.devrev import CreateDevRevStage, DevRevStagePatch
from schema.types.inputs.esper import CreateEsperStage, EsperStagePatch
from schema.types.inputs.outreach import CreateOutreachStage
from schema.types.inputs.storyblok import CreateStoryblokStage, StoryblokStagePatch
from schema.types.inputs.write import Change, Once


@strawberry.input(one_of=True, description="A new stage, of exactly one source.")
class CreateStage:
    """One member for each source whose stages can be created."""

    devrev: CreateDevRevStage | None = strawberry.field(
        description="A stage of DevRev.", default=strawberry.UNSET
    )
    outreach: CreateOutreachStage | None = strawberry.field(
        description="A stage of Outreach.", default=strawberry.UNSET
    )
    esper: CreateEsperStage | None = strawberry.field(
        description="A stage of Esper.", default=strawberry.UNSET
    )
    storyblok: CreateStoryblokStage | None = strawberry.field(
        description="A stage of Storyblok.", default=strawberry.UNSET
    )


@strawberry.input(description="Which stage to create.")
class CreateStageInput(Once):
    """Of `createStage`."""

    stage: CreateStage = strawberry.field(description="The new stage.")


@strawberry.input(description="Which stage to change, and how. What is absent stays as it is.")
class UpdateStageInput(Change):
    """Of `updateStage`."""

    name: strawberry.Maybe[str | None] = strawberry.field(
        description="The stage's name; not empty, 255 characters at most for Outreach and "
        "Storyblok, 10,000 for Esper. Outreach lets null clear it, the others refuse that. Absent "
        "leaves it alone."
    )
    position: strawberry.Maybe[int | None] = strawberry.field(
        description="Place in its order: DevRev's ordinal, Outreach's order, Storyblok's "
        "position; NOT_SUPPORTED for Esper, whose stages stay in the order of their creation. "
        "Outreach lets null clear it, the others refuse that. Absent leaves it alone."
    )
    color: strawberry.Maybe[str | None] = strawberry.field(
        description='Colour, such as "#5951ff", for Outreach and Storyblok, 255 characters at '
        "most; NOT_SUPPORTED for the others. Outreach lets null clear it, Storyblok refuses that. "
        "Absent leaves it alone."
    )
    devrev: DevRevStagePatch | None = strawberry.field(
        description="What only a DevRev stage has; for one of another source it is refused. Null "
        "is as absent.",
        default=strawberry.UNSET,
    )
    esper: EsperStagePatch | None = strawberry.field(
        description="What only an Esper stage has; for one of another source it is refused. Null "
        "is as absent.",
        default=strawberry.UNSET,
    )
    storyblok: StoryblokStagePatch | None = strawberry.field(
        description="What only a Storyblok stage has; for one of another source it is refused. "
        "Null is as absent.",
        default=strawberry.UNSET,
    )


@strawberry.input(description="Which stage to delete.")
class DeleteStageInput(Change):
    """Of `deleteStage`."""
