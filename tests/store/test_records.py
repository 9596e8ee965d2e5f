"""Records of once: laws in memory and in Redis, and what happens when Redis fails."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import redis.asyncio

from gateway.store import open_records, open_store
from gateway.store.records import LostError, MemoryRecords, Records
from tests.fixtures import RedisServer, emptied, free_port
from tests.store.keeping import Clock


@pytest.fixture(params=["memory", "redis"])
async def records(request: pytest.FixtureRequest, clock: Clock) -> AsyncIterator[Records]:
    url = "memory://"
    if request.param == "redis":
        url = request.getfixturevalue("redis_url")
        await emptied(url)
    records = open_records(url, patience=30, now=clock.seconds)
    yield records
    await records.close()


@pytest.fixture
def own(tmp_path: Path) -> Iterator[RedisServer]:
    """A Redis to be ill-treated."""
    with RedisServer(tmp_path) as server:
        yield server


async def pass_by(clock: Clock, seconds: float) -> None:
    clock.turn(seconds)
    await asyncio.sleep(seconds)  # Redis has a clock of its own


async def test_a_value_comes_back_until_it_is_dropped(records: Records) -> None:
    assert await records.get("a") is None
    await records.put("a", b"\x00\xff", 60)
    assert await records.get("a") == b"\x00\xff"
    await records.put("a", b"", 60)
    assert await records.get("a") == b""
    await records.drop("a")
    await records.drop("unheard")
    assert await records.get("a") is None


async def test_a_value_ends_and_a_later_one_lives_on(records: Records, clock: Clock) -> None:
    await records.put("a", b"1", 0.05)
    await records.put("b", b"1", 0.05)
    await records.put("b", b"2", 60)
    await pass_by(clock, 0.06)
    await records.put("c", b"3", 60)
    assert [await records.get(key) for key in "abc"] == [None, b"2", b"3"]


async def test_one_of_fifty_gets_the_lock(records: Records) -> None:
    found = await asyncio.gather(*(records.claim("a", 60) for _ in range(50)))
    assert len([one for one in found if one is not None]) == 1
    assert await records.claim("b", 60) is not None, "each key has a lock of its own"


async def test_a_lock_is_free_when_it_was_let_go_or_has_ended(
    records: Records, clock: Clock
) -> None:
    first = await records.claim("a", 60)
    assert first is not None
    await records.release("a", first)
    second = await records.claim("a", 0.05)
    assert second is not None
    assert second != first
    assert await records.claim("a", 60) is None
    await pass_by(clock, 0.06)
    assert await records.claim("a", 60) is not None


async def test_only_ones_own_lock_is_let_go(records: Records, clock: Clock) -> None:
    late = await records.claim("a", 0.05)
    assert late is not None
    await pass_by(clock, 0.06)
    assert await records.claim("a", 60) is not None
    await records.release("a", late)
    await records.release("a", "made up")
    await records.release("unheard", late)
    assert await records.claim("a", 60) is None


async def test_values_and_locks_do_not_meet(records: Records) -> None:
    token = await records.claim("a", 60)
    assert await records.get("a") is None
    await records.put("a", b"1", 60)
    await records.drop("a")
    assert await records.claim("a", 60) is None
    await records.put("b", b"1", 60)
    assert await records.claim("b", 60) is not None
    assert token is not None
    await records.release("a", token)
    assert await records.get("b") == b"1"


async def test_what_ended_takes_no_memory(clock: Clock) -> None:
    records = MemoryRecords(clock.seconds)
    for n in range(1000):
        await records.put(str(n), b"x", 10 + n % 7)
        await records.claim(str(n), 5)
    clock.turn(20)
    await records.put("last", b"x", 10)
    assert len(records._rows) == len(records._ends) == 1


async def test_what_was_dropped_long_before_its_end_takes_no_memory(clock: Clock) -> None:
    records = MemoryRecords(clock.seconds)
    for n in range(10):
        await records.put(f"kept {n}", b"x", 60 + n)
    for n in range(5000):
        await records.put(str(n), b"x", 86400)
        await records.drop(str(n))
        token = await records.claim(str(n), 86400)
        assert token is not None
        await records.release(str(n), token)
        await records.put("again", str(n).encode(), 86400)
    assert (len(records._rows), len(records._ends) < 200) == (11, True)
    clock.turn(65)  # and what is kept ends in its time all the same
    await records.put("last", b"x", 10)
    kept = [await records.get(f"kept {n}") for n in range(10)]
    assert kept == [None] * 6 + [b"x"] * 4
    assert (len(records._rows), await records.get("again")) == (6, b"4999")


async def test_answers_push_no_record_out_of_memory(clock: Clock) -> None:
    store = open_store("memory://", max_bytes=10**5, max_entries=3, now=clock.seconds)
    records = open_records("memory://", now=clock.seconds)
    await records.put("a", b"1", 60)
    for n in range(100):
        await store.set(str(n), clock.entry(), 60)
    assert await records.get("a") == b"1"


async def test_two_gateways_share_them(redis_url: str, clock: Clock) -> None:
    await emptied(redis_url)
    one, two = (open_records(redis_url, patience=30, now=clock.seconds) for _ in range(2))
    await one.put("a", b"1", 60)
    token = await one.claim("a", 60)
    assert token is not None
    assert await two.get("a") == b"1"
    assert await two.claim("a", 60) is None
    await two.release("a", token)
    assert await two.claim("a", 60) is not None
    client = redis.asyncio.Redis.from_url(redis_url)
    keys = await client.keys("*")
    assert all(key.startswith(b"stagegraph:once:1:") for key in keys)
    assert {await client.pttl(key) for key in keys} == {-1}, "Redis may evict none of them"
    await client.aclose()
    await one.close()
    await two.close()


async def all_fail(records: Records, clock: Clock) -> None:
    for ask in (
        records.get("a"),
        records.put("a", b"1", 60),
        records.drop("a"),
        records.claim("a", 60),
        records.release("a", "token"),
    ):
        with pytest.raises(LostError):
            await ask
        clock.turn(2)


async def test_a_redis_that_is_down_is_told(clock: Clock) -> None:
    records = open_records(f"redis://127.0.0.1:{free_port()}", patience=5, now=clock.seconds)
    await all_fail(records, clock)
    await records.close()


async def test_a_redis_that_dies_is_told_and_one_that_is_back_is_used(
    own: RedisServer, clock: Clock
) -> None:
    records = open_records(own.url, patience=5, now=clock.seconds)
    await records.put("a", b"1", 60)
    own.kill()
    await all_fail(records, clock)
    own.start()
    assert await records.claim("a", 60) is not None
    await records.close()


async def test_a_redis_that_hangs_or_is_full_is_told(own: RedisServer, clock: Clock) -> None:
    records = open_records(own.url, patience=0.1, now=clock.seconds)
    client = redis.asyncio.Redis.from_url(own.url)
    await client.config_set("maxmemory", "1")
    for ask in (records.put("a", b"1", 60), records.claim("a", 60)):
        with pytest.raises(LostError):
            await ask
    await client.aclose()
    os.kill(own.process.pid, signal.SIGSTOP)
    with pytest.raises(LostError):
        await records.get("a")
    os.kill(own.process.pid, signal.SIGCONT)
    await records.close()


async def test_what_is_no_record_is_told(redis_url: str, clock: Clock) -> None:
    await emptied(redis_url)
    records = open_records(redis_url, patience=30, now=clock.seconds)
    client = redis.asyncio.Redis.from_url(redis_url)
    await client.lpush("stagegraph:once:1:value:a", "a list")
    await client.lpush("stagegraph:once:1:lock:a", "a list")
    for ask in (records.get("a"), records.claim("a", 60), records.release("a", "token")):
        with pytest.raises(LostError):
            await ask
    await client.aclose()
    await records.close()


async def test_a_lock_that_was_taken_as_the_connection_broke_is_ones_own(
    redis_url: str, clock: Clock
) -> None:
    await emptied(redis_url)
    _, _, place = redis_url.rpartition("@")
    port = int(place.rpartition(":")[2].partition("/")[0])
    cuts = 1

    async def pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal cuts
        behind, ahead = await asyncio.open_connection("127.0.0.1", port)
        while data := await reader.read(9999):
            ahead.write(data)
            answer = await behind.read(9999)
            if b"EVAL" in data and cuts:
                cuts -= 1
                break
            writer.write(answer)
        writer.close()
        ahead.close()

    server = await asyncio.start_server(pass_on, "127.0.0.1", 0)
    address = f"redis://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    records = open_records(address, patience=30, now=clock.seconds)
    token = await records.claim("a", 60)
    assert (token is not None, cuts) == (True, 0)
    assert await records.claim("a", 60) is None
    await records.close()
    server.close()
