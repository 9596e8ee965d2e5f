"""Inputs of the mutations that attach target lists to stages."""

import strawberry

from schema.types.inputs.write import Once


@strawberry.input(
    description="Which target list to attach to which stage, so that the stage rolls out to it too."
)
class AttachTargetListInput(Once):
    """Of `attachTargetList`."""

    stage_id: strawberry.ID = strawberry.field(description="Global id of the stage.")
    target_list_id: strawberry.ID = strawberry.field(
        description="The target list, of the same pipeline as the stage: global id, or Esper's "
        "own. `references` lists them as TARGET_LIST."
    )


@strawberry.input(
    description="Which target list to detach from which stage. The list itself stays."
)
class DetachTargetListInput(Once):
    """Of `detachTargetList`."""

    stage_id: strawberry.ID = strawberry.field(description="Global id of the stage.")
    target_list_id: strawberry.ID = strawberry.field(
        description="The target list, of the same pipeline as the stage: global id, or Esper's "
        "own. `references` lists them as TARGET_LIST."
    )
