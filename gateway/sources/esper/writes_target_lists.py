"""Plans which target lists are attached to stages.

A target list and a stage are of the same pipeline, as their ids tell, so that this is judged before
anything is sent. The calls name no pipeline, so that Esper would take a stage whose id tells
another one than its own: each end is read by its pipeline first. Esper's answer does not tell the
stage.
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
from gateway.upstream.origin import Origin
from gateway.upstream.together import together
from gateway.upstream.trace import Trace
from schema.types.esper import TargetList
from schema.types.ids import GlobalId, Kind
from schema.types.mutation_errors import Constraint

_AT = ("input", "targetListId")
_PATHS = {"target_list_id": _AT, "": _AT}

_Send = Callable[[Trace], Awaitable[Written]]


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
            beside = await self._both(stage, its, trace)
            call = calls_writes.attach(stage.scope, stage.source_id, its.source_id)
            try:
                answer = await write(self._client, call, trace)
            except errors.Missing as failure:
                raise self._refused(failure, "Esper does not find it.") from failure
            return _written(stage, answer.fetched_at, beside)

        return self._plan(stage, its, send, is_attached=True)

    def detach(self, stage: GlobalId, target_list: str) -> Plan:
        """Plan to detach; as `attach`."""
        its = self._judged(stage, target_list)

        async def send(trace: Trace) -> Written:
            await self._stage(stage, trace)
            call = calls_writes.detach(stage.scope, stage.source_id, its.source_id)
            try:
                answer = await write(self._client, call, trace)
            except errors.Missing as failure:
                raise self._refused(failure, "It is not attached to the stage.") from failure
            return _written(stage, answer.fetched_at)

        return self._plan(stage, its, send, is_attached=False)

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

    def _plan(self, stage: GlobalId, its: GlobalId, send: _Send, *, is_attached: bool) -> Plan:
        async def look(trace: Trace) -> Sequence[Written]:
            try:
                await self._stage(stage, trace)
                found = await self._attached(stage, its, trace)
            except errors.Missing:
                return []
            return [Written(key=stage, beside=found)] if bool(found) is is_attached else []

        async def beside(trace: Trace) -> TargetList | None:
            try:
                return await self._target_list(its, trace)
            except errors.Missing:
                return None

        return Plan(send=send, look=look, paths=_PATHS, beside=beside)

    async def _both(self, stage: GlobalId, its: GlobalId, trace: Trace) -> TargetList:
        """Read both ends by the pipeline that their ids tell; return the list.

        Raises:
            errors.UpstreamFailure: `Missing` if the pipeline has no such stage; `Refused` if it
                has no such list.
        """

        async def listed() -> TargetList | errors.Missing:
            try:
                return await self._target_list(its, trace)
            except errors.Missing as failure:
                return failure

        _, found = await together([self._stage(stage, trace), listed()])
        if isinstance(found, errors.Missing):
            words = "Esper does not find it in the stage's pipeline."
            raise self._refused(found, words) from found
        return cast("TargetList", found)

    async def _stage(self, stage: GlobalId, trace: Trace) -> None:
        """Read a stage by its pipeline, which the calls that attach and detach do not name.

        Raises:
            errors.UpstreamFailure: `Missing` if the pipeline has no such stage.
        """
        call = calls_writes.get_stage(stage.scope, stage.source_id)
        row_of(await self._client.send(call, trace), wire.Stage, stage.source_id)

    async def _target_list(self, its: GlobalId, trace: Trace) -> TargetList:
        """Read a target list by its pipeline.

        Raises:
            errors.UpstreamFailure: `Missing` if the pipeline has no such list.
        """
        call = calls_writes.get_target_list(its.scope, its.source_id)
        row = row_of(await self._client.send(call, trace), wire.TargetList, its.source_id)
        return normalise.target_list(row, its.scope)

    async def _attached(self, stage: GlobalId, its: GlobalId, trace: Trace) -> TargetList | None:
        """Read a stage's target lists until one is found; None if it is not attached.

        Raises:
            errors.UpstreamFailure: `Missing` if there is no such stage; `BadResponse` if a row
                makes no sense, as it may be the one.
        """
        lists, dropped = self._lists(trace), 0
        async for page in lists.attached(stage, None):
            for row in page.rows:
                if row.wire.id == its.source_id:
                    return normalise.target_list(row, stage.scope)
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


def _written(stage: GlobalId, fetched_at: datetime, beside: TargetList | None = None) -> Written:
    """Return a stage of which the answer told nothing."""
    row = normalise.bare_stage(stage, Origin(b"{}", fetched_at, normalise.identity))
    return Written(key=stage, row=row, lacks=EVERYTHING, beside=beside)
