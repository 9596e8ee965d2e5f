"""Connections outlive the queries that they were made for."""

from tests.fixtures import MakeGraph, Sandbox
from tests.upstream.vendor import Vendor, reply

QUERY = "{ stages(filter: {sources: [DEVREV]}) { nodes { id } isComplete } }"


async def test_queries_share_the_connections_of_a_source(
    make_graph: MakeGraph, sandbox: Sandbox
) -> None:
    async with Vendor([reply(200, b'{"result": []}')]) as vendor:
        graph = await make_graph(DEVREV_BASE_URL=f"http://127.0.0.1:{vendor.port}")
        for _ in range(5):
            await graph.ask(QUERY)
        assert vendor.connections == 1
        assert len(vendor.requests) >= 5
