"""Shadow mode: one in so many queries is run both ways and compared."""

import hashlib
import logging
from itertools import count
from typing import Any

import pytest
import strawberry
from graphql import ExecutionResult, GraphQLError
from strawberry.scalars import JSON
from strawberry.types import Info

from gateway.execution import Engine
from gateway.execution.shadow import difference
from tests.execution.both import come, operation

NUMBERS = count(1)


@strawberry.type
class Query:
    same: str = "secret"

    @strawberry.field
    def changes(self) -> int:
        return next(NUMBERS)

    @strawberry.field
    async def fails(self) -> str | None:
        raise LookupError(next(NUMBERS))

    @strawberry.field
    def fails_alike(self, text: str) -> str | None:
        raise LookupError(text)

    @strawberry.field
    def fails_at_times(self) -> int | None:
        return next(NUMBERS) if next(NUMBERS) % 4 else None

    @strawberry.field
    def odd(self) -> JSON:
        return JSON({1j})

    @strawberry.field
    def once(self, info: Info[Any, Any]) -> str:
        if info.context.pop("first", None):
            return "once"
        raise SystemError


@strawberry.type
class Mutation:
    @strawberry.mutation
    def change(self) -> int:
        return next(NUMBERS)


SCHEMA = strawberry.Schema(Query, Mutation)


async def asked(engine: Engine, text: str, **variables: Any) -> ExecutionResult:
    return await come(engine.run(operation(engine, text), variables, {"first": 1}, Query()))


async def test_a_planted_fault_is_logged_and_counted(caplog: pytest.LogCaptureFixture) -> None:
    engine = Engine(SCHEMA, shadow=1)
    text = """
        query($secret: String!) {
            same changes failsAlike(text: $secret) a: failsAlike(text: "secret")
        }
    """
    answer = await asked(engine, text, secret="secret variable")
    assert answer.data
    assert (engine.compared, engine.differed) == (1, 1)
    [record] = caplog.records
    assert (record.name, record.levelno) == ("stagegraph.execution", logging.ERROR)
    hashed = hashlib.sha256(text.encode()).hexdigest()[:16]
    assert record.getMessage() == f"the compiled answer of query {hashed} differs: its data"
    assert "secret" not in caplog.text


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{ fails }", "its errors"),
        ("{ once }", "its data"),
        ("{ odd }", "comparing raised TypeError"),
    ],
)
async def test_what_differs_is_told(text: str, told: str, caplog: pytest.LogCaptureFixture) -> None:
    engine = Engine(SCHEMA, shadow=1)
    answer = await asked(engine, text)
    assert (engine.compared, engine.differed) == (1, 1)
    assert caplog.messages[0].endswith(f"differs: {told}")
    assert answer.data or answer.errors


async def test_what_is_alike_is_counted_alone(caplog: pytest.LogCaptureFixture) -> None:
    engine = Engine(SCHEMA, shadow=1)
    for _ in range(3):
        await asked(engine, """{ same failsAlike(text: "x") }""")
    assert (engine.compared, engine.differed) == (3, 0)
    assert not caplog.records


async def test_one_in_so_many_is_compared() -> None:
    for shadow, expected in ((0, 0), (1, 20), (5, 4), (7, 2)):
        engine = Engine(SCHEMA, shadow=shadow)
        for _ in range(20):
            await asked(engine, "{ same }")
        assert (engine.compared, engine.differed) == (expected, 0)


@pytest.mark.parametrize(
    "text", ["{ changes }", "{ ...F } fragment F on Query { a: changes }", "mutation { change }"]
)
async def test_what_varies_and_what_is_not_planned_is_not_compared(text: str) -> None:
    engine = Engine(SCHEMA, shadow=1, varying=["changes"])
    await asked(engine, text)
    assert (engine.compared, engine.differed) == (0, 0)


def failed(message: str, *path: str | int) -> GraphQLError:
    return GraphQLError(message, path=path)


NULLED = {"a": None, "b": [1, None]}

ALIKE: list[tuple[Any, list[GraphQLError], list[GraphQLError]]] = [
    ({"a": 1}, [], []),
    (NULLED, [failed("x", "a"), failed("y", "b", 1)], [failed("y", "b", 1), failed("x", "a")]),
    # Any of several below one null will do.
    (NULLED, [failed("x", "a", "c")], [failed("z", "a", "d", 0)]),
    (NULLED, [failed("x", "a", "c"), failed("z", "a", "d")], [failed("z", "a", "d")]),
    (None, [failed("x", "a")], [failed("y", "b", 1)]),
]
UNLIKE: list[tuple[Any, Any, list[GraphQLError], list[GraphQLError], str]] = [
    ({"a": 1}, {"a": 2}, [], [], "its data"),
    ({"a": 1, "b": 1}, {"b": 1, "a": 1}, [], [], "its data"),
    ({"a": [{"c": 1, "b": 1}]}, {"a": [{"b": 1, "c": 1}]}, [], [], "its data"),
    ({"a": 1}, {"a": True}, [], [], "its data"),
    ({"a": 1}, {"a": 1.0}, [], [], "its data"),
    ({"a": None}, None, [failed("x", "a")], [failed("x", "a")], "its data"),
    (NULLED, NULLED, [failed("x", "a")], [], "the places of its errors"),
    (NULLED, NULLED, [failed("x", "a")], [failed("x", "b", 1)], "the places of its errors"),
    (NULLED, NULLED, [failed("x", "a")], [failed("y", "a")], "its errors"),
    (NULLED, NULLED, [failed("x", "a")], [failed("x", "a", "b")], "its errors"),
    (
        NULLED,
        NULLED,
        [failed("x", "a")],
        [GraphQLError("x", path=["a"], extensions={"code": "X"})],
        "its errors",
    ),
    (
        NULLED,
        NULLED,
        [failed("x", "a")],
        [GraphQLError("x", path=["a"], original_error=ValueError("x"))],
        "its errors",
    ),
]


@pytest.mark.parametrize(("data", "one", "other"), ALIKE)
def test_alike(data: Any, one: list[GraphQLError], other: list[GraphQLError]) -> None:
    assert difference(ExecutionResult(data, one), ExecutionResult(data, other)) is None


@pytest.mark.parametrize(("data", "other_data", "one", "other", "told"), UNLIKE)
def test_unlike(
    data: Any, other_data: Any, one: list[GraphQLError], other: list[GraphQLError], told: str
) -> None:
    assert difference(ExecutionResult(data, one), ExecutionResult(other_data, other)) == told
