"""The floor of the cache: entries under keys for some time, in memory or in Redis."""

import time
from collections.abc import Callable
from urllib.parse import urlsplit

from gateway.store import shared
from gateway.store.memory import Memory
from gateway.store.store import Store


def open_store(
    url: str,
    *,
    max_bytes: int,
    max_entries: int,
    patience: float = 0.5,
    now: Callable[[], float] = time.monotonic,
) -> Store:
    """Return a store; it connects when it is first used.

    Args:
        url: "memory://", or "redis://host:port/db", the port and the number of the database left
            out if they are Redis's own.
        max_bytes: of what this process holds, by what entries tell of their size; at most half as
            much again is truly taken.
        max_entries: that this process holds.
        patience: seconds for one command of Redis; a slower one is as good as none.
        now: seconds, by a clock that is never put back.
    """
    parts = urlsplit(url)
    if parts.scheme == "memory":
        return Store(Memory(max_bytes=max_bytes, max_entries=max_entries, now=now))
    db = int(parts.path.strip("/") or 0)
    return shared.SharedStore(
        shared.connect(parts.hostname or "", parts.port or 6379, db, patience),
        max_bytes=max_bytes,
        max_entries=max_entries,
        patience=patience,
        now=now,
    )
