"""Which request a fault strikes, and how often."""

import asyncio

import httpx
import msgspec
import pytest

from gateway.sandbox.faults import Fault, Faults
from tests.fixtures import Sandbox
from tests.sandbox.shelf import HEADERS

BROKEN = {"status": 418}


def statuses(books: httpx.Client, *paths: str) -> list[int]:
    return [books.get(path).status_code for path in paths]


def test_the_oldest_fault_that_matches_strikes() -> None:
    faults = Faults()
    first = Fault(source="acme", kind="html", route="/things", times=1)
    second = Fault(source="acme", kind="empty")
    third = Fault(source="acme", kind="array")
    for one in (first, second, third):
        faults.add(one)
    assert faults.take("acme", "GET", "/people") is second
    assert faults.take("acme", "GET", "/things") is first
    assert faults.take("acme", "GET", "/things") is second
    assert faults.take("other", "GET", "/things") is None


def test_two_faults_that_are_alike_are_two() -> None:
    faults = Faults()
    for _ in range(2):
        faults.add(Fault(source="acme", kind="html", times=2))
    taken = [faults.take("acme", "GET", "/") for _ in range(5)]
    assert [one is not None for one in taken] == [True] * 4 + [False]


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "explode"},
        {"kind": "status", "status": 99},
        {"kind": "status", "status": 600},
        {"kind": "status", "status": "500"},
        {"kind": "status", "retry_after": "5\r\nX-Evil: 1"},
        {"kind": "status", "retry_after": "\u0665"},
        {"kind": "status", "retry_after": ""},
        {"kind": "latency", "seconds": -1},
        {"kind": "hang", "times": 0},
        {"kind": "hang", "when": "later"},
        {"kind": "hang", "sometimes": True},
    ],
)
def test_a_fault_that_makes_no_sense_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"source": "acme", **wrong}, Fault)


def test_without_times_it_strikes_until_it_is_removed(shelf: Sandbox, books: httpx.Client) -> None:
    shelf.fault("esper", "status", **BROKEN)
    assert statuses(books, *["/books"] * 4) == [418] * 4
    shelf.heal()
    assert statuses(books, "/books") == [200]


def test_with_times_it_strikes_so_often(shelf: Sandbox, books: httpx.Client) -> None:
    shelf.fault("esper", "status", times=2, **BROKEN)
    assert statuses(books, *["/books"] * 4) == [418, 418, 200, 200]


async def test_with_times_it_strikes_so_often_under_many_at_once(shelf: Sandbox) -> None:
    shelf.fault("esper", "latency", seconds=0.05, times=3)
    shelf.fault("esper", "status", times=5, **BROKEN)
    async with httpx.AsyncClient(headers=HEADERS, trust_env=False) as client:
        answers = await asyncio.gather(
            *(client.get(f"{shelf.origin}/shelf/books") for _ in range(20))
        )
    assert sorted(one.status_code for one in answers) == [200] * 15 + [418] * 5
    counted = {row["status"]: row["count"] for row in shelf.requests("esper")}
    assert counted == {200: 15, 418: 5}


def test_it_strikes_its_source_alone(shelf: Sandbox, books: httpx.Client) -> None:
    shelf.fault("outreach", "status", **BROKEN)
    assert statuses(books, "/books") == [200]
    assert statuses(books, f"{shelf.origin}/outreach/api/v2/stages") == [418]


def test_it_strikes_its_route_and_method_alone(shelf: Sandbox, books: httpx.Client) -> None:
    shelf.fault("esper", "status", route="/books/{id}", **BROKEN)
    assert statuses(books, "/books", "/books/1", "/books/2") == [200, 418, 418]
    shelf.heal()
    shelf.fault("esper", "status", method="POST", **BROKEN)
    assert statuses(books, "/books", "/books/1") == [200, 200]
    assert books.post("/books", json={}).status_code == 418
    shelf.heal()
    shelf.fault("esper", "status", method="DELETE", route="/books/{id}", **BROKEN)
    assert statuses(books, "/books/1") == [200]
    assert books.delete("/books/1").status_code == 418


def test_a_route_is_one_with_and_without_its_slash(shelf: Sandbox, http: httpx.Client) -> None:
    shelf.fault("storyblok", "status", route="/books/", **BROKEN)
    for path in ("/ladder/v1/books", "/ladder/v1/books/"):
        assert http.get(path).status_code == 418


def test_it_can_strike_where_nothing_is(shelf: Sandbox, books: httpx.Client) -> None:
    shelf.fault("esper", "status", route="/{nowhere:path}", **BROKEN)
    assert statuses(books, "/books", "/nowhere/at/all") == [200, 418]


def test_a_reset_removes_it(shelf: Sandbox, books: httpx.Client) -> None:
    shelf.fault("esper", "status", **BROKEN)
    shelf.reset()
    assert statuses(books, "/books") == [200]
