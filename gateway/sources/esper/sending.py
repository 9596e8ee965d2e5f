"""Sends writes: a refusal that Esper answers as 401 is told apart from a bad credential."""

from collections.abc import Mapping
from typing import Any, TypeVar

from gateway import errors
from gateway.sources.esper import calls, normalise, wire
from gateway.upstream.call import Answer, Call
from gateway.upstream.client import Client
from gateway.upstream.origin import Row
from gateway.upstream.trace import Trace

T = TypeVar("T")
W = TypeVar("W", wire.Stage, wire.Pipeline, wire.TargetList)

_TOLD: Mapping[Any, frozenset[str]] = {
    wire.Pipeline: frozenset(wire.Pipeline.__struct_fields__),
    # The pipeline is read out of no answer, but a part of the version.
    wire.Stage: frozenset({*wire.Stage.__struct_fields__, "pipeline_id"}),
}


async def write(client: Client, call: Call[T], trace: Trace) -> Answer[T]:
    """Send a write, once.

    Esper's reference gives 401 to some writes that it does not want, as to those without a good
    credential. A read with the same credential tells which of the two it was.

    Raises:
        errors.UpstreamFailure: one leaf of it for each way to fail.
    """
    try:
        return await client.send(call, trace)
    except errors.Unauthenticated as failure:
        try:
            await client.send(calls.check(), trace)
        except errors.UpstreamFailure:
            raise failure from None
        raise errors.Refused(
            client.source,
            f"{client.source.name} refused this.",
            status=failure.status,
            complaints=failure.complaints,
        ) from failure


def row_of(answer: Answer[wire.Got], kind: type[W], id_: str | None = None) -> Row[W]:
    """Read the object out of an answer.

    Args:
        answer: to a read or to a write.
        kind: what it holds.
        id_: which one; None is any.

    Raises:
        errors.BadResponse: if it makes no sense, or is another one.
    """
    row = answer.row(answer.body.content, kind, normalise.identity)
    if id_ is not None and row.wire.id != id_:
        raise answer.nonsense()
    return row


def is_whole(row: Row[Any]) -> bool:
    """Tell whether an object has every field that reads tell, be it null."""
    return row.origin.raw().keys() >= _TOLD[type(row.wire)]
