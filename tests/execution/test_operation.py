"""What is known of an operation, and its plans."""

from typing import Any

import pytest
import strawberry
from graphql import build_schema

from gateway.execution import Engine
from tests.execution.both import both, come, operation, plain


@strawberry.type
class Query:
    a: int = 1
    next: "Query | None" = None

    @strawberry.field
    def told(self, text: str) -> str:
        return text

    @strawberry.field
    def inner(self) -> "Query | None":
        return Query(a=self.a + 1) if self.a < 5 else None


SCHEMA = strawberry.Schema(Query)
SWITCHED = "query($x: Boolean = true, $y: Boolean!) {a @skip(if: $x) inner {a @include(if: $y)}}"


@pytest.mark.parametrize("x", [None, True, False])
@pytest.mark.parametrize("y", [True, False])
async def test_what_is_switched_follows_the_variables(x: bool | None, y: bool) -> None:
    answer = await both(SCHEMA, SWITCHED, {"x": x, "y": y}, root=Query())
    if x is None:
        [error] = answer.errors or ()
        assert "'if' has invalid value" in error.message
    else:
        expected: dict[str, Any] = {} if x else {"a": 1}
        assert answer.data == {**expected, "inner": {"a": 2} if y else {}}


async def test_null_for_a_switch_inside_an_object_fails_that_object_alone() -> None:
    text = "query($x: Boolean = true) { a inner { a @skip(if: $x) } }"
    answer = await both(SCHEMA, text, {"x": None}, root=Query())
    assert answer.data == {"a": 1, "inner": None}
    [error] = answer.errors or ()
    assert error.path == ["inner"]


def test_there_is_a_plan_for_each_value_of_the_switches_and_no_other_variable() -> None:
    text = "query($x: Boolean!, $y: String!) { a @skip(if: $x) told(text: $y) }"
    asked = operation(Engine(SCHEMA), text)
    one = asked.plan({"x": True, "y": "some"})
    assert one is not None
    assert asked.plan({"x": True, "y": "other"}) is one
    assert asked.plan({"x": False, "y": "some"}) not in (one, None)


async def test_few_plans_of_one_operation_are_kept() -> None:
    names = "abcde"
    told = ", ".join(f"${name}: Boolean!" for name in names)
    fields = " ".join(f"{name}: a @include(if: ${name})" for name in names)
    engine = Engine(SCHEMA)
    asked = operation(engine, f"query({told}) {{ {fields} }}")
    for number in range(32):
        values = {name: bool(number >> at & 1) for at, name in enumerate(names)}
        answer = await come(engine.run(asked, values, None, Query()))
        assert plain(answer.data) == {name: 1 for name in names if values[name]}
        assert len(asked._plans) <= 16
    assert len(asked._plans) == 16


async def test_what_is_nested_too_deeply_for_a_plan_is_run_by_graphql_core() -> None:
    text = "{ next " * 190 + "{ a }" + " }" * 190
    asked = operation(Engine(SCHEMA), text)
    assert asked.can_be_planned
    assert asked.plan({}) is None
    answer = await both(SCHEMA, text, root=Query(next=Query()))
    assert answer.data == {"next": {"next": None}}


@pytest.mark.parametrize("field", ["next", "inner"])
async def test_a_short_text_that_unfolds_without_end_costs_no_more_than_what_it_finds(
    field: str,
) -> None:
    doubles = " ".join(
        f"fragment F{n} on Query {{ a: {field} {{ ...F{n + 1} }} b: {field} {{ ...F{n + 1} }} }}"
        for n in range(40)
    )
    text = f"{{ {field} {{ ...F0 }} }} {doubles} fragment F40 on Query {{ c: a }}"
    answer = await both(SCHEMA, text, root=Query(a=2, next=Query(a=2, next=Query())))
    assert str(answer.data).count("None") == {"next": 4, "inner": 8}[field]


@pytest.mark.parametrize(
    ("text", "is_planned"),
    [
        ("{ a }", True),
        ("{ __typename a @skip(if: false) @include(if: true) }", True),
        ("{ ...F } fragment F on Query { inner { a } }", True),
        ("mutation { change }", False),
        ("subscription { count }", False),
        ("{ __schema { queryType { name } } }", False),
        ('{ a ...F } fragment F on Query { __type(name: "Query") { name } }', False),
        ("{ a @odd }", False),
        ("{ a ... @odd { a } }", False),
        ("{ a ...F } fragment F on Query @odd { a }", False),
        ("query @odd { a }", False),
    ],
)
def test_only_plain_queries_are_planned(text: str, is_planned: bool) -> None:
    schema = build_schema("""
        directive @odd on FIELD | INLINE_FRAGMENT | FRAGMENT_DEFINITION | QUERY
        type Query { a: Int, inner: Query }
        type Mutation { change: Int }
        type Subscription { count: Int }
    """)
    assert operation(Engine(schema), text).can_be_planned == is_planned


def test_names_are_those_of_all_fields_in_fragments_too() -> None:
    text = '{ one: a ...F } fragment F on Query { inner { told(text: "") __typename } }'
    assert operation(Engine(SCHEMA), text).names == {"a", "inner", "told", "__typename"}
