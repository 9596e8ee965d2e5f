"""Every call of the graph's reads to a vendor that is not there, in each way not to be there.

With EVERY_FAULT=1 in the environment each way strikes each call, else one call of each source.
"""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import pytest
import trustme

from tests.fixtures import MakeGraph, Sandbox, free_port
from tests.http.asking import Row
from tests.http.conftest import Seeds
from tests.http.reading import in_time, whole
from tests.http.reads import READS, Read
from tests.http.writes import EVERY

SHORT = 0.5
"""Seconds of the deadline of a source that is not there."""


Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def _served(
    talk: Talk, port: int = 0, context: ssl.SSLContext | None = None
) -> AsyncIterator[int]:
    """Serve on a port, and do not wait for who is still there in the end."""
    server = await asyncio.start_server(talk, "127.0.0.1", port, ssl=context)
    yield server.sockets[0].getsockname()[1]
    server.close()


@asynccontextmanager
async def no_name() -> AsyncIterator[str]:
    """A name that nobody has: names under .invalid are reserved for that."""
    yield "http://vendor.invalid"


@asynccontextmanager
async def refused() -> AsyncIterator[str]:
    """A port that nobody listens on."""
    yield f"http://127.0.0.1:{free_port()}"


@asynccontextmanager
async def of_strangers() -> AsyncIterator[str]:
    """Somebody with a certificate of an authority that nobody knows."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("localhost").configure_cert(context)
    async with _served(_listen, context=context) as port:
        yield f"https://localhost:{port}"


@asynccontextmanager
async def without_tls() -> AsyncIterator[str]:
    """Somebody who answers a TLS handshake with words."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        writer.close()

    async with _served(talk) as port:
        yield f"https://localhost:{port}"


@asynccontextmanager
async def half_open() -> AsyncIterator[str]:
    """Somebody who takes connections and says nothing."""
    async with _served(_listen) as port:
        yield f"http://127.0.0.1:{port}"


@asynccontextmanager
async def not_accepted() -> AsyncIterator[str]:
    """Somebody for whom the system takes connections, and who never looks at them."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


@asynccontextmanager
async def black_hole() -> AsyncIterator[str]:
    """Nobody answers the first packet: the line of connections is full."""
    with socket.create_server(("127.0.0.1", 0), backlog=0) as server:
        waiting = [socket.socket() for _ in range(4)]
        for one in waiting:
            one.setblocking(False)
            one.connect_ex(server.getsockname())
        yield f"http://127.0.0.1:{server.getsockname()[1]}"
        for one in waiting:
            one.close()


async def _listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while await reader.read(65_536):
            pass
    finally:
        writer.close()


Way = Callable[[], AbstractAsyncContextManager[str]]

AT_ONCE: list[Way] = [no_name, refused, of_strangers, without_tls]
LATE: list[Way] = [half_open, not_accepted, black_hole]

FEW = {
    "devrev/works.list",
    "outreach/stages/{id}",
    "esper/stages/{stage_id}/targetlists/",
    "storyblok/v1/spaces/{space_id}/space_roles",
}


def test_the_few_are_of_the_table() -> None:
    assert {one.name for one in READS} >= FEW


@pytest.mark.parametrize("way", [*AT_ONCE, *LATE], ids=lambda one: one.__name__)
@pytest.mark.parametrize(
    "read", [one for one in READS if EVERY or one.name in FEW], ids=lambda one: one.name
)
async def test_a_vendor_that_is_not_there_costs_its_own_field(
    read: Read, way: Way, make_graph: MakeGraph, calm: Sandbox, seeds: Seeds
) -> None:
    before = await whole(await make_graph(), read, seeds)
    own, here = read.source.name, calm.settings(read.source)["base_url"]
    deadline = SHORT if way in LATE else 5.0
    async with way() as origin:
        graph = await make_graph(
            **{
                f"{own}_BASE_URL": here.replace(calm.origin, origin),
                f"{own}_DEADLINE": f"{deadline:g}",
            }
        )
        calm.forget()
        answer = await in_time(graph, read, seeds, deadline)
    assert calm.requests(read.source.value) == []
    assert answer["data"]["healthy"] == before["healthy"]
    want_down(read, "TIMED_OUT" if way in LATE else "UNAVAILABLE", answer)


def want_down(read: Read, code: str, answer: Row) -> None:
    """Want that an answer has nothing of a source, and tells why."""
    struck = answer["data"]["struck"]
    if read.is_list:
        [report] = struck["sources"]
        assert "errors" not in answer
        assert (struck["nodes"], struck["isComplete"], report["status"]) == ([], False, code)
        told, status = report["error"], report["error"]["upstreamStatus"]
    else:
        [error] = answer["errors"]
        assert (struck, error["path"]) == (None, ["struck"])
        told, status = error["extensions"], error["extensions"]["upstreamStatus"]
        assert told["source"] == read.source.name
    assert (told["code"], status) == (code, None)


@pytest.mark.parametrize(
    "read", [one for one in READS if one.name in FEW], ids=lambda one: one.name
)
async def test_a_vendor_that_comes_back_is_asked_again(
    read: Read, make_graph: MakeGraph, calm: Sandbox, seeds: Seeds
) -> None:
    before = await whole(await make_graph(), read, seeds)
    port, here = free_port(), calm.settings(read.source)["base_url"]
    graph = await make_graph(
        **{f"{read.source.name}_BASE_URL": here.replace(calm.origin, f"http://127.0.0.1:{port}")}
    )
    want_down(read, "UNAVAILABLE", await in_time(graph, read, seeds, 5.0))

    async def pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        host, _, its = calm.origin.removeprefix("http://").partition(":")
        back, forth = await asyncio.open_connection(host, int(its))
        await asyncio.gather(_pump(reader, forth), _pump(back, writer))

    async with _served(pass_on, port):
        assert await whole(graph, read, seeds) == before


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while part := await reader.read(65_536):
            writer.write(part)
            await writer.drain()
    finally:
        writer.close()
