"""Outreach's words to the graph's; pure."""

import re
from collections.abc import Iterable, Mapping
from typing import Any, cast

import msgspec
import strawberry

from gateway.sources.outreach import wire
from gateway.upstream.origin import Row, decode
from schema.types.ids import GlobalId, Kind
from schema.types.outreach import OutreachStage
from schema.types.resource import Actor
from schema.types.source import Source

_NUMBER = re.compile(r"[1-9][0-9]{0,17}")


def is_number(text: str) -> bool:
    """Tell whether a text has the form of Outreach's ids."""
    return _NUMBER.fullmatch(text) is not None


def global_id(kind: Kind, number: int | str) -> GlobalId:
    """Return the global id of an Outreach object."""
    return GlobalId(Source.OUTREACH, kind, "", str(number))


def identity(resource: dict[str, Any]) -> Any:
    """Leave links, metadata and includes out: they differ between endpoints."""
    relationships = cast("dict[str, dict[str, Any]]", resource.get("relationships") or {})
    ends = {
        name: one["data"] and str(one["data"]["id"])
        for name, one in relationships.items()
        if isinstance(one.get("data"), dict | None) and "data" in one
    }
    return [str(resource["id"]), resource.get("attributes"), ends]


def people(included: Iterable[msgspec.Raw]) -> dict[str, Actor]:
    """Return the users among included resources, by number; others are passed over."""
    found: dict[str, Actor] = {}
    for raw in included:
        try:
            user = decode(raw, wire.User)
        except msgspec.DecodeError:
            continue
        found[str(user.id)] = _actor(str(user.id), user.attributes)
    return found


def _actor(number: str, attributes: wire.UserAttributes) -> Actor:
    full_name = attributes.name or " ".join(
        part for part in (attributes.first_name, attributes.last_name) if part
    )
    locked = attributes.locked
    return Actor(
        id=strawberry.ID(str(global_id(Kind.PERSON, number))),
        source=Source.OUTREACH,
        source_id=strawberry.ID(number),
        kind="user",
        display_name=attributes.first_name or full_name or None,
        full_name=full_name or None,
        email=attributes.email,
        state=None if locked is None else "locked" if locked else "active",
    )


def _person(end: wire.ToOne | None, known: Mapping[str, Actor]) -> Actor | None:
    if end is None or end.data is None:
        return None
    number = str(end.data.id)
    return known.get(number) or _actor(number, wire.UserAttributes())


def stage(row: Row[wire.Stage], known: Mapping[str, Actor]) -> OutreachStage:
    """Make a stage of a resource and the people who came with it."""
    it = row.wire
    return OutreachStage(
        id=strawberry.ID(str(global_id(Kind.STAGE, it.id))),
        source=Source.OUTREACH,
        source_id=strawberry.ID(str(it.id)),
        created_at=it.attributes.created_at,
        updated_at=it.attributes.updated_at,
        created_by=_person(it.relationships.creator, known),
        updated_by=_person(it.relationships.updater, known),
        name=it.attributes.name,
        position=it.attributes.order,
        color=it.attributes.color,
        can_write=it.meta.can_write,
        can_delete=it.meta.can_delete,
        data_connections=it.meta.data_connections,
        origin=row.origin,
    )
