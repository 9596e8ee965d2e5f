"""DevRev's service levels to the graph's; pure."""

import strawberry

from gateway.sources.devrev import normalise, wire_sla
from schema.types.devrev_sla import (
    MetricDefinition,
    OrgSchedule,
    RemovedSlaMetric,
    Sla,
    SlaMetric,
    SlaSummary,
    SlaTracker,
)
from schema.types.ids import Kind, text_of
from schema.types.source import Source

_WORKS = ("issue", "ticket", "task", "opportunity")


def key(kind: Kind, source_id: str) -> strawberry.ID:
    """Return a global id as the graph writes it."""
    return strawberry.ID(text_of(Source.DEVREV, kind, "", source_id))


def _subject(don: str | None) -> strawberry.ID | None:
    """Return the id of what is tracked: a work, or something that the graph has no type for."""
    if don is None:
        return None
    is_work = normalise.word_of(don) in _WORKS
    return key(Kind.WORK if is_work else Kind.OBJECT, don)


def _schedule(it: wire_sla.Schedule | None) -> OrgSchedule | None:
    if it is None:
        return None
    return OrgSchedule(
        id=key(Kind.SCHEDULE, it.id),
        display_id=it.display_id,
        name=it.name,
        status=it.status,
        timezone=it.timezone,
        valid_until=it.valid_until,
    )


def _definition(it: wire_sla.Definition | None) -> MetricDefinition | None:
    if it is None:
        return None
    return MetricDefinition(id=key(Kind.SLA_METRIC, it.id), display_id=it.display_id, name=it.name)


def _agreement(it: wire_sla.Agreement | None) -> Sla | None:
    if it is None:
        return None
    return Sla(
        id=key(Kind.SLA, it.id),
        display_id=it.display_id,
        name=it.name,
        type=it.sla_type,
        status=it.status,
    )


def _metric(it: wire_sla.Metric) -> SlaMetric:
    return SlaMetric(
        definition=_definition(it.metric_definition),
        stage=it.stage,
        status=it.status,
        breached_at=it.breached_at,
        completed_at=it.completed_at,
        completed_in_minutes=it.completed_in,
        in_policy=it.in_policy,
        is_out_of_schedule=it.is_out_of_schedule,
        next_schedule_transition_at=it.next_schedule_transition,
        remaining_minutes=it.remaining_time,
        target_at=it.target_time,
        warning_target_at=it.warning_target_time,
        schedule=_schedule(it.org_schedule),
    )


def _removed(it: wire_sla.Removed) -> RemovedSlaMetric:
    return RemovedSlaMetric(
        definition=_definition(it.metric_definition),
        removed_at=it.removed_at,
        removed_by=normalise.actor(it.removed_by),
    )


def tracker(it: wire_sla.Tracker | None) -> SlaTracker | None:
    """Make a tracker, of its whole answer or of its summary."""
    if it is None:
        return None
    policy = it.sla_policy_id
    metrics, removed = it.metric_target_summaries, it.removed_sla_metric_history
    return SlaTracker(
        id=key(Kind.SLA_TRACKER, it.id),
        display_id=it.display_id,
        applies_to_id=_subject(it.applies_to_id),
        applies_to_type=it.applies_to_type,
        stage=it.stage,
        status=it.status,
        sla_policy_id=None if policy is None else key(Kind.SLA_POLICY, policy),
        sla=_agreement(it.sla),
        metrics=None if metrics is None else [_metric(one) for one in metrics],
        removed_metrics=None if removed is None else [_removed(one) for one in removed],
        created_at=it.created_date,
        updated_at=it.modified_date,
        created_by=normalise.actor(it.created_by),
        updated_by=normalise.actor(it.modified_by),
    )


def summary(it: wire_sla.Summary | None) -> SlaSummary | None:
    """Make the summary of a work's service level."""
    if it is None:
        return None
    return SlaSummary(
        stage=it.stage,
        closest_to_breach_metric=it.closest_to_breach_metric,
        remaining_minutes=it.remaining_time,
        target_at=it.target_time,
        schedule=_schedule(it.org_schedule),
        tracker=tracker(it.sla_tracker),
    )
