"""Connections that do not come on are ended, and what strangers may hold by them is bounded."""

import asyncio
import socket
import time
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
from starlette.types import Receive, Scope, Send

from gateway.http.connection import Connection, Unread
from tests.fixtures import Running

LARGE = 8 * 10**6

WHOLE = b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 2\r\n\r\n{}"


class Quick(Connection):
    """As Connection, but for its patience."""

    seconds_for_a_request = 0.4
    seconds_for_an_answer = 0.4
    last_seconds = 0.1
    unread = Unread(10**9)


class Narrow(Quick):
    """One that lets hardly any answer wait to be read."""

    seconds_for_an_answer = 60
    unread = Unread(LARGE)


class Few(Quick):
    """One of three at most."""

    seconds_for_a_request = 60
    most = staticmethod(lambda: 3)


async def echo(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer the length of a body; `/large` many bytes, `/slow` after a while."""
    length, more = 0, True
    while more:
        message = await receive()
        if message["type"] != "http.request":
            return
        length += len(message["body"])
        more = message["more_body"]
    if scope["path"] == "/slow":
        await asyncio.sleep(1)
    body = b"x" * LARGE if scope["path"] == "/large" else str(length).encode()
    headers = [(b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def served(kind: type[Connection], **config: Any) -> Running:
    return Running(echo, http=kind, lifespan="off", ws="none", **config)


@pytest.fixture(scope="module")
def server() -> Iterator[Running]:
    with served(Quick, timeout_keep_alive=1) as running:
        yield running


def connect(server: Running) -> socket.socket:
    return socket.create_connection(("127.0.0.1", server.port), timeout=10)


def rest(sock: socket.socket) -> bytes:
    """What comes until the server ends the connection."""
    found = b""
    with suppress(ConnectionResetError):
        while part := sock.recv(65536):
            found += part
    return found


def expect_answer(sock: socket.socket) -> None:
    """Read an answer whose connection stays."""
    found = b""
    while not found.endswith(b"\r\n\r\n2"):
        part = sock.recv(65536)
        assert part, found
        found += part


@pytest.mark.parametrize("sent", [
    b"", b"\r\n\r\n", b"PO", b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-",
    b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 20\r\n\r\n", WHOLE[:-1],
    b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n",
    WHOLE + b"POST / HT", WHOLE + WHOLE[:-1], WHOLE + b"\r\n",
])  # fmt: skip
def test_what_is_half_sent_is_ended(server: Running, sent: bytes) -> None:
    with connect(server) as sock:
        begun = time.monotonic()
        sock.sendall(sent)
        answer = rest(sock)
        took = time.monotonic() - begun
    assert 0.3 < took < 1.4
    assert answer.count(b"200 OK") == sent.count(WHOLE)
    is_begun = sent.removeprefix(WHOLE).strip() != b""
    assert answer.count(b"408 Request Timeout") == is_begun


def test_what_drips_is_ended_all_the_same(server: Running) -> None:
    with connect(server) as sock:
        begun = time.monotonic()
        with suppress(OSError):
            for byte in b"POST / HTTP/1.1\r\nX-Slow: " + 100 * b"x":
                sock.sendall(bytes([byte]))
                time.sleep(0.03)
        assert time.monotonic() - begun < 1.4


def test_what_comes_in_parts_and_what_takes_long_is_answered(server: Running) -> None:
    with connect(server) as sock:
        for _ in range(3):
            for part in (WHOLE[:9], WHOLE[9:-1], WHOLE[-1:]):
                sock.sendall(part)
                time.sleep(0.05)
            expect_answer(sock)
            time.sleep(0.5)
        sock.sendall(WHOLE.replace(b"/", b"/slow", 1))
        expect_answer(sock)


def test_a_request_behind_a_slow_one_has_its_time(server: Running) -> None:
    with connect(server) as sock:
        sock.sendall(WHOLE.replace(b"/", b"/slow", 1) + WHOLE[:-1])
        time.sleep(0.7)
        sock.sendall(WHOLE[-1:])
        sock.sendall(WHOLE.replace(b"Host", b"Connection: close\r\nHost"))
        answers = rest(sock)
    assert answers.count(b"200 OK") == 3


def test_endless_headers_are_refused(server: Running) -> None:
    with connect(server) as sock:
        sent = 0
        with suppress(OSError):
            sock.sendall(b"GET / HTTP/1.1\r\n")
            while sent < 5 * 10**6:
                sock.sendall(b"X-More: " + 8000 * b"x" + b"\r\n")
                sent += 8010
        assert sent < 5 * 10**6
        assert rest(sock)[:12] in {b"HTTP/1.1 431", b""}  # a reset may throw away what was sent


def test_requests_that_wait_on_one_connection_are_bounded(server: Running) -> None:
    with connect(server) as sock:
        sock.sendall(100 * WHOLE)
        answers = rest(sock)
    assert answers.count(b"200 OK") <= 17
    assert b"400 Bad Request" in answers


def test_a_few_may_wait(server: Running) -> None:
    with connect(server) as sock:
        sock.sendall(10 * WHOLE)
        assert rest(sock).count(b"200 OK") == 10


@pytest.mark.parametrize("more", [b"", b"Connection: close\r\n"])
def test_who_does_not_read_is_given_up(server: Running, more: bytes) -> None:
    with connect(server) as sock:
        sock.sendall(b"GET /large HTTP/1.1\r\nHost: 127.0.0.1\r\n" + more + b"\r\n")
        time.sleep(1.2)
        assert len(rest(sock)) < LARGE


def test_who_reads_gets_all(server: Running) -> None:
    with connect(server) as sock:
        sock.sendall(b"GET /large HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
        assert len(rest(sock)) > LARGE


def test_of_many_who_do_not_read_the_first_are_given_up() -> None:
    with served(Narrow) as running:
        socks: list[socket.socket] = []
        for _ in range(4):
            socks.append(connect(running))
            socks[-1].sendall(
                b"GET /large HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
            )
            time.sleep(0.2)
        is_whole = [len(rest(sock)) > LARGE for sock in socks]
        for sock in socks:
            sock.close()
    assert (is_whole[0], is_whole[-1]) == (False, True)


def test_an_idle_connection_makes_room_for_a_new_one() -> None:
    with served(Few, timeout_keep_alive=60) as running, connect(running) as idle:
        idle.sendall(WHOLE)
        expect_answer(idle)
        busy = [connect(running) for _ in range(3)]
        for sock in busy:
            sock.sendall(WHOLE[:-1])
        assert rest(idle) == b""
        for sock in busy:
            sock.sendall(WHOLE[-1:])
            expect_answer(sock)
            sock.close()


def test_where_none_is_idle_a_new_one_is_ended() -> None:
    with served(Few) as running:
        busy = [connect(running) for _ in range(3)]
        for sock in busy:
            sock.sendall(WHOLE[:-1])
        time.sleep(0.2)
        with connect(running) as excess:
            assert rest(excess) == b""
        for sock in busy:
            sock.sendall(WHOLE[-1:])
            expect_answer(sock)
            sock.close()


@pytest.mark.parametrize("path", ["/", "/graphql"])
@pytest.mark.parametrize("protocol", ["websocket", "h2c"])
@pytest.mark.parametrize("apart", [False, True])
def test_a_body_is_no_request_where_another_protocol_is_asked_for(
    server: Running, path: str, protocol: str, *, apart: bool
) -> None:
    inner = b"GET /evil HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: upgrade\r\nUpgrade: {protocol}\r\n"
    )
    with connect(server) as sock, suppress(ConnectionError):
        sock.sendall(f"{head}Content-Length: {len(inner)}\r\n\r\n".encode())
        if apart:
            time.sleep(0.05)
        sock.sendall(inner)
        found = rest(sock)
        assert found.startswith(b"HTTP/1.1 400 ")
        assert found.count(b"HTTP/1.1") == 1


def test_without_a_body_it_is_a_request_like_any(server: Running) -> None:
    head = b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: upgrade\r\nUpgrade: h2c\r\n\r\n"
    with connect(server) as sock:
        sock.sendall(head)
        assert sock.recv(65536).startswith(b"HTTP/1.1 200 ")
