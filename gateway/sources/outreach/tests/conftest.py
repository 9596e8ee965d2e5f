"""Fixtures of this source's tests."""

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest

from gateway.adapter import World
from gateway.cache.cache import Cache
from gateway.settings import judge
from gateway.sources.outreach import Outreach, Settings
from gateway.sources.outreach.auth import RefreshFlow
from gateway.sources.outreach.sandbox import EMULATOR
from gateway.sources.outreach.sandbox.oauth import CLIENT_ID, CLIENT_SECRET, REFRESH_TOKEN
from gateway.store import open_store
from schema.types.source import Source
from tests.fixtures import Connect, Sandbox


@pytest.fixture
async def outreach(connect: Connect) -> Outreach:
    """The adapter as it is without further settings."""
    return cast("Outreach", connect(Source.OUTREACH))


class Clock:
    """The time, which can be moved."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def forward(self, seconds: float) -> None:
        self.ahead += timedelta(seconds=seconds)


Refreshing = Callable[..., Outreach]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def token_file(tmp_path: Path) -> Path:
    return tmp_path / "tokens.json"


@pytest.fixture
async def refreshing(sandbox: Sandbox, clock: Clock, token_file: Path) -> AsyncIterator[Refreshing]:
    """Return a function that makes an adapter whose token is renewed.

    `deadline` is the world's, `renewal` that of each renewal; every other word is a setting.
    """
    adapters: list[Outreach] = []

    def make(*, deadline: float = 5, renewal: float | None = None, **changed: Any) -> Outreach:
        table = {
            "base_url": sandbox.origin + EMULATOR.prefix,
            "client_id": CLIENT_ID,
            "client_secret": CLIENT_SECRET,
            "refresh_token": REFRESH_TOKEN,
            "token_file": str(token_file),
            "limit": "none",
            "ttl": "0",
            **changed,
        }
        settings = judge(Settings, "sources.outreach", table)
        cache = Cache(open_store("memory://", max_bytes=10**6, max_entries=100), clock)
        world = World(clock, deadline, 100, cache)
        if renewal is None:
            adapters.append(Outreach.connect(settings, world))
        else:
            auth = RefreshFlow.connect(settings, world, renewal)
            client = world.client(Source.OUTREACH, settings, auth)
            adapters.append(Outreach(client, settings, world))
        return adapters[-1]

    yield make
    for adapter in adapters:
        await adapter.close()


@pytest.fixture
def any_number_of_tokens(sandbox: Sandbox) -> None:
    sandbox.turn("outreach.new_tokens", "any")
