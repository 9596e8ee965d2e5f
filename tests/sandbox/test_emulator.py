"""What every emulator shares: its routes, who is let in, what is counted."""

import asyncio

import httpx
import pytest

from tests.fixtures import Sandbox
from tests.sandbox.conftest import Heard
from tests.sandbox.shelf import HEADERS


@pytest.mark.parametrize("path", ["/shelf", "/shelf/", "/shelf/nothing", "/shelf/books/1/more"])
def test_what_is_not_there_is_answered_by_the_vendor(http: httpx.Client, path: str) -> None:
    for method in ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"):
        answer = http.request(method, path)
        assert (answer.status_code, answer.json()) == (404, {"error": f"no {method} here"})


def test_a_method_that_is_not_there_is_answered_by_the_vendor(http: httpx.Client) -> None:
    answer = http.patch("/shelf/books")
    assert (answer.status_code, answer.json()) == (404, {"error": "no PATCH here"})


def test_a_slash_at_the_end_is_another_route(http: httpx.Client) -> None:
    assert http.get("/shelf/books").status_code == 200
    assert http.get("/shelf/books/").status_code == 404
    assert http.get("/shelf/books/1/").status_code == 404


def test_a_slash_at_the_end_is_optional_where_the_vendor_says_so(
    http: httpx.Client, shelf: Sandbox
) -> None:
    for path in ("books", "books/", "books/2", "books/2/"):
        assert http.get(f"/ladder/v1/{path}").status_code == 200
    assert [(row["route"], row["count"]) for row in shelf.requests()] == [
        ("/books/", 2),
        ("/books/{id}/", 2),
    ]


def test_a_question_mark_at_the_end_is_no_harm(http: httpx.Client) -> None:
    assert http.get("/shelf/books?").status_code == 200


def test_head_is_get_without_a_body(http: httpx.Client, shelf: Sandbox) -> None:
    whole = http.get("/shelf/books/1")
    shelf.forget()
    answer = http.head("/shelf/books/1")
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["content-length"] == whole.headers["content-length"]
    assert [(row["method"], row["status"]) for row in shelf.requests()] == [("HEAD", 200)]


def test_an_endpoint_beside_the_api_wants_no_credential_and_knows_no_limit(
    http: httpx.Client, shelf: Sandbox
) -> None:
    shelf.turn("esper.limit", "1/3600")
    shelf.fault("esper", "status", route="/door/{side}", status=503, times=1)
    sent = [http.get("/esper/door/left", headers={"Authorization": ""}) for _ in range(3)]
    assert [one.status_code for one in sent] == [503, 200, 200]
    assert sent[-1].json() == {"open": "left"}
    assert "X-Left" not in sent[-1].headers
    assert http.get("/shelf/door/left").status_code == 404
    rows = [row for row in shelf.requests() if row["route"] == "/door/{side}"]
    assert {row["status"]: row["count"] for row in rows} == {200: 2, 503: 1}


def test_a_wrong_credential_is_refused_everywhere_and_costs_nothing(
    http: httpx.Client, shelf: Sandbox
) -> None:
    shelf.turn("esper.limit", "1/3600")
    for path in ("/shelf/books", "/shelf/books/99", "/shelf/nowhere"):
        for headers in ({"Authorization": ""}, {"Authorization": "Sandbox"}):
            assert http.get(path, headers=headers).status_code == 401
    assert http.get("/shelf/books").status_code == 200


def test_a_call_too_many_is_refused(http: httpx.Client, shelf: Sandbox) -> None:
    for _ in range(5):
        http.get("/shelf/books")
    shelf.turn("esper.limit", "2/3600")
    answers = [http.get(path) for path in ("/shelf/books", "/shelf/no", "/shelf/books")]
    assert [one.status_code for one in answers] == [200, 404, 429]
    assert [one.headers["x-left"] for one in answers] == ["1", "0", "0"]
    assert http.post("/shelf/books", json={"name": "New"}).status_code == 429
    assert len(shelf.state("esper")["books"]) == 4
    shelf.turn("esper.limit", "none")
    assert http.get("/shelf/books").headers["x-left"] == "all"


def test_a_switch_is_its_own_vendor_s(http: httpx.Client, shelf: Sandbox) -> None:
    shelf.turn("esper.order", "down")
    assert http.get("/shelf/books").json()["books"][0]["id"] == 4
    assert http.get("/ladder/v1/books").json()["books"][0]["id"] == 1


def test_a_crash_is_counted_and_told(http: httpx.Client, shelf: Sandbox, heard: Heard) -> None:
    assert http.get("/shelf/crash").status_code == 500
    assert [(row["route"], row["status"]) for row in shelf.requests()] == [("/crash", 500)]
    assert any("the shelf fell" in words for words in heard.words)


async def test_peak_is_how_many_there_were_at_once(shelf: Sandbox) -> None:
    shelf.fault("esper", "latency", seconds=0.1)
    async with httpx.AsyncClient(
        base_url=shelf.origin + "/shelf",
        headers=HEADERS,
        trust_env=False,
        limits=httpx.Limits(max_connections=7),
    ) as client:
        await asyncio.gather(*(client.get("/books") for _ in range(14)), client.get("/motto"))
        shelf.heal()
        await client.get("/books")
    peaks = {row["route"]: row["peak"] for row in shelf.requests()}
    assert peaks == {"/books": 7, "/motto": 1}


def test_one_after_the_other_is_one_at_once(http: httpx.Client, shelf: Sandbox) -> None:
    for _ in range(20):
        http.get("/shelf/books")
        http.get("/shelf/books", headers={"Connection": "close"})
    [row] = shelf.requests()
    assert (row["count"], row["peak"]) == (40, 1)


def test_what_hangs_is_counted_all_the_same(http: httpx.Client, shelf: Sandbox) -> None:
    shelf.fault("esper", "hang")
    for _ in range(3):
        with pytest.raises(httpx.ReadTimeout):
            http.get("/shelf/books", timeout=0.1)
    [row] = shelf.requests()
    assert (row["status"], row["count"]) == (0, 3)
