"""A kept list of a space's stages answers for one of its workflows."""

from gateway.adapter import ReadsStages, StageAsk
from gateway.upstream.trace import Trace
from schema.types.ids import GlobalId, Kind
from schema.types.source import Source
from tests.fixtures import Connect, Sandbox


async def numbers(adapter: ReadsStages, ask: StageAsk) -> set[str]:
    return {row.source_id async for batch in adapter.stages(ask, Trace()) for row in batch.rows}


async def test_one_workflow_out_of_a_kept_space(connect: Connect, sandbox: Sandbox) -> None:
    adapter = connect(Source.STORYBLOK, ttl="stage=60,space=60", spaces="1001")
    assert isinstance(adapter, ReadsStages)
    everything = await numbers(adapter, StageAsk())
    stages = [one for one in sandbox.state("storyblok")["stages"] if str(one["id"]) in everything]
    workflow = stages[0]["workflow_id"]
    expected = {str(one["id"]) for one in stages if one["workflow_id"] == workflow}
    sandbox.forget()
    id_ = GlobalId(Source.STORYBLOK, Kind.WORKFLOW, "1001", str(workflow))
    assert await numbers(adapter, StageAsk(processes=(id_,))) == expected
    assert len(expected) < len(everything)
    assert sandbox.calls() == 0
