"""One source's part of a list: its rows in the list's order, from a place on."""

import asyncio
import logging
import time
from bisect import bisect_left
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import AbstractAsyncContextManager
from itertools import islice
from operator import itemgetter
from typing import Any, Generic, Protocol, TypeVar

from gateway.adapter import Batch
from gateway.cursor import Place
from gateway.errors import BadResponse, Missing, Rejected, UpstreamFailure
from gateway.merge.order import Key, Order
from gateway.upstream.together import together
from gateway.upstream.trace import Trace
from schema.types.source import Source
from schema.types.sources import SourceError, SourceReport, SourceStatus

_key = itemgetter(0)

_log = logging.getLogger("stagegraph.merge")


class HasId(Protocol):
    """A row."""

    @property
    def id(self) -> str:
        """The global id."""
        ...


T = TypeVar("T", bound=HasId)


class Shape(Generic[T]):
    """What a list looks like, the same for all its sources.

    Args:
        matches: whether a row is of the list.
        notice: told of the rows that are read, wanted or not.
        order: of the rows.
        backward: whether the list is read from its end.
    """

    def __init__(
        self,
        matches: Callable[[T], bool],
        notice: Callable[[Sequence[T]], object],
        order: Order,
        *,
        backward: bool,
    ) -> None:
        self.matches = matches
        self.notice = notice
        self.order = order
        self.backward = backward

    def is_before(self, one: Place, other: Place) -> bool:
        """Tell whether a place is met before another in the direction of reading."""
        first, second = self.order.key(one), self.order.key(other)
        return second < first if self.backward else first < second


class Bounds:
    """Between which places of a source rows are wanted; None is open."""

    def __init__(self, after: Place | None, before: Place | None) -> None:
        self.after = after
        self.before = before


