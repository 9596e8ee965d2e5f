"""Esper's words to the graph's; pure."""

import re
from typing import Any, TypeVar

import strawberry

from gateway.sources.esper import wire
from gateway.upstream.origin import Origin, Row
from schema.types.deferred import Deferring, Makers
from schema.types.esper import EsperPipeline, EsperStage, TargetList, TargetListType
from schema.types.ids import GlobalId, Kind, text_of
from schema.types.reference import Reference, ReferenceKind
from schema.types.resource import Actor
from schema.types.source import Source

T = TypeVar("T", bound=wire.Thing)

_UUID = re.compile(wire.UUID)
_NUMBER = re.compile(r"[0-9]{1,18}")
_TYPES = {one.value: one for one in TargetListType}


def is_uuid(text: str) -> bool:
    """Tell whether a text has the form of Esper's ids."""
    return _UUID.match(text) is not None


def is_number(text: str) -> bool:
    """Tell whether a text has the form of the ids of Esper's people."""
    return _NUMBER.fullmatch(text) is not None


def global_id(kind: Kind, source_id: str, pipeline: str = "") -> GlobalId:
    """Return the global id of an Esper object; a stage's and a target list's need a pipeline."""
    return GlobalId(Source.ESPER, kind, pipeline, source_id)


def identity(resource: dict[str, Any]) -> dict[str, Any]:
    """Take the whole object: it has no links, and every endpoint answers the same one."""
    return resource


def _person(number: int | None) -> Actor | None:
    """Esper tells nothing of people but their numbers, and has no endpoint for them."""
    if number is None:
        return None
    return Actor(
        id=strawberry.ID(str(global_id(Kind.PERSON, str(number)))),
        source=Source.ESPER,
        source_id=strawberry.ID(str(number)),
    )


_COMMON: Makers[wire.Thing] = {
    "created_at": lambda it: it.created_at,
    "created_by": lambda it: _person(it.created_by),
    "updated_by": lambda it: _person(it.updated_by),
    "description": lambda it: it.description,
}

_PIPELINE = Deferring[EsperPipeline, wire.Thing](EsperPipeline, _COMMON)
_STAGE = Deferring[EsperStage, wire.Thing](EsperStage, _COMMON)


def pipeline(row: Row[wire.Pipeline]) -> EsperPipeline:
    """Make a pipeline of an object, which has none of its stages."""
    it = row.wire
    return _PIPELINE.make(
        it,
        id=text_of(Source.ESPER, Kind.PIPELINE, "", it.id),
        source=Source.ESPER,
        source_id=it.id,
        updated_at=it.updated_at,
        name=it.name,
        origin=row.origin,
    )


def stage(row: Row[wire.Stage], pipeline: str, position: int | None) -> EsperStage:
    """Make a stage of an object.

    Args:
        row: the object.
        pipeline: the id that its list was asked by.
        position: its index in the pipeline's whole list, from 0; None where that is not known. It
            is no part of the object, and so not of its version.
    """
    it = row.wire
    return _STAGE.make(
        it,
        id=text_of(Source.ESPER, Kind.STAGE, pipeline, it.id),
        source=Source.ESPER,
        source_id=it.id,
        updated_at=it.updated_at,
        name=it.name,
        position=position,
        timeout_seconds=it.timeout_seconds,
        process_keys=(global_id(Kind.PIPELINE, pipeline),),
        origin=row.origin,
    )


def bare_stage(key: GlobalId, origin: Origin) -> EsperStage:
    """Make a stage of which nothing is known but its id."""
    return EsperStage(
        id=strawberry.ID(str(key)),
        source=Source.ESPER,
        source_id=strawberry.ID(key.source_id),
        process_keys=(global_id(Kind.PIPELINE, key.scope),),
        origin=origin,
    )


def _target_list_id(it: wire.TargetList, pipeline: str) -> GlobalId:
    """Return the id of a target list: below the pipeline that it tells, else the one given."""
    return global_id(Kind.TARGET_LIST, it.id, it.pipeline_id or pipeline)


def target_list(
    row: Row[wire.TargetList], pipeline: str, type_: TargetListType | None = None
) -> TargetList:
    """Make a target list of an object.

    Args:
        row: the object.
        pipeline: the pipeline that it was asked by, or whose stage it was.
        type_: the type that it was asked by, for answers that do not tell it.
    """
    it = row.wire
    key, word = _target_list_id(it, pipeline), it.target_list_type
    return TargetList(
        id=strawberry.ID(str(key)),
        source_id=strawberry.ID(it.id),
        name=it.name,
        # Esper stores its words in upper case and filters by them in lower case.
        type=type_ if word is None else _TYPES.get(word.lower(), TargetListType.OTHER),
        pipeline_source_id=strawberry.ID(key.scope),
        created_at=it.created_at,
    )


def target_list_reference(row: Row[wire.TargetList], pipeline: str) -> Reference:
    """Make what inputs choose a target list by, with the same id."""
    return Reference(
        id=strawberry.ID(str(_target_list_id(row.wire, pipeline))),
        source=Source.ESPER,
        source_id=strawberry.ID(row.wire.id),
        kind=ReferenceKind.TARGET_LIST,
        name=row.wire.name,
    )
