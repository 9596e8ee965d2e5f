"""A client's writes forget what is kept, and its fresh reads take nothing kept."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import httpx
import msgspec
import pytest

from gateway import errors
from gateway.cache.cache import Cache, How
from gateway.cache.keys import Scope
from gateway.store import open_store
from gateway.upstream.auth import Fixed
from gateway.upstream.call import Answer, Call, tag
from gateway.upstream.client import Client
from gateway.upstream.keeping import Keeping
from gateway.upstream.trace import Trace
from schema.types.ids import Kind
from schema.types.source import Source
from tests.fixtures import Wire, emptied

NOW = datetime(2026, 1, 1, tzinfo=UTC)


class Thing(msgspec.Struct):
    n: int
    rows: list[msgspec.Raw] = []


class Row(msgspec.Struct):
    n: int


READ = Call(method="GET", route="/things", answer=Thing, kept_as=Kind.STAGE)
IN_SPACE = msgspec.structs.replace(READ, route="/spaces", tags=(tag(Kind.STAGE, "7"),))
PLAIN = msgspec.structs.replace(READ, kept_as=None)
WRITE = Call(
    method="PUT", route="/things", answer=Thing, is_safe=False, tags=(tag(Kind.STAGE),)
)  # fmt: skip


class Vendor:
    """Counts its writes; a read tells the count of when it was asked."""

    def __init__(self) -> None:
        self.count = self.reads = 0
        self.status = 200
        self.gate: asyncio.Event | None = None
        self.begun = asyncio.Event()

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.method == "PUT":
            self.count += self.status < 400 or self.status >= 500
            if self.status == 599:
                await asyncio.sleep(30)
            return httpx.Response(self.status, json={"n": self.count})
        self.reads += 1
        found = {"n": self.count, "rows": [{"n": self.count}]}
        self.begun.set()
        if self.gate is not None:
            await self.gate.wait()
        return httpx.Response(200, json=found)


class Process:
    """A gateway's client, and its cache."""

    def __init__(self, url: str, vendor: Vendor, seconds: float = 60) -> None:
        self.store = open_store(url, max_bytes=10**6, max_entries=100, patience=30)
        self.cache = Cache(self.store, lambda: NOW)
        scope = Scope.of(Source.ESPER, "http://127.0.0.1", "s3cret")
        self.client = Client(
            Source.ESPER, "http://127.0.0.1", Fixed({}), concurrency=8, limit="none",
            deadline=0.2, now=lambda: NOW, transport=Wire(vendor),  # type: ignore[arg-type]
            keeping=Keeping(self.cache, scope, {Kind.STAGE: seconds}),
        )  # fmt: skip

    async def ask(self, call: Call[Any] = READ, trace: Trace | None = None) -> int:
        await self.cache.versions.refresh()
        return (await self.client.send(call, trace or Trace())).body.n

    async def close(self) -> None:
        await self.client.close()
        await self.cache.versions.close()
        await self.store.close()


@pytest.fixture
def vendor() -> Vendor:
    return Vendor()


@pytest.fixture(params=["memory", "redis"])
async def process(request: pytest.FixtureRequest, vendor: Vendor) -> AsyncIterator[Process]:
    url = "memory://"
    if request.param == "redis":
        url = request.getfixturevalue("redis_url")
        await emptied(url)
    process = Process(url, vendor)
    yield process
    await process.close()


async def test_a_read_after_a_write_sees_it(process: Process, vendor: Vendor) -> None:
    assert [await process.ask(), await process.ask(), vendor.reads] == [0, 0, 1]
    await process.client.send(WRITE, Trace())
    assert await process.client.kept(READ) is None
    assert [await process.ask(), await process.ask(), vendor.reads] == [1, 1, 2]


async def test_only_what_a_write_names_is_forgotten(process: Process, vendor: Vendor) -> None:
    await process.ask(IN_SPACE)
    await process.client.send(WRITE, Trace())
    assert await process.ask(IN_SPACE) == 0
    both = (*WRITE.tags, tag(Kind.STAGE, "7"))
    await process.client.send(msgspec.structs.replace(WRITE, tags=both), Trace())
    assert [await process.ask(IN_SPACE), vendor.reads] == [2, 2]


