"""The emulator in the vendor's words, asked as anybody would ask it."""

import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from gateway.sources.devrev.sandbox import EMULATOR
from tests.fixtures import Sandbox

DON = "don:core:dvrv-us-1:devo/0:custom_stage/1"
LISTS = ["stages.custom", "states.custom", "stage-diagrams", "dev-users"]
TABLES = {
    "stages.custom": ("stages", "custom_stage", "result"),
    "states.custom": ("states", "custom_state", "result"),
    "stage-diagrams": ("workflows", "stage_diagram", "result"),
    "dev-users": ("people", "dev_user", "dev_users"),
}


class Api:
    """DevRev over HTTP, with the sandbox's token."""

    def __init__(self, origin: str) -> None:
        self.http = httpx.Client(
            base_url=origin + EMULATOR.prefix,
            headers={"Authorization": "Bearer sandbox"},
            trust_env=False,
            verify=False,  # noqa: S501 - 127.0.0.1 over plain HTTP
        )

    def post(self, route: str, **body: Any) -> httpx.Response:
        return self.http.post(f"/{route}", json=body)

    def get(self, route: str, query: str = "") -> httpx.Response:
        return self.http.get(f"/{route}?{query}")

    def ok(self, route: str, **body: Any) -> Any:
        response = self.post(route, **body)
        assert response.status_code == 200, response.text
        return response.json()

    def refusal(self, response: httpx.Response) -> dict[str, Any]:
        assert response.status_code == 400, response.text
        body = response.json()
        assert isinstance(body.pop("message"), str)
        return body


@pytest.fixture
def api(sandbox: Sandbox) -> Iterator[Api]:
    api = Api(sandbox.origin)
    yield api
    api.http.close()


def ordinals(body: dict[str, Any]) -> list[int]:
    return [one["ordinal"] for one in body["result"]]


def ids(body: dict[str, Any]) -> list[str]:
    return [one["display_id"] for one in body["result"]]


# ------------------------------------------------------------------------------- credential


@pytest.mark.parametrize("header", [None, "sandbox", "Bearer other", "Bearer", "Token sandbox"])
def test_a_missing_or_wrong_token_is_refused(api: Api, header: str | None) -> None:
    del api.http.headers["Authorization"]
    api.http.headers.update({"Authorization": header} if header else {})
    for route in ("stages.custom.list", "dev-users.self", "no.such.route"):
        for response in (api.get(route), api.post(route)):
            assert response.status_code == 401
            assert response.json() == {"type": "unauthenticated", "message": "Unauthenticated"}


# ------------------------------------------------------------------------------- both forms


@pytest.mark.parametrize("route", LISTS)
def test_state_equals_gets_and_lists_in_both_forms(sandbox: Sandbox, api: Api, route: str) -> None:
    table, one, many = TABLES[route]
    state = sandbox.state("devrev")[table]
    assert api.ok(f"{route}.list") == {many: state}
    assert api.get(f"{route}.list").json() == {many: state}
    for record in state:
        assert api.ok(f"{route}.get", id=record["id"]) == {one: record}
        assert api.get(f"{route}.get", f"id={record['id']}").json() == {one: record}
    assert api.ok(f"{route}.get", id=state[0]["display_id"]) == {one: state[0]}


def test_the_tokens_owner(sandbox: Sandbox, api: Api) -> None:
    owner = {"dev_user": sandbox.state("devrev")["people"][0]}
    assert api.ok("dev-users.self") == owner
    assert api.get("dev-users.self").json() == owner
    assert api.refusal(api.post("dev-users.self", id="DEVU-1"))["type"] == "invalid_field"


def test_lists_of_a_query_in_both_spellings(api: Api) -> None:
    by_names = api.ok("stages.custom.list", name=["Won't fix, by design", 'Archived "old"'])
    assert ids(by_names) == ["STG-8", "STG-14"]
    repeated = "name=Won%27t%20fix%2C%20by%20design&name=Archived%20%22old%22"
    assert api.get("stages.custom.list", repeated).json() == by_names
    quoted = "name=%22Won%27t%20fix%2C%20by%20design%22,%22Archived%20%5C%22old%5C%22%22"
    assert api.get("stages.custom.list", quoted).json() == by_names
    by_ordinals = api.ok("stages.custom.list", ordinal=[100, 0])
    assert ids(by_ordinals) == ["STG-1", "STG-9", "STG-13"]
    for query in ("ordinal=100&ordinal=0", "ordinal=100,0"):
        assert api.get("stages.custom.list", query).json() == by_ordinals


def test_what_the_client_sends_beside_a_get_does_no_harm(api: Api) -> None:
    whole = api.ok("stages.custom.list")
    request = api.http.build_request("GET", "/stages.custom.list?", json={})
    assert str(request.url).endswith("?")
    assert api.http.send(request).json() == whole


# ---------------------------------------------------------------------------------- filters


