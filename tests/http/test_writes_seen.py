"""After a write every gateway reads what is there now, whatever it had kept."""

import asyncio
import os
import signal
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from schema.types.ids import Kind
from schema.types.source import Source
from tests.fixtures import KEEPING, Graph, MakeGraph, RedisServer, Sandbox, emptied
from tests.http.asking import Asked, Row, Write, gid
from tests.http.conftest import Seeds
from tests.http.seen import read, reads
from tests.http.writes import EVERY, FEW, WRITES, do, object_of

PATIENT = KEEPING | {"DEADLINE": "60", "MAX_COST": "5000"}

_EACH = [
    one for one in WRITES if one.member not in {"devrevTicket", "devrevTask", "devrevOpportunity"}
]
"""All types of works are written and forgotten in one way."""

one_of_each_source = pytest.mark.parametrize(
    "write",
    [next(one for one in WRITES if one.source is source) for source in Source],
    ids=lambda one: one.name,
)


async def gateways(make_graph: MakeGraph, redis_url: str, many: int) -> list[Graph]:
    """Return gateways over one Redis, of which nobody has asked anything yet."""
    await emptied(redis_url)
    return [await make_graph(**PATIENT, CACHE_URL=redis_url) for _ in range(many)]


def asks(write: Write, seeds: Seeds) -> tuple[Asked, Sequence[str]]:
    """Return a write, and reads of all that its source has."""
    state = seeds[write.source]
    asked = write.ask(state, 0)
    return asked, reads(state, write.source, asked.id)


async def fail(graph: Graph, write: Write, asked: Asked, sandbox: Sandbox, **fault: Any) -> Row:
    """Write while a fault strikes the write's own call, and return the error."""
    method, route = write.call
    sandbox.fault(write.source.value, method=method, route=route, **fault)
    [error] = (await do(graph, write, asked))["errors"]
    sandbox.heal()
    sandbox.forget()
    return error


async def want_same(graphs: Sequence[Graph], cold: Graph, queries: Sequence[str]) -> Sequence[Row]:
    """Want that gateways answer what one does that keeps nothing; return that."""
    truth = await read(cold, queries)
    for graph in graphs:
        for query, want in zip(queries, truth, strict=True):
            assert await graph.data(query) == want, query
    return truth


def by_id(payload: Row, write: Write) -> str:
    return f'{{ node(id: "{object_of(write, payload)}") {{ __typename id }} }}'


@pytest.mark.parametrize(
    "write",
    # One of each type of each source, and all others with EVERY_FAULT=1.
    [
        one
        for one in WRITES
        if EVERY
        or one.name in FEW
        or (one.mutation.startswith(("update", "attach")) and one in _EACH)
    ],
    ids=lambda one: one.name,
)
async def test_every_gateway_sees_it(
    write: Write, make_graph: MakeGraph, sandbox: Sandbox, seeds: Seeds, redis_url: str
) -> None:
    asked, queries = asks(write, seeds)
    one, other = await gateways(make_graph, redis_url, 2)
    cold = await make_graph(DEADLINE="60", MAX_COST="5000")
    before = await read(one, queries)
    assert await read(other, queries) == before
    payload = await do(one, write, asked)
    assert payload["errors"] == []
    after = await want_same([other, one], cold, [*queries, by_id(payload, write)])
    assert after[:-1] != before
    assert (after[-1]["node"] is None) is write.is_gone


@pytest.mark.parametrize(
    "write",
    # All types of works are written and forgotten in one way.
    [one for one in WRITES if one.name in FEW or (EVERY and one in _EACH)],
    ids=lambda one: one.name,
)
async def test_one_that_may_have_been_done_is_seen_and_a_refused_one_forgets_nothing(
    write: Write, make_graph: MakeGraph, sandbox: Sandbox, seeds: Seeds
) -> None:
    asked, queries = asks(write, seeds)
    graph, cold = await make_graph(**PATIENT), await make_graph(DEADLINE="60", MAX_COST="5000")
    before = await read(graph, queries)
    await fail(graph, write, asked, sandbox, kind="status", status=422)
    assert await read(graph, queries) == before
    assert sandbox.calls() == 0
    error = await fail(graph, write, asked, sandbox, kind="reset", when="after")
    assert error["outcome"] == "UNKNOWN"
    assert await want_same([graph], cold, queries) != before


