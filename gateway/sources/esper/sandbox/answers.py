"""The bodies of Esper's answers: the envelope, pages in it, and three shapes of an error.

What a good answer looks like is known from Esper's reference and its own client; what an error of
pipelines looks like is written nowhere. The three shapes are the envelope, the one that Esper's
Manage API documents, and the one of the framework that all of it is built with.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response

from gateway.sandbox.answer import Answer
from gateway.sandbox.switches import Switches

DEFAULT_LIMIT = 20
"""Rows of a page where no limit is asked for."""

REFUSED = 400
"""The status of an input that makes no sense."""


class PagingError(Exception):
    """A parameter makes no sense; the vendor may answer 400."""

    def __init__(self, detail: str, *, parameter: str) -> None:
        super().__init__(detail)
        self.parameter = parameter


class Asked(NamedTuple):
    """Which part of a list is asked for; a limit of None is all of it."""

    limit: int | None
    offset: int


def good(content: object, switches: Switches, status: int = 200) -> Response:
    """Return a content in the envelope."""
    return _envelope(status, "Success", content, switches)


def bad(status: int, detail: str, switches: Switches, parameter: str = "detail") -> Response:
    """Return an error in the shape that the switch says."""
    shape = switches["errors"]
    if shape == "manage":
        body = {"errors": [detail], "message": detail, "status": status}
        return Answer(body, status)
    if shape == "drf":
        told = detail if parameter == "detail" else [detail]
        return Answer({parameter: told}, status)
    return _envelope(status, detail, {}, switches)


def refused(status: int, told: Mapping[str, str], switches: Switches) -> Response:
    """Return what is wrong with an input, by field, in the shape that the switch says.

    What is about no field is told under `detail` as a text, as all that is not about an input.
    """
    if set(told) == {"detail"}:
        return bad(status, told["detail"], switches)
    by_field = {name: [detail] for name, detail in told.items()}
    if switches["errors"] == "drf":
        return Answer(by_field, status)
    words = [f"{name}: {detail}" for name, detail in told.items()]
    if switches["errors"] == "manage":
        body = {"errors": words, "message": "Invalid input.", "status": status}
        return Answer(body, status)
    return _envelope(status, "; ".join(words), by_field, switches)


def _envelope(status: int, message: str, content: object, switches: Switches) -> Response:
    codes = {"status": status, "nonzero": int(status < REFUSED)}
    code = codes.get(switches["code"], 0)
    return Answer({"code": code, "message": message, "content": content}, status)


def missing(switches: Switches) -> Response:
    """Return 404."""
    return bad(404, "Not found.", switches)


def one(found: object, switches: Switches) -> Response:
    """Return an object, or 404 where it is None."""
    return missing(switches) if found is None else good(found, switches)


def listed(
    request: Request, rows: Sequence[Any], switches: Switches, *, may_be_whole: bool = False
) -> Response:
    """Return the part of a list that is asked for.

    Args:
        request: the request.
        rows: the whole list.
        switches: the emulator's.
        may_be_whole: whether it is a list that heeds no limit in a position of `stage_paging`.
    """
    try:
        whole = may_be_whole and switches["stage_paging"] == "whole"
        part = Asked(None, 0) if whole else asked(request.query_params, switches)
    except PagingError as error:
        return bad(400, str(error), switches, error.parameter)
    return good(page(rows, part, str(request.url)), switches)


def asked(query: QueryParams, switches: Switches) -> Asked:
    """Read limit and offset.

    Raises:
        PagingError: where the switches have bad or large ones refused.
    """
    refuses = switches["bad_paging"] == "refused"
    limit = _number(query, "limit", 1, DEFAULT_LIMIT, refuses=refuses)
    offset = _number(query, "offset", 0, 0, refuses=refuses)
    if limit > DEFAULT_LIMIT and switches["max_limit"] == "refused":
        detail = f"Ensure this value is less than or equal to {DEFAULT_LIMIT}."
        raise PagingError(detail, parameter="limit")
    if switches["max_limit"] == "clamped":
        limit = min(limit, DEFAULT_LIMIT)
    return Asked(limit, offset)


def _number(query: QueryParams, name: str, least: int, default: int, *, refuses: bool) -> int:
    text = query.get(name)
    if text is None:
        return default
    if text.isascii() and text.isdecimal() and len(text) <= len("1000000000"):
        number = int(text)
        if number >= least:
            return number
    if refuses:
        detail = f"Ensure this value is a number of {least} or more."
        raise PagingError(detail, parameter=name)
    return default


def page(rows: Sequence[Any], part: Asked, url: str) -> dict[str, Any]:
    """Return a part of a list with its links, which are addresses or null."""
    limit = len(rows) if part.limit is None else part.limit
    start, end = part.offset, part.offset + limit
    following = _link(url, limit, end) if end < len(rows) else None
    previous = _link(url, limit, max(0, start - limit)) if start > 0 else None
    return {
        "count": len(rows),
        "next": following,
        "previous": previous,
        "results": list(rows[start:end]),
    }


def _link(url: str, limit: int, offset: int) -> str:
    """Return an address with other numbers; an offset of 0 is left out."""
    parts = urlsplit(url)
    kept = [pair for pair in parse_qsl(parts.query) if pair[0] not in {"limit", "offset"}]
    numbers = [("limit", str(limit))] + ([("offset", str(offset))] if offset else [])
    return urlunsplit(parts._replace(query=urlencode(sorted([*kept, *numbers]))))
