"""The part of a quota that gateways share: turns that are taken from Redis, several at a time."""

import asyncio
import math
from collections import deque
from collections.abc import Sequence

from gateway.store.link import LostError
from gateway.store.slots import Slots, TooLongError

_MARGIN, _MOST_MARGIN = 0.04, 1.0
"""The part by which a window is longer here, and seconds at most: for so long a turn is good."""

_LONG = 0.1
"""Seconds for which turns must be good to be taken before they are wanted."""

_MOST_AHEAD = 64
"""Turns that are taken before they are wanted: those that nobody wants after all are lost."""

_SHARE = 4
"""A window's part that one gateway takes at a time, so that others come between."""

_REST = 1.0
"""Seconds for which a gateway paces for itself once Redis has failed."""

_QUIET = 0.05
"""Seconds for which no turn is asked for, at least, where none comes in time."""

_HORIZON = 60.0
"""Seconds ahead that a turn may be taken, at most."""


class Shared:
    """Turns that this gateway has. Times are the event loop's.

    Args:
        slots: hands them out.
        name: whose they are.
        windows: calls and seconds, at least one.
    """

    def __init__(self, slots: Slots, name: str, windows: Sequence[tuple[int, float]]) -> None:
        margins = [min(_MOST_MARGIN, _MARGIN * seconds) for _, seconds in windows]
        self._slots = slots
        self._name = name
        self._windows = [
            (calls, seconds + margin)
            for (calls, seconds), margin in zip(windows, margins, strict=True)
        ]
        self._good_for = min(margins)
        self._share = max(1, min(calls for calls, _ in windows) // _SHARE)
        self._ahead = 1
        self._turns: deque[float] = deque()
        self._alone_until = -math.inf
        self._quiet_until = -math.inf

    def at(self, now: float) -> float | None:
        """Return when the next turn of this gateway is; None where it has none."""
        if now < self._alone_until:
            return now
        turns = self._turns
        while turns and turns[0] + self._good_for < now:
            turns.popleft()
            self._ahead = 1
        if turns:
            return turns[0]
        return self._quiet_until if now < self._quiet_until else None

    def use(self) -> None:
        """Use the next turn."""
        if self._turns:
            self._turns.popleft()

    def give_back(self, now: float) -> None:
        """Have a turn again that was not used after all."""
        self._turns.appendleft(now)

    async def take(self, wanted: int, until: float) -> float | None:
        """Take turns.

        Args:
            wanted: calls that wait for one.
            until: the time after which none of them waits any more.

        Returns:
            None; or, where none comes in time, when the next one would.
        """
        loop = asyncio.get_running_loop()
        most = min(wanted, self._share)
        if self._good_for >= _LONG:
            most = min(max(most, self._ahead), self._share)
            self._ahead = min(2 * self._ahead, _MOST_AHEAD)
        horizon = min(max(until - loop.time(), 0.0), _HORIZON)
        try:
            waits = await self._slots.take(
                self._name, self._windows, most=most, horizon=horizon, early=0.0
            )
        except TooLongError as error:
            now = loop.time()
            self._quiet_until = now + max(_QUIET, error.seconds - _HORIZON)
            return now + error.seconds
        except LostError:
            self._alone_until = loop.time() + _REST
            return None
        now = loop.time()
        self._turns.extend(now + wait for wait in waits)
        return None
