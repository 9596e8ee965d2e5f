"""What the tests of works ask with, and what they expect, computed from the sandbox's state."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any, cast

import httpx

from gateway.adapter import Batch, WorkAsk, World
from gateway.app import utc_now
from gateway.cache.cache import Cache
from gateway.sources.devrev import DevRev, Settings
from gateway.sources.devrev.sandbox import EMULATOR
from gateway.store import open_store
from gateway.upstream.auth import Fixed
from gateway.upstream.client import Client
from gateway.upstream.trace import Trace
from schema.types.devrev_works import DevRevWork
from schema.types.ids import GlobalId, Kind
from schema.types.source import Source
from schema.types.work import Work
from tests.fixtures import Sandbox, Wire

LIST, GET, COUNT, STAGES = "/works.list", "/works.get", "/works.count", "/stages.custom.list"
POSITIONS = [(name, one) for name, ones in EMULATOR.positions.items() for one in ones]
ROOT, WHO = "don:core:dvrv-us-1:devo/0:", "don:identity:dvrv-us-1:devo/0:"

Json = dict[str, Any]


def key(don: str, kind: Kind = Kind.WORK) -> GlobalId:
    return GlobalId(Source.DEVREV, kind, "", don)


def stage(number: int) -> GlobalId:
    return key(f"{ROOT}custom_stage/{number}", Kind.STAGE)


def counts(sandbox: Sandbox) -> dict[str, int]:
    assert all(row["method"] == "POST" for row in sandbox.requests("devrev"))
    found: dict[str, int] = {}
    for row in sandbox.requests("devrev"):
        found[row["route"]] = found.get(row["route"], 0) + row["count"]
    return found


def answers(sandbox: Sandbox, route: str, body: Any, status: int = 200) -> None:
    """Have the sandbox answer a route with this, until it is healed."""
    sandbox.fault("devrev", "status", status=status, body=body, route=route)


async def batches(adapter: DevRev, **ask: Any) -> list[Batch[Work]]:
    return [batch async for batch in adapter.works(WorkAsk(**ask), Trace())]


async def listed(adapter: DevRev, **ask: Any) -> list[DevRevWork]:
    """Return all rows of a list that lost none."""
    found = await batches(adapter, **ask)
    assert sum(batch.dropped for batch in found) == 0
    return cast("list[DevRevWork]", [row for batch in found for row in batch.rows])


async def dons(adapter: DevRev, **ask: Any) -> list[str]:
    return sorted(row.source_id for row in await listed(adapter, **ask))


def told(works: Iterable[Json]) -> list[str]:
    return sorted(one["id"] for one in works)


def place(work: Json) -> str | None:
    """Return the DON of the stage that a work of the state is in."""
    return work["stage"]["stage"]["id"]


def time(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def latest(works: Iterable[Json], at: GlobalId, first: int) -> list[str]:
    """Return the DONs of the first works of a stage: latest change first, then by global id."""
    mine = [one for one in works if place(one) == at.source_id]
    mine.sort(key=lambda one: str(key(one["id"])))
    mine.sort(key=lambda one: one.get("modified_date", ""), reverse=True)
    return [one["id"] for one in mine[:first]]


def offline(answer: Callable[[httpx.Request], httpx.Response], **world: Any) -> DevRev:
    """Return an adapter whose vendor is a function."""
    client = Client(
        Source.DEVREV,
        "http://devrev.example",
        Fixed({}),
        concurrency=8,
        limit="none",
        deadline=5,
        now=lambda: datetime(2026, 1, 1, tzinfo=UTC),
        transport=Wire(answer),
    )
    cache = Cache(open_store("memory://", max_bytes=10**6, max_entries=100), utc_now)
    settings = Settings(base_url="http://devrev.example", page_size=world.pop("page_size", 100))
    now = world.pop("now", utc_now)
    return DevRev(client, settings, World(now, 5, world.pop("max_pages", 100), cache))
