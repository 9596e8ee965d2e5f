"""DevRev: custom stages over an RPC of JSON."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import suppress
from typing import Self

from gateway import errors
from gateway.adapter import Adapter, Batch, ReadsStages, StageAsk, World, source
from gateway.sources.devrev import calls, normalise, wire
from gateway.sources.devrev.settings import Settings
from gateway.upstream.client import Client
from gateway.upstream.paging import PageSize, walk
from gateway.upstream.together import together
from gateway.upstream.trace import Trace
from schema.types.arguments import ResourceKey
from schema.types.devrev import DevRevStage
from schema.types.ids import GlobalId, Kind
from schema.types.source import Source
from schema.types.stage import Stage

__all__ = ["ADAPTER", "DevRev", "Settings"]

_BAD_REQUEST = 400

_KINDS = {Kind.STAGE, Kind.STATE, Kind.WORKFLOW, Kind.PERSON, Kind.ARTIFACT}


@source
class DevRev(Adapter, ReadsStages):
    """Custom stages with their states, creators and changers."""

    id = Source.DEVREV
    stage_filters = frozenset({"name"})

    def __init__(self, client: Client, settings: Settings, world: World) -> None:
        super().__init__(client)
        self._size = PageSize(settings.page_size)
        self._max_pages = world.max_pages

    @classmethod
    def connect(cls, settings: Settings, world: World) -> Self:
        """Make the adapter of a connected source."""
        return cls(world.client(cls.id, settings, settings.headers), settings, world)

    def owns(self, id: GlobalId) -> bool:  # noqa: A002 - the graph's word
        """Ids are DONs or display ids, without a scope; DevRev has no pipelines, for one."""
        return id.kind in _KINDS and not id.scope and normalise.is_id(id.source_id)

    async def locate(self, kind: Kind, key: ResourceKey, trace: Trace) -> Sequence[GlobalId]:
        """A DON or a display id is enough."""
        del trace
        return [normalise.global_id(kind, key.source_id)]

    async def check(self, trace: Trace) -> str:
        """Ask whose token it is."""
        user = (await self.client.send(calls.check(), trace)).body.dev_user
        return f"acts as {user.full_name or user.display_name or user.id or 'a DevRev user'}"

    async def stages(self, ask: StageAsk, trace: Trace) -> AsyncIterator[Batch[Stage]]:
        """Read page by page; asked by processes, keep what stands in any of those diagrams."""
        standing: set[str] | None = None
        if ask.processes is not None:
            standing, dropped = await self._standing(ask.processes, trace)
            if dropped:
                yield Batch([], dropped)
            if not standing:
                return
        async for stages, dropped in self._pages(ask.names, trace):
            if standing is not None:
                stages = [stage for stage in stages if stage.source_id in standing]  # noqa: PLW2901
            yield Batch(stages, dropped)

    async def get_stages(self, ids: Sequence[GlobalId], trace: Trace) -> Mapping[GlobalId, Stage]:
        """Read one by itself, several out of the whole list, and singly what that lacks."""
        if len(ids) == 1:
            return await self._only(ids[0], trace)
        found = _named(ids, await self._known(trace) if ids else {})
        missed = [one for one in ids if one not in found]
        rest = await together(self._missed(one.source_id, trace) for one in missed)
        found |= {one: stage for one, stage in zip(missed, rest, strict=True) if stage}
        return found

    async def _only(self, id: GlobalId, trace: Trace) -> dict[GlobalId, Stage]:  # noqa: A002
        try:
            stage = await self._one(id.source_id, trace)
        except errors.BadResponse as failure:
            if failure.status != _BAD_REQUEST:
                raise
            # DevRev refuses the form of an id, that of a display id for one; the list tells then.
            return _named([id], await self._known(trace))
        return {id: stage} if stage else {}

    async def _missed(self, id: str, trace: Trace) -> DevRevStage | None:  # noqa: A002
        try:
            return await self._one(id, trace)
        except errors.BadResponse as failure:
            # An id that is refused, or an object that makes no sense, costs only itself.
            if failure.status not in {_BAD_REQUEST, None}:
                raise
            return None

    async def _pages(
        self, names: Sequence[str] | None, trace: Trace
    ) -> AsyncIterator[tuple[list[DevRevStage], int]]:
        """Yield the stages of each page, and how many of it made no sense."""
        pages = walk(
            self.client,
            lambda rows: calls.list_stages(names, rows),
            calls.following,
            self._size,
            trace,
            self._max_pages,
        )
        async for answer in pages:
            rows, dropped = answer.rows(answer.body.result, wire.Stage, normalise.identity)
            yield [normalise.stage(row) for row in rows], dropped

    async def _one(self, id: str, trace: Trace) -> DevRevStage | None:  # noqa: A002
        try:
            answer = await self.client.send(calls.get_stage(id), trace)
        except errors.Missing:
            return None
        stage = normalise.stage(
            answer.row(answer.body.custom_stage, wire.Stage, normalise.identity)
        )
        if not normalise.is_meant(id, stage.source_id, stage.display_id):
            raise errors.BadResponse(self.id, "DEVREV sent another stage than the one asked for.")
        return stage

    async def _known(self, trace: Trace) -> dict[str, DevRevStage]:
        """Read all stages, by DON and by display id."""
        found: list[DevRevStage] = []
        with suppress(errors.TooLarge):  # what was read saves calls; the rest is read singly
            async for stages, _ in self._pages(None, trace):
                found += stages
        shown = {one.display_id: one for one in found if one.display_id}
        dons: dict[str, DevRevStage] = {one.source_id: one for one in found}
        return {name: one for name, one in shown.items() if not normalise.is_don(name)} | dons

    async def _standing(self, processes: Sequence[GlobalId], trace: Trace) -> tuple[set[str], int]:
        """Return the DONs of the stages in some diagrams, and how much of those made no sense."""
        asked = {one.source_id for one in processes if one.kind is Kind.WORKFLOW and self.owns(one)}
        diagrams, dropped = await self._diagrams(asked, trace)
        standing: set[str] = set()
        for diagram in diagrams:
            stages, spoilt = normalise.members(diagram)
            standing |= stages
            dropped += spoilt
        return standing, dropped

    async def _diagrams(self, asked: set[str], trace: Trace) -> tuple[list[wire.Diagram], int]:
        """Read one diagram by itself, several out of the list; unknown ones are left out."""
        found: list[wire.Diagram] = []
        dropped = 0
        if not asked:
            return found, dropped
        if len(asked) == 1:
            [only] = asked
            try:
                return [await self._diagram(only, trace)], dropped
            except errors.Missing:
                return found, dropped
            except errors.BadResponse as failure:
                if failure.status != _BAD_REQUEST:
                    raise
        pages = walk(
            self.client, calls.list_diagrams, calls.following, self._size, trace, self._max_pages
        )
        async for answer in pages:
            rows, spoilt = answer.rows(answer.body.result, wire.Diagram, normalise.identity)
            found += [row.wire for row in rows if asked & {row.wire.id, row.wire.display_id}]
            dropped += spoilt
        return found, dropped

    async def _diagram(self, id: str, trace: Trace) -> wire.Diagram:  # noqa: A002
        answer = await self.client.send(calls.get_diagram(id), trace)
        row = answer.row(answer.body.stage_diagram, wire.Diagram, normalise.identity)
        if not normalise.is_meant(id, row.wire.id, row.wire.display_id):
            message = "DEVREV sent another stage diagram than the one asked for."
            raise errors.BadResponse(self.id, message)
        return row.wire


ADAPTER = DevRev


def _named(ids: Sequence[GlobalId], known: Mapping[str, DevRevStage]) -> dict[GlobalId, Stage]:
    return {one: known[one.source_id] for one in ids if one.source_id in known}
