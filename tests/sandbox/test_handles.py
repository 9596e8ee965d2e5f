"""The handles, over real HTTP."""

from collections.abc import Iterator
from typing import Any, get_args

import httpx
import pytest

from gateway.sandbox.faults import Kind
from gateway.sandbox.server import create_sandbox
from tests.fixtures import Running, Sandbox
from tests.sandbox.conftest import client
from tests.sandbox.shelf import BEARER, HEADERS, Ladder, Shelf


@pytest.fixture(scope="module")
def plain_handles(shelf_server: Running) -> Iterator[httpx.Client]:
    with client(shelf_server.origin + "/_sandbox") as one:
        yield one


@pytest.fixture
def handles(shelf: Sandbox, plain_handles: httpx.Client) -> httpx.Client:
    """A client of the handles, with all as at the start."""
    return plain_handles


def refused(answer: httpx.Response, status: int = 400) -> str:
    assert answer.status_code == status, answer.text
    assert answer.json().keys() == {"error"}
    return answer.json()["error"]


# ---------------------------------------------------------------------------------- requests


def test_requests_are_those_since_the_last_delete(
    handles: httpx.Client, books: httpx.Client
) -> None:
    assert handles.get("/requests").json() == []
    books.get("/books")
    books.get("/books/1")
    books.get("/books/2?fields=name")
    books.get("/books/99")
    books.post("/books", json={"name": "New"})
    rows = handles.get("/requests").json()
    assert [list(row.values()) for row in rows] == [
        ["esper", "GET", "/books", 200, 1, 0, 1],
        ["esper", "GET", "/books/{id}", 200, 2, 0, 1],
        ["esper", "GET", "/books/{id}", 404, 1, 0, 1],
        ["esper", "POST", "/books", 201, 1, 1, 1],
    ]
    assert list(rows[0]) == ["source", "method", "route", "status", "count", "applied", "peak"]
    assert handles.delete("/requests").json() == []
    assert handles.get("/requests").json() == []


def test_the_handles_are_not_counted(handles: httpx.Client) -> None:
    handles.get("/switches")
    handles.get("/state/esper")
    assert handles.get("/requests").json() == []


# ------------------------------------------------------------------------------------ faults


@pytest.mark.parametrize("kind", get_args(Kind))
def test_a_fault_needs_a_source_and_a_kind_alone(handles: httpx.Client, kind: str) -> None:
    answer = handles.post("/faults", json={"source": "esper", "kind": kind})
    assert answer.status_code == 201
    assert (answer.json()["source"], answer.json()["kind"]) == ("esper", kind)
    assert (answer.json()["when"], answer.json()["times"]) == ("before", None)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (b"", "truncated"),
        (b"{", "truncated"),
        (b"\xff", "malformed"),
        (b'{"source": "\xff"}', "utf-8"),
        (b"[" * 100_000, "object"),
        (b'{"body": ' + b"[" * 100_000, "recursion"),
        (b"[]", "Expected `object`, got `array`"),
        ({}, "missing required field `source`"),
        ({"source": "esper"}, "missing required field `kind`"),
        ({"source": "acme", "kind": "hang"}, "there are esper, storyblok, outreach"),
        ({"source": "esper", "kind": "boom"}, "Invalid enum value 'boom' - at `$.kind`"),
        ({"source": "esper", "kind": "hang", "time": 1}, "unknown field `time`"),
        ({"source": "esper", "kind": "hang", "times": 1.5}, "Expected `int | null`"),
        ({"source": "esper", "kind": "hang", "route": "/book"}, "GET /books, POST /books, GET /bo"),
        ({"source": "esper", "kind": "hang", "method": "get"}, "no such method and route"),
        (
            {"source": "esper", "kind": "hang", "method": "POST", "route": "/books/{id}"},
            "DELETE /books/{id}",
        ),
    ],
)
def test_a_fault_that_makes_no_sense_is_refused_and_not_set(
    given: Any, words: str, handles: httpx.Client, books: httpx.Client
) -> None:
    sent = {"content": given} if isinstance(given, bytes) else {"json": given}
    assert words in refused(handles.post("/faults", **sent))
    assert books.get("/books").status_code == 200


