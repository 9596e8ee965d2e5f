"""The mutation `createWork`."""

from typing import TYPE_CHECKING, Annotated, cast

import strawberry
from strawberry.types import Info

from schema.context import Context
from schema.costs import WRITES
from schema.selection import selected_below
from schema.types.inputs.work import CreateWorkInput
from schema.types.payloads import CreateWorkPayload

if TYPE_CHECKING:
    from schema.types.work import Work


@strawberry.mutation(
    description="Creates a work: an issue, ticket, task or opportunity of DevRev.", metadata=WRITES
)
async def create_work(
    info: Info[Context, None],
    asked: Annotated[
        CreateWorkInput, strawberry.argument(name="input", description="The new work.")
    ],
) -> CreateWorkPayload | None:
    """Answer the new one, read back only where the source did not tell what is selected."""
    done = await info.context.write("createWork", asked, selected_below(info, "work"))
    return CreateWorkPayload(work=cast("Work | None", done.row), errors=list(done.errors))
