"""A write reaches the source once, and what became of it is told as far as anybody can know."""

import asyncio
import gc
import socket
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import httpx
import msgspec
import pytest

from gateway import errors
from gateway.upstream.auth import Auth, Fixed
from gateway.upstream.call import Call
from gateway.upstream.client import Client
from gateway.upstream.trace import Trace
from schema.types.mutation_errors import WriteOutcome
from schema.types.source import Source
from schema.types.sources import SourceStatus
from tests.upstream.vendor import HANG, Reply, Vendor, reply

NOT_APPLIED, APPLIED, UNKNOWN = (
    WriteOutcome.NOT_APPLIED, WriteOutcome.APPLIED, WriteOutcome.UNKNOWN,
)  # fmt: skip
GOOD = b'{"name": "a"}'


class Thing(msgspec.Struct):
    name: str


WRITE = Call(method="POST", route="/things", answer=Thing, body={"name": "a"}, is_safe=False)
NO_BODY = Call(method="DELETE", route="/things", answer=type(None), is_safe=False)
READ = Call(method="GET", route="/things", answer=Thing)


class Renewing:
    """A credential that can be renewed."""

    def __init__(self) -> None:
        self.number = 0

    async def headers(self, trace: Trace) -> Mapping[str, str]:
        return {"Authorization": f"Bearer {self.number}"}

    def forget(self, refused: Mapping[str, str]) -> bool:
        self.number += 1
        return True

    async def close(self) -> None:
        """Nothing is held."""


class Flaky(httpx.AsyncBaseTransport):
    """Real connections, of which the first ones are refused."""

    def __init__(self, refused: int = 0) -> None:
        self.tries = 0
        self._refused = refused
        self._real = httpx.AsyncHTTPTransport(trust_env=False)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.tries += 1
        if self.tries <= self._refused:
            message = "refused"
            raise httpx.ConnectError(message)
        return await self._real.handle_async_request(request)

    async def aclose(self) -> None:
        await self._real.aclose()


async def failed(client: Client, trace: Trace, call: Call[Any] = WRITE) -> errors.UpstreamFailure:
    try:
        with pytest.raises(errors.UpstreamFailure) as caught:
            async with client.deadline():
                await client.send(call, trace)
    finally:
        await client.close()
    return caught.value


async def test_a_refused_connection_is_tried_once_more() -> None:
    vendor, transport, trace = Vendor([]), Flaky(), Trace()  # nobody listens on its port
    found = await failed(vendor.client(transport=transport), trace)
    assert type(found) is errors.NotReached
    assert (transport.tries, trace.calls, trace.outcome) == (2, 2, NOT_APPLIED)


async def test_a_connection_that_comes_at_the_second_try_is_taken() -> None:
    async with Vendor([reply(200, GOOD)]) as vendor:
        client, trace = vendor.client(transport=Flaky(refused=1)), Trace()
        async with client.deadline():
            assert (await client.send(WRITE, trace)).body == Thing("a")
        await client.close()
    assert (len(vendor.requests), trace.calls, trace.outcome) == (1, 2, APPLIED)
    assert vendor.bodies == [b'{"name":"a"}']


