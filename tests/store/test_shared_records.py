"""Records in Redis: it evicts none of them, and none outlives its end for long."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import pytest
import redis.asyncio

from gateway.store import open_records, open_store
from gateway.store.records import LostError, Records
from tests.fixtures import RedisServer, emptied
from tests.store.keeping import Clock

ENDS = "stagegraph:once:1:ends"


@pytest.fixture
async def raw(redis_url: str) -> AsyncIterator[redis.asyncio.Redis]:
    await emptied(redis_url)
    client = redis.asyncio.Redis.from_url(redis_url)
    yield client
    await client.aclose()


@pytest.fixture
async def records(redis_url: str, raw: redis.asyncio.Redis, clock: Clock) -> AsyncIterator[Records]:
    assert await raw.dbsize() == 0
    records = open_records(redis_url, patience=30, now=clock.seconds)
    yield records
    await records.close()


@pytest.fixture
async def small(tmp_path: Path) -> AsyncIterator[redis.asyncio.Redis]:
    """A Redis that evicts soon, as an operator should have it."""
    options = ("--maxmemory", "4mb", "--maxmemory-policy", "volatile-lru")
    with RedisServer(tmp_path, *options) as server:
        client = redis.asyncio.Redis.from_url(server.url)
        yield client
        await client.aclose()


def address(client: redis.asyncio.Redis) -> str:
    return f"redis://127.0.0.1:{client.connection_pool.connection_kwargs['port']}/0"


async def test_a_redis_that_evicts_answers_evicts_no_record(
    small: redis.asyncio.Redis, clock: Clock
) -> None:
    store = open_store(address(small), max_bytes=1, max_entries=1, patience=30, now=clock.seconds)
    records = open_records(address(small), patience=30, now=clock.seconds)
    names = [str(n) for n in range(200)]
    for name in names:
        await records.put(name, name.encode(), 600)
        assert await records.claim(name, 600) is not None
    for n in range(2000):
        await store.set(str(n), clock.entry(b"x" * 10_000), 60)
    assert (await small.info("stats"))["evicted_keys"] > 1000
    assert len(await store.get_many([str(n) for n in range(2000)])) < 1000
    assert [await records.get(name) for name in names] == [name.encode() for name in names]
    assert [await records.claim(name, 600) for name in names] == [None] * len(names)
    await records.put("late", b"1", 600)
    assert await records.get("late") == b"1", "answers make room for it"
    await records.close()
    await store.close()


async def test_a_redis_full_of_records_refuses_and_forgets_none(
    small: redis.asyncio.Redis, clock: Clock
) -> None:
    records = open_records(address(small), patience=30, now=clock.seconds)
    token = await records.claim("a", 600)
    assert token is not None
    puts = (records.put(str(n), b"%d" % n * 2000, 600) for n in range(5000))
    kept = 0
    with suppress(LostError):
        for put in puts:
            await put
            kept += 1
    assert 50 < kept < 5000
    assert await records.get(str(kept)) is None
    assert await small.zcard(ENDS) == kept + 1, "what was refused left nothing behind"
    for n in range(kept):
        assert await records.get(str(n)) == b"%d" % n * 2000
    assert await records.claim("a", 600) is None
    await records.release("a", token)
    for n in range(kept):
        await records.drop(str(n))
    assert await small.dbsize() == 0
    assert await records.claim("a", 600) is not None
    await records.close()


async def test_what_ended_is_absent_before_it_is_swept(
    records: Records, raw: redis.asyncio.Redis
) -> None:
    await records.put("a", b"1", 0.2)
    assert await records.claim("a", 0.2) is not None
    await asyncio.sleep(0.21)
    assert await records.get("a") is None
    assert await raw.dbsize() == 3, "nothing has swept yet"
    assert await records.claim("a", 60) is not None
    assert sorted(await raw.keys("*")) == [ENDS.encode(), b"stagegraph:once:1:lock:a"]


async def test_the_sweep_leaves_nothing_behind_and_goes_step_by_step(
    records: Records, raw: redis.asyncio.Redis
) -> None:
    await asyncio.gather(*(records.put(str(n), b"1", 60) for n in range(130)))
    await asyncio.gather(*(records.claim(str(n), 60) for n in range(120)))
    await raw.zadd(ENDS, dict.fromkeys(await raw.zrange(ENDS, 0, -1), 1))  # long ago
    await raw.zadd(ENDS, {"stagegraph:once:1:value:0": 4e12})
    left = []
    for _ in range(3):
        await records.put("last", b"1", 60)
        left.append(await raw.dbsize())
    assert left == [152, 52, 3]
    assert await raw.zcard(ENDS) == 2
    assert [await records.get(name) for name in "01"] == [b"1", None]


async def test_a_put_again_moves_its_end(records: Records, raw: redis.asyncio.Redis) -> None:
    await records.put("later", b"1", 0.05)
    await records.put("later", b"2", 60)
    await records.put("sooner", b"1", 60)
    await records.put("sooner", b"2", 0.05)
    await asyncio.sleep(0.06)
    assert await records.get("sooner") is None
    await records.put("sweeps", b"1", 60)
    assert await records.get("later") == b"2"
    assert await raw.zcard(ENDS) == 2


async def test_what_was_let_go_leaves_nothing_behind(
    records: Records, raw: redis.asyncio.Redis
) -> None:
    await records.put("a", b"1", 60)
    token = await records.claim("a", 60)
    assert token is not None
    await records.drop("a")
    await records.release("a", "of another")
    assert await raw.dbsize() == 2
    await records.release("a", token)
    assert await raw.dbsize() == 0


async def test_what_lost_its_end_stays_and_a_lock_gets_another(
    records: Records, raw: redis.asyncio.Redis
) -> None:
    await records.put("a", b"1", 60)
    assert await records.claim("a", 60) is not None
    await raw.delete(ENDS)
    assert await records.get("a") == b"1"
    assert await records.claim("a", 0.05) is None
    await asyncio.sleep(0.06)
    assert await records.claim("a", 60) is not None
    assert await records.get("a") == b"1"


async def test_where_ends_cannot_be_kept_nothing_is(
    records: Records, raw: redis.asyncio.Redis
) -> None:
    await raw.lpush(ENDS, "a list")
    for ask in (records.put("a", b"1", 60), records.claim("a", 60)):
        with pytest.raises(LostError):
            await ask
    assert await raw.keys("*") == [ENDS.encode()]
