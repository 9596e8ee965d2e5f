"""Esper's own types."""

from typing import Optional

import strawberry
from strawberry.types import Info

from schema.context import Context
from schema.types.process import Pipeline, Process
from schema.types.resource import Node, Resource
from schema.types.stage import Stage


@strawberry.type(description="A stage of an Esper pipeline: one step of a roll-out.")
class EsperStage(Stage, Resource, Node):
    """`/pipelines/{pipeline_id}/stages/` of Esper's API."""

    description: str | None = strawberry.field(description="What the stage does.", default=None)
    timeout_seconds: int | None = strawberry.field(
        description="Seconds after which a run of the stage fails.", default=None
    )

    @strawberry.field(description="The pipeline that the stage is of.")
    async def process(self, info: Info[Context, None]) -> Optional["EsperPipeline"]:
        """Fetch together with the other processes that the query asks for."""
        found = await info.context.processes_of(self)
        return next((one for one in found if isinstance(one, EsperPipeline)), None)


@strawberry.type(description="An Esper pipeline: a roll-out to devices, stage by stage.")
class EsperPipeline(Pipeline, Process, Resource, Node):
    """`/pipelines/` of Esper's API."""
