"""What is said of an overload by what was seen of it."""

from tests.benchmarks.overload import Seen, judged, together


def seen(
    rate: float = 100,
    p99: float = 500,
    others: int = 0,
    megabytes: float = 100,
    waited: float = 0,
) -> Seen:
    return Seen(rate, rate, p99, 0, 0, others, megabytes, waited)


def failed(over: Seen, after: Seen) -> list[str]:
    return [one.what for one in judged(seen(), over, after) if not one.is_so]


def test_promises_that_are_kept() -> None:
    assert failed(seen(rate=91, p99=990, megabytes=149), seen(rate=95)) == []


def test_promises_that_are_not_kept() -> None:
    assert len(failed(seen(rate=80, p99=1100, others=1, megabytes=151), seen(rate=80))) == 5
    assert failed(seen(rate=80), seen()) == ["at least 90% of full throughput"]
    assert failed(seen(), seen(rate=80)) == ["all is as before 2 s later"]


def test_what_others_have_of_the_core_is_not_held_against_it_where_it_is_the_bound() -> None:
    over, after = seen(rate=46, waited=0.5), seen(rate=50, waited=0.5)
    assert all(one.is_so for one in judged(seen(), over, after, by_core=True))
    assert len(failed(over, after)) == 2


def test_rounds_are_seen_together() -> None:
    found = together([seen(rate=100, p99=300, others=1), seen(rate=50, p99=900, others=2)])
    assert (found.rate, found.p99, found.others) == (75, 900, 3)
