"""Fixtures of every test, loaded as a pytest plugin: a running sandbox, and adapters over it."""

import asyncio
import socket
import threading
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from typing import Any, Self

import httpx
import pytest
import uvicorn
from starlette.types import ASGIApp

from gateway.adapter import Adapter, World
from gateway.app import adapter_kinds, emulator_kinds, settings_kinds, utc_now
from gateway.sandbox.server import SandboxProtocol, create_sandbox
from gateway.settings import judge
from schema.types.source import Source


def free_port() -> int:
    """Return a port of this machine that nobody listens on."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]


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


class Sandbox:
    """The four emulators over real HTTP, and their handles."""

    def __init__(self, origin: str) -> None:
        self.origin = origin
        self._http = httpx.Client(base_url=origin + "/_sandbox", trust_env=False)

    def close(self) -> None:
        self._http.close()

    def _json(self, response: httpx.Response) -> Any:
        assert response.is_success, response.text
        return response.json()

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
        return self._json(self._http.get(f"/state/{source}"))

    def settings(self, source: Source) -> Mapping[str, str]:
        """Return the settings that lead to an emulator."""
        [kind] = [one for one in emulator_kinds() if one.source is source]
        return kind.settings(self.origin)


@pytest.fixture(scope="session")
def sandbox_server() -> Iterator[str]:
    """Run the sandbox once for all tests."""
    app = create_sandbox(emulator_kinds())
    with Running(app, http=SandboxProtocol, lifespan="off") as running:
        yield running.origin


@pytest.fixture
def sandbox(sandbox_server: str) -> Iterator[Sandbox]:
    """A sandbox as at the start."""
    sandbox = Sandbox(sandbox_server)
    sandbox.reset()
    yield sandbox
    sandbox.close()


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
        table = {**sandbox.settings(source), **settings}
        judged = judge(settings_kinds()[source], f"sources.{source.value}", table)
        adapter = adapter_kinds()[source].connect(judged, World(utc_now, deadline, max_pages))
        adapters.append(adapter)
        return adapter

    yield connect
    for adapter in adapters:
        await adapter.close()
