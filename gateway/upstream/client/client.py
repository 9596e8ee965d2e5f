"""Answers calls to one source: with what is kept, by a call that is under way, or by a new one."""

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Any, TypeVar

from msgspec import structs

from gateway import errors
from gateway.cache.cache import How
from gateway.store.entry import Entry
from gateway.upstream.auth import Auth
from gateway.upstream.call import Answer, Call
from gateway.upstream.client.http import Http
from gateway.upstream.client.patience import Patience, note_pace
from gateway.upstream.client.sender import Line, Sender, read
from gateway.upstream.client.spare import Renewal, Renewals, Spare
from gateway.upstream.health import Health
from gateway.upstream.keeping import Keeping
from gateway.upstream.pace import Pace
from gateway.upstream.trace import Sent, Trace
from schema.types.ids import Kind
from schema.types.mutation_errors import WriteOutcome
from schema.types.source import Source
from schema.types.sources import SourceStatus

T = TypeVar("T")

_GOOD, _MISSING = 200, 404


class Client:
    """All calls to one source.

    Args:
        source: whose failures they are.
        base_url: what every route is below, without a slash at its end.
        auth: the credential; the client closes it with itself.
        headers: sent with every call, beside the credential.
        concurrency: calls at once; more wait for their turn.
        limit: calls per time, as `gateway.upstream.limits.Limit` has it; more wait for their turn.
            None waits for nothing, whatever the vendor tells.
        deadline: seconds for all that one list or one lookup waits for.
        now: the clock.
        keeping: whose answers are kept and for how long; None keeps and shares nothing.
        transport: httpx's transport, handed in by tests.
    """

    def __init__(
        self,
        source: Source,
        base_url: str,
        auth: Auth,
        *,
        headers: Mapping[str, str] | None = None,
        concurrency: int,
        limit: str | None,
        deadline: float,
        now: Callable[[], datetime],
        keeping: Keeping | None = None,
        transport: Any = None,
    ) -> None:
        self.source = source
        self.health = Health()
        self._keeping = keeping
        self._deadline = deadline
        self._renewals = Renewals(deadline / 2)
        self._pace = (
            Pace(limit, concurrency, now)
            if keeping is None
            else keeping.pace(limit, concurrency, now)
        )
        http = Http(
            source,
            base_url,
            headers=headers or {},
            now=now,
            hear=self._pace.hear,
            connections=concurrency,
            transport=transport,
        )
        self._sender = Sender(http, auth, self.health, self._pace, now, slow=deadline / 2)

    @property
    def keeping(self) -> Keeping:
        """Whose answers are kept and for how long."""
        if self._keeping is None:
            message = "this client keeps nothing"
            raise TypeError(message)
        return self._keeping

    @property
    def seconds(self) -> float:
        """The deadline, in seconds."""
        return self._deadline

    async def close(self) -> None:
        """Stop what nobody waits for, close the pool, and let the credential go."""
        await self._renewals.close()
        await self._sender.close()

    def deadline(self, since: float | None = None) -> Patience:
        """Bound what is done inside, calls and waiting for a turn alike.

        Args:
            since: the event loop's time that the seconds count from; None is now.

        Returns:
            A context; in it errors.TimedOut is raised when the time is up, errors.Throttled when it
            went by in waiting for the source's own rate limit.
        """
        start = asyncio.get_running_loop().time() if since is None else since
        return Patience(start + self._deadline, partial(self.too_late, seconds=self._deadline))

    def too_late(self, is_paced: bool, seconds: float) -> errors.UpstreamFailure:  # noqa: FBT001 - a callback
        """Return the failure of who has waited for so long, and whether for the rate limit."""
        if is_paced:
            return self._sender.too_long(self._pace.seconds())
        self.health.bad(SourceStatus.TIMED_OUT)
        return self._failure(errors.TimedOut, f"did not answer within {seconds:g} s")

    async def send(self, call: Call[T], trace: Trace) -> Answer[T]:
        """Answer a call: with what is kept, by the same call under way, or by sending it.

        Raises:
            errors.UpstreamFailure: one leaf of it for each way to fail.
        """
        keeping = self._keeping
        if keeping is None or not call.is_safe or call.kept_as is None:
            self._count(trace)
        if keeping is None:
            return self._answer(call, await self._sender.send(call, trace, Line(self._pace)))
        if not call.is_safe:
            return self._answer(call, await self._write(keeping, call, trace))
        if call.kept_as is None:
            trace.log.spoil()
            return self._answer(call, await self._load(keeping, call, trace, Line(self._pace)))
        await keeping.meet(call)
        try:
            entry = await self._entry(keeping, call, call.kept_as, trace)
        except BaseException:
            trace.log.spoil()  # whatever is answered without it is good for this once
            raise
        return self._answer(call, entry)

    async def _write(self, keeping: Keeping, call: Call[Any], trace: Trace) -> Entry:
        """Send a write; all that it may have changed is forgotten, whatever became of it."""
        is_missing = False
        try:
            return await self._load(keeping, call, trace, Line(self._pace))
        except errors.Missing:
            is_missing = True  # and what is kept of it is wrong
            raise
        finally:
            if call.tags and (is_missing or trace.outcome is not WriteOutcome.NOT_APPLIED):
                await keeping.versions.bump(keeping.scope, call.tags)

    async def _entry(self, keeping: Keeping, call: Call[Any], kind: Kind, trace: Trace) -> Entry:
        """Come by an entry that is kept by its kind, and note how."""
        key, mark = keeping.key(call), keeping.versions.clock
        seconds, line = keeping.seconds.get(kind, 0.0), Line(self._pace)
        if seconds <= 0:
            trace.log.spoil()
        if trace.is_fresh:
            self._count(trace)
            entry = await self._load(keeping, call, trace, line, key)
            await keeping.cache.keep(key, entry, seconds)
            trace.log.depend(keeping.scope, call.holds, entry, mark)
            return entry
        # Counted before it is known whether it must be sent: a load that is begun is shared, and
        # must not fail for what the one that began it may no longer ask.
        may_send = trace.log.may_send()
        if not may_send and (seconds <= 0 or await keeping.cache.peek(key) is None):
            raise self._too_many(trace)
        try:
            entry, how = await keeping.cache.get_or_load(
                key,
                seconds,
                lambda: self._load(keeping, call, trace, line, key),
                state=line,
                on_leave=_leave,
                spare=Spare(self, keeping, call, key, trace, line) if keeping.cache.stale else None,
            )
        except errors.UpstreamFailure as failure:
            _note_failure(failure, trace, line)
            raise
        finally:
            if may_send and not line.is_own:
                trace.log.was_not_sent()
        if how is How.STALE:
            _note_failure(entry.trouble, trace, line)
            trace.trouble = entry.trouble
            trace.log.note_stale(self.source, entry.fetched_at)
        if how is How.SENT and not line.is_own:
            how = How.JOINED  # to a renewal
        if how is not How.SENT:
            self._note(call, trace, key, entry, how)
        _marked(entry, mark)
        trace.log.depend(keeping.scope, call.holds, entry, mark)
        return entry

    def _count(self, trace: Trace) -> None:
        """Count a call that is about to be sent."""
        if not trace.log.may_send():
            raise self._too_many(trace)

    def _too_many(self, trace: Trace) -> errors.UpstreamFailure:
        words = f"was not asked: the request has made the {trace.log.most} calls that it may make"
        return self._failure(errors.TooLarge, f"{words}; ask for less")

    def renew(self, asked: Spare, old: Entry, trace: Trace, line: Line) -> Renewal:
        """Begin to load an answer and to keep it, if that is not under way; see `Spare`."""
        renewed = partial(self._renewed, asked, old, trace, line)
        return self._renewals.begin(asked.key, line, renewed)

    def new_line(self) -> Line:
        """Return a line for a call of its own."""
        return Line(self._pace)

    async def _renewed(self, asked: Spare, old: Entry, trace: Trace, line: Line) -> Entry:
        """Load an answer and keep it, within a deadline of its own."""
        keeping, kind = asked.keeping, asked.call.kept_as
        try:
            async with self.deadline():
                entry = await self._load(keeping, asked.call, trace, line, asked.key)
        except errors.UpstreamFailure as failure:
            keeping.cache.blame(old, failure)
            raise
        if kind is not None:
            await keeping.cache.keep(asked.key, entry, keeping.seconds[kind])
        return entry

    async def _load(
        self, keeping: Keeping, call: Call[Any], trace: Trace, line: Line, name: str = ""
    ) -> Entry:
        mark = keeping.versions.clock
        return _marked(await self._sender.send(call, trace, line, name=name), mark)

    async def kept(self, call: Call[T], trace: Trace | None = None) -> Answer[T] | None:
        """Return the kept answer of a call, without sending anything; none for a fresh trace."""
        keeping = self._keeping
        if keeping is None or call.kept_as is None or (trace is not None and trace.is_fresh):
            return None
        if keeping.seconds.get(call.kept_as, 0.0) <= 0:
            return None
        await keeping.meet(call)
        key, mark = keeping.key(call), keeping.versions.clock
        entry = await keeping.cache.peek(key)
        if entry is None or entry.missing:
            return None
        if trace is not None:
            trace.log.depend(keeping.scope, call.holds, entry, mark)
        return self._answer(call, _marked(entry, mark))

    def note_kept(self, call: Call[Any], answer: Answer[Any], trace: Trace) -> None:
        """Note that a kept answer was used."""
        entry = answer.kept()
        if entry is not None:
            self._note(call, trace, self.keeping.key(call), entry, How.KEPT)

    def _note(self, call: Call[Any], trace: Trace, key: str, entry: Entry, how: How) -> None:
        """Note a call that was not sent by this caller."""
        trace.calls += how is How.JOINED
        trace.log.note(
            Sent(
                source=self.source,
                method=call.method,
                route=call.route,
                status=_MISSING if entry.missing else _GOOD,
                bytes=len(entry.body),
                how=how,
                keys=trace.keys,
                # A call that failed is told beside, under the key alone.
                name=f"stale:{key}" if how is How.STALE else key,
            )
        )

    def _answer(self, call: Call[T], entry: Entry) -> Answer[T]:
        """Read an entry, once."""
        if entry.missing:
            raise self._failure(errors.Missing, "does not have this", status=_MISSING)
        if entry.made is None:
            entry.made = read(call, entry, self.source)
        return entry.made

    def _failure(
        self, kind: type[errors.UpstreamFailure], words: str, **details: Any
    ) -> errors.UpstreamFailure:
        return kind(self.source, f"{self.source.name} {words}.", **details)


def _leave(line: Line) -> None:
    """Tell apart who gives up in the line of a rate limit from who gives up on a slow source."""
    if line.is_in_it:
        note_pace()


def _note_failure(failure: errors.UpstreamFailure, trace: Trace, line: Line) -> None:
    """Count a call that somebody else sent, and that this one waited for too."""
    if not line.is_own and not isinstance(failure, errors.Resting):
        trace.calls += 1


def _marked(entry: Entry, mark: int) -> Entry:
    """Note when an answer was asked for.

    One that another gateway kept was asked for by nobody here; but it was found under the versions
    of the moment when it was looked for, so that none of them has changed between.
    """
    if entry.mark < 0:
        entry.mark = mark
        if entry.made is not None:
            structs.force_setattr(entry.made, "mark", mark)
    return entry
