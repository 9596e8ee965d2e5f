"""DevRev's words to the graph's; pure."""

import re
from typing import Any, cast

import msgspec
import strawberry

from gateway.sources.devrev import wire
from gateway.upstream.origin import Row, decode
from schema.types.devrev import DevRevStage, DevRevState
from schema.types.ids import GlobalId, Kind
from schema.types.resource import Actor, Artifact
from schema.types.source import Source

_DON = re.compile(wire.DON)
_DISPLAY_ID = re.compile(wire.DISPLAY_ID)


def is_don(text: str) -> bool:
    """Tell whether a text has the form of DevRev's object names."""
    return len(text) <= wire.MAX_ID and _DON.match(text) is not None


def is_id(text: str) -> bool:
    """Tell whether a text has the form of a DON or of a display id."""
    return is_don(text) or _DISPLAY_ID.match(text) is not None


def is_meant(asked: str, don: str, display_id: str | None) -> bool:
    """Tell whether an object is the one that was asked for by DON or by display id."""
    return asked == (don if is_don(asked) else display_id or asked)


def global_id(kind: Kind, don: str) -> GlobalId:
    """Return the global id of a DevRev object; DONs are unique without a scope."""
    return GlobalId(Source.DEVREV, kind, "", don)


def identity(custom: dict[str, Any]) -> dict[str, Any]:
    """Put ids in the place of other objects, whose changes are not this one's."""
    return {name: _own(value) for name, value in custom.items() if value is not None}


def _own(value: object) -> object:
    if isinstance(value, list):
        return [_own(one) for one in cast("list[Any]", value)]
    if not isinstance(value, dict):
        return value
    fields = cast("dict[str, Any]", value)
    return fields["id"] if "id" in fields else identity(fields)


def _picture(it: wire.Artifact | None) -> Artifact | None:
    if it is None or not it.id:
        return None
    file = it.file or wire.File()
    return Artifact(
        id=strawberry.ID(str(global_id(Kind.ARTIFACT, it.id))),
        source_id=strawberry.ID(it.id),
        display_id=it.display_id,
        file_name=file.name,
        file_type=file.type,
        file_size_bytes=file.size,
    )


def actor(it: wire.User | None) -> Actor | None:
    """Make an actor of an embedded user; None where there is none, or one without an id."""
    if it is None or not it.id:
        return None
    return Actor(
        id=strawberry.ID(str(global_id(Kind.PERSON, it.id))),
        source=Source.DEVREV,
        source_id=strawberry.ID(it.id),
        display_id=it.display_id,
        kind=it.type,
        display_name=it.display_name,
        full_name=it.full_name,
        email=it.email,
        state=it.state,
        picture=_picture(it.display_picture),
    )


def _state(it: wire.State | None) -> DevRevState | None:
    if it is None or not it.id:
        return None
    return DevRevState(
        id=strawberry.ID(str(global_id(Kind.STATE, it.id))),
        source_id=strawberry.ID(it.id),
        display_id=it.display_id,
        name=it.name,
        is_final=it.is_final,
    )


def stage(row: Row[wire.Stage]) -> DevRevStage:
    """Make a stage of a custom stage; DevRev's have no colour."""
    it = row.wire
    return DevRevStage(
        id=strawberry.ID(str(global_id(Kind.STAGE, it.id))),
        source=Source.DEVREV,
        source_id=strawberry.ID(it.id),
        created_at=it.created_date,
        updated_at=it.modified_date,
        created_by=actor(it.created_by),
        updated_by=actor(it.modified_by),
        name=it.name,
        position=it.ordinal,
        display_id=it.display_id,
        state=_state(it.state),
        origin=row.origin,
    )


def members(diagram: wire.Diagram) -> tuple[set[str], int]:
    """Return the DONs of the stages that stand in a diagram, and how many nodes made no sense."""
    found: set[str] = set()
    dropped = 0
    for raw in diagram.stages:
        try:
            node = decode(raw, wire.Node)
        except msgspec.DecodeError:
            dropped += 1
            continue
        if node.stage is not None:
            found.add(node.stage.id)
    return found, dropped
