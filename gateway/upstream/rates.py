"""What an answer's headers tell of its vendor's rate limit.

DevRev and Outreach send `X-RateLimit-Limit`, `-Remaining` and `-Reset` (a time since 1970, in
seconds), of which Outreach may send two values, as of two windows. Storyblok may send `X-RateLimit`
and `X-RateLimit-Policy`, in the words of the IETF's drafts (`"name";r=29`, `"name";q=30`). The
drafts' own names and forms are read as well.
"""

import re
from collections.abc import Callable, Sequence
from datetime import datetime

import msgspec

from gateway.upstream import retry_after

_ROUNDED = 0.5
"""Seconds by which a time in whole seconds may be too early."""

_MOST = 100
"""Letters of a header that are looked at."""

_PLENTY = 100
"""Calls that are more than can be under way before the next answer tells how many are left."""

_MOST_KNOWN = 1000

_EPOCH = 1_000_000_000

_FIRST = re.compile(r"\s*([0-9]{1,9})\b")
_WORD = re.compile(r"\b([a-z]+)=([0-9]{1,9})\b")

_NAMES = {
    b"limit": "limit",
    b"remaining": "remaining",
    b"reset": "reset",
    b"policy": "policy",
    b"": "item",
}
_KINDS = {
    base + (b"-" + rest if rest else b""): kind
    for base in (b"x-ratelimit", b"ratelimit")
    for rest, kind in _NAMES.items()
}
_known: dict[bytes, str | None] = {}
"""Kinds by the names of headers as they came: to look them up is cheaper than to read them."""

_WORDS = {"r": "remaining", "t": "reset", "remaining": "remaining", "reset": "reset"}


class Rates(msgspec.Struct, frozen=True):
    """What a vendor tells; None where it does not.

    Attributes:
        limit: calls of a window. remaining: calls that are left of it.
        resets_in: seconds until it ends.
        policies: windows: calls, and seconds or None.
    """

    limit: int | None = None
    remaining: int | None = None
    resets_in: float | None = None
    policies: tuple[tuple[int, float | None], ...] = ()


def read(headers: Sequence[tuple[bytes, bytes]], now: Callable[[], datetime]) -> Rates | None:
    """Read an answer's headers; None where they tell nothing that matters yet.

    Args:
        headers: names and values as they came.
        now: the clock, in UTC.
    """
    told: dict[str, str] | None = None
    for name, value in headers:
        kind = _known[name] if name in _known else _kind(name)
        if kind is not None:
            if told is None:
                told = {}
            told[kind] = value[:_MOST].decode("latin-1")
    if told is None or ("policy" not in told and _is_plenty(told.get("remaining", ""))):
        return None
    if "item" in told:
        words = dict(_WORD.findall(told["item"]))
        told = {**{_WORDS[word]: text for word, text in words.items() if word in _WORDS}, **told}
    return Rates(
        _least(told.get("limit")),
        _least(told.get("remaining")),
        _reset(told.get("reset"), now),
        _policies(told.get("policy")),
    )


def _kind(name: bytes) -> str | None:
    """Tell what a header is about, once for each way to write its name."""
    if len(_known) >= _MOST_KNOWN:
        _known.clear()
    kind = _known[name] = _KINDS.get(name.lower())
    return kind


def _is_plenty(text: str) -> bool:
    return text.isdecimal() and text.isascii() and int(text) >= _PLENTY


def _least(text: str | None) -> int | None:
    """Return the least of some numbers, one for each window."""
    if text is None:
        return None
    found = [match for match in map(_FIRST.match, text.split(",")) if match]
    return min((int(match[1]) for match in found), default=None)


def _reset(text: str | None, now: Callable[[], datetime]) -> float | None:
    seconds = retry_after.seconds(text, now())
    if seconds is None or text is None:
        return None
    return seconds + _ROUNDED if text.strip().isdigit() and int(text) > _EPOCH else seconds


def _policies(text: str | None) -> tuple[tuple[int, float | None], ...]:
    found: list[tuple[int, float | None]] = []
    for item in (text or "").split(","):
        words = dict(_WORD.findall(item))
        if "q" in words:
            found.append((int(words["q"]), float(words["w"]) if int(words.get("w", 0)) else None))
    return tuple(found)
