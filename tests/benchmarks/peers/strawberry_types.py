"""The part of the graph that the workloads read from memory, as Strawberry's documentation has it.

Times are kept as the texts that the vendors send, which spares this peer to write them.
"""

from enum import Enum

import strawberry
from strawberry.scalars import JSON


@strawberry.enum
class Source(Enum):
    DEVREV = "DEVREV"
    OUTREACH = "OUTREACH"
    ESPER = "ESPER"
    STORYBLOK = "STORYBLOK"


@strawberry.enum
class WorkType(Enum):
    ISSUE = "ISSUE"
    TICKET = "TICKET"
    TASK = "TASK"
    OPPORTUNITY = "OPPORTUNITY"


@strawberry.enum
class WorkPriority(Enum):
    P0 = "P0"
    P1 = "P1"
    P2 = "P2"
    P3 = "P3"
    OTHER = "OTHER"


@strawberry.type
class Actor:
    id: strawberry.ID
    source: Source | None = None
    source_id: strawberry.ID | None = None
    display_id: str | None = None
    kind: str | None = None
    display_name: str | None = None
    full_name: str | None = None
    email: str | None = None
    state: str | None = None


@strawberry.type
class DevRevState:
    id: strawberry.ID
    name: str | None = None
    is_final: bool | None = None


@strawberry.interface
class Stage:
    id: strawberry.ID
    source: Source | None = None
    name: str | None = None
    position: int | None = None
    color: str | None = None
    updated_at: str | None = None
    created_by: Actor | None = None


@strawberry.type
class DevRevStage(Stage):
    display_id: str | None = None
    state: DevRevState | None = None


@strawberry.type
class OutreachStage(Stage):
    pass


@strawberry.type
class EsperStage(Stage):
    pass


@strawberry.type
class StoryblokStage(Stage):
    pass


@strawberry.type
class Part:
    id: strawberry.ID
    source_id: strawberry.ID
    display_id: str | None = None
    type: str | None = None
    name: str | None = None


@strawberry.type
class Tag:
    id: strawberry.ID
    source_id: strawberry.ID
    display_id: str | None = None
    name: str | None = None
    color: str | None = None


@strawberry.type
class WorkTag:
    tag: Tag | None = None
    value: str | None = None


@strawberry.type
class Artifact:
    id: strawberry.ID
    source_id: strawberry.ID
    display_id: str | None = None
    file_name: str | None = None
    file_type: str | None = None
    file_size_bytes: float | None = None


@strawberry.type
class SyncUnit:
    id: strawberry.ID
    display_id: str | None = None
    name: str | None = None
    type: str | None = None
    external_system_type: str | None = None
    is_archived: bool | None = None


@strawberry.type
class SyncRun:
    status: str | None = None
    synced_at: str | None = None
    unit: SyncUnit | None = None


@strawberry.type
class SyncMetadata:
    origin_system: str | None = None
    external_reference: str | None = None
    last_in: SyncRun | None = None
    last_out: SyncRun | None = None


@strawberry.type
class EnumValue:
    id: strawberry.ID
    label: str | None = None
    ordinal: float | None = None
    value: JSON | None = None


@strawberry.type
class Sprint:
    id: strawberry.ID
    source_id: strawberry.ID
    type: str | None = None
    name: str | None = None
    state: str | None = None
    starts_at: str | None = None
    ends_at: str | None = None


@strawberry.type
class SlaSummary:
    stage: str | None = None
    closest_to_breach_metric: str | None = None
    remaining_minutes: int | None = None
    target_at: str | None = None


@strawberry.type
class SlaTracker:
    id: strawberry.ID
    display_id: str | None = None
    applies_to_id: strawberry.ID | None = None
    applies_to_type: str | None = None


STAGES: dict[str, Stage] = {}
"""Every stage that is kept, by id."""


@strawberry.interface
class Work:
    id: strawberry.ID
    source: Source
    source_id: strawberry.ID
    title: str | None = None
    body: str | None = None
    created_at: str | None = None
    updated_at: str | None = None
    created_by: Actor | None = None
    updated_by: Actor | None = None
    owners: list[Actor] | None = None
    target_close_at: str | None = None
    closed_at: str | None = None
    stage_id: strawberry.Private[str | None] = None

    @strawberry.field
    def stage(self) -> Stage | None:
        return STAGES.get(self.stage_id or "")


@strawberry.type
class DevRevIssue(Work):
    display_id: str | None = None
    reporters: list[Actor] | None = None
    part: Part | None = None
    tags: list[WorkTag] | None = None
    stage_notes: str | None = None
    state_display_name: str | None = None
    subtype: str | None = None
    external_ref: str | None = None
    artifacts: list[Artifact] | None = None
    custom_fields: JSON | None = None
    custom_schema_fragment_ids: list[strawberry.ID] | None = None
    stock_schema_fragment_id: strawberry.ID | None = None
    sync: SyncMetadata | None = None
    sla: SlaSummary | None = None
    sla_tracker: SlaTracker | None = None
    priority: WorkPriority | None = None
    priority_value: EnumValue | None = None
    sprint: Sprint | None = None
    developed_with: list[Part] | None = None
    estimated_effort: float | None = None
    started_at: str | None = None
    target_start_at: str | None = None


@strawberry.input
class StageFilter:
    sources: list[Source] | None = None


@strawberry.input
class WorkFilter:
    types: list[WorkType] | None = None


@strawberry.input(one_of=True)
class ResourceBy:
    id: strawberry.ID | None = strawberry.UNSET
    source_id: strawberry.ID | None = strawberry.UNSET


@strawberry.type
class StageConnection:
    nodes: list[Stage]


@strawberry.type
class WorkConnection:
    nodes: list[Work]
