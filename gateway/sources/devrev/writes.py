"""What writes of DevRev's stages, diagrams and works have alike: sending, and looking for one."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Any, Generic, TypeVar

import msgspec
from msgspec import Struct

from gateway import errors
from gateway.adapter import Judge, Written
from gateway.sources.devrev import normalise, wire
from gateway.upstream.call import Answer, Call, nonsense
from gateway.upstream.client import Client
from gateway.upstream.origin import Row
from gateway.upstream.trace import Trace
from schema.types.ids import GlobalId, Kind
from schema.types.mutation_errors import Constraint
from schema.types.resource import Resource

W = TypeVar("W", bound=wire.Named)

Compared = tuple[Row[W], bool | None]
"""An object, and whether it has all that was sent; None where that cannot be told."""


class Family(Struct, Generic[W], frozen=True):
    """What one type of objects is written with.

    Attributes:
        kind: which.
        decode: reads the object out of an answer; raises errors.BadResponse if it makes no sense.
        make: makes what the graph has of it.
        get: reads objects by id: those that exist, or why they cannot be told.
    """

    kind: Kind
    decode: Callable[[Answer[Any]], Row[W]]
    make: Callable[[Row[W]], Resource]
    get: Callable[
        [Sequence[GlobalId], Trace], Awaitable[Mapping[GlobalId, Row[W] | errors.UpstreamFailure]]
    ]


class Sending(Generic[W]):
    """Sends writes of one type of objects.

    Args:
        client: sends.
        family: the type.
    """

    def __init__(self, client: Client, family: Family[W]) -> None:
        self.client = client
        self._family = family

    async def send(
        self,
        call: Call[Any],
        trace: Trace,
        *,
        asked: GlobalId | None = None,
        named: Sequence[str] = (),
    ) -> Written:
        """Send a write and read the object that it answers, whole as a get has it.

        Args:
            call: the write.
            trace: of the write.
            asked: the object that is changed; None is a new one.
            named: the request's fields that name other objects.

        Raises:
            errors.UpstreamFailure: Refused, where 404 can only be about what a field names.
        """
        try:
            answer = await self.client.send(call, trace)
        except errors.Missing as missing:
            if named and (asked is None or await self.found(asked, trace)):
                raise self._lost(missing, named) from missing
            raise
        row = self._family.decode(answer)
        if asked and not normalise.is_meant(asked.source_id, row.wire.id, row.wire.display_id):
            raise answer.nonsense()
        return self._written(row)

    async def found(self, key: GlobalId, trace: Trace) -> Row[W] | None:
        """Return an object, None where there is none.

        Raises:
            errors.UpstreamFailure: where that cannot be told.
        """
        row = (await self._family.get([key], trace)).get(key)
        if isinstance(row, errors.UpstreamFailure):
            raise row
        return row

    def alike(self, rows: Iterable[Compared[W]], dropped: int = 0) -> list[Written]:
        """Return those that are what was sent, or may be: DevRev does not answer every field.

        Args:
            rows: objects.
            dropped: how many more there are that make no sense.

        Raises:
            errors.BadResponse: if there are such, as one of them may be it.
        """
        if dropped:
            raise nonsense(self.client.source)
        return [
            msgspec.structs.replace(self._written(row), is_sure=is_alike is True)
            for row, is_alike in rows
            if is_alike is not False
        ]

    def _written(self, row: Row[W]) -> Written:
        key = normalise.global_id(self._family.kind, row.wire.id)
        return Written(key=key, row=row.made(self._family.make))

    def _lost(self, missing: errors.Missing, named: Sequence[str]) -> errors.Refused:
        """Tell that what is missing is one of the objects that the input names."""
        words = " ".join(one.message for one in missing.complaints)
        complaint = errors.Complaint(
            message=f"DevRev does not have an object that is named here. {words}".strip(),
            constraint=Constraint.REFERENCE,
            field=named[0] if len(named) == 1 else "",
        )
        return errors.Refused(
            missing.source, missing.message, status=missing.status, complaints=[complaint]
        )


def refuse_nothing(judge: Judge, body: Mapping[str, Any]) -> None:
    """Refuse an update that changes nothing, if nothing else is wrong with it."""
    judge.done()
    if not body:
        judge.wrong("It changes nothing.", Constraint.REQUIRED)
        judge.done()


def refuse_untold(judge: Judge, body: Mapping[str, Any]) -> None:
    """Refuse what JSON cannot tell, such as halves of characters."""
    judge.done()
    try:
        msgspec.json.encode(body)
    except (ValueError, TypeError, OverflowError, RecursionError):
        words = "It has something that JSON cannot tell."
        judge.wrong(words, Constraint.FORMAT)
        judge.done()
