"""Enum members with a description whose value keeps its Python type."""

from typing import TypeVar, cast

import strawberry

T = TypeVar("T")


def described(value: T, description: str) -> T:
    """Return `value` as an enum member that the graph documents with `description`."""
    return cast("T", strawberry.enum_value(value, description=description))
