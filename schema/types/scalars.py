"""Scalars: points in time, in UTC and with a `Z`."""

import re
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import strawberry
from strawberry.scalars import JSON
from strawberry.types.scalar import ScalarDefinition

__all__ = ["JSON", "SCALARS"]

_RFC3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)\Z", re.ASCII)

_OFFSET = len("+00:00")


def _write(value: datetime) -> str:
    if value.tzinfo is UTC:  # as nearly all come; what follows is for the others
        return value.isoformat("T", "milliseconds")[:-_OFFSET] + "Z"
    with suppress(OverflowError):  # the calendar's first and last hours cannot be told in UTC
        value = value.astimezone(UTC)
    return value.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _read(value: Any) -> datetime:
    if not isinstance(value, str):
        message = 'A DateTime is a text such as "2026-01-31T12:00:00Z".'
        raise ValueError(message)  # noqa: TRY004 - graphql-core reports ValueErrors as the caller's
    try:
        time = datetime.fromisoformat(value.upper()).astimezone(UTC)
    except (ValueError, OverflowError):
        time = None
    if time is None or not _RFC3339.match(value):
        message = f'{value!r} is not a point in time with a zone, such as "2026-01-31T12:00:00Z".'
        raise ValueError(message)
    return time


SCALARS: dict[object, ScalarDefinition] = {
    datetime: strawberry.scalar(
        name="DateTime",
        description=(
            "A point in time as RFC 3339 text. Answers are in UTC with milliseconds, such as "
            '"2026-01-31T12:00:00.000Z"; inputs may have any zone, but must have one.'
        ),
        specified_by_url="https://www.rfc-editor.org/rfc/rfc3339",
        serialize=_write,
        parse_value=_read,
    ),
}
