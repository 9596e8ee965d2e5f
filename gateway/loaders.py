"""Gathers one query's asks for objects by id and fetches them together, per source and kind.

A loader lives with its request. Every ask gets a future of its own: graphql-core cancels the
siblings of a field that fails, and a future shared with other fields would fail them too.
"""

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Iterable, Mapping, Sequence
from typing import Any, Generic, TypeVar

from gateway.adapter import (
    Adapter,
    FindsProcesses,
    ListsStagesOfProcesses,
    ReadsPeople,
    ReadsPipelines,
    ReadsProspects,
    ReadsSpaceRoles,
    ReadsStages,
    ReadsWorkflows,
)
from gateway.errors import Rejected
from gateway.upstream.trace import Trace
from schema.types.ids import GlobalId, Kind
from schema.types.process import Process
from schema.types.resource import Resource
from schema.types.source import Source
from schema.types.stage import Stage

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

Fetch = Callable[[Sequence[K], Trace], Awaitable[Mapping[K, V]]]


class _Batch(Generic[K, V]):
    """Keys that are fetched together, who waits for each, and who is told what it cost."""

    def __init__(self) -> None:
        self.waiting: dict[K, list[asyncio.Future[V | None]]] = {}
        self.payers: list[Trace] = []

    def join(self, key: K, payer: Trace | None) -> asyncio.Future[V | None]:
        """Return a future of its own to one who waits for a key."""
        future: asyncio.Future[V | None] = asyncio.get_running_loop().create_future()
        self.waiting.setdefault(key, []).append(future)
        if payer is not None and all(payer is not one for one in self.payers):
            self.payers.append(payer)
        return future


class Loader(Generic[K, V]):
    """Collects keys until the event loop comes round, then fetches them by one function.

    Args:
        fetch: returns the values by key, and counts its calls; absent keys are None. A failure
            fails all its keys.
    """

    def __init__(self, fetch: Fetch[K, V]) -> None:
        self._fetch = fetch
        self._known: dict[K, V | None] = {}
        self._flying: dict[K, _Batch[K, V]] = {}
        self._next: _Batch[K, V] | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    def load(self, key: K, payer: Trace | None = None) -> asyncio.Future[V | None]:
        """Return a future of the value of a key; `payer` is told of the calls that it took."""
        if key in self._known:
            return _resolved(self._known[key])
        batch = self._flying.get(key) or self._next
        if batch is None:
            batch = self._next = _Batch()
            asyncio.get_running_loop().call_soon(self._start, batch)
        return batch.join(key, payer)

    def keep(self, key: K, value: V) -> None:
        """Take a value that came by another way."""
        self._known[key] = value

    def _start(self, batch: _Batch[K, V]) -> None:
        self._next = None
        self._flying.update(dict.fromkeys(batch.waiting, batch))
        task = asyncio.get_running_loop().create_task(self._run(batch))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _run(self, batch: _Batch[K, V]) -> None:
        trace = Trace()
        try:
            values = await self._fetch(list(batch.waiting), trace)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is for those who wait
            for future in _open(batch.waiting.values()):
                future.set_exception(error)
        else:
            for key, futures in batch.waiting.items():
                self._known[key] = values.get(key)
                for future in _open([futures]):
                    future.set_result(values.get(key))
        finally:
            for key in batch.waiting:
                del self._flying[key]
            for payer in batch.payers:
                payer.calls += trace.calls

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
    if kind is Kind.PIPELINE and isinstance(adapter, ReadsPipelines):
        return adapter.get_pipelines
    if kind is Kind.WORKFLOW and isinstance(adapter, ReadsWorkflows):
        return adapter.get_workflows
    if kind is Kind.PERSON and isinstance(adapter, ReadsPeople):
        return adapter.get_people
    if kind is Kind.SPACE_ROLE and isinstance(adapter, ReadsSpaceRoles):
        return adapter.get_space_roles
    return None


def has(adapter: Adapter, kind: Kind) -> bool:
    """Tell whether a source has a kind of object."""
    return _getter(adapter, kind) is not None


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
        self._loaders: dict[Hashable, Loader[GlobalId, Any]] = {}
        self._noticed: list[Resource] = []

    async def close(self) -> None:
        """Stop what nobody waits for any more."""
        for loader in self._loaders.values():
            await loader.close()

    def get(self, key: GlobalId, payer: Trace | None = None) -> asyncio.Future[Any]:
        """Ask for an object at once, so that all asks of a query go out together.

        Args:
            key: the object's id.
            payer: told of the calls that it took.

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
        self._keep_noticed()
        loader = self._objects(key)
        return _resolved(None) if loader is None else loader.load(key, payer)

    def notice(self, row: Resource) -> None:
        """Remember an object that a list brought, for those who ask for it or its stages by id."""
        self._noticed.append(row)

    def _keep_noticed(self) -> None:
        """Sort what was noticed by id; most queries ask for nothing by id and never pay for it."""
        noticed, self._noticed = self._noticed, []
        for row in noticed:
            held = (row.members or ()) if isinstance(row, Process) else ()
            for one in (row, *(member for member in held if isinstance(member, Stage))):
                key = GlobalId.parse(one.id)
                loader = self._objects(key)
                if loader is not None:
                    loader.keep(key, one)

    def stages_of(self, process: GlobalId, payer: Trace) -> asyncio.Future[Any]:
        """Ask for all stages of a process; a future of None where there is no such process."""
        adapter = self._adapters[process.source]
        if not isinstance(adapter, ListsStagesOfProcesses):
            return _resolved(None)
        place = ("stages of", process.source)
        return self._loader(place, adapter, adapter.stages_of).load(process, payer)

    def processes_of(self, stage: GlobalId) -> asyncio.Future[Any]:
        """Ask for the processes that a stage stands in; a future of None where in none."""
        adapter = self._adapters[stage.source]
        if not isinstance(adapter, FindsProcesses):
            return _resolved(None)
        place = ("processes of", stage.source)
        return self._loader(place, adapter, adapter.processes_of).load(stage)

    def prospects_of(self, stage: GlobalId, first: int) -> asyncio.Future[Any]:
        """Ask for the first prospects of a stage, by id."""
        adapter = self._adapters[stage.source]
        if not isinstance(adapter, ReadsProspects):
            return _resolved(None)

        def some(stages: Sequence[GlobalId], trace: Trace) -> Awaitable[Mapping[GlobalId, Any]]:
            return adapter.prospects_of(stages, first, trace)

        return self._loader(("prospects of", stage.source, first), adapter, some).load(stage)

    def _objects(self, key: GlobalId) -> Loader[GlobalId, Any] | None:
        adapter = self._adapters.get(key.source)
        getter = adapter and _getter(adapter, key.kind)
        if adapter is None or getter is None:
            return None
        # One per scope: no vendor serves several in one call, and one that fails is alone in it.
        return self._loader(key[:3], adapter, getter)

    def _loader(self, place: Hashable, adapter: Adapter, getter: Getter) -> Loader[GlobalId, Any]:
        if place not in self._loaders:

            async def fetch(keys: Sequence[GlobalId], trace: Trace) -> Mapping[GlobalId, Any]:
                async with adapter.deadline():
                    return await getter(keys, trace)

            self._loaders[place] = Loader(fetch)
        return self._loaders[place]
