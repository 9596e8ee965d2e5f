"""What one request carries: its view of the sources. Satisfies `schema.context.Context`."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import TypeVar, cast

from strawberry import UNSET

from gateway.adapter import Adapter, Batch
from gateway.errors import Rejected
from gateway.loaders import Loaders, has
from gateway.merge import (
    PIPELINES,
    STAGES,
    WORKFLOWS,
    Criteria,
    ListOf,
    Lists,
    Page,
    ProcessCriteria,
    StageCriteria,
)
from gateway.upstream.trace import Trace
from schema.context import Window
from schema.types.arguments import ResourceBy
from schema.types.ids import GlobalId, InvalidIdError, Kind
from schema.types.process import (
    Pipeline,
    PipelineFilter,
    PipelineOrder,
    Process,
    Workflow,
    WorkflowFilter,
    WorkflowOrder,
)
from schema.types.resource import Node, Resource
from schema.types.source import Source
from schema.types.sources import SourceInfo
from schema.types.stage import Stage, StageFilter, StageOrder

T = TypeVar("T")
R = TypeVar("R", bound=Resource)

LARGEST = 200
"""Ids, or related objects, that one field may ask for."""

_NODES = (Kind.STAGE, Kind.PIPELINE, Kind.WORKFLOW)


class Gateway:
    """What all requests share.

    Args:
        adapters: the connected sources.
        lists: the lists over them.
        sources: tells of every source, connected or not.
        now: the clock, in UTC.
    """

    def __init__(
        self,
        adapters: Mapping[Source, Adapter],
        lists: Lists,
        sources: Callable[[], list[SourceInfo]],
        now: Callable[[], datetime],
    ) -> None:
        self.adapters = adapters
        self.lists = lists
        self.sources = sources
        self.now = now


class RequestContext:
    """One request's view of the gateway."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self._loaders = Loaders(gateway.adapters)

    async def close(self) -> None:
        """Stop what the request no longer waits for."""
        await self._loaders.close()

    def now(self) -> datetime:
        """Return the time, in UTC."""
        return self._gateway.now()

    def sources(self) -> list[SourceInfo]:
        """Return every source, connected or not."""
        return self._gateway.sources()

    async def stages(
        self,
        window: Window,
        chosen: StageFilter | None,
        order: StageOrder | None,
        *,
        count: bool,
    ) -> Page[Stage]:
        """Return a page of the one list over all sources."""
        criteria = StageCriteria.of(chosen, order)
        return await self._page(STAGES, window, criteria, count=count)

    async def pipelines(
        self,
        window: Window,
        chosen: PipelineFilter | None,
        order: PipelineOrder | None,
        *,
        count: bool,
    ) -> Page[Pipeline]:
        """Return a page of the one list over all sources."""
        criteria = ProcessCriteria.of_pipelines(chosen, order)
        lists = self._gateway.lists
        return await lists.page(
            PIPELINES, window, criteria, count=count, notice=self._loaders.notice
        )

    async def workflows(
        self,
        window: Window,
        chosen: WorkflowFilter | None,
        order: WorkflowOrder | None,
        *,
        count: bool,
    ) -> Page[Workflow]:
        """Return a page of the one list over all sources."""
        criteria = ProcessCriteria.of_workflows(chosen, order)
        lists = self._gateway.lists
        return await lists.page(
            WORKFLOWS, window, criteria, count=count, notice=self._loaders.notice
        )

    async def _page(
        self, of: ListOf[R], window: Window, criteria: Criteria, *, count: bool
    ) -> Page[R]:
        return await self._gateway.lists.page(
            of, window, criteria, count=count, notice=self._loaders.notice
        )

    async def stages_of(
        self, process: Process, first: int | None, after: str | None, *, count: bool
    ) -> Page[Stage]:
        """Return a page of a process's stages, by position."""

        async def stages(trace: Trace) -> Batch[Stage]:
            if process.members is None:
                found = await self._loaders.stages_of(GlobalId.parse(process.id), trace)
                return found or Batch([])
            asked = [
                self._loaders.get(one, trace)
                for one in process.members
                if isinstance(one, GlobalId)
            ]
            held = [one for one in process.members if isinstance(one, Stage)]
            fetched = await asyncio.gather(*asked)
            return Batch(held + [one for one in fetched if isinstance(one, Stage)])

        window = Window(first, after, None, None)
        return await self._gateway.lists.stages_of(process, window, stages, count=count)

    async def processes_of(self, stage: Stage) -> list[Process]:
        """Return the processes that a stage stands in."""
        if stage.process_keys is not None:
            return await self.load_many(Process, stage.process_keys)
        return list(await self._loaders.processes_of(GlobalId.parse(stage.id)) or ())

    async def nodes(self, ids: Sequence[str]) -> list[Node | Exception | None]:
        """Return the objects of global ids, each in its own place."""
        _refuse_many("ids", len(ids), least=0)
        asked = [self._node(one) for one in ids]
        waiting = [one for one in asked if isinstance(one, asyncio.Future)]
        found = iter(await asyncio.gather(*waiting, return_exceptions=True))
        placed = [next(found) if isinstance(one, asyncio.Future) else one for one in asked]
        return cast("list[Node | Exception | None]", placed)

    def _node(self, text: str) -> asyncio.Future[Node | None] | Rejected:
        try:
            key = _parse(text, "id")
            if key.kind not in _NODES:
                found = "stages, pipelines and workflows"
                return Rejected(f"{text!r} is the id of a {key.kind}; `node` finds {found}.")
            return self._loaders.get(key)
        except Rejected as error:
            return error

    async def stage(self, by: ResourceBy) -> Stage | None:
        """Return one stage, or None where there is none."""
        return await self._one(Stage, Kind.STAGE, by)

    async def pipeline(self, by: ResourceBy) -> Pipeline | None:
        """Return one pipeline, or None where there is none."""
        return await self._one(Pipeline, Kind.PIPELINE, by)

    async def workflow(self, by: ResourceBy) -> Workflow | None:
        """Return one workflow, or None where there is none."""
        return await self._one(Workflow, Kind.WORKFLOW, by)

    async def _one(self, type_: type[T], kind: Kind, by: ResourceBy) -> T | None:
        if by.id is not None and by.id is not UNSET:
            key = _parse(by.id, "by.id")
            if key.kind is not kind:
                message = f"`by.id` takes the id of a {kind}; {by.id!r} is the id of a {key.kind}."
                raise Rejected(message)
            return await self._loaders.get(key)
        places = await self._locate(kind, by)
        found = await asyncio.gather(*map(self._loaders.get, places), return_exceptions=True)
        # Of several places it may be in, one that failed matters only if no other has it.
        failures = [one for one in found if isinstance(one, BaseException)]
        objects = [one for one in found if isinstance(one, type_)]
        if failures and not objects:
            raise failures[0]
        return objects[0] if objects else None

    async def _locate(self, kind: Kind, by: ResourceBy) -> Sequence[GlobalId]:
        key = by.key
        if key is None or key is UNSET:
            message = "`by` takes an id or a key."
            raise Rejected(message)
        adapter = self._gateway.adapters.get(key.source)
        if adapter is None or not has(adapter, kind):
            return ()
        async with adapter.deadline():
            places = await adapter.locate(kind, key, Trace())
        for place in places:
            if not adapter.owns(place):
                message = f"`by.key`: {key.source.name} gives no such id to a {kind}."
                raise Rejected(message)
        return places

    async def load(self, kind: type[T], key: GlobalId) -> T | None:
        """Return one object, fetched together with what else the query asks for."""
        found = await self._loaders.get(key)
        return found if isinstance(found, kind) else None

    async def load_many(self, kind: type[T], keys: Sequence[GlobalId]) -> list[T]:
        """Return those objects that exist, in the order of their keys."""
        found = await asyncio.gather(*map(self._loaders.get, keys))
        return [one for one in found if isinstance(one, kind)]

    async def prospects(self, stage: str, first: int) -> Sequence[GlobalId]:
        """Return the ids of the first prospects at a stage, by id."""
        _refuse_many("first", first, least=1)
        return await self._loaders.prospects_of(GlobalId.parse(stage), first) or ()


def _refuse_many(name: str, count: int, *, least: int) -> None:
    if not least <= count <= LARGEST:
        message = f"`{name}` takes {least} to {LARGEST}; {count} were asked for."
        raise Rejected(message)


def _parse(text: str, argument: str) -> GlobalId:
    try:
        return GlobalId.parse(text)
    except InvalidIdError as error:
        message = f"`{argument}`: {error}"
        raise Rejected(message) from None
