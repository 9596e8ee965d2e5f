"""Whole answers are kept as long as all that they were made of is good, and no longer."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import anyio
import pytest

from gateway.app import utc_now
from gateway.execution import Engine
from tests.fixtures import KEEPING, Graph, MakeGraph, Sandbox, emptied

STAGES = "{ stages(first: 100) { nodes { name } } }"
OUTREACH = "{ stages(first: 100, filter: {sources: [OUTREACH]}) { nodes { id name } isComplete } }"
WORKS = "{ works(first: 5) { nodes { title stage { name } } } }"


class Runs:
    """Counts the operations that were run and not answered as kept."""

    def __init__(self) -> None:
        self.count = 0

    @contextmanager
    def none(self) -> Iterator[None]:
        """Fail if what is inside runs anything."""
        before = self.count
        yield
        assert self.count == before, "it was run again"

    @contextmanager
    def one(self) -> Iterator[None]:
        """Fail unless what is inside runs one operation."""
        before = self.count
        yield
        assert self.count == before + 1, "it was not run"


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> Runs:
    counted, run = Runs(), Engine.run

    def counting(self: Engine, *arguments: Any, **more: Any) -> Any:
        counted.count += 1
        return run(self, *arguments, **more)

    monkeypatch.setattr(Engine, "run", counting)
    return counted


@pytest.fixture(params=["memory", "redis"])
async def keep(request: pytest.FixtureRequest, make_graph: MakeGraph) -> Callable[..., Any]:
    if request.param == "memory":
        return lambda **more: make_graph(**KEEPING | more)
    url: str = request.getfixturevalue("redis_url")
    await emptied(url)
    return lambda **more: make_graph(**KEEPING | {"CACHE_URL": url} | more)


@pytest.mark.parametrize("query", [STAGES, OUTREACH, WORKS, "{ __typename }"])
async def test_the_second_is_the_first(keep: Any, runs: Runs, sandbox: Sandbox, query: str) -> None:
    graph = await keep()
    first = await graph.ask(query)
    sandbox.forget()
    with runs.none():
        assert await graph.ask(query) == first
    assert sandbox.calls() == 0


async def test_what_is_asked_otherwise_is_another_answer(keep: Any, runs: Runs) -> None:
    graph = await keep()
    query = "query A($n: Int) { stages(first: $n) { nodes { id } } } query B { __typename }"
    for body in (
        {"query": query, "operationName": "A", "variables": {"n": 1}},
        {"query": query, "operationName": "A", "variables": {"n": 2}},
        {"query": query, "operationName": "B"},
        {"query": query + " ", "operationName": "B"},
    ):
        with runs.one():
            first = await graph.http.post("/graphql", json=body)
        with runs.none():
            assert (await graph.http.post("/graphql", json=body)).json() == first.json()
    with runs.none():  # the order of keys makes no other
        await graph.http.get("/graphql", params={"query": query, "operationName": "B"})


@pytest.mark.parametrize(
    "query",
    [
        "{ stages(first: 1) { nodes { freshness { ageSeconds } } } }",
        "{ stages(first: 1) { sources { upstreamCalls } } }",
        "{ stages(first: 1) { ...F } } fragment F on StageConnection { sources { latencyMs } }",
        "{ sources { status lastSuccessAt } }",
    ],
)
async def test_what_tells_of_the_moment_is_run_each_time(keep: Any, runs: Runs, query: str) -> None:
    graph = await keep()
    for _ in range(2):
        with runs.one():
            await graph.data(query)


async def test_who_asks_for_the_calls_is_told_of_them(keep: Any, runs: Runs) -> None:
    graph = await keep()
    await graph.data(STAGES)
    asking = {"X-Stagegraph-Trace": "upstream"}
    with runs.one():
        answer = await graph.http.post("/graphql", json={"query": STAGES}, headers=asking)
    assert {one["served"] for one in answer.json()["extensions"]["upstream"]} == {"kept"}


async def test_nothing_is_kept_of_sources_that_keep_nothing(
    make_graph: MakeGraph, runs: Runs, sandbox: Sandbox
) -> None:
    graph = await make_graph(**KEEPING | {"OUTREACH_TTL": "0"})
    for _ in range(2):
        with runs.one():
            await graph.data(STAGES)
    assert sandbox.calls("outreach") == 2


async def test_the_setting_keeps_none(make_graph: MakeGraph, runs: Runs) -> None:
    graph = await make_graph(**KEEPING, ANSWERS="off")
    for _ in range(2):
        with runs.one():
            await graph.data(STAGES)


async def test_an_answer_ends_with_the_first_of_its_parts(
    make_graph: MakeGraph, runs: Runs
) -> None:
    moment = utc_now()
    graph = await make_graph(**KEEPING | {"OUTREACH_TTL": "40"}, now=lambda: moment)
    await graph.data(STAGES)
    moment += timedelta(seconds=39)
    with runs.none():
        await graph.data(STAGES)
    moment += timedelta(seconds=2)
    with runs.one():
        await graph.data(STAGES)


@pytest.mark.parametrize("kind", ["reset", "status", "html"])
async def test_an_answer_that_lacks_something_is_not_kept(
    keep: Any, runs: Runs, sandbox: Sandbox, kind: str
) -> None:
    graph = await keep()
    sandbox.fault("outreach", kind, status=503)
    spoilt = await graph.ask(OUTREACH)
    assert spoilt["data"]["stages"]["isComplete"] is False
    sandbox.heal()
    with runs.one():
        await graph.data(OUTREACH)


async def test_an_answer_with_an_error_is_not_kept(keep: Any, runs: Runs, sandbox: Sandbox) -> None:
    graph = await keep()
    [row, *_] = (await graph.data(OUTREACH))["stages"]["nodes"]
    query = f'{{ stage(by: {{id: "{row["id"]}"}}) {{ name }} }}'
    other = await keep()
    sandbox.fault("outreach", "status", status=503)
    found = await other.ask(query)
    if "errors" in found:  # it has no list to take the stage from
        sandbox.heal()
        with runs.one():
            assert (await other.data(query))["stage"] == {"name": row["name"]}
    for wrong in ('{ stage(by: {id: "x"}) { name } }', "{ nothing }", "{"):
        first = await graph.ask(wrong)
        assert "errors" in first
        assert await graph.ask(wrong) == first


async def test_a_total_that_was_lost_is_asked_for_again(
    keep: Any, runs: Runs, sandbox: Sandbox
) -> None:
    graph = await keep()
    query = "{ works(first: 1, filter: {types: [ISSUE]}) { totalCount nodes { title } } }"
    sandbox.fault("devrev", "status", status=503, route="/works.count")
    await graph.ask(query)
    sandbox.heal()
    with runs.one():
        assert (await graph.data(query))["works"]["totalCount"]


async def test_a_write_forgets_what_it_may_have_changed(keep: Any, runs: Runs) -> None:
    graph, other = await keep(), await keep()
    await graph.data(OUTREACH)
    await graph.data(WORKS)
    shares = await _sees(other, "")
    create = 'mutation { createStage(input: {stage: {outreach: {name: "Q1"}}}) { stage { id } } }'
    await graph.data(create)
    for one in [graph, other] if shares else [graph]:
        with runs.one():
            names = {row["name"] for row in (await one.data(OUTREACH))["stages"]["nodes"]}
        assert "Q1" in names
    with runs.none():  # of another source
        await graph.data(WORKS)


async def _sees(graph: Graph, _: str) -> bool:
    """Tell whether a gateway shares what is kept with others; it has read the stages then."""
    answer = await graph.http.post(
        "/graphql", json={"query": OUTREACH}, headers={"X-Stagegraph-Trace": "upstream"}
    )
    await graph.data(OUTREACH)
    return {one["served"] for one in answer.json()["extensions"]["upstream"]} == {"kept"}


async def test_an_answer_that_was_under_way_during_a_write_is_not_kept(
    keep: Any, runs: Runs, sandbox: Sandbox
) -> None:
    graph = await keep()
    sandbox.fault("outreach", "latency", seconds=0.5, method="GET", times=1)
    create = 'mutation { createStage(input: {stage: {outreach: {name: "Q2"}}}) { stage { id } } }'
    async with anyio.create_task_group() as group:
        group.start_soon(graph.data, OUTREACH)
        await anyio.sleep(0.1)
        await graph.data(create)
    with runs.one():
        names = {row["name"] for row in (await graph.data(OUTREACH))["stages"]["nodes"]}
    assert "Q2" in names


async def test_an_object_by_id_ends_in_its_time_and_with_a_write(
    make_graph: MakeGraph, runs: Runs
) -> None:
    moment: datetime = utc_now()
    graph = await make_graph(**KEEPING | {"OUTREACH_TTL": "40"}, now=lambda: moment)
    [row, *_] = (await graph.data(OUTREACH))["stages"]["nodes"]
    query = f'{{ stage(by: {{id: "{row["id"]}"}}) {{ name }} }}'
    moment += timedelta(seconds=20)
    await graph.data(query)  # of the list that was read
    with runs.none():
        await graph.data(query)
    rename = (
        f'mutation {{ updateStage(input: {{id: "{row["id"]}", name: "R"}}) '
        "{ errors { message } } }"
    )
    assert (await graph.data(rename))["updateStage"]["errors"] == []
    with runs.one():
        assert (await graph.data(query))["stage"] == {"name": "R"}
    moment += timedelta(seconds=41)
    with runs.one():
        await graph.data(query)


async def test_many_answers_do_not_fill_the_memory(make_graph: MakeGraph, runs: Runs) -> None:
    graph = await make_graph(**KEEPING, CACHE_BYTES="400000")
    queries = [f"{{ a{number}: __typename }}" for number in range(200)]
    for query in queries:
        await graph.data(query)
    with runs.one():
        await graph.data(queries[0])
    with runs.none():
        await graph.data(queries[-1])


async def test_a_thousand_who_ask_at_once_cost_one_set_of_calls(
    keep: Any, runs: Runs, sandbox: Sandbox
) -> None:
    graph, cold = await keep(), await keep(ANSWERS="off")
    expected = await cold.data(STAGES)
    calls = sandbox.calls()
    sandbox.forget()
    found: list[Any] = []

    async def ask() -> None:
        found.append(await graph.data(STAGES))

    with runs.one():
        async with anyio.create_task_group() as group:
            for _ in range(1000):
                group.start_soon(ask)
    assert found == [expected] * 1000
    assert sandbox.calls() <= calls


async def test_who_asks_after_a_write_does_not_join_who_asked_before(
    make_graph: MakeGraph, sandbox: Sandbox
) -> None:
    graph = await make_graph(**KEEPING)
    sandbox.fault("outreach", "latency", seconds=0.6, method="GET", times=1)
    create = 'mutation { createStage(input: {stage: {outreach: {name: "Q3"}}}) { stage { id } } }'
    async with anyio.create_task_group() as group:
        group.start_soon(graph.data, OUTREACH)
        await anyio.sleep(0.1)
        await graph.data(create)
        names = {row["name"] for row in (await graph.data(OUTREACH))["stages"]["nodes"]}
        assert "Q3" in names


async def test_equal_writes_are_each_carried_out(make_graph: MakeGraph) -> None:
    graph = await make_graph(**KEEPING)
    create = 'mutation { createStage(input: {stage: {outreach: {name: "Q4"}}}) { stage { id } } }'
    made: list[str] = []

    async def write() -> None:
        made.append((await graph.data(create))["createStage"]["stage"]["id"])

    async with anyio.create_task_group() as group:
        for _ in range(5):
            group.start_soon(write)
    assert len(set(made)) == 5
