"""Bounds, and who goes first."""

from hypothesis import given
from hypothesis import strategies as st

from gateway.store.lru import Lru


def lru(max_bytes: int = 100, max_entries: int = 100) -> Lru[str, int, float]:
    return Lru(max_bytes=max_bytes, max_entries=max_entries, now=lambda: 0.0)


def test_the_one_not_used_for_the_longest_time_goes_first() -> None:
    held = lru(max_entries=2)
    held.put("a", 1, 1, 9.0)
    held.put("b", 2, 1, 9.0)
    assert held.get("a") == 1
    held.put("c", 3, 1, 9.0)
    assert [held.get(key) for key in "abc"] == [1, None, 3]


def test_bytes_are_bound_and_one_too_large_is_not_kept() -> None:
    held = lru(max_bytes=10)
    held.put("a", 1, 6, 9.0)
    held.put("b", 2, 4, 9.0)
    assert len(held) == 2
    held.put("c", 3, 5, 9.0)
    assert [held.get(key) for key in "abc"] == [None, 2, 3]
    held.put("b", 4, 11, 9.0)
    assert [held.get(key) for key in "bc"] == [None, 3], "the old one is no longer true"
    held.put("a", 5, 10, 9.0)
    assert [held.get(key) for key in "ac"] == [5, None]


def test_its_end_is_an_end() -> None:
    now = 0.0
    held: Lru[str, int, float] = Lru(max_bytes=9, max_entries=9, now=lambda: now)
    held.put("a", 1, 1, 5.0)
    held.put("b", 2, 1, 0.0)
    now = 4.9
    assert (held.get("a"), held.get("b")) == (1, None)
    now = 5.0
    assert held.get("a") is None
    assert len(held) == 0


def test_those_past_their_end_go_as_others_come() -> None:
    now = 0.0
    held: Lru[int, int, float] = Lru(max_bytes=1000, max_entries=1000, now=lambda: now)
    for step in range(100):
        now = float(step)
        held.put(step, step, 1, now + 5.0)
        assert len(held) == min(step + 1, 5)
    held.put(-1, -1, 1, 200.0)
    assert len(held) == 6
    now = 150.0
    held.put(-2, -2, 1, 200.0)
    assert [held.get(key) for key in (99, -1, -2)] == [None, -1, -2]
    assert len(held) == 2


def test_forgetting_makes_room() -> None:
    held = lru(max_bytes=2)
    held.put("a", 1, 2, 9.0)
    assert held.forget("a")
    assert not held.forget("a")
    held.put("b", 2, 2, 9.0)
    assert held.get("b") == 2
    held.clear()
    assert (len(held), held.get("b")) == (0, None)
    held.put("c", 3, 2, 9.0)
    assert held.get("c") == 3


ASKS = st.lists(st.tuples(st.sampled_from("abcdef"), st.integers(0, 12), st.integers(0, 2)))


@given(ASKS)
def test_it_is_as_a_plain_list_would_be(asks: list[tuple[str, int, int]]) -> None:
    held, plain = lru(max_bytes=20, max_entries=4), list[tuple[str, int]]()
    for key, size, what in asks:
        had = [one for one in plain if one[0] == key]
        plain = [one for one in plain if one[0] != key]
        if what == 0:
            assert (held.get(key) is not None) == bool(had)
            plain += had
        elif what == 1:
            held.put(key, size, size, 9.0)
            plain.append((key, size))
        else:
            held.forget(key)
        while len(plain) > 4 or sum(size for _, size in plain) > 20:
            plain.pop(0)
        assert len(held) == len(plain)
    assert [(key, held.get(key)) for key, _ in plain] == plain
