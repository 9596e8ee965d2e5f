"""Sends a call: in its turn, with the credential, and once more where that is right."""

import asyncio
import time
import weakref
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Any, TypeVar, cast

import msgspec

from gateway import errors
from gateway.store.entry import Entry
from gateway.upstream.auth import Auth
from gateway.upstream.breaker import Breaker, Breakers
from gateway.upstream.call import Answer, Call
from gateway.upstream.client.http import Http
from gateway.upstream.client.patience import note_pace, seconds_left, until
from gateway.upstream.health import Health
from gateway.upstream.origin import decode
from gateway.upstream.pace import Pace, TooLongError
from gateway.upstream.retry import wait_before_retry
from gateway.upstream.trace import Sent, Trace
from schema.types.mutation_errors import WriteOutcome
from schema.types.source import Source
from schema.types.sources import SourceStatus

T = TypeVar("T")

_NOT_APPLIED = frozenset(range(400, 500)) - {408}
"""Answers that say that a request was refused; 408 says that some of it never came."""

_ROUNDED = 0.01
"""Seconds by which event loops are early."""

_EVER = datetime.max.replace(tzinfo=UTC)


class Line:
    """Whether a call under way waits for the source's rate limit.

    Args:
        pace: the line before the source.

    Attributes:
        is_own: whether it is this one's call that was begun.
        is_waiting: whether it waits in that line, for whatever reason.
    """

    __slots__ = ("_pace", "is_own", "is_waiting")

    def __init__(self, pace: Pace) -> None:
        self._pace = pace
        self.is_own = False
        self.is_waiting = False

    @property
    def is_in_it(self) -> bool:
        """Tell it of this moment."""
        return self.is_waiting and self._pace.is_busy


class Sender:
    """Sends calls to one source.

    Args:
        http: the connections.
        auth: the credential; it is closed together with the connections.
        health: told how each call went.
        pace: the line before the source.
        now: the clock.
        slow: seconds after which a call that is given up for lack of time was the source's fault,
            and not that of what was done before it.
    """

    def __init__(
        self,
        http: Http,
        auth: Auth,
        health: Health,
        pace: Pace,
        now: Callable[[], datetime],
        *,
        slow: float,
    ) -> None:
        self._http = http
        self._auth = auth
        self._health = health
        self._pace = pace
        self._now = now
        self._slow = slow
        self._breakers = Breakers()

    async def close(self) -> None:
        """Close the connections, and let the credential go."""
        await self._pace.close()
        await self._auth.close()
        await self._http.close()

    async def send(self, call: Call[Any], trace: Trace, line: Line, name: str = "") -> Entry:
        """Send a call; once more if its credential can be renewed.

        That holds for a write as well: what was answered 401 was not applied.

        Args:
            call: what to send.
            trace: counts it.
            line: told while the call waits for the source's rate limit.
            name: what tells it from other calls in the trace.

        Returns:
            The answer, which makes sense; or that there is no such thing.

        Raises:
            errors.UpstreamFailure: one leaf of it for each way to fail.
        """
        sent = Sent(
            source=self._http.source,
            method=call.method,
            route=call.route,
            keys=trace.keys,
            name=name,
        )
        line.is_own = True
        credential = await self._credential(trace)
        try:
            return await self._tried(call, credential, trace, line, sent)
        except errors.Unauthenticated:
            if not self._auth.forget(credential) or not trace.log.may_send():
                raise
        credential = await self._credential(trace)
        return await self._tried(call, credential, trace, line, _again(sent))

    async def _credential(self, trace: Trace) -> Mapping[str, str]:
        try:
            return await self._auth.headers(trace)
        except errors.UpstreamFailure as failure:
            self._health.bad(SourceStatus[failure.code.name])
            raise

    async def _tried(
        self, call: Call[Any], credential: Mapping[str, str], trace: Trace, line: Line, sent: Sent
    ) -> Entry:
        """Send a call, at most twice; a write once more only if nothing of it was sent."""
        try:
            return await self._once(call, credential, trace, line, sent)
        except errors.UpstreamFailure as failure:
            if not call.is_safe and not isinstance(failure, errors.NotReached):
                raise
            wait = wait_before_retry(failure, seconds_left())
            if wait is None or not trace.log.may_send():
                raise
        await asyncio.sleep(wait)
        return await self._once(call, credential, trace, line, _again(sent))

    async def _once(
        self, call: Call[Any], credential: Mapping[str, str], trace: Trace, line: Line, sent: Sent
    ) -> Entry:
        breaker = self._breakers.of(call.method, call.route)
        if breaker.is_open:
            self._refuse(breaker)
        turn = await self._turn(line, trace)
        started = time.perf_counter()
        if breaker.is_open:
            self._try(breaker, turn, started)
        trace.calls += 1
        if not call.is_safe:
            trace.outcome = WriteOutcome.UNKNOWN  # until an answer tells
        try:
            entry = await self._entry(call, credential, sent, trace)
        except errors.UpstreamFailure as failure:
            sent.status = failure.status
            if not call.is_safe:
                trace.outcome = _outcome(failure)
            self._judge(failure, breaker)
            raise
        except asyncio.CancelledError:
            self._given_up(breaker, started)
            raise
        finally:
            self._pace.leave(turn)
            sent.ms = (time.perf_counter() - started) * 1000
            trace.log.note(sent)
        if not call.is_safe:
            trace.outcome = WriteOutcome.APPLIED
        self._health.good(entry.fetched_at)
        breaker.good(time.perf_counter())
        return entry

    def _refuse(self, breaker: Breaker) -> None:
        """Send nothing to a source in trouble, unless it is time to try."""
        wait = breaker.wait(time.perf_counter())
        if wait > 0:
            self._health.bad(SourceStatus.UNAVAILABLE)
            source = self._http.source
            message = f"{source.name} is in trouble, and is asked again in a few seconds."
            raise errors.Resting(source, message, retry_after=round(wait, 3))

    def _try(self, breaker: Breaker, turn: list[float] | None, now: float) -> None:
        """Be the one that tries, if no other one has begun meanwhile."""
        try:
            self._refuse(breaker)
        except errors.Resting:
            self._pace.give_back(turn)
            raise
        breaker.begin(now)

    def _given_up(self, breaker: Breaker, started: float) -> None:
        """Note that whoever waited has left, or that the time was up."""
        now = time.perf_counter()
        is_late = until() - asyncio.get_running_loop().time() < _ROUNDED
        if is_late and now - started >= self._slow:
            breaker.bad(now)
        else:
            breaker.left(now)

    def _judge(self, failure: errors.UpstreamFailure, breaker: Breaker) -> None:
        """Note how the source does; one that finds fault with an input does well."""
        now = time.perf_counter()
        if failure.is_outage:
            breaker.bad(now)
        else:
            breaker.good(now)
        if isinstance(failure, errors.Throttled):
            self._pace.refused(failure.retry_after)
        if isinstance(failure, errors.Refused | errors.Missing):
            self._health.good(self._now())
        else:
            self._health.bad(SourceStatus[failure.code.name])

    async def _entry(
        self, call: Call[Any], credential: Mapping[str, str], sent: Sent, trace: Trace
    ) -> Entry:
        watch = None if call.is_safe else partial(_connecting, trace)
        try:
            body = await self._http.send(call, credential, watch)
        except errors.Missing as failure:
            if not call.is_safe:
                raise
            sent.status = failure.status
            return Entry(b"", self._now(), _EVER, missing=True)
        sent.status, sent.bytes = body.status, len(body.content)
        told = body.headers
        headers = {name: told[name] for name in call.kept_headers if name in told}
        entry = Entry(body.content, self._now(), _EVER, headers)
        entry.made = read(call, entry, self._http.source, body.status)
        return entry

    async def _turn(self, line: Line, trace: Trace) -> list[float] | None:
        """Wait in the line before the source."""
        line.is_waiting = True
        try:
            return await self._pace.turn(trace.log.of_request, until())
        except TooLongError as error:
            raise self.too_long(error.seconds) from None
        except asyncio.CancelledError:
            if line.is_in_it:
                note_pace()
            raise
        finally:
            line.is_waiting = False

    def too_long(self, seconds: float) -> errors.Throttled:
        """Return the failure of who would wait for the rate limit until it is too late."""
        source = self._http.source
        message = f"{source.name} {self._pace.words}."
        return errors.Throttled(source, message, retry_after=round(seconds, 3))


