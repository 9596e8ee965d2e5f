"""Kept answers past their time, seen through the graph."""

import asyncio
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from gateway.app import utc_now
from gateway.upstream.breaker import LEAST_CALLS
from tests.fixtures import Graph, MakeGraph, Sandbox, emptied

STAGES = """{ stages(filter: {sources: [ESPER]}) { nodes { id name
  freshness { servedFrom ageSeconds } } isComplete
  sources { status upstreamCalls error { code upstreamStatus retryAfterSeconds } } } }"""
NAMES = "{ stages(filter: {sources: [ESPER]}) { nodes { id name } isComplete } }"
PIPELINE = "query ($id: ID!) { node(id: $id) { id ... on Pipeline { freshness { servedFrom } } } }"
RENAME = """mutation ($id: ID!, $name: String!) {
  updateStage(input: {id: $id, name: $name}) { stage { name } errors { message } } }"""

Make = Callable[..., Any]


class Clock:
    """A clock that goes on by itself and can be put on."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def __call__(self) -> datetime:
        return utc_now() + timedelta(seconds=self.ahead)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(params=["memory", "redis"])
async def make(request: pytest.FixtureRequest, make_graph: MakeGraph, clock: Clock) -> Make:
    """Return a function that makes a gateway whose answers of Esper are kept for a minute."""
    more = {"ESPER_TTL": "60"}
    if request.param == "redis":
        more["CACHE_URL"] = request.getfixturevalue("redis_url")
        await emptied(more["CACHE_URL"])
    return lambda **others: make_graph(now=clock, **(more | others))


async def asked(graph: Graph) -> tuple[set[str], dict[str, Any], dict[str, Any]]:
    """Return where the rows came from, the list and its one report."""
    page = (await graph.data(STAGES))["stages"]
    [report] = page["sources"]
    return {one["freshness"]["servedFrom"] for one in page["nodes"]}, page, report


FAULTS: dict[str, dict[str, Any]] = {
    "503": {"kind": "status", "status": 503},
    "reset": {"kind": "reset"},
    "html": {"kind": "html"},
    "hang": {"kind": "hang"},
}


@pytest.mark.parametrize("fault", FAULTS)
async def test_old_rows_are_given_and_marked_while_the_source_is_down(
    make: Make, sandbox: Sandbox, clock: Clock, fault: str
) -> None:
    graph = await make(ESPER_DEADLINE="2" if fault == "hang" else "5")
    _, whole, _ = await asked(graph)
    clock.ahead = 600
    sandbox.fault("esper", **FAULTS[fault])
    begun = time.monotonic()
    served, page, report = await asked(graph)
    assert time.monotonic() - begun < 5
    assert served == {"STALE_CACHE"}
    assert [one["id"] for one in page["nodes"]] == [one["id"] for one in whole["nodes"]]
    assert all(one["freshness"]["ageSeconds"] >= 600 for one in page["nodes"])
    assert page["isComplete"] is True
    assert report["status"] == "STALE"
    codes = {"503": "UNAVAILABLE", "reset": "UNAVAILABLE", "html": "BAD_RESPONSE"}
    assert report["error"]["code"] == codes.get(fault, "TIMED_OUT")
    assert report["upstreamCalls"] > 0
    sandbox.heal()
    served, _, report = await asked(graph)
    assert (served, report["status"], report["error"]) == ({"UPSTREAM"}, "OK", None)
    assert (await asked(graph))[0] == {"CACHE"}


async def test_old_rows_are_given_for_so_long_and_no_longer(
    make: Make, sandbox: Sandbox, clock: Clock
) -> None:
    graph = await make(STALE="300")
    await asked(graph)
    sandbox.fault("esper", **FAULTS["503"])
    clock.ahead = 359
    assert (await asked(graph))[2]["status"] == "STALE"
    clock.ahead = 361
    served, page, report = await asked(graph)
    assert (served, page["isComplete"], report["status"]) == (set(), False, "UNAVAILABLE")


@pytest.mark.parametrize("setting", [{"STALE": "0"}, {"ESPER_TTL": "0"}], ids=str)
async def test_nothing_old_is_given_where_that_is_off(
    make: Make, sandbox: Sandbox, clock: Clock, setting: dict[str, str]
) -> None:
    graph = await make(**setting)
    await asked(graph)
    sandbox.fault("esper", **FAULTS["503"])
    for ahead in (61, 600):
        clock.ahead = ahead
        assert (await asked(graph))[2]["status"] == "UNAVAILABLE"


async def test_nothing_older_than_a_write_is_ever_given(
    make: Make, sandbox: Sandbox, clock: Clock
) -> None:
    graph = await make()
    _, page, _ = await asked(graph)
    row = page["nodes"][0]
    done = (await graph.data(RENAME, id=row["id"], name="Another"))["updateStage"]
    assert done["errors"] == []
    sandbox.fault("esper", **FAULTS["503"])
    for ahead in (0, 61, 600):
        clock.ahead = ahead
        found = (await graph.data(STAGES))["stages"]
        old = [one for one in found["nodes"] if one["id"] == row["id"]]
        assert old == []
        assert found["isComplete"] is False


async def test_a_whole_answer_with_old_rows_is_given_once(
    make: Make, sandbox: Sandbox, clock: Clock
) -> None:
    graph = await make()
    await graph.data(NAMES)
    clock.ahead = 600
    sandbox.fault("esper", **FAULTS["503"])
    for _ in range(3):
        sandbox.forget()
        assert (await graph.data(NAMES))["stages"]["isComplete"] is True
        assert sandbox.calls("esper") > 0
    sandbox.heal()
    sandbox.forget()
    await graph.data(NAMES)
    assert sandbox.calls("esper") > 0
    sandbox.forget()
    await graph.data(NAMES)
    assert sandbox.calls("esper") == 0


async def test_an_old_object_is_given_and_marked(
    make: Make, sandbox: Sandbox, clock: Clock
) -> None:
    graph = await make()
    pipelines = "{ pipelines(first: 1) { nodes { id } } }"
    [pipeline] = (await graph.data(pipelines))["pipelines"]["nodes"]
    clock.ahead = 100
    query = {"id": pipeline["id"]}
    assert (await graph.data(PIPELINE, **query))["node"]["freshness"]["servedFrom"] == "UPSTREAM"
    clock.ahead = 300
    sandbox.fault("esper", **FAULTS["503"])
    node = (await graph.data(PIPELINE, **query))["node"]
    assert node["freshness"]["servedFrom"] == "STALE_CACHE"


async def test_a_source_that_is_not_asked_gives_old_rows_at_once(
    make: Make, sandbox: Sandbox, clock: Clock
) -> None:
    graph = await make()
    await asked(graph)
    clock.ahead = 600
    sandbox.fault("esper", **FAULTS["503"])
    for _ in range(LEAST_CALLS):
        assert (await asked(graph))[2]["status"] == "STALE"
    sandbox.forget()
    served, _, report = await asked(graph)
    assert sandbox.calls("esper") == 0
    assert (served, report["status"], report["upstreamCalls"]) == ({"STALE_CACHE"}, "STALE", 0)
    assert 0 < report["error"]["retryAfterSeconds"] <= 5
    [info] = [
        one
        for one in (await graph.data("{ sources { source status } }"))["sources"]
        if one["source"] == "ESPER"
    ]
    assert info["status"] == "UNAVAILABLE"


async def test_rows_just_past_their_time_are_given_while_one_renewal_runs(
    make: Make, sandbox: Sandbox, clock: Clock
) -> None:
    graph = await make()
    sandbox.forget()
    await asked(graph)
    calls = sandbox.calls("esper")
    clock.ahead = 61
    sandbox.forget()
    sandbox.fault("esper", "latency", seconds=0.5)
    begun = time.monotonic()
    found = await asyncio.gather(*(asked(graph) for _ in range(100)))
    assert time.monotonic() - begun < 0.5 + 1.5  # a hundred answers take a moment by themselves
    assert all(
        (served, report["status"], report["upstreamCalls"]) == ({"CACHE"}, "OK", 0)
        for served, _, report in found
    )
    for _ in range(100):
        await asyncio.sleep(0.05)
        _, page, _ = await asked(graph)
        if max(one["freshness"]["ageSeconds"] for one in page["nodes"]) < 60:
            break
    else:
        pytest.fail("nothing was renewed")
    assert sandbox.calls("esper") == calls


async def test_a_slow_source_is_not_left_for_ever(
    make: Make, sandbox: Sandbox, clock: Clock
) -> None:
    graph = await make(ESPER_DEADLINE="1.6")
    await asked(graph)
    clock.ahead = 600
    sandbox.fault("esper", "latency", seconds=1.1, route="/pipelines/")
    served, _, report = await asked(graph)
    assert (served, report["status"]) == ({"STALE_CACHE"}, "STALE")
    begun = time.monotonic()
    served, _, report = await asked(graph)
    assert time.monotonic() - begun < 0.7
    assert (served, report["status"]) == ({"STALE_CACHE"}, "STALE")
    await asyncio.sleep(1.2)
    served, _, report = await asked(graph)
    assert served <= {"CACHE", "UPSTREAM"}
    assert report["status"] == "OK"


async def test_a_renewal_that_fails_loses_nothing(
    make: Make, sandbox: Sandbox, clock: Clock
) -> None:
    graph = await make()
    await asked(graph)
    clock.ahead = 61
    sandbox.forget()
    sandbox.fault("esper", **FAULTS["503"])
    found = [await asked(graph) for _ in range(20)]
    assert all(page["isComplete"] for _, page, _ in found)
    served, _, report = found[-1]
    assert (served, report["status"]) == ({"STALE_CACHE"}, "STALE")


async def test_calls_that_were_not_made_are_told(
    make: Make, sandbox: Sandbox, clock: Clock
) -> None:
    graph = await make(TRACE="on")
    await asked(graph)
    clock.ahead = 600
    sandbox.fault("esper", **FAULTS["503"])
    told = (await graph.ask(STAGES))["extensions"]["upstream"]
    assert {(one["status"], one["served"]) for one in told} >= {(503, "sent"), (200, "stale")}
