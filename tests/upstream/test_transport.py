"""Connections are kept between requests, as long as it is safe and no longer."""

import asyncio
import socket
from collections.abc import AsyncIterator
from typing import cast

import httpx
import pytest

from gateway.upstream.client.connection import Connection
from gateway.upstream.client.tls import trust
from gateway.upstream.client.transport import Transport
from tests.fixtures import free_port
from tests.upstream.asking import ask, chunked, request, vendor_of
from tests.upstream.vendor import HANG, Reply, reply

GOOD = reply(200, b"good")
HEAD = b"HTTP/1.1 200 OK\r\n"


async def test_one_connection_serves_one_request_after_the_other() -> None:
    async with vendor_of(GOOD) as (vendor, transport):
        for _ in range(5):
            assert await ask(transport, vendor) == (200, b"good")
        assert (vendor.connections, len(vendor.requests)) == (1, 5)


async def test_there_are_no_more_connections_than_requests_at_once() -> None:
    async with vendor_of(GOOD) as (vendor, transport):
        for _ in range(3):
            await asyncio.gather(*(ask(transport, vendor) for _ in range(4)))
        assert (vendor.connections, len(vendor.requests)) == (4, 12)


async def test_what_is_sent_is_what_was_asked_for() -> None:
    async with vendor_of(GOOD) as (vendor, transport):
        await ask(transport, vendor, method="POST", path="/a%20b?c=d", content=b"body",
                  headers=[(b"X-One", b"1"), (b"x-two", b"\xfc\t2")])  # fmt: skip
        [head] = vendor.requests
        assert head == (
            b"POST /a%20b?c=d HTTP/1.1\r\nHost: vendor\r\nContent-Length: 4\r\n"
            b"X-One: 1\r\nx-two: \xfc\t2\r\n\r\n"
        )
        assert vendor.bodies == [b"body"]


async def test_a_body_may_come_in_parts() -> None:
    async def parts() -> AsyncIterator[bytes]:
        yield b"bo"
        yield b"dy"

    async with vendor_of(GOOD) as (vendor, transport):
        own = httpx.Request(
            "PUT",
            f"http://127.0.0.1:{vendor.port}/",
            headers={"Content-Length": "4"},
            content=parts(),
        )
        await (await transport.handle_async_request(own)).aclose()
        assert vendor.bodies == [b"body"]


async def test_the_latest_used_connection_is_used_first_and_an_old_one_not_at_all() -> None:
    async with vendor_of(GOOD, alive=0.2) as (vendor, transport):
        await asyncio.gather(ask(transport, vendor), ask(transport, vendor))
        for _ in range(6):
            await asyncio.sleep(0.05)
            await ask(transport, vendor)
        assert vendor.connections == 2
        # The one that stayed idle meanwhile is closed, though the vendor would still take it.
        assert len(transport._all) == 1
        await asyncio.gather(ask(transport, vendor), ask(transport, vendor))
        assert vendor.connections == 3
        await asyncio.sleep(0.25)
        await ask(transport, vendor)
        assert vendor.connections == 4


async def test_a_connection_that_the_vendor_closes_is_not_used() -> None:
    async with vendor_of(GOOD, idle=0.05) as (vendor, transport):
        await ask(transport, vendor)
        await asyncio.sleep(0.1)
        assert await ask(transport, vendor) == (200, b"good")
        assert vendor.connections == 2


async def test_a_closed_connection_is_seen_before_the_event_loop_tells_of_it() -> None:
    async with vendor_of(GOOD) as (vendor, transport):
        await ask(transport, vendor)
        [connection] = transport.idle
        assert connection.is_silent()
        vendor.finish()
        assert connection.is_open()
        assert not connection.is_silent()
        assert await ask(transport, vendor) == (200, b"good")
        assert vendor.connections == 2


