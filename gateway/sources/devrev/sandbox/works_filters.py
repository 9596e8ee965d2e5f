"""What works can be chosen by.

Names and types are those of the vendor's OpenAPI and of its client; all take a query's dotted
names, but spans of time, which a body alone can tell.
"""

from gateway.sources.devrev.sandbox.filters import (
    Filter,
    Filters,
    custom_fields,
    date,
    flag,
    ids,
    ints,
    texts,
    within_of,
)
from gateway.sources.devrev.sandbox.grammar import Field

WORDS = ("issue", "opportunity", "task", "ticket")
PARTS = ("capability", "enhancement", "feature", "linkable", "product", "runnable")
USERS = ("devu", "revu")


def _sync(way: str, *statuses: str) -> Filters:
    name = f"sync_metadata.{way}"
    return {
        f"{name}.status": texts(*statuses),
        f"{name}.sync_date": date(),
        f"{name}.sync_history": ids("sync_history"),
        f"{name}.sync_unit": ids("sync_unit", path=f"{name}.sync_unit.id"),
    }


SYNC: Filters = {
    "sync_metadata.external_reference": texts(),
    "sync_metadata.origin_system": texts(),
    **_sync("last_sync_in", "failed", "modified", "staged", "succeeded"),
    **_sync("last_sync_out", "failed", "modified", "succeeded"),
}

_SLA: Filters = {
    "sla_summary.stage": texts("breached", "completed", "paused", "running", "warning"),
    "sla_summary.target_time": date(),
}

_ISSUE: Filters = {
    **_SLA,
    "accounts": ids("account"),
    "actual_start_date": date(),
    "group": ids("group"),
    "priority": texts("p0", "p1", "p2", "p3"),
    "priority_v2": ints("priority_v2.id"),
    "rev_orgs": ids("revo"),
    "sprint": ids("vista_group_item"),
    "sprint_state": texts("active", "completed", "planned", path="sprint.state"),
    "subtype": texts(),
    "target_start_date": date(),
}

_TICKET: Filters = {
    **_SLA,
    "account": ids("account"),
    "brand": ids("brand"),
    "channels": texts("email", "plug", "slack", "twilio", "twilio_sms"),
    "channels_v2": ids("channel", path="channels_v2.id"),
    "group": ids("group"),
    "is_frozen": flag(),
    "is_spam": flag(),
    "needs_response": flag(),
    "rev_org": ids("revo"),
    "severity": texts("blocker", "high", "low", "medium"),
    "source_channel": texts(),
    "source_channel_v2": ids("channel", path="source_channel_v2.id"),
    "subtype": texts(),
    "visibility": ints("visibility.id"),
}

_OPPORTUNITY: Filters = {
    "account": ids("account"),
    "contacts": ids("revu"),
    "forecast_category_v2": ints("forecast_category_v2.id"),
    "subtype": texts(),
}

OF_WORKS: Filters = {
    "type": texts(*WORDS),
    "actual_close_date": date(),
    "applies_to_part": ids(*PARTS),
    "created_by": ids(*USERS),
    "created_date": date(),
    "custom_fields": Filter(Field("object"), maker=custom_fields),
    "external_ref": texts(),
    "modified_by": ids(*USERS),
    "modified_date": date(),
    "owned_by": ids(*USERS),
    "reported_by": ids(*USERS),
    "stage.name": texts(),
    "stage.stages": ids("custom_stage", path="stage.stage"),
    "staged_info.is_staged": flag(),
    "state": texts(path="stage.state.name"),
    "tags": ids("tag", path="tags.tag"),
    "target_close_date": date(),
    "vista": Filter(Field("id", words=("vista",)), "sprint.parent"),
    **SYNC,
    **within_of("issue", _ISSUE),
    **within_of("ticket", _TICKET),
    **within_of("opportunity", _OPPORTUNITY),
}
