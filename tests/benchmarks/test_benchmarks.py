"""The benchmark measures what it says: nothing here looks at how long anything takes."""

import asyncio
import random
from typing import Any

import httpx
import pytest

from schema.types.source import Source
from tests.benchmarks import machine, rivals, servers
from tests.benchmarks.cells import measure
from tests.benchmarks.lineup import Lineup, UnequalError
from tests.benchmarks.load import WrongAnswerError, request, run
from tests.benchmarks.upstream import HOUSE, LARGE, SPACE, Upstream
from tests.benchmarks.workloads import WORKLOADS, Workload
from tests.fixtures import Sandbox, serve

SCALES = {HOUSE: 2, LARGE: 5}

try:
    machine.check()
except machine.NoAccountsError as error:
    pytestmark = pytest.mark.skip(reason=str(error))


STAGE = "b3V0cmVhY2g6c3RhZ2U6Ojc"
"""Outreach's stage 7, in every scale."""


def variables_of(workload: Workload) -> dict[str, Any]:
    return {"id": STAGE} if "$id" in workload.query else {}


async def over_the_sandboxes(sandbox: Sandbox) -> dict[str, Any]:
    answers: dict[str, Any] = {}
    for workload in WORKLOADS.values():
        async with serve(sandbox, STORYBLOK_SPACES=SPACE) as graph:
            data = await graph.data(workload.query, **variables_of(workload))
            answers[workload.name] = data
    return answers


def test_all_servers_answer_as_the_gateway_does_over_the_sandboxes(sandbox: Sandbox) -> None:
    sandbox.reset(SCALES[HOUSE])
    sandbox.turn("storyblok.limit", "none")
    expected = asyncio.run(over_the_sandboxes(sandbox))
    with (
        Upstream(0, SCALES) as upstream,
        Lineup(upstream, with_peers=True, with_node=False) as lineup,
    ):
        for name, workload in WORKLOADS.items():
            contestants = lineup.of(workload)
            assert contestants[0].name == servers.GATEWAY
            floor = servers.RELAY if workload.is_cold else servers.CONSTANT
            names = {one.name for one in contestants}
            assert names >= {rivals.STRAWBERRY, *([] if workload.is_mutation else [floor])}
            for one in contestants:
                if one.name != servers.CONSTANT or not variables_of(workload):
                    told = one.server.ask(workload.query, variables_of(workload))
                    assert told == expected[name], one.name
        check_calls(lineup, upstream)
        check_relay(lineup, upstream)
        check_unequal(lineup)


def check_calls(lineup: Lineup, upstream: Upstream) -> None:
    """What is kept asks nobody; what is cold asks at every request."""
    for name, calls in (("W1", 0), ("W3", 4), ("W7", 1)):
        [gateway, *_] = lineup.of(WORKLOADS[name])
        cell = measure(gateway, 3, 1, upstream)
        assert cell.calls == calls, name
        assert cell.cpu > 0
        assert cell.memory > 10


def check_relay(lineup: Lineup, upstream: Upstream) -> None:
    """The floor of cold answers makes the gateway's calls."""
    for name in ("W2c", "W3"):
        gateway, *_, relay = lineup.of(WORKLOADS[name])
        assert (gateway.name, relay.name) == (servers.GATEWAY, servers.RELAY)
        asked = []
        for one in (gateway, relay):
            upstream.forget_counts()
            one.server.ask(WORKLOADS[name].query)
            asked.append(upstream.counts()["routes"])
        assert asked[0] == asked[1]


def check_unequal(lineup: Lineup) -> None:
    """A server that answers otherwise takes no part."""
    query = WORKLOADS["W1"].query.replace("first: 100", "first: 100, filter: {sources: [ESPER]}")
    with pytest.raises(UnequalError, match=r"W1: Strawberry, as documented answers \.stages"):
        lineup.of(WORKLOADS["W1"]._replace(query=query))


async def test_the_stub_answers_as_the_sandboxes_do() -> None:
    with Upstream(0, {HOUSE: 1}) as upstream:
        [origin] = upstream.sandboxes.values()
        asked = [
            ("POST", "/devrev/works.list", {"limit": 2, "type": ["issue"]}),
            ("POST", "/devrev/works.list", {"limit": 3, "type": ["issue"]}),
            ("POST", "/devrev/works.get", {"id": "nothing"}),
            ("GET", "/outreach/api/v2/stages?page[size]=2", None),
            ("GET", "/esper/api/pipelines/v0/pipelines/?limit=2", None),
            ("GET", "/storyblok/v1/spaces/1001/workflows", None),
        ]
        async with httpx.AsyncClient(trust_env=False) as client:
            for method, path, body in asked:
                word = "sandbox" if path.startswith("/storyblok") else "Bearer sandbox"
                answers = [
                    await client.request(
                        method, base + path, json=body, headers={"Authorization": word}
                    )
                    for base in (origin, *[f"{upstream.origin}/{HOUSE}"] * 2)
                ]
                for other in answers[1:]:
                    assert other.status_code == answers[0].status_code
                    assert other.content == answers[0].content
                    assert other.headers["content-type"] == answers[0].headers["content-type"]
        counts = upstream.counts()
        assert counts["total"] == 2 * len(asked)
        # What is refused is not kept.
        assert counts["fetched"] == len(asked) + 1
        assert counts["routes"]["POST devrev/works.list"] == 4
        upstream.forget_counts()
        assert upstream.counts()["total"] == 0


def test_the_load_takes_only_good_answers_and_always_the_same() -> None:
    server = servers.start_constant()
    with server.process:
        took = run(server.origin, [request("{__typename}")], 20, 4)
        assert len(took.latencies) == 20
        assert took.latencies == sorted(took.latencies)
        assert took.percentile(50) <= took.percentile(99)
        with httpx.Client(trust_env=False) as client:
            client.put(server.origin + "/graphql", json={"errors": [{"message": "no"}]})
        with pytest.raises(WrongAnswerError, match="no"):
            run(server.origin, [request("{__typename}")], 5, 1)


def test_settings_lead_every_source_to_the_stub() -> None:
    sources = {source: {"token": "t"} for source in Source}
    cold = servers.gateway_settings(sources, is_cold=True)
    kept = servers.gateway_settings(sources)
    as_it_comes = servers.gateway_settings(sources, ttl=None)
    assert {cold[f"STAGEGRAPH_{source.name}_TTL"] for source in Source} == {"0"}
    assert int(kept["STAGEGRAPH_ESPER_TTL"]) > 10**6
    assert "STAGEGRAPH_ESPER_TTL" not in as_it_comes
    assert as_it_comes["STAGEGRAPH_STORYBLOK_LIMIT"] == "none"


def test_cpu_is_that_of_all_threads() -> None:
    before = machine.cpu_seconds(0)
    assert sum(random.random() for _ in range(200_000)) > 0  # noqa: S311
    assert machine.cpu_seconds(0) > before
