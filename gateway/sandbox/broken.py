"""Answers that no server means to send: cut, slow, without end, or none at all.

Each ends when the other side has gone.
"""

import asyncio
import socket
import struct
import zlib
from collections.abc import Iterator
from functools import cache
from itertools import repeat
from typing import cast

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

_BOMB_MEGABYTES = 128
_GZIP = 31
"""What zlib calls a window of 32 KB in a gzip envelope."""

Headers = list[tuple[bytes, bytes]]


class Reset(Response):
    """Resets the connection before a word is sent."""

    def __init__(self) -> None:
        super().__init__()
        self.status_code = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Close without lingering, which on TCP is a reset."""
        del send
        _reset(scope)
        await _gone(receive)


class Truncated(Response):
    """Promises an answer, sends one half of it and closes the connection, or resets it."""

    def __init__(self, answer: Response, *, is_reset: bool = False) -> None:
        super().__init__(status_code=answer.status_code)
        self.answer = answer
        self.is_reset = is_reset

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Need an answer with a body."""
        body = bytes(self.answer.body)
        await _start(send, self.answer, (b"content-length", str(len(body)).encode()))
        await _more(send, body[: len(body) // 2])
        if self.is_reset:
            _reset(scope)
        else:
            _transport(scope).close()
        # Returning before it is closed would make the server complain of an answer without an end.
        await _gone(receive)


class Slow(Response):
    """Sends an answer byte by byte, or without end where it is None; `pause` is in seconds."""

    def __init__(self, answer: Response | None, pause: float) -> None:
        super().__init__(status_code=200 if answer is None else answer.status_code)
        self.answer = answer
        self.pause = pause

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Stop when the other side has gone."""
        del scope
        await _start(send, self.answer or Response(media_type="application/json"))
        gone = asyncio.ensure_future(_gone(receive))
        try:
            for part in self._parts():
                await _more(send, part)
                await asyncio.wait({gone}, timeout=self.pause)
                if gone.done():
                    break
        finally:
            gone.cancel()
        await send({"type": "http.response.body", "body": b""})

    def _parts(self) -> Iterator[bytes]:
        if self.answer is None:
            return repeat(b"[" + b" " * 65_535)
        return (bytes([one]) for one in self.answer.body)


class Hang(Response):
    """Answers never."""

    def __init__(self) -> None:
        super().__init__()
        self.status_code = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Wait until the other side has gone."""
        del scope, send
        await _gone(receive)


async def pause(request: Request, seconds: float) -> None:
    """Let time pass; the request's body must have been read.

    Raises:
        ClientDisconnect: as soon as the other side has gone.
    """
    try:
        await asyncio.wait_for(_gone(request.receive), seconds)
    except TimeoutError:
        return
    raise ClientDisconnect


@cache
def bomb() -> bytes:
    """Return a small gzip of a large JSON text."""
    packer = zlib.compressobj(level=1, wbits=_GZIP)
    megabyte = b" " * 1_000_000
    parts = [packer.compress(b'{"result": "')]
    parts += [packer.compress(megabyte) for _ in range(_BOMB_MEGABYTES)]
    return b"".join([*parts, packer.compress(b'"}'), packer.flush()])


def _reset(scope: Scope) -> None:
    transport = _transport(scope)
    cast("socket.socket", transport.get_extra_info("socket")).setsockopt(
        socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)
    )
    transport.abort()


def _transport(scope: Scope) -> asyncio.Transport:
    """Return what the sandbox's server puts into the scope."""
    return cast("asyncio.Transport", scope["transport"])


async def _start(send: Send, answer: Response, *headers: tuple[bytes, bytes]) -> None:
    kept = [one for one in answer.raw_headers if one[0] != b"content-length"]
    await send(
        {
            "type": "http.response.start",
            "status": answer.status_code,
            "headers": [*kept, *headers],
        }
    )


async def _more(send: Send, part: bytes) -> None:
    await send({"type": "http.response.body", "body": part, "more_body": True})


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
