"""Outreach's query grammar: filters and sorting, over plain resources.

The conventions are those of Outreach's developer pages and of its production clients:

- `filter[name]=X` is exact; `a,b` is any of a list; `5..10`, `5..inf` and `neginf..10` are ranges
  with their ends; `__null__` and `__notnull__` are what they say.
- with `newFilterSyntax=true` commas and dots are plain; lists are `filter[name][]=a` repeated,
  ranges are `filter[order][gte]=5` and `filter[order][lte]=10`.
- relationships are filtered by `filter[prospects][id]=X`.
- of a parameter that is repeated the last counts, but for lists.
"""

import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from gateway.sources.outreach.sandbox.answers import RefusedError
from gateway.sources.outreach.sandbox.resources import (
    Collection,
    Data,
    ValueKind,
    value_of,
    values_at,
)
from gateway.sources.outreach.sandbox.seed import Resource

Params = Sequence[tuple[str, str]]
Test = Callable[[Any], bool]

_FILTER = re.compile(r"filter((?:\[\w*\])+)")
_KNOWN = re.compile(
    r"filter(\[\w*\])+|page\[(size|after|before|limit|offset)\]|fields\[\w+\]|sort|include|count"
    r"|newFilterSyntax|provideAuthorizationMeta|provideDataConnections"
)
_INTEGER = re.compile(r"-?[0-9]{1,18}")


class Filter(NamedTuple):
    """One condition: on an attribute, or on one of what is at the end of a relationship."""

    name: str
    inner: str | None
    test: Test


def last(params: Params) -> dict[str, str]:
    """Return the parameters by name; of a repeated one the last counts."""
    return dict(params)


def refuse_unknown(params: Params) -> None:
    """Refuse parameters that nothing is known of."""
    for name, _ in params:
        if not _KNOWN.fullmatch(name):
            message = "is not a known parameter."
            raise RefusedError(message, name)


def _comparable(text: str, kind: ValueKind) -> Any:
    """Return a text as its kind's value, None where it is none."""
    if kind == "number":
        return int(text) if _INTEGER.fullmatch(text) else None
    if kind != "time":
        return text
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        return None
    return time if time.tzinfo else time.replace(tzinfo=UTC)


def _known(value: Any, kind: ValueKind) -> Any:
    return _comparable(value, kind) if kind == "time" and value is not None else value


def _within(low: str, high: str, kind: ValueKind, parameter: str) -> Test:
    floor = None if low == "neginf" else _comparable(low, kind)
    roof = None if high == "inf" else _comparable(high, kind)
    if (floor is None and low != "neginf") or (roof is None and high != "inf"):
        message = "is not a valid range."
        raise RefusedError(message, parameter)
    return lambda value: (
        value is not None
        and (floor is None or floor <= _known(value, kind))
        and (roof is None or _known(value, kind) <= roof)
    )


def _among(texts: Sequence[str], kind: ValueKind) -> Test:
    wanted = {_comparable(text, kind) for text in texts if text != "__null__"} - {None}
    return lambda value: (
        (value is None and "__null__" in texts)
        or (value is not None and _known(value, kind) in wanted)
    )


def _plain(text: str, kind: ValueKind, parameter: str, *, new_syntax: bool) -> Test:
    if text == "__notnull__":
        return lambda value: value is not None
    if new_syntax:
        return _among([text], kind)
    if ".." in text:
        low, _, high = text.partition("..")
        return _within(low, high, kind, parameter)
    return _among(text.split(","), kind)


def _target(
    parts: list[str], collection: Collection, parameter: str
) -> tuple[str, str | None, ValueKind]:
    """Take off the parts of a parameter that say what is filtered by."""
    name = parts.pop(0)
    if name in collection.filterable:
        return name, None, collection.kind_of(name)
    if name not in collection.ends:
        message = f"{name} is not a filterable attribute."
        raise RefusedError(message, parameter)
    inner = parts.pop(0) if parts else ""
    if inner not in collection.ends[name]:
        message = f"{name} can be filtered by {' and '.join(collection.ends[name])} only."
        raise RefusedError(message, parameter)
    return name, inner, "number" if inner == "id" else "text"


def filters(params: Params, collection: Collection) -> list[Filter]:
    """Read the filters.

    Raises:
        RefusedError: for a filter that the vendor does not have.
    """
    new_syntax = last(params).get("newFilterSyntax") == "true"
    found: list[Filter] = []
    for parameter in dict.fromkeys(name for name, _ in params):
        match = _FILTER.fullmatch(parameter)
        if not match:
            continue
        parts = re.findall(r"\[(\w*)\]", match[1])
        name, inner, kind = _target(parts, collection, parameter)
        texts = [text for one, text in params if one == parameter]
        if not parts:
            test = _plain(texts[-1], kind, parameter, new_syntax=new_syntax)
        elif new_syntax and parts == [""]:
            test = _among(texts, kind)
        elif new_syntax and parts == ["gte"]:
            test = _within(texts[-1], "inf", kind, parameter)
        elif new_syntax and parts == ["lte"]:
            test = _within("neginf", texts[-1], kind, parameter)
        else:
            message = f"{''.join(parts)} is not an operator."
            raise RefusedError(message, parameter)
        found.append(Filter(name, inner, test))
    return found


def chosen(params: Params, collection: Collection, data: Data) -> list[Resource]:
    """Return the resources that pass all filters, in no special order.

    Raises:
        RefusedError: for a filter that the vendor does not have.
    """
    wanted = filters(params, collection)

    def passes(resource: Resource, one: Filter) -> bool:
        if one.inner is None:
            return one.test(value_of(resource, one.name))
        return any(map(one.test, values_at(resource, collection, data, one.name, one.inner)))

    return [
        resource
        for resource in data[collection.path].values()
        if all(passes(resource, one) for one in wanted)
    ]


def ordered(
    resources: list[Resource], sort: str, collection: Collection, *, nulls_first: bool
) -> list[Resource]:
    """Sort by names, comma between, "-" before a descending one; the first name counts most.

    Args:
        resources: what to sort.
        sort: the parameter.
        collection: whose resources they are.
        nulls_first: where nulls come ascending; they come at the other end descending.

    Raises:
        RefusedError: for a name that cannot be sorted by.
    """
    for part in reversed([part for part in sort.split(",") if part]):
        name = part.removeprefix("-")
        if name not in collection.sortable:
            message = f"{name} is not a sortable attribute."
            raise RefusedError(message, "sort")
        kind = collection.kind_of(name)
        nulls = [one for one in resources if value_of(one, name) is None]
        others = sorted(
            (one for one in resources if value_of(one, name) is not None),
            key=lambda one, name=name, kind=kind: _known(value_of(one, name), kind),
            reverse=part.startswith("-"),
        )
        resources = nulls + others if nulls_first != part.startswith("-") else others + nulls
    return resources
