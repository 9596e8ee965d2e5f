"""DevRev's service level agreements, as far as works tell of them."""

from datetime import datetime

import strawberry

from schema.types.resource import Actor


@strawberry.type(description="When an organisation works.")
class OrgSchedule:
    """DevRev's org schedule."""

    id: strawberry.ID = strawberry.field(description="Global id.")
    display_id: str | None = strawberry.field(
        description="The id that DevRev shows to people.", default=None
    )
    name: str | None = strawberry.field(description="The schedule's name.", default=None)
    status: str | None = strawberry.field(description="Such as published.", default=None)
    timezone: str | None = strawberry.field(
        description="IANA name of its time zone, such as Europe/Paris.", default=None
    )
    valid_until: datetime | None = strawberry.field(
        description="Until when it is in force.", default=None
    )


@strawberry.type(description="A service level agreement.")
class Sla:
    """DevRev's SLA."""

    id: strawberry.ID = strawberry.field(description="Global id.")
    display_id: str | None = strawberry.field(
        description="The id that DevRev shows to people.", default=None
    )
    name: str | None = strawberry.field(description="The agreement's name.", default=None)
    type: str | None = strawberry.field(description="external or internal.", default=None)
    status: str | None = strawberry.field(description="Such as published.", default=None)


@strawberry.type(description="What a metric measures, such as the first response.")
class MetricDefinition:
    """DevRev's metric definition."""

    id: strawberry.ID = strawberry.field(description="Global id.")
    display_id: str | None = strawberry.field(
        description="The id that DevRev shows to people.", default=None
    )
    name: str | None = strawberry.field(description="The metric's name.", default=None)


@strawberry.type(description="How a work does by one metric of its agreement.")
class SlaMetric:
    """DevRev's metric target summary."""

    definition: MetricDefinition | None = strawberry.field(
        description="What is measured.", default=None
    )
    stage: str | None = strawberry.field(
        description="Such as running, warning or breached.", default=None
    )
    status: str | None = strawberry.field(description="Such as in_progress.", default=None)
    breached_at: datetime | None = strawberry.field(
        description="When the target was missed.", default=None
    )
    completed_at: datetime | None = strawberry.field(
        description="When the metric was completed.", default=None
    )
    completed_in_minutes: int | None = strawberry.field(
        description="Minutes that it took.", default=None
    )
    in_policy: bool | None = strawberry.field(
        description="Whether the agreement's policy still has the metric.", default=None
    )
    is_out_of_schedule: bool | None = strawberry.field(
        description="Whether the clock stands still, outside of the schedule.", default=None
    )
    next_schedule_transition_at: datetime | None = strawberry.field(
        description="When the schedule next begins or ends.", default=None
    )
    remaining_minutes: int | None = strawberry.field(
        description="Minutes left; less than 0 after the target.", default=None
    )
    target_at: datetime | None = strawberry.field(
        description="When the metric is to be completed.", default=None
    )
    warning_target_at: datetime | None = strawberry.field(
        description="When a warning is given.", default=None
    )
    schedule: OrgSchedule | None = strawberry.field(
        description="The schedule by which time is counted.", default=None
    )


@strawberry.type(description="A metric that no longer counts for a work.")
class RemovedSlaMetric:
    """DevRev's removed SLA metric."""

    definition: MetricDefinition | None = strawberry.field(
        description="What was measured.", default=None
    )
    removed_at: datetime | None = strawberry.field(description="When it went.", default=None)
    removed_by: Actor | None = strawberry.field(description="Who took it away.", default=None)


@strawberry.type(description="How a work does by its service level agreement.")
class SlaTracker:
    """DevRev's SLA tracker; its summary tells only the ids and the type of what is tracked."""

    id: strawberry.ID = strawberry.field(description="Global id.")
    display_id: str | None = strawberry.field(
        description="The id that DevRev shows to people.", default=None
    )
    applies_to_id: strawberry.ID | None = strawberry.field(
        description="Global id of what is tracked.", default=None
    )
    applies_to_type: str | None = strawberry.field(
        description="The type of what is tracked, such as ticket.", default=None
    )
    stage: str | None = strawberry.field(
        description="Such as running, warning or breached.", default=None
    )
    status: str | None = strawberry.field(description="Such as in_progress.", default=None)
    sla_policy_id: strawberry.ID | None = strawberry.field(
        description="Global id of the policy that applies.", default=None
    )
    sla: Sla | None = strawberry.field(description="The agreement.", default=None)
    metrics: list[SlaMetric] | None = strawberry.field(
        description="The metrics that count.", default=None
    )
    removed_metrics: list[RemovedSlaMetric] | None = strawberry.field(
        description="The metrics that no longer count.", default=None
    )
    created_at: datetime | None = strawberry.field(
        description="When the tracker was created.", default=None
    )
    updated_at: datetime | None = strawberry.field(
        description="When the tracker last changed.", default=None
    )
    created_by: Actor | None = strawberry.field(
        description="Who created the tracker.", default=None
    )
    updated_by: Actor | None = strawberry.field(
        description="Who last changed the tracker.", default=None
    )


@strawberry.type(description="A work's service level agreement in short.")
class SlaSummary:
    """DevRev's SLA summary."""

    stage: str | None = strawberry.field(
        description="Such as running, warning or breached.", default=None
    )
    closest_to_breach_metric: str | None = strawberry.field(
        description="The metric whose target comes first.", default=None
    )
    remaining_minutes: int | None = strawberry.field(
        description="Minutes left until that target; less than 0 after it.", default=None
    )
    target_at: datetime | None = strawberry.field(description="When that target is.", default=None)
    schedule: OrgSchedule | None = strawberry.field(
        description="The schedule by which time is counted.", default=None
    )
    tracker: SlaTracker | None = strawberry.field(description="All of it.", default=None)
