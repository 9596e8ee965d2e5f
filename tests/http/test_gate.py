"""What is more than the gateway answers at once is refused at once, and nothing else is."""

import asyncio
import json
import socket
import time
from collections import Counter
from contextlib import suppress

import httpx
import pytest

from gateway.http.connection import Connection
from gateway.http.gate import Gate, OverloadedError
from gateway.settings import SettingError
from tests.fixtures import Graph, MakeGraph, Running, Sandbox, gateway_app, settings_over

MOST = 4

STAGES = "{ stages(first: %d, filter: {sources: [ESPER]}) { nodes { id } } }"


async def ask(graph: Graph, first: int, **headers: str) -> httpx.Response:
    asked = {"query": STAGES % first}
    return await graph.http.post("/graphql", json=asked, headers=headers)


async def begin(graph: Graph, sandbox: Sandbox, count: int) -> list[asyncio.Task[httpx.Response]]:
    """Ask for different things, and return when all of them wait for the source."""
    tasks = [asyncio.create_task(ask(graph, first + 1)) for first in range(count)]
    while not sandbox.calls("esper"):  # noqa: ASYNC110 - another process's counts
        await asyncio.sleep(0.01)
    return tasks


async def test_the_excess_alone_is_refused(make_graph: MakeGraph, sandbox: Sandbox) -> None:
    graph = await make_graph(MAX_IN_FLIGHT=str(MOST))
    sandbox.fault("esper", "latency", seconds=0.5)
    answers = await asyncio.gather(*(ask(graph, first + 1) for first in range(10 * MOST)))
    assert Counter(one.status_code for one in answers) == {200: MOST, 503: 9 * MOST}
    for one in answers:
        if one.status_code == 503:
            assert one.headers["retry-after"] == "1"
            [error] = one.json()["errors"]
            assert error["extensions"] == {"code": "OVERLOADED"}
        else:
            assert len(one.json()["data"]["stages"]["nodes"]) >= 1
    assert (await ask(graph, 1)).status_code == 200


async def test_it_is_refused_before_anything_is_done_for_it(
    make_graph: MakeGraph, sandbox: Sandbox
) -> None:
    graph = await make_graph(MAX_IN_FLIGHT="1")
    sandbox.fault("esper", "latency", seconds=0.5)
    [first] = await begin(graph, sandbox, 1)
    headers = {"Authorization": "Bearer nobody's", "Content-Type": "text/plain"}

    async def body() -> None:
        pytest.fail("the body was read")
        yield b""  # pyright: ignore[reportUnreachable]

    refused = await graph.http.post("/graphql", content=body(), headers=headers)
    assert refused.status_code == 503
    assert (await first).status_code == 200


async def test_pages_of_other_origins_may_read_it(make_graph: MakeGraph, sandbox: Sandbox) -> None:
    graph = await make_graph(MAX_IN_FLIGHT="1", CORS="https://app.example")
    sandbox.fault("esper", "latency", seconds=0.5)
    [first] = await begin(graph, sandbox, 1)
    refused = await ask(graph, 2, Origin="https://app.example")
    assert refused.status_code == 503
    assert refused.headers["access-control-allow-origin"] == "https://app.example"
    assert "Retry-After" in refused.headers["access-control-expose-headers"]
    await first


async def test_callers_who_leave_make_room(make_graph: MakeGraph, sandbox: Sandbox) -> None:
    graph = await make_graph(MAX_IN_FLIGHT="2")
    sandbox.fault("esper", "latency", seconds=8)
    tasks = await begin(graph, sandbox, 2)
    assert (await ask(graph, 9)).status_code == 503
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)
    sandbox.heal()
    await asyncio.sleep(0.1)  # they stop what they waited for
    assert (await ask(graph, 9)).status_code == 200


async def test_a_crowd_that_asks_the_same_is_one(make_graph: MakeGraph, sandbox: Sandbox) -> None:
    graph = await make_graph(MAX_IN_FLIGHT="2")  # with room for one they would be refused unread
    sandbox.fault("esper", "latency", seconds=0.3)
    answers = await asyncio.gather(*(ask(graph, 5) for _ in range(100)))
    assert {one.status_code for one in answers} == {200}


async def test_kept_answers_do_not_wait_inside(make_graph: MakeGraph) -> None:
    graph = await make_graph(MAX_IN_FLIGHT="1")
    asked = {"query": "{ __typename }"}
    await graph.http.post("/graphql", json=asked)
    answers = await asyncio.gather(*(graph.http.post("/graphql", json=asked) for _ in range(50)))
    assert {one.status_code for one in answers} == {200}


async def test_a_gateway_that_answers_nothing_is_refused(make_graph: MakeGraph) -> None:
    with pytest.raises(SettingError, match="STAGEGRAPH_MAX_IN_FLIGHT"):
        await make_graph(MAX_IN_FLIGHT="0")


