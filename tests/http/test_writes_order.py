"""Several mutations in one operation: one after the other, and each for itself."""

import asyncio
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import httpx
import pytest

from gateway.app import read_settings, utc_now
from schema.types.ids import Kind
from schema.types.source import Source
from tests.fixtures import KEEPING, Graph, MakeGraph, Running, Sandbox, free_port, gateway_app
from tests.http.asking import Row, gid
from tests.http.conftest import Seeds
from tests.http.writes import WRITES, calls

_SAID = "errors { __typename code message path source ... on UpstreamError { outcome } }"
_SPACE = "1001"


@pytest.fixture
def ids(seeds: Seeds) -> Row:
    """Some objects of the seed: a workflow with its stages, a pipeline with its own, and more."""
    its = seeds[Source.STORYBLOK]
    own = [row["workflow_id"] for row in its["stages_by_space"][_SPACE]]
    flow = next(row["id"] for row in its["workflows"] if row["id"] in own and row["content_types"])
    stages = [row for row in its["stages"] if row["workflow_id"] == flow]
    esper = seeds[Source.ESPER]
    pipeline = esper["pipelines"][0]["id"]
    at_it = [row for row in esper["stages"] if row["pipeline_id"] == pipeline]
    outreach, devrev = seeds[Source.OUTREACH]["stages"][0], seeds[Source.DEVREV]
    return {
        "flow": gid(Source.STORYBLOK, Kind.WORKFLOW, flow, _SPACE),
        "first": gid(Source.STORYBLOK, Kind.STAGE, stages[1]["id"], _SPACE),
        "firstName": stages[1]["name"],
        "last": gid(Source.STORYBLOK, Kind.STAGE, stages[-1]["id"], _SPACE),
        "many": len(stages),
        "pipeline": gid(Source.ESPER, Kind.PIPELINE, pipeline),
        "step": gid(Source.ESPER, Kind.STAGE, at_it[0]["id"], pipeline),
        "manySteps": len(at_it),
        "prospecting": gid(Source.OUTREACH, Kind.STAGE, outreach["id"]),
        "devrev": gid(Source.DEVREV, Kind.STAGE, devrev["stages"][0]["id"]),
        "diagram": gid(Source.DEVREV, Kind.WORKFLOW, devrev["workflows"][0]["id"]),
        "work": gid(
            Source.DEVREV, Kind.WORK,
            next(
                row["id"] for row in devrev["works"]
                if row["stage"]["stage"]["id"] == devrev["stages"][0]["id"]
            ),
        ),
    }  # fmt: skip


def create(ids: Row, name: str, color: str, more: str = "stage { name }") -> str:
    new = f'workflowId: "{ids["flow"]}", name: "{name}", color: "{color}"'
    return f"createStage(input: {{stage: {{storyblok: {{{new}}}}}}}) {{ {more} {_SAID} }}"


def rename(stage: str, name: str, more: str = "stage { name }") -> str:
    return f'updateStage(input: {{id: "{stage}", name: "{name}"}}) {{ {more} {_SAID} }}'


def delete(stage: str) -> str:
    return f'deleteStage(input: {{id: "{stage}"}}) {{ deletedId {_SAID} }}'


def codes(data: Row) -> dict[str, list[str]]:
    """Return the codes of each payload's errors."""
    return {name: [error["code"] for error in its["errors"]] for name, its in data.items()}


async def test_later_ones_find_what_earlier_ones_did(graph: Graph, ids: Row) -> None:
    """Names are unique within a workflow of Storyblok."""
    name = ids["firstName"]
    data = await graph.data(
        f"""mutation {{
          taken: {create(ids, name, "#010101")}
          gone: {rename(ids["first"], "Elsewhere")}
          free: {create(ids, name, "#020202")}
          again: {create(ids, name, "#030303")}
          away: {delete(ids["last"])}
          twice: {delete(ids["last"])}
          lost: {rename(ids["last"], "Nowhere")}
        }}"""
    )
    assert codes(data) == {
        "taken": ["VALIDATION"], "gone": [], "free": [], "again": ["VALIDATION"],
        "away": [], "twice": ["NOT_FOUND"], "lost": ["NOT_FOUND"],
    }  # fmt: skip
    assert data["free"]["stage"] == {"name": name}
    assert list(data) == ["taken", "gone", "free", "again", "away", "twice", "lost"]


_PROCESS = """{
  name process { ... on Process { name stages { totalCount nodes { name } } } }
}"""


