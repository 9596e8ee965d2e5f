"""Works through the graph, each expectation computed from the sandbox's state."""

import os
from collections import Counter
from collections.abc import Callable
from itertools import product
from typing import Any

import pytest

from schema.types.ids import GlobalId, Kind
from schema.types.source import Source
from tests.fixtures import KEEPING, Graph, MakeGraph, Sandbox

# The whole walk, of 4,800 works in every position, takes minutes: WALK_SCALE=20 asks for it.
SCALE = int(os.environ.get("WALK_SCALE", "2"))
ORDERS = {
    "TITLE": "title",
    "CREATED_AT": "created_date",
    "UPDATED_AT": "modified_date",
    "TARGET_CLOSE_AT": "target_close_date",
}
PAGE = """
query($first: Int, $after: String, $last: Int, $before: String, $filter: WorkFilter,
      $order: WorkOrder) {
  works(first: $first, after: $after, last: $last, before: $before, filter: $filter,
        orderBy: $order) {
    nodes { sourceId }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    isComplete
  }
}
"""


def global_id(kind: Kind, don: str) -> str:
    return str(GlobalId(Source.DEVREV, kind, "", don))


def in_order(works: list[dict[str, Any]], field: str, direction: str) -> list[str]:
    """Sort by the law of the graph, written down a second time."""
    name = ORDERS[field]

    def value(work: dict[str, Any]) -> Any:
        return work[name][:64].casefold() if field == "TITLE" else work[name]

    rows = sorted(works, key=lambda work: global_id(Kind.WORK, work["id"]))
    known = [work for work in rows if work.get(name) is not None]
    known.sort(key=value, reverse=direction == "DESC")
    return [work["id"] for work in known] + [work["id"] for work in rows if work.get(name) is None]


async def walk(graph: Graph, order: dict[str, str], size: int, *, backward: bool) -> list[str]:
    found: list[str] = []
    cursor: str | None = None
    while True:
        part = {"last": size, "before": cursor} if backward else {"first": size, "after": cursor}
        page = (await graph.data(PAGE, **part, order=order))["works"]
        assert page["isComplete"]
        ids = [node["sourceId"] for node in page["nodes"]]
        found = ids + found if backward else found + ids
        info = page["pageInfo"]
        if not info["hasPreviousPage" if backward else "hasNextPage"]:
            return found
        cursor = info["startCursor" if backward else "endCursor"]


@pytest.mark.parametrize("sort", ["served", "ignored", "refused"])
@pytest.mark.parametrize("backward", [False, True], ids=["forward", "backward"])
async def test_every_walk_is_the_sorted_whole(
    make_graph: MakeGraph, sandbox: Sandbox, sort: str, backward: bool
) -> None:
    sandbox.reset(SCALE)
    sandbox.turn("devrev.sort_by", sort)
    works = sandbox.state("devrev")["works"]
    assert len(works) == 240 * SCALE
    graph = await make_graph(**KEEPING, DEADLINE="60")
    for field, direction in product(ORDERS, ("ASC", "DESC")):
        order = {"field": field, "direction": direction}
        walked = await walk(graph, order, 100, backward=backward)
        assert walked == in_order(works, field, direction), order


Chosen = Callable[[dict[str, Any]], bool]

FILTERS: list[tuple[str, dict[str, Any], Chosen]] = [
    ("types", {"types": ["TICKET", "TASK"]}, lambda one: one["type"] in {"ticket", "task"}),
    ("title", {"title": {"contains": "DEVICE"}}, lambda one: "device" in one["title"].lower()),
    (
        "exact title",
        {"title": {"eq": "Fix invoices"}},
        lambda one: one["title"] == "Fix invoices",
    ),
    (
        "severity",
        {"severities": ["HIGH", "BLOCKER"]},
        lambda one: one.get("severity") in {"high", "blocker"},
    ),
    (
        "priority",
        {"priorities": ["P0"], "types": ["ISSUE"]},
        lambda one: one["type"] == "issue" and one.get("priority") == "p0",
    ),
    ("priority of any type", {"priorities": ["P1"]}, lambda one: one.get("priority") == "p1"),
    (
        "times",
        {
            "createdAt": {"gte": "2025-03-01T00:00:00Z"},
            "targetCloseAt": {"lt": "2025-06-01T00:00:00Z"},
        },
        lambda one: (
            one["created_date"] >= "2025-03-01"
            and "target_close_date" in one
            and one["target_close_date"] < "2025-06-01"
        ),
    ),
]