BODIES = {
    "a length": reply(200, b"good"),
    "no body": reply(200),
    "chunks": Reply(chunked(b"go", b"od")),
    "chunks with words": Reply(
        HEAD + b"transfer-encoding: Chunked\r\n\r\n4;a=b\r\ngood\r\n0\r\nX-Late: 1\r\n\r\n"
    ),
    "an announcement": Reply(
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 X\r\nA: b\r\n\r\n" + GOOD.content
    ),
    "204": Reply(b"HTTP/1.1 204 No Content\r\n\r\n"),
    "204 of a length": reply(204),
}


@pytest.mark.parametrize("case", BODIES)
async def test_a_whole_answer_leaves_a_good_connection(case: str) -> None:
    answer = BODIES[case]
    async with vendor_of(answer) as (vendor, transport):
        found = [await ask(transport, vendor) for _ in range(2)]
        status = 204 if "204" in case else 200
        body = b"good" if b"good" in answer.content or "chunks" in case else b""
        assert found == [(status, body)] * 2
        if case != "204 of a length":  # whose body might come all the same
            assert vendor.connections == 1


async def test_a_connection_that_is_to_be_closed_is() -> None:
    for answer in (
        reply(200, b"good", "Connection: close"),
        Reply(b"HTTP/1.0 200 OK\r\nContent-Length: 4\r\n\r\ngood"),
        Reply(b"HTTP/1.1 200 OK\r\n\r\ngood", is_cut=True),
        Reply(b"HTTP/1.0 200 OK\r\n\r\ngood", is_cut=True),
    ):
        async with vendor_of(answer) as (vendor, transport):
            for _ in range(2):
                assert await ask(transport, vendor) == (200, b"good")
                assert not transport.idle
            assert vendor.connections == 2


async def test_what_follows_a_body_is_no_header_of_it() -> None:
    late = Reply(HEAD + b"A: 1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\nA: 2\r\n\r\n")
    async with vendor_of(late) as (vendor, transport):
        response = await transport.handle_async_request(request(vendor.port))
        assert response.headers.get_list("a") == ["1"]
        await response.aclose()


@pytest.mark.parametrize("announced", ["Content-Length: 4", "Transfer-Encoding: chunked", "A: b"])
@pytest.mark.parametrize(("method", "status"), [("HEAD", 200), ("GET", 304), ("GET", 204)])
async def test_no_body_is_waited_for_where_none_may_come(
    method: str, status: int, announced: str
) -> None:
    answer = Reply(f"HTTP/1.1 {status} X\r\n{announced}\r\n\r\n".encode())
    async with vendor_of(answer) as (vendor, transport):
        for _ in range(2):
            assert await ask(transport, vendor, method=method) == (status, b"")
        is_sure = method == "GET" and announced == "A: b"
        assert vendor.connections == (1 if is_sure else 2)  # the body might come all the same


@pytest.mark.parametrize("answer", [HANG, Reply(HEAD + b"Content-Length: 99\r\n\r\nhalf")])
async def test_who_leaves_closes_the_connection(answer: Reply | None) -> None:
    async with vendor_of(answer) as (vendor, transport):
        for count in (1, 2):
            asking = asyncio.create_task(ask(transport, vendor))
            await vendor.came.wait()
            await asyncio.sleep(0.01)
            asking.cancel()
            await asyncio.wait([asking])
            assert asking.cancelled()
            assert vendor.connections == count
            assert not transport.idle
            vendor.came.clear()
        await asyncio.sleep(0)
        assert not transport._all


async def test_an_answer_that_is_closed_has_no_connection_any_more() -> None:
    async with vendor_of(GOOD) as (vendor, transport):
        response = await transport.handle_async_request(request(vendor.port))
        stream = cast("httpx.AsyncByteStream", response.stream)
        for _ in range(3):
            await stream.aclose()
        await response.aclose()
        assert len(transport.idle) == 1
        with pytest.raises(httpx.StreamClosed):
            await anext(aiter(stream))


