"""What may be written into fields, by the vendor's types: unknown fields are passed over."""

from collections.abc import Callable, Mapping
from typing import Any, cast

from gateway.sources.storyblok.sandbox.numbers import Resource
from gateway.sources.storyblok.sandbox.queries import time_of
from gateway.sources.storyblok.sandbox.refusals import BLANK, Complaints

Check = Callable[[Any], str | None]
"""Tells what is wrong with a value, None if nothing is."""

_LONGEST = 255
_BITS = 53


def text(value: Any, longest: int = _LONGEST) -> str | None:
    """Take a text that is not empty; None is as if it were."""
    if value is None:
        return BLANK
    return maybe_text(value, longest) or (None if value.strip() else BLANK)


def maybe_text(value: Any, longest: int = _LONGEST) -> str | None:
    """Take a text, which may be empty."""
    if not isinstance(value, str):
        return "is invalid"
    if len(value) > longest:
        return f"is too long (maximum is {longest} characters)"
    return None


def number(value: Any) -> str | None:
    """Take a whole number as the vendor's are: of 53 bits."""
    is_number = isinstance(value, int) and not isinstance(value, bool)
    return None if is_number and abs(value) < 2**_BITS else "is not a number"


def boolean(value: Any) -> str | None:
    """Take a boolean."""
    return None if isinstance(value, bool) else "is not included in the list"


def mapping(value: Any) -> str | None:
    """Take an object."""
    return None if isinstance(value, dict) else "is invalid"


def time(value: Any) -> str | None:
    """Take a time or a day."""
    return None if isinstance(value, str) and time_of(value) else "is not a valid date"


def list_of(check: Check) -> Check:
    """Take a list."""

    def judge(value: Any) -> str | None:
        if not isinstance(value, list):
            return "is invalid"
        return next((word for one in cast("list[Any]", value) if (word := check(one))), None)

    return judge


def or_null(check: Check) -> Check:
    """Take null too."""
    return lambda value: None if value is None else check(value)


texts = list_of(maybe_text)
numbers = list_of(number)


def judged(
    given: Resource, checks: Mapping[str, Check], required: tuple[str, ...] = ()
) -> tuple[Resource, Complaints]:
    """Return the known fields that make sense, and what is wrong with the others.

    A number that stands twice in a list counts once.
    """
    complaints = {name: [BLANK] for name in required if name not in given}
    good: Resource = {}
    for name, check in checks.items():
        if name not in given:
            continue
        value, word = given[name], check(given[name])
        if word:
            complaints[name] = [word]
        else:
            good[name] = list(dict.fromkeys(value)) if check is numbers else value
    return good, complaints
