"""Outreach's words to the graph's; pure."""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cached_property
from typing import Any, cast

import msgspec
import strawberry

from gateway.sources.outreach import wire
from gateway.upstream.origin import Row, decode
from schema.types.deferred import Deferring
from schema.types.ids import GlobalId, Kind, text_of
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


class _Included(Mapping[str, Actor]):
    """Users who came along, by number; read when one is asked for first.

    Equal where the same bytes came, so that a stage that comes again with them is the same.
    """

    def __init__(self, raws: Sequence[msgspec.Raw]) -> None:
        self._raws = tuple(map(bytes, raws))
        self._hash = hash(self._raws)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Included) and self._raws == other._raws

    def __hash__(self) -> int:
        return self._hash

    @cached_property
    def _people(self) -> dict[str, Actor]:
        found: dict[str, Actor] = {}
        for raw in self._raws:
            with suppress(msgspec.DecodeError):
                user = decode(raw, wire.User)
                found[str(user.id)] = person(user)
        return found

    def __getitem__(self, number: str) -> Actor:
        return self._people[number]

    def __iter__(self) -> Iterator[str]:
        return iter(self._people)

    def __len__(self) -> int:
        return len(self._people)


def people(included: Sequence[msgspec.Raw] | None) -> Mapping[str, Actor]:
    """Return the users among included resources, by number; others are passed over."""
    return _Included(included or ())


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


class _Found(msgspec.Struct, frozen=True):
    """A stage, and the people who came with it, by number."""

    stage: wire.Stage
    known: Mapping[str, Actor]

    @property
    def attributes(self) -> wire.StageAttributes:
        """What it is."""
        return self.stage.attributes or wire.StageAttributes()

    @property
    def ends(self) -> wire.StageRelationships:
        """What it has to do with."""
        return self.stage.relationships or wire.StageRelationships()

    @property
    def meta(self) -> wire.StageMeta:
        """What may be done to it."""
        return self.stage.meta or wire.StageMeta()


_STAGE = Deferring[OutreachStage, _Found](
    OutreachStage,
    {
        "created_at": lambda it: it.attributes.created_at,
        "created_by": lambda it: _person(it.ends.creator, it.known),
        "updated_by": lambda it: _person(it.ends.updater, it.known),
        "can_write": lambda it: it.meta.can_write,
        "can_delete": lambda it: it.meta.can_delete,
        "data_connections": lambda it: it.meta.data_connections,
    },
)


def stage(row: Row[wire.Stage], known: Mapping[str, Actor]) -> OutreachStage:
    """Make a stage of a resource and the people who came with it."""
    it, number = _Found(row.wire, known), str(row.wire.id)
    attributes = it.attributes
    return _STAGE.make(
        it,
        id=text_of(Source.OUTREACH, Kind.STAGE, "", number),
        source=Source.OUTREACH,
        source_id=number,
        updated_at=attributes.updated_at,
        name=attributes.name,
        position=_position(attributes.order),
        color=attributes.color,
        origin=row.origin,
    )
