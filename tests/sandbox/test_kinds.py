"""Every kind of fault, as a plain client sees it over real HTTP."""

import json
import socket
import time
from collections.abc import Callable
from typing import Any, get_args
from urllib.parse import urlsplit

import httpx
import pytest

from gateway.sandbox.broken import bomb
from gateway.sandbox.faults import Kind
from tests.fixtures import Sandbox
from tests.sandbox.conftest import Heard
from tests.sandbox.shelf import BEARER, TOKEN

Book = dict[str, Any]


def good(number: int = 1) -> Book:
    return {"id": number, "name": f"Book {number}", "kind": "novel", "by": {"name": "Ada"}}


def raw(origin: str, path: str, method: str = "GET") -> bytes:
    """All bytes that come before the connection ends."""
    where = urlsplit(origin)
    with socket.create_connection((where.hostname, where.port), timeout=5) as sock:
        sock.sendall(
            f"{method} {path} HTTP/1.1\r\nHost: x\r\nAuthorization: {TOKEN}\r\n\r\n".encode()
        )
        parts: list[bytes] = []
        while part := sock.recv(65_536):
            parts.append(part)
        return b"".join(parts)


# ------------------------------------------------------------------------- no answer, or a late one


def test_latency_is_the_answer_later(shelf: Sandbox, books: httpx.Client) -> None:
    shelf.fault("esper", "latency", seconds=0.3)
    started = time.monotonic()
    assert books.get("/books/1").json() == good()
    assert time.monotonic() - started >= 0.3


def test_hang_is_no_answer_at_all(shelf: Sandbox, books: httpx.Client) -> None:
    shelf.fault("esper", "hang")
    with pytest.raises(httpx.ReadTimeout):
        books.get("/books", timeout=0.3)


def test_reset_is_a_reset_on_tcp(shelf: Sandbox, books: httpx.Client) -> None:
    shelf.fault("esper", "reset")
    with pytest.raises(httpx.ReadError):
        books.get("/books")
    with pytest.raises(ConnectionResetError):
        raw(shelf.origin, "/shelf/books")


# ------------------------------------------------------------------------------ a part of an answer


