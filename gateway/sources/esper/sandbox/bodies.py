"""Reads and judges what is sent to be written, in the words of the framework that Esper uses.

No page of Esper's tells how it words a complaint. Fields that it does not know are passed over.
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, cast
from uuid import UUID

from starlette.requests import Request

from gateway.sandbox.switches import Switches
from gateway.sources.esper.sandbox.seed import Resource

_LONGEST = 255
_INT32 = 2**31
_UUID = re.compile(r"[0-9A-Fa-f]{8}(-?[0-9A-Fa-f]{4}){3}-?[0-9A-Fa-f]{12}")

WHOLE = "non_field_errors"
"""Stands for the field of a complaint that is about none."""


class RefusedError(Exception):
    """A write is not taken.

    Args:
        told: complaints by field.
        status: of the answer.
    """

    def __init__(self, told: Mapping[str, str], status: int = 400) -> None:
        super().__init__(told)
        self.told = told
        self.status = status


class Field(NamedTuple):
    """A field that may be sent.

    Attributes:
        judge: returns what is wrong with a value that is not null, "" if nothing is.
        is_required: whether a new object needs it. may_be_null: whether it can be cleared.
        default: what it is where it is not sent.
        is_name: whether it has a longest length.
    """

    judge: Callable[[object], str]
    is_required: bool = False
    may_be_null: bool = False
    default: object = None
    is_name: bool = False


Fields = Mapping[str, Field]


def text(value: object) -> str:
    """Judge a text that may be empty."""
    return "" if isinstance(value, str) else "Not a valid string."


def filled(value: object) -> str:
    """Judge a text that may not."""
    blank = isinstance(value, str) and not value.strip()
    return "This field may not be blank." if blank else text(value)


def int32(value: object) -> str:
    """Judge a whole number."""
    if isinstance(value, bool) or not isinstance(value, int):
        return "A valid integer is required."
    if value >= _INT32:
        return f"Ensure this value is less than or equal to {_INT32 - 1}."
    if value < -_INT32:
        return f"Ensure this value is greater than or equal to {-_INT32}."
    return ""


def flag(value: object) -> str:
    """Judge a yes or no."""
    return "" if isinstance(value, bool) else "Must be a valid boolean."


def mapping(value: object) -> str:
    """Judge an object."""
    kind = type(value).__name__
    return (
        "" if isinstance(value, dict) else f'Expected a dictionary of items but got type "{kind}".'
    )


def uuid(value: object) -> str:
    """Judge an id."""
    is_one = isinstance(value, str) and _UUID.fullmatch(value)
    return "" if is_one else "Must be a valid UUID."


def choice(words: Sequence[str]) -> Callable[[object], str]:
    """Return what judges a word; it is compared in any case."""

    def judge(value: object) -> str:
        is_one = isinstance(value, str) and value.lower() in {one.lower() for one in words}
        return "" if is_one else f'"{value}" is not a valid choice.'

    return judge


async def read(request: Request) -> Resource:
    """Read the object that is sent; nothing at all is an empty one.

    Raises:
        RefusedError: if it is none.
    """
    body = await request.body()
    if not body:
        return {}
    media_type = request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if media_type != "application/json":
        raise RefusedError({"detail": f'Unsupported media type "{media_type}" in request.'}, 415)
    try:
        value: Any = json.loads(body)
    except ValueError as error:
        raise RefusedError({"detail": f"JSON parse error - {error}"}) from error
    if not isinstance(value, dict):
        kind = type(value).__name__
        detail = f"Invalid data. Expected a dictionary, but got {kind}."
        raise RefusedError({WHOLE: detail})
    return cast("Resource", value)


def new(body: Resource, fields: Fields, switches: Switches) -> Resource:
    """Return every field of an object that is made.

    Raises:
        RefusedError: telling all that is wrong.
    """
    given = _judged(body, fields, switches, is_whole=True)
    return {name: given.get(name, field.default) for name, field in fields.items()}


def changed(body: Resource, fields: Fields, switches: Switches) -> Resource:
    """Return the fields that change in an object.

    Where a PUT replaces, one that is not sent is cleared, and one that every object needs is
    wanted.

    Raises:
        RefusedError: telling all that is wrong.
    """
    if switches["put"] == "replace":
        return new(body, fields, switches)
    return _judged(body, fields, switches, is_whole=False)


def _judged(body: Resource, fields: Fields, switches: Switches, *, is_whole: bool) -> Resource:
    told: dict[str, str] = {}
    given: Resource = {}
    for name, field in fields.items():
        if name not in body:
            if field.is_required and is_whole:
                told[name] = "This field is required."
            continue
        value = body[name]
        if isinstance(value, str) and switches["texts"] == "trimmed":
            value = value.strip()
        detail = _wrong(field, value, switches)
        if detail:
            told[name] = detail
        elif field.judge is uuid and isinstance(value, str):
            given[name] = str(UUID(value))
        else:
            given[name] = value
    if told:
        raise RefusedError(told)
    return given


def _wrong(field: Field, value: object, switches: Switches) -> str:
    if value is None:
        may = field.may_be_null and switches["null"] == "clears"
        return "" if may else "This field may not be null."
    is_bounded = field.is_name and switches["longest_name"] == str(_LONGEST)
    if is_bounded and isinstance(value, str) and len(value) > _LONGEST:
        return f"Ensure this field has no more than {_LONGEST} characters."
    return field.judge(value)