def test_faults_are_removed_together(handles: httpx.Client, books: httpx.Client) -> None:
    for kind in ("html", "empty"):
        handles.post("/faults", json={"source": "esper", "kind": kind})
    assert handles.delete("/faults").json() == []
    assert books.get("/books").json()["books"]


# ---------------------------------------------------------------------------------- switches


def test_switches_are_shown_with_their_positions(handles: httpx.Client) -> None:
    shown = handles.get("/switches").json()
    assert shown["esper.order"] == "up"
    assert shown["esper.limit"] == "1000/1"
    assert shown["storyblok.limit"] == "none"
    assert shown["outreach.ids"] == "integer"


def test_switches_are_turned_together(handles: httpx.Client) -> None:
    turned = {"esper.order": "down", "outreach.ids": "string", "storyblok.limit": "6/1"}
    shown = handles.patch("/switches", json=turned).json()
    assert shown.items() >= turned.items()
    assert shown["esper.titles"] == "kept"
    assert handles.get("/switches").json() == shown
    assert handles.patch("/switches", json={}).json() == shown


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (b"", "truncated"),
        (["esper.order"], "Expected `object`, got `array`"),
        ({"esper.order": "sideways"}, "esper.order takes up, down"),
        ({"esper.order": None}, "esper.order takes up, down"),
        ({"esper.limit": "6/s"}, "esper.limit takes calls/seconds, such as 6/1, or none"),
        ({"esper.speed": "fast"}, "there are esper.order, esper.titles, esper.limit"),
        ({"order": "down"}, "order is no sandbox; there are esper, storyblok, outreach"),
    ],
)
def test_a_bad_switch_is_refused_and_none_is_turned(
    given: Any, words: str, handles: httpx.Client
) -> None:
    before = handles.get("/switches").json()
    if isinstance(given, dict):
        given = {"esper.titles": "shouted", **given}
    sent = {"content": given} if isinstance(given, bytes) else {"json": given}
    assert words in refused(handles.patch("/switches", **sent))
    assert handles.get("/switches").json() == before


# ------------------------------------------------------------------------------------- reset


def test_a_reset_puts_all_as_at_the_start(handles: httpx.Client, books: httpx.Client) -> None:
    at_the_start = handles.get("/state/esper").json()
    books.post("/books", json={"name": "New"})
    handles.patch("/switches", json={"esper.order": "down", "esper.limit": "1/3600"})
    handles.post("/faults", json={"source": "esper", "kind": "html"})
    assert handles.post("/reset").json() == {"scale": 1}
    assert handles.get("/state/esper").json() == at_the_start
    assert handles.get("/switches").json()["esper.order"] == "up"
    assert handles.get("/requests").json() == []
    assert books.get("/books").json()["books"] == at_the_start["books"]
    assert books.get("/books").status_code == 200


def test_a_reset_starts_a_window_of_the_limit(handles: httpx.Client, books: httpx.Client) -> None:
    left: list[str] = []
    for _ in range(2):
        handles.patch("/switches", json={"esper.limit": "9/3600"})
        left += [books.get("/books").headers["x-left"] for _ in range(3)]
        handles.post("/reset")
    assert left == ["8", "7", "6"] * 2


def test_a_reset_brings_more_data(handles: httpx.Client) -> None:
    assert handles.post("/reset", json={"scale": 3}).json() == {"scale": 3}
    assert len(handles.get("/state/esper").json()["books"]) == 12
    assert len(handles.get("/state/outreach").json()["stages"]) == 3 * 45
    handles.post("/reset", json={})
    assert len(handles.get("/state/esper").json()["books"]) == 4


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"scale": 0}, "Expected `int` >= 1 - at `$.scale`"),
        ({"scale": -1}, "Expected `int` >= 1"),
        ({"scale": 1001}, "Expected `int` <= 1000"),
        ({"scale": 1e400}, "out of range"),
        ({"scale": 1.5}, "Expected `int`, got `float`"),
        ({"scale": "2"}, "Expected `int`, got `str`"),
        ({"scale": True}, "Expected `int`, got `bool`"),
        ({"scale": None}, "Expected `int`, got `null`"),
        ({"size": 2}, "unknown field `size`"),
        ([], "Expected `object`, got `array`"),
    ],
)
def test_a_reset_that_makes_no_sense_changes_nothing(
    given: Any, words: str, handles: httpx.Client, books: httpx.Client
) -> None:
    books.post("/books", json={"name": "New"})
    content = str(given).replace("'", '"').replace("inf", "1e400")
    content = content.replace("None", "null").replace("True", "true")
    assert words in refused(handles.post("/reset", content=content))
    assert len(handles.get("/state/esper").json()["books"]) == 5


