"""What is below pipelines, stages and target lists, in the vendor's words."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from gateway.sources.esper.sandbox import EMULATOR
from tests.fixtures import Sandbox, plain_http

NOBODY = "00000000-0000-4000-8000-000000000000"

Row = dict[str, Any]


@pytest.fixture
def http(sandbox: Sandbox) -> Iterator[httpx.Client]:
    with plain_http(
        sandbox.origin + EMULATOR.prefix, headers={"Authorization": "Bearer sandbox"}
    ) as client:
        yield client


def content(response: httpx.Response) -> Any:
    assert response.status_code == 200, response.text
    assert set(response.json()) == {"code", "message", "content"}
    return response.json()["content"]


def listed(http: httpx.Client, path: str, **params: Any) -> list[Row]:
    return content(http.get(path, params={"limit": 1000, **params}))["results"]


def having(rows: list[Row], name: str, value: object) -> list[Row]:
    return [one for one in rows if one[name] == value]


def without(row: Row, name: str) -> Row:
    return {key: one for key, one in row.items() if key != name}


BELOW = {
    "targets": (
        "target_list_id",
        "target_lists",
        "/pipelines/{pipeline_id}/targetlists/{id}/targets/",
    ),
    "device_groups": (
        "target_list_id",
        "target_lists",
        "/pipelines/{pipeline_id}/targetlists/{id}/devicegroups/",
    ),
    "operations": ("operation_list_id", "operation_lists", "/operationlists/{id}/operations/"),
    "runs": ("pipeline_id", "pipelines", "/pipelines/{id}/runs/"),
    "stage_runs": ("pipeline_run_id", "runs", "/runs/{id}/stageruns/"),
    "target_runs": ("stage_run_id", "stage_runs", "/stageruns/{id}/targetruns/"),
}
"""What names its owner, the owner's kind, and the list's path made of the owner."""


@pytest.mark.parametrize("kind", BELOW)
def test_lists_and_gets_are_as_the_state_has_them(
    kind: str, sandbox: Sandbox, http: httpx.Client
) -> None:
    state, (name, owners, path) = sandbox.state("esper"), BELOW[kind]
    found: list[Row] = []
    for owner in state[owners]:
        theirs = listed(http, path.format(**owner))
        assert theirs == having(state[kind], name, owner["id"])
        for one in theirs[-1:]:
            answer = http.get(path.format(**owner) + one["id"])
            if kind == "device_groups":  # none is got by itself
                assert answer.status_code == 404
            else:
                assert content(answer) == one
        found += theirs
    assert found == state[kind]
    assert found


def test_operation_lists_and_devices_do_not_tell_whose_they_are(
    sandbox: Sandbox, http: httpx.Client
) -> None:
    state = sandbox.state("esper")
    for stage in state["stages"]:
        theirs = having(state["operation_lists"], "stage_id", stage["id"])
        assert listed(http, f"/stages/{stage['id']}/operationlists/") == [
            without(one, "stage_id") for one in theirs
        ]
    lists = {one["id"]: one["pipeline_id"] for one in state["target_lists"]}
    for group in state["device_groups"]:
        of = group["target_list_id"]
        path = f"/pipelines/{lists[of]}/targetlists/{of}/devicegroups/{group['id']}/devices/"
        theirs = having(state["group_devices"], "group_id", group["id"])
        assert listed(http, path) == [without(one, "group_id") for one in theirs]


def test_target_lists_hold_what_they_are_of(sandbox: Sandbox) -> None:
    state = sandbox.state("esper")
    kinds = {one["id"]: one["target_list_type"] for one in state["target_lists"]}
    assert {kinds[one["target_list_id"]] for one in state["targets"]} == {"DEVICES"}
    assert {kinds[one["target_list_id"]] for one in state["device_groups"]} == {"GROUPS"}
    assert {one["is_active"] for one in state["targets"]} == {True, False}
    assert None in {one["device_alias"] for one in state["targets"]}


def test_runs_are_told_as_the_vendor_means_their_states(sandbox: Sandbox) -> None:
    state = sandbox.state("esper")
    on = {"pending", "queued", "processing", "running", "waiting"}
    for pipeline in state["pipelines"]:
        runs = having(state["runs"], "pipeline_id", pipeline["id"])
        assert [one["run_number"] for one in runs] == list(range(1, len(runs) + 1))
        assert all(one["status"] not in on for one in runs[:-1])
    for run in state["runs"]:
        stage_runs = having(state["stage_runs"], "pipeline_run_id", run["id"])
        stages = having(state["stages"], "pipeline_id", run["pipeline_id"])
        assert [one["stage_id"] for one in stage_runs] == [one["id"] for one in stages]
        told = {one["status"] for one in stage_runs}
        assert (run["status"] == "success") is (
            told <= {"success", "invalid"} and "success" in told
        )
        assert run["status"] in told | {"success", "waiting"}
    for one in state["stage_runs"]:
        its = {each["status"] for each in having(state["target_runs"], "stage_run_id", one["id"])}
        assert one["status"] != "success" or its == {"success"}
        assert one["status"] not in {"failure", "timeout", "running"} or one["status"] in its
        assert one["status"] not in {"pending", "invalid"} or not its
    for one in (*state["runs"], *state["stage_runs"], *state["target_runs"]):
        assert one["created_at"] <= one["updated_at"]
        assert one["status"] == one["status"].lower()
        assert (one["ended_at"] is None) is (one["status"] in on | {"dispatched"})


def test_runs_of_the_enterprise_are_chosen_and_ordered(
    sandbox: Sandbox, http: httpx.Client
) -> None:
    state = sandbox.state("esper")
    runs = state["runs"]
    assert listed(http, "/runs") == runs
    for word in {one["status"] for one in runs} | {"complete"}:
        chosen = having(runs, "status", word)
        assert listed(http, "/runs", status=word) == chosen
        assert listed(http, "/runs", status=word.upper()) == chosen
    name = {one["id"]: one["name"] for one in state["pipelines"]}[runs[0]["pipeline_id"]]
    own = having(runs, "pipeline_id", runs[0]["pipeline_id"])
    assert 0 < len(own) < len(runs)
    assert listed(http, "/runs", pipeline_name=name) == own
    assert listed(http, "/runs", pipeline_name="nothing") == []
    latest = sorted(runs, key=lambda one: one["created_at"], reverse=True)
    latest.sort(key=lambda one: one["run_number"])
    assert listed(http, "/runs", ordering="run_number,-created_at") == latest
    assert listed(http, "/runs", ordering="nothing") == runs
    ended = [one for one in runs if one["ended_at"]]
    ended.sort(key=lambda one: one["ended_at"])
    assert listed(http, "/runs", ordering="ended_at")[: len(ended)] == ended


def test_stage_and_target_runs_are_chosen(sandbox: Sandbox, http: httpx.Client) -> None:
    state = sandbox.state("esper")
    run = state["stage_runs"][0]["pipeline_run_id"]
    stage_runs = having(state["stage_runs"], "pipeline_run_id", run)
    for word in {one["status"] for one in stage_runs}:
        chosen = having(stage_runs, "status", word)
        assert listed(http, f"/runs/{run}/stageruns/", status=word.title()) == chosen
    [number] = {
        one["stage_run_id"] for one in having(state["target_runs"], "status", "running")[:1]
    }
    path, theirs = (
        f"/stageruns/{number}/targetruns/",
        having(state["target_runs"], "stage_run_id", number),
    )
    assert listed(http, path, status="RUNNING") == having(theirs, "status", "running")
    for operation in {one["stage_run_operation_id"] for one in theirs}:
        chosen = having(theirs, "stage_run_operation_id", operation)
        assert listed(http, path, stage_run_operation_id=operation) == chosen
    assert listed(http, path, stage_run_operation_id=NOBODY) == []
    by_device = sorted(theirs, key=lambda one: one["device_id"], reverse=True)
    assert listed(http, path, ordering="-device_id") == by_device


@pytest.mark.parametrize(
    ("path", "word"),
    [
        ("/runs/", "dispatched"),
        ("/runs/", ""),
        ("/runs/{run}/stageruns/", "waiting"),
        ("/stageruns/{stage_run}/targetruns/", "waiting"),
        ("/stageruns/{stage_run}/targetruns/", "running,success"),
    ],
)
def test_a_word_that_is_no_state_is_refused(
    path: str, word: str, sandbox: Sandbox, http: httpx.Client
) -> None:
    sandbox.turn("esper.errors", "drf")
    one = sandbox.state("esper")["stage_runs"][0]
    path = path.format(run=one["pipeline_run_id"], stage_run=one["id"])
    answer = http.get(path, params={"status": word})
    assert (answer.status_code, list(answer.json())) == (400, ["status"])


def test_lists_go_by_pages_and_runs_always(sandbox: Sandbox, http: httpx.Client) -> None:
    state = sandbox.state("esper")
    runs = content(http.get("/runs/"))
    assert (runs["count"], len(runs["results"])) == (len(state["runs"]), 20)
    assert runs["results"] + content(http.get(runs["next"]))["results"] == state["runs"]
    path = f"/runs/{state['runs'][0]['id']}/stageruns/"
    stage = state["operation_lists"][0]["stage_id"]
    operation_lists = f"/stages/{stage}/operationlists/?offset=1"
    assert content(http.get(operation_lists))["results"] == []
    sandbox.turn("esper.stage_paging", "whole")
    assert len(content(http.get(operation_lists))["results"]) == 1
    assert len(content(http.get(path, params={"limit": 2}))["results"]) == 2
    sandbox.turn("esper.max_limit", "refused")
    assert http.get("/runs/", params={"limit": 21}).status_code == 400


def test_what_does_not_exist_is_404_or_empty(sandbox: Sandbox, http: httpx.Client) -> None:
    state = sandbox.state("esper")
    target = state["targets"][0]
    lists = {one["id"]: one["pipeline_id"] for one in state["target_lists"]}
    own = lists[target["target_list_id"]]
    other = next(one["id"] for one in state["pipelines"] if one["id"] != own)
    below = f"targetlists/{target['target_list_id']}"
    group = state["device_groups"][0]["id"]
    run, stage_run = state["runs"][0]["id"], state["runs"][-1]["id"]
    empty = (f"/pipelines/{NOBODY}/runs/", f"/stages/{NOBODY}/operationlists/")
    for path in (
        *empty,
        f"/pipelines/{other}/{below}/targets/",
        f"/pipelines/{other}/{below}/targets/{target['id']}/",
        f"/pipelines/{own}/{below}/targets/{NOBODY}/",
        f"/pipelines/{own}/targetlists/{NOBODY}/devicegroups/",
        f"/pipelines/{own}/{below}/devicegroups/{group}/devices/",
        f"/operationlists/{NOBODY}/operations/",
        f"/pipelines/{NOBODY}/runs/{run}/",
        f"/runs/{NOBODY}/stageruns/",
        f"/runs/{run}/stageruns/{stage_run}/",
        f"/stageruns/{NOBODY}/targetruns/",
        f"/runs/{run}/",
    ):
        assert http.get(path).status_code == 404, path
    sandbox.turn("esper.unknown_pipeline", "empty")
    sandbox.turn("esper.unknown_stage", "empty")
    for path in empty:
        assert listed(http, path) == []
    assert http.get(f"/runs/{NOBODY}/stageruns/").status_code == 404
