"""Looks whose answers come late, in another order, or not at all."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, cast

import pytest

from gateway.cache.shared_versions import SharedVersions
from gateway.cache.versions import MOST
from gateway.store.link import LostError
from tests.cache.gateways import SCOPE, TAG


class Numbers:
    """Numbers in a dict; a test may hold an answer back, or be without them."""

    def __init__(self) -> None:
        self.held: dict[str, int] = {}
        self.is_down = False
        self.gates: list[asyncio.Event] = []

    async def _answered(self, answer: Any) -> Any:
        if self.is_down:
            raise LostError
        if self.gates:
            await self.gates.pop().wait()
        return answer

    async def read(self, names: Sequence[str]) -> list[int | None]:
        return await self._answered([self.held.get(name) for name in names])

    async def look(self, asks: Mapping[str, tuple[int, int]]) -> list[int]:
        for name, (least, new) in asks.items():
            if not self.is_down and self.held.get(name, -1) < least:
                self.held[name] = new
        return await self._answered([self.held.get(name, 0) for name in asks])

    async def lift(self, wishes: Mapping[str, int], *, insists: bool = False) -> list[int]:
        del insists
        for name, wish in wishes.items():
            if not self.is_down:
                self.held[name] = max(self.held.get(name, 0) + 1, wish)
        return await self._answered([self.held.get(name, 0) for name in wishes])

    def hold_back(self) -> asyncio.Event:
        gate = asyncio.Event()
        self.gates.append(gate)
        return gate


@pytest.fixture
def numbers() -> Numbers:
    return Numbers()


def over(numbers: Numbers) -> SharedVersions:
    return SharedVersions(cast("Any", numbers), rest=0.01)


async def begun(versions: SharedVersions) -> asyncio.Task[None]:
    task = asyncio.create_task(versions.refresh())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    return task


async def test_a_look_that_is_answered_late_takes_nothing_back(numbers: Numbers) -> None:
    one, two = over(numbers), over(numbers)
    await one.meet(SCOPE, [TAG])
    await two.meet(SCOPE, [TAG])
    gate = numbers.hold_back()
    late = await begun(one)
    await two.bump(SCOPE, [TAG])
    await one.refresh()
    assert one.of(SCOPE, [TAG]) == two.of(SCOPE, [TAG])
    seen = one.of(SCOPE, [TAG])
    gate.set()
    await late
    assert one.of(SCOPE, [TAG]) == seen


async def test_a_look_from_before_does_not_end_a_time_without_redis(numbers: Numbers) -> None:
    one = over(numbers)
    await one.meet(SCOPE, [TAG])
    gate = numbers.hold_back()
    late = await begun(one)
    numbers.is_down = True
    await one.refresh()
    blind = one.of(SCOPE, [TAG])
    gate.set()
    await late
    assert one.of(SCOPE, [TAG]) == blind
    numbers.is_down = False
    await one.refresh()
    assert one.of(SCOPE, [TAG]) != blind


async def test_what_is_owed_is_not_forgotten_for_want_of_place(numbers: Numbers) -> None:
    one = over(numbers)
    await one.meet(SCOPE, [TAG])
    before = one.of(SCOPE, [TAG])
    numbers.is_down = True
    await one.bump(SCOPE, [TAG])
    owed = one.of(SCOPE, [TAG])[0]
    numbers.is_down = False
    for n in range(MOST):
        await one.meet(SCOPE, [f"stage/{n}"])
    await one.meet(SCOPE, [TAG])
    assert one.of(SCOPE, [TAG])[0] == owed
    await one.close()
    assert one.of(SCOPE, [TAG])[0] >= owed > before[0]
    assert owed in numbers.held.values(), "the last chance to pay is when it is closed"


async def test_each_time_without_redis_is_another_in_every_gateway(numbers: Numbers) -> None:
    numbers.is_down = True
    seen: set[tuple[int, ...]] = set()
    for one in [over(numbers) for _ in range(3)]:
        for _ in range(3):
            await one.refresh()
            await one.meet(SCOPE, [TAG])
            found = one.of(SCOPE, [TAG])
            await one.meet(SCOPE, [TAG, "stage/other"])
            assert one.of(SCOPE, [TAG]) == found, "the parts of an operation agree"
            seen.add(tuple(found))
    assert len(seen) == 9


async def test_an_unknown_version_is_like_no_other(numbers: Numbers) -> None:
    one = over(numbers)
    assert one.of(SCOPE, [TAG]) != one.of(SCOPE, [TAG])
