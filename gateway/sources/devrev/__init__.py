"""DevRev: custom stages, stage diagrams and works over an RPC of JSON."""

from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from functools import partial
from typing import Self, TypeVar

from gateway import errors
from gateway.adapter import (
    Adapter,
    Batch,
    CreatesStages,
    CreatesWorkflows,
    CreatesWorks,
    DeletesWorks,
    FindsProcesses,
    Judge,
    MovesWorks,
    Plan,
    ProcessAsk,
    ReadsReferences,
    ReadsStages,
    ReadsWorkflows,
    ReadsWorks,
    StageAsk,
    UpdatesStages,
    UpdatesWorkflows,
    UpdatesWorks,
    WorkAsk,
    World,
    source,
)
from gateway.errors import Path
from gateway.sources.devrev import asks, batches, calls, normalise, wire
from gateway.sources.devrev.by_stage import ByStage
from gateway.sources.devrev.counting import Counting
from gateway.sources.devrev.objects import Objects
from gateway.sources.devrev.placing import Placing
from gateway.sources.devrev.references import KINDS, LARGEST_OF_REFERENCES, References
from gateway.sources.devrev.served import Served
from gateway.sources.devrev.settings import Settings
from gateway.sources.devrev.works import Works
from gateway.sources.devrev.writes import Family
from gateway.sources.devrev.writes_stages import DiagramWrites, StageWrites
from gateway.sources.devrev.writes_works import WorkWrites
from gateway.upstream.auth import Fixed
from gateway.upstream.client import Client
from gateway.upstream.origin import Row
from gateway.upstream.paging import PageSize
from gateway.upstream.trace import Trace
from schema.types.arguments import ResourceKey
from schema.types.devrev import DevRevWorkflow
from schema.types.ids import GlobalId, Kind
from schema.types.inputs.devrev import CreateDevRevStage, CreateDevRevWorkflow
from schema.types.inputs.devrev_works import NewDevRevWork
from schema.types.inputs.process import UpdateWorkflowInput
from schema.types.inputs.stage import UpdateStageInput
from schema.types.inputs.work import MoveWorkInput, UpdateWorkInput
from schema.types.process import Workflow
from schema.types.reference import Reference, ReferenceKind
from schema.types.resource import Resource
from schema.types.source import Source
from schema.types.stage import Stage
from schema.types.work import Work

__all__ = ["ADAPTER", "DevRev", "Settings"]

K = TypeVar("K")
T = TypeVar("T")
W = TypeVar("W", bound=wire.Named)

_KINDS = {
    Kind.STAGE,
    Kind.STATE,
    Kind.WORKFLOW,
    Kind.WORK,
    Kind.PERSON,
    Kind.PART,
    Kind.TAG,
    Kind.SPRINT,
    Kind.ACCOUNT,
    Kind.REV_ORG,
    Kind.GROUP,
    Kind.ARTIFACT,
    Kind.CHANNEL,
    Kind.SCHEMA_FRAGMENT,
    Kind.OBJECT,
    Kind.ENUM_VALUE,
}


