"""When a vendor wants to be asked again: seconds, a date, an ISO time or an epoch."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

_EPOCH = 1_000_000_000
"""A number of seconds above this (2001) is a time, not a delay."""


def _as_time(value: str) -> datetime | None:
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            time = read(value)
        except ValueError:
            continue
        return time if time.tzinfo else time.replace(tzinfo=UTC)
    return None


def seconds(value: str | None, now: datetime) -> float | None:
    """Read a Retry-After header.

    Args:
        value: the header; Outreach sends an epoch or an ISO time, HTTP knows delays and dates.
        now: the time, in UTC.

    Returns:
        Seconds from now, 0 or more; None where the header is absent or makes no sense.
    """
    if not value:
        return None
    try:
        number = float(value)
    except ValueError:
        time = _as_time(value.strip())
        return None if time is None else max(0.0, (time - now).total_seconds())
    if not 0 <= number < 10 * _EPOCH:
        return None
    return max(0.0, number - now.timestamp()) if number > _EPOCH else number
