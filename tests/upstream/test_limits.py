"""A quota tells when the next call may begin; a vendor never sees a window with one too many."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.upstream.limits import Quota, windows
from gateway.upstream.rates import Rates


def test_a_limit_has_several_windows() -> None:
    assert windows("none") == ()
    assert windows("6/1,10000/3600") == ((6, 1.0), (10000, 3600.0))


@given(
    st.lists(st.tuples(st.integers(1, 6), st.integers(1, 20)), min_size=1, max_size=3),
    st.floats(0, 2),
    st.lists(st.tuples(st.floats(0, 8), st.floats(0, 0.25), st.booleans()), min_size=1),
)
def test_no_window_of_the_vendor_has_more_calls_than_its_limit(
    limits: list[tuple[int, int]], way: float, calls: list[tuple[float, float, bool]]
) -> None:
    quota = Quota(",".join(f"{count}/{seconds}" for count, seconds in limits))
    now, came, stalled = 100.0, list[float](), 0.0
    for wait, stall, waits_for_turn in calls:
        now += wait
        at = quota.at(now)
        if at > now and not waits_for_turn:
            continue
        now = max(now, at)
        call = quota.begin(now)
        assert call is not None
        stalled = 0.0 if stalled else stall  # a call that comes late is followed by one in time
        came.append(now + way + stalled)
        quota.end(call, now + way + stalled)
    came.sort()
    for count, seconds in limits:
        for first, last in zip(came, came[count:], strict=False):
            assert last - first >= seconds - 1e-9


def test_a_slow_vendor_is_called_as_often_as_a_quick_one() -> None:
    quota, now = Quota("6/1"), 0.0
    for _ in range(600):
        now = max(now, quota.at(now))
        call = quota.begin(now)
        assert call is not None
        quota.end(call, now + 0.2)
    assert 100 <= now <= 103


@given(st.sampled_from(["3/1", "7/10"]), st.integers(0, 9), st.integers(1, 30))
def test_it_is_told_when_one_far_back_in_line_comes(limit: str, before: int, nth: int) -> None:
    quota = Quota(limit)
    for _ in range(before):
        quota.begin(max(0.0, quota.at(0.0)))
    told = max(quota.at(0.0, nth), 0.0)
    now = 0.0
    for _ in range(nth):
        now = max(now, quota.at(now))
        quota.begin(now)
    # Those between are told as if each took no time to its vendor.
    assert told <= now + 1e-9
    assert now <= told + 0.5 * (1 + nth // 3)


def test_a_place_that_was_given_counts_at_once() -> None:
    quota = Quota("2/1")
    quota.begin(0.0)
    quota.grant()
    assert quota.at(0.0) > 0
    quota.grant(-1)
    assert quota.at(0.0) <= 0


def test_a_refusal_holds_for_as_long_as_it_told_but_not_for_ever() -> None:
    quota = Quota("2/1")
    quota.refused(7.0, 100.0)
    assert quota.at(100.0) == 107
    quota.refused(10**6, 100.0)
    assert quota.at(100.0) == 400
    hourly = Quota("9/3600")
    hourly.refused(10**6, 100.0)
    assert hourly.at(100.0) == 3700


def test_a_refusal_that_told_nothing_holds_for_the_shortest_window() -> None:
    quota = Quota("9/60,2/1")
    quota.refused(None, 100.0)
    assert quota.at(100.0) == 101
    free = Quota("none")
    free.refused(None, 100.0)
    assert free.at(100.0) < 100


def test_what_others_have_spent_is_left_to_them() -> None:
    quota = Quota("100/60")
    for _ in range(3):
        quota.begin(0.0)
    quota.correct(Rates(limit=100, remaining=97, resets_in=50), 0.0, 0)
    assert quota.at(0.0) <= 0  # its own three: no news
    quota.correct(Rates(limit=100, remaining=4, resets_in=50), 0.0, 2)
    assert quota.at(0.0, 2) <= 0
    assert quota.at(0.0, 3) == 50
    quota.begin(0.0)
    quota.begin(0.0)
    assert quota.at(0.0) == 50
    assert quota.at(50.0) <= 50


def test_an_answer_that_comes_late_gives_nothing_back_and_another_window_does() -> None:
    quota = Quota("none")
    quota.correct(Rates(limit=10, remaining=1, resets_in=30), 0.0, 0)
    quota.correct(Rates(limit=10, remaining=5, resets_in=30.4), 0.0, 0)
    assert quota.at(0.0, 1) <= 0
    assert quota.at(0.0, 2) == 30.4
    quota.correct(Rates(limit=10, remaining=9, resets_in=60), 30.5, 0)
    assert quota.at(30.5, 9) <= 30.5
    assert quota.at(30.5, 10) == 90.5


def test_a_time_far_ahead_is_not_believed() -> None:
    quota = Quota("none")
    quota.correct(Rates(limit=10, remaining=0, resets_in=10**6), 0.0, 0)
    assert quota.at(0.0) == 300


def test_a_vendor_may_narrow_a_window_and_never_widens_it() -> None:
    quota = Quota("6/1")
    quota.correct(Rates(policies=((3, None),)), 0.0, 0)
    for _ in range(3):
        assert quota.at(0.0) <= 0
        quota.begin(0.0)
    assert quota.at(0.0) == pytest.approx(1.26)
    quota.correct(Rates(policies=((30, None), (50, 60.0))), 5.0, 0)
    for _ in range(6):
        assert quota.at(5.0) <= 5
        quota.begin(5.0)
    assert quota.at(5.0) == pytest.approx(6.26)


def test_nothing_left_of_a_window_without_an_end_holds_only_if_others_spent_it() -> None:
    quota = Quota("6/1")
    quota.begin(0.0)
    quota.correct(Rates(remaining=0, policies=((6, None),)), 0.1, 0)
    assert quota.at(0.1) == 1.1
    own = Quota("1/1")
    own.begin(0.0)
    own.correct(Rates(remaining=0), 0.5, 0)
    assert own.at(0.5) == pytest.approx(1.26)


def test_calls_that_are_in_no_window_any_more_take_no_place() -> None:
    quota = Quota("10000/60,5/1")
    for at in range(1000):
        call = quota.begin(float(at))
        assert call is not None
        quota.end(call, float(at))
        assert quota.at(float(at)) <= at
    assert len(quota) <= 62
