"""graphql-core's own published cases of execution, where they are of queries that are planned.

What they say of mutations, subscriptions, @defer, middleware, hooks and abort signals is of other
parts; what they say of siblings that are cancelled, plans do in another way: see the README.
"""

import asyncio

import pytest
from graphql import ExecutionResult

from gateway.execution import Engine
from tests.execution import published_inputs, published_objects, published_values
from tests.execution.both import both, come, operation
from tests.execution.published import Case

CASES = [*published_objects.CASES, *published_values.CASES, *published_inputs.CASES]


def told(answer: ExecutionResult) -> list[tuple[str, str]]:
    """Return the messages of errors and their paths."""
    return sorted((str(error.path), error.message) for error in answer.errors or ())


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
async def test_published(case: Case) -> None:
    engine = Engine(case.built)
    asked = operation(engine, case.text, case.operation)
    assert asked.can_be_planned
    for _ in range(2):
        answer = await come(engine.run(asked, case.variables, None, case.root))
        assert answer.data == case.data
        if isinstance(answer.data, dict):
            assert list(answer.data) == list(case.data)
        errors = told(answer)
        expected = sorted((str(path), message) for message, path in case.errors)
        assert [path for path, _ in errors] == [path for path, _ in expected]
        for (_, message), (_, part) in zip(errors, expected, strict=True):
            assert part in message
    if case.operation is None:
        await both(case.built, case.text, case.variables, root=case.root)


def test_there_are_many() -> None:
    assert len(CASES) > 200
    assert len({case.name for case in CASES}) == len(CASES)


async def test_fields_run_side_by_side() -> None:
    barrier = asyncio.Barrier(3)

    async def meet(*_: object) -> bool:
        await barrier.wait()
        return True

    schema = Case("", "type Query { a: Boolean, b: Boolean, many: [Boolean] }", "", None).built
    engine = Engine(schema)
    root = {"a": meet, "b": meet, "many": lambda *_: [meet()]}
    asked = operation(engine, "{ a b many }")
    answer = await asyncio.wait_for(come(engine.run(asked, None, None, root)), 5)
    assert answer == ExecutionResult({"a": True, "b": True, "many": [True]}, None)
