"""Counts the requests that reached an emulator, per endpoint and status."""

from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

Endpoint = tuple[str, str, str]
"""Source, method, route."""

NO_STATUS = 0
"""Stands for the status of a request that got no status line, or none yet."""


class Visit:
    """One request: counted without a status as it comes, then under the one that it gets."""

    def __init__(self, counts: "_Counts", endpoint: Endpoint) -> None:
        self._counts = counts
        self._endpoint = endpoint
        counts.requests[endpoint, NO_STATUS] += 1

    def answered(self, status: int, *, applied: bool) -> None:
        """Tell, once and before anything is sent, what it gets and whether it changed the state."""
        self._counts.requests[self._endpoint, NO_STATUS] -= 1
        self._counts.requests[self._endpoint, status] += 1
        self._counts.applied[self._endpoint, status] += applied


class _Counts:
    def __init__(self) -> None:
        self.requests: Counter[tuple[Endpoint, int]] = Counter()
        self.applied: Counter[tuple[Endpoint, int]] = Counter()
        self.running: Counter[Endpoint] = Counter()
        self.peak: Counter[Endpoint] = Counter()


class Counters:
    """Counts of the requests that came since the start or the last reset."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget all counts; requests under way count nowhere any more."""
        self._counts = _Counts()

    @contextmanager
    def visit(self, endpoint: Endpoint) -> Generator[Visit]:
        """Count a request, and as under way for as long as the block runs."""
        counts = self._counts
        counts.running[endpoint] += 1
        counts.peak[endpoint] = max(counts.peak[endpoint], counts.running[endpoint])
        try:
            yield Visit(counts, endpoint)
        finally:
            counts.running[endpoint] -= 1

    def shown(self) -> list[dict[str, Any]]:
        """Return the counts as rows; `peak` is the endpoint's, the same in all of its rows."""
        counts = self._counts
        return [
            {
                "source": endpoint[0],
                "method": endpoint[1],
                "route": endpoint[2],
                "status": status,
                "count": count,
                "applied": counts.applied[endpoint, status],
                "peak": counts.peak[endpoint],
            }
            for (endpoint, status), count in sorted(counts.requests.items())
            if count
        ]
