"""Works as the port tells them: lists in batches, and single ones by id."""

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import aclosing

from msgspec import structs

from gateway import errors
from gateway.adapter import Batch, WorkAsk
from gateway.sources.devrev import asks, calls, forgiving, normalise_works, singly
from gateway.sources.devrev.asks import Sort
from gateway.sources.devrev.ways import Wish
from gateway.sources.devrev.works import Page, Works
from gateway.upstream.client import Client
from gateway.upstream.origin import Row
from gateway.upstream.trace import Trace
from schema.types.devrev_works import DevRevWork
from schema.types.ids import GlobalId
from schema.types.work import Work

_LENGTHS = (15, 30, 60)
"""A little more than the pages that people ask for."""


async def listed(works: Works, ask: WorkAsk, trace: Trace) -> AsyncIterator[Batch[Work]]:
    """Yield at least the works that are asked for, in order as far as DevRev turns out to sort."""
    if asks.is_nothing(ask):
        return
    sort = asks.sort_of(ask)
    wish = Wish(conditions=asks.conditions(ask), stages=ask.stages, sort=sort)
    rows = _enough(works, sort, ask)
    if rows is not None and not await works.keeps_page(wish):
        wish = structs.replace(wish, rows=rows)
    is_first = True
    async with aclosing(works.pages(wish, trace)) as pages:
        async for page in pages:
            rows, unsure = _made(page, ask.stages)
            yield Batch(rows, page.dropped + unsure, in_order=page.in_order or not is_first)
            is_first = False


def _enough(works: Works, sort: Sort | None, ask: WorkAsk) -> int | None:
    """Return the rows of a page that has all that are looked at: works in order, and only those.

    Works are large, so that a short page need not be a long one; the lengths are few, so that
    pages of about the same length are the same kept answer; so is a long page that is kept.
    """
    if ask.rows is None or not works.comes_sorted(sort) or asks.exact_conditions(ask) is None:
        return None
    if ask.stages is not None:
        return None
    return next((rows for rows in _LENGTHS if rows > ask.rows), None)


def _made(page: Page, asked: Collection[GlobalId] | None) -> tuple[list[DevRevWork], int]:
    """Make a page's works; count those that may be in a stage that is asked for, or may not."""
    made = [row.made(normalise_works.work) for row in page.rows]
    if asked is None:
        return made, 0
    sure: list[DevRevWork] = []
    unsure = 0
    for work, places in zip(made, page.places, strict=True):
        if len(places) == 1:
            sure.append(normalise_works.placed(work, places[0]))
        elif places:
            unsure += any(one in asked for one in places)
        else:  # a name that no stage has: the stage may be too new
            unsure += work.stage_name is not None
    return sure, unsure


async def got(
    client: Client, ids: Sequence[GlobalId], trace: Trace
) -> Mapping[GlobalId, Work | errors.UpstreamFailure]:
    """Read each work by itself, as no list of DevRev takes ids.

    Works that do not exist, or whose id DevRev refuses, are absent; one that cannot be told is its
    own failure.
    """
    found = await singly.several(client, calls.get_work, forgiving.work, ids, trace)
    return {
        key: row.made(normalise_works.work) if isinstance(row, Row) else row
        for key, row in found.items()
    }
