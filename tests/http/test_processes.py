"""Pipelines and workflows, their stages, and the way back."""

from collections.abc import Sequence
from typing import Any

import pytest

from tests.fixtures import Graph, Sandbox

WORKFLOWS = """
query($first: Int, $after: String, $filter: WorkflowFilter, $orderBy: WorkflowOrder) {
  workflows(first: $first, after: $after, filter: $filter, orderBy: $orderBy) {
    nodes {
      __typename id source sourceId name isDefault version
      transitions { from { id } to { id } }
      stages(first: 50) { nodes { id sourceId name position } totalCount isComplete }
      ... on DevRevWorkflow { displayId leafType isCustomLeafType
        nodes { stage { sourceId } isStart isDeprecated nextStages { sourceId } } }
      ... on StoryblokWorkflow { contentTypes spaceSourceId }
    }
    totalCount isComplete pageInfo { hasNextPage endCursor }
    sources { source status itemCount upstreamCalls }
  }
}"""

PIPELINES = """
query($first: Int, $after: String, $filter: PipelineFilter, $orderBy: PipelineOrder) {
  pipelines(first: $first, after: $after, filter: $filter, orderBy: $orderBy) {
    nodes { __typename id source sourceId name description createdAt version
            stages { nodes { name position } sources { source upstreamCalls } } }
    totalCount isComplete pageInfo { hasNextPage endCursor }
    sources { source status upstreamCalls }
  }
}"""

STAGES = """
query($filter: StageFilter) {
  stages(first: 200, filter: $filter) {
    nodes { id source sourceId process { id name } processes { id name source } }
  }
}"""


async def walk(graph: Graph, query: str, name: str, **variables: Any) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    after = None
    while True:
        page = (await graph.data(query, after=after, **variables))[name]
        rows += page["nodes"]
        if not page["pageInfo"]["hasNextPage"]:
            return rows
        after = page["pageInfo"]["endCursor"]


