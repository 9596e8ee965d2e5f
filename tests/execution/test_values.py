"""Values are completed as graphql-core does it, whatever they are."""

import asyncio
import enum
import gc
import inspect
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest
import strawberry
from graphql import GraphQLError, Undefined
from strawberry.schema.config import StrawberryConfig

from gateway.execution import Engine
from tests.execution.both import both, come, operation

BROKE_OFF = ValueError("broke off")


class _Odd: ...


ODD = strawberry.scalar(name="Odd", serialize=str)
CONFIG = StrawberryConfig(scalar_map={_Odd: ODD})


@strawberry.type
class Leaf:
    text: str | None
    odd: _Odd | None
    must: str = "m"


def asked(make: Callable[[], Any], *, type_: Any = list[str | None] | None) -> strawberry.Schema:
    """Return a schema with a field `it` that holds what is made."""

    @strawberry.type
    class Query:
        @strawberry.field
        def rest(self) -> str:
            return "rest"

        it: type_ = strawberry.field(resolver=make)

    return strawberry.Schema(Query, config=CONFIG)


def leaf(value: Any) -> Leaf:
    return Leaf(text=value, odd=value)


@pytest.mark.parametrize("value", [None, Undefined, "x", 7, 0.5, True, GraphQLError("returned")])
async def test_a_leaf_of_an_object(value: Any) -> None:
    schema = asked(lambda: [leaf("a"), leaf(value)], type_=list[Leaf | None])
    answer = await both(schema, "{ it { text odd must } rest }")
    told = "null" if value in (None, Undefined) else "text"
    assert (answer.data["it"][1]["odd"] is None) == (told == "null" or bool(answer.errors))


def broken(*items: Any) -> Iterator[Any]:
    yield from items
    raise BROKE_OFF


async def broken_slowly(*items: Any) -> AsyncIterator[Any]:
    for item in items:
        await asyncio.sleep(0)
        yield item
    raise BROKE_OFF


@pytest.mark.parametrize("make", [broken, broken_slowly])
@pytest.mark.parametrize(
    ("items", "type_", "path", "told"),
    [
        (["a", None], list[str | None] | None, ["it"], "broke off"),
        (["a", None], list[str] | None, ["it", 1], "Cannot return null"),
        ([leaf("a"), 7], list[Leaf | None] | None, ["it"], "broke off"),
        ([leaf("a"), None], list[Leaf] | None, ["it", 1], "Cannot return null"),
    ],
)
async def test_an_iterable_that_breaks_off_fails_its_list(
    make: Any, items: list[Any], type_: Any, path: list[Any], told: str
) -> None:
    body = " { text }" if isinstance(items[0], Leaf) else ""
    answer = await both(asked(lambda: make(*items), type_=type_), f"{{ it{body} rest }}")
    assert answer.data == {"it": None, "rest": "rest"}
    assert [error.path for error in answer.errors or () if told in error.message] == [path]


@pytest.mark.parametrize("make", [broken, broken_slowly, lambda *items: [*items]])
async def test_no_coroutine_of_a_list_that_fails_is_left(make: Any) -> None:
    made: list[Any] = []

    def new(value: Any) -> Any:
        async def come() -> Any:
            await asyncio.sleep(0)
            return value

        made.append(come())
        return made[-1]

    schema = asked(lambda: make(new("a"), None, new("b"), new(None)), type_=list[str] | None)
    engine = Engine(schema)
    answer = await come(engine.run(operation(engine, "{ it rest }"), None, None))
    assert answer.data == {"it": None, "rest": "rest"}
    for _ in range(5):
        await asyncio.sleep(0)
    assert {inspect.getcoroutinestate(one) for one in made} == {inspect.CORO_CLOSED}


@pytest.mark.parametrize("value", [7, "text", b"bytes", {"a": 1}, None, ValueError("returned")])
async def test_what_is_no_list(value: Any) -> None:
    answer = await both(asked(lambda: value), "{ it rest }")
    assert answer.data == {"it": None, "rest": "rest"}


@pytest.mark.parametrize(
    "make", [tuple, set, iter, frozenset, lambda items: dict.fromkeys(items).keys()]
)
async def test_what_is_read_as_a_list(make: Any) -> None:
    answer = await both(asked(lambda: make(["a"])), "{ it }")
    assert answer.data == {"it": ["a"]}


async def test_members_of_enums_that_are_no_more_are_not_taken_for_others() -> None:
    @strawberry.enum
    class Hue(enum.Enum):
        RED = "r"
        BLUE = "b"

    @strawberry.type
    class Thing:
        hue: Hue

    def make() -> list[Thing]:
        gc.collect(1)  # it is young; to look through all takes seconds late in a run
        other = enum.StrEnum("other", {"SOME": value})  # taken for Hue by its value
        return [Thing(hue=member) for member in other]

    engine = Engine(asked(make, type_=list[Thing]))
    query = operation(engine, "{ it { hue } }")
    for value, name in [("r", "RED"), ("b", "BLUE")] * 5:  # noqa: B007 - `make` reads it
        answer = await come(engine.run(query, None, None))
        assert answer.data == {"it": [{"hue": name}]}


@strawberry.type
class Row:
    n: int

    @strawberry.field
    def must(self) -> str:
        return "fine" if self.n != 1 else None

    @strawberry.field
    async def must_later(self) -> str:
        await asyncio.sleep(0)
        return "fine" if self.n != 1 else None


@pytest.mark.parametrize("field", ["must", "mustLater"])
@pytest.mark.parametrize("type_", [list[Row | None], list[Row] | None, list[list[Row] | None]])
async def test_a_field_that_may_not_be_null_fails_the_nearest_place_that_may(
    field: str, type_: Any
) -> None:
    rows: list[Any] = [Row(n=n) for n in range(3)]
    row = {field: "fine", "n": 0}
    expected: Any = {
        list[Row | None]: [row, None, {**row, "n": 2}],
        list[Row] | None: None,
        list[list[Row] | None]: [None, [row]],
    }[type_]
    if type_ == list[list[Row] | None]:
        rows = [rows, [rows[0]]]
    answer = await both(asked(lambda: rows, type_=type_), f"{{ it {{ {field} n }} rest }}")
    assert answer.data == {"it": expected, "rest": "rest"}
    assert len(answer.errors or []) == 1


EDGES = [
    0, -1, 2**31 - 1, 2**31, -(2**31), -(2**31) - 1, 2**53, True, False, 1.0, 0.5, -0.0, 1e308,
    1.7976931348623157e308, float("inf"), float("nan"), "", "text", "1", "1.5", "true",
    b"1", [], {}, object(), Undefined, None, 1j,
]  # fmt: skip


@pytest.mark.parametrize("type_", [int, float, bool, str, strawberry.ID])
async def test_edges_of_the_built_in_scalars(type_: Any) -> None:
    @strawberry.type
    class Edge:
        it: type_ | None
        must: type_
        many: list[type_ | None]

    rows: list[Edge] = []
    schema = asked(lambda: rows, type_=list[Edge | None])
    for value in EDGES:
        rows[:] = [Edge(it=value, must=value, many=[value])]
        await both(schema, "{ it { it } a: it { must } b: it { many } }")
