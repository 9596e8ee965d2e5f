import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.sandbox.limits import Limiter


class Clock:
    """Monotonic time that passes when told to."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def limiter(clock: Clock) -> Limiter:
    return Limiter(clock)


def test_a_window_starts_with_its_first_call(limiter: Limiter, clock: Clock) -> None:
    assert limiter.spend("2/10") == (2, 1, 10)
    clock.now += 4
    assert limiter.spend("2/10") == (2, 0, 6)
    assert limiter.spend("2/10") == (2, -1, 6)
    clock.now += 5.5
    assert limiter.spend("2/10") == (2, -2, 0.5)


def test_the_next_window_is_a_fresh_one(limiter: Limiter, clock: Clock) -> None:
    for _ in range(5):
        limiter.spend("2/10")
    clock.now += 10
    assert limiter.spend("2/10") == (2, 1, 10)


def test_without_a_limit_there_is_no_budget(limiter: Limiter) -> None:
    assert limiter.spend("none") is None


def test_another_limit_starts_a_window_of_its_own(limiter: Limiter, clock: Clock) -> None:
    for _ in range(100):
        limiter.spend("10000/3600")
    assert limiter.spend("6/1") == (6, 5, 1)
    clock.now += 1
    assert limiter.spend("6/1") == (6, 5, 1)


def test_no_limit_in_between_starts_a_window_too(limiter: Limiter) -> None:
    for setting in ("1/10", "none"):
        limiter.spend(setting)
    assert limiter.spend("1/10") == (1, 0, 10)


def test_after_a_reset_all_is_as_at_the_start(limiter: Limiter) -> None:
    limiter.spend("1/10")
    limiter.reset()
    assert limiter.spend("1/10") == (1, 0, 10)


@given(
    st.integers(1, 20),
    st.integers(1, 20),
    st.lists(st.floats(0, 30, allow_nan=False, allow_infinity=False), max_size=60),
)
def test_no_window_serves_more_calls_than_the_limit(
    calls: int, seconds: int, waits: list[float]
) -> None:
    clock = Clock()
    limiter = Limiter(clock)
    served: dict[float, int] = {}
    for wait in waits:
        clock.now += wait
        budget = limiter.spend(f"{calls}/{seconds}")
        assert budget
        assert 0 < budget.reset_in <= seconds + 1e-6
        ends = round(clock.now + budget.reset_in, 6)
        served[ends] = served.get(ends, 0) + (budget.remaining >= 0)
    assert all(count <= calls for count in served.values())
    assert all(b - a >= seconds - 1e-6 for a, b in zip(served, list(served)[1:], strict=False))
