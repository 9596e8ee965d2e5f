"""Arguments that several lists and lookups share."""

from datetime import datetime
from enum import Enum

import strawberry

from schema.types.described import described
from schema.types.source import Source


@strawberry.enum(description="Which end of an order comes first. Nulls come last in both.")
class OrderDirection(Enum):
    """Ascending or descending."""

    ASC = described("ASC", "Smallest, earliest or first in the alphabet first.")
    DESC = described("DESC", "Largest, latest or last in the alphabet first.")


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
