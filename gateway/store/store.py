"""Entries under keys, over aiocache."""

from collections.abc import Mapping, Sequence
from typing import Any

from gateway.store.counters import Counters
from gateway.store.entry import Entry
from gateway.store.slots import Slots


class Store:
    """Keeps entries under keys for some time.

    Args:
        backend: a cache of aiocache, which has no types; what it answers is told here.
    """

    is_far = False
    """Whether a look takes a while, in which other things happen."""
    counters: Counters | None = None
    """Numbers that all see who share the store; None where this process is alone."""
    slots: Slots | None = None
    """Turns that they share; None likewise."""

    def __init__(self, backend: Any) -> None:
        self._backend = backend

    async def get(self, key: str) -> Entry | None:
        """Return the entry under a key."""
        return await self._backend.get(key)

    async def get_many(self, keys: Sequence[str]) -> Mapping[str, Entry]:
        """Return the entries that there are, by key."""
        found: Sequence[Entry | None] = await self._backend.multi_get(keys)
        return {key: one for key, one in zip(keys, found, strict=False) if one is not None}

    async def set(self, key: str, entry: Entry, seconds: float) -> None:
        """Keep an entry for some seconds; for none it is not kept."""
        if seconds > 0:  # for aiocache 0 is for ever
            await self._backend.set(key, entry, ttl=float(seconds))

    async def is_reached(self) -> bool:
        """Tell whether entries can be had at all."""
        return True

    async def close(self) -> None:
        """Close connections."""
        await self._backend.close()
