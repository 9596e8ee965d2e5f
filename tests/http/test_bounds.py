"""What a request may cost, over HTTP: how it is refused, and that nothing ordinary is."""

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from graphql import get_introspection_query, parse

from gateway.app import read_settings
from gateway.bounds import Judge, Limits
from tests.costs import SPECS, read_spec
from tests.fixtures import Graph, MakeGraph, Running, Sandbox, gateway_app, plain_http

GRAPHQL_JSON = {"Accept": "application/graphql-response+json"}
ROOT = Path(__file__).parent.parent.parent
EXPLORER = ROOT / "gateway/http/explorer/page/examples.graphql"


def told() -> list[str]:
    """Return every document that the repository tells of, and what explorers ask."""
    specs = [read_spec(path) for path in SPECS]
    blocks = re.findall(r"```graphql\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    return [
        *(one.query for one in specs),
        *(one.before for one in specs if one.before),
        *blocks,
        EXPLORER.read_text(),
        get_introspection_query(),
        get_introspection_query(
            specified_by_url=True,
            directive_is_repeatable=True,
            schema_description=True,
            input_value_deprecation=True,
        ),
    ]


@pytest.mark.parametrize("text", told())
def test_nothing_that_the_repository_tells_of_is_over_a_bound(text: str) -> None:
    judge = Judge(Limits())
    assert judge.text(text) is None
    assert not judge.document(parse(text))


@pytest.mark.parametrize(("query", "bound", "allowed", "requested"), [
    ("{ " + "a " * 2000 + "}", "tokens", 1000, 2002),
    ("{ a }" + "\n" * 2000, "tokens", 1000, 2001),
    ("{ a " * 30 + "{ a }" + "}" * 30, "depth", 20, 31),
    ("{ a { " + " ".join(f"a{at}: b" for at in range(150)) + " } }", "aliases", 100, 150),
    ("{ " + "__typename " * 60 + "}", "rootFields", 20, 60),
    ("{ a " + "@skip(if: true) " * 60 + "}", "directives", 50, 60),
    ("{ a }" + " ".join(f"fragment F{at} on Q {{ a }}" for at in range(60)), "fragments", 50, 60),
])  # fmt: skip
async def test_a_document_over_a_bound_is_refused(
    graph: Graph, query: str, bound: str, allowed: int, requested: int
) -> None:
    response = await graph.http.post("/graphql", json={"query": query}, headers=GRAPHQL_JSON)
    assert response.status_code == 400
    assert "data" not in response.json()
    [error] = response.json()["errors"]
    assert error["extensions"] == {
        "code": "TOO_LARGE", "bound": bound, "allowed": allowed, "requested": requested
    }  # fmt: skip
    assert str(allowed) in error["message"]
    assert str(requested) in error["message"]


DOUBLING = (
    "{...F0}"
    + "".join(f"fragment F{at} on Query{{...F{at + 1} ...F{at + 1}}}" for at in range(20))
    + "fragment F20 on Query{__typename}"
)


@pytest.mark.parametrize("query", [
    DOUBLING,
    "{ ...F } fragment F on Query { ...F }",
    "{ ...F } fragment F on Query { ...G } fragment G on Query { ...F }",
    "{ a(b: " + "[" * 300 + "]" * 300 + ") }",
    "{ a(b: " + "{a: " * 300 + "1" + "}" * 300 + ") }",
    "{ a(b: " + "[" * 90_000 + ") }",
    "{ " * 400 + "a" + " }" * 400,
    "{ " * 90_000,
    "query($a: " + "[" * 400 + "Int" + "]" * 400 + ") { __typename }",
    "{ stages(first: " + "9" * 5000 + ") { isComplete } }",
    "{ stages(first: 1" + "0" * 300 + ") { isComplete } }",
    "{ stages(first: 1e" + "9" * 400 + ") { isComplete } }",
    "{ stages(first: -" + "9" * 50_000 + ") { isComplete } }",
    "{ a }\0", "{ \0 }", '{ a(b: "\0") }', "{ \x07 }", '{ a(b: "\x07") }', '{ a(b: "\x7f") }',
    "{ \x85 \u2028 a }",
    '{ node(id: "\\ud800") { id } }', '{ node(id: "\\udc00\\ud800") { id } }',
    '{ node(id: "\\u{110000}") { id } }', '{ a(b: "\\x") }', '{ a(b: "', '{ a(b: """', "# only",
])  # fmt: skip
async def test_a_hostile_document_is_400_with_a_message(
    graph: Graph, query: str, caplog: pytest.LogCaptureFixture
) -> None:
    response = await graph.http.post("/graphql", json={"query": query}, headers=GRAPHQL_JSON)
    assert response.status_code == 400
    for error in response.json()["errors"]:
        assert error["message"]
        assert error["extensions"]["code"] in {"VALIDATION", "TOO_LARGE"}
    assert not caplog.records