@one_of_each_source
@pytest.mark.parametrize("status", [403, 409, 429])
async def test_whatever_it_is_refused_for_nothing_is_forgotten(
    write: Write, status: int, make_graph: MakeGraph, sandbox: Sandbox, seeds: Seeds
) -> None:
    asked, queries = asks(write, seeds)
    graph = await make_graph(**PATIENT)
    before = await read(graph, queries)
    await fail(graph, write, asked, sandbox, kind="status", status=status)
    assert await read(graph, queries) == before
    assert sandbox.calls() == 0


async def test_one_refused_without_a_call_forgets_nothing(
    make_graph: MakeGraph, sandbox: Sandbox, seeds: Seeds
) -> None:
    graph = await make_graph(**PATIENT)
    state = seeds[Source.OUTREACH]
    queries = reads(state, Source.OUTREACH, None)
    before = await read(graph, queries)
    stage = gid(Source.OUTREACH, Kind.STAGE, state["stages"][0]["id"])
    query = "mutation($id: ID!) { updateStage(input: {id: $id, name: %s}) { errors { code } } }"
    sandbox.forget()
    for name in ('""', '"  "', f'"{"x" * 300}"'):
        data = await graph.data(query % name, id=stage)
        assert data["updateStage"]["errors"] == [{"code": "VALIDATION"}]
    assert await read(graph, queries) == before
    assert sandbox.calls() == 0


@one_of_each_source
async def test_other_sources_are_left_alone(
    write: Write, make_graph: MakeGraph, sandbox: Sandbox, seeds: Seeds
) -> None:
    graph = await make_graph(**PATIENT)
    queries = [
        query
        for source in Source
        if source is not write.source
        for query in reads(seeds[source], source, None)
    ]
    await read(graph, queries)
    assert (await do(graph, write, write.ask(seeds[write.source], 0)))["errors"] == []
    sandbox.forget()
    await read(graph, queries)
    assert sandbox.calls() == 0


def containers(write: Write, seeds: Seeds) -> Sequence[str]:
    """Return ids of processes whose stages another write of the source cannot change."""
    state = seeds[write.source]
    if write.source is Source.ESPER:
        pipelines = [gid(Source.ESPER, Kind.PIPELINE, one["id"]) for one in state["pipelines"]]
        return [one for one in pipelines if one != gid_of_holder(write, seeds)]
    own = {row["workflow_id"] for row in state["stages_by_space"]["1002"]}
    return [gid(Source.STORYBLOK, Kind.WORKFLOW, one, "1002") for one in own]


def gid_of_holder(write: Write, seeds: Seeds) -> str:
    """Return the pipeline that a new stage is put into."""
    asked: Any = write.ask(seeds[write.source], 0).input
    return asked["stage"]["esper"]["pipelineId"]


@pytest.mark.parametrize(
    "write",
    [one for one in WRITES if one.name in {"createStage-esper", "createStage-storyblok"}],
    ids=lambda one: one.name,
)
async def test_other_containers_are_left_alone(
    write: Write, make_graph: MakeGraph, sandbox: Sandbox, seeds: Seeds
) -> None:
    graph = await make_graph(**PATIENT)
    others = containers(write, seeds)
    assert others
    queries = [
        f'{{ stages(filter: {{processIds: ["{one}"]}}) {{ totalCount nodes {{ id name }} }} }}'
        for one in others
    ]
    await read(graph, queries)
    assert (await do(graph, write, write.ask(seeds[write.source], 0)))["errors"] == []
    sandbox.forget()
    await read(graph, queries)
    assert sandbox.calls() == 0


NAMES = "totalCount isComplete nodes { id name }"
READS = dict.fromkeys(Source, "GET") | {Source.DEVREV: "POST"}

UNDER_WAY = {
    Source.DEVREV: "/stages.custom.list",
    Source.OUTREACH: "/stages",
    Source.ESPER: "/pipelines/{pipeline_id}/stages/",
    Source.STORYBLOK: "/v1/spaces/{space_id}/workflow_stages",
}
"""What answers stages."""