@pytest.mark.parametrize("keeping", [{}, KEEPING], ids=["fresh", "kept"])
async def test_each_payload_shows_all_writes_before_it(
    keeping: dict[str, str], make_graph: MakeGraph, ids: Row
) -> None:
    graph = await make_graph(**keeping)
    esper = f'{{pipelineId: "{ids["pipeline"]}", name: "Tail"}}'
    renamed = f'updatePipeline(input: {{id: "{ids["pipeline"]}", name: "Line"}})'
    data = await graph.data(
        f"""mutation {{
          a: {rename(ids["first"], "A", f"stage {_PROCESS}")}
          b: {create(ids, "B", "#010101", f"stage {_PROCESS}")}
          c: {delete(ids["last"])}
          d: {rename(ids["first"], "D", f"stage {_PROCESS}")}
          e: {rename(ids["step"], "E", f"stage {_PROCESS}")}
          f: createStage(input: {{stage: {{esper: {esper}}}}}) {{ stage {_PROCESS} {_SAID} }}
          g: {renamed} {{ pipeline {{ stages {{ totalCount nodes {{ name }} }} }} {_SAID} }}
          h: {rename(ids["step"], "H", f"stage {_PROCESS}")}
        }}"""
    )
    assert all(not said for said in codes(data).values()), data
    shown = {name: its["stage"]["process"] for name, its in data.items() if its.get("stage")}
    names = {name: [row["name"] for row in its["stages"]["nodes"]] for name, its in shown.items()}
    counts = {name: its["stages"]["totalCount"] for name, its in shown.items()}
    many, steps = ids["many"], ids["manySteps"]
    assert counts == {
        "a": many,
        "b": many + 1,
        "d": many,
        "e": steps,
        "f": steps + 1,
        "h": steps + 1,
    }
    assert "A" in names["a"]
    assert {"A", "B"} <= set(names["b"])
    assert {"B", "D"} <= set(names["d"])
    assert "A" not in names["d"]
    assert names["e"][0] == "E"
    assert (names["f"][0], names["f"][-1]) == ("E", "Tail")
    of_pipeline = data["g"]["pipeline"]["stages"]
    assert [row["name"] for row in of_pipeline["nodes"]] == names["f"]
    assert names["h"] == ["H", *names["f"][1:]]
    assert shown["h"]["name"] == "Line"


@pytest.mark.parametrize("keeping", [{}, KEEPING], ids=["fresh", "kept"])
async def test_a_renamed_stage_of_devrev_is_so_everywhere(
    keeping: dict[str, str], make_graph: MakeGraph, ids: Row
) -> None:
    graph = await make_graph(**keeping)
    work = f'updateWork(input: {{id: "{ids["work"]}", title: "%s"}})'
    flow = f'updateWorkflow(input: {{id: "{ids["diagram"]}", name: "Flow"}})'
    nodes = "... on DevRevWorkflow { nodes { stage { id name } } stages { nodes { id name } } }"
    at = "work { title stage { name } }"
    data = await graph.data(
        f"""mutation {{
          a: {work % "One"} {{ {at} {_SAID} }}
          b: {rename(ids["devrev"], "Anew")}
          c: {work % "Two"} {{ {at} {_SAID} }}
          d: {flow} {{ workflow {{ name {nodes} }} {_SAID} }}
        }}"""
    )
    assert all(not said for said in codes(data).values()), data
    assert data["a"]["work"]["stage"]["name"] != "Anew"
    assert data["c"]["work"] == {"title": "Two", "stage": {"name": "Anew"}}
    shown = data["d"]["workflow"]
    assert {"id": ids["devrev"], "name": "Anew"} in [node["stage"] for node in shown["nodes"]]
    assert {"id": ids["devrev"], "name": "Anew"} in shown["stages"]["nodes"]


def four(ids: Row) -> str:
    """Return a mutation of each source."""
    return f"""mutation {{
      devrev: {rename(ids["devrev"], "One")}
      esper: {rename(ids["step"], "Two")}
      storyblok: {rename(ids["first"], "Three")}
      outreach: {rename(ids["prospecting"], "Four")}
    }}"""


@pytest.mark.parametrize("dead", Source, ids=lambda one: one.value)
async def test_a_dead_source_fails_its_own_alone(
    dead: Source, make_graph: MakeGraph, ids: Row
) -> None:
    graph = await make_graph(**{f"{dead.name}_BASE_URL": f"http://127.0.0.1:{free_port()}"})
    data = await graph.data(four(ids))
    said = {name: ["UNAVAILABLE"] if name == dead.value else [] for name in data}
    assert codes(data) == said
    [error] = data[dead.value]["errors"]
    assert (error["source"], error["outcome"]) == (dead.name, "NOT_APPLIED")
    assert data[dead.value]["stage"] is None
    assert all(its["stage"] for name, its in data.items() if name != dead.value)


