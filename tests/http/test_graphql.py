"""GraphQL over HTTP: what is asked, how, and how it is answered."""

from typing import Any

import pytest

from gateway.context import RequestContext
from tests.fixtures import Graph

TYPENAME = {"query": "{ __typename }"}
ANSWER = {"data": {"__typename": "Query"}}
GRAPHQL_JSON = "application/graphql-response+json"


async def test_post_and_get(graph: Graph) -> None:
    posted = await graph.http.post("/graphql", json=TYPENAME)
    assert (posted.status_code, posted.json()) == (200, ANSWER)
    assert posted.headers["content-type"] == "application/json; charset=utf-8"
    got = await graph.http.get("/graphql", params=TYPENAME, headers={"Accept": GRAPHQL_JSON})
    assert (got.status_code, got.json()) == (200, ANSWER)
    assert got.headers["content-type"] == f"{GRAPHQL_JSON}; charset=utf-8"


async def test_operation_name_and_variables(graph: Graph) -> None:
    query = "query A { __typename } query B($first: Int) { stages(first: $first) { __typename } }"
    for ask in (
        {"json": {"query": query, "operationName": "B", "variables": {"first": 1}}},
        {"params": {"query": query, "operationName": "B", "variables": '{"first": 1}'}},
    ):
        method = "POST" if "json" in ask else "GET"
        response = await graph.http.request(method, "/graphql", **ask)  # type: ignore[arg-type]
        assert response.json() == {"data": {"stages": {"__typename": "StageConnection"}}}
    unnamed = await graph.http.post("/graphql", json={"query": query})
    assert "operationName" in unnamed.json()["errors"][0]["message"]


@pytest.mark.parametrize(("kind", "body", "status"), [
    ("application/json", "", 400), ("application/json", "{", 400), ("application/json", "[]", 400),
    ("application/json", "1", 400), ("application/json", "{}", 400),
    ("application/json", '{"query": 1}', 400), ("application/json", b"\xff", 400),
    ("application/json", '{"query": "{a}", "variables": []}', 400),
    ("application/json", '{"query": "{a}", "operationName": 1}', 400),
    ("application/json", "[" * 100_000, 400),
    ("text/plain", '{"query": "{ __typename }"}', 415),
    ("application/x-www-form-urlencoded", "query={__typename}", 415),
    ("multipart/form-data", "query={__typename}", 415),
    ("", '{"query": "{ __typename }"}', 415),
    ("application/graphql", "{ __typename }", 415), ("application/jsonx", "{}", 415),
    ("text/plain; x=application/json", '{"query": "{ __typename }"}', 415),
    ("application/json; charset=utf-16", '{"query": "{ __typename }"}', 415),
    ("application/json; charset=iso-8859-1", '{"query": "{ __typename }"}', 415),
])  # fmt: skip
async def test_a_request_that_is_none_is_told_what_to_send(
    graph: Graph, kind: str, body: Any, status: int
) -> None:
    response = await graph.http.post("/graphql", content=body, headers={"Content-Type": kind})
    assert response.status_code == status
    [error] = response.json()["errors"]
    assert error["extensions"]["code"] == "VALIDATION"
    assert "application/json" in error["message"] or "query" in error["message"]


@pytest.mark.parametrize("query", ["{", "{ nothing }", '{ stages(first: "x") { isComplete } }'])
async def test_a_wrong_document_is_400_in_the_newer_type_only(graph: Graph, query: str) -> None:
    for accept, status in ((GRAPHQL_JSON, 400), ("application/json", 200), ("*/*", 200)):
        response = await graph.http.post(
            "/graphql", json={"query": query}, headers={"Accept": accept}
        )
        assert response.status_code == status
        assert "data" not in response.json()
        assert response.json()["errors"][0]["extensions"] == {"code": "VALIDATION"}


async def test_a_wrong_variable_is_the_callers(graph: Graph) -> None:
    query = "query($at: DateTime) { stages(filter: {createdAt: {gte: $at}}) { isComplete } }"
    for bad in ("yesterday", "2026-01-01T00:00:00", 1, "2026-13-01T00:00:00Z"):
        error = await graph.error(query, at=bad)
        assert error["extensions"] == {"code": "VALIDATION"}, error
    for bad in ('"yesterday"', "1"):
        literal = "{ stages(filter: {createdAt: {gte: BAD}}) { isComplete } }".replace("BAD", bad)
        error = await graph.error(literal)
        assert error["extensions"] == {"code": "VALIDATION"}, error
    assert await graph.data(query, at="2026-01-01T00:00:00+05:00")


async def test_nothing_else_is_at_the_path(graph: Graph) -> None:
    assert (await graph.http.put("/graphql", json=TYPENAME)).status_code == 405
    assert (await graph.http.get("/graphql")).status_code == 400
    for path in ("/graphql/", "/graphql//", "//graphql", "/GraphQL", "/graphql/x", "/"):
        assert (await graph.http.post(path, json=TYPENAME)).status_code == 404
        assert (await graph.http.get(path, params=TYPENAME)).status_code == 404
    assert (await graph.http.get("/elsewhere")).status_code == 404
    assert (await graph.http.get("/healthz")).text == "ok\n"


