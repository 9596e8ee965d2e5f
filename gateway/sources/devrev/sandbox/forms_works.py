"""What `works.create` and `works.update` take, as the vendor's OpenAPI and its client have it."""

from collections.abc import Mapping

from gateway.sources.devrev.sandbox.choices import (
    CHANNELS,
    FORECASTS,
    PRIORITIES,
    SENTIMENTS,
    VISIBILITIES,
)
from gateway.sources.devrev.sandbox.desk import CUSTOM, GONE_TAGS, TAGS
from gateway.sources.devrev.sandbox.forms import Form, Slot, clearable, ids, needed, setting
from gateway.sources.devrev.sandbox.works_filters import PARTS, USERS

_FILES = 50
_DEVELOPED_WITH = 8

_BOOL = Slot("bool")
_TIME = Slot("time")
_TEXT = Slot("text")
_NUMBER = Slot("number")
_ACCOUNT = Slot("id", words=("account",))
_PART = Slot("id", words=PARTS)
_PRIORITY = Slot("text", words=PRIORITIES)
_PRIORITY_V2 = Slot("choice", words=PRIORITIES)
_MONEY = Slot(
    "object",
    form={
        "amount": needed(Slot("text", pattern=r"-?[0-9]+(\.[0-9]+)?")),
        "currency": needed(Slot("text", pattern="[A-Z]{3}")),
    },
    is_open=True,
)
_CHANNELS = Slot("text", many=True, words=CHANNELS)
_PARTS = ids(*PARTS)._replace(items=_DEVELOPED_WITH)
_TITLE = Slot("text", least=1, most=256)
_STAGE_ID = Slot("id", words=("custom_stage",))


def _stage(by_id: str) -> Slot:
    return Slot("object", form={by_id: _STAGE_ID, "name": _TEXT}, is_open=True)


def _options(word: str) -> Slot:
    return Slot("text", many=True, words=(word,))


_ALIKE: Form = {
    "applies_to_part": _PART,
    "body": Slot("text", most=65_536),
    **CUSTOM,
}
_NEW: Form = {
    **_ALIKE,
    "applies_to_part": needed(_PART),
    "artifacts": ids("artifact"),
    "external_ref": _TEXT,
    "owned_by": needed(ids(*USERS)),
    "reported_by": ids(*USERS),
    "stage": _stage("id"),
    "stage_validation_options": _options("allow_non_start"),
    "tags": TAGS,
    "target_close_date": _TIME,
    "title": needed(_TITLE),
    "type": needed(_TEXT),
}
_UNRESOLVED = Slot(
    "object",
    many=True,
    form={
        "devrev_field_name": _TEXT,
        "external_display_name": _TEXT,
        "external_field_name": _TEXT,
    },
)
COMMON: Form = {
    **_ALIKE,
    "artifacts": setting(ids("artifact")._replace(items=_FILES), verbs=("set", "add", "remove")),
    "owned_by": setting(ids(*USERS)),
    "reported_by": setting(ids(*USERS)),
    "stage": _stage("stage"),
    "stage_validation_options": _options("allow_invalid_transition"),
    "staged_info": Slot(
        "object",
        form={
            "sync_in_unresolved_fields": _UNRESOLVED,
            "sync_out_unresolved_fields": _UNRESOLVED,
            "unresolved_fields": Slot("text", many=True),
        },
        is_open=True,
    ),
    "tags": Slot("object", form={"set": TAGS, "add": TAGS, "remove": GONE_TAGS}, is_open=True),
    "target_close_date": clearable(_TIME),
    "title": _TITLE,
    "type": _TEXT,
}
"""What updates of all types of work take."""

_NEW_ISSUE: Form = {
    "developed_with": _PARTS,
    "priority": _PRIORITY,
    "priority_v2": _PRIORITY_V2,
    "sprint": Slot("id", words=("vista_group_item",)),
    "target_start_date": _TIME,
}
_TASK: Form = {"embedded": _BOOL, "priority": _PRIORITY, "start_date": _TIME}
_NEW_TICKET: Form = {
    "account": _ACCOUNT,
    "channels": _CHANNELS,
    "channels_v2": ids("channel"),
    "group": Slot("id", words=("group",)),
    "is_spam": _BOOL,
    "needs_response": _BOOL,
    "rev_org": Slot("id", words=("revo",)),
    "severity": Slot("text", words=("blocker", "high", "low", "medium")),
    "source_channel": _TEXT,
    "source_channel_v2": Slot("id", words=("channel",)),
    "visibility": Slot("choice", words=VISIBILITIES),
}
_NEW_OPPORTUNITY: Form = {
    "account": needed(_ACCOUNT),
    "amount": _NUMBER,
    "annual_contract_value": _MONEY,
    "contacts": ids("revu"),
    "customer_budget": _NUMBER,
    "forecast_category": Slot("text", words=FORECASTS),
    "forecast_category_v2": Slot("choice", words=FORECASTS),
    "priority": _PRIORITY,
    "probability": Slot("number", least=0, most=1),
    "value": _MONEY,
}


def _cleared(form: Form, *names: str) -> Form:
    return {name: clearable(form[name]) for name in names}


NEW: Mapping[str, Form] = {
    "issue": {**_NEW, **_NEW_ISSUE},
    "opportunity": {**_NEW, **_NEW_OPPORTUNITY},
    "task": {**_NEW, **_TASK},
    "ticket": {**_NEW, **_NEW_TICKET},
}
"""What creates take, by the work's type."""

OWN: Mapping[str, Form] = {
    "issue": {
        **_NEW_ISSUE,
        "developed_with": setting(_PARTS, is_open=False),
        **_cleared(_NEW_ISSUE, "sprint", "target_start_date"),
    },
    "opportunity": {
        **{
            name: slot
            for name, slot in _NEW_OPPORTUNITY.items()
            if name not in {"forecast_category", "priority"}
        },
        "account": _ACCOUNT,
        "contacts": Slot("object", form={"set": needed(ids("revu"))}, is_open=True),
        **_cleared(_NEW_OPPORTUNITY, "amount", "customer_budget", "probability"),
    },
    "task": _TASK,
    "ticket": {
        **{name: slot for name, slot in _NEW_TICKET.items() if name != "source_channel"},
        "channels": setting(_CHANNELS, is_open=False),
        "is_archived": _BOOL,
        "is_frozen": _BOOL,
        "sentiment": Slot("choice", words=SENTIMENTS),
        "sentiment_modified_date": _TIME,
        "sentiment_summary": _TEXT,
        **_cleared(_NEW_TICKET, "account", "group", "rev_org", "source_channel_v2"),
    },
}
"""What updates take besides, by the work's type."""
