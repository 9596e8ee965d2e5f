"""TLS is verified, and a session with a host is taken up again."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
import trustme

from gateway.upstream.client.tls import Trust
from gateway.upstream.client.transport import Transport

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ngood"
LAST = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\ngood"
VERSIONS = [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3]


class Server:
    """Speaks TLS on 127.0.0.1, with a certificate of an authority of its own.

    Attributes:
        resumed: of each connection, whether its session was taken up again.
    """

    def __init__(self, version: ssl.TLSVersion, name: str, answer: bytes) -> None:
        self.authority = trustme.CA()
        self.resumed: list[bool] = []
        self._answer = answer
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.minimum_version = self._context.maximum_version = version
        self.authority.issue_cert(name).configure_cert(self._context)

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=self._context)
        self.port = self._server.sockets[0].getsockname()[1]

    def close(self) -> None:
        self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.resumed.append(writer.get_extra_info("ssl_object").session_reused)
        try:
            while await reader.readuntil(b"\r\n\r\n"):
                writer.write(self._answer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


async def get(transport: Transport, server: Server, host: str = "localhost") -> None:
    own = httpx.Request("GET", f"https://{host}:{server.port}/")
    response = await transport.handle_async_request(own)
    assert await response.aread() == b"good"
    await response.aclose()


def trusting(server: Server, folder: Path) -> Trust:
    roots = folder / "roots.pem"
    server.authority.cert_pem.write_to_path(str(roots))
    return Trust(str(roots))


@pytest.fixture(params=VERSIONS, ids=lambda one: one.name)
async def server(request: pytest.FixtureRequest) -> AsyncIterator[Server]:
    server = Server(request.param, "localhost", ANSWER)
    await server.start()
    yield server
    server.close()


async def test_a_second_connection_resumes_the_session(server: Server, tmp_path: Path) -> None:
    trust = trusting(server, tmp_path)
    first, second = Transport(5.0, trust), Transport(5.0, trust)
    await get(first, server)
    await get(first, server)
    assert server.resumed == [False]  # one connection
    await get(second, server)  # of the writes, for one
    await first.aclose()
    await get(first, server)
    assert server.resumed == [False, True, True]
    await first.aclose()
    await second.aclose()


async def test_connections_that_serve_one_request_each_are_resumed_too(tmp_path: Path) -> None:
    server = Server(ssl.TLSVersion.TLSv1_3, "localhost", LAST)
    await server.start()
    transport = Transport(5.0, trusting(server, tmp_path))
    for _ in range(4):
        await get(transport, server)
    assert server.resumed == [False, True, True, True]
    await transport.aclose()
    server.close()


async def test_a_session_is_of_one_host(server: Server, tmp_path: Path) -> None:
    server.authority.issue_cert("127.0.0.1", "localhost").configure_cert(server._context)
    transport = Transport(5.0, trusting(server, tmp_path))
    for host in ("localhost", "127.0.0.1"):
        await get(transport, server, host)
        await transport.aclose()
    assert server.resumed == [False, False]


async def test_who_is_not_trusted_is_not_spoken_to(server: Server, tmp_path: Path) -> None:
    other = Server(ssl.TLSVersion.TLSv1_3, "localhost", ANSWER)
    elsewhere = trusting(server, tmp_path)
    await other.start()
    for trust, host, one in (
        (Trust(str(tmp_path / "roots.pem")), "localhost", other),  # of another authority
        (elsewhere, "127.0.0.1", server),  # of another name
    ):
        transport = Transport(5.0, trust)
        with pytest.raises(httpx.ConnectError) as caught:
            await get(transport, one, host)
        assert isinstance(caught.value.__cause__, ssl.SSLCertVerificationError)
        await transport.aclose()
    assert not server.resumed
    other.close()


async def test_a_session_does_not_stand_in_for_trust(server: Server, tmp_path: Path) -> None:
    """A host that has changed its certificate for a bad one is not taken up with."""
    trust = trusting(server, tmp_path)
    transport = Transport(5.0, trust)
    await get(transport, server)
    await transport.aclose()
    other = Server(ssl.TLSVersion.TLSv1_3, "localhost", ANSWER)
    await other.start()
    with pytest.raises(httpx.ConnectError):
        await get(transport, other)
    await transport.aclose()
    other.close()


async def test_it_speaks_http_1_1_over_tls_1_2_or_better(tmp_path: Path) -> None:
    server = Server(ssl.TLSVersion.TLSv1_3, "localhost", ANSWER)
    trust = trusting(server, tmp_path)
    assert trust.minimum_version >= ssl.TLSVersion.TLSv1_2
    assert (trust.verify_mode, trust.check_hostname) == (ssl.CERT_REQUIRED, True)
    server._context.set_alpn_protocols(["h2", "http/1.1"])
    await server.start()
    transport = Transport(5.0, trust)
    own = httpx.Request("GET", f"https://localhost:{server.port}/")
    response = await transport.handle_async_request(own)
    [connection] = transport._all
    told = connection._transport.get_extra_info("ssl_object")
    assert told.selected_alpn_protocol() == "http/1.1"
    await response.aclose()
    await transport.aclose()
    server.close()
