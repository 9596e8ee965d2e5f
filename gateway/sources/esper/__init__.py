"""Esper: the stages of roll-out pipelines."""

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Self

from gateway import errors
from gateway.adapter import Adapter, Batch, ReadsStages, StageAsk, World, source
from gateway.sources.esper import calls, normalise, wire
from gateway.sources.esper.settings import Settings
from gateway.upstream.call import Answer
from gateway.upstream.client import Client
from gateway.upstream.paging import PageSize, walk
from gateway.upstream.together import together
from gateway.upstream.trace import Trace
from schema.types.arguments import ResourceKey
from schema.types.esper import EsperStage
from schema.types.ids import GlobalId, Kind
from schema.types.source import Source
from schema.types.stage import Stage

__all__ = ["ADAPTER", "Esper", "Settings"]

_DEFAULT_LIMIT = 20
"""Rows that a page has where no limit is asked for, and so surely may have."""


@source
class Esper(Adapter, ReadsStages):
    """Stages, which can only be reached through the pipeline that holds them."""

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
        async for pipelines in self._pipelines(ask, trace):
            listed = await together(self._stages_of(one, trace) for one in pipelines.rows)
            yield Batch(
                [stage for one in listed for stage in one.rows],
                pipelines.dropped + sum(one.dropped for one in listed),
            )

    async def get_stages(self, ids: Sequence[GlobalId], trace: Trace) -> Mapping[GlobalId, Stage]:
        """Read the list of each pipeline once: only a list tells the position of a stage."""
        pipelines = dict.fromkeys(one.scope for one in ids)
        listed = await together(self._stages_of(one, trace) for one in pipelines)
        known: dict[str, Stage] = {stage.id: stage for one in listed for stage in one.rows}
        found = {one: known[text] for one in ids if (text := str(one)) in known}
        if len(ids) == 1 and not found and listed[0].dropped:
            # The one that is asked for may be the one that makes no sense.
            message = f"{self.id.name} sent an object that makes no sense."
            raise errors.BadResponse(self.id, message)
        return found

    async def _pipelines(self, ask: StageAsk, trace: Trace) -> AsyncIterator[Batch[str]]:
        """Yield the ids of the pipelines that are asked for, each once."""
        if ask.processes is not None:
            asked = [one for one in ask.processes if one.kind is Kind.PIPELINE and self.owns(one)]
            yield Batch(list(dict.fromkeys(one.source_id for one in asked)))
            return
        pages = walk(
            self.client,
            calls.list_pipelines,
            calls.following,
            self._size,
            trace,
            self._max_pages,
        )
        seen: set[str] = set()
        async for answer in pages:
            rows, dropped = answer.rows(
                answer.body.content.results, wire.Pipeline, normalise.identity
            )
            new = [one for one in dict.fromkeys(row.wire.id for row in rows) if one not in seen]
            seen.update(new)
            yield Batch(new, dropped)

    async def _stages_of(self, pipeline: str, trace: Trace) -> Batch[EsperStage]:
        """Read the whole list of a pipeline; one that does not exist has no stages."""
        pages = walk(
            self.client,
            lambda rows: calls.list_stages(pipeline, rows),
            calls.following,
            self._size,
            trace,
            self._max_pages,
        )
        found: dict[str, EsperStage] = {}
        dropped = 0
        try:
            async for answer in pages:
                dropped += _place(answer, pipeline, found, dropped)
        except errors.Missing:
            return Batch([])
        return Batch(list(found.values()), dropped)


ADAPTER = Esper


def _place(
    answer: Answer[wire.Listed], pipeline: str, found: dict[str, EsperStage], dropped: int
) -> int:
    """Put a page's stages to those of the pages before; return how many rows made no sense.

    A row that makes no sense keeps its place in the order, so that the positions of the others
    stay what they are; a row that comes twice has its first.
    """
    bad = 0
    for raw in answer.body.content.results:
        try:
            row = answer.row(raw, wire.Stage, normalise.identity)
        except errors.BadResponse:
            bad += 1
            continue
        if row.wire.id not in found:
            position = len(found) + dropped + bad
            found[row.wire.id] = normalise.stage(row, pipeline, position)
    return bad
