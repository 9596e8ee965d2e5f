"""Esper's own types."""

import strawberry

from schema.types.resource import Node, Resource
from schema.types.stage import Stage


@strawberry.type(description="A stage of an Esper pipeline: one step of a roll-out.")
class EsperStage(Stage, Resource, Node):
    """`/pipelines/{pipeline_id}/stages/` of Esper's API."""

    description: str | None = strawberry.field(description="What the stage does.", default=None)
    timeout_seconds: int | None = strawberry.field(
        description="Seconds after which a run of the stage fails.", default=None
    )
