"""Activities, webhooks and their log, in the vendor's words."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.fixtures import Sandbox, plain_http

SPACE = "/v1/spaces/1001"
Row = dict[str, Any]


@pytest.fixture(scope="module")
def client(sandbox_server: str) -> Iterator[httpx.Client]:
    headers = {"Authorization": "sandbox"}
    address = sandbox_server + "/storyblok"
    with plain_http(address, headers=headers) as client:
        yield client


@pytest.fixture
def vendor(sandbox: Sandbox, client: httpx.Client) -> httpx.Client:
    sandbox.turn("storyblok.limit", "none")
    return client


def rows(vendor: httpx.Client, path: str, **params: Any) -> list[Row]:
    response = vendor.get(f"{SPACE}/{path}", params={"per_page": 100, **params})
    assert response.status_code == 200, response.text
    return response.json()[path]


def acts(vendor: httpx.Client, **params: Any) -> list[Row]:
    return [one["activity"] for one in rows(vendor, "activities", **params)]


def test_activities_are_listed_and_got(sandbox: Sandbox, vendor: httpx.Client) -> None:
    state = sandbox.state("storyblok")
    own = [one for one in state["activities"] if one["activity"]["space_id"] == 1001]
    listed = rows(vendor, "activities")
    assert [one["activity"] for one in listed] == [one["activity"] for one in own]
    for alone, one in zip(own, listed, strict=True):
        assert list(one) == ["activity", "trackable", "user"]
        assert one["trackable"]["id"] == one["activity"]["trackable_id"]
        assert one["user"]["id"] == one["activity"]["owner_id"]
        is_story = one["activity"]["trackable_type"] == "Story"
        assert alone["trackable"] == (one["trackable"] if is_story else None)
    for one in (own[0], own[-1]):
        assert vendor.get(f"{SPACE}/activities/{one['activity']['id']}").json() == one
    numbers = [one["activity"]["id"] for one in state["activities"]]
    assert len(set(numbers)) == len(numbers)
    assert vendor.get(f"/v1/spaces/1002/activities/{numbers[0]}").status_code == 404


def test_activities_tell_all_stages(sandbox: Sandbox, vendor: httpx.Client) -> None:
    stages = sandbox.state("storyblok")["stages_by_space"]["1001"]
    made = acts(vendor, types="WorkflowStage", key_like="CREATE")
    assert {one["trackable_id"] for one in made} == {one["id"] for one in stages}
    assert {one["key"] for one in made} == {"workflow_stage.create"}


def test_activities_are_chosen(vendor: httpx.Client) -> None:
    whole = acts(vendor)
    times = [one["created_at"] for one in whole]
    assert times == sorted(times, reverse=True)
    stories = [one for one in whole if one["trackable_type"] == "Story"]
    assert 0 < len(stories) < len(whole)
    assert acts(vendor, types="Story") == stories
    assert acts(vendor, types="Story, WorkflowStage") == whole
    first, last = whole[0], whole[-1]
    numbers = {first["trackable_id"], last["trackable_id"]}
    assert acts(vendor, by_trackable_ids=",".join(map(str, numbers))) == [
        one for one in whole if one["trackable_id"] in numbers
    ]
    own = [one for one in whole if one["owner_id"] == first["owner_id"]]
    assert acts(vendor, by_owner_ids=first["owner_id"]) == own


def test_activities_are_chosen_by_time(vendor: httpx.Client) -> None:
    whole = acts(vendor)
    middle = whole[len(whole) // 2]["created_at"]
    day = middle[:10]
    since = [one for one in whole if one["created_at"] >= middle]
    assert acts(vendor, created_at_gte=middle) == since
    until = [one for one in whole if one["created_at"] <= middle]
    assert acts(vendor, created_at_lte=middle) == until
    assert 0 < len(until) < len(whole)
    of_day = [one for one in whole if one["created_at"].startswith(day)]
    assert acts(vendor, created_at_gte=day, created_at_lte=day) == of_day
    assert acts(vendor, created_at_lte="9999-12-31") == whole
    for text in ("yesterday", "2025-13-01"):
        for name in ("created_at_gte", "created_at_lte"):
            answer = vendor.get(f"{SPACE}/activities", params={name: text})
            assert (answer.status_code, list(answer.json())) == (400, ["error"])


def test_feeds_are_paged_with_totals(vendor: httpx.Client) -> None:
    for path in ("activities", "webhook_logs"):
        answer = vendor.get(f"{SPACE}/{path}", params={"per_page": 10, "page": 2})
        whole = rows(vendor, path)
        assert answer.headers["Total"] == str(len(whole))
        assert answer.json()[path] == whole[10:20]


def test_webhooks_are_listed_and_got(sandbox: Sandbox, vendor: httpx.Client) -> None:
    known = sandbox.state("storyblok")["webhook_endpoints"]
    hooks = rows(vendor, "webhook_endpoints")
    assert hooks == [one for one in known if one["space_id"] == 1001]
    for one in hooks:
        path = f"{SPACE}/webhook_endpoints/{one['id']}"
        assert vendor.get(path).json() == {"webhook_endpoint": one}
    actions = vendor.get(f"{SPACE}/webhook_endpoints/allowed_actions").json()
    allowed = {one["action"] for one in actions["allowed_actions"]}
    assert all(set(one["actions"]) <= allowed for one in hooks)
    assert {one["activated"] for one in hooks} == {True, False}
    assert vendor.get(f"{SPACE}/webhook_endpoints/7").status_code == 404
    hidden = vendor.get("/v1/spaces/1003/webhook_endpoints/allowed_actions")
    assert hidden.status_code == 404


def test_logs_are_listed_got_and_chosen(sandbox: Sandbox, vendor: httpx.Client) -> None:
    logs = rows(vendor, "webhook_logs")
    assert logs
    assert logs == sandbox.state("storyblok")["webhook_logs"][: len(logs)]
    assert vendor.get(f"{SPACE}/webhook_logs/{logs[3]['id']}").json() == {"webhook_log": logs[3]}
    for status in ("pending", "success", "failed"):
        chosen = [one for one in logs if one["status"] == status]
        assert chosen
        assert rows(vendor, "webhook_logs", by_status=status) == chosen
    hook, other, *_ = rows(vendor, "webhook_endpoints")
    assert rows(vendor, "webhook_logs", by_webhook_id=hook["id"]) == logs
    assert rows(vendor, "webhook_logs", by_webhook_id=other["id"]) == []
    assert rows(vendor, "webhook_logs", by_kind="stage.changed") == logs
    assert rows(vendor, "webhook_logs", by_kind="story.published") == []
    done = [one for one in logs if one["executed_at"]]
    time = done[len(done) // 2]["executed_at"]
    late = [one for one in done if one["executed_at"] >= time]
    assert rows(vendor, "webhook_logs", executed_at_gte=time) == late
    early = [one for one in done if one["executed_at"] <= time]
    assert rows(vendor, "webhook_logs", executed_at_lte=time) == early
    assert rows(vendor, "webhook_logs", executed_at_gte="x") == []


def test_logs_tell_changes_of_stages(sandbox: Sandbox, vendor: httpx.Client) -> None:
    state = sandbox.state("storyblok")
    stories = {one["id"] for one in state["stories"]}
    names = {one["name"] for one in state["stages_by_space"]["1001"]}
    for one in rows(vendor, "webhook_logs"):
        assert "webhook_id" not in one
        assert one["payload"]["action"] == one["kind"]
        assert one["payload"]["story_id"] in stories
        assert one["payload"]["workflow_stage_name"] in names
