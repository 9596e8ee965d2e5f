"""The graph's list, with this source alone."""

from itertools import product
from typing import Any

from gateway.sources.outreach.sandbox import EMULATOR
from schema.types.arguments import OrderDirection
from schema.types.stage import StageOrderField
from tests.fixtures import Graph, MakeGraph, Sandbox

LIST = """
query($first: Int, $after: String, $filter: StageFilter, $orderBy: StageOrder) {
  stages(first: $first, after: $after, filter: $filter, orderBy: $orderBy) {
    nodes { id name position createdAt updatedAt }
    pageInfo { hasNextPage endCursor }
    sources { status upstreamCalls }
  }
}"""
FIELDS = {
    StageOrderField.NAME: "name",
    StageOrderField.POSITION: "position",
    StageOrderField.CREATED_AT: "createdAt",
    StageOrderField.UPDATED_AT: "updatedAt",
}


async def page(graph: Graph, **variables: Any) -> dict[str, Any]:
    variables["filter"] = {"sources": ["OUTREACH"], **variables.get("filter", {})}
    return (await graph.data(LIST, **variables))["stages"]


def in_order(rows: list[Any], field: str, *, descending: bool) -> list[Any]:
    """The law of the graph, written down once more."""

    def value(row: Any) -> Any:
        return row["name"][:64].casefold() if field == "name" else row[field]

    rows = sorted(rows, key=lambda row: row["id"])
    known = [row for row in rows if row[field] is not None]
    nulls = [row for row in rows if row[field] is None]
    return sorted(known, key=value, reverse=descending) + nulls


async def walk(graph: Graph, **variables: Any) -> list[Any]:
    rows: list[Any] = []
    after = None
    while True:
        part = await page(graph, first=25, after=after, **variables)
        rows += part["nodes"]
        if not part["pageInfo"]["hasNextPage"]:
            return rows
        after = part["pageInfo"]["endCursor"]


async def test_pages_are_in_order_with_equal_keys_and_nulls_last(
    sandbox: Sandbox, make_graph: MakeGraph
) -> None:
    graph = await make_graph(OUTREACH_PAGE_SIZE="10")
    everything = (await page(graph, first=200))["nodes"]
    for nulls, order, direction in product(
        EMULATOR.positions["nulls"], StageOrderField, OrderDirection
    ):
        if nulls != "first" and order is not StageOrderField.POSITION:
            continue  # only positions are null
        sandbox.turn("outreach.nulls", nulls)
        by = {"field": order.name, "direction": direction.name}
        descending = direction is OrderDirection.DESC
        wanted = in_order(everything, FIELDS[order], descending=descending)
        assert await walk(graph, orderBy=by) == wanted, (order, direction, nulls)
        first = await page(graph, first=4, orderBy=by)
        calls = 5 if order is StageOrderField.NAME else 1
        assert first["sources"] == [{"status": "OK", "upstreamCalls": calls}]
        assert first["nodes"] == wanted[:4]


async def test_names_and_edges_of_spans(sandbox: Sandbox, make_graph: MakeGraph) -> None:
    graph = await make_graph()
    stages = [one["attributes"] for one in sandbox.state("outreach")["stages"]]
    for name in {one["name"] for one in stages} - {"__null__"}:
        [row] = (await page(graph, filter={"name": {"eq": name}}))["nodes"]
        assert row["name"] == name
    names = ["__null__", "", "nobody", " SMB: Won", *(f"{number:0300}" for number in range(50))]
    part = await page(graph, filter={"name": {"in": names}})
    assert [row["name"] for row in part["nodes"]] == ["__null__"]
    edge = sorted(one["updatedAt"] for one in stages)[20]
    ever = {"gte": "0001-01-01T00:00:00Z", "lt": "9999-12-31T23:59:59.999Z"}
    for span, wanted in (
        ({"gte": edge}, [one for one in stages if one["updatedAt"] >= edge]),
        ({"lt": edge}, [one for one in stages if one["updatedAt"] < edge]),
        (ever, stages),
    ):
        part = await page(graph, first=200, filter={"updatedAt": span})
        names = [row["name"] for row in part["nodes"]]
        assert sorted(names) == sorted(one["name"] for one in wanted)
