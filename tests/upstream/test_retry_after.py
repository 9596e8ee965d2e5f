from datetime import UTC, datetime

import pytest

from gateway.upstream.retry_after import seconds

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(("value", "expected"), [
    (None, None), ("", None), ("soon", None), ("-1", None), ("nan", None), ("inf", None),
    ("0", 0), ("30", 30), ("1.5", 1.5),
    (str(int(NOW.timestamp()) + 20), 20), (str(int(NOW.timestamp()) - 20), 0),
    ("2026-03-01T12:00:10Z", 10), ("2026-03-01T12:00:10", 10), ("2026-03-01T13:00:10+01:00", 10),
    ("Sun, 01 Mar 2026 12:01:00 GMT", 60), ("Sun, 01 Mar 2026 11:00:00 GMT", 0),
])  # fmt: skip
def test_every_form_that_vendors_send(value: str | None, expected: float | None) -> None:
    assert seconds(value, NOW) == expected