async def test_who_does_not_read_to_the_end_closes_the_connection() -> None:
    async with vendor_of(Reply(HEAD + b"Content-Length: 99\r\n\r\nhalf")) as (vendor, transport):
        response = await transport.handle_async_request(request(vendor.port))
        assert await anext(aiter(response.stream)) == b"half"  # type: ignore[arg-type]
        await response.aclose()
        await response.aclose()
        assert not transport.idle


async def test_a_body_that_nobody_takes_is_not_read_on() -> None:
    part = b"x" * 100_000
    whole = HEAD + b"Content-Length: %d\r\n\r\n" % (300 * len(part)) + part * 300
    async with vendor_of(Reply(whole), GOOD) as (vendor, transport):
        response = await transport.handle_async_request(request(vendor.port))
        await asyncio.sleep(0.1)
        [connection] = transport._all
        assert 0 < connection._ahead < 2_000_000
        body = b"".join([part async for part in response.stream])  # type: ignore[union-attr]
        await response.aclose()
        assert body == part * 300
        assert await ask(transport, vendor) == (200, b"good")
        assert vendor.connections == 1


class Line(asyncio.Transport):
    """Stands for what the event loop makes of a socket."""

    def __init__(self, sock: socket.socket) -> None:
        super().__init__({"socket": sock})
        self.is_read = True

    def write(self, data: object) -> None:
        """Nobody is there."""

    def is_closing(self) -> bool:
        return False

    def pause_reading(self) -> None:
        self.is_read = False

    def resume_reading(self) -> None:
        self.is_read = True


async def test_a_connection_whose_answer_is_whole_is_read_on() -> None:
    ours, theirs = socket.socketpair()
    line, connection = Line(ours), Connection()
    connection.connection_made(line)
    asking = asyncio.create_task(connection.ask(b"", is_head=False))
    await asyncio.sleep(0)
    connection.data_received(HEAD + b"Content-Length: 600000\r\n\r\n" + b"x" * 300_000)
    assert not line.is_read
    await asking
    assert await connection.part() == b"x" * 300_000
    more = asyncio.create_task(connection.part())
    await asyncio.sleep(0)
    assert line.is_read
    connection.data_received(b"x" * 300_000)
    assert line.is_read
    assert (await more, await connection.part()) == (b"x" * 300_000, None)
    assert connection.end()
    ours.close()
    theirs.close()


async def test_nobody_there_is_a_failure_to_connect() -> None:
    transport = Transport(1.0, trust())
    for url in (f"http://127.0.0.1:{free_port()}", f"https://127.0.0.1:{free_port()}",
                "http://nowhere.invalid", f"http://{'a' * 64}.invalid"):  # fmt: skip
        with pytest.raises(httpx.ConnectError):
            await transport.handle_async_request(httpx.Request("GET", url))
    with pytest.raises(httpx.UnsupportedProtocol):
        await transport.handle_async_request(httpx.Request("GET", "ftp://127.0.0.1"))
    await transport.aclose()


async def test_a_name_with_several_addresses_is_reached_by_one_of_them() -> None:
    async with vendor_of(GOOD) as (vendor, transport):
        own = httpx.Request("GET", f"http://localhost:{vendor.port}/")
        response = await transport.handle_async_request(own)
        assert response.status_code == 200
        await response.aclose()


async def test_who_watches_is_told_of_new_connections_alone() -> None:
    told: list[str] = []

    async def trace(event: str, info: object) -> None:
        told.append(event)

    more = {"extensions": {"trace": trace}}
    async with vendor_of(GOOD) as (vendor, transport):
        await ask(transport, vendor, **more)
        assert told == ["connection.connect_tcp.started", "connection.connect_tcp.complete"]
        await ask(transport, vendor, **more)
        assert len(told) == 2
    with pytest.raises(httpx.ConnectError):
        await ask(transport, vendor, **more)
    assert told[2:] == ["connection.connect_tcp.started"]
