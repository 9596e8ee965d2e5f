"""Automatic persisted queries: named by a hash, once they were sent whole."""

import json
from hashlib import sha256
from typing import Any

import httpx
import pytest

from gateway.http.persisted import name_of
from gateway.store import open_store
from tests.fixtures import KEEPING, Graph, MakeGraph, RedisServer, emptied

QUERY = "query Some($n: Int) { stages(first: $n) { nodes { __typename name } } }"
GRAPHQL_JSON = "application/graphql-response+json"


def hashed(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def extensions(text: str, version: Any = 1) -> dict[str, Any]:
    return {"persistedQuery": {"version": version, "sha256Hash": hashed(text)}}


async def post(graph: Graph, **body: Any) -> httpx.Response:
    return await graph.http.post("/graphql", json=body, headers={"Accept": GRAPHQL_JSON})


def is_not_found(response: httpx.Response) -> bool:
    """Whether it is what Apollo's clients wait for, before they send the document whole."""
    return (response.status_code, response.json()) == (
        200,
        {
            "errors": [
                {
                    "message": "PersistedQueryNotFound",
                    "extensions": {"code": "PERSISTED_QUERY_NOT_FOUND"},
                }
            ]
        },
    )


async def test_a_document_that_came_with_its_hash_is_named_by_it(graph: Graph) -> None:
    named = {"extensions": extensions(QUERY), "variables": {"n": 2}}
    assert is_not_found(await post(graph, **named))
    whole = await post(graph, query=QUERY, **named)
    assert len(whole.json()["data"]["stages"]["nodes"]) == 2
    assert (await post(graph, **named)).json() == whole.json()
    other = await post(graph, **named | {"variables": {"n": 1}})
    assert len(other.json()["data"]["stages"]["nodes"]) == 1


async def test_a_get_may_name_it(graph: Graph) -> None:
    named = {"extensions": json.dumps(extensions(QUERY)), "variables": '{"n": 2}'}
    assert is_not_found(await graph.http.get("/graphql", params=named))
    whole = await graph.http.get("/graphql", params={"query": QUERY, **named})
    assert len(whole.json()["data"]["stages"]["nodes"]) == 2
    # A browser's page is for those who ask for nothing.
    accept = {"Accept": "text/html, */*;q=0.8"}
    again = await graph.http.get("/graphql", params=named, headers=accept)
    assert again.json() == whole.json()


async def test_document_id_names_the_same(graph: Graph) -> None:
    by_id = {"documentId": f"sha256:{hashed(QUERY)}", "variables": {"n": 1}}
    unknown = await post(graph, **by_id)
    assert unknown.status_code == 400
    [error] = unknown.json()["errors"]
    assert error["extensions"] == {"code": "PERSISTED_QUERY_NOT_FOUND"}
    whole = await post(graph, query=QUERY, **by_id)
    assert len(whole.json()["data"]["stages"]["nodes"]) == 1
    assert (await post(graph, **by_id)).json() == whole.json()
    assert (await post(graph, extensions=extensions(QUERY), variables={"n": 1})).is_success
    params = {"documentId": by_id["documentId"], "variables": '{"n": 1}'}
    assert (await graph.http.get("/graphql", params=params)).json() == whole.json()


async def test_a_kept_answer_is_found_by_the_hash(make_graph: MakeGraph) -> None:
    graph = await make_graph(**KEEPING)
    whole = await post(graph, query=QUERY)
    # The text alone named nothing.
    assert is_not_found(await post(graph, extensions=extensions(QUERY)))
    assert (await post(graph, query=QUERY, extensions=extensions(QUERY))).content == whole.content
    assert (await post(graph, extensions=extensions(QUERY))).content == whole.content


async def test_a_mutation_may_be_named_but_not_by_get(graph: Graph) -> None:
    text = "mutation { __typename }"
    expected = {"data": {"__typename": "Mutation"}}
    assert (await post(graph, query=text, extensions=extensions(text))).json() == expected
    assert (await post(graph, extensions=extensions(text))).json() == expected
    params = {"extensions": json.dumps(extensions(text))}
    assert (await graph.http.get("/graphql", params=params)).status_code == 405


@pytest.mark.parametrize("text", ["{", "{ nothing }", "query($a: Nothing) { __typename }"])
async def test_what_is_not_valid_is_not_kept(graph: Graph, text: str) -> None:
    named = extensions(text)
    await post(graph, query=text, extensions=named)
    assert is_not_found(await post(graph, extensions=named))


@pytest.mark.parametrize("given", [
    hashed(QUERY).upper(), hashed(QUERY + " "), "", "0" * 64, "../x", "\u0000",
])  # fmt: skip
async def test_another_hash_is_refused(graph: Graph, given: str) -> None:
    named = {"persistedQuery": {"version": 1, "sha256Hash": given}}
    refused = await post(graph, query=QUERY, extensions=named)
    assert refused.status_code == 400
    assert "sha256Hash" in refused.json()["errors"][0]["message"]
    assert is_not_found(await post(graph, extensions=named))


@pytest.mark.parametrize("named", [
    {"version": 2, "sha256Hash": hashed(QUERY)}, {"version": "1", "sha256Hash": hashed(QUERY)},
    {"sha256Hash": hashed(QUERY)}, {"version": 1}, {"version": 1, "sha256Hash": 1}, {}, [], "x", 1,
])  # fmt: skip
async def test_what_is_not_the_protocol_is_refused(graph: Graph, named: Any) -> None:
    for whole in ({}, {"query": QUERY}):
        response = await post(graph, **whole, extensions={"persistedQuery": named})
        assert response.status_code == 400
        assert response.json()["errors"][0]["extensions"] == {"code": "VALIDATION"}


async def test_other_extensions_are_nothing_to_us(graph: Graph) -> None:
    others = {"clientLibrary": {"name": "x"}, "persistedQuery": None}
    assert (await post(graph, query="{ __typename }", extensions=others)).status_code == 200
    nothing = await post(graph, extensions=others)
    assert nothing.status_code == 400
    assert "query" in nothing.json()["errors"][0]["message"]


async def test_gateways_that_share_a_redis_share_documents(
    make_graph: MakeGraph, redis_url: str
) -> None:
    await emptied(redis_url)
    one, other = [await make_graph(CACHE_URL=redis_url) for _ in range(2)]
    named = extensions(QUERY)
    assert is_not_found(await post(other, extensions=named))
    whole = await post(one, query=QUERY, extensions=named)
    assert (await post(other, extensions=named)).json() == whole.json()


async def test_a_redis_that_fails_costs_what_is_shared_only(
    make_graph: MakeGraph, tmp_path: Any
) -> None:
    with RedisServer(tmp_path) as server:
        graph = await make_graph(CACHE_URL=server.url)
        server.kill()
        named = extensions(QUERY)
        assert is_not_found(await post(graph, extensions=named))
        assert (await post(graph, query=QUERY, extensions=named)).is_success
        assert "data" in (await post(graph, extensions=named)).json()


async def test_what_another_put_there_is_judged_by_its_hash(
    make_graph: MakeGraph, redis_url: str
) -> None:
    await emptied(redis_url)
    one, other = [await make_graph(CACHE_URL=redis_url) for _ in range(2)]
    await post(one, query=QUERY, extensions=extensions(QUERY))
    store = open_store(redis_url, max_bytes=10**6, max_entries=10)
    entry = await store.get(f"document:{name_of(QUERY)}")
    assert entry is not None
    entry.body = b"{ __typename }"
    await store.set(f"document:{name_of(QUERY)}", entry, 60)
    await store.close()
    assert is_not_found(await post(other, extensions=extensions(QUERY)))


async def test_strangers_fill_no_memory(graph: Graph) -> None:
    texts = [f"{{ a{number}: __typename }} #{'é' * 50_000}" for number in range(100)]
    for text in texts:
        assert (await post(graph, query=text, extensions=extensions(text))).is_success
    found = ["data" in (await post(graph, extensions=extensions(text))).json() for text in texts]
    assert (found[0], found[-1]) == (False, True)
    assert 50 <= sum(found) <= 80
    long = f"{{ __typename }} {' ' * 100_000}"
    assert (await post(graph, query=long, extensions=extensions(long))).is_success
    assert is_not_found(await post(graph, extensions=extensions(long)))


def test_the_names_of_the_appendix() -> None:
    text = "query ($id: ID!) {\n  user(id: $id) {\n    name\n  }\n}"
    assert name_of(text) == (
        "sha256:7dba4bd717b41f10434822356a93c32b1fb4907b983e854300ad839f84cdcd6e"
    )
    assert name_of("query($id:ID!){user(id:$id){name}}") == (
        "sha256:71f7dc5758652baac68e4a10c50be732b741c892ade2883a99358f52b555286b"
    )