async def test_one_that_cannot_be_read_back_is_told_and_leaves_the_others(
    graph: Graph, sandbox: Sandbox, ids: Row
) -> None:
    """Storyblok answers a change without the stage, so that it is read once more."""
    route = UPDATES["storyblok"][1]
    for one in (route, route.removesuffix("/{id}")):
        sandbox.fault("storyblok", "status", status=403, method="GET", route=one)
    data = await graph.data(four(ids))
    assert codes(data) == {"devrev": [], "esper": [], "storyblok": ["FORBIDDEN"], "outreach": []}
    [error] = data["storyblok"]["errors"]
    assert (error["__typename"], error["outcome"]) == ("UpstreamError", "APPLIED")
    assert data["storyblok"]["stage"] is None
    assert "It was done" in error["message"]
    [stage] = [row for row in sandbox.state("storyblok")["stages"] if row["name"] == "Three"]
    assert gid(Source.STORYBLOK, Kind.STAGE, stage["id"], _SPACE) == ids["first"]


UPDATES = {one.member: one.call for one in WRITES if one.mutation == "updateStage"}


class Clock:
    """A clock that breaks after some looks."""

    def __init__(self) -> None:
        self.left = 10**6

    def __call__(self) -> datetime:
        self.left -= 1
        if self.left < 0:
            message = "s3cret spring of the clock"
            raise RuntimeError(message)
        return utc_now()


@pytest.mark.parametrize("key", ["", ', idempotencyKey: "k"'])
async def test_what_nobody_foresaw_is_masked(
    key: str, make_graph: MakeGraph, sandbox: Sandbox, ids: Row
) -> None:
    clock = Clock()
    graph = await make_graph(now=clock)
    text = f'updateStage(input: {{id: "{ids["prospecting"]}", name: "%s"{key}}})'
    query = f"mutation {{ {text % 'Four'} {{ stage {{ id }} {_SAID} }} }}"
    clock.left = 1  # when the request began
    [error] = (await graph.data(query))["updateStage"]["errors"]
    clock.left = 10**6
    assert (error["__typename"], error["code"]) == ("UpstreamError", "INTERNAL")
    assert "s3cret" not in str(error)
    names = [row["attributes"]["name"] for row in sandbox.state("outreach")["stages"]]
    told = {"NOT_APPLIED": {False}, "APPLIED": {True}, "UNKNOWN": {True, False}}
    assert ("Four" in names) in told[error["outcome"]]
    assert codes(await graph.data(query.replace('"k"', '"l"'))) == {"updateStage": []}


async def test_a_get_writes_nothing(graph: Graph, sandbox: Sandbox, ids: Row) -> None:
    sandbox.forget()
    response = await graph.http.get("/graphql", params={"query": four(ids)})
    assert response.status_code == 405
    assert response.headers["allow"] == "POST"
    assert sandbox.calls() == 0


@pytest.fixture
def served(sandbox: Sandbox) -> Iterator[str]:
    """A gateway that keeps answers, on a port."""
    given = {
        f"STAGEGRAPH_{source.name}_{name.upper()}": text
        for source in Source
        for name, text in (*sandbox.settings(source).items(), ("limit", "none"))
    }
    with Running(gateway_app(read_settings(given), utc_now)) as running:
        yield running.origin


@pytest.mark.parametrize("when", ["before", "after"])
async def test_a_caller_who_leaves_has_written_once(
    when: str, served: str, sandbox: Sandbox, ids: Row
) -> None:
    [write] = [one for one in WRITES if one.name == "updateStage-outreach"]
    names = {"query": "{ stages(first: 200, filter: {sources: [OUTREACH]}) { nodes { name } } }"}
    async with httpx.AsyncClient(base_url=served, timeout=10, trust_env=False) as http:
        before: Any = (await http.post("/graphql", json=names)).json()
        sandbox.fault(
            "outreach", "latency", method="PATCH", route=write.call[1], when=when, seconds=0.6
        )
        query = f"mutation {{ {rename(ids['prospecting'], 'Left alone')} }}"
        async with httpx.AsyncClient(base_url=served, trust_env=False) as leaving:
            sent = asyncio.create_task(leaving.post("/graphql", json={"query": query}))
            while not calls(sandbox, write)[0]:  # noqa: ASYNC110 - it waits for the sandbox
                await asyncio.sleep(0.01)
            sent.cancel()
            await asyncio.wait([sent])
        while calls(sandbox, write) != (1, 1):  # noqa: ASYNC110 - as above
            await asyncio.sleep(0.02)
        if when == "before":
            await asyncio.sleep(0.1)  # its answer is on the way to the gateway
        else:
            await asyncio.sleep(0.7)
        after: Any = (await http.post("/graphql", json=names)).json()
    assert after != before
    assert {"name": "Left alone"} in after["data"]["stages"]["nodes"]
    assert calls(sandbox, write) == (1, 1)
