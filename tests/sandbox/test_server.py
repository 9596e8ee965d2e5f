"""Who leaves leaves nothing behind, and nobody hears of it."""

import socket
import time
from collections.abc import Callable
from urllib.parse import urlsplit

import httpx
import pytest

from gateway.sandbox.server import SandboxProtocol, create_sandbox
from tests.fixtures import Running, Sandbox
from tests.sandbox.conftest import Heard
from tests.sandbox.shelf import TOKEN, Shelf

ENDLESS = ["hang", "drip", "endless", "latency"]
CUT = ["reset", "truncate", "cut"]


def soon(done: Callable[[], bool], seconds: float = 1) -> bool:
    end = time.monotonic() + seconds
    while not done():
        if time.monotonic() > end:
            return False
        time.sleep(0.01)
    return True


def under_way(running: Running) -> int:
    return len(running._server.server_state.tasks)


def begin(origin: str, body: bytes = b"", length: int | None = None) -> socket.socket:
    """Send a request and do not wait for what comes."""
    where = urlsplit(origin)
    sock = socket.create_connection((where.hostname, where.port), timeout=5)
    method = "GET" if length is None else "POST"
    head = f"{method} /shelf/books HTTP/1.1\r\nHost: x\r\nAuthorization: {TOKEN}\r\n"
    if length is not None:
        head += f"Content-Length: {length}\r\n"
    sock.sendall(head.encode() + b"\r\n" + body)
    return sock


@pytest.mark.parametrize("kind", ENDLESS)
def test_it_ends_when_the_client_leaves(
    kind: str, shelf_server: Running, shelf: Sandbox, heard: Heard
) -> None:
    shelf.fault("esper", kind, seconds=3600)
    assert soon(lambda: under_way(shelf_server) == 0)
    with begin(shelf.origin), begin(shelf.origin):
        assert soon(lambda: under_way(shelf_server) == 2)
        time.sleep(0.1)
        assert under_way(shelf_server) == 2
    assert soon(lambda: under_way(shelf_server) == 0)
    assert heard.words == []


def test_endless_waits_for_a_client_that_does_not_read(
    shelf_server: Running, shelf: Sandbox
) -> None:
    shelf.fault("esper", "endless")
    with begin(shelf.origin):
        assert soon(lambda: under_way(shelf_server) == 1)
        time.sleep(0.2)
        waiting = [
            one.transport.get_write_buffer_size()
            for one in shelf_server._server.server_state.connections
        ]
        assert 0 < max(waiting) < 1_000_000
    assert soon(lambda: under_way(shelf_server) == 0)


@pytest.mark.parametrize("kind", CUT)
def test_a_cut_is_no_news(
    kind: str, shelf_server: Running, shelf: Sandbox, books: httpx.Client, heard: Heard
) -> None:
    shelf.fault("esper", kind)
    for _ in range(5):
        with pytest.raises(httpx.TransportError):
            books.get("/books")
        with pytest.raises(httpx.TransportError):
            books.post("/books", json={"name": "New"})
    assert soon(lambda: under_way(shelf_server) == 0)
    assert heard.words == []


def test_who_leaves_in_the_middle_of_a_request_has_not_asked(
    shelf_server: Running, shelf: Sandbox, heard: Heard
) -> None:
    with begin(shelf.origin, b'{"name": ', length=100):
        assert soon(lambda: shelf.calls("esper") == 1)
    assert soon(lambda: under_way(shelf_server) == 0)
    assert [row["status"] for row in shelf.requests("esper")] == [0]
    assert len(shelf.state("esper")["books"]) == 4
    assert heard.words == []


@pytest.mark.parametrize("kind", ENDLESS)
def test_the_server_stops_while_it_lasts(kind: str, plain: httpx.Client, heard: Heard) -> None:
    with Running(create_sandbox([Shelf]), http=SandboxProtocol, lifespan="off") as running:
        fault = {"source": "esper", "kind": kind, "seconds": 3600}
        # Its connection stays open, and must not keep the server either.
        plain.post(f"{running.origin}/_sandbox/faults", json=fault)
        sock = begin(running.origin)
        assert soon(lambda: under_way(running) == 1)
        heard.listen()
    sock.close()
    # Had it waited, it would have complained of tasks that it must cancel.
    assert heard.words == []
    assert under_way(running) == 0
