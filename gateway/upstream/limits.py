"""Paces calls by the vendor's limit, so that it is not found by being refused."""

import asyncio
from collections import deque
from typing import Annotated

import msgspec

Limit = Annotated[str, msgspec.Meta(pattern=r"^(none|[1-9][0-9]{0,5}/[1-9][0-9]{0,4})\Z")]
"""So many calls in so many seconds, such as "6/1"; or "none"."""

_MARGIN = 0.05
"""Seconds that a window is longer here: calls do not arrive in the rhythm that they leave in."""


class Pace:
    """At most so many calls start in any window of so many seconds; others wait in line.

    Args:
        limit: "calls/seconds", or "none".
    """

    def __init__(self, limit: str) -> None:
        calls, _, seconds = limit.partition("/")
        self._seconds = float(seconds or 0) + _MARGIN
        self._starts: deque[float] | None = None if limit == "none" else deque(maxlen=int(calls))
        self._line = asyncio.Lock()

    @property
    def is_limited(self) -> bool:
        """Whether there is a limit."""
        return self._starts is not None

    @property
    def is_busy(self) -> bool:
        """Whether somebody waits."""
        return self._line.locked()

    async def turn(self) -> None:
        """Wait until one more call may start; those who wait are served in order."""
        starts = self._starts
        if starts is None:
            return
        async with self._line:
            now = asyncio.get_running_loop().time()
            if len(starts) == starts.maxlen:
                await asyncio.sleep(starts[0] + self._seconds - now)
            starts.append(asyncio.get_running_loop().time())
