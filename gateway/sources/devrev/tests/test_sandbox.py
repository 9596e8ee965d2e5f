"""The emulator in the vendor's words, asked as anybody would ask it."""

from typing import Any

import pytest

from gateway.sources.devrev.tests.plain import Api
from tests.fixtures import Sandbox

TABLES = {
    "stages.custom": ("stages", "custom_stage", "result"),
    "states.custom": ("states", "custom_state", "result"),
    "stage-diagrams": ("workflows", "stage_diagram", "result"),
    "dev-users": ("people", "dev_user", "dev_users"),
    "works": ("works", "work", "works"),
    "parts": ("parts", "part", "parts"),
    "tags": ("tags", "tag", "tags"),
    "accounts": ("accounts", "account", "accounts"),
    "rev-orgs": ("rev_orgs", "rev_org", "rev_orgs"),
    "groups": ("groups", "group", "groups"),
    "vistas": ("vistas", "vista", "vistas"),
    "vistas.groups": ("sprints", "vista_group", "vista_group"),
}


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


@pytest.mark.parametrize("route", TABLES)
def test_state_equals_gets_and_lists_in_both_forms(sandbox: Sandbox, api: Api, route: str) -> None:
    table, one, many = TABLES[route]
    state = sandbox.state("devrev")[table]
    assert api.ok(f"{route}.list", limit=50) == api.ok(f"{route}.list")
    limit = 100 if route == "vistas" else 240
    assert api.ok(f"{route}.list", limit=limit) == {many: state}
    assert api.get(f"{route}.list", f"limit={limit}").json() == {many: state}
    for record in state[:20]:
        assert api.ok(f"{route}.get", id=record["id"]) == {one: record}
        assert api.get(f"{route}.get", f"id={record['id']}").json() == {one: record}
        if "display_id" in record:
            assert api.ok(f"{route}.get", id=record["display_id"]) == {one: record}


@pytest.mark.parametrize("route", TABLES)
def test_faults_find_the_rows_of_every_list(sandbox: Sandbox, api: Api, route: str) -> None:
    many = TABLES[route][2]
    rows = api.ok(f"{route}.list")[many]
    sandbox.fault("devrev", "reorder", times=1)
    assert api.ok(f"{route}.list")[many] == rows[::-1]
    sandbox.fault("devrev", "unknown_enum", field="id", times=1)
    assert {one["id"] for one in api.ok(f"{route}.list")[many]} == {"something_new"}


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
    sandbox.turn("devrev.page_size", "served")
    assert len(api.ok("works.list")["works"]) == 50
    assert len(api.ok("works.list", limit=100)["works"]) == 100
    assert api.post("vistas.list", limit=100).status_code == 200
    assert api.post("vistas.list", limit=101).status_code == 400
    sandbox.turn("devrev.page_size", "clamped")
    assert len(api.ok("works.list", limit=100)["works"]) == 50
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


def test_sort_by_is_served_ignored_or_refused(sandbox: Sandbox, api: Api) -> None:
    plain = api.ok("stages.custom.list")
    sort_by = ["ordinal:desc", "name:asc"]
    assert api.post("stages.custom.list", sort_by="ordinal").status_code == 400
    found = api.ok("stages.custom.list", sort_by=sort_by)
    assert ordinals(found) == sorted(ordinals(plain), reverse=True)
    assert [one["name"] for one in found["result"] if one["ordinal"] == 100] == ["Queued", "triage"]
    unchanged = api.ok("stages.custom.list", sort_by=["modified_date:desc"])["result"][-1]
    assert unchanged["display_id"] == "STG-3"
    assert ids(api.ok("stages.custom.list", name=["none"], sort_by=sort_by)) == []
    for text in ("ordinal:up", "color", "created_by"):
        body = api.refusal(api.post("stages.custom.list", sort_by=[text]))
        assert (body["type"], body["field_name"]) == ("value_not_permitted", "sort_by")
    sandbox.turn("devrev.sort_by", "ignored")
    assert api.ok("stages.custom.list", sort_by=sort_by) == plain
    sandbox.turn("devrev.sort_by", "refused")
    body = api.refusal(api.post("stages.custom.list", sort_by=sort_by))
    assert body == {"type": "invalid_field", "field_name": "sort_by"}
