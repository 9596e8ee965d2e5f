"""DevRev's works to the graph's; pure."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from enum import Enum
from typing import Any, TypeVar, cast

import strawberry

from gateway.sources.devrev import normalise
from gateway.sources.devrev import normalise_related as related
from gateway.sources.devrev import normalise_sla as sla
from gateway.sources.devrev import wire_works as wired
from gateway.sources.devrev.normalise_sla import key
from gateway.upstream.origin import Row
from schema.types.devrev_works import (
    DevRevIssue,
    DevRevOpportunity,
    DevRevTask,
    DevRevTicket,
    DevRevWork,
)
from schema.types.ids import GlobalId, Kind
from schema.types.source import Source
from schema.types.work import ForecastCategory, TicketSeverity, WorkPriority

E = TypeVar("E", bound=Enum)

_SEPARATE = {"custom_fields", "sla_summary", "stage", "state_display_name"}
"""What is not put into a version as all else is."""


def identity(work: dict[str, Any]) -> dict[str, Any]:
    """Put ids in the place of other objects: a stage's name is its own, and so is an SLA's clock.

    Custom fields are taken whole, ids or not.
    """
    own = {name: one for name, one in work.items() if name not in _SEPARATE}
    stage = _object(work.get("stage"))
    if _object(stage.get("stage")):
        stage = {"stage": stage["stage"], "notes": stage.get("notes")}
    tracker = _object(work.get("sla_summary")).get("sla_tracker")
    shown = normalise.identity({**own, "stage": stage, "sla": tracker})
    return {**shown, "custom_fields": work.get("custom_fields") or None}


def _object(it: Any) -> dict[str, Any]:
    return cast("dict[str, Any]", it) if isinstance(it, dict) else {}


def work(row: Row[wired.Work]) -> DevRevWork:
    """Make a work of the type that it tells."""
    made, own = _MADE[type(row.wire)]
    return made(**_common(row), **own(row.wire))


def placed(work: DevRevWork, stage: GlobalId) -> DevRevWork:
    """Tell a work's stage where it told only its name; works are shared, and stay as they are."""
    return work if work.stage_key else replace(work, stage_key=stage)


def stage_key(it: wired.Work) -> GlobalId | None:
    """Return the id of a work's stage, where the work tells it."""
    don = it.stage and it.stage.stage and it.stage.stage.id
    return normalise.global_id(Kind.STAGE, don) if don and normalise.is_don(don) else None


def stage_name(it: wired.Work) -> str | None:
    """Return the name of a work's stage."""
    place = it.stage or wired.Place()
    return place.name or (place.stage and place.stage.name)


def _common(row: Row[wired.Work]) -> dict[str, Any]:
    it = row.wire
    return {
        "id": key(Kind.WORK, it.id),
        "source": Source.DEVREV,
        "source_id": strawberry.ID(it.id),
        "created_at": it.created_date,
        "updated_at": it.modified_date,
        "created_by": normalise.actor(it.created_by),
        "updated_by": normalise.actor(it.modified_by),
        "title": it.title,
        "body": it.body,
        "owners": related.actors(it.owned_by),
        "target_close_at": it.target_close_date,
        "closed_at": it.actual_close_date,
        "stage_key": stage_key(it),
        "stage_name": stage_name(it),
        "display_id": it.display_id,
        "reporters": related.actors(it.reported_by),
        "part": related.part(it.applies_to_part),
        "tags": related.tags(it.tags),
        "stage_notes": it.stage and it.stage.notes,
        "state_display_name": it.state_display_name,
        "subtype": it.subtype,
        "external_ref": it.external_ref,
        "artifacts": related.artifacts(it.artifacts),
        "custom_fields": it.custom_fields,
        "custom_schema_fragment_ids": _keys(Kind.SCHEMA_FRAGMENT, it.custom_schema_fragments),
        "stock_schema_fragment_id": _key(Kind.SCHEMA_FRAGMENT, it.stock_schema_fragment),
        "sync": related.sync(it.sync_metadata),
        "origin": row.origin,
    }


def _served(it: wired.Served) -> dict[str, Any]:
    return {"sla": sla.summary(it.sla_summary), "sla_tracker": sla.tracker(it.sla_tracker)}


def _issue(it: wired.Issue) -> dict[str, Any]:
    return {
        **_served(it),
        "priority": _word(WorkPriority, it.priority),
        "priority_value": related.value(it.priority_v2, "priority"),
        "sprint": related.sprint(it.sprint),
        "developed_with": related.parts(it.developed_with),
        "estimated_effort": it.estimated_effort,
        "started_at": it.actual_start_date,
        "target_start_at": it.target_start_date,
    }


def _ticket(it: wired.Ticket) -> dict[str, Any]:
    channels = it.channels_v2
    return {
        **_served(it),
        "severity": _word(TicketSeverity, it.severity),
        "is_spam": it.is_spam,
        "is_frozen": it.is_frozen,
        "needs_response": it.needs_response,
        "channels": it.channels,
        "channel_ids": _keys(Kind.CHANNEL, None if channels is None else (c.id for c in channels)),
        "source_channel": it.source_channel,
        "source_channel_id": it.source_channel_v2 and key(Kind.CHANNEL, it.source_channel_v2.id),
        "account": related.org(it.account, Kind.ACCOUNT),
        "rev_org": related.org(it.rev_org, Kind.REV_ORG),
        "group": related.group(it.group),
        "visibility": related.value(it.visibility, "visibility"),
        "sentiment": related.value(it.sentiment, "sentiment"),
        "sentiment_summary": it.sentiment_summary,
        "sentiment_modified_at": it.sentiment_modified_date,
    }


def _task(it: wired.Task) -> dict[str, Any]:
    return {
        "priority": _word(WorkPriority, it.priority),
        "is_embedded": it.embedded,
        "started_at": it.start_date,
    }


def _opportunity(it: wired.Opportunity) -> dict[str, Any]:
    return {
        "priority": _word(WorkPriority, it.priority),
        "amount": it.amount,
        "annual_contract_value": related.money(it.annual_contract_value),
        "value": related.money(it.value),
        "customer_budget": it.customer_budget,
        "forecast_category": _word(ForecastCategory, it.forecast_category),
        "forecast_category_value": related.value(it.forecast_category_v2, "forecast_category"),
        "probability": it.probability,
        "account": related.org(it.account, Kind.ACCOUNT),
        "contacts": related.actors(it.contacts),
    }


_MADE: Mapping[type[wired.Work], tuple[type[DevRevWork], Callable[[Any], dict[str, Any]]]] = {
    wired.Issue: (DevRevIssue, _issue),
    wired.Ticket: (DevRevTicket, _ticket),
    wired.Task: (DevRevTask, _task),
    wired.Opportunity: (DevRevOpportunity, _opportunity),
}


def _key(kind: Kind, source_id: str | None) -> strawberry.ID | None:
    return None if source_id is None else key(kind, source_id)


def _keys(kind: Kind, source_ids: Iterable[str] | None) -> list[strawberry.ID] | None:
    return None if source_ids is None else [key(kind, one) for one in source_ids]


def _word(enum: type[E], word: str | None) -> E | None:
    """Read an enum's word; one that the vendor did not have before is OTHER."""
    if word is None:
        return None
    return next((one for one in enum if one.value == word), enum["OTHER"])