class Reader(Generic[T]):
    """Reads one source as far as a page needs it.

    Rows in a vendor's own order are read page by page: those with a value that the vendor has
    passed can be given out, sorted by id where values are equal; nulls wait for the end, wherever
    the vendor has them. Everything else is read whole and sorted here. So is a list read from its
    end, which starts with the nulls.

    Args:
        source: whose rows.
        rows: its pages; not begun before the first `fill`.
        trace: counts the calls of `rows`.
        shape: the list.
        bounds: which part of it.
        in_order: whether the vendor gives the rows in the list's order, unless a batch denies it.
        count: asks the vendor for the number of rows; a count of None is unknown.
        deadline: makes a bound for what the source does, counted from a time of the event loop.
    """

    def __init__(
        self,
        source: Source,
        rows: AsyncIterator[Batch[T]],
        trace: Trace,
        shape: Shape[T],
        bounds: Bounds,
        *,
        in_order: bool,
        count: Callable[[], Awaitable[int | None]] | None,
        deadline: Callable[[float], AbstractAsyncContextManager[None]],
    ) -> None:
        self.source = source
        self.bounds = bounds
        self.failure: UpstreamFailure | None = None
        self._matched = 0
        self._counted: int | None = None
        self._lost_count: UpstreamFailure | None = None
        self._count = count
        self._rows = rows
        self._trace = trace
        self._shape = shape
        self._first = bounds.after and shape.order.key(bounds.after)
        self._last = bounds.before and shape.order.key(bounds.before)
        self._streams = in_order and not shape.backward
        self._deadline = deadline
        self._ready: deque[tuple[Key, T]] = deque()  # ascending; taken from the reading end
        self._waiting: list[tuple[Key, T]] = []
        self._ids: set[str] = set()
        self._done = False
        self._dropped = 0
        self._seconds = 0.0
        self._taken = 0

    @property
    def needs_filling(self) -> bool:
        """Whether the next row is not known yet."""
        return not self._ready and not self._done

    def ahead(self, count: int) -> list[tuple[Key, T]]:
        """Return the next rows with their keys, as far as they are known, in reading order."""
        ready = reversed(self._ready) if self._shape.backward else self._ready
        return list(islice(ready, count))

    def take(self) -> T:
        """Give out the next row."""
        self._taken += 1
        return (self._ready.pop() if self._shape.backward else self._ready.popleft())[1]

    @property
    def total(self) -> int | None:
        """Rows of the whole list, once the source was counted; None where that failed."""
        return self._counted if self._counted is not None or self._lost_count else self._matched

    async def fill(self) -> None:
        """Read until the next row is known, the source ends, or it fails."""
        await self._guarded(self._fill)

    def hold(self, batch: Batch[T]) -> None:
        """Take these rows for all that there are, and read nothing."""
        self._add(batch)
        self._end()

    async def count(self) -> None:
        """Find out how many rows there are: by asking for it, else by reading all of them.

        The first rows are read meanwhile, so that a count that never comes costs the total alone.
        """
        if self._count is None:
            self._streams = False
        else:
            started = time.perf_counter()
            await together([self._ask_count(self._count), self.fill()])
            self._seconds = max(self._seconds, time.perf_counter() - started)
        if self._counted is None and self._lost_count is None:
            await self._guarded(self._read_rest)

    async def _fill(self) -> None:
        while self.needs_filling:
            await self._read_batch()

    async def _ask_count(self, count: Callable[[], Awaitable[int | None]]) -> None:
        try:
            async with self._deadline(asyncio.get_running_loop().time()):
                self._counted = await count()
        except UpstreamFailure as failure:
            self._lost_count = failure
        except Rejected:
            raise  # the caller's fault, and not the source's
        except Exception:  # noqa: BLE001 - whatever it is
            self._lost_count = self._own_fault()

    async def _read_rest(self) -> None:
        while not self._done:
            await self._read_batch()

    async def _guarded(self, work: Callable[[], Awaitable[None]]) -> None:
        """Work within the source's deadline; whatever goes wrong is the source's failure."""
        started = time.perf_counter()
        try:
            # Its own time alone: that of waiting for other sources is none of its fault.
            async with self._deadline(asyncio.get_running_loop().time() - self._seconds):
                await work()
        except Missing as failure:
            # A list that is not there is no list without rows.
            message = f"{self.source.name} has no such list; look at its base URL."
            self.failure = BadResponse(self.source, message, status=failure.status)
            self._done = True
        except UpstreamFailure as failure:
            self.failure = failure
            self._done = True
        except Rejected:
            raise  # the caller's fault, and not the source's
        except Exception:  # noqa: BLE001 - whatever it is
            # A fault of our own in one source must not cost the others' rows.
            self.failure = self._own_fault()
            self._done = True
        finally:
            self._seconds += time.perf_counter() - started

    def _own_fault(self) -> BadResponse:
        """Return the failure that stands for the exception at hand, which is logged."""
        _log.exception("%s could not be read", self.source.name)
        message = f"{self.source.name}'s answer was more than the gateway could make sense of."
        return BadResponse(self.source, message)

    async def close(self) -> None:
        """Stop reading."""
        close = getattr(self._rows, "aclose", None)
        if close is not None:
            await close()

    async def _read_batch(self) -> None:
        batch = await anext(self._rows, None)
        if batch is None:
            self._end()
        else:
            self._add(batch)

    def _end(self) -> None:
        self._done = True
        self._release(None)

    def _add(self, batch: Batch[T]) -> None:
        self._dropped += batch.dropped
        self._streams = self._streams and batch.in_order
        self._shape.notice(batch.rows)
        keys = self._shape.order.keys(batch.rows)
        self._waiting += self._wanted(zip(keys, batch.rows, strict=True))
        if self._streams:
            self._release(max((key for key in keys if not key[0]), default=None))

    def _wanted(self, rows: Iterable[tuple[Key, T]]) -> list[tuple[Key, T]]:
        """Return those rows that are of the list and of the part that is asked for, each once."""
        ids, matches = self._ids, self._shape.matches
        wanted: list[tuple[Key, T]] = []
        for pair in rows:
            own = pair[0][2]
            if own not in ids and matches(pair[1]):
                ids.add(own)
                wanted.append(pair)
        self._matched += len(wanted)
        first, last = self._first, self._last
        if first is not None:
            wanted = [pair for pair in wanted if first < pair[0]]
        if last is not None:
            wanted = [pair for pair in wanted if pair[0] < last]
        return wanted

    def _release(self, passed: Key | None) -> None:
        """Make rows ready: all at the end, else those with a value that was passed."""
        self._waiting.sort(key=_key)
        count = len(self._waiting)
        if not self._done:
            # All rows of a value are together in the vendor's order, but not by id.
            count = 0 if passed is None else bisect_left(self._waiting, passed[:2], key=_value)
        self._ready += self._waiting[:count]
        del self._waiting[:count]

    def report(self) -> SourceReport:
        """Tell how the source did."""
        status = SourceStatus.PARTIAL if self._dropped else SourceStatus.OK
        trouble = self._trace.trouble
        if self.failure is not None:
            trouble, status = self.failure, SourceStatus[self.failure.code.name]
        elif trouble is not None and status is SourceStatus.OK:
            status = SourceStatus.STALE
        trouble = trouble or self._lost_count
        error = None
        if trouble is not None:
            error = SourceError(
                code=trouble.code,
                message=trouble.message,
                retry_after_seconds=trouble.retry_after,
                upstream_status=trouble.status,
            )
        return SourceReport(
            source=self.source,
            status=status,
            item_count=self._taken,
            upstream_calls=self._trace.calls,
            latency_ms=round(self._seconds * 1000, 3),
            error=error,
        )


def _value(pair: tuple[Key, Any]) -> tuple[bool, Any]:
    return pair[0][:2]
