"""Points in time, as answers write them."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schema.types.scalars import SCALARS

EAST = timezone(timedelta(hours=2))

write: Any = SCALARS[datetime].serialize


@pytest.mark.parametrize(
    ("time", "text"),
    [
        (datetime(2026, 1, 31, 12, tzinfo=UTC), "2026-01-31T12:00:00.000Z"),
        (datetime(2026, 1, 31, 12, 0, 1, 999_999, UTC), "2026-01-31T12:00:01.999Z"),
        (datetime(1, 1, 1, tzinfo=UTC), "0001-01-01T00:00:00.000Z"),
        (datetime.max.replace(tzinfo=UTC), "9999-12-31T23:59:59.999Z"),
        (datetime(2026, 1, 31, 12, tzinfo=timezone(timedelta(0))), "2026-01-31T12:00:00.000Z"),
        (datetime(2026, 1, 31, 12, tzinfo=EAST), "2026-01-31T10:00:00.000Z"),
        (datetime(1, 1, 1, tzinfo=EAST), "0001-01-01T00:00:00.000+02:00"),
    ],
)
def test_a_time_is_written_in_utc_with_milliseconds(time: datetime, text: str) -> None:
    assert write(time) == text


@given(st.datetimes(timezones=st.just(UTC)))
def test_a_time_in_utc_is_written_as_the_same_time_of_another_zone(time: datetime) -> None:
    assert write(time) == write(time.replace(tzinfo=timezone(timedelta(0), "Zulu")))
