"""Works whose parts make no sense here and there: each such part costs only itself.

A work is decoded as a whole, which is fast. Only where that fails, what is wrong is cut out,
piece by piece: a field of a nested object, else that object, up to the top, where it costs the row.
"""

import re
from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec import Raw, Struct

from gateway import errors
from gateway.sources.devrev import normalise_works
from gateway.sources.devrev.wire_works import ANY, Work
from gateway.upstream.call import Answer
from gateway.upstream.origin import Row

_MOST = 32
"""Pieces that are cut out of one work; one with more makes no sense."""

_AT = re.compile(r" - at `\$([^`]*)`\Z")
_STEP = re.compile(r"\.([^.\[\]]+)|\[(\d+)\]")
_NESTED = ("Expected `object", "Expected `array", "Object missing")


class _Bare(Struct, frozen=True):
    """Any object."""


def rows(answer: Answer[Any], raws: Sequence[Raw]) -> tuple[list[Row[Work]], int]:
    """Decode the works of a page; return them, and how many made no sense."""
    found, spoilt = answer.rows(raws, ANY, normalise_works.identity)
    if not spoilt:
        return found, 0
    tried = [_tried(answer, raw) for raw in raws]
    sound = [one for one in tried if one is not None]
    return sound, len(tried) - len(sound)


def row(answer: Answer[Any], raw: Raw) -> Row[Work]:
    """Decode one work.

    Raises:
        errors.BadResponse: if it makes no sense.
    """
    try:
        return answer.row(raw, ANY, normalise_works.identity)
    except errors.BadResponse:
        bare = answer.row(raw, _Bare, normalise_works.identity)
        work = _without_nonsense(raw)
        if work is None:
            raise
        return Row(work, bare.origin)


def _tried(answer: Answer[Any], raw: Raw) -> Row[Work] | None:
    try:
        return row(answer, raw)
    except errors.BadResponse:
        return None


def _without_nonsense(raw: Raw) -> Work | None:
    work = msgspec.json.decode(raw)
    for _ in range(_MOST):
        try:
            return msgspec.convert(work, ANY)
        except msgspec.ValidationError as error:
            if not _cut(work, str(error)):
                return None
    return None


def _cut(work: Any, complaint: str) -> bool:
    """Cut out what msgspec complains of; False where that is a plain field of the work itself."""
    at = _AT.search(complaint)
    steps = [int(index) if index else name for name, index in _STEP.findall(at[1] if at else "")]
    if not steps or (len(steps) == 1 and not complaint.startswith(_NESTED)):
        return False
    *above, last = steps
    place = work
    for step in above:
        place = place[step]
    del place[last]
    return True
