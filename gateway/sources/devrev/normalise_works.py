"""DevRev's works to the graph's; pure."""

from collections.abc import Iterable, Mapping
from enum import Enum
from functools import lru_cache
from typing import Any, TypeVar, cast

import strawberry

from gateway.sources.devrev import normalise
from gateway.sources.devrev import normalise_related as related
from gateway.sources.devrev import normalise_sla as sla
from gateway.sources.devrev import wire_works as wired
from gateway.sources.devrev.normalise_sla import key
from gateway.upstream.origin import Row
from schema.types.deferred import Deferring, Makers, changed
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


def _words(enum: type[E]) -> Mapping[str, E]:
    return {one.value: one for one in enum}


_PRIORITIES = _words(WorkPriority)
_SEVERITIES = _words(TicketSeverity)
_FORECASTS = _words(ForecastCategory)


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
    """Make a work of the type that it tells; its parts are made when they are read."""
    it = row.wire
    return _MADE[it.__struct_config__.tag].make(
        it,
        id=key(Kind.WORK, it.id),
        source=Source.DEVREV,
        source_id=it.id,
        updated_at=it.modified_date,
        title=it.title,
        origin=row.origin,
    )


def placed(work: DevRevWork, stage: GlobalId) -> DevRevWork:
    """Tell a work's stage where it told only its name; works are shared, and stay as they are."""
    return work if work.stage_key else changed(work, stage_key=stage)


def stage_key(it: wired.Work) -> GlobalId | None:
    """Return the id of a work's stage, where the work tells it."""
    place = it.stage
    don = place and place.stage and place.stage.id
    return _stage(don) if don else None


@lru_cache(maxsize=512)
def _stage(don: str) -> GlobalId | None:
    return normalise.global_id(Kind.STAGE, don) if normalise.is_don(don) else None


def stage_name(it: wired.Work) -> str | None:
    """Return the name of a work's stage."""
    place = it.stage or wired.Place()
    return place.name or (place.stage and place.stage.name)


_COMMON: Makers[wired.Work] = {
    "created_at": lambda it: it.created_date,
    "created_by": lambda it: normalise.actor(it.created_by),
    "updated_by": lambda it: normalise.actor(it.modified_by),
    "body": lambda it: it.body,
    "owners": lambda it: related.actors(it.owned_by),
    "target_close_at": lambda it: it.target_close_date,
    "closed_at": lambda it: it.actual_close_date,
    "stage_key": stage_key,
    "stage_name": stage_name,
    "display_id": lambda it: it.display_id,
    "reporters": lambda it: related.actors(it.reported_by),
    "part": lambda it: related.part(it.applies_to_part),
    "tags": lambda it: related.tags(it.tags),
    "stage_notes": lambda it: (it.stage or wired.Place()).notes,
    "state_display_name": lambda it: it.state_display_name,
    "subtype": lambda it: it.subtype,
    "external_ref": lambda it: it.external_ref,
    "artifacts": lambda it: related.artifacts(it.artifacts),
    "custom_fields": lambda it: it.custom_fields,
    "custom_schema_fragment_ids": lambda it: _keys(
        Kind.SCHEMA_FRAGMENT, it.custom_schema_fragments
    ),
    "stock_schema_fragment_id": lambda it: _key(Kind.SCHEMA_FRAGMENT, it.stock_schema_fragment),
    "sync": lambda it: related.sync(it.sync_metadata),
}

_SERVED: Makers[wired.Served] = {
    "sla": lambda it: sla.summary(it.sla_summary),
    "sla_tracker": lambda it: sla.tracker(it.sla_tracker),
}

_ISSUE: Makers[wired.Issue] = {
    "priority": lambda it: _word(_PRIORITIES, it.priority),
    "priority_value": lambda it: related.value(it.priority_v2, "priority"),
    "sprint": lambda it: related.sprint(it.sprint),
    "developed_with": lambda it: related.parts(it.developed_with),
    "estimated_effort": lambda it: it.estimated_effort,
    "started_at": lambda it: it.actual_start_date,
    "target_start_at": lambda it: it.target_start_date,
}

_TICKET: Makers[wired.Ticket] = {
    "severity": lambda it: _word(_SEVERITIES, it.severity),
    "is_spam": lambda it: it.is_spam,
    "is_frozen": lambda it: it.is_frozen,
    "needs_response": lambda it: it.needs_response,
    "channels": lambda it: it.channels,
    "channel_ids": lambda it: _keys(
        Kind.CHANNEL, None if it.channels_v2 is None else [one.id for one in it.channels_v2]
    ),
    "source_channel": lambda it: it.source_channel,
    "source_channel_id": lambda it: _key(
        Kind.CHANNEL, it.source_channel_v2 and it.source_channel_v2.id
    ),
    "account": lambda it: related.org(it.account, Kind.ACCOUNT),
    "rev_org": lambda it: related.org(it.rev_org, Kind.REV_ORG),
    "group": lambda it: related.group(it.group),
    "visibility": lambda it: related.value(it.visibility, "visibility"),
    "sentiment": lambda it: related.value(it.sentiment, "sentiment"),
    "sentiment_summary": lambda it: it.sentiment_summary,
    "sentiment_modified_at": lambda it: it.sentiment_modified_date,
}

_TASK: Makers[wired.Task] = {
    "priority": lambda it: _word(_PRIORITIES, it.priority),
    "is_embedded": lambda it: it.embedded,
    "started_at": lambda it: it.start_date,
}

_OPPORTUNITY: Makers[wired.Opportunity] = {
    "priority": lambda it: _word(_PRIORITIES, it.priority),
    "amount": lambda it: it.amount,
    "annual_contract_value": lambda it: related.money(it.annual_contract_value),
    "value": lambda it: related.money(it.value),
    "customer_budget": lambda it: it.customer_budget,
    "forecast_category": lambda it: _word(_FORECASTS, it.forecast_category),
    "forecast_category_value": lambda it: related.value(
        it.forecast_category_v2, "forecast_category"
    ),
    "probability": lambda it: it.probability,
    "account": lambda it: related.org(it.account, Kind.ACCOUNT),
    "contacts": lambda it: related.actors(it.contacts),
}

_MADE: Mapping[object, Deferring[Any, Any]] = {
    "issue": Deferring(DevRevIssue, {**_COMMON, **_SERVED, **_ISSUE}),
    "ticket": Deferring(DevRevTicket, {**_COMMON, **_SERVED, **_TICKET}),
    "task": Deferring(DevRevTask, {**_COMMON, **_TASK}),
    "opportunity": Deferring(DevRevOpportunity, {**_COMMON, **_OPPORTUNITY}),
}


def _key(kind: Kind, source_id: str | None) -> strawberry.ID | None:
    return None if source_id is None else key(kind, source_id)


def _keys(kind: Kind, source_ids: Iterable[str] | None) -> list[strawberry.ID] | None:
    return None if source_ids is None else [key(kind, one) for one in source_ids]


def _word(words: Mapping[str, E], word: str | None) -> E | None:
    """Read an enum's word; one that the vendor did not have before is OTHER."""
    return None if word is None else words.get(word, words["other"])
