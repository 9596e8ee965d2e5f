"""Which fields of works can be written: the vendor's OpenAPI, and what its newer client knows."""

from collections.abc import Mapping

from gateway.sources.devrev.fields import Field, Fields
from gateway.sources.devrev.forms import (
    Choice,
    Id,
    Ids,
    Money,
    Plain,
    Tags,
    Text,
    Texts,
    Time,
    Word,
)
from gateway.sources.devrev.forms_custom import Custom
from schema.types.ids import Kind
from schema.types.work import WorkType

_MOST_FILES, _MOST_PARTS = 50, 8

_TITLE = Field("title", "title", Text(256))
_BODY = Field("body", "body", Text(may_be_empty=True, is_loose=True))
_TARGET_CLOSE = Field("target_close_at", "target_close_date", Time(), is_cleared=True)
_PART = Field("part_id", "applies_to_part", Id(Kind.PART))
_REPORTERS = Field("reporter_ids", "reported_by", Ids(Kind.PERSON), is_set=True)
_TAGS = Field("tags", "tags", Tags(), is_set=True)
_CUSTOM = Field("custom_fields", "custom_fields", Custom())
_FRAGMENTS = Field(
    "custom_schema_fragment_ids", "custom_schema_fragments", Ids(Kind.SCHEMA_FRAGMENT)
)

COMMON: Fields = (
    _TITLE,
    _BODY,
    Field("owner_ids", "owned_by", Ids(Kind.PERSON, least=1, takes_own=False), is_set=True),
    _TARGET_CLOSE,
)
"""What an update takes of works of all types, beside the block of a type."""

_OF_ALL: Fields = (
    _PART,
    Field("artifact_ids", "artifacts", Ids(Kind.ARTIFACT, most=_MOST_FILES), is_set=True),
    _REPORTERS,
    _TAGS,
    _CUSTOM,
    _FRAGMENTS,
)
"""What the blocks of all types have in updates."""

_NEW: Fields = (
    _TITLE,
    _PART,
    Field("owner_ids", "owned_by", Ids(Kind.PERSON, least=1)),
    _BODY,
    Field("artifact_ids", "artifacts", Ids(Kind.ARTIFACT)),
    _REPORTERS,
    _TAGS,
    _TARGET_CLOSE,
    _CUSTOM,
    _FRAGMENTS,
    Field("external_ref", "external_ref", Text()),
)
"""What works of all types have in creates, but for the stage."""

_PRIORITY = Field("priority", "priority", Word())
_UNANSWERED_PRIORITY = Field("priority", "priority", Word(), is_answered=False)

_ISSUE: Fields = (
    _PRIORITY,
    Field("priority_value_id", "priority_v2", Choice("priority")),
    Field("developed_with_ids", "developed_with", Ids(Kind.PART, most=_MOST_PARTS), is_set=True),
    Field("sprint_id", "sprint", Id(Kind.SPRINT), is_cleared=True),
    Field("target_start_at", "target_start_date", Time(), is_cleared=True),
)
_TICKET: Fields = (
    Field("severity", "severity", Word()),
    Field("account_id", "account", Id(Kind.ACCOUNT), is_cleared=True),
    Field("rev_org_id", "rev_org", Id(Kind.REV_ORG), is_cleared=True),
    Field("group_id", "group", Id(Kind.GROUP), is_cleared=True),
    Field("channels", "channels", Texts(), is_set=True),
    Field("channel_ids", "channels_v2", Ids(Kind.CHANNEL)),
    Field("is_spam", "is_spam", Plain(), is_answered=False),
    Field("needs_response", "needs_response", Plain()),
    Field("source_channel", "source_channel", Text()),
    Field("source_channel_id", "source_channel_v2", Id(Kind.CHANNEL), is_cleared=True),
)
_OF_OLD_TICKETS: Fields = (
    Field("is_archived", "is_archived", Plain(), is_answered=False),
    Field("is_frozen", "is_frozen", Plain(), is_answered=False),
    Field("sentiment_id", "sentiment", Choice("sentiment")),
    Field("sentiment_summary", "sentiment_summary", Text(may_be_empty=True)),
)
"""What only updates of tickets have."""

_TASK: Fields = (
    _UNANSWERED_PRIORITY,
    Field("is_embedded", "embedded", Plain(), is_answered=False),
    Field("started_at", "start_date", Time(), is_answered=False),
)
_OPPORTUNITY: Fields = (
    Field("account_id", "account", Id(Kind.ACCOUNT)),
    Field("amount", "amount", Plain(), is_answered=False, is_cleared=True),
    Field("annual_contract_value", "annual_contract_value", Money()),
    Field("value", "value", Money()),
    Field("customer_budget", "customer_budget", Plain(), is_answered=False, is_cleared=True),
    Field("contact_ids", "contacts", Ids(Kind.PERSON), is_set=True),
    Field("forecast_category", "forecast_category", Word(), is_answered=False),
    Field("forecast_category_value_id", "forecast_category_v2", Choice("forecast_category")),
    _UNANSWERED_PRIORITY,
    Field("probability", "probability", Plain(0, 1), is_answered=False, is_cleared=True),
)

NEW: Mapping[WorkType, Fields] = {
    WorkType.ISSUE: (*_NEW, *_ISSUE),
    WorkType.TICKET: (*_NEW, *_TICKET),
    WorkType.TASK: (*_NEW, *_TASK),
    WorkType.OPPORTUNITY: (*_NEW, *_OPPORTUNITY),
}
"""What creates take, but for the stage."""

BLOCKS: Mapping[WorkType, Fields] = {
    WorkType.ISSUE: (*_OF_ALL, *_ISSUE),
    WorkType.TICKET: (*_OF_ALL, *_TICKET, *_OF_OLD_TICKETS),
    WorkType.TASK: (*_OF_ALL, *_TASK),
    WorkType.OPPORTUNITY: (*_OF_ALL, *_OPPORTUNITY),
}
"""What the block of a type takes in updates."""
