"""Inputs that create DevRev's works."""

from datetime import datetime

import strawberry

from schema.types.inputs.devrev_related import MoneyInput, WorkTagInput
from schema.types.scalars import JSON
from schema.types.work import ForecastCategory, TicketSeverity, WorkPriority


@strawberry.input(description="A new work of DevRev, of whichever type.")
class NewDevRevWork:
    """The fields that all of DevRev's works are created with; no input of its own."""

    title: str = strawberry.field(description="The work's title, 1 to 256 characters.")
    part_id: strawberry.ID = strawberry.field(
        description="The part of a product that the work is about: global id, or DevRev's own "
        "such as PROD-12. `references` lists them as PART."
    )
    owner_ids: list[strawberry.ID] = strawberry.field(
        description="Who is responsible for the work, at least one: global ids, or DevRev's own "
        "ones such as DEVU-12. `references` lists them as PERSON."
    )
    body: str | None = strawberry.field(
        description="The work's text, in DevRev's own markup; 65,536 characters at most. Null is "
        "as absent.",
        default=strawberry.UNSET,
    )
    artifact_ids: list[strawberry.ID] | None = strawberry.field(
        description="Files that are attached to the work and that DevRev has already: global "
        "ids, or DevRev's own ones. Null is as absent.",
        default=strawberry.UNSET,
    )
    reporter_ids: list[strawberry.ID] | None = strawberry.field(
        description="Who reported the work: global ids, or DevRev's own ones such as DEVU-12. "
        "`references` lists dev users as PERSON. Null is as absent.",
        default=strawberry.UNSET,
    )
    stage_id: strawberry.ID | None = strawberry.field(
        description="The stage that the work begins in, of DevRev: global id, or DevRev's own. "
        "Absent or null: where its workflow starts.",
        default=strawberry.UNSET,
    )
    tags: list[WorkTagInput] | None = strawberry.field(
        description="The work's tags, each with its value if it has one. Null is as absent.",
        default=strawberry.UNSET,
    )
    target_close_at: datetime | None = strawberry.field(
        description="When the work is to be done. Null is as absent.", default=strawberry.UNSET
    )
    custom_fields: JSON | None = strawberry.field(
        description="The organisation's own fields: an object of values by name. Null is as "
        "absent.",
        default=strawberry.UNSET,
    )
    custom_schema_fragment_ids: list[strawberry.ID] | None = strawberry.field(
        description="The schema fragments that define the custom fields: global ids, or DevRev's "
        "own ones. Null is as absent.",
        default=strawberry.UNSET,
    )
    external_ref: str | None = strawberry.field(
        description="The work's name in another system. Only newer versions of DevRev's API know "
        "it. Null is as absent.",
        default=strawberry.UNSET,
    )


@strawberry.input(description="A new DevRev issue: something to build or to mend.")
class CreateDevRevIssue(NewDevRevWork):
    """`works.create` of type issue."""

    priority: WorkPriority | None = strawberry.field(
        description="How urgent the issue is; OTHER is refused. Null is as absent.",
        default=strawberry.UNSET,
    )
    priority_value_id: strawberry.ID | None = strawberry.field(
        description="The same as a value that the organisation may have defined: the global id "
        "of a `priorityValue`, or DevRev's own number; 1 is P0 and 4 is P3 unless the "
        "organisation says otherwise. Null is as absent.",
        default=strawberry.UNSET,
    )
    developed_with_ids: list[strawberry.ID] | None = strawberry.field(
        description="Other parts that are touched, 8 at most: global ids, or DevRev's own ones. "
        "`references` lists them as PART. Null is as absent.",
        default=strawberry.UNSET,
    )
    sprint_id: strawberry.ID | None = strawberry.field(
        description="The sprint that the issue is planned for: global id, or DevRev's own. "
        "`references` lists them as SPRINT. Null is as absent.",
        default=strawberry.UNSET,
    )
    target_start_at: datetime | None = strawberry.field(
        description="When the work is to be begun. Null is as absent.", default=strawberry.UNSET
    )


