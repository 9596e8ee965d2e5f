"""Outreach's pages: by cursor, or by the older offset."""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import NamedTuple
from urllib.parse import urlencode

from gateway.sources.outreach.sandbox.answers import RefusedError
from gateway.sources.outreach.sandbox.grammar import Params, last

_DEFAULT_SIZE = 50
_LARGEST_LIMIT = 1000
_LARGEST_OFFSET = 10_000
_NUMBER = re.compile(r"[0-9]{1,9}")


class Page(NamedTuple):
    """A part of a collection: its bounds, the size that was asked for, and how it was asked for."""

    start: int
    end: int
    size: int
    by_offset: bool = False


def _number(text: str, parameter: str, low: int, high: int) -> int:
    if not _NUMBER.fullmatch(text) or not low <= int(text) <= high:
        message = f"must be a number from {low} to {high}."
        raise RefusedError(message, parameter)
    return int(text)


def _cursor(index: int) -> str:
    """Write an opaque cursor for the place before the row `index`."""
    return urlsafe_b64encode(f"row {index}".encode()).decode()


def _index(text: str, parameter: str) -> int:
    try:
        word, _, index = urlsafe_b64decode(text).decode().partition(" ")
    except ValueError:
        word, index = "", ""
    if word != "row" or not _NUMBER.fullmatch(index):
        message = "is not a valid cursor."
        raise RefusedError(message, parameter)
    return int(index)


def page(params: Params, largest: int, *, clamp: bool) -> Page:
    """Read which page is asked for.

    Args:
        params: the query string.
        largest: the largest size that is served.
        clamp: whether a larger one is cut down rather than refused.

    Raises:
        RefusedError: for a size or a cursor that makes no sense.
    """
    asked = last(params)
    if "page[limit]" in asked or "page[offset]" in asked:
        limit = asked.get("page[limit]", str(_DEFAULT_SIZE))
        size = _number(limit, "page[limit]", 1, _LARGEST_LIMIT)
        start = _number(asked.get("page[offset]", "0"), "page[offset]", 0, _LARGEST_OFFSET)
        return Page(start, start + size, size, by_offset=True)
    text = asked.get("page[size]", str(_DEFAULT_SIZE))
    size = min(_number(text, "page[size]", 1, 10**9 if clamp else largest), largest)
    if "page[before]" in asked:
        end = _index(asked["page[before]"], "page[before]")
        return Page(max(0, end - size), end, size)
    start = _index(asked["page[after]"], "page[after]") if "page[after]" in asked else 0
    return Page(start, start + size, size)


def links(address: str, params: Params, part: Page, total: int) -> dict[str, str | None]:
    """Return a page's links; there is a last one by offset alone.

    Args:
        address: of the collection.
        params: the query string, kept but for the page.
        part: the page.
        total: rows of the whole list.
    """
    kept = [(name, text) for name, text in params if not name.startswith("page[")]

    def link(**asked: object) -> str:
        mine = [(f"page[{name}]", str(text)) for name, text in asked.items()]
        return f"{address}?{urlencode([*kept, *mine])}"

    has_next, size = part.end < total, part.size
    if part.by_offset:
        before, end = max(0, part.start - size), max(0, total - 1) // size * size
        return {
            "first": link(limit=size, offset=0),
            "prev": link(limit=size, offset=before) if part.start else None,
            "next": link(limit=size, offset=part.end) if has_next else None,
            "last": link(limit=size, offset=end),
        }
    return {
        "first": link(size=size),
        "prev": link(size=size, before=_cursor(part.start)) if part.start else None,
        "next": link(size=size, after=_cursor(part.end)) if has_next else None,
    }
