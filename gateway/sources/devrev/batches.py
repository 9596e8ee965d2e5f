"""Works as the port tells them: lists in batches, and single ones by id."""

from collections.abc import AsyncIterator, Collection, Mapping, Sequence

from gateway import errors
from gateway.adapter import Batch, WorkAsk
from gateway.sources.devrev import asks, calls, forgiving, normalise, normalise_works
from gateway.sources.devrev.asks import Sort
from gateway.sources.devrev.works import Page, Wish, Works
from gateway.upstream.client import Client
from gateway.upstream.together import together
from gateway.upstream.trace import Trace
from schema.types.devrev_works import DevRevWork
from schema.types.ids import GlobalId
from schema.types.work import Work

_BAD_REQUEST = 400

_LENGTHS = (15, 30, 60)
"""A little more than the pages that people ask for."""


async def listed(works: Works, ask: WorkAsk, trace: Trace) -> AsyncIterator[Batch[Work]]:
    """Yield at least the works that are asked for, in order as far as DevRev turns out to sort."""
    if asks.is_nothing(ask):
        return
    sort = asks.sort_of(ask)
    wish = Wish(
        conditions=asks.conditions(ask),
        stages=ask.stages,
        sort=sort,
        rows=_enough(works, sort, ask),
    )
    is_first = True
    async for page in works.pages(wish, trace):
        rows, unsure = _made(page, ask.stages)
        yield Batch(rows, page.dropped + unsure, in_order=page.in_order or not is_first)
        is_first = False


def _enough(works: Works, sort: Sort | None, ask: WorkAsk) -> int | None:
    """Return the rows of a page that has all that are looked at, where works come in order.

    Works are large, so that a short page need not be a long one; the lengths are few, so that
    pages of about the same length are the same kept answer.
    """
    if ask.rows is None or not works.comes_sorted(sort):
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

    Works that do not exist, or whose id DevRev refuses, are absent; what makes no sense or may
    not be read is its own failure.
    """
    asked = list(dict.fromkeys(ids))
    found = await together(_one(client, one.source_id, trace) for one in asked)
    return {key: one for key, one in zip(asked, found, strict=True) if one is not None}


async def _one(
    client: Client,
    id: str,  # noqa: A002 - the vendor's word
    trace: Trace,
) -> Work | errors.UpstreamFailure | None:
    try:
        answer = await client.send(calls.get_work(id), trace)
        row = forgiving.row(answer, answer.body.found)
    except errors.Missing:
        return None
    except (errors.BadResponse, errors.Forbidden) as failure:
        return None if failure.status == _BAD_REQUEST else failure
    if normalise.is_meant(id, row.wire.id, row.wire.display_id):
        return row.made(normalise_works.work)
    message = "DEVREV sent another object than the one asked for."
    return errors.BadResponse(client.source, message)
