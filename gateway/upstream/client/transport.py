"""Connections under httpx's API: kept between calls, the latest used first.

httpx has a transport of its own, and others have been written over other clients. Each of them
costs more than all else that a call does here.
"""

import asyncio
import re
import socket
from collections import deque
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from functools import lru_cache
from typing import Any

import httpx
from aiohappyeyeballs import (
    start_connection,  # pyright: ignore[reportUnknownVariableType] - a tuple of anything
)

from gateway.upstream.client.connection import Connection
from gateway.upstream.client.tls import Trust

_SECOND_ADDRESS = 0.25
"""Seconds that an address of a host is tried alone before the next one is, too (RFC 8305)."""

Addresses = Sequence[Any]
"""As `getaddrinfo` tells them."""

Lookup = Callable[[str, int], Coroutine[Any, Any, Addresses]]

_PORTS = {"http": 80, "https": 443}

_LINE = re.compile(rb"[A-Z]+ [!-~]+ HTTP/1\.1\r\n")
_NAME = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_VALUE = re.compile(rb"[\t -~\x80-\xff]*")


class Room:
    """Bounds the connections of several transports together.

    Args:
        most: connections; beyond so many the longest idle one makes room for another.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._transports: list[Transport] = []

    def add(self, transport: "Transport") -> None:
        """Take a transport in."""
        self._transports.append(transport)

    def make(self) -> None:
        """Make room for one more connection."""
        if sum(one.connections for one in self._transports) >= self._most:
            idle = [one for one in self._transports if one.idle]
            if idle:
                min(idle, key=lambda one: one.idle[0].idle_since).idle.popleft().abort()


class Transport(httpx.AsyncBaseTransport):
    """Sends requests to one origin, each on a connection of its own, and follows nothing.

    Who calls bounds how many connections there are: a new one is made only when none is free.
    Deadlines are the caller's, too: one who is cancelled leaves no connection behind. An answer
    comes as it is: not inflated, not sent elsewhere, no cookie kept.

    Args:
        alive: seconds for which a connection may be used again.
        trust: what TLS is verified with.
        room: bounds the connections; None is no bound but the callers'.
        lookup: finds a host's addresses; None asks the system.

    Attributes:
        idle: the connections that are free, the longest idle first.
    """

    def __init__(
        self, alive: float, trust: Trust, room: Room | None = None, lookup: Lookup | None = None
    ) -> None:
        self._alive = alive
        self._trust = trust
        self._room = room
        self.idle: deque[Connection] = deque()
        self._all: set[Connection] = set()
        self._begun = 0
        self._lookup = lookup or _asked_of_system
        self._lookups: dict[tuple[str, int], asyncio.Future[Addresses]] = {}
        if room is not None:
            room.add(self)

    @property
    def connections(self) -> int:
        """How many there are, and are being made."""
        return len(self._all) + self._begun

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request and wait for the head of its answer, whose body comes as it is read.

        `request.extensions` may have the "target" of the request, in place of the URL's, and a
        "trace" that is told when a connection is begun and when it is there, as httpx's own.

        Raises:
            httpx.ConnectError: if no connection could be made; nothing was sent.
            httpx.TransportError: if there is no answer, or none that makes sense.
        """
        message = await _message(request)
        connection = self._free() or await self._connected(request)
        await connection.ask(message, is_head=request.method == "HEAD")
        if connection.tls is not None:
            self._trust.remember(connection.tls)
            connection.tls = None
        return httpx.Response(
            connection.status, headers=connection.headers, stream=_Body(connection, self.idle)
        )

    async def aclose(self) -> None:
        """Close all connections, and wait until they are."""
        for lookup in self._lookups.values():
            lookup.cancel()
        for connection in self._all:
            connection.abort()
        if self._all:
            await asyncio.wait([connection.lost for connection in self._all])

    def _free(self) -> Connection | None:
        """Return the connection that was used last, if that was not too long ago."""
        idle = self.idle
        if not idle:
            return None
        oldest = asyncio.get_running_loop().time() - self._alive
        while idle and idle[0].idle_since < oldest:
            idle.popleft().abort()
        while idle:
            connection = idle.pop()
            if connection.is_open() and connection.is_silent():
                return connection
            connection.abort()
        return None

    async def _connected(self, request: httpx.Request) -> Connection:
        """Make a connection, and tell who wants to know."""
        if self._room is not None:
            self._room.make()
        trace = request.extensions.get("trace")
        if trace is not None:
            await trace("connection.connect_tcp.started", {})
        self._begun += 1
        try:
            connection = await self._made(request.url)
        except (OSError, UnicodeError) as error:
            raise httpx.ConnectError(str(error)) from error
        finally:
            self._begun -= 1
        self._all.add(connection)
        connection.lost.add_done_callback(lambda _: self._all.discard(connection))
        if not connection.is_open():
            message = "closed before anything was sent"
            raise httpx.ConnectError(message)
        if trace is not None:
            await trace("connection.connect_tcp.complete", {})
        return connection

    async def _made(self, url: httpx.URL) -> Connection:
        if url.scheme not in _PORTS:
            message = f"no way to speak {url.scheme}"
            raise httpx.UnsupportedProtocol(message)
        loop, host = asyncio.get_running_loop(), url.raw_host.decode()
        found = await self._found(host, url.port or _PORTS[url.scheme])
        sock = await start_connection(found, happy_eyeballs_delay=_SECOND_ADDRESS)
        is_tls = url.scheme == "https"
        _, connection = await loop.create_connection(
            Connection,
            sock=sock,
            ssl=self._trust if is_tls else None,
            server_hostname=host if is_tls else None,
        )
        return connection

    async def _found(self, host: str, port: int) -> Addresses:
        """Find a host's addresses, with all who want to know at the time.

        The system is asked by a thread, which nobody can stop, and there are few of these for the
        whole process: names that are not answered must not use them up.
        """
        key = host, port
        if key not in self._lookups:
            lookup = self._lookups[key] = asyncio.ensure_future(self._lookup(host, port))
            lookup.add_done_callback(lambda _: self._lookups.pop(key))
            lookup.add_done_callback(_heard)
        return await asyncio.shield(self._lookups[key])


