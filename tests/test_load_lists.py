"""A list of keys is asked for at once, and answered by a list or by one future."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

import pytest

from gateway.errors import Unavailable, UpstreamFailure
from gateway.loaders import Loader
from gateway.upstream.trace import Log, Trace
from schema.types.source import Source

DOWN = Unavailable(Source.ESPER, "down")


class World:
    """What is fetched, key by key in upper case; "x" is unknown, and "f" fails.

    Attributes:
        batches: the keys of each fetch. fails: whether all of it does.
        gate: what fetches wait for.
    """

    def __init__(self) -> None:
        self.batches: list[Sequence[str]] = []
        self.fails = False
        self.gate = asyncio.Event()
        self.gate.set()
        self.loader = Loader(self.fetch, Log())

    async def fetch(self, keys: Sequence[str], trace: Trace) -> Mapping[str, str | UpstreamFailure]:
        self.batches.append(keys)
        trace.calls += 1
        await self.gate.wait()
        if self.fails:
            message = "all"
            raise OSError(message)
        return {key: DOWN if key == "f" else key.upper() for key in keys if key != "x"}


@pytest.fixture
async def world() -> AsyncIterator[World]:
    world = World()
    yield world
    await world.loader.close()


def asked(world: World, keys: str, payer: Trace | None = None) -> asyncio.Future[list[Any]]:
    """Ask for keys of which some are not known."""
    found = world.loader.load_list(list(keys), payer)
    assert isinstance(found, asyncio.Future)
    return found


async def test_it_comes_in_order_with_unknown_ones_and_duplicates(world: World) -> None:
    assert await asked(world, "abxba") == ["A", "B", None, "B", "A"]
    assert world.batches == [["a", "b", "x"]]


async def test_what_is_known_comes_at_once(world: World) -> None:
    assert world.loader.load_list([]) == []
    await asked(world, "abx")
    assert world.loader.load_list(list("xaab")) == [None, "A", "A", "B"]
    assert len(world.batches) == 1


async def test_lists_and_single_keys_go_out_together(world: World) -> None:
    found = await asyncio.gather(asked(world, "ab"), world.loader.load("b"), asked(world, "cb"))
    assert found == [["A", "B"], "B", ["C", "B"]]
    assert world.batches == [["a", "b", "c"]]


async def test_what_is_known_under_way_and_new_makes_one_list(world: World) -> None:
    await asked(world, "a")
    world.gate.clear()
    first, alone = asked(world, "bc"), world.loader.load("d")
    await asyncio.sleep(0.001)
    second = asked(world, "acedc")
    await asyncio.sleep(0.001)
    assert world.batches == [["a"], ["b", "c", "d"], ["e"]]
    assert not second.done()
    world.gate.set()
    assert await second == ["A", "C", "E", "D", "C"]
    assert (await first, await alone) == (["B", "C"], "D")


async def test_a_failure_stays_in_its_place_and_is_not_kept(world: World) -> None:
    assert await asked(world, "afaf") == ["A", DOWN, "A", DOWN]
    assert await asked(world, "af") == ["A", DOWN]
    assert world.batches == [["a", "f"], ["f"]]


async def test_where_all_fails_what_is_known_is_still_told(world: World) -> None:
    await asked(world, "a")
    world.fails = True
    known, *failed = await asked(world, "abc")
    assert known == "A"
    assert [type(one) for one in failed] == [OSError, OSError]
    world.fails = False
    assert await asked(world, "abc") == ["A", "B", "C"]


async def test_one_who_leaves_does_not_take_the_others_along(world: World) -> None:
    leaves, stays, alone = asked(world, "ab"), asked(world, "ba"), world.loader.load("a")
    await asyncio.sleep(0)
    leaves.cancel()
    assert (await stays, await alone) == (["B", "A"], "A")
    assert len(world.batches) == 1


async def test_what_nobody_waits_for_is_not_fetched(world: World) -> None:
    asked(world, "ab").cancel()
    await asyncio.sleep(0.001)
    assert world.batches == []


async def test_what_was_not_begun_before_the_close_is_not_fetched(world: World) -> None:
    asked(world, "ab")
    await world.loader.close()
    await asyncio.sleep(0.001)
    assert world.batches == []


async def test_the_payer_is_told_of_each_call_once(world: World) -> None:
    payer, late = Trace(), Trace()
    world.gate.clear()
    first = asked(world, "ab", payer)
    await asyncio.sleep(0.001)
    second = asked(world, "bcd", late)
    await asyncio.sleep(0.001)
    world.gate.set()
    assert await asyncio.gather(first, second) == [["A", "B"], ["B", "C", "D"]]
    assert (payer.calls, late.calls) == (1, 2)


async def test_loaders_of_other_keys_may_share_what_they_know(world: World) -> None:
    known: dict[str, str | None] = {"z": "told"}
    one, other = Loader(world.fetch, Log(), known), Loader(world.fetch, Log(), known)
    assert await one.load("a") == "A"
    assert other.load_list(["a", "z"]) == ["A", "told"]
    assert world.batches == [["a"]]
