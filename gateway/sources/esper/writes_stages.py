"""Plans the writes of stages.

Whether a PUT leaves alone what it does not name is told nowhere, so a change is put together with
what there is: one read before the write, unless the input has every field.
"""

from collections.abc import Callable, Sequence
from typing import cast

from gateway import errors
from gateway.adapter import Adapter, Judge, Plan, Written, told
from gateway.errors import Path
from gateway.sources.esper import calls_writes, normalise, normalise_writes, wire
from gateway.sources.esper.judging import judge_changes, judge_new, judge_others, surely_new
from gateway.sources.esper.lists import Lists
from gateway.sources.esper.normalise_writes import PATHS_OF_CHANGES, Fields, is_as_sent
from gateway.sources.esper.sending import row_of, write
from gateway.upstream.origin import Row
from gateway.upstream.trace import Trace
from schema.types.ids import GlobalId, Kind
from schema.types.inputs.esper import CreateEsperStage
from schema.types.inputs.stage import UpdateStageInput
from schema.types.mutation_errors import Constraint

_LACKS = frozenset({"position"})
"""What a stage by itself does not tell."""

_LACKING = {
    "position": "Esper's stages run in the order of their creation, which cannot be changed: "
    "create them in the order that they are to have.",
    "color": "Esper's stages have no colour: leave it out.",
}


class StageWrites:
    """Writes stages.

    Args:
        adapter: whose they are.
        lists: makes what reads for one ask.
    """

    def __init__(self, adapter: Adapter, lists: Callable[[Trace], Lists]) -> None:
        self._adapter = adapter
        self._client = adapter.client
        self._lists = lists

    def create(self, new: CreateEsperStage, at: Path) -> Plan:
        """Plan to create a stage, which comes last in its pipeline.

        Raises:
            errors.Invalid: if the input is wrong.
        """
        judge = Judge(self._adapter, at)
        found = judge.id(new.pipeline_id, Kind.PIPELINE, "pipelineId", own=_pipeline)
        judge_new(judge, new.name, told(new.description))
        judge.done()
        holder = cast("GlobalId", found)  # else it was not done
        pipeline, fields = holder.source_id, normalise_writes.new_stage(new)

        async def send(trace: Trace) -> Written:
            answer = await write(self._client, calls_writes.create_stage(pipeline, fields), trace)
            return _written(row_of(answer, wire.Stage), pipeline)

        async def look(trace: Trace) -> Sequence[Written]:
            return await self._like(pipeline, fields, trace)

        paths = normalise_writes.paths_of_new(at)
        return Plan(send=send, look=look, holder=(holder, (*at, "pipelineId")), paths=paths)

    def update(self, key: GlobalId, patch: UpdateStageInput) -> Plan:
        """Plan to change a stage.

        Raises:
            errors.Invalid: if the input is wrong.
            errors.NotSupported: if a position or a colour is given.
        """
        changes = normalise_writes.stage_changes(patch)
        self._judge(patch, changes)
        pipeline, stage = key.scope, key.source_id

        async def send(trace: Trace) -> Written:
            fields = changes
            if not normalise_writes.is_whole_stage(changes):
                fields = normalise_writes.whole((await self._now(key, trace)).wire, changes)
            call = calls_writes.update_stage(pipeline, stage, fields)
            answer = await write(self._client, call, trace)
            return _written(row_of(answer, wire.Stage, stage), pipeline)

        async def look(trace: Trace) -> Sequence[Written]:
            try:
                row = await self._now(key, trace)
            except errors.Missing:
                return []
            return [_written(row, pipeline)] if is_as_sent(row.wire, changes) else []

        return Plan(send=send, look=look, paths=PATHS_OF_CHANGES)

    def delete(self, key: GlobalId) -> Plan:
        """Plan to delete a stage."""

        async def send(trace: Trace) -> Written:
            call = calls_writes.delete_stage(key.scope, key.source_id)
            await write(self._client, call, trace)
            return Written(key=key)

        async def look(trace: Trace) -> Sequence[Written]:
            try:
                await self._now(key, trace)
            except errors.Missing:
                return [Written(key=key)]
            return []

        return Plan(send=send, look=look, paths=PATHS_OF_CHANGES)

    def _judge(self, patch: UpdateStageInput, changes: Fields) -> None:
        judge = Judge(self._adapter)
        judge_others(judge, {"devrev": patch.devrev, "storyblok": patch.storyblok}, "stage")
        judge_changes(judge, changes)
        if "timeout_seconds" in changes and changes["timeout_seconds"] is None:
            words = "It cannot be cleared."
            judge.wrong(words, Constraint.REQUIRED, "esper", "timeoutSeconds")
        lacking = [name for name in _LACKING if getattr(patch, name) is not None]
        if not changes and not lacking:
            judge.wrong("It changes nothing.", Constraint.REQUIRED)
        judge.done()
        for name in lacking:
            capability = f"STAGE.UPDATE.{name.upper()}"
            path = ("input", name)
            raise errors.NotSupported(self._adapter.id, capability, _LACKING[name], path)

    async def _now(self, key: GlobalId, trace: Trace) -> Row[wire.Stage]:
        """Read a stage as it is.

        Raises:
            errors.UpstreamFailure: `Missing` if there is none.
        """
        answer = await self._client.send(calls_writes.get_stage(key.scope, key.source_id), trace)
        return row_of(answer, wire.Stage, key.source_id)

    async def _like(self, pipeline: str, fields: Fields, trace: Trace) -> list[Written]:
        """Read the stages of a pipeline that have all these fields.

        Raises:
            errors.BadResponse: if a row makes no sense, as it may be one of them.
        """
        lists = self._lists(trace)
        listed = await lists.stages(pipeline)
        if listed is None:
            return []
        if listed.dropped:
            raise lists.nonsense()
        return [
            surely_new(GlobalId.parse(one.id), one)
            for one in listed.rows
            if is_as_sent(one, fields)
        ]


def _pipeline(text: str) -> GlobalId:
    """Return the id of a pipeline by Esper's own."""
    return normalise.global_id(Kind.PIPELINE, text)


def _written(row: Row[wire.Stage], pipeline: str) -> Written:
    """Return what was written: a new stage tells when in both of its times."""
    key = normalise.global_id(Kind.STAGE, row.wire.id, pipeline)
    made = normalise.stage(row, pipeline, None)
    since = made.updated_at or made.created_at
    return Written(key=key, row=made, lacks=_LACKS, since=since)
