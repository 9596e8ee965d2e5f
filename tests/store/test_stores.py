"""Laws of every store, in memory and in Redis."""

import asyncio

from gateway.store.store import Store
from tests.store.keeping import Clock


async def test_what_is_kept_comes_back_whole(store: Store, clock: Clock) -> None:
    entry = clock.entry(b"\x00\xff{}", headers={"etag": "é"}, missing=True)
    await store.set("a", entry, 60)
    found = await store.get("a")
    assert found is not None
    assert found.kept() == entry.kept()
    assert await store.get("b") is None


async def test_many_come_by_key(store: Store, clock: Clock) -> None:
    for name in "abc":
        await store.set(name, clock.entry(name.encode()), 60)
    found = await store.get_many(["c", "x", "a", "c"])
    assert {key: one.body for key, one in found.items()} == {"a": b"a", "c": b"c"}
    assert not await store.get_many([])


async def test_the_latest_is_kept(store: Store, clock: Clock) -> None:
    await store.set("a", clock.entry(b"old"), 60)
    await store.set("a", clock.entry(b"new"), 60)
    found = await store.get("a")
    assert found is not None
    assert found.body == b"new"


async def test_it_ends(store: Store, clock: Clock) -> None:
    await store.set("a", clock.entry(), 0.05)
    await store.set("b", clock.entry(), 60)
    clock.turn(0.06)
    await asyncio.sleep(0.06)  # Redis has a clock of its own
    assert await store.get("a") is None
    assert list(await store.get_many(["a", "b"])) == ["b"]


async def test_no_time_keeps_nothing(store: Store, clock: Clock) -> None:
    for seconds in (0, -1, -0.5, 0.0):
        await store.set("a", clock.entry(), seconds)
        assert await store.get("a") is None
    await store.set("a", clock.entry(), 0.0001)
    clock.turn(0.001)
    await asyncio.sleep(0.002)
    assert await store.get("a") is None


async def test_what_was_made_is_made_once(store: Store, clock: Clock) -> None:
    await store.set("a", clock.entry(b"1"), 60)
    first = await store.get("a")
    assert first is not None
    first.made = object()
    again = await store.get("a")
    assert again is first
    assert (await store.get_many(["a"]))["a"] is first
    await store.set("a", clock.entry(b"2"), 60)
    other = await store.get("a")
    assert other is not None
    assert other.made is None
