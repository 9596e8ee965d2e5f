"""`extensions.upstream` lists the calls that an answer took."""

import pytest

from tests.fixtures import KEEPING, Graph, MakeGraph, Sandbox

QUERY = """
{
  works(first: 20, filter: {types: [ISSUE]}) { nodes { title stage { name } } }
  stages(filter: {sources: [OUTREACH]}) { nodes { name } }
}
"""
ASKING = {"X-Stagegraph-Trace": "upstream"}


async def traced(graph: Graph, query: str = QUERY, **headers: str) -> list[dict[str, object]]:
    answer = await graph.http.post("/graphql", json={"query": query}, headers=headers)
    return answer.json()["extensions"]["upstream"]


async def test_every_call_is_told_and_then_that_it_was_kept(
    make_graph: MakeGraph, sandbox: Sandbox
) -> None:
    graph = await make_graph(**KEEPING)
    sent = await traced(graph, **ASKING)
    routes = [(one["source"], one["method"], one["route"], one["keys"] > 0) for one in sent]
    assert sorted(routes) == [
        ("DEVREV", "POST", "/stages.custom.list", True),
        ("DEVREV", "POST", "/works.list", False),
        ("OUTREACH", "GET", "/stages", False),
    ]
    assert sandbox.calls() == len(sent)
    for one in sent:
        assert one["status"] == 200
        assert one["served"] == "sent"
        assert one["ms"] > 0
        assert one["bytes"] > 100
    again = await traced(graph, **ASKING)
    assert {one["served"] for one in again} == {"kept"}
    assert {one["ms"] for one in again} == {0}
    assert sandbox.calls() == len(sent)


async def test_failed_calls_are_told_each(graph: Graph, sandbox: Sandbox) -> None:
    sandbox.fault("outreach", "status", status=503, retry_after=0)
    sent = await traced(graph, "{ stages(filter: {sources: [OUTREACH]}) { isComplete } }", **ASKING)
    assert [(one["status"], one["bytes"]) for one in sent] == [(503, 0), (503, 0)]


async def test_no_id_and_no_secret_is_told(graph: Graph, sandbox: Sandbox) -> None:
    [pipeline, *_] = sandbox.state("esper")["pipelines"]
    query = (
        f'{{ pipeline(by: {{key: {{source: ESPER, sourceId: "{pipeline["id"]}"}}}}) {{ name }} }}'
    )
    answer = await graph.http.post("/graphql", json={"query": query}, headers=ASKING)
    [sent] = answer.json()["extensions"]["upstream"]
    assert sent["route"] == "/pipelines/{pipeline_id}/"
    assert set(sent) == {"source", "method", "route", "status", "ms", "bytes", "served", "keys"}
    assert pipeline["id"] not in str(sent)


@pytest.mark.parametrize(
    ("setting", "asked", "told"),
    [
        ("header", {}, False),
        ("header", ASKING, True),
        ("header", {"X-Stagegraph-Trace": "other"}, False),
        ("on", {}, True),
        ("off", ASKING, False),
    ],
)
async def test_the_setting_says_who_is_told(
    make_graph: MakeGraph, setting: str, asked: dict[str, str], told: bool
) -> None:
    graph = await make_graph(TRACE=setting)
    answer = await graph.http.post("/graphql", json={"query": QUERY}, headers=asked)
    assert ("extensions" in answer.json()) is told
