"""Outreach: prospect stages over JSON:API."""

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Self

from gateway import errors
from gateway.adapter import (
    Adapter,
    Batch,
    ReadsProspects,
    ReadsStages,
    StageAsk,
    World,
    source,
)
from gateway.sources.outreach import calls, normalise, wire
from gateway.sources.outreach.settings import Settings
from gateway.upstream.call import Answer
from gateway.upstream.client import Client
from gateway.upstream.paging import PageSize, walk
from gateway.upstream.together import together
from gateway.upstream.trace import Trace
from schema.types.ids import GlobalId, Kind
from schema.types.outreach import OutreachStage
from schema.types.source import Source
from schema.types.stage import ResourceKey, Stage

__all__ = ["ADAPTER", "Outreach", "Settings"]

_IDS_PER_CALL = 200
"""Keeps the address near 2 KB."""

_LARGEST_PAGE = 1000


@source
class Outreach(Adapter, ReadsStages, ReadsProspects):
    """Stages with their creators and updaters, and the prospects at them."""

    id = Source.OUTREACH
    stage_filters = frozenset({"name", "createdAt", "updatedAt"})
    stage_orders = frozenset(calls.SORTS)

    def __init__(self, client: Client, settings: Settings, world: World) -> None:
        super().__init__(client)
        self._size = PageSize(settings.page_size)
        self._max_pages = world.max_pages

    @classmethod
    def connect(cls, settings: Settings, world: World) -> Self:
        """Make the adapter of a connected source."""
        token = settings.token.reveal() if settings.token else ""
        headers = {
            "Authorization": f"Bearer {token}",
            "Accept": "application/vnd.api+json",
            "Content-Type": "application/vnd.api+json",
        }
        return cls(world.client(cls.id, settings, headers), settings, world)

    def owns(self, id: GlobalId) -> bool:  # noqa: A002 - the graph's word
        """Ids are numbers without a scope."""
        return not id.scope and normalise.is_number(id.source_id)

    async def locate(self, kind: Kind, key: ResourceKey, trace: Trace) -> Sequence[GlobalId]:
        """A number is enough."""
        del trace
        return [normalise.global_id(kind, key.source_id)]

    async def check(self, trace: Trace) -> str:
        """Read one stage."""
        await self.client.send(calls.check(), trace)
        return "reads stages"

    async def stages(self, ask: StageAsk, trace: Trace) -> AsyncIterator[Batch[Stage]]:
        """Read page by page; Outreach has no processes, so asking by them finds nothing."""
        if ask.processes is not None:
            return
        pages = walk(
            self.client,
            lambda rows: calls.list_stages(ask, rows),
            calls.following,
            self._size,
            trace,
            self._max_pages,
        )
        async for answer in pages:
            yield _batch(answer)

    async def get_stages(self, ids: Sequence[GlobalId], trace: Trace) -> Mapping[GlobalId, Stage]:
        """Read up to 200 by one call."""
        chunks = [ids[at : at + _IDS_PER_CALL] for at in range(0, len(ids), _IDS_PER_CALL)]
        found: dict[GlobalId, Stage] = {}
        for part in await together(self._some(chunk, trace) for chunk in chunks):
            found.update(part)
        return {one: found[one] for one in ids if one in found}

    async def _some(self, ids: Sequence[GlobalId], trace: Trace) -> dict[GlobalId, Stage]:
        if len(ids) == 1:
            return await self._one(ids[0], trace)
        answer = await self.client.send(calls.get_stages([one.source_id for one in ids]), trace)
        return {normalise.global_id(Kind.STAGE, one.source_id): one for one in _batch(answer).rows}

    async def _one(self, id: GlobalId, trace: Trace) -> dict[GlobalId, Stage]:  # noqa: A002
        try:
            answer = await self.client.send(calls.get_stage(id.source_id), trace)
        except errors.Missing:
            return {}
        row = answer.row(answer.body.data, wire.Stage, normalise.identity)
        return {id: normalise.stage(row, normalise.people(answer.body.included))}

    async def prospects_of(
        self, stages: Sequence[GlobalId], first: int, trace: Trace
    ) -> Mapping[GlobalId, Sequence[GlobalId]]:
        """Read the prospects of all stages together, then those of each stage still short."""
        found: dict[GlobalId, list[GlobalId]] = {stage: [] for stage in stages}
        answer = await self.client.send(
            calls.list_prospects([stage.source_id for stage in stages], _LARGEST_PAGE), trace
        )
        _place(answer, found)
        if calls.following(answer.body, calls.check()) is not None:
            short = [stage for stage in stages if len(found[stage]) < first]
            for stage, answer in zip(
                short,
                await together(
                    self.client.send(calls.list_prospects([stage.source_id], first), trace)
                    for stage in short
                ),
                strict=True,
            ):
                found[stage] = []
                _place(answer, found)
        return {stage: ids[:first] for stage, ids in found.items()}


ADAPTER = Outreach


def _batch(answer: Answer[wire.Page]) -> Batch[OutreachStage]:
    known = normalise.people(answer.body.included)
    rows, dropped = answer.rows(answer.body.data, wire.Stage, normalise.identity)
    return Batch([normalise.stage(row, known) for row in rows], dropped)


def _place(answer: Answer[wire.Page], found: Mapping[GlobalId, list[GlobalId]]) -> None:
    """Put each prospect to its stage; the answer's order is by id."""
    rows, _ = answer.rows(answer.body.data, wire.Prospect, normalise.identity)
    for row in rows:
        stage = row.wire.relationships.stage
        if stage is None or stage.data is None:
            continue
        at = normalise.global_id(Kind.STAGE, stage.data.id)
        if at in found:
            found[at].append(normalise.global_id(Kind.PROSPECT, row.wire.id))
