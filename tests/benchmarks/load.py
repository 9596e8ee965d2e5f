"""The load: callers that each send a request, wait for the answer, and send the next."""

import asyncio
import time
from collections.abc import Sequence
from typing import Any, NamedTuple

import httptools
import msgspec
import uvloop

_OK = 200


class Result(NamedTuple):
    """How one load went.

    Attributes:
        seconds: from the first request to the last answer.
        latencies: of each request, in seconds, smallest first.
    """

    seconds: float
    latencies: list[float]

    def percentile(self, percent: float) -> float:
        """Return the latency that so many percent are not above, in milliseconds."""
        at = min(len(self.latencies) - 1, int(len(self.latencies) * percent / 100))
        return self.latencies[at] * 1000


class WrongAnswerError(Exception):
    """A server answered with an error, or otherwise than before."""


def request(query: str, variables: dict[str, Any] | None = None) -> bytes:
    """Write an operation as an HTTP request."""
    asked = {"query": query, **({"variables": variables} if variables else {})}
    body = msgspec.json.encode(asked)
    lines = [
        "POST /graphql HTTP/1.1",
        "Host: 127.0.0.1",
        "Accept: application/json",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
    ]
    return "\r\n".join([*lines, "", ""]).encode() + body


class _Load:
    """What the callers of one load share."""

    def __init__(self, requests: Sequence[bytes], count: int) -> None:
        self._requests = requests
        self.count = count
        self._taken = 0
        self._first: bytes | None = None
        self.latencies: list[float] = []
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def take(self) -> bytes | None:
        if self._taken == self.count:
            return None
        self._taken += 1
        return self._requests[self._taken % len(self._requests)]

    def note(self, seconds: float, status: int, body: bytes) -> None:
        self.latencies.append(seconds)
        if len(self._requests) == 1 and self._first is None:
            self._first = body
        is_right = status == _OK and (self._first is None or body == self._first)
        if not is_right or b'"errors":[{' in body:
            self.fail(WrongAnswerError(f"{status}: {body[:1000]!r}"))
        elif len(self.latencies) == self.count and not self.done.done():
            self.done.set_result(None)

    def fail(self, error: Exception) -> None:
        if not self.done.done():
            self.done.set_exception(error)


class _Caller(asyncio.Protocol):
    """One connection."""

    def __init__(self, load: _Load) -> None:
        self._load = load
        self._waits = False

    def connection_made(self, transport: Any) -> None:
        self._transport = transport
        self._parser = httptools.HttpResponseParser(self)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._waits:
            self._load.fail(exc or ConnectionError("The server closed a connection."))

    def send(self) -> None:
        request = self._load.take()
        self._waits = request is not None
        if request is not None:
            self._body: list[bytes] = []
            self._since = time.perf_counter()
            self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def on_body(self, body: bytes) -> None:
        self._body.append(body)

    def on_message_complete(self) -> None:
        seconds = time.perf_counter() - self._since
        self._load.note(seconds, self._parser.get_status_code(), b"".join(self._body))
        self.send()


async def _run(origin: str, requests: Sequence[bytes], count: int, callers: int) -> Result:
    host, _, port = origin.removeprefix("http://").partition(":")
    loop = asyncio.get_running_loop()
    load = _Load(requests, count)
    made = [
        await loop.create_connection(lambda: _Caller(load), host, int(port))
        for _ in range(min(callers, count))
    ]
    since = time.perf_counter()
    for _, caller in made:
        caller.send()
    try:
        await load.done
    finally:
        seconds = time.perf_counter() - since
        for transport, _ in made:
            transport.abort()
    return Result(seconds, sorted(load.latencies))


def run(origin: str, requests: Sequence[bytes], count: int, callers: int) -> Result:
    """Send so many requests from so many callers at once.

    Args:
        origin: the server's address.
        requests: taken in turn; one alone must always be answered by the same bytes.
        count: how many are sent in all.
        callers: how many connections.

    Raises:
        WrongAnswerError: at the first answer that is no good one.
        OSError: if the server breaks off.
    """
    return uvloop.run(_run(origin, requests, count, callers))
