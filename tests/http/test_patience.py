"""A gateway that is stopped finishes what is in flight, for as long as it is told to."""

import asyncio
import subprocess
import sys
import time

import httpx
import pytest

SERVER = """
import asyncio, sys
from gateway.http.server import address, listen, serve

async def app(scope, receive, send):
    if scope["type"] != "http":
        return
    print("came", flush=True)
    await asyncio.sleep(float(sys.argv[1]))
    await send({"type": "http.response.start", "status": 204, "headers": []})
    await send({"type": "http.response.body"})

listening = listen("127.0.0.1", 0, "PORT")
print(address(listening), flush=True)
serve(app, listening, patience=float(sys.argv[2]), lifespan="off")
"""


@pytest.mark.parametrize(("lasts", "patience", "is_answered"), [(1.3, 5, True), (60, 0.1, False)])
async def test_what_is_in_flight_is_finished(
    lasts: float, patience: float, *, is_answered: bool
) -> None:
    command = [sys.executable, "-c", SERVER, str(lasts), str(patience)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:  # noqa: ASYNC220, S603 - our own
        assert server.stdout
        url = server.stdout.readline().strip()
        async with httpx.AsyncClient(trust_env=False, timeout=20) as client:
            asking = asyncio.create_task(client.get(url))
            assert await asyncio.to_thread(server.stdout.readline) == "came\n"
            begun = time.monotonic()
            server.terminate()
            [found] = await asyncio.gather(asking, return_exceptions=True)
        await asyncio.to_thread(server.wait, 20)
    assert time.monotonic() - begun < 10
    assert (isinstance(found, httpx.Response) and found.status_code == 204) is is_answered
