"""Runs a query both ways: by its plan, more than once, and by graphql-core."""

from collections.abc import Awaitable
from typing import Any, cast

import msgspec
import strawberry
from graphql import ExecutionResult, GraphQLSchema

from gateway.execution import Engine, Operation
from gateway.execution.shadow import difference


async def come(result: ExecutionResult | Awaitable[ExecutionResult]) -> ExecutionResult:
    """Return an answer, once it is there."""
    return result if isinstance(result, ExecutionResult) else await result


def plain(value: Any) -> Any:
    """Return data as a client reads it."""
    return msgspec.json.decode(msgspec.json.encode(value))


def operation(engine: Engine, text: str, name: str | None = None) -> Operation:
    """Return an operation of a valid document."""
    document = engine.document(text)
    assert not document.errors, document.errors
    return cast("Operation", document.operation(name))


async def both(
    schema: strawberry.Schema | GraphQLSchema,
    text: str,
    variables: dict[str, Any] | None = None,
    *,
    context: Any = None,
    root: Any = None,
) -> ExecutionResult:
    """Return a query's answer, the same by its plan, by its plan again, and by graphql-core."""
    engine = Engine(schema)
    asked = operation(engine, text)
    assert asked.can_be_planned
    expected = await come(engine.run_stock(asked, variables, context, root))
    for _ in range(3):  # kept plans and remembered pieces come into play
        answer = await come(engine.run(asked, variables, context, root))
        assert difference(answer, expected) is None, (answer, expected)
    return ExecutionResult(plain(answer.data), answer.errors)