def _again(sent: Sent) -> Sent:
    """Return what is noted of another try."""
    return msgspec.structs.replace(sent, status=None, ms=0.0, bytes=0)


def _connecting(trace: Trace, is_under_way: bool) -> None:  # noqa: FBT001 - a callback
    """Note that whoever gives up on a connection that never comes has sent nothing."""
    trace.outcome = WriteOutcome.NOT_APPLIED if is_under_way else WriteOutcome.UNKNOWN


def _outcome(failure: errors.UpstreamFailure) -> WriteOutcome:
    """Tell what became of a write that failed: only an answer, or no connection, is sure."""
    is_answered = failure.status is not None and failure.status in _NOT_APPLIED
    is_sure = is_answered or isinstance(failure, errors.NotReached)
    return WriteOutcome.NOT_APPLIED if is_sure else WriteOutcome.UNKNOWN


def read(call: Call[T], entry: Entry, source: Source, status: int | None = None) -> Answer[T]:
    """Decode an answer.

    Raises:
        errors.BadResponse: if it makes no sense.
    """
    try:
        body = _decoded(entry.body, call.answer)
    except (msgspec.DecodeError, RecursionError) as error:
        message = f"{source.name} sent an answer that makes no sense."
        raise errors.BadResponse(source, message, status=status) from error
    return Answer(
        body,
        entry.fetched_at,
        source,
        entry.headers,
        mark=entry.mark,
        kept=weakref.ref(entry),
        status=status,
    )


def _decoded(body: bytes, kind: type[T]) -> T:
    """Decode a body; where it tells nothing it may be empty or any JSON."""
    if kind is not type(None):
        return decode(body, kind)
    if body:
        decode(body, object)
    return cast("T", None)
