"""A page: the next rows of all sources together, and the cursors around them."""

from collections.abc import Sequence
from contextlib import AsyncExitStack
from copy import copy
from dataclasses import replace
from operator import itemgetter
from typing import Generic, TypeVar

from gateway.cursor import Cursor, Cursors, Place
from gateway.merge.reader import HasId, Reader, Shape
from gateway.upstream.together import together
from schema.types.page import PageInfo, Rows
from schema.types.sources import SourceReport, SourceStatus

T = TypeVar("T", bound=HasId)

_MOST_MISSES = 3
"""Pages in a row without a row, while a source fails, before a walk is told to end."""


class Seal:
    """Makes the cursors of one list.

    Args:
        cursors: signs.
        digest: of the list, filter and order.
    """

    def __init__(self, cursors: Cursors, digest: bytes) -> None:
        self._cursors = cursors
        self._digest = digest

    def read(self, text: str | None, argument: str) -> Cursor | None:
        """Read a cursor of this list; raises Rejected."""
        return None if text is None else self._cursors.read(text, self._digest, argument)

    def write(
        self, at: Place | None, others: dict[str, Place | None], *, backward: bool, misses: int = 0
    ) -> str:
        """Write a cursor of this list."""
        return self._cursors.write(Cursor(self._digest, backward, at, others, misses))


class Page(Generic[T]):
    """Rows in the list's order; satisfies the page that `schema.types.page` wants.

    Attributes:
        rows: the rows. total: rows of the whole list, None unless counted without a failure.
        reports: one per source that was asked. is_complete: whether no row is missing.
    """

    def __init__(
        self,
        taken: Sequence[tuple[Reader[T], T]],
        readers: Sequence[Reader[T]],
        shape: Shape[T],
        seal: Seal,
        *,
        counted: bool,
        misses: int,
    ) -> None:
        self._taken = list(reversed(taken)) if shape.backward else list(taken)
        self._readers = readers
        self._shape = shape
        self._seal = seal
        self._misses = misses
        self._info: PageInfo | None = None
        self.rows = Rows(row for _, row in self._taken)
        self.reports: list[SourceReport] = [reader.report() for reader in readers]
        self.is_complete = all(
            report.status in {SourceStatus.OK, SourceStatus.STALE} for report in self.reports
        )
        totals = [None if one.failure is not None else one.total for one in readers]
        known = [one for one in totals if one is not None]
        self.total = sum(known) if counted and len(known) == len(totals) else None

    def again(self) -> "Page[T]":
        """Return the page as it is to those who get it without any call."""
        page = copy(self)
        page.reports = [replace(one, upstream_calls=0, latency_ms=0.0) for one in self.reports]
        return page

    def cursor(self, index: int) -> str:
        """Return the cursor of a row: where every source stands once it is read."""
        at = self._shape.order.place(self.rows[index])
        read = self._taken[index:] if self._shape.backward else self._taken[: index + 1]
        return self._write(at, read)

    def info(self) -> PageInfo:
        """Return the page's place in its list."""
        if self._info is None:
            self._info = self._made_info()
        return self._info

    def _made_info(self) -> PageInfo:
        backward = self._shape.backward
        bounds = [reader.bounds for reader in self._readers]
        came = any((one.before if backward else one.after) is not None for one in bounds)
        more = any(reader.ahead(1) for reader in self._readers) or (
            # Late rows may come; but whoever walks the list must not circle around a source that
            # is down, so that only so many pages in a row may be without any row.
            any(reader.failure is not None for reader in self._readers)
            and (bool(self.rows) or self._misses < _MOST_MISSES)
        )
        first = self.cursor(0) if self.rows else None
        last = self.cursor(len(self.rows) - 1) if self.rows else None
        if not self.rows:
            stay = self._write(None, [])
            first, last = (stay, None) if backward else (None, stay)
        return PageInfo(
            has_next_page=came if backward else more,
            has_previous_page=more if backward else came,
            start_cursor=first,
            end_cursor=last,
        )

    def _write(self, at: Place | None, read: Sequence[tuple[Reader[T], T]]) -> str:
        others: dict[str, Place | None] = {}
        for reader in self._readers:
            place = self._place(reader, at, read)
            if place != at:
                others[reader.source.value] = place
        misses = 0 if self.rows else self._misses + 1
        return self._seal.write(at, others, backward=self._shape.backward, misses=misses)

    def _place(
        self, reader: Reader[T], at: Place | None, read: Sequence[tuple[Reader[T], T]]
    ) -> Place | None:
        """Tell where a source stands: where the page is, unless it failed or was further on."""
        old = reader.bounds.before if self._shape.backward else reader.bounds.after
        if reader.failure is not None:
            own = [self._shape.order.place(row) for owner, row in read if owner is reader]
            if not own:
                return old
            return own[0] if self._shape.backward else own[-1]
        if at is None or (old is not None and self._shape.is_before(at, old)):
            return old
        return at


async def read_page(
    readers: Sequence[Reader[T]],
    shape: Shape[T],
    seal: Seal,
    size: int,
    *,
    count: bool,
    misses: int,
) -> Page[T]:
    """Take the next rows of all sources in order.

    Args:
        readers: one per source that is asked.
        shape: the list.
        seal: makes its cursors.
        size: rows at most.
        count: whether the total is asked for; a source that cannot count is read whole.
        misses: pages in a row before this one that failures left without a row.
    """
    async with AsyncExitStack() as stack:
        for reader in readers:
            stack.push_async_callback(reader.close)
        if count:
            await together(reader.count() for reader in readers)
        taken: list[tuple[Reader[T], T]] = []
        await _fill(readers)
        while len(taken) < size and _take(readers, shape, taken, size - len(taken)):
            await _fill(readers)
        return Page(taken, readers, shape, seal, counted=count, misses=misses)


def page_of_held(
    reader: Reader[T], shape: Shape[T], seal: Seal, size: int, *, count: bool, misses: int
) -> Page[T]:
    """Take the next rows of one source that holds all of its rows; else as `read_page`."""
    taken: list[tuple[Reader[T], T]] = []
    _take([reader], shape, taken, size)
    return Page(taken, [reader], shape, seal, counted=count, misses=misses)


async def _fill(readers: Sequence[Reader[T]]) -> None:
    """Wait until every source's next row is known, or that it has none."""
    empty = [reader for reader in readers if reader.needs_filling]
    if empty:
        await together(reader.fill() for reader in empty)


def _take(
    readers: Sequence[Reader[T]], shape: Shape[T], taken: list[tuple[Reader[T], T]], room: int
) -> bool:
    """Take the next rows, until one of the sources must be read further; False at the end."""
    known = [(key, reader) for reader in readers for key, _ in reader.ahead(room)]
    known.sort(key=itemgetter(0), reverse=shape.backward)
    for _, reader in known[:room]:
        taken.append((reader, reader.take()))
        if reader.needs_filling:
            break
    return bool(known)
