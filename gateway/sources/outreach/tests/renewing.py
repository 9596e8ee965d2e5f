"""What tests of the refresh flow do and look at."""

import asyncio
from pathlib import Path
from typing import Any

import msgspec
import pytest

from gateway import errors
from gateway.sources.outreach import Outreach
from gateway.sources.outreach.sandbox.oauth import (
    REFRESH_TOKEN,
)
from gateway.upstream.trace import Trace
from schema.types.ids import GlobalId, Kind
from schema.types.source import Source
from tests.fixtures import Sandbox

TOKEN_ROUTE = "/oauth/token"
STAGE = GlobalId(Source.OUTREACH, Kind.STAGE, "", "1")


def counted(sandbox: Sandbox, route: str = TOKEN_ROUTE) -> int:
    return sum(row["count"] for row in sandbox.requests("outreach") if row["route"] == route)


def stages_rows(sandbox: Sandbox) -> list[dict[str, Any]]:
    return [row for row in sandbox.requests("outreach") if row["route"] == "/stages"]


async def read(adapter: Outreach, trace: Trace | None = None) -> str:
    async with adapter.deadline():
        return await adapter.check(trace or Trace())


async def one_stage(adapter: Outreach) -> object:
    async with adapter.deadline():
        found = (await adapter.get_stages([STAGE], Trace()))[STAGE]
    if isinstance(found, errors.UpstreamFailure):
        raise found
    return found


def in_file(token_file: Path) -> set[str]:
    found = msgspec.json.decode(token_file.read_bytes())
    return {found["access_token"], found["refresh_token"]}


def spoil(token_file: Path) -> None:
    token_file.write_bytes(b"no json " + REFRESH_TOKEN.encode())


async def given_up() -> None:
    """Let a renewal whose time is up end; it began a little later than the call that waited."""
    await asyncio.sleep(0.1)


async def failure(adapter: Outreach) -> errors.UpstreamFailure:
    with pytest.raises(errors.UpstreamFailure) as caught:
        await read(adapter)
    return caught.value
