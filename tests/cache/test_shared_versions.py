"""Gateways that share a Redis see each other's writes, whatever happens to Redis."""

import asyncio
import random
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
import redis.asyncio

from gateway.cache.cache import How
from gateway.cache.shared_versions import SharedVersions
from tests.cache.gateways import SCOPE, TAG, Gateway, Vendor
from tests.fixtures import RedisServer, emptied
from tests.store.keeping import Clock


@pytest.fixture
def vendor(clock: Clock) -> Vendor:
    return Vendor(clock)


@pytest.fixture
async def raw(redis_url: str) -> AsyncIterator[Any]:
    await emptied(redis_url)
    client = redis.asyncio.Redis.from_url(redis_url)
    yield client
    await client.aclose()


@pytest.fixture
async def pair(redis_url: str, raw: object, vendor: Vendor) -> AsyncIterator[list[Gateway]]:
    pair = [Gateway(redis_url, vendor) for _ in range(2)]
    yield pair
    for one in pair:
        await one.close()


@pytest.fixture
def own(tmp_path: Path) -> Iterator[RedisServer]:
    """A Redis to be ill-treated."""
    with RedisServer(tmp_path) as server:
        yield server


@pytest.fixture
async def torn(own: RedisServer, vendor: Vendor) -> AsyncIterator[list[Gateway]]:
    """Two gateways over the Redis to be ill-treated."""
    pair = [Gateway(own.url, vendor) for _ in range(2)]
    yield pair
    for one in pair:
        await one.close()


async def numbers(client: Any) -> dict[bytes, Any]:
    return {key: await client.get(key) for key in await client.keys("stagegraph:1:version:*")}


async def commands(client: Any) -> dict[str, int]:
    found = await client.info("commandstats")
    return {name: row["calls"] for name, row in found.items() if "script" not in name}


async def test_a_bump_by_one_is_seen_by_the_other(pair: list[Gateway]) -> None:
    one, two = pair
    assert await one.ask() == (0, How.SENT)
    assert await two.ask() == (0, How.KEPT), "they share answers"
    mark = two.versions.clock
    await one.write()
    assert await two.ask() == (1, How.SENT)
    assert await one.ask() == (1, How.KEPT)
    assert two.versions.changed_at(SCOPE, TAG) > mark


async def test_a_load_under_way_is_not_kept_for_the_other(
    pair: list[Gateway], vendor: Vendor
) -> None:
    one, two = pair
    gate = vendor.gate = asyncio.Event()
    early = asyncio.create_task(two.ask())
    await vendor.begun.wait()
    vendor.gate = None
    await one.write()
    gate.set()
    assert await early == (0, How.SENT)
    assert await two.ask() == (1, How.SENT)
    assert await one.ask() == (1, How.KEPT)


async def test_a_refresh_is_one_command(pair: list[Gateway], raw: Any) -> None:
    one, _ = pair
    await one.versions.meet(SCOPE, [f"stage/{n}" for n in range(100)])
    await raw.config_resetstat()
    for _ in range(5):
        await one.versions.refresh()
    told = await commands(raw)
    told.pop("cmdstat_config|resetstat", None)
    assert told.pop("cmdstat_mget") == 5
    assert not set(told) & {"cmdstat_eval", "cmdstat_get", "cmdstat_set"}
    await raw.config_resetstat()
    await one.versions.meet(SCOPE, ["stage/1", "stage/new", "stage/newer"])
    await one.versions.meet(SCOPE, ["stage/1", "stage/new", "stage/newer"])
    assert (await commands(raw))["cmdstat_eval"] == 1


async def test_a_tag_met_during_a_look_of_another_is_part_of_the_next(
    pair: list[Gateway],
) -> None:
    """The number that a first look brings may be old when an operation that began later uses it."""
    one, two = pair
    await two.versions.meet(SCOPE, [TAG])
    meeting = asyncio.create_task(one.versions.meet(SCOPE, [TAG]))
    await asyncio.sleep(0)
    await two.versions.bump(SCOPE, [TAG])
    await one.versions.refresh()
    assert one.versions.of(SCOPE, [TAG]) == two.versions.of(SCOPE, [TAG])
    await meeting
    assert one.versions.of(SCOPE, [TAG]) == two.versions.of(SCOPE, [TAG])


