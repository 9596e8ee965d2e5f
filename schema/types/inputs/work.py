"""Inputs of the mutations of works."""

from datetime import datetime

import strawberry

from schema.types.inputs.devrev_work_patches import (
    DevRevIssuePatch,
    DevRevOpportunityPatch,
    DevRevTaskPatch,
    DevRevTicketPatch,
)
from schema.types.inputs.devrev_works import (
    CreateDevRevIssue,
    CreateDevRevOpportunity,
    CreateDevRevTask,
    CreateDevRevTicket,
)
from schema.types.inputs.write import Change, Once


@strawberry.input(one_of=True, description="A new work, of exactly one source and type.")
class CreateWork:
    """One member for each type of works that can be created."""

    devrev_issue: CreateDevRevIssue | None = strawberry.field(
        description="An issue of DevRev.", default=strawberry.UNSET
    )
    devrev_ticket: CreateDevRevTicket | None = strawberry.field(
        description="A ticket of DevRev.", default=strawberry.UNSET
    )
    devrev_task: CreateDevRevTask | None = strawberry.field(
        description="A task of DevRev.", default=strawberry.UNSET
    )
    devrev_opportunity: CreateDevRevOpportunity | None = strawberry.field(
        description="An opportunity of DevRev.", default=strawberry.UNSET
    )


@strawberry.input(description="Which work to create.")
class CreateWorkInput(Once):
    """Of `createWork`."""

    work: CreateWork = strawberry.field(description="The new work.")


@strawberry.input(
    description="Which work to change, and how. What is absent stays as it is; `moveWork` "
    "changes the stage."
)
class UpdateWorkInput(Change):
    """Of `updateWork`."""

    title: strawberry.Maybe[str | None] = strawberry.field(
        description="The work's title, 1 to 256 characters. It cannot be cleared; absent leaves "
        "it alone."
    )
    body: strawberry.Maybe[str | None] = strawberry.field(
        description="The work's text, in the source's own markup; 65,536 characters at most. An "
        "empty text empties it, null is refused, absent leaves it alone."
    )
    owner_ids: strawberry.Maybe[list[strawberry.ID] | None] = strawberry.field(
        description="Who is responsible for the work, at least one, by global id; `references` "
        "lists them as PERSON. Replaces the whole list. It cannot be cleared; absent leaves it "
        "alone."
    )
    target_close_at: strawberry.Maybe[datetime | None] = strawberry.field(
        description="When the work is to be done. Null clears it; absent leaves it alone."
    )
    devrev_issue: DevRevIssuePatch | None = strawberry.field(
        description="What only a DevRev issue has; for any other work it is refused. Null is as "
        "absent.",
        default=strawberry.UNSET,
    )
    devrev_ticket: DevRevTicketPatch | None = strawberry.field(
        description="What only a DevRev ticket has; for any other work it is refused. Null is as "
        "absent.",
        default=strawberry.UNSET,
    )
    devrev_task: DevRevTaskPatch | None = strawberry.field(
        description="What only a DevRev task has; for any other work it is refused. Null is as "
        "absent.",
        default=strawberry.UNSET,
    )
    devrev_opportunity: DevRevOpportunityPatch | None = strawberry.field(
        description="What only a DevRev opportunity has; for any other work it is refused. Null "
        "is as absent.",
        default=strawberry.UNSET,
    )


@strawberry.input(description="Which work to delete.")
class DeleteWorkInput(Change):
    """Of `deleteWork`."""


@strawberry.input(description="Which work to move to which stage.")
class MoveWorkInput(Change):
    """Of `moveWork`."""

    stage_id: strawberry.ID = strawberry.field(
        description="Global id of the stage that the work is to be in, of the same source."
    )
    allow_invalid_transition: bool = strawberry.field(
        description="Whether to move it even where its workflow has no transition to that stage.",
        default=False,
    )
