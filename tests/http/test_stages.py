"""The one list of stages, over the four sandboxes."""

from typing import Any

import pytest

from tests.fixtures import Graph, MakeGraph, Sandbox

SOURCES = ["devrev", "outreach", "esper", "storyblok"]

LIST = """
query($first: Int, $after: String, $last: Int, $before: String, $filter: StageFilter,
      $orderBy: StageOrder) {
  stages(first: $first, after: $after, last: $last, before: $before, filter: $filter,
         orderBy: $orderBy) {
    nodes { __typename id source sourceId name position color createdAt updatedAt version raw }
    edges { cursor node { id } }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    totalCount
    isComplete
    sources { source status itemCount upstreamCalls latencyMs error { code message } }
  }
}"""

NAMES = """
query($first: Int, $filter: StageFilter, $orderBy: StageOrder) {
  stages(first: $first, filter: $filter, orderBy: $orderBy) {
    nodes { id name source } isComplete sources { source status upstreamCalls error { code } }
  }
}"""


def name_of(source: str, raw: dict[str, Any]) -> str | None:
    return raw["attributes"]["name"] if source == "outreach" else raw["name"]


def everything(sandbox: Sandbox) -> list[tuple[str, str | None]]:
    return [
        (source.upper(), name_of(source, raw))
        for source in SOURCES
        for raw in sandbox.state(source)["stages"]
    ]


async def walk(graph: Graph, **variables: Any) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    after = None
    while True:
        page = (await graph.data(LIST, after=after, **variables))["stages"]
        rows += page["nodes"]
        assert [edge["node"]["id"] for edge in page["edges"]] == [
            one["id"] for one in page["nodes"]
        ]
        if not page["pageInfo"]["hasNextPage"]:
            return rows
        after = page["pageInfo"]["endCursor"]


async def test_all_pages_are_the_union_of_the_states(graph: Graph, sandbox: Sandbox) -> None:
    rows = await walk(graph, first=20)
    assert sorted((row["source"], row["name"] or "") for row in rows) == sorted(
        (source, name or "") for source, name in everything(sandbox)
    )
    names = [row["name"] for row in rows if row["name"] is not None]
    assert names == sorted(names, key=lambda name: name[:64].casefold())


@pytest.mark.parametrize("field", ["NAME", "POSITION", "CREATED_AT", "UPDATED_AT"])
@pytest.mark.parametrize("direction", ["ASC", "DESC"])
async def test_every_order(graph: Graph, field: str, direction: str) -> None:
    rows = await walk(graph, first=37, orderBy={"field": field, "direction": direction})
    key = {"NAME": "name", "POSITION": "position"}.get(field) or {
        "CREATED_AT": "createdAt", "UPDATED_AT": "updatedAt",
    }[field]  # fmt: skip
    values = [row[key] for row in rows]
    known = [one[:64].casefold() if field == "NAME" else one for one in values if one is not None]
    assert known == sorted(known, reverse=direction == "DESC")
    assert all(one is None for one in values[len(known) :])
    assert len(rows) == len({row["id"] for row in rows})


async def test_a_page_tells_how_each_source_did(graph: Graph, sandbox: Sandbox) -> None:
    page = (await graph.data(LIST, first=200))["stages"]
    total = len(everything(sandbox))
    assert page["totalCount"] == len(page["nodes"]) == total
    assert page["isComplete"] is True
    assert page["pageInfo"]["hasNextPage"] is False
    reports = {one["source"]: one for one in page["sources"]}
    assert {name: one["upstreamCalls"] for name, one in reports.items()} == {
        "DEVREV": 1, "OUTREACH": 1, "ESPER": 13, "STORYBLOK": 2,
    }  # fmt: skip
    assert all(one["status"] == "OK" and one["error"] is None for one in reports.values())
    assert sum(one["itemCount"] for one in reports.values()) == total
    counted = {source.upper(): sandbox.calls(source) for source in SOURCES}
    assert counted == {name: one["upstreamCalls"] for name, one in reports.items()}


