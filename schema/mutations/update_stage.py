"""The mutation `updateStage`."""

from typing import TYPE_CHECKING, Annotated, cast

import strawberry
from strawberry.types import Info

from schema.context import Context
from schema.costs import WRITES
from schema.selection import selected_below
from schema.types.inputs.stage import UpdateStageInput
from schema.types.payloads import UpdateStagePayload

if TYPE_CHECKING:
    from schema.types.stage import Stage


@strawberry.mutation(
    description="Changes a stage: what is given is written, all else stays as it is.",
    metadata=WRITES,
)
async def update_stage(
    info: Info[Context, None],
    asked: Annotated[
        UpdateStageInput,
        strawberry.argument(name="input", description="Which stage, and what is to change."),
    ],
) -> UpdateStagePayload | None:
    """Answer it as it is now, read back only where the source did not tell what is selected."""
    done = await info.context.write("updateStage", asked, selected_below(info, "stage"))
    return UpdateStagePayload(stage=cast("Stage | None", done.row), errors=list(done.errors))
