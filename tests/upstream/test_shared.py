"""Gateways that share a Redis take turns; one that has none paces for itself."""

import asyncio
from collections.abc import Sequence

import pytest

from gateway.store.link import LostError
from gateway.store.slots import Slots
from gateway.store.slots import TooLongError as NoTurnError
from gateway.upstream.limits import windows
from gateway.upstream.pace import Pace, TooLongError
from gateway.upstream.shared import Shared


class Told(Slots):
    """Hands out turns as it is told to, and counts."""

    def __init__(self, *answers: Sequence[float] | Exception) -> None:
        self.answers = list(answers)
        self.asked: list[int] = []

    async def take(
        self,
        name: str,
        windows: Sequence[tuple[int, float]],
        *,
        most: int,
        horizon: float,
        early: float,
    ) -> list[float]:
        del name, windows, horizon, early
        self.asked.append(most)
        await asyncio.sleep(0.001)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return list(answer)


def paced(limit: str, slots: Slots) -> Pace:
    return Pace(limit, 8, shared=Shared(slots, "a", windows(limit)))


async def test_a_turn_that_comes_later_is_waited_for() -> None:
    slots, loop = Told([0.2], [0]), asyncio.get_running_loop()
    pace, begun = paced("6/1", slots), loop.time()
    await pace.turn()
    assert 0.2 <= loop.time() - begun < 0.5
    assert slots.asked == [1]
    await pace.turn()
    assert slots.asked == [1, 1]


async def test_turns_of_long_windows_are_taken_ahead() -> None:
    slots = Told([0], [0, 0], [0, 0, 0, 0], [0] * 8)
    pace = paced("8000/300", slots)
    for _ in range(15):
        pace.leave(await pace.turn())
    assert slots.asked == [1, 2, 4, 8]


async def test_turns_that_were_not_used_in_time_are_not_used() -> None:
    slots = Told([0])
    pace = paced("6/1", slots)
    leaves = asyncio.create_task(pace.turn())
    await asyncio.sleep(0)
    leaves.cancel()
    await asyncio.sleep(0.1)  # its turn came meanwhile, and was good for less
    await pace.turn()
    assert len(slots.asked) == 2


async def test_those_in_line_take_no_more_than_their_share_at_a_time() -> None:
    slots = Told([0], [0], [0], [0, 0])
    pace = paced("8/1", slots)
    await asyncio.gather(*(pace.turn(at) for at in range(5)))
    assert slots.asked[0] == 2
    assert max(slots.asked) == 2


async def test_whoever_waits_in_vain_is_told_and_the_others_wait() -> None:
    slots, loop = Told(NoTurnError(30), [0.1]), asyncio.get_running_loop()
    pace = paced("6/1", slots)
    with pytest.raises(TooLongError) as caught:
        await pace.turn("a", loop.time() + 5)
    assert 29 < caught.value.seconds <= 30
    short = asyncio.create_task(pace.turn("short", loop.time() + 0.09))
    long = asyncio.create_task(pace.turn("long", loop.time() + 5))
    with pytest.raises(TooLongError):
        await short
    await long
    assert len(slots.asked) == 2


async def test_one_who_waits_for_ever_does_not_ask_without_end() -> None:
    slots = Told(NoTurnError(3600))
    pace = paced("6/1", slots)
    waits = asyncio.create_task(pace.turn())
    await asyncio.sleep(0.3)
    assert not waits.done()
    assert pace.is_busy
    assert len(slots.asked) == 1
    waits.cancel()
    await pace.close()


async def test_without_redis_each_paces_for_itself() -> None:
    slots, loop = Told(LostError()), asyncio.get_running_loop()
    pace, begun = paced("2/1", slots), loop.time()
    for _ in range(2):
        pace.leave(await pace.turn())
    assert loop.time() - begun < 0.5
    assert slots.asked == [1]
    with pytest.raises(TooLongError):
        await pace.turn("a", begun + 0.5)


async def test_a_turn_that_is_given_back_is_the_next_ones() -> None:
    slots = Told([0])
    pace = paced("6/1", slots)
    pace.give_back(await pace.turn())
    await pace.turn()
    assert slots.asked == [1]
