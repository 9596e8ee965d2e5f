"""Sends calls to one source and turns whatever happens into an answer or a failure.

The only module that knows httpx.
"""

import asyncio
import ssl
import zlib
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import asynccontextmanager
from contextvars import ContextVar
from datetime import datetime
from functools import cache
from typing import Any, TypeVar
from urllib.parse import quote

import httpx
import msgspec

from gateway import errors
from gateway.upstream import retry_after
from gateway.upstream.body import Inflater, Plain, TooMuchError
from gateway.upstream.call import Answer, Call
from gateway.upstream.health import Health
from gateway.upstream.limits import Pace
from gateway.upstream.origin import decode
from gateway.upstream.retry import wait_before_retry
from gateway.upstream.trace import Trace
from schema.types.source import Source
from schema.types.sources import SourceStatus

T = TypeVar("T")


class _Waiting:
    """Whoever waits for calls.

    Attributes:
        until: when the time is up, by the event loop's clock.
        is_paced: whether the time went by in the line of a rate limit.
    """

    def __init__(self, until: float) -> None:
        self.until = until
        self.is_paced = False


_waiting: ContextVar[_Waiting] = ContextVar("waiting")
"""Whoever waits for the calls of this task; unset outside of a deadline."""

_KEEP_ALIVE_SECONDS = 2.0
"""Shorter than any vendor's idle time-out, so that no call goes out on a closing connection."""

_MAX_BODY = 8 * 2**20
"""Bytes of a decoded answer; a gzip bomb is cut short there."""

_HEADERS = {
    "Accept": "application/json",
    "Accept-Encoding": "gzip",
    "User-Agent": "stagegraph",
}

_REDIRECT = 300
_REFUSED = 400
_SERVER_ERROR = 500

_NONSENSE = (
    httpx.DecodingError,
    httpx.InvalidURL,
    httpx.TooManyRedirects,
    httpx.StreamError,
    httpx.CookieConflict,
)

_BY_STATUS: Mapping[int, tuple[type[errors.UpstreamFailure], str]] = {
    401: (errors.Unauthenticated, "refused the gateway's credential; an operator must renew it"),
    403: (errors.Forbidden, "does not let the gateway's credential read this"),
    404: (errors.Missing, "does not have this"),
    429: (errors.Throttled, "is called too often; try again later"),
}


def _by_class(status: int) -> tuple[type[errors.UpstreamFailure], str]:
    if status >= _SERVER_ERROR:
        return errors.Unavailable, "is down"
    if _REDIRECT <= status < _REFUSED:
        return errors.BadResponse, "sent the gateway elsewhere, which it does not follow"
    return errors.BadResponse, "did not understand the gateway"


@cache
def _trust() -> ssl.SSLContext:
    """Return what TLS is verified with; reading the certificates takes longer than a call."""
    return httpx.create_ssl_context(trust_env=False)


