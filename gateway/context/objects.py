"""A request's objects by id, and what stands beside them."""

import asyncio
from collections.abc import Sequence
from typing import TypeVar, cast

from strawberry import UNSET

from gateway.context.request import Request
from gateway.errors import Rejected
from gateway.loaders import has
from gateway.upstream.trace import Trace
from schema.types.arguments import ResourceBy
from schema.types.esper import TargetList, TargetListType
from schema.types.ids import GlobalId, InvalidIdError, Kind
from schema.types.process import (
    Pipeline,
    Process,
    Workflow,
)
from schema.types.resource import Node
from schema.types.stage import Stage
from schema.types.work import Work

T = TypeVar("T")

LARGEST = 200
"""Ids, or related objects, that one field may ask for."""

_NODES = (Kind.STAGE, Kind.WORK, Kind.PIPELINE, Kind.WORKFLOW)


class Objects(Request):
    """Objects by id."""

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
                found = "stages, works, pipelines and workflows"
                return Rejected(f"{text!r} is the id of a {key.kind}; `node` finds {found}.")
            return self._loaders.get(key)
        except Rejected as error:
            return error

    async def stage(self, by: ResourceBy) -> Stage | None:
        """Return one stage, or None where there is none."""
        return await self._one(Stage, Kind.STAGE, by)

    async def work(self, by: ResourceBy) -> Work | None:
        """Return one work, or None where there is none."""
        return await self._one(Work, Kind.WORK, by)

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
            places = await adapter.locate(kind, key, Trace(self.log))
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

    async def processes_of(self, stage: Stage) -> list[Process]:
        """Return the processes that a stage stands in."""
        if stage.process_keys is not None:
            return await self.load_many(Process, stage.process_keys)
        return list(await self._loaders.processes_of(GlobalId.parse(stage.id)) or ())

    async def stage_of(self, work: Work) -> Stage | None:
        """Return the stage that a work is in."""
        if work.stage_key is not None:
            return await self.load(Stage, work.stage_key)
        if work.stage_name is None:
            return None
        return await self._loaders.stage_named(work.source, work.stage_name)

    async def target_lists(
        self,
        holder: Stage | Process,
        type: TargetListType | None,  # noqa: A002 - the graph's word
    ) -> Sequence[TargetList] | None:
        """Return the target lists of a stage or a pipeline."""
        if type is TargetListType.OTHER:
            message = "`type` takes GROUPS, DEVICES or COLLECTIONS."
            raise Rejected(message)
        return await self._loaders.target_lists_of(GlobalId.parse(holder.id), type)

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
