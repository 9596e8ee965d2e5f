"""Answers that are kept, and loads that are shared."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from enum import Enum
from typing import Any

from gateway.cache.flights import Flights
from gateway.cache.keys import Key
from gateway.cache.shared_versions import versions_over
from gateway.store.entry import Entry
from gateway.store.store import Store

MISSING_SECONDS = 10.0
"""For so long it is known that something is missing, and no longer than if it were there."""


class How(Enum):
    """How an answer was come by."""

    KEPT = "kept"
    SENT = "sent"
    JOINED = "joined"


class Cache:
    """Keeps answers until their time is up.

    Args:
        store: where they are kept.
        now: the clock that an entry's end is told by.

    Attributes:
        versions: of what the answers hold; those who share the store share them.
    """

    def __init__(self, store: Store, now: Callable[[], datetime]) -> None:
        self.versions = versions_over(store)
        self._store = store
        self._now = now
        self._flights = Flights()

    async def peek(self, key: Key) -> Entry | None:
        """Return a kept answer that is not past its end; it counts as used."""
        return self._fresh(await self._store.get(key))

    async def get_or_load(
        self,
        key: Key,
        seconds: float,
        load: Callable[[], Awaitable[Entry]],
        *,
        state: Any = None,
        on_leave: Callable[[Any], object] | None = None,
    ) -> tuple[Entry, How]:
        """Return an answer: the kept one, or the one that is under way, or one loaded now.

        Args:
            key: of the answer.
            seconds: to keep it for; 0 keeps nothing, and shares what is under way all the same.
            load: gets the answer. Its failure is raised by all who wait, and nothing is kept.
            state: what this load tells of itself, as for `Flights.share`.
            on_leave: told the state of the load under way if this caller is cancelled.
        """
        is_far = self._store.is_far
        entry = await self.peek(key) if seconds > 0 and not is_far else None
        if entry is not None:
            return entry, How.KEPT

        async def load_and_keep() -> tuple[Entry, How]:
            # A look that takes a while is shared too: else the load that one began might end
            # before another has seen that nothing was kept.
            entry = await self.peek(key) if seconds > 0 and is_far else None
            if entry is not None:
                return entry, How.KEPT
            entry = await load()
            await self.keep(key, entry, seconds)
            return entry, How.SENT

        (entry, how), is_own = await self._flights.share(
            key, load_and_keep, state=state, on_leave=on_leave
        )
        return entry, how if is_own or how is How.KEPT else How.JOINED

    async def keep(self, key: Key, entry: Entry, seconds: float) -> None:
        """Keep an answer for some seconds; for none it is not kept."""
        now = self._now()
        if entry.missing:
            seconds = min(seconds, MISSING_SECONDS)
        if seconds <= 0:
            return
        entry.until = min(entry.until, now + timedelta(seconds=seconds))
        await self._store.set(key, entry, (entry.until - now).total_seconds())

    def _fresh(self, entry: Entry | None) -> Entry | None:
        return entry if entry is not None and entry.until > self._now() else None
