"""Kept answers, seen through the graph: over memory and over a real Redis."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from gateway.app import utc_now
from tests.fixtures import KEEPING, Graph, MakeGraph, Sandbox, emptied

Keep = Callable[..., Any]

WORKS = "{ works(first: 100) { nodes { id title freshness { servedFrom fetchedAt } } } }"
BY_ID = """
query($id: ID!) {
  node(id: $id) { id ... on Work { title freshness { servedFrom ageSeconds fetchedAt } } }
}
"""


class Clock:
    """A clock that goes on by itself and can be put on."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        return utc_now() + self.ahead


@pytest.fixture(params=["memory", "redis"])
async def keep(request: pytest.FixtureRequest, make_graph: MakeGraph) -> Keep:
    """Return a function that makes a gateway that keeps answers."""
    more = {}
    if request.param == "redis":
        more["CACHE_URL"] = request.getfixturevalue("redis_url")
        await emptied(more["CACHE_URL"])
    return lambda **others: make_graph(**(KEEPING | more | others))


async def test_what_is_kept_is_not_asked_again_and_tells_its_age(
    keep: Keep, sandbox: Sandbox
) -> None:
    clock = Clock()
    graph = await keep(now=clock)
    first = (await graph.data(WORKS))["works"]["nodes"]
    assert {one["freshness"]["servedFrom"] for one in first} == {"UPSTREAM"}
    sandbox.forget()
    clock.ahead = timedelta(seconds=20)
    second = (await graph.data(WORKS))["works"]["nodes"]
    assert sandbox.calls() == 0
    assert {one["freshness"]["servedFrom"] for one in second} == {"CACHE"}
    assert [one["freshness"]["fetchedAt"] for one in second] == [
        one["freshness"]["fetchedAt"] for one in first
    ]
    kept = (await graph.data(BY_ID, id=first[0]["id"]))["node"]
    assert sandbox.calls() == 0
    assert kept["freshness"]["servedFrom"] == "CACHE"
    assert 20 <= kept["freshness"]["ageSeconds"] < 25


async def test_what_is_past_its_time_is_asked_again(keep: Keep, sandbox: Sandbox) -> None:
    clock = Clock()
    graph = await keep(now=clock, DEVREV_TTL="work=30")
    row = (await graph.data(WORKS))["works"]["nodes"][0]
    clock.ahead = timedelta(seconds=34)
    sandbox.forget()
    for query, variables in ((BY_ID, {"id": row["id"]}), (WORKS, {})):
        await graph.data(query, **variables)
    assert [one["route"] for one in sandbox.requests()] == ["/works.get", "/works.list"]
    found = (await graph.data(BY_ID, id=row["id"]))["node"]
    assert found["freshness"]["servedFrom"] == "CACHE"
    assert found["freshness"]["ageSeconds"] < 5


async def test_nothing_is_kept_where_the_time_is_0(keep: Keep, sandbox: Sandbox) -> None:
    graph = await keep(DEVREV_TTL="0")
    await graph.data(WORKS)
    before = sandbox.calls()
    again = (await graph.data(WORKS))["works"]["nodes"]
    assert sandbox.calls() == 2 * before
    assert {one["freshness"]["servedFrom"] for one in again} == {"UPSTREAM"}


async def test_a_don_and_a_display_id_are_one_kept_answer(keep: Keep, sandbox: Sandbox) -> None:
    graph = await keep()
    [work, *_] = sandbox.state("devrev")["works"]
    query = """
    query($id: ID!) {
      work(by: {key: {source: DEVREV, sourceId: $id}}) { id sourceId freshness { fetchedAt } }
    }
    """
    sandbox.forget()
    by_don = await graph.data(query, id=work["id"])
    by_display_id = await graph.data(query, id=work["display_id"])
    assert by_don == by_display_id
    assert by_don["work"]["sourceId"] == work["id"]
    assert sandbox.calls() == 1
    other = sandbox.state("devrev")["works"][1]
    sandbox.forget()
    assert await graph.data(query, id=other["display_id"]) == await graph.data(
        query, id=other["id"]
    )
    assert sandbox.calls() == 1


async def test_what_is_missing_is_known_for_a_short_time(keep: Keep, sandbox: Sandbox) -> None:
    clock = Clock()
    graph = await keep(now=clock)
    query = '{ work(by: {key: {source: DEVREV, sourceId: "ISS-999999"}}) { id } }'
    for seconds, calls in ((0, 1), (5, 1), (12, 2)):
        clock.ahead = timedelta(seconds=seconds)
        assert (await graph.data(query))["work"] is None
        assert sandbox.calls() == calls


async def test_failures_are_not_kept(keep: Keep, sandbox: Sandbox) -> None:
    graph = await keep()
    page = "{ works(first: 10) { nodes { id } isComplete } }"
    for kind in ("status", "html", "truncate"):
        sandbox.fault("devrev", kind, route="/works.list", status=500)
        assert (await graph.data(page))["works"] == {"nodes": [], "isComplete": False}
        sandbox.heal()
    assert len((await graph.data(page))["works"]["nodes"]) == 10


