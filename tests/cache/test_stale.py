"""Answers past their time: given while their source is in trouble, or while they are renewed."""

import asyncio

import pytest
import redis.asyncio

from gateway.cache.cache import MISSING_SECONDS, Cache, How
from gateway.cache.keys import Key, Scope
from gateway.errors import (
    BadResponse,
    Forbidden,
    NotReached,
    Throttled,
    TimedOut,
    Unauthenticated,
    UpstreamFailure,
)
from gateway.store import open_store
from gateway.store.entry import Entry
from gateway.store.store import Store
from schema.types.source import Source
from tests.fixtures import emptied
from tests.store.keeping import Clock

STALE = 100.0


class Vendor:
    """Answers its count of calls, or fails; counts what is begun beside."""

    def __init__(self, cache: Cache, clock: Clock, key: Key) -> None:
        self.cache, self.clock, self.key = cache, clock, key
        self.calls = 0
        self.renewed = 0
        self.lates: list[bool] = []
        self.failure: UpstreamFailure | None = None
        self.is_well = True
        self.more: dict[str, bool] = {}
        self.beside: asyncio.Task[Entry] | None = None

    async def answer(self) -> Entry:
        self.calls += 1
        await asyncio.sleep(0.005)
        if self.failure is not None:
            raise self.failure
        return self.clock.entry(str(self.calls).encode(), seconds=1e6, **self.more)

    def may_renew(self) -> bool:
        return self.is_well

    def renew(self, entry: Entry) -> None:
        self.renewed += 1
        self._begin(entry)

    async def load(self, entry: Entry, *, is_late: bool) -> Entry:
        self.lates.append(is_late)
        return await asyncio.shield(self._begin(entry))

    def _begin(self, entry: Entry) -> asyncio.Task[Entry]:
        if self.beside is None or self.beside.done():
            self.beside = asyncio.create_task(self._renew(entry))
        return self.beside

    async def _renew(self, entry: Entry) -> Entry:
        try:
            found = await self.answer()
        except UpstreamFailure as failure:
            self.cache.blame(entry, failure)
            raise
        await self.cache.keep(self.key, found, 60)
        return found

    async def ask(self) -> tuple[bytes, How]:
        entry, how = await self.cache.get_or_load(self.key, 60, self.answer, spare=self)
        return entry.body, how

    async def settle(self) -> None:
        """Wait for what is under way beside."""
        if self.beside is not None:
            await asyncio.wait([self.beside])
            self.beside.exception()


@pytest.fixture
def vendor(store: Store, clock: Clock, scope: Scope) -> Vendor:
    cache = Cache(store, clock.moment, STALE)
    return Vendor(cache, clock, scope.key("call", "/stages", "1"))


OUTAGES = [
    TimedOut(Source.ESPER, ""),
    NotReached(Source.ESPER, ""),
    BadResponse(Source.ESPER, "", status=200),
    Throttled(Source.ESPER, "", status=429),
]


@pytest.mark.parametrize("failure", OUTAGES, ids=lambda one: type(one).__name__)
async def test_an_old_answer_is_given_while_there_is_no_other(
    vendor: Vendor, clock: Clock, failure: UpstreamFailure
) -> None:
    await vendor.ask()
    clock.turn(60 + STALE - 1)
    vendor.failure = failure
    found = await asyncio.gather(*(vendor.ask() for _ in range(10)))
    assert found == [(b"1", How.STALE)] * 10
    assert vendor.calls == 2
    entry, _ = await vendor.cache.get_or_load(vendor.key, 60, vendor.answer, spare=vendor)
    assert entry.trouble is failure
    assert vendor.calls == 3
    clock.turn(1)
    with pytest.raises(type(failure)):
        await vendor.ask()
    vendor.failure = None
    assert await vendor.ask() == (b"5", How.SENT)
    assert await vendor.ask() == (b"5", How.KEPT)


async def test_it_is_told_for_a_while_that_a_source_was_late(vendor: Vendor, clock: Clock) -> None:
    await vendor.ask()
    clock.turn(70)
    vendor.failure = NotReached(Source.ESPER, "")
    await vendor.ask()
    vendor.failure = TimedOut(Source.ESPER, "")
    for _ in range(2):
        await vendor.ask()
    clock.turn(10)
    await vendor.ask()
    assert vendor.lates == [False, False, True, False]