# ------------------------------------------------------------------------------------- state


def test_the_state_is_as_the_gets_answer_it(handles: httpx.Client, books: httpx.Client) -> None:
    state = handles.get("/state/esper").json()
    assert state == {"books": books.get("/books").json()["books"]}
    assert state["books"] == [books.get(f"/books/{n}").json() for n in (1, 2, 3, 4)]


@pytest.mark.parametrize("ids", ["integer", "string"])
def test_the_state_of_outreach_is_as_the_gets_answer_it(handles: httpx.Client, ids: str) -> None:
    handles.patch("/switches", json={"outreach.ids": ids})
    outreach = handles.base_url.copy_with(path="/outreach/api/v2")
    state = handles.get("/state/outreach").json()
    for kind in ("stages", "users", "prospects"):
        for one in state[kind][:3]:
            answer = handles.get(f"{outreach}/{kind}/{one['id']}", headers=BEARER)
            assert answer.json()["data"] == one


@pytest.mark.parametrize("source", ["acme", "ESPER", "esper%2F", "__class__"])
def test_the_state_of_none_is_not_there(handles: httpx.Client, source: str) -> None:
    assert "there are" in refused(handles.get(f"/state/{source}"), 404)


# ------------------------------------------------------------------------------- who and what


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", ""),
        ("GET", "/"),
        ("GET", "/fault"),
        ("GET", "/faults"),
        ("PUT", "/switches"),
        ("GET", "/reset"),
        ("GET", "/state"),
        ("POST", "/state/esper"),
    ],
)
def test_another_handle_is_told_which_there_are(
    handles: httpx.Client, method: str, path: str
) -> None:
    words = refused(handles.request(method, f"{handles.base_url}".rstrip("/") + path), 404)
    assert "GET /_sandbox/requests, DELETE /_sandbox/requests, POST /_sandbox/faults" in words


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1", 200),
        ("127.1.2.3", 200),
        ("::1", 200),
        ("::ffff:127.0.0.1", 200),
        ("192.168.1.7", 403),
        ("169.254.0.1", 403),
        ("::ffff:10.0.0.1", 403),
        ("testclient", 403),
        ("", 403),
    ],
)
async def test_only_this_machine_may_use_them(host: str, status: int) -> None:
    transport = httpx.ASGITransport(create_sandbox([Shelf, Ladder]), client=(host, 1))
    async with httpx.AsyncClient(transport=transport, base_url="http://sandbox") as other:
        for path in ("requests", "switches", "state/esper"):
            assert (await other.get(f"/_sandbox/{path}")).status_code == status
        if status == 403:
            answer = await other.post("/_sandbox/reset", json={"scale": 2})
            assert refused(answer, 403) == "only from this machine, and not from a web page"
            assert refused(await other.get("/_sandbox/nothing"), 403)
        # The vendors themselves may be asked from anywhere.
        answer = await other.get("/shelf/books", headers=HEADERS)
        assert len(answer.json()["books"]) == 4


async def test_no_web_page_may_use_them(sandbox: Sandbox) -> None:
    async with httpx.AsyncClient(base_url=sandbox.origin) as client:
        headers = {"Origin": "https://evil.example", "Content-Type": "text/plain"}
        response = await client.post("/_sandbox/reset", content="{}", headers=headers)
    assert response.status_code == 403
