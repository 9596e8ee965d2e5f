"""Plans what writes of stages and of pipelines have alike.

Whether a PUT leaves alone what it does not name is told nowhere, so a change is put together with
what there is: one read before the write, unless the input has every field.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

from msgspec import Struct, structs

from gateway import errors
from gateway.adapter import EVERYTHING, Plan, Written
from gateway.errors import Path
from gateway.sources.esper import normalise_writes, wire
from gateway.sources.esper.normalise_writes import PATHS_OF_CHANGES, Fields, is_as_sent
from gateway.sources.esper.sending import is_whole, row_of, write
from gateway.upstream.call import Call
from gateway.upstream.client import Client
from gateway.upstream.origin import Row
from gateway.upstream.trace import Trace
from schema.types.ids import GlobalId

W = TypeVar("W", wire.Stage, wire.Pipeline)


class Family(Struct, Generic[W], frozen=True, kw_only=True):
    """What one type of objects is written with.

    Attributes:
        kind: what its answers hold.
        get: reads one.
        put: writes one, as it is to be.
        delete: deletes one.
        written: makes what was written of a whole object, and of the scope of its id.
    """

    kind: type[W]
    get: Callable[[GlobalId], Call[wire.Got]]
    put: Callable[[GlobalId, Fields], Call[wire.Got]]
    delete: Callable[[GlobalId], Call[None]]
    written: Callable[[Row[W], str], Written]


class Writes(Generic[W]):
    """Plans writes of one type of objects, whose inputs were judged.

    Args:
        client: sends.
        family: the type.
    """

    def __init__(self, client: Client, family: Family[W]) -> None:
        self._client = client
        self._family = family

    def create(
        self,
        call: Call[wire.Got],
        look: Callable[[Trace], Awaitable[Sequence[Written]]],
        at: Path,
        holder: tuple[GlobalId, Path] | None = None,
    ) -> Plan:
        """Plan to create an object.

        Args:
            call: creates it.
            look: finds those that equal it.
            at: where the new object stands in the input.
            holder: as of the plan; its own id is the scope of the new one's.
        """
        scope = holder[0].source_id if holder else ""

        async def send(trace: Trace) -> Written:
            answer = await write(self._client, call, trace)
            return self._answered(row_of(answer, self._family.kind), scope)

        return Plan(send=send, look=look, holder=holder, paths=normalise_writes.paths_of_new(at))

    def update(self, key: GlobalId, changes: Fields) -> Plan:
        """Plan to change an object."""

        async def send(trace: Trace) -> Written:
            fields = changes
            if not normalise_writes.is_whole(changes, self._family.kind):
                fields = normalise_writes.whole((await self._now(key, trace)).wire, changes)
            answer = await write(self._client, self._family.put(key, fields), trace)
            return self._answered(row_of(answer, self._family.kind, key.source_id), key.scope)

        async def look(trace: Trace) -> Sequence[Written]:
            try:
                row = await self._now(key, trace)
            except errors.Missing:
                return []
            return [self._family.written(row, key.scope)] if is_as_sent(row.wire, changes) else []

        return Plan(send=send, look=look, paths=PATHS_OF_CHANGES)

    def delete(self, key: GlobalId) -> Plan:
        """Plan to delete an object."""

        async def send(trace: Trace) -> Written:
            await write(self._client, self._family.delete(key), trace)
            return Written(key=key)

        async def look(trace: Trace) -> Sequence[Written]:
            try:
                await self._now(key, trace)
            except errors.Missing:
                return [Written(key=key)]
            return []

        return Plan(send=send, look=look, paths=PATHS_OF_CHANGES)

    async def _now(self, key: GlobalId, trace: Trace) -> Row[W]:
        """Read an object as it is.

        Raises:
            errors.UpstreamFailure: `Missing` if there is none.
        """
        answer = await self._client.send(self._family.get(key), trace)
        return row_of(answer, self._family.kind, key.source_id)

    def _answered(self, row: Row[W], scope: str) -> Written:
        """Return what a write answered; what it left out may be there all the same."""
        written = self._family.written(row, scope)
        return written if is_whole(row) else structs.replace(written, lacks=EVERYTHING)
