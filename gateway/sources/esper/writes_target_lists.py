"""Plans which target lists are attached to stages.

A target list and a stage are of the same pipeline, as their ids tell, so that this is judged before
anything is sent. Esper does not tell when a list was attached, nor the stage in its answer.
"""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import cast

from gateway import errors
from gateway.adapter import EVERYTHING, Adapter, Judge, Plan, Written
from gateway.errors import Complaint
from gateway.sources.esper import calls_writes, normalise, wire
from gateway.sources.esper.lists import Lists
from gateway.sources.esper.sending import row_of, write
from gateway.upstream.origin import Origin, Row
from gateway.upstream.trace import Trace
from schema.types.esper import TargetList
from schema.types.ids import GlobalId, Kind
from schema.types.mutation_errors import Constraint

_AT = ("input", "targetListId")
_PATHS = {"target_list_id": _AT, "": _AT}

_Send = Callable[[Trace], Awaitable[Written]]
_Look = Callable[[Trace], Awaitable[Sequence[Written]]]


class TargetListWrites:
    """Attaches and detaches target lists.

    Args:
        adapter: whose they are.
        lists: makes what reads for one ask.
    """

    def __init__(self, adapter: Adapter, lists: Callable[[Trace], Lists]) -> None:
        self._adapter = adapter
        self._client = adapter.client
        self._lists = lists

    def attach(self, stage: GlobalId, target_list: str) -> Plan:
        """Plan to attach.

        Args:
            stage: the stage.
            target_list: the text of the input.

        Raises:
            errors.Invalid: if the input is wrong.
        """
        its = self._judged(stage, target_list)

        async def send(trace: Trace) -> Written:
            call = calls_writes.attach(stage.scope, stage.source_id, its.source_id)
            try:
                answer = await write(self._client, call, trace)
            except errors.Missing as failure:
                await self._attached(stage, its, trace)  # which is missing without the stage
                raise self._refused(failure, "Esper does not find it.") from failure
            try:
                beside = _target_list(row_of(answer, wire.TargetList, its.source_id), stage)
            except errors.BadResponse:
                beside = None  # it was attached all the same
            return _written(stage, answer.fetched_at, beside)

        async def look(trace: Trace) -> Sequence[Written]:
            found = await self._attached(stage, its, trace)
            return [Written(key=stage, beside=_target_list(found, stage))] if found else []

        return self._plan(its, send, look)

    def detach(self, stage: GlobalId, target_list: str) -> Plan:
        """Plan to detach; as `attach`."""
        its = self._judged(stage, target_list)

        async def send(trace: Trace) -> Written:
            call = calls_writes.detach(stage.scope, stage.source_id, its.source_id)
            try:
                answer = await write(self._client, call, trace)
            except errors.Missing as failure:
                await self._attached(stage, its, trace)  # which is missing without the stage
                raise self._refused(failure, "It is not attached to the stage.") from failure
            return _written(stage, answer.fetched_at)

        async def look(trace: Trace) -> Sequence[Written]:
            try:
                found = await self._attached(stage, its, trace)
            except errors.Missing:
                return []
            return [] if found else [Written(key=stage)]

        return self._plan(its, send, look)

    def _judged(self, stage: GlobalId, target_list: str) -> GlobalId:
        def own(text: str) -> GlobalId:
            return normalise.global_id(Kind.TARGET_LIST, text, stage.scope)

        judge = Judge(self._adapter)
        found = judge.id(target_list, Kind.TARGET_LIST, "targetListId", own=own)
        if found is not None and found.scope != stage.scope:
            words = "It is of another pipeline than the stage."
            judge.wrong(words, Constraint.REFERENCE, "targetListId")
        judge.done()
        return cast("GlobalId", found)  # else it was not done

    def _plan(self, its: GlobalId, send: _Send, look: _Look) -> Plan:
        async def beside(trace: Trace) -> TargetList | None:
            try:
                call = calls_writes.get_target_list(its.scope, its.source_id)
                answer = await self._client.send(call, trace)
            except errors.Missing:
                return None
            row = row_of(answer, wire.TargetList, its.source_id)
            return normalise.target_list(row, its.scope)

        return Plan(send=send, look=look, is_dated=False, paths=_PATHS, beside=beside)

    async def _attached(
        self, stage: GlobalId, its: GlobalId, trace: Trace
    ) -> Row[wire.TargetList] | None:
        """Read a stage's target lists until one is found; None if it is not attached.

        Raises:
            errors.UpstreamFailure: `Missing` if there is no such stage; `BadResponse` if a row
                makes no sense, as it may be the one.
        """
        lists, dropped = self._lists(trace), 0
        async for page in lists.attached(stage, None):
            for row in page.rows:
                if row.wire.id == its.source_id:
                    return row
            dropped += page.dropped
        if dropped:
            raise lists.nonsense()
        return None

    def _refused(self, failure: errors.Missing, words: str) -> errors.Refused:
        """Return the failure of a write of which Esper finds the stage, but not the list."""
        source = self._adapter.id
        message = f"`{'.'.join(_AT)}`: {words}"
        said = Complaint(message=message, constraint=Constraint.REFERENCE, path=_AT)
        return errors.Refused(source, message, status=failure.status, complaints=[said])


def _target_list(row: Row[wire.TargetList], stage: GlobalId) -> TargetList:
    return normalise.target_list(row, stage.scope)


def _written(stage: GlobalId, fetched_at: datetime, beside: TargetList | None = None) -> Written:
    """Return a stage of which the answer told nothing."""
    row = normalise.bare_stage(stage, Origin(b"{}", fetched_at, normalise.identity))
    return Written(key=stage, row=row, lacks=EVERYTHING, beside=beside)
