"""The lists: which rows a page is merged from, for every type that has a list."""

from collections.abc import AsyncIterator, Awaitable, Callable, Hashable, Iterable, Sequence
from contextlib import nullcontext
from functools import partial
from typing import Any, Generic, NamedTuple, TypeVar

from gateway.adapter import (
    Adapter,
    Batch,
    ReadsPipelines,
    ReadsStages,
    ReadsWorkflows,
    ReadsWorks,
)
from gateway.cursor import Cursors
from gateway.errors import Rejected
from gateway.merge.criteria import Criteria
from gateway.merge.kept import KeptPages
from gateway.merge.order import Order
from gateway.merge.page import Page, Seal, page_of_held, read_page
from gateway.merge.reader import Bounds, HasId, Reader, Shape
from gateway.upstream.trace import Log, Trace
from schema.context import Window
from schema.types.ids import Kind
from schema.types.process import Pipeline, Workflow
from schema.types.source import Source
from schema.types.stage import Stage
from schema.types.work import Work

DEFAULT_SIZE = 50
LARGEST_SIZE = 200

T = TypeVar("T", bound=HasId)


class ListOf(NamedTuple, Generic[T]):
    """A list of one type.

    Attributes:
        name: what cursors are bound to, and the name of the capability's method; `count_` and the
            name is that which counts, if there is one.
        capability: what a source must inherit to have rows in it.
        orders: the capability's attribute that has the orders which a source serves itself.
        kinds: of the objects that its rows are and hold.
    """

    name: str
    capability: type
    orders: str
    kinds: frozenset[Kind]

    def rows(self, adapter: Adapter, ask: Any, trace: Trace) -> AsyncIterator[Batch[T]]:
        """Return a source's rows."""
        return getattr(adapter, self.name)(ask, trace)

    def comes_in_order(self, adapter: Adapter, ask: Any) -> bool:
        """Tell whether a source serves the order that is asked for."""
        return ask.order in getattr(adapter, self.orders)

    def counter(
        self, adapter: Adapter, ask: Any, trace: Trace
    ) -> Callable[[], Awaitable[int | None]] | None:
        """Return what asks a source for the number of its rows, if it can be asked."""
        counts = getattr(adapter, f"count_{self.name}", None)
        return counts and partial(counts, ask, trace)


STAGES = ListOf[Stage]("stages", ReadsStages, "stage_orders", frozenset({Kind.STAGE}))
WORKS = ListOf[Work]("works", ReadsWorks, "work_orders", frozenset({Kind.WORK}))
PIPELINES = ListOf[Pipeline](
    "pipelines", ReadsPipelines, "pipeline_orders", frozenset({Kind.PIPELINE, Kind.STAGE})
)
WORKFLOWS = ListOf[Workflow](
    "workflows", ReadsWorkflows, "workflow_orders", frozenset({Kind.WORKFLOW, Kind.STAGE})
)


def _size(window: Window) -> tuple[int, bool]:
    """Return how many rows are asked for, and whether from the end."""
    if window.first is not None and window.last is not None:
        message = "`first` and `last` are both given; give the one from whose end to page."
        raise Rejected(message)
    backward = window.last is not None
    size = window.last if window.last is not None else window.first
    size = DEFAULT_SIZE if size is None else size
    if not 1 <= size <= LARGEST_SIZE:
        name = "last" if backward else "first"
        message = f"`{name}` takes 1 to {LARGEST_SIZE} rows; {size} were asked for."
        raise Rejected(message)
    return size, backward


class _Asked(Generic[T]):
    """The arguments of a page, read and found right before any source is asked."""

    def __init__(
        self,
        name: str,
        window: Window,
        criteria: Criteria,
        cursors: Cursors,
        notice: Callable[[Sequence[T]], object],
    ) -> None:
        self.size, backward = _size(window)
        self.criteria = criteria
        self.seal = Seal(cursors, criteria.digest(name))
        self._after = self.seal.read(window.after, "after")
        self._before = self.seal.read(window.before, "before")
        at = self._before if backward else self._after
        self.misses = at.misses if at else 0
        # Of a list's first page it is known how far it looks: one row further than it is long.
        self.rows = self.size + 1 if at is None and not backward else None
        self.shape = Shape[T](
            criteria.matcher(),
            notice,
            Order(criteria.order, descending=criteria.descending),
            backward=backward,
        )

    async def page(self, readers: Sequence[Reader[T]], *, count: bool) -> Page[T]:
        """Merge the page."""
        return await read_page(
            readers, self.shape, self.seal, self.size, count=count, misses=self.misses
        )

    def page_of_held(self, reader: Reader[T], *, count: bool) -> Page[T]:
        """Make the page of one source that holds all of its rows."""
        return page_of_held(
            reader, self.shape, self.seal, self.size, count=count, misses=self.misses
        )

    def reader(
        self,
        adapter: Adapter,
        rows: AsyncIterator[Batch[T]],
        trace: Trace,
        *,
        in_order: bool = False,
        is_bounded: bool = True,
        count: Callable[[], Awaitable[int | None]] | None = None,
    ) -> Reader[T]:
        """Return the reader of one source."""
        name = adapter.id.value
        bounds = Bounds(
            self._after and self._after.place(name, backward=False),
            self._before and self._before.place(name, backward=True),
        )
        return Reader(
            adapter.id,
            rows,
            trace,
            self.shape,
            bounds,
            in_order=in_order,
            count=count,
            deadline=adapter.deadline if is_bounded else lambda _: nullcontext(),
        )