async def test_the_total_is_counted_only_when_asked(
    make_graph: MakeGraph, sandbox: Sandbox
) -> None:
    graph = await make_graph(OUTREACH_PAGE_SIZE="10")
    query = """{ stages(first: 5, filter: {sources: [OUTREACH]}, orderBy: {field: CREATED_AT}) {
        nodes { id } %s } }"""
    await graph.data(query % "")
    assert sandbox.calls("outreach") == 1
    for left_out in ("totalCount @include(if: false)", "totalCount @skip(if: true)"):
        sandbox.forget()
        await graph.data(query % left_out)
        assert sandbox.calls("outreach") == 1
    sandbox.forget()
    counted = await graph.data(query % "...on StageConnection { totalCount @skip(if: false) }")
    assert (counted["stages"]["totalCount"], sandbox.calls("outreach")) == (45, 5)


@pytest.mark.parametrize("dead", SOURCES)
@pytest.mark.parametrize("kind", ["reset", "hang", "status", "truncate", "html", "gzip_bomb"])
async def test_a_dead_source_costs_its_own_rows_only(
    make_graph: MakeGraph, sandbox: Sandbox, dead: str, kind: str
) -> None:
    # What is read before and after has to be there by then too, on the busiest machine.
    graph = await make_graph(**{f"{dead.upper()}_DEADLINE": "1.5" if kind == "hang" else "30"})
    whole = (await graph.data(LIST, first=200))["stages"]
    sandbox.fault(dead, kind)
    page = (await graph.data(LIST, first=200))["stages"]
    assert page["nodes"] == [row for row in whole["nodes"] if row["source"] != dead.upper()]
    assert (page["isComplete"], page["totalCount"]) == (False, None)
    for report in page["sources"]:
        if report["source"] == dead.upper():
            assert report["status"] not in {"OK", "PARTIAL", "STALE"}
            assert report["error"]["code"] == report["status"]
        else:
            assert report["status"] == "OK"
    sandbox.heal()
    late = (await graph.data(LIST, first=200, after=page["pageInfo"]["endCursor"]))["stages"]
    assert late["nodes"] == [row for row in whole["nodes"] if row["source"] == dead.upper()]


async def test_rows_that_make_no_sense_are_left_out(graph: Graph, sandbox: Sandbox) -> None:
    sandbox.fault("storyblok", "wrong_type", field="color", times=1)
    page = (await graph.data(LIST, first=200))["stages"]
    reports = {one["source"]: one["status"] for one in page["sources"]}
    assert reports == {"DEVREV": "OK", "OUTREACH": "OK", "ESPER": "OK", "STORYBLOK": "PARTIAL"}
    assert page["isComplete"] is False


async def test_filters_hold_and_go_to_the_vendor(graph: Graph, sandbox: Sandbox) -> None:
    rows = await walk(graph, first=200)
    wanted = {row["name"] for row in rows if row["source"] == "OUTREACH"}
    name = sorted(wanted)[3]
    page = (await graph.data(NAMES, filter={"name": {"eq": name}}))["stages"]
    assert {row["id"] for row in page["nodes"]} == {r["id"] for r in rows if r["name"] == name}
    some = [row for row in rows if "re" in (row["name"] or "").casefold()]
    page = (await graph.data(NAMES, first=200, filter={"name": {"contains": "RE"}}))["stages"]
    assert {row["id"] for row in page["nodes"]} == {row["id"] for row in some}
    edge = sorted(row["createdAt"] for row in rows if row["createdAt"])[10]
    span = {"createdAt": {"gte": edge}}
    page = (await graph.data(NAMES, first=200, filter=span))["stages"]
    assert {row["id"] for row in page["nodes"]} == {
        row["id"] for row in rows if row["createdAt"] and row["createdAt"] >= edge
    }
    page = (await graph.data(NAMES, first=200, filter={"createdAt": {"lt": edge}}))["stages"]
    assert {row["id"] for row in page["nodes"]} == {
        row["id"] for row in rows if row["createdAt"] and row["createdAt"] < edge
    }


