"""Laws of the cache, over both stores."""

import asyncio
from pathlib import Path

import pytest

from gateway.cache.cache import MISSING_SECONDS, Cache, How
from gateway.cache.keys import Key, Scope
from gateway.store import open_store
from gateway.store.entry import Entry
from schema.types.source import Source
from tests.fixtures import RedisServer, free_port
from tests.store.keeping import Clock


class Upstream:
    """Answers, after a moment, and counts."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.calls = 0
        self.fails = False
        self.missing = False
        self.until = 1e6

    async def __call__(self) -> Entry:
        self.calls += 1
        await asyncio.sleep(0.005)
        if self.fails:
            message = "down"
            raise OSError(message)
        body = str(self.calls).encode()
        return self.clock.entry(body, seconds=self.until, missing=self.missing)


@pytest.fixture
def upstream(clock: Clock) -> Upstream:
    return Upstream(clock)


@pytest.fixture
def key(scope: Scope) -> Key:
    return scope.key("call", "/stages", "1")


async def test_what_is_kept_is_not_loaded_again(
    cache: Cache, upstream: Upstream, key: Key, clock: Clock
) -> None:
    first, how = await cache.get_or_load(key, 60, upstream)
    assert (first.body, how) == (b"1", How.SENT)
    clock.turn(59)
    again, how = await cache.get_or_load(key, 60, upstream)
    assert (again.kept(), how) == (first.kept(), How.KEPT)
    assert again is first, "so that what was made of it is made once"
    clock.turn(1)
    later, how = await cache.get_or_load(key, 60, upstream)
    assert (later.body, how) == (b"2", How.SENT)


async def test_nothing_is_given_past_its_end(
    cache: Cache, upstream: Upstream, key: Key, clock: Clock
) -> None:
    upstream.until = 5
    await cache.get_or_load(key, 60, upstream)
    clock.turn(4.9)
    assert await cache.peek(key) is not None
    clock.turn(0.1)
    assert await cache.peek(key) is None
    entry, how = await cache.get_or_load(key, 60, upstream)
    assert (entry.body, how) == (b"2", How.SENT)


async def test_what_comes_past_its_end_is_not_kept(
    cache: Cache, upstream: Upstream, key: Key
) -> None:
    upstream.until = -1
    entry, _ = await cache.get_or_load(key, 60, upstream)
    assert entry.body == b"1"
    assert await cache.peek(key) is None


async def test_peeking_loads_nothing(cache: Cache, upstream: Upstream, scope: Scope) -> None:
    keys = [scope.key("call", "/stages", n) for n in range(3)]
    assert await cache.peek(keys[0]) is None
    for key in keys[:2]:
        await cache.get_or_load(key, 60, upstream)
    found = [await cache.peek(key) for key in keys]
    assert [entry and entry.body for entry in found] == [b"1", b"2", None]
    assert upstream.calls == 2


async def test_what_is_missing_is_known_briefly(
    cache: Cache, upstream: Upstream, key: Key, clock: Clock
) -> None:
    upstream.missing = True
    await cache.get_or_load(key, 60, upstream)
    clock.turn(MISSING_SECONDS - 0.1)
    entry, how = await cache.get_or_load(key, 60, upstream)
    assert (entry.missing, how) == (True, How.KEPT)
    clock.turn(0.1)
    upstream.missing = False
    entry, how = await cache.get_or_load(key, 60, upstream)
    assert (entry.missing, how) == (False, How.SENT)


async def test_what_is_missing_is_known_no_longer_than_if_it_were_there(
    cache: Cache, upstream: Upstream, key: Key, clock: Clock
) -> None:
    upstream.missing = True
    await cache.get_or_load(key, 3, upstream)
    clock.turn(2.9)
    assert await cache.peek(key) is not None
    clock.turn(0.1)
    assert await cache.peek(key) is None


async def test_a_failure_is_for_all_and_is_not_kept(
    cache: Cache, upstream: Upstream, key: Key
) -> None:
    upstream.fails = True
    found = await asyncio.gather(
        *(cache.get_or_load(key, 60, upstream) for _ in range(10)), return_exceptions=True
    )
    assert [type(one) for one in found] == [OSError] * 10
    assert upstream.calls == 1
    upstream.fails = False
    entry, how = await cache.get_or_load(key, 60, upstream)
    assert (entry.body, how) == (b"2", How.SENT)


@pytest.mark.parametrize("seconds", [60, 0, -1])
async def test_a_hundred_at_once_are_one_load(
    cache: Cache, upstream: Upstream, key: Key, seconds: float
) -> None:
    found = await asyncio.gather(*(cache.get_or_load(key, seconds, upstream) for _ in range(100)))
    assert upstream.calls == 1
    assert {entry.body for entry, _ in found} == {b"1"}
    assert sorted(how.name for _, how in found) == ["JOINED"] * 99 + ["SENT"]
    _, how = await cache.get_or_load(key, seconds, upstream)
    assert how is (How.KEPT if seconds > 0 else How.SENT)


async def test_one_that_looked_too_early_does_not_load_again(cache: Cache, key: Key) -> None:
    """The first load may end between a caller's look into the store and its own load."""
    calls = 0

    async def at_once() -> Entry:
        nonlocal calls
        calls += 1
        return Clock().entry()

    async def late(turns: int) -> How:
        for _ in range(turns):
            await asyncio.sleep(0)
        return (await cache.get_or_load(key, 60, at_once))[1]

    hows = await asyncio.gather(*(late(turns) for turns in range(40)))
    assert calls == 1
    assert hows.count(How.SENT) == 1


