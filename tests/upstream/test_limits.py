"""Calls are paced by the vendor's limit."""

import asyncio

from gateway.upstream.limits import Pace


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
