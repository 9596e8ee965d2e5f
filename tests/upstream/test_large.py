"""Large answers: few of a source are read at a time, and nothing is left of those that fail."""

import asyncio
import gc
import gzip
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager

import msgspec
import pytest

from gateway import errors
from gateway.app import utc_now
from gateway.upstream.auth import Fixed
from gateway.upstream.body import Plain
from gateway.upstream.call import Call
from gateway.upstream.client import Client
from gateway.upstream.large import LARGE, Turns
from gateway.upstream.trace import Trace
from schema.types.source import Source
from tests.upstream.vendor import Reply, Vendor, reply


class Thing(msgspec.Struct, frozen=True):
    name: str


CALL = Call(method="GET", route="/thing", answer=Thing)
HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 9000000\r\n\r\n"
LINGERING = Reply(HEAD + b" " * 7_000_000)
"""More is announced than ever comes, and the connection stays."""

ENDLESS = Reply(b"HTTP/1.1 200 OK\r\n\r\n" + b" " * 9_000_000)
GOOD = reply(200, b'{"name": "a"}' + b" " * 3 * LARGE)


def held() -> list[int]:
    """Return how many bytes are held of each body."""
    return [one.size for one in gc.get_objects() if isinstance(one, Plain)]


@contextmanager
def without_collector() -> Iterator[None]:
    """Show what is freed without the garbage collector, which looks seldom."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


async def failed(client: Client) -> errors.UpstreamFailure:
    with pytest.raises(errors.UpstreamFailure) as caught:
        async with client.deadline():
            await client.send(CALL, Trace())
    return caught.value


async def test_two_answers_of_a_source_are_large_at_a_time_and_others_do_not_wait() -> None:
    calls = 6
    async with Vendor([LINGERING]) as vendor, Vendor([GOOD]) as well:
        client = vendor.client(concurrency=calls, deadline=1.0)
        address = f"http://127.0.0.1:{well.port}"
        other = Client(
            Source.OUTREACH,
            address,
            Fixed({}),
            concurrency=4,
            limit="none",
            deadline=1,
            now=utc_now,
        )
        with without_collector():
            failing = [asyncio.create_task(failed(client)) for _ in range(calls)]
            await asyncio.sleep(0.5)
            sizes = sorted(held())
            assert len(sizes) == calls
            assert [size > 2 * LARGE for size in sizes] == [False] * 4 + [True] * 2
            assert sizes[-1] > 6_000_000
            for _ in range(3):
                async with other.deadline():
                    assert (await other.send(CALL, Trace())).body.name == "a"
            found = await asyncio.gather(*failing)
            assert {type(one) for one in found} == {errors.TimedOut}
            assert sum(held()) == 0
        await client.close()
        await other.close()


async def test_all_large_answers_are_read_in_turn() -> None:
    async with Vendor([GOOD]) as vendor:
        client = vendor.client(concurrency=8)
        found = await asyncio.gather(*(client.send(CALL, Trace()) for _ in range(8)))
        assert [one.body.name for one in found] == ["a"] * 8
        await client.close()


PACKED = gzip.compress(b" " * 9_000_000)
BOMB = reply(200, PACKED, "Content-Encoding: gzip")
NO_GZIP = reply(200, PACKED[:5000] + PACKED[:5000], "Content-Encoding: gzip")


@pytest.mark.parametrize("bad", [ENDLESS, Reply(LINGERING.content, is_cut=True), BOMB, NO_GZIP])
async def test_a_failure_holds_nothing_of_its_answer(bad: Reply) -> None:
    async with Vendor([bad]) as vendor:
        client = vendor.client()
        with without_collector():
            found = await failed(client)
            assert sum(held()) == 0
            assert bytes_of(found) < LARGE
        await client.close()


async def test_a_refusal_holds_nothing_of_its_answer() -> None:
    async with Vendor([reply(404, b" " * 5 * LARGE)]) as vendor:
        client = vendor.client()
        with without_collector():
            found = await failed(client)
            assert type(found) is errors.Missing
            assert bytes_of(found) < LARGE
        await client.close()


def bytes_of(failure: BaseException) -> int:
    """Count the bytes that the frames of a failure, and of what it came from, still name."""
    total = 0
    known: BaseException | None = failure
    while known is not None:
        trace = known.__traceback__
        while trace is not None:
            values = trace.tb_frame.f_locals.values()
            total += sum(len(one) for one in values if isinstance(one, bytes))
            trace = trace.tb_next
        known = known.__cause__ or known.__context__
    return total


async def parts(count: int) -> AsyncIterator[bytes]:
    for _ in range(count):
        yield b" " * LARGE


async def test_a_turn_goes_to_who_waited_longest_and_comes_back_from_who_leaves() -> None:
    turns = Turns(1)
    await turns.take()
    reading = [asyncio.create_task(Plain(9 * LARGE).read(parts(3), turns)) for _ in range(4)]
    await asyncio.sleep(0)
    reading[1].cancel()
    await asyncio.sleep(0)
    turns.give_back()
    reading[0].cancel()  # its turn has come in this moment
    done, _ = await asyncio.wait(reading, timeout=5)
    assert len(done) == len(reading)
    assert [one.cancelled() for one in reading] == [True, True, False, False]
    assert {len(one.result()) for one in reading[2:]} == {3 * LARGE}
    await asyncio.wait_for(turns.take(), 1)


async def test_a_small_answer_takes_no_turn() -> None:
    turns = Turns(0)
    assert len(await Plain(9 * LARGE).read(parts(1), turns)) == LARGE
