"""What the tests of the adapter ask with."""

from datetime import UTC, datetime
from typing import Any

import httpx

from gateway.adapter import World
from gateway.app import utc_now
from gateway.cache.cache import Cache
from gateway.sources.esper import Esper, Settings
from gateway.sources.esper.sandbox import EMULATOR
from gateway.store import open_store
from gateway.upstream.auth import Fixed
from gateway.upstream.client import Client
from schema.types.ids import GlobalId, Kind
from schema.types.source import Source
from tests.fixtures import Sandbox, Wire

NOBODY = "00000000-0000-4000-8000-000000000000"
LISTS = "/pipelines/"
ONE = "/pipelines/{pipeline_id}/"
STAGES = "/pipelines/{pipeline_id}/stages/"
TARGETS = "/pipelines/{pipeline_id}/targetlists/"
ATTACHED = "/stages/{stage_id}/targetlists/"
POSITIONS = [(name, one) for name, positions in EMULATOR.positions.items() for one in positions]


def stage_id(pipeline: str, stage: str) -> GlobalId:
    return GlobalId(Source.ESPER, Kind.STAGE, pipeline, stage)


def pipeline_id(pipeline: str) -> GlobalId:
    return GlobalId(Source.ESPER, Kind.PIPELINE, "", pipeline)


def counts(sandbox: Sandbox, *routes: str) -> dict[str, int]:
    """Return how many requests each route had; lists of pipelines and stages unless told."""
    rows = sandbox.requests("esper")
    return {
        route: sum(r["count"] for r in rows if r["route"] == route)
        for route in routes or (LISTS, STAGES)
    }


def offline(answer: Any) -> Esper:
    """Return an adapter whose vendor is a function."""
    client = Client(
        Source.ESPER,
        "http://esper.example/api/pipelines/v0",
        Fixed({}),
        concurrency=8,
        limit="none",
        deadline=5,
        now=lambda: datetime(2026, 1, 1, tzinfo=UTC),
        transport=Wire(answer),
    )
    settings = Settings(base_url="http://esper.example", page_size=3)
    cache = Cache(open_store("memory://", max_bytes=10**6, max_entries=100), utc_now)
    return Esper(client, settings, World(utc_now, 5, 10, cache))


def rows_of(*rows: Any, following: str | None = None) -> httpx.Response:
    return httpx.Response(200, json={"content": {"results": rows, "next": following}})


def numbered(number: int) -> str:
    return f"00000000-0000-4000-8000-{number:012}"
