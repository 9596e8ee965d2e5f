"""The first works of stages: exactly those, in few calls, however DevRev behaves."""

from collections import Counter
from collections.abc import Mapping, Sequence
from random import Random
from typing import cast

import pytest

from gateway import errors
from gateway.adapter import Batch
from gateway.sources.devrev import DevRev
from gateway.sources.devrev.tests.asking import (
    LIST,
    POSITIONS,
    Json,
    answers,
    counts,
    latest,
    offline,
    place,
    stage,
)
from gateway.sources.devrev.tests.vendor import Vendor, some_works
from gateway.upstream.trace import Trace
from schema.types.ids import GlobalId
from schema.types.source import Source
from schema.types.work import Work
from tests.fixtures import Connect, Sandbox

EVERY = [stage(number) for number in range(1, 15)]
TEN = [stage(number) for number in (14, 10, 2, 7, 4, 5, 12, 3, 13, 9)]
"""The first ten by name."""


@pytest.fixture
def state(sandbox: Sandbox) -> list[Json]:
    return sandbox.state("devrev")["works"]


@pytest.fixture
def devrev(connect: Connect) -> DevRev:
    return cast("DevRev", connect(Source.DEVREV, page_size=100))


async def works_of(
    adapter: DevRev, stages: Sequence[GlobalId], first: int
) -> dict[GlobalId, list[str]]:
    """Return the DONs of the works of each stage, of lists that lost none."""
    found = await adapter.works_of(stages, first, Trace())
    assert all(batch.dropped == 0 for batch in found.values())
    return dons(found)


def dons(found: Mapping[GlobalId, Batch[Work]]) -> dict[GlobalId, list[str]]:
    for at, batch in found.items():
        assert all(row.stage_key == at for row in batch.rows)
    return {at: [row.source_id for row in batch.rows] for at, batch in found.items()}


def expected(
    state: list[Json], stages: Sequence[GlobalId], first: int
) -> dict[GlobalId, list[str]]:
    return {one: latest(state, one, first) for one in stages}


async def test_ten_stages_are_two_calls(
    sandbox: Sandbox, devrev: DevRev, state: list[Json]
) -> None:
    assert await works_of(devrev, TEN, 20) == expected(state, TEN, 20)
    assert counts(sandbox) == {LIST: 2}


async def test_few_works_of_many_stages_are_a_call_and_one_for_each_that_is_short(
    sandbox: Sandbox, devrev: DevRev, state: list[Json]
) -> None:
    busy = [stage(number) for number in (1, 2, 4, 7, 8)]
    assert await works_of(devrev, busy, 3) == expected(state, busy, 3)
    assert counts(sandbox) == {LIST: 1}
    sandbox.forget()
    assert await works_of(devrev, EVERY, 50) == expected(state, EVERY, 50)
    # Two pages of a hundred do not hold all 240; every stage has fewer than fifty.
    assert counts(sandbox) == {LIST: 2 + len(EVERY)}


async def test_one_stage_is_one_call_and_none_is_no_call(
    sandbox: Sandbox, devrev: DevRev, state: list[Json]
) -> None:
    assert await works_of(devrev, [], 5) == {}
    assert counts(sandbox) == {}
    assert await works_of(devrev, [stage(7), stage(7)], 20) == expected(state, [stage(7)], 20)
    assert counts(sandbox) == {LIST: 1}


async def test_a_stage_that_does_not_exist_has_none(
    sandbox: Sandbox, devrev: DevRev, state: list[Json]
) -> None:
    for position in ("served", "refused", "ignored"):
        sandbox.turn("devrev.stage_ids", position)
        wanted = {stage(999): [], **expected(state, [stage(1)], 5)}
        assert await works_of(devrev, [stage(999), stage(1)], 5) == wanted
        assert await works_of(devrev, [stage(999)], 5) == {stage(999): []}


@pytest.mark.parametrize(("name", "position"), POSITIONS)
async def test_every_position_gives_the_same_works(
    sandbox: Sandbox, devrev: DevRev, state: list[Json], name: str, position: str
) -> None:
    sandbox.turn(f"devrev.{name}", position)
    for _ in range(2):
        assert await works_of(devrev, TEN, 20) == expected(state, TEN, 20)
        assert await works_of(devrev, EVERY, 3) == expected(state, EVERY, 3)


