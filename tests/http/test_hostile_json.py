"""Bodies that nobody means well with are refused, or harmless; none is a fault of our own."""

import json
from typing import Any

import pytest

from gateway.http.reading import Most
from tests.fixtures import Graph

QUERIES = {
    "none": "{ __typename }",
    "int": "query($x: Int) { stages(first: $x) { isComplete } }",
    "text": "query($x: String) { stages(filter: {name: {eq: $x}}) { isComplete } }",
    "texts": "query($x: [String!]) { stages(filter: {name: {in: $x}}) { isComplete } }",
    "id": "query($x: ID!) { node(id: $x) { id } }",
    "ids": "query($x: [ID!]!) { nodes(ids: $x) { id } }",
    "time": "query($x: DateTime) { stages(filter: {createdAt: {gte: $x}}) { isComplete } }",
    "input": "query($x: StageFilter) { stages(filter: $x) { isComplete } }",
    "write": "mutation($x: CreateWorkInput!) { createWork(input: $x) { errors { code } } }",
}


async def post(graph: Graph, body: str | bytes, **headers: str) -> tuple[int, Any]:
    """Return the status of an answer and the answer, which must be JSON."""
    given = {"Content-Type": "application/json", **headers}
    response = await graph.http.post("/graphql", content=body, headers=given)
    return response.status_code, json.loads(response.content.decode())


def asking(query: str, value: str) -> str:
    """A body with a value as it is written in JSON, or not even there."""
    return f'{{"query": {json.dumps(query)}, "variables": {{"x": {value}}}}}'


@pytest.mark.parametrize("value", [
    "9" * 20, "-" + "9" * 40, "1" * 4299, "1e300", "-0.0", "1e-400", r'"\u0000"',
    '"' + "x" * 100_000 + '"',
    "[" * 300 + "]" * 300, '{"a":' * 300 + "1" + "}" * 300, r'"😀"', '"\u2028\x7f"',
    '{"a": 1, "a": 2}',
    '"' + r"\u202e\u0007" + '"', "[null]", "{}", '{"": {}}',
])  # fmt: skip
@pytest.mark.parametrize("query", QUERIES.values(), ids=list(QUERIES))
async def test_values_that_fit_nowhere(graph: Graph, query: str, value: str) -> None:
    status, answer = await post(graph, asking(query, value))
    assert status == 200
    codes = {error["extensions"]["code"] for error in answer.get("errors", ())}
    assert codes <= {"VALIDATION"}


@pytest.mark.parametrize("value", [
    "1" * 4400, "-" + "1" * 100_000, "1e999", "NaN", "Infinity", "-Infinity", "01", "+1", "0x1",
    "'a'",
    r'"\ud800"', r'"\udc00\ud800"', r'"\ud800a"', r'"\ud800A"', '"\x00"', '"\n"', r'"\x"',
    r'"\u12"',
    "[" * 100_000, "[" * 100_000 + "]" * 100_000, '{"a":' * 100_000 + "1" + "}" * 100_000, "1,",
    "undefined",
])  # fmt: skip
async def test_what_is_no_json_is_refused(graph: Graph, value: str) -> None:
    body = asking(QUERIES["none"], value)
    status, answer = await post(graph, body)
    is_long = len(body) > Most().bytes
    assert status == (413 if is_long else 400)
    [error] = answer["errors"]
    assert error["extensions"]["code"] == ("TOO_LARGE" if is_long else "VALIDATION")


