"""A gateway that is stopped drops nothing, ends with status 0, and tells beforehand."""

import asyncio
import itertools
import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from schema.types.source import Source
from tests.fixtures import Sandbox, emptied

WITH_PROC = pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="reads /proc")


def environment(sandbox: Sandbox, **more: str) -> dict[str, str]:
    plain = {name: text for name, text in os.environ.items() if not name.startswith("STAGEGRAPH_")}
    settings = {
        f"{source.name}_{name.upper()}": text
        for source in Source
        for name, text in sandbox.settings(source).items()
    }
    settings |= {f"{source.name}_LIMIT": "none" for source in Source} | {"PORT": "0"} | more
    return {**plain, **{f"STAGEGRAPH_{name}": text for name, text in settings.items()}}


class Served:
    """A gateway in a process of its own."""

    def __init__(self, process: asyncio.subprocess.Process, address: str) -> None:
        self.process = process
        self.address = address
        self.port = int(address.rsplit(":", 1)[1].split("/", maxsplit=1)[0])

    async def ended(self) -> int:
        return await asyncio.wait_for(self.process.wait(), 40)


@asynccontextmanager
async def serving(sandbox: Sandbox, *arguments: str, **settings: str) -> AsyncIterator[Served]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "gateway", "serve", *arguments),
        env=environment(sandbox, **settings),
        stdout=subprocess.PIPE,
    )
    assert process.stdout
    try:
        async for line in process.stdout:
            if b"/graphql" in line:
                break
        reading = asyncio.create_task(process.stdout.read())
        yield Served(process, line.split()[-1].decode())
        await reading
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


