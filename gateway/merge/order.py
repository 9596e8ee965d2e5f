"""Orders: how rows compare, whichever source they come from.

Texts compare by code point of their first 64 characters, casefolded; nulls come last in both
directions; equal values are ordered by id, ascending in both directions.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from gateway.cursor import TEXT_LENGTH, Place, Value

T = TypeVar("T")
Key = tuple[bool, Any, str]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def value_of(attribute: object) -> Value:
    """Return what of an attribute counts in an order."""
    if isinstance(attribute, str):
        return attribute[:TEXT_LENGTH]
    if isinstance(attribute, datetime):
        return (attribute - _EPOCH) // _MICROSECOND
    return attribute if isinstance(attribute, int) else None


def place_by(attribute: str) -> Callable[[Any], Place]:
    """Return a function that tells a row's place in an order by an attribute."""
    return lambda row: Place(value_of(getattr(row, attribute)), row.id)


def key_of(place: Place, *, descending: bool) -> Key:
    """Return what places are compared by: smaller comes earlier in the list."""
    value = place.value
    if value is None:
        return (True, 0, place.id)
    if isinstance(value, int):
        return (False, -value if descending else value, place.id)
    folded = value.casefold()
    if descending:
        # Turned around letter by letter; the 1 at the end puts "ab" before "a".
        return (False, (*(-ord(letter) for letter in folded), 1), place.id)
    return (False, folded, place.id)
