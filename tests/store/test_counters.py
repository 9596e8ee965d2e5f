"""Numbers in Redis that only grow."""

from collections.abc import AsyncIterator

import pytest

from gateway.store import open_store
from gateway.store.counters import Counters
from tests.fixtures import emptied
from tests.store.keeping import Clock


@pytest.fixture
async def counters(redis_url: str, clock: Clock) -> AsyncIterator[Counters]:
    await emptied(redis_url)
    store = open_store(redis_url, max_bytes=1, max_entries=1, patience=30, now=clock.seconds)
    assert store.counters is not None
    yield store.counters
    await store.close()


async def test_a_look_puts_what_is_not_there_or_too_small(counters: Counters) -> None:
    assert await counters.read(["a", "b"]) == [None, None]
    assert await counters.look({"a": (0, 100), "b": (0, 200)}) == [100, 200]
    assert await counters.look({"b": (0, 5), "a": (0, 5)}) == [200, 100]
    assert await counters.look({"a": (100, 500), "b": (201, 500)}) == [100, 500]
    assert await counters.read(["b", "x", "a"]) == [500, None, 100]


async def test_a_lift_grows_and_is_done_once(counters: Counters) -> None:
    assert await counters.lift({"a": 100, "b": 7}) == [100, 7]
    assert await counters.lift({"a": 100, "b": 8}) == [100, 8], "it has been lifted"
    assert await counters.lift({"a": 50, "b": 1}) == [101, 9]


async def test_large_numbers_stay_exact(counters: Counters) -> None:
    large = 1_790_000_000_000_001
    assert await counters.lift({"a": large}) == [large]
    assert await counters.lift({"a": 5}) == [large + 1]
    assert await counters.read(["a"]) == [large + 1]


async def test_of_many_each_has_its_own(counters: Counters) -> None:
    wishes = {str(n): n + 1 for n in range(5000)}
    assert await counters.lift(wishes) == list(wishes.values())
    assert await counters.read(list(wishes)) == list(wishes.values())


def test_a_process_alone_has_none() -> None:
    assert open_store("memory://", max_bytes=1, max_entries=1).counters is None
