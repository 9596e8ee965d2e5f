"""The store in memory: its bounds are honest, and it leaves nothing behind."""

import asyncio
import json
import tracemalloc

import msgspec
import pytest

from gateway.store import open_store
from gateway.store.store import Store
from tests.store.keeping import Clock


def memory(max_bytes: int = 10**9, max_entries: int = 10**6) -> Store:
    return open_store("memory://", max_bytes=max_bytes, max_entries=max_entries)


class Row(msgspec.Struct, frozen=True):
    id: str
    name: str
    position: int
    color: str


ROW = msgspec.json.encode(Row("01234567-89ab", "Ready to publish", 3, "#b0bec5"))


@pytest.mark.parametrize(("rows", "is_made"), [
    (0, False), (1, True), (10, True), (300, True), (300, False),
])  # fmt: skip
async def test_its_size_is_what_it_takes(clock: Clock, rows: int, is_made: bool) -> None:
    bound = 4 * 10**6
    store = memory(bound)
    body = b"[" + b",".join([ROW] * rows) + b"]"
    headers = {"x-request-id": "1" * 40, "x-total": "1"}
    count = 2 * bound // clock.entry(body, headers=headers).size
    told = json.dumps(headers)
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    for n in range(count):
        entry = clock.entry(bytes([*body]), headers=json.loads(told))
        if is_made:
            entry.made = msgspec.json.decode(body, type=list[Row])
        await store.set(f"call:/v1/stages/:{n:032}", entry, 60)
    del entry
    took = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    assert await store.get(f"call:/v1/stages/:{0:032}") is None, "the bound was reached"
    assert bound * 0.15 < took < bound * 1.2, took / bound


async def test_it_bounds_entries(clock: Clock) -> None:
    store = memory(max_entries=3)
    for name in "abc":
        await store.set(name, clock.entry(), 60)
    await store.get("a")
    await store.set("d", clock.entry(), 60)
    assert sorted(await store.get_many("abcd")) == ["a", "c", "d"]


async def test_one_larger_than_the_bound_is_not_kept(clock: Clock) -> None:
    store = memory(max_bytes=10_000)
    await store.set("small", clock.entry(b"x"), 60)
    await store.set("large", clock.entry(b"x" * 10_000), 60)
    assert list(await store.get_many(["small", "large"])) == ["small"]


async def test_it_holds_what_it_is_given_and_sets_no_timers(clock: Clock) -> None:
    store, loop = memory(), asyncio.get_running_loop()
    entry = clock.entry()
    timers = len(getattr(loop, "_scheduled", ()))
    for n in range(100):
        await store.set(str(n), entry, 60)
    assert len(getattr(loop, "_scheduled", ())) == timers
    assert await store.get("7") is entry
