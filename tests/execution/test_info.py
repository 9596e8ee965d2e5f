"""What resolvers are told is what Strawberry and graphql-core tell them."""

import inspect
from typing import Any

import pytest
import strawberry
from graphql import GraphQLResolveInfo, build_schema
from graphql.pyutils import Path
from strawberry.schema.config import StrawberryConfig
from strawberry.types import Info

from gateway.execution import Engine
from tests.execution.both import both, come, operation

PUBLIC = [name for name in dir(Info) if not name.startswith("_")]
TOLD = [name for name in PUBLIC if not inspect.isfunction(getattr(Info, name))]


class OwnInfo(Info[Any, Any]):
    """A program's own."""

    @property
    def shouted(self) -> str:
        return self.field_name.upper()


def told(info: Info[Any, Any]) -> dict[str, Any]:
    found = {name: getattr(info, name) for name in TOLD}
    found["argument"] = info.get_argument_definition("first")
    found["no argument"] = info.get_argument_definition("other")
    found["raw"] = {name: getattr(info._raw_info, name) for name in (
        "field_name", "return_type", "parent_type", "path", "schema", "fragments", "root_value",
        "operation", "variable_values", "context", "is_awaitable", "abort_signal",
        "operation_extensions", "field_nodes",
    )}  # fmt: skip
    return found


SEEN: list[Any] = []


@strawberry.type
class Thing:
    n: int

    @strawberry.field
    def seen(self, info: Info[Any, Any], first: int = 1, tags: list[str] | None = None) -> int:
        SEEN.append(told(info))
        return first

    @strawberry.field
    async def things(self, info: Info[Any, Any], first: int = 1) -> list["Thing"]:
        SEEN.append(told(info))
        return [Thing(n=n) for n in range(first)]


@strawberry.type
class Query:
    @strawberry.field
    def things(self, info: Info[Any, Any], first: int = 1) -> list[Thing] | None:
        SEEN.append(told(info))
        return [Thing(n=n) for n in range(first)]

    @strawberry.field
    def remembers(self, info: Info[Any, Any]) -> int:
        count: int = info.remembered.get("count", 0) + 1
        info.remembered["count"] = count
        return count

    @strawberry.field
    def shouts(self, info: OwnInfo) -> str:
        return info.shouted


SCHEMA = strawberry.Schema(Query)
TEXT = """
    query Told($first: Int! = 2, $tags: [String!], $on: Boolean!) {
        some: things(first: $first) @include(if: $on) { ...F @skip(if: false) n }
        some: things(first: $first) { ... on Thing { things(first: 2) { a: seen(tags: ["x"]) } } }
    }
    fragment F on Thing { n b: seen(first: 3, tags: $tags) }
"""


@pytest.mark.parametrize("variables", [{"on": True}, {"first": 1, "tags": ["t"], "on": True}])
async def test_every_property_is_the_same(variables: dict[str, Any]) -> None:
    engine = Engine(SCHEMA)
    asked = operation(engine, TEXT)
    context, root = {"some": "context"}, Query()
    SEEN.clear()
    first = await come(engine.run_stock(asked, variables, context, root))
    expected = sorted(SEEN, key=lambda seen: str(seen["path"].as_list()))
    assert first.data
    assert len(expected) >= 4
    for _ in range(2):
        SEEN.clear()
        assert (await come(engine.run(asked, variables, context, root))).data == first.data
        assert sorted(SEEN, key=lambda seen: str(seen["path"].as_list())) == expected
    assert {"selected_fields", "context", "root_value", "input_extensions"} <= expected[0].keys()


async def test_what_is_remembered_lives_as_long_as_the_plan() -> None:
    engine = Engine(SCHEMA)
    asked = operation(engine, "{ a: remembers b: remembers }")
    answers = [(await come(engine.run(asked, None, None, Query()))).data for _ in range(2)]
    assert answers == [{"a": 1, "b": 1}, {"a": 2, "b": 2}]


async def test_a_programs_own_class_of_infos_is_kept() -> None:
    schema = strawberry.Schema(Query, config=StrawberryConfig(info_class=OwnInfo))
    assert (await both(schema, "{ shouts }", root=Query())).data == {"shouts": "SHOUTS"}


def test_an_info_says_what_it_is() -> None:
    engine = Engine(SCHEMA)
    SEEN.clear()
    engine.run(operation(engine, "{ things { n } }"), None, None, Query())
    assert SEEN[0]["path"] == Path(None, "things", "Query")


async def test_a_schema_of_graphql_cores_own_is_told_its_own_way() -> None:
    schema = build_schema("type Query { seen(a: Int = 1): Int, it: Query }")
    seen: list[GraphQLResolveInfo] = []

    def resolve(source: Any, info: GraphQLResolveInfo, a: int) -> int:
        del source
        seen.append(info)
        return a

    assert schema.query_type
    schema.query_type.fields["seen"].resolve = resolve
    text = "query($a: Int) { it { seen(a: $a) } }"
    answer = await both(schema, text, {"a": 5}, context="c", root={"it": {}})
    assert answer.data == {"it": {"seen": 5}}
    stock, *others = seen
    for other in others:
        assert type(other) is type(stock)
        assert other[:-1] == stock[:-1]  # the last is the helpers'
