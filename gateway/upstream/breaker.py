"""Stops asking what does not answer, so that nobody waits for it and it can come to itself.

There is one breaker for each route and method: a vendor may fail in one thing and do well in all
else, and a read that fails tells nothing of a write.

The numbers: three of four calls, of ten or more within half a minute, are no accident, and ten are
more than any one query makes of a call that fails. A source that fails less often is of use: reads
are tried twice, and writes again by who asked. Five seconds are the patience of a list: whoever
comes again after a failure finds that it was tried meanwhile, by one call.
"""

WINDOW = 30.0
"""Seconds whose calls count, those of the half before last no more."""

LEAST_CALLS = 10
"""Calls within the window before they tell anything."""

MOST_FAILED = 0.75
"""The part of them that opens it."""

REST = 5.0
"""Seconds without a call, and between two calls that try."""


class Breaker:
    """Counts how calls went; open, it lets none through but now and then one that tries.

    Times are seconds of one clock.
    """

    __slots__ = ("_failed", "_half_ends", "_next_try", "_opened", "_sent")

    def __init__(self) -> None:
        self._sent = [0, 0]  # the half before, and the present one
        self._failed = [0, 0]
        self._half_ends = 0.0
        self._opened = False
        self._next_try = 0.0

    @property
    def is_open(self) -> bool:
        """Whether calls are not sent, but for those that try."""
        return self._opened

    def wait(self, now: float) -> float:
        """Return the seconds until a call may be sent; 0 for one that may be now."""
        return max(0.0, self._next_try - now) if self._opened else 0.0

    def begin(self, now: float) -> None:
        """Note that a call is sent; none is beside one that tries."""
        if self._opened:
            self._next_try = now + REST

    def good(self, now: float) -> None:
        """Note that a call was answered; one that tried closes the breaker."""
        if self._opened:
            self._opened = False
            self._sent, self._failed = [0, 0], [0, 0]
        self._count(now)

    def bad(self, now: float) -> None:
        """Note that a call failed by the source's fault."""
        if self._opened:
            self._next_try = now + REST
            return
        self._count(now)
        self._failed[1] += 1
        sent = sum(self._sent)
        if sent >= LEAST_CALLS and sum(self._failed) >= MOST_FAILED * sent:
            self._opened = True
            self._next_try = now + REST

    def left(self, now: float) -> None:
        """Note that a call was given up by its caller; if it tried, another one may."""
        if self._opened:
            self._next_try = now

    def _count(self, now: float) -> None:
        if now >= self._half_ends:
            is_next = now < self._half_ends + WINDOW / 2
            self._sent = [self._sent[1] if is_next else 0, 0]
            self._failed = [self._failed[1] if is_next else 0, 0]
            self._half_ends = now + WINDOW / 2
        self._sent[1] += 1


class Breakers:
    """A source's breakers."""

    def __init__(self) -> None:
        self._breakers: dict[tuple[str, str], Breaker] = {}

    def of(self, method: str, route: str) -> Breaker:
        """Return the breaker of a route, which has no ids in it, and a method."""
        place = (method, route)
        breaker = self._breakers.get(place)
        if breaker is None:
            breaker = self._breakers[place] = Breaker()
        return breaker
