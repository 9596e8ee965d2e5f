from typing import Any

from gateway.sandbox.counters import Counters

LIST = ("acme", "GET", "/things")
MAKE = ("acme", "POST", "/things")


def row(status: int, count: int, *, applied: int = 0, peak: int = 1) -> dict[str, Any]:
    return {
        "source": "acme", "method": "GET", "route": "/things",
        "status": status, "count": count, "applied": applied, "peak": peak,
    }  # fmt: skip


def test_a_request_without_an_answer_yet_has_status_0() -> None:
    counters = Counters()
    with counters.visit(LIST) as visit:
        assert counters.shown() == [row(0, 1)]
        visit.answered(200, applied=False)
        assert counters.shown() == [row(200, 1)]
    assert counters.shown() == [row(200, 1)]


def test_a_request_that_never_gets_one_keeps_it() -> None:
    counters = Counters()
    with counters.visit(LIST):
        pass
    with counters.visit(LIST) as visit:
        visit.answered(0, applied=True)
    assert counters.shown() == [row(0, 2, applied=1)]


def test_statuses_and_endpoints_are_counted_apart() -> None:
    counters = Counters()
    for endpoint, status in ((LIST, 200), (LIST, 429), (LIST, 200), (MAKE, 201)):
        with counters.visit(endpoint) as visit:
            visit.answered(status, applied=endpoint is MAKE)
    assert counters.shown() == [
        row(200, 2),
        row(429, 1),
        {**row(201, 1, applied=1), "method": "POST"},
    ]


def test_peak_is_the_most_at_once_on_an_endpoint() -> None:
    counters = Counters()
    with counters.visit(LIST), counters.visit(MAKE):
        with counters.visit(LIST):
            pass
        with counters.visit(LIST):
            pass
    assert {one["method"]: one["peak"] for one in counters.shown()} == {"GET": 2, "POST": 1}


def test_what_came_before_a_reset_counts_nowhere_after_it() -> None:
    counters = Counters()
    with counters.visit(LIST) as early:
        counters.reset()
        assert counters.shown() == []
        with counters.visit(LIST) as late:
            late.answered(200, applied=False)
        early.answered(500, applied=True)
    assert counters.shown() == [row(200, 1)]