async def test_who_leaves_leaves_alone(cache: Cache, upstream: Upstream, key: Key) -> None:
    begun, gate = asyncio.Event(), asyncio.Event()

    async def load() -> Entry:
        begun.set()
        await gate.wait()
        return await upstream()

    tasks = [asyncio.create_task(cache.get_or_load(key, 60, load)) for _ in range(3)]
    await begun.wait()
    tasks[0].cancel()
    await asyncio.wait(tasks[:1])
    gate.set()
    found = await asyncio.gather(*tasks, return_exceptions=True)
    assert isinstance(found[0], asyncio.CancelledError)
    assert [one[0].body for one in found[1:] if isinstance(one, tuple)] == [b"1", b"1"]
    assert await cache.peek(key) is not None


async def test_the_last_who_leaves_stops_the_load(cache: Cache, key: Key) -> None:
    begun, stopped = asyncio.Event(), asyncio.Event()

    async def load() -> Entry:
        begun.set()
        try:
            await asyncio.sleep(30)
        finally:
            stopped.set()
        raise AssertionError

    told: list[object] = []
    tasks = [
        asyncio.create_task(cache.get_or_load(key, 60, load, state="in line", on_leave=told.append))
        for _ in range(2)
    ]
    await begun.wait()
    for task in tasks:
        task.cancel()
    await asyncio.wait_for(stopped.wait(), 1)
    assert told == ["in line"] * 2
    assert await cache.peek(key) is None


async def test_each_scope_has_answers_of_its_own(cache: Cache, upstream: Upstream) -> None:
    for n, token in enumerate(("alice", "bob"), 1):
        key = Scope.of(Source.ESPER, "https://esper.example", token).key("call", "/stages")
        entry, how = await cache.get_or_load(key, 60, upstream)
        assert (entry.body, how) == (str(n).encode(), How.SENT)


async def test_without_redis_it_still_answers(clock: Clock, upstream: Upstream, key: Key) -> None:
    store = open_store(f"redis://127.0.0.1:{free_port()}/0", max_bytes=10**6, max_entries=10)
    cache = Cache(store, clock.moment)
    found = await asyncio.gather(*(cache.get_or_load(key, 60, upstream) for _ in range(100)))
    assert {entry.body for entry, _ in found} == {b"1"}
    _, how = await cache.get_or_load(key, 60, upstream)
    assert how is How.SENT
    assert await cache.peek(key) is None
    await store.close()


async def test_a_redis_killed_during_a_load_costs_nothing(
    clock: Clock, upstream: Upstream, key: Key, scope: Scope, tmp_path: Path
) -> None:
    with RedisServer(tmp_path) as server:
        store = open_store(server.url, max_bytes=10**6, max_entries=10, patience=30)
        cache = Cache(store, clock.moment)
        await cache.get_or_load(key, 60, upstream)
        assert await cache.peek(key) is not None

        async def load() -> Entry:
            server.kill()
            return await upstream()

        entry, how = await cache.get_or_load(scope.key("call", "/others"), 60, load)
        assert (entry.body, how) == (b"2", How.SENT)
        assert await cache.peek(key) is None
        await store.close()
