"""Service levels of issues and tickets: how long a work may wait."""

from random import Random

from gateway.sandbox.company import day, stamp
from gateway.sources.devrev.sandbox.ids import don, named
from gateway.sources.devrev.sandbox.records import Record, Ref
from gateway.sources.devrev.sandbox.staff import person

_METRICS = ("First response", "Full resolution")
_STAGES = ("running", "warning", "breached", "paused", "completed")
_STATUSES = {
    "running": "in_progress",
    "warning": "in_progress",
    "breached": "missed",
    "paused": "in_progress",
    "completed": "completed",
}
_MINUTES = 60
_IN_A_DAY = 1440


def service(number: int, kind: str, opened: float, chance: Random) -> Record:
    """Return the SLA fields of a work.

    Args:
        number: of the work.
        kind: its type, "issue" or "ticket".
        opened: the day of its creation.
        chance: decides how it goes.
    """
    stage = chance.choice(_STAGES)
    due = opened + chance.randrange(1, 9)
    tracker = {**named("sla_tracker", number), "applies_to_type": kind}
    return {
        "sla_summary": {
            "closest_to_breach_metric": _METRICS[number % 2],
            "org_schedule": _schedule(),
            **({"remaining_time": _MINUTES * chance.randrange(1, 40)} if stage == "paused" else {}),
            "sla_tracker": _tracker(number, kind, stage, opened, due),
            "stage": stage,
            "target_time": stamp(day(due)),
        },
        "sla_tracker": tracker,
    }


def _schedule() -> Record:
    return {
        **named("org_schedule", 1),
        "name": "Office hours",
        "status": "published",
        "timezone": "Europe/Berlin",
        "valid_until": stamp(day(720)),
    }


def _metric(number: int) -> Record:
    return {**named("metric_definition", number), "name": _METRICS[number - 1]}


def _tracker(number: int, kind: str, stage: str, opened: float, due: float) -> Record:
    return {
        "created_by": person(1),
        "created_date": stamp(day(opened)),
        **named("sla_tracker", number),
        "modified_by": person(1),
        "modified_date": stamp(day(opened + 0.5)),
        "applies_to_id": don(kind, number),
        "applies_to_type": kind,
        "metric_target_summaries": [_target(1 + number % 2, stage, due)],
        "removed_sla_metric_history": [_removed(opened)] if number % 30 == 1 else [],
        "sla": {
            **named("sla", 1),
            "name": "Standard",
            "sla_type": "external" if kind == "ticket" else "internal",
            "status": "published",
        },
        "sla_policy_id": don("sla_policy", 1),
        "stage": stage,
        "status": _STATUSES[stage],
    }


def _target(metric: int, stage: str, due: float) -> Record:
    ends: Record = {}
    if stage == "breached":
        ends = {"breached_at": stamp(day(due))}
    if stage == "completed":
        ends = {"completed_at": stamp(day(due - 0.25)), "completed_in": _IN_A_DAY // 4}
    if stage == "paused":
        ends = {"remaining_time": _MINUTES}
    return {
        **ends,
        "in_policy": True,
        **({} if stage == "completed" else {"is_out_of_schedule": False}),
        "metric_definition": _metric(metric),
        "next_schedule_transition": stamp(day(due + 0.3)),
        "org_schedule": _schedule(),
        "stage": stage,
        "status": _STATUSES[stage],
        "target_time": stamp(day(due)),
        "warning_target_time": stamp(day(due - 0.5)),
    }


def _removed(opened: float) -> Record:
    return {
        "metric_definition": _metric(2),
        "removed_at": stamp(day(opened + 0.2)),
        "removed_by": Ref("people", don("devu", 2)),
    }
