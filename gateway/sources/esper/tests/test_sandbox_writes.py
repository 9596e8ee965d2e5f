"""Pipelines, stages and target lists are written in the vendor's words."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from gateway.sources.esper.sandbox import EMULATOR
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
REQUIRED = "This field is required."
NULL = "This field may not be null."
BLANK = "This field may not be blank."
NO_TEXT = "Not a valid string."
NO_NUMBER = "A valid integer is required."
LONG = "Ensure this field has no more than 255 characters."
RUNNING = "The pipeline has an active run."


@pytest.fixture
def http(sandbox: Sandbox) -> Iterator[httpx.Client]:
    with sandbox_client(sandbox) as client:
        yield client


def a_stage(sandbox: Sandbox, pipeline: str | None = None) -> tuple[str, Row]:
    """Return the path and the state of a stage that has everything."""
    found = of(sandbox, "stages", pipeline or at_rest(sandbox))
    one = next(each for each in found if each["description"] and each["timeout_seconds"])
    return f"/pipelines/{one['pipeline_id']}/stages/{one['id']}/", one


def is_now(text: str) -> bool:
    time = datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)
    return abs(datetime.now(UTC) - time) < timedelta(minutes=1)


def kinds(sandbox: Sandbox) -> list[tuple[str, str, Row]]:
    """Return the kind, the list's path and a whole body of all that is created and changed."""
    pipeline = at_rest(sandbox)
    return [
        ("pipelines", "/pipelines/", {"name": "New", "description": "A new one."}),
        (
            "stages",
            f"/pipelines/{pipeline}/stages/",
            {"name": "New", "description": "A new one.", "timeout_seconds": 60},
        ),
        (
            "target_lists",
            f"/pipelines/{pipeline}/targetlists/",
            {"name": "New", "target_list_type": "GROUPS"},
        ),
    ]


def test_what_is_created_stands_last_and_is_got(sandbox: Sandbox, http: httpx.Client) -> None:
    for kind, path, body in kinds(sandbox):
        before = rows(sandbox, kind)
        made = content(http.post(path, json=body))
        assert made == {**made, **body}
        assert set(made) == set(before[0])
        assert made["id"] not in {one["id"] for one in before}
        assert is_now(made["created_at"])
        assert (made["updated_at"], made["updated_by"]) == (made["created_at"], None)
        assert isinstance(made["created_by"], int)
        assert content(http.get(f"{path}{made['id']}/")) == made
        assert content(http.get(path, params={"limit": 100}))["results"][-1] == made
        again = content(http.post(path, json=body))
        assert again["id"] != made["id"]
        after = by_id(sandbox, kind)
        assert after == {one["id"]: one for one in (*before, made, again)}
    assert applied(sandbox) == 6


def test_only_names_and_types_are_needed(sandbox: Sandbox, http: httpx.Client) -> None:
    for _, path, body in kinds(sandbox)[:2]:
        made = content(http.post(path, json={"name": "Only a name", "surprise": 1}))
        assert [made[name] for name in body] == ["Only a name", *[None] * (len(body) - 1)]
        assert "surprise" not in made


def test_a_new_pipeline_holds_what_is_put_into_it(sandbox: Sandbox, http: httpx.Client) -> None:
    pipeline = content(http.post("/pipelines/", json={"name": "New"}))["id"]
    for below in ("stages", "targetlists", "runs"):
        assert content(http.get(f"/pipelines/{pipeline}/{below}/"))["results"] == []
    stage = content(http.post(f"/pipelines/{pipeline}/stages/", json={"name": "First"}))["id"]
    for below in ("targetlists", "operationlists"):
        assert content(http.get(f"/stages/{stage}/{below}/"))["results"] == []


def test_ids_are_the_same_after_every_reset(sandbox: Sandbox, http: httpx.Client) -> None:
    def made() -> str:
        return content(http.post("/pipelines/", json={"name": "New"}))["id"]

    first = [made(), made()]
    sandbox.reset()
    assert [made(), made()] == first
    sandbox.reset()
    assert not set(first) & set(by_id(sandbox, "pipelines"))


@pytest.mark.parametrize("position", EMULATOR.positions["created"])
def test_creates_answer_one_status(sandbox: Sandbox, http: httpx.Client, position: str) -> None:
    sandbox.turn("esper.created", position)
    for _, path, body in kinds(sandbox):
        content(http.post(path, json=body), int(position))
    path, _ = a_stage(sandbox)
    content(http.put(path, json={"name": "x"}))


