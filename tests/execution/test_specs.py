"""Queries of `tests/queries` and of the explorer are planned, and answered as by graphql-core."""

from pathlib import Path

import pytest
from graphql import OperationDefinitionNode, OperationType, parse

from gateway.execution import Engine
from gateway.http import explorer
from gateway.http.answers import VARYING
from tests.costs import SPECS, named, read_spec
from tests.fixtures import KEEPING, Graph, Sandbox, serve

TEXT = (Path(explorer.__file__).parent / "page/examples.graphql").read_text()
EXAMPLES = [
    one.name.value
    for one in parse(TEXT).definitions
    if isinstance(one, OperationDefinitionNode)
    and one.operation is OperationType.QUERY
    and one.name
]


def engine_of(graph: Graph) -> Engine:
    return graph.http._transport.app._endpoint._engine  # type: ignore[attr-defined]


def check(engine: Engine, text: str, name: str | None, compared: int) -> None:
    """Fail unless an operation was planned, and compared if it tells the same each time."""
    operation = engine.document(text).operation(name)
    assert operation is not None
    assert operation.can_be_planned
    assert engine.compared == compared + operation.names.isdisjoint(VARYING)
    assert engine.differed == 0


@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.stem)
async def test_a_spec_is_answered_the_same_both_ways(path: Path, sandbox: Sandbox) -> None:
    spec = read_spec(path)
    for name, position in spec.switches.items():
        sandbox.turn(name, position)
    async with serve(sandbox, **KEEPING, DEADLINE="60", SHADOW="1", COMPILED="on") as graph:
        variables = {name: await named(graph, value) for name, value in spec.variables.items()}
        engine = engine_of(graph)
        compared = engine.compared
        await graph.data(spec.query, **variables)
        check(engine, spec.query, None, compared)


@pytest.mark.parametrize("name", EXAMPLES)
async def test_an_example_is_answered_the_same_both_ways(name: str, sandbox: Sandbox) -> None:
    async with serve(sandbox, **KEEPING, DEADLINE="60", SHADOW="1", COMPILED="on") as graph:
        body = {"query": TEXT, "operationName": name}
        engine = engine_of(graph)
        compared = engine.compared
        answer = (await graph.http.post("/graphql", json=body)).json()
        assert "errors" not in answer
        check(engine, TEXT, name, compared)
