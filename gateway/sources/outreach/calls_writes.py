"""Outreach's endpoints that write, each as a function that returns a call.

Answers hold the stage itself, but nothing that is asked for beside it: `include` is not honoured
with writes, and no page tells whether metadata is.
"""

from gateway.sources.outreach import refusals, wire
from gateway.upstream.call import Call, tag
from schema.types.ids import Kind

_STAGES = (tag(Kind.STAGE),)
_STAGES_AND_PROSPECTS = (*_STAGES, tag(Kind.PROSPECT))


def create_stage(values: wire.StageValues) -> Call[wire.One]:
    """POST /stages."""
    return Call(
        method="POST",
        route="/stages",
        answer=wire.One,
        body=wire.Document(wire.StageSent(attributes=values)),
        is_safe=False,
        tags=_STAGES,
        complaints=refusals.read,
    )


def update_stage(number: str, values: wire.StageValues) -> Call[wire.One]:
    """PATCH /stages/{id}: type and id are wanted in the body too, the id as an integer."""
    return Call(
        method="PATCH",
        route="/stages/{id}",
        params={"id": number},
        answer=wire.One,
        body=wire.Document(wire.StageSent(id=int(number), attributes=values)),
        is_safe=False,
        tags=_STAGES,
        complaints=refusals.read,
    )


def delete_stage(number: str) -> Call[None]:
    """DELETE /stages/{id}: prospects that are at it may then be at none."""
    return Call(
        method="DELETE",
        route="/stages/{id}",
        params={"id": number},
        answer=type(None),
        is_safe=False,
        tags=_STAGES_AND_PROSPECTS,
        complaints=refusals.read,
    )
