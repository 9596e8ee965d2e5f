"""The form of an organisation's own fields; pure."""

from collections.abc import Iterable, Mapping
from math import isfinite
from typing import Any, cast

from msgspec import Struct

from gateway.adapter import Judge
from schema.types.mutation_errors import Constraint

_DEEPEST = 32
"""Levels that are written; what is nested twice as deep is not read again."""


class Custom(Struct, frozen=True):
    """The organisation's own fields: an object of values by name."""

    def read(self, judge: Judge, given: object, *at: str) -> dict[str, Any]:
        """Judge that it is one, how deep it is, and that JSON has each of its numbers."""
        if not isinstance(given, dict):
            judge.wrong("It is no object of values by name.", Constraint.FORMAT, *at)
            return {}
        level: list[tuple[tuple[str, ...], Any]] = [(at, given)]
        for _ in range(_DEEPEST):
            inner = [(path, one) for above, outer in level for path, one in _inside(above, outer)]
            for path, one in inner:
                if isinstance(one, float) and not isfinite(one):
                    judge.wrong("It is no finite number.", Constraint.RANGE, *path)
            level = [(path, one) for path, one in inner if isinstance(one, dict | list)]
        if level:
            words = f"It is nested deeper than {_DEEPEST} levels."
            judge.wrong(words, Constraint.FORMAT, *at)
        return cast("dict[str, Any]", given)

    def is_alike(self, sent: Mapping[str, Any], answered: Mapping[str, Any]) -> bool | None:
        """Compare those that were sent; DevRev may write a value in another way."""
        is_same = all(answered.get(name) == value for name, value in sent.items())
        return True if is_same else None


def _inside(at: tuple[str, ...], value: Any) -> Iterable[tuple[tuple[str, ...], Any]]:
    """Return what an object or a list has, each with its place."""
    named = cast("dict[str, Any]", value).items() if isinstance(value, dict) else enumerate(value)
    return (((*at, str(name)), one) for name, one in named)
