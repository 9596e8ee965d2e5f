"""Esper: roll-out pipelines, their stages and their target lists."""

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from typing import ClassVar, Self

from gateway import errors
from gateway.adapter import (
    Adapter,
    AttachesTargetLists,
    Batch,
    CreatesPipelines,
    CreatesStages,
    DeletesPipelines,
    DeletesStages,
    DetachesTargetLists,
    ListsStagesOfProcesses,
    Plan,
    ProcessAsk,
    ReadsPipelines,
    ReadsReferences,
    ReadsStages,
    ReadsTargetLists,
    StageAsk,
    TargetListsAsk,
    UpdatesPipelines,
    UpdatesStages,
    World,
    source,
)
from gateway.errors import Path
from gateway.sources.esper import calls, normalise, wire
from gateway.sources.esper.lists import Lists
from gateway.sources.esper.settings import Settings
from gateway.sources.esper.target_lists import TargetLists
from gateway.sources.esper.writes_pipelines import PipelineWrites
from gateway.sources.esper.writes_stages import StageWrites
from gateway.sources.esper.writes_target_lists import TargetListWrites
from gateway.upstream.auth import Fixed
from gateway.upstream.client import Client
from gateway.upstream.origin import Row
from gateway.upstream.paging import PageSize
from gateway.upstream.together import together
from gateway.upstream.trace import Trace
from schema.types.arguments import ResourceKey
from schema.types.esper import TargetList
from schema.types.ids import GlobalId, Kind
from schema.types.inputs.esper import CreateEsperPipeline, CreateEsperStage
from schema.types.inputs.process import UpdatePipelineInput
from schema.types.inputs.stage import UpdateStageInput
from schema.types.inputs.target_lists import AttachTargetListInput, DetachTargetListInput
from schema.types.process import Pipeline
from schema.types.reference import Reference, ReferenceKind
from schema.types.source import Source
from schema.types.stage import Stage

__all__ = ["ADAPTER", "Esper", "Settings"]

_DEFAULT_LIMIT = 20
"""Rows that a page has where no limit is asked for, and so surely may have."""

_MANY = 3
"""Pipelines from which on the list of all is read rather than each by itself."""

_ARE_PIPELINES = "Its processes are pipelines:"

_OF_PIPELINES = {Kind.STAGE: "stage", Kind.TARGET_LIST: "target list"}
"""What is reached only through its pipeline, whose id is before its own."""


