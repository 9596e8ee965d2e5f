"""Asks a vendor of bytes by the transport alone."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import httpx

from gateway.upstream.client.tls import trust
from gateway.upstream.client.transport import Transport
from tests.upstream.vendor import Reply, Vendor

Headers = Sequence[tuple[str, str] | tuple[bytes, bytes]]


def chunked(*parts: bytes) -> bytes:
    """Return a whole answer in chunks."""
    chunks = b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in (*parts, b""))
    return b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks


def request(
    port: int,
    *,
    method: str = "GET",
    path: str = "/",
    headers: Headers = (),
    content: bytes = b"",
    **more: Any,
) -> httpx.Request:
    """Return a request that has no other headers than these, and a host."""
    sized = [(b"Content-Length", b"%d" % len(content))] if content else []
    own = [
        header if isinstance(header[0], bytes) else (header[0].encode(), header[1].encode())
        for header in headers
    ]
    return httpx.Request(
        method,
        f"http://127.0.0.1:{port}{path}",
        headers=[(b"Host", b"vendor"), *sized, *own],
        stream=httpx.ByteStream(content),
        **more,
    )


async def ask(transport: Transport, vendor: Vendor, **what: Any) -> tuple[int, bytes]:
    """Send a request; return the status and the body."""
    response = await transport.handle_async_request(request(vendor.port, **what))
    try:
        return response.status_code, b"".join([part async for part in response.stream])  # type: ignore[union-attr]
    finally:
        await response.aclose()


@asynccontextmanager
async def vendor_of(
    *replies: Reply | None, idle: float | None = None, alive: float = 5.0
) -> AsyncIterator[tuple[Vendor, Transport]]:
    """Run a vendor, and a transport to ask it by."""
    transport = Transport(alive, trust())
    async with Vendor(replies, idle=idle) as vendor:
        try:
            yield vendor, transport
        finally:
            await transport.aclose()