@pytest.mark.parametrize("body", [
    b"\xff", b'{"query": "{ a\xff }"}', b'{"query": "\xed\xa0\x80"}', b'{"quer\xc3": ""}',
    b'{"query": "{a}", "variables": {"\xfe": 1}}', b'{"query": "{a}", "extensions": {"a": "\xfe"}}',
    '{"query": "{ __typename }"}'.encode("utf-16"), '{"query": "{ __typename }"}'.encode("utf-32"),
    b'\xef\xbb\xbf{"query": "{ __typename }"}', b'{"query": "{ __typename }"}\x00', b"\x00", b" ",
    b'{"query": "{ __typename }"} {"query": "{ __typename }"}', b"null", b"true",
    b'"{ __typename }"',
    b"1", b"[]", b'[{"query": "{ __typename }"}]', b"query { __typename }", b'{"query": null}',
    b'{"query": "{a}", "operationName": {}}', b'{"query": "{a}", "extensions": []}',
    b'{"query": "{ __typename }", "other": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
])  # fmt: skip
async def test_what_is_no_object_in_utf_8_is_refused(graph: Graph, body: bytes) -> None:
    status, answer = await post(graph, body)
    assert status == 400
    [error] = answer["errors"]
    assert error["extensions"] == {"code": "VALIDATION"}


@pytest.mark.parametrize(("opened", "closed"), [("[", "]"), ('{"a":', "}")])
async def test_what_can_just_be_read_can_be_answered(
    graph: Graph, opened: str, closed: str
) -> None:
    statuses: list[int] = []
    for depth in range(850, 1000):
        for query in ("none", "ids", "write"):
            inner = "1" if closed == "}" else ""
            body = asking(QUERIES[query], opened * depth + inner + closed * depth)
            status, answer = await post(graph, body)
            statuses.append(status)
            assert "INTERNAL" not in str(answer)
    assert set(statuses) == {200, 400}


async def test_a_batch_is_told_what_to_do(graph: Graph) -> None:
    for body in ('[{"query": "{ __typename }"}]', " \n[]", "[[1]]", "["):
        status, answer = await post(graph, body)
        assert status == 400
        assert "batches are not taken" in answer["errors"][0]["message"]


async def test_the_last_of_two_alike_is_taken(graph: Graph) -> None:
    status, answer = await post(graph, '{"query": "{ nothing }", "query": "{ __typename }"}')
    assert (status, answer) == (200, {"data": {"__typename": "Query"}})


@pytest.mark.parametrize("coding", ["gzip", "br", "deflate", "zstd", "gzip, identity", "x"])
async def test_a_coded_body_is_refused_unread(graph: Graph, coding: str) -> None:
    headers = {"Content-Encoding": coding}
    status, answer = await post(graph, b"\x1f\x8b" + b"\x00" * 100, **headers)
    assert status == 415
    assert "Content-Encoding" in answer["errors"][0]["message"]


async def test_a_body_as_it_is_may_say_so(graph: Graph) -> None:
    headers = {"Content-Encoding": "Identity", "Content-Type": "application/json; charset=UTF-8"}
    assert await post(graph, '{"query": "{ __typename }"}', **headers) == (
        200, {"data": {"__typename": "Query"}},
    )  # fmt: skip


@pytest.mark.parametrize("query", [
    "query=%7B__typename%7D&variables=%5B%5D", "query=%7B__typename%7D&variables=1",
    "query=%7B__typename%7D&variables=%7B", "query=%7B__typename%7D&extensions=%22a%22",
    "query=%7B__typename%7D&variables=%FF", "query=%7B__typename%7D&variables=" + "%5B" * 20_000,
    "query=", "query=%20", "variables=%7B%7D",
])  # fmt: skip
async def test_a_query_string_that_is_none(graph: Graph, query: str) -> None:
    response = await graph.http.get(f"/graphql?{query}")
    assert response.status_code == 400
    assert response.json()["errors"][0]["extensions"] == {"code": "VALIDATION"}


async def test_query_strings_of_any_bytes(graph: Graph) -> None:
    for query in ("query=%FF", "query=%00", "query=%ED%A0%80", "query=%7B__typename%7D%00"):
        response = await graph.http.get(f"/graphql?{query}")
        assert response.status_code == 200
        assert response.json()["errors"][0]["extensions"] == {"code": "VALIDATION"}
