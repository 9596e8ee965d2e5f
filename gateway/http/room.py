"""How many requests may be run at once: as many as set, and no more than the core has time for."""

_BUDGET = 0.5
"""Seconds of the core that those who are in may want together: who comes in waits for so long."""

_BUSY = 0.8
"""The part of its time for which an event loop is busy, at least, that everybody waits for."""

_LOOKED_BACK = 0.5
"""Seconds over which that part is told: in a hundredth, chance makes many a loop busy."""

_BESIDE = 40e-6
"""Seconds that each request takes that is answered at once, and so is never in."""

_LEAST = 1e-6
"""Seconds that each takes at least."""

_FEW = 64
"""Requests that are always let in: where each takes much, they wait for longer."""

_TELLING = 32
"""Requests that tell what one takes."""


class Room:
    """A bound that follows what requests take, where the core is short, and only there.

    Those who wait for vendors take no time of the core. Where it has time to spare, the bound goes
    back to what is set, by a tenth at each look.

    Args:
        most: requests at once, where the core has time.

    Attributes:
        limit: requests at once.
        enough: requests at once that the core has time for, where it is short.
        done: requests that have ended since they were last counted.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._share = 0.0
        self._spent = 0.0
        self._each = 0.0
        self._inside = 0
        self.limit = self.enough = most
        self.done = 0

    def look(self, passed: float, busy: float, inside: int, beside: int = 0) -> None:
        """Look at what has happened, and set the limit.

        Args:
            passed: seconds since the last look.
            busy: of these, the event loop's own, what others had of its core with it.
            inside: requests that are in.
            beside: requests that were answered at once since the last look.
        """
        if passed > 0:
            self._share += (busy / passed - self._share) * min(1.0, passed / _LOOKED_BACK)
        self._spent += max(busy - beside * _BESIDE, 0.0)
        if self.done >= _TELLING:
            self._count(inside)
        if self._share > _BUSY:
            self.limit = self.enough
        else:
            self.limit = min(self._most, self.limit + self.limit // 10 + 1)

    def _count(self, inside: int) -> None:
        """See what each has taken; those who are in have taken half of it, more or less."""
        work = max(self.done + (inside - self._inside) / 2, 1.0)
        each = self._spent / work
        self._each = (self._each + each) / 2 if self._each else each
        self.enough = min(self._most, max(_FEW, int(_BUDGET / max(self._each, _LEAST))))
        self._spent, self.done, self._inside = 0.0, 0, inside

    def rest(self) -> None:
        """Let in as many as set: nobody is in any more."""
        self.limit = self._most
        self._share = 0.0  # of a time that is over
