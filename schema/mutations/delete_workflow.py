"""The mutation `deleteWorkflow`."""

from typing import Annotated

import strawberry
from strawberry.types import Info

from schema.context import Context
from schema.costs import WRITES
from schema.types.inputs.process import DeleteWorkflowInput
from schema.types.payloads import DeleteWorkflowPayload


@strawberry.mutation(
    description="Deletes a workflow of Storyblok. DevRev cannot: there the error says what "
    "to do instead.",
    metadata=WRITES,
)
async def delete_workflow(
    info: Info[Context, None],
    asked: Annotated[
        DeleteWorkflowInput, strawberry.argument(name="input", description="Which workflow.")
    ],
) -> DeleteWorkflowPayload | None:
    """Answer its id."""
    done = await info.context.write("deleteWorkflow", asked, ())
    deleted = None if done.deleted_id is None else strawberry.ID(done.deleted_id)
    return DeleteWorkflowPayload(deleted_id=deleted, errors=list(done.errors))