@pytest.mark.parametrize(
    ("chosen", "fits"), [one[1:] for one in FILTERS], ids=[one[0] for one in FILTERS]
)
async def test_filters_hold(
    graph: Graph, sandbox: Sandbox, chosen: dict[str, Any], fits: Chosen
) -> None:
    works = [one for one in sandbox.state("devrev")["works"] if fits(one)]
    assert works, "a filter that nothing fits proves nothing"
    assert len(works) < 240
    page = (await graph.data(PAGE, first=200, filter=chosen))["works"]
    expected = in_order(works, "UPDATED_AT", "DESC")
    assert [node["sourceId"] for node in page["nodes"]] == expected[:200]


@pytest.mark.parametrize(
    ("argument", "kind", "pick"),
    [
        ("ownerIds", Kind.PERSON, lambda one: [owner["id"] for owner in one["owned_by"]]),
        ("partIds", Kind.PART, lambda one: [one["applies_to_part"]["id"]]),
        ("tagIds", Kind.TAG, lambda one: [tag["tag"]["id"] for tag in one["tags"]]),
        ("stageIds", Kind.STAGE, lambda one: [one["stage"]["stage"]["id"]]),
    ],
)
@pytest.mark.parametrize("stage_ids", ["served", "refused", "ignored"])
@pytest.mark.parametrize("work_stage", ["full", "name"])
async def test_filters_by_id_hold(
    graph: Graph,
    sandbox: Sandbox,
    argument: str,
    kind: Kind,
    pick: Callable[[dict[str, Any]], list[str]],
    stage_ids: str,
    work_stage: str,
) -> None:
    works = sandbox.state("devrev")["works"]
    wanted = {pick(one)[0] for one in works[3:60] if pick(one)}
    wanted = set(sorted(wanted)[:2])
    sandbox.turn("devrev.stage_ids", stage_ids)
    sandbox.turn("devrev.work_stage", work_stage)
    fitting = [one for one in works if wanted & set(pick(one))]
    chosen = {argument: [global_id(kind, one) for one in wanted]}
    page = (await graph.data(PAGE, first=200, filter=chosen))["works"]
    assert page["isComplete"]
    assert [node["sourceId"] for node in page["nodes"]] == in_order(fitting, "UPDATED_AT", "DESC")


async def test_a_short_page_is_a_short_answer_once_the_order_is_trusted(
    graph: Graph, sandbox: Sandbox
) -> None:
    asking = {"X-Stagegraph-Trace": "upstream"}
    expected = in_order(sandbox.state("devrev")["works"], "UPDATED_AT", "DESC")
    sizes: list[int] = []
    for _ in range(2):
        body = {"query": PAGE, "variables": {"first": 5}}
        answer = (await graph.http.post("/graphql", json=body, headers=asking)).json()
        nodes = answer["data"]["works"]["nodes"]
        assert [node["sourceId"] for node in nodes] == expected[:5]
        [sent] = answer["extensions"]["upstream"]
        sizes.append(sent["bytes"])
    assert sizes[1] < sizes[0] / 5


async def test_an_empty_list_asks_no_one(graph: Graph, sandbox: Sandbox) -> None:
    for name in ("types", "stageIds", "ownerIds", "partIds", "tagIds", "priorities", "severities"):
        page = (await graph.data(PAGE, filter={name: []}))["works"]
        assert page["nodes"] == []
    assert sandbox.calls() == 0


async def test_ids_of_something_else_are_refused(graph: Graph, sandbox: Sandbox) -> None:
    part = global_id(Kind.PART, "don:core:dvrv-us-1:devo/0:product/1")
    for name in ("stageIds", "ownerIds", "tagIds"):
        error = await graph.error(PAGE, filter={name: [part]})
        assert error["extensions"]["code"] == "VALIDATION"
        assert name in error["message"]
    assert sandbox.calls() == 0


async def test_the_total_is_counted_by_the_vendor_where_it_can(
    graph: Graph, sandbox: Sandbox
) -> None:
    works = sandbox.state("devrev")["works"]
    query = "query($filter: WorkFilter) { works(first: 1, filter: $filter) { totalCount } }"
    tickets = {"types": ["TICKET"]}
    for position in ("served", "missing", "capped"):
        sandbox.turn("devrev.works_count", position)
        assert (await graph.data(query))["works"]["totalCount"] == len(works)
        counted = (await graph.data(query, filter=tickets))["works"]["totalCount"]
        assert counted == sum(one["type"] == "ticket" for one in works)
        titles = {"title": {"startsWith": "fix"}}
        counted = (await graph.data(query, filter=titles))["works"]["totalCount"]
        assert counted == sum(one["title"].startswith("Fix") for one in works)


