"""How many calls a vendor takes: by the setting, and by what its answers tell."""

import math
from collections import deque
from typing import Annotated

from msgspec import Meta

from gateway.upstream.rates import Rates

_WINDOW = r"[1-9][0-9]{0,5}/[1-9][0-9]{0,4}"

Limit = Annotated[
    str,
    Meta(
        pattern=rf"^(none|{_WINDOW}(,{_WINDOW}){{0,3}})\Z",
        description="calls/seconds such as 6/1, several such as 6/1,10000/3600, or none; those "
        "who share a Redis share them",
    ),
]
"""So many calls in so many seconds, such as "6/1", of up to four windows at once; or "none"."""

_MARGIN, _MOST_MARGIN = 0.01, 0.5
"""The part by which a window is longer here, and seconds at most."""

_SLACK, _MOST_SLACK = 0.25, 1.0
"""The part of a window, and seconds at most, that a call may come late by at its vendor.

Calls do not arrive in the rhythm that they leave in, and a vendor must not see a window with one
too many. So a call counts as begun later by what its answer took longer than answers take at best;
and by all of this until it has one.
"""

_DRIFT = 0.04
"""The part by which the best time of an answer comes nearer to each that took longer."""

_LEAST_TRUSTED = 300.0
"""Seconds that a vendor may hold the gateway off for, at least; else as long as a window takes.

One that tells of a time far ahead is asked again before: it may have made it up.
"""

_SAME_WINDOW = 2.0
"""Seconds by which a vendor's answers of one window may differ in when it ends."""


def windows(limit: str) -> tuple[tuple[int, float], ...]:
    """Return the windows of a limit: calls and seconds; none where there is no limit."""
    pairs = [one.split("/") for one in limit.split(",") if one != "none"]
    return tuple((int(calls), float(seconds)) for calls, seconds in pairs)


class Quota:
    """When the next call may begin. Does nothing itself; times are seconds of one clock.

    A window slides: there is no moment at which it holds more calls than its number.

    Args:
        limit: as `Limit` has it.
    """

    def __init__(self, limit: str) -> None:
        self._set = windows(limit)
        self._seconds = [seconds for _, seconds in self._set]
        self._longest = max([_LEAST_TRUSTED, *self._seconds])
        shortest = min(self._seconds, default=0.0)
        self._margin = min(_MOST_MARGIN, _MARGIN * shortest)
        self._slack = min(_MOST_SLACK, _SLACK * shortest)
        self._best = 0.0
        self._calls: deque[list[float]] = deque()
        self._policy: Rates | None = None
        self._granted = 0
        self._held_until = -math.inf
        self._left: int | None = None
        self._left_until = -math.inf
        self._use(self._set)

    def __len__(self) -> int:
        """Count the calls that are remembered."""
        return len(self._calls)

    def at(self, now: float, nth: int = 1) -> float:
        """Return when the nth call from now on may begin; at once if that is not after now."""
        nth += self._granted
        at = self._held_until
        for calls, seconds in self._windows:
            free = self._free_at(now, nth, calls, seconds)
            at = max(at, free)
        if self._left is not None:
            if self._left_until <= now:
                self._left = None
            elif nth > self._left:
                at = max(at, self._left_until)
        return at

    def _free_at(self, now: float, nth: int, calls: int, seconds: float) -> float:
        """Return when the nth call fits into a window, if all before it begin when they may."""
        rounds, rest = divmod(nth - 1, calls)
        place = len(self._calls) - calls + rest
        if place < 0:
            return now + rounds * seconds if rounds else -math.inf
        free = self._calls[place][0] + seconds
        return max(free, now) + rounds * seconds if rounds else free

    def grant(self, change: int = 1) -> None:
        """Count a call as begun that will be in a moment; or, by -1, no more."""
        self._granted += change

    def begin(self, now: float) -> list[float] | None:
        """Note that a call begins; return what is to be told when it ends, if anything is.

        That is when it counts as begun, and when it did begin.
        """
        if self._left is not None:
            self._left -= 1
        if not self._windows:
            return None
        call = [now + self._slack + self._margin, now]
        calls = self._calls
        while calls and calls[0][0] + self._reach < now:
            calls.popleft()
        calls.append(call)
        return call

    def end(self, call: list[float], now: float) -> None:
        """Note that a call was answered, and so about when it came."""
        took = now - call[1]
        self._best = min(took, self._best + _DRIFT * (took - self._best))
        call[0] = call[1] + min(took - self._best, self._slack) + self._margin

    def take_back(self, call: list[float] | None) -> None:
        """Note that the call that began just now was not sent."""
        if call is not None and self._calls and self._calls[-1] is call:
            self._calls.pop()

    def hold(self, seconds: float, now: float) -> None:
        """Let no call begin for some seconds; by what a refusal told."""
        self._held_until = max(self._held_until, now + min(seconds, self._longest))

    def refused(self, told: float | None, now: float) -> None:
        """Note that a call was one too many.

        Args:
            told: seconds to wait for, by the vendor; else the shortest window is over then.
            now: the time.
        """
        wait = min(self._seconds, default=0.0) if told is None else told
        if wait > 0:
            self.hold(wait, now)

    def correct(self, rates: Rates, now: float, under_way: int) -> None:
        """Take what an answer tells of the vendor's own count.

        Args:
            rates: that.
            now: the time.
            under_way: other calls that have no answer yet, and that it may not have counted.
        """
        if rates.policies and self._policy != rates:
            self._narrow(rates)
        remaining = rates.remaining
        if remaining is None:
            return
        if rates.resets_in is None:
            if remaining == 0 and self._seconds and self._is_news(rates, remaining, now):
                self.hold(min(self._seconds), now)
            return
        until = now + min(rates.resets_in, self._longest)
        is_another = until > self._left_until + _SAME_WINDOW
        if self._is_news(rates, remaining, now):
            left = max(0, remaining - under_way)
            known = None if is_another else self._left
            self._left = left if known is None else min(left, known)
            self._left_until = until
        elif is_another:
            self._left = None

    def _is_news(self, rates: Rates, remaining: int, now: float) -> bool:
        """Tell whether others have spent some of a window, so that its calls here do not tell."""
        if not self._windows:
            return True
        fitting = [one for one in self._windows if one[0] == rates.limit]
        calls, seconds = max(fitting or self._windows, key=_seconds)
        used = calls - remaining
        if used <= 0:
            return False
        place = len(self._calls) - used
        return place < 0 or self._calls[place][0] <= now - seconds

    def _narrow(self, rates: Rates) -> None:
        """Take a vendor's windows where they are narrower than the setting's."""
        self._policy = rates
        found = {seconds: calls for calls, seconds in self._set}
        shortest = min(self._seconds, default=None)
        for calls, seconds in rates.policies:
            own = shortest if seconds is None else min(seconds, self._longest)
            if own is not None and calls > 0:
                found[own] = min(calls, found.get(own, calls))
        self._use(tuple((calls, seconds) for seconds, calls in found.items()))

    def _use(self, found: tuple[tuple[int, float], ...]) -> None:
        self._windows = found
        most = max((calls for calls, _ in found), default=0)
        self._reach = max((seconds for _, seconds in found), default=0.0)
        self._calls = deque(self._calls, maxlen=most)


def _seconds(window: tuple[int, float]) -> float:
    return window[1]
