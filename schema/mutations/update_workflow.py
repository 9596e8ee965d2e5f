"""The mutation `updateWorkflow`."""

from typing import TYPE_CHECKING, Annotated, cast

import strawberry
from strawberry.types import Info

from schema.context import Context
from schema.costs import WRITES
from schema.selection import selected_below
from schema.types.inputs.process import UpdateWorkflowInput
from schema.types.payloads import UpdateWorkflowPayload

if TYPE_CHECKING:
    from schema.types.process import Workflow


@strawberry.mutation(
    description="Changes a workflow: what is given is written, all else stays as it is.",
    metadata=WRITES,
)
async def update_workflow(
    info: Info[Context, None],
    asked: Annotated[
        UpdateWorkflowInput,
        strawberry.argument(name="input", description="Which workflow, and what is to change."),
    ],
) -> UpdateWorkflowPayload | None:
    """Answer it as it is now, read back only where the source did not tell what is selected."""
    done = await info.context.write("updateWorkflow", asked, selected_below(info, "workflow"))
    return UpdateWorkflowPayload(
        workflow=cast("Workflow | None", done.row), errors=list(done.errors)
    )