def test_truncate_is_half_of_what_was_promised(shelf: Sandbox, books: httpx.Client) -> None:
    whole = books.get("/books/1")
    shelf.fault("esper", "truncate")
    with pytest.raises(httpx.RemoteProtocolError, match="received 29 bytes, expected 59"):
        books.get("/books/1")
    head, body = raw(shelf.origin, "/shelf/books/1").split(b"\r\n\r\n", 1)
    assert body == whole.content[: len(whole.content) // 2]
    assert head.startswith(b"HTTP/1.1 200 OK\r\n")
    assert b"content-length: %d" % len(whole.content) in head
    assert b"application/vnd.shelf+json" in head


def test_cut_is_a_reset_after_a_half(shelf: Sandbox, books: httpx.Client) -> None:
    shelf.fault("esper", "cut")
    with books.stream("GET", "/books/1") as answer:
        assert answer.headers["content-length"] == "59"
        with pytest.raises(httpx.ReadError):
            answer.read()


def test_truncate_of_an_answer_without_a_body_is_none(shelf: Sandbox, books: httpx.Client) -> None:
    shelf.fault("esper", "truncate")
    with pytest.raises(httpx.ReadError):
        books.delete("/books/1")


def test_drip_is_byte_by_byte(shelf: Sandbox, books: httpx.Client) -> None:
    shelf.fault("esper", "drip", seconds=0.01)
    started = time.monotonic()
    with books.stream("GET", "/motto") as answer:
        chunks = list(answer.iter_raw())
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert chunks == [b"r", b"e", b"a", b"d"]
    assert time.monotonic() - started >= 0.04


def test_endless_goes_on_until_the_client_leaves(shelf: Sandbox, books: httpx.Client) -> None:
    shelf.fault("esper", "endless", times=1)
    got = 0
    with books.stream("GET", "/books") as answer:
        for part in answer.iter_raw():
            got += len(part)
            if got > 5_000_000:
                break
    assert answer.status_code == 200
    assert "content-length" not in answer.headers
    assert books.get("/books/1").json() == good()


# -------------------------------------------------------------------------------- another answer


def test_gzip_bomb_is_small_outside_and_large_inside(shelf: Sandbox, books: httpx.Client) -> None:
    shelf.fault("esper", "gzip_bomb")
    inside = 0
    with books.stream("GET", "/books") as answer:
        assert int(answer.headers["content-length"]) < 1_000_000
        assert answer.headers["content-encoding"] == "gzip"
        for part in answer.iter_bytes():
            inside += len(part)
    assert inside > 100_000_000


def test_the_bomb_is_made_once_and_fast() -> None:
    bomb.cache_clear()
    started = time.process_time()
    made = bomb()
    assert time.process_time() - started < 0.5
    assert bomb() is made


def test_status_is_an_error_that_says_nothing(shelf: Sandbox, books: httpx.Client) -> None:
    shelf.fault("esper", "status")
    answer = books.get("/books")
    assert (answer.status_code, answer.json()) == (500, {})
    assert "retry-after" not in answer.headers


@pytest.mark.parametrize(
    ("given", "sent"),
    [(7, "7"), (0, "0"), (1.5, "1.5"), ("Wed, 21 Oct 2026 07:28:00 GMT",) * 2, ("soon", "soon")],
)
def test_status_says_when_to_come_again(
    given: str | float, sent: str, shelf: Sandbox, books: httpx.Client
) -> None:
    shelf.fault("esper", "status", status=429, retry_after=given)
    answer = books.get("/books")
    assert (answer.status_code, answer.headers["retry-after"]) == (429, sent)


@pytest.mark.parametrize("body", [{"error": "é"}, ["no"], [], {}, "", 0, False, None, "text"])
def test_status_says_what_it_is_told_to(body: Any, shelf: Sandbox, books: httpx.Client) -> None:
    shelf.fault("esper", "status", status=422, body=body)
    answer = books.get("/books")
    assert (answer.status_code, answer.json()) == (422, body)


@pytest.mark.parametrize("status", [204, 304])
def test_status_has_no_body_where_http_has_none(
    status: int, shelf: Sandbox, books: httpx.Client, heard: Heard
) -> None:
    shelf.fault("esper", "status", status=status, body={"a": 1})
    for _ in range(2):
        answer = books.get("/books")
        assert (answer.status_code, answer.content) == (status, b"")
    assert heard.words == []


def test_redirect_leads_elsewhere(shelf: Sandbox, books: httpx.Client) -> None:
    shelf.fault("esper", "redirect", location="http://127.0.0.1:1/there?a=1")
    answer = books.get("/books")
    assert answer.status_code == 302
    assert answer.headers["location"] == "http://127.0.0.1:1/there?a=1"


@pytest.mark.parametrize(
    ("kind", "media_type", "body"),
    [
        ("empty", "application/json", b""),
        ("array", "application/json", b"[]"),
        ("garbage", "application/json", b'{"\xff\x00":'),
    ],
)
def test_what_is_no_object_says_that_all_is_well(
    kind: str, media_type: str, body: bytes, shelf: Sandbox, books: httpx.Client
) -> None:
    shelf.fault("esper", kind)
    answer = books.get("/books")
    assert (answer.status_code, answer.content) == (200, body)
    assert answer.headers["content-type"] == media_type


def test_html_is_a_page_to_sign_in(shelf: Sandbox, books: httpx.Client) -> None:
    shelf.fault("esper", "html")
    answer = books.get("/books")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "<h1>Sign in</h1>" in answer.text


# ------------------------------------------------------------------------- the answer, spoiled

WHOLE = [good(number) for number in (1, 2, 3, 4)]


def each(change: Callable[[Book], Book]) -> list[Book]:
    return [change(book) for book in WHOLE]


SPOILED: dict[str, list[Book]] = {
    "wrong_type": each(
        lambda book: {
            **book,
            "name": {"unexpected": True},
            "by": {"name": {"unexpected": True}},
        }
    ),
    "null_field": each(lambda book: {**book, "name": None, "by": {"name": None}}),
    "missing_field": each(lambda book: {"id": book["id"], "kind": "novel", "by": {}}),
    "unknown_enum": each(
        lambda book: {**book, "name": "something_new", "by": {"name": "something_new"}}
    ),
    "repeat": [book for book in WHOLE for _ in range(2)],
    "drop": [WHOLE[0], WHOLE[2]],
    "reorder": WHOLE[::-1],
}


@pytest.mark.parametrize("kind", SPOILED)
def test_rows_are_spoiled_and_nothing_around_them(
    kind: str, shelf: Sandbox, books: httpx.Client
) -> None:
    shelf.fault("esper", kind)
    answer = books.get("/books")
    assert answer.json() == {"books": SPOILED[kind], "name": "Shelf"}
    assert answer.status_code == 200
    assert answer.headers["x-left"].isdecimal()


def test_the_field_is_the_one_that_is_named(shelf: Sandbox, books: httpx.Client) -> None:
    shelf.fault("esper", "unknown_enum", field="kind")
    assert books.get("/books").json()["books"] == each(
        lambda book: {**book, "kind": "something_new"}
    )
    shelf.heal()
    shelf.fault("esper", "wrong_type", field="nothing")
    assert books.get("/books").json()["books"] == WHOLE


def test_an_object_alone_is_spoiled_as_a_whole(shelf: Sandbox, books: httpx.Client) -> None:
    shelf.fault("esper", "null_field")
    answer = books.get("/books/1")
    assert answer.json() == {**good(), "name": None, "by": {"name": None}}
    assert answer.headers["content-type"] == "application/vnd.shelf+json"


@pytest.mark.parametrize("kind", ["repeat", "drop", "reorder"])
def test_an_object_alone_has_no_rows_to_move(
    kind: str, shelf: Sandbox, books: httpx.Client
) -> None:
    shelf.fault("esper", kind)
    assert books.get("/books/1").json() == good()


@pytest.mark.parametrize("kind", SPOILED)
def test_an_answer_with_nothing_to_spoil_stays_as_it_is(
    kind: str, shelf: Sandbox, books: httpx.Client
) -> None:
    shelf.fault("esper", kind)
    answer = books.get("/books/99")
    assert (answer.status_code, answer.json()) == (404, ["no such book"])
    assert books.get("/motto").text == "read"
    answer = books.delete("/books/1")
    assert (answer.status_code, answer.content) == (204, b"")
    answer = books.get("/books", headers={"Authorization": "wrong"})
    assert (answer.status_code, answer.json()) == (401, {"error": "who are you?"})


def test_outreach_is_spoiled_in_its_own_words(shelf: Sandbox, http: httpx.Client) -> None:
    shelf.fault("outreach", "missing_field", field="order")
    answer = http.get("/outreach/api/v2/stages?count=true", headers=BEARER)
    assert answer.headers["content-type"] == "application/vnd.api+json"
    assert answer.headers["x-ratelimit-limit"] == "10000"
    assert answer.json()["meta"] == {"count": 45, "count_truncated": False}
    assert all("order" not in one["attributes"] for one in answer.json()["data"])
    assert all("order" in one["attributes"] for one in shelf.state("outreach")["stages"])


# --------------------------------------------------------------------------------- all of them


@pytest.mark.parametrize("kind", get_args(Kind))
def test_a_kind_is_counted_by_the_status_line_that_is_sent(
    kind: str, shelf: Sandbox, books: httpx.Client
) -> None:
    shelf.fault("esper", kind, seconds=0.0001)
    line = 0
    # One never answers; the others may take their time on a busy machine.
    patience = 0.2 if kind == "hang" else 10
    try:
        with books.stream("GET", "/books/2", timeout=patience) as answer:
            line = answer.status_code
    except httpx.TransportError:
        pass
    assert line == {"hang": 0, "reset": 0, "status": 500, "redirect": 302}.get(kind, 200)
    [row] = shelf.requests()
    assert row == {
        "source": "esper",
        "method": "GET",
        "route": "/books/{id}",
        "status": line,
        "count": 1,
        "applied": 0,
        "peak": 1,
    }
    shelf.heal()
    assert books.get("/books/2").json() == good(2)


def test_state_is_json_of_what_gets_answer(shelf: Sandbox, books: httpx.Client) -> None:
    shelf.fault("esper", "null_field")
    assert json.dumps(shelf.state("esper")["books"]) == json.dumps(WHOLE)
