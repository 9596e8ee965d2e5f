"""What is run by plans, what by graphql-core, and what is refused."""

import asyncio
from importlib.metadata import version
from typing import Any

import pytest
import strawberry
from graphql import ExecutionResult, build_schema
from strawberry.extensions import SchemaExtension
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext
from strawberry.types import Info

from gateway.execution import PROVED, Engine, unproved
from tests.execution.both import both, come, operation


@strawberry.type
class Query:
    a: int = 1

    @strawberry.field
    def context(self, info: Info[Any, Any]) -> str:
        return info.context


@strawberry.type
class Mutation:
    @strawberry.mutation
    async def put(self, info: Info[Any, Any], name: str, turns: int = 0) -> str:
        for _ in range(turns):
            await asyncio.sleep(0)
        info.context.append(name)
        if name == "bad":
            raise LookupError(name)
        return name


SCHEMA = strawberry.Schema(Query, Mutation)


async def test_a_mutations_fields_run_one_after_the_other() -> None:
    engine = Engine(SCHEMA, shadow=1)
    text = """
        mutation($n: Int!) {
            a: put(name: "slow", turns: $n) b: put(name: "quick") c: put(name: "last", turns: 1)
        }
    """
    done: list[str] = []
    answer = await come(engine.run(operation(engine, text), {"n": 9}, done, None))
    assert answer == ExecutionResult({"a": "slow", "b": "quick", "c": "last"}, None)
    assert done == ["slow", "quick", "last"]
    assert engine.compared == 0  # a write is never done twice


async def test_a_mutation_that_fails_leaves_the_rest_undone() -> None:
    engine = Engine(SCHEMA, shadow=1)
    text = 'mutation { a: put(name: "one") b: put(name: "bad") c: put(name: "never") }'
    done: list[str] = []
    answer = await come(engine.run(operation(engine, text), None, done, None))
    assert answer.data is None
    assert [error.path for error in answer.errors or []] == [["b"]]
    assert done == ["one", "bad"]


async def test_introspection_is_answered_by_graphql_core() -> None:
    engine = Engine(SCHEMA)
    text = "{ __schema { queryType { name } } a }"
    answer = await come(engine.run(operation(engine, text), None, None, Query()))
    assert answer.data == {"__schema": {"queryType": {"name": "Query"}}, "a": 1}


def test_what_is_there_at_once_is_answered_at_once() -> None:
    engine = Engine(SCHEMA)
    answer = engine.run(operation(engine, "{ a __typename }"), None, None, Query())
    assert answer == ExecutionResult({"a": 1, "__typename": "Query"}, None)


def test_without_plans_graphql_core_runs_everything() -> None:
    engine = Engine(SCHEMA, compiles=False, shadow=1)
    asked = operation(engine, "{ a context }")
    answer = engine.run(asked, None, "c", Query())
    assert answer == ExecutionResult({"a": 1, "context": "c"}, None)
    assert not asked._plans
    assert engine.compared == 0


@pytest.mark.parametrize("variables", [None, {}, {"a": 1, "unknown": 2}])
def test_variables_that_nobody_takes(variables: Any) -> None:
    engine = Engine(SCHEMA)
    answer = engine.run(operation(engine, "{ a }"), variables, None, Query())
    assert answer == ExecutionResult({"a": 1}, None)


async def test_wrong_variables_are_told_and_nothing_is_run() -> None:
    schema = build_schema("type Query { a(x: Int!, y: Int!): Int }")
    text = "query($x: Int!, $y: Int!) { a(x: $x, y: $y) }"
    answer = await both(schema, text, {"x": "1", "y": 2**40})
    assert answer.data is None
    assert len(answer.errors or []) == 2


class Extension(SchemaExtension):
    """Would not be asked."""


class OwnExecutor(StrawberryGraphQLCoreExecutionContext):
    """Would not be asked."""


def test_what_plans_would_pass_over_is_refused() -> None:
    with pytest.raises(TypeError, match="extensions"):
        Engine(strawberry.Schema(Query, extensions=[Extension]))
    with pytest.raises(TypeError, match="executor"):
        Engine(strawberry.Schema(Query, execution_context_class=OwnExecutor))


def test_the_libraries_are_of_the_proved_versions() -> None:
    assert unproved() == []
    assert {name: version(name) for name in PROVED} == PROVED


def test_another_version_is_told() -> None:
    told = unproved({**PROVED, "graphql-core": "0.1"})
    assert told == [
        f"graphql-core is {PROVED['graphql-core']}, and compiled execution was proved on 0.1"
    ]
