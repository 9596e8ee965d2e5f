"""Whether lists are in order is judged by what comes, and asked for where that does not tell."""

import pytest

from gateway import errors
from gateway.adapter import WorkAsk
from gateway.sources.devrev import DevRev
from gateway.sources.devrev.tests.asking import ROOT, Json, offline
from gateway.sources.devrev.tests.vendor import Vendor, named
from gateway.upstream.trace import Trace
from schema.types.work import WorkOrderField


def work(number: int, changed: int | None, made: int | None) -> Json:
    """Return a work, by the minutes of its times."""
    return {
        "type": "task",
        "id": f"{ROOT}task/{number}",
        **({} if changed is None else {"modified_date": f"2025-01-01T00:{changed:02}:00.000Z"}),
        **({} if made is None else {"created_date": f"2024-01-01T00:{made:02}:00.000Z"}),
        "stage": {"name": "stage 1", "stage": named(1)},
    }


def vendor(works: list[Json], *, sorts: bool) -> Vendor:
    return Vendor(works, sorts=sorts, by_ids="served", most=10)


async def orders(adapter: DevRev) -> list[bool]:
    """Return what each batch of the list of all says, latest change first."""
    return [batch.in_order async for batch in adapter.works(WorkAsk(), Trace())]


MIXED = [work(number, number * 7 % 30, number * 11 % 30) for number in range(30)]
LATEST = [work(number, 30 - number, number * 11 % 30) for number in range(30)]
BY_CREATION = [work(number, 30 - number, number) for number in range(30)]
UNDATED = [work(number, 30 - number, None) for number in range(30)]
EQUAL = [work(number, 5, number * 11 % 30) for number in range(30)]
FEW = [work(number, 30 - number // 3, number * 11 % 30) for number in range(30)]


@pytest.mark.parametrize(
    ("works", "sorts", "extra", "is_served"),
    [
        (MIXED, True, 0, True),
        (MIXED, False, 0, False),
        (LATEST, True, 0, True),
        (BY_CREATION, True, 1, True),
        (BY_CREATION, False, 1, False),
        (UNDATED, True, 1, True),
        (UNDATED, False, 1, False),
        (FEW, True, 1, True),
        (FEW, False, 1, False),
        # The first work is the same from either end: that tells nothing, now and later.
        (EQUAL, True, 1, False),
        (EQUAL, False, 1, False),
    ],
)
async def test_a_page_tells_or_one_call_does(
    works: list[Json], extra: int, *, sorts: bool, is_served: bool
) -> None:
    devrev = vendor(works, sorts=sorts)
    adapter = offline(devrev, page_size=10)
    assert await orders(adapter) == [is_served, True, True]
    assert len(devrev.lists) == 3 + extra
    assert sum(body["limit"] == 1 for body in devrev.lists) == extra
    devrev.lists.clear()
    assert (await orders(adapter))[0] is is_served
    assert len(devrev.lists) == 3 + (extra if works is EQUAL else 0)


async def test_a_list_of_one_page_needs_no_judgement() -> None:
    devrev = vendor(BY_CREATION[:9], sorts=True)
    adapter = offline(devrev, page_size=10)
    assert await orders(adapter) == [False]
    assert len(devrev.lists) == 1
    devrev.works = MIXED
    assert (await orders(adapter))[0]


async def listed(adapter: DevRev, order: WorkOrderField, *, descending: bool) -> list[bool]:
    ask = WorkAsk(order=order, descending=descending)
    return [batch.in_order async for batch in adapter.works(ask, Trace())]


async def test_one_direction_tells_nothing_of_the_other() -> None:
    devrev = vendor(LATEST, sorts=False)
    adapter = offline(devrev, page_size=10)
    assert (await listed(adapter, WorkOrderField.UPDATED_AT, descending=True))[0]
    devrev.works = LATEST[::-1]
    devrev.lists.clear()
    # In order by chance: each page of one work tells nothing, so one call has to.
    devrev.most = 1
    assert (await listed(adapter, WorkOrderField.UPDATED_AT, descending=False))[0] is False
    assert sum(body["sort_by"] == ["modified_date:desc"] for body in devrev.lists) == 1


async def test_a_trusted_order_is_not_trusted_where_a_page_cannot_show_it() -> None:
    devrev = vendor(MIXED, sorts=True)
    adapter = offline(devrev, page_size=10)
    assert (await orders(adapter))[0]
    devrev.sorts, devrev.most = False, 1
    assert not (await orders(adapter))[0]


async def test_pages_in_order_by_themselves_are_compared_with_those_before() -> None:
    latest = sorted(MIXED, key=lambda one: one["modified_date"], reverse=True)
    devrev = vendor(latest[20:] + latest[:20], sorts=False)
    adapter = offline(devrev, page_size=10)
    with pytest.raises(errors.BadResponse, match="order"):
        await orders(adapter)
    assert await orders(adapter) == [False, True, True]
    assert (await orders(offline(vendor(latest, sorts=False), page_size=10)))[0]


async def test_works_without_the_time_may_stand_anywhere() -> None:
    some = [work(number, None if number % 3 else number * 7 % 30, number) for number in range(30)]
    devrev = vendor(some, sorts=True)
    assert (await orders(offline(devrev, page_size=10)))[0]
    none = [work(number, None, number) for number in range(30)]
    devrev = vendor(none, sorts=True)
    assert not (await orders(offline(devrev, page_size=10)))[0]
    assert len(devrev.lists) == 3


async def test_rows_that_leave_their_order_are_a_failure_and_asking_again_helps() -> None:
    devrev = vendor(MIXED, sorts=True)
    adapter = offline(devrev, page_size=10)

    async def stop_sorting() -> None:
        found = adapter.works(WorkAsk(), Trace())
        assert (await anext(found)).in_order
        devrev.sorts = False
        await anext(found)

    with pytest.raises(errors.BadResponse, match="order"):
        await stop_sorting()
    batches = [batch async for batch in adapter.works(WorkAsk(), Trace())]
    assert [batch.in_order for batch in batches] == [False, True, True]
    assert {one.source_id for batch in batches for one in batch.rows} == {
        one["id"] for one in MIXED
    }