SENT_BUT = {
    "cut before the answer": (Reply(b"", is_cut=True), errors.Unavailable),
    "cut inside the head": (Reply(b"HTTP/1.1 200 OK\r\nConte", is_cut=True), errors.Unavailable),
    "cut inside the body": (
        Reply(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n" + GOOD, is_cut=True),
        errors.Unavailable,
    ),
    "cut inside the body of a refusal": (
        Reply(b"HTTP/1.1 422 X\r\nContent-Length: 99\r\n\r\n{", is_cut=True),
        errors.Unavailable,
    ),
    "no HTTP": (Reply(b"garbage\r\n\r\n", is_cut=True), errors.Unavailable),
    "garbage": (reply(200, b"\xff\x00garbage"), errors.BadResponse),
    "html": (reply(200, b"<html>It works!</html>"), errors.BadResponse),
    "another shape": (reply(201, b'{"name": 1}'), errors.BadResponse),
    "no body": (reply(204), errors.BadResponse),
    "no gzip": (reply(200, GOOD, "Content-Encoding: gzip"), errors.BadResponse),
    "no answer": (HANG, errors.TimedOut),
    "half an answer": (
        Reply(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n" + GOOD),
        errors.TimedOut,
    ),
    "408": (reply(408), errors.BadResponse),
    **{str(status): (reply(status, b"{}"), errors.Unavailable) for status in (500, 502, 504, 599)},
    "503 for a moment": (reply(503, b"", "Retry-After: 0"), errors.Unavailable),
    **{
        str(status): (reply(status, b"", "Location: /elsewhere"), errors.BadResponse)
        for status in (300, 301, 302, 303, 304, 307, 308)
    },
}


@pytest.mark.parametrize("case", SENT_BUT)
async def test_what_was_sent_and_not_answered_is_unknown_and_not_sent_again(case: str) -> None:
    answer, kind = SENT_BUT[case]
    trace = Trace()
    async with Vendor([answer, reply(200, GOOD)]) as vendor:
        deadline = 0.3 if kind is errors.TimedOut else 5.0
        found = await failed(vendor.client(deadline=deadline), trace)
    assert type(found) is kind
    assert (len(vendor.requests), trace.calls, trace.outcome) == (1, 1, UNKNOWN)


async def test_a_read_is_sent_again_where_a_write_is_not() -> None:
    async with Vendor([Reply(b"", is_cut=True), reply(200, GOOD)]) as vendor:
        client, trace = vendor.client(), Trace()
        async with client.deadline():
            await client.send(READ, trace)
        await client.close()
    assert (len(vendor.requests), trace.outcome) == (2, NOT_APPLIED)


KINDS = {
    400: errors.Refused, 401: errors.Unauthenticated, 403: errors.Forbidden, 404: errors.Missing,
    409: errors.Refused, 422: errors.Refused, 429: errors.Throttled,
}  # fmt: skip


async def test_every_refusal_says_that_nothing_was_changed() -> None:
    statuses = [status for status in range(400, 500) if status != 408]
    async with Vendor([reply(status, b"{}", "Retry-After: 0") for status in statuses]) as vendor:
        client = vendor.client()
        for status in statuses:
            trace = Trace()
            with pytest.raises(errors.UpstreamFailure) as caught:
                await client.send(WRITE, trace)
            assert type(caught.value) is KINDS.get(status, errors.BadResponse), status
            assert (caught.value.status, trace.outcome) == (status, NOT_APPLIED)
        await client.close()
    assert len(vendor.requests) == len(statuses)


async def test_a_source_that_finds_fault_with_an_input_does_well() -> None:
    async with Vendor([reply(422, b"{}"), reply(500)]) as vendor:
        client = vendor.client()
        for status in (SourceStatus.OK, SourceStatus.UNAVAILABLE):
            with pytest.raises(errors.UpstreamFailure):
                await client.send(WRITE, Trace())
            assert client.health.status is status
        await client.close()


@pytest.mark.parametrize("status", [200, 201, 202])
async def test_an_answer_that_makes_sense_is_the_proof(status: int) -> None:
    async with Vendor([reply(status, GOOD)]) as vendor:
        client, trace = vendor.client(), Trace()
        assert (await client.send(WRITE, trace)).body == Thing("a")
        await client.close()
    assert (trace.outcome, len(vendor.requests)) == (APPLIED, 1)


@pytest.mark.parametrize("answer", [
    Reply(b"HTTP/1.1 204 No Content\r\n\r\n"), reply(204), reply(200), reply(202, b"{}"),
    reply(200, b'["a", 1, null]'),
])  # fmt: skip
async def test_where_the_body_tells_nothing_it_may_be_missing(answer: Reply) -> None:
    async with Vendor([answer]) as vendor:
        client, trace = vendor.client(), Trace()
        assert (await client.send(NO_BODY, trace)).body is None
        await client.close()
    assert trace.outcome is APPLIED


@pytest.mark.parametrize("body", [b"<html>It works!</html>", b"\xff", b"{", b" "])
async def test_where_the_body_tells_nothing_it_is_json_all_the_same(body: bytes) -> None:
    trace = Trace()
    async with Vendor([reply(200, body)]) as vendor:
        found = await failed(vendor.client(), trace, NO_BODY)
    assert type(found) is errors.BadResponse
    assert (len(vendor.requests), trace.outcome) == (1, UNKNOWN)


async def test_whoever_waits_for_a_turn_has_sent_nothing() -> None:
    async with Vendor([HANG]) as vendor:
        client, trace = vendor.client(concurrency=1, deadline=0.1), Trace()
        first = asyncio.create_task(client.send(WRITE, Trace()))
        await vendor.came.wait()
        with pytest.raises(errors.TimedOut):
            async with client.deadline():
                await client.send(WRITE, trace)
        first.cancel()
        await asyncio.wait([first])
        await client.close()
    assert (len(vendor.requests), trace.calls, trace.outcome) == (1, 0, NOT_APPLIED)


async def test_whoever_waits_for_the_rate_limit_has_sent_nothing() -> None:
    async with Vendor([reply(200, GOOD)]) as vendor:
        client, trace = vendor.client(limit="1/60", deadline=0.1), Trace()
        await client.send(WRITE, Trace())
        assert type(await failed(client, trace)) is errors.Throttled
    assert (len(vendor.requests), trace.calls, trace.outcome) == (1, 0, NOT_APPLIED)


@pytest.mark.parametrize(("auth", "calls"), [(Renewing(), 2), (Fixed({"Authorization": "x"}), 1)])
async def test_a_refused_credential_is_renewed_if_it_can_be(auth: Auth, calls: int) -> None:
    trace = Trace()
    async with Vendor([reply(401), reply(401), reply(200, GOOD)]) as vendor:
        assert type(await failed(vendor.client(auth), trace)) is errors.Unauthenticated
    assert (len(vendor.requests), trace.calls, trace.outcome) == (calls, calls, NOT_APPLIED)


async def test_a_write_is_done_with_the_renewed_credential() -> None:
    async with Vendor([reply(401), reply(200, GOOD)]) as vendor:
        client, trace = vendor.client(Renewing()), Trace()
        await client.send(WRITE, trace)
        await client.close()
    assert [b"Bearer 0" in vendor.requests[0], b"Bearer 1" in vendor.requests[1]] == [True, True]
    assert trace.outcome is APPLIED


async def test_after_a_renewal_it_is_unknown_again() -> None:
    trace = Trace()
    async with Vendor([reply(401), Reply(b"", is_cut=True), reply(200, GOOD)]) as vendor:
        assert type(await failed(vendor.client(Renewing()), trace)) is errors.Unavailable
    assert (len(vendor.requests), trace.outcome) == (2, UNKNOWN)


@pytest.mark.parametrize(("pause", "connections"), [(0.0, 1), (0.3, 1), (1.1, 2)])
async def test_a_write_takes_only_a_warm_connection(pause: float, connections: int) -> None:
    async with Vendor([reply(200, GOOD)], idle=1.2) as vendor:
        client = vendor.client()
        await client.send(WRITE, Trace())
        await asyncio.sleep(pause)
        await client.send(WRITE, Trace())
        await client.close()
    assert (len(vendor.requests), vendor.connections) == (2, connections)


async def test_a_connection_that_is_seen_to_be_closed_is_not_taken() -> None:
    async with Vendor([reply(200, GOOD)], idle=0.05) as vendor:
        client, trace = vendor.client(), Trace()
        await client.send(WRITE, Trace())
        await asyncio.sleep(0.15)
        await client.send(WRITE, trace)
        await client.close()
    assert (vendor.connections, trace.outcome) == (2, APPLIED)


async def test_reads_do_not_warm_the_connections_of_writes() -> None:
    async with Vendor([reply(200, GOOD)]) as vendor:
        client = vendor.client()
        for call in (READ, WRITE, READ, WRITE):
            await client.send(call, Trace())
        await client.close()
    assert vendor.connections == 2


async def test_reads_and_writes_have_so_many_connections_together() -> None:
    async with Vendor([reply(200, GOOD)]) as vendor:
        client = vendor.client(concurrency=2)
        for _ in range(4):
            for call in (READ, WRITE):
                await asyncio.gather(*(client.send(call, Trace()) for _ in range(5)))
                await asyncio.sleep(0.01)  # until what was closed is seen to be
                assert vendor.open <= 2
        await client.close()
    assert len(vendor.requests) == 40


async def test_what_a_source_complains_of_is_read_and_cleaned() -> None:
    def read(status: int, body: bytes) -> Sequence[errors.Complaint]:
        assert (status, body) == (422, b"{}")
        return [errors.Complaint(message="not s3cr3t-v4lue!", field="name")]

    async with Vendor([reply(422, b"{}")]) as vendor:
        call = msgspec.structs.replace(WRITE, complaints=read)
        found = await failed(vendor.client(), Trace(), call)
    assert [(one.message, one.field) for one in found.complaints] == [("not [...]!", "name")]
    assert found.message == "ESPER refused this."


async def test_a_404_may_be_of_the_credential() -> None:
    async with Vendor([reply(404)]) as vendor:
        found = await failed(vendor.client(), Trace())
    assert found.message == "ESPER does not have this, or not for this credential."


async def test_a_source_that_is_down_is_not_listened_to() -> None:
    def read(status: int, body: bytes) -> Sequence[errors.Complaint]:
        raise AssertionError

    async with Vendor([reply(500, b"a stack trace")]) as vendor:
        call = msgspec.structs.replace(WRITE, complaints=read)
        assert not (await failed(vendor.client(), Trace(), call)).complaints


async def test_a_caller_who_leaves_does_not_know() -> None:
    async with Vendor([HANG]) as vendor:
        client, trace = vendor.client(), Trace()
        caller = asyncio.create_task(client.send(WRITE, trace))
        await vendor.came.wait()
        caller.cancel()
        await asyncio.wait([caller])
        assert caller.cancelled()
        await client.close()
    assert (len(vendor.requests), trace.outcome) == (1, UNKNOWN)
    assert [sent.source for sent in trace.log] == [Source.ESPER]


@asynccontextmanager
async def full() -> AsyncGenerator[int]:
    """Give a port that listens, and whose queue of connections is full: one more hangs."""
    async with AsyncExitStack() as stack:
        listening = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
        port = listening.getsockname()[1]
        for _ in range(5):
            try:
                async with asyncio.timeout(0.1):
                    _, writer = await asyncio.open_connection("127.0.0.1", port)
            except TimeoutError:
                break
            stack.callback(writer.close)
        else:
            raise AssertionError
        yield port


async def test_a_connection_that_never_comes_has_brought_nothing() -> None:
    trace, vendor = Trace(), Vendor([])
    async with full() as vendor.port:
        found = await failed(vendor.client(deadline=0.3), trace)
    assert type(found) is errors.TimedOut
    assert (trace.calls, trace.outcome) == (1, NOT_APPLIED)


async def test_a_second_connection_that_never_comes_has_brought_nothing() -> None:
    trace, vendor = Trace(), Vendor([])
    async with full() as vendor.port:
        client = vendor.client(deadline=0.3, transport=Flaky(refused=1))
        assert type(await failed(client, trace)) is errors.TimedOut
    assert (trace.calls, trace.outcome) == (2, NOT_APPLIED)


async def test_a_connection_whose_tls_never_comes_has_brought_nothing() -> None:
    trace = Trace()
    async with Vendor([HANG]) as vendor:
        address = f"https://127.0.0.1:{vendor.port}"
        client = vendor.client(deadline=0.3, address=address)
        assert type(await failed(client, trace)) is errors.TimedOut
        assert vendor.connections == 1
    assert (vendor.requests, trace.calls, trace.outcome) == ([], 1, NOT_APPLIED)
    gc.collect()


async def test_a_warm_connection_that_hangs_leaves_it_unknown() -> None:
    trace = Trace()
    async with Vendor([reply(200, GOOD), HANG]) as vendor:
        client = vendor.client(deadline=0.3)
        await client.send(WRITE, Trace())
        assert type(await failed(client, trace)) is errors.TimedOut
    assert (vendor.connections, len(vendor.requests), trace.outcome) == (1, 2, UNKNOWN)
