"""Whatever happens to a call lands on exactly one leaf of the tree of failures."""

import asyncio
import gc
import gzip
import tracemalloc
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import httpx
import msgspec
import pytest

from gateway import errors
from gateway.app import utc_now
from gateway.upstream.auth import Fixed
from gateway.upstream.call import Answer, Call
from gateway.upstream.client import Client
from gateway.upstream.trace import Trace
from schema.types.errors import ErrorCode
from schema.types.source import Source
from schema.types.sources import SourceStatus
from tests.fixtures import Wire
from tests.upstream.vendor import Reply, Vendor, reply


class Thing(msgspec.Struct):
    name: str


CALL = Call(method="GET", route="/things/{id}", params={"id": "1"}, answer=Thing)
Handler = Callable[[httpx.Request], httpx.Response]


def client(handler: Handler, **more: Any) -> Client:
    settings = {"concurrency": 8, "limit": "none", "deadline": 5.0, "now": utc_now, **more}
    transport = Wire(handler)
    return Client(Source.ESPER, "http://127.0.0.1/base", Fixed({"Authorization": "Bearer s3cret"}),
                  transport=transport, **settings)  # fmt: skip


def answering(**response: Any) -> Handler:
    return lambda request: httpx.Response(**{"status_code": 200, **response})


async def failure(sender: Client, call: Call[Any] = CALL) -> errors.UpstreamFailure:
    with pytest.raises(errors.UpstreamFailure) as caught:
        await sender.send(call, Trace())
    return caught.value


def all_kinds(kind: type) -> Iterator[type]:
    for one in kind.__subclasses__():
        yield one
        yield from all_kinds(one)


HTTPX_FAILURES = [
    one
    for root in (httpx.HTTPError, httpx.StreamError)
    for one in all_kinds(root)
    if one not in {httpx.TransportError, httpx.RequestError, httpx.HTTPStatusError}
] + [httpx.InvalidURL, httpx.CookieConflict]


@pytest.mark.parametrize("kind", HTTPX_FAILURES, ids=lambda kind: kind.__name__)
async def test_every_failure_of_httpx_is_one_leaf(kind: type[Exception]) -> None:
    def fail(request: httpx.Request) -> httpx.Response:
        error = kind.__new__(kind)
        Exception.__init__(error, "secret words of the upstream")
        raise error

    found = await failure(client(fail))
    assert type(found) in {
        errors.TimedOut, errors.Unavailable, errors.NotReached, errors.BadResponse
    }  # fmt: skip
    assert "secret" not in found.message
    if kind in {httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout}:
        assert type(found) is errors.NotReached
    elif issubclass(kind, httpx.TimeoutException):
        assert type(found) is errors.TimedOut
    elif issubclass(kind, httpx.NetworkError):
        assert type(found) is errors.Unavailable


@pytest.mark.parametrize(
    "body", [b"", b"<html>", b"[]", b"{}", b'{"name": 1}', b'{"name": "a', b"\xff"]
)
async def test_every_body_that_makes_no_sense_is_a_bad_response(body: bytes) -> None:
    found = await failure(client(answering(content=body)))
    assert type(found) is errors.BadResponse
    assert found.status == 200


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (301, errors.BadResponse), (302, errors.BadResponse), (400, errors.BadResponse),
        (401, errors.Unauthenticated), (403, errors.Forbidden), (404, errors.Missing),
        (409, errors.BadResponse), (422, errors.BadResponse), (429, errors.Throttled),
        (500, errors.Unavailable), (502, errors.Unavailable), (503, errors.Unavailable),
    ],
)  # fmt: skip
async def test_every_status_is_one_leaf(status: int, kind: type[errors.Failure]) -> None:
    sender = client(answering(status_code=status, content=b"secret words of the upstream",
                              headers={"Location": "http://127.0.0.1:9/"}))  # fmt: skip
    found = await failure(sender)
    assert type(found) is kind
    assert found.status == status
    assert "secret" not in found.message
    assert found.extensions()["source"] == "ESPER"


def test_every_leaf_has_a_code_and_what_is_the_sources_fault_a_status() -> None:
    leaves = [one for one in all_kinds(errors.Failure) if not one.__subclasses__()]
    assert {one.code for one in leaves} == set(ErrorCode) - {ErrorCode.INTERNAL}
    upstream = {one for one in leaves if issubclass(one, errors.UpstreamFailure)}
    well = {errors.Refused, errors.Missing}
    assert {one.code.name for one in upstream - well} <= {one.name for one in SourceStatus}


async def test_a_retry_time_is_passed_on() -> None:
    found = await failure(client(answering(status_code=429, headers={"Retry-After": "7"})))
    assert found.extensions()["retryAfterSeconds"] == 7


async def test_a_parameter_cannot_leave_its_segment() -> None:
    seen: list[str] = []

    def look(request: httpx.Request) -> httpx.Response:
        seen.append(request.url.raw_path.decode())
        return httpx.Response(200, json={"name": "a"})

    sender = client(look)
    for value in ("x?y=1", "a#b", "a/b", "a\r\nb", "..;", "a b"):
        await sender.send(msgspec.structs.replace(CALL, params={"id": value}), Trace())
    assert all(path.startswith("/base/things/") for path in seen)
    assert all(path.count("/") == 3 and "?" not in path and "#" not in path for path in seen)
    for value in ("", ".", "..", "../admin", "%2e%2e"):
        bad = await failure(sender, msgspec.structs.replace(CALL, params={"id": value}))
        assert type(bad) is errors.BadResponse


