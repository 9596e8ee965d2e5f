"""DevRev's own types."""

from collections.abc import Sequence
from typing import Optional

import strawberry
from strawberry.types import Info

from schema.context import Context
from schema.costs import DEVREV_STAGE, DEVREV_STAGES, PROCESS
from schema.relations import Each, of_each, relation
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

    @relation(
        description="The workflow that the stage stands in; null where it stands in none or in "
        "several, which `processes` has.",
        cost=PROCESS,
    )
    @staticmethod
    def process(
        info: Info[Context, None], stages: Sequence["DevRevStage"]
    ) -> Each[Optional["DevRevWorkflow"]]:
        """Fetch together with the other processes that the query asks for."""
        found = info.context.processes_of_stages(stages)
        return of_each(found, _only_workflow)


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

    @relation(description="The stage.", cost=DEVREV_STAGE)
    @staticmethod
    def stage(
        info: Info[Context, None], nodes: Sequence["DevRevWorkflowNode"]
    ) -> Each[DevRevStage | None]:
        """Fetch together with the other stages that the query asks for."""
        return info.context.load_each(DevRevStage, [one.stage_key for one in nodes])

    @relation(description="The stages that may come next.", cost=DEVREV_STAGES)
    @staticmethod
    def next_stages(
        info: Info[Context, None], nodes: Sequence["DevRevWorkflowNode"]
    ) -> Each[list[DevRevStage] | None]:
        """Fetch together with the other stages that the query asks for."""
        return info.context.load_lists(DevRevStage, [one.next_stage_keys for one in nodes])


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


def _only_workflow(processes: Sequence[Process]) -> DevRevWorkflow | None:
    found = [one for one in processes if isinstance(one, DevRevWorkflow)]
    return found[0] if len(found) == 1 else None
