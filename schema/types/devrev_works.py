"""DevRev's works: issues, tickets, tasks and opportunities.

What the vendor's OpenAPI lists only in requests is null where its answers do not tell it.
"""

from datetime import datetime
from typing import ClassVar

import strawberry

from schema.types.devrev_related import (
    EnumValue,
    Group,
    Money,
    Org,
    Part,
    Sprint,
    SyncMetadata,
    WorkTag,
)
from schema.types.devrev_sla import SlaSummary, SlaTracker
from schema.types.resource import Actor, Artifact, Node, Resource
from schema.types.scalars import JSON
from schema.types.work import ForecastCategory, TicketSeverity, Work, WorkPriority, WorkType

_UNDOCUMENTED = " Null where DevRev's answers do not tell it: its OpenAPI has it in requests alone."


@strawberry.interface(description="A work of DevRev, of whichever type.")
class DevRevWork(Work):
    """The fields that all of DevRev's works have."""

    display_id: str | None = strawberry.field(
        description="The id that DevRev shows to people, such as ISS-12.", default=None
    )
    reporters: list[Actor] | None = strawberry.field(
        description="Who reported the work.", default=None
    )
    part: Part | None = strawberry.field(
        description="The part of a product that the work is about.", default=None
    )
    tags: list[WorkTag] | None = strawberry.field(description="The work's tags.", default=None)
    stage_notes: str | None = strawberry.field(
        description="What was noted when the work came to its stage.", default=None
    )
    state_display_name: str | None = strawberry.field(
        description="The state that the work's stage belongs to, as it is shown.", default=None
    )
    subtype: str | None = strawberry.field(
        description="The organisation's own kind of this type of works.", default=None
    )
    external_ref: str | None = strawberry.field(
        description="The work's name in another system.", default=None
    )
    artifacts: list[Artifact] | None = strawberry.field(
        description="Files that are attached to the work.", default=None
    )
    custom_fields: JSON | None = strawberry.field(
        description="The organisation's own fields, by name.", default=None
    )
    custom_schema_fragment_ids: list[strawberry.ID] | None = strawberry.field(
        description="Global ids of the schema fragments that define the custom fields.",
        default=None,
    )
    stock_schema_fragment_id: strawberry.ID | None = strawberry.field(
        description="Global id of the schema fragment that defines the stock fields.", default=None
    )
    sync: SyncMetadata | None = strawberry.field(
        description="Where the work came from, if it is synced.", default=None
    )


@strawberry.type(description="A DevRev issue: something to build or to mend.")
class DevRevIssue(DevRevWork, Work, Resource, Node):
    """A work of type issue."""

    work_type: ClassVar = WorkType.ISSUE

    sla: SlaSummary | None = strawberry.field(
        description="The issue's service level agreement in short.", default=None
    )
    sla_tracker: SlaTracker | None = strawberry.field(
        description="What tracks the agreement, in short; `sla` has all of it.", default=None
    )
    priority: WorkPriority | None = strawberry.field(
        description="How urgent the issue is.", default=None
    )
    priority_value: EnumValue | None = strawberry.field(
        description="The same as a value that the organisation may have defined.", default=None
    )
    sprint: Sprint | None = strawberry.field(
        description="The sprint that the issue is planned for.", default=None
    )
    developed_with: list[Part] | None = strawberry.field(
        description="Other parts that are touched.", default=None
    )
    estimated_effort: float | None = strawberry.field(
        description="The effort that is expected, in the organisation's own unit.", default=None
    )
    started_at: datetime | None = strawberry.field(
        description="When the work was begun.", default=None
    )
    target_start_at: datetime | None = strawberry.field(
        description="When the work is to be begun.", default=None
    )