@pytest.mark.parametrize("failure", [
    Forbidden(Source.ESPER, ""), Unauthenticated(Source.ESPER, ""),
    BadResponse(Source.ESPER, "", status=400),
], ids=lambda one: type(one).__name__)  # fmt: skip
async def test_what_a_source_says_no_to_is_told(
    vendor: Vendor, clock: Clock, failure: UpstreamFailure
) -> None:
    await vendor.ask()
    clock.turn(70)
    vendor.failure = failure
    with pytest.raises(type(failure)):
        await vendor.ask()


async def test_without_a_spare_or_without_seconds_nothing_old_is_given(
    vendor: Vendor, clock: Clock, store: Store
) -> None:
    await vendor.ask()
    vendor.failure = OUTAGES[0]
    clock.turn(61)
    with pytest.raises(TimedOut):
        await vendor.cache.get_or_load(vendor.key, 60, vendor.answer)
    vendor.cache = Cache(store, clock.moment, 0)
    with pytest.raises(TimedOut):
        await vendor.ask()
    assert vendor.renewed == 0


@pytest.mark.parametrize("spoils", ["missing", "doubtful"])
async def test_no_such_thing_and_nonsense_are_not_given_past_their_time(
    vendor: Vendor, clock: Clock, spoils: str
) -> None:
    if spoils == "missing":
        vendor.more = {"missing": True}
    entry, _ = await vendor.cache.get_or_load(vendor.key, 60, vendor.answer, spare=vendor)
    entry.is_doubtful = spoils == "doubtful"
    clock.turn(MISSING_SECONDS if spoils == "missing" else 60)
    vendor.failure = OUTAGES[0]
    with pytest.raises(TimedOut):
        await vendor.ask()
    assert vendor.renewed == 0


async def test_one_just_past_its_time_is_given_while_it_is_renewed(
    vendor: Vendor, clock: Clock
) -> None:
    await vendor.ask()
    clock.turn(60)
    found = await asyncio.gather(*(vendor.ask() for _ in range(100)))
    assert found == [(b"1", How.KEPT)] * 100
    await vendor.settle()
    assert vendor.calls == 2
    assert await vendor.ask() == (b"2", How.KEPT)


async def test_one_long_past_its_time_is_waited_for(vendor: Vendor, clock: Clock) -> None:
    await vendor.ask()
    clock.turn(66)
    assert await vendor.ask() == (b"2", How.SENT)
    assert vendor.renewed == 0


async def test_who_comes_too_late_for_the_old_one_waits_for_its_renewal(
    vendor: Vendor, clock: Clock
) -> None:
    await vendor.ask()
    clock.turn(65.9)
    assert await vendor.ask() == (b"1", How.KEPT)
    await asyncio.sleep(0)
    clock.turn(1)
    assert (await vendor.ask())[0] == b"2"
    assert vendor.calls == 2


async def test_a_renewal_that_fails_loses_nothing_and_is_told_to_the_next(
    vendor: Vendor, clock: Clock
) -> None:
    await vendor.ask()
    clock.turn(60)
    vendor.failure = OUTAGES[0]
    assert await vendor.ask() == (b"1", How.KEPT)
    await vendor.settle()
    assert await vendor.ask() == (b"1", How.STALE)
    vendor.failure = None
    assert await vendor.ask() == (b"4", How.SENT)


async def test_a_source_in_trouble_is_not_asked_beside(vendor: Vendor, clock: Clock) -> None:
    await vendor.ask()
    clock.turn(60)
    vendor.is_well, vendor.failure = False, OUTAGES[0]
    assert await vendor.ask() == (b"1", How.STALE)
    assert vendor.renewed == 0


async def test_redis_keeps_an_answer_for_as_long_as_it_may_be_given(
    redis_url: str, clock: Clock, scope: Scope
) -> None:
    await emptied(redis_url)
    store = open_store(redis_url, max_bytes=10**6, max_entries=10, patience=30, now=clock.seconds)
    vendor = Vendor(Cache(store, clock.moment, STALE), clock, scope.key("call", "/stages", "1"))
    await vendor.ask()
    client = redis.asyncio.Redis.from_url(redis_url)
    [key] = await client.keys("*")
    assert 59 + STALE < await client.ttl(key) <= 60 + STALE
    await client.aclose()
    await store.close()
