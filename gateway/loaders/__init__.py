"""Gathers one query's asks and fetches them together, per source and kind.

Loaders live with their request; what earlier requests brought is `kept`.
"""

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Mapping, Sequence
from typing import Any, TypeVar

from gateway.adapter import (
    FindsProcesses,
    ListsStagesOfProcesses,
    ReadsProspects,
    ReadsTargetLists,
    ReadsWorks,
)
from gateway.loaders.each import Part, joined
from gateway.loaders.getters import Getter, getter, has
from gateway.loaders.kept import Kept
from gateway.loaders.loader import Loader, resolved
from gateway.loaders.objects import Objects
from gateway.upstream.trace import Trace
from schema.relations import Each
from schema.types.esper import TargetListType
from schema.types.ids import GlobalId
from schema.types.source import Source

__all__ = ["Kept", "Loader", "Loaders", "Part", "getter", "has", "joined"]

A = TypeVar("A")


class Loaders(Objects):
    """All loaders of one request: objects by id, and what stands beside them.

    What is asked for a list of objects comes in their order, with None where a source has no such
    thing, and with failures in place.
    """

    def stages_of(self, process: GlobalId, payer: Trace) -> asyncio.Future[Any]:
        """Ask for all stages of a process; a future of None where there is no such process."""
        adapter = self._adapters[process.source]
        if not isinstance(adapter, ListsStagesOfProcesses):
            return resolved(None)
        place = ("stages of", process.source)
        return self._loader(place, adapter, adapter.stages_of).load(process, payer)

    def works_of(self, stage: GlobalId, first: int, payer: Trace) -> asyncio.Future[Any]:
        """Ask for the first works in a stage, latest change first."""
        adapter = self._adapters[stage.source]
        if not isinstance(adapter, ReadsWorks):
            return resolved(None)

        def some(stages: Sequence[GlobalId], trace: Trace) -> Awaitable[Mapping[GlobalId, Any]]:
            return adapter.works_of(stages, first, trace)

        return self._loader(("works of", stage.source, first), adapter, some).load(stage, payer)

    def processes_of(self, stages: Sequence[GlobalId]) -> Each[Any]:
        """Ask for the processes that stages stand in; None for one in none."""
        sources = [one.source for one in stages]
        return self._beside(
            "processes of", sources, stages, FindsProcesses, lambda adapter: adapter.processes_of
        )

    def stages_named(self, sources: Sequence[Source], names: Sequence[str]) -> Each[Any]:
        """Ask for the stages of works that tell only their names."""
        return self._beside(
            "stages named", sources, names, ReadsWorks, lambda adapter: adapter.stages_named
        )

    def target_lists_of(
        self, holders: Sequence[GlobalId], type_: TargetListType | None
    ) -> Each[Any]:
        """Ask for the target lists of stages or pipelines, of one type or of any."""
        sources = [one.source for one in holders]
        asked = [(one, type_) for one in holders]
        return self._beside(
            "target lists of",
            sources,
            asked,
            ReadsTargetLists,
            lambda adapter: adapter.target_lists_of,
        )

    def prospects_of(self, stages: Sequence[GlobalId], first: int) -> Each[Any]:
        """Ask for the first prospects of stages, by id."""

        def some(adapter: ReadsProspects) -> Getter:
            return lambda keys, trace: adapter.prospects_of(keys, first, trace)

        sources = [one.source for one in stages]
        return self._beside(("prospects of", first), sources, stages, ReadsProspects, some)

    def _beside(
        self,
        name: Hashable,
        sources: Sequence[Source],
        keys: Sequence[Hashable],
        capability: type[A],
        method: Callable[[A], Getter],
    ) -> Each[Any]:
        """Ask each source for its keys; None for those of a source without the capability."""
        places: dict[Source, list[int]] = {}
        for at, source in enumerate(sources):
            places.setdefault(source, []).append(at)
        parts: list[Part] = []
        for source, own in places.items():
            adapter = self._adapters[source]
            if isinstance(adapter, capability):
                loader = self._loader((name, source), adapter, method(adapter))
                parts.append((own, loader.load_list([keys[at] for at in own])))
        return joined(len(keys), parts)
