"""The store in this process's memory."""
# aiocache has no types.
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false

import math
from collections.abc import Callable, Sequence

from aiocache.base import BaseCache
from aiocache.serializers import NullSerializer

from gateway.store.entry import Entry
from gateway.store.lru import Lru


class Memory(BaseCache):
    """A backend of aiocache with bounds and without timers; it holds entries as they are.

    Args:
        max_bytes: of all entries' sizes together.
        max_entries: entries.
        now: seconds, by a clock that is never put back.
    """

    NAME = "memory"

    def __init__(self, *, max_bytes: int, max_entries: int, now: Callable[[], float]) -> None:
        # A time-out would cost more than the look-up.
        super().__init__(serializer=NullSerializer(), timeout=0)
        self._now = now
        self._rows: Lru[str, Entry, float] = Lru(
            max_bytes=max_bytes, max_entries=max_entries, now=now
        )

    async def _get(self, key: str, *_: object, **__: object) -> Entry | None:
        return self._rows.get(key)

    async def _multi_get(self, keys: Sequence[str], *_: object, **__: object) -> list[Entry | None]:
        return [self._rows.get(key) for key in keys]

    async def _set(
        self, key: str, value: Entry, ttl: float | None, *_: object, **__: object
    ) -> bool:
        self._rows.put(key, value, value.size, math.inf if ttl is None else self._now() + ttl)
        return True
