"""One request and its answer, as uvicorn has them: most answers go out by one call."""

from typing import Any

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, RequestResponseCycle

_SPECIAL = frozenset({b"connection", b"transfer-encoding"})
"""Headers by which an answer is sent in another way."""

_BODILESS = frozenset({*range(100, 200), 204, 304})


class Cycle(RequestResponseCycle):
    """Holds the head of an answer back until its body comes, and writes both at once.

    uvicorn writes them one after the other, and looks at each header by two regular expressions.
    What is no whole answer of a told length is left to it. It takes no other class, so that
    `begin` changes that of a cycle which it has made.
    """

    _start: Any = None
    _is_read = False

    @classmethod
    def begin(cls, cycle: RequestResponseCycle) -> None:
        """Let a request be answered so, before it is."""
        cycle.__class__ = cls

    async def receive(self) -> Any:
        """Return the next message of ASGI's: at once where the body is whole already."""
        if self.more_body or self._is_read or self.disconnected or self.waiting_for_100_continue:
            message = await super().receive()
            self._is_read = not message.get("more_body", False)
            return message
        self._is_read = True
        self.flow.resume_reading()
        self.message_event.clear()
        body, self.body = bytes(self.body), bytearray()
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(self, message: Any) -> None:
        """Take a message of ASGI's."""
        if self.response_started:
            await super().send(message)
            return
        if message["type"] == "http.response.start":
            self._start = message
            return
        start, self._start = self._start, None
        if start is None:
            await super().send(message)  # tells what is wrong
            return
        whole = None if self.flow.write_paused else self._whole(start, message)
        if whole is None:
            await super().send(start)
            await super().send(message)
        elif not self.disconnected:
            self.response_started = self.response_complete = True
            self.transport.write(whole)
            self.message_event.set()
            self.on_response()

    def _whole(self, start: Any, message: Any) -> bytes | None:
        """Return the head and the body of a whole answer; None where it is no plain one."""
        if not self.keep_alive or self.waiting_for_100_continue or message.get("more_body"):
            return None
        status, body = start["status"], message.get("body", b"")
        if status in _BODILESS or self.scope["method"] == "HEAD":
            return None
        parts, length = [STATUS_LINE[status]], b""
        for name, value in (*self.default_headers, *start["headers"]):
            parts += (name, b": ", value, b"\r\n")
            if name == b"content-length":
                length = value
            elif name in _SPECIAL:
                return None
        if length != b"%d" % len(body):
            return None
        parts += (b"\r\n",)
        head = b"".join(parts)
        # A line for each header, the first one, and the last: there is no line break in a value.
        lines = len(parts) // 4 + 2
        if head.count(b"\n") != lines or head.count(b"\r") != lines:
            return None
        return head + body
