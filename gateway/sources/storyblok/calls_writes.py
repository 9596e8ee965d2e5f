"""Storyblok's writing endpoints, each as a function that returns a call.

Stages and workflows are sent within each other, and what is done to one may move its neighbours:
so each write forgets all stages and workflows of its space.
"""

from typing import TypeVar

from gateway.sources.storyblok import refusals, wire
from gateway.sources.storyblok.calls import tags
from gateway.sources.storyblok.normalise_writes import Fields
from gateway.upstream.call import Call

T = TypeVar("T")

_STAGES = "/v1/spaces/{space_id}/workflow_stages"
_STAGE = "/v1/spaces/{space_id}/workflow_stages/{id}"
_WORKFLOWS = "/v1/spaces/{space_id}/workflows"
_WORKFLOW = "/v1/spaces/{space_id}/workflows/{id}"


def create_stage(space: str, fields: Fields) -> Call[wire.OneStage]:
    """POST workflow_stages: a new stage, of the default workflow where none is named."""
    return _write("POST", _STAGES, space, wire.OneStage, body={"workflow_stage": fields})


def update_stage(space: str, number: str, fields: Fields) -> Call[None]:
    """PUT a stage: no body is answered.

    PATCH does the same, the vendor's clients say; its guide shows PUT alone. What is not named
    stays as it is.
    """
    body = {"workflow_stage": fields}
    return _write("PUT", _STAGE, space, type(None), number=number, body=body)


def delete_stage(space: str, number: str) -> Call[None]:
    """DELETE a stage; the last one of a workflow is refused."""
    return _write("DELETE", _STAGE, space, type(None), number=number)


def create_workflow(space: str, fields: Fields) -> Call[wire.OneWorkflow]:
    """POST workflows: a new workflow, with its stages in the same call."""
    return _write("POST", _WORKFLOWS, space, wire.OneWorkflow, body={"workflow": fields})


def update_workflow(space: str, number: str, fields: Fields) -> Call[None]:
    """PUT a workflow, with the positions of its stages: no body is answered."""
    body = {"workflow": fields}
    return _write("PUT", _WORKFLOW, space, type(None), number=number, body=body)


def delete_workflow(space: str, number: str) -> Call[None]:
    """DELETE a workflow with its stages."""
    return _write("DELETE", _WORKFLOW, space, type(None), number=number)


def duplicate_workflow(space: str, number: str, fields: Fields) -> Call[wire.OneWorkflow]:
    """POST duplicate: a copy of a workflow and of its stages."""
    route, body = _WORKFLOW + "/duplicate", {"workflow": fields}
    return _write("POST", route, space, wire.OneWorkflow, number=number, body=body)


def _write(
    method: str,
    route: str,
    space: str,
    answer: type[T],
    *,
    number: str | None = None,
    body: Fields | None = None,
) -> Call[T]:
    return Call(
        method=method,
        route=route,
        params={"space_id": space} if number is None else {"space_id": space, "id": number},
        body=body,
        answer=answer,
        is_safe=False,
        tags=tags(space),
        complaints=refusals.read,
    )