async def test_lone_surrogates_are_the_callers(graph: Graph) -> None:
    for text in ("{ a }\\ud800", '{ node(id: \\"\\ud800\\") { id } }', "{ \\udfff }"):
        response = await graph.http.post(
            "/graphql",
            content=f'{{"query": "{text}"}}',
            headers={"Content-Type": "application/json"},
        )
        assert response.status_code in {200, 400}
        assert response.json()["errors"][0]["extensions"]["code"] == "VALIDATION"


async def test_a_long_body_is_413(graph: Graph) -> None:
    body = {"query": "{ __typename }", "operationName": "x" * 256_000}
    response = await graph.http.post("/graphql", json=body)
    assert response.status_code == 413
    [error] = response.json()["errors"]
    assert error["extensions"]["code"] == "TOO_LARGE"
    assert (error["extensions"]["bound"], error["extensions"]["allowed"]) == ("body", 256_000)


async def test_a_body_of_unknown_length_is_read_no_further_than_allowed(graph: Graph) -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while sent < 1000:
            sent += 1
            yield b" " * 10_000

    headers = {"Content-Type": "application/json"}
    response = await graph.http.post("/graphql", content=endless(), headers=headers)
    assert response.status_code == 413
    assert response.json()["errors"][0]["extensions"]["requested"] <= 270_000


@pytest.mark.parametrize("length", [str(10**9), "9" * 5000])
async def test_a_long_body_is_refused_by_its_length_alone(length: str) -> None:
    async def receive() -> Any:
        pytest.fail("the body was read")

    answered: list[Any] = []

    async def send(message: Any) -> None:
        answered.append(message)

    headers = [(b"content-type", b"application/json"), (b"content-length", length.encode())]
    scope = {"type": "http", "method": "POST", "path": "/graphql", "query_string": b""}
    app = gateway_app(read_settings({}))
    await app({**scope, "headers": headers}, receive, send)
    assert answered[0]["status"] == 413
    assert (b"connection", b"close") in answered[0]["headers"]


def test_a_server_answers_before_a_long_body_has_come() -> None:
    with (
        Running(gateway_app(read_settings({"STAGEGRAPH_MAX_BODY": "1000"}))) as running,
        plain_http(running.origin) as http,
    ):
        for _ in range(3):
            response = http.post("/graphql", json={"query": "{ __typename }" + " " * 2000})
            assert response.status_code == 413
        assert http.post("/graphql", json={"query": "{ __typename }"}).status_code == 200


async def test_variables_with_very_many_values_are_refused(graph: Graph) -> None:
    query = "query($ids: [ID!]!) { nodes(ids: $ids) { id } }"
    for ids in ([1] * 20_000, [[1, [2]]] * 6_000, [{"a": 1}] * 6_000):
        body = {"query": query, "variables": {"ids": ids}}
        response = await graph.http.post("/graphql", json=body)
        assert response.status_code == 400
        [error] = response.json()["errors"]
        assert error["extensions"]["bound"] == "variables"
    text = {"query": query, "variables": {"ids": ["x" * 30_000]}}
    assert (await graph.http.post("/graphql", json=text)).json()["data"]


