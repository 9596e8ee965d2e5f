"""Every write under an idempotency key, where the first try was cut off.

A thousand rounds of creates are made with ROUNDS=1000 in the environment; else there are 60. The
vendor that never answers cuts off one write of each source; with EVERY_FAULT=1 it does all.
"""

import asyncio
import os
from collections.abc import Callable
from typing import Any

import pytest

from schema.types.ids import GlobalId, Kind
from schema.types.source import Source
from tests.fixtures import KEEPING, Graph, MakeGraph, Sandbox
from tests.http.asking import Asked, Row, Write, gid
from tests.http.conftest import Seeds
from tests.http.writes import (
    DEADLINE,
    EVERY,
    FEW,
    WRITES,
    calls,
    do,
    every_write,
    object_of,
    shown,
    want,
)

ROUNDS = int(os.environ.get("ROUNDS", "60"))

_CUT: dict[str, Row] = {
    "reset-after": {"kind": "reset", "when": "after"},
    "truncate": {"kind": "truncate"},
    "hang-after": {"kind": "hang", "when": "after"},
    "500-after": {"kind": "status", "when": "after"},
    "reset-before": {"kind": "reset", "when": "before"},
    "500-before": {"kind": "status", "when": "before"},
}
"""Faults after which nobody can tell whether the write was applied."""

cut_off = pytest.mark.parametrize(
    ("write", "fault"),
    [
        pytest.param(write, fault, id=f"{write.name}-{name}")
        for write in WRITES
        for name, fault in _CUT.items()
        if name in {"reset-after", "500-before"} or EVERY or write.name in FEW
    ],
)

_ADVICE = "send the same again with the same idempotency key, and the gateway looks first."


def strike(sandbox: Sandbox, write: Write, fault: Row) -> None:
    method, route = write.call
    sandbox.fault(write.source.value, method=method, route=route, **fault)


@cut_off
async def test_a_write_that_was_cut_off_is_done_once(
    write: Write, fault: Row, make_graph: MakeGraph, sandbox: Sandbox, seeds: Seeds
) -> None:
    deadline = DEADLINE if fault["kind"] == "hang" else "10"
    graph = await make_graph(**KEEPING, DEADLINE=deadline)
    asked = write.ask(seeds[write.source], 0)
    before = await shown(graph, write, asked)
    strike(sandbox, write, fault)
    first = await do(graph, write, asked, key="k")
    sandbox.heal()
    if fault["kind"] != "truncate" or first["errors"]:  # a bodiless answer has nothing to cut
        [error] = first["errors"]
        assert error["outcome"] == "UNKNOWN"
        assert error["isRetryable"]
        assert error["message"].endswith(_ADVICE)

    second = await do(graph, write, asked, key="k")
    assert second["errors"] == []
    is_applied = fault.get("when", "after") == "after"
    assert calls(sandbox, write) == (1 if is_applied else 2, 1)
    found = want(before, await shown(graph, write, asked), write, asked, applied=1)
    assert object_of(write, second) == found

    third = await do(graph, write, asked, key="k")
    assert third == second
    assert calls(sandbox, write) == (1 if is_applied else 2, 1)


@every_write
async def test_a_key_is_of_one_input(
    write: Write, graph: Graph, sandbox: Sandbox, seeds: Seeds
) -> None:
    seed = seeds[write.source]
    first = await do(graph, write, write.ask(seed, 0), key="k")
    assert first["errors"] == []
    other = await do(graph, write, write.ask(seed, 1), key="k")
    [error] = other["errors"]
    assert (error["__typename"], error["code"]) == ("IdempotencyError", "IDEMPOTENCY_MISMATCH")
    assert (error["key"], error["path"]) == ("k", ["input", "idempotencyKey"])
    assert not error["isRetryable"]
    assert object_of(write, other) is None
    assert calls(sandbox, write) == (1, 1)


@every_write
async def test_twenty_at_once_are_one(
    write: Write, graph: Graph, sandbox: Sandbox, seeds: Seeds
) -> None:
    asked = write.ask(seeds[write.source], 0)
    payloads = await asyncio.gather(*(do(graph, write, asked, key="k") for _ in range(20)))
    assert payloads[0]["errors"] == []
    assert object_of(write, payloads[0])
    assert payloads == [payloads[0]] * 20
    assert calls(sandbox, write) == (1, 1)


async def test_a_key_is_of_one_mutation(graph: Graph, sandbox: Sandbox) -> None:
    """Of each mutation one, all under the same key."""
    rows = {one.mutation: one for one in WRITES}
    applied: dict[tuple[str, str], int] = {}
    for write in rows.values():
        asked = write.ask(sandbox.state(write.source.value), 0)
        assert (await do(graph, write, asked, key="k"))["errors"] == []
        applied[write.call] = applied.get(write.call, 0) + 1
        assert calls(sandbox, write) == (applied[write.call], applied[write.call])


@pytest.mark.parametrize("write", [one for one in WRITES if one.is_new], ids=lambda one: one.name)
async def test_what_another_key_wrote_is_not_taken_for_its_own(
    write: Write, graph: Graph, sandbox: Sandbox, seeds: Seeds
) -> None:
    """Two keys with one input are two writes, though the first's try never reached the vendor."""
    asked = write.ask(seeds[write.source], 0)
    strike(sandbox, write, {"kind": "reset", "when": "before", "times": 1})
    [error] = (await do(graph, write, asked, key="one"))["errors"]
    assert error["outcome"] == "UNKNOWN"
    other = await do(graph, write, asked, key="two")
    again = await do(graph, write, asked, key="one")
    assert other["errors"] == []
    assert again["errors"] or object_of(write, again) != object_of(write, other)


def _prospect_stage(at: int, seed: Any) -> Row:
    return {"stage": {"outreach": {"name": f"Round {at}"}}}


def _esper_stage(at: int, seed: Any) -> Row:
    """Spread over the pipelines, as the list of one is read anew in each round."""
    pipelines = seed["pipelines"]
    its = gid(Source.ESPER, Kind.PIPELINE, pipelines[at % len(pipelines)]["id"])
    return {"stage": {"esper": {"pipelineId": its, "name": f"Round {at}"}}}


@pytest.mark.parametrize(
    ("name", "make"),
    [("createStage-outreach", _prospect_stage), ("createStage-esper", _esper_stage)],
    ids=["outreach", "esper"],
)
async def test_rounds_of_cut_connections_make_each_object_once(
    name: str, make: Callable[[int, Any], Row], graph: Graph, sandbox: Sandbox, seeds: Seeds
) -> None:
    [write] = [one for one in WRITES if one.name == name]
    seed = seeds[write.source]
    made: list[str] = []
    for at in range(ROUNDS):
        sample: Asked = write.ask(seed, 0)
        asked = Asked(input=make(at, seed), change=sample.change, rows=sample.rows, shown=None)
        when = ("before", "after")[at % 2]
        strike(sandbox, write, {"kind": "reset", "when": when, "times": 1})
        [error] = (await do(graph, write, asked, key=f"round {at}"))["errors"]
        assert error["outcome"] == "UNKNOWN"
        payload = await do(graph, write, asked, key=f"round {at}")
        assert payload["errors"] == []
        made.append(GlobalId.parse(payload["stage"]["id"]).source_id)
    old = {str(row["id"]) for row in seed["stages"]}
    now = [str(row["id"]) for row in sandbox.state(write.source.value)["stages"]]
    assert len(now) == len(old) + ROUNDS
    assert len(set(made)) == ROUNDS
    assert set(made) == set(now) - old