async def _asked_of_system(host: str, port: int) -> Addresses:
    loop = asyncio.get_running_loop()
    return await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)


def _heard(lookup: asyncio.Future[Addresses]) -> None:
    """Hear of a failure, though whoever wanted to know may have left."""
    if not lookup.cancelled():
        lookup.exception()


class _Body(httpx.AsyncByteStream):
    """The body of an answer, as it comes; it has the connection until it is closed."""

    def __init__(self, connection: Connection, idle: deque[Connection]) -> None:
        self._connection: Connection | None = connection
        self._idle = idle

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self

    async def __anext__(self) -> bytes:
        if self._connection is None:
            raise httpx.StreamClosed
        part = await self._connection.part()
        if part is None:
            raise StopAsyncIteration
        return part

    async def aclose(self) -> None:
        """Let go of the connection; it is kept if it is good for another request."""
        connection, self._connection = self._connection, None
        if connection is not None and connection.end():
            self._idle.append(connection)


async def _message(request: httpx.Request) -> bytes:
    """Return a request as it is sent.

    Raises:
        httpx.LocalProtocolError: if somebody could read another one into it.
    """
    target: bytes = request.extensions.get("target") or request.url.raw_path
    line = b"%b %b HTTP/1.1\r\n" % (request.method.encode(), target)
    lines, length = _lines(tuple(request.headers.raw))
    stream = request.stream
    if isinstance(stream, httpx.SyncByteStream):
        body = b"".join(stream)
    else:
        body = b"".join([part async for part in stream])
    if len(body) != length or not _LINE.fullmatch(line):
        message = "this request makes no sense"
        raise httpx.LocalProtocolError(message)
    return line + lines + body


@lru_cache(maxsize=256)
def _lines(headers: tuple[tuple[bytes, bytes], ...]) -> tuple[bytes, int]:
    """Return headers as they are sent, and how long a body they announce."""
    found: dict[bytes, bytes] = {}
    for name, value in headers:
        own = name.lower()
        if own in found or not _NAME.fullmatch(name) or not _VALUE.fullmatch(value):
            message = "this header makes no sense"
            raise httpx.LocalProtocolError(message)
        found[own] = value
    length = found.get(b"content-length", b"0")
    if b"host" not in found or b"transfer-encoding" in found or not length.isdigit():
        message = "these headers make no sense"
        raise httpx.LocalProtocolError(message)
    lines = b"".join([b"%b: %b\r\n" % header for header in headers])
    return lines + b"\r\n", int(length)
