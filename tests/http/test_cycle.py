"""Whole answers go out in one piece; all others as uvicorn sends them; nothing splits a head."""

import socket
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from starlette.types import Receive, Scope, Send

from gateway.http.connection import Connection
from tests.fixtures import Running

Pairs = list[tuple[bytes, bytes]]

PLAIN: Pairs = [(b"content-length", b"2")]


class Answer:
    """What the app answers, set by each test."""

    status = 200
    headers = PLAIN
    parts = (b"ok",)
    starts = True


ANSWER = Answer()


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """Read a request to its end, and answer what is set."""
    del scope
    while (await receive()).get("more_body"):
        pass
    if ANSWER.starts:
        await send(
            {"type": "http.response.start", "status": ANSWER.status, "headers": ANSWER.headers}
        )
    for at, part in enumerate(ANSWER.parts, 1):
        more = at < len(ANSWER.parts)
        await send({"type": "http.response.body", "body": part, "more_body": more})


class Counting(Connection):
    """Counts what is written."""

    written: list[bytes] = []

    def connection_made(self, transport: Any) -> None:
        super().connection_made(_Counted(transport, self.written))


class _Counted:
    def __init__(self, transport: Any, written: list[bytes]) -> None:
        self._transport = transport
        self._written = written

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        self._written.append(data)
        self._transport.write(data)


@pytest.fixture(scope="module")
def server() -> Iterator[Running]:
    config: dict[str, Any] = {"lifespan": "off", "ws": "none", "timeout_keep_alive": 0.2}
    with Running(app, http=Counting, **config) as running:
        yield running


@pytest.fixture(autouse=True)
def afresh() -> None:
    ANSWER.__dict__.clear()
    Counting.written.clear()


def asked(server: Running, method: str = "POST", path: str = "/graphql", more: str = "") -> bytes:
    """Ask twice on one connection; return all that comes until the server ends it."""
    head = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 2\r\n{more}\r\n{{}}"
    with closing(socket.create_connection(("127.0.0.1", server.port), timeout=10)) as sock:
        sock.sendall(head.encode() * 2)
        found = b""
        while part := sock.recv(65536):
            found += part
    return found


@pytest.mark.parametrize("path", ["/graphql", "/other"])
def test_a_whole_answer_is_written_at_once(server: Running, path: str) -> None:
    found = asked(server, path=path)
    assert found.count(b"HTTP/1.1 200 OK\r\n") == 2
    assert found.endswith(b"\r\ncontent-length: 2\r\n\r\nok")
    assert len(Counting.written) == 2


@pytest.mark.parametrize(
    ("headers", "parts", "sent"),
    [
        ([], (b"ok",), b"transfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n"),
        ([(b"content-length", b"4")], (b"ok", b"ok"), b"content-length: 4\r\n\r\nokok"),
        ([*PLAIN, (b"connection", b"close")], (b"ok",), b"connection: close\r\n\r\nok"),
    ],
)
def test_other_answers_come_as_uvicorn_sends_them(
    server: Running, headers: Pairs, parts: tuple[bytes, ...], sent: bytes
) -> None:
    ANSWER.headers, ANSWER.parts = headers, parts
    found = asked(server)
    assert found.endswith(sent)
    assert found.count(b"200 OK") == (1 if b"close" in sent else 2)


def test_an_answer_without_a_body(server: Running) -> None:
    assert b"ok" not in asked(server, "HEAD").replace(b"200 OK", b"")
    ANSWER.status, ANSWER.headers, ANSWER.parts = 204, [], (b"",)
    assert asked(server).count(b"204 No Content") == 2


def test_the_last_request_of_a_connection_says_so(server: Running) -> None:
    found = asked(server, more="Connection: close\r\n")
    assert found.count(b"200 OK") == 1
    assert b"connection: close\r\n" in found


@pytest.mark.parametrize("value", [b"a\r\nset-cookie: b", b"a\nb", b"a\rb", b"a\x00b"])
@pytest.mark.parametrize("name", [b"x-a", b"x-a: b\r\nx-c"])
def test_no_header_splits_an_answer(server: Running, name: bytes, value: bytes) -> None:
    ANSWER.headers = [*PLAIN, (name, value)]
    found = asked(server)
    assert b"set-cookie" not in found
    assert b"x-c" not in found
    assert b"200 OK" not in found or value == b"a\x00b"


@pytest.mark.parametrize("length", [b"1", b"3", b"two"])
def test_a_wrong_length_is_no_answer(server: Running, length: bytes) -> None:
    ANSWER.headers = [(b"content-length", length)]
    # What has begun cannot be taken back; the connection ends before anything else is sent by it.
    assert asked(server).count(b"HTTP/1.1") <= 1


def test_an_app_that_does_not_begin_is_a_fault(server: Running) -> None:
    ANSWER.starts = False
    assert b"500 Internal Server Error" in asked(server)
    ANSWER.starts, ANSWER.parts = True, ()
    assert b"500 Internal Server Error" in asked(server)
