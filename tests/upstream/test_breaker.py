"""A source that does not answer is not asked for a while; then one call tries."""

import asyncio
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from gateway import errors
from gateway.upstream.breaker import LEAST_CALLS, REST, WINDOW, Breaker
from gateway.upstream.call import Call
from gateway.upstream.trace import Trace
from schema.types.mutation_errors import WriteOutcome
from schema.types.source import Source
from schema.types.sources import SourceStatus
from tests.upstream.test_client import client
from tests.upstream.vendor import HANG, Vendor

CALL = Call(method="GET", route="/things", answer=dict[str, Any])
OTHER = Call(method="GET", route="/others", answer=dict[str, Any])
WRITE = Call(method="POST", route="/things", answer=dict[str, Any], is_safe=False)


def opened(now: float = 0.0) -> Breaker:
    breaker = Breaker()
    for _ in range(LEAST_CALLS):
        breaker.bad(now)
    assert breaker.is_open
    return breaker


def test_few_failures_tell_nothing() -> None:
    breaker = Breaker()
    for _ in range(LEAST_CALLS - 1):
        breaker.bad(0.0)
    assert breaker.wait(0.0) == 0


def test_most_of_the_calls_must_fail() -> None:
    breaker = Breaker()
    for _ in range(10):
        breaker.good(0.0)
    for _ in range(29):
        breaker.bad(0.0)
    assert not breaker.is_open
    breaker.bad(0.0)
    assert breaker.is_open


def test_every_other_failure_opens_nothing() -> None:
    breaker = Breaker()
    for at in range(100):
        breaker.bad(at / 10)
        breaker.good(at / 10)
    assert not breaker.is_open


def test_what_failed_long_ago_does_not_count() -> None:
    breaker = Breaker()
    for _ in range(LEAST_CALLS - 1):
        breaker.bad(0.0)
    breaker.bad(WINDOW)
    assert not breaker.is_open
    near = Breaker()
    for _ in range(LEAST_CALLS - 1):
        near.bad(0.0)
    near.bad(WINDOW / 2 + 1)
    assert near.is_open


def test_one_call_tries_at_a_time() -> None:
    breaker = opened()
    assert breaker.wait(1.0) == REST - 1
    assert breaker.wait(REST) == 0
    breaker.begin(REST)
    assert breaker.wait(REST) == REST
    breaker.bad(REST + 1)
    assert breaker.wait(REST + 1) == REST
    breaker.begin(2 * REST + 1)
    breaker.left(2 * REST + 2)
    assert breaker.wait(2 * REST + 2) == 0
    breaker.begin(2 * REST + 2)
    breaker.good(2 * REST + 3)
    assert not breaker.is_open
    for _ in range(LEAST_CALLS - 2):
        breaker.bad(2 * REST + 3)
    assert not breaker.is_open  # what was before is forgotten


@pytest.mark.parametrize(("kind", "status", "is_one"), [
    (errors.TimedOut, None, True), (errors.Unavailable, None, True),
    (errors.Unavailable, 503, True), (errors.NotReached, None, True),
    (errors.BadResponse, 200, True), (errors.BadResponse, 302, True),
    (errors.BadResponse, 400, False), (errors.Throttled, 429, False),
    (errors.Missing, 404, False), (errors.Refused, 422, False),
    (errors.Unauthenticated, 401, False), (errors.Forbidden, 403, False),
    (errors.TooLarge, None, False),
])  # fmt: skip
def test_what_is_an_outage(
    kind: type[errors.UpstreamFailure], status: int | None, *, is_one: bool
) -> None:
    assert kind(Source.ESPER, "", status=status).is_outage is is_one


class Answers:
    """A vendor that answers by what it is set to, and counts."""

    def __init__(self, answer: Callable[[], httpx.Response]) -> None:
        self.answer = answer
        self.count = 0

    def __call__(self, request: httpx.Request) -> httpx.Response:
        del request
        self.count += 1
        return self.answer()


def down() -> httpx.Response:
    return httpx.Response(503)


def cut() -> httpx.Response:
    message = "cut"
    raise httpx.ReadError(message)


