"""Random queries over random schemas, with failures: by plans the same as by graphql-core.

`QUERIES=20000 pytest tests/execution/test_difference.py` asks more of them.
"""

import asyncio
import gc
import os
import warnings
from typing import Any, NamedTuple

import pytest
from graphql import ExecutionResult, parse

from gateway.execution import Engine, Operation
from gateway.execution.operation import operations
from gateway.execution.shadow import difference
from tests.execution.both import come
from tests.execution.dice import Dice
from tests.execution.queries import Drawn, Pen
from tests.execution.shapes import ARGUMENTS, WAYS
from tests.execution.worlds import Lasting, World

EACH = 25
"""Queries of a schema."""
WORLDS = int(os.environ.get("QUERIES", "1000")) // EACH
FAILURES = (0.0, 0.05, 0.3)
_TURNS = 3
"""Runs of one query with the same values: the first marks, the second keeps, the third finds."""

pytestmark = pytest.mark.filterwarnings("ignore:coroutine .* was never awaited:RuntimeWarning")


class Asked(NamedTuple):
    """One run of a query, and its answer by the plan."""

    text: str
    operation: Operation
    variables: dict[str, Any]
    context: dict[str, int]
    answer: ExecutionResult


@pytest.fixture(autouse=True, scope="module")
def light_garbage() -> None:
    """Let the collector pass over what was there before: it is called for every schema.

    It goes on to do so, as over the collected tests.
    """
    gc.collect()
    gc.freeze()


def draw(engine: Engine, world: World, dice: Dice) -> tuple[Drawn, Operation]:
    """Draw a query."""
    drawn = Pen(world.schema._schema, dice).query()
    if dice.random() < 0.1:  # to see that what is drawn is valid; it takes longer than all else
        assert not engine.document(drawn.text).errors
    [operation] = operations(engine._target, parse(drawn.text))
    assert operation.can_be_planned
    return drawn, operation


async def planned(engine: Engine, world: World, seed: int) -> list[Asked]:
    """Run queries by their plans: some values thrice, and others after them."""
    dice, found = Dice(seed), list[Asked]()
    for _ in range(EACH):
        drawn, operation = draw(engine, world, dice)
        first, second = drawn.values(dice), drawn.values(dice)
        for values, salt in (*[(first, 0)] * _TURNS, (second, 1)):
            context = {"salt": salt}
            answer = await come(engine.run(operation, values, context, world.root))
            found.append(Asked(drawn.text, operation, values, context, answer))
    return found


@pytest.mark.parametrize("seed", range(WORLDS))
async def test_no_difference(seed: int) -> None:
    world = World(seed, FAILURES[seed % len(FAILURES)])
    engine = Engine(world.schema)
    gc.collect()  # what graphql-core left behind in another world, with its event loop
    with warnings.catch_warnings(record=True) as left:
        warnings.simplefilter("always")
        asked = await planned(engine, world, seed)
        for _ in range(30):  # what nobody waits for comes to its end
            await asyncio.sleep(0)
        assert world.left() == []
        gc.collect()
    # graphql-core itself leaves coroutines behind, plans do not.
    assert [str(one.message) for one in left] == []
    expected: ExecutionResult | None = None
    for at, one in enumerate(asked):
        if at % (_TURNS + 1) in (0, _TURNS):  # those between have the values of the first
            root = world.root
            stock = engine.run_stock(one.operation, one.variables, one.context, root)
            expected = await come(stock)
        assert expected is not None
        told = difference(one.answer, expected)
        assert told is None, (told, *one[:4], one.answer, expected, world.source)
    world.left()
    gc.collect()
    assert sum(one.answer.data is not None for one in asked) > EACH / 2
    if world.failures > 0.1:
        assert sum(bool(one.answer.errors) for one in asked) > EACH / 2


def test_everything_is_drawn() -> None:
    worlds = [World(seed, 0.0) for seed in range(8)]
    source = "\n".join(world.source for world in worlds)
    resolved = [
        one
        for world in worlds
        for drawn in (world.sketch.query, *world.sketch.objects, *world.sketch.interfaces)
        for one in drawn.resolved
    ]
    assert {one.way for one in resolved} == set(WAYS)
    assert {one.takes for one in resolved} == {"self", "parent", "root", "nothing"}
    assert all(name in source for name in ARGUMENTS)
    for sign in ("pieces:", "is_type_of", "resolve_type", "Box[", "Heir(", "union("):
        assert sign in source
    texts = "\n".join(
        Pen(world.schema._schema, Dice(seed)).query().text
        for world in worlds
        for seed in range(EACH)
    )
    for sign in ("@skip(if: $", "@include(if: true)", "...F0", "... on", "... {", ": __typename",
                 "= [", "= null", "!, $", "{text: "):  # fmt: skip
        assert sign in texts


async def test_pieces_are_remembered_on_the_way() -> None:
    remembered, lists = 0, 0
    for seed in (0, 8, 10, 15):
        world = World(seed, 0.0)
        await planned(Engine(world.schema), world, seed)
        held = [one for one in world.kept if getattr(one, "pieces", None)]
        lists += sum(isinstance(one, Lasting) for one in held)
        remembered += len(held)
        world.left()
    assert remembered > 10
    assert lists > 2
