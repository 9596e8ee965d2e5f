"""DevRev: custom stages and stage diagrams over an RPC of JSON."""

from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from functools import partial
from typing import Self, TypeVar

from gateway.adapter import (
    Adapter,
    Batch,
    FindsProcesses,
    ProcessAsk,
    ReadsStages,
    ReadsWorkflows,
    StageAsk,
    World,
    source,
)
from gateway.sources.devrev import calls, normalise, wire
from gateway.sources.devrev.objects import Objects
from gateway.sources.devrev.settings import Settings
from gateway.upstream.client import Client
from gateway.upstream.origin import Row
from gateway.upstream.paging import PageSize
from gateway.upstream.trace import Trace
from schema.types.arguments import ResourceKey
from schema.types.devrev import DevRevWorkflow
from schema.types.ids import GlobalId, Kind
from schema.types.process import Workflow
from schema.types.source import Source
from schema.types.stage import Stage

__all__ = ["ADAPTER", "DevRev", "Settings"]

K = TypeVar("K")
T = TypeVar("T")
W = TypeVar("W", bound=wire.Named)

_KINDS = {Kind.STAGE, Kind.STATE, Kind.WORKFLOW, Kind.PERSON, Kind.ARTIFACT}


@source
class DevRev(Adapter, ReadsStages, ReadsWorkflows, FindsProcesses):
    """Custom stages with their states, and the stage diagrams that they stand in."""

    id = Source.DEVREV
    stage_filters = frozenset({"name"})
    workflow_filters = frozenset({"name", "leafTypes"})

    def __init__(self, client: Client, settings: Settings, world: World) -> None:
        super().__init__(client)
        size = PageSize(settings.page_size)
        self._stages = Objects(
            client,
            size,
            world.max_pages,
            kind=wire.Stage,
            every=partial(calls.list_stages, None),
            get=calls.get_stage,
        )
        self._diagrams = Objects(
            client,
            size,
            world.max_pages,
            kind=wire.Diagram,
            every=partial(calls.list_diagrams, None, None),
            get=calls.get_diagram,
        )

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
        pages = self._stages.pages(trace, partial(calls.list_stages, ask.names))
        async for rows, dropped in pages:
            wanted = [row for row in rows if standing is None or row.wire.id in standing]
            yield Batch([normalise.stage(row) for row in wanted], dropped)

    async def get_stages(self, ids: Sequence[GlobalId], trace: Trace) -> Mapping[GlobalId, Stage]:
        """Read one by itself, several out of the whole list, and singly what that lacks."""
        return _made(await self._stages.get(ids, trace), normalise.stage)

    async def workflows(self, ask: ProcessAsk, trace: Trace) -> AsyncIterator[Batch[Workflow]]:
        """Read page by page; nodes and transitions that make no sense are counted as left out."""
        chosen = partial(calls.list_diagrams, ask.names, ask.leaf_types)
        async for rows, dropped in self._diagrams.pages(trace, chosen):
            made = [normalise.workflow(row) for row in rows]
            spoilt = sum(bad for _, bad in made)
            yield Batch([workflow for workflow, _ in made], dropped + spoilt)

    async def get_workflows(
        self, ids: Sequence[GlobalId], trace: Trace
    ) -> Mapping[GlobalId, Workflow]:
        """Read one by itself, several out of the whole list, and singly what that lacks."""
        return _made(await self._diagrams.get(ids, trace), _workflow)

    async def processes_of(
        self, stages: Sequence[GlobalId], trace: Trace
    ) -> Mapping[GlobalId, Sequence[Workflow]]:
        """Read all diagrams once: no list takes stages; one that makes no sense costs itself."""
        found: dict[GlobalId, dict[str, Workflow]] = {one: {} for one in stages}
        if not found:
            return {}
        async for rows, _ in self._diagrams.pages(trace):
            for row in rows:
                workflow = _workflow(row)
                for node in workflow.nodes or ():
                    if node.stage_key in found:
                        found[node.stage_key].setdefault(workflow.source_id, workflow)
        return {one: list(workflows.values()) for one, workflows in found.items()}

    async def _standing(self, processes: Sequence[GlobalId], trace: Trace) -> tuple[set[str], int]:
        """Return the DONs of the stages in some diagrams, and how much of those made no sense."""
        asked = [one for one in processes if one.kind is Kind.WORKFLOW and self.owns(one)]
        diagrams, dropped = await self._some(dict.fromkeys(asked), trace)
        standing: set[str] = set()
        for diagram in diagrams:
            nodes, spoilt = normalise.nodes(diagram)
            standing |= {node.stage_key.source_id for node in nodes}
            dropped += spoilt
        return standing, dropped

    async def _some(
        self, asked: Collection[GlobalId], trace: Trace
    ) -> tuple[list[wire.Diagram], int]:
        """Read one diagram by itself, several out of the list; unknown ones are left out."""
        if len(asked) <= 1:
            got = await self._diagrams.get(list(asked), trace)
            return [row.wire for row in got.values()], 0
        names = {one.source_id for one in asked}
        found: list[wire.Diagram] = []
        dropped = 0
        async for rows, spoilt in self._diagrams.pages(trace):
            found += [row.wire for row in rows if names & {row.wire.id, row.wire.display_id}]
            dropped += spoilt
        return found, dropped


ADAPTER = DevRev


def _workflow(row: Row[wire.Diagram]) -> DevRevWorkflow:
    return normalise.workflow(row)[0]


def _made(rows: Mapping[K, Row[W]], make: Callable[[Row[W]], T]) -> dict[K, T]:
    """Make each object once, though it was asked for by its DON and by its display id."""
    made = {row.wire.id: make(row) for row in {row.wire.id: row for row in rows.values()}.values()}
    return {key: made[row.wire.id] for key, row in rows.items()}
