"""What the emulator refuses, and what it does not find."""

import time
from typing import Any

import pytest

from gateway.sources.devrev.sandbox.families import (
    DEV_USERS,
    PARTS_OF_PRODUCTS,
    VISTAS,
    WORKS,
    Family,
)
from gateway.sources.devrev.tests.plain import Api
from tests.fixtures import Sandbox

DON = "don:core:dvrv-us-1:devo/0:custom_stage/1"


# --------------------------------------------------------------------------------- refusals


BAD_BODIES: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("stages.custom.get", {}, {"type": "missing_required_field", "field_name": "id"}),
    ("stage-diagrams.get", {}, {"type": "missing_required_field", "field_name": "id"}),
    ("stages.custom.get", {"id": "x"}, {"type": "invalid_id", "field_name": "id"}),
    ("stages.custom.get", {"id": ""}, {"type": "invalid_id", "field_name": "id"}),
    ("stages.custom.get", {"id": "don:x"}, {"type": "invalid_id", "field_name": "id"}),
    ("stages.custom.get", {"id": "ISS-1"}, {"type": "unexpected_id_type", "field_name": "id"}),
    (
        "dev-users.get",
        {"id": DON},
        {"type": "unexpected_id_type", "field_name": "id"},
    ),
    (
        "stages.custom.get",
        {"id": 7},
        {
            "type": "unexpected_json_type",
            "field_name": "id",
            "actual": "number",
            "expected": "string",
        },
    ),
    (
        "stages.custom.list",
        {"name": "triage"},
        {
            "type": "unexpected_json_type",
            "field_name": "name",
            "actual": "string",
            "expected": "array",
        },
    ),
    (
        "stages.custom.list",
        {"ordinal": [True]},
        {
            "type": "unexpected_json_type",
            "field_name": "ordinal",
            "actual": "bool",
            "expected": "number",
        },
    ),
    (
        "states.custom.list",
        {"is_final": None},
        {
            "type": "unexpected_json_type",
            "field_name": "is_final",
            "actual": "null",
            "expected": "bool",
        },
    ),
    ("stages.custom.list", {"limit": 1.5}, {"type": "invalid_field", "field_name": "limit"}),
    ("stages.custom.list", {"limit": 2**31}, {"type": "invalid_field", "field_name": "limit"}),
    ("stages.custom.list", {"state": []}, {"type": "invalid_field", "field_name": "state"}),
    ("stages.custom.list", {"mode": "after"}, {"type": "invalid_field", "field_name": "mode"}),
    ("stages.custom.list", {"is_final": True}, {"type": "invalid_field", "field_name": "is_final"}),
    (
        "dev-users.list",
        {"mode": "around"},
        {
            "type": "invalid_enum_value",
            "field_name": "mode",
            "value": "around",
            "allowed_values": ["after", "before"],
        },
    ),
    (
        "dev-users.list",
        {"created_date": {"type": "preset"}},
        {"type": "invalid_field", "field_name": "created_date"},
    ),
    (
        "dev-users.list",
        {"created_date": {}},
        {"type": "missing_required_field", "field_name": "created_date.type"},
    ),
    ("dev-users.list", {"created_date": {"type": "range", "after": "x"}}, {"type": "parse_error"}),
    ("works.list", {"color": "red"}, {"type": "invalid_field", "field_name": "color"}),
    (
        "works.list",
        {"issue": {"color": "red"}},
        {"type": "invalid_field", "field_name": "issue.color"},
    ),
    (
        "works.list",
        {"issue.priority": ["p0"]},
        {"type": "invalid_field", "field_name": "issue.priority"},
    ),
    (
        "works.list",
        {"issue": ["p0"]},
        {
            "type": "unexpected_json_type",
            "field_name": "issue",
            "actual": "array",
            "expected": "object",
        },
    ),
    (
        "works.list",
        {"ticket": {"severity": ["p0"]}},
        {
            "type": "invalid_enum_value",
            "field_name": "ticket.severity",
            "value": "p0",
            "allowed_values": ["blocker", "high", "low", "medium"],
        },
    ),
    ("works.list", {"tags": ["DEVU-1"]}, {"type": "unexpected_id_type", "field_name": "tags"}),
    (
        "works.list",
        {"stage": {"stages": ["triage"]}},
        {"type": "invalid_id", "field_name": "stage.stages"},
    ),
    ("works.list", {"first": 5}, {"type": "invalid_field", "field_name": "first"}),
    ("works.export", {"limit": 5}, {"type": "invalid_field", "field_name": "limit"}),
    ("works.count", {"sort_by": []}, {"type": "invalid_field", "field_name": "sort_by"}),
    (
        "works.export",
        {"first": 5001},
        {"type": "value_not_permitted", "field_name": "first", "reason": "too large"},
    ),
    (
        "works.export",
        {"first": 0},
        {"type": "value_not_permitted", "field_name": "first", "reason": "too small"},
    ),
    ("rev-orgs.get", {}, {"type": "missing_required_field", "field_name": "id"}),
    (
        "parts.list",
        {"parent_part": {"level": 1}},
        {"type": "missing_required_field", "field_name": "parent_part.parts"},
    ),
    ("accounts.list", {"created_date": {"after": "x"}}, {"type": "parse_error"}),
    (
        "dev-users.list",
        {"external_identity.id": "U1"},
        {"type": "invalid_field", "field_name": "external_identity.id"},
    ),
]