@strawberry.type(description="A DevRev ticket: a customer's request.")
class DevRevTicket(DevRevWork, Work, Resource, Node):
    """A work of type ticket."""

    work_type: ClassVar = WorkType.TICKET

    sla: SlaSummary | None = strawberry.field(
        description="The ticket's service level agreement in short.", default=None
    )
    sla_tracker: SlaTracker | None = strawberry.field(
        description="What tracks the agreement, in short; `sla` has all of it.", default=None
    )
    severity: TicketSeverity | None = strawberry.field(
        description="How severe the problem is.", default=None
    )
    is_spam: bool | None = strawberry.field(
        description="Whether the ticket is spam." + _UNDOCUMENTED, default=None
    )
    needs_response: bool | None = strawberry.field(
        description="Whether the customer waits for an answer.", default=None
    )
    channels: list[str] | None = strawberry.field(
        description="Channels of the ticket, such as email.", default=None
    )
    channel_ids: list[strawberry.ID] | None = strawberry.field(
        description="Global ids of the channels.", default=None
    )
    source_channel: str | None = strawberry.field(
        description="The channel that the ticket came by.", default=None
    )
    source_channel_id: strawberry.ID | None = strawberry.field(
        description="Global id of the channel that the ticket came by.", default=None
    )
    account: Org | None = strawberry.field(description="The customer.", default=None)
    rev_org: Org | None = strawberry.field(
        description="The customer's organisation that asks.", default=None
    )
    group: Group | None = strawberry.field(
        description="The group that is responsible.", default=None
    )
    visibility: EnumValue | None = strawberry.field(
        description="Who may see the ticket.", default=None
    )
    sentiment: EnumValue | None = strawberry.field(
        description="How the customer feels.", default=None
    )
    sentiment_summary: str | None = strawberry.field(
        description="How the customer feels, in words.", default=None
    )
    sentiment_modified_at: datetime | None = strawberry.field(
        description="When that was last found out.", default=None
    )
    is_frozen: bool | None = strawberry.field(
        description="Whether the ticket can no longer be changed." + _UNDOCUMENTED, default=None
    )


@strawberry.type(description="A DevRev task: something to do, often a part of another work.")
class DevRevTask(DevRevWork, Work, Resource, Node):
    """A work of type task."""

    work_type: ClassVar = WorkType.TASK

    priority: WorkPriority | None = strawberry.field(
        description="How urgent the task is." + _UNDOCUMENTED, default=None
    )
    is_embedded: bool | None = strawberry.field(
        description="Whether the task is a part of another work." + _UNDOCUMENTED, default=None
    )
    started_at: datetime | None = strawberry.field(
        description="When the task was begun." + _UNDOCUMENTED, default=None
    )


@strawberry.type(description="A DevRev opportunity: a deal that may be won.")
class DevRevOpportunity(DevRevWork, Work, Resource, Node):
    """A work of type opportunity."""

    work_type: ClassVar = WorkType.OPPORTUNITY

    priority: WorkPriority | None = strawberry.field(
        description="How urgent the deal is." + _UNDOCUMENTED, default=None
    )
    amount: float | None = strawberry.field(
        description="The deal's whole amount." + _UNDOCUMENTED, default=None
    )
    annual_contract_value: Money | None = strawberry.field(
        description="What the contract brings a year.", default=None
    )
    value: Money | None = strawberry.field(description="What the deal is worth.", default=None)
    customer_budget: float | None = strawberry.field(
        description="What the customer can spend." + _UNDOCUMENTED, default=None
    )
    forecast_category: ForecastCategory | None = strawberry.field(
        description="How likely the deal is." + _UNDOCUMENTED, default=None
    )
    forecast_category_value: EnumValue | None = strawberry.field(
        description="The same as a value that the organisation may have defined.", default=None
    )
    probability: float | None = strawberry.field(
        description="The chance of winning, 0 to 1." + _UNDOCUMENTED, default=None
    )
    account: Org | None = strawberry.field(description="The customer.", default=None)
    contacts: list[Actor] | None = strawberry.field(
        description="The customer's people.", default=None
    )
