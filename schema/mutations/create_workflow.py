"""The mutation `createWorkflow`."""

from typing import TYPE_CHECKING, Annotated, cast

import strawberry
from strawberry.types import Info

from schema.context import Context
from schema.costs import WRITES
from schema.selection import selected_below
from schema.types.inputs.process import CreateWorkflowInput
from schema.types.payloads import CreateWorkflowPayload

if TYPE_CHECKING:
    from schema.types.process import Workflow


@strawberry.mutation(description="Creates a workflow of DevRev or Storyblok.", metadata=WRITES)
async def create_workflow(
    info: Info[Context, None],
    asked: Annotated[
        CreateWorkflowInput, strawberry.argument(name="input", description="The new workflow.")
    ],
) -> CreateWorkflowPayload | None:
    """Answer the new one, read back only where the source did not tell what is selected."""
    done = await info.context.write("createWorkflow", asked, selected_below(info, "workflow"))
    return CreateWorkflowPayload(
        workflow=cast("Workflow | None", done.row), errors=list(done.errors)
    )
