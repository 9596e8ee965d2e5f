"""The mutation `updatePipeline`."""

from typing import TYPE_CHECKING, Annotated, cast

import strawberry
from strawberry.types import Info

from schema.context import Context
from schema.costs import WRITES
from schema.selection import selected_below
from schema.types.inputs.process import UpdatePipelineInput
from schema.types.payloads import UpdatePipelinePayload

if TYPE_CHECKING:
    from schema.types.process import Pipeline


@strawberry.mutation(
    description="Changes a pipeline: what is given is written, all else stays as it is.",
    metadata=WRITES,
)
async def update_pipeline(
    info: Info[Context, None],
    asked: Annotated[
        UpdatePipelineInput,
        strawberry.argument(name="input", description="Which pipeline, and what is to change."),
    ],
) -> UpdatePipelinePayload | None:
    """Answer it as it is now, read back only where the source did not tell what is selected."""
    done = await info.context.write("updatePipeline", asked, selected_below(info, "pipeline"))
    return UpdatePipelinePayload(
        pipeline=cast("Pipeline | None", done.row), errors=list(done.errors)
    )
