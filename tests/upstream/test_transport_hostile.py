"""No request can be read as two, and no vendor can pass one answer off as another."""

import asyncio
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from gateway.upstream.client.tls import trust
from gateway.upstream.client.transport import Transport
from tests.upstream.asking import ask, request, vendor_of
from tests.upstream.vendor import Reply, reply

GOOD = reply(200, b"good")
HEAD = b"HTTP/1.1 200 OK\r\n"

SPOILT: dict[str, dict[str, Any]] = {
    "a line in a value": {"headers": [("X-A", "b\r\nX-C: d")]},
    "a bare LF in a value": {"headers": [("X-A", "b\nX-C: d")]},
    "a bare CR in a value": {"headers": [("X-A", "b\rX-C: d")]},
    "a NUL in a value": {"headers": [("X-A", "b\0c")]},
    "a DEL in a value": {"headers": [("X-A", "b\x7fc")]},
    "a line in a name": {"headers": [("X-A: b\r\nX-C", "d")]},
    "a colon in a name": {"headers": [("X-A:", "b")]},
    "a blank in a name": {"headers": [("X-A ", "b")]},
    "no name": {"headers": [("", "b")]},
    "two hosts": {"headers": [("host", "elsewhere")]},
    "two lengths": {"headers": [("content-length", "4")], "content": b"body"},
    "another length": {"headers": [("Content-Length", "3")]},
    "no number": {"headers": [("Content-Length", "0x4")]},
    "a signed number": {"headers": [("Content-Length", "+0")]},
    "chunks": {"headers": [("Transfer-Encoding", "chunked")]},
    "a line in the target": {"extensions": {"target": b"/ HTTP/1.1\r\nX-A: b\r\n\r\nGET /"}},
    "a blank in the target": {"extensions": {"target": b"/ HTTP/1.1"}},
    "a target of more than ASCII": {"extensions": {"target": b"/\xff"}},
    "a line in the method": {"method": "GET / HTTP/1.1\r\n\r\nGET"},
    "no method": {"method": ""},
}


@pytest.mark.parametrize("case", SPOILT)
async def test_a_request_that_might_be_read_as_two_is_not_sent(case: str) -> None:
    async with vendor_of(GOOD) as (vendor, transport):
        with pytest.raises(httpx.LocalProtocolError):
            await ask(transport, vendor, **SPOILT[case])
        assert vendor.connections == 0


async def test_a_request_needs_a_host_and_a_body_its_length() -> None:
    async with vendor_of(GOOD) as (vendor, transport):
        url = f"http://127.0.0.1:{vendor.port}"
        for headers, body in (([], b""), ([("Host", "vendor")], b"body")):
            own = httpx.Request("POST", url, headers=headers, stream=httpx.ByteStream(body))
            with pytest.raises(httpx.LocalProtocolError):
                await transport.handle_async_request(own)
        assert vendor.connections == 0


NONSENSE = {
    "garbage": b"\x00\xff\x13garbage\r\n\r\n",
    "a page": b"<html></html>\r\n\r\n",
    "another protocol": b"SSH-2.0-OpenSSH_9.0\r\n",
    "a request": b"GET / HTTP/1.1\r\nHost: a\r\n\r\n",
    "another version": b"HTTP/3.0 200 OK\r\nContent-Length: 4\r\n\r\ngood",
    "no status": b"HTTP/1.1 OK\r\nContent-Length: 4\r\n\r\ngood",
    "a long status": b"HTTP/1.1 2000 OK\r\nContent-Length: 4\r\n\r\ngood",
    "a name of blanks": HEAD + b"A B: c\r\nContent-Length: 4\r\n\r\ngood",
    "a blank before the colon": HEAD + b"Content-Length : 4\r\n\r\ngood",
    "a NUL in a value": HEAD + b"A: b\x00\r\nContent-Length: 4\r\n\r\ngood",
    "two lengths": HEAD + b"Content-Length: 4\r\nContent-Length: 2\r\n\r\ngood",
    "a list of lengths": HEAD + b"Content-Length: 4, 4\r\n\r\ngood",
    "a length below nothing": HEAD + b"Content-Length: -4\r\n\r\ngood",
    "a length beyond all bounds": HEAD + b"Content-Length: 99999999999999999999\r\n\r\ngood",
    "no length": HEAD + b"Content-Length: four\r\n\r\ngood",
    "a length and chunks": (
        HEAD + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n4\r\ngood\r\n0\r\n\r\n"
    ),
    "chunks and a length": (
        HEAD + b"Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n4\r\ngood\r\n0\r\n\r\n"
    ),
    "no chunk": HEAD + b"Transfer-Encoding: chunked\r\n\r\nxyz\r\n",
    "a chunk longer than told": (
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n2\r\ngood\r\n0\r\n\r\n"
    ),
    "a chunk beyond all bounds": (
        HEAD + b"Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\ngood\r\n0\r\n\r\n"
    ),
    "another protocol from here on": (
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\ngood"
    ),
}


@pytest.mark.parametrize("case", NONSENSE)
async def test_what_is_not_http_is_no_answer(case: str) -> None:
    async with vendor_of(Reply(NONSENSE[case])) as (vendor, transport):
        with pytest.raises(httpx.RemoteProtocolError):
            await ask(transport, vendor)
        assert not transport.idle


SHORT = {
    "nothing": b"",
    "a part of the head": HEAD + b"Content-Le",
    "a part of the body": HEAD + b"Content-Length: 99\r\n\r\nhalf",
    "a chunk without an end": HEAD + b"Transfer-Encoding: chunked\r\n\r\n9\r\nhalf",
    "chunks without an end": HEAD + b"Transfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n",
    "an encoding without an end": HEAD + b"Transfer-Encoding: gzip\r\n\r\nhalf",
    "an announcement": b"HTTP/1.1 100 Continue\r\n\r\n",
}


