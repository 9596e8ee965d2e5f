"""DevRev's words to the graph's; pure."""

import re
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, TypeVar, cast

import msgspec
import strawberry

from gateway.sources.devrev import wire
from gateway.upstream.origin import Row
from schema.types.deferred import Deferring
from schema.types.devrev import DevRevStage, DevRevState, DevRevWorkflow, DevRevWorkflowNode
from schema.types.ids import GlobalId, Kind, text_of
from schema.types.process import StageTransition
from schema.types.resource import Actor, Artifact
from schema.types.source import Source

T = TypeVar("T")

_DON = re.compile(wire.DON)
_DISPLAY_ID = re.compile(wire.DISPLAY_ID)
_CUSTOMER_ID = re.compile(wire.CUSTOMER_ID)
_ENUM_VALUE = re.compile(r"([a-z_]{1,40}):(-?[0-9]{1,19})", re.ASCII)
_INT64 = 2**63


def is_don(text: str) -> bool:
    """Tell whether a text has the form of DevRev's object names."""
    return len(text) <= wire.MAX_ID and _DON.match(text) is not None


def is_id(text: str) -> bool:
    """Tell whether a text has the form of a DON or of a display id."""
    return is_don(text) or _DISPLAY_ID.match(text) is not None


def is_id_of(kind: Kind, text: str) -> bool:
    """Tell whether a text has the form of the ids of a kind of objects."""
    if kind is Kind.ENUM_VALUE:
        return enum_value(text) is not None
    if kind in {Kind.REV_ORG, Kind.PERSON} and _CUSTOMER_ID.match(text):
        return True
    return is_id(text)


def enum_value(text: str) -> tuple[str, int] | None:
    """Read the id of a value of an enum, such as priority:2; None if it is none."""
    found = _ENUM_VALUE.fullmatch(text)
    if found is None or not -_INT64 <= int(found[2]) < _INT64:
        return None
    return found[1], int(found[2])


def is_meant(asked: str, don: str, display_id: str | None) -> bool:
    """Tell whether an object is the one that was asked for by DON or by display id."""
    return asked == (don if is_don(asked) else display_id or asked)


def word_of(don: str) -> str:
    """Return the type of object that a DON names in DevRev's word, such as custom_stage."""
    return don.rpartition(":")[2].partition("/")[0]


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


def artifact(it: wire.Artifact | None) -> Artifact | None:
    """Make an artifact; None where there is none, or one without an id."""
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
    return _ACTOR.make(
        it,
        id=text_of(Source.DEVREV, Kind.PERSON, "", it.id),
        source=Source.DEVREV,
        source_id=it.id,
        display_id=it.display_id,
        kind=it.type,
        display_name=it.display_name,
        full_name=it.full_name,
        email=it.email,
        state=it.state,
    )


_ACTOR = Deferring[Actor, wire.User](Actor, {"picture": lambda it: artifact(it.display_picture)})


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
    """Make a stage of a custom stage; it has no colour and does not tell its diagrams."""
    it = row.wire
    return _STAGE.make(
        it,
        id=text_of(Source.DEVREV, Kind.STAGE, "", it.id),
        source=Source.DEVREV,
        source_id=it.id,
        updated_at=it.modified_date,
        name=it.name,
        position=it.ordinal,
        process_keys=None,
        display_id=it.display_id,
        origin=row.origin,
    )


_STAGE = Deferring[DevRevStage, wire.Stage](
    DevRevStage,
    {
        "created_at": lambda it: it.created_date,
        "created_by": lambda it: actor(it.created_by),
        "updated_by": lambda it: actor(it.modified_by),
        "state": lambda it: _state(it.state),
    },
)


class _Flow(msgspec.Struct, frozen=True):
    """A diagram with what makes sense of its nodes."""

    diagram: wire.Diagram
    nodes: Sequence[DevRevWorkflowNode]


_WORKFLOW = Deferring[DevRevWorkflow, _Flow](
    DevRevWorkflow,
    {
        "created_at": lambda it: it.diagram.created_date,
        "created_by": lambda it: actor(it.diagram.created_by),
        "updated_by": lambda it: actor(it.diagram.modified_by),
        "members": lambda it: list(dict.fromkeys(node.stage_key for node in it.nodes)),
        "transitions": lambda it: [
            StageTransition(from_key=node.stage_key, to_key=target)
            for node in it.nodes
            for target in node.next_stage_keys
        ],
    },
)


def workflow(row: Row[wire.Diagram]) -> tuple[DevRevWorkflow, int]:
    """Make a workflow of a stage diagram, and count the nodes and transitions left out of it."""
    it = row.wire
    stages, spoilt = nodes(it.stages)
    made = _WORKFLOW.make(
        _Flow(it, stages),
        id=text_of(Source.DEVREV, Kind.WORKFLOW, "", it.id),
        source=Source.DEVREV,
        source_id=it.id,
        updated_at=it.modified_date,
        name=it.name,
        is_default=it.is_default,
        display_id=it.display_id,
        leaf_type=it.leaf_type,
        is_custom_leaf_type=it.is_custom_leaf_type,
        nodes=stages,
        origin=row.origin,
    )
    return made, spoilt


def nodes(stages: Sequence[Any]) -> tuple[list[DevRevWorkflowNode], int]:
    """Return a diagram's nodes in its order, and how many nodes and transitions made no sense.

    A node without a DON of a stage makes none, as there is nothing that it could be shown as.
    """
    sound, spoilt = _sound(stages, wire.Node)
    found: list[DevRevWorkflowNode] = []
    for node in sound:
        ways, lost = _sound(node.transitions or (), wire.Transition)
        spoilt += lost
        found.append(
            DevRevWorkflowNode(
                stage_key=global_id(Kind.STAGE, node.stage.id),
                next_stage_keys=[global_id(Kind.STAGE, one.target_stage.id) for one in ways],
                is_start=node.is_start,
                is_deprecated=node.is_deprecated,
            )
        )
    return found, spoilt


def _sound(values: Sequence[Any], kind: type[T]) -> tuple[list[T], int]:
    """Convert values so that a bad one costs only itself; count the bad ones."""
    try:
        return msgspec.convert(values, list[kind]), 0
    except msgspec.ValidationError:
        found: list[T] = []
        for value in values:
            with suppress(msgspec.ValidationError):
                found.append(msgspec.convert(value, kind))
        return found, len(values) - len(found)
