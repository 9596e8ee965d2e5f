"""Who leaves costs the vendors nothing more, unless others wait for it; a write is finished."""

import asyncio
from collections.abc import AsyncIterator

import msgspec
import pytest

from tests.fixtures import Running, Sandbox, gateway_app, settings_over

QUERY = "{ stages(filter: {sources: [DEVREV]}) { nodes { id } isComplete } }"
TOLD = "{ sources { status } stages(filter: {sources: [OUTREACH]}) { nodes { id } } }"
"""Its answer is told of this moment, and so is nobody else's."""

LOOKUP = "{ stage(by: {key: {source: OUTREACH, sourceId: 7}}) { name } }"
WRITE = """mutation { createStage(input: {stage: {outreach: {name: "New"}}}) {
  errors { message } } }"""


class Vendor:
    """One who listens, and never answers.

    Attributes:
        open: the connections that there are. made: those that there were.
    """

    open = made = port = 0

    async def listen(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.open += 1
        self.made += 1
        try:
            while await reader.read(65_536):
                pass
        except ConnectionError:
            pass
        finally:
            self.open -= 1
            writer.close()


@pytest.fixture
async def vendor() -> AsyncIterator[Vendor]:
    vendor = Vendor()
    server = await asyncio.start_server(vendor.listen, "127.0.0.1", 0)
    vendor.port = server.sockets[0].getsockname()[1]
    yield vendor
    server.close()


@pytest.fixture
async def port(sandbox: Sandbox, vendor: Vendor) -> AsyncIterator[int]:
    """A gateway's, over HTTP, to that one."""
    address = f"http://127.0.0.1:{vendor.port}"
    app = gateway_app(
        settings_over(sandbox, DEADLINE="30", DEVREV_BASE_URL=address, OUTREACH_BASE_URL=address)
    )
    with Running(app) as running:
        yield running.port


async def asking(port: int, query: str) -> asyncio.StreamWriter:
    """Send a request, and wait for nothing."""
    _, writer = await asyncio.open_connection("127.0.0.1", port)
    body = msgspec.json.encode({"query": query})
    head = f"Host: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: {len(body)}"
    writer.write(f"POST /graphql HTTP/1.1\r\n{head}\r\n\r\n".encode() + body)
    await writer.drain()
    return writer


async def soon(vendor: Vendor, count: int) -> bool:
    """Tell whether a vendor has so many connections before long."""
    for _ in range(300):
        if vendor.open == count:
            return True
        await asyncio.sleep(0.01)
    return False


@pytest.mark.parametrize("query", [QUERY, LOOKUP, TOLD])
@pytest.mark.parametrize("pause", [0.0, 0.5])
async def test_what_nobody_waits_for_is_given_up(
    query: str, pause: float, port: int, vendor: Vendor
) -> None:
    writer = await asking(port, query)
    assert await soon(vendor, 1)
    await asyncio.sleep(pause)
    writer.close()
    assert await soon(vendor, 0)


@pytest.mark.parametrize("other", [QUERY, "query Named " + QUERY])
async def test_what_another_waits_for_goes_on(other: str, port: int, vendor: Vendor) -> None:
    first = await asking(port, QUERY)
    assert await soon(vendor, 1)
    second = await asking(port, other)
    await asyncio.sleep(0.3)
    first.close()
    await asyncio.sleep(0.5)
    assert (vendor.open, vendor.made) == (1, 1)
    second.close()
    assert await soon(vendor, 0)


async def test_a_write_is_finished(port: int, vendor: Vendor) -> None:
    writer = await asking(port, WRITE)
    assert await soon(vendor, 1)
    writer.close()
    await asyncio.sleep(0.6)
    assert vendor.open == 1
