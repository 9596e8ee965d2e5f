"""What tests of the adapter's writes do and look at."""

from typing import Any

import pytest
from strawberry import Some

from gateway import errors
from gateway.adapter import Plan, Written
from gateway.sources.outreach import Outreach
from gateway.upstream.trace import Trace
from schema.types.ids import GlobalId, Kind
from schema.types.inputs.outreach import CreateOutreachStage
from schema.types.inputs.stage import UpdateStageInput
from schema.types.source import Source
from tests.fixtures import Sandbox

AT = ("input", "stage", "outreach")


def stage_id(number: int | str) -> GlobalId:
    return GlobalId(Source.OUTREACH, Kind.STAGE, "", str(number))


def creating(adapter: Outreach, name: str = "New", **more: Any) -> Plan:
    return adapter.create_stage(CreateOutreachStage(name=name, **more), AT)


def updating(adapter: Outreach, number: int, **changed: Any) -> Plan:
    """Plan an update; None clears."""
    given = {name: Some(value) for name, value in changed.items()}
    key = stage_id(number)
    return adapter.update_stage(key, UpdateStageInput(id=str(key), **given))  # type: ignore[arg-type]


async def sent(plan: Plan) -> Written:
    return await plan.send(Trace(is_fresh=True))


async def seen(plan: Plan) -> list[Written]:
    assert plan.look is not None
    return list(await plan.look(Trace(is_fresh=True)))


def stages(sandbox: Sandbox) -> dict[int, dict[str, Any]]:
    return {int(one["id"]): one for one in sandbox.state("outreach")["stages"]}


def writes(sandbox: Sandbox) -> list[tuple[str, str, int, int]]:
    """Every call but the reads: method, route, count, applied."""
    return [
        (row["method"], row["route"], row["count"], row["applied"])
        for row in sandbox.requests("outreach")
        if row["method"] != "GET"
    ]


async def complaints(plan: Plan) -> list[tuple[Any, str, str]]:
    """What a refused write is told: where in the input, the rule, and the words."""
    with pytest.raises(errors.Refused) as caught:
        await sent(plan)
    return [
        (plan.paths.get(one.field), one.constraint.name, one.message)
        for one in caught.value.complaints
    ]


def wrong(caught: pytest.ExceptionInfo[errors.Invalid]) -> list[tuple[Any, str]]:
    """What an input is refused for before anything is sent."""
    return [(one.path, one.constraint.name) for one in caught.value.complaints]
