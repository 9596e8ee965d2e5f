"""The mutation `attachTargetList`."""

from typing import TYPE_CHECKING, Annotated, cast

import strawberry
from strawberry.types import Info

from schema.context import Context
from schema.costs import WRITES
from schema.selection import selected_below, selects
from schema.types.inputs.target_lists import AttachTargetListInput
from schema.types.payloads import AttachTargetListPayload

if TYPE_CHECKING:
    from schema.types.esper import EsperStage


@strawberry.mutation(
    description="Attaches a target list to a stage of Esper, so that the stage rolls out to it "
    "too.",
    metadata=WRITES,
)
async def attach_target_list(
    info: Info[Context, None],
    asked: Annotated[
        AttachTargetListInput,
        strawberry.argument(name="input", description="Which target list, and which stage."),
    ],
) -> AttachTargetListPayload | None:
    """Answer both, read only where the source did not tell what is selected."""
    selected = selected_below(info, "stage")
    if selects(info, "targetList"):
        selected |= {"targetList"}
    done = await info.context.write("attachTargetList", asked, selected)
    return AttachTargetListPayload(
        stage=cast("EsperStage | None", done.row), target_list=done.beside, errors=list(done.errors)
    )