async def test_what_makes_no_sense_is_not_kept(keep: Keep, sandbox: Sandbox) -> None:
    clock = Clock()
    graph = await keep(now=clock)
    [stage, *_] = sandbox.state("outreach")["stages"]
    key = f'{{source: OUTREACH, sourceId: "{stage["id"]}"}}'
    one = f"{{ stage(by: {{key: {key}}}) {{ name }} }}"
    sandbox.fault("outreach", "wrong_type", field="name", times=1)
    assert (await graph.error(one))["extensions"]["code"] == "BAD_RESPONSE"
    assert (await graph.data(one))["stage"] == {"name": stage["attributes"]["name"]}
    page = "{ stages(filter: {sources: [OUTREACH]}) { isComplete sources { status } } }"
    sandbox.fault("outreach", "wrong_type", field="name", times=1)
    assert (await graph.data(page))["stages"]["sources"] == [{"status": "PARTIAL"}]
    clock.ahead = timedelta(seconds=11)  # a list with a bad row is kept for a moment
    assert (await graph.data(page))["stages"] == {"isComplete": True, "sources": [{"status": "OK"}]}


@pytest.mark.parametrize(
    ("source", "route"),
    [
        ("devrev", "/stages.custom.list"),
        ("outreach", "/stages"),
        ("esper", "/pipelines/{pipeline_id}/stages/"),
        ("storyblok", "/v1/spaces/{space_id}/workflow_stages"),
    ],
)
async def test_a_list_with_a_bad_row_is_kept_for_a_moment(
    make_graph: MakeGraph, sandbox: Sandbox, source: str, route: str
) -> None:
    clock = Clock()
    graph = await make_graph(now=clock, **KEEPING)
    page = f"{{ stages(filter: {{sources: [{source.upper()}]}}) {{ sources {{ status }} }} }}"
    sandbox.fault(source, "wrong_type", field="name", route=route)
    for seconds, is_sent in ((0, True), (5, False), (11, True)):
        clock.ahead = timedelta(seconds=seconds)
        sandbox.forget()
        assert (await graph.data(page))["stages"]["sources"] == [{"status": "PARTIAL"}]
        assert any(row["route"] == route for row in sandbox.requests()) is is_sent


async def test_what_waits_to_be_sorted_by_id_is_bounded(keep: Keep, sandbox: Sandbox) -> None:
    sandbox.reset(scale=10)
    graph = await keep(CACHE_BYTES="1000000", CACHE_ENTRIES="50", DEADLINE="60")
    works = (await graph.data("{ works(first: 200, orderBy: {field: TITLE}) { nodes { id } } }"))[
        "works"
    ]["nodes"]
    found = await graph.data(BY_ID, id=works[0]["id"])
    assert found["node"]["id"] == works[0]["id"]
    assert len(found["node"]["title"]) > 0


async def test_a_crowd_shares_a_failure_and_the_next_asks_again(
    keep: Keep, sandbox: Sandbox
) -> None:
    graph = await keep()
    page = "{ works(first: 10) { nodes { id } isComplete sources { upstreamCalls } } }"
    sandbox.fault("devrev", "status", route="/works.list", status=500)
    answers = await asyncio.gather(*(graph.data(page) for _ in range(30)))
    assert all(one["works"]["isComplete"] is False for one in answers)
    assert all(one["works"]["sources"] == [{"upstreamCalls": 1}] for one in answers)
    assert sandbox.calls("devrev") == 1
    sandbox.heal()
    assert (await graph.data(page))["works"]["isComplete"] is True


async def test_no_answer_crosses_from_one_credential_to_another(
    keep: Keep, sandbox: Sandbox
) -> None:
    """The sandbox refuses the second token, so that a kept answer would show."""
    mine: Graph = await keep()
    theirs: Graph = await keep(DEVREV_TOKEN="another")
    page = "{ works(first: 10) { nodes { id } sources { status } } }"
    first = (await mine.data(page))["works"]
    assert len(first["nodes"]) == 10
    assert (await theirs.data(page))["works"] == {
        "nodes": [],
        "sources": [{"status": "UNAUTHENTICATED"}],
    }
    refused = await theirs.error(BY_ID, id=first["nodes"][0]["id"])
    assert refused["extensions"]["code"] == "UNAUTHENTICATED"
    assert (await mine.data(page))["works"] == first


async def test_gateways_share_what_is_in_redis(
    make_graph: MakeGraph, sandbox: Sandbox, redis_url: str
) -> None:
    await emptied(redis_url)
    one, other = [await make_graph(**KEEPING, CACHE_URL=redis_url) for _ in range(2)]
    await one.data(WORKS)
    sandbox.forget()
    works = (await other.data(WORKS))["works"]["nodes"]
    assert sandbox.calls() == 0
    assert {work["freshness"]["servedFrom"] for work in works} == {"CACHE"}
