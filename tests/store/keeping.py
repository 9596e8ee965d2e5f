"""What tests of the store and of the cache share: a clock to turn, and entries."""

from datetime import UTC, datetime, timedelta
from typing import Any

from gateway.store.entry import Entry


class Clock:
    """A clock that only a test turns."""

    def __init__(self) -> None:
        self.now = datetime(2026, 1, 1, tzinfo=UTC)

    def moment(self) -> datetime:
        return self.now

    def seconds(self) -> float:
        return self.now.timestamp()

    def turn(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    def entry(self, body: bytes = b"{}", *, seconds: float = 1000, **more: Any) -> Entry:
        return Entry(body, self.now, self.now + timedelta(seconds=seconds), **more)