@one_of_each_source
async def test_a_read_that_began_before_is_not_given_to_those_who_come_after(
    write: Write, make_graph: MakeGraph, sandbox: Sandbox, seeds: Seeds, redis_url: str
) -> None:
    """The vendor answers it before the write, and the answer arrives after it."""
    one, other = await gateways(make_graph, redis_url, 2)
    cold, asked = (
        await make_graph(DEADLINE="60", MAX_COST="5000"),
        write.ask(seeds[write.source], 0),
    )
    query = f"{{ stages(first: 200, filter: {{sources: [{write.source.name}]}}) {{ {NAMES} }} }}"
    route = UNDER_WAY[write.source]
    sandbox.fault(
        write.source.value, "latency", route=route, method=READS[write.source],
        when="after", seconds=1.5,
    )  # fmt: skip
    slow = [asyncio.create_task(graph.data(query)) for graph in (one, other)]
    while not any(row["route"] == route for row in sandbox.requests()):  # noqa: ASYNC110 - it waits for the sandbox
        await asyncio.sleep(0.01)
    await asyncio.sleep(0.1)
    sandbox.heal()
    assert (await do(one, write, asked))["errors"] == []
    truth = await cold.data(query)
    for graph in (one, other):
        assert await graph.data(query) == truth
    await asyncio.gather(*slow)
    for graph in (one, other):
        assert await graph.data(query) == truth


@pytest.fixture
def own(tmp_path: Path) -> Iterator[RedisServer]:
    """A Redis to be killed."""
    with RedisServer(tmp_path) as server:
        yield server


@one_of_each_source
async def test_without_redis_all_see_it_at_once(
    write: Write, make_graph: MakeGraph, sandbox: Sandbox, seeds: Seeds, own: RedisServer
) -> None:
    asked, queries = asks(write, seeds)
    one, other = [await make_graph(**PATIENT, CACHE_URL=own.url) for _ in range(2)]
    cold = await make_graph(DEADLINE="60", MAX_COST="5000")
    for graph in (one, other):
        await read(graph, queries)
    own.kill()
    assert (await do(one, write, asked))["errors"] == []
    await want_same([one, other], cold, queries)
    own.start()
    await want_same([one, other], cold, queries)


async def test_what_redis_missed_is_made_up_for(
    make_graph: MakeGraph, sandbox: Sandbox, seeds: Seeds, own: RedisServer
) -> None:
    """Redis hangs during a write, and has all that it had when it goes on."""
    write = WRITES[0]
    asked, queries = asks(write, seeds)
    one, other = [await make_graph(**PATIENT, CACHE_URL=own.url) for _ in range(2)]
    cold = await make_graph(DEADLINE="60", MAX_COST="5000")
    for graph in (one, other):
        await read(graph, queries)
    os.kill(own.process.pid, signal.SIGSTOP)
    assert (await do(one, write, asked))["errors"] == []
    truth = await want_same([one, other], cold, queries)
    os.kill(own.process.pid, signal.SIGCONT)
    assert await read(one, queries) == truth
    until = time.monotonic() + 10
    while await read(other, queries) != truth:
        assert time.monotonic() < until, "what was owed to Redis is not paid"
        await asyncio.sleep(0.1)


async def test_a_write_after_one_slow_command_of_redis_is_seen_at_once(
    make_graph: MakeGraph, sandbox: Sandbox, seeds: Seeds, own: RedisServer
) -> None:
    """A gateway leaves a Redis alone that did not answer, but not with what it has written."""
    [write] = [one for one in WRITES if one.name == "createStage-outreach"]
    asked, queries = asks(write, seeds)
    one, other = [await make_graph(**PATIENT, CACHE_URL=own.url) for _ in range(2)]
    cold = await make_graph(DEADLINE="60", MAX_COST="5000")
    for graph in (one, other):
        await read(graph, queries)
    os.kill(own.process.pid, signal.SIGSTOP)
    await one.data("{ stages(first: 1, filter: {sources: [ESPER]}) { totalCount } }")
    os.kill(own.process.pid, signal.SIGCONT)
    assert (await do(one, write, asked))["errors"] == []
    await want_same([other, one], cold, queries)