@pytest.mark.parametrize(("status", "is_forgotten"), [(422, False), (503, True), (599, True)])
async def test_a_write_that_may_have_been_done_counts_as_one(
    process: Process, vendor: Vendor, status: int, *, is_forgotten: bool
) -> None:
    await process.ask()
    vendor.status = status
    with pytest.raises(errors.UpstreamFailure):
        async with process.client.deadline():
            await process.client.send(WRITE, Trace())
    assert await process.ask() == vendor.count
    assert vendor.reads == 1 + is_forgotten


async def test_a_load_under_way_during_a_write_is_not_joined(
    process: Process, vendor: Vendor
) -> None:
    gate = vendor.gate = asyncio.Event()
    early = asyncio.create_task(process.ask())
    await vendor.begun.wait()
    vendor.gate = None
    await process.client.send(WRITE, Trace())
    assert await process.ask() == 1
    gate.set()
    assert await early == 0
    assert [await process.ask(), vendor.reads] == [1, 2]


async def test_a_fresh_read_takes_nothing_kept_and_joins_nothing(
    process: Process, vendor: Vendor
) -> None:
    await process.ask()
    vendor.count = 5  # changed by others
    fresh = Trace(is_fresh=True)
    assert await process.client.kept(READ, Trace()) is not None
    assert await process.client.kept(READ, fresh) is None
    assert [await process.ask(), await process.ask(READ, fresh)] == [0, 5]
    assert [one.how for one in fresh.log] == [How.SENT]
    assert fresh.calls == 1
    assert await process.ask() == 5, "what came is kept"


async def test_a_fresh_read_does_not_join_a_load_under_way(
    process: Process, vendor: Vendor
) -> None:
    gate = vendor.gate = asyncio.Event()
    early = asyncio.create_task(process.ask())
    await vendor.begun.wait()
    vendor.gate, vendor.count = None, 5
    assert await process.ask(READ, Trace(is_fresh=True)) == 5
    gate.set()
    assert await early == 0


def mark(answer: Answer[Thing]) -> int:
    [row] = answer.rows(answer.body.rows, Row, lambda one: one)[0]
    assert row.origin.mark == answer.mark
    return answer.mark


@pytest.mark.parametrize("call", [READ, PLAIN])
async def test_objects_tell_when_they_were_asked_for(
    process: Process, vendor: Vendor, call: Call[Thing]
) -> None:
    client, versions = process.client, process.cache.versions
    scope = client.keeping.scope
    await versions.meet(scope, READ.holds)

    def is_old(one: Answer[Thing]) -> bool:
        return versions.changed_at(scope, tag(Kind.STAGE)) > mark(one)

    answer = await client.send(call, Trace())
    again = await client.send(call, Trace())
    assert not is_old(answer)
    assert not is_old(again)
    gate = vendor.gate = asyncio.Event()
    vendor.begun.clear()
    early = asyncio.create_task(client.send(msgspec.structs.replace(call, route="/a"), Trace()))
    await vendor.begun.wait()
    written = await client.send(WRITE, Trace())
    gate.set()
    assert is_old(answer)
    assert is_old(await early), "it was asked for before the write, and came after it"
    assert versions.changed_at(scope, tag(Kind.STAGE)) > written.mark
    assert not is_old(await client.send(call, Trace()))


async def test_what_another_gateway_kept_has_a_mark_of_ones_own(
    redis_url: str, vendor: Vendor
) -> None:
    await emptied(redis_url)
    one, two = Process(redis_url, vendor), Process(redis_url, vendor)
    await one.ask()
    for _ in range(5):
        await one.client.send(WRITE, Trace())
    await one.ask()
    trace = Trace()
    answer = await two.client.send(READ, trace)
    assert trace.calls == 0
    assert mark(answer) == two.cache.versions.clock
    kept = await two.client.kept(READ)
    assert kept is not None
    assert mark(kept) == mark(answer)
    await one.client.send(WRITE, Trace())
    assert await two.ask() == vendor.count
    assert two.cache.versions.changed_at(two.client.keeping.scope, tag(Kind.STAGE)) > mark(answer)
    await one.close()
    await two.close()


def test_a_call_holds_what_its_tags_say() -> None:
    assert READ.holds == ("stage/",)
    assert IN_SPACE.holds == ("stage/7",)
    assert PLAIN.holds == ()