@strawberry.input(description="A new DevRev ticket: a customer's request.")
class CreateDevRevTicket(NewDevRevWork):
    """`works.create` of type ticket."""

    severity: TicketSeverity | None = strawberry.field(
        description="How severe the problem is; OTHER is refused. Null is as absent.",
        default=strawberry.UNSET,
    )
    account_id: strawberry.ID | None = strawberry.field(
        description="The customer: global id, or DevRev's own. `references` lists them as "
        "ACCOUNT. Null is as absent.",
        default=strawberry.UNSET,
    )
    rev_org_id: strawberry.ID | None = strawberry.field(
        description="The customer's organisation that asks: global id, or DevRev's own. "
        "`references` lists them as REV_ORG. Null is as absent.",
        default=strawberry.UNSET,
    )
    group_id: strawberry.ID | None = strawberry.field(
        description="The group that is responsible: global id, or DevRev's own. `references` "
        "lists them as GROUP. Null is as absent.",
        default=strawberry.UNSET,
    )
    channels: list[str] | None = strawberry.field(
        description="Channels of the ticket: email, plug, slack, twilio or twilio_sms. Null is "
        "as absent.",
        default=strawberry.UNSET,
    )
    channel_ids: list[strawberry.ID] | None = strawberry.field(
        description="The same by id: global ids, or DevRev's own ones. Null is as absent.",
        default=strawberry.UNSET,
    )
    is_spam: bool | None = strawberry.field(
        description="Whether the ticket is spam. DevRev's answers may not tell it. Null is as "
        "absent.",
        default=strawberry.UNSET,
    )
    needs_response: bool | None = strawberry.field(
        description="Whether the customer waits for an answer. Null is as absent.",
        default=strawberry.UNSET,
    )
    source_channel: str | None = strawberry.field(
        description="The channel that the ticket came by, by name. Null is as absent.",
        default=strawberry.UNSET,
    )
    source_channel_id: strawberry.ID | None = strawberry.field(
        description="The channel that the ticket came by: global id, or DevRev's own. Null is as "
        "absent.",
        default=strawberry.UNSET,
    )


@strawberry.input(description="A new DevRev task: something to do, often a part of another work.")
class CreateDevRevTask(NewDevRevWork):
    """`works.create` of type task."""

    priority: WorkPriority | None = strawberry.field(
        description="How urgent the task is; OTHER is refused. DevRev's answers may not tell it. "
        "Null is as absent.",
        default=strawberry.UNSET,
    )
    is_embedded: bool | None = strawberry.field(
        description="Whether the task is a part of another work. DevRev's answers may not tell "
        "it. Null is as absent.",
        default=strawberry.UNSET,
    )
    started_at: datetime | None = strawberry.field(
        description="When the task was begun. DevRev's answers may not tell it. Null is as absent.",
        default=strawberry.UNSET,
    )


@strawberry.input(description="A new DevRev opportunity: a deal that may be won.")
class CreateDevRevOpportunity(NewDevRevWork):
    """`works.create` of type opportunity."""

    account_id: strawberry.ID = strawberry.field(
        description="The customer: global id, or DevRev's own. `references` lists them as ACCOUNT."
    )
    amount: float | None = strawberry.field(
        description="The deal's whole amount. DevRev's answers may not tell it. Null is as absent.",
        default=strawberry.UNSET,
    )
    annual_contract_value: MoneyInput | None = strawberry.field(
        description="What the contract brings a year. Null is as absent.", default=strawberry.UNSET
    )
    value: MoneyInput | None = strawberry.field(
        description="What the deal is worth. Null is as absent.", default=strawberry.UNSET
    )
    customer_budget: float | None = strawberry.field(
        description="What the customer can spend. DevRev's answers may not tell it. Null is as "
        "absent.",
        default=strawberry.UNSET,
    )
    contact_ids: list[strawberry.ID] | None = strawberry.field(
        description="The customer's people, whom DevRev calls rev users: global ids, or DevRev's "
        "own ones. Null is as absent.",
        default=strawberry.UNSET,
    )
    forecast_category: ForecastCategory | None = strawberry.field(
        description="How likely the deal is; OTHER is refused. DevRev's answers may not tell it. "
        "Null is as absent.",
        default=strawberry.UNSET,
    )
    forecast_category_value_id: strawberry.ID | None = strawberry.field(
        description="The same as a value that the organisation may have defined: the global id "
        "of a `forecastCategoryValue`, or DevRev's own number; 1 is OMITTED, 2 PIPELINE, 3 "
        "UPSIDE, 4 STRONG_UPSIDE, 5 COMMIT and 6 WON unless the organisation says otherwise. "
        "Null is as absent.",
        default=strawberry.UNSET,
    )
    priority: WorkPriority | None = strawberry.field(
        description="How urgent the deal is; OTHER is refused. DevRev's answers may not tell it. "
        "Null is as absent.",
        default=strawberry.UNSET,
    )
    probability: float | None = strawberry.field(
        description="The chance of winning, 0 to 1. DevRev's answers may not tell it. Null is as "
        "absent.",
        default=strawberry.UNSET,
    )
