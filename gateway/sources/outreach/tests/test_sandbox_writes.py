"""The emulator's writes in the vendor's words: what they do, and what they leave alone."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from gateway.sources.outreach.sandbox import EMULATOR
from gateway.sources.outreach.sandbox.fields import FORMS
from gateway.sources.outreach.sandbox.resources import COLLECTIONS
from tests.fixtures import Sandbox, plain_http

MEDIA_TYPE = "application/vnd.api+json"

Send = Callable[..., httpx.Response]
Row = dict[str, Any]


@pytest.fixture
def send(sandbox: Sandbox) -> Iterator[Send]:
    """Send a body of a type: `send("PATCH", "/stages/1", type="stage", id=1, attributes={})`."""
    with plain_http(
        sandbox.origin + EMULATOR.prefix,
        headers={"Authorization": "Bearer sandbox", "Content-Type": MEDIA_TYPE},
    ) as client:

        def send(method: str, path: str, query: str = "", **data: Any) -> httpx.Response:
            return client.request(method, path + query, json={"data": data} if data else None)

        yield send


def applied(sandbox: Sandbox) -> int:
    return sum(row["applied"] for row in sandbox.requests("outreach"))


def is_now(text: str) -> bool:
    assert text.endswith("Z")
    return abs(datetime.fromisoformat(text) - datetime.now(UTC)) < timedelta(seconds=20)


def by_id(sandbox: Sandbox, path: str) -> dict[int, Row]:
    return {one["id"]: one for one in sandbox.state("outreach")[path]}


GOOD: dict[str, Row] = {
    "stages": {"name": "Ünïque 🤝", "order": 7, "color": "#5951ff"},
    "opportunityStages": {"name": "Signed", "order": 9, "color": "#00b67a", "isClosed": True},
    "prospects": {
        "company": "Acme", "firstName": "Ada", "lastName": "Lee", "title": "CTO",
        "emails": ["ada@acme.example"],
    },
    "users": {
        "email": "new@northwind.example", "firstName": "New", "lastName": "One",
        "username": "new", "locked": True,
    },
    "opportunities": {"name": "Acme 31", "amount": 5000},
    "webhooks": {
        "url": "https://hooks.northwind.example/x", "resource": "prospect", "action": "updated",
        "secret": "s", "payloadVersion": 1, "active": False,
    },
}  # fmt: skip


@pytest.mark.parametrize("collection", COLLECTIONS, ids=lambda one: one.path)
def test_each_collection_is_written(collection: Any, send: Send, sandbox: Sandbox) -> None:
    path, kind = collection.path, collection.type
    assert GOOD[path].keys() == FORMS[path].attributes.keys()
    before = by_id(sandbox, path)
    made = send("POST", f"/{path}", type=kind, attributes=GOOD[path])
    assert made.status_code == 201, made.text
    assert made.headers["Content-Type"] == MEDIA_TYPE
    assert made.json().keys() == {"data"}
    row = made.json()["data"]
    assert (row["type"], row["id"]) == (kind, max(before) + 1)
    assert {name: row["attributes"][name] for name in GOOD[path]} == GOOD[path]
    assert row["attributes"].keys() == collection.attributes.keys()
    assert is_now(row["attributes"]["createdAt"])
    assert row["attributes"]["createdAt"] == row["attributes"]["updatedAt"]
    assert by_id(sandbox, path) == {**before, row["id"]: row}
    assert applied(sandbox) == 1

    name = {"webhooks": "url", "users": "lastName"}.get(path, next(iter(GOOD[path])))
    changed = send("PATCH", f"/{path}/1", type=kind, id=1, attributes={name: "Changed"})
    assert changed.status_code == 200, changed.text
    new, old = changed.json()["data"], before[1]
    assert new["attributes"][name] == "Changed"
    assert is_now(new["attributes"]["updatedAt"])
    follows = {name, "updatedAt", *(["name"] if "firstName" in old["attributes"] else [])}
    for other in old["attributes"].keys() - follows:
        assert new["attributes"][other] == old["attributes"][other]
    assert by_id(sandbox, path) == {**before, 1: new, row["id"]: row}
    assert applied(sandbox) == 2

    gone = send("DELETE", f"/{path}/{row['id']}")
    if FORMS[path].can_be_deleted:
        assert (gone.status_code, gone.content) == (204, b"")
        assert by_id(sandbox, path) == {**before, 1: new}
        assert send("GET", f"/{path}/{row['id']}").status_code == 404
    else:
        assert gone.status_code == 404
        assert gone.json()["errors"][0]["id"] == "routeNotFound"
    assert applied(sandbox) == 2 + FORMS[path].can_be_deleted


def test_who_wrote_it(send: Send, sandbox: Sandbox) -> None:
    me = {"data": {"type": "user", "id": 1}}
    made = send("POST", "/stages", type="stage", attributes={"name": "New"}).json()["data"]
    assert made["relationships"]["creator"] == made["relationships"]["updater"] == me
    assert made["attributes"] | {"order": None, "color": None} == made["attributes"]
    old = by_id(sandbox, "stages")[7]["relationships"]
    assert old["updater"]["data"] is None
    new = send("PATCH", "/stages/7", type="stage", id=7, attributes={"order": 1}).json()["data"]
    assert new["relationships"] == {**old, "updater": me}


def test_a_number_is_never_given_again(send: Send) -> None:
    def make() -> int:
        return send("POST", "/stages", type="stage", attributes={"name": "x"}).json()["data"]["id"]

    assert make() == 46
    assert send("DELETE", "/stages/46").status_code == 204
    assert [make(), make()] == [47, 48]


def test_null_clears(send: Send) -> None:
    sent = {"order": None, "color": None}
    answer = send("PATCH", "/stages/1", type="stage", id=1, attributes=sent).json()["data"]
    assert answer["attributes"].items() >= sent.items()
    name = answer["attributes"]["name"]
    assert send("GET", "/stages/1").json()["data"]["attributes"]["name"] == name


def test_a_prospect_is_moved(send: Send, sandbox: Sandbox) -> None:
    def move(end: Row | None) -> Any:
        answer = send(
            "PATCH", "/prospects/3", type="prospect", id=3, relationships={"stage": {"data": end}}
        )
        assert answer.status_code == 200, answer.text
        row = answer.json()["data"]
        assert by_id(sandbox, "prospects")[3] == row
        return row["relationships"]["stage"]["data"]

    owner = by_id(sandbox, "prospects")[3]["relationships"]["owner"]
    assert move({"type": "stage", "id": 44}) == {"type": "stage", "id": 44}
    assert move({"type": "stage", "id": "45"}) == {"type": "stage", "id": 45}
    assert move(None) is None
    assert by_id(sandbox, "prospects")[3]["relationships"]["owner"] == owner


def test_an_opportunity_is_moved(send: Send) -> None:
    ends = {"opportunityStage": {"data": {"type": "opportunityStage", "id": 7}}}
    for path, named in (("/opportunities", {}), ("/opportunities/2", {"id": 2})):
        method = "PATCH" if named else "POST"
        answer = send(
            method, path, type="opportunity", attributes={"name": "x"}, relationships=ends, **named
        ).json()["data"]
        shown = answer["relationships"]
        assert shown["opportunityStage"] == shown["stage"] == ends["opportunityStage"]


def test_what_follows_from_names(send: Send) -> None:
    made = send("POST", "/prospects", type="prospect", attributes={"firstName": "Ada"}).json()
    assert made["data"]["attributes"]["name"] == "Ada"
    sent = {"lastName": "Lee"}
    number = made["data"]["id"]
    path = f"/prospects/{number}"
    answer = send("PATCH", path, type="prospect", id=number, attributes=sent).json()
    assert answer["data"]["attributes"]["name"] == "Ada Lee"


@pytest.mark.parametrize("form", EMULATOR.positions["ids"])
def test_the_form_of_ids(form: str, send: Send, sandbox: Sandbox) -> None:
    sandbox.turn("outreach.ids", form)
    made = send("POST", "/stages", type="stage", attributes={"name": "New"}).json()["data"]
    assert made["id"] == (46 if form == "integer" else "46")
    for number in (46, "46"):
        answer = send("PATCH", "/stages/46", type="stage", id=number, attributes={"order": 1})
        assert answer.json()["data"]["id"] == made["id"]


def test_the_answer_of_a_write(send: Send, sandbox: Sandbox) -> None:
    query = "?include=creator&fields[stage]=name,creator&provideAuthorizationMeta=true"
    answer = send("PATCH", "/stages/5", query, type="stage", id=5, attributes={"name": "x"}).json()
    assert answer.keys() == {"data"}
    row = answer["data"]
    assert row["attributes"] == {"name": "x"}
    assert row["relationships"].keys() == {"creator"}
    assert row["meta"] == {"canWrite": True, "canDelete": False}
    made = send("POST", "/stages", query, type="stage", attributes={"name": "x"}).json()["data"]
    assert made["meta"] == {"canWrite": True, "canDelete": True}
    sandbox.forget()
    sandbox.turn("outreach.sparse_fields", "attributes")
    told = send("POST", "/stages", query, type="stage", attributes={"name": "x"})
    assert told.json()["errors"][0]["id"] == "fieldsParameter.unknownResourceField"
    sandbox.turn("outreach.unknown_parameters", "refused")
    told = send("POST", "/stages", "?x=1", type="stage", attributes={"name": "x"})
    assert told.status_code == 422
    assert applied(sandbox) == 0


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_fault_before_and_after(when: str, send: Send, sandbox: Sandbox) -> None:
    sandbox.fault("outreach", "status", route="/stages", method="POST", status=503, when=when)
    answer = send("POST", "/stages", type="stage", attributes={"name": "New"})
    assert answer.status_code == 503
    assert len(by_id(sandbox, "stages")) == 45 + (when == "after")
    assert applied(sandbox) == (when == "after")


def test_a_reset_forgets_what_was_written(send: Send, sandbox: Sandbox) -> None:
    state = sandbox.state("outreach")
    send("POST", "/stages", type="stage", attributes={"name": "New"})
    sandbox.turn("outreach.delete_in_use", "cleared")
    for number in (1, 2):
        assert send("DELETE", f"/stages/{number}").status_code == 204
    sandbox.reset()
    assert sandbox.state("outreach") == state
    made = send("POST", "/stages", type="stage", attributes={"name": "New"}).json()
    assert made["data"]["id"] == 46
