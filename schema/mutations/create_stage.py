"""The mutation `createStage`."""

from typing import TYPE_CHECKING, Annotated, cast

import strawberry
from strawberry.types import Info

from schema.context import Context
from schema.costs import WRITES
from schema.selection import selected_below
from schema.types.inputs.stage import CreateStageInput
from schema.types.payloads import CreateStagePayload

if TYPE_CHECKING:
    from schema.types.stage import Stage


@strawberry.mutation(
    description="Creates a stage, in the source that the input names.", metadata=WRITES
)
async def create_stage(
    info: Info[Context, None],
    asked: Annotated[
        CreateStageInput, strawberry.argument(name="input", description="The new stage.")
    ],
) -> CreateStagePayload | None:
    """Answer the new one, read back only where the source did not tell what is selected."""
    done = await info.context.write("createStage", asked, selected_below(info, "stage"))
    return CreateStagePayload(stage=cast("Stage | None", done.row), errors=list(done.errors))
