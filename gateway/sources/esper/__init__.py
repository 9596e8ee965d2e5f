"""Esper: roll-out pipelines and their stages."""

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from typing import Self

from gateway import errors
from gateway.adapter import (
    Adapter,
    Batch,
    ListsStagesOfProcesses,
    ProcessAsk,
    ReadsPipelines,
    ReadsStages,
    StageAsk,
    World,
    source,
)
from gateway.sources.esper import calls, normalise, wire
from gateway.sources.esper.lists import Lists
from gateway.sources.esper.settings import Settings
from gateway.upstream.client import Client
from gateway.upstream.paging import PageSize
from gateway.upstream.together import together
from gateway.upstream.trace import Trace
from schema.types.arguments import ResourceKey
from schema.types.ids import GlobalId, Kind
from schema.types.process import Pipeline
from schema.types.source import Source
from schema.types.stage import Stage

__all__ = ["ADAPTER", "Esper", "Settings"]

_DEFAULT_LIMIT = 20
"""Rows that a page has where no limit is asked for, and so surely may have."""

_MANY = 3
"""Pipelines from which on the list of all is read rather than each by itself."""


@source
class Esper(Adapter, ReadsStages, ReadsPipelines, ListsStagesOfProcesses):
    """Pipelines, and stages, which can only be reached through the pipeline that holds them."""

    id = Source.ESPER
    stage_filters = frozenset({"processIds"})

    def __init__(self, client: Client, settings: Settings, world: World) -> None:
        super().__init__(client)
        self._size = PageSize(settings.page_size, _DEFAULT_LIMIT)
        self._max_pages = world.max_pages

    @classmethod
    def connect(cls, settings: Settings, world: World) -> Self:
        """Make the adapter of a connected source."""
        key = settings.api_key.reveal() if settings.api_key else ""
        headers = {"Authorization": f"{settings.auth_prefix} {key}"}
        return cls(world.client(cls.id, settings, headers), settings, world)

    def owns(self, id: GlobalId) -> bool:  # noqa: A002 - the graph's word
        """Ids are UUIDs, a stage's with its pipeline's before it; people have numbers."""
        if id.kind is Kind.STAGE:
            return normalise.is_uuid(id.scope) and normalise.is_uuid(id.source_id)
        if id.kind is Kind.PIPELINE:
            return not id.scope and normalise.is_uuid(id.source_id)
        return id.kind is Kind.PERSON and not id.scope and normalise.is_number(id.source_id)

    async def locate(self, kind: Kind, key: ResourceKey, trace: Trace) -> Sequence[GlobalId]:
        """A stage is found by its pipeline, everything else by itself."""
        del trace
        if kind is not Kind.STAGE:
            return [normalise.global_id(kind, key.source_id)]
        if not key.scope_source_id:
            message = "Esper finds a stage by its pipeline: scopeSourceId takes the pipeline's id."
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

    async def get_stages(self, ids: Sequence[GlobalId], trace: Trace) -> Mapping[GlobalId, Stage]:
        """Read the list of each pipeline once: only a list tells the position of a stage."""
        lists = self._lists(trace)
        pipelines = dict.fromkeys(one.scope for one in ids)
        listed = [one for one in await together(map(lists.stages, pipelines)) if one]
        known: dict[str, Stage] = {stage.id: stage for one in listed for stage in one.rows}
        found = {one: known[text] for one in ids if (text := str(one)) in known}
        self._refuse_nonsense(ids, found, sum(one.dropped for one in listed))
        return found

    async def pipelines(self, ask: ProcessAsk, trace: Trace) -> AsyncIterator[Batch[Pipeline]]:
        """Read all pipelines page by page: Esper filters and orders none."""
        del ask
        async for page in self._lists(trace).pipelines(wire.Pipeline):
            yield Batch([normalise.pipeline(row) for row in page.rows], page.dropped)

    async def get_pipelines(
        self, ids: Sequence[GlobalId], trace: Trace
    ) -> Mapping[GlobalId, Pipeline]:
        """Read a few by themselves, and more by the list, as Esper finds none by several ids."""
        lists, asked = self._lists(trace), self._pipelines_of(ids)
        if len(asked) < _MANY:
            read = await together(lists.pipeline(one.source_id) for one in asked)
        else:
            read = [page async for page in lists.pipelines(wire.Pipeline)]
        known = {row.wire.id: row for one in read for row in one.rows}
        found: dict[GlobalId, Pipeline] = {
            one: normalise.pipeline(known[one.source_id]) for one in asked if one.source_id in known
        }
        self._refuse_nonsense(asked, found, sum(one.dropped for one in read))
        return found

    async def stages_of(
        self, processes: Sequence[GlobalId], trace: Trace
    ) -> Mapping[GlobalId, Batch[Stage]]:
        """Read the lists of all pipelines at once, as many as the client lets out."""
        lists, asked = self._lists(trace), self._pipelines_of(processes)
        listed = await together(lists.stages_if_there(one.source_id) for one in asked)
        return {one: its for one, its in zip(asked, listed, strict=True) if its is not None}

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

    def _refuse_nonsense(
        self, ids: Sequence[GlobalId], found: Mapping[GlobalId, object], dropped: int
    ) -> None:
        """Refuse to call a lone object missing that may be the one that makes no sense."""
        if len(ids) == 1 and not found and dropped:
            message = f"{self.id.name} sent an object that makes no sense."
            raise errors.BadResponse(self.id, message)


ADAPTER = Esper
