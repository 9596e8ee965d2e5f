"""Keeps a write under an idempotency key to once.

A key's record says what became of the first try. It is written before anything is sent, so that
whoever comes next, here or in another gateway, knows that something may have been sent. While one
works under a key it holds the key's lock; others wait for it.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress

import msgspec

from gateway.adapter import Written
from gateway.errors import Conflict, KeyReused, Unsure
from gateway.store.records import LostError, Records
from gateway.upstream.trace import Trace
from gateway.writes.fingerprint import digest, fingerprint
from gateway.writes.ways import Ask
from schema.types.ids import GlobalId
from schema.types.mutation_errors import WriteOutcome

_log = logging.getLogger(__name__)

KEPT_SECONDS = 24 * 3600.0
"""For so long a key answers its first result again."""

_LEASE_SECONDS = 10.0
"""What a lock lasts beyond the source's deadline: the steps around a write have bounds too."""

_LOOK_SECONDS, _LONGEST_LOOK = 0.02, 0.2
"""Between two looks of one who waits for another under the same key: more each time."""

Do = Callable[[], Awaitable[Written]]


class _Record(msgspec.Struct, kw_only=True):
    """What is known of a key.

    Attributes:
        input: digest of the input.
        before: global ids of what equalled the input of a create before it was sent: a vendor's
            clock and the gateway's may differ, and some vendors tell no times.
        done: global id of what was written; None as long as it is not known to be.
    """

    input: str
    before: list[str] = []
    done: str | None = None


