"""Asks of one query go out together, and no field's failure cancels another's."""

import asyncio
from collections.abc import Mapping, Sequence

import pytest
import strawberry
from strawberry.types import Info

from gateway.loaders import Loader
from gateway.upstream.trace import Log, Trace


async def test_keys_asked_in_one_tick_are_fetched_once() -> None:
    batches: list[Sequence[str]] = []

    async def fetch(keys: Sequence[str], trace: Trace) -> Mapping[str, str]:
        batches.append(keys)
        return {key: key.upper() for key in keys if key != "x"}

    loader = Loader(fetch, Log())
    found = await asyncio.gather(*(loader.load(key) for key in "abax"))
    assert found == ["A", "B", "A", None]
    assert await loader.load("a") == "A"
    assert batches == [["a", "b", "x"]]


async def test_a_failure_reaches_all_who_wait_and_is_not_kept() -> None:
    fails = True

    async def fetch(keys: Sequence[str], trace: Trace) -> Mapping[str, str]:
        if fails:
            message = "down"
            raise OSError(message)
        return {"a": "A"}

    loader = Loader(fetch, Log())
    found = await asyncio.gather(loader.load("a"), loader.load("b"), return_exceptions=True)
    assert [type(one) for one in found] == [OSError, OSError]
    fails = False
    assert await loader.load("a") == "A"


async def test_a_key_under_way_is_not_asked_again() -> None:
    batches: list[Sequence[str]] = []

    async def fetch(keys: Sequence[str], trace: Trace) -> Mapping[str, str]:
        batches.append(keys)
        trace.calls += 1
        await asyncio.sleep(0.01)
        return {key: key.upper() for key in keys}

    loader, payer = Loader(fetch, Log()), Trace()
    first = loader.load("a", payer)
    await asyncio.sleep(0.002)
    assert await asyncio.gather(first, loader.load("a"), loader.load("b", payer)) == ["A", "A", "B"]
    assert (batches, payer.calls) == ([["a"], ["b"]], 2)
    late = Trace()
    slow = loader.load("c")
    await asyncio.sleep(0.002)
    assert await asyncio.gather(slow, loader.load("c", late)) == ["C", "C"]
    assert late.calls == 1


async def test_one_who_leaves_does_not_take_the_others_along() -> None:
    async def fetch(keys: Sequence[str], trace: Trace) -> Mapping[str, str]:
        await asyncio.sleep(0.01)
        return {"a": "A"}

    loader = Loader(fetch, Log())
    leaves, stays = loader.load("a"), loader.load("a")
    await asyncio.sleep(0)
    leaves.cancel()
    assert await stays == "A"


async def test_closing_stops_what_nobody_waits_for() -> None:
    stopped = False

    async def fetch(keys: Sequence[str], trace: Trace) -> Mapping[str, str]:
        nonlocal stopped
        try:
            await asyncio.sleep(30)
        finally:
            stopped = True
        return {}

    loader = Loader(fetch, Log())
    asked = loader.load("a")
    await asyncio.sleep(0.001)
    asked.cancel()
    await loader.close()
    assert stopped


async def test_what_nobody_waits_for_is_not_fetched() -> None:
    async def fetch(keys: Sequence[str], trace: Trace) -> Mapping[str, str]:
        pytest.fail("fetched")

    loader = Loader(fetch, Log())
    loader.load("a").cancel()
    await asyncio.sleep(0.001)
    await loader.close()


@pytest.mark.filterwarnings("error")
async def test_a_failing_sibling_does_not_fail_other_fields() -> None:
    """A shared future would be cancelled with the failing field's siblings, for all who wait."""

    async def fetch(keys: Sequence[str], trace: Trace) -> Mapping[str, str]:
        await asyncio.sleep(0.02)
        return {key: key for key in keys}

    @strawberry.type
    class Item:
        n: int

        @strawberry.field
        async def owner(self, info: Info) -> str | None:
            return await info.context.load("u1")

        @strawberry.field
        async def must(self) -> str:
            await asyncio.sleep(0.005)
            if self.n == 1:
                message = "failed"
                raise ValueError(message)
            return "fine"

    @strawberry.type
    class Query:
        @strawberry.field
        def item(self, n: int) -> Item | None:
            return Item(n=n)

    result = await strawberry.Schema(Query).execute(
        "{ a: item(n: 1) { owner must } b: item(n: 2) { owner must } }",
        context_value=Loader(fetch, Log()),
    )
    assert result.data == {"a": None, "b": {"owner": "u1", "must": "fine"}}
