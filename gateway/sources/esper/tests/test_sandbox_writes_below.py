"""What is below target lists, stages and pipelines is written in the vendor's words."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from gateway.sources.esper.tests.asking_sandbox import (
    Row,
    applied,
    at_rest,
    by_id,
    content,
    of,
    refusal,
    rows,
    running,
    sandbox_client,
)
from tests.fixtures import Sandbox

NOBODY = "00000000-0000-4000-8000-000000000000"
DEVICE = "11111111-1111-4111-8111-111111111111"
REQUIRED = "This field is required."
NO_ID = "Must be a valid UUID."


@pytest.fixture
def http(sandbox: Sandbox) -> Iterator[httpx.Client]:
    with sandbox_client(sandbox) as client:
        yield client


def a_list(sandbox: Sandbox, kind: str) -> tuple[str, str]:
    """Return the path and the id of a target list of a type."""
    found = next(
        one for one in rows(sandbox, "target_lists") if one["target_list_type"] == kind.upper()
    )
    return f"/pipelines/{found['pipeline_id']}/targetlists/{found['id']}/", found["id"]


def test_targets_are_made_changed_and_deleted(sandbox: Sandbox, http: httpx.Client) -> None:
    path, holder = a_list(sandbox, "devices")
    path += "targets/"
    before = rows(sandbox, "targets")
    body = {"device_id": DEVICE, "device_name": "NWD-1"}
    made = content(http.post(path, json=body))
    whole = {**body, "target_list_id": holder, "device_alias": None, "is_active": True}
    assert made == {**made, **whole}
    assert set(made) == set(before[0])
    body = {**body, "device_alias": "Lab", "is_active": False}
    assert content(http.put(f"{path}{made['id']}/", json=body)) == {
        **content(http.get(f"{path}{made['id']}/")),
        **body,
    }
    assert content(http.delete(f"{path}{made['id']}/"))["id"] == made["id"]
    assert rows(sandbox, "targets") == before
    assert applied(sandbox) == 3


def test_a_target_needs_a_device(sandbox: Sandbox, http: httpx.Client) -> None:
    path, _ = a_list(sandbox, "devices")
    path += "targets/"
    told = {"device_id": REQUIRED, "device_name": REQUIRED}
    assert refusal(http.post(path, json={})) == told
    body: Row = {"device_id": 7, "device_name": "x", "is_active": "yes"}
    told = {"device_id": NO_ID, "is_active": "Must be a valid boolean."}
    assert refusal(http.post(path, json=body)) == told
    sandbox.turn("esper.device_name", "optional")
    assert content(http.post(path, json={"device_id": DEVICE}))["device_name"] is None


def test_groups_are_added_and_taken_away(sandbox: Sandbox, http: httpx.Client) -> None:
    path, holder = a_list(sandbox, "groups")
    path += "devicegroups/"
    before = sandbox.state("esper")
    known = before["device_groups"][0]
    answer = http.post(path, json={"device_group_id": known["device_group_id"]})
    made = answer.json()  # as the reference prints it, without the envelope
    assert (answer.status_code, made["target_list_id"]) == (200, holder)
    assert set(made) == set(known)
    assert made in content(http.get(path))["results"]
    devices = [one for one in before["group_devices"] if one["group_id"] == known["id"]]
    shown = content(http.get(f"{path}{made['id']}/devices/"))["results"]
    assert [one["device_id"] for one in shown] == [one["device_id"] for one in devices]
    assert content(http.delete(f"{path}{made['id']}/")) == []
    assert sandbox.state("esper") == before
    assert refusal(http.post(path, json={"device_group_id": "x"})) == {"device_group_id": NO_ID}
    assert applied(sandbox) == 2


def test_operations_are_made_and_deleted(sandbox: Sandbox, http: httpx.Client) -> None:
    before = sandbox.state("esper")
    stage = before["stages"][0]
    path = f"/stages/{stage['id']}/operationlists/"
    made = content(http.post(path, json={"name": "x", "pipeline_id": stage["pipeline_id"]}))
    assert (made["description"], made["pipeline_id"]) == (None, stage["pipeline_id"])
    assert made in content(http.get(path))["results"]
    assert content(http.post(path, json={"name": "y"}))["pipeline_id"] == stage["pipeline_id"]
    below = f"/operationlists/{made['id']}/operations/"
    body = {"operation_type": "APP_INSTALL", "args": {"version_code": "7"}}
    one = content(http.post(below, json=body))
    assert one == {**one, **body, "operation_list_id": made["id"]}
    assert set(one) == set(before["operations"][0])
    assert content(http.get(f"{below}{one['id']}/")) == one
    assert content(http.delete(f"{below}{one['id']}/")) == one
    assert rows(sandbox, "operations") == before["operations"]
    told = {"pipeline_id": "The stage is of another pipeline."}
    assert refusal(http.post(path, json={"name": "x", "pipeline_id": NOBODY})) == told
    told = {"args": 'Expected a dictionary of items but got type "list".'}
    assert refusal(http.post(below, json={"operation_type": "x", "args": []})) == told


def runs_of(sandbox: Sandbox, pipeline: str) -> list[Row]:
    return of(sandbox, "runs", pipeline)


def held(sandbox: Sandbox, kind: str, name: str, holder: str) -> list[Row]:
    return [one for one in rows(sandbox, kind) if one[name] == holder]


def test_a_run_is_started_and_cancelled(sandbox: Sandbox, http: httpx.Client) -> None:
    pipeline = at_rest(sandbox)
    path = f"/pipelines/{pipeline}/runs/"
    seeded = rows(sandbox, "runs")[0]
    run = content(http.post(path))
    assert (run["run_number"], run["status"], set(run)) == (1, "queued", set(seeded))
    its = held(sandbox, "stage_runs", "pipeline_run_id", run["id"])
    assert [one["stage_id"] for one in its] == [
        one["id"] for one in of(sandbox, "stages", pipeline)
    ]
    assert [one["status"] for one in its] == ["queued"] + ["pending"] * (len(its) - 1)
    assert refusal(http.post(path, json={})) == "The pipeline has an active run."
    assert refusal(http.put(f"{path}{run['id']}/", json={"status": "RUNNING"})) == {
        "status": '"RUNNING" is not a valid choice.'
    }
    assert refusal(http.put(f"{path}{run['id']}/", json={})) == {"status": REQUIRED}
    ended = content(http.put(f"{path}{run['id']}/", json={"status": "CANCELLED"}))
    assert ended["status"] == "cancelled"
    assert ended["ended_at"] is not None
    assert content(http.get(f"{path}{run['id']}/")) == ended
    its = held(sandbox, "stage_runs", "pipeline_run_id", run["id"])
    assert {one["status"] for one in its} == {"cancelled"}
    told = {"status": "It has ended: cancelled."}
    assert refusal(http.put(f"{path}{run['id']}/", json={"status": "CANCELLED"})) == told
    assert content(http.post(path))["run_number"] == 2
    assert applied(sandbox) == 3


def test_what_went_well_stays_when_a_run_is_cancelled(sandbox: Sandbox, http: httpx.Client) -> None:
    run = next(one for one in rows(sandbox, "runs") if one["status"] == "waiting")
    its = held(sandbox, "stage_runs", "pipeline_run_id", run["id"])
    path = f"/pipelines/{run['pipeline_id']}/runs/{run['id']}/"
    content(http.put(path, json={"status": "CANCELLED"}))
    now = by_id(sandbox, "stage_runs")
    for one in its:
        is_over = one["status"] not in {"pending", "queued", "running"}
        assert now[one["id"]]["status"] == (one["status"] if is_over else "cancelled")


def test_a_stage_is_promoted_or_cancelled(sandbox: Sandbox, http: httpx.Client) -> None:
    run = next(one for one in rows(sandbox, "runs") if one["status"] == "waiting")
    its = held(sandbox, "stage_runs", "pipeline_run_id", run["id"])
    done, waits = (
        next(one for one in its if one["status"] == status) for status in ("success", "pending")
    )
    path = f"/runs/{run['id']}/stageruns/"
    told = {"status": "It has ended: success."}
    assert refusal(http.put(f"{path}{done['id']}/", json={"status": "QUEUED"})) == told
    assert (
        content(http.put(f"{path}{waits['id']}/", json={"status": "QUEUED"}))["status"] == "queued"
    )
    assert by_id(sandbox, "runs")[run["id"]]["status"] == "running"
    told = {"status": "Only a pending stage run can be queued."}
    assert refusal(http.put(f"{path}{waits['id']}/", json={"status": "QUEUED"})) == told
    ended = content(http.put(f"{path}{waits['id']}/", json={"status": "cancelled"}))
    assert ended["status"] == "cancelled"
    assert applied(sandbox) == 2


def test_target_runs_are_added_and_changed(sandbox: Sandbox, http: httpx.Client) -> None:
    seeded = rows(sandbox, "target_runs")[0]
    path = f"/stageruns/{seeded['stage_run_id']}/targetruns/"
    body: Row = {"device_id": DEVICE, "stage_run_operation_id": NOBODY}
    made = content(http.post(path, json=body))
    assert made == {**made, **body, "status": "queued"}
    assert set(made) == set(seeded)
    body = {"status": "RUNNING", "command_status": "Command Initiated"}
    changed = content(http.put(f"{path}{made['id']}/", json=body))
    assert (changed["status"], changed["device_id"]) == ("running", DEVICE)
    assert changed in content(http.get(path, params={"limit": 100}))["results"]
    told = {"status": '"gone" is not a valid choice.'}
    assert refusal(http.put(f"{path}{made['id']}/", json={"status": "gone"})) == told
    assert applied(sandbox) == 2


def test_what_does_not_exist_is_not_written(sandbox: Sandbox, http: httpx.Client) -> None:
    path, _ = a_list(sandbox, "devices")
    run = rows(sandbox, "stage_runs")[0]["pipeline_run_id"]
    body: dict[str, Any] = {"status": "CANCELLED", "name": "x"}
    elsewhere = path.replace(path.split("/")[2], rows(sandbox, "pipelines")[-1]["id"])
    for method, place in (
        ("POST", f"{elsewhere}targets/"),
        ("PUT", f"{path}targets/{NOBODY}/"),
        ("DELETE", f"{path}targets/{NOBODY}/"),
        ("POST", f"/pipelines/{running(sandbox)}/targetlists/{NOBODY}/devicegroups/"),
        ("DELETE", f"{path}devicegroups/{NOBODY}/"),
        ("POST", f"/stages/{NOBODY}/operationlists/"),
        ("POST", f"/operationlists/{NOBODY}/operations/"),
        ("DELETE", f"/operationlists/{NOBODY}/operations/{NOBODY}/"),
        ("POST", f"/pipelines/{NOBODY}/runs/"),
        ("PUT", f"/pipelines/{at_rest(sandbox)}/runs/{run}/"),
        ("PUT", f"/runs/{run}/stageruns/{NOBODY}/"),
        ("PUT", f"/runs/{NOBODY}/stageruns/{NOBODY}/"),
        ("POST", f"/stageruns/{NOBODY}/targetruns/"),
        ("PUT", f"/stageruns/{NOBODY}/targetruns/{NOBODY}/"),
    ):
        answer = http.request(method, place, json=body)
        assert refusal(answer, 404) == "Not found.", place
    assert applied(sandbox) == 0
