"""Outreach's query grammar: filters, sorting and pages, over plain resources.

The conventions are those of Outreach's developer pages and of its production clients; see the
README of this source.
"""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as BadBase64
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

Resource = dict[str, Any]
Params = Sequence[tuple[str, str]]
Test = Callable[[Any], bool]

_FILTER = re.compile(r"^filter\[(\w+)\](?:\[(\w*)\])?$")
_DEFAULT_SIZE = 50


class QueryError(Exception):
    """A parameter makes no sense; the vendor answers 422."""

    def __init__(self, detail: str, parameter: str) -> None:
        super().__init__(detail)
        self.parameter = parameter


class Page(NamedTuple):
    """A part of a collection: its first index, its size, and which links it has."""

    start: int
    size: int
    by_offset: bool = False


def last(params: Params) -> dict[str, str]:
    """Return the parameters by name; of a repeated one the last counts."""
    return dict(params)


def value_of(resource: Resource, name: str) -> Any:
    """Return an attribute or the id."""
    if name == "id":
        return resource["id"]
    return resource["attributes"][name]


def _comparable(value: Any) -> Any:
    """Turn a time or a number as text into what can be compared."""
    if not isinstance(value, str):
        return value
    try:
        return int(value)
    except ValueError:
        pass
    try:
        time = datetime.fromisoformat(value)
    except ValueError:
        return value
    return time if time.tzinfo else time.replace(tzinfo=UTC)


def _within(low: str | None, high: str | None, parameter: str) -> Test:
    floor = None if low in {None, "neginf"} else _comparable(low)
    roof = None if high in {None, "inf"} else _comparable(high)

    def test(value: Any) -> bool:
        if value is None:
            return False
        known = _comparable(value)
        try:
            return (floor is None or floor <= known) and (roof is None or known <= roof)
        except TypeError:
            message = "is not a valid range."
            raise QueryError(message, parameter) from None

    return test


def _among(texts: Sequence[str]) -> Test:
    wanted = {str(_comparable(text)) for text in texts}
    return lambda value: value is not None and str(_comparable(value)) in wanted


def _plain(text: str, parameter: str, *, new_syntax: bool) -> Test:
    if text == "__null__":
        return lambda value: value is None
    if text == "__notnull__":
        return lambda value: value is not None
    if new_syntax:
        return _among([text])
    if ".." in text:
        low, _, high = text.partition("..")
        return _within(low, high, parameter)
    return _among(text.split(","))


def filters(params: Params, filterable: Mapping[str, str]) -> list[tuple[str, Test]]:
    """Read the filters.

    Args:
        params: the query string.
        filterable: names that can be filtered by; "attribute" or "relationship".

    Raises:
        QueryError: for a filter that the vendor does not have.
    """
    new_syntax = last(params).get("newFilterSyntax") == "true"
    lists: dict[str, list[str]] = {}
    ranges: dict[str, dict[str, str]] = {}
    found: list[tuple[str, Test]] = []
    for parameter, text in params:
        match = _FILTER.match(parameter)
        if not match:
            continue
        name, inner = match[1], match[2]
        kind = filterable.get(name)
        if kind is None:
            message = f"{name} is not a filterable attribute."
            raise QueryError(message, parameter)
        if kind == "relationship":
            if inner != "id":
                message = f"{name} can be filtered by id only."
                raise QueryError(message, parameter)
            found.append((name, _plain(text, parameter, new_syntax=False)))
        elif inner is None:
            found.append((name, _plain(text, parameter, new_syntax=new_syntax)))
        elif new_syntax and inner == "":
            lists.setdefault(name, []).append(text)
        elif new_syntax and inner in {"gte", "lte"}:
            ranges.setdefault(name, {})[inner] = text
        else:
            message = f"{inner} is not an operator."
            raise QueryError(message, parameter)
    found += [(name, _among(texts)) for name, texts in lists.items()]
    found += [
        (name, _within(ends.get("gte"), ends.get("lte"), f"filter[{name}]"))
        for name, ends in ranges.items()
    ]
    return found


def ordered(resources: list[Resource], sort: str, sortable: frozenset[str]) -> list[Resource]:
    """Sort by names, comma between, "-" before a descending one; nulls come first ascending.

    Raises:
        QueryError: for a name that cannot be sorted by.
    """
    for part in reversed([part for part in sort.split(",") if part]):
        name = part.removeprefix("-")
        if name not in sortable:
            message = f"{name} is not a sortable attribute."
            raise QueryError(message, "sort")
        resources = sorted(
            resources,
            key=lambda one, name=name: (
                value_of(one, name) is not None,
                _comparable(value_of(one, name)) if value_of(one, name) is not None else 0,
            ),
            reverse=part.startswith("-"),
        )
    return resources


def _number(text: str, parameter: str, low: int, high: int) -> int:
    if not text.isdecimal() or not low <= int(text) <= high:
        message = f"must be a number from {low} to {high}."
        raise QueryError(message, parameter)
    return int(text)


def cursor(index: int) -> str:
    """Write an opaque cursor for the row before `index`."""
    return urlsafe_b64encode(f"row {index}".encode()).decode()


def _index(text: str, parameter: str) -> int:
    try:
        word, _, index = urlsafe_b64decode(text).decode().partition(" ")
    except (BadBase64, UnicodeDecodeError):
        word, index = "", ""
    if word != "row" or not index.isdecimal():
        message = "is not a valid cursor."
        raise QueryError(message, parameter)
    return int(index)


def page(params: Params, largest: int, *, clamp: bool) -> Page:
    """Read which page is asked for.

    Args:
        params: the query string.
        largest: the largest size that is served.
        clamp: whether a larger one is cut down rather than refused.

    Raises:
        QueryError: for a size or a cursor that makes no sense.
    """
    asked = last(params)
    if "page[limit]" in asked or "page[offset]" in asked:
        size = _number(asked.get("page[limit]", str(_DEFAULT_SIZE)), "page[limit]", 1, 1000)
        start = _number(asked.get("page[offset]", "0"), "page[offset]", 0, 10_000)
        return Page(start, size, by_offset=True)
    text = asked.get("page[size]", str(_DEFAULT_SIZE))
    size = min(_number(text, "page[size]", 1, 1_000_000 if clamp else largest), largest)
    if "page[after]" in asked:
        return Page(_index(asked["page[after]"], "page[after]"), size)
    if "page[before]" in asked:
        end = _index(asked["page[before]"], "page[before]")
        start = max(0, end - size)
        return Page(start, end - start)
    return Page(0, size)
