"""How long whoever waits for calls goes on waiting."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from contextvars import ContextVar


class _Waiting:
    """Whoever waits for calls.

    Attributes:
        until: when the time is up, by the event loop's clock.
        is_paced: whether the time went by in the line of a rate limit.
    """

    def __init__(self, until: float) -> None:
        self.until = until
        self.is_paced = False


_waiting: ContextVar[_Waiting] = ContextVar("waiting")
"""Whoever waits for the calls of this task; unset outside of a deadline."""


class TimeIsUpError(Exception):
    """The time is up; `is_paced` tells whether it went by in the line of a rate limit."""

    def __init__(self, *, is_paced: bool) -> None:
        super().__init__(is_paced)
        self.is_paced = is_paced


@asynccontextmanager
async def patience(until: float) -> AsyncGenerator[None]:
    """Bound what is done inside by a time of the event loop's clock.

    Raises:
        TimeIsUpError: when it has come.
    """
    waiting = _Waiting(until)
    token = _waiting.set(waiting)
    try:
        async with asyncio.timeout_at(until):
            yield
    except TimeoutError:
        raise TimeIsUpError(is_paced=waiting.is_paced) from None
    finally:
        _waiting.reset(token)


def seconds_left() -> float:
    """Return the seconds until the time of whoever waits is up; 0 where nobody waits."""
    waiting = _waiting.get(None)
    return waiting.until - asyncio.get_running_loop().time() if waiting else 0.0


def note_pace() -> None:
    """Note that whoever waits stands in the line of a rate limit as it stops waiting."""
    waiting = _waiting.get(None)
    if waiting:
        waiting.is_paced = True
