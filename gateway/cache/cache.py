"""Answers that are kept, and loads that are shared."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from enum import Enum
from typing import Any, Protocol

from gateway.cache.flights import Flights
from gateway.cache.keys import Key
from gateway.cache.shared_versions import versions_over
from gateway.errors import Throttled, TimedOut, UpstreamFailure
from gateway.store.entry import Entry
from gateway.store.store import Store

MISSING_SECONDS = 10.0
"""For so long it is known that something is missing, and no longer than if it were there."""


_GRACE, _MOST_GRACE = 0.1, 30.0
"""The part of its time, and seconds at most, for which an answer is given while it is renewed."""

_HANGS = timedelta(seconds=10)
"""For so long it is known of a source that it did not answer in time."""


class How(Enum):
    """How an answer was come by."""

    KEPT = "kept"
    SENT = "sent"
    JOINED = "joined"
    STALE = "stale"


class Spare(Protocol):
    """What is done where a kept answer is at hand that is past its time, but not by too much."""

    def may_renew(self) -> bool:
        """Tell whether the source does well, so that an answer may be renewed beside."""
        ...

    def renew(self, entry: Entry) -> None:
        """Begin to load the answer beside, and to keep it, if that is not under way."""
        ...

    async def load(self, entry: Entry, *, is_late: bool) -> Entry:
        """Load the answer and keep it, but give up waiting in time for the old one to be given.

        Args:
            entry: the old one.
            is_late: whether the source did not answer in time a moment ago.
        """
        ...


class Cache:
    """Keeps answers until their time is up, and some time beyond for when there are no others.

    Args:
        store: where they are kept.
        now: the clock that an entry's end is told by.
        stale: seconds past its end for which an answer may be given while its source is in
            trouble; 0 is never.

    Attributes:
        versions: of what the answers hold; those who share the store share them.
        slots: turns that they share; None where this process is alone.
    """

    def __init__(self, store: Store, now: Callable[[], datetime], stale: float = 0.0) -> None:
        self.versions = versions_over(store)
        self.slots = store.slots
        self.stale = timedelta(seconds=stale)
        self._store = store
        self._now = now
        self._flights = Flights()

    async def peek(self, key: Key) -> Entry | None:
        """Return a kept answer that is not past its end; it counts as used."""
        entry = await self._store.get(key)
        return entry if entry is not None and entry.until > self._now() else None

    async def get_or_load(
        self,
        key: Key,
        seconds: float,
        load: Callable[[], Awaitable[Entry]],
        *,
        state: Any = None,
        on_leave: Callable[[Any], object] | None = None,
        spare: Spare | None = None,
    ) -> tuple[Entry, How]:
        """Return an answer: the kept one, or the one that is under way, or one loaded now.

        Args:
            key: of the answer.
            seconds: to keep it for; 0 keeps nothing, and shares what is under way all the same.
            load: gets the answer. Its failure is raised by all who wait, and nothing is kept.
            state: what this load tells of itself, as for `Flights.share`.
            on_leave: told the state of the load under way if this caller is cancelled.
            spare: lets an answer past its time be given: while it is renewed, if it is so by
                little, or if no newer one can be had, which its `trouble` tells then.
        """
        is_far = self._store.is_far
        old = await self._store.get(key) if seconds > 0 and not is_far else None
        if old is not None and self._is_good(old, seconds, spare):
            return old, How.KEPT

        async def load_and_keep() -> tuple[Entry, How]:
            # A look that takes a while is shared too: else the load that one began might end
            # before another has seen that nothing was kept.
            found = await self._store.get(key) if seconds > 0 and is_far else old
            if is_far and found is not None and self._is_good(found, seconds, spare):
                return found, How.KEPT
            if found is not None and spare is not None and self._is_spare(found):
                return await self._spared(found, spare)
            entry = await load()
            await self.keep(key, entry, seconds)
            return entry, How.SENT

        (entry, how), is_own = await self._flights.share(
            key, load_and_keep, state=state, on_leave=on_leave
        )
        return entry, how if is_own or how is not How.SENT else How.JOINED

    async def keep(self, key: Key, entry: Entry, seconds: float) -> None:
        """Keep an answer for some seconds; for none it is not kept."""
        now, beyond = self._now(), self.stale
        if entry.missing:
            seconds, beyond = min(seconds, MISSING_SECONDS), timedelta()
        if seconds <= 0:
            return
        entry.until = min(entry.until, now + timedelta(seconds=seconds))
        await self._store.set(key, entry, (entry.until + beyond - now).total_seconds())

    def blame(self, entry: Entry, failure: UpstreamFailure) -> None:
        """Note why no newer answer could be had."""
        entry.trouble, entry.tried_at = failure.to_keep(), self._now()

    async def _spared(self, entry: Entry, spare: Spare) -> tuple[Entry, How]:
        """Load an answer whose old one is at hand, or give that."""
        try:
            return await spare.load(entry, is_late=self._is_late(entry)), How.SENT
        except UpstreamFailure as failure:
            if not failure.is_outage and not isinstance(failure, Throttled):
                raise
            self.blame(entry, failure)
            return entry, How.STALE

    def _is_late(self, entry: Entry) -> bool:
        tried_at = entry.tried_at if isinstance(entry.trouble, TimedOut) else None
        return tried_at is not None and tried_at + _HANGS > self._now()

    def _is_good(self, entry: Entry, seconds: float, spare: Spare | None) -> bool:
        """Tell whether an answer may be given; one that is so for the last time is renewed."""
        now = self._now()
        if entry.until > now:
            return True
        if spare is None or entry.trouble is not None or not self._is_spare(entry):
            return False
        grace = timedelta(seconds=min(_GRACE * seconds, _MOST_GRACE))
        if entry.until + min(grace, self.stale) <= now or not spare.may_renew():
            return False
        spare.renew(entry)
        return True

    def _is_spare(self, entry: Entry) -> bool:
        """Tell whether an answer past its time is better than none."""
        return (
            not entry.missing and not entry.is_doubtful and entry.until + self.stale > self._now()
        )
