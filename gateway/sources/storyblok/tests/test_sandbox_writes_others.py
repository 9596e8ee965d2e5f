"""Roles, collaborators, webhooks and their log, written to the emulator."""

from typing import Any

import pytest

from gateway.sources.storyblok.tests.vendor import MISSING, STAGES, Row, Vendor

BLANK = ["can't be blank"]
HOOK: Row = {
    "name": "New", "endpoint": "https://hooks.northwind.example/new", "actions": ["stage.changed"],
}  # fmt: skip
BODIES: dict[str, tuple[str, Row, Row]] = {
    "space_roles": ("space_role", {"role": "Editor in chief"}, {"subtitle": "Decides"}),
    "webhook_endpoints": ("webhook_endpoint", HOOK, {"activated": False, "secret": None}),
}
"""What is created, and what is then changed."""


@pytest.mark.parametrize(
    ("kind", "method"),
    [("space_roles", "PUT"), ("space_roles", "PATCH"), ("webhook_endpoints", "PATCH")],
)
def test_it_is_created_changed_and_deleted(writing: Vendor, kind: str, method: str) -> None:
    one, new, change = BODIES[kind]
    before = writing.rows(kind)
    response = writing.send("POST", kind, {one: {**new, "never_heard_of": 1}})
    made = response.json()[one]
    assert response.status_code == 201
    assert made.items() >= new.items()
    assert set(made) == set(before[0])
    assert writing.rows(kind) == [*before, made]
    response = writing.send(method, f"{kind}/{made['id']}", {one: change})
    changed = response.json()[one]
    assert response.status_code == 200
    times = {name: text for name, text in changed.items() if name == "updated_at"}
    assert changed == writing.one(kind, made["id"]) == {**made, **change, **times}
    response = writing.send("DELETE", f"{kind}/{made['id']}", {})
    assert (response.status_code, response.json()[one]["id"]) == (200, made["id"])
    assert writing.rows(kind) == before
    assert writing.applied == 3
    for verb in (method, "DELETE"):
        writing.refused(verb, f"{kind}/{made['id']}", {one: change}, 404, MISSING)


@pytest.mark.parametrize(
    ("kind", "given", "answer"),
    [
        ("space_roles", {"role": ""}, {"role": BLANK}),
        ("space_roles", {"role": "Author"}, {"role": ["has already been taken"]}),
        ("space_roles", {"component_ids": ["x"]}, {"component_ids": ["is not a number"]}),
        ("webhook_endpoints", {"name": None}, {"name": BLANK}),
        ("webhook_endpoints", {"endpoint": "ftp://x"}, {"endpoint": ["is invalid"]}),
        ("webhook_endpoints", {"endpoint": "http://[x"}, {"endpoint": ["is invalid"]}),
        ("webhook_endpoints", {"endpoint": ""}, {"endpoint": BLANK}),
        ("webhook_endpoints", {"actions": []}, {"actions": BLANK}),
        ("webhook_endpoints", {"actions": ["x"]}, {"actions": ["is not included in the list"]}),
        (
            "webhook_endpoints",
            {"activated": 1},
            {"activated": ["is not included in the list"]},
        ),
    ],
)
def test_what_is_wrong_is_refused(writing: Vendor, kind: str, given: Row, answer: Row) -> None:
    one, new, _ = BODIES[kind]
    writing.refused("POST", kind, {one: {**new, **given}}, 422, answer)
    number = writing.rows(kind)[1]["id"]
    writing.refused("PATCH", f"{kind}/{number}", {one: given}, 422, answer)
    words = {"base": [f"param is missing or the value is empty: {one}"]}
    writing.refused("POST", kind, {one: {}}, 422, words)


@pytest.mark.parametrize("position", ["removed", "kept"])
def test_a_role_that_is_named_may_stay_named(writing: Vendor, position: str) -> None:
    writing.turn("role_in_use", position)
    role = next(one["space_role_ids"][0] for one in writing.rows(STAGES) if one["space_role_ids"])
    before = [one for one in writing.rows(STAGES) if role in one["space_role_ids"]]
    assert writing.send("DELETE", f"space_roles/{role}").status_code == 200
    is_kept = position == "kept"
    for one in before:
        assert (role in writing.one(STAGES, one["id"])["space_role_ids"]) is is_kept
        # What a stage names already it may go on naming.
        given = {"workflow_stage": {"space_role_ids": one["space_role_ids"]}}
        response = writing.send("PUT", f"{STAGES}/{one['id']}", given)
        assert response.status_code == (204 if is_kept else 422)
    people = writing.rows("collaborators")
    assert any(role in one["space_role_ids"] for one in people) is is_kept


def test_people_join_and_leave(writing: Vendor) -> None:
    kind, before = "collaborators", writing.rows("collaborators")
    role = writing.rows("space_roles")[0]["id"]

    def join(**given: Any) -> Row:
        response = writing.send("POST", kind, given)
        assert response.status_code == 201, response.text
        return response.json()["collaborator"]

    known = join(email="tove.lindqvist@northwind.example", role="admin")
    stranger = join(email="x@y.example", space_role_ids=[role])
    assert known["user"]["friendly_name"] == "Tove Lindqvist"
    assert known["invitation"] is stranger["user"] is None
    assert stranger["invitation"]["email"] == "x@y.example"
    assert set(known) == set(stranger) == set(before[0])
    assert writing.rows(kind) == [*before, known, stranger]
    given = {"collaborator": {"role": str(role), "space_role_id": role, "permissions": None}}
    response = writing.send("PUT", f"{kind}/{known['id']}", given)
    changed = {**known, **given["collaborator"], "permissions": []}
    assert (response.status_code, response.json()) == (200, {"collaborator": changed})
    assert writing.one(kind, known["id"]) == changed
    response = writing.send("DELETE", f"{kind}/{known['id']}", {})
    assert (response.status_code, response.json()) == (200, {"collaborator": changed})
    assert writing.rows(kind) == [*before, stranger]
    assert writing.applied == 4
    for body, answer in (
        ({"role": "admin"}, {"email": BLANK}),
        ({"email": "ada.okafor@northwind.example"}, {"email": ["has already been taken"]}),
        ({"email": "a@b.example", "role": "king"}, {"role": ["is not included in the list"]}),
        ({"email": "a@b.example", "space_role_id": 7}, {"space_role_id": ["must exist"]}),
        ({"email": "a@b.example", "space_role_ids": [7]}, {"space_role_ids": ["must exist"]}),
    ):
        writing.refused("POST", kind, body, 422, answer)
    writing.refused("DELETE", f"{kind}/{known['id']}", {}, 404, MISSING)


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_a_log_is_sent_again(writing: Vendor, method: str) -> None:
    log = next(one for one in writing.rows("webhook_logs") if one["status"] == "failed")
    response = writing.send(method, f"webhook_logs/{log['id']}")
    after = response.json()["webhook_log"]
    assert response.status_code == 200
    assert (after["status"], after["retries"], after["response"]) == ("success", 1, "200 OK")
    assert after == writing.one("webhook_logs", log["id"])
    assert {**after, "retries": 0} == {
        **log, **{n: after[n] for n in ("status", "response", "executed_at", "updated_at")},
    }  # fmt: skip
    writing.refused(method, "webhook_logs/7", None, 404, MISSING)
