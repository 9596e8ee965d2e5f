"""What DevRev's works name, to the graph's words; pure."""

from collections.abc import Iterable

import strawberry

from gateway.sources.devrev import normalise, wire
from gateway.sources.devrev import wire_works as wired
from gateway.sources.devrev.normalise_sla import key
from schema.types.devrev_related import (
    EnumValue,
    Group,
    Money,
    Org,
    Part,
    Sprint,
    SyncMetadata,
    SyncRun,
    SyncUnit,
    Tag,
    WorkTag,
)
from schema.types.ids import Kind
from schema.types.resource import Actor, Artifact

_ORGS = {"account": Kind.ACCOUNT, "rev_org": Kind.REV_ORG}


def actors(users: Iterable[wire.User] | None) -> list[Actor] | None:
    """Make actors; users without an id are nobody."""
    if users is None:
        return None
    return [one for one in map(normalise.actor, users) if one is not None]


def artifacts(files: Iterable[wire.Artifact] | None) -> list[Artifact] | None:
    """Make artifacts; those without an id are none."""
    if files is None:
        return None
    return [one for one in map(normalise.artifact, files) if one is not None]


def _unit(it: wired.Unit | None) -> SyncUnit | None:
    if it is None:
        return None
    run = it.sync_run or wired.UnitRun()
    return SyncUnit(
        id=key(Kind.SYNC_UNIT, it.id),
        display_id=it.display_id,
        name=it.name,
        type=it.sync_type,
        external_system_type=it.external_system_type,
        is_archived=it.is_archived,
        run_mode=run.mode,
        run_state=run.progress and run.progress.state,
    )


def _run(it: wired.Run | None) -> SyncRun | None:
    if it is None:
        return None
    return SyncRun(status=it.status, synced_at=it.sync_date, unit=_unit(it.sync_unit))


def sync(it: wired.Sync | None) -> SyncMetadata | None:
    """Make sync metadata, of all of them or of their summary."""
    if it is None:
        return None
    return SyncMetadata(
        origin_system=it.origin_system,
        external_reference=it.external_reference,
        last_in=_run(it.last_sync_in),
        last_out=_run(it.last_sync_out),
    )


def part(it: wired.Part | None) -> Part | None:
    """Make a part of its summary."""
    if it is None:
        return None
    return Part(
        id=key(Kind.PART, it.id),
        source_id=strawberry.ID(it.id),
        display_id=it.display_id,
        type=it.type,
        name=it.name,
        owners=actors(it.owned_by),
        sync=sync(it.sync_metadata),
    )


def parts(them: Iterable[wired.Part] | None) -> list[Part] | None:
    """Make parts of their summaries."""
    if them is None:
        return None
    return [one for one in map(part, them) if one is not None]


def tags(them: Iterable[wired.Tagged] | None) -> list[WorkTag] | None:
    """Make a work's tags."""
    if them is None:
        return None
    return [WorkTag(tag=_tag(one.tag), value=one.value) for one in them]


def _tag(it: wired.Tag | None) -> Tag | None:
    if it is None:
        return None
    return Tag(
        id=key(Kind.TAG, it.id),
        source_id=strawberry.ID(it.id),
        display_id=it.display_id,
        name=it.name,
        color=it.style_new and it.style_new.color,
    )


def org(it: wired.Org | None, kind: Kind) -> Org | None:
    """Make an organisation of its summary, of a kind where it does not tell its type."""
    if it is None:
        return None
    return Org(
        id=key(_ORGS.get(it.type or "", kind), it.id),
        source_id=strawberry.ID(it.id),
        display_id=it.display_id,
        type=it.type,
        display_name=it.display_name,
    )


def group(it: wired.Group | None) -> Group | None:
    """Make a group of its summary."""
    if it is None:
        return None
    return Group(
        id=key(Kind.GROUP, it.id),
        source_id=strawberry.ID(it.id),
        display_id=it.display_id,
        name=it.name,
        member_type=it.member_type,
    )


def sprint(it: wired.Sprint | None) -> Sprint | None:
    """Make a sprint of its summary."""
    if it is None:
        return None
    return Sprint(
        id=key(Kind.SPRINT, it.id),
        source_id=strawberry.ID(it.id),
        type=it.type,
        name=it.name,
        state=it.state,
        starts_at=it.start_date,
        ends_at=it.end_date,
    )


def money(it: wired.Money | None) -> Money | None:
    """Make an amount; no digit of it is lost."""
    return it and Money(amount=it.amount, currency=it.currency)


def value(it: wired.EnumValue | None, field: str) -> EnumValue | None:
    """Make a value of an enum; its number is only unique together with the enum's field."""
    if it is None:
        return None
    return EnumValue(
        id=key(Kind.ENUM_VALUE, f"{field}:{it.id}"),
        label=it.label,
        ordinal=it.ordinal,
        value=it.value,
    )
