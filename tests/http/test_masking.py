"""What nobody foresaw is told to nobody, whichever way an answer goes."""

import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Any, Self

import httpx
import pytest
import strawberry
from starlette.applications import Starlette
from starlette.routing import Route
from strawberry.types import Info

from gateway.caller import Caller
from gateway.execution import Engine
from gateway.http.answering import Answering
from gateway.http.asked import Asked
from gateway.http.auth import Auth
from gateway.http.gate import Gate
from gateway.http.graphql import PATH, Endpoint
from gateway.upstream.trace import Log
from schema.relations import Each, relation

SECRET = "password=hunter2"


class Fault(Exception):  # noqa: N818 - a fault of our own
    pass


def fail() -> Any:
    raise Fault(SECRET)


async def fail_later() -> Any:
    raise Fault(SECRET)


@strawberry.type
class Thing:
    @relation(description="Fails for all.")
    @staticmethod
    def all_fail(info: Info[Any, None], things: Sequence["Thing"]) -> Each[int | None]:
        return fail()

    @relation(description="Fails for each.")
    @staticmethod
    def each_fails(info: Info[Any, None], things: Sequence["Thing"]) -> Each[int | None]:
        return [Fault(SECRET) for _ in things]

    @relation(description="Fails later.")
    @staticmethod
    def later(info: Info[Any, None], things: Sequence["Thing"]) -> Each[int | None]:
        return fail_later()

    @strawberry.field
    def number(self) -> int:
        return fail()


@strawberry.type
class Query:
    @strawberry.field
    def now(self) -> int | None:
        return fail()

    @strawberry.field
    async def later(self) -> int:
        return await fail_later()

    @strawberry.field
    def things(self) -> list[Thing]:
        return [Thing(), Thing()]

    @strawberry.field
    def some(self) -> list[int | None]:
        return [1, Fault(SECRET)]  # type: ignore[list-item]

    @strawberry.field
    def wrong(self) -> int:
        return SECRET  # type: ignore[return-value]

    @strawberry.field
    def unwritable(self) -> str:
        return SECRET + "\ud800"


@strawberry.type
class Mutation:
    @strawberry.mutation
    async def write(self) -> int | None:
        return await fail_later()


class Context:
    """The least that the endpoint wants of a request's context."""

    is_traced = False

    def __init__(self) -> None:
        self.log = Log()

    async def close(self) -> None:
        pass


class OneView:
    """The view of all callers."""

    def __init__(self, context: Callable[[], Any]) -> None:
        self._context = context

    def of(self, caller: Caller) -> Self:
        del caller
        return self

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def new_context(self, caller: Caller) -> Any:
        del caller
        return self._context()


class NoTexts:
    """No document is named."""

    takes_any = False

    async def resolve(self, asked: Asked) -> Asked:
        return asked


def endpoint_of(
    engine: Engine, context: Callable[[], Any], begin: Callable[[], Awaitable[None]]
) -> Endpoint:
    views: Any = OneView(context)
    texts: Any = NoTexts()
    gate = Gate(100)
    return Endpoint(Answering(engine, views, begin, texts, gate), Auth(None, ()), gate)


async def at_once() -> None:
    pass


ENGINES = [Engine(strawberry.Schema(Query, Mutation), compiles=one) for one in (True, False)]


async def ask(endpoint: Endpoint, query: str) -> httpx.Response:
    app = Starlette(routes=[Route(PATH, endpoint)])
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as http:
        return await http.post("/graphql", json={"query": query})


@pytest.mark.parametrize("engine", ENGINES, ids=["plans", "graphql-core"])
@pytest.mark.parametrize("query", [
    "{ now }", "{ later }", "{ things { allFail } }", "{ things { eachFails } }",
    "{ things { later } }", "{ things { number } }", "{ some }", "{ wrong }", "{ unwritable }",
    "{ a: now later things { allFail eachFails later number } }", "mutation { write }",
])  # fmt: skip
async def test_a_fault_is_masked_wherever_it_is(
    engine: Engine, query: str, caplog: pytest.LogCaptureFixture
) -> None:
    response = await ask(endpoint_of(engine, Context, at_once), query)
    assert "hunter2" not in response.text
    assert response.json()["errors"]
    for error in response.json()["errors"]:
        assert error["extensions"] == {"code": "INTERNAL"}
        assert error["message"].startswith("Something went wrong inside the gateway")
    assert caplog.records


@pytest.mark.parametrize("part", ["begin", "context", "close"])
async def test_a_fault_beside_the_operation_is_masked(
    part: str, caplog: pytest.LogCaptureFixture
) -> None:
    class Broken(Context):
        is_open = True

        async def close(self) -> None:
            await fail_later()

    endpoint = endpoint_of(
        ENGINES[0],
        {"context": fail, "close": Broken}.get(part, Context),  # type: ignore[arg-type]
        fail_later if part == "begin" else at_once,
    )
    with caplog.at_level(logging.ERROR):
        response = await ask(endpoint, "{ __typename }")
    assert response.status_code == 500
    assert "hunter2" not in response.text
    [error] = response.json()["errors"]
    assert error["extensions"] == {"code": "INTERNAL"}
    assert "hunter2" in caplog.text


async def test_a_lost_client_is_no_fault_of_the_gateways(caplog: pytest.LogCaptureFixture) -> None:
    async def body() -> AsyncIterator[bytes]:
        yield b"{"

    async def receive() -> Any:
        return {"type": "http.disconnect"}

    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    endpoint = endpoint_of(ENGINES[0], Context, at_once)
    headers = [(b"content-type", b"application/json")]
    scope = {"type": "http", "method": "POST", "path": "/graphql", "query_string": b""}
    await endpoint({**scope, "headers": headers}, receive, send)
    assert sent[0]["status"] == 400
    assert not caplog.records
