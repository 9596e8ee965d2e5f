"""After a write nothing that was kept tells how it was before."""

from typing import Any, cast

import pytest
from strawberry import Some

from gateway.adapter import ProcessAsk, StageAsk, WorkAsk
from gateway.sources.devrev import DevRev
from gateway.sources.devrev.tests.asking import key
from gateway.sources.devrev.tests.stages import diagram, stage
from gateway.sources.devrev.tests.test_writes_stages import AT, FLOW, new_flow, new_stage
from gateway.sources.devrev.tests.test_writes_works import at
from gateway.sources.devrev.tests.writing import OLD, new, sent
from gateway.upstream.trace import Trace
from schema.types.inputs.process import UpdateWorkflowInput
from schema.types.inputs.stage import UpdateStageInput
from schema.types.inputs.work import MoveWorkInput, UpdateWorkInput
from schema.types.source import Source
from tests.fixtures import Connect, Sandbox


async def names(pages: Any, field: str = "name") -> list[Any]:
    return [getattr(row, field) async for batch in pages for row in batch.rows]


@pytest.fixture
def kept(connect: Connect) -> DevRev:
    """An adapter that keeps what it reads."""
    return cast("DevRev", connect(Source.DEVREV, ttl=None))


async def titles(devrev: DevRev) -> list[Any]:
    return await names(devrev.works(WorkAsk(), Trace()), "title")


async def test_stages_works_and_workflows_are_read_anew(sandbox: Sandbox, kept: DevRev) -> None:
    devrev = kept

    async def stages() -> list[Any]:
        return await names(devrev.stages(StageAsk(), Trace()))

    async def flows() -> list[Any]:
        return await names(devrev.workflows(ProcessAsk(), Trace()))

    work = key(OLD["issue"])
    assert "Neu" not in {*await stages(), *await flows(), *await titles(devrev)}
    assert (await devrev.get_works([work], Trace()))[work]
    calls = sandbox.calls("devrev")
    await stages()
    await flows()
    await titles(devrev)
    assert sandbox.calls("devrev") == calls
    await sent(devrev.create_stage(new_stage(name="Neu"), AT))
    assert "Neu" in await stages()
    await sent(devrev.update_stage(stage(4), UpdateStageInput(id="", name=Some("Auch"))))
    assert {"Neu", "Auch"} <= set(await stages())
    await sent(devrev.create_workflow(new_flow(name="Neu"), FLOW))
    assert "Neu" in await flows()
    await sent(devrev.update_workflow(diagram(1), UpdateWorkflowInput(id="", name=Some("Auch"))))
    assert "Auch" in await flows()
    await sent(devrev.create_work(new("task", title="Neu"), at("task")))
    assert "Neu" in await titles(devrev)
    await sent(devrev.update_work(work, UpdateWorkInput(id="", title=Some("Auch"))))
    found: Any = (await devrev.get_works([work], Trace()))[work]
    assert found.title == "Auch"
    await sent(devrev.move_work(work, MoveWorkInput(id="", stage_id=str(stage(2)))))
    found = (await devrev.get_works([work], Trace()))[work]
    assert found.stage_key == stage(2)
    await sent(devrev.delete_work(work))
    assert "Auch" not in await titles(devrev)
    assert await devrev.get_works([work], Trace()) == {}


async def test_a_works_stage_has_its_new_name(sandbox: Sandbox, kept: DevRev) -> None:
    devrev = kept
    sandbox.turn("devrev.work_stage", "name")
    work = key(OLD["issue"])

    async def place() -> Any:
        found: Any = (await devrev.get_works([work], Trace()))[work]
        name: str = found.stage_name
        at_: Any = (await devrev.stages_named([name], Trace()))[name]
        return name, at_.source_id

    assert await place() == ("triage", stage(1).source_id)
    await sent(devrev.update_stage(stage(1), UpdateStageInput(id="", name=Some("Neu"))))
    assert await place() == ("Neu", stage(1).source_id)