@pytest.mark.parametrize("case", SHORT)
async def test_an_answer_that_breaks_off_is_none(case: str) -> None:
    async with vendor_of(Reply(SHORT[case], is_cut=True)) as (vendor, transport):
        with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
            await ask(transport, vendor)
        assert not transport.idle


async def test_an_answer_that_is_reset_is_none() -> None:
    async with vendor_of(Reply(HEAD + b"Content-Length: 99\r\n\r\nhalf")) as (vendor, transport):
        asking = asyncio.create_task(ask(transport, vendor))
        await vendor.came.wait()
        await asyncio.sleep(0.01)
        vendor.reset()
        with pytest.raises(httpx.ReadError):
            await asking


SECOND = {
    "another answer": GOOD.content,
    "a part of one": b"HTTP/1.1 2",
    "garbage": b"\x00garbage",
    "more of the body": b"more",
}


@pytest.mark.parametrize("case", SECOND)
async def test_a_second_answer_is_taken_by_nobody(case: str) -> None:
    """It might be another's, or made up: the connection goes with it."""
    async with vendor_of(Reply(GOOD.content + SECOND[case]), GOOD) as (vendor, transport):
        assert await ask(transport, vendor) == (200, b"good")
        assert await ask(transport, vendor) == (200, b"good")
        assert (vendor.connections, len(vendor.requests)) == (2, 2)


async def test_the_headers_of_a_second_answer_are_not_the_first_s() -> None:
    second = reply(200, b"bad", "X-Second: 1").content
    async with vendor_of(Reply(GOOD.content + second)) as (vendor, transport):
        response = await transport.handle_async_request(request(vendor.port))
        assert "x-second" not in response.headers
        await response.aclose()


async def test_a_second_answer_that_comes_later_is_taken_by_nobody() -> None:
    async with vendor_of(GOOD) as (vendor, transport):
        await ask(transport, vendor)
        vendor.say(reply(200, b"bad").content)
        await asyncio.sleep(0.02)
        assert await ask(transport, vendor) == (200, b"good")
        assert vendor.connections == 2


async def test_a_second_answer_that_the_event_loop_has_not_read_is_taken_by_nobody() -> None:
    async with vendor_of(GOOD) as (vendor, transport):
        await ask(transport, vendor)
        vendor.say(reply(200, b"bad").content)
        assert await ask(transport, vendor) == (200, b"good")
        assert vendor.connections == 2


async def test_an_answer_before_the_request_is_taken_by_nobody() -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(GOOD.content)
        await reader.read()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    transport = Transport(5.0, trust())

    async def wait(event: str, info: object) -> None:
        await asyncio.sleep(0.02)  # until the answer is there

    own = request(port, extensions={"trace": wait})
    with pytest.raises(httpx.TransportError):
        await transport.handle_async_request(own)
    await transport.aclose()
    server.close()


def _forever(first: bytes, more: bytes) -> Callable[..., Any]:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(first)
        try:
            while True:
                writer.write(more)
                await writer.drain()
        except ConnectionError:
            writer.close()

    return serve


ENDLESS = {
    "a header": (HEAD + b"X-A: ", b"a" * 1000),
    "a name": (HEAD, b"a" * 1000),
    "headers": (HEAD, b"X-A: b\r\n" * 100),
    "a status": (b"HTTP/1.1 200 ", b"O" * 1000),
    "empty lines": (b"", b"\r\n" * 500),
    "announcements": (b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 100),
    "words of a chunk": (HEAD + b"Transfer-Encoding: chunked\r\n\r\n4;a=", b"b" * 1000),
    "the length of a chunk": (HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"0" * 1000),
    "trailers": (HEAD + b"Transfer-Encoding: chunked\r\n\r\n0\r\n", b"X-A: b\r\n" * 100),
    "a trailer": (HEAD + b"Transfer-Encoding: chunked\r\n\r\n0\r\nX-A: ", b"b" * 1000),
}


@pytest.mark.parametrize("case", ENDLESS)
async def test_what_never_ends_is_cut_short(case: str) -> None:
    server = await asyncio.start_server(_forever(*ENDLESS[case]), "127.0.0.1", 0)
    transport = Transport(5.0, trust())
    try:
        async with asyncio.timeout(5):
            own = request(server.sockets[0].getsockname()[1])
            with pytest.raises(httpx.RemoteProtocolError):
                await (await transport.handle_async_request(own)).aread()
    finally:
        await transport.aclose()
        server.close()


async def test_an_answer_that_comes_byte_by_byte_comes_whole() -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        for byte in GOOD.content:
            writer.write(bytes([byte]))
            await asyncio.sleep(0)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    transport = Transport(5.0, trust())
    response = await transport.handle_async_request(request(server.sockets[0].getsockname()[1]))
    assert b"".join([part async for part in response.stream]) == b"good"  # type: ignore[union-attr]
    await response.aclose()
    await transport.aclose()
    server.close()


async def test_who_waits_for_an_answer_that_drips_can_leave() -> None:
    server = await asyncio.start_server(_dripping, "127.0.0.1", 0)
    transport = Transport(5.0, trust())
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.1):
            await transport.handle_async_request(request(server.sockets[0].getsockname()[1]))
    await transport.aclose()
    server.close()


async def _dripping(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        for byte in HEAD * 100:
            writer.write(bytes([byte]))
            await asyncio.sleep(0.01)
    except ConnectionError:
        pass
    finally:
        writer.close()
