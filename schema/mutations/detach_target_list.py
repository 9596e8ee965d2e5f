"""The mutation `detachTargetList`."""

from typing import TYPE_CHECKING, Annotated, cast

import strawberry
from strawberry.types import Info

from schema.context import Context
from schema.costs import WRITES
from schema.selection import selected_below, selects
from schema.types.inputs.target_lists import DetachTargetListInput
from schema.types.payloads import DetachTargetListPayload

if TYPE_CHECKING:
    from schema.types.esper import EsperStage


@strawberry.mutation(
    description="Detaches a target list from a stage of Esper. The list itself stays.",
    metadata=WRITES,
)
async def detach_target_list(
    info: Info[Context, None],
    asked: Annotated[
        DetachTargetListInput,
        strawberry.argument(name="input", description="Which target list, and which stage."),
    ],
) -> DetachTargetListPayload | None:
    """Answer both, read only where the source did not tell what is selected."""
    selected = selected_below(info, "stage")
    if selects(info, "targetList"):
        selected |= {"targetList"}
    done = await info.context.write("detachTargetList", asked, selected)
    return DetachTargetListPayload(
        stage=cast("EsperStage | None", done.row), target_list=done.beside, errors=list(done.errors)
    )