async def test_an_owed_bump_is_paid_when_redis_is_back(
    own: RedisServer, torn: list[Gateway], clock: Clock
) -> None:
    one, two = torn
    for gateway in torn:
        await gateway.ask()
    client = redis.asyncio.Redis.from_url(own.url)
    before, held = await numbers(client), await client.dump((await client.keys("*call*"))[0])
    [entry], [version] = await client.keys("*call*"), before
    own.kill()
    await one.write()
    assert await one.read() == (1, How.SENT), "one's own writes are seen without Redis"
    assert await two.ask() == (1, How.SENT), "nothing kept is believed without Redis"
    own.start()
    await client.connection_pool.disconnect()
    # It comes back with what it had.
    await client.restore(entry, 0, held)
    await client.set(version, before[version])
    clock.turn(2)
    async with asyncio.timeout(10):
        while await client.get(version) == before[version]:  # nobody asks anything of the one
            await asyncio.sleep(0.005)
            clock.turn(2)
    assert await two.ask() == (1, How.SENT)
    assert await one.ask() == (1, How.KEPT)
    await client.aclose()


async def test_who_is_back_pays_before_anything_is_believed(
    own: RedisServer, vendor: Vendor, clock: Clock
) -> None:
    gateway = Gateway(own.url, vendor)
    counters = gateway.store.counters
    assert counters is not None
    slow = gateway.versions = SharedVersions(counters, rest=1000)
    await gateway.ask()
    own.kill()
    await gateway.write()
    owed = slow.of(SCOPE, [TAG])[0]
    own.start()
    clock.turn(2)
    await slow.refresh()
    client = redis.asyncio.Redis.from_url(own.url)
    [number] = (await numbers(client)).values()
    assert int(number) == slow.of(SCOPE, [TAG])[0] == owed
    await client.aclose()
    await gateway.close()


async def until_seen(gateway: Gateway) -> None:
    for _ in range(2000):
        if await gateway.ask() == (gateway.vendor.value, How.SENT):
            return
        await asyncio.sleep(0.005)
    raise AssertionError


async def test_a_cancelled_bump_is_paid_too(pair: list[Gateway]) -> None:
    one, two = pair
    for turns in range(12):
        await two.ask()
        task = asyncio.create_task(one.write())
        for _ in range(turns):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait([task])
        if turns:  # else it never began
            await until_seen(two)


async def test_without_redis_each_operation_is_alone_and_its_parts_share(
    own: RedisServer, torn: list[Gateway], vendor: Vendor, clock: Clock
) -> None:
    one, _ = torn
    await one.ask()
    mark = one.versions.clock
    own.kill()
    vendor.loads = 0
    vendor.begun.clear()
    gate = vendor.gate = asyncio.Event()
    await one.versions.refresh()
    assert one.versions.changed_at(SCOPE, TAG) > mark, "another may have changed it"
    first = [asyncio.create_task(one.read(*tags)) for tags in ((), (), ("stage/new",), ())]
    await vendor.begun.wait()
    vendor.gate = None
    vendor.value += 1  # by another gateway, which cannot tell
    assert await one.ask() == (1, How.SENT)
    gate.set()
    assert [found for found, _ in await asyncio.gather(*first)] == [0] * 4
    assert vendor.loads == 3, "one for each of the first's calls, and one for the second"
    own.start()
    clock.turn(2)
    assert await one.ask() == (1, How.SENT)
    assert await one.ask() == (1, How.KEPT)


