"""A request sends no more calls than it may; what is kept or under way costs it nothing."""

import asyncio
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
from gateway.upstream.call import Answer, Call
from gateway.upstream.client import Client
from gateway.upstream.keeping import Keeping
from gateway.upstream.trace import Log, Trace
from schema.types.ids import Kind
from schema.types.source import Source
from tests.fixtures import Wire

NOW = datetime(2026, 1, 1, tzinfo=UTC)


class Thing(msgspec.Struct):
    n: int


class Vendor:
    """Answers by a number, after it has cut off the first calls of all."""

    def __init__(self, cut: int = 0) -> None:
        self.calls = 0
        self.cut = cut

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.calls += 1
        if self.calls <= self.cut:
            message = "the connection was cut"
            raise httpx.ReadError(message)
        return httpx.Response(200, json={"n": self.calls})


CALL = Call(method="GET", route="/{id}", answer=Thing, kept_as=Kind.STAGE)


def call(name: str, **more: Any) -> Call[Thing]:
    return msgspec.structs.replace(CALL, params={"id": name}, **more)


def client_over(vendor: Vendor, *, seconds: float = 60.0, keeps: bool = True) -> Client:
    cache = Cache(open_store("memory://", max_bytes=10**6, max_entries=100), lambda: NOW)
    keeping = Keeping(cache, Scope.of(Source.ESPER, "one"), {Kind.STAGE: seconds})
    return Client(
        Source.ESPER,
        "http://127.0.0.1",
        Fixed({}),
        concurrency=8,
        limit="none",
        deadline=5.0,
        now=lambda: NOW,
        keeping=keeping if keeps else None,
        transport=Wire(vendor),
    )


async def outcomes(client: Client, log: Log, *calls: Call[Thing]) -> list[Any]:
    sent = (client.send(one, Trace(log)) for one in calls)
    return await asyncio.gather(*sent, return_exceptions=True)


def too_many(found: list[Any]) -> int:
    assert all(isinstance(one, Answer | errors.TooLarge) for one in found)
    return sum(isinstance(one, errors.TooLarge) for one in found)


@pytest.mark.parametrize("keeps", [True, False])
@pytest.mark.parametrize("seconds", [60.0, 0.0])
async def test_no_more_is_sent_than_may_be(keeps: bool, seconds: float) -> None:
    vendor = Vendor()
    client = client_over(vendor, keeps=keeps, seconds=seconds)
    found = await outcomes(client, Log(most=3), *(call(str(at)) for at in range(10)))
    assert too_many(found) == 7
    assert vendor.calls == 3
    assert "3 calls that it may make" in next(
        one.message for one in found if isinstance(one, errors.TooLarge)
    )


async def test_what_is_kept_costs_nothing() -> None:
    vendor = Vendor()
    client = client_over(vendor)
    await outcomes(client, Log(), *(call(str(at)) for at in range(10)))
    log = Log(most=2)
    for _ in range(3):
        assert too_many(await outcomes(client, log, *(call(str(at)) for at in range(10)))) == 0
    assert too_many(await outcomes(client, log, call("a"), call("b"))) == 0
    assert too_many(await outcomes(client, log, call("c"), call("5"), call("a"))) == 1
    assert vendor.calls == 12


async def test_what_is_under_way_costs_nothing_and_nobody_else_pays_for_it() -> None:
    vendor = Vendor()
    client = client_over(vendor)
    poor, rich = Log(most=1), Log(most=10)
    same = [call("same")] * 5
    found = await asyncio.gather(outcomes(client, poor, *same), outcomes(client, rich, *same))
    assert too_many(found[1]) == 0
    assert vendor.calls == 1
    # Whoever may not ask does not spoil it for one who joins.
    found = await asyncio.gather(
        outcomes(client, poor, call("x"), call("y"), call("z")),
        outcomes(client, rich, call("x"), call("y"), call("z")),
    )
    assert too_many(found[1]) == 0
    assert vendor.calls == 4
    assert len([one for one in rich if one.how is How.SENT]) <= 3


async def test_another_try_counts_too() -> None:
    vendor = Vendor(cut=3)
    client = client_over(vendor)
    [failure] = await outcomes(client, Log(most=1), call("1"))
    assert isinstance(failure, errors.Unavailable)
    assert vendor.calls == 1
    [failure] = await outcomes(client, Log(most=2), call("1"))
    assert isinstance(failure, errors.Unavailable)
    assert vendor.calls == 3
    assert too_many(await outcomes(client, Log(most=2), call("1"))) == 0


async def test_writes_and_what_is_not_kept_count() -> None:
    vendor = Vendor()
    client = client_over(vendor)
    log = Log(most=2)
    write = call("w", method="PUT", is_safe=False, kept_as=None)
    assert too_many(await outcomes(client, log, call("plain", kept_as=None))) == 0
    trace = Trace(log, is_fresh=True)
    await client.send(call("1"), trace)
    assert too_many(await outcomes(client, log, write, call("plain", kept_as=None))) == 2
    with pytest.raises(errors.TooLarge):
        await client.send(call("1"), trace)
    assert vendor.calls == 2


async def test_a_part_of_a_request_spends_from_the_whole() -> None:
    vendor = Vendor()
    client = client_over(vendor)
    whole = Log(most=2)
    one, other = Log(whole), Log(Log(whole))
    assert other.most == 2
    assert too_many(await outcomes(client, one, call("1"), call("2"))) == 0
    assert too_many(await outcomes(client, other, call("3"), call("1"))) == 1
    assert vendor.calls == 2
