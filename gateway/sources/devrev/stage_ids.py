"""Whether DevRev filters works by ids of stages: nowhere told, so judged by what it answers."""

from collections.abc import Sequence
from typing import Any

from msgspec import structs

from gateway import errors
from gateway.sources.devrev import asks, forgiving, refusals, wire_works
from gateway.sources.devrev.served import Served
from gateway.upstream.call import Call
from gateway.upstream.client import Client
from gateway.upstream.together import together
from gateway.upstream.trace import Trace
from schema.types.ids import GlobalId

STAGE_IDS = "stage.stages"
"""The field of the request, and what it is remembered by."""

_FEW = 10
"""Rows that are compared: what comes new or changes meanwhile is less."""


class StageIds:
    """Finds out by the works' stages, and by two more calls where they tell no ids.

    Args:
        client: sends.
        served: remembers it.
    """

    def __init__(self, client: Client, served: Served) -> None:
        self._client = client
        self._served = served

    @property
    def is_served(self) -> bool | None:
        """Tell whether lists are filtered by ids of stages; None where that is not known."""
        return self._served.get(STAGE_IDS)

    def refute(self) -> None:
        """Note that DevRev refuses them, or passes over them."""
        self._served.note(STAGE_IDS, is_served=False)

    async def judge(
        self,
        asked: Sequence[GlobalId],
        twins: Sequence[GlobalId],
        call: Call[wire_works.Works],
        trace: Trace,
    ) -> None:
        """Compare a list that has works with that of other stages, by asking for both at once.

        Such lists have no work in common, unless DevRev passes over the ids, or takes them for
        their names. Nothing is noted where a list is refused, or a row makes no sense.

        Args:
            asked: the stages of the list; its works tell only the name of theirs.
            twins: stages that were not asked for, of the same names.
            call: what was asked for the list.
            trace: counts the calls.
        """
        try:
            own, others = await together(self._ids(one, call, trace) for one in (asked, twins))
        except errors.BadResponse as failure:
            if refusals.of(failure) is None:
                raise
            return
        if own and others is not None:
            self._served.note(STAGE_IDS, is_served=not own & others)

    async def _ids(
        self, stages: Sequence[GlobalId], call: Call[wire_works.Works], trace: Trace
    ) -> set[str] | None:
        """Return some works of a list as it is now, and not as it is kept; None if one is bad."""
        body: dict[str, Any] = {**call.body, **asks.in_stages(stages), "limit": _FEW}
        answer = await self._client.send(structs.replace(call, body=body, kept_as=None), trace)
        rows, spoilt = forgiving.works(answer)
        return None if spoilt else {row.wire.id for row in rows}
