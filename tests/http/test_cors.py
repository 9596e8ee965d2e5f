"""Pages of other origins may ask where the operator names them, and by itself none may."""

from collections.abc import Mapping

import httpx
import pytest

from gateway.settings import SettingError
from tests.fixtures import Graph, MakeGraph

ASKED = {"query": "{ __typename }"}
APP, OTHER = "https://app.example", "https://other.example:8443"


def cors(response: httpx.Response) -> Mapping[str, str]:
    """The headers of an answer that browsers look at before they give it to a page."""
    names = [name for name in response.headers if name.startswith("access-control-")]
    return {name: response.headers[name] for name in names}


async def preflight(graph: Graph, origin: str, method: str = "POST") -> httpx.Response:
    headers = {
        "Origin": origin,
        "Access-Control-Request-Method": method,
        "Access-Control-Request-Headers": "content-type,x-stagegraph-trace",
    }
    return await graph.http.options("/graphql", headers=headers)


async def post(graph: Graph, origin: str | None, **body: str) -> httpx.Response:
    headers = {"Origin": origin} if origin else {}
    return await graph.http.post("/graphql", json=body or ASKED, headers=headers)


async def test_by_itself_no_page_may(graph: Graph) -> None:
    asked = await preflight(graph, APP)
    assert asked.status_code == 405
    posted = await post(graph, APP)
    page = await graph.http.get("/graphql", headers={"Accept": "text/html", "Origin": APP})
    for response in (asked, posted, page):
        assert cors(response) == {}
        assert "Origin" not in response.headers.get("vary", "")


@pytest.mark.parametrize("origin", [APP, OTHER])
async def test_named_origins_may(make_graph: MakeGraph, origin: str) -> None:
    graph = await make_graph(CORS=f"{APP} , {OTHER}")
    told = {"access-control-allow-origin": origin, "access-control-expose-headers": "Retry-After"}
    asked = await preflight(graph, origin)
    assert (asked.status_code, asked.content) == (204, b"")
    allowed = dict(cors(asked))
    names = allowed.pop("access-control-allow-headers").lower().split(", ")
    assert allowed == told | {
        "access-control-allow-methods": "GET, HEAD, POST", "access-control-max-age": "7200",
    }  # fmt: skip
    assert set(names) >= {
        "authorization", "content-type", "x-stagegraph-trace", "x-devrev-authorization",
        "x-outreach-authorization", "x-esper-authorization", "x-storyblok-authorization", "*",
    }  # fmt: skip
    refused = await graph.http.post("/graphql", content="x", headers={"Origin": origin})
    assert refused.status_code == 415
    for response in (await post(graph, origin), refused):
        assert cors(response) == told
    for response in (asked, refused):
        assert response.headers["vary"] == "Origin"


@pytest.mark.parametrize("origin", [
    "https://evil.example", "http://app.example", "https://app.example.evil", "https://app.example:1",
    "https://app.exampl", "null", "", "*", "https://app.example, https://other.example:8443",
])  # fmt: skip
async def test_others_may_not(make_graph: MakeGraph, origin: str) -> None:
    graph = await make_graph(CORS=f"{APP},{OTHER}")
    asked = await preflight(graph, origin)
    assert asked.status_code == 403
    for response in (asked, await post(graph, origin), await post(graph, None)):
        assert cors(response) == {}
        assert response.headers["vary"] == "Origin"
    assert (await post(graph, origin)).json() == {"data": {"__typename": "Query"}}


async def test_a_star_is_all(make_graph: MakeGraph) -> None:
    graph = await make_graph(CORS="*")
    assert (await preflight(graph, "https://any.example")).status_code == 204
    for origin in ("https://any.example", "null", None):
        response = await post(graph, origin)
        assert response.headers["access-control-allow-origin"] == "*"
        assert "Origin" not in response.headers.get("vary", "")


async def test_browsers_credentials_are_never_allowed(make_graph: MakeGraph) -> None:
    for origins in ("*", APP):
        graph = await make_graph(CORS=origins)
        for response in (await preflight(graph, APP), await post(graph, APP)):
            assert "access-control-allow-credentials" not in response.headers


async def test_an_answer_varies_by_all_that_it_varies_by(make_graph: MakeGraph) -> None:
    graph = await make_graph(CORS=APP)
    got = await graph.http.get("/graphql", params=ASKED, headers={"Origin": APP})
    assert got.headers.get_list("vary", split_commas=True) == [
        "Accept", "Accept-Encoding", "Origin",
    ]  # fmt: skip


async def test_what_is_no_preflight_is_answered_as_ever(make_graph: MakeGraph) -> None:
    graph = await make_graph(CORS=APP)
    response = await graph.http.options("/graphql", headers={"Origin": APP})
    assert (response.status_code, response.headers["allow"]) == (405, "GET, HEAD, POST")
    assert cors(response)["access-control-allow-origin"] == APP
    assert cors(await graph.http.get("/healthz", headers={"Origin": APP})) == {}


@pytest.mark.parametrize("origins", [
    "app.example", "https://app.example/", "https://app.example/path", "https://", "https://a b",
    f"*,{APP}", f"{APP},", f"{APP},,{OTHER}", "https://*.example", "null", "https://u:p@app.example",
    "HTTPS://app.example",
])  # fmt: skip
async def test_what_is_no_origin_stops_the_start(make_graph: MakeGraph, origins: str) -> None:
    with pytest.raises(SettingError, match=r"STAGEGRAPH_CORS .*takes origins"):
        await make_graph(CORS=origins)
