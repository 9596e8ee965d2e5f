"""A failed read is tried once more where that may help, and never a third time."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from msgspec import structs

from gateway import errors
from gateway.app import utc_now
from gateway.upstream.auth import Fixed
from gateway.upstream.call import Call
from gateway.upstream.client import Client
from gateway.upstream.retry import wait_before_retry
from gateway.upstream.trace import Trace
from schema.types.source import Source
from tests.fixtures import Wire

CALL = Call(method="GET", route="/things", answer=dict[str, Any])
GOOD = httpx.Response(200, json={})
Answering = Callable[[], httpx.Response]


def cut() -> httpx.Response:
    message = "the connection was cut"
    raise httpx.ReadError(message)


def status(code: int, **headers: str) -> Answering:
    return lambda: httpx.Response(code, headers=headers)


async def send(
    *answers: Answering, call: Call[Any] = CALL, deadline: float = 5
) -> tuple[int, errors.UpstreamFailure | None]:
    """Return how many calls went out, and the failure if the last one failed."""
    left = iter(answers)
    client = Client(
        Source.ESPER,
        "http://127.0.0.1",
        Fixed({}),
        concurrency=1,
        limit="none",
        deadline=deadline,
        now=utc_now,
        transport=Wire(lambda _: next(left)()),
    )
    trace = Trace()
    try:
        async with client.deadline():
            await client.send(call, trace)
    except errors.UpstreamFailure as failure:
        return trace.calls, failure
    return trace.calls, None


@pytest.mark.parametrize("first", [
    cut, status(429, **{"Retry-After": "0.01"}), status(503, **{"Retry-After": "0.01"}),
])  # fmt: skip
async def test_what_may_pass_is_tried_once_more(first: Answering) -> None:
    assert await send(first, lambda: GOOD) == (2, None)
    calls, failure = await send(first, first, first)
    assert calls == 2
    assert failure is not None


@pytest.mark.parametrize("first", [cut, status(429, **{"Retry-After": "0.01"})])
async def test_what_is_not_safe_to_repeat_is_not(first: Answering) -> None:
    calls, failure = await send(first, call=structs.replace(CALL, is_safe=False))
    assert calls == 1
    assert failure is not None


@pytest.mark.parametrize("first", [
    status(400), status(401), status(403), status(404), status(429), status(500), status(503),
    status(302, Location="/"), lambda: httpx.Response(200, content=b"<html>"),
    status(500, **{"Retry-After": "0.01"}),
    status(429, **{"Retry-After": "60"}), status(503, **{"Retry-After": "60"}),
])  # fmt: skip
async def test_what_would_fail_again_is_not(first: Answering) -> None:
    calls, failure = await send(first)
    assert calls == 1
    assert failure is not None


async def test_no_time_left_is_no_second_try() -> None:
    calls, failure = await send(status(429, **{"Retry-After": "1"}), deadline=0.5)
    assert calls == 1
    assert isinstance(failure, errors.Throttled)
    assert failure.retry_after == 1


def test_the_decision_is_pure() -> None:
    busy = errors.Throttled(Source.ESPER, "", status=429, retry_after=2)
    assert wait_before_retry(busy, 2.5) == 2
    assert wait_before_retry(busy, 2) is None
    assert wait_before_retry(errors.TimedOut(Source.ESPER, ""), 9) is None
