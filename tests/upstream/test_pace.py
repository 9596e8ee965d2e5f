"""Calls are paced by the vendor's limit."""

import asyncio

import pytest

from gateway.upstream.pace import Pace, TooLongError


async def test_a_window_has_no_more_calls_than_the_limit() -> None:
    pace = Pace("5/1")
    loop = asyncio.get_running_loop()
    starts: list[tuple[float, int]] = []

    async def call(number: int) -> None:
        await pace.turn()
        starts.append((loop.time(), number))

    begun = loop.time()
    await asyncio.gather(*(call(number) for number in range(12)))
    times = [at - begun for at, _ in starts]
    assert [number for _, number in starts] == list(range(12))
    assert times[4] < 0.5
    assert all(later - earlier > 1 for earlier, later in zip(times, times[5:], strict=False))
    assert 2 < times[-1] < 3


async def test_one_who_leaves_the_line_lets_the_next_in() -> None:
    pace = Pace("1/1")
    await pace.turn()
    leaves, stays = asyncio.create_task(pace.turn()), asyncio.create_task(pace.turn())
    await asyncio.sleep(0.01)
    leaves.cancel()
    await asyncio.wait_for(stays, 2)


async def test_no_limit_is_no_waiting() -> None:
    pace = Pace("none")
    await asyncio.wait_for(asyncio.gather(*(pace.turn() for _ in range(1000))), 1)


async def told(pace: Pace, order: list[str], request: str) -> None:
    call = await pace.turn(request)
    order.append(request)
    await asyncio.sleep(0)
    pace.leave(call)


async def test_one_who_asks_for_much_lets_others_go_between() -> None:
    pace, order = Pace("none", 1), list[str]()
    first = await pace.turn("other")
    many = [asyncio.create_task(told(pace, order, "many")) for _ in range(100)]
    await asyncio.sleep(0)
    few = [asyncio.create_task(told(pace, order, name)) for name in ("a", "b")]
    await asyncio.sleep(0)
    pace.leave(first)
    await asyncio.gather(*many, *few)
    assert order[:4] == ["many", "a", "b", "many"]
    assert len(order) == 102


async def test_whoever_would_wait_in_vain_is_told_at_once() -> None:
    pace, loop = Pace("2/1"), asyncio.get_running_loop()
    begun = loop.time()
    pace.leave(await pace.turn())
    pace.leave(await pace.turn())
    with pytest.raises(TooLongError) as caught:
        await pace.turn("late", begun + 0.5)
    assert 0.9 < caught.value.seconds < 1.1
    waits = asyncio.create_task(pace.turn("a", begun + 1.5))
    more = asyncio.create_task(pace.turn("c", begun + 1.5))
    await asyncio.sleep(0)
    with pytest.raises(TooLongError):  # behind the other two
        await pace.turn("b", begun + 1.5)
    assert loop.time() - begun < 0.5
    await asyncio.gather(waits, more)


async def test_a_refusal_sends_home_who_waits_in_vain() -> None:
    pace, loop = Pace("1/1"), asyncio.get_running_loop()
    begun = loop.time()
    call = await pace.turn()
    short = asyncio.create_task(pace.turn("short", begun + 3))
    long = asyncio.create_task(pace.turn("long", begun + 60))
    await asyncio.sleep(0)
    pace.refused(5)
    pace.leave(call)
    with pytest.raises(TooLongError) as caught:
        await short
    assert 4.9 < caught.value.seconds <= 5
    assert loop.time() - begun < 0.5
    assert not long.done()
    long.cancel()
    await asyncio.gather(long, return_exceptions=True)


async def test_a_turn_that_comes_as_its_owner_leaves_is_the_next_ones() -> None:
    pace = Pace("3/60", 1)
    first = await pace.turn()
    leaves, stays = (asyncio.create_task(pace.turn(name)) for name in ("leaves", "stays"))
    await asyncio.sleep(0)
    pace.leave(first)  # gives the turn to the one that leaves
    leaves.cancel()
    pace.leave(await asyncio.wait_for(stays, 1))
    pace.leave(await asyncio.wait_for(pace.turn(), 1))  # and no call of the window is lost
    assert pace.is_busy


async def test_headers_hold_calls_back() -> None:
    pace = Pace("none", 8)
    call = await pace.turn()
    pace.hear([(b"RateLimit-Remaining", b"1"), (b"RateLimit-Reset", b"60")])
    pace.leave(call)
    assert not pace.is_busy
    pace.leave(await pace.turn())
    assert pace.is_busy
    assert 59 < pace.seconds() <= 60
    with pytest.raises(TooLongError):
        await pace.turn("a", asyncio.get_running_loop().time() + 5)
