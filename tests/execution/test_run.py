"""What a run waits for, and how it ends."""

import asyncio
import inspect
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
import strawberry
from graphql import FieldNode, NameNode, Undefined
from graphql.execution.values import VariableValues
from graphql.pyutils import Path
from strawberry.dataloader import DataLoader
from strawberry.types import Info

from gateway.execution import Engine
from gateway.execution.run import Frame, Run
from tests.execution.both import both, come, operation


class Told:
    """What resolvers of a test share."""

    def __init__(self) -> None:
        self.gate = asyncio.Event()
        self.future = asyncio.get_running_loop().create_future()
        self.ended: list[str] = []
        self.calls: list[str] = []
        self.loader = DataLoader[str, str](self._load)

    async def _load(self, keys: list[str]) -> list[str]:
        await self.gate.wait()
        return [f"person {key}" for key in keys]

    @asynccontextmanager
    async def noted(self, name: str) -> AsyncIterator[None]:
        """Note that a block has begun, and how it ended."""
        self.calls.append(name)
        try:
            yield
        except asyncio.CancelledError:
            await asyncio.sleep(0)  # takes its time to clear up
            self.ended.append(f"{name} cancelled")
            raise
        self.ended.append(f"{name} whole")


def batch(info: Info[Told], them: list["Thing"]) -> asyncio.Future[list[str]]:
    return info.context.future


@strawberry.type
class Thing:
    n: int

    @strawberry.field
    async def slow(self, info: Info[Told]) -> str | None:
        async with info.context.noted(f"slow {self.n}"):
            await info.context.gate.wait()
        return "slow"

    @strawberry.field
    async def slow_thing(self, info: Info[Told]) -> "Thing | None":
        await info.context.gate.wait()
        return Thing(n=self.n + 1)

    @strawberry.field
    def called(self, info: Info[Told]) -> str:
        info.context.calls.append(f"called {self.n}")
        return "called"

    @strawberry.field
    async def stubborn(self, info: Info[Told]) -> "Thing | None":
        try:
            await info.context.gate.wait()
        except asyncio.CancelledError:
            info.context.ended.append("stubborn")
        return self

    @strawberry.field
    async def owner(self, info: Info[Told]) -> str | None:
        return await info.context.loader.load("one")

    @strawberry.field
    async def must(self) -> str:
        await asyncio.sleep(0)
        if self.n == 1:
            raise LookupError
        return "fine"

    @strawberry.field
    def must_now(self) -> str | None:
        raise LookupError

    @strawberry.field
    def future(self, info: Info[Told]) -> "Thing | None":
        return info.context.future  # pyright: ignore[reportReturnType]

    @strawberry.field(metadata={"batch": batch})
    async def batched(self, info: Info[Told]) -> str | None:
        return "one by one"


@strawberry.type
class Query(Thing):
    @strawberry.field
    def thing(self, n: int = 0) -> Thing | None:
        return Thing(n=n)

    @strawberry.field
    def things(self) -> list[Thing]:
        return [Thing(n=n) for n in range(2)]

    @strawberry.field
    async def fails(self) -> str:
        await asyncio.sleep(0)
        raise LookupError("failed")  # noqa: EM101

    @strawberry.field
    def fails_now(self) -> str:
        raise LookupError("failed")  # noqa: EM101


SCHEMA = strawberry.Schema(Query)


def begin(text: str, told: Told) -> asyncio.Task[Any]:
    """Run a query in a task of its own."""
    engine = Engine(SCHEMA)
    asked = operation(engine, text)
    return asyncio.ensure_future(come(engine.run(asked, None, told, Query(n=0))))


async def turns(count: int = 10) -> None:
    """Let everything else run that can."""
    for _ in range(count):
        await asyncio.sleep(0)


async def test_a_caller_who_leaves_cancels_what_runs_and_sees_it_end() -> None:
    told = Told()
    asked = begin("{ slow thing(n: 3) { slow } }", told)
    await turns()
    assert told.calls == ["slow 0", "slow 3"]
    asked.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asked
    assert told.ended == ["slow 0 cancelled", "slow 3 cancelled"]


@pytest.mark.parametrize("field", ["future", "stubborn"])
async def test_what_comes_after_the_caller_has_left_begins_nothing(field: str) -> None:
    told = Told()
    asked = begin(f"{{ {field} {{ called slow }} }}", told)
    await turns()
    asked.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asked
    told.future.set_result(Thing(n=5))  # which others may have waited for, too
    await turns()
    assert told.calls == []
    assert told.ended == (["stubborn"] if field == "stubborn" else [])


async def test_the_shared_future_of_a_caller_who_has_left_is_left_alone() -> None:
    told = Told()
    asked = begin("{ future { n } things { batched } }", told)
    await turns()
    asked.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asked
    assert not told.future.cancelled()


