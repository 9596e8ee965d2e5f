"""A shared future, awaited without a shield, fails fields that have nothing to do with a failure.

graphql-core cancels the siblings of a non-null field that fails. A sibling that awaits a future of
Strawberry's own DataLoader cancels that very future, and with it every field that waits for the
same key. The same schema is asked here through that loader and through the gateway's ways to share.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence

import pytest
import strawberry
from strawberry.dataloader import DataLoader
from strawberry.types import Info

from gateway.cache.flights import Flights
from gateway.loaders import Loader
from gateway.upstream.trace import Log, Trace

QUERY = "{ a: item(n: 1) { owner must } b: item(n: 2) { owner must } }"
FINE = {"a": None, "b": {"owner": "u1", "must": "fine"}}

Load = Callable[[str], Awaitable[str | None]]


class World:
    """A loader's way to load, and a failure that falls between a load's begin and its end."""

    def __init__(self) -> None:
        self.load: Load
        self.calls = 0
        self.begun = asyncio.Event()
        self.failed = asyncio.Event()

    async def fetch(self, *_: object) -> None:
        self.calls += 1
        self.begun.set()
        await self.failed.wait()
        for _ in range(50):  # for the failure to reach the siblings
            await asyncio.sleep(0)

    async def ask(self, load: Load) -> object:
        self.load = load
        return (await Schema(Query).execute(QUERY, context_value=self)).data


@strawberry.type
class Item:
    n: int

    @strawberry.field
    async def owner(self, info: Info[World, None]) -> str | None:
        return await info.context.load("u1")

    @strawberry.field
    async def must(self, info: Info[World, None]) -> str:
        await info.context.begun.wait()
        if self.n == 1:
            info.context.failed.set()
            message = "failed"
            raise ValueError(message)
        return "fine"


@strawberry.type
class Query:
    @strawberry.field
    def item(self, n: int) -> Item | None:
        return Item(n=n)


class Schema(strawberry.Schema):
    def process_errors(self, *_: object) -> None:
        """Print nothing."""


async def test_the_stock_loader_fails_the_others() -> None:
    world = World()

    async def fetch(keys: list[str]) -> list[str]:
        await world.fetch()
        return keys

    with pytest.raises(asyncio.CancelledError):
        await world.ask(DataLoader(load_fn=fetch).load)
    assert world.calls == 1


async def test_the_gateways_loader_does_not() -> None:
    world = World()

    async def fetch(keys: Sequence[str], trace: Trace) -> Mapping[str, str]:
        await world.fetch()
        return {key: key for key in keys}

    assert await world.ask(Loader(fetch, Log()).load) == FINE
    assert world.calls == 1


async def test_its_lists_do_not() -> None:
    world = World()

    async def fetch(keys: Sequence[str], trace: Trace) -> Mapping[str, str]:
        await world.fetch()
        return {key: key for key in keys}

    loader = Loader(fetch, Log())

    async def load(key: str) -> str | None:
        found = loader.load_list([key])
        assert isinstance(found, asyncio.Future)
        [value] = await found
        assert not isinstance(value, Exception)
        return value

    assert await world.ask(load) == FINE
    assert world.calls == 1


async def test_flights_do_not() -> None:
    world, flights = World(), Flights()

    async def load(key: str) -> str:
        async def fetch() -> str:
            await world.fetch()
            return key

        return (await flights.share(key, fetch)).value

    assert await world.ask(load) == FINE
    assert world.calls == 1
