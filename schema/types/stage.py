"""Stages of any source, and how a list of them is filtered and ordered."""

from datetime import datetime
from enum import Enum

import strawberry

from schema.types.described import described
from schema.types.resource import Resource
from schema.types.source import Source


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


@strawberry.enum(description="What a list of stages is ordered by.")
class StageOrderField(Enum):
    """Values are the names of the attributes of `Stage`."""

    NAME = described(
        "name", "By the first 64 characters of the name, upper and lower case alike, then by id."
    )
    POSITION = described("position", "By position, then by id.")
    CREATED_AT = described("created_at", "By time of creation, then by id.")
    UPDATED_AT = described("updated_at", "By time of the last change, then by id.")


@strawberry.enum(description="Which end of an order comes first. Nulls come last in both.")
class OrderDirection(Enum):
    """Ascending or descending."""

    ASC = described("ASC", "Smallest, earliest or first in the alphabet first.")
    DESC = described("DESC", "Largest, latest or last in the alphabet first.")


@strawberry.input(description="The order of a list of stages.")
class StageOrder:
    """By name, ascending, unless told otherwise."""

    field: StageOrderField = strawberry.field(
        description="What to order by.", default=StageOrderField.NAME
    )
    direction: OrderDirection = strawberry.field(
        description="Which end comes first.", default=OrderDirection.ASC
    )


@strawberry.input(description="Conditions on a text; all that are given must hold.")
class StringFilter:
    """`eq` and `in` are exact, `contains` and `startsWith` ignore case."""

    eq: str | None = strawberry.field(
        description="The text is exactly this one.", default=strawberry.UNSET
    )
    in_: list[str] | None = strawberry.field(
        name="in",
        description="The text is exactly one of these; an empty list matches nothing.",
        default=strawberry.UNSET,
    )
    contains: str | None = strawberry.field(
        description="The text has this in it, upper and lower case alike.",
        default=strawberry.UNSET,
    )
    starts_with: str | None = strawberry.field(
        description="The text starts with this, upper and lower case alike.",
        default=strawberry.UNSET,
    )


@strawberry.input(description="A span of time; a null time is in no span.")
class DateTimeFilter:
    """Half open, so that spans can be laid end to end."""

    gte: datetime | None = strawberry.field(
        description="At this time or later.", default=strawberry.UNSET
    )
    lt: datetime | None = strawberry.field(
        description="Before this time.", default=strawberry.UNSET
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


@strawberry.input(description="An object of one source, by that source's own id.")
class ResourceKey:
    """A vendor's id with what is needed to find it."""

    source: Source = strawberry.field(description="The source that the object lives in.")
    source_id: strawberry.ID = strawberry.field(
        description="The source's own id; DevRev takes DONs and display ids."
    )
    scope_source_id: strawberry.ID | None = strawberry.field(
        description="The source's own id of what holds the object. Esper needs a stage's "
        "pipeline; Storyblok takes the space, else every connected space is asked.",
        default=strawberry.UNSET,
    )


@strawberry.input(one_of=True, description="Names one object, by global id or by its source's id.")
class ResourceBy:
    """Exactly one of the two ways."""

    id: strawberry.ID | None = strawberry.field(
        description="The object's global id.", default=strawberry.UNSET
    )
    key: ResourceKey | None = strawberry.field(
        description="The object's source and its id there.", default=strawberry.UNSET
    )