class Once:
    """Keeps writes under a key to once.

    Args:
        records: where keys are kept.
    """

    def __init__(self, records: Records) -> None:
        self._records = records

    async def write(self, ask: Ask, caller: str, key: str, trace: Trace, send: Do) -> Written:
        """Write, unless that was done under this key before.

        Args:
            ask: what to write.
            caller: whose key it is.
            key: as the caller gave it.
            trace: of the write.
            send: writes.

        Returns:
            What was written, now or by an earlier try; of the latter maybe only its id.

        Raises:
            errors.KeyReused: if the key came with another input before.
            errors.Unsure: if an earlier try may have been applied, and that cannot be told.
        """
        place = digest(caller, ask.mutation, key)
        own = fingerprint(ask.mutation, ask.input)
        try:
            token = await self._turn(ask, place, own, key, trace)
            if isinstance(token, _Record):
                return _first(token)
            try:
                return await self._alone(ask, place, own, key, trace, send)
            finally:
                with suppress(LostError):  # it ends by itself
                    await self._records.release(_lock(place), token)
        except KeyReused:
            trace.outcome = WriteOutcome.NOT_APPLIED
            raise
        except LostError as error:  # never after a send: that would have been told already
            message = (
                "The store of idempotency keys cannot be reached, so nothing was sent now; send "
                "the same again with the same key later."
            )
            raise Unsure(ask.adapter.id, message, is_passing=True) from error

    async def _turn(self, ask: Ask, place: str, own: str, key: str, trace: Trace) -> str | _Record:
        """Wait for the key's lock, or for the result of who holds it."""
        pause = _LOOK_SECONDS
        while True:
            record = _judged(await self._read(place), own, key)
            if record is not None:
                if record.done is not None:
                    return record
                trace.outcome = WriteOutcome.UNKNOWN  # until it is known what became of that try
            token = await self._records.claim(
                _lock(place), ask.adapter.client.seconds + _LEASE_SECONDS
            )
            if token is not None:
                return token
            trace.outcome = WriteOutcome.UNKNOWN  # as above, of who holds the lock
            await asyncio.sleep(pause)
            pause = min(2 * pause, _LONGEST_LOOK)

    async def _alone(
        self, ask: Ask, place: str, own: str, key: str, trace: Trace, send: Do
    ) -> Written:
        """Write, while nobody else does under this key."""
        record = _judged(await self._read(place), own, key)
        if record is not None and record.done is not None:
            return _first(record)
        is_first = record is None
        if record is None:
            trace.outcome = WriteOutcome.NOT_APPLIED
            record = _Record(input=own, before=await self._before(ask, trace))
            await self._put(place, record)
        else:
            found = await self._look(ask, place, record, trace)
            if found is not None:
                return await self._done(ask, place, record, found)
        try:
            written = await send()
        except BaseException as error:
            if is_first and trace.outcome is WriteOutcome.NOT_APPLIED:
                with suppress(LostError):  # who comes next will look, and find nothing
                    await self._records.drop(place)
            elif isinstance(error, Conflict):
                trace.outcome = WriteOutcome.UNKNOWN
                message = (
                    "An earlier try under this idempotency key may have been applied, and the "
                    "object has changed since. Read it, and write again under a new key if you "
                    "must."
                )
                raise Unsure(ask.adapter.id, message) from error
            raise
        return await self._done(ask, place, record, written)

    async def _before(self, ask: Ask, trace: Trace) -> list[str]:
        """Return what is there already and might be taken for the result of a create."""
        if not ask.makes or ask.plan.look is None:
            return []
        return [str(one.key) for one in await ask.plan.look(trace)]

    async def _look(self, ask: Ask, place: str, record: _Record, trace: Trace) -> Written | None:
        """Return what an earlier try wrote; None if it surely wrote nothing."""
        source = ask.adapter.id
        trace.outcome = WriteOutcome.UNKNOWN
        if ask.plan.look is None:
            message = (
                "An earlier try under this idempotency key may have been applied, and "
                f"{source.name} gives no way to tell. Look for it yourself; write it again under "
                "a new key."
            )
            raise Unsure(source, message)
        found = await ask.plan.look(trace)
        ours = [one for one in found if await self._may_be_ours(ask, one, place, record)]
        if len(ours) > 1 or not all(one.is_sure for one in ours):
            message = (
                f"An earlier try under this idempotency key may have been applied: {source.name} "
                f"has {len(ours)} that may be of it, and whether one is cannot be told. Look "
                "yourself, and write again under a new key if you must."
            )
            raise Unsure(source, message)
        trace.outcome = WriteOutcome.APPLIED if ours else WriteOutcome.NOT_APPLIED
        return ours[0] if ours else None

    async def _may_be_ours(self, ask: Ask, found: Written, place: str, record: _Record) -> bool:
        """Tell whether an object that equals the input can be of this key's first try."""
        if not ask.makes:
            return True
        if str(found.key) in record.before:
            return False
        maker = await self._records.get(_maker(found.key))
        return maker in {None, place.encode()}

    async def _done(self, ask: Ask, place: str, record: _Record, written: Written) -> Written:
        record.done = str(written.key)
        try:
            if ask.makes:
                await self._records.put(_maker(written.key), place.encode(), KEPT_SECONDS)
            await self._put(place, record)
        except LostError:
            # It was written; whoever comes with the key will find the record begun, and look.
            _log.warning("a result could not be kept under its idempotency key")
        return written

    async def _put(self, place: str, record: _Record) -> None:
        await self._records.put(place, msgspec.msgpack.encode(record), KEPT_SECONDS)

    async def _read(self, place: str) -> _Record | None:
        """Return a key's record; one that cannot be read may hide a write, and so is a failure."""
        data = await self._records.get(place)
        if data is None:
            return None
        try:
            return msgspec.msgpack.decode(data, type=_Record)
        except msgspec.DecodeError as error:
            raise LostError from error


def _lock(place: str) -> str:
    return f"{place}:lock"


def _maker(made: GlobalId) -> str:
    return digest("made", str(made))


def _judged(record: _Record | None, own: str, key: str) -> _Record | None:
    """Return a record, if its input is one's own."""
    if record is not None and record.input != own:
        raise KeyReused(key)
    return record


def _first(record: _Record) -> Written:
    """Return a first result, of which only the id is known now."""
    return Written(key=GlobalId.parse(record.done or ""))
