"""Plans the writes of stages."""

from collections.abc import Callable, Sequence
from typing import cast

from gateway import errors
from gateway.adapter import Adapter, Judge, Plan, Written, told
from gateway.errors import Path
from gateway.sources.esper import calls_writes, normalise, normalise_writes, wire
from gateway.sources.esper.judging import judge_changes, judge_new
from gateway.sources.esper.lists import Lists
from gateway.sources.esper.normalise_writes import Fields, is_as_sent
from gateway.sources.esper.writes import Family, Writes
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
        self._lists = lists
        self._writes = Writes(adapter.client, _FAMILY)

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

        async def look(trace: Trace) -> Sequence[Written]:
            return await self._like(pipeline, fields, trace)

        call = calls_writes.create_stage(pipeline, fields)
        return self._writes.create(call, look, at, (holder, (*at, "pipelineId")))

    def update(self, key: GlobalId, patch: UpdateStageInput) -> Plan:
        """Plan to change a stage.

        Raises:
            errors.Invalid: if the input is wrong.
            errors.NotSupported: if a position or a colour is given.
        """
        changes = normalise_writes.stage_changes(patch)
        lacking = [name for name in _LACKING if getattr(patch, name) is not None]
        judge = Judge(self._adapter)
        judge.refuse_blocks(patch)
        judge_changes(judge, changes)
        if "timeout_seconds" in changes and changes["timeout_seconds"] is None:
            words = "It cannot be cleared."
            judge.wrong(words, Constraint.REQUIRED, "esper", "timeoutSeconds")
        judge.refuse_nothing(changes or lacking)
        judge.done()
        self._refuse(lacking)
        return self._writes.update(key, changes)

    def delete(self, key: GlobalId) -> Plan:
        """Plan to delete a stage."""
        return self._writes.delete(key)

    def _refuse(self, lacking: Sequence[str]) -> None:
        """Raise errors.NotSupported if stages lack what is asked for."""
        found = [
            errors.NotSupported(
                self._adapter.id, f"STAGE.UPDATE.{name.upper()}", _LACKING[name], ("input", name)
            )
            for name in lacking
        ]
        if found:
            found[0].also = found[1:]
            raise found[0]

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
            Written(key=GlobalId.parse(one.id), row=one)
            for one in listed.rows
            if is_as_sent(one, fields)
        ]


def _pipeline(text: str) -> GlobalId:
    """Return the id of a pipeline by Esper's own."""
    return normalise.global_id(Kind.PIPELINE, text)


def _written(row: Row[wire.Stage], pipeline: str) -> Written:
    key = normalise.global_id(Kind.STAGE, row.wire.id, pipeline)
    return Written(key=key, row=normalise.stage(row, pipeline, None), lacks=_LACKS)


_FAMILY = Family(
    kind=wire.Stage,
    get=lambda key: calls_writes.get_stage(key.scope, key.source_id),
    put=lambda key, fields: calls_writes.update_stage(key.scope, key.source_id, fields),
    delete=lambda key: calls_writes.delete_stage(key.scope, key.source_id),
    written=_written,
)
