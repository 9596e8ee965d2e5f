"""Redis is down, slow, gone, back, full, or holds what is not ours: none of it fails a read."""

import asyncio
import logging
import os
import pickle
import signal
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import redis.asyncio

from gateway.store import open_store
from gateway.store.store import Store
from tests.fixtures import RedisServer, emptied, free_port
from tests.store.keeping import Clock


def opened(url: str, clock: Clock, patience: float = 30) -> Store:
    return open_store(url, max_bytes=10**7, max_entries=1000, patience=patience, now=clock.seconds)


@pytest.fixture
async def raw(redis_url: str) -> AsyncIterator[redis.asyncio.Redis]:
    await emptied(redis_url)
    client = redis.asyncio.Redis.from_url(redis_url)
    yield client
    await client.aclose()


@pytest.fixture
def own(tmp_path: Path) -> Iterator[RedisServer]:
    """A Redis to be ill-treated."""
    with RedisServer(tmp_path) as server:
        yield server


@pytest.mark.parametrize("garbage", [
    b"", b"garbage", b"\xc1", b"\x95", b"\x91" * 5000, pickle.dumps(1), b"\x80",
    b"\x95\xc4\x02{}\xa1a\xa1b\x80\xc2", b"\x95\xc4\x02{}\xa101\xa101\x80\xc2",
])  # fmt: skip
async def test_what_is_no_entry_is_a_miss(
    redis_url: str, raw: redis.asyncio.Redis, clock: Clock, garbage: bytes
) -> None:
    store = opened(redis_url, clock)
    await raw.set("stagegraph:1:a", garbage)
    await raw.lpush("stagegraph:1:b", "a list")
    await store.set("c", clock.entry(b"good"), 60)
    assert list(await store.get_many(["a", "b", "c"])) == ["c"]
    assert await store.get("a") is None
    await store.set("a", clock.entry(b"good"), 60)
    assert list(await store.get_many(["a", "b", "c"])) == ["a", "c"]
    await store.close()


async def test_a_date_without_a_zone_is_a_miss(
    redis_url: str, raw: redis.asyncio.Redis, clock: Clock
) -> None:
    store = opened(redis_url, clock)
    entry = clock.entry()
    entry.until = entry.until.replace(tzinfo=None)
    await store.set("a", entry, 60)
    assert await raw.get("stagegraph:1:a") is not None
    assert await store.get("a") is None
    await store.close()


async def test_keys_are_prefixed_and_end_by_themselves(
    redis_url: str, raw: redis.asyncio.Redis, clock: Clock
) -> None:
    store = opened(redis_url, clock)
    await store.set("a", clock.entry(b'{"id": 1}', made="never sent"), 60)
    assert await raw.keys("*") == [b"stagegraph:1:a"]
    assert 59_000 < await raw.pttl("stagegraph:1:a") <= 60_000
    data = await raw.get("stagegraph:1:a")
    assert b'{"id": 1}' in data
    assert b"never sent" not in data
    await store.close()


async def test_two_gateways_share_it(redis_url: str, clock: Clock) -> None:
    await emptied(redis_url)
    one, two = opened(redis_url, clock), opened(redis_url, clock)
    await one.set("a", clock.entry(b"1"), 60)
    found = await two.get("a")
    assert found is not None
    assert found.body == b"1"
    await two.set("a", clock.entry(b"2"), 60)
    found = await one.get("a")
    assert found is not None
    assert found.body == b"2", "what a process made at hand is no older than Redis"
    await one.close()
    await two.close()


async def test_one_that_is_down_is_a_miss(clock: Clock, caplog: pytest.LogCaptureFixture) -> None:
    store = opened(f"redis://127.0.0.1:{free_port()}", clock, patience=5)
    with caplog.at_level(logging.WARNING):
        for _ in range(5):
            await store.set("a", clock.entry(), 60)
            assert await store.get("a") is None
            clock.turn(10)
    assert len(caplog.records) == 1
    clock.turn(60)
    with caplog.at_level(logging.WARNING):
        await store.get("a")
    assert len(caplog.records) == 2
    await store.close()


async def test_one_that_is_killed_is_a_miss_and_one_that_is_back_is_used(
    own: RedisServer, clock: Clock
) -> None:
    store = opened(own.url, clock)
    await store.set("a", clock.entry(), 60)
    assert await store.get("a") is not None
    own.kill()
    assert await store.get("a") is None
    await store.set("a", clock.entry(), 60)
    own.start()
    assert await store.get("a") is None, "it is left alone for a second"
    clock.turn(1)
    assert await store.get("a") is None
    await store.set("a", clock.entry(b"again"), 60)
    found = await store.get("a")
    assert found is not None
    assert found.body == b"again"
    await store.close()


async def test_one_that_was_restarted_between_two_reads_is_used(
    own: RedisServer, clock: Clock
) -> None:
    store = opened(own.url, clock)
    await store.set("a", clock.entry(), 60)
    own.kill()
    own.start()
    await store.set("a", clock.entry(), 60)
    assert await store.get("a") is not None
    await store.close()


async def test_one_that_hangs_holds_nobody_up(own: RedisServer, clock: Clock) -> None:
    patient, store = opened(own.url, clock), opened(own.url, clock, patience=0.1)
    await patient.set("a", clock.entry(b"1"), 60)
    await asyncio.gather(*(store.get("a") for _ in range(50)))
    clock.turn(1)
    os.kill(own.process.pid, signal.SIGSTOP)
    async with asyncio.timeout(5):
        assert await asyncio.gather(*(store.get("a") for _ in range(100))) == [None] * 100
        assert await store.get("a") is None
    os.kill(own.process.pid, signal.SIGCONT)
    async with asyncio.timeout(30):
        while (found := await store.get("a")) is None:
            clock.turn(1)
            await asyncio.sleep(0.01)
    assert found.body == b"1"
    await store.close()
    await patient.close()


@pytest.mark.parametrize("is_warm", [True, False])
async def test_a_cancelled_read_does_not_give_its_answer_to_another(
    redis_url: str, clock: Clock, *, is_warm: bool
) -> None:
    await emptied(redis_url)
    first = opened(redis_url, clock)
    names = [f"k{n}" for n in range(20)]
    for name in names:
        await first.set(name, clock.entry(name.encode()), 60)
    await first.close()
    for turns in range(30):
        store = opened(redis_url, clock)
        if is_warm:
            await store.get("k7")
        task = asyncio.create_task(store.get("k0"))
        for _ in range(turns):
            await asyncio.sleep(0)
        was_done = task.done()
        task.cancel()
        found = await asyncio.gather(*(store.get(name) for name in names))
        assert [one and one.body for one in found] == [name.encode() for name in names]
        assert task.cancelled() != was_done
        await store.close()


async def test_a_full_one_still_answers(own: RedisServer, clock: Clock) -> None:
    store = opened(own.url, clock)
    await store.set("a", clock.entry(b"1"), 60)
    client = redis.asyncio.Redis.from_url(own.url)
    await client.config_set("maxmemory", "1")
    await store.set("b", clock.entry(), 60)
    assert list(await store.get_many(["a", "b"])) == ["a"]
    await client.aclose()
    await store.close()


async def test_what_speaks_another_language_is_a_miss(clock: Clock) -> None:
    async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(speak, "127.0.0.1", 0)
    store = opened(f"redis://127.0.0.1:{server.sockets[0].getsockname()[1]}", clock)
    assert await store.get("a") is None
    await store.close()
    server.close()
