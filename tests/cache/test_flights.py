"""One load for all who want the same; who leaves, leaves alone."""

import asyncio
import gc
from contextvars import ContextVar
from typing import Any

import pytest

from gateway.cache.flights import Flights


class Load:
    """A load that a test lets end."""

    def __init__(self, result: Any = "value") -> None:
        self.begun = 0
        self.cancelled = False
        self.result = result
        self.gate = asyncio.Event()

    async def __call__(self) -> Any:
        self.begun += 1
        try:
            await self.gate.wait()
        except asyncio.CancelledError:
            self.cancelled = True
            raise
        if isinstance(self.result, Exception):
            raise self.result
        return self.result


async def settle() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_a_hundred_share_one_load() -> None:
    flights, load = Flights(), Load()
    tasks = [asyncio.create_task(flights.share("a", load)) for _ in range(100)]
    await settle()
    assert "a" in flights
    load.gate.set()
    found = await asyncio.gather(*tasks)
    assert load.begun == 1
    assert {one.value for one in found} == {"value"}
    assert sum(one.is_own for one in found) == 1
    await settle()
    assert "a" not in flights
    assert (await flights.share("a", load)).is_own
    assert load.begun == 2


async def test_other_keys_load_for_themselves() -> None:
    flights, load = Flights(), Load()
    load.gate.set()
    await asyncio.gather(*(flights.share(key, load) for key in "abc"))
    assert load.begun == 3


async def test_a_failure_is_for_all_and_is_not_remembered() -> None:
    flights, load = Flights(), Load(OSError("down"))
    tasks = [asyncio.create_task(flights.share("a", load)) for _ in range(3)]
    await settle()
    load.gate.set()
    found = await asyncio.gather(*tasks, return_exceptions=True)
    assert [type(one) for one in found] == [OSError] * 3
    await settle()
    assert "a" not in flights


async def test_one_who_leaves_leaves_alone() -> None:
    flights, load = Flights(), Load()
    first, second, third = (asyncio.create_task(flights.share("a", load)) for _ in range(3))
    await settle()
    first.cancel()
    third.cancel()
    await settle()
    assert (first.cancelled(), third.cancelled(), load.cancelled) == (True, True, False)
    load.gate.set()
    assert (await second).value == "value"


async def test_the_last_who_leaves_stops_the_load() -> None:
    flights, load = Flights(), Load()
    tasks = [asyncio.create_task(flights.share("a", load)) for _ in range(3)]
    await settle()
    for task in tasks:
        task.cancel()
    await settle()
    assert load.cancelled
    assert "a" not in flights


async def test_one_who_comes_after_the_last_has_left_has_a_load_of_its_own() -> None:
    flights, gate = Flights(), asyncio.Event()
    begun = 0

    async def load() -> int:
        nonlocal begun
        begun += 1
        number = begun
        try:
            await gate.wait()
        except asyncio.CancelledError:
            await asyncio.sleep(0.005)  # takes its time to stop
            raise
        return number

    left = asyncio.create_task(flights.share("a", load))
    await settle()
    left.cancel()
    await settle()
    comes = asyncio.create_task(flights.share("a", load))
    await asyncio.sleep(0.01)
    assert "a" in flights, "the old load's end does not end the new one"
    gate.set()
    assert (await comes).value == 2


async def test_a_failure_that_nobody_waits_for_is_no_complaint() -> None:
    complaints: list[Any] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, told: complaints.append(told))
    flights = Flights()

    async def load() -> None:
        try:
            await asyncio.sleep(30)
        finally:
            message = "failed while it was stopped"
            raise OSError(message)

    task = asyncio.create_task(flights.share("a", load))
    await settle()
    task.cancel()
    await settle()
    assert task.cancelled()
    del task
    gc.collect()
    await settle()
    assert complaints == []


async def test_a_time_out_of_one_is_no_time_out_of_another() -> None:
    flights, load = Flights(), Load()

    async def patient() -> Any:
        async with asyncio.timeout(5):
            return await flights.share("a", load)

    async def hasty() -> Any:
        async with asyncio.timeout(0.005):
            return await flights.share("a", load)

    first, second = asyncio.create_task(hasty()), asyncio.create_task(patient())
    with pytest.raises(TimeoutError):
        await first
    load.gate.set()
    assert (await second).value == "value"


async def test_a_load_has_the_context_of_the_one_that_began_it() -> None:
    who: ContextVar[str] = ContextVar("who")
    flights = Flights()

    async def load() -> str:
        await asyncio.sleep(0.001)
        return who.get()

    async def ask(name: str) -> str:
        who.set(name)
        return (await flights.share("a", load)).value

    assert await asyncio.gather(ask("first"), ask("second")) == ["first", "first"]


async def test_one_who_leaves_is_told_what_the_load_said_of_itself() -> None:
    flights, state, told = Flights(), {"paced": False}, list[Any]()

    async def load() -> None:
        state["paced"] = True
        await asyncio.sleep(30)

    async def other() -> None:
        message = "not begun"
        raise AssertionError(message)

    tasks = [
        asyncio.create_task(flights.share("a", load, state=state, on_leave=told.append)),
        asyncio.create_task(flights.share("a", other, state={}, on_leave=told.append)),
    ]
    await settle()
    for task in tasks:
        task.cancel()
    await settle()
    assert told == [{"paced": True}, {"paced": True}]
