"""The vendors' own clients, unchanged, get from the sandbox what is in it."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from gateway.app import emulator_kinds
from gateway.sandbox.counters import Counters
from gateway.sandbox.faults import Faults
from schema.types.source import Source
from tests.fixtures import Sandbox

Row = dict[str, Any]
RunScript = Callable[..., Any]


class Run:
    """Runs a script of this folder against the sandbox."""

    def __init__(self, run_script: RunScript, sandbox: Sandbox) -> None:
        self._run_script = run_script
        self._sandbox = sandbox

    def __call__(self, script: str, source: Source) -> Any:
        """Return what it prints."""
        base_url = self._sandbox.settings(source)["base_url"]
        return self._run_script(script, base_url, "sandbox")


@pytest.fixture
def run(run_script: RunScript, sandbox: Sandbox) -> Run:
    return Run(run_script, sandbox)


def routes(sandbox: Sandbox, source: Source) -> tuple[set[str], set[str]]:
    """The routes that were called, and those that there are."""
    [kind] = [one for one in emulator_kinds() if one.source is source]
    emulator = kind(Counters(), Faults())
    return (
        {f"{row['method']} {row['route']}" for row in sandbox.requests(source.value)},
        {f"{one.method} {one.route}" for one in emulator.endpoints()},
    )


def having(rows: Sequence[Row], name: str, *values: Any) -> list[Row]:
    return [one for one in rows if one[name] in values]


# ------------------------------------------------------------------------------------ DevRev

OTHERS = {
    "parts": 4, "tags": 3, "accounts": 2, "rev_orgs": 2, "groups": 2, "vistas": 2, "sprints": 3,
}  # fmt: skip
"""How many pages each list of the rest takes over GET."""


def test_devrev(run: Run, sandbox: Sandbox) -> None:
    state = sandbox.state("devrev")
    got = run("devrev.mjs", Source.DEVREV)
    alone = {name: name for name in ("stages", "states", "people", "works", *OTHERS)}
    for name, table in {**alone, "diagrams": "workflows"}.items():
        assert got[name]["rows"] == state[table], name
        assert got[f"{name}_by_post"]["rows"] == state[table], name
    assert got["stages_by_beta"]["rows"] == state["stages"]
    pages = {name: walked["pages"] for name, walked in got.items() if "pages" in walked}
    assert pages == {
        "stages": 3, "stages_by_post": 4, "stages_by_beta": 1, "states": 3, "states_by_post": 1,
        "diagrams": 3, "diagrams_by_post": 1, "people": 3, "people_by_post": 1,
        "works": 3, "works_by_post": 3, **OTHERS, **{f"{name}_by_post": 1 for name in OTHERS},
    }  # fmt: skip
    first, second = state["stages"][:2]
    [state_of_first] = having(state["states"], "id", first["state"]["id"])
    [of_issues] = having(state["workflows"], "leaf_type", "issue")
    person, other = state["people"][:2]
    for how in ("", "_by_post"):
        assert got["stage" + how] == first
        assert got["named" + how] == having(state["stages"], "name", first["name"], second["name"])
        assert got["at_ordinals" + how] == having(
            state["stages"], "ordinal", first["ordinal"], second["ordinal"]
        )
        assert got["state" + how] == state_of_first
        assert got["diagram" + how] == state["workflows"][0]
        assert got["person" + how] == person
        assert got["mailed" + how] == [person, other]
        assert got["self" + how] == person
    assert got["final_states"] == having(state["states"], "is_final", True)
    assert got["diagram_of_issues"] == of_issues
    assert got["diagrams_of_issues"] == [of_issues]
    check_works(got, state)
    check_others(got, state)
    check_writes(got, state, sandbox.state("devrev"))
    used, there_are = routes(sandbox, Source.DEVREV)
    assert used == there_are


def check_works(got: Row, state: dict[str, list[Row]]) -> None:
    works, [first, second] = state["works"], state["stages"][:2]
    owners = {works[0]["owned_by"][0]["id"], state["people"][1]["id"]}
    opened = [
        one
        for one in works
        if one["stage"]["state"]["name"] == "open"
        and owners & {person["id"] for person in one["owned_by"]}
    ]
    issues = [
        one
        for one in having(works, "type", "issue")
        if one["priority"] in {"p0", "p1"}
        and one["stage"]["stage"]["id"] in {first["id"], second["id"]}
    ]
    assert 1 < len(opened) < 100
    assert 1 < len(issues) < 100
    newest = sorted(works, key=lambda one: one["created_date"], reverse=True)[:3]
    for how in ("", "_by_post"):
        assert got["work" + how] == works[0]
        assert got["newest" + how] == newest
        assert got["open" + how] == opened
        assert got["issues" + how] == issues
        assert got["exported" + how] == issues
        assert got["counted" + how] == {"count": len(issues), "has_more": False}
    assert got["of_that_time"] == [works[0]]
    assert got["last"] == works[-10:]


def check_others(got: Row, state: dict[str, list[Row]]) -> None:
    for how in ("", "_by_post"):
        assert got["webhooks" + how] == state["webhooks"]
        assert got["webhook" + how] == state["webhooks"][1]
    for name in OTHERS:
        assert got[name + "_one"] == got[name + "_one_by_post"] == state[name][1], name
    [account, *_], [vista, *_] = state["accounts"], state["vistas"]
    sprints = [one for one in state["sprints"] if one["parent"]["id"] == vista["id"]]
    for how in ("", "_by_post"):
        assert got["sprints_of_vista" + how] == having(sprints, "state", "active", "planned")
        assert [one["name"] for one in got["parts_below" + how]] == ["Billing", "Search"]
    orgs = [one for one in state["rev_orgs"] if one["account"]["id"] == account["id"]]
    assert got["rev_org_of_account"] == orgs[0]


def check_writes(got: Row, before: dict[str, list[Row]], after: dict[str, list[Row]]) -> None:
    made, changed = got["made"], got["changed"]
    assert made["stage"]["state"]["id"] == made["state"]["id"]
    assert made["diagram"]["stages"][0]["stage"]["id"] == made["stage"]["id"]
    for kind in ("issue", "ticket", "task", "opportunity"):
        assert made[kind]["type"] == kind
        assert made[kind]["applies_to_part"]["id"] == made["part"]["id"]
        assert made[kind]["tags"][0]["tag"]["id"] == made["tag"]["id"]
    assert made["opportunity"]["value"] == {"amount": "1.5", "currency": "EUR"}
    for name, table in {"state": "states", "stage": "stages", "diagram": "workflows"}.items():
        assert after[table] == [*before[table], changed[name]]
    for table in ("works", "parts", "tags", "webhooks"):
        assert after[table] == before[table]
    first, second = before["stages"][:2]
    assert (changed["stage"]["name"], changed["stage"]["state"]) == ("Park", first["state"])
    assert changed["diagram"]["stages"] == []
    assert changed["issue"]["title"] == "V"
    assert changed["issue"]["stage"]["stage"]["id"] == second["id"]
    assert changed["issue"]["owned_by"][0]["id"] == before["people"][1]["id"]
    assert (changed["part"]["name"], changed["tag"]["description"]) == ("Q", "D")
    assert changed["hook"]["status"] == "inactive"
    assert got["deleted"] == [200] * 7


def test_devrev_refuses(run: Run) -> None:
    refused = run("devrev.mjs", Source.DEVREV)["refused"]
    assert {name: (one["status"], one["body"]["type"]) for name, one in refused.items()} == {
        "wrong_token": (401, "unauthenticated"),
        "unknown_id": (404, "not_found"),
        "unknown_id_by_post": (404, "not_found"),
        "no_id": (400, "missing_required_field"),
        "unknown_work": (404, "not_found"),
        "unknown_sprint_by_post": (404, "not_found"),
        "unknown_webhook": (404, "not_found"),
        "no_type": (400, "invalid_enum_value"),
        "no_person_by_post": (400, "unexpected_id_type"),
        "too_many": (400, "value_not_permitted"),
        "no_number": (400, "unexpected_json_type"),
        "no_name": (400, "missing_required_field"),
        "stage_that_is_not": (404, "not_found"),
        "no_transition": (400, "value_not_permitted"),
        "no_start": (400, "value_not_permitted"),
        "same_tag": (400, "value_not_permitted"),
        "used_part": (400, "bad_request"),
        "deleted_work": (404, "not_found"),
    }
    assert refused["no_person_by_post"]["body"]["field_name"] == "owned_by"
    assert refused["no_id"]["body"]["field_name"] == "id"


# --------------------------------------------------------------------------------- Storyblok

STORYBLOK = pytest.mark.parametrize("script", ["storyblok-js.mjs", "storyblok-management.mjs"])


def check_storyblok(got: Row, state: dict[str, Any]) -> None:
    spaces = got["by_space"]
    assert [one["id"] for one in got["spaces"]] == [one["id"] for one in state["spaces"]]
    assert [one["space"] for one in spaces.values()] == state["spaces"]
    for name, table in {
        "stages": "stages",
        "workflows": "workflows",
        "space_roles": "space_roles",
        "collaborators": "people",
        "stage_changes": "workflow_stage_changes",
        "hooks": "webhook_endpoints",
        "logs": "webhook_logs",
    }.items():
        assert [row for one in spaces.values() for row in one[name]] == state[table], name
    check_stories(spaces, state["stories"])
    check_activities(spaces, state["activities"])
    for number, one in spaces.items():
        assert one["space_role"] == one["space_roles"][0]
        stages = state["stages_by_space"][number]
        assert one["stages"] == stages
        assert one["stage"] == stages[0]
        assert one["some_stages"] == having(stages, "id", stages[0]["id"], stages[2]["id"])
        assert one["workflow"] == one["workflows"][0]
        assert one["stages_of_workflow"] == having(stages, "workflow_id", one["workflow"]["id"])
        assert one["workflows_with_stages"] == [
            {**flow, "workflow_stages": having(stages, "workflow_id", flow["id"])}
            for flow in one["workflows"]
        ]


def check_activities(spaces: dict[str, Row], known: list[Row]) -> None:
    found = [row for one in spaces.values() for row in one["activities"]]
    assert [row["activity"] for row in found] == [one["activity"] for one in known]
    for one in spaces.values():
        assert one["activity"] in known
        assert one["activity"]["activity"] == one["activities"][0]["activity"]
        stage = one["stages"][0]["id"]
        about = [row for row in one["activities"] if row["activity"]["trackable_id"] == stage]
        assert one["stage_activities"] == about
        assert about
        assert one["hook"] == one["hooks"][1]
        assert {"action": "stage.changed"} in one["actions"]
        assert one["log"] == one["logs"][1]
        assert one["failed_logs"] == having(one["logs"], "status", "failed")


def check_stories(spaces: dict[str, Row], stories: list[Row]) -> None:
    numbers = [story["id"] for one in spaces.values() for story in one["stories"]]
    assert numbers == [one["id"] for one in stories]
    by_number = {one["id"]: one for one in stories}
    for one in spaces.values():
        own = [by_number[story["id"]] for story in one["stories"]]
        assert all("content" not in story for story in one["stories"])
        assert one["story"] == own[0]
        stages = {one["stages"][0]["id"], one["stages"][2]["id"]}
        placed = [s for s in own if s["stage"] and s["stage"]["workflow_stage_id"] in stages]
        placed.sort(key=lambda story: story["name"], reverse=True)
        assert [story["id"] for story in one["stories_in_stages"]] == [s["id"] for s in placed]
        pages = [s["id"] for s in own if s["content"]["component"] == "page"]
        assert [story["id"] for story in one["stories_of_pages"]] == pages
        [*_, last] = one["changes_of_story"]
        place = own[0]["stage"]
        assert {**last, "story_id": own[0]["id"]}.items() >= place.items()


@STORYBLOK
def test_storyblok(script: str, run: Run, sandbox: Sandbox) -> None:
    got, state = run(script, Source.STORYBLOK), sandbox.state("storyblok")
    check_storyblok(got, state)
    assert got.get("said", []) == []
    used, there_are = routes(sandbox, Source.STORYBLOK)
    assert used == {one for one in there_are if one.startswith("GET ")}
    # By an OAuth token, which is for one space.
    if "spaces_of_oauth" in got:
        assert len(got["spaces_of_oauth"]) == 1
        assert got["spaces_of_oauth"][0] in got["spaces"]


@pytest.mark.parametrize("script", ["storyblok-js-writes.mjs", "storyblok-management-writes.mjs"])
def test_storyblok_writes(script: str, run: Run, sandbox: Sandbox) -> None:
    wrote, state = run(script, Source.STORYBLOK), sandbox.state("storyblok")
    used, there_are = routes(sandbox, Source.STORYBLOK)
    can_patch = script == "storyblok-management-writes.mjs"
    left_out = ("GET ",) if can_patch else ("GET ", "PATCH ")
    assert {one for one in there_are if not one.startswith(left_out)} <= used
    [first, second] = wrote["workflow"]["workflow_stages"]
    assert [first["is_default"], second["is_default"]] == [True, False]
    assert wrote["stage"]["workflow_id"] == wrote["workflow"]["id"]
    assert wrote["stage_after"] == {
        **wrote["stage"], "name": "Later", "workflow_stage_ids": [first["id"]],
    }  # fmt: skip
    assert wrote["second_after"] == {**second, "position": 9}
    assert len(wrote["copy"]["workflow_stages"]) == 3
    assert having(state["workflows"], "id", wrote["copy"]["id"])[0]["name"] == "Copy"
    assert wrote["story_after"]["stage"]["workflow_stage_id"] == first["id"]
    assert wrote["story_after"]["name"] == "Hot soup"
    assert wrote["change"]["workflow_stage_id"] == first["id"]
    assert wrote["deleted"]["story"]["id"] == wrote["story"]["id"]
    assert not having(state["stages"], "workflow_id", wrote["workflow"]["id"])
    for name in ("space_role", "webhook_endpoint", "collaborator"):
        number = wrote[name]["made"]["id"]
        assert {*wrote[name]["changed"], wrote[name]["gone"]["id"]} == {number}
    assert wrote["retried"] == ([1, 2] if can_patch else [1])
    check_storyblok_refusals(wrote["refused"])


def check_storyblok_refusals(refused: Row) -> None:
    taken = "has already been taken"
    assert {name: (one["status"], one["body"]) for name, one in refused.items()} == {
        "taken": (422, {"color": [taken], "error": f"Color {taken}"}),
        "unknown": (404, ["This record could not be found"]),
        "no_types": (422, {"content_types": ["can't be blank"]}),
        "last": (422, {"error": "The last stage of a workflow cannot be deleted"}),
    }


@STORYBLOK
def test_storyblok_clients_come_again_when_they_came_too_often(
    script: str, run: Run, sandbox: Sandbox
) -> None:
    sandbox.turn("storyblok.limit", "15/1")
    sandbox.turn("storyblok.retry_after", "seconds")
    got = run(script, Source.STORYBLOK)
    check_storyblok(got, sandbox.state("storyblok"))
    assert any(row["status"] == 429 for row in sandbox.requests("storyblok"))


@STORYBLOK
@pytest.mark.parametrize("shape", ["array", "object"])
def test_storyblok_refuses(script: str, shape: str, run: Run, sandbox: Sandbox) -> None:
    sandbox.turn("storyblok.not_found", shape)
    refused = run(script, Source.STORYBLOK)["refused"]
    words = "This record could not be found"
    missing = [words] if shape == "array" else {"error": words}
    assert {name: (one["status"], one["body"]) for name, one in refused.items()} == {
        "wrong_token": (401, {"error": "Unauthorized"}),
        "unknown_id": (404, missing),
        "unknown_space": (404, missing),
    }
    if script == "storyblok-js.mjs":
        assert refused["unknown_id"]["message"] == words


# ---------------------------------------------------------------------------------- Outreach


def flat(resource: Row) -> Row:
    """A resource as kitsu gives it, without its relationships."""
    return {
        "type": resource["type"],
        "id": resource["id"],
        "links": resource["links"],
        **resource["attributes"],
    }


def without(row: Row, *relations: str) -> Row:
    return {name: one for name, one in row.items() if name not in relations}


def check_end(row: Row, resource: Row, name: str, known: Sequence[Row]) -> None:
    """The resource at the end of a relationship to one is linked whole."""
    data = resource["relationships"][name]["data"]
    found = row[name].get("data")
    if data is None:
        assert found is None
    else:
        [end] = having(known, "id", data["id"])
        assert without(found, *end["relationships"]) == flat(end)


@pytest.mark.parametrize("ids", ["integer", "string"])
def test_outreach(ids: str, run: Run, sandbox: Sandbox) -> None:
    sandbox.turn("outreach.ids", ids)
    state, got = sandbox.state("outreach"), run("outreach.mjs", Source.OUTREACH)
    stages, users, prospects = state["stages"], state["users"], state["prospects"]
    many = ("creator", "updater", "prospects")
    plain = [flat(one) for one in stages]

    def rows(name: str) -> list[Row]:
        return [without(one, *many) for one in got[name]]

    assert [without(one, *many) for one in got["stages"]["rows"]] == plain
    assert got["stages"]["pages"] == 5
    for row, stage in zip(got["stages"]["rows"], stages, strict=True):
        check_end(row, stage, "creator", users)
        check_end(row, stage, "updater", users)
    check_end(got["stage"], stages[6], "creator", users)
    assert without(got["stage"], *many) == plain[6]
    assert got["counted"] == {"count": 45, "count_truncated": False}
    assert rows("some_stages") == plain[:3]
    assert rows("named") == having(plain, "name", plain[4]["name"], plain[8]["name"])
    within = [one for one in plain if one["order"] is not None and 5 <= one["order"] <= 9]
    assert sorted(rows("within"), key=lambda one: int(one["id"])) == within
    orders = [one["order"] for one in got["within"]]
    assert orders == sorted(orders)
    latest = sorted(plain, key=lambda one: one["name"])
    latest.sort(key=lambda one: one["updatedAt"], reverse=True)
    assert rows("latest") == latest[:7]
    assert got["sparse"] == [
        {name: one[name] for name in ("type", "id", "links", "name", "order")} for one in plain[:2]
    ]
    assert all(
        one["meta"].keys() == {"canWrite", "canDelete", "dataConnections"} for one in got["told"]
    )
    assert [without(one, "meta", *many) for one in got["told"]] == plain[:3]
    assert got["users"] == {"rows": [flat(one) for one in users], "pages": 3}
    assert got["user"] == flat(users[1])
    check_prospects(got, prospects, stages, users)
    check_written(got["written"], state, sandbox.state("outreach"))
    for name in ("opportunityStages", "opportunities", "webhooks"):
        ids = [one["id"] for one in state[name]]
        assert [one["id"] for one in got[name]["rows"]] == ids
        assert got[f"first_of_{name}"]["id"] == ids[0]
    used, there_are = routes(sandbox, Source.OUTREACH)
    assert used == there_are - {"POST /oauth/token"}  # kitsu asks for no tokens


def check_prospects(got: Row, prospects: list[Row], stages: list[Row], users: list[Row]) -> None:
    first = {str(one["id"]) for one in stages[:3]}
    at_them = [
        flat(one)
        for one in prospects
        if str((one["relationships"]["stage"]["data"] or {}).get("id")) in first
    ]
    assert len(at_them) > 20
    assert got["prospects"]["pages"] == -(-len(at_them) // 20)
    assert [without(one, "stage", "owner") for one in got["prospects"]["rows"]] == at_them
    assert without(got["prospect"], "stage", "owner") == flat(prospects[4])
    check_end(got["prospect"], prospects[4], "stage", stages)
    check_end(got["prospect"], prospects[4], "owner", users)


def check_written(written: Row, before: dict[str, list[Row]], after: dict[str, list[Row]]) -> None:
    assert {name: one["gone"] for name, one in written.items()} == {
        **dict.fromkeys(written, 204), "users": None,
    }  # fmt: skip
    changed = {name: one["changed"] for name, one in written.items()}
    assert all(one["id"] == written[name]["made"]["id"] for name, one in changed.items())
    assert (changed["stages"]["name"], changed["stages"]["order"]) == ("Newer", None)
    assert changed["opportunityStages"]["isClosed"] is False
    assert changed["prospects"]["name"] == "Ada Lee"
    assert changed["prospects"]["emails"] == ["ada@acme.example"]
    assert (changed["opportunities"]["name"], changed["opportunities"]["amount"]) == ("Acme", 5)
    assert (changed["webhooks"]["resource"], changed["webhooks"]["active"]) == ("prospect", False)
    assert flat(after["users"][-1]) == changed["users"]
    [spare] = after["stages"][len(before["stages"]) :]
    assert spare["attributes"].items() >= {"name": "Spare", "order": 3, "color": "#5951ff"}.items()
    moved = [one["relationships"]["stage"]["data"] for one in after["prospects"][4:6]]
    assert moved == [{"type": "stage", "id": spare["id"]}, None]
    assert len(after["prospects"]) == len(before["prospects"])


def test_outreach_refuses(run: Run) -> None:
    refused = run("outreach.mjs", Source.OUTREACH)["refused"]
    assert {name: (one["status"], one["errors"][0]["id"]) for name, one in refused.items()} == {
        "wrong_token": (401, "unauthorized"),
        "unknown_id": (404, "resourceNotFound"),
        "no_id": (404, "resourceNotFound"),
        "no_filter": (422, "validationError"),
        "no_include": (422, "validationError"),
        "no_name": (422, "validationError"),
        "no_such_type": (422, "validationError"),
        "unknown_stage": (404, "resourceNotFound"),
        "in_use": (422, "validationError"),
    }
    pointers = [one["source"]["pointer"] for one in refused["no_name"]["errors"]]
    assert pointers == ["/data/attributes/name", "/data/attributes/order"]
    assert (
        refused["unknown_id"]["errors"][0]["detail"] == "Could not find 'stage' with ID '999999'."
    )
