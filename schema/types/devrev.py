"""DevRev's own types."""

from collections.abc import Sequence
from typing import Optional

import strawberry
from strawberry.types import Info

from schema.context import Context
from schema.types.ids import GlobalId
from schema.types.process import Process, Workflow
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

    @strawberry.field(
        description="The workflow that the stage stands in; null where it stands in none or in "
        "several, which `processes` has."
    )
    async def process(self, info: Info[Context, None]) -> Optional["DevRevWorkflow"]:
        """Fetch together with the other processes that the query asks for."""
        found = await info.context.processes_of(self)
        workflows = [one for one in found if isinstance(one, DevRevWorkflow)]
        return workflows[0] if len(workflows) == 1 else None


@strawberry.type(description="A stage in a DevRev workflow, and where works go from it.")
class DevRevWorkflowNode:
    """A node of a stage diagram."""

    stage_key: strawberry.Private[GlobalId]
    next_stage_keys: strawberry.Private[Sequence[GlobalId]] = ()
    is_start: bool | None = strawberry.field(
        description="Whether works may start here.", default=None
    )
    is_deprecated: bool | None = strawberry.field(
        description="Whether the stage is no longer to be used in this workflow.", default=None
    )

    @strawberry.field(description="The stage.")
    async def stage(self, info: Info[Context, None]) -> DevRevStage | None:
        """Fetch together with the other stages that the query asks for."""
        return await info.context.load(DevRevStage, self.stage_key)

    @strawberry.field(description="The stages that may come next.")
    async def next_stages(self, info: Info[Context, None]) -> list[DevRevStage] | None:
        """Fetch together with the other stages that the query asks for."""
        return await info.context.load_many(DevRevStage, self.next_stage_keys)


@strawberry.type(description="A DevRev stage diagram: the stages of one type of works.")
class DevRevWorkflow(Workflow, Process, Resource, Node):
    """`stage-diagrams` of DevRev's API."""

    display_id: str | None = strawberry.field(
        description="The id that DevRev shows to people.", default=None
    )
    leaf_type: str | None = strawberry.field(
        description="The type of works that it is for, such as issue.", default=None
    )
    is_custom_leaf_type: bool | None = strawberry.field(
        description="Whether that type of works is the organisation's own.", default=None
    )
    nodes: list[DevRevWorkflowNode] | None = strawberry.field(
        description="Its stages with their transitions.", default=None
    )