@pytest.mark.parametrize("fails", ["fails", "failsNow"])
async def test_a_root_that_may_not_be_null_ends_the_run_at_once(fails: str) -> None:
    told = Told()
    answer = await begin(f"{{ slow stubborn {{ called }} {fails} }}", told)
    assert answer.data is None
    [error] = answer.errors
    assert (error.message, error.path) == ("failed", [fails])
    assert told.ended in ([], ["slow 0 cancelled"], ["slow 0 cancelled", "stubborn"],
                          ["stubborn", "slow 0 cancelled"])  # fmt: skip
    assert len(told.calls) == len([one for one in told.ended if one != "stubborn"])


async def test_the_items_of_a_list_that_came_too_late_are_seen_to_their_end() -> None:
    made: list[Any] = []

    async def one() -> str:
        return "one"

    @strawberry.type
    class Root:
        @strawberry.field
        async def fails(self) -> str:
            raise LookupError

        @strawberry.field
        async def many(self) -> list[str | None]:
            made.extend([one(), one()])
            return made

    engine = Engine(strawberry.Schema(Root))
    answer = await come(engine.run(operation(engine, "{ fails many }"), None, None, Root()))
    assert answer.data is None
    await turns()
    assert {inspect.getcoroutinestate(each) for each in made} == {inspect.CORO_CLOSED}


async def test_a_shared_future_outlives_the_failure_of_one_who_waits_for_it() -> None:
    told = Told()
    asked = begin("{ a: thing(n: 1) { owner must } b: thing(n: 2) { owner must } }", told)
    await turns()
    told.gate.set()
    answer = await asked
    assert answer.data == {"a": None, "b": {"owner": "person one", "must": "fine"}}
    assert [error.path for error in answer.errors] == [["a", "must"]]


async def test_nothing_more_is_begun_below_a_null() -> None:
    told = Told()
    asked = begin("{ thing(n: 1) { slowThing { called } must } n }", told)
    await turns()
    told.gate.set()
    answer = await asked
    assert answer.data == {"thing": None, "n": 0}
    assert told.calls == []


async def test_a_future_that_others_cancel_fails_its_places_alone() -> None:
    told = Told()
    asked = begin("{ future { n } things { batched n } n }", told)
    await turns()
    told.future.cancel()
    answer = await asked
    things = [{"batched": None, "n": 0}, {"batched": None, "n": 1}]
    assert answer.data == {"future": None, "things": things, "n": 0}
    assert sorted(map(str, (error.path for error in answer.errors))) == [
        "['future']", "['things', 0, 'batched']", "['things', 1, 'batched']",
    ]  # fmt: skip
    assert {error.message for error in answer.errors} == {"What was waited for has been cancelled."}


async def test_a_fault_of_our_own_ends_the_run_and_is_not_swallowed() -> None:
    run = Run(None, None, {}, lambda: VariableValues({}, {}))
    future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()

    def settle(_: asyncio.Future[Any]) -> None:
        raise ZeroDivisionError

    run.wait_for(future, settle, Path(None, "a", None))
    future.set_result(1)
    with pytest.raises(ZeroDivisionError):
        await run.finish({})


async def test_a_null_climbs_to_the_nearest_place_that_may_be_null() -> None:
    run = Run(None, None, {}, lambda: VariableValues({}, {}))
    nodes = [FieldNode(name=NameNode(value="a"))]
    inner: dict[str, Any] = {"b": 1}
    outer: dict[str, Any] = {"a": inner}
    above: Frame = (outer, "a", True, None, Path(None, "a", None))
    place: Frame = (inner, "b", False, above, Path(above[4], "b", None))
    run.fail(ValueError("failed"), nodes, place)
    assert outer == {"a": None}
    [error] = run.result(outer).errors or ()
    assert (error.message, error.path) == ("failed", ["a", "b"])


@pytest.mark.parametrize(
    "make",
    [
        lambda: asyncio.sleep(0, "x"),
        lambda: asyncio.ensure_future(asyncio.sleep(0, "x")),
        lambda: done("x"),
        lambda: Slow("x"),
        lambda: done(None),
        lambda: done(Undefined),
        lambda: done(7),
        lambda: done([]),
    ],
)
async def test_whatever_can_be_awaited_is(make: Callable[[], Any]) -> None:
    @strawberry.type
    class Root:
        @strawberry.field
        def it(self) -> str | None:
            return make()

        @strawberry.field
        def must(self) -> str:
            return make()

    await both(strawberry.Schema(Root), "{ it }", root=Root())
    await both(strawberry.Schema(Root), "{ it must }", root=Root())


def done(value: Any) -> asyncio.Future[Any]:
    future = asyncio.get_running_loop().create_future()
    future.set_result(value)
    return future


class Slow:
    """Something to await that is neither a future nor a coroutine."""

    def __init__(self, value: Any) -> None:
        self._value = value

    def __await__(self) -> Any:
        yield from asyncio.sleep(0).__await__()
        return self._value
