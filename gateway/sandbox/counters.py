"""Counts the requests that reached an emulator, per endpoint and status."""

from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

Endpoint = tuple[str, str, str]
"""Source, method, route."""


class Counters:
    """Counts since the start or the last reset."""

    def __init__(self) -> None:
        self._running: Counter[Endpoint] = Counter()
        self.reset()

    def reset(self) -> None:
        """Forget all counts; requests under way still count in what is at once."""
        self._count: Counter[tuple[Endpoint, int]] = Counter()
        self._applied: Counter[tuple[Endpoint, int]] = Counter()
        self._peak: Counter[Endpoint] = Counter()

    @contextmanager
    def running(self, endpoint: Endpoint) -> Generator[None]:
        """Count a request as under way."""
        self._running[endpoint] += 1
        self._peak[endpoint] = max(self._peak[endpoint], self._running[endpoint])
        try:
            yield
        finally:
            self._running[endpoint] -= 1

    def add(self, endpoint: Endpoint, status: int, *, applied: bool) -> None:
        """Count a request; status 0 stands for one that got no status line."""
        self._count[endpoint, status] += 1
        self._applied[endpoint, status] += applied

    def shown(self) -> list[dict[str, Any]]:
        """Return the counts as rows."""
        return [
            {
                "source": endpoint[0],
                "method": endpoint[1],
                "route": endpoint[2],
                "status": status,
                "count": count,
                "applied": self._applied[endpoint, status],
                "peak": self._peak[endpoint],
            }
            for (endpoint, status), count in sorted(self._count.items())
        ]