async def test_a_count_that_fails_costs_the_total_and_no_row(
    graph: Graph, sandbox: Sandbox
) -> None:
    sandbox.fault("devrev", "status", route="/works.count", status=500)
    query = "{ works(first: 7) { nodes { title } totalCount isComplete sources { status } } }"
    page = (await graph.data(query))["works"]
    assert len(page["nodes"]) == 7
    assert page["totalCount"] is None
    assert page["sources"] == [{"status": "OK"}]


async def test_totals_of_stages_are_counted_out_of_what_was_read(
    graph: Graph, sandbox: Sandbox
) -> None:
    state = sandbox.state("devrev")
    sizes = Counter(one["stage"]["stage"]["id"] for one in state["works"])
    query = """
    query($ids: [ID!]!) {
      nodes(ids: $ids) { ... on Stage { sourceId works(first: 3) { totalCount } } }
    }
    """
    ids = [global_id(Kind.STAGE, one["id"]) for one in state["stages"]]
    for position in ("served", "missing"):
        sandbox.turn("devrev.works_count", position)
        stages = (await graph.data(query, ids=ids))["nodes"]
        assert {one["sourceId"]: one["works"]["totalCount"] for one in stages} == {
            one["id"]: sizes[one["id"]] for one in state["stages"]
        }
    whole = query.replace("first: 3", "first: 150")
    sandbox.forget()
    stages = (await graph.data(whole, ids=ids))["nodes"]
    assert sum(one["works"]["totalCount"] for one in stages) == len(state["works"])
    assert {row["route"] for row in sandbox.requests()} == {"/stages.custom.list", "/works.list"}


async def test_too_many_pages_say_what_to_filter_by(
    make_graph: MakeGraph, sandbox: Sandbox
) -> None:
    graph = await make_graph(MAX_PAGES="2", DEVREV_PAGE_SIZE="100")
    query = """
    query($filter: WorkFilter) {
      works(first: 5, orderBy: {field: TITLE}, filter: $filter) {
        nodes { title } isComplete sources { status error { code message } }
      }
    }
    """
    page = (await graph.data(query))["works"]
    assert page["isComplete"] is False
    assert page["nodes"] == []
    [report] = page["sources"]
    assert report["status"] == report["error"]["code"] == "TOO_LARGE"
    assert "types" in report["error"]["message"]
    page = (await graph.data(query, filter={"types": ["TICKET"]}))["works"]
    assert page["isComplete"] is True
    assert len(page["nodes"]) == 5


NESTED = """
query($ids: [ID!]!, $first: Int, $after: String) {
  nodes(ids: $ids) {
    ... on Stage {
      sourceId
      name
      works(first: $first, after: $after) {
        nodes { sourceId stage { sourceId } }
        pageInfo { hasNextPage endCursor }
        isComplete
      }
    }
  }
}
"""


@pytest.mark.parametrize("sort", ["served", "ignored", "refused"])
@pytest.mark.parametrize("stage_ids", ["served", "refused", "ignored"])
@pytest.mark.parametrize("work_stage", ["full", "name"])
async def test_works_stand_at_their_stages(
    graph: Graph, sandbox: Sandbox, sort: str, stage_ids: str, work_stage: str
) -> None:
    state = sandbox.state("devrev")
    sandbox.turn("devrev.sort_by", sort)
    sandbox.turn("devrev.stage_ids", stage_ids)
    sandbox.turn("devrev.work_stage", work_stage)
    named = Counter(one["name"] for one in state["stages"])
    by_name = work_stage == "name" and stage_ids != "served"
    ids = [global_id(Kind.STAGE, one["id"]) for one in state["stages"]]
    stages = (await graph.data(NESTED, ids=ids, first=7))["nodes"]
    for stage in stages:
        if by_name and named[stage["name"]] > 1:
            # Nothing tells which of the stages a work is in: that is said, and not guessed.
            assert stage["works"]["isComplete"] is False
            continue
        own = [one for one in state["works"] if one["stage"]["stage"]["id"] == stage["sourceId"]]
        expected, page = in_order(own, "UPDATED_AT", "DESC"), stage["works"]
        assert [node["sourceId"] for node in page["nodes"]] == expected[:7]
        assert page["pageInfo"]["hasNextPage"] is (len(expected) > 7)
        assert page["isComplete"]
        assert all(node["stage"]["sourceId"] == stage["sourceId"] for node in page["nodes"])
    first = next(one for one in stages if one["works"]["isComplete"])
    ids = [global_id(Kind.STAGE, first["sourceId"])]
    after = first["works"]["pageInfo"]["endCursor"]
    [rest] = (await graph.data(NESTED, ids=ids, first=200, after=after))["nodes"]
    own = [one for one in state["works"] if one["stage"]["stage"]["id"] == first["sourceId"]]
    assert [node["sourceId"] for node in rest["works"]["nodes"]] == in_order(
        own, "UPDATED_AT", "DESC"
    )[7:]


