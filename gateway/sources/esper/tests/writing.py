"""What the tests of the adapter's writes ask with."""

from typing import Any

from strawberry import Some

from gateway.adapter import Plan, Written
from gateway.errors import Complaint, Failure, Path
from gateway.sources.esper import Esper
from gateway.sources.esper.sandbox import EMULATOR
from gateway.sources.esper.tests.asking import pipeline_id, stage_id
from gateway.sources.esper.tests.asking_sandbox import Row, rows
from gateway.upstream.trace import Trace
from schema.types.ids import GlobalId, Kind
from schema.types.inputs.esper import (
    CreateEsperPipeline,
    CreateEsperStage,
    EsperPipelinePatch,
    EsperStagePatch,
)
from schema.types.inputs.process import UpdatePipelineInput
from schema.types.inputs.stage import UpdateStageInput
from schema.types.inputs.target_lists import AttachTargetListInput, DetachTargetListInput
from schema.types.source import Source
from tests.fixtures import Sandbox

OF_STAGE = ("input", "stage", "esper")
OF_PIPELINE = ("input", "pipeline", "esper")
POSITIONS = [
    (name, one)
    for name, positions in EMULATOR.positions.items()
    if name != "auth_prefix"
    for one in positions
]


def fresh() -> Trace:
    return Trace(is_fresh=True)


async def sent(plan: Plan) -> Written:
    return await plan.send(fresh())


async def looked(plan: Plan) -> list[str]:
    """Return the ids of what a plan finds."""
    assert plan.look is not None
    return [str(one.key) for one in await plan.look(fresh())]


def creating_stage(esper: Esper, pipeline: str, name: str = "New", **more: Any) -> Plan:
    return esper.create_stage(CreateEsperStage(pipeline_id=pipeline, name=name, **more), OF_STAGE)


def creating_pipeline(esper: Esper, name: str = "New", **more: Any) -> Plan:
    return esper.create_pipeline(CreateEsperPipeline(name=name, **more), OF_PIPELINE)


def _patches(fields: dict[str, Any], *own: str) -> dict[str, dict[str, Any]]:
    """Tell the common fields from the source's own, each wrapped as it comes from a query."""
    wrapped = {name: Some(value) for name, value in fields.items()}
    return {
        "own": {name: one for name, one in wrapped.items() if name in own},
        "common": {name: one for name, one in wrapped.items() if name not in own},
    }


def updating_stage(esper: Esper, key: GlobalId, blocks: Any = None, **fields: Any) -> Plan:
    """Plan a change; `blocks` are the input's fields that are no `Maybe`."""
    parts = _patches(fields, "description", "timeout_seconds")
    block = {"esper": EsperStagePatch(**parts["own"])} if parts["own"] else {}
    patch = UpdateStageInput(id=str(key), **parts["common"], **block, **(blocks or {}))  # type: ignore[arg-type]
    return esper.update_stage(key, patch)


def updating_pipeline(esper: Esper, key: GlobalId, **fields: Any) -> Plan:
    parts = _patches(fields, "description")
    block = {"esper": EsperPipelinePatch(**parts["own"])} if parts["own"] else {}
    patch = UpdatePipelineInput(id=str(key), **parts["common"], **block)  # type: ignore[arg-type]
    return esper.update_pipeline(key, patch)


def attaching(esper: Esper, stage: GlobalId, target_list: str) -> Plan:
    asked = AttachTargetListInput(stage_id=str(stage), target_list_id=target_list)  # type: ignore[arg-type]
    return esper.attach_target_list(stage, asked)


def detaching(esper: Esper, stage: GlobalId, target_list: str) -> Plan:
    asked = DetachTargetListInput(stage_id=str(stage), target_list_id=target_list)  # type: ignore[arg-type]
    return esper.detach_target_list(stage, asked)


def list_id(row: Row) -> GlobalId:
    return GlobalId(Source.ESPER, Kind.TARGET_LIST, row["pipeline_id"], row["id"])


def key_of(row: Row) -> GlobalId:
    """Return the id of a stage or of a pipeline."""
    if "pipeline_id" in row:
        return stage_id(row["pipeline_id"], row["id"])
    return pipeline_id(row["id"])


def told(failure: Failure, plan: Plan | None = None) -> list[tuple[Path | None, str]]:
    """Return where each complaint of a failure leads, and which rule it names."""
    said: list[Complaint] = getattr(failure, "complaints", [])
    paths = plan.paths if plan else {}
    return [(one.path or paths.get(one.field), one.constraint.name) for one in said]


def writes(sandbox: Sandbox) -> list[tuple[str, int]]:
    """Return each route that was written to, and how often."""
    return [
        (f"{row['method']} {row['route']}", row["count"])
        for row in sandbox.requests("esper")
        if row["method"] != "GET"
    ]


def resting(sandbox: Sandbox) -> Row:
    """Return a stage that has everything, of a pipeline without a run."""
    busy = {one["pipeline_id"] for one in rows(sandbox, "runs")}
    return next(
        one
        for one in rows(sandbox, "stages")
        if one["pipeline_id"] not in busy and one["description"] and one["timeout_seconds"]
    )
