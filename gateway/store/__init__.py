"""The floor of the cache: entries under keys for some time, in memory or in Redis."""

import time
from collections.abc import Callable
from urllib.parse import urlsplit

from gateway.store.link import Link
from gateway.store.memory import Memory
from gateway.store.records import MemoryRecords, Records, SharedRecords
from gateway.store.shared import SharedStore
from gateway.store.store import Store

_PATIENCE = 0.5


def open_store(
    url: str,
    *,
    max_bytes: int,
    max_entries: int,
    patience: float = _PATIENCE,
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
    link = _link(url, patience, now)
    if link is None:
        return Store(Memory(max_bytes=max_bytes, max_entries=max_entries, now=now))
    return SharedStore(link, max_bytes=max_bytes, max_entries=max_entries, now=now)


def open_records(
    url: str, *, patience: float = _PATIENCE, now: Callable[[], float] = time.monotonic
) -> Records:
    """Return records, over connections of their own, which are made when they are first used.

    Args:
        url: as for `open_store`.
        patience: seconds for one command of Redis; what a slower one does is not known.
        now: seconds, by a clock that is never put back.
    """
    link = _link(url, patience, now)
    return MemoryRecords(now) if link is None else SharedRecords(link)


def _link(url: str, patience: float, now: Callable[[], float]) -> Link | None:
    """Return the way to a Redis; None where the store is this process's memory."""
    parts = urlsplit(url)
    if parts.scheme == "memory":
        return None
    db = int(parts.path.strip("/") or 0)
    return Link(parts.hostname or "", parts.port or 6379, db, patience, now)