async def by_one_connection(
    port: int, *parts: bytes
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for part in parts:
        writer.write(part)
        await asyncio.sleep(0.05)
    return reader, writer


async def answer(reader: asyncio.StreamReader) -> tuple[str, bytes]:
    head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
    return head, await reader.readexactly(int(head.split("content-length: ")[1].split("\r\n")[0]))


def posted(first: int, more: str = "") -> bytes:
    body = json.dumps({"query": STAGES % first}).encode()
    head = f"POST /graphql HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {len(body)}\r\n{more}"
    return f"{head}Content-Type: application/json\r\n\r\n".encode() + body


async def test_it_is_refused_on_a_connection_that_stays(sandbox: Sandbox) -> None:
    settings = settings_over(sandbox, MAX_IN_FLIGHT="1", CORS="https://app.example")
    with Running(gateway_app(settings), http=Connection, ws="none") as running:
        sandbox.fault("esper", "latency", seconds=1)
        first, first_writer = await by_one_connection(running.port, posted(1))
        while not sandbox.calls("esper"):  # noqa: ASYNC110 - another process's counts
            await asyncio.sleep(0.01)
        whole = posted(2, "Origin: https://app.example\r\n")
        reader, writer = await by_one_connection(running.port, whole[:30], whole[30:-9], whole[-9:])
        for again in (whole, whole + whole, b""):
            head, body = await answer(reader)
            assert head.startswith("http/1.1 503 ")
            assert "retry-after: 1\r\n" in head
            assert "access-control-allow-origin: https://app.example\r\n" in head
            assert json.loads(body)["errors"][0]["extensions"] == {"code": "OVERLOADED"}
            writer.write(again)
        assert (await answer(reader))[0].startswith("http/1.1 503 ")
        assert (await answer(first))[0].startswith("http/1.1 200 ")
        writer.write(whole)
        head, body = await answer(reader)
        assert head.startswith("http/1.1 200 ")
        assert b'"nodes"' in body
        for one in (writer, first_writer):
            one.close()
            await one.wait_closed()


class Hasty(Connection):
    """Has less patience with a request that does not come."""

    seconds_for_a_request = 0.3


async def test_the_refused_are_kept_for_as_long_as_others(sandbox: Sandbox) -> None:
    settings = settings_over(sandbox, MAX_IN_FLIGHT="1")
    app = gateway_app(settings)
    with Running(app, http=Hasty, ws="none", timeout_keep_alive=1) as running:
        sandbox.fault("esper", "latency", seconds=3.5)
        first, first_writer = await by_one_connection(running.port, posted(1))
        while not sandbox.calls("esper"):  # noqa: ASYNC110 - another process's counts
            await asyncio.sleep(0.01)
        others = [await by_one_connection(running.port, posted(2)) for _ in range(2)]
        # By the parser, as a whole, in two parts, and as a whole again.
        for whole in (b"", posted(2), posted(3), posted(2)):
            for reader, writer in others:
                for part in (whole[:60], whole[60:]) if whole == posted(3) else (whole,):
                    writer.write(part)
                    await asyncio.sleep(0.02)
                head, body = await answer(reader)
                assert head.startswith("http/1.1 503 ")
                assert "retry-after: 1\r\n" in head
                assert json.loads(body)["errors"][0]["extensions"] == {"code": "OVERLOADED"}
            await asyncio.sleep(0.5)
        since = asyncio.get_running_loop().time()
        for reader, writer in others:
            assert await reader.read() == b"", "an idle one is ended"
            writer.close()
        assert asyncio.get_running_loop().time() - since < 2
        assert (await answer(first))[0].startswith("http/1.1 200 ")
        first_writer.close()


async def test_those_who_come_together_see_those_before_them(sandbox: Sandbox) -> None:
    gate = Gate(2)
    with gate:
        assert not gate.is_full
        gate.expect()
        assert gate.is_full, "one is on its way"
        await asyncio.sleep(0)
        assert not gate.is_full, "it has come in, or was answered without"
        with gate, pytest.raises(OverloadedError):
            gate.refuse_excess()
        assert gate.is_crowded
    await asyncio.sleep(1.3)
    assert not gate.is_crowded


async def test_half_a_second_of_work_is_let_in_where_the_core_is_short() -> None:
    gate = Gate(1000)

    async def work() -> bool:
        try:
            gate.refuse_excess()
            with gate:
                for _ in range(5):
                    until = time.process_time() + 0.002
                    while time.process_time() < until:
                        pass
                    await asyncio.sleep(0)
        except OverloadedError:
            return False
        return True

    assert all([await work() for _ in range(40)])
    tasks: list[asyncio.Task[bool]] = []
    most = 0
    for _ in range(8):  # all that is 4 s of work
        tasks += [asyncio.create_task(work()) for _ in range(50)]
        await asyncio.sleep(0.05)
        most = max(most, gate.inside)
    done = await asyncio.gather(*tasks)
    assert 30 < done.count(True) < 300
    assert most < 150


@pytest.mark.parametrize("at_once", [1, 300])
async def test_refusals_to_who_does_not_read_are_bounded(sandbox: Sandbox, at_once: int) -> None:
    settings = settings_over(sandbox, MAX_IN_FLIGHT="1", DEADLINE="30")
    with Running(gateway_app(settings), http=Watched, ws="none") as running:
        sandbox.fault("esper", "latency", seconds=8)
        _, first_writer = await by_one_connection(running.port, posted(1))
        while not sandbox.calls("esper"):  # noqa: ASYNC110 - another process's counts
            await asyncio.sleep(0.01)
        Watched.deepest = 0
        with suppress(TimeoutError, ConnectionError):
            await asyncio.to_thread(flood, running.port, posted(2) * at_once)
        assert 0 < Watched.deepest < 2 * 10**6
        first_writer.close()


class Watched(Connection):
    """Notes how much has waited to be read."""

    deepest = 0

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        Watched.deepest = max(Watched.deepest, self.transport.get_write_buffer_size())


def flood(port: int, data: bytes) -> None:
    """Send as much as is taken in two seconds, and read nothing."""
    with socket.socket() as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.connect(("127.0.0.1", port))
        sock.settimeout(1)
        until = time.monotonic() + 2
        while time.monotonic() < until:
            sock.sendall(data)
