"""What DevRev is known to serve of what no page of its confirms."""

from collections.abc import Callable, Hashable
from datetime import datetime, timedelta

_HELD = timedelta(minutes=10)
"""How long a no holds: it may have come of a passing trouble."""


class Served:
    """Remembers what was found out.

    Args:
        now: the clock.
    """

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._yes: set[Hashable] = set()
        self._no: dict[Hashable, datetime] = {}

    def get(self, thing: Hashable) -> bool | None:
        """Tell whether a thing is served; None where that is not known, or not any more."""
        if thing in self._no and self._no[thing] <= self._now():
            del self._no[thing]
        return False if thing in self._no else (thing in self._yes) or None

    def note(self, thing: Hashable, *, is_served: bool) -> None:
        """Note that a thing is served, for as long as the process runs, or that it is not."""
        self._yes.discard(thing)
        self._no.pop(thing, None)
        if is_served:
            self._yes.add(thing)
        else:
            self._no[thing] = self._now() + _HELD
