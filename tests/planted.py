"""The mark that every secret of the tests has in it, and what looks for it in all that is told.

Whatever a gateway of the tests logs, answers or prints is searched; pytest loads this as a plugin,
and a test in whose time the mark was told fails.
"""

import logging
import zlib
from collections.abc import Generator, Sequence
from typing import Any

import pytest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gateway.sandbox import emulator
from gateway.telemetry import Log, RequestLine
from gateway.telemetry.lines import as_json, event

MARK = "s3cr3t"
"""In every credential that tests give to a gateway: one search finds any."""

TOKEN = f"{MARK}-of-the-sandbox"
"""What the sandboxes of the tests take for their own credential."""

_JWT = "eyJhbGciOi"
"""Begins every token of callers: base64 leaves no mark in it."""

_MARKS = MARK, _JWT, f"Bearer {emulator.TOKEN}"
_BYTES = tuple(one.encode() for one in _MARKS)
_AROUND = 200
_GZIP = b"\x1f\x8b"


class Watch(logging.Handler):
    """Looks for marks.

    Attributes:
        found: where one was told, and what stood around it.
    """

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def look(self, where: str, told: str) -> None:
        """Look at a text."""
        for mark in _MARKS:
            if mark in told:
                at = told.index(mark)
                around = told[max(0, at - _AROUND) : at + _AROUND]
                self.found.append(f"A secret is told in {where}: ...{around}...")

    def look_at_bytes(self, where: str, told: bytes) -> None:
        """Look at bytes, most of which hold nothing."""
        if any(mark in told for mark in _BYTES):
            self.look(where, told.decode(errors="replace"))

    def emit(self, record: logging.LogRecord) -> None:
        """Look at a record as the gateway would write it, with the stack of a fault."""
        self.look("the log", as_json(event(record)).decode())

    def take(self) -> str:
        """Return what was found, and forget it."""
        found, self.found = self.found, []
        return "\n".join(found)


class Watched:
    """An app whose answers are looked at; an ASGI app.

    Args:
        app: a gateway.
        watch: looks.

    Attributes:
        app: the gateway. router: its.
    """

    def __init__(self, app: Any, watch: Watch) -> None:
        self.app: ASGIApp = app
        self._watch = watch
        self.router: Any = app.router

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer."""
        look = self._watch.look_at_bytes
        parts: list[bytes] = []

        async def watched(message: Message) -> None:
            parts.extend(value for _, value in message.get("headers", ()))
            body: bytes = message.get("body", b"")
            parts.append(zlib.decompress(body, 31) if body.startswith(_GZIP) else body)
            if message["type"] == "http.response.body" and not message.get("more_body"):
                look("an answer", b"\n".join(parts))
            await send(message)

        await self.app(scope, receive, watched if scope["type"] == "http" else send)


class Marked:
    """The sandboxes, which take `TOKEN` for their own; an ASGI app."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer."""
        if scope["type"] == "http":
            headers: Sequence[tuple[bytes, bytes]] = scope["headers"]
            scope = {**scope, "headers": [_plain(*one) for one in headers]}
        await self._app(scope, receive, send)


def _plain(name: bytes, value: bytes) -> tuple[bytes, bytes]:
    if name == b"authorization":
        value = value.replace(TOKEN.encode(), emulator.TOKEN.encode())
    return name, value


WATCH = Watch()
"""Of this process."""


def lines_to(log: Log | None, watch: Watch = WATCH) -> Log:
    """Return what looks at the line of each request, and hands it on."""

    def look(line: RequestLine) -> None:
        watch.look("the line of a request", as_json(line).decode())
        if log is not None:
            log(line)

    return look


def pytest_configure() -> None:
    """Listen to all that is logged."""
    logging.getLogger().addHandler(WATCH)
    for name in ("stagegraph", "gateway"):
        logging.getLogger(name).setLevel(logging.DEBUG)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    call: pytest.CallInfo[None],
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Let a test fail by what was told in its time."""
    report = yield
    if call.when == "teardown":  # what was printed in all three phases is there
        for name, text in report.sections:
            WATCH.look(name, text)
        found = WATCH.take()
        if found:
            report.outcome, report.longrepr = "failed", found
    return report
