"""What this folder's tests share."""

from collections.abc import AsyncIterator, Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest

from gateway.adapter import World
from gateway.settings import judge
from gateway.sources.storyblok import Settings, Storyblok
from gateway.upstream.auth import Fixed
from gateway.upstream.client import Client
from schema.types.source import Source
from tests.fixtures import Sandbox, Wire

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)


@pytest.fixture
def sample() -> Callable[[str], Any]:
    """Read one of the example bodies."""

    def read(name: str) -> Any:
        path = Path(__file__).parent.parent / "samples" / f"{name}.json"
        return msgspec.json.decode(path.read_bytes())

    return read


@pytest.fixture(scope="session")
def state(sandbox_server: str) -> Mapping[str, Any]:
    """The vendor's whole state, read once, as nothing here changes it."""
    sandbox = Sandbox(sandbox_server)
    sandbox.reset()
    state = sandbox.state("storyblok")
    sandbox.close()
    return state


Answering = Callable[[httpx.Request], httpx.Response]


@pytest.fixture
async def offline() -> AsyncIterator[Callable[..., Storyblok]]:
    """Make adapters whose vendor is a function."""
    adapters: list[Storyblok] = []

    def make(
        answering: Answering,
        now: Callable[[], datetime] = lambda: NOON,
        max_pages: int = 100,
        **table: Any,
    ) -> Storyblok:
        settings = judge(Settings, "sources.storyblok", {"token": "sandbox", **table})
        client = Client(
            Source.STORYBLOK,
            settings.base_url,
            Fixed({"Authorization": "sandbox"}),
            concurrency=8,
            limit="none",
            deadline=5,
            now=now,
            transport=Wire(answering),
        )
        adapters.append(Storyblok(client, settings, World(now, 5, max_pages)))
        return adapters[-1]

    yield make
    for adapter in adapters:
        await adapter.close()
