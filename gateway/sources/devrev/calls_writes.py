"""DevRev's endpoints that change something, each as a function that returns a call; all are POST.

Each names all that it may change of what is kept: a stage's name stands in diagrams and works too.
"""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from gateway.sources.devrev import refusals, wire, wire_works
from gateway.upstream.call import Call, tag
from schema.types.ids import Kind

T = TypeVar("T")

_OF_STAGE = (Kind.STAGE, Kind.WORKFLOW, Kind.WORK)
_OF_DIAGRAM = (Kind.WORKFLOW, Kind.STAGE)
_OF_WORK = (Kind.WORK,)


def _write(
    route: str, answer: type[T], touched: Sequence[Kind], body: Mapping[str, Any]
) -> Call[T]:
    return Call(
        method="POST",
        route=route,
        answer=answer,
        body=body,
        is_safe=False,
        tags=[tag(one) for one in touched],
        reason=refusals.read,
        complaints=refusals.complaints,
    )


def create_stage(body: Mapping[str, Any]) -> Call[wire.OneStage]:
    """POST /stages.custom.create; the state is called `state`."""
    return _write("/stages.custom.create", wire.OneStage, _OF_STAGE, body)


def update_stage(body: Mapping[str, Any]) -> Call[wire.OneStage]:
    """POST /stages.custom.update; the state is called `state_id`."""
    return _write("/stages.custom.update", wire.OneStage, _OF_STAGE, body)


def create_diagram(body: Mapping[str, Any]) -> Call[wire.OneDiagram]:
    """POST /stage-diagrams.create."""
    return _write("/stage-diagrams.create", wire.OneDiagram, _OF_DIAGRAM, body)


def update_diagram(body: Mapping[str, Any]) -> Call[wire.OneDiagram]:
    """POST /stage-diagrams.update; `stages` are replaced as a whole."""
    return _write("/stage-diagrams.update", wire.OneDiagram, _OF_DIAGRAM, body)


def create_work(body: Mapping[str, Any]) -> Call[wire_works.OneWork]:
    """POST /works.create."""
    return _write("/works.create", wire_works.OneWork, _OF_WORK, body)


def update_work(body: Mapping[str, Any]) -> Call[wire_works.OneWork]:
    """POST /works.update."""
    return _write("/works.update", wire_works.OneWork, _OF_WORK, body)


def delete_work(id: str) -> Call[None]:  # noqa: A002 - the vendor's word
    """POST /works.delete: 200 with an empty object, or 204 with nothing (the guide's word)."""
    return _write("/works.delete", type(None), _OF_WORK, {"id": id})