@pytest.mark.parametrize("position", EMULATOR.positions["code"])
def test_the_code_is_as_the_switch_says(
    sandbox: Sandbox, http: httpx.Client, position: str
) -> None:
    sandbox.turn("esper.code", position)
    codes = {"zero": (0, 0), "status": (200, 400), "nonzero": (1, 0)}[position]
    good, bad = (http.post("/pipelines/", json={"name": name}) for name in ("New", ""))
    assert (good.json()["code"], bad.json()["code"]) == codes


def test_a_whole_put_changes_what_is_sent_and_tells_when(
    sandbox: Sandbox, http: httpx.Client
) -> None:
    for kind, path, body in kinds(sandbox):
        before = by_id(sandbox, kind)
        pipeline = at_rest(sandbox)
        one = next(
            each for each in before.values() if pipeline in {each.get("pipeline_id"), each["id"]}
        )
        changed = content(http.put(f"{path}{one['id']}/", json=body))
        assert changed == {
            **one,
            **body,
            "updated_at": changed["updated_at"],
            "updated_by": changed["updated_by"],
        }
        assert is_now(changed["updated_at"])
        assert isinstance(changed["updated_by"], int)
        assert by_id(sandbox, kind) == {**before, one["id"]: changed}
        assert list(by_id(sandbox, kind)) == list(before)


def test_a_put_clears_what_it_leaves_out_or_leaves_it(sandbox: Sandbox, http: httpx.Client) -> None:
    path, one = a_stage(sandbox)
    assert refusal(http.put(path, json={"timeout_seconds": 1})) == {"name": REQUIRED}
    changed = content(http.put(path, json={"name": "Other", "timeout_seconds": 1}))
    assert (changed["description"], changed["timeout_seconds"]) == (None, 1)
    sandbox.reset()
    sandbox.turn("esper.put", "merge")
    changed = content(http.put(path, json={"timeout_seconds": 1}))
    assert (changed["name"], changed["description"]) == (one["name"], one["description"])
    assert content(http.put(path, json={}))["timeout_seconds"] == 1
    pipeline = f"/pipelines/{one['pipeline_id']}/"
    kept = content(http.put(pipeline, json={"description": "Other"}))
    assert kept["name"] == by_id(sandbox, "pipelines")[one["pipeline_id"]]["name"]


def test_null_clears_or_is_refused(sandbox: Sandbox, http: httpx.Client) -> None:
    path, one = a_stage(sandbox)
    cleared = {"name": one["name"], "description": None, "timeout_seconds": None}
    changed = content(http.put(path, json=cleared))
    assert changed == {**changed, **cleared}
    sandbox.turn("esper.null", "refused")
    refused = {"description": NULL, "timeout_seconds": NULL}
    assert refusal(http.put(path, json=cleared)) == refused
    assert refusal(http.post(f"{path[:-37]}", json=cleared)) == refused


WRONG: list[tuple[Any, Any]] = [
    ({}, {"name": REQUIRED}),
    ({"name": None}, {"name": NULL}),
    ({"name": ""}, {"name": BLANK}),
    ({"name": " \t"}, {"name": BLANK}),
    ({"name": 5}, {"name": NO_TEXT}),
    ({"name": ["x"]}, {"name": NO_TEXT}),
    ({"name": "x" * 256}, {"name": LONG}),
    ({"name": "x", "description": 5}, {"description": NO_TEXT}),
    ({"name": "x", "timeout_seconds": "5"}, {"timeout_seconds": NO_NUMBER}),
    ({"name": "x", "timeout_seconds": True}, {"timeout_seconds": NO_NUMBER}),
    ({"name": "x", "timeout_seconds": 1.5}, {"timeout_seconds": NO_NUMBER}),
    (
        {"name": "x", "timeout_seconds": 2**31},
        {"timeout_seconds": "Ensure this value is less than or equal to 2147483647."},
    ),
    (
        {"name": "x", "timeout_seconds": -(2**31) - 1},
        {"timeout_seconds": "Ensure this value is greater than or equal to -2147483648."},
    ),
    ({"name": "", "timeout_seconds": "x"}, {"name": BLANK, "timeout_seconds": NO_NUMBER}),
    ([], {"non_field_errors": "Invalid data. Expected a dictionary, but got list."}),
    (None, {"non_field_errors": "Invalid data. Expected a dictionary, but got NoneType."}),
]


