"""Esper's own types."""

from collections.abc import Sequence
from datetime import datetime
from enum import Enum
from typing import Annotated, Optional

import strawberry
from strawberry.types import Info

from schema.context import Context
from schema.costs import PROCESS, each_list
from schema.relations import Each, of_each, relation
from schema.types.described import described
from schema.types.process import Pipeline, Process
from schema.types.resource import Node, Resource
from schema.types.stage import Stage


@strawberry.enum(description="What a target list has in it.")
class TargetListType(Enum):
    """Values are Esper's words for filtering."""

    GROUPS = described("groups", "Groups of devices.")
    DEVICES = described("devices", "Devices.")
    COLLECTIONS = described("collections", "Collections of devices.")
    OTHER = described("other", "Any other; not to be asked by and not to be written.")


@strawberry.type(description="A list of what a stage rolls out to.")
class TargetList:
    """`/stages/{stage_id}/targetlists/` of Esper's API."""

    id: strawberry.ID = strawberry.field(description="Global id.")
    source_id: strawberry.ID = strawberry.field(description="Esper's own id.")
    name: str | None = strawberry.field(description="The list's name.", default=None)
    type: TargetListType | None = strawberry.field(
        description="What it has in it; null where Esper does not tell.", default=None
    )
    pipeline_source_id: strawberry.ID | None = strawberry.field(
        description="Esper's own id of the pipeline that the list is of.", default=None
    )
    created_at: datetime | None = strawberry.field(
        description="When the list was created.", default=None
    )


@strawberry.type(description="A stage of an Esper pipeline: one step of a roll-out.")
class EsperStage(Stage, Resource, Node):
    """`/pipelines/{pipeline_id}/stages/` of Esper's API."""

    description: str | None = strawberry.field(description="What the stage does.", default=None)
    timeout_seconds: int | None = strawberry.field(
        description="Seconds after which a run of the stage fails.", default=None
    )

    @relation(description="The pipeline that the stage is of.", cost=PROCESS)
    @staticmethod
    def process(
        info: Info[Context, None], stages: Sequence["EsperStage"]
    ) -> Each[Optional["EsperPipeline"]]:
        """Fetch together with the other processes that the query asks for."""
        found = info.context.processes_of_stages(stages)
        return of_each(found, _first_pipeline)

    @relation(description="The target lists that are attached to the stage.", cost=each_list)
    @staticmethod
    def target_lists(
        info: Info[Context, None],
        stages: Sequence["EsperStage"],
        type: Annotated[  # noqa: A002 - the graph's word
            TargetListType | None,
            strawberry.argument(description="Only lists of this type; null is any."),
        ] = strawberry.UNSET,
    ) -> Each[list[TargetList] | None]:
        """Read once for all types that a query asks for."""
        return info.context.target_lists(stages, type or None)


@strawberry.type(description="An Esper pipeline: a roll-out to devices, stage by stage.")
class EsperPipeline(Pipeline, Process, Resource, Node):
    """`/pipelines/` of Esper's API."""

    @relation(description="All target lists of the pipeline, attached or not.", cost=each_list)
    @staticmethod
    def target_lists(
        info: Info[Context, None], pipelines: Sequence["EsperPipeline"]
    ) -> Each[list[TargetList] | None]:
        """Read together with those of the query's other pipelines."""
        return info.context.target_lists(pipelines, None)


def _first_pipeline(processes: Sequence[Process]) -> EsperPipeline | None:
    return next((one for one in processes if isinstance(one, EsperPipeline)), None)