async def test_sources_that_are_filtered_out_are_not_asked(graph: Graph, sandbox: Sandbox) -> None:
    page = (await graph.data(NAMES, filter={"sources": ["ESPER"]}))["stages"]
    assert {row["source"] for row in page["nodes"]} == {"ESPER"}
    assert [report["source"] for report in page["sources"]] == ["ESPER"]
    assert sandbox.calls() == sandbox.calls("esper")
    sandbox.forget()
    for nothing in ({"sources": []}, {"processIds": []}, {"name": {"in": []}}):
        page = (await graph.data(NAMES, filter=nothing))["stages"]
        assert (page["nodes"], page["sources"], page["isComplete"]) == ([], [], True)
    assert sandbox.calls() == 0
    everything_again = {"sources": None, "name": None, "processIds": None, "createdAt": None}
    page = (await graph.data(NAMES, first=200, filter=everything_again))["stages"]
    assert len(page["sources"]) == 4


@pytest.mark.parametrize("arguments", [
    {"first": 0}, {"first": 201}, {"first": -1}, {"last": 0}, {"last": 1000},
    {"first": 5, "last": 5}, {"after": "x"}, {"after": ""}, {"before": "AAAA"},
    {"filter": {"processIds": ["x"]}}, {"filter": {"processIds": [""]}},
    {"filter": {"processIds": ["x"] * 201}},
])  # fmt: skip
async def test_wrong_arguments_are_refused_before_any_call(
    graph: Graph, sandbox: Sandbox, arguments: dict[str, Any]
) -> None:
    answer = await graph.ask(LIST, **arguments)
    [error] = answer["errors"]
    assert answer["data"] == {"stages": None}
    assert error["extensions"] == {"code": "VALIDATION"}
    assert error["path"] == ["stages"]
    assert sandbox.calls() == 0