def ignore(rows: object) -> None:
    """Notice nothing: the rows cannot be asked for by id."""
    del rows


async def _nothing() -> AsyncIterator[Batch[Any]]:
    """Yield no rows, as there is nothing to be read."""
    return
    yield


class Lists:
    """Answers pages of lists.

    Args:
        adapters: the connected sources.
        cursors: signs.
        kept: keeps pages.
    """

    def __init__(self, adapters: Iterable[Adapter], cursors: Cursors, kept: KeptPages) -> None:
        self._adapters = {adapter.id: adapter for adapter in adapters}
        self._cursors = cursors
        self._kept = kept

    def page(
        self,
        of: ListOf[T],
        window: Window,
        criteria: Criteria,
        *,
        count: bool,
        notice: Callable[[Sequence[T]], object],
        log: Log,
        may_be_kept: bool = True,
    ) -> Page[T] | Awaitable[Page[T]]:
        """Answer a page of a list over all sources: at once if it is kept.

        Args:
            of: which list.
            window: which part.
            criteria: which rows, in which order.
            count: whether the total is asked for.
            notice: told of the rows that are read.
            log: told of every call, or what a kept page was made of.
            may_be_kept: whether a kept page will do.

        Raises:
            Rejected: if an argument is wrong; no source is asked then.
        """
        key = ("page", of.name, window, criteria.digest(of.name), count)
        kept = self._kept.get(key, log) if may_be_kept else None
        if kept is not None:
            return kept
        return self._merged(key, of, window, criteria, count=count, notice=notice, log=log)

    async def _merged(
        self,
        key: Hashable,
        of: ListOf[T],
        window: Window,
        criteria: Criteria,
        *,
        count: bool,
        notice: Callable[[Sequence[T]], object],
        log: Log,
    ) -> Page[T]:
        """Merge a page, and keep it if it will be the same for the next who asks."""
        own = Log(log)
        page = await self._merge(of, window, criteria, count=count, notice=notice, log=own)
        if page.is_complete:
            self._kept.keep(key, page, own)
        else:
            log.spoil()
        return page

    async def _merge(
        self,
        of: ListOf[T],
        window: Window,
        criteria: Criteria,
        *,
        count: bool,
        notice: Callable[[Sequence[T]], object],
        log: Log,
    ) -> Page[T]:
        asked = _Asked[T](of.name, window, criteria, self._cursors, notice)
        self._refuse_strange(criteria)
        readers: list[Reader[T]] = []
        for adapter in self._adapters.values():
            if not isinstance(adapter, of.capability) or criteria.excludes(adapter.id):
                continue
            trace = Trace(log)
            ask = criteria.ask(adapter.id, backward=asked.shape.backward, rows=asked.rows)
            readers.append(
                asked.reader(
                    adapter,
                    of.rows(adapter, ask, trace),
                    trace,
                    in_order=of.comes_in_order(adapter, ask),
                    count=of.counter(adapter, ask, trace) if criteria.is_asked_whole else None,
                )
            )
        return await asked.page(readers, count=count)

    async def page_of_one(
        self,
        source: Source,
        name: str,
        window: Window,
        criteria: Criteria,
        rows: Callable[[Trace], AsyncIterator[Batch[T]]],
        *,
        count: bool,
        notice: Callable[[Sequence[T]], object],
        log: Log,
        counter: Callable[[Trace], Awaitable[int | None]] | None = None,
        is_bounded: bool = True,
    ) -> Page[T]:
        """Answer a page of a list that one source has, such as a process's stages.

        Args:
            source: whose list.
            name: what cursors are bound to.
            window: which part.
            criteria: which rows, in which order.
            rows: reads all of them; told where to count its calls.
            count: whether the total is asked for.
            notice: told of the rows that are read.
            log: told of every call.
            counter: asks for the number of rows; None reads all of them.
            is_bounded: whether the source's deadline holds here; loaders keep to it themselves.
        """
        asked = _Asked[T](name, window, criteria, self._cursors, notice)
        adapter = self._adapters.get(source)
        if adapter is None:
            return await asked.page([], count=count)
        trace = Trace(log)
        counted = counter and partial(counter, trace)
        reader = asked.reader(adapter, rows(trace), trace, is_bounded=is_bounded, count=counted)
        page = await asked.page([reader], count=count)
        if not page.is_complete:
            log.spoil()
        return page

    def page_of_held(
        self,
        source: Source,
        name: str,
        window: Window,
        criteria: Criteria,
        rows: Batch[T],
        *,
        count: bool,
        notice: Callable[[Sequence[T]], object],
        log: Log,
    ) -> Page[T]:
        """Make the page that `page_of_one` would answer, of a connected source's rows at hand."""
        asked = _Asked[T](name, window, criteria, self._cursors, notice)
        reader = asked.reader(self._adapters[source], _nothing(), Trace(log))
        reader.hold(rows)
        return asked.page_of_held(reader, count=count)

    def _refuse_strange(self, criteria: Criteria) -> None:
        """Refuse ids of a source that its vendor could not have made."""
        for argument, ids in criteria.ids().items():
            for one in ids or ():
                owner = self._adapters.get(one.source)
                if owner is not None and not owner.owns(one):
                    message = f"`{argument}`: {one} is no id that {one.source.name} gives."
                    raise Rejected(message)