async def test_what_only_a_name_tells_is_left_out_where_two_stages_have_it(
    sandbox: Sandbox, devrev: DevRev, state: list[Json]
) -> None:
    sandbox.turn("devrev.work_stage", "name")
    sandbox.turn("devrev.stage_ids", "refused")
    found = await devrev.works_of(EVERY, 20, Trace())
    unsure = {stage(5), stage(12)}
    assert dons(found) == expected(state, EVERY, 20) | {one: [] for one in unsure}
    lost = sum(1 for one in state if place(one) in {at.source_id for at in unsure})
    assert {at: batch.dropped for at, batch in found.items()} == {
        at: lost if at in unsure else 0 for at in EVERY
    }


async def test_without_an_order_a_stage_may_have_too_many(
    sandbox: Sandbox, connect: Connect
) -> None:
    sandbox.turn("devrev.sort_by", "ignored")
    devrev = cast("DevRev", connect(Source.DEVREV, page_size=10, max_pages=4))
    with pytest.raises(errors.TooLarge):
        await devrev.works_of([stage(7), stage(9)], 5, Trace())
    assert len((await works_of(devrev, [stage(4)], 5))[stage(4)]) == 5


async def test_without_an_order_a_stage_is_read_in_whole_pages(
    sandbox: Sandbox, connect: Connect
) -> None:
    sandbox.reset(scale=20)
    sandbox.turn("devrev.sort_by", "ignored")
    works = sandbox.state("devrev")["works"]
    for stages in (TEN, TEN[:1]):
        devrev = cast("DevRev", connect(Source.DEVREV, deadline=60))
        sandbox.forget()
        assert await works_of(devrev, stages, 1) == expected(works, stages, 1)
        rows = sum(place(one) in {at.source_id for at in stages} for one in works)
        # Two pages over all stages, one short page that is out of order, and one unfilled each.
        assert counts(sandbox)[LIST] <= rows // 120 + len(stages) + 3


async def test_bad_rows_are_counted(sandbox: Sandbox, devrev: DevRev, state: list[Json]) -> None:
    mine = [one for one in state if place(one) == stage(1).source_id][:2]
    answers(sandbox, LIST, {"works": [*mine, {**mine[0], "type": "custom_work"}]})
    found = await devrev.works_of([stage(1), stage(2)], 5, Trace())
    assert {at: (len(one.rows), one.dropped) for at, one in found.items()} == {
        stage(1): (2, 1), stage(2): (0, 1),
    }  # fmt: skip


@pytest.mark.parametrize("seed", range(300))
async def test_whatever_the_works_are_the_first_are_found(seed: int) -> None:
    chance = Random(seed)  # noqa: S311 - no secrets
    works = some_works(chance)
    sorts = chance.random() < 0.7
    vendor = Vendor(
        works,
        sorts=sorts,
        by_ids=chance.choice(["served", "refused", "ignored"]),
        most=chance.choice([3, 7, 100]),
    )
    # Where only names are told, the two stages of one name cannot be told apart always.
    vendor.tells_ids = chance.random() < 0.7
    known = [stage(number) for number in range(1, 7 if vendor.tells_ids else 5)]
    adapter = offline(vendor, page_size=chance.choice([4, 10, 100]))
    for _ in range(2):
        stages = chance.sample(known, chance.randrange(1, len(known) + 1))
        first = chance.choice([1, 2, 5, 20])
        assert await works_of(adapter, stages, first) == expected(works, stages, first)


@pytest.mark.parametrize("seed", range(50))
async def test_where_times_differ_each_stage_that_is_short_costs_one_call(seed: int) -> None:
    chance = Random(seed)  # noqa: S311 - no secrets
    works = some_works(chance)
    for number, work in enumerate(chance.sample(works, len(works))):
        work["modified_date"] = f"2025-01-01T00:{number:02}:00.000Z"
    vendor = Vendor(works, sorts=True, by_ids="served", most=100)
    adapter = offline(vendor, page_size=25)
    await works_of(adapter, [stage(1), stage(2)], 1)  # that it sorts is known from here on
    vendor.lists.clear()
    stages = [stage(number) for number in range(1, 7)]
    first = chance.choice([1, 5, 20])
    assert await works_of(adapter, stages, first) == expected(works, stages, first)
    asked = Counter(len(body["stage"]["stages"]) for body in vendor.lists)
    assert asked[6] <= 2
    singly = [tuple(body["stage"]["stages"]) for body in vendor.lists][asked[6] :]
    assert len(set(singly)) == len(singly)
    assert {len(one) for one in singly} <= {1}
