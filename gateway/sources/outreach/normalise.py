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
_SMALLEST_INT, _LARGEST_INT = -(2**31), 2**31 - 1


def is_number(text: str) -> bool:
    """Tell whether a text has the form of Outreach's ids."""
    return _NUMBER.fullmatch(text) is not None


def global_id(kind: Kind, number: int | str) -> GlobalId:
    """Return the global id of an Outreach object."""
    return GlobalId(Source.OUTREACH, kind, "", str(number))


def identity(resource: dict[str, Any]) -> Any:
    """Leave links, metadata and includes out: they differ between endpoints.

    Relationships count where they name the one resource at their end. Ids are compared as texts.
    """
    relationships: Any = resource.get("relationships")
    ends: dict[str, str] = {}
    if isinstance(relationships, dict):
        for name, one in cast("dict[str, Any]", relationships).items():
            end: Any = cast("dict[str, Any]", one).get("data") if isinstance(one, dict) else None
            if isinstance(end, dict):
                ends[name] = str(cast("dict[str, Any]", end).get("id"))
    return [str(resource["id"]), resource.get("attributes"), ends]


def people(included: Iterable[msgspec.Raw] | None) -> dict[str, Actor]:
    """Return the users among included resources, by number; others are passed over."""
    found: dict[str, Actor] = {}
    for raw in included or ():
        try:
            user = decode(raw, wire.User)
        except msgspec.DecodeError:
            continue
        found[str(user.id)] = person(user)
    return found


def person(user: wire.User) -> Actor:
    """Make an actor of a user."""
    return _actor(str(user.id), user.attributes or wire.UserAttributes())


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


def _position(order: float | None) -> int | None:
    """Return a place in an order; a number that is too large for the graph or not whole is none."""
    if order is None or not order.is_integer():
        return None
    return int(order) if _SMALLEST_INT <= order <= _LARGEST_INT else None


def stage(row: Row[wire.Stage], known: Mapping[str, Actor]) -> OutreachStage:
    """Make a stage of a resource and the people who came with it."""
    it = row.wire
    attributes = it.attributes or wire.StageAttributes()
    relationships = it.relationships or wire.StageRelationships()
    meta = it.meta or wire.StageMeta()
    return OutreachStage(
        id=strawberry.ID(str(global_id(Kind.STAGE, it.id))),
        source=Source.OUTREACH,
        source_id=strawberry.ID(str(it.id)),
        created_at=attributes.created_at,
        updated_at=attributes.updated_at,
        created_by=_person(relationships.creator, known),
        updated_by=_person(relationships.updater, known),
        name=attributes.name,
        position=_position(attributes.order),
        color=attributes.color,
        can_write=meta.can_write,
        can_delete=meta.can_delete,
        data_connections=meta.data_connections,
        origin=row.origin,
    )