async def test_objects_by_id(graph: Graph, sandbox: Sandbox) -> None:
    rows = await walk(graph, first=200)
    some = rows[:: len(rows) // 20]
    query = """query($ids: [ID!]!) { nodes(ids: $ids) { __typename id
        ...on Stage { name source position version freshness { servedFrom ageSeconds } } } }"""
    found = (await graph.data(query, ids=[row["id"] for row in some]))["nodes"]
    for row, one in zip(some, found, strict=True):
        freshness = one.pop("freshness")
        assert freshness["servedFrom"] == "UPSTREAM"
        assert 0 <= freshness["ageSeconds"] < 60
        assert one == {name: row[name] for name in one}
    one = some[0]
    single = await graph.data(
        """query($id: ID!) { node(id: $id) { id } stage(by: {id: $id}) { id name } }""",
        id=one["id"],
    )
    assert single == {"node": {"id": one["id"]}, "stage": {"id": one["id"], "name": one["name"]}}


async def test_a_vendors_own_id_finds_the_stage(graph: Graph, sandbox: Sandbox) -> None:
    by_key = "query($by: ResourceBy!) { stage(by: $by) { id name } }"
    for source in SOURCES:
        raw = sandbox.state(source)["stages"][0]
        key = {"source": source.upper(), "sourceId": str(raw["id"])}
        if source == "esper":
            error = await graph.error(by_key, by={"key": key})
            assert "scopeSourceId" in error["message"]
            key["scopeSourceId"] = raw["pipeline_id"]
        found = (await graph.data(by_key, by={"key": key}))["stage"]
        assert found["name"] == name_of(source, raw)
    display_id = sandbox.state("devrev")["stages"][0]["display_id"]
    by = {"key": {"source": "DEVREV", "sourceId": display_id}}
    found = (await graph.data(by_key, by=by))["stage"]
    assert found["name"] == sandbox.state("devrev")["stages"][0]["name"]


async def test_strange_ids_are_refused_and_unknown_ones_are_null(
    graph: Graph, sandbox: Sandbox
) -> None:
    query = "query($id: ID!) { node(id: $id) { id } }"
    for bad in ("", "x", "A" * 500, "ZXNwZXI6c3RhZ2U6Li4vYTpi"):
        answer = await graph.ask(query, id=bad)
        assert answer["data"] == {"node": None}
        assert answer["errors"][0]["extensions"] == {"code": "VALIDATION"}
    assert sandbox.calls() == 0
    mixed = await graph.ask(
        "query($ids: [ID!]!) { nodes(ids: $ids) { id } }",
        ids=["x", "b3V0cmVhY2g6c3RhZ2U6Ojk5OTk", "b3V0cmVhY2g6c3RhZ2U6OjE"],
    )
    assert mixed["data"]["nodes"] == [None, None, {"id": "b3V0cmVhY2g6c3RhZ2U6OjE"}]
    [error] = mixed["errors"]
    assert error["path"] == ["nodes", 0]
    too_many = await graph.error("query($ids: [ID!]!) { nodes(ids: $ids) { id } }", ids=["x"] * 201)
    assert "200" in too_many["message"]


async def test_a_failed_lookup_is_null_with_an_error(graph: Graph, sandbox: Sandbox) -> None:
    sandbox.fault("outreach", "status", status=429, retry_after=9)
    answer = await graph.ask(
        """{ a: node(id: "b3V0cmVhY2g6c3RhZ2U6OjE") { id }
             stages(first: 1, filter: {sources: [STORYBLOK]}) { nodes { id } } }"""
    )
    assert answer["data"]["a"] is None
    assert len(answer["data"]["stages"]["nodes"]) == 1
    [error] = answer["errors"]
    assert error["extensions"] == {
        "code": "RATE_LIMITED", "source": "OUTREACH", "upstreamStatus": 429,
        "retryAfterSeconds": 9,
    }  # fmt: skip


async def test_a_list_that_is_not_there_is_a_bad_response(graph: Graph, sandbox: Sandbox) -> None:
    for source in SOURCES:
        sandbox.fault(source, "status", status=404)
    page = (await graph.data(NAMES))["stages"]
    assert page["nodes"] == []
    reports = {one["source"]: one["status"] for one in page["sources"]}
    assert reports["DEVREV"] == reports["OUTREACH"] == reports["ESPER"] == "BAD_RESPONSE"
    assert reports["STORYBLOK"] in {"BAD_RESPONSE", "FORBIDDEN"}


async def test_a_failed_scope_costs_its_own_objects_only(graph: Graph, sandbox: Sandbox) -> None:
    rows = await walk(graph, first=200)
    spaces = sandbox.state("storyblok")["stages_by_space"]
    one, other = ([str(stage["id"]) for stage in spaces[name]] for name in ("1001", "1002"))
    ids = [row["id"] for row in rows if row["sourceId"] in {one[0], one[1], other[0], other[1]}]
    query = "query($ids: [ID!]!) { nodes(ids: $ids) { ...on Stage { id sourceId } } }"
    sandbox.fault("storyblok", "status", times=1)
    answer = await graph.ask(query, ids=ids)
    assert len(answer["errors"]) == 2
    found = {node["sourceId"] for node in answer["data"]["nodes"] if node}
    assert found in (set(one[:2]), set(other[:2]))


async def test_asks_of_one_query_go_out_together(graph: Graph, sandbox: Sandbox) -> None:
    rows = await walk(graph, first=200)
    outreach = [row["id"] for row in rows if row["source"] == "OUTREACH"][:4]
    sandbox.forget()
    await graph.data(
        """query($a: ID!, $b: ID!, $c: ID!, $d: ID!) {
          a: node(id: $a) { id } b: stage(by: {id: $b}) { id } e: node(id: $a) { id }
          c: nodes(ids: [$c, $d, $a]) { id } }""",
        a=outreach[0], b=outreach[1], c=outreach[2], d=outreach[3],
    )  # fmt: skip
    assert sandbox.calls("outreach") == 1


async def test_every_vendors_own_fields(graph: Graph, sandbox: Sandbox) -> None:
    data = await graph.data("""{ stages(first: 200) { nodes { __typename id sourceId
      createdBy { id displayName email picture { fileName } } updatedBy { id fullName }
      ... on DevRevStage { displayId state { id sourceId displayId name isFinal } }
      ... on OutreachStage { canWrite canDelete dataConnections prospectIds(first: 3) }
      ... on EsperStage { description timeoutSeconds }
      ... on StoryblokStage { isDefault allowPublish allowAllStages allowAdminPublish allowAllUsers
        allowAdminChange allowEditorChange allowNoneForNextStages storyEditingLocked
        autoRemoveAssignee nextStages { id name } afterPublish { name } users { id email }
        spaceRoles { id name } spaceSourceId }
    } } }""")
    nodes = {node["sourceId"]: node for node in data["stages"]["nodes"]}
    for raw in sandbox.state("devrev")["stages"]:
        node = nodes[raw["id"]]
        assert node["displayId"] == raw["display_id"]
        assert node["state"]["name"] == raw["state"]["name"]
        assert node["state"]["isFinal"] == raw["state"]["is_final"]
    prospects = sandbox.state("outreach")["prospects"]
    for raw in sandbox.state("outreach")["stages"]:
        node = nodes[str(raw["id"])]
        assert isinstance(node["canWrite"], bool)
        at = [one for one in prospects
              if (one["relationships"]["stage"]["data"] or {}).get("id") == raw["id"]]  # fmt: skip
        assert len(node["prospectIds"]) == min(3, len(at))
        assert node["createdBy"]["email"]
    for raw in sandbox.state("esper")["stages"]:
        assert nodes[raw["id"]]["timeoutSeconds"] == raw["timeout_seconds"]
    names = {raw["id"]: raw["name"] for raw in sandbox.state("storyblok")["stages"]}
    for raw in sandbox.state("storyblok")["stages"]:
        node = nodes[str(raw["id"])]
        assert node["isDefault"] == raw["is_default"]
        assert [one["name"] for one in node["nextStages"]] == [
            names[one] for one in raw["workflow_stage_ids"]
        ]
        after = node["afterPublish"]
        assert (after and after["name"]) == names.get(raw["after_publish_id"])
        assert len(node["users"]) == len(raw["user_ids"])
        assert len(node["spaceRoles"]) == len(raw["space_role_ids"])


async def test_sources_tell_what_they_can_do(graph: Graph, make_graph: MakeGraph) -> None:
    query = """{ sources { source isConnected status lastSuccessAt
        capabilities { type operations filters orders } } }"""
    before = (await graph.data(query))["sources"]
    assert [one["source"] for one in before] == [name.upper() for name in SOURCES]
    assert all(one["isConnected"] and one["status"] is None for one in before)
    for one in before:
        assert one["capabilities"][0]["type"] == "STAGE"
        assert one["capabilities"][0]["operations"][:4] == ["LIST", "GET", "CREATE", "UPDATE"]
    await graph.data(NAMES)
    after = (await graph.data(query))["sources"]
    assert all(one["status"] == "OK" and one["lastSuccessAt"] for one in after)
    less = await make_graph(OUTREACH_TOKEN="")
    [outreach] = [one for one in (await less.data(query))["sources"] if one["source"] == "OUTREACH"]
    assert outreach["isConnected"] is False
    page = (await less.data(NAMES))["stages"]
    assert len(page["sources"]) == 3


async def test_a_source_that_hangs_takes_no_other_sources_time(
    make_graph: MakeGraph, sandbox: Sandbox
) -> None:
    """The others need several pages, which are read after the first has had its time."""
    graph = await make_graph(OUTREACH_PAGE_SIZE="10", DEADLINE="1")
    sandbox.fault("devrev", "hang")
    query = """
    {
      stages(first: 200, orderBy: {field: CREATED_AT}) {
        nodes { source } sources { source status }
      }
    }
    """
    page = (await graph.data(query))["stages"]
    statuses = {one["source"]: one["status"] for one in page["sources"]}
    assert statuses.pop("DEVREV") == "TIMED_OUT"
    assert set(statuses.values()) == {"OK"}
    count = sum(one["source"] == "OUTREACH" for one in page["nodes"])
    assert count == len(sandbox.state("outreach")["stages"])