@source
class Esper(
    Adapter,
    ReadsStages,
    ReadsPipelines,
    ListsStagesOfProcesses,
    ReadsTargetLists,
    ReadsReferences,
    CreatesStages,
    UpdatesStages,
    DeletesStages,
    CreatesPipelines,
    UpdatesPipelines,
    DeletesPipelines,
    AttachesTargetLists,
    DetachesTargetLists,
):
    """Pipelines, and what can only be reached through the pipeline that holds it."""

    id = Source.ESPER
    stage_filters = frozenset({"processIds"})
    reference_kinds: ClassVar[Mapping[ReferenceKind, bool]] = {ReferenceKind.TARGET_LIST: True}
    instead: ClassVar[Mapping[str, str]] = {
        "updateWorkflow": f"{_ARE_PIPELINES} use updatePipeline.",
        "deleteWorkflow": f"{_ARE_PIPELINES} use deletePipeline.",
        "duplicateWorkflow": f"{_ARE_PIPELINES} use createPipeline, and createStage for each of "
        "its stages.",
    }

    def __init__(self, client: Client, settings: Settings, world: World) -> None:
        super().__init__(client)
        self._size = PageSize(settings.page_size, _DEFAULT_LIMIT)
        self._max_pages = world.max_pages
        self._target_lists = TargetLists()
        self._stage_writes = StageWrites(self, self._lists)
        self._pipeline_writes = PipelineWrites(self, self._lists)
        self._target_list_writes = TargetListWrites(self, self._lists)

    @classmethod
    def connect(cls, settings: Settings, world: World) -> Self:
        """Make the adapter of a connected source."""
        key = settings.api_key.reveal() if settings.api_key else ""
        auth = Fixed({"Authorization": f"{settings.auth_prefix} {key}"})
        return cls(world.client(cls.id, settings, auth), settings, world)

    def owns(self, id: GlobalId) -> bool:  # noqa: A002 - the graph's word
        """Ids are UUIDs, some with their pipeline's before it; people have numbers."""
        if id.kind in _OF_PIPELINES:
            return normalise.is_uuid(id.scope) and normalise.is_uuid(id.source_id)
        if id.kind is Kind.PIPELINE:
            return not id.scope and normalise.is_uuid(id.source_id)
        return id.kind is Kind.PERSON and not id.scope and normalise.is_number(id.source_id)

    async def locate(self, kind: Kind, key: ResourceKey, trace: Trace) -> Sequence[GlobalId]:
        """Stages and target lists are found by their pipeline, everything else by itself."""
        del trace
        if kind not in _OF_PIPELINES:
            return [normalise.global_id(kind, key.source_id)]
        if not key.scope_source_id:
            message = (
                f"Esper finds a {_OF_PIPELINES[kind]} by its pipeline: "
                "scopeSourceId takes the pipeline's id."
            )
            raise errors.Rejected(message)
        return [normalise.global_id(kind, key.source_id, key.scope_source_id)]

    async def check(self, trace: Trace) -> str:
        """Read one pipeline."""
        await self.client.send(calls.check(), trace)
        return "reads pipelines"

    async def stages(self, ask: StageAsk, trace: Trace) -> AsyncIterator[Batch[Stage]]:
        """Read the pipelines page by page, and at once the stages of all pipelines of a page."""
        lists = self._lists(trace)
        async for pipelines in self._holders(ask, lists):
            listed = await together(lists.stages(one) for one in pipelines.rows)
            yield Batch(
                [stage for one in listed if one for stage in one.rows],
                pipelines.dropped + sum(one.dropped for one in listed if one),
            )

    async def get_stages(
        self, ids: Sequence[GlobalId], trace: Trace
    ) -> Mapping[GlobalId, Stage | errors.UpstreamFailure]:
        """Read the list of each pipeline once: only a list tells the position of a stage.

        One that is in no list of which a row made no sense may be that row, and so is a failure.
        """
        lists = self._lists(trace)
        pipelines = dict.fromkeys(one.scope for one in ids)
        listed = dict(zip(pipelines, await together(map(lists.stages, pipelines)), strict=True))
        known: dict[str, Stage] = {
            stage.id: stage for its in listed.values() if its for stage in its.rows
        }
        doubtful = {one for one, its in listed.items() if its and its.dropped}
        return {
            one: known.get(text) or lists.nonsense()
            for one in ids
            if (text := str(one)) in known or one.scope in doubtful
        }

    async def pipelines(self, ask: ProcessAsk, trace: Trace) -> AsyncIterator[Batch[Pipeline]]:
        """Read all pipelines page by page: Esper filters and orders none."""
        del ask
        async for page in self._lists(trace).pipelines(wire.Pipeline):
            yield Batch([row.made(normalise.pipeline) for row in page.rows], page.dropped)

    async def get_pipelines(
        self, ids: Sequence[GlobalId], trace: Trace
    ) -> Mapping[GlobalId, Pipeline | errors.UpstreamFailure]:
        """Read a few by themselves, and more by the list, as Esper finds none by several ids."""
        lists, asked = self._lists(trace), self._pipelines_of(ids)
        if len(asked) < _MANY:
            read = await together(lists.pipeline(one.source_id) for one in asked)
        else:
            pages = [page async for page in lists.pipelines(wire.Pipeline)]
            known = {row.wire.id: row for page in pages for row in page.rows}
            # One that is missing may be the row that makes no sense.
            rest = lists.nonsense() if any(page.dropped for page in pages) else None
            read = [known.get(one.source_id, rest) for one in asked]
        return {
            one: row.made(normalise.pipeline) if isinstance(row, Row) else row
            for one, row in zip(asked, read, strict=True)
            if row is not None
        }

    async def stages_of(
        self, processes: Sequence[GlobalId], trace: Trace
    ) -> Mapping[GlobalId, Batch[Stage]]:
        """Read the lists of all pipelines at once, as many as the client lets out."""
        lists, asked = self._lists(trace), self._pipelines_of(processes)
        listed = await together(lists.stages_if_there(one.source_id) for one in asked)
        return {one: its for one, its in zip(asked, listed, strict=True) if its is not None}

    async def target_lists_of(
        self, asked: Sequence[TargetListsAsk], trace: Trace
    ) -> Mapping[TargetListsAsk, Sequence[TargetList] | errors.UpstreamFailure]:
        """Read those of each stage by one call, whatever types are asked for."""
        holders = {Kind.STAGE, Kind.PIPELINE}
        known = [one for one in asked if one[0].kind in holders and self.owns(one[0])]
        return await self._target_lists.of(known, self._lists(trace))

    async def references(
        self, kind: ReferenceKind, scope: str | None, trace: Trace
    ) -> AsyncIterator[Batch[Reference]]:
        """Read the target lists of a pipeline page by page; an unknown pipeline has none."""
        del kind  # there is one
        if scope is None or not normalise.is_uuid(scope):
            message = "Esper's target lists are of a pipeline: scopeSourceId takes its id."
            raise errors.Rejected(message)
        try:
            async for page in self._lists(trace).target_lists(scope):
                rows = [normalise.target_list_reference(row, scope) for row in page.rows]
                yield Batch(rows, page.dropped)
        except errors.Missing:
            return

    def create_stage(self, new: CreateEsperStage, at: Path) -> Plan:
        """One call."""
        return self._stage_writes.create(new, at)

    def update_stage(self, key: GlobalId, patch: UpdateStageInput) -> Plan:
        """Two calls: what is not given is read before."""
        return self._stage_writes.update(key, patch)

    def delete_stage(self, key: GlobalId) -> Plan:
        """One call."""
        return self._stage_writes.delete(key)

    def create_pipeline(self, new: CreateEsperPipeline, at: Path) -> Plan:
        """One call."""
        return self._pipeline_writes.create(new, at)

    def update_pipeline(self, key: GlobalId, patch: UpdatePipelineInput) -> Plan:
        """Two calls: what is not given is read before."""
        return self._pipeline_writes.update(key, patch)

    def delete_pipeline(self, key: GlobalId) -> Plan:
        """One call."""
        return self._pipeline_writes.delete(key)

    def attach_target_list(self, stage: GlobalId, asked: AttachTargetListInput) -> Plan:
        """Three calls: both ends are read before."""
        return self._target_list_writes.attach(stage, asked.target_list_id)

    def detach_target_list(self, stage: GlobalId, asked: DetachTargetListInput) -> Plan:
        """Two calls: the stage is read before."""
        return self._target_list_writes.detach(stage, asked.target_list_id)

    def _lists(self, trace: Trace) -> Lists:
        return Lists(self.client, self._size, trace, self._max_pages)

    def _pipelines_of(self, ids: Iterable[GlobalId]) -> list[GlobalId]:
        """Return those ids that can name a pipeline, each once."""
        return [one for one in dict.fromkeys(ids) if one.kind is Kind.PIPELINE and self.owns(one)]

    async def _holders(self, ask: StageAsk, lists: Lists) -> AsyncIterator[Batch[str]]:
        """Yield the ids of the pipelines whose stages are asked for, each once."""
        if ask.processes is not None:
            yield Batch([one.source_id for one in self._pipelines_of(ask.processes)])
            return
        async for page in lists.pipelines(wire.Holder):
            yield Batch([row.wire.id for row in page.rows], page.dropped)


ADAPTER = Esper
