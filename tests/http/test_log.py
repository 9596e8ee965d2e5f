"""Each request is told of by one line, and nothing of what it asked but its operation's name."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from hashlib import sha256
from typing import Any

import msgspec
import pytest

from gateway.telemetry import RequestLine
from gateway.telemetry.lines import as_json
from tests.fixtures import KEEPING, Graph, Sandbox, gateway_app, settings_over

QUERY = "query Board { stages(filter: {sources: [ESPER]}) { totalCount } }"


class Logged(Graph):
    """A gateway, and the lines that it wrote."""

    lines: list[RequestLine]

    async def line(self, query: str = QUERY, **headers: str) -> RequestLine:
        """Ask, and return the line of it."""
        self.lines.clear()
        await self.http.post("/graphql", json={"query": query}, headers=headers)
        [line] = self.lines
        return line


Make = Callable[..., Awaitable[Logged]]


@pytest.fixture
async def make(sandbox: Sandbox) -> AsyncIterator[Make]:
    async with AsyncExitStack() as stack:

        async def make(**settings: str) -> Logged:
            lines: list[RequestLine] = []
            app = gateway_app(settings_over(sandbox, **settings), log=lines.append)
            await stack.enter_async_context(app.router.lifespan_context(app))
            graph = Logged(app)
            graph.lines = lines
            stack.push_async_callback(graph.http.aclose)
            return graph

        yield make


async def test_a_request(make: Make) -> None:
    graph = await make(**KEEPING)
    line = await graph.line()
    assert (line.operation, line.kind, line.status, line.caller) == ("Board", "query", 200, "")
    assert line.document == sha256(QUERY.encode()).hexdigest()[:16]
    assert (line.calls > 0, line.kept) == (True, False)
    assert line.cost >= line.calls
    assert line.ms > 0
    assert line.bytes == len(b'{"data":{"stages":{"totalCount":44}}}')
    kept = await graph.line()
    assert (kept.cost, kept.calls, kept.kept) == (0, 0, True)
    same = ("operation", "kind", "status", "document", "bytes")
    assert [getattr(kept, one) for one in same] == [getattr(line, one) for one in same]
    assert b'"event":"request"' in as_json(line)


async def test_what_is_refused_for_its_cost_has_none(make: Make) -> None:
    graph = await make(MAX_COST="10")
    query = "query($n: Int = %d) { stages(first: $n) { nodes { works { totalCount } } } }"
    line = await graph.line(query % 100)
    assert (line.codes, line.cost, line.calls) == (["TOO_LARGE"], 0, 0)
    allowed = await make(MAX_COST="1000")
    line = await allowed.line(query % 1)
    assert line.codes in (msgspec.UNSET, ["NOT_SUPPORTED"])
    assert line.cost >= line.calls > 0


async def test_errors_are_told_by_their_codes(make: Make) -> None:
    graph = await make()
    wrong = await graph.line("{ nothing }")
    assert (wrong.status, wrong.codes, wrong.kind) == (200, ["VALIDATION"], None)
    assert wrong.document == sha256(b"{ nothing }").hexdigest()[:16]
    none = await graph.line("")
    assert (none.status, none.codes, none.document) == (400, ["VALIDATION"], None)
    bad = await graph.http.post("/graphql", content="{", headers={"Accept": "text/csv"})
    assert (bad.status_code, graph.lines[-1].status) == (406, 406)


async def test_a_vendors_failure_is_told(make: Make, sandbox: Sandbox) -> None:
    graph = await make()
    sandbox.fault("esper", "status", status=403)
    query = 'query One { pipeline(by: {key: {source: ESPER, sourceId: "%s"}}) { name } }'
    line = await graph.line(query % sandbox.state("esper")["pipelines"][0]["id"])
    assert (line.status, line.codes, line.calls, line.operation) == (200, ["FORBIDDEN"], 1, "One")


@pytest.mark.parametrize(("given", "is_taken"), [
    ("0af7651916cd43dd8448eb211c80319c", True), ("b9f3c2a0-1.2", True), ("short", False),
    ("with blank-0", False), ("x" * 65, False), ("sg_2Vb3o0h1VhXo8e9mT0x", False), ("", False),
])  # fmt: skip
async def test_a_request_is_called_as_its_caller_calls_it(
    make: Make, given: str, *, is_taken: bool
) -> None:
    graph = await make()
    headers = {"X-Request-ID": given}
    answer = await graph.http.post("/graphql", json={"query": "{ __typename }"}, headers=headers)
    told = answer.headers["x-request-id"]
    assert (told == given) is is_taken
    assert graph.lines[-1].request == told
    refused = await graph.http.put("/graphql", headers=headers)
    assert refused.headers["x-request-id"] == graph.lines[-1].request
    assert (refused.headers["x-request-id"] == told) is is_taken


async def test_a_page_is_told_the_id(make: Make) -> None:
    graph = await make(CORS="*")
    answer = await graph.http.post("/graphql", json={"query": "{ __typename }"})
    assert "X-Request-ID" in answer.headers["access-control-expose-headers"]


async def test_long_names_are_cut(make: Make) -> None:
    graph = await make()
    line: Any = await graph.line(f"query {'x' * 5000} {{ __typename }}")
    assert line.operation == "x" * 100
