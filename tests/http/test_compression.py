"""Answers are compressed for those who take them so, once, where it is worth it."""

import gzip
import json

import httpx
import pytest

from gateway.http.body import LEAST, Body
from tests.fixtures import KEEPING, Graph, MakeGraph

LARGE = "{ stages(first: 50) { nodes { id name } } }"
SMALL = "{ __typename }"


async def ask(graph: Graph, query: str, coding: str, method: str = "POST") -> httpx.Response:
    """Return an answer as it came, still compressed."""
    asked = {"params": {"query": query}} if method == "GET" else {"json": {"query": query}}
    headers = {"Accept-Encoding": coding}
    async with graph.http.stream(method, "/graphql", headers=headers, **asked) as response:
        raw = b"".join([part async for part in response.aiter_raw()])
    return httpx.Response(
        response.status_code,
        headers={**response.headers, "content-encoding": "identity"},
        content=raw,
        extensions={"coding": response.headers.get("content-encoding")},
    )


@pytest.mark.parametrize("method", ["POST", "GET"])
async def test_who_takes_gzip_gets_it(graph: Graph, method: str) -> None:
    plain = await ask(graph, LARGE, "identity", method)
    packed = await ask(graph, LARGE, "br, gzip;q=0.8", method)
    assert (plain.extensions["coding"], packed.extensions["coding"]) == (None, "gzip")
    assert gzip.decompress(packed.content) == plain.content
    assert len(packed.content) * 2 < len(plain.content)
    for response in (plain, packed):
        assert response.headers["vary"] == "Accept, Accept-Encoding"
        assert response.headers["content-length"] == str(len(response.content))
        assert response.headers["content-type"] == "application/json; charset=utf-8"


@pytest.mark.parametrize("coding", ["", "br", "gzip;q=0", "*;q=0", "deflate, identity"])
async def test_who_does_not_gets_it_as_it_is(graph: Graph, coding: str) -> None:
    response = await ask(graph, LARGE, coding)
    assert response.extensions["coding"] is None
    assert len(json.loads(response.content)["data"]["stages"]["nodes"]) == 50


async def test_little_is_not_compressed(graph: Graph) -> None:
    response = await ask(graph, SMALL, "gzip")
    assert (response.extensions["coding"], response.json()) == (
        None,
        {"data": {"__typename": "Query"}},
    )


async def test_errors_are_compressed_too(graph: Graph) -> None:
    query = "{" + " ".join(f"nothing_of_that_name_{number}" for number in range(20)) + "}"
    response = await ask(graph, query, "gzip")
    assert response.extensions["coding"] == "gzip"
    assert len(json.loads(gzip.decompress(response.content))["errors"]) > 10


async def test_no_cache_on_the_way_keeps_what_a_get_is_answered(graph: Graph) -> None:
    for query in (LARGE, SMALL, "{", "mutation { __typename }"):
        response = await ask(graph, query, "gzip", "GET")
        assert response.headers["cache-control"] == "no-store"
        assert response.headers["vary"] == "Accept, Accept-Encoding"
    assert "cache-control" not in (await ask(graph, SMALL, "gzip")).headers


async def test_a_kept_answer_is_given_as_each_takes_it(make_graph: MakeGraph) -> None:
    graph = await make_graph(**KEEPING)
    codings = ("identity", "gzip", "gzip", "identity", "gzip")
    answers = [await ask(graph, LARGE, coding) for coding in codings]
    assert [one.extensions["coding"] or "identity" for one in answers] == list(codings)
    plain, packed = answers[0].content, answers[1].content
    assert [one.content for one in answers] == [plain, packed, packed, plain, packed]
    assert gzip.decompress(packed) == plain


@pytest.mark.parametrize("length", [LEAST, 300_000])
async def test_a_body_is_compressed_once(length: int) -> None:
    body = Body(bytes(range(100)) * (length // 100))
    first = await body.compressed()
    assert gzip.decompress(first) == body.plain
    assert await body.compressed() is first


def test_a_body_counts_what_it_may_hold() -> None:
    assert Body(b"x" * (LEAST - 1)).size == LEAST - 1
    assert Body(b"x" * 8000).size == 10_000