@pytest.mark.parametrize("garbage", [
    None, b"", b"x", b"-5", b"1.5", b"1e9", b"nan", b"0x10", b"99999999999999999999",
    b"9" * 16, b" 7", [b"a list"], b"0",
])  # fmt: skip
async def test_a_number_that_is_lost_or_none_never_brings_back_what_was_kept(
    pair: list[Gateway], raw: Any, garbage: Any
) -> None:
    one, two = pair
    for gateway in pair:
        await gateway.ask()
    await one.write()
    assert await two.ask() == (1, How.SENT)
    [name] = await numbers(raw)
    await raw.delete(name)
    if isinstance(garbage, list):
        await raw.lpush(name, *garbage)
    elif garbage is not None:
        await raw.set(name, garbage)
    two.vendor.value += 1  # a write whose bump went with the number
    assert await two.ask() == (2, How.SENT)
    assert await one.ask() == (2, How.KEPT), "they agree again"
    await one.write()
    assert await two.ask() == (3, How.SENT)


async def test_a_new_gateway_puts_no_old_number_in_the_place_of_a_lost_one(
    redis_url: str, pair: list[Gateway], raw: Any
) -> None:
    one, _ = pair
    await one.ask()
    await one.write()
    [name] = await numbers(raw)
    await raw.delete(name)
    new = Gateway(redis_url, one.vendor)
    assert await new.ask() == (1, How.SENT)
    await new.close()


async def test_a_bump_over_garbage_is_a_bump(pair: list[Gateway], raw: Any) -> None:
    one, two = pair
    for gateway in pair:
        await gateway.ask()
    [name] = await numbers(raw)
    for garbage in (b"x", b"9" * 20):
        await raw.set(name, garbage)
        await one.write()
        assert await two.ask() == (one.vendor.value, How.SENT)


async def test_a_clock_that_is_behind_does_no_harm(
    redis_url: str, raw: Any, vendor: Vendor
) -> None:
    right, late = Gateway(redis_url, vendor), Gateway(redis_url, vendor)
    assert late.store.counters is not None
    late.versions = SharedVersions(late.store.counters, now=lambda: 1000, rest=0.01)
    await right.ask()
    for _ in range(3):
        assert (await late.ask())[0] == vendor.value
        await late.write()
        assert await right.ask() == (vendor.value, How.SENT)
        [name] = await numbers(raw)
        await raw.delete(name)
        await late.versions.refresh()  # puts it back, by a clock that is behind
        await late.write()
        assert await right.ask() == (vendor.value, How.SENT)
        await right.write()
        assert await late.ask() == (vendor.value, How.SENT)
    await right.close()
    await late.close()


async def test_numbers_end_by_themselves_and_show_no_id(pair: list[Gateway], raw: Any) -> None:
    await pair[0].ask("stage/secret-id")
    [name] = await numbers(raw)
    assert b"secret" not in name
    assert 0 < await raw.ttl(name) <= 24 * 3600
    await raw.expire(name, 5)
    await pair[0].write("stage/secret-id")
    assert await raw.ttl(name) > 5


@pytest.mark.parametrize("seed", range(8))
async def test_nobody_sees_less_than_was_answered_before_they_asked(
    redis_url: str, raw: Any, vendor: Vendor, seed: int
) -> None:
    """Three gateways read and write at once, while numbers go and garbage comes."""
    chance = random.Random(seed)  # noqa: S311 - a game
    gateways = [Gateway(redis_url, vendor) for _ in range(3)]
    answered, kept = 0, 0

    async def act(gateway: Gateway) -> None:
        nonlocal answered, kept
        for _ in range(40):
            for _ in range(chance.randrange(4)):
                await asyncio.sleep(0)
            what = chance.random()
            if what < 0.2:
                value = vendor.value + 1
                await gateway.write()
                answered = max(answered, value)
            elif what < 0.25:
                for name in await numbers(raw):
                    await (raw.delete(name) if chance.random() < 0.5 else raw.set(name, b"x"))
            else:
                least = answered
                found, how = await gateway.ask()
                assert found >= least
                kept += how is How.KEPT

    await asyncio.gather(*(act(one) for one in gateways for _ in range(3)))
    assert kept > 10
    for one in gateways:
        await one.close()
