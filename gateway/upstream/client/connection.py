"""One connection to a vendor, over HTTP/1.1: one request at a time, and its answer as it comes."""

import asyncio
import select
from typing import TYPE_CHECKING, cast

import httptools
import httpx

if TYPE_CHECKING:
    import ssl

_MOST_BESIDE_BODY = 64 * 2**10
"""Bytes that may come in one go beside a body: a head, sizes of chunks, what follows the body."""

_MOST_AHEAD = 256 * 2**10
"""Bytes of a body that are read before somebody takes them."""

_GOOD = 200
_BODILESS = frozenset({204, 304})
_FRAMING = frozenset({b"content-length", b"transfer-encoding"})


class Connection(asyncio.Protocol):
    """What the event loop tells of a connection; llhttp reads it, as strictly as it can.

    Whatever makes no sense closes the connection, and so does whoever leaves before the end: what
    is left of one answer is never taken for another.

    Attributes:
        status: of the answer whose head has come. headers: its headers.
        tls: its half of TLS, until somebody has taken its session; None without TLS.
        lost: done when the connection is closed.
        idle_since: the event loop's time when its latest answer was read.
    """

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self.status = 0
        self.headers: list[tuple[bytes, bytes]] = []
        self.tls: ssl.SSLObject | None = None
        self.lost: asyncio.Future[None] = self._loop.create_future()
        self.idle_since = 0.0
        self._parser = httptools.HttpResponseParser(self)
        self._waiter: asyncio.Future[None] | None = None
        self._error: httpx.TransportError | None = None
        self._parts: list[bytes] = []
        self._ahead = 0
        self._beside = 0
        self._is_kept = True  # another request may follow
        self._is_asked = False  # a request was sent, and its answer is not done with
        self._is_answered = False  # the answer's head is there
        self._is_whole = False  # and its end
        self._is_head = False  # a body is announced that does not come
        self._is_paused = False

    # -------------------------------------------------------------------------- for the pool

    def is_open(self) -> bool:
        """Tell whether a request may be sent, as far as has been heard."""
        return self._is_kept and not self._transport.is_closing()

    def is_silent(self) -> bool:
        """Tell whether nothing has come that is not heard yet: not even the end."""
        return not self._poll(0)

    async def ask(self, request: bytes, *, is_head: bool) -> None:
        """Send a request and wait for the head of its answer.

        Args:
            request: the whole of it.
            is_head: whether its method is HEAD.

        Raises:
            httpx.TransportError: if none comes that makes sense.
        """
        self.headers, self._parts = [], []
        self._ahead = self._beside = 0
        self._is_asked, self._is_head = True, is_head
        self._is_answered = self._is_whole = False
        self._transport.write(request)
        while not self._is_answered:
            await self._more()

    async def part(self) -> bytes | None:
        """Return what has come of the body since the last time; None at its end.

        Raises:
            httpx.TransportError: if its end does not come.
        """
        while not self._parts:
            if self._is_whole:
                return None
            if self._is_paused:
                self._is_paused = False
                self._transport.resume_reading()
            await self._more()
        body = b"".join(self._parts)
        self._parts = []
        self._ahead = 0
        return body

    def end(self) -> bool:
        """Be done with the answer; tell whether another request may follow."""
        self._parts = []  # a failure may hold the connection for some time
        if not self._is_whole or not self._is_kept:
            self.abort()
            return False
        self._is_asked = False
        self.idle_since = self._loop.time()
        return True

    def abort(self) -> None:
        """Close the connection at once."""
        self._is_kept = False
        self._transport.abort()

    async def _more(self) -> None:
        """Wait until more has come; one who leaves meanwhile leaves no connection behind."""
        if self._error is not None:
            raise self._error
        self._waiter = self._loop.create_future()
        try:
            await self._waiter
        except asyncio.CancelledError:
            self.abort()
            raise
        finally:
            self._waiter = None
        if self._error is not None:
            raise self._error

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def _fail(self, error: httpx.TransportError) -> None:
        """Close the connection; who waits for an answer that is not whole is told why."""
        if not self._is_whole and self._error is None:
            self._error = error
        self.abort()
        self._wake()

    def _is_framed(self) -> bool:
        """Tell whether the head tells where the body ends."""
        return any(name.lower() in _FRAMING for name, _ in self.headers)

    # -------------------------------------------------------------------- for the event loop

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        self._transport = cast("asyncio.Transport", transport)
        self.tls = transport.get_extra_info("ssl_object")
        poll = select.poll()
        poll.register(transport.get_extra_info("socket").fileno(), select.POLLIN)
        self._poll = poll.poll

    def data_received(self, data: bytes) -> None:
        """Read what has come."""
        if not self._is_asked or self._is_whole:
            self._fail(httpx.RemoteProtocolError("nobody has asked for this"))
            return
        self._beside += len(data)
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade):
            self._fail(httpx.RemoteProtocolError("this is not HTTP"))
            return
        if self._beside > _MOST_BESIDE_BODY and not self._is_whole:
            self._fail(httpx.RemoteProtocolError("this does not come to its point"))
        elif self._ahead > _MOST_AHEAD and not (self._is_paused or self._is_whole):
            self._is_paused = True
            self._transport.pause_reading()

    def eof_received(self) -> None:
        """End a body whose length was not told; the event loop closes the connection."""
        if self._is_answered and not self._is_framed():
            self._is_whole = True
            self._is_kept = False
            self._wake()

    def connection_lost(self, exc: Exception | None) -> None:
        """Fail what is under way."""
        self._is_kept = False
        if self._is_asked and not self._is_whole and self._error is None:
            self._error = (
                httpx.RemoteProtocolError("the connection was closed")
                if exc is None
                else httpx.ReadError("the connection was broken off")
            )
        self.lost.set_result(None)
        self._wake()

    # ------------------------------------------------------------------------ for the parser

    def on_message_begin(self) -> None:
        """Refuse a second answer; only one was asked for."""
        if self._is_whole:
            raise ValueError

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header; those that follow a body are not waited for, and so not taken."""
        if not self._is_answered:
            self.headers.append((name, value))

    def on_headers_complete(self) -> None:
        """Take a head, unless it only says that another will follow."""
        status = self._parser.get_status_code()
        if status < _GOOD:
            self.headers = []
            return
        self.status = status
        self._is_answered = True
        self._is_kept = self._is_kept and self._parser.should_keep_alive()
        if self._is_head or (status in _BODILESS and self._is_framed()):
            self._is_whole, self._is_kept = True, False  # the parser waits for a body
        self._wake()

    def on_body(self, body: bytes) -> None:
        """Take a part of a body."""
        if not self._is_whole:
            self._parts.append(body)
            self._ahead += len(body)
            self._beside = 0
            self._wake()

    def on_message_complete(self) -> None:
        """Take the end of an answer."""
        if self._is_answered:
            self._is_whole = True
            self._wake()
