"""The mutation `deleteWork`."""

from typing import Annotated

import strawberry
from strawberry.types import Info

from schema.context import Context
from schema.costs import WRITES
from schema.types.inputs.work import DeleteWorkInput
from schema.types.payloads import DeleteWorkPayload


@strawberry.mutation(description="Deletes a work.", metadata=WRITES)
async def delete_work(
    info: Info[Context, None],
    asked: Annotated[DeleteWorkInput, strawberry.argument(name="input", description="Which work.")],
) -> DeleteWorkPayload | None:
    """Answer its id."""
    done = await info.context.write("deleteWork", asked, ())
    deleted = None if done.deleted_id is None else strawberry.ID(done.deleted_id)
    return DeleteWorkPayload(deleted_id=deleted, errors=list(done.errors))