@source
class DevRev(
    Adapter,
    ReadsStages,
    ReadsWorkflows,
    FindsProcesses,
    ReadsWorks,
    ReadsReferences,
    CreatesStages,
    UpdatesStages,
    CreatesWorkflows,
    UpdatesWorkflows,
    CreatesWorks,
    UpdatesWorks,
    DeletesWorks,
    MovesWorks,
):
    """Custom stages with their states, the diagrams that they stand in, and the works in them."""

    id = Source.DEVREV
    stage_filters = frozenset({"name"})
    workflow_filters = frozenset({"name", "leafTypes"})
    work_filters = frozenset(
        {
            "types",
            "stageIds",
            "ownerIds",
            "partIds",
            "tagIds",
            "priorities",
            "severities",
            "createdAt",
            "updatedAt",
            "targetCloseAt",
        }
    )
    work_orders = frozenset(asks.SORTS)
    reference_kinds = KINDS
    instead = {
        "deleteStage": "Retire it: mark its nodes as deprecated, or leave them out, by "
        "`updateWorkflow`.",
        "deleteWorkflow": "Mark all of its nodes as deprecated by `updateWorkflow`.",
        "duplicateWorkflow": "Create one with the same nodes by `createWorkflow`.",
        "updatePipeline": "Its processes are workflows: use `updateWorkflow`.",
        "deletePipeline": "Its processes are workflows.",
    }

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
        self._works = Works(client, settings.page_size, world.max_pages, self._stages, world.now)
        self._by_stage = ByStage(self._works)
        self._counting = Counting(client, self._works)
        size = PageSize(min(settings.page_size, LARGEST_OF_REFERENCES))
        self._references = References(client, size, world.max_pages)
        stages = Family(Kind.STAGE, self._stages.decoded, normalise.stage, self._stages.get)
        self._stage_writes = StageWrites(client, stages, self._stages)
        diagrams = Family(Kind.WORKFLOW, self._diagrams.decoded, _workflow, self._diagrams.get)
        self._diagram_writes = DiagramWrites(client, diagrams, self._diagrams)
        placing = Placing(Served(world.now), self._works.register)
        self._work_writes = WorkWrites(
            client, self._works, placing, world.now, is_beta=settings.is_beta
        )

    @classmethod
    def connect(cls, settings: Settings, world: World) -> Self:
        """Make the adapter of a connected source."""
        token = settings.token.reveal() if settings.token else ""
        auth = Fixed({"Authorization": f"Bearer {token}"})
        return cls(world.client(cls.id, settings, auth, settings.headers), settings, world)

    def owns(self, id: GlobalId) -> bool:  # noqa: A002 - the graph's word
        """Ids are DONs or display ids, without a scope; DevRev has no pipelines, for one."""
        return id.kind in _KINDS and not id.scope and normalise.is_id_of(id.kind, id.source_id)

    async def locate(self, kind: Kind, key: ResourceKey, trace: Trace) -> Sequence[GlobalId]:
        """A DON or a display id is enough."""
        del trace
        return [normalise.global_id(kind, key.source_id)]

    def aliases(self, kind: Kind, row: Resource) -> Sequence[GlobalId]:
        """An object can be asked for by its display id as well as by its DON."""
        shown: str | None = getattr(row, "display_id", None)
        if not shown or normalise.is_don(shown) or not normalise.is_id(shown):
            return ()
        return [normalise.global_id(kind, shown)]

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
            yield Batch([row.made(normalise.stage) for row in wanted], dropped)

    async def get_stages(
        self, ids: Sequence[GlobalId], trace: Trace
    ) -> Mapping[GlobalId, Stage | errors.UpstreamFailure]:
        """Read one by itself, several out of the whole list, and singly what that lacks."""
        return _made(await self._stages.get(ids, trace), normalise.stage)

    async def workflows(self, ask: ProcessAsk, trace: Trace) -> AsyncIterator[Batch[Workflow]]:
        """Read page by page; nodes and transitions that make no sense are counted as left out."""
        chosen = partial(calls.list_diagrams, ask.names, ask.leaf_types)
        async for rows, dropped in self._diagrams.pages(trace, chosen):
            made = [row.made(normalise.workflow) for row in rows]
            spoilt = sum(bad for _, bad in made)
            yield Batch([workflow for workflow, _ in made], dropped + spoilt)

    async def get_workflows(
        self, ids: Sequence[GlobalId], trace: Trace
    ) -> Mapping[GlobalId, Workflow | errors.UpstreamFailure]:
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

    def works(self, ask: WorkAsk, trace: Trace) -> AsyncIterator[Batch[Work]]:
        """Read page by page."""
        return batches.listed(self._works, ask, trace)

    async def get_works(
        self, ids: Sequence[GlobalId], trace: Trace
    ) -> Mapping[GlobalId, Work | errors.UpstreamFailure]:
        """Read each by itself."""
        return await batches.got(self.client, ids, trace)

    async def count_works(self, ask: WorkAsk, trace: Trace) -> int | None:
        """Ask works.count, if it counts just these."""
        return await self._counting.count(ask, trace)

    async def works_of(
        self, stages: Sequence[GlobalId], first: int, trace: Trace
    ) -> Mapping[GlobalId, Batch[Work]]:
        """Read those of several stages out of one list, and singly what is too far down in it."""
        return await self._by_stage.first(stages, first, trace)

    async def stages_named(
        self, names: Sequence[str], trace: Trace
    ) -> Mapping[str, Stage | errors.UpstreamFailure]:
        """Look into the list of all stages; a name that several have is a failure of its own."""
        known = (await self._works.register(trace).read()).named
        found: dict[str, Stage | errors.UpstreamFailure] = {}
        for name in names:
            stages = known.get(name, [])
            if len(stages) == 1:
                found[name] = stages[0]
            elif stages:
                message = f"DEVREV tells only a stage's name, which {len(stages)} stages have."
                found[name] = errors.BadResponse(self.id, message)
        return found

    def references(
        self, kind: ReferenceKind, scope: str | None, trace: Trace
    ) -> AsyncIterator[Batch[Reference]]:
        """Read page by page."""
        return self._references.read(kind, scope, trace)

    def create_stage(self, new: CreateDevRevStage, at: Path) -> Plan:
        """Plan one call of stages.custom.create."""
        return self._stage_writes.create(Judge(self, at), new, at)

    def update_stage(self, key: GlobalId, patch: UpdateStageInput) -> Plan:
        """Plan one call of stages.custom.update."""
        return self._stage_writes.update(Judge(self), key, patch)

    def create_workflow(self, new: CreateDevRevWorkflow, at: Path) -> Plan:
        """Plan one call of stage-diagrams.create."""
        return self._diagram_writes.create(Judge(self, at), new, at)

    def update_workflow(self, key: GlobalId, patch: UpdateWorkflowInput) -> Plan:
        """Plan one call of stage-diagrams.update."""
        return self._diagram_writes.update(Judge(self), key, patch)

    def create_work(self, new: NewDevRevWork, at: Path) -> Plan:
        """Plan one call of works.create; a stage by its id may need another."""
        return self._work_writes.create(Judge(self, at), new, at)

    def update_work(self, key: GlobalId, patch: UpdateWorkInput) -> Plan:
        """Plan one call of works.update."""
        return self._work_writes.update(Judge(self), key, patch)

    def delete_work(self, key: GlobalId) -> Plan:
        """Plan one call of works.delete."""
        return self._work_writes.delete(key)

    def move_work(self, key: GlobalId, asked: MoveWorkInput) -> Plan:
        """Plan one call of works.update; a stage by its id may need another."""
        return self._work_writes.move(Judge(self), key, asked)

    async def _standing(self, processes: Sequence[GlobalId], trace: Trace) -> tuple[set[str], int]:
        """Return the DONs of the stages in some diagrams, and how much of those made no sense."""
        asked = [one for one in processes if one.kind is Kind.WORKFLOW and self.owns(one)]
        diagrams, dropped = await self._some(dict.fromkeys(asked), trace)
        standing: set[str] = set()
        for diagram in diagrams:
            nodes, spoilt = normalise.nodes(diagram.stages)
            standing |= {node.stage_key.source_id for node in nodes}
            dropped += spoilt
        return standing, dropped

    async def _some(
        self, asked: Collection[GlobalId], trace: Trace
    ) -> tuple[list[wire.Diagram], int]:
        """Read one diagram by itself, several out of the list; unknown ones are left out."""
        if len(asked) <= 1:
            got = await self._diagrams.get(list(asked), trace)
            return [row.wire for row in got.values() if isinstance(row, Row)], 0
        names = {one.source_id for one in asked}
        found: list[wire.Diagram] = []
        dropped = 0
        async for rows, spoilt in self._diagrams.pages(trace):
            found += [row.wire for row in rows if names & {row.wire.id, row.wire.display_id}]
            dropped += spoilt
        return found, dropped


ADAPTER = DevRev


def _workflow(row: Row[wire.Diagram]) -> DevRevWorkflow:
    return row.made(normalise.workflow)[0]


def _made(
    rows: Mapping[K, Row[W] | errors.UpstreamFailure], make: Callable[[Row[W]], T]
) -> dict[K, T | errors.UpstreamFailure]:
    """Make each object once, though it was asked for by its DON and by its display id."""
    sound = {row.wire.id: row for row in rows.values() if isinstance(row, Row)}
    made = {don: row.made(make) for don, row in sound.items()}
    return {key: made[row.wire.id] if isinstance(row, Row) else row for key, row in rows.items()}
