"""Connections are taken though the core is short."""

import asyncio
import subprocess
import sys
import time
from contextlib import closing

SERVER = """
import time
from gateway.http.server import address, listen, serve

async def app(scope, receive, send):
    if scope["type"] != "http":
        return
    if scope["path"] == "/long":
        time.sleep(0.05)
    await send({"type": "http.response.start", "status": 204, "headers": []})
    await send({"type": "http.response.body"})

listening = listen("127.0.0.1", 0, "PORT")
print(address(listening), flush=True)
serve(app, listening, patience=1, lifespan="off")
"""

MANY = 150


async def ask(port: int, path: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"GET %b HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n" % path.encode())
    return reader, writer


async def keep_busy(port: int) -> None:
    """Let each turn of the event loop take long."""
    reader, writer = await ask(port, "/long")
    with closing(writer):
        while True:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(b"GET /long HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")


async def test_many_who_come_at_once_are_taken_at_once() -> None:
    command = [sys.executable, "-c", SERVER]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:  # noqa: ASYNC220, S603 - our own
        assert server.stdout
        port = int(server.stdout.readline().rsplit(":", 1)[1])
        busy = [asyncio.create_task(keep_busy(port)) for _ in range(2)]
        await asyncio.sleep(0.3)
        since = time.monotonic()
        made = await asyncio.gather(*(ask(port, "/short") for _ in range(MANY)))
        answers = [await reader.readuntil(b"\r\n\r\n") for reader, _ in made]
        took = time.monotonic() - since
        for one in busy:
            one.cancel()
        await asyncio.gather(*busy, return_exceptions=True)
        for _, writer in made:
            writer.close()
        server.terminate()
        await asyncio.to_thread(server.wait, 20)
    assert all(one.startswith(b"HTTP/1.1 204 ") for one in answers)
    # One for each turn would take 7.5 s or more.
    assert took < 4
