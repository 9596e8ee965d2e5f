"""What a client takes and sends, by its headers, as RFC 9110 has them.

Clients send the same few values over and over, so what was made of one is kept.
"""

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, NamedTuple, TypeVar

RESPONSE_JSON = "application/graphql-response+json"
JSON = "application/json"

_HTML = "text/html"
_UTF_8 = frozenset({"utf-8", "utf8"})

_LONGEST = 400
"""Bytes of a value that is worth keeping; strangers may send others of any length."""

_KEPT = 256

_ITEM = re.compile(r'(?:[^,"]|"(?:[^"\\]|\\.)*"?)+')
_PART = re.compile(r'(?:[^;"]|"(?:[^"\\]|\\.)*"?)+')
_QUALITY = re.compile(r"(?:0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)")

T = TypeVar("T")


class Accepted(NamedTuple):
    """What an Accept header comes to.

    Attributes:
        media_type: to answer in; None where the client takes neither.
        wants_page: whether a page for people is taken at least as gladly.
    """

    media_type: str | None
    wants_page: bool


def _remembering(read: Callable[[bytes], T]) -> Callable[[bytes], T]:
    kept: Callable[[bytes], T] = lru_cache(_KEPT)(read)

    def find(value: bytes) -> T:
        return kept(value) if len(value) <= _LONGEST else read(value)

    return find


@_remembering
def accepted(value: bytes) -> Accepted:
    """Read an Accept header.

    The better liked of the two media types wins. Where both are liked alike, it is the newer one if
    it is named; a client that names none of the two may be old.
    """
    told = {
        name: quality
        for name, parameters, quality in _items(value)
        if parameters.get("charset", "utf-8").lower() in _UTF_8
    }
    every = told.get("application/*", told.get("*/*", 0.0))
    newer, older = told.get(RESPONSE_JSON, every), told.get(JSON, every)
    is_newer = newer > older or (newer == older and RESPONSE_JSON in told)
    best = max(newer, older)
    chosen = RESPONSE_JSON if is_newer else JSON
    page = told.get(_HTML, 0.0)
    return Accepted(chosen if best else None, bool(page) and page >= best)


@_remembering
def takes_gzip(value: bytes) -> bool:
    """Tell whether an Accept-Encoding header likes gzip at least as much as nothing."""
    told = {name: quality for name, _, quality in _items(value)}
    every = told.get("*", 0.0)
    gzip = max(told.get("gzip", every), told.get("x-gzip", 0.0))
    return gzip > 0 and gzip >= told.get("identity", 0.0)


class Sent(NamedTuple):
    """What a Content-Type header comes to.

    Attributes:
        media_type: without parameters.
        is_utf_8: whether that is its charset.
    """

    media_type: str
    is_utf_8: bool


@_remembering
def sent(value: bytes) -> Sent:
    """Read a Content-Type header."""
    name, parameters = _parts(value.decode("latin-1"))
    return Sent(name, parameters.get("charset", "utf-8").lower() in _UTF_8)


def _items(value: bytes) -> list[tuple[str, Mapping[str, str], float]]:
    """Return the members of a list: name, parameters and quality of each."""
    items: list[tuple[str, Mapping[str, str], float]] = []
    for item in _ITEM.findall(value.decode("latin-1")):
        name, parameters = _parts(item)
        quality: Any = parameters.get("q", "1")
        # One that makes no sense is as good as none: the client did name it.
        items.append((name, parameters, float(quality) if _QUALITY.fullmatch(quality) else 1.0))
    return items


def _parts(item: str) -> tuple[str, Mapping[str, str]]:
    name, *rest = _PART.findall(item) or [""]
    pairs = (part.partition("=") for part in rest)
    found = {key.strip().lower(): text.strip().strip('"') for key, _, text in pairs}
    return name.strip().lower(), found
