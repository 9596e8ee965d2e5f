"""Counts works without reading them, where DevRev counts exactly what is asked for."""

from collections.abc import Mapping
from typing import Any

from gateway import errors
from gateway.adapter import WorkAsk
from gateway.sources.devrev import asks, calls, refusals
from gateway.sources.devrev.works import Works
from gateway.upstream.client import Client
from gateway.upstream.together import together
from gateway.upstream.trace import Trace


class Counting:
    """Asks works.count, until it turns out that there is none.

    Args:
        client: sends.
        works: knows where lists are not filtered by ids of stages.
    """

    def __init__(self, client: Client, works: Works) -> None:
        self._client = client
        self._works = works
        self._is_served = True
        self._looks_at_stages = False

    async def count(self, ask: WorkAsk, trace: Trace) -> int | None:
        """Return how many works match; None where DevRev cannot tell exactly."""
        if asks.is_nothing(ask):
            return 0
        given = asks.exact_conditions(ask)
        if given is None or not self._is_served:
            return None
        if ask.stages is None:
            return await self._counted(given, trace)
        stages = asks.in_stages(ask.stages)
        if not stages or self._works.takes_stage_ids is False:
            return None
        if self._looks_at_stages:
            return await self._counted(given | stages, trace)
        return await self._compared(given, given | stages, trace)

    async def _compared(
        self, given: Mapping[str, Any], in_stages: Mapping[str, Any], trace: Trace
    ) -> int | None:
        """Count with ids of stages, and without: only fewer tell that DevRev looked at the ids."""
        every, some = await together([self._counted(given, trace), self._counted(in_stages, trace)])
        if every is None or some is None:
            return None
        if some < every:
            self._looks_at_stages = True
            return some
        return 0 if every == 0 else None

    async def _counted(self, given: Mapping[str, Any], trace: Trace) -> int | None:
        try:
            told = (await self._client.send(calls.count_works(given), trace)).body
        except errors.Missing:
            self._is_served = False
            return None
        except errors.BadResponse as failure:
            if refusals.of(failure) is None:
                raise
            return None
        return None if told.has_more else told.count