@pytest.mark.parametrize(("body", "told"), WRONG)
def test_a_wrong_stage_is_neither_made_nor_changed(
    sandbox: Sandbox, http: httpx.Client, body: Any, told: Any
) -> None:
    path, one = a_stage(sandbox)
    before = sandbox.state("esper")
    sent: Any = {"content": json.dumps(body), "headers": {"Content-Type": "application/json"}}
    assert refusal(http.post(f"/pipelines/{one['pipeline_id']}/stages/", **sent)) == told
    assert refusal(http.put(path, **sent)) == told
    assert sandbox.state("esper") == before
    assert applied(sandbox) == 0


def test_what_is_no_json_is_refused(sandbox: Sandbox, http: httpx.Client) -> None:
    typed = {"Content-Type": "application/json; charset=utf-8"}
    answer = http.post("/pipelines/", content=b'{"name', headers=typed)
    assert refusal(answer).startswith("JSON parse error - ")
    assert refusal(http.post("/pipelines/")) == {"name": REQUIRED}
    other = http.post("/pipelines/", content=b"name=x", headers={"Content-Type": "text/plain"})
    assert refusal(other, 415) == 'Unsupported media type "text/plain" in request.'
    content(http.post("/pipelines/", content=b'{"name": "x"}', headers=typed))
    assert applied(sandbox) == 1


def test_each_shape_of_a_refusal(sandbox: Sandbox, http: httpx.Client) -> None:
    path, _ = a_stage(sandbox)
    body = {"name": "", "timeout_seconds": "x"}
    sandbox.turn("esper.errors", "manage")
    words = [f"name: {BLANK}", f"timeout_seconds: {NO_NUMBER}"]
    told = {"errors": words, "message": "Invalid input.", "status": 400}
    assert http.put(path, json=body).json() == told
    sandbox.turn("esper.errors", "drf")
    told = {"name": [BLANK], "timeout_seconds": [NO_NUMBER]}
    assert http.put(path, json=body).json() == told


def test_long_names_and_spaces_are_as_the_switches_say(
    sandbox: Sandbox, http: httpx.Client
) -> None:
    long = {"name": "x" * 256}
    assert refusal(http.post("/pipelines/", json=long)) == {"name": LONG}
    content(http.post("/pipelines/", json={"name": "x" * 255}))
    sandbox.turn("esper.longest_name", "none")
    content(http.post("/pipelines/", json=long))
    spaced = {"name": " x ", "description": " "}
    made = content(http.post("/pipelines/", json=spaced))
    assert (made["name"], made["description"]) == (" x ", " ")
    sandbox.turn("esper.texts", "trimmed")
    made = content(http.post("/pipelines/", json=spaced))
    assert (made["name"], made["description"]) == ("x", "")


@pytest.mark.parametrize("position", EMULATOR.positions["deleted"])
def test_a_deleted_stage_takes_along_what_is_of_it(
    sandbox: Sandbox, http: httpx.Client, position: str
) -> None:
    sandbox.turn("esper.deleted", position)
    sandbox.turn("esper.delete_running", "done")
    path, one = a_stage(sandbox, running(sandbox))
    before = sandbox.state("esper")
    told = content(http.delete(path))
    assert told == (one if position == "told" else {})
    after = sandbox.state("esper")
    gone = {one["id"]}
    for kind, owner in (
        ("stages", "id"),
        ("attachments", "stage_id"),
        ("operation_lists", "stage_id"),
        ("operations", "operation_list_id"),
        ("stage_runs", "stage_id"),
        ("target_runs", "stage_run_id"),
    ):
        rest = [each for each in before[kind] if each[owner] not in gone]
        assert after[kind] == rest, kind
        gone |= {each["id"] for each in before[kind] if each[owner] in gone and "id" in each}
    assert after["pipelines"] == before["pipelines"]
    assert after["target_lists"] == before["target_lists"]
    assert http.get(path).status_code == 404
    assert http.delete(path).status_code == 404
    assert applied(sandbox) == 1


