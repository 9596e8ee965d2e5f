"""Orders: how rows compare, whichever source they come from.

Texts compare by code point of their first 64 characters, casefolded; nulls come last in both
directions; equal values are ordered by id, ascending in both directions.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from operator import attrgetter
from typing import Any

from gateway.cursor import TEXT_LENGTH, Place, Value

Key = tuple[bool, Any, str]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def value_of(attribute: object) -> Value:
    """Return what of an attribute counts in an order."""
    if isinstance(attribute, datetime):
        return (attribute - _EPOCH) // _MICROSECOND
    if isinstance(attribute, str):
        return attribute[:TEXT_LENGTH]
    return attribute if isinstance(attribute, int) else None


class Order:
    """An order of rows.

    Args:
        attribute: what of a row to order by.
        descending: whether the largest come first.
    """

    def __init__(self, attribute: str, *, descending: bool) -> None:
        self._read = attrgetter(attribute)
        self._descending = descending

    def place(self, row: Any) -> Place:
        """Return a row's place, as cursors have it."""
        return Place(value_of(self._read(row)), row.id)

    def key(self, place: Place) -> Key:
        """Return what a place is compared by: smaller comes earlier in the list."""
        return self._key(place.value, place.id)

    def keys(self, rows: Sequence[Any]) -> list[Key]:
        """Return what rows are compared by."""
        read, key = self._read, self._key
        return [key(value_of(read(row)), row.id) for row in rows]

    def _key(self, value: Value, own: str) -> Key:
        if value is None:
            return (True, 0, own)
        if isinstance(value, int):
            return (False, -value if self._descending else value, own)
        folded = value.casefold()
        if self._descending:
            # Turned around letter by letter; the 1 at the end puts "ab" before "a".
            return (False, (*(-ord(letter) for letter in folded), 1), own)
        return (False, folded, own)
