"""The store in a Redis that several gateways share."""

import math
from collections.abc import Callable, Mapping, Sequence

from gateway.store.counters import Counters
from gateway.store.entry import Entry
from gateway.store.link import Link, LostError
from gateway.store.lru import Lru
from gateway.store.slots import Slots
from gateway.store.store import Store


class SharedStore(Store):
    """Entries in Redis; where it fails, there are none.

    Args:
        link: the way to Redis.
        max_bytes: of the entries that this process holds, so that what was made of an entry is
            made once.
        max_entries: likewise.
        now: seconds, by a clock that is never put back.
    """

    is_far = True

    def __init__(
        self, link: Link, *, max_bytes: int, max_entries: int, now: Callable[[], float]
    ) -> None:
        super().__init__(link.backend)
        self.counters = Counters(link)
        self.slots = Slots(link)
        self._link = link
        self._held: Lru[str, Entry, float] = Lru(
            max_bytes=max_bytes, max_entries=max_entries, now=now
        )

    async def get(self, key: str) -> Entry | None:
        """Return an entry, the same object again as long as its bytes are the same."""
        return (await self.get_many([key])).get(key)

    async def get_many(self, keys: Sequence[str]) -> Mapping[str, Entry]:
        """Return the entries that there are, in one command."""
        if not keys:
            return {}
        try:
            found = await self._link.ask(super().get_many, keys)
        except LostError:
            return {}
        return {key: self._same(key, entry) for key, entry in found.items()}

    async def set(self, key: str, entry: Entry, seconds: float) -> None:
        """Keep an entry if Redis can be reached."""
        if seconds * 1000 < 1:
            return
        self._held.put(key, entry, entry.size, math.inf)
        try:
            await self._link.ask(super().set, key, entry, seconds)
        except LostError:
            return

    async def is_reached(self) -> bool:
        """Ask Redis for a sign of life, unless it rests."""
        try:
            await self._link.ask(self._link.client.ping)
        except LostError:
            return False
        return True

    def _same(self, key: str, entry: Entry) -> Entry:
        held = self._held.get(key)
        # Its end may have been put forward here, for what was found in it.
        if held and (held.fetched_at, held.body) == (entry.fetched_at, entry.body):
            return held
        self._held.put(key, entry, entry.size, math.inf)
        return entry

    async def close(self) -> None:
        """Close connections, when the commands under way have had their time."""
        await self._link.close()
