"""The mutation `duplicateWorkflow`."""

from typing import TYPE_CHECKING, Annotated, cast

import strawberry
from strawberry.types import Info

from schema.context import Context
from schema.costs import WRITES
from schema.selection import selected_below
from schema.types.inputs.process import DuplicateWorkflowInput
from schema.types.payloads import DuplicateWorkflowPayload

if TYPE_CHECKING:
    from schema.types.process import Workflow


@strawberry.mutation(
    description="Makes a copy of a workflow of Storyblok, stages included, for other content "
    "types.",
    metadata=WRITES,
)
async def duplicate_workflow(
    info: Info[Context, None],
    asked: Annotated[
        DuplicateWorkflowInput,
        strawberry.argument(
            name="input", description="Which workflow, and what its copy is called."
        ),
    ],
) -> DuplicateWorkflowPayload | None:
    """Answer the copy, read back only where the source did not tell what is selected."""
    done = await info.context.write("duplicateWorkflow", asked, selected_below(info, "workflow"))
    return DuplicateWorkflowPayload(
        workflow=cast("Workflow | None", done.row), errors=list(done.errors)
    )
