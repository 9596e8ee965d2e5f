"""Random writes through the graph against a model of each vendor.

A gateway that keeps answers writes and reads; each walk begins with the vendor's first data and a
random position of each switch that the model knows. Walks are the same each time. STEPS tells how
many writes there are in all. Of a walk that fails, the fewest writes are told that do.
"""

import os
from collections.abc import Mapping, Sequence
from random import Random
from typing import Any

import pytest

from schema.types.source import Source
from tests.fixtures import KEEPING, Graph, Sandbox, serve
from tests.http.conftest import Seeds
from tests.http.model_devrev import DevRevModel
from tests.http.model_esper import EsperModel
from tests.http.model_outreach import OutreachModel
from tests.http.model_storyblok import StoryblokModel
from tests.http.walking import Look, Model, Step

STEPS = int(os.environ.get("STEPS", "100"))
"""Writes in all; 10,000 take some minutes."""

LENGTH = 25
"""Writes of one walk."""

MODELS: Mapping[Source, type[Model]] = {
    Source.DEVREV: DevRevModel,
    Source.OUTREACH: OutreachModel,
    Source.ESPER: EsperModel,
    Source.STORYBLOK: StoryblokModel,
}


@pytest.mark.parametrize("seed", range(max(1, STEPS // LENGTH // len(MODELS))))
@pytest.mark.parametrize("source", MODELS, ids=lambda one: one.value)
async def test_the_graph_follows_the_model(
    source: Source, seed: int, sandbox: Sandbox, seeds: Seeds
) -> None:
    chance = Random(f"{source.value} {seed}")  # noqa: S311 - nothing is to be kept secret
    switches = {name: chance.choice(words) for name, words in MODELS[source].positions.items()}
    numbers = [chance.randrange(2**32) for _ in range(LENGTH)]

    async def wrong(numbers: Sequence[int]) -> AssertionError | None:
        sandbox.reset()
        for name, position in {**switches, "storyblok.limit": "none"}.items():
            sandbox.turn(name, position)
        return await follow(MODELS[source](seeds[source], switches), numbers, sandbox)

    found = await wrong(numbers)
    if found is None:
        return
    size = LENGTH // 2
    while size:  # leave out so many at a time, as long as it fails still
        for start in range(0, len(numbers), size):
            fewer = numbers[:start] + numbers[start + size :]
            again = await wrong(fewer)
            if again is not None:
                numbers, found = fewer, again
                break
        else:
            size //= 2
    message = f"{len(numbers)} writes are enough, with {switches}: {found}"
    raise AssertionError(message) from found


async def follow(model: Model, numbers: Sequence[int], sandbox: Sandbox) -> AssertionError | None:
    """Walk, a write for each number; return what was wrong."""
    async with serve(sandbox, **KEEPING, DEADLINE="60", MAX_COST="5000") as graph:
        try:
            for number in numbers:
                chance = Random(number)  # noqa: S311 - as above
                step = model.step(chance)
                if step is not None:
                    await write(graph, step)
                for look in model.looks(chance):
                    await read(graph, look)
        except AssertionError as error:  # raised here, it would leave the gateway unclosed
            return error
    return None


async def write(graph: Graph, step: Step) -> None:
    """Write, and want of the payload what the model tells."""
    kind = step.mutation[0].upper() + step.mutation[1:]
    its = f"{step.field} {{ {step.shown} }}" if step.shown else step.field
    query = (
        f"mutation($input: {kind}Input!) {{ "
        f"{step.mutation}(input: $input) {{ {its} errors {{ code message path }} }} }}"
    )
    payload = (await graph.data(query, input=step.input))[step.mutation]
    codes = {error["code"] for error in payload["errors"]}
    if step.codes:
        assert codes, f"{step} was done: {payload}"
        assert codes <= step.codes, f"{step}: {payload}"
        return
    assert not codes, f"{step}: {payload}"
    shown = payload[step.field]
    assert tidy(shown) == tidy(step.done(shown)), step
    want_in_order(shown)


async def read(graph: Graph, look: Look) -> None:
    """Read, and want what the model tells; rows of a list in any order."""
    data = await graph.data(look.query)
    want_in_order(data)
    for name, want in look.want.items():
        found, right = tidy(data[name]), tidy(want)
        if found != right and isinstance(right, dict) and right.get("nodes"):  # show it briefly
            assert [one for one in found["nodes"] if one not in right["nodes"]] == [
                one for one in right["nodes"] if one not in found["nodes"]
            ], look.query
        assert found == right, look.query


def tidy(value: Any) -> Any:
    """Return an answer with the rows of every list in the order of their ids.

    The stages of a process come by position, which is wanted here.
    """
    if isinstance(value, list):
        return [tidy(one) for one in value]
    if not isinstance(value, dict):
        return value
    its = {name: tidy(one) for name, one in value.items()}
    nodes = its.get("nodes")
    if nodes and all("id" in one for one in nodes):
        its["nodes"] = sorted(nodes, key=lambda one: one["id"])
    return its


def want_in_order(value: Any) -> None:
    """Want the stages of every process by position."""
    for one in value if isinstance(value, list) else ():
        want_in_order(one)
    if isinstance(value, dict):
        for name, one in value.items():
            want_in_order(one)
            if name == "stages" and one and all("position" in its for its in one["nodes"]):
                places = [stage["position"] for stage in one["nodes"]]
                assert places == sorted(places, key=lambda place: (place is None, place))
