"""How many are let in follows what each takes where the core is short, and only there."""

import random

import pytest

from gateway.http.room import Room

LOOK = 0.05


def run(room: Room, *, each: float, inside: int, seconds: float, busy: float = 1.0) -> None:
    """Let requests take so much of the core each, for a while, always as many at once."""
    ended = 0.0
    for _ in range(int(seconds / LOOK)):
        ended += LOOK * busy / each
        room.done += int(ended)
        ended -= int(ended)
        room.look(LOOK, LOOK * busy, inside)


@pytest.mark.parametrize(("each", "limit"), [(0.004, 125), (0.007, 71), (0.001, 256), (0.1, 64)])
def test_half_a_second_of_the_core_is_let_in_where_it_is_short(each: float, limit: int) -> None:
    room = Room(256)
    run(room, each=each, inside=limit, seconds=10)
    assert room.limit == pytest.approx(limit, rel=0.05)


def test_as_many_as_set_are_let_in_where_vendors_are_waited_for() -> None:
    room = Room(256)
    run(room, each=0.01, inside=256, seconds=10, busy=0.5)
    assert room.limit == 256


@pytest.mark.parametrize(("each", "rate"), [(0.005, 100), (0.01, 60)])
def test_chance_makes_no_core_short(each: float, rate: float) -> None:
    """Requests come by chance, and wait long for vendors; the core has much time left."""
    room, chance = Room(256), random.Random(3)  # noqa: S311 - no secret
    looked = now = work = 0.0
    looks = lower = 0
    while now < 60:
        now += chance.expovariate(rate)
        while looked + 0.01 <= now:
            room.look(0.01, min(work, 0.01), 200)
            work = max(work - 0.01, 0.0)
            looked += 0.01
            looks += 1
            lower += room.limit < 200
        work += each
        room.done += 1
    assert lower < looks / 30


def test_what_is_answered_at_once_does_not_seem_the_work_of_those_who_are_in() -> None:
    room = Room(256)
    for _ in range(200):
        room.done += 10
        room.look(LOOK, LOOK, 100, beside=1000)
    assert room.limit == 256
    for _ in range(200):
        room.done += 10
        room.look(LOOK, LOOK, 100, beside=10)
    assert room.limit == pytest.approx(100, rel=0.05)


def test_it_goes_back_to_what_is_set() -> None:
    room = Room(256)
    run(room, each=0.005, inside=100, seconds=10)
    assert room.limit == pytest.approx(100, rel=0.05)
    limits: list[int] = []
    for _ in range(12):
        room.look(LOOK, 0, 1)
        limits.append(room.limit)
    assert limits == sorted(limits)
    assert limits[0] < 115
    assert limits[-1] == 256
    run(room, each=0.005, inside=100, seconds=10)
    room.rest()
    assert room.limit == 256
    room.look(LOOK, LOOK, 1)  # one busy moment after that makes no core short
    assert room.limit == 256


def test_a_crowd_that_has_just_come_does_not_seem_dear() -> None:
    room = Room(256)
    run(room, each=0.004, inside=2, seconds=2)
    # 120 come at once: none ends for a while, and then all do.
    for done in (0, 0, 0, 0, 0, 10, 20, 30, 60):
        room.done += done
        room.look(LOOK, LOOK, 120 if not done else 120 - done)
        assert room.limit > 60


def test_a_room_for_few_lets_few_in() -> None:
    room = Room(4)
    run(room, each=0.001, inside=4, seconds=2)
    assert room.limit == 4


def test_nothing_is_known_before_some_have_ended() -> None:
    room = Room(256)
    room.done = 31
    room.look(10, 10, 200)
    assert room.limit == 256
