"""DevRev's own types."""

import strawberry

from schema.types.resource import Node, Resource
from schema.types.stage import Stage


@strawberry.type(description="A DevRev custom state: the coarse status that stages belong to.")
class DevRevState:
    """Such as Open, In Progress or Closed."""

    id: strawberry.ID = strawberry.field(description="Global id.")
    source_id: strawberry.ID = strawberry.field(description="DevRev's own id.")
    display_id: str | None = strawberry.field(
        description="The id that DevRev shows to people.", default=None
    )
    name: str | None = strawberry.field(description="The state's name.", default=None)
    is_final: bool | None = strawberry.field(
        description="Whether works in this state are done.", default=None
    )


@strawberry.type(description="A DevRev custom stage.")
class DevRevStage(Stage, Resource, Node):
    """`stages.custom` of DevRev's API."""

    display_id: str | None = strawberry.field(
        description="The id that DevRev shows to people.", default=None
    )
    state: DevRevState | None = strawberry.field(
        description="The state that works in this stage are in.", default=None
    )
