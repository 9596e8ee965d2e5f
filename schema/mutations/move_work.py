"""The mutation `moveWork`."""

from typing import TYPE_CHECKING, Annotated, cast

import strawberry
from strawberry.types import Info

from schema.context import Context
from schema.costs import WRITES
from schema.selection import selected_below
from schema.types.inputs.work import MoveWorkInput
from schema.types.payloads import MoveWorkPayload

if TYPE_CHECKING:
    from schema.types.work import Work


@strawberry.mutation(
    description="Moves a work to another stage, along the transitions of its workflow unless "
    "told otherwise.",
    metadata=WRITES,
)
async def move_work(
    info: Info[Context, None],
    asked: Annotated[
        MoveWorkInput, strawberry.argument(name="input", description="Which work, and where to.")
    ],
) -> MoveWorkPayload | None:
    """Answer it as it is now, read back only where the source did not tell what is selected."""
    done = await info.context.write("moveWork", asked, selected_below(info, "work"))
    return MoveWorkPayload(work=cast("Work | None", done.row), errors=list(done.errors))
