"""What this folder's tests share."""

from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import httpx
import msgspec
import pytest

from gateway.adapter import World
from gateway.cache.cache import Cache
from gateway.cache.keys import Scope
from gateway.settings import judge
from gateway.sources.storyblok import Settings, Storyblok
from gateway.sources.storyblok.tests.vendor import Vendor
from gateway.store import open_store
from gateway.upstream.auth import Fixed
from gateway.upstream.client import Client
from gateway.upstream.keeping import Keeping
from schema.types.ids import Kind
from schema.types.source import Source
from tests.fixtures import Connect, Sandbox, Wire, plain_http


def _noon() -> datetime:
    return datetime(2026, 1, 31, 12, tzinfo=UTC)


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


@pytest.fixture
def writing(sandbox: Sandbox, sandbox_server: str) -> Iterator[Vendor]:
    """The emulator as at the start, without a limit of calls."""
    sandbox.turn("storyblok.limit", "none")
    address, headers = sandbox_server + "/storyblok", {"Authorization": "sandbox"}
    with plain_http(address, headers=headers) as client:
        yield Vendor(client, sandbox)


@pytest.fixture
def storyblok(connect: Connect) -> Storyblok:
    """An adapter of the first space."""
    return cast("Storyblok", connect(Source.STORYBLOK, spaces="1001"))


Answering = Callable[[httpx.Request], httpx.Response]


@pytest.fixture
async def offline() -> AsyncIterator[Callable[..., Storyblok]]:
    """Make adapters whose vendor is a function; nothing is kept but, if told, a kind of object."""
    adapters: list[Storyblok] = []

    def make(
        answering: Answering,
        max_pages: int = 100,
        kept: Kind | None = None,
        **table: Any,
    ) -> Storyblok:
        cache = Cache(open_store("memory://", max_bytes=10**6, max_entries=100), _noon)
        settings = judge(Settings, "sources.storyblok", {"token": "sandbox", **table})
        client = Client(
            Source.STORYBLOK,
            settings.base_url,
            Fixed({"Authorization": "sandbox"}),
            concurrency=8,
            limit="none",
            deadline=5,
            now=_noon,
            keeping=kept and Keeping(cache, Scope.of(Source.STORYBLOK, "sandbox"), {kept: 300}),
            transport=Wire(answering),
        )
        adapters.append(Storyblok(client, settings, World(_noon, 5, max_pages)))
        return adapters[-1]

    yield make
    for adapter in adapters:
        await adapter.close()
