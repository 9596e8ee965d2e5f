"""Gathers one query's asks and fetches them together, per source and kind.

Loaders live with their request; what earlier requests brought is `kept`.
"""

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Mapping, Sequence
from datetime import datetime
from typing import Any

from gateway.adapter import (
    Adapter,
    FindsProcesses,
    ListsStagesOfProcesses,
    ReadsPeople,
    ReadsPipelines,
    ReadsProspects,
    ReadsSpaceRoles,
    ReadsStages,
    ReadsTargetLists,
    ReadsWorkflows,
    ReadsWorks,
)
from gateway.errors import Rejected, UpstreamFailure
from gateway.loaders.kept import Kept, with_members
from gateway.loaders.loader import Loader, resolved
from gateway.upstream.trace import Log, Trace
from schema.types.esper import TargetListType
from schema.types.ids import GlobalId, Kind
from schema.types.resource import Resource
from schema.types.source import Source

__all__ = ["Kept", "Loader", "Loaders", "getter", "has"]

Getter = Callable[[Sequence[Any], Trace], Awaitable[Mapping[Any, Any]]]


_GETTERS: Mapping[Kind, tuple[type, str]] = {
    Kind.STAGE: (ReadsStages, "get_stages"),
    Kind.WORK: (ReadsWorks, "get_works"),
    Kind.PIPELINE: (ReadsPipelines, "get_pipelines"),
    Kind.WORKFLOW: (ReadsWorkflows, "get_workflows"),
    Kind.PERSON: (ReadsPeople, "get_people"),
    Kind.SPACE_ROLE: (ReadsSpaceRoles, "get_space_roles"),
}
"""The capability and the method that fetch a kind of object."""


def getter(adapter: Adapter, kind: Kind) -> Getter | None:
    """Return the method that fetches a kind of object, if the source has it."""
    capability, method = _GETTERS.get(kind, (None, ""))
    if capability is None or not isinstance(adapter, capability):
        return None
    return getattr(adapter, method)


def has(adapter: Adapter, kind: Kind) -> bool:
    """Tell whether a source has a kind of object."""
    return getter(adapter, kind) is not None


class Loaders:
    """All loaders of one request.

    Args:
        adapters: the connected sources.
        kept: what earlier requests brought.
        since: when the request began.
        log: told of every call.
    """

    def __init__(
        self, adapters: Mapping[Source, Adapter], kept: Kept, since: datetime, log: Log
    ) -> None:
        self._adapters = adapters
        self._kept = kept
        self._since = since
        self._log = log
        self._loaders: dict[Hashable, Loader[Any, Any]] = {}
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
        if adapter is None:
            return resolved(None)
        if not adapter.owns(key):
            message = f"'{key}' is no id of this graph: {key.source.name} gives no such id."
            raise Rejected(message)
        self._keep_noticed()
        loader = self._objects(adapter, key)
        if loader is None:
            return resolved(None)
        if not loader.knows(key):
            kept = self._kept.get(adapter, key, self._log)
            if kept is not None:
                loader.keep(key, kept)
        return loader.load(key, payer)

    def notice(self, row: Resource) -> None:
        """Remember an object that came, for those who ask for it or its stages by id."""
        self._noticed.append(row)
        if row.origin.fetched_at >= self._since:
            self._kept.notice(self._adapters[row.source], row)

    def notice_kept(self, rows: Sequence[Resource]) -> None:
        """Remember objects that earlier requests were answered with."""
        self._noticed += rows

    def _keep_noticed(self) -> None:
        """Sort what was noticed by id; most queries ask for nothing by id and never pay for it."""
        noticed, self._noticed = self._noticed, []
        for row in noticed:
            for one in with_members(row):
                key = GlobalId.parse(one.id)
                loader = self._objects(self._adapters[key.source], key)
                if loader is not None:
                    loader.keep(key, one)

    def stages_of(self, process: GlobalId, payer: Trace) -> asyncio.Future[Any]:
        """Ask for all stages of a process; a future of None where there is no such process."""
        adapter = self._adapters[process.source]
        if not isinstance(adapter, ListsStagesOfProcesses):
            return resolved(None)
        place = ("stages of", process.source)
        return self._loader(place, adapter, adapter.stages_of).load(process, payer)

    def processes_of(self, stage: GlobalId) -> asyncio.Future[Any]:
        """Ask for the processes that a stage stands in; a future of None where in none."""
        adapter = self._adapters[stage.source]
        if not isinstance(adapter, FindsProcesses):
            return resolved(None)
        place = ("processes of", stage.source)
        return self._loader(place, adapter, adapter.processes_of).load(stage)

    def works_of(self, stage: GlobalId, first: int, payer: Trace) -> asyncio.Future[Any]:
        """Ask for the first works in a stage, latest change first."""
        adapter = self._adapters[stage.source]
        if not isinstance(adapter, ReadsWorks):
            return resolved(None)

        def some(stages: Sequence[GlobalId], trace: Trace) -> Awaitable[Mapping[GlobalId, Any]]:
            return adapter.works_of(stages, first, trace)

        return self._loader(("works of", stage.source, first), adapter, some).load(stage, payer)

    def stage_named(self, source: Source, name: str) -> asyncio.Future[Any]:
        """Ask for the stage of a work that tells only the name of it."""
        adapter = self._adapters[source]
        if not isinstance(adapter, ReadsWorks):
            return resolved(None)
        return self._loader(("stages named", source), adapter, adapter.stages_named).load(name)

    def target_lists_of(
        self, holder: GlobalId, type_: TargetListType | None
    ) -> asyncio.Future[Any]:
        """Ask for the target lists of a stage or a pipeline, of one type or of any."""
        adapter = self._adapters[holder.source]
        if not isinstance(adapter, ReadsTargetLists):
            return resolved(None)
        place = ("target lists of", holder.source)
        return self._loader(place, adapter, adapter.target_lists_of).load((holder, type_))

    def prospects_of(self, stage: GlobalId, first: int) -> asyncio.Future[Any]:
        """Ask for the first prospects of a stage, by id."""
        adapter = self._adapters[stage.source]
        if not isinstance(adapter, ReadsProspects):
            return resolved(None)

        def some(stages: Sequence[GlobalId], trace: Trace) -> Awaitable[Mapping[GlobalId, Any]]:
            return adapter.prospects_of(stages, first, trace)

        return self._loader(("prospects of", stage.source, first), adapter, some).load(stage)

    def _objects(self, adapter: Adapter, key: GlobalId) -> Loader[GlobalId, Any] | None:
        # One per scope: no vendor serves several in one call, and one that fails is alone in it.
        place = key[:3]
        if place in self._loaders:
            return self._loaders[place]
        own = getter(adapter, key.kind)
        return None if own is None else self._loader(place, adapter, self._noticing(own))

    def _noticing(self, getter: Getter) -> Getter:
        """Let a method's objects be remembered."""

        async def get(keys: Sequence[GlobalId], trace: Trace) -> Mapping[GlobalId, Any]:
            found = await getter(keys, trace)
            for value in found.values():
                if isinstance(value, Resource):
                    self.notice(value)
            return found

        return get

    def _loader(self, place: Hashable, adapter: Adapter, getter: Getter) -> Loader[Any, Any]:
        if place not in self._loaders:

            async def fetch(
                keys: Sequence[Any], trace: Trace
            ) -> Mapping[Any, Any | UpstreamFailure]:
                async with adapter.deadline():
                    return await getter(keys, trace)

            self._loaders[place] = Loader(fetch, self._log)
        return self._loaders[place]
