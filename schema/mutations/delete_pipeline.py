"""The mutation `deletePipeline`."""

from typing import Annotated

import strawberry
from strawberry.types import Info

from schema.context import Context
from schema.costs import WRITES
from schema.types.inputs.process import DeletePipelineInput
from schema.types.payloads import DeletePipelinePayload


@strawberry.mutation(
    description="Deletes a pipeline together with its stages. Esper may refuse that while it runs.",
    metadata=WRITES,
)
async def delete_pipeline(
    info: Info[Context, None],
    asked: Annotated[
        DeletePipelineInput, strawberry.argument(name="input", description="Which pipeline.")
    ],
) -> DeletePipelinePayload | None:
    """Answer its id."""
    done = await info.context.write("deletePipeline", asked, ())
    deleted = None if done.deleted_id is None else strawberry.ID(done.deleted_id)
    return DeletePipelinePayload(deleted_id=deleted, errors=list(done.errors))
