"""Outreach: prospect stages over JSON:API."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import aclosing
from typing import Self

from gateway import errors
from gateway.adapter import (
    Adapter,
    Batch,
    CreatesStages,
    DeletesStages,
    Plan,
    ReadsProspects,
    ReadsReferences,
    ReadsStages,
    StageAsk,
    UpdatesStages,
    World,
    source,
)
from gateway.errors import Path
from gateway.sources.outreach import calls, normalise, wire
from gateway.sources.outreach.auth import RefreshFlow, bearer
from gateway.sources.outreach.prospects import Prospects
from gateway.sources.outreach.references import KINDS, References
from gateway.sources.outreach.settings import Settings
from gateway.sources.outreach.writes import StageWrites
from gateway.upstream.auth import Auth, Fixed
from gateway.upstream.call import Answer, nonsense
from gateway.upstream.client import Client
from gateway.upstream.paging import PageSize, walk
from gateway.upstream.together import together
from gateway.upstream.trace import Trace
from schema.types.arguments import ResourceKey
from schema.types.ids import GlobalId, Kind
from schema.types.inputs.outreach import CreateOutreachStage
from schema.types.inputs.stage import UpdateStageInput
from schema.types.outreach import OutreachStage
from schema.types.reference import Reference, ReferenceKind
from schema.types.source import Source
from schema.types.stage import Stage

__all__ = ["ADAPTER", "Outreach", "Settings"]

_IDS_PER_CALL = 200
"""Keeps the address near 2 KB."""

_HEADERS = {
    "Accept": "application/vnd.api+json",
    "Content-Type": "application/vnd.api+json",
}

_FLAT = "Outreach has none: its stages stand alone."
_LISTS = "Target lists are attached to Esper's stages alone."

INSTEAD = {
    **dict.fromkeys(("updatePipeline", "deletePipeline"), _FLAT),
    **dict.fromkeys(("updateWorkflow", "deleteWorkflow", "duplicateWorkflow"), _FLAT),
    **dict.fromkeys(("attachTargetList", "detachTargetList"), _LISTS),
}

_KINDS = {Kind.STAGE, Kind.PERSON, Kind.PROSPECT}


@source
class Outreach(
    Adapter,
    ReadsStages,
    ReadsProspects,
    ReadsReferences,
    CreatesStages,
    UpdatesStages,
    DeletesStages,
):
    """Stages with their creators and updaters, and the prospects at them."""

    id = Source.OUTREACH
    stage_filters = frozenset({"name", "createdAt", "updatedAt"})
    stage_orders = frozenset(calls.SORTS)
    reference_kinds = KINDS
    instead = INSTEAD

    def __init__(self, client: Client, settings: Settings, world: World) -> None:
        super().__init__(client)
        self._size = PageSize(settings.page_size)
        self._max_pages = world.max_pages
        self._prospects = Prospects(client, self._size, world.max_pages)
        self._references = References(client, self._size, world.max_pages)
        self._writes = StageWrites(self, client, self._size, world.max_pages)

    @classmethod
    def connect(cls, settings: Settings, world: World) -> Self:
        """Make the adapter of a connected source."""
        if settings.token:
            auth: Auth = Fixed(bearer(settings.token.reveal()))
        else:
            auth = RefreshFlow.connect(settings, world)
        return cls(world.client(cls.id, settings, auth, _HEADERS), settings, world)

    def owns(self, id: GlobalId) -> bool:  # noqa: A002 - the graph's word
        """Ids are numbers without a scope; Outreach has neither pipelines nor workflows."""
        return id.kind in _KINDS and not id.scope and normalise.is_number(id.source_id)

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
        every = StageAsk(order=ask.order, descending=ask.descending)
        pages = walk(
            self.client,
            lambda rows: calls.list_stages(ask, rows),
            calls.following,
            self._size,
            trace,
            self._max_pages,
            whole=lambda rows: calls.list_stages(every, rows),
        )
        async with aclosing(pages):
            async for answer in pages:
                yield answer.made(_batch)

    async def get_stages(
        self, ids: Sequence[GlobalId], trace: Trace
    ) -> Mapping[GlobalId, Stage | errors.UpstreamFailure]:
        """Read up to 200 by one call.

        One that does not come while a row makes no sense may be that row, and so is a failure.
        """
        found: dict[GlobalId, Stage | errors.UpstreamFailure] = {}
        for part in await together(self._some(chunk, trace) for chunk in _chunks(ids)):
            found.update(part)
        return {one: found[one] for one in ids if one in found}

    async def _some(
        self, ids: Sequence[GlobalId], trace: Trace
    ) -> dict[GlobalId, Stage | errors.UpstreamFailure]:
        if len(ids) == 1:
            return await self._one(ids[0], trace)
        numbers = [one.source_id for one in ids]
        found: dict[GlobalId, Stage | errors.UpstreamFailure] = {}
        dropped = 0
        pages = walk(
            self.client,
            lambda rows: calls.get_stages(numbers, rows),
            calls.following,
            self._size,
            trace,
            len(numbers),
        )
        async for answer in pages:
            batch = answer.made(_batch)
            dropped += batch.dropped
            for stage in batch.rows:
                found[normalise.global_id(Kind.STAGE, stage.source_id)] = stage
            if found.keys() >= set(ids):
                break  # a link to another page leads nowhere
        if dropped:
            found |= {one: nonsense(self.id) for one in {*ids} - {*found}}
        return found

    async def _one(
        self,
        id: GlobalId,  # noqa: A002 - the graph's word
        trace: Trace,
    ) -> dict[GlobalId, Stage | errors.UpstreamFailure]:
        try:
            answer = await self.client.send(calls.get_stage(id.source_id), trace)
        except errors.Missing:
            return {}
        try:
            row = answer.row(answer.body.data, wire.Stage, normalise.identity)
        except errors.BadResponse as failure:
            return {id: failure}
        if str(row.wire.id) != id.source_id:
            return {id: answer.nonsense()}
        return {id: normalise.stage(row, normalise.people(answer.body.included))}

    async def prospects_of(
        self, stages: Sequence[GlobalId], first: int, trace: Trace
    ) -> Mapping[GlobalId, Sequence[GlobalId]]:
        """Read the prospects of up to 200 stages together."""
        found: dict[str, list[int]] = {}
        for part in await together(
            self._prospects.at([one.source_id for one in chunk], first, trace)
            for chunk in _chunks(stages)
        ):
            found.update(part)
        return {
            one: [normalise.global_id(Kind.PROSPECT, number) for number in found[one.source_id]]
            for one in stages
        }

    def references(
        self, kind: ReferenceKind, scope: str | None, trace: Trace
    ) -> AsyncIterator[Batch[Reference]]:
        """Read the users page by page."""
        return self._references.read(kind, scope, trace)

    def create_stage(self, new: CreateOutreachStage, at: Path) -> Plan:
        """Plan one call, which tells the stage but for who wrote it and its metadata."""
        return self._writes.create(new, at)

    def update_stage(self, key: GlobalId, patch: UpdateStageInput) -> Plan:
        """Plan one call of what is given, which answers as `create_stage`."""
        return self._writes.update(key, patch)

    def delete_stage(self, key: GlobalId) -> Plan:
        """Plan one call."""
        return self._writes.delete(key)


ADAPTER = Outreach


def _chunks(ids: Sequence[GlobalId]) -> list[Sequence[GlobalId]]:
    return [ids[at : at + _IDS_PER_CALL] for at in range(0, len(ids), _IDS_PER_CALL)]


def _batch(answer: Answer[wire.Page]) -> Batch[OutreachStage]:
    known = normalise.people(answer.body.included)
    rows, dropped = answer.rows(answer.body.data, wire.Stage, normalise.identity)
    return Batch([row.made(normalise.stage, known) for row in rows], dropped)
