"""Objects whose parts make no sense here and there: each such part costs only itself.

An object is decoded as a whole, which is fast. Only where that fails, what is wrong is cut out,
piece by piece: a field of a nested object, else that object, up to the top, where it costs the row,
unless it is a number beyond what the graph has.
"""

import re
from collections.abc import Sequence
from typing import Any, TypeVar

import msgspec
from msgspec import Raw, Struct

from gateway.sources.devrev import normalise_works, wire_works
from gateway.upstream.call import Answer
from gateway.upstream.origin import Identity, Row, decode_rows

W = TypeVar("W", bound=Struct)

_MOST = 32
"""Pieces that are cut out of one object; one with more makes no sense."""

_AT = re.compile(r" - at `\$([^`]*)`\Z")
_STEP = re.compile(r"\.([^.\[\]]+)|\[(\d+)\]")
_FORGIVEN = (
    "Expected `object", "Expected `array", "Object missing", "Expected `int` <", "Expected `int` >",
)  # fmt: skip
"""How msgspec's complaints begin of what may be cut out of the object itself."""


class _Bare(Struct, frozen=True):
    """Any object."""


def rows(
    answer: Answer[Any], raws: Sequence[Raw], kind: type[W], identity: Identity
) -> tuple[list[Row[W]], int]:
    """Decode the objects of a page, once; return them, and how many made no sense."""
    found, spoilt = answer.rows(raws, kind, identity)
    if not spoilt:
        return found, 0
    place = (id(raws), kind, rows)  # the lists live as long as the answer
    if place not in answer.decoded:
        mended = [_mended(answer, raw, kind, identity) for raw in raws]
        answer.decoded[place] = [one for one in mended if one is not None]
    sound = answer.decoded[place]
    return sound, len(raws) - len(sound)


def row(answer: Answer[Any], raw: Raw, kind: type[W], identity: Identity) -> Row[W]:
    """Decode one object.

    Raises:
        errors.BadResponse: if it makes no sense.
    """
    mended = _mended(answer, raw, kind, identity)
    if mended is None:
        raise answer.nonsense()
    return mended


def works(answer: Answer[wire_works.Works]) -> tuple[list[Row[wire_works.Work]], int]:
    """Decode the works of a page, as `rows` does."""
    return rows(answer, answer.body.works, wire_works.ANY, normalise_works.identity)


def work(answer: Answer[wire_works.OneWork]) -> Row[wire_works.Work]:
    """Decode the work of an answer, as `row` does."""
    return row(answer, answer.body.found, wire_works.ANY, normalise_works.identity)


def _mended(answer: Answer[Any], raw: Raw, kind: type[W], identity: Identity) -> Row[W] | None:
    """Decode an object, without what makes no sense in it; None if that is all of it."""
    [row] = decode_rows([raw], kind, answer.fetched_at, identity, answer.mark)
    if row is not None:
        return row
    [bare] = decode_rows([raw], _Bare, answer.fetched_at, identity, answer.mark)
    if bare is None:
        return None
    sound = _without_nonsense(raw, kind)
    return None if sound is None else Row(sound, bare.origin)


def _without_nonsense(raw: Raw, kind: type[W]) -> W | None:
    value = msgspec.json.decode(raw)
    for _ in range(_MOST):
        try:
            return msgspec.convert(value, kind)
        except msgspec.ValidationError as error:
            if not _cut(value, str(error)):
                return None
    return None


def _cut(value: Any, complaint: str) -> bool:
    """Cut out what msgspec complains of; False where that may not be missing."""
    at = _AT.search(complaint)
    steps = [int(index) if index else name for name, index in _STEP.findall(at[1] if at else "")]
    if not steps or (len(steps) == 1 and not complaint.startswith(_FORGIVEN)):
        return False
    *above, last = steps
    place = value
    for step in above:
        place = place[step]
    del place[last]
    return True
