"""Which writes there are, and how one is carried out and answered."""

from collections.abc import Sequence
from typing import NamedTuple

import msgspec
from starlette.responses import Response

from gateway.sandbox.answer import Answer
from gateway.sources.storyblok.sandbox import (
    other_writes,
    stage_writes,
    story_writes,
    workflow_writes,
)
from gateway.sources.storyblok.sandbox.collections import (
    CHANGES,
    HOOKS,
    LOGS,
    ROLES,
    STAGES,
    STORIES,
    WORKFLOWS,
)
from gateway.sources.storyblok.sandbox.refusals import (
    NotAllowedError,
    RefusedError,
    refusal,
)
from gateway.sources.storyblok.sandbox.writing import Operation, Write


class Writing(NamedTuple):
    """One write: its methods, its path below a space, and what carries it out.

    Attributes:
        one: the key of what is written.
    """

    methods: Sequence[str]
    path: str
    one: str
    operation: Operation


def _of(path: str, one: str, *operations: tuple[Sequence[str], Operation]) -> list[Writing]:
    """Return the writes of one collection: the first creates."""
    [(methods, create), *others] = operations
    rest = [Writing(methods, path + "/{id}", one, each) for methods, each in others]
    return [Writing(methods, path, one, create), *rest]


_POST, _PUT, _PATCH, _BOTH, _DELETE = ("POST",), ("PUT",), ("PATCH",), ("PUT", "PATCH"), ("DELETE",)

WRITES: Sequence[Writing] = (
    *_of(
        STAGES.path,
        STAGES.one,
        (_POST, stage_writes.create),
        (_BOTH, stage_writes.update),
        (_DELETE, stage_writes.delete),
    ),
    *_of(
        WORKFLOWS.path,
        WORKFLOWS.one,
        (_POST, workflow_writes.create),
        (_PUT, workflow_writes.update),
        (_DELETE, workflow_writes.delete),
    ),
    Writing(_POST, WORKFLOWS.path + "/{id}/duplicate", WORKFLOWS.one, workflow_writes.duplicate),
    Writing(_POST, CHANGES.path, "workflow_stage_change", story_writes.move),
    *_of(
        STORIES.path,
        STORIES.one,
        (_POST, story_writes.create),
        (_PUT, story_writes.update),
        (_DELETE, story_writes.delete),
    ),
    *_of(
        ROLES.path,
        ROLES.one,
        (_POST, other_writes.create_role),
        (_BOTH, other_writes.update_role),
        (_DELETE, other_writes.delete_role),
    ),
    *_of(
        "collaborators",
        "collaborator",
        (_POST, other_writes.create_collaborator),
        (_PUT, other_writes.update_collaborator),
        (_DELETE, other_writes.delete_collaborator),
    ),
    *_of(
        HOOKS.path,
        HOOKS.one,
        (_POST, other_writes.create_hook),
        (_PATCH, other_writes.update_hook),
        (_DELETE, other_writes.delete_hook),
    ),
    Writing(_BOTH, LOGS.path + "/{id}", LOGS.one, other_writes.retry_log),
)


def carry_out(write: Write, operation: Operation) -> Response:
    """Carry a write out and answer it, or answer why not.

    Raises:
        GoneError: if what is to be written is not there.
    """
    try:
        status, body = operation(write)
    except RefusedError as error:
        return refusal(error.complaints, write.switches["errors"], write.one)
    except NotAllowedError:
        return Answer({"error": "Forbidden"}, 403)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return Answer({"error": "The request's body is no JSON"}, 400)
    return Response(status_code=status) if body is None else Answer(body, status)
