"""Whether the gateway should be asked, as probes are told."""

from pathlib import Path
from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.routing import Route

from gateway.http.health import Readiness
from schema.types.source import Source
from tests.fixtures import MakeGraph, RedisServer, Sandbox


async def yes() -> bool:
    return True


async def no() -> bool:
    return False


async def fails() -> bool:
    message = "s3cret"
    raise RuntimeError(message)


async def told(connected: int = 1, run: Any = yes, reaches: Any = yes) -> tuple[int, Any]:
    app = Starlette(routes=[Route("/readyz", Readiness(connected, run, reaches).readyz)])
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as http:
        response = await http.get("/readyz")
    assert response.headers["cache-control"] == "no-store"
    return response.status_code, response.json()


async def test_all_is_well() -> None:
    assert await told() == (200, {"ready": True})


async def test_what_speaks_against_it_is_told() -> None:
    assert await told(connected=0) == (503, {"ready": False, "why": ["no source is connected"]})
    for run in (no, fails):
        assert await told(run=run) == (503, {"ready": False, "why": ["operations are not run"]})


async def test_a_redis_that_is_gone_is_told_and_no_more() -> None:
    for reaches in (no, fails):
        degraded = ["Redis is not reached, so that nothing is kept"]
        assert await told(reaches=reaches) == (200, {"ready": True, "degraded": degraded})


async def test_a_gateway_without_sources_is_not_ready(make_graph: MakeGraph) -> None:
    none = {f"{source.name}_{name}": "" for source in Source for name in ("TOKEN", "API_KEY")}
    graph = await make_graph(**none)
    assert (await graph.http.get("/readyz")).status_code == 503
    assert (await graph.http.get("/healthz")).status_code == 200


async def test_a_gateway_is_ready_though_all_vendors_are_down(
    make_graph: MakeGraph, sandbox: Sandbox
) -> None:
    for source in Source:
        sandbox.fault(source.value, "status", status=503)
    graph = await make_graph()
    await graph.ask("{ stages { isComplete } }")
    answer = await graph.http.get("/readyz")
    assert (answer.status_code, answer.json()) == (200, {"ready": True})


async def test_a_gateway_tells_that_its_redis_is_gone(
    make_graph: MakeGraph, tmp_path: Path
) -> None:
    with RedisServer(tmp_path) as server:
        graph = await make_graph(CACHE_URL=server.url)
        assert (await graph.http.get("/readyz")).json() == {"ready": True}
    gone = await make_graph(CACHE_URL=server.url)
    answer = await gone.http.get("/readyz")
    assert (answer.status_code, answer.json()["ready"]) == (200, True)
    assert "Redis" in answer.json()["degraded"][0]
