"""Works of any source, and how a list of them is filtered and ordered."""

from collections.abc import Sequence
from datetime import datetime
from enum import Enum
from typing import ClassVar

import strawberry
from strawberry.types import Info

from schema.context import Context
from schema.costs import DEVREV_STAGE
from schema.relations import Each, relation
from schema.types.arguments import DateTimeFilter, OrderDirection, StringFilter
from schema.types.described import described
from schema.types.ids import GlobalId
from schema.types.resource import Actor, Resource
from schema.types.source import Source
from schema.types.stage import Stage


@strawberry.enum(description="A type of works.")
class WorkType(Enum):
    """DevRev's types; values are the vendor's words."""

    ISSUE = described("issue", "Something to build or to mend.")
    TICKET = described("ticket", "A customer's request.")
    TASK = described("task", "Something to do, often a part of another work.")
    OPPORTUNITY = described("opportunity", "A deal that may be won.")


@strawberry.interface(
    description="Something that passes through stages: a DevRev issue, ticket, task or opportunity."
)
class Work(Resource):
    """The fields that works of several sources have in common."""

    work_type: ClassVar[WorkType]

    title: str | None = strawberry.field(description="The work's title.", default=None)
    body: str | None = strawberry.field(
        description="The work's text, in the source's own markup.", default=None
    )
    owners: list[Actor] | None = strawberry.field(
        description="Who is responsible for the work.", default=None
    )
    target_close_at: datetime | None = strawberry.field(
        description="When the work is to be done.", default=None
    )
    closed_at: datetime | None = strawberry.field(
        description="When the work was done; null while it is not.", default=None
    )
    stage_key: strawberry.Private[GlobalId | None] = None
    """Id of the stage that the work is in; None where its source tells only the name, or none."""
    stage_name: strawberry.Private[str | None] = None
    """Name of that stage, where the source tells it."""

    @relation(description="The stage that the work is in.", cost=DEVREV_STAGE)
    @staticmethod
    def stage(info: Info[Context, None], works: Sequence["Work"]) -> Each[Stage | None]:
        """Fetch together with the other stages that the query asks for."""
        return info.context.stages_of_works(works)


@strawberry.enum(description="How urgent a work is.")
class WorkPriority(Enum):
    """DevRev's priorities; values are the vendor's words."""

    P0 = described("p0", "The most urgent.")
    P1 = described("p1", "Urgent.")
    P2 = described("p2", "Ordinary.")
    P3 = described("p3", "The least urgent.")
    OTHER = described("other", "Any other; `raw` has the source's word. Not to be written.")


@strawberry.enum(description="How severe a ticket's problem is.")
class TicketSeverity(Enum):
    """DevRev's severities; values are the vendor's words."""

    BLOCKER = described("blocker", "Nothing goes on.")
    HIGH = described("high", "High.")
    MEDIUM = described("medium", "Medium.")
    LOW = described("low", "Low.")
    OTHER = described("other", "Any other; `raw` has the source's word. Not to be written.")


@strawberry.enum(description="How likely a deal is, in the words of a sales forecast.")
class ForecastCategory(Enum):
    """DevRev's forecast categories; values are the vendor's words."""

    OMITTED = described("omitted", "Left out of the forecast.")
    PIPELINE = described("pipeline", "In the pipeline.")
    UPSIDE = described("upside", "May be won.")
    STRONG_UPSIDE = described("strong_upside", "Is likely to be won.")
    COMMIT = described("commit", "Is promised.")
    WON = described("won", "Was won.")
    OTHER = described("other", "Any other; `raw` has the source's word. Not to be written.")


@strawberry.enum(description="What a list of works is ordered by.")
class WorkOrderField(Enum):
    """Values are the names of the attributes of `Work`."""

    TITLE = described(
        "title", "By the first 64 characters of the title, upper and lower case alike, then by id."
    )
    CREATED_AT = described("created_at", "By time of creation, then by id.")
    UPDATED_AT = described("updated_at", "By time of the last change, then by id.")
    TARGET_CLOSE_AT = described(
        "target_close_at", "By the time when the work is to be done, then by id."
    )


@strawberry.input(description="The order of a list of works.")
class WorkOrder:
    """By the last change, latest first, unless told otherwise."""

    field: WorkOrderField = strawberry.field(
        description="What to order by.", default=WorkOrderField.UPDATED_AT
    )
    direction: OrderDirection = strawberry.field(
        description="Which end comes first.", default=OrderDirection.DESC
    )


@strawberry.input(
    description="Which works a list has. All conditions that are given must hold; a list means "
    "one of; an empty list matches nothing and asks no source; null is as if absent."
)
class WorkFilter:
    """Conditions on works."""

    sources: list[Source] | None = strawberry.field(
        description="Works of these sources.", default=strawberry.UNSET
    )
    types: list[WorkType] | None = strawberry.field(
        description="Works of these types.", default=strawberry.UNSET
    )
    title: StringFilter | None = strawberry.field(
        description="Condition on the title.", default=strawberry.UNSET
    )
    stage_ids: list[strawberry.ID] | None = strawberry.field(
        description="Works in these stages, by global id.", default=strawberry.UNSET
    )
    owner_ids: list[strawberry.ID] | None = strawberry.field(
        description="Works that any of these people own, by global id.", default=strawberry.UNSET
    )
    part_ids: list[strawberry.ID] | None = strawberry.field(
        description="Works of these parts, by global id.", default=strawberry.UNSET
    )
    tag_ids: list[strawberry.ID] | None = strawberry.field(
        description="Works with any of these tags, by global id.", default=strawberry.UNSET
    )
    priorities: list[WorkPriority] | None = strawberry.field(
        description="Works of these priorities; tickets have none.", default=strawberry.UNSET
    )
    severities: list[TicketSeverity] | None = strawberry.field(
        description="Tickets of these severities.", default=strawberry.UNSET
    )
    created_at: DateTimeFilter | None = strawberry.field(
        description="When the work was created.", default=strawberry.UNSET
    )
    updated_at: DateTimeFilter | None = strawberry.field(
        description="When the work last changed.", default=strawberry.UNSET
    )
    target_close_at: DateTimeFilter | None = strawberry.field(
        description="When the work is to be done.", default=strawberry.UNSET
    )
