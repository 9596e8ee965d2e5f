"""Gathers one query's asks for objects by id and fetches them together, per source and kind.

A loader lives with its request. Every ask gets a future of its own: graphql-core cancels the
siblings of a field that fails, and a future shared with other fields would fail them too.
"""

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Iterable, Mapping, Sequence
from typing import Any, Generic, TypeVar, cast

from gateway.adapter import Adapter, ReadsPeople, ReadsProspects, ReadsSpaceRoles, ReadsStages
from gateway.errors import Rejected
from gateway.upstream.trace import Trace
from schema.types.ids import GlobalId, Kind
from schema.types.source import Source

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

Fetch = Callable[[Sequence[K]], Awaitable[Mapping[K, V]]]


class Loader(Generic[K, V]):
    """Collects keys until the event loop comes round, then fetches them by one function.

    Args:
        fetch: returns the values by key; absent keys are None. A failure fails all its keys.
    """

    def __init__(self, fetch: Fetch[K, V]) -> None:
        self._fetch = fetch
        self._waiting: dict[K, list[asyncio.Future[V | None]]] = {}
        self._known: dict[K, V | None] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def load(self, key: K) -> asyncio.Future[V | None]:
        """Return a future of the value of a key."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[V | None] = loop.create_future()
        if key in self._known:
            future.set_result(self._known[key])
            return future
        if not self._waiting:
            loop.call_soon(self._start)
        self._waiting.setdefault(key, []).append(future)
        return future

    def keep(self, key: K, value: V) -> None:
        """Take a value that came by another way."""
        self._known[key] = value

    def _start(self) -> None:
        waiting, self._waiting = self._waiting, {}
        task = asyncio.get_running_loop().create_task(self._run(waiting))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _run(self, waiting: Mapping[K, Sequence[asyncio.Future[V | None]]]) -> None:
        try:
            values = await self._fetch(list(waiting))
        except Exception as error:  # noqa: BLE001 - whatever it is, it is for those who wait
            for future in _open(waiting.values()):
                future.set_exception(error)
            return
        for key, futures in waiting.items():
            self._known[key] = values.get(key)
            for future in _open([futures]):
                future.set_result(values.get(key))

    async def close(self) -> None:
        """Stop what nobody waits for any more."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


def _open(groups: Iterable[Sequence[asyncio.Future[Any]]]) -> list[asyncio.Future[Any]]:
    """Return the futures that nobody has cancelled."""
    return [future for futures in groups for future in futures if not future.done()]


Getter = Callable[[Sequence[GlobalId], Trace], Awaitable[Mapping[GlobalId, Any]]]


def _getter(adapter: Adapter, kind: Kind) -> Getter | None:
    """Return the method that fetches a kind of object, if the source has it."""
    if kind is Kind.STAGE and isinstance(adapter, ReadsStages):
        return adapter.get_stages
    if kind is Kind.PERSON and isinstance(adapter, ReadsPeople):
        return adapter.get_people
    if kind is Kind.SPACE_ROLE and isinstance(adapter, ReadsSpaceRoles):
        return adapter.get_space_roles
    return None


def _resolved(value: object) -> asyncio.Future[Any]:
    future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
    future.set_result(value)
    return future


class Loaders:
    """All loaders of one request.

    Args:
        adapters: the connected sources.
    """

    def __init__(self, adapters: Mapping[Source, Adapter]) -> None:
        self._adapters = adapters
        self._objects: dict[tuple[Source, Kind, str], Loader[GlobalId, Any]] = {}
        self._prospects: dict[tuple[Source, int], Loader[GlobalId, Sequence[GlobalId]]] = {}

    async def close(self) -> None:
        """Stop what nobody waits for any more."""
        for loader in [*self._objects.values(), *self._prospects.values()]:
            await loader.close()

    def get(self, key: GlobalId) -> asyncio.Future[Any]:
        """Ask for an object at once, so that all asks of a query go out together.

        Returns:
            A future of the object: None where there is none or its source is not connected, or
            the source's failure.

        Raises:
            Rejected: if the source's vendor could not have made such an id.
        """
        adapter = self._adapters.get(key.source)
        if adapter is not None and not adapter.owns(key):
            message = f"'{key}' is no id of this graph: {key.source.name} gives no such id."
            raise Rejected(message)
        loader = self._loader(key)
        return _resolved(None) if loader is None else loader.load(key)

    def keep(self, key: GlobalId, value: object) -> None:
        """Keep an object that a list brought, for those of this request who ask for it by id."""
        loader = self._loader(key)
        if loader is not None:
            loader.keep(key, value)

    def _loader(self, key: GlobalId) -> Loader[GlobalId, Any] | None:
        # One per scope: no vendor serves several in one call, and one that fails is alone in it.
        place = key[:3]
        adapter = self._adapters.get(key.source)
        getter = adapter and _getter(adapter, key.kind)
        if adapter is None or getter is None:
            return None
        if place not in self._objects:

            async def fetch(keys: Sequence[GlobalId]) -> Mapping[GlobalId, Any]:
                async with adapter.deadline():
                    return await getter(keys, Trace())

            self._objects[place] = Loader(fetch)
        return self._objects[place]

    async def prospects(self, stage: GlobalId, first: int) -> Sequence[GlobalId]:
        """Return the first prospects of a stage, by id."""
        adapter = self._adapters[stage.source]
        place = (stage.source, first)
        if place not in self._prospects:
            reads = cast("ReadsProspects", adapter)

            async def fetch(
                stages: Sequence[GlobalId],
            ) -> Mapping[GlobalId, Sequence[GlobalId]]:
                async with adapter.deadline():
                    return await reads.prospects_of(stages, first, Trace())

            self._prospects[place] = Loader(fetch)
        return await self._prospects[place].load(stage) or ()
