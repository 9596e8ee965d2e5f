"""Processes: pipelines and workflows, which stages stand in."""

from collections.abc import Sequence
from enum import Enum
from typing import Annotated

import strawberry
from strawberry.types import Info

from schema.context import Context
from schema.costs import STAGE, of_processes
from schema.relations import Each, of_each, relation
from schema.selection import selects
from schema.types.arguments import DateTimeFilter, OrderDirection, StringFilter
from schema.types.described import described
from schema.types.ids import GlobalId
from schema.types.page import StageConnection
from schema.types.resource import Resource
from schema.types.source import Source
from schema.types.stage import Stage


@strawberry.interface(description="What stages stand in: a pipeline or a workflow.")
class Process(Resource):
    """The fields that pipelines and workflows have in common."""

    name: str | None = strawberry.field(description="The process's name.", default=None)
    members: strawberry.Private[Sequence[Stage | GlobalId] | None] = None
    """Its stages, or their ids, where its source's answer has them; None where it has not."""

    @relation(description="The stages of this process, by position.", cost=of_processes)
    @staticmethod
    def stages(
        info: Info[Context, None],
        processes: Sequence["Process"],
        first: Annotated[
            int | None, strawberry.argument(description="How many rows, 1 to 200.")
        ] = 50,
        after: Annotated[
            str | None, strawberry.argument(description="Cursor of the row to go on after.")
        ] = strawberry.UNSET,
    ) -> Each[StageConnection | None]:
        """Read the stages of all processes of a query together."""
        pages = info.context.stages_of_processes(
            processes,
            first,
            None if after is strawberry.UNSET else after,
            count=selects(info, "totalCount"),
        )
        return of_each(pages, lambda page: StageConnection(page=page))


@strawberry.interface(description="A process that runs from its first stage to its last.")
class Pipeline(Process):
    """Such as an Esper pipeline."""

    description: str | None = strawberry.field(
        description="What the pipeline is for.", default=None
    )


@strawberry.type(description="A step from one stage to another that a workflow allows.")
class StageTransition:
    """Both ends are fetched when selected."""

    from_key: strawberry.Private[GlobalId]
    to_key: strawberry.Private[GlobalId]

    @relation(name="from", description="The stage that is left.", cost=STAGE)
    @staticmethod
    def from_(info: Info[Context, None], steps: Sequence["StageTransition"]) -> Each[Stage | None]:
        """Fetch together with the other stages that the query asks for."""
        return info.context.load_each(Stage, [one.from_key for one in steps])

    @relation(description="The stage that is entered.", cost=STAGE)
    @staticmethod
    def to(info: Info[Context, None], steps: Sequence["StageTransition"]) -> Each[Stage | None]:
        """Fetch together with the other stages that the query asks for."""
        return info.context.load_each(Stage, [one.to_key for one in steps])


@strawberry.interface(description="A process whose works move from stage to stage by its rules.")
class Workflow(Process):
    """Such as a DevRev stage diagram or a Storyblok workflow."""

    is_default: bool | None = strawberry.field(
        description="Whether new works get this workflow unless told otherwise.", default=None
    )
    transitions: list[StageTransition] | None = strawberry.field(
        description="The steps that the workflow allows.", default=None
    )


@strawberry.enum(description="What a list of pipelines or workflows is ordered by.")
class ProcessOrderField(Enum):
    """Values are the names of the attributes of `Process`."""

    NAME = described(
        "name", "By the first 64 characters of the name, upper and lower case alike, then by id."
    )
    CREATED_AT = described("created_at", "By time of creation, then by id.")
    UPDATED_AT = described("updated_at", "By time of the last change, then by id.")


@strawberry.input(description="The order of a list of pipelines.")
class PipelineOrder:
    """By name, ascending, unless told otherwise."""

    field: ProcessOrderField = strawberry.field(
        description="What to order by.", default=ProcessOrderField.NAME
    )
    direction: OrderDirection = strawberry.field(
        description="Which end comes first.", default=OrderDirection.ASC
    )


@strawberry.input(description="The order of a list of workflows.")
class WorkflowOrder:
    """By name, ascending, unless told otherwise."""

    field: ProcessOrderField = strawberry.field(
        description="What to order by.", default=ProcessOrderField.NAME
    )
    direction: OrderDirection = strawberry.field(
        description="Which end comes first.", default=OrderDirection.ASC
    )


@strawberry.input(
    description="Which pipelines a list has. All conditions that are given must hold; a list "
    "means one of; an empty list matches nothing and asks no source; null is as if absent."
)
class PipelineFilter:
    """Conditions on pipelines."""

    sources: list[Source] | None = strawberry.field(
        description="Pipelines of these sources.", default=strawberry.UNSET
    )
    name: StringFilter | None = strawberry.field(
        description="Condition on the name.", default=strawberry.UNSET
    )
    created_at: DateTimeFilter | None = strawberry.field(
        description="When the pipeline was created.", default=strawberry.UNSET
    )
    updated_at: DateTimeFilter | None = strawberry.field(
        description="When the pipeline last changed.", default=strawberry.UNSET
    )


@strawberry.input(
    description="Which workflows a list has. All conditions that are given must hold; a list "
    "means one of; an empty list matches nothing and asks no source; null is as if absent."
)
class WorkflowFilter:
    """Conditions on workflows."""

    sources: list[Source] | None = strawberry.field(
        description="Workflows of these sources.", default=strawberry.UNSET
    )
    name: StringFilter | None = strawberry.field(
        description="Condition on the name.", default=strawberry.UNSET
    )
    is_default: bool | None = strawberry.field(
        description="Whether the workflow is a default one.", default=strawberry.UNSET
    )
    leaf_types: list[str] | None = strawberry.field(
        description="DevRev workflows of these types of works, such as issue.",
        default=strawberry.UNSET,
    )
    content_types: list[str] | None = strawberry.field(
        description="Storyblok workflows of these content types.", default=strawberry.UNSET
    )
    created_at: DateTimeFilter | None = strawberry.field(
        description="When the workflow was created.", default=strawberry.UNSET
    )
    updated_at: DateTimeFilter | None = strawberry.field(
        description="When the workflow last changed.", default=strawberry.UNSET
    )
