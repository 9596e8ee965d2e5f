"""What the environment says of proxies, passwords and certificates is not heard.

A proxy would see the credentials of four companies, a .netrc would stand in place of one, a file of
certificates would let somebody else be the vendor, and a log of TLS keys would let whoever reads it
read what is sent. None of them is a setting of the gateway's, and all are set for other programs.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fixtures import free_port

PROGRAM = """
import asyncio, ssl, sys
from pathlib import Path
import trustme
from gateway import errors
from gateway.upstream.call import Call
from gateway.upstream.client.fetch import fetch
from gateway.upstream.trace import Trace
from tests.upstream.vendor import Vendor, reply

CALL = Call(method="GET", route="/", answer=object)

async def main(folder):
    async with Vendor([reply(200, b"{}")]) as vendor:
        for host in ("127.0.0.1", "localhost"):
            client = vendor.client(address=f"http://{host}:{vendor.port}")
            await client.send(CALL, Trace())
            await client.close()
            await fetch(f"http://{host}:{vendor.port}/keys")
        for head in vendor.requests:
            print([line for line in head.decode().splitlines() if "uthorization" in line])
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(folder / "roots.pem"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    server = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0, ssl=context)
    address = f"https://localhost:{server.sockets[0].getsockname()[1]}"
    client = vendor.client(address=address)
    try:
        await client.send(CALL, Trace())
    except errors.NotReached as failure:
        print(failure.message)
    try:
        await fetch(address)
    except OSError as failure:
        print(failure)
    server.close()
    await client.close()

asyncio.run(main(Path(sys.argv[1])))
"""

OWN = "['Authorization: Bearer s3cr3t-v4lue']"


def test_nothing_of_the_environment_is_taken(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    proxy = f"http://127.0.0.1:{free_port()}"
    (tmp_path / "netrc").write_text("default login somebody password else\n")
    names = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy")
    environment = {
        **os.environ,
        **dict.fromkeys(names, proxy),
        "NO_PROXY": "",
        "NETRC": str(tmp_path / "netrc"),
        "SSL_CERT_FILE": str(tmp_path / "roots.pem"),
        "SSL_CERT_DIR": str(tmp_path),
        "SSLKEYLOGFILE": str(tmp_path / "keys.log"),
    }
    ran = subprocess.run(  # noqa: S603 - a program of our own
        [sys.executable, "-c", PROGRAM, str(tmp_path)],
        capture_output=True,
        check=False,
        text=True,
        env=environment,
        cwd=request.config.rootpath,
    )
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.splitlines() == [
        OWN, "[]", OWN, "[]", "ESPER could not be reached.", "ConnectError"
    ]  # fmt: skip
    assert not (tmp_path / "keys.log").exists()
