"""Inputs that change what only DevRev's works have."""

from datetime import datetime

import strawberry

from schema.types.inputs.devrev_related import MoneyInput, WorkTagInput
from schema.types.scalars import JSON
from schema.types.work import ForecastCategory, TicketSeverity, WorkPriority


@strawberry.input(description="What only DevRev's works have, of whichever type.")
class DevRevWorkPatch:
    """The fields that patches of all types have; no input of its own."""

    part_id: strawberry.Maybe[strawberry.ID | None] = strawberry.field(
        description="The part of a product that the work is about: global id, or DevRev's own "
        "such as PROD-12. `references` lists them as PART. It cannot be cleared; absent leaves "
        "it alone."
    )
    artifact_ids: strawberry.Maybe[list[strawberry.ID] | None] = strawberry.field(
        description="Files that are attached to the work and that DevRev has already, 50 at "
        "most: global ids, or DevRev's own ones. Replaces the whole list: an empty one clears "
        "it, null is refused, absent leaves it alone."
    )
    reporter_ids: strawberry.Maybe[list[strawberry.ID] | None] = strawberry.field(
        description="Who reported the work: global ids, or DevRev's own ones such as DEVU-12. "
        "`references` lists dev users as PERSON. Replaces the whole list: an empty one clears "
        "it, null is refused, absent leaves it alone."
    )
    tags: strawberry.Maybe[list[WorkTagInput] | None] = strawberry.field(
        description="The work's tags, each with its value if it has one. Replaces the whole "
        "list: an empty one clears it, null is refused, absent leaves it alone."
    )
    custom_fields: strawberry.Maybe[JSON | None] = strawberry.field(
        description="Those of the organisation's own fields that are to be changed: an object of "
        "values by name. Null is refused; absent leaves them alone."
    )
    custom_schema_fragment_ids: strawberry.Maybe[list[strawberry.ID] | None] = strawberry.field(
        description="The schema fragments that define the custom fields: global ids, or DevRev's "
        "own ones. Replaces the whole list: an empty one clears it, null is refused, absent "
        "leaves it alone."
    )


@strawberry.input(description="What only a DevRev issue has, to be changed.")
class DevRevIssuePatch(DevRevWorkPatch):
    """`works.update` of type issue."""

    priority: strawberry.Maybe[WorkPriority | None] = strawberry.field(
        description="How urgent the issue is; OTHER is refused. It cannot be cleared; absent "
        "leaves it alone."
    )
    priority_value_id: strawberry.Maybe[strawberry.ID | None] = strawberry.field(
        description="The same as a value that the organisation may have defined: the global id "
        "of a `priorityValue`, or DevRev's own number; 1 is P0 and 4 is P3 unless the "
        "organisation says otherwise. It cannot be cleared; absent leaves it alone."
    )
    developed_with_ids: strawberry.Maybe[list[strawberry.ID] | None] = strawberry.field(
        description="Other parts that are touched, 8 at most: global ids, or DevRev's own ones. "
        "`references` lists them as PART. Replaces the whole list: an empty one clears it, null "
        "is refused, absent leaves it alone."
    )
    sprint_id: strawberry.Maybe[strawberry.ID | None] = strawberry.field(
        description="The sprint that the issue is planned for: global id, or DevRev's own. "
        "`references` lists them as SPRINT. Null clears it; absent leaves it alone."
    )
    target_start_at: strawberry.Maybe[datetime | None] = strawberry.field(
        description="When the work is to be begun. Null clears it; absent leaves it alone."
    )


@strawberry.input(description="What only a DevRev ticket has, to be changed.")
class DevRevTicketPatch(DevRevWorkPatch):
    """`works.update` of type ticket."""

    severity: strawberry.Maybe[TicketSeverity | None] = strawberry.field(
        description="How severe the problem is; OTHER is refused. It cannot be cleared; absent "
        "leaves it alone."
    )
    account_id: strawberry.Maybe[strawberry.ID | None] = strawberry.field(
        description="The customer: global id, or DevRev's own. `references` lists them as "
        "ACCOUNT. Null clears it; absent leaves it alone."
    )
    rev_org_id: strawberry.Maybe[strawberry.ID | None] = strawberry.field(
        description="The customer's organisation that asks: global id, or DevRev's own. "
        "`references` lists them as REV_ORG. Null clears it; absent leaves it alone."
    )
    group_id: strawberry.Maybe[strawberry.ID | None] = strawberry.field(
        description="The group that is responsible: global id, or DevRev's own. `references` "
        "lists them as GROUP. Null clears it; absent leaves it alone."
    )
    channels: strawberry.Maybe[list[str] | None] = strawberry.field(
        description="Channels of the ticket: email, plug, slack, twilio or twilio_sms. Replaces "
        "the whole list: an empty one clears it, null is refused, absent leaves it alone."
    )
    channel_ids: strawberry.Maybe[list[strawberry.ID] | None] = strawberry.field(
        description="The same by id: global ids, or DevRev's own ones. Replaces the whole list: "
        "an empty one clears it, null is refused, absent leaves it alone."
    )
    is_spam: strawberry.Maybe[bool | None] = strawberry.field(
        description="Whether the ticket is spam. DevRev's answers may not tell it. It cannot be "
        "cleared; absent leaves it alone."
    )
    needs_response: strawberry.Maybe[bool | None] = strawberry.field(
        description="Whether the customer waits for an answer. It cannot be cleared; absent "
        "leaves it alone."
    )
    source_channel: strawberry.Maybe[str | None] = strawberry.field(
        description="The channel that the ticket came by, by name. DevRev's OpenAPI has it in "
        "creates alone, so it may refuse it here. It cannot be cleared; absent leaves it alone."
    )
    source_channel_id: strawberry.Maybe[strawberry.ID | None] = strawberry.field(
        description="The channel that the ticket came by: global id, or DevRev's own. Null "
        "clears it; absent leaves it alone."
    )
    is_archived: strawberry.Maybe[bool | None] = strawberry.field(
        description="Whether the ticket is archived. DevRev's answers do not tell it. It cannot "
        "be cleared; absent leaves it alone."
    )
    is_frozen: strawberry.Maybe[bool | None] = strawberry.field(
        description="Whether the ticket can no longer be changed. DevRev's answers may not tell "
        "it. It cannot be cleared; absent leaves it alone."
    )
    sentiment_id: strawberry.Maybe[strawberry.ID | None] = strawberry.field(
        description="How the customer feels: the global id of a `sentiment`, or DevRev's own "
        "number; 1 is delighted and 5 is frustrated unless the organisation says otherwise. It "
        "cannot be cleared; absent leaves it alone."
    )
    sentiment_summary: strawberry.Maybe[str | None] = strawberry.field(
        description="How the customer feels, in words. It cannot be cleared; absent leaves it "
        "alone."
    )


