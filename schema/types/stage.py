"""Stages of any source, and how a list of them is filtered and ordered."""

from collections.abc import Sequence
from enum import Enum
from typing import TYPE_CHECKING, Annotated

import strawberry
from strawberry.types import Info

from schema.context import Context
from schema.costs import PROCESS, of_stages_works
from schema.relations import Each, of_each, relation
from schema.selection import selects
from schema.types.arguments import DateTimeFilter, OrderDirection, StringFilter
from schema.types.described import described
from schema.types.ids import GlobalId
from schema.types.resource import Resource
from schema.types.source import Source

if TYPE_CHECKING:
    from schema.types.page import WorkConnection
    from schema.types.process import Process


@strawberry.interface(
    description="A step that works pass through: a DevRev custom stage, an Outreach prospect "
    "stage, a stage of an Esper pipeline or of a Storyblok workflow."
)
class Stage(Resource):
    """The fields that stages of several sources have in common."""

    name: str | None = strawberry.field(description="The stage's name.", default=None)
    position: int | None = strawberry.field(
        description="Place in its order: DevRev's ordinal, Outreach's order, Storyblok's position, "
        "and in Esper the index within the pipeline, from 0.",
        default=None,
    )
    color: str | None = strawberry.field(
        description='Colour as the source writes it, such as "#5951ff"; null where stages have '
        "none.",
        default=None,
    )
    process_keys: strawberry.Private[Sequence[GlobalId] | None] = ()
    """Ids of the processes that the stage stands in; None where its source must be asked."""

    @relation(
        description="The pipeline or workflow that the stage stands in; null where it stands in "
        "none or in several.",
        cost=PROCESS,
    )
    @staticmethod
    def process(
        info: Info[Context, None], stages: Sequence["Stage"]
    ) -> Each[Annotated["Process", strawberry.lazy("schema.types.process")] | None]:
        """Fetch together with the other processes that the query asks for."""
        found = info.context.processes_of_stages(stages)
        return of_each(found, lambda some: some[0] if len(some) == 1 else None)

    @relation(
        description="All pipelines and workflows that the stage stands in.",
        cost=PROCESS,
    )
    @staticmethod
    def processes(
        info: Info[Context, None], stages: Sequence["Stage"]
    ) -> Each[list[Annotated["Process", strawberry.lazy("schema.types.process")]] | None]:
        """Fetch together with the other processes that the query asks for."""
        return info.context.processes_of_stages(stages)

    @relation(
        description="The works in this stage, latest change first; null where its source has no "
        "works.",
        cost=of_stages_works,
    )
    @staticmethod
    def works(
        info: Info[Context, None],
        stages: Sequence["Stage"],
        first: Annotated[
            int | None, strawberry.argument(description="How many rows, 1 to 200.")
        ] = 50,
        after: Annotated[
            str | None, strawberry.argument(description="Cursor of the row to go on after.")
        ] = strawberry.UNSET,
    ) -> Each[Annotated["WorkConnection", strawberry.lazy("schema.types.page")] | None]:
        """Read the works of all stages of a query together."""
        # Pages hold stages, so the connection can only be named once both modules are there.
        from schema.types.page import WorkConnection  # noqa: PLC0415

        pages = info.context.works_of_stages(
            stages,
            first,
            None if after is strawberry.UNSET else after,
            count=selects(info, "totalCount"),
        )
        return of_each(pages, lambda page: None if page is None else WorkConnection(page=page))


@strawberry.enum(description="What a list of stages is ordered by.")
class StageOrderField(Enum):
    """Values are the names of the attributes of `Stage`."""

    NAME = described(
        "name", "By the first 64 characters of the name, upper and lower case alike, then by id."
    )
    POSITION = described("position", "By position, then by id.")
    CREATED_AT = described("created_at", "By time of creation, then by id.")
    UPDATED_AT = described("updated_at", "By time of the last change, then by id.")


@strawberry.input(description="The order of a list of stages.")
class StageOrder:
    """By name, ascending, unless told otherwise."""

    field: StageOrderField = strawberry.field(
        description="What to order by.", default=StageOrderField.NAME
    )
    direction: OrderDirection = strawberry.field(
        description="Which end comes first.", default=OrderDirection.ASC
    )


@strawberry.input(
    description="Which stages a list has. All conditions that are given must hold; a list means "
    "one of; an empty list matches nothing and asks no source; null is as if absent."
)
class StageFilter:
    """Conditions on stages."""

    sources: list[Source] | None = strawberry.field(
        description="Stages of these sources.", default=strawberry.UNSET
    )
    name: StringFilter | None = strawberry.field(
        description="Condition on the name.", default=strawberry.UNSET
    )
    process_ids: list[strawberry.ID] | None = strawberry.field(
        description="Stages of these pipelines or workflows, by global id.",
        default=strawberry.UNSET,
    )
    created_at: DateTimeFilter | None = strawberry.field(
        description="When the stage was created.", default=strawberry.UNSET
    )
    updated_at: DateTimeFilter | None = strawberry.field(
        description="When the stage last changed.", default=strawberry.UNSET
    )
