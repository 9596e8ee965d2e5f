"""Before or after: whether what a request asks for is done when a fault strikes it."""

import time

import httpx
import pytest

from tests.fixtures import Sandbox

BOOK = {"name": "New"}
ANSWERLESS = ["hang", "reset", "status", "redirect", "endless", "gzip_bomb", "html", "empty",
              "array", "garbage"]  # fmt: skip
OF_THE_ANSWER = ["truncate", "cut", "drip", "wrong_type", "null_field", "missing_field",
                 "unknown_enum", "repeat", "drop", "reorder"]  # fmt: skip


def put_up(books: httpx.Client) -> None:
    try:
        with books.stream("POST", "/books", json=BOOK, timeout=0.2):
            pass
    except httpx.TransportError:
        pass


def on_the_shelf(shelf: Sandbox) -> int:
    return sum(one["name"] == "New" for one in shelf.state("esper")["books"])


def applied(shelf: Sandbox) -> int:
    return sum(row["applied"] for row in shelf.requests("esper"))


@pytest.mark.parametrize("kind", ANSWERLESS)
def test_before_is_the_default_and_nothing_is_done(
    kind: str, shelf: Sandbox, books: httpx.Client
) -> None:
    for more in ({}, {"when": "before"}):
        shelf.fault("esper", kind, times=1, **more)
        put_up(books)
        assert (on_the_shelf(shelf), applied(shelf)) == (0, 0)
    assert shelf.calls("esper") == 2
    put_up(books)
    assert (on_the_shelf(shelf), applied(shelf)) == (1, 1)


@pytest.mark.parametrize("kind", [*ANSWERLESS, *OF_THE_ANSWER])
def test_after_it_is_done_once(kind: str, shelf: Sandbox, books: httpx.Client) -> None:
    shelf.fault("esper", kind, when="after")
    put_up(books)
    assert (on_the_shelf(shelf), applied(shelf), shelf.calls("esper")) == (1, 1, 1)


@pytest.mark.parametrize("kind", OF_THE_ANSWER)
def test_an_answer_that_is_spoiled_must_be_made(
    kind: str, shelf: Sandbox, books: httpx.Client
) -> None:
    shelf.fault("esper", kind)
    put_up(books)
    assert (on_the_shelf(shelf), applied(shelf)) == (1, 1)


@pytest.mark.parametrize("when", ["before", "after"])
def test_latency_is_before_or_after_it_is_done(
    when: str, shelf: Sandbox, books: httpx.Client
) -> None:
    shelf.fault("esper", "latency", seconds=0.1, when=when)
    answer = books.post("/books", json=BOOK)
    assert (answer.status_code, answer.json()) == (201, {"name": "New", "id": 5})
    assert (on_the_shelf(shelf), applied(shelf)) == (1, 1)


@pytest.mark.parametrize(("when", "done"), [("before", 0), ("after", 1)])
def test_who_leaves_a_late_answer(
    when: str, done: int, shelf: Sandbox, books: httpx.Client
) -> None:
    shelf.fault("esper", "latency", seconds=0.25, when=when)
    with pytest.raises(httpx.ReadTimeout):
        books.post("/books", json=BOOK, timeout=0.1)
    time.sleep(0.3)  # long enough for the late one to come, were it to come
    assert (on_the_shelf(shelf), applied(shelf)) == (done, done)
    assert [(row["status"], row["count"]) for row in shelf.requests("esper")] == [(0, 1)]


def test_a_refused_credential_does_nothing_either_way(shelf: Sandbox, books: httpx.Client) -> None:
    shelf.fault("esper", "status", status=503, when="after")
    assert books.post("/books", json=BOOK, headers={"Authorization": "no"}).status_code == 503
    assert (on_the_shelf(shelf), applied(shelf)) == (0, 0)


def test_writes_are_counted_by_the_status_that_was_sent(
    shelf: Sandbox, books: httpx.Client
) -> None:
    shelf.fault("esper", "status", status=502, when="after", times=1)
    books.post("/books", json=BOOK)
    books.post("/books", json=BOOK)
    books.delete("/books/1")
    books.get("/books")
    counted = {
        (row["method"], row["route"], row["status"]): row["applied"] for row in shelf.requests()
    }
    assert counted == {
        ("POST", "/books", 502): 1,
        ("POST", "/books", 201): 1,
        ("DELETE", "/books/{id}", 204): 1,
        ("GET", "/books", 200): 0,
    }
