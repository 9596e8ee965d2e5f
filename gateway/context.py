"""What one request carries: its view of the sources. Satisfies `schema.context.Context`."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import TypeVar, cast

from strawberry import UNSET

from gateway.adapter import Adapter
from gateway.errors import Rejected
from gateway.loaders import Loaders
from gateway.merge import Page, StageLists
from gateway.upstream.trace import Trace
from schema.context import Window
from schema.types.arguments import ResourceBy
from schema.types.ids import GlobalId, InvalidIdError, Kind
from schema.types.resource import Node
from schema.types.source import Source
from schema.types.sources import SourceInfo
from schema.types.stage import Stage, StageFilter, StageOrder

T = TypeVar("T")

LARGEST = 200
"""Ids, or related objects, that one field may ask for."""

_NODES = (Kind.STAGE,)


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
        lists: StageLists,
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
        return await self._gateway.lists.page(
            window,
            chosen,
            order,
            count=count,
            notice=lambda row: self._loaders.keep(GlobalId.parse(row.id), row),
        )

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
                message = f"{text!r} is the id of a {key.kind}; `node` finds stages."
                return Rejected(message)
            return self._loaders.get(key)
        except Rejected as error:
            return error

    async def stage(self, by: ResourceBy) -> Stage | None:
        """Return one stage, or None where there is none."""
        if by.id is not None and by.id is not UNSET:
            key = _parse(by.id, "by.id")
            if key.kind is not Kind.STAGE:
                message = f"`by.id` takes the id of a stage; {by.id!r} is the id of a {key.kind}."
                raise Rejected(message)
            return await self._loaders.get(key)
        places = await self._locate(by)
        found = await asyncio.gather(*map(self._loaders.get, places), return_exceptions=True)
        # Of several places it may be in, one that failed matters only if no other has it.
        failures = [one for one in found if isinstance(one, BaseException)]
        stages = [one for one in found if isinstance(one, Stage)]
        if failures and not stages:
            raise failures[0]
        return stages[0] if stages else None

    async def _locate(self, by: ResourceBy) -> Sequence[GlobalId]:
        key = by.key
        if key is None or key is UNSET:
            message = "`by` takes an id or a key."
            raise Rejected(message)
        adapter = self._gateway.adapters.get(key.source)
        if adapter is None:
            return ()
        async with adapter.deadline():
            places = await adapter.locate(Kind.STAGE, key, Trace())
        for place in places:
            if not adapter.owns(place):
                message = f"`by.key`: {key.source.name} gives no such id to a stage."
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
        return await self._loaders.prospects(GlobalId.parse(stage), first)


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
