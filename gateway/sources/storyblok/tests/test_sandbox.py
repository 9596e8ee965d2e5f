"""The emulator speaks in the vendor's words."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from gateway.sources.storyblok.sandbox import EMULATOR
from tests.fixtures import Sandbox, plain_http

SPACE = "/v1/spaces/1001"
KINDS = {
    "workflow_stages": ("workflow_stage", "stages"),
    "workflows": ("workflow", "workflows"),
    "space_roles": ("space_role", "space_roles"),
    "collaborators": ("", "people"),
    "workflow_stage_changes": ("", "workflow_stage_changes"),
}


@pytest.fixture(scope="module")
def client(sandbox_server: str) -> Iterator[httpx.Client]:
    address = sandbox_server + "/storyblok"
    with plain_http(address) as client:
        yield client


@pytest.fixture
def vendor(sandbox: Sandbox, client: httpx.Client) -> httpx.Client:
    del sandbox  # as at the start
    client.headers["Authorization"] = "sandbox"
    return client


def rows(vendor: httpx.Client, path: str, **params: Any) -> list[Any]:
    response = vendor.get(f"{SPACE}/{path}", params=params)
    assert response.status_code == 200, response.text
    assert list(response.json()) == [path]
    return response.json()[path]


# ------------------------------------------------------------------------------------ auth


def test_a_wrong_credential_is_refused(vendor: httpx.Client) -> None:
    del vendor.headers["Authorization"]
    for path in ("/v1/spaces", SPACE, SPACE + "/workflow_stages", "/v1/nowhere"):
        for credential in ("", "wrong", "bearer sandbox", "Bearer wrong", "Token sandbox"):
            headers = {"Authorization": credential} if credential else {}
            response = vendor.get(path, headers=headers)
            assert (response.status_code, response.json()) == (401, {"error": "Unauthorized"})


def test_a_personal_token_sees_both_spaces(vendor: httpx.Client) -> None:
    assert [one["id"] for one in vendor.get("/v1/spaces").json()["spaces"]] == [1001, 1002]
    assert vendor.get("/v1/spaces/1002").json()["space"]["id"] == 1002


HIDDEN = {
    "not_found": (404, ["This record could not be found"]),
    "unauthorized": (401, {"error": "Unauthorized"}),
    "forbidden": (403, {"error": "Forbidden"}),
}


def test_an_oauth_token_sees_one_space(sandbox: Sandbox, vendor: httpx.Client) -> None:
    vendor.headers["Authorization"] = "Bearer sandbox"
    assert [one["id"] for one in vendor.get("/v1/spaces").json()["spaces"]] == [1001]
    assert vendor.get("/v1/spaces/1001").json()["space"]["id"] == 1001
    assert len(rows(vendor, "workflow_stages")) == 33
    for position, answer in HIDDEN.items():
        sandbox.turn("storyblok.hidden_space", position)
        for path in ("", *(f"/{name}" for name in KINDS), "/workflow_stages/1"):
            for space in ("1002", "1003", "01001"):
                response = vendor.get(f"/v1/spaces/{space}{path}")
                assert (response.status_code, response.json()) == answer


# --------------------------------------------------------------------------- state and gets


def test_list_get_and_state_agree(sandbox: Sandbox, vendor: httpx.Client) -> None:
    state = sandbox.state("storyblok")
    for path, (one, kind) in KINDS.items():
        found: list[Any] = []
        for space in (1001, 1002):
            answer = vendor.get(f"/v1/spaces/{space}/{path}", params={"per_page": 100})
            further = vendor.get(f"/v1/spaces/{space}/{path}", params={"per_page": 100, "page": 2})
            listed = answer.json()[path]
            if "Total" in answer.headers:
                listed += further.json()[path]
            for row in (listed[0], listed[-1]):
                got = vendor.get(f"/v1/spaces/{space}/{path}/{row['id']}")
                if one:
                    assert got.json() == {one: row}
                else:
                    assert got.status_code == 404
            found += listed
        assert found == state[kind]


def test_spaces_have_other_fields_by_themselves(sandbox: Sandbox, vendor: httpx.Client) -> None:
    shown = [vendor.get(f"/v1/spaces/{space}").json()["space"] for space in (1001, 1002)]
    assert shown == sandbox.state("storyblok")["spaces"]
    listed = vendor.get("/v1/spaces").json()["spaces"]
    assert "owner_id" in listed[0]
    assert "collaborators" not in listed[0]
    assert len(shown[0]["collaborators"]) == 11
    assert len(vendor.get("/v1/spaces", params={"search": "help"}).json()["spaces"]) == 1


def test_the_seed_is_whole(sandbox: Sandbox) -> None:
    state = sandbox.state("storyblok")
    assert {name: len(rows) for name, rows in state.items()} == {
        "spaces": 2,
        "workflows": 12,
        "stages": 66,
        "stages_by_space": 2,
        "people": 22,
        "space_roles": 8,
        "workflow_stage_changes": 221,
        "activities": 118,
        "webhook_endpoints": 6,
        "webhook_logs": 60,
        "stories": 120,
        "works": 120,
    }
    kinds = ("workflows", "stages", "people", "space_roles", "stories", "workflow_stage_changes")
    numbers = [one["id"] for kind in kinds for one in state[kind]]
    assert len(set(numbers)) == len(numbers)
    assert all(2**32 < number < 2**53 for number in numbers)
    assert state["works"] == state["stories"]
    assert sum(map(len, state["stages_by_space"].values())) == 66


def test_the_rules_of_stages_hold(sandbox: Sandbox) -> None:
    state = sandbox.state("storyblok")
    for space, stages in state["stages_by_space"].items():
        roles = {one["id"] for one in state["spaces"][space == "1002"]["space_roles"]}
        for workflow in {one["workflow_id"] for one in stages}:
            own = [one for one in stages if one["workflow_id"] == workflow]
            assert len(own) in {5, 6}
            assert len({one["name"] for one in own}) == len(own)
            assert len({one["color"] for one in own}) == len(own)
            assert [one["position"] for one in own] == list(range(1, len(own) + 1))
            assert sum(one["is_default"] for one in own) == 1
            numbers = {one["id"] for one in own}
            for one in own:
                assert set(one["workflow_stage_ids"]) <= numbers - {one["id"]}
                assert one["after_publish_id"] in {None, *numbers}
                assert bool(one["workflow_stage_ids"]) is not one["allow_all_stages"]
                assert set(one["space_role_ids"]) <= roles
        assert any(one["user_ids"] for one in stages)
        assert any(one["after_publish_id"] for one in stages)
    workflows = state["workflows"]
    assert [one["is_default"] for one in workflows].count(True) == 2
    assert all(one["content_types"] for one in workflows if not one["is_default"])


def test_stories_stand_in_stages_of_their_space(sandbox: Sandbox) -> None:
    state = sandbox.state("storyblok")
    of_stage = {one["id"]: one for one in state["stages"]}
    staged = [one for one in state["stories"] if one["stage"]]
    assert 0 < len(staged) < 120
    for story in staged:
        place = story["stage"]
        assert list(place) == [
            "workflow_id", "workflow_stage_id", "story_id", "due_date", "created_at",
        ]  # fmt: skip
        assert place["story_id"] == story["id"]
        assert of_stage[place["workflow_stage_id"]]["workflow_id"] == place["workflow_id"]
    assert {type(one["stage"]["due_date"]) for one in staged} == {str, type(None)}


def test_scale_multiplies_stories_alone(sandbox: Sandbox) -> None:
    before = sandbox.state("storyblok")
    sandbox.reset(3)
    after = sandbox.state("storyblok")
    assert len(after["stories"]) == 3 * len(before["stories"])
    assert len({one["id"] for one in after["stories"]}) == 360
    for kind in ("stages", "workflows", "people", "space_roles"):
        assert after[kind] == before[kind]
    by_number = {one["id"]: one for one in after["stories"]}
    assert all(by_number[one["id"]] == one for one in before["stories"])


# ------------------------------------------------------------------------------ parameters


def test_stages_can_be_asked_by_ids_and_workflow(vendor: httpx.Client) -> None:
    stages = rows(vendor, "workflow_stages")
    first, last = stages[0], stages[-1]
    assert rows(vendor, "workflow_stages", by_ids=f"{last['id']}, {first['id']},7,x") == [
        first,
        last,
    ]
    own = [one for one in stages if one["workflow_id"] == last["workflow_id"]]
    assert rows(vendor, "workflow_stages", in_workflow=last["workflow_id"]) == own
    two = f"{first['workflow_id']},{last['workflow_id']}"
    assert len(rows(vendor, "workflow_stages", in_workflow=two)) != len(stages)
    assert rows(vendor, "workflow_stages", exclude_id=first["id"]) == stages[1:]


def test_search_is_loose(vendor: httpx.Client) -> None:
    names = {one["name"] for one in rows(vendor, "workflow_stages", search="PUBLISH")}
    assert names == {"Ready to Publish", "Published"}
    assert [one["role"] for one in rows(vendor, "space_roles", search="rev")] == ["Reviewer"]
    assert len(rows(vendor, "collaborators", search="ada.")) == 1


def test_workflows_can_be_asked_by_what_they_are_for(vendor: httpx.Client) -> None:
    flows = rows(vendor, "workflows")
    assert [one["name"] for one in rows(vendor, "workflows", is_default="true")] == ["Default"]
    assert rows(vendor, "workflows", is_default="false") == flows[1:]
    chosen = rows(vendor, "workflows", by_content_type="news,banner")
    assert [one["name"] for one in chosen] == ["Article approval", "Campaigns"]
    assert rows(vendor, "workflows", by_ids=flows[2]["id"]) == [flows[2]]
    assert rows(vendor, "workflows", exclude_id=flows[0]["id"], search="pages") == [
        one for one in flows if "pages" in one["name"]
    ]


def test_workflows_bring_their_stages_on_request(sandbox: Sandbox, vendor: httpx.Client) -> None:
    bare = rows(vendor, "workflows")
    flows = rows(vendor, "workflows", include_stages="true")
    path = f"{SPACE}/workflows/{bare[0]['id']}?include_stages=true"
    assert vendor.get(path).json()["workflow"] == flows[0]
    stages = [stage for flow in flows for stage in flow.pop("workflow_stages")]
    assert stages == rows(vendor, "workflow_stages")
    assert flows == bare
    sandbox.turn("storyblok.include_stages", "ignored")
    assert rows(vendor, "workflows", include_stages="true") == bare
    assert vendor.get(path).json()["workflow"] == bare[0]


def test_collaborators_are_paged_with_totals(vendor: httpx.Client) -> None:
    everybody = rows(vendor, "collaborators")
    path = SPACE + "/collaborators"
    seen: list[Any] = []
    for page in (1, 2, 3, 4):
        response = vendor.get(path, params={"page": page, "per_page": 4})
        assert response.headers["Total"] == "11"
        assert response.headers["Per-Page"] == "4"
        seen += response.json()["collaborators"]
    assert seen == everybody
    assert vendor.get(path).headers["Per-Page"] == "25"
    assert vendor.get(path, params={"per_page": 1000}).headers["Per-Page"] == "100"
    assert rows(vendor, "collaborators", by_ids=everybody[2]["id"]) == [everybody[2]]
    assert rows(vendor, "collaborators", by_space_ids="1002") == []
    assert "can_act_as_admin" not in everybody[0]
    acting = rows(vendor, "collaborators", with_act_as_roles="true")
    assert [one["can_act_as_admin"] for one in acting].count(True) == 1


def test_a_page_that_makes_no_sense_is_the_first(vendor: httpx.Client) -> None:
    first = rows(vendor, "collaborators")
    for name, text in (("page", "x"), ("page", "0"), ("page", "-1"), ("per_page", "x")):
        assert rows(vendor, "collaborators", **{name: text}) == first
    assert vendor.get(SPACE + "/collaborators?per_page=0").headers["Per-Page"] == "25"


def test_bad_parameters_match_nothing_and_unknown_ones_are_passed_over(
    vendor: httpx.Client,
) -> None:
    assert rows(vendor, "workflow_stages", by_ids="x") == []
    assert rows(vendor, "workflow_stages", in_workflow="x") == []
    assert len(rows(vendor, "workflow_stages", by_ids="")) == 33
    assert len(rows(vendor, "workflow_stages", nonsense="1")) == 33


# -------------------------------------------------------------------------------- switches


def test_ids_may_be_capped(sandbox: Sandbox, vendor: httpx.Client) -> None:
    numbers = ",".join(str(one["id"]) for one in rows(vendor, "workflow_stages"))
    assert len(rows(vendor, "workflow_stages", by_ids=numbers)) == 33
    sandbox.turn("storyblok.by_ids", "capped")
    assert len(rows(vendor, "workflow_stages", by_ids=numbers)) == 25
    assert len(rows(vendor, "workflow_stages")) == 33


def test_lists_may_be_paged_silently(sandbox: Sandbox, vendor: httpx.Client) -> None:
    response = vendor.get(SPACE + "/workflow_stages")
    assert not {"total", "per-page"} & set(response.headers)
    whole = response.json()["workflow_stages"]
    sandbox.turn("storyblok.paging", "paged")
    response = vendor.get(SPACE + "/workflow_stages")
    assert (response.headers["Total"], response.headers["Per-Page"]) == ("33", "25")
    first = response.json()["workflow_stages"]
    assert first + rows(vendor, "workflow_stages", page=2) == whole


def test_404_has_two_shapes(sandbox: Sandbox, vendor: httpx.Client) -> None:
    paths = [*(f"{SPACE}/{name}/7" for name in KINDS), "/v1/x", "/v1", SPACE + "/stages"]
    paths += [f"{SPACE}/workflow_stages/{text}" for text in ("07", "x", "-7", "%2e%2e")]
    message = "This record could not be found"
    for position, body in (("array", [message]), ("object", {"error": message})):
        sandbox.turn("storyblok.not_found", position)
        for path in paths:
            response = vendor.get(path)
            assert (response.status_code, response.json()) == (404, body), path


def test_a_call_too_many_is_refused(sandbox: Sandbox, vendor: httpx.Client) -> None:
    sandbox.turn("storyblok.limit", "2/60")
    first = vendor.get("/v1/spaces")
    assert first.status_code == vendor.get("/v1/spaces").status_code == 200
    assert not [name for name in first.headers if "rate" in name]
    response = vendor.get("/v1/spaces")
    assert (response.status_code, response.json()) == (429, {"error": "Rate limit reached."})
    assert "Retry-After" not in response.headers
    sandbox.turn("storyblok.retry_after", "seconds")
    assert 0 < int(vendor.get("/v1/spaces").headers["Retry-After"]) <= 60


def test_the_limit_may_be_told(sandbox: Sandbox, vendor: httpx.Client) -> None:
    sandbox.turn("storyblok.rate_headers", "policy")
    sandbox.turn("storyblok.limit", "30/60")
    response = vendor.get("/v1/spaces")
    assert response.headers["X-RateLimit"] == '"concurrent-requests";r=29'
    assert response.headers["X-RateLimit-Policy"] == '"concurrent-requests";q=30'


def test_the_limit_at_the_start_is_the_vendor_s() -> None:
    assert EMULATOR.limit == "6/1"


# ------------------------------------------------------------------------- clients' habits


def test_what_clients_send_beside_is_taken(vendor: httpx.Client) -> None:
    path = SPACE + "/workflow_stages"
    whole = vendor.get(path).json()
    assert vendor.get(str(vendor.base_url).rstrip("/") + path + "?").json() == whole
    assert vendor.get(path + "/").json() == whole
    assert vendor.request("GET", path, json={}).json() == whole
    assert vendor.get("/v1/spaces/").status_code == 200


def test_what_cannot_be_written_is_not_there(vendor: httpx.Client) -> None:
    for method, path in (
        ("PUT", "/workflow_stages"),
        ("DELETE", "/workflow_stages"),
        ("PATCH", "/workflows/7"),
        ("PATCH", "/stories/7"),
        ("PUT", "/webhook_endpoints/7"),
        ("PUT", "/workflow_stage_changes/7"),
        ("POST", "/activities"),
    ):
        assert vendor.request(method, SPACE + path, json={}).status_code == 404
