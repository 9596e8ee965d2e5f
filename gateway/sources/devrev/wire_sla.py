"""Service level agreements in DevRev's words, as works tell them; times left are in minutes."""

from typing import Annotated

from msgspec import Meta, Struct

from gateway.sources.devrev.wire import MAX_ID, User
from gateway.upstream.origin import Int32, Time

Id = Annotated[str, Meta(min_length=1, max_length=MAX_ID)]
"""Of an object that is only told of: none is asked for by it, so that its form does not matter."""


class Related(Struct, frozen=True):
    """What summaries of other objects begin with."""

    id: Id
    display_id: str | None = None


class Schedule(Related, frozen=True):
    """The summary of an org schedule."""

    name: str | None = None
    status: str | None = None
    timezone: str | None = None
    valid_until: Time | None = None


class Agreement(Related, frozen=True):
    """The summary of an SLA."""

    name: str | None = None
    sla_type: str | None = None
    status: str | None = None


class Definition(Related, frozen=True):
    """The summary of a metric definition."""

    name: str | None = None


class Metric(Struct, frozen=True):
    """How a metric stands."""

    metric_definition: Definition | None = None
    stage: str | None = None
    status: str | None = None
    breached_at: Time | None = None
    completed_at: Time | None = None
    completed_in: Int32 | None = None
    in_policy: bool | None = None
    is_out_of_schedule: bool | None = None
    next_schedule_transition: Time | None = None
    remaining_time: Int32 | None = None
    target_time: Time | None = None
    warning_target_time: Time | None = None
    org_schedule: Schedule | None = None


class Removed(Struct, frozen=True):
    """A metric that was taken away."""

    metric_definition: Definition | None = None
    removed_at: Time | None = None
    removed_by: User | None = None


class Tracker(Related, frozen=True):
    """An SLA tracker; its summary has the ids and `applies_to_type` alone."""

    applies_to_id: Id | None = None
    applies_to_type: str | None = None
    stage: str | None = None
    status: str | None = None
    sla_policy_id: Id | None = None
    sla: Agreement | None = None
    metric_target_summaries: list[Metric] | None = None
    removed_sla_metric_history: list[Removed] | None = None
    created_by: User | None = None
    created_date: Time | None = None
    modified_by: User | None = None
    modified_date: Time | None = None


class Summary(Struct, frozen=True):
    """The service level of a work."""

    stage: str | None = None
    closest_to_breach_metric: str | None = None
    remaining_time: Int32 | None = None
    target_time: Time | None = None
    org_schedule: Schedule | None = None
    sla_tracker: Tracker | None = None