async def test_calls_at_once_are_bounded() -> None:
    running = most = 0

    async def slow(request: httpx.Request) -> httpx.Response:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0.005)
        running -= 1
        return httpx.Response(200, json={"name": "a"})

    sender = client(slow, concurrency=3)  # type: ignore[arg-type]
    trace = Trace()
    await asyncio.gather(*(sender.send(CALL, trace) for _ in range(12)))
    assert (most, trace.calls) == (3, 12)


async def test_connections_are_no_more_than_calls_at_once_and_are_used_again() -> None:
    async with Vendor([reply(200, b'{"name": "a"}')]) as vendor:
        sender = vendor.client(concurrency=3)
        for _ in range(2):
            await asyncio.gather(*(sender.send(CALL, Trace()) for _ in range(12)))
        await sender.close()
    assert (vendor.connections, len(vendor.requests)) == (3, 24)


async def test_the_deadline_is_over_everything_inside() -> None:
    async def hang(request: httpx.Request) -> httpx.Response:
        await asyncio.sleep(30)
        raise AssertionError

    sender = client(hang, deadline=0.02)  # type: ignore[arg-type]
    with pytest.raises(errors.TimedOut) as caught:
        async with sender.deadline():
            await sender.send(CALL, Trace())
    assert "0.02 s" in caught.value.message
    assert sender.health.status is SourceStatus.TIMED_OUT
    past = asyncio.get_running_loop().time() - 1
    with pytest.raises(errors.TimedOut):
        async with sender.deadline(past):
            await sender.send(CALL, Trace())


async def test_health_tells_the_latest_call() -> None:
    answers = iter([httpx.Response(200, json={"name": "a"}), httpx.Response(500),
                    httpx.Response(404)])  # fmt: skip
    sender = client(lambda request: next(answers))
    assert (sender.health.status, sender.health.last_success_at) == (None, None)
    await sender.send(CALL, Trace())
    assert sender.health.status is SourceStatus.OK
    before = sender.health.last_success_at
    assert before is not None
    await failure(sender)
    assert (sender.health.status, sender.health.last_success_at) == (
        SourceStatus.UNAVAILABLE,
        before,
    )
    await failure(sender)  # that an object is missing is a good answer of a source
    assert sender.health.status is SourceStatus.OK


def zipped(*parts: bytes) -> bytes:
    return b"".join(gzip.compress(part) for part in parts)


async def test_gzip_is_read_and_a_bomb_is_never_inflated() -> None:
    def gzipped(body: bytes, encoding: str = "gzip") -> Handler:
        async def parts() -> AsyncIterator[bytes]:
            for at in range(0, len(body), 1000):
                yield body[at : at + 1000]

        return answering(content=parts(), headers={"Content-Encoding": encoding})

    good = await client(gzipped(zipped(b'{"name": "a"}'))).send(CALL, Trace())
    assert good.body.name == "a"
    tracemalloc.start()
    bomb = await failure(client(gzipped(zipped(b" " * 100_000_000))))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert type(bomb) is errors.BadResponse
    assert "8 MB" in bomb.message
    assert peak < 150_000_000  # the bomb itself was made here, and is 100 MB
    twice = zipped(zipped(b'{"name": "a"}'))
    for bad in (gzipped(b"no gzip"), gzipped(zipped(b'{"name": "a"}')[:-4]),
                gzipped(twice, "gzip, gzip"), gzipped(b"{}", "br")):  # fmt: skip
        assert type(await failure(client(bad))) is errors.BadResponse


async def test_a_body_without_an_end_is_cut_short_and_its_connection_with_it() -> None:
    endless = Reply(b"HTTP/1.1 200 OK\r\n\r\n" + b" " * 9_000_000)
    async with Vendor([endless, reply(200, b'{"name": "a"}')]) as vendor:
        sender = vendor.client()
        found = await failure(sender)
        assert (type(found), found.status) == (errors.BadResponse, 200)
        assert "8 MB" in found.message
        await sender.send(CALL, Trace())
        await sender.close()
    assert vendor.connections == 2


async def test_an_answer_too_deep_or_too_large_in_number_makes_no_sense() -> None:
    deep = b'{"name": "a", "x": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"
    assert type(await failure(client(answering(content=deep)))) is errors.BadResponse
    rows = msgspec.json.decode(
        b'[{"name": "a", "x": 1e999}, {"name": "b"}]', type=list[msgspec.Raw]
    )
    good, dropped = Answer(None, utc_now(), Source.ESPER).rows(rows, Thing, lambda one: one)
    assert ([row.wire.name for row in good], dropped) == (["b"], 1)


async def test_an_answer_that_nobody_keeps_is_freed_at_once() -> None:
    gc.disable()  # which would free it late, and costs more the more there is to free
    try:
        entry = (await client(answering(json={"name": "a"})).send(CALL, Trace())).kept
        assert entry() is None
    finally:
        gc.enable()


async def test_an_address_that_is_none_is_a_failure_of_its_source() -> None:
    for base in ("http://[::1", "http://127.0.0.1:port"):
        sender = Client(
            Source.ESPER, base, Fixed({}), concurrency=1, limit="none", deadline=1, now=utc_now
        )
        assert isinstance(await failure(sender), errors.UpstreamFailure)
        await sender.close()


async def test_time_spent_in_line_is_told_as_the_limit() -> None:
    sender = client(answering(json={"name": "a"}), limit="1/60", deadline=0.05)
    async with sender.deadline():
        await sender.send(CALL, Trace())
    with pytest.raises(errors.Throttled) as caught:
        async with sender.deadline():
            await sender.send(CALL, Trace())
    assert "1/60" in caught.value.message
    assert sender.health.status is SourceStatus.OK  # the source did nothing wrong
