"""Fields that are resolved for many parents at once."""

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest
import strawberry
from graphql import GraphQLError
from strawberry.types import Info

from gateway.execution import Engine
from tests.execution.both import both, come, operation, plain

Made = list[tuple[str, Sequence[int], Any]]
"""The calls of batches: the field, the parents, the arguments."""


def values(info: Info[Any], them: Sequence["Thing"], name: str, given: Any = None) -> list[Any]:
    info.context["made"].append((name, [it.n for it in them], given))
    return [info.context["values"](it) for it in them]


def by_future(info: Info[Any], them: Sequence["Thing"]) -> asyncio.Future[list[Any]]:
    future = asyncio.get_running_loop().create_future()
    found = values(info, them, "byFuture")
    asyncio.get_running_loop().call_later(0.001, future.set_result, found)
    return future


async def by_coroutine(info: Info[Any], them: Sequence["Thing"], first: int = 5) -> tuple[Any, ...]:
    await asyncio.sleep(0)
    return tuple(values(info, them, "byCoroutine", first))


def found_of(name: str) -> Any:
    def batch(info: Info[Any], them: Sequence["Thing"]) -> Any:
        return values(info, them, name)

    return strawberry.field(metadata={"batch": batch}, resolver=stock)


async def stock(root: "Thing", info: Info[Any]) -> Any:
    return info.context["values"](root)


async def stock_first(root: "Thing", info: Info[Any], first: int = 5) -> Any:
    del first
    return info.context["values"](root)


@strawberry.type
class Thing:
    n: int
    now: str | None = found_of("now")
    must: str = found_of("must")
    things: list["Thing | None"] | None = found_of("things")
    thing: "Thing | None" = found_of("thing")
    by_future: str | None = strawberry.field(metadata={"batch": by_future}, resolver=stock)
    by_coroutine: str = strawberry.field(metadata={"batch": by_coroutine}, resolver=stock_first)


@strawberry.type
class Other:
    n: int
    now: str | None = found_of("now of others")


@strawberry.type
class Query:
    @strawberry.field
    def one(self) -> Thing | None:
        return Thing(n=1)

    @strawberry.field
    def many(self) -> list[Thing | None]:
        return [Thing(n=1), None, Thing(n=2), Thing(n=3)]

    @strawberry.field
    def all(self) -> list[Thing] | None:
        return [Thing(n=n) for n in range(3)]

    @strawberry.field
    def mixed(self) -> list[Thing | Other]:
        return [Thing(n=1), Other(n=2), Thing(n=3)]


SCHEMA = strawberry.Schema(Query)


def told(make: Any) -> dict[str, Any]:
    return {"made": [], "values": make}


async def run(text: str, context: Any) -> Any:
    engine = Engine(SCHEMA)
    answer = await come(engine.run(operation(engine, text), None, context, Query()))
    return plain(answer.data), answer.errors or []


async def test_one_call_for_all_objects_of_a_list() -> None:
    context = told(lambda it: f"v{it.n}")
    data, errors = await run("{ many { now byFuture byCoroutine(first: 2) } }", context)
    row = [{"now": f"v{n}", "byFuture": f"v{n}", "byCoroutine": f"v{n}"} for n in (1, 2, 3)]
    assert (data, errors) == ({"many": [row[0], None, row[1], row[2]]}, [])
    assert sorted(context["made"], key=str) == [
        ("byCoroutine", [1, 2, 3], 2), ("byFuture", [1, 2, 3], None), ("now", [1, 2, 3], None),
    ]  # fmt: skip


async def test_one_call_for_each_type_of_a_list_and_for_one_object() -> None:
    context = told(lambda it: f"v{it.n}")
    data, _ = await run("{ mixed { ... on Thing { a: now } ... on Other { b: now } } }", context)
    assert data == {"mixed": [{"a": "v1"}, {"b": "v2"}, {"a": "v3"}]}
    assert context["made"] == [("now", [1, 3], None), ("now of others", [2], None)]
    data, _ = await run("{ one { now } }", context)
    assert (data, context["made"][2]) == ({"one": {"now": "v1"}}, ("now", [1], None))


def shared(it: Thing) -> Any:
    return SOME if it.n else None


SOME = Thing(n=7)

FOUND: list[Any] = [
    lambda it: f"v{it.n}",
    lambda it: None,
    lambda it: it.n,
    lambda it: ValueError("failed") if it.n == 2 else "v",
    lambda it: GraphQLError("failed", extensions={"code": "X"}) if it.n else "v",
    lambda it: None if it.n == 1 else "v",
    lambda it: it,
    lambda it: Thing(n=it.n + 1),
    lambda it: [it, None, it],
    lambda it: [it, 7],
    lambda it: Other(n=1) if it.n == 1 else SOME,
    shared,
]


@pytest.mark.parametrize("field", [
    "now", "must", "byFuture", "byCoroutine", "things { n now }", "thing { n }", "thing { n now }",
    "thing { must } must", "byCoroutine must now",
])  # fmt: skip
@pytest.mark.parametrize("found", FOUND)
async def test_as_one_by_one(field: str, found: Any) -> None:
    for root in ("one", "many", "all"):
        await both(SCHEMA, f"{{ {root} {{ {field} }} }}", context=told(found), root=Query())


def odd(found: Any) -> tuple[strawberry.Schema, Any]:
    """Return a schema whose batch returns something odd."""

    def batch(info: Any, them: Sequence[Any]) -> Any:
        if isinstance(found, Exception):
            raise found
        return found

    async def batch_late(info: Any, them: Sequence[Any]) -> Any:
        return batch(info, them)

    @strawberry.type
    class Row:
        n: int = 1
        now: str | None = strawberry.field(metadata={"batch": batch}, resolver=stock)
        late: str | None = strawberry.field(metadata={"batch": batch_late}, resolver=stock)

    @strawberry.type
    class Rows:
        one: Row = strawberry.field(default_factory=Row)
        many: list[Row] = strawberry.field(default_factory=lambda: [Row(), Row()])

    return strawberry.Schema(Rows), Rows()


@pytest.mark.parametrize(
    "found", [["a"] * 3, [], None, 7, {"a": 1, "b": 2}, "ab", ValueError("failed")]
)
@pytest.mark.parametrize("field", ["now", "late"])
async def test_what_is_not_a_value_for_each_fails_each(found: Any, field: str) -> None:
    schema, root = odd(found)
    engine = Engine(schema)
    for rows, count in (("one", 1), ("many", 2)):
        asked = operation(engine, f"{{ {rows} {{ {field} n }} }}")
        answer = await come(engine.run(asked, None, None, root))
        row = {field: None, "n": 1}
        assert answer.data == {rows: row if rows == "one" else [row, row]}
        errors = answer.errors or []
        told = "failed" if isinstance(found, Exception) else f"of Row.{field} is not {count} values"
        assert len(errors) == count
        assert all(told in error.message for error in errors)
        assert {error.path[-1] for error in errors if error.path} == {field}
