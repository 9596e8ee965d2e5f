"""A vendor that cannot show who it is is not spoken to, and nobody is told more than that."""

import asyncio
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Self

import pytest
import trustme

from gateway import errors
from gateway.upstream.call import Call
from gateway.upstream.client.tls import Trust
from gateway.upstream.client.transport import Transport
from gateway.upstream.trace import Trace
from tests.upstream.vendor import Vendor

CALL = Call(method="GET", route="/", answer=object)
NOW = datetime.now(UTC)
DAY = timedelta(days=1)


def own(authority: trustme.CA) -> trustme.LeafCert:
    return authority.issue_cert("localhost")


def of_another(authority: trustme.CA) -> trustme.LeafCert:
    return authority.issue_cert("vendor.example")


def expired(authority: trustme.CA) -> trustme.LeafCert:
    return authority.issue_cert("localhost", not_before=NOW - 9 * DAY, not_after=NOW - DAY)


def of_tomorrow(authority: trustme.CA) -> trustme.LeafCert:
    return authority.issue_cert("localhost", not_before=NOW + DAY, not_after=NOW + 9 * DAY)


def of_somebody(authority: trustme.CA) -> trustme.LeafCert:
    del authority
    return trustme.CA().issue_cert("localhost")


class Server:
    """Answers over TLS with a certificate; `heard` is what came before that."""

    def __init__(self, certificate: trustme.LeafCert) -> None:
        self.heard: list[bytes] = []
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        certificate.configure_cert(self._context)

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=self._context)
        self.port: int = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.heard.append(await reader.read(1))
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}")
        writer.close()


async def sent(server: Server, authority: trustme.CA, folder: Path) -> Any:
    """Return an answer's body, or how it failed."""
    roots = folder / "roots.pem"
    authority.cert_pem.write_to_path(str(roots))
    address = f"https://localhost:{server.port}"
    client = Vendor([]).client(address=address, transport=Transport(5.0, Trust(str(roots))))
    try:
        return (await client.send(CALL, Trace())).body
    except errors.UpstreamFailure as failure:
        return failure
    finally:
        await client.close()


async def test_one_who_shows_who_it_is_is_spoken_to(tmp_path: Path) -> None:
    authority = trustme.CA()
    async with Server(own(authority)) as server:
        assert await sent(server, authority, tmp_path) == {}
    assert server.heard == [b"G"]


@pytest.mark.parametrize("certificate", [of_another, expired, of_tomorrow, of_somebody])
async def test_one_who_does_not_is_not(certificate: Any, tmp_path: Path) -> None:
    authority = trustme.CA()
    async with Server(certificate(authority)) as server:
        failure = await sent(server, authority, tmp_path)
    assert type(failure) is errors.NotReached
    assert failure.message == "ESPER could not be reached."
    assert failure.extensions() == {
        "code": "UNAVAILABLE", "source": "ESPER", "upstreamStatus": None, "retryAfterSeconds": None,
    }  # fmt: skip
    assert server.heard == []