class Client:
    """A connection pool to one source.

    Args:
        source: whose failures they are.
        base_url: what every route is below, without a slash at its end.
        headers: sent with every call; the credential among them.
        concurrency: calls at once; more wait for their turn.
        limit: calls per time, "calls/seconds" or "none"; more wait for their turn.
        deadline: seconds for all that one list or one lookup waits for.
        now: the clock.
        transport: httpx's transport, handed in by tests.
    """

    def __init__(
        self,
        source: Source,
        base_url: str,
        headers: Mapping[str, str],
        *,
        concurrency: int,
        limit: str,
        deadline: float,
        now: Callable[[], datetime],
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self.source = source
        self.health = Health()
        self._base = base_url.rstrip("/")
        self._now = now
        self._deadline = deadline
        self._turns = asyncio.Semaphore(concurrency)
        self._limit = limit
        self._pace = Pace(limit)
        self._http = httpx.AsyncClient(
            headers={**_HEADERS, **headers},
            timeout=None,  # the deadline is over the whole answer, not per read  # noqa: S113
            follow_redirects=False,
            trust_env=False,
            verify=_trust(),
            limits=httpx.Limits(max_connections=concurrency, keepalive_expiry=_KEEP_ALIVE_SECONDS),
            transport=transport,
        )

    async def close(self) -> None:
        """Close the pool."""
        await self._http.aclose()

    @asynccontextmanager
    async def deadline(self, since: float | None = None) -> AsyncGenerator[None]:
        """Bound what is done inside, calls and waiting for a turn alike.

        Args:
            since: the event loop's time that the seconds count from; None is now.

        Raises:
            errors.TimedOut: when the time is up.
            errors.Throttled: when it went by in waiting for the source's own rate limit.
        """
        start = asyncio.get_running_loop().time() if since is None else since
        waiting = _Waiting(start + self._deadline)
        token = _waiting.set(waiting)
        try:
            async with asyncio.timeout_at(waiting.until):
                yield
        except TimeoutError as error:
            if waiting.is_paced:
                words = f"allows {self._limit} calls/seconds, and others are in line; ask for less"
                raise self._failure(errors.Throttled, words) from error
            self.health.bad(SourceStatus.TIMED_OUT)
            raise self._failure(
                errors.TimedOut, f"did not answer within {self._deadline:g} s"
            ) from error
        finally:
            _waiting.reset(token)

    async def send(self, call: Call[T], trace: Trace) -> Answer[T]:
        """Send a read, at most twice, and decode its answer.

        Raises:
            errors.UpstreamFailure: one leaf of it for each way to fail.
        """
        try:
            return await self._send(call, trace)
        except errors.UpstreamFailure as failure:
            waiting = _waiting.get(None)
            left = waiting.until - asyncio.get_running_loop().time() if waiting else 0.0
            wait = wait_before_retry(failure, left)
            if wait is None:
                raise
        await asyncio.sleep(wait)
        return await self._send(call, trace)

    async def _send(self, call: Call[T], trace: Trace) -> Answer[T]:
        async with self._turns:
            await self._turn()
            trace.calls += 1
            try:
                answer = self._decode(call, *await self._request(call))
            except errors.Missing:
                self.health.good(self._now())
                raise
            except errors.UpstreamFailure as failure:
                self.health.bad(SourceStatus[failure.code.name])
                raise
        self.health.good(answer.fetched_at)
        return answer

    async def _turn(self) -> None:
        """Wait for the source's rate limit."""
        try:
            await self._pace.turn()
        except asyncio.CancelledError:
            waiting = _waiting.get(None)
            if waiting:
                waiting.is_paced = True
            raise

    def _url(self, call: Call[Any]) -> httpx.URL:
        """Fill the route; a parameter can never reach beyond its own segment."""
        segments = {name: quote(value, safe="") for name, value in call.params.items()}
        if any(value in {"", ".", ".."} for value in segments.values()):
            raise self._failure(errors.BadResponse, "has no such path")
        url = httpx.URL(self._base + call.route.format_map(segments))
        return url.copy_with(params=list(call.query)) if call.query else url

    async def _request(self, call: Call[Any]) -> tuple[httpx.Response, bytes]:
        try:
            request = self._http.build_request(
                call.method,
                self._url(call),
                content=None if call.body is None else msgspec.json.encode(call.body),
                headers=None if call.body is None else {"Content-Type": self._content_type()},
            )
            response = await self._http.send(request, stream=True)
            try:
                content = await self._read(response)
            finally:
                await response.aclose()
        except httpx.TimeoutException as error:
            raise self._failure(errors.TimedOut, "did not answer in time") from error
        except _NONSENSE as error:
            raise self._failure(errors.BadResponse, "sent an answer that makes no sense") from error
        except httpx.HTTPError as error:
            raise self._failure(errors.Unavailable, "could not be reached") from error
        if response.is_success:
            return response, content
        raise self._refused(response)

    async def _read(self, response: httpx.Response) -> bytes:
        """Read a body, but no more of it than an honest one has."""
        status = response.status_code
        encoding = response.headers.get("Content-Encoding", "identity").strip().lower()
        if encoding not in {"gzip", "identity"}:
            raise self._failure(errors.BadResponse, "sent an unknown encoding", status=status)
        inflate = Inflater(_MAX_BODY) if encoding == "gzip" else Plain(_MAX_BODY)
        try:
            async for part in response.aiter_raw():
                inflate.feed(part)
            return inflate.whole()
        except TooMuchError:
            words = f"sent more than {_MAX_BODY // 2**20} MB in one answer"
            raise self._failure(errors.BadResponse, words, status=status) from None
        except zlib.error as error:
            words = "sent an answer that makes no sense"
            raise self._failure(errors.BadResponse, words, status=status) from error

    def _content_type(self) -> str:
        return self._http.headers.get("Content-Type", "application/json")

    def _refused(self, response: httpx.Response) -> errors.UpstreamFailure:
        status = response.status_code
        kind, words = _BY_STATUS.get(status) or _by_class(status)
        wait = retry_after.seconds(response.headers.get("Retry-After"), self._now())
        return self._failure(kind, words, status=status, retry_after=wait)

    def _decode(self, call: Call[T], response: httpx.Response, content: bytes) -> Answer[T]:
        try:
            body = decode(content, call.answer)
        except (msgspec.DecodeError, RecursionError) as error:
            raise self._failure(
                errors.BadResponse,
                "sent an answer that makes no sense",
                status=response.status_code,
            ) from error
        return Answer(body, self._now(), self.source, dict(response.headers))

    def _failure(
        self, kind: type[errors.UpstreamFailure], words: str, **details: Any
    ) -> errors.UpstreamFailure:
        return kind(self.source, f"{self.source.name} {words}.", **details)