def test_a_deleted_pipeline_takes_all_of_its_own(sandbox: Sandbox, http: httpx.Client) -> None:
    sandbox.turn("esper.delete_running", "done")
    pipeline = running(sandbox)
    before = sandbox.state("esper")
    assert content(http.delete(f"/pipelines/{pipeline}"))["id"] == pipeline
    after = sandbox.state("esper")
    gone = {pipeline}
    for kind, owners in (
        ("pipelines", ("id",)),
        ("stages", ("pipeline_id",)),
        ("target_lists", ("pipeline_id",)),
        ("attachments", ("stage_id",)),
        ("targets", ("target_list_id",)),
        ("device_groups", ("target_list_id",)),
        ("group_devices", ("group_id",)),
        ("operation_lists", ("stage_id",)),
        ("operations", ("operation_list_id",)),
        ("runs", ("pipeline_id",)),
        ("stage_runs", ("pipeline_run_id",)),
        ("target_runs", ("stage_run_id",)),
    ):
        lost = [one for one in before[kind] if any(one[owner] in gone for owner in owners)]
        assert after[kind] == [one for one in before[kind] if one not in lost], kind
        gone |= {one["id"] for one in lost if "id" in one}
    for path in (f"/pipelines/{pipeline}/", f"/pipelines/{pipeline}/stages/"):
        assert http.get(path).status_code == 404
    content(http.get("/runs/", params={"limit": 100, "pipeline_name": "x"}))


@pytest.mark.parametrize("status", EMULATOR.positions["business_errors"])
def test_what_runs_is_not_deleted(sandbox: Sandbox, http: httpx.Client, status: str) -> None:
    sandbox.turn("esper.business_errors", status)
    pipeline = running(sandbox)
    path, _ = a_stage(sandbox, pipeline)
    before = sandbox.state("esper")
    assert refusal(http.delete(path), int(status)) == RUNNING
    assert refusal(http.delete(f"/pipelines/{pipeline}/"), int(status)) == RUNNING
    assert sandbox.state("esper") == before
    assert applied(sandbox) == 0
    assert refusal(http.put(path, json={}), int(status)) == {"name": REQUIRED}
    assert refusal(http.post("/pipelines/", json={})) == {"name": REQUIRED}
    assert http.put(path, content=b"x", headers={"Content-Type": "a/b"}).status_code == 415


def test_what_does_not_exist_is_not_written(sandbox: Sandbox, http: httpx.Client) -> None:
    path, one = a_stage(sandbox)
    pipeline = one["pipeline_id"]
    other = next(each for each in by_id(sandbox, "pipelines") if each != pipeline)
    lists = of(sandbox, "target_lists", pipeline)
    body = {"name": "x", "target_list_type": "GROUPS"}
    for method, place in (
        ("PUT", f"/pipelines/{NOBODY}/"),
        ("DELETE", f"/pipelines/{NOBODY}/"),
        ("POST", f"/pipelines/{NOBODY}/stages/"),
        ("POST", f"/pipelines/{NOBODY}/targetlists/"),
        ("PUT", path.replace(pipeline, other)),
        ("DELETE", path.replace(pipeline, other)),
        ("PUT", f"/pipelines/{pipeline}/stages/{NOBODY}/"),
        ("PUT", f"/pipelines/{other}/targetlists/{lists[0]['id']}/"),
        ("DELETE", f"/pipelines/{pipeline}/targetlists/{NOBODY}/"),
        ("PATCH", path),
    ):
        answer = http.request(method, place, json=body)
        assert refusal(answer, 404) == "Not found.", place
    assert applied(sandbox) == 0


@pytest.mark.parametrize("when", ["before", "after"])
def test_faults_strike_before_or_after(sandbox: Sandbox, http: httpx.Client, when: str) -> None:
    sandbox.fault(source="esper", kind="status", status=503, method="POST", when=when, times=1)
    count = len(rows(sandbox, "pipelines"))
    assert http.post("/pipelines/", json={"name": "x"}).status_code == 503
    done = int(when == "after")
    assert (len(rows(sandbox, "pipelines")), applied(sandbox)) == (count + done, done)


def test_a_stranger_writes_nothing(sandbox: Sandbox, http: httpx.Client) -> None:
    answer = http.post("/pipelines/", json={"name": "x"}, headers={"Authorization": "Bearer x"})
    assert (refusal(answer, 401), applied(sandbox)) == ("Invalid token.", 0)
