"""The mutation `updateWork`."""

from typing import TYPE_CHECKING, Annotated, cast

import strawberry
from strawberry.types import Info

from schema.context import Context
from schema.costs import WRITES
from schema.selection import selected_below
from schema.types.inputs.work import UpdateWorkInput
from schema.types.payloads import UpdateWorkPayload

if TYPE_CHECKING:
    from schema.types.work import Work


@strawberry.mutation(
    description="Changes a work: what is given is written, all else stays as it is. "
    "`moveWork` changes its stage.",
    metadata=WRITES,
)
async def update_work(
    info: Info[Context, None],
    asked: Annotated[
        UpdateWorkInput,
        strawberry.argument(name="input", description="Which work, and what is to change."),
    ],
) -> UpdateWorkPayload | None:
    """Answer it as it is now, read back only where the source did not tell what is selected."""
    done = await info.context.write("updateWork", asked, selected_below(info, "work"))
    return UpdateWorkPayload(work=cast("Work | None", done.row), errors=list(done.errors))
