"""The emulator's refusals of writes: each with its exact body, and nothing changed."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from gateway.sources.outreach.sandbox import EMULATOR
from tests.fixtures import Sandbox, plain_http

MEDIA_TYPE = "application/vnd.api+json"
LONG = "x" * 256


class Refuses:
    """Sends writes that must not change anything."""

    def __init__(self, client: httpx.Client, sandbox: Sandbox) -> None:
        self.client = client
        self.sandbox = sandbox

    def raw(self, method: str, path: str, status: int, **sent: Any) -> list[dict[str, Any]]:
        """Return the errors of an answer."""
        before = self.sandbox.state("outreach")
        answer = self.client.request(method, path, **sent)
        assert answer.status_code == status, answer.text
        assert answer.headers["Content-Type"] == MEDIA_TYPE
        assert self.sandbox.state("outreach") == before
        assert not any(row["applied"] for row in self.sandbox.requests("outreach"))
        return answer.json()["errors"]

    def __call__(self, method: str, path: str, status: int = 422, **data: Any) -> list[Any]:
        """Return what is told of each error: the pointer, or the id where there is none."""
        found = self.raw(method, path, status, json={"data": data} if data else None)
        return [
            (one["source"]["pointer"] if "source" in one else one["id"], one["detail"])
            for one in found
        ]

    def stage(self, **attributes: Any) -> list[Any]:
        """Return what is told of a new stage."""
        return self("POST", "/stages", type="stage", attributes=attributes)


@pytest.fixture
def refused(sandbox: Sandbox) -> Iterator[Refuses]:
    with plain_http(
        sandbox.origin + EMULATOR.prefix,
        headers={"Authorization": "Bearer sandbox", "Content-Type": MEDIA_TYPE},
    ) as client:
        yield Refuses(client, sandbox)


def test_the_exact_body(refused: Refuses) -> None:
    sent = {"data": {"type": "stage", "attributes": {"order": 1}}}
    assert refused.raw("POST", "/stages", 422, json=sent) == [
        {
            "id": "validationError",
            "title": "Validation Error",
            "detail": "Name can't be blank.",
            "source": {"pointer": "/data/attributes/name"},
        }
    ]


def test_bodies_that_are_no_documents(refused: Refuses) -> None:
    for body in (b"", b"{", b"\xff", b"[" * 100_000):
        [told] = refused.raw("POST", "/stages", 422, content=body)
        assert told["source"] == {"pointer": ""}
    for document in ({}, [], 5, "x", {"data": None}, {"data": []}, {"data": "stage"}):
        [told] = refused.raw("POST", "/stages", 422, json=document)
        assert told["source"] == {"pointer": "/data"}, document


def test_the_content_type(refused: Refuses) -> None:
    for method, path in (("POST", "/stages"), ("PATCH", "/stages/1")):
        told = refused.raw(method, path, 415, headers={"Content-Type": "application/json"})
        assert told[0]["id"] == "unsupportedMediaType"


@pytest.mark.parametrize("status", EMULATOR.positions["mismatch"])
def test_type_and_id(status: str, refused: Refuses, sandbox: Sandbox) -> None:
    sandbox.turn("outreach.mismatch", status)
    attributes = {"name": "x"}
    for kind in ({}, {"type": "stages"}, {"type": 1}):
        told = refused("POST", "/stages", int(status), attributes=attributes, **kind)
        assert told == [("/data/type", "Type must be 'stage'.")]
    told = refused("PATCH", "/stages/1", int(status), type="user", id=1, attributes=attributes)
    assert told == [("/data/type", "Type must be 'stage'.")]
    for number in (2, "2", None, True, "x", 1.5):
        told = refused("PATCH", "/stages/1", int(status), type="stage", id=number)
        assert told == [("/data/id", "Id must be the one in the URL.")]
    told = refused("PATCH", "/stages/1", type="stage", attributes=attributes)
    assert told == [("/data/id", "Id can't be blank.")]
    told = refused("POST", "/stages", type="stage", id=99, attributes=attributes)
    assert told == [("/data/id", "Id is given by the server.")]


def test_what_is_not_there(refused: Refuses) -> None:
    for method in ("PATCH", "DELETE"):
        for number in ("99", "x", "0"):
            [told] = refused.raw(method, f"/stages/{number}", 404, json={"data": {}})
            assert told["id"] == "resourceNotFound"
            assert told["detail"] == f"Could not find 'stage' with ID '{number}'."


def test_mistyped_attributes(refused: Refuses) -> None:
    assert refused.stage(name=5, order="x", color=[]) == [
        ("/data/attributes/color", "Color must be a string."),
        ("/data/attributes/name", "Name must be a string."),
        ("/data/attributes/order", "Order must be an integer."),
    ]
    for order in (1.5, True, "1", {}):
        assert refused.stage(name="x", order=order) == [
            ("/data/attributes/order", "Order must be an integer.")
        ]
    assert refused("POST", "/stages", type="stage", attributes=[]) == [
        ("/data/attributes", "Attributes must be an object."),
        ("/data/attributes/name", "Name can't be blank."),
    ]
    stage = {"name": "x", "isClosed": 1}
    assert refused("POST", "/opportunityStages", type="opportunityStage", attributes=stage) == [
        ("/data/attributes/isClosed", "Is closed must be a boolean.")
    ]
    for emails in ("a@b.example", [1], {}):
        sent = {"emails": emails}
        assert refused("POST", "/prospects", type="prospect", attributes=sent) == [
            ("/data/attributes/emails", "Emails must be an array of strings.")
        ]


def test_blank_names(refused: Refuses, sandbox: Sandbox) -> None:
    blank = [("/data/attributes/name", "Name can't be blank.")]
    assert refused.stage(order=1) == blank
    for name in (None, "", " \t"):
        assert refused.stage(name=name) == blank
        told = refused("PATCH", "/stages/1", type="stage", id=1, attributes={"name": name})
        assert told == blank
    sandbox.turn("outreach.stage_name", "optional")
    for attributes in ({}, {"name": None}, {"name": ""}):
        document = {"data": {"type": "stage", "attributes": attributes}}
        made = refused.client.post("/stages", json=document)
        assert made.status_code == 201
        assert made.json()["data"]["attributes"]["name"] == attributes.get("name")


def test_texts_that_are_too_long(refused: Refuses, sandbox: Sandbox) -> None:
    by_the_store = [("validationDataTooLongError", "Data provided is too long.")]
    assert refused.stage(name=LONG, color=LONG) == by_the_store
    # What the validation finds comes first, and alone.
    assert refused.stage(name=LONG, order="x") == [
        ("/data/attributes/order", "Order must be an integer.")
    ]
    sandbox.turn("outreach.too_long", "validation")
    assert refused.stage(name=LONG, color=LONG) == [
        ("/data/attributes/color", "Color is too long (maximum is 255 characters)."),
        ("/data/attributes/name", "Name is too long (maximum is 255 characters)."),
    ]
    document = {"data": {"type": "stage", "attributes": {"name": "é" * 255}}}
    assert refused.client.post("/stages", json=document).status_code == 201


@pytest.mark.parametrize("how", EMULATOR.positions["stage_names"])
def test_names_that_there_are(how: str, refused: Refuses, sandbox: Sandbox) -> None:
    sandbox.turn("outreach.stage_names", how)
    names = [one["attributes"]["name"] for one in sandbox.state("outreach")["stages"]]
    if how == "free":
        document = {"data": {"type": "stage", "attributes": {"name": names[1]}}}
        for _ in range(2):
            assert refused.client.post("/stages", json=document).status_code == 201
        return
    expected = {
        "unique": ("validationDuplicateValueError", "A Stage with this name already exists."),
        "taken": ("/data", "Stages name has already been taken."),
    }[how]
    assert refused.stage(name=names[1]) == [expected]
    sent = {"name": names[1]}
    assert refused("PATCH", "/stages/1", type="stage", id=1, attributes=sent) == [expected]
    document = {"data": {"type": "stage", "id": 2, "attributes": sent}}
    assert refused.client.patch("/stages/2", json=document).status_code == 200


@pytest.mark.parametrize("how", EMULATOR.positions["read_only"])
def test_what_is_read_only(how: str, refused: Refuses, sandbox: Sandbox) -> None:
    sandbox.turn("outreach.read_only", how)
    sent = {
        "type": "stage", "id": 1,
        "attributes": {"order": 3, "createdAt": "2020-01-01T00:00:00Z", "nobody": 1},
        "relationships": {"creator": {"data": None}, "prospects": {"data": []}, "nobody": 1},
    }  # fmt: skip
    before = sandbox.state("outreach")["stages"][0]
    if how == "refused":
        assert refused("PATCH", "/stages/1", **sent) == [
            ("/data/attributes/createdAt", "Created at is read-only."),
            ("/data/relationships/creator", "Creator is read-only."),
            ("/data/relationships/prospects", "Prospects is read-only."),
        ]
        email = {"email": "other@northwind.example"}
        assert refused("PATCH", "/users/1", type="user", id=1, attributes=email) == [
            ("/data/attributes/email", "Email is read-only.")
        ]
        return
    answer = refused.client.patch("/stages/1", json={"data": sent})
    assert answer.status_code == 200, answer.text
    row = answer.json()["data"]
    assert row["attributes"]["order"] == 3
    assert row["attributes"].keys() == before["attributes"].keys()
    assert row["attributes"]["createdAt"] == before["attributes"]["createdAt"]
    assert row["relationships"]["creator"] == before["relationships"]["creator"]


def test_ends_of_relationships(refused: Refuses) -> None:
    def told(stage: Any) -> Any:
        ends = {"stage": stage}
        [one] = refused("PATCH", "/prospects/1", type="prospect", id=1, relationships=ends)
        assert one[0] == "/data/relationships/stage"
        return one[1]

    assert told(None) == told({}) == told(5) == "Stage must have data."
    for end in ({"type": "user", "id": 1}, {"id": 1}, 5, []):
        assert told({"data": end}) == "Stage must be of type 'stage'."
    for number in (99, "99", True, 1.5, None, "x"):
        detail = f"Could not find 'stage' with ID '{number}'."
        assert told({"data": {"type": "stage", "id": number}}) == detail


def test_webhooks(refused: Refuses) -> None:
    sent = {"payloadVersion": 3, "action": "x", "url": None}
    assert refused("POST", "/webhooks", type="webhook", attributes=sent) == [
        ("/data/attributes/action", "Action is not included in the list."),
        ("/data/attributes/url", "Url can't be blank."),
        ("/data/attributes/payloadVersion", "Payload version is not included in the list."),
    ]


@pytest.mark.parametrize(
    ("path", "users", "name"),
    [("stages", "prospects", "stage"), ("opportunityStages", "opportunities", "opportunityStage")],
)
def test_deleting_a_stage_in_use(
    path: str, users: str, name: str, refused: Refuses, sandbox: Sandbox
) -> None:
    assert refused("DELETE", f"/{path}/1") == [
        ("/data", f"{name.capitalize().replace('stage', ' stage').strip()} is in use by {users}.")
    ]
    sandbox.turn("outreach.delete_in_use", "cleared")
    before = sandbox.state("outreach")[users]
    assert refused.client.delete(f"/{path}/1").status_code == 204
    held = 0
    for old, new in zip(before, sandbox.state("outreach")[users], strict=True):
        for end, was in old["relationships"].items():
            is_held = name in {end, "opportunityStage"} and end != "owner"
            is_held = is_held and was["data"] is not None and was["data"]["id"] == 1
            held += is_held
            assert new["relationships"][end] == ({"data": None} if is_held else was)
    assert held


def test_a_stage_that_the_user_may_not_delete(refused: Refuses) -> None:
    [told] = refused.raw("DELETE", "/stages/5", 403)
    assert told == {
        "id": "unauthorizedRequest",
        "title": "Unauthorized Request",
        "detail": "You are not authorized to perform that request.",
    }


def test_scopes(refused: Refuses, sandbox: Sandbox) -> None:
    sandbox.turn("outreach.scopes", "read")
    for method, path, scope in (
        ("POST", "/stages", "stages.write"),
        ("PATCH", "/prospects/1", "prospects.write"),
        ("DELETE", "/opportunityStages/99", "opportunityStages.delete"),
    ):
        [told] = refused.raw(method, path, 403)
        assert told == {
            "id": "unauthorizedOauthScope",
            "title": "Unauthorized OAuth Scope",
            "detail": f"Your authorization does not include the required scope '{scope}'.",
        }
    assert refused.client.get("/stages/1").status_code == 200
