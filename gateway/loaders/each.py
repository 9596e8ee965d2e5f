"""Values for many, some of which are there and some of which are waited for."""

from collections.abc import Awaitable, Sequence
from functools import partial
from typing import Any

from schema.relations import Each, Later

Part = tuple[Sequence[int], Each[Any]]
"""Places, and what comes into them."""


def joined(size: int, parts: Sequence[Part]) -> Each[Any]:
    """Put parts together to one list.

    Args:
        size: places of the list; those of no part are None.
        parts: no place is in two of them.

    Returns:
        The list at once if all parts are there; else it is awaited, one part after the other: all
        are under way.
    """
    if len(parts) == 1 and len(parts[0][0]) == size:
        return parts[0][1]
    values: list[Any] = [None] * size
    waiting: list[tuple[Sequence[int], Awaitable[Sequence[Any]]]] = []
    for places, found in parts:
        if isinstance(found, Awaitable):
            waiting.append((places, found))
        else:
            _place(values, places, found)
    return Later(partial(_join_later, values, waiting)) if waiting else values


def _place(values: list[Any], places: Sequence[int], found: Sequence[Any]) -> None:
    for place, value in zip(places, found, strict=True):
        values[place] = value


async def _join_later(
    values: list[Any], waiting: Sequence[tuple[Sequence[int], Awaitable[Sequence[Any]]]]
) -> list[Any]:
    for places, found in waiting:
        _place(values, places, await found)
    return values
