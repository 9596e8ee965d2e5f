"""What the tests of the adapter's writes ask with."""

from collections.abc import Mapping
from typing import Any

from strawberry import ID, Some

from gateway.adapter import Plan, Written
from gateway.errors import Failure, Invalid, Path, UpstreamFailure
from gateway.sources.storyblok import Storyblok
from gateway.sources.storyblok.sandbox import EMULATOR
from gateway.sources.storyblok.tests.asking import key
from gateway.upstream.trace import Trace
from schema.types.ids import GlobalId, Kind
from schema.types.inputs.process import DuplicateWorkflowInput, UpdateWorkflowInput
from schema.types.inputs.stage import UpdateStageInput
from schema.types.inputs.storyblok import (
    CreateStoryblokStage,
    CreateStoryblokWorkflow,
    CreateStoryblokWorkflowStage,
    StoryblokStagePatch,
    StoryblokWorkflowPatch,
)
from tests.fixtures import Sandbox

STAGE = ("input", "stage", "storyblok")
FLOW = ("input", "workflow", "storyblok")
COMMON = ("name", "position", "color")
POSITIONS = [(name, one) for name, many in EMULATOR.positions.items() for one in many]
Row = dict[str, Any]


def fresh() -> Trace:
    return Trace(is_fresh=True)


async def sent(plan: Plan) -> Written:
    return await plan.send(fresh())


async def looked(plan: Plan) -> list[GlobalId]:
    return [one for one, _ in await surely(plan)]


async def surely(plan: Plan) -> list[tuple[GlobalId, bool]]:
    """Look, and return what was found, and whether that is sure."""
    assert plan.look is not None
    return [(one.key, one.is_sure) for one in await plan.look(fresh())]


def create(adapter: Storyblok, name: str = "New", color: str = "#2d3v22", **more: Any) -> Plan:
    return adapter.create_stage(CreateStoryblokStage(name=name, color=color, **more), STAGE)


def update(adapter: Storyblok, stage: GlobalId, blocks: Any = None, **fields: Any) -> Plan:
    """Plan a change; `blocks` are the input's fields that are no `Maybe`."""
    wrapped = {name: Some(value) for name, value in fields.items()}
    common = {name: wrapped.pop(name) for name in COMMON if name in wrapped}
    block = {"storyblok": StoryblokStagePatch(**wrapped)}
    given: Row = {**common, **(block if wrapped else {}), **(blocks or {})}
    return adapter.update_stage(stage, UpdateStageInput(id=ID(str(stage)), **given))


def new_flow(adapter: Storyblok, stages: list[Row] | None = None, **more: Any) -> Plan:
    given: Row = {"name": "Recipes", "content_types": ["recipe"], **more}
    if stages is not None:
        given["stages"] = [CreateStoryblokWorkflowStage(**one) for one in stages]
    return adapter.create_workflow(CreateStoryblokWorkflow(**given), FLOW)


def change_flow(adapter: Storyblok, flow: GlobalId, blocks: Any = None, **fields: Any) -> Plan:
    wrapped = {name: Some(value) for name, value in fields.items()}
    own = {name: wrapped.pop(name) for name in ("content_types",) if name in wrapped}
    block = {"storyblok": StoryblokWorkflowPatch(**own)} if own else {}
    given: Row = {**wrapped, **block, **(blocks or {})}
    return adapter.update_workflow(flow, UpdateWorkflowInput(id=ID(str(flow)), **given))


def copy(adapter: Storyblok, flow: GlobalId, name: str, content_types: list[str]) -> Plan:
    asked = DuplicateWorkflowInput(id=ID(str(flow)), name=name, content_types=content_types)
    return adapter.duplicate_workflow(flow, asked)


def flow_key(number: object, space: str = "1001") -> GlobalId:
    return key(space, number, Kind.WORKFLOW)


def told(failure: Failure) -> list[tuple[Path | None, str]]:
    """Return where in its input a refusal is, as the adapter found it."""
    assert isinstance(failure, Invalid)
    return [(one.path, one.constraint.name) for one in failure.complaints]


def placed(failure: UpstreamFailure, plan: Plan) -> list[tuple[Path | None, str]]:
    """Return where in its input a refusal is, as the vendor told it."""
    return [(plan.paths.get(one.field), one.constraint.name) for one in failure.complaints]


def writes(sandbox: Sandbox) -> list[tuple[str, int]]:
    """Return what was written by which route's end, and how often."""
    return [
        (f"{one['method']} {one['route'].removeprefix('/v1/spaces/{space_id}/')}", one["applied"])
        for one in sandbox.requests("storyblok")
        if one["method"] != "GET"
    ]


def rows(sandbox: Sandbox, kind: str = "stages") -> Mapping[str, Row]:
    return {str(one["id"]): one for one in sandbox.state("storyblok")[kind]}


def stages_of(sandbox: Sandbox, flow: object) -> list[Row]:
    found = [one for one in rows(sandbox).values() if one["workflow_id"] == flow]
    return sorted(found, key=lambda one: one["position"])
