"""Turns in windows that gateways share, over a real Redis."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import redis.asyncio

from gateway.store import open_store
from gateway.store.link import NAMESPACE, LostError
from gateway.store.slots import Slots, TooLongError
from tests.fixtures import emptied, free_port


@pytest.fixture
async def slots(redis_url: str) -> AsyncIterator[Slots]:
    await emptied(redis_url)
    store = open_store(redis_url, max_bytes=1, max_entries=1, patience=30)
    assert store.slots is not None
    yield store.slots
    await store.close()


async def take(slots: Slots, most: int = 1, horizon: float = 10, name: str = "a") -> list[float]:
    return await slots.take(name, [(3, 1.0), (5, 60.0)], most=most, horizon=horizon, early=0)


async def test_turns_of_a_window_come_at_once_and_the_next_ones_later(slots: Slots) -> None:
    assert await take(slots, 2) == [0, 0]
    assert await take(slots, 2) == [0]  # the other one would come later
    [wait] = await take(slots, 2)
    assert 0.8 < wait <= 1
    [other] = await take(slots)
    assert wait - 0.3 < other <= wait
    with pytest.raises(TooLongError) as caught:  # five a minute are gone
        await take(slots)
    assert 58 < caught.value.seconds <= 60
    assert await take(slots, name="b") == [0]


async def test_what_is_out_of_reach_is_not_taken(slots: Slots) -> None:
    assert await take(slots, 3) == [0, 0, 0]
    for _ in range(5):
        with pytest.raises(TooLongError) as caught:
            await take(slots, horizon=0.1)
        assert 0.5 < caught.value.seconds <= 1
    [wait] = await take(slots, horizon=1)
    assert wait <= 1


async def test_no_window_has_more_turns_than_its_calls(slots: Slots) -> None:
    loop, moments = asyncio.get_running_loop(), list[float]()

    async def taking() -> None:
        for _ in range(10):
            waits = await slots.take("a", [(4, 0.2)], most=2, horizon=10, early=0)
            moments.extend(loop.time() + wait for wait in waits)
            await asyncio.sleep(max(waits))

    await asyncio.gather(*(taking() for _ in range(4)))
    moments.sort()
    assert len(moments) >= 40
    # The clock of Redis is told in whole milliseconds, and an answer takes its time.
    assert all(b - a > 0.1 for a, b in zip(moments, moments[4:], strict=False))
    assert moments[-1] - moments[0] > 0.2 * (len(moments) // 4 - 1) - 0.1


async def test_what_is_not_ours_or_of_another_time_is_forgotten(
    slots: Slots, redis_url: str
) -> None:
    client = redis.asyncio.Redis.from_url(redis_url)
    for nonsense in ("soon", "99999999999999"):
        await client.delete(f"{NAMESPACE}:a")
        await client.rpush(f"{NAMESPACE}:a", nonsense)
        assert await take(slots) == [0]
    assert 61_000 < await client.pttl(f"{NAMESPACE}:a") <= 71_000
    for _ in range(20):
        await slots.take("b", [(5, 0.001)], most=5, horizon=10, early=0)
    assert await client.llen(f"{NAMESPACE}:b") == 5
    await client.aclose()


async def test_what_is_no_list_and_no_redis_are_told(slots: Slots, redis_url: str) -> None:
    client = redis.asyncio.Redis.from_url(redis_url)
    await client.set(f"{NAMESPACE}:a", "1")
    await client.aclose()
    with pytest.raises(LostError):
        await take(slots)
    nowhere = f"redis://127.0.0.1:{free_port()}"
    store = open_store(nowhere, max_bytes=1, max_entries=1, patience=30)
    assert store.slots is not None
    with pytest.raises(LostError):
        await take(store.slots)
    await store.close()


def test_a_process_alone_has_none() -> None:
    assert open_store("memory://", max_bytes=1, max_entries=1).slots is None
