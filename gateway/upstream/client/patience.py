"""How long whoever waits for calls goes on waiting."""

import asyncio
import math
from collections.abc import Callable
from contextvars import ContextVar, Token
from types import TracebackType


class Patience:
    """A context that bounds what is done inside by a time of the event loop's clock.

    Args:
        until: when the time is up.
        too_late: makes the failure that is raised then; told whether the time went by in the line
            of a rate limit.
    """

    __slots__ = ("_timeout", "_token", "_too_late", "is_paced", "until")

    _token: Token["Patience"]

    def __init__(self, until: float, too_late: Callable[[bool], Exception]) -> None:
        self.until = until
        self.is_paced = False
        self._too_late = too_late
        self._timeout = asyncio.timeout_at(until)

    async def __aenter__(self) -> None:
        self._token = _waiting.set(self)
        await self._timeout.__aenter__()

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        late = error if isinstance(error, TimeoutError) else None
        try:
            await self._timeout.__aexit__(kind, error, traceback)
        except TimeoutError as up:
            late = up
        finally:
            _waiting.reset(self._token)
        if late is not None:
            raise self._too_late(self.is_paced) from late


_waiting: ContextVar[Patience] = ContextVar("waiting")
"""Whoever waits for the calls of this task; unset outside of a deadline."""


def seconds_left() -> float:
    """Return the seconds until the time of whoever waits is up; 0 where nobody waits."""
    waiting = _waiting.get(None)
    return waiting.until - asyncio.get_running_loop().time() if waiting else 0.0


def until() -> float:
    """Return the event loop's time when whoever waits gives up; never where nobody waits."""
    waiting = _waiting.get(None)
    return waiting.until if waiting else math.inf


def note_pace() -> None:
    """Note that whoever waits stands in the line of a rate limit as it stops waiting."""
    waiting = _waiting.get(None)
    if waiting:
        waiting.is_paced = True