async def test_what_many_select_of_one_name_is_told(graph: Graph) -> None:
    query = "{ sources { " + "source " * 900 + "} }"
    error = await graph.error(query)
    assert "selected too often" in error["message"]
    assert error["extensions"] == {"code": "VALIDATION"}


CROWDED = """{
  stages(first: 5, filter: {sources: [ESPER, DEVREV]}) {
    nodes { name process { name } }
    isComplete
    sources { source status error { code message } }
  }
}"""


async def test_the_real_number_of_calls_is_bounded_too(
    make_graph: MakeGraph, sandbox: Sandbox
) -> None:
    sandbox.reset(scale=20)
    graph = await make_graph(MAX_COST="60", DEADLINE="60")
    sandbox.forget()
    answer = await graph.ask(CROWDED)
    assert sandbox.calls() <= 60
    page = answer["data"]["stages"]
    reports = {one["source"]: one for one in page["sources"]}
    assert reports["DEVREV"]["status"] == "OK"
    assert reports["ESPER"]["status"] == "TOO_LARGE"
    assert reports["ESPER"]["error"]["code"] == "TOO_LARGE"
    assert "60 calls that it may make" in reports["ESPER"]["error"]["message"]
    assert not page["isComplete"]
    # What is looked up after that is an error of its own field.
    assert len(page["nodes"]) == 5
    assert all(node["process"] is None for node in page["nodes"])
    for error in answer["errors"]:
        assert error["extensions"]["code"] == "TOO_LARGE"
        assert error["extensions"]["source"] == "DEVREV"
        assert error["path"][-1] == "process"
    # The next request has a budget of its own.
    assert (await graph.data("{ works(first: 2) { isComplete } }"))["works"]["isComplete"]


async def test_an_operation_that_may_cost_too_much_is_refused_before_it_is_run(
    make_graph: MakeGraph, sandbox: Sandbox
) -> None:
    graph = await make_graph(MAX_COST="20")
    sandbox.forget()
    query = "query($n: Int) { works(first: $n) { nodes { stage { works { isComplete } } } } }"
    assert await graph.data(query, n=2)
    assert sandbox.calls() > 0
    sandbox.forget()
    for wide in (100, 200):
        response = await graph.http.post(
            "/graphql", json={"query": query, "variables": {"n": wide}}, headers=GRAPHQL_JSON
        )
        assert response.status_code == 400
        [error] = response.json()["errors"]
        assert error["extensions"]["code"] == "TOO_LARGE"
        assert (error["extensions"]["bound"], error["extensions"]["allowed"]) == ("cost", 20)
        assert error["extensions"]["requested"] > wide
    assert sandbox.calls() == 0


async def test_the_schema_is_read_beside_the_event_loop(graph: Graph) -> None:
    query = get_introspection_query()
    turns = 0

    async def turn() -> None:
        nonlocal turns
        while True:
            await asyncio.sleep(0)
            turns += 1

    turning = asyncio.create_task(turn())
    (answer,) = await asyncio.gather(graph.ask(query))
    turning.cancel()
    assert answer["data"]["__schema"]["types"]
    assert turns > 10
    found = await graph.data(f"query A {{ ...F }} {'fragment F on Query { __typename }'}")
    assert found == {"__typename": "Query"}


@pytest.mark.parametrize("count", [3, 200, 201, 9_000])
async def test_ids_that_are_none_cost_their_errors(graph: Graph, count: int) -> None:
    fields = " ".join(f"a{at}: nodes(ids: $ids) {{ id }}" for at in range(20))
    ids = [f"x{at}" for at in range(count)]
    answer = await graph.ask(f"query($ids: [ID!]!) {{ {fields} }}", ids=ids)
    assert 0 < len(answer["errors"]) <= 100
    assert ("data" in answer) == (count != 200)