class Load:
    """Callers who ask for ever other things, one after the other, until nobody listens."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._numbers = itertools.count()
        self.statuses: Counter[str] = Counter()
        self.dropped: list[str] = []

    async def call(self) -> None:
        while True:
            try:
                reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
            except OSError:
                return
            stays = True
            while stays:
                stays = await self._ask(reader, writer)
            writer.close()

    async def _ask(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        number = next(self._numbers)
        query = "{ stages(first: %d, filter: {sources: [ESPER]}) { totalCount } }"
        body = json.dumps({"query": query % (number % 200 + 1), "operationName": None})
        head = f"POST /graphql HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {len(body)}\r\n"
        try:
            writer.write(f"{head}Content-Type: application/json\r\n\r\n{body}".encode())
            told = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
            length = int(told.split("content-length: ")[1].split("\r\n")[0])
            answer = await reader.readexactly(length)
        except (OSError, EOFError) as error:
            self.dropped.append(repr(error))
            return False
        whole = b'"errors"' not in answer and b"totalCount" in answer
        self.statuses[told.split()[1] if whole else answer.decode()] += 1
        return "connection: close" not in told


@pytest.mark.parametrize("workers", [1, 2])
async def test_nothing_is_dropped(sandbox: Sandbox, redis_url: str, workers: int) -> None:
    await emptied(redis_url)  # what others have told it of this vendor's limits, for one
    sandbox.fault("esper", "latency", seconds=0.1)
    settings = {"CACHE_URL": redis_url, "ESPER_TTL": "0", "ESPER_CONCURRENCY": "64"}
    async with serving(sandbox, "--workers", str(workers), **settings) as served:
        load = Load(served.port)
        callers = [asyncio.create_task(load.call()) for _ in range(50)]
        until = time.monotonic() + 60
        while load.statuses["200"] < 300:
            assert time.monotonic() < until, (load.statuses.most_common(3), load.dropped[:3])
            await asyncio.sleep(0.05)
        before = load.statuses["200"]
        served.process.terminate()
        assert await served.ended() == 0
        await asyncio.wait_for(asyncio.gather(*callers), 20)
    assert load.dropped == []
    assert set(load.statuses) == {"200"}
    assert load.statuses["200"] >= before + 50


async def test_readiness_fails_first(sandbox: Sandbox) -> None:
    async with serving(sandbox) as served:
        base = served.address.removesuffix("/graphql")
        async with httpx.AsyncClient(trust_env=False, timeout=20, base_url=base) as http:
            assert (await http.get("/readyz")).json() == {"ready": True}
            served.process.terminate()
            while (ready := await http.get("/readyz")).status_code == 200:  # noqa: ASYNC110
                await asyncio.sleep(0.05)
            assert ready.json() == {"ready": False, "why": ["the gateway is stopping"]}
            assert ready.status_code == 503
            answered = await http.post("/graphql", json={"query": "{ __typename }"})
            assert answered.json() == {"data": {"__typename": "Query"}}
            assert (await http.get("/healthz")).status_code == 200
        assert await served.ended() == 0


@pytest.mark.parametrize("workers", [1, 2])
async def test_where_nobody_watches_nobody_is_waited_for(
    sandbox: Sandbox, redis_url: str, workers: int
) -> None:
    async with (
        serving(sandbox, "--workers", str(workers), CACHE_URL=redis_url) as served,
        httpx.AsyncClient(trust_env=False, timeout=20) as http,
    ):
        await http.post(served.address, json={"query": "{ __typename }"})
        begun = time.monotonic()
        served.process.terminate()
        assert await served.ended() == 0
    assert time.monotonic() - begun < 4


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("workers", [1, 2])
async def test_a_second_signal_ends_it_at_once(
    sandbox: Sandbox, redis_url: str, workers: int, sent: signal.Signals
) -> None:
    await emptied(redis_url)  # or what others have had kept answers at once
    sandbox.fault("esper", "latency", seconds=4)
    settings = {"CACHE_URL": redis_url, "DEADLINE": "10"}
    async with serving(sandbox, "--workers", str(workers), **settings) as served:
        asked = {"query": "{ stages(filter: {sources: [ESPER]}) { totalCount } }"}
        async with httpx.AsyncClient(trust_env=False, timeout=20) as http:
            task = asyncio.create_task(http.post(served.address, json=asked))
            while not sandbox.calls("esper"):
                assert not task.done(), task
                await asyncio.sleep(0.05)
            begun = time.monotonic()
            served.process.send_signal(sent)
            await asyncio.sleep(0.5)
            assert served.process.returncode is None
            served.process.send_signal(sent)
            assert await served.ended() != 0
            with pytest.raises(httpx.HTTPError):
                await task
    assert time.monotonic() - begun < 3


@WITH_PROC
async def test_a_worker_that_dies_is_replaced(sandbox: Sandbox, redis_url: str) -> None:
    async with serving(sandbox, "--workers", "2", CACHE_URL=redis_url) as served:
        asked = {"query": "{ __typename }"}
        async with httpx.AsyncClient(trust_env=False, timeout=20) as http:
            assert (await http.post(served.address, json=asked)).status_code == 200
        workers = _children(served.process.pid)
        assert len(workers) == 2
        for pid in workers:
            os.kill(pid, signal.SIGKILL)
        async with httpx.AsyncClient(trust_env=False, timeout=20) as http:
            assert (await http.post(served.address, json=asked)).status_code == 200
        assert not workers & _children(served.process.pid)
        served.process.terminate()
        assert await served.ended() == 0


@WITH_PROC
async def test_workers_end_with_their_parent(sandbox: Sandbox, redis_url: str) -> None:
    async with serving(sandbox, "--workers", "2", CACHE_URL=redis_url) as served:
        async with httpx.AsyncClient(trust_env=False, timeout=20) as http:
            await http.post(served.address, json={"query": "{ __typename }"})
        workers = _children(served.process.pid)
        assert len(workers) == 2
        served.process.kill()
        until = time.monotonic() + 10
        while any(_lives(pid) for pid in workers):
            assert time.monotonic() < until
            await asyncio.sleep(0.05)


def _children(pid: int) -> set[int]:
    """The workers of a process; another child of it tracks resources."""
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    workers = (one for one in found if b"spawn_main" in Path(f"/proc/{one}/cmdline").read_bytes())
    return {int(one) for one in workers}


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