@strawberry.input(description="What only a DevRev task has, to be changed.")
class DevRevTaskPatch(DevRevWorkPatch):
    """`works.update` of type task."""

    priority: strawberry.Maybe[WorkPriority | None] = strawberry.field(
        description="How urgent the task is; OTHER is refused. DevRev's answers may not tell it. "
        "It cannot be cleared; absent leaves it alone."
    )
    is_embedded: strawberry.Maybe[bool | None] = strawberry.field(
        description="Whether the task is a part of another work. DevRev's answers may not tell "
        "it. It cannot be cleared; absent leaves it alone."
    )
    started_at: strawberry.Maybe[datetime | None] = strawberry.field(
        description="When the task was begun. DevRev's answers may not tell it. It cannot be "
        "cleared; absent leaves it alone."
    )


@strawberry.input(description="What only a DevRev opportunity has, to be changed.")
class DevRevOpportunityPatch(DevRevWorkPatch):
    """`works.update` of type opportunity."""

    account_id: strawberry.Maybe[strawberry.ID | None] = strawberry.field(
        description="The customer: global id, or DevRev's own. `references` lists them as "
        "ACCOUNT. It cannot be cleared; absent leaves it alone."
    )
    amount: strawberry.Maybe[float | None] = strawberry.field(
        description="The deal's whole amount. DevRev's answers may not tell it. Null clears it; "
        "absent leaves it alone."
    )
    annual_contract_value: strawberry.Maybe[MoneyInput | None] = strawberry.field(
        description="What the contract brings a year. It cannot be cleared; absent leaves it alone."
    )
    value: strawberry.Maybe[MoneyInput | None] = strawberry.field(
        description="What the deal is worth. It cannot be cleared; absent leaves it alone."
    )
    customer_budget: strawberry.Maybe[float | None] = strawberry.field(
        description="What the customer can spend. DevRev's answers may not tell it. Null clears "
        "it; absent leaves it alone."
    )
    contact_ids: strawberry.Maybe[list[strawberry.ID] | None] = strawberry.field(
        description="The customer's people, whom DevRev calls rev users: global ids, or DevRev's "
        "own ones. Replaces the whole list: an empty one clears it, null is refused, absent "
        "leaves it alone."
    )
    forecast_category: strawberry.Maybe[ForecastCategory | None] = strawberry.field(
        description="How likely the deal is; OTHER is refused. DevRev's answers may not tell it. "
        "DevRev's OpenAPI has it in creates alone, so it may refuse it here. It cannot be "
        "cleared; absent leaves it alone."
    )
    forecast_category_value_id: strawberry.Maybe[strawberry.ID | None] = strawberry.field(
        description="The same as a value that the organisation may have defined: the global id "
        "of a `forecastCategoryValue`, or DevRev's own number; 1 is OMITTED, 2 PIPELINE, 3 "
        "UPSIDE, 4 STRONG_UPSIDE, 5 COMMIT and 6 WON unless the organisation says otherwise. It "
        "cannot be cleared; absent leaves it alone."
    )
    priority: strawberry.Maybe[WorkPriority | None] = strawberry.field(
        description="How urgent the deal is; OTHER is refused. DevRev's answers may not tell it. "
        "DevRev's OpenAPI has it in creates alone, so it may refuse it here. It cannot be "
        "cleared; absent leaves it alone."
    )
    probability: strawberry.Maybe[float | None] = strawberry.field(
        description="The chance of winning, 0 to 1. DevRev's answers may not tell it. Null "
        "clears it; absent leaves it alone."
    )
