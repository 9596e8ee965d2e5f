"""A dict with bounds: what was not used for the longest time goes first."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from datetime import datetime
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")
Moment = TypeVar("Moment", float, datetime)


class Lru(Generic[K, V, Moment]):
    """Holds values as they are until their time is up, or until others need their place.

    There are no timers: a value past its end goes when it is asked for, or when it is the one that
    was not used for the longest time as another comes.

    Args:
        max_bytes: of all values' sizes together, as told with each.
        max_entries: values.
        now: the clock that ends are told by.
    """

    def __init__(self, *, max_bytes: int, max_entries: int, now: Callable[[], Moment]) -> None:
        self._max_bytes = max_bytes
        self._max_entries = max_entries
        self._now = now
        self._rows: OrderedDict[K, tuple[V, int, Moment]] = OrderedDict()
        self._bytes = 0

    def __len__(self) -> int:
        return len(self._rows)

    def get(self, key: K) -> V | None:
        """Return a value that is not past its end; it counts as used."""
        row = self._rows.get(key)
        if row is None:
            return None
        if row[2] <= self._now():
            self.forget(key)
            return None
        self._rows.move_to_end(key)
        return row[0]

    def put(self, key: K, value: V, size: int, until: Moment) -> None:
        """Keep a value in place of the old one; one that is larger than the bound is not kept."""
        self.forget(key)
        now = self._now()
        if size > self._max_bytes or until <= now:
            return
        self._rows[key] = (value, size, until)
        self._bytes += size
        self._trim(now)

    def _trim(self, now: Moment) -> None:
        """Let those go that were not used for longest, as far as they must or are past their end.

        The latter may take far more than their sizes tell, which are of values that share parts
        with others: once those others are gone, they hold the parts alone.
        """
        rows = self._rows
        while rows:
            _, size, until = next(iter(rows.values()))
            is_over = self._bytes > self._max_bytes or len(rows) > self._max_entries
            if until > now and not is_over:
                return
            rows.popitem(last=False)
            self._bytes -= size

    def forget(self, key: K) -> bool:
        """Let a value go; tell whether there was one."""
        row = self._rows.pop(key, None)
        if row is None:
            return False
        self._bytes -= row[1]
        return True

    def clear(self) -> None:
        """Let all go."""
        self._rows.clear()
        self._bytes = 0
