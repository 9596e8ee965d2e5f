"""DevRev's two ways to page: by one cursor, or by two that lead on and back."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as BadBase64
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from gateway.sources.devrev.sandbox.grammar import Field, Refusal
from gateway.sources.devrev.sandbox.records import Record

DEFAULT = 50
"""Rows of a page where no limit is given; stated for other lists, taken to hold for all."""

FIELDS = {
    "cursor": Field("text"),
    "limit": Field("int"),
    "sort_by": Field("text", many=True),
}
TWO_WAY = {**FIELDS, "mode": Field("text", words=("after", "before"))}


class Page(NamedTuple):
    """Some rows, and the cursors to what comes after and before them, None at the ends."""

    rows: Sequence[Record]
    after: str | None
    before: str | None


def _cursor(owner: str, index: int) -> str:
    return urlsafe_b64encode(f"{owner} {index}".encode()).decode()


def _index(owner: str, text: str) -> int:
    try:
        mine, _, index = urlsafe_b64decode(text).decode().partition(" ")
    except (BadBase64, UnicodeDecodeError, ValueError):
        mine, index = "", ""
    if mine != owner or not index.isdecimal():
        message = "The cursor is not valid"
        raise Refusal(message, type="invalid_field", field_name="cursor")
    return int(index)


def size(given: Mapping[str, Any], name: str, most: int | None) -> int:
    """Return how many rows are asked for.

    Args:
        given: the request's fields.
        name: of the one that tells it.
        most: the greatest that is served; None for any.

    Raises:
        Refusal: for less than one, and for more than that.
    """
    asked: int = given.get(name, DEFAULT)
    if asked < 1:
        message = f"{name} must be at least 1"
        raise Refusal(message, type="value_not_permitted", field_name=name, reason="too small")
    if most is not None and asked > most:
        message = f"{name} must be at most {most}"
        raise Refusal(message, type="value_not_permitted", field_name=name, reason="too large")
    return asked


def page(owner: str, rows: Sequence[Record], given: Mapping[str, Any], limit: int) -> Page:
    """Cut the page that is asked for.

    Args:
        owner: the list's name, which its cursors hold.
        rows: the whole list.
        given: `cursor` and `mode`, each where it was given.
        limit: how many rows a page has at most.

    Raises:
        Refusal: for a cursor that makes no sense.
    """
    cursor: str | None = given.get("cursor")
    if given.get("mode") == "before":
        end = min(len(rows), len(rows) if cursor is None else _index(owner, cursor))
        start = max(0, end - limit)
    else:
        start = 0 if cursor is None else _index(owner, cursor)
        end = min(len(rows), start + limit)
    return Page(
        rows[start:end],
        _cursor(owner, end) if end < len(rows) else None,
        _cursor(owner, start) if start else None,
    )
