"""Reads objects by their ids, one call each."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from gateway import errors
from gateway.sources.devrev import normalise, refusals, wire
from gateway.upstream.call import Answer, Call
from gateway.upstream.client import Client
from gateway.upstream.origin import Row
from gateway.upstream.together import together
from gateway.upstream.trace import Trace
from schema.types.ids import GlobalId

T = TypeVar("T")
W = TypeVar("W", bound=wire.Named)

Get = Callable[[str], Call[T]]
"""Makes the call of a get, by DON or display id."""

Decode = Callable[[Answer[T]], Row[W]]
"""Reads the object out of a get's answer; raises errors.BadResponse if it makes no sense."""


async def one(
    client: Client, get: Get[T], decode: Decode[T, W], asked: GlobalId, trace: Trace
) -> Row[W] | errors.UpstreamFailure | None:
    """Return an object, None where there is none, or why it cannot be told."""
    try:
        answer = await client.send(get(asked.source_id), trace)
        row = decode(answer)
    except errors.Missing:
        return None
    except errors.UpstreamFailure as failure:
        return failure
    if normalise.is_meant(asked.source_id, row.wire.id, row.wire.display_id):
        return row
    return answer.nonsense()


async def several(
    client: Client, get: Get[T], decode: Decode[T, W], ids: Sequence[GlobalId], trace: Trace
) -> dict[GlobalId, Row[W] | errors.UpstreamFailure]:
    """Return those objects that exist, by the id that was asked; one that fails, fails alone.

    An id that DevRev refuses is none of an object.
    """
    asked = list(dict.fromkeys(ids))
    found = await together(one(client, get, decode, key, trace) for key in asked)
    return {
        key: row
        for key, row in zip(asked, found, strict=True)
        if row is not None and not _is_of_id(row)
    }


def _is_of_id(found: object) -> bool:
    refusal = refusals.of(found) if isinstance(found, errors.UpstreamFailure) else None
    return refusal is not None and refusal.is_of_id
