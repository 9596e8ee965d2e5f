"""The mutation `createPipeline`."""

from typing import TYPE_CHECKING, Annotated, cast

import strawberry
from strawberry.types import Info

from schema.context import Context
from schema.costs import WRITES
from schema.selection import selected_below
from schema.types.inputs.process import CreatePipelineInput
from schema.types.payloads import CreatePipelinePayload

if TYPE_CHECKING:
    from schema.types.process import Pipeline


@strawberry.mutation(description="Creates a pipeline of Esper, without stages.", metadata=WRITES)
async def create_pipeline(
    info: Info[Context, None],
    asked: Annotated[
        CreatePipelineInput, strawberry.argument(name="input", description="The new pipeline.")
    ],
) -> CreatePipelinePayload | None:
    """Answer the new one, read back only where the source did not tell what is selected."""
    done = await info.context.write("createPipeline", asked, selected_below(info, "pipeline"))
    return CreatePipelinePayload(
        pipeline=cast("Pipeline | None", done.row), errors=list(done.errors)
    )
