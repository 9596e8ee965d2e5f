"""The list of stages over all sources."""

import asyncio
from collections.abc import Callable, Sequence
from typing import cast

from gateway.adapter import Adapter, ReadsStages
from gateway.cursor import Cursors
from gateway.errors import Rejected
from gateway.merge.criteria import Criteria
from gateway.merge.order import place_by
from gateway.merge.page import Page, Seal, read_page
from gateway.merge.reader import Bounds, Reader, Shape
from gateway.upstream.trace import Trace
from schema.context import Window
from schema.types.stage import Stage, StageFilter, StageOrder

DEFAULT_SIZE = 50
LARGEST_SIZE = 200


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


class StageLists:
    """Answers pages of the one list.

    Args:
        adapters: the connected sources.
        cursors: signs.
    """

    def __init__(self, adapters: Sequence[Adapter], cursors: Cursors) -> None:
        self._adapters = adapters
        self._cursors = cursors

    async def page(
        self,
        window: Window,
        chosen: StageFilter | None,
        order: StageOrder | None,
        *,
        count: bool,
        notice: Callable[[Stage], None],
    ) -> Page[Stage]:
        """Answer a page; `notice` is told of every row that is read, on the page or not.

        Raises:
            Rejected: if an argument is wrong; no source is asked then.
        """
        size, backward = _size(window)
        criteria = Criteria.of(chosen, order)
        seal = Seal(self._cursors, criteria.digest("stages"))
        after, before = seal.read(window.after, "after"), seal.read(window.before, "before")
        shape = Shape[Stage](
            criteria.matches,
            place_by(criteria.order.value),
            notice,
            descending=criteria.descending,
            backward=backward,
        )
        self._refuse_strange(criteria)
        since = asyncio.get_running_loop().time()
        readers: list[Reader[Stage]] = []
        for adapter in self._adapters:
            if not isinstance(adapter, ReadsStages) or criteria.excludes(adapter.id):
                continue
            name = adapter.id.value
            bounds = Bounds(
                after and after.place(name, backward=False),
                before and before.place(name, backward=True),
            )
            readers.append(self._reader(adapter, criteria, shape, bounds, since))
        return await read_page(readers, shape, seal, size, count=count)

    def _reader(
        self,
        adapter: ReadsStages,
        criteria: Criteria,
        shape: Shape[Stage],
        bounds: Bounds,
        since: float,
    ) -> Reader[Stage]:
        owner = cast("Adapter", adapter)
        trace = Trace()
        return Reader(
            owner.id,
            adapter.stages(criteria.ask(owner.id, backward=shape.backward), trace),
            trace,
            shape,
            bounds,
            in_order=criteria.order in adapter.stage_orders,
            deadline=lambda: owner.deadline(since),
        )

    def _refuse_strange(self, criteria: Criteria) -> None:
        """Refuse ids of a source that its vendor could not have made."""
        owners = {adapter.id: adapter for adapter in self._adapters}
        for one in criteria.process_ids() or ():
            owner = owners.get(one.source)
            if owner is not None and not owner.owns(one):
                message = f"`processIds`: {one} is no id that {one.source.name} gives."
                raise Rejected(message)