async def test_mutations_do_not_come_by_get(graph: Graph) -> None:
    for method in ("GET", "HEAD"):
        for accept in (GRAPHQL_JSON, "application/json"):
            response = await graph.http.request(
                method,
                "/graphql",
                params={
                    "query": "query A { __typename } mutation B { __typename }",
                    "operationName": "B",
                },
                headers={"Accept": accept},
            )
            assert (response.status_code, response.headers["allow"]) == (405, "POST")
            assert method == "HEAD" or "errors" in response.json()


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "NONSENSE"])
async def test_other_methods_are_told_which_are_taken(graph: Graph, method: str) -> None:
    response = await graph.http.request(method, "/graphql")
    assert (response.status_code, response.headers["allow"]) == (405, "GET, HEAD, POST")


@pytest.mark.parametrize("ask", [
    {"json": TYPENAME}, {"json": {"query": "mutation { __typename }"}}, {"content": "{"},
    {"params": TYPENAME},
])  # fmt: skip
async def test_who_takes_neither_type_gets_none(graph: Graph, ask: dict[str, Any]) -> None:
    method = "GET" if "params" in ask else "POST"
    for accept in ("text/plain", "application/json;q=0", "image/*"):
        response = await graph.http.request(method, "/graphql", headers={"Accept": accept}, **ask)
        assert response.status_code == 406
        assert GRAPHQL_JSON in response.json()["errors"][0]["message"]


@pytest.mark.parametrize(("body", "older", "newer"), [
    ({"query": "{ __typename }"}, 200, 200),
    ({"query": "{"}, 200, 400), ({"query": "{ nothing }"}, 200, 400),
    ({"query": "query A { __typename } query B { __typename }"}, 200, 400),
    ({"query": "{ __typename }", "operationName": "C"}, 200, 400),
    ({"query": "query($a: Int!) { __typename }", "variables": {"a": None}}, 200, 400),
    ({"query": '{ node(id: "x") { id } }'}, 200, 200),  # a field failed: there are data
    ({"query": "{ __typename }", "variables": []}, 400, 400),
    ({"qeury": "{ __typename }"}, 400, 400),
])  # fmt: skip
async def test_the_status_tells_more_in_the_newer_type(
    graph: Graph, body: dict[str, Any], older: int, newer: int
) -> None:
    for accept, status in (("application/json", older), (GRAPHQL_JSON, newer)):
        response = await graph.http.post("/graphql", json=body, headers={"Accept": accept})
        assert response.status_code == status
        assert ("data" in response.json()) == (newer == 200)


async def test_an_empty_name_is_none_in_a_query_string(graph: Graph) -> None:
    asked = TYPENAME | {"operationName": "", "variables": "", "extensions": ""}
    assert (await graph.http.get("/graphql", params=asked)).json() == ANSWER


async def test_a_fault_of_our_own_is_masked(
    graph: Graph, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(self: RequestContext) -> Any:
        message = "password=hunter2"
        raise RuntimeError(message)

    monkeypatch.setattr(RequestContext, "sources", fail)
    error = await graph.error("{ sources { source } }")
    assert error["extensions"] == {"code": "INTERNAL"}
    assert "hunter2" not in str(error)
    assert "hunter2" in caplog.text


async def test_an_empty_query_is_told_what_to_ask(graph: Graph) -> None:
    for response in (
        await graph.http.post("/graphql", json={"query": ""}),
        await graph.http.post("/graphql", json={"query": "  "}),
        await graph.http.get("/graphql?query="),
    ):
        assert response.status_code == 400
        assert "__typename" in response.json()["errors"][0]["message"]


async def test_head_is_answered_like_get(graph: Graph) -> None:
    page = await graph.http.head("/graphql", headers={"Accept": "text/html"})
    assert (page.status_code, page.content) in {(200, b""), (503, b"")}
    answer = await graph.http.head("/graphql", params=TYPENAME)
    assert answer.status_code == 200


@pytest.mark.parametrize(("text", "is_time"), [
    ("2026-01-01T00:00:00Z", True), ("2026-01-01t00:00:00z", True),
    ("2026-01-01T00:00:00.123456+05:30", True), ("0001-01-01T00:00:00+23:00", False),
    ("2026-W05-1T00:00:00Z", False), ("20260101T000000Z", False), ("2026-01-01", False),
    ("2026-01-01T00:00:00Z ", False), ("2026-02-30T00:00:00Z", False),
])  # fmt: skip
async def test_times_are_rfc_3339(graph: Graph, text: str, is_time: bool) -> None:
    query = "{ stages(first: 1, filter: {createdAt: {gte: AT}}) { isComplete } }"
    answer = await graph.ask(query.replace("AT", f'"{text}"'))
    assert ("errors" not in answer) == is_time
    if not is_time:
        assert answer["errors"][0]["extensions"] == {"code": "VALIDATION"}
