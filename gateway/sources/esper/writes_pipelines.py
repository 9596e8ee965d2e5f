"""Plans the writes of pipelines; of a change holds what holds of a stage's."""

from collections.abc import Callable, Sequence

from gateway import errors
from gateway.adapter import Adapter, Judge, Plan, Written, told
from gateway.errors import Path
from gateway.sources.esper import calls, calls_writes, normalise, normalise_writes, wire
from gateway.sources.esper.judging import judge_changes, judge_new, surely_new
from gateway.sources.esper.lists import Lists
from gateway.sources.esper.normalise_writes import PATHS_OF_CHANGES, Fields, is_as_sent
from gateway.sources.esper.sending import row_of, write
from gateway.upstream.origin import Row
from gateway.upstream.trace import Trace
from schema.types.ids import GlobalId, Kind
from schema.types.inputs.esper import CreateEsperPipeline
from schema.types.inputs.process import UpdatePipelineInput
from schema.types.mutation_errors import Constraint


class PipelineWrites:
    """Writes pipelines.

    Args:
        adapter: whose they are.
        lists: makes what reads for one ask.
    """

    def __init__(self, adapter: Adapter, lists: Callable[[Trace], Lists]) -> None:
        self._adapter = adapter
        self._client = adapter.client
        self._lists = lists

    def create(self, new: CreateEsperPipeline, at: Path) -> Plan:
        """Plan to create a pipeline, which has no stages.

        Raises:
            errors.Invalid: if the input is wrong.
        """
        judge = Judge(self._adapter, at)
        judge_new(judge, new.name, told(new.description))
        judge.done()
        fields = normalise_writes.new_pipeline(new)

        async def send(trace: Trace) -> Written:
            answer = await write(self._client, calls_writes.create_pipeline(fields), trace)
            return _written(row_of(answer, wire.Pipeline))

        async def look(trace: Trace) -> Sequence[Written]:
            return await self._like(fields, trace)

        return Plan(send=send, look=look, paths=normalise_writes.paths_of_new(at))

    def update(self, key: GlobalId, patch: UpdatePipelineInput) -> Plan:
        """Plan to change a pipeline.

        Raises:
            errors.Invalid: if the input is wrong.
        """
        changes = normalise_writes.pipeline_changes(patch)
        judge = Judge(self._adapter)
        judge_changes(judge, changes)
        if not changes:
            judge.wrong("It changes nothing.", Constraint.REQUIRED)
        judge.done()
        pipeline = key.source_id

        async def send(trace: Trace) -> Written:
            fields = changes
            if not normalise_writes.is_whole_pipeline(changes):
                fields = normalise_writes.whole((await self._now(pipeline, trace)).wire, changes)
            call = calls_writes.update_pipeline(pipeline, fields)
            answer = await write(self._client, call, trace)
            return _written(row_of(answer, wire.Pipeline, pipeline))

        async def look(trace: Trace) -> Sequence[Written]:
            try:
                row = await self._now(pipeline, trace)
            except errors.Missing:
                return []
            return [_written(row)] if is_as_sent(row.wire, changes) else []

        return Plan(send=send, look=look, paths=PATHS_OF_CHANGES)

    def delete(self, key: GlobalId) -> Plan:
        """Plan to delete a pipeline."""

        async def send(trace: Trace) -> Written:
            await write(self._client, calls_writes.delete_pipeline(key.source_id), trace)
            return Written(key=key)

        async def look(trace: Trace) -> Sequence[Written]:
            try:
                await self._now(key.source_id, trace)
            except errors.Missing:
                return [Written(key=key)]
            return []

        return Plan(send=send, look=look, paths=PATHS_OF_CHANGES)

    async def _now(self, pipeline: str, trace: Trace) -> Row[wire.Pipeline]:
        """Read a pipeline as it is.

        Raises:
            errors.UpstreamFailure: `Missing` if there is none.
        """
        answer = await self._client.send(calls.get_pipeline(pipeline), trace)
        return row_of(answer, wire.Pipeline, pipeline)

    async def _like(self, fields: Fields, trace: Trace) -> list[Written]:
        """Read the pipelines that have all these fields.

        Raises:
            errors.BadResponse: if a row makes no sense, as it may be one of them.
        """
        lists = self._lists(trace)
        pages = [page async for page in lists.pipelines(wire.Pipeline)]
        if any(page.dropped for page in pages):
            raise lists.nonsense()
        return [
            surely_new(normalise.global_id(Kind.PIPELINE, row.wire.id), normalise.pipeline(row))
            for page in pages
            for row in page.rows
            if is_as_sent(row.wire, fields)
        ]


def _written(row: Row[wire.Pipeline]) -> Written:
    """Return what was written: a new pipeline tells when in both of its times."""
    made = normalise.pipeline(row)
    key = normalise.global_id(Kind.PIPELINE, row.wire.id)
    return Written(key=key, row=made, since=made.updated_at or made.created_at)
