"""A vendor's rate limit: so many calls in a fixed window."""

from collections.abc import Callable
from typing import NamedTuple

NONE = "none"
"""The setting without a limit."""


class Budget(NamedTuple):
    """What is left of a window.

    Attributes:
        limit: calls a window.
        remaining: calls left, after this one; below 0 the call is one too many.
        reset_in: seconds until the next window.
    """

    limit: int
    remaining: int
    reset_in: float


class Limiter:
    """Counts calls in windows; `now` is a monotonic clock in seconds."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self.reset()

    def reset(self) -> None:
        """Start a new window with the next call."""
        self._setting: str = NONE
        self._ends = 0.0
        self._used = 0

    def spend(self, setting: str) -> Budget | None:
        """Count one call under a limit such as "6/1"; None where the limit is "none".

        A call under another limit than the last one starts a new window.
        """
        if setting == NONE:
            self.reset()
            return None
        calls, seconds = (int(part) for part in setting.split("/"))
        now = self._now()
        if now >= self._ends or setting != self._setting:
            self._setting, self._ends, self._used = setting, now + seconds, 0
        self._used += 1
        return Budget(calls, calls - self._used, self._ends - now)
