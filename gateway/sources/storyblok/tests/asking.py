"""How these tests ask the adapter, and what they compute of the vendor's state."""

from collections.abc import Mapping
from typing import Any

from gateway.adapter import ProcessAsk, StageAsk
from gateway.upstream.trace import Trace
from schema.types.ids import GlobalId, Kind
from schema.types.source import Source
from schema.types.stage import Stage
from schema.types.storyblok import StoryblokWorkflow
from tests.fixtures import Sandbox

STAGES = "/v1/spaces/{space_id}/workflow_stages"
WORKFLOWS = "/v1/spaces/{space_id}/workflows"
State = Mapping[str, Any]
OAUTH = {"token": None, "oauth_token": "sandbox"}
UNKNOWN = 987_654_321


def key(space: str, number: object, kind: Kind = Kind.STAGE) -> GlobalId:
    return GlobalId(Source.STORYBLOK, kind, space, str(number))


def keys_of(state: State, space: str) -> list[GlobalId]:
    return [key(space, one["id"]) for one in state["stages_by_space"][space]]


def all_keys(state: State) -> list[GlobalId]:
    return keys_of(state, "1001") + keys_of(state, "1002")


def workflows_of(state: State, space: str) -> list[GlobalId]:
    numbers = dict.fromkeys(one["workflow_id"] for one in state["stages_by_space"][space])
    return [key(space, number, Kind.WORKFLOW) for number in numbers]


async def listed(adapter: Any, trace: Trace | None = None, **ask: Any) -> tuple[list[Stage], int]:
    rows: list[Stage] = []
    dropped = 0
    async for batch in adapter.stages(StageAsk(**ask), trace or Trace()):
        rows += batch.rows
        dropped += batch.dropped
    return rows, dropped


async def workflows_listed(
    adapter: Any, trace: Trace | None = None, **ask: Any
) -> tuple[list[StoryblokWorkflow], int]:
    rows: list[StoryblokWorkflow] = []
    dropped = 0
    async for batch in adapter.workflows(ProcessAsk(**ask), trace or Trace()):
        rows += batch.rows
        dropped += batch.dropped
    return rows, dropped


async def ids_of(adapter: Any, **ask: Any) -> list[str]:
    return sorted(one.id for one in (await listed(adapter, **ask))[0])


def texts(keys: list[GlobalId]) -> list[str]:
    return sorted(map(str, keys))


def routes(sandbox: Sandbox) -> dict[tuple[str, int], int]:
    return {(one["route"], one["status"]): one["count"] for one in sandbox.requests()}
