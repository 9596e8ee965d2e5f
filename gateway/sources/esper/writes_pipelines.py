"""Plans the writes of pipelines."""

from collections.abc import Callable, Sequence

from gateway.adapter import Adapter, Judge, Plan, Written, told
from gateway.errors import Path
from gateway.sources.esper import calls, calls_writes, normalise, normalise_writes, wire
from gateway.sources.esper.judging import judge_changes, judge_new
from gateway.sources.esper.lists import Lists
from gateway.sources.esper.normalise_writes import is_as_sent
from gateway.sources.esper.writes import Family, Writes
from gateway.upstream.origin import Row
from gateway.upstream.trace import Trace
from schema.types.ids import GlobalId, Kind
from schema.types.inputs.esper import CreateEsperPipeline
from schema.types.inputs.process import UpdatePipelineInput


class PipelineWrites:
    """Writes pipelines.

    Args:
        adapter: whose they are.
        lists: makes what reads for one ask.
    """

    def __init__(self, adapter: Adapter, lists: Callable[[Trace], Lists]) -> None:
        self._adapter = adapter
        self._lists = lists
        self._writes = Writes(adapter.client, _FAMILY)

    def create(self, new: CreateEsperPipeline, at: Path) -> Plan:
        """Plan to create a pipeline, which has no stages.

        Raises:
            errors.Invalid: if the input is wrong.
        """
        judge = Judge(self._adapter, at)
        judge_new(judge, new.name, told(new.description))
        judge.done()
        fields = normalise_writes.new_pipeline(new)

        async def look(trace: Trace) -> Sequence[Written]:
            """Raise errors.BadResponse if a row makes no sense, as it may be one of them."""
            lists = self._lists(trace)
            pages = [page async for page in lists.pipelines(wire.Pipeline)]
            if any(page.dropped for page in pages):
                raise lists.nonsense()
            rows = (row for page in pages for row in page.rows)
            return [_written(row) for row in rows if is_as_sent(row.wire, fields)]

        return self._writes.create(calls_writes.create_pipeline(fields), look, at)

    def update(self, key: GlobalId, patch: UpdatePipelineInput) -> Plan:
        """Plan to change a pipeline.

        Raises:
            errors.Invalid: if the input is wrong.
        """
        changes = normalise_writes.pipeline_changes(patch)
        judge = Judge(self._adapter)
        judge_changes(judge, changes)
        judge.refuse_nothing(changes)
        judge.done()
        return self._writes.update(key, changes)

    def delete(self, key: GlobalId) -> Plan:
        """Plan to delete a pipeline."""
        return self._writes.delete(key)


def _written(row: Row[wire.Pipeline], scope: str = "") -> Written:
    key = normalise.global_id(Kind.PIPELINE, row.wire.id, scope)
    return Written(key=key, row=normalise.pipeline(row))


_FAMILY = Family(
    kind=wire.Pipeline,
    get=lambda key: calls.get_pipeline(key.source_id),
    put=lambda key, fields: calls_writes.update_pipeline(key.source_id, fields),
    delete=lambda key: calls_writes.delete_pipeline(key.source_id),
    written=_written,
)