async def test_any_mix_of_ids(graph: Graph, sandbox: Sandbox) -> None:
    devrev, esper = sandbox.state("devrev"), sandbox.state("esper")
    work, diagram, pipeline = devrev["works"][7], devrev["workflows"][0], esper["pipelines"][2]
    sandbox.forget()
    shown = global_id(Kind.WORK, work["display_id"])
    ids = [
        global_id(Kind.WORKFLOW, diagram["id"]),
        global_id(Kind.WORK, work["id"]),
        str(GlobalId(Source.ESPER, Kind.PIPELINE, "", pipeline["id"])),
        global_id(Kind.STAGE, devrev["stages"][1]["id"]),
        shown,
        global_id(Kind.WORK, "ISS-999999"),
    ]
    query = "query($ids: [ID!]!) { nodes(ids: $ids) { __typename ... on Resource { sourceId } } }"
    found = (await graph.data(query, ids=ids))["nodes"]
    assert [one and one["sourceId"] for one in found] == [
        diagram["id"],
        work["id"],
        pipeline["id"],
        devrev["stages"][1]["id"],
        work["id"],
        None,
    ]
    tag = global_id(Kind.TAG, devrev["tags"][0]["id"])
    error = await graph.error(query, ids=[tag])
    assert "works" in error["message"]


async def test_a_malformed_work_costs_itself_only(graph: Graph, sandbox: Sandbox) -> None:
    sandbox.fault("devrev", "unknown_enum", route="/works.list", field="priority")
    query = """
    {
      works(first: 200, filter: {types: [ISSUE]}) {
        nodes { sourceId raw ... on DevRevIssue { priority } } sources { status } isComplete
      }
    }
    """
    page = (await graph.data(query))["works"]
    strange = [one for one in page["nodes"] if one["priority"] == "OTHER"]
    assert strange
    assert {one["raw"]["priority"] for one in strange} == {"something_new"}
    assert page["isComplete"] is True
    sandbox.heal()
    sandbox.fault("devrev", "wrong_type", route="/works.list", field="title")
    page = (await graph.data(query))["works"]
    assert page["sources"] == [{"status": "PARTIAL"}]
    assert page["isComplete"] is False
    sandbox.heal()
    sandbox.fault("devrev", "null_field", route="/works.list", field="title")
    page = (await graph.data("{ works(first: 200) { nodes { title } isComplete } }"))["works"]
    assert page["isComplete"] is True
    assert None in [one["title"] for one in page["nodes"]]


async def test_one_of_many_by_id_fails_alone(graph: Graph, sandbox: Sandbox) -> None:
    works = sandbox.state("devrev")["works"][:5]
    sandbox.fault("devrev", "wrong_type", route="/works.get", field="id", times=1)
    query = "query($ids: [ID!]!) { nodes(ids: $ids) { ... on Work { sourceId } } }"
    answer = await graph.ask(query, ids=[global_id(Kind.WORK, one["id"]) for one in works])
    [error] = answer["errors"]
    assert error["extensions"]["code"] == "BAD_RESPONSE"
    at = error["path"][1]
    assert [one and one["sourceId"] for one in answer["data"]["nodes"]] == [
        None if place == at else one["id"] for place, one in enumerate(works)
    ]


async def test_sources_without_works_have_none_to_tell_of(graph: Graph) -> None:
    query = (
        "{ stages(filter: {sources: [OUTREACH]}, first: 1) { nodes { works { nodes { id } } } } }"
    )
    assert (await graph.data(query))["stages"]["nodes"] == [{"works": None}]