def test_names_are_exact_and_an_empty_list_is_no_condition(api: Api) -> None:
    assert ids(api.ok("stages.custom.list", name=["In Review"])) == ["STG-5", "STG-12"]
    assert ids(api.ok("stages.custom.list", name=["in review"])) == []
    assert len(ids(api.ok("stages.custom.list", name=[]))) == 14
    both = api.ok("stages.custom.list", name=["In Review", "triage"], ordinal=[100])
    assert ids(both) == ["STG-1"]


def test_states_and_diagrams_have_filters_of_their_own(api: Api) -> None:
    assert ids(api.ok("states.custom.list", is_final=True)) == ["STA-4", "STA-5"]
    assert api.get("states.custom.list", "is_final=true").json()["result"][0]["name"] == "closed"
    chosen = api.ok("stage-diagrams.list", leaf_type=["ticket", "issue"])
    assert ids(chosen) == ["SDG-1", "SDG-2"]
    assert ids(api.ok("stage-diagrams.list", is_custom_leaf_type=True)) == []


def test_the_default_diagram_of_a_type_of_work(api: Api) -> None:
    assert api.ok("stage-diagrams.get", leaf_type="ticket")["stage_diagram"]["id"][-1] == "2"
    both = api.ok("stage-diagrams.get", leaf_type="ticket", id="SDG-1")
    assert both["stage_diagram"]["display_id"] == "SDG-2"
    missing = api.post("stage-diagrams.get", leaf_type="ticket", is_custom_leaf_type=True)
    assert missing.status_code == 404


def test_dev_users_by_what_they_have(api: Api) -> None:
    def names(**body: Any) -> list[str]:
        return [one["display_id"] for one in api.ok("dev-users.list", **body)["dev_users"]]

    assert names(email=["grace.liu@northwind.example"]) == ["DEVU-7"]
    assert names(state=["locked", "shadow"]) == ["DEVU-18", "DEVU-20"]
    assert names(external_identity=[{"id": "U00000003"}, {"id": "U00000005"}]) == [
        "DEVU-3",
        "DEVU-5",
    ]
    assert names(external_identity=[{"id": "U00000003", "issuer": "other"}]) == []
    span = {"type": "range", "after": "2025-01-08T00:00:00Z", "before": "2025-01-10T00:00:00Z"}
    assert names(created_date=span) == ["DEVU-2", "DEVU-3"]
    recent = {"type": "preset", "preset_type": "last_n_days", "days": 1}
    assert names(modified_date=recent) == []
    assert 0 < len(names(custom_fields={"tnt__office": "Pune"})) < 20
    query = "external_identity.id=U00000003&state=%22active%22"
    [one] = api.get("dev-users.list", query).json()["dev_users"]
    assert one["display_id"] == "DEVU-3"


# ----------------------------------------------------------------------------------- paging


@pytest.mark.parametrize("form", ["GET", "POST"])
def test_one_cursor_leads_on_and_is_left_out_on_the_last_page(api: Api, form: str) -> None:
    found, cursor = list[str](), None
    for size in (5, 5, 4):
        asked = {"limit": 5, **({"cursor": cursor} if cursor else {})}
        if form == "GET":
            query = "&".join(f"{name}={value}" for name, value in asked.items())
            page = api.get("stages.custom.list", query).json()
        else:
            page = api.ok("stages.custom.list", **asked)
        assert len(page["result"]) == size
        assert page.keys() == ({"result", "cursor"} if size == 5 else {"result"})
        found, cursor = found + ids(page), page.get("cursor")
    assert found == [f"STG-{n}" for n in range(1, 15)]


def test_a_quoted_cursor_is_a_cursor(api: Api) -> None:
    cursor = api.ok("stages.custom.list", limit=13)["cursor"]
    assert ids(api.get("stages.custom.list", f"cursor=%22{cursor}%22").json()) == ["STG-14"]


def test_two_cursors_lead_on_and_back(api: Api) -> None:
    def page(**body: Any) -> dict[str, Any]:
        return api.ok("dev-users.list", limit=8, **body)

    first = page()
    assert first.keys() == {"dev_users", "next_cursor"}
    second = page(cursor=first["next_cursor"], mode="after")
    assert second.keys() == {"dev_users", "next_cursor", "prev_cursor"}
    third = page(cursor=second["next_cursor"])
    assert third.keys() == {"dev_users", "prev_cursor"}
    assert [len(one["dev_users"]) for one in (first, second, third)] == [8, 8, 4]
    assert page(cursor=third["prev_cursor"], mode="before") == second
    assert page(cursor=second["prev_cursor"], mode="before") == first
    assert page(mode="before")["dev_users"][-1] == third["dev_users"][-1]


def test_a_page_has_fifty_rows_by_itself(sandbox: Sandbox, api: Api) -> None:
    for position, status in (("served", 200), ("clamped", 200), ("refused", 400)):
        sandbox.turn("devrev.page_size", position)
        assert api.post("stages.custom.list", limit=51).status_code == status
        assert api.post("stages.custom.list", limit=50).status_code == 200
    sandbox.turn("devrev.page_size", "refused")
    body = api.refusal(api.post("stages.custom.list", limit=51))
    assert (body["type"], body["field_name"]) == ("value_not_permitted", "limit")


