"""A vendor of bytes on 127.0.0.1: it answers as it is told to, and counts."""

import asyncio
import os
import socket
import struct
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple, Self

from gateway.app import utc_now
from gateway.upstream.auth import Auth, Fixed
from gateway.upstream.client import Client
from schema.types.source import Source
from tests.fixtures import free_port


class Reply(NamedTuple):
    """What is sent for a request: some bytes, and then the connection may be cut."""

    content: bytes
    is_cut: bool = False


HANG = None
"""Stands for no answer at all."""


def reply(status: int, body: bytes = b"", *headers: str) -> Reply:
    """Return a whole answer."""
    lines = [f"HTTP/1.1 {status} X", f"Content-Length: {len(body)}", *headers, "", ""]
    return Reply("\r\n".join(lines).encode() + body)


class Vendor:
    """A server that gives one reply after the other; the last one again and again.

    Args:
        replies: what it gives.
        idle: seconds after which it closes a connection on which nothing comes.

    Attributes:
        requests: the heads of those that came. bodies: theirs. connections: how many were made.
    """

    def __init__(self, replies: Sequence[Reply | None], idle: float | None = None) -> None:
        self.port = free_port()
        self.requests: list[bytes] = []
        self.bodies: list[bytes] = []
        self.connections = 0
        self.came = asyncio.Event()
        self._replies = list(replies)
        self._idle = idle
        self._tasks: set[asyncio.Task[Any]] = set()
        self._writers: set[asyncio.StreamWriter] = set()

    @property
    def open(self) -> int:
        """How many connections there are."""
        return len(self._writers)

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self._writers.add(writer)
        try:
            while await self._one(reader, writer):
                pass
        finally:
            self._writers.discard(writer)
            writer.close()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        try:
            async with asyncio.timeout(self._idle):
                head = await reader.readuntil(b"\r\n\r\n")
        except (TimeoutError, asyncio.IncompleteReadError, ConnectionError):
            return False
        length = next(
            (
                int(line.split(b":")[1])
                for line in head.split(b"\r\n")
                if line.lower().startswith(b"content-length:")
            ),
            0,
        )
        body = await reader.readexactly(length)
        self.requests.append(head)
        self.bodies.append(body)
        answer = self._replies.pop(0) if len(self._replies) > 1 else self._replies[0]
        self.came.set()
        if answer is HANG:
            await asyncio.Event().wait()
            raise AssertionError
        writer.write(answer.content)
        try:
            await writer.drain()
        except ConnectionError:  # who asked has left
            return False
        return not answer.is_cut

    @contextmanager
    def _sockets(self) -> Iterator[list[socket.socket]]:
        """Give the sockets of all open connections, without a turn of the event loop."""
        found = [os.dup(one.get_extra_info("socket").fileno()) for one in self._writers]
        sockets = [socket.socket(fileno=one) for one in found]
        yield sockets
        for one in sockets:
            one.close()

    def say(self, content: bytes) -> None:
        """Send something that nobody asked for, at once."""
        with self._sockets() as sockets:
            for one in sockets:
                one.sendall(content)

    def finish(self) -> None:
        """End all connections on this side, at once."""
        with self._sockets() as sockets:
            for one in sockets:
                one.shutdown(socket.SHUT_WR)

    def reset(self) -> None:
        """Break all connections off."""
        with self._sockets() as sockets:
            for one in sockets:
                one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        for one in self._writers:
            one.transport.abort()

    def client(self, auth: Auth | None = None, *, address: str = "", **more: Any) -> Client:
        """Return a client of it, or of another address of it."""
        settings = {"concurrency": 4, "limit": "none", "deadline": 5.0, "now": utc_now, **more}
        own = auth or Fixed({"Authorization": "Bearer s3cr3t-v4lue"})
        return Client(Source.ESPER, address or f"http://127.0.0.1:{self.port}", own, **settings)
