"""Sends one request and turns whatever happens into a body or a failure."""

import zlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple, cast

import httpx

from gateway import errors
from gateway.upstream import retry_after
from gateway.upstream.body import Inflater, Plain, TooMuchError
from gateway.upstream.call import Call
from gateway.upstream.client.requests import NoSuchPathError, Requests
from gateway.upstream.client.tls import trust
from gateway.upstream.client.transport import Room, Transport
from gateway.upstream.large import TURNS
from gateway.upstream.words import cleaned
from schema.types.source import Source

_KEEP_ALIVE_SECONDS = 15.0
"""Shorter than any vendor's idle time-out, so that no call goes out on a closing connection.

The vendors stand behind load balancers, which wait for a minute or longer unless told otherwise. A
read that meets a closing connection all the same is sent once more.
"""

_WRITE_ALIVE_SECONDS = 1.0
"""A write is not sent again when its connection turns out closed, so it takes only a warm one."""

_MAX_BODY = 8 * 2**20
"""Bytes of a decoded answer; a gzip bomb is cut short there."""

_REDIRECT = 300
_REFUSED = 400
_SERVER_ERROR = 500

_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
"""What happens before the first byte of a request is sent."""

_NONSENSE = (
    httpx.DecodingError,
    httpx.InvalidURL,
    httpx.TooManyRedirects,
    httpx.StreamError,
    httpx.CookieConflict,
)

_BY_STATUS: Mapping[int, tuple[type[errors.UpstreamFailure], str]] = {
    401: (errors.Unauthenticated, "refused the gateway's credential; an operator must renew it"),
    403: (errors.Forbidden, "does not let the gateway's credential do this"),
    404: (errors.Missing, "does not have this, or not for this credential"),
    429: (errors.Throttled, "is called too often; try again later"),
}


_REFUSALS = {400, 409, 422}
"""What a vendor answers to a write that it does not want as it is."""


def _by_class(status: int) -> tuple[type[errors.UpstreamFailure], str]:
    if status >= _SERVER_ERROR:
        return errors.Unavailable, "is down"
    if _REDIRECT <= status < _REFUSED:
        return errors.BadResponse, "sent the gateway elsewhere, which it does not follow"
    return errors.BadResponse, "did not understand the gateway"


def _watch(connecting: Callable[[bool], object]) -> Callable[[str, Any], Awaitable[None]]:
    """Return what a transport tells of its steps, "connection.connect_tcp.started" for one."""

    async def watch(event: str, info: Any) -> None:
        del info
        if event.startswith("connection."):
            connecting(not event.endswith(".complete"))

    return watch


def _encoding(headers: httpx.Headers) -> str:
    """Return how a body is encoded; httpx would decode all headers to tell it."""
    told = [value for name, value in headers.raw if name.lower() == b"content-encoding"]
    return b",".join(told).decode("latin-1").strip().lower() or "identity"


class Body(NamedTuple):
    """A whole answer with a good status.

    Attributes:
        status: the HTTP status.
        content: the body, decompressed.
        headers: the answer's headers.
    """

    status: int
    content: bytes
    headers: Mapping[str, str]


class Http:
    """The connections to one source, those of reads and those of writes.

    Args:
        source: whose failures they are.
        base_url: what every route is below, without a slash at its end.
        headers: sent with every call, beside the credential.
        now: the clock.
        hear: told the headers of each answer.
        connections: at most, of both.
        transport: httpx's transport, handed in by tests.
    """

    def __init__(
        self,
        source: Source,
        base_url: str,
        *,
        headers: Mapping[str, str],
        now: Callable[[], datetime],
        hear: Callable[[Sequence[tuple[bytes, bytes]]], object],
        connections: int,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self.source = source
        self._now = now
        self._hear = hear
        self._requests = Requests(base_url, headers)
        self._turns = TURNS[source]
        room = Room(connections)
        self._reads = transport or Transport(_KEEP_ALIVE_SECONDS, trust(), room)
        self._writes = transport or Transport(_WRITE_ALIVE_SECONDS, trust(), room)

    async def close(self) -> None:
        """Close the connections."""
        await self._reads.aclose()
        await self._writes.aclose()

    async def send(
        self,
        call: Call[Any],
        credential: Mapping[str, str],
        connecting: Callable[[bool], object] | None = None,
    ) -> Body:
        """Send a call and read its answer whole.

        Args:
            call: what to send.
            credential: headers.
            connecting: told when a connection is begun, and when it is there.

        Raises:
            errors.UpstreamFailure: one leaf of it for each way to fail.
        """
        try:
            more = {"trace": _watch(connecting)} if connecting else {}
            request = self._requests.of(call, credential, **more)
            transport = self._reads if call.is_safe else self._writes
            response = await transport.handle_async_request(request)
            self._hear(response.headers.raw)
            stream = cast("httpx.AsyncByteStream", response.stream)
            try:
                content = await self._read(response, stream)
            finally:
                await stream.aclose()
        except NoSuchPathError:
            raise self._failure(errors.BadResponse, "has no such path") from None
        except _NOT_SENT as error:
            raise self._failure(errors.NotReached, "could not be reached") from error
        except httpx.TimeoutException as error:
            raise self._failure(errors.TimedOut, "did not answer in time") from error
        except _NONSENSE as error:
            raise self._failure(errors.BadResponse, "sent an answer that makes no sense") from error
        except httpx.HTTPError as error:
            raise self._failure(errors.Unavailable, "broke off the connection") from error
        if response.is_success:
            return Body(response.status_code, content, response.headers)
        try:
            raise self._refused(call, response, content, credential)
        finally:
            del content  # the failure would hold it

    async def _read(self, response: httpx.Response, stream: httpx.AsyncByteStream) -> bytes:
        """Read a body, but no more of it than an honest one has."""
        status = response.status_code
        encoding = _encoding(response.headers)
        if encoding not in {"gzip", "identity"}:
            raise self._failure(errors.BadResponse, "sent an unknown encoding", status=status)
        body = Inflater(_MAX_BODY) if encoding == "gzip" else Plain(_MAX_BODY)
        try:
            return await body.read(stream, self._turns)
        except TooMuchError:
            pass  # it holds what was too much
        except zlib.error as error:
            words = "sent an answer that makes no sense"
            raise self._failure(errors.BadResponse, words, status=status) from error
        words = f"sent more than {_MAX_BODY // 2**20} MB in one answer"
        raise self._failure(errors.BadResponse, words, status=status)

    def _refused(
        self,
        call: Call[Any],
        response: httpx.Response,
        content: bytes,
        credential: Mapping[str, str],
    ) -> errors.UpstreamFailure:
        status = response.status_code
        kind, words = _BY_STATUS.get(status) or _by_class(status)
        if not call.is_safe and status in _REFUSALS:
            kind, words = errors.Refused, "refused this"
        is_refusal = _REFUSED <= status < _SERVER_ERROR
        said = call.complaints(status, content) if call.complaints and is_refusal else ()
        return self._failure(
            kind,
            words,
            status=status,
            retry_after=retry_after.seconds(response.headers.get("Retry-After"), self._now()),
            reason=() if call.reason is None else call.reason(content),
            complaints=cleaned(said, secrets=credential.values()),
        )

    def _failure(
        self, kind: type[errors.UpstreamFailure], words: str, **details: Any
    ) -> errors.UpstreamFailure:
        return kind(self.source, f"{self.source.name} {words}.", **details)