def test_strange_cursors_and_limits_are_refused(api: Api) -> None:
    of_states = api.ok("states.custom.list", limit=1)["cursor"]
    for cursor in ("x", "", "é", of_states, of_states[:-3]):
        body = api.refusal(api.post("stages.custom.list", cursor=cursor))
        assert body == {"type": "invalid_field", "field_name": "cursor"}
    for limit in (0, -1):
        body = api.refusal(api.post("stages.custom.list", limit=limit))
        assert body["type"] == "value_not_permitted"


# ---------------------------------------------------------------------------------- sorting


def test_sort_by_is_ignored_served_or_refused(sandbox: Sandbox, api: Api) -> None:
    plain = api.ok("stages.custom.list")
    sort_by = ["ordinal:desc", "name:asc"]
    assert api.ok("stages.custom.list", sort_by=sort_by) == plain
    assert api.post("stages.custom.list", sort_by="ordinal").status_code == 400
    sandbox.turn("devrev.sort_by", "served")
    found = api.ok("stages.custom.list", sort_by=sort_by)
    assert ordinals(found) == sorted(ordinals(plain), reverse=True)
    assert [one["name"] for one in found["result"] if one["ordinal"] == 100] == ["Queued", "triage"]
    unchanged = api.ok("stages.custom.list", sort_by=["modified_date:desc"])["result"][-1]
    assert unchanged["display_id"] == "STG-3"
    assert ids(api.ok("stages.custom.list", name=["none"], sort_by=sort_by)) == []
    for text in ("ordinal:up", "color", "created_by"):
        body = api.refusal(api.post("stages.custom.list", sort_by=[text]))
        assert (body["type"], body["field_name"]) == ("value_not_permitted", "sort_by")
    sandbox.turn("devrev.sort_by", "refused")
    body = api.refusal(api.post("stages.custom.list", sort_by=sort_by))
    assert body == {"type": "invalid_field", "field_name": "sort_by"}


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
    body = api.refusal(api.get("dev-users.list", "created_date=%7B%7D"))
    assert body == {"type": "invalid_field", "field_name": "created_date"}


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


# ---------------------------------------------------------------------------- what is not there


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


# ------------------------------------------------------------------------------------- data


def test_the_seed_is_whole_and_its_parts_fit(sandbox: Sandbox) -> None:
    state = sandbox.state("devrev")
    assert {name: len(rows) for name, rows in state.items()} == {
        "stages": 14, "states": 5, "workflows": 3, "people": 20, "works": 240, "parts": 16,
        "tags": 8, "accounts": 6, "rev_orgs": 7, "groups": 4, "vistas": 2, "sprints": 8,
    }  # fmt: skip
    for rows in state.values():
        assert len({one["id"] for one in rows}) == len(rows)
    known = {one["id"]: one for rows in state.values() for one in rows}
    places = {one["id"]: one for one in state["stages"]}
    for work in state["works"]:
        stage = places[work["stage"]["stage"]["id"]]
        assert work["stage"]["name"] == stage["name"]
        assert work["stage"]["ordinal"] == stage["ordinal"]
        assert work["stage"]["state"] == stage["state"]
        assert work["applies_to_part"]["id"] in known
        assert {one["id"] for one in work["owned_by"]} <= known.keys()
    assert {work["type"] for work in state["works"]} == {"issue", "ticket", "task", "opportunity"}


def test_the_stages_have_what_makes_lists_hard(sandbox: Sandbox) -> None:
    state = sandbox.state("devrev")
    names = [one["name"] for one in state["stages"]]
    assert len(set(names)) == 13
    assert len({one["ordinal"] for one in state["stages"]}) < 13
    assert [one["display_id"] for one in state["stages"] if "modified_by" not in one] == ["STG-3"]
    standing = [node["stage"]["id"] for one in state["workflows"] for node in one["stages"]]
    assert len(set(standing)) == 13 < len(standing)
    for one in state["workflows"]:
        for node in one["stages"]:
            assert node["stage"].keys() == {"display_id", "id", "name"}


def test_the_scale_multiplies_works_alone(sandbox: Sandbox) -> None:
    small = sandbox.state("devrev")
    sandbox.reset(scale=2)
    large = sandbox.state("devrev")
    assert large.pop("works")[:240] == small.pop("works")
    assert large == small
    assert len(sandbox.state("devrev")["works"]) == 480


def test_answers_tell_what_is_documented_or_everything(sandbox: Sandbox, api: Api) -> None:
    def fields() -> dict[str, set[str]]:
        return {
            one["type"]: one.keys() - {"sla_summary"} for one in sandbox.state("devrev")["works"]
        }

    documented, plain = fields(), api.ok("stages.custom.get", id=DON)["custom_stage"]
    sandbox.turn("devrev.answers", "everything")
    more = {kind: names - documented[kind] for kind, names in fields().items()}
    assert "is_spam" in more["ticket"]
    assert "priority" in more["task"]
    assert "probability" in more["opportunity"]
    assert "priority" in documented["issue"]
    whole = api.ok("stages.custom.get", id=DON)["custom_stage"]
    assert whole.keys() - plain.keys() == {"sync_metadata"}
