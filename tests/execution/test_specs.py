"""Every query that the repository tells of is answered by plans as by graphql-core."""

import ast
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from graphql import GraphQLSyntaxError, NonNullTypeNode, OperationDefinitionNode, parse, validate

from gateway.execution import Engine
from gateway.http import explorer
from gateway.http.answers import VARYING
from schema import build
from tests.costs import SPECS, named, read_spec
from tests.fixtures import KEEPING, Graph, Sandbox, serve

EXAMPLES = (Path(explorer.__file__).parent / "page/examples.graphql").read_text()
TESTS = sorted((Path(__file__).parent.parent / "http").glob("test_*.py"))
SCHEMA = build()
PASSING = VARYING | {"lastSuccessAt"}
"""What two gateways tell each in its own way."""


class Told(NamedTuple):
    """A query that the repository tells of."""

    name: str
    text: str
    variables: dict[str, Any]
    switches: dict[str, str]
    operation: str | None = None


def _queries(text: str) -> Iterator[OperationDefinitionNode]:
    """Yield the queries of a valid document."""
    try:
        document = parse(text)
    except GraphQLSyntaxError:
        return
    if "__schema" not in text and not validate(SCHEMA._schema, document):
        for node in document.definitions:
            if isinstance(node, OperationDefinitionNode) and node.operation.value == "query":
                yield node


def _of_tests() -> Iterator[Told]:
    """Yield the queries in the texts of other tests that need no variables."""
    for path in TESTS:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                for query in _queries(node.value):
                    types = [one.type for one in query.variable_definitions or ()]
                    if not any(isinstance(one, NonNullTypeNode) for one in types):
                        name = query.name and query.name.value
                        yield Told(f"{path.stem}:{node.lineno}", node.value, {}, {}, name)


SPECIFIED = [
    Told(spec.name, spec.query, spec.variables, spec.switches) for spec in map(read_spec, SPECS)
]
EXPLORED = [
    Told(one.name.value, EXAMPLES, {}, {}, one.name.value) for one in _queries(EXAMPLES) if one.name
]
TESTED = list(_of_tests())


@asynccontextmanager
async def gateway(sandbox: Sandbox, **more: str) -> AsyncIterator[tuple[Graph, Engine]]:
    """Run a gateway that keeps objects, but no whole answers; return its engine, too."""
    async with serve(sandbox, **KEEPING, ANSWERS="off", DEADLINE="60", **more) as graph:
        yield graph, graph.http._transport.app.app._graph._answering._engine


def lasting(answer: Any) -> Any:
    """Leave out what tells of the moment; objects become lists, so that the order counts."""
    if isinstance(answer, dict):
        return [(key, lasting(one)) for key, one in answer.items() if key not in PASSING]
    if isinstance(answer, list):
        return [lasting(one) for one in answer]
    return answer


async def compare(sandbox: Sandbox, queries: Sequence[Told]) -> tuple[int, int]:
    """Ask a gateway with plans, three times, and one without.

    Returns:
        how many answers the first has compared itself, and how many of them differed.
    """
    async with (
        gateway(sandbox, SHADOW="1", COMPILED="on") as (planned, engine),
        gateway(sandbox, COMPILED="off") as (stock, _),
    ):
        before = engine.compared, engine.differed  # which other gateways share
        for told in queries:
            variables = {name: await named(stock, one) for name, one in told.variables.items()}
            body = {"query": told.text, "operationName": told.operation, "variables": variables}
            expected = (await stock.http.post("/graphql", json=body)).json()
            for _ in range(3):  # pieces are kept by the second
                answer = (await planned.http.post("/graphql", json=body)).json()
                assert lasting(answer) == lasting(expected), told.name
            operation = engine.document(told.text).operation(told.operation)
            assert operation is not None
            assert "errors" not in expected or queries is TESTED
        return engine.compared - before[0], engine.differed - before[1]


def lasts(told: Told) -> bool:
    operation = Engine(SCHEMA).document(told.text).operation(told.operation)
    return operation is not None and operation.names.isdisjoint(VARYING)


@pytest.mark.parametrize("told", [*SPECIFIED, *EXPLORED], ids=lambda told: told.name)
async def test_both_ways(told: Told, sandbox: Sandbox) -> None:
    for name, position in told.switches.items():
        sandbox.turn(name, position)
    assert await compare(sandbox, [told]) == (3 if lasts(told) else 0, 0)


async def test_those_of_other_tests_both_ways(sandbox: Sandbox) -> None:
    compared, differed = await compare(sandbox, TESTED)
    assert compared >= 3 * sum(map(lasts, TESTED)) * 0.9  # few have wrong arguments
    assert differed == 0


@pytest.mark.parametrize("told", [*SPECIFIED, *EXPLORED, *TESTED], ids=lambda told: told.name)
def test_it_is_planned(told: Told) -> None:
    operation = Engine(SCHEMA).document(told.text).operation(told.operation)
    assert operation is not None
    assert operation.can_be_planned
    assert operation.plan({}) is not None


def test_every_query_is_there() -> None:
    assert len(SPECIFIED) == len(SPECS)
    assert len(EXPLORED) >= 5
    assert len(TESTED) >= 20
    assert sum(map(lasts, [*SPECIFIED, *EXPLORED])) >= 18