def nonsense() -> httpx.Response:
    return httpx.Response(200, content=b"<html>")


@pytest.mark.parametrize("answer", [down, cut, nonsense])
async def test_an_open_breaker_answers_at_once_and_sends_nothing(
    answer: Callable[[], httpx.Response],
) -> None:
    vendor = Answers(answer)
    sender = client(vendor)
    for _ in range(LEAST_CALLS):
        with pytest.raises(errors.UpstreamFailure):
            await sender.send(CALL, Trace())
    sent, trace = vendor.count, Trace()
    with pytest.raises(errors.Resting) as caught:
        async with sender.deadline():
            await sender.send(CALL, trace)
    assert (vendor.count, trace.calls) == (sent, 0)
    assert caught.value.retry_after is not None
    assert 0 < caught.value.retry_after <= REST
    assert sender.health.status is SourceStatus.UNAVAILABLE
    vendor.answer = lambda: httpx.Response(200, json={})
    await sender.send(OTHER, Trace())  # another route does well
    await sender.send(WRITE, Trace())  # and so does a write


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 422, 429])
async def test_what_a_source_says_no_to_opens_nothing(status: int) -> None:
    vendor = Answers(lambda: httpx.Response(status))
    sender = client(vendor)
    for _ in range(2 * LEAST_CALLS):
        with pytest.raises(errors.UpstreamFailure):
            await sender.send(CALL, Trace())
    assert vendor.count == 2 * LEAST_CALLS


async def test_a_write_that_was_not_sent_was_not_applied() -> None:
    sender = client(Answers(down))
    for _ in range(LEAST_CALLS):
        with pytest.raises(errors.Unavailable):
            await sender.send(WRITE, Trace())
    trace = Trace()
    with pytest.raises(errors.Resting):
        await sender.send(WRITE, trace)
    assert trace.outcome is WriteOutcome.NOT_APPLIED


async def test_no_answer_in_time_opens_it_and_callers_who_leave_do_not() -> None:
    async with Vendor([HANG]) as vendor:
        sender = vendor.client(deadline=0.2, concurrency=20)

        async def leaves() -> None:
            task = asyncio.create_task(sender.send(CALL, Trace()))
            await asyncio.sleep(0.15)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

        async def stays() -> None:
            with pytest.raises(errors.TimedOut):
                async with sender.deadline():
                    await sender.send(OTHER, Trace())

        await asyncio.gather(*(leaves() for _ in range(LEAST_CALLS)))
        await asyncio.gather(*(stays() for _ in range(LEAST_CALLS)))
        sent = len(vendor.requests)
        with pytest.raises(errors.Resting):
            await sender.send(OTHER, Trace())
        assert len(vendor.requests) == sent
        with pytest.raises(errors.TimedOut):
            async with sender.deadline():
                await sender.send(CALL, Trace())
        await sender.close()


async def test_those_in_line_are_told_as_it_opens() -> None:
    vendor = Answers(down)
    sender = client(vendor, concurrency=1, limit=f"{LEAST_CALLS + 5}/60")
    found = await asyncio.gather(
        *(sender.send(CALL, Trace()) for _ in range(50)), return_exceptions=True
    )
    assert [type(one) for one in found].count(errors.Resting) == 50 - LEAST_CALLS
    assert vendor.count == LEAST_CALLS


async def test_one_call_tries_and_closes_it() -> None:
    vendor = Answers(down)
    sender = client(vendor)
    for _ in range(LEAST_CALLS):
        with pytest.raises(errors.Unavailable):
            await sender.send(CALL, Trace())
    await asyncio.sleep(REST + 0.05)
    found = await asyncio.gather(
        *(sender.send(CALL, Trace()) for _ in range(20)), return_exceptions=True
    )
    assert vendor.count == LEAST_CALLS + 1
    assert {type(one) for one in found} == {errors.Unavailable, errors.Resting}
    vendor.answer = lambda: httpx.Response(200, json={})
    await asyncio.sleep(REST + 0.05)
    await sender.send(CALL, Trace())
    await asyncio.gather(*(sender.send(CALL, Trace()) for _ in range(20)))
    assert vendor.count == LEAST_CALLS + 22
