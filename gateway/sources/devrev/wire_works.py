"""Works in DevRev's words: its OpenAPI's, and what its newer client and its requests know.

A work's `type` tells which of the four it is; one of another type is none that the graph has.
"""

from typing import Annotated, Any, cast

from msgspec import Meta, Raw, Struct

from gateway.sources.devrev.wire import Artifact, Named, User
from gateway.sources.devrev.wire_sla import Id, Related, Summary, Tracker
from gateway.upstream.origin import Time
from gateway.upstream.parts import Late


class EnumValue(Struct, frozen=True):
    """A value of an enum that the organisation may extend."""

    id: Annotated[int, Meta(ge=-(2**63), le=2**63 - 1)]
    label: str | None = None
    ordinal: float | None = None
    value: Any = None


class Money(Struct, frozen=True):
    """An amount as a decimal text."""

    amount: str | None = None
    currency: str | None = None


class Progress(Struct, frozen=True):
    """How far a run has come."""

    state: str | None = None


class UnitRun(Struct, frozen=True):
    """A sync unit's latest run."""

    mode: str | None = None
    progress: Progress | None = None


class Unit(Related, frozen=True):
    """The summary of a sync unit."""

    name: str | None = None
    sync_type: str | None = None
    external_system_type: str | None = None
    is_archived: bool | None = None
    sync_run: UnitRun | None = None


class Run(Struct, frozen=True):
    """The latest sync, one way."""

    status: str | None = None
    sync_date: Time | None = None
    sync_unit: Unit | None = None


class Sync(Struct, frozen=True):
    """Sync metadata; their summary has the first two alone."""

    external_reference: str | None = None
    origin_system: str | None = None
    last_sync_in: Run | None = None
    last_sync_out: Run | None = None


class Part(Related, frozen=True):
    """The summary of a part."""

    type: str | None = None
    name: str | None = None
    owned_by: list[User] | None = None
    sync_metadata: Sync | None = None


class Style(Struct, frozen=True):
    """How a tag looks."""

    color: str | None = None


class Tag(Related, frozen=True):
    """The summary of a tag."""

    name: str | None = None
    style_new: Style | None = None


class Tagged(Struct, frozen=True):
    """A tag at a work."""

    tag: Tag | None = None
    value: str | None = None


class Org(Related, frozen=True):
    """The summary of an account or a rev org."""

    type: str | None = None
    display_name: str | None = None


class Group(Related, frozen=True):
    """The summary of a group."""

    name: str | None = None
    member_type: str | None = None


class Sprint(Related, frozen=True):
    """The summary of a vista's group."""

    type: str | None = None
    name: str | None = None
    state: str | None = None
    start_date: Time | None = None
    end_date: Time | None = None


class AtStage(Struct, frozen=True):
    """The summary of the stage that a work is in."""

    id: str | None = None
    display_id: str | None = None
    name: str | None = None


class Place(Struct, frozen=True):
    """Where a work is: the vendor's `legacy-stage`, of which its public OpenAPI has the name."""

    name: str | None = None
    notes: str | None = None
    stage: AtStage | None = None


class Work(Named, frozen=True, kw_only=True, tag_field="type"):
    """What all works have."""

    title: str | None = None
    body: str | None = None
    created_by: Late[User] = None
    created_date: Time | None = None
    modified_by: Late[User] = None
    modified_date: Time | None = None
    actual_close_date: Time | None = None
    target_close_date: Time | None = None
    applies_to_part: Late[Part] = None
    artifacts: Late[list[Artifact]] = None
    custom_fields: Late[dict[str, Any]] = None
    custom_schema_fragments: Late[list[Id]] = None
    stock_schema_fragment: Id | None = None
    owned_by: Late[list[User]] = None
    reported_by: Late[list[User]] = None
    stage: Late[Place] = None
    state_display_name: str | None = None
    subtype: str | None = None
    external_ref: str | None = None
    sync_metadata: Late[Sync] = None
    tags: Late[list[Tagged]] = None


class Served(Work, frozen=True, kw_only=True):
    """What works under a service level agreement have."""

    sla_summary: Late[Summary] = None
    sla_tracker: Late[Tracker] = None


class Issue(Served, frozen=True, kw_only=True, tag="issue"):
    """An issue."""

    priority: str | None = None
    priority_v2: Late[EnumValue] = None
    sprint: Late[Sprint] = None
    developed_with: Late[list[Part]] = None
    estimated_effort: float | None = None
    actual_start_date: Time | None = None
    target_start_date: Time | None = None


class Ticket(Served, frozen=True, kw_only=True, tag="ticket"):
    """A ticket."""

    severity: str | None = None
    is_spam: bool | None = None
    is_frozen: bool | None = None
    needs_response: bool | None = None
    channels: Late[list[str]] = None
    channels_v2: Late[list[Related]] = None
    source_channel: str | None = None
    source_channel_v2: Late[Related] = None
    account: Late[Org] = None
    rev_org: Late[Org] = None
    group: Late[Group] = None
    visibility: Late[EnumValue] = None
    sentiment: Late[EnumValue] = None
    sentiment_summary: str | None = None
    sentiment_modified_date: Time | None = None


class Task(Work, frozen=True, kw_only=True, tag="task"):
    """A task."""

    priority: str | None = None
    embedded: bool | None = None
    start_date: Time | None = None


class Opportunity(Work, frozen=True, kw_only=True, tag="opportunity"):
    """An opportunity."""

    priority: str | None = None
    amount: float | None = None
    annual_contract_value: Late[Money] = None
    value: Late[Money] = None
    customer_budget: float | None = None
    forecast_category: str | None = None
    forecast_category_v2: Late[EnumValue] = None
    probability: float | None = None
    account: Late[Org] = None
    contacts: Late[list[User]] = None


ANY = cast("type[Work]", Issue | Ticket | Task | Opportunity)
"""What a work is decoded to, told by its type."""


class OneWork(Struct, frozen=True, rename={"found": "work"}):
    """The answer of works.get."""

    found: Raw


class Works(Struct, frozen=True, rename={"cursor": "next_cursor"}):
    """A page of works; `next_cursor` is left out on the last one."""

    works: list[Raw]
    cursor: str | None = None


class Count(Struct, frozen=True):
    """How many works there are, at least; `has_more` tells that there are more."""

    count: Annotated[int, Meta(ge=0)]
    has_more: bool | None = None