def test_bad_bodies_are_refused(api: Api) -> None:
    for route, body, refusal in BAD_BODIES:
        assert api.refusal(api.post(route, **body)) == refusal, (route, body)


def test_a_body_must_be_an_object(api: Api) -> None:
    for body in (b"", b"{", b"[]", b'"x"', b"null", b"\xff"):
        response = api.http.post("/stages.custom.list", content=body)
        assert api.refusal(response) == {"type": "parse_error"}, body


def test_bad_queries_are_refused(api: Api) -> None:
    refusals: dict[str, dict[str, Any]] = {
        "limit=many": {"type": "parse_error"},
        "name=%22a": {"type": "parse_error"},
        "color=red": {"type": "invalid_field", "field_name": "color"},
        "ordinal=1.5": {"type": "invalid_field", "field_name": "ordinal"},
    }
    for query, refusal in refusals.items():
        assert api.refusal(api.get("stages.custom.list", query)) == refusal, query


def test_a_query_has_no_spans_of_time(api: Api) -> None:
    for route in ("dev-users.list", "works.list", "works.count"):
        body = api.refusal(api.get(route, "created_date=%7B%7D"))
        assert body == {"type": "invalid_field", "field_name": "created_date"}


JUNK: list[Any] = [
    None,
    1.5,
    "don:",
    [None],
    [[]],
    [{"member": {}, "id": []}],
    {"": []},
    {"type": {}},
    {"type": "range", "after": []},
    {"type": "preset", "preset_type": [], "days": True},
]


@pytest.mark.parametrize("family", [WORKS, PARTS_OF_PRODUCTS, DEV_USERS, VISTAS])
def test_nonsense_is_never_a_crash(sandbox: Sandbox, api: Api, family: Family) -> None:
    sandbox.turn("devrev.limit", "none")
    for name in family.filters:
        for value in JUNK:
            body: Any = value
            for part in reversed(name.split(".")):
                body = {part: body}
            response = api.post(f"{family.route}.list", **body)
            assert response.status_code in {200, 400}, (name, value)


def test_a_version_that_there_is_not(api: Api) -> None:
    for version, status in (("2022-10-20", 200), ("2024-01-24", 200), ("1999-01-01", 400)):
        headers = {"X-Devrev-Version": version}
        response = api.http.post("/stages.custom.list", json={}, headers=headers)
        assert response.status_code == status
    body = api.refusal(response)
    assert body == {"type": "invalid_api_version", "value": "1999-01-01"}


def test_display_ids_may_be_refused(sandbox: Sandbox, api: Api) -> None:
    sandbox.turn("devrev.display_ids", "refused")
    body = api.refusal(api.post("stages.custom.get", id="STG-1"))
    assert body == {"type": "invalid_id", "field_name": "id"}
    assert api.post("stages.custom.get", id=DON).status_code == 200


# ------------------------------------------------------------------------ what is not there


def test_an_unknown_object_is_not_found(api: Api) -> None:
    others = "don:core:dvrv-us-1:devo/9:custom_stage/1"
    for unknown in (DON + "000", "STG-99", "XYZ-1", others):
        response = api.post("stages.custom.get", id=unknown)
        assert response.status_code == 404
        assert response.json()["type"] == "not_found"


def test_an_unknown_route_has_a_message_alone(api: Api) -> None:
    for method, path in (
        ("POST", "/stages.custom.delete"),
        ("POST", "/states.custom.delete"),
        ("POST", "/stage-diagrams.delete"),
        ("POST", "/stages.custom.list/"),
        ("PUT", "/stages.custom.list"),
        ("DELETE", "/stages.custom.get"),
        ("GET", "/"),
    ):
        response = api.http.request(method, path)
        assert response.status_code == 404, path
        assert response.json().keys() == {"message"}, path


# ----------------------------------------------------------------------------------- limits


def test_every_answer_tells_what_is_left(api: Api) -> None:
    responses = [
        api.post("stages.custom.list"),
        api.post("stages.custom.get"),
        api.post("stages.custom.get", id="STG-99"),
        api.get("nowhere"),
    ]
    assert [one.status_code for one in responses] == [200, 400, 404, 404]
    for used, response in enumerate(responses, start=1):
        assert response.headers["X-Ratelimit-Limit"] == "1000"
        assert response.headers["X-Ratelimit-Remaining"] == str(1000 - used)
        assert 0 < int(response.headers["X-Ratelimit-Reset"]) - time.time() <= 301


def test_a_call_too_many(sandbox: Sandbox, api: Api) -> None:
    sandbox.turn("devrev.limit", "2/60")
    assert [api.post("stages.custom.list").status_code for _ in range(3)] == [200, 200, 429]
    response = api.post("stages.custom.list")
    body = response.json()
    assert body["type"] == "too_many_requests"
    assert 50 < body["retry_after"] <= 60
    assert response.headers["Retry-After"] == str(body["retry_after"])
    assert response.headers["X-Ratelimit-Remaining"] == "0"
