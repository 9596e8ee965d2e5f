"""The mutation `deleteStage`."""

from typing import Annotated

import strawberry
from strawberry.types import Info

from schema.context import Context
from schema.costs import WRITES
from schema.types.inputs.stage import DeleteStageInput
from schema.types.payloads import DeleteStagePayload


@strawberry.mutation(
    description="Deletes a stage. DevRev cannot: there the error says what to do instead. "
    "Storyblok refuses to delete the last stage of a workflow, and Outreach may refuse one "
    "that prospects are at.",
    metadata=WRITES,
)
async def delete_stage(
    info: Info[Context, None],
    asked: Annotated[
        DeleteStageInput, strawberry.argument(name="input", description="Which stage.")
    ],
) -> DeleteStagePayload | None:
    """Answer its id."""
    done = await info.context.write("deleteStage", asked, ())
    deleted = None if done.deleted_id is None else strawberry.ID(done.deleted_id)
    return DeleteStagePayload(deleted_id=deleted, errors=list(done.errors))