def by_id(rows: Sequence[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {row["sourceId"]: row for row in rows}


async def test_all_pipelines_with_their_stages(graph: Graph, sandbox: Sandbox) -> None:
    rows = by_id(await walk(graph, PIPELINES, "pipelines", first=5))
    state = sandbox.state("esper")
    assert sorted(rows) == sorted(pipeline["id"] for pipeline in state["pipelines"])
    for pipeline in state["pipelines"]:
        row = rows[pipeline["id"]]
        assert (row["name"], row["description"]) == (pipeline["name"], pipeline["description"])
        names = [one["name"] for one in state["stages"] if one["pipeline_id"] == pipeline["id"]]
        stages = row["stages"]["nodes"]
        assert [one["name"] for one in stages] == names
        assert [one["position"] for one in stages] == list(range(len(names)))


async def test_pipelines_cost_one_call_and_their_stages_one_each(
    graph: Graph, sandbox: Sandbox
) -> None:
    page = (await graph.data(PIPELINES, first=50))["pipelines"]
    assert (page["totalCount"], page["isComplete"]) == (12, True)
    assert [(one["source"], one["upstreamCalls"]) for one in page["sources"]] == [("ESPER", 1)]
    assert sandbox.calls() == sandbox.calls("esper") == 13


async def test_all_workflows_with_their_stages(graph: Graph, sandbox: Sandbox) -> None:
    rows = by_id(await walk(graph, WORKFLOWS, "workflows", first=4))
    storyblok, devrev = sandbox.state("storyblok"), sandbox.state("devrev")
    known = {str(one["id"]) for one in storyblok["workflows"] + devrev["workflows"]}
    assert set(rows) == known
    for workflow in storyblok["workflows"]:
        row = rows[str(workflow["id"])]
        stages = [one for one in storyblok["stages"] if one["workflow_id"] == workflow["id"]]
        stages.sort(key=lambda one: one["position"])
        assert [one["sourceId"] for one in row["stages"]["nodes"]] == [
            str(one["id"]) for one in stages
        ]
        assert row["stages"]["totalCount"] == len(stages)
        assert (row["isDefault"], row["contentTypes"]) == (
            workflow["is_default"], workflow["content_types"],
        )  # fmt: skip
    for diagram in devrev["workflows"]:
        row = rows[diagram["id"]]
        assert (row["leafType"], row["displayId"]) == (
            diagram["leaf_type"], diagram.get("display_id"),
        )  # fmt: skip
        assert [node["stage"]["sourceId"] for node in row["nodes"]] == [
            node["stage"]["id"] for node in diagram["stages"]
        ]
        assert {one["sourceId"] for one in row["stages"]["nodes"]} == {
            node["stage"]["id"] for node in diagram["stages"]
        }
        assert len(row["transitions"]) == sum(
            len(node["transitions"]) for node in diagram["stages"]
        )
        assert all(one["from"] and one["to"] for one in row["transitions"])


@pytest.mark.parametrize(("position", "calls"), [("served", 2), ("ignored", 4)])
async def test_all_workflows_with_stages_cost_few_calls(
    graph: Graph, sandbox: Sandbox, position: str, calls: int
) -> None:
    sandbox.turn("storyblok.include_stages", position)
    page = (await graph.data(WORKFLOWS, first=50))["workflows"]
    assert page["isComplete"] is True
    assert all(row["stages"]["isComplete"] for row in page["nodes"])
    assert sandbox.calls("devrev") == 2
    assert sandbox.calls("storyblok") == calls


async def test_stages_know_their_processes(graph: Graph, sandbox: Sandbox) -> None:
    stages = by_id((await graph.data(STAGES))["stages"]["nodes"])
    counted = {name: sandbox.calls(name) for name in ("devrev", "outreach", "storyblok")}
    assert counted == {"devrev": 2, "outreach": 1, "storyblok": 4}
    for one in sandbox.state("esper")["stages"]:
        process = stages[one["id"]]["process"]
        assert [process["id"]] == [found["id"] for found in stages[one["id"]]["processes"]]
    diagrams = sandbox.state("devrev")["workflows"]
    for one in sandbox.state("devrev")["stages"]:
        names = {
            diagram["name"]
            for diagram in diagrams
            for node in diagram["stages"]
            if node["stage"]["id"] == one["id"]
        }
        stage = stages[one["id"]]
        assert {found["name"] for found in stage["processes"]} == names
        assert (stage["process"] is not None) == (len(names) == 1)
    workflows = {one["id"]: one["name"] for one in sandbox.state("storyblok")["workflows"]}
    for one in sandbox.state("storyblok")["stages"]:
        assert stages[str(one["id"])]["process"]["name"] == workflows[one["workflow_id"]]
    for one in sandbox.state("outreach")["stages"]:
        stage = stages[str(one["id"])]
        assert (stage["process"], stage["processes"]) == (None, [])


async def test_nested_stages_are_paged(graph: Graph) -> None:
    query = """query($id: ID!, $after: String) { node(id: $id) { ...on Process {
        stages(first: 2, after: $after) { nodes { id position } totalCount
          pageInfo { hasNextPage endCursor } } } } }"""
    for row in (await graph.data(PIPELINES, first=2))["pipelines"]["nodes"]:
        seen: list[int] = []
        after = None
        while True:
            page = (await graph.data(query, id=row["id"], after=after))["node"]["stages"]
            seen += [one["position"] for one in page["nodes"]]
            assert page["totalCount"] == len(row["stages"]["nodes"])
            if not page["pageInfo"]["hasNextPage"]:
                break
            after = page["pageInfo"]["endCursor"]
        assert seen == list(range(len(row["stages"]["nodes"])))
        wrong = await graph.ask(query, id=row["id"], after="x")
        assert wrong["errors"][0]["extensions"]["code"] == "VALIDATION"


async def test_any_mix_of_ids(graph: Graph) -> None:
    workflows = (await graph.data(WORKFLOWS, first=50))["workflows"]["nodes"]
    pipelines = (await graph.data(PIPELINES, first=50))["pipelines"]["nodes"]
    stages = (await graph.data(STAGES))["stages"]["nodes"]
    rows = [workflows[0], stages[0], pipelines[0], workflows[-1], stages[-1], pipelines[-1]]
    query = "query($ids: [ID!]!) { nodes(ids: $ids) { id ...on Process { name version } } }"
    found = (await graph.data(query, ids=[row["id"] for row in rows]))["nodes"]
    for row, one in zip(rows, found, strict=True):
        assert {name: row[name] for name in one} == one
    wrong = await graph.error(
        "query($id: ID!) { stage(by: {id: $id}) { id } }", id=pipelines[0]["id"]
    )
    assert "pipeline" in wrong["message"]


async def test_one_by_the_vendors_own_id(graph: Graph, sandbox: Sandbox) -> None:
    pipeline = sandbox.state("esper")["pipelines"][0]
    query = "query($by: ResourceBy!) { pipeline(by: $by) { name } workflow(by: $by) { name } }"
    key = {"source": "ESPER", "sourceId": pipeline["id"]}
    assert await graph.data(query, by={"key": key}) == {
        "pipeline": {"name": pipeline["name"]}, "workflow": None,
    }  # fmt: skip
    for source in ("devrev", "storyblok"):
        workflow = sandbox.state(source)["workflows"][-1]
        key = {"source": source.upper(), "sourceId": str(workflow["id"])}
        assert await graph.data(query, by={"key": key}) == {
            "pipeline": None, "workflow": {"name": workflow["name"]},
        }  # fmt: skip


@pytest.mark.parametrize("chosen", [
    {"isDefault": True}, {"isDefault": False}, {"leafTypes": ["issue", "ticket"]},
    {"contentTypes": ["article", "page"]}, {"name": {"contains": "e"}}, {"sources": ["DEVREV"]},
    {"leafTypes": []}, {"contentTypes": []}, {"sources": []}, {"isDefault": None},
])  # fmt: skip
async def test_filters(graph: Graph, sandbox: Sandbox, chosen: dict[str, Any]) -> None:
    rows = await walk(graph, WORKFLOWS, "workflows", first=50)

    def wanted(row: dict[str, Any]) -> bool:
        return (
            ("isDefault" not in chosen or chosen["isDefault"] in {None, row["isDefault"]})
            and ("leafTypes" not in chosen or row.get("leafType") in chosen["leafTypes"])
            and (
                "contentTypes" not in chosen
                or bool(set(row.get("contentTypes") or ()) & set(chosen["contentTypes"]))
            )
            and ("name" not in chosen or "e" in row["name"].casefold())
            and ("sources" not in chosen or row["source"] in chosen["sources"])
        )

    expected = [row["id"] for row in rows if wanted(row)]
    sandbox.forget()
    found = await walk(graph, WORKFLOWS, "workflows", first=50, filter=chosen)
    assert [row["id"] for row in found] == expected
    if [] in chosen.values():
        assert sandbox.calls() == 0


async def test_a_dead_source_costs_its_own_rows_and_nested_rows(
    graph: Graph, sandbox: Sandbox
) -> None:
    whole = (await graph.data(WORKFLOWS, first=50))["workflows"]["nodes"]
    sandbox.fault("devrev", "status", route="/stages.custom.list")
    page = (await graph.ask(WORKFLOWS, first=50))["data"]["workflows"]
    assert page["isComplete"] is True  # the diagrams themselves are all there
    for row, before in zip(page["nodes"], whole, strict=True):
        if row["source"] == "DEVREV":
            assert row["stages"] == {"nodes": [], "totalCount": None, "isComplete": False}
        else:
            assert row == before
    sandbox.fault("storyblok", "reset")
    page = (await graph.ask(WORKFLOWS, first=50))["data"]["workflows"]
    assert {row["source"] for row in page["nodes"]} == {"DEVREV"}
    assert page["isComplete"] is False
