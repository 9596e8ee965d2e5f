"""The emulator in the vendor's words."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from gateway.sources.esper.sandbox import EMULATOR
from gateway.sources.esper.sandbox.seed import seed
from tests.fixtures import Sandbox, plain_http

NOBODY = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
def http(sandbox: Sandbox) -> Iterator[httpx.Client]:
    with plain_http(
        sandbox.origin + EMULATOR.prefix, headers={"Authorization": "Bearer sandbox"}
    ) as client:
        yield client


def content(response: httpx.Response) -> Any:
    assert response.status_code == 200, response.text
    assert set(response.json()) == {"code", "message", "content"}
    assert response.json()["code"] == 0
    return response.json()["content"]


def of_pipeline(state: dict[str, Any], pipeline: str) -> list[Any]:
    return [one for one in state["target_lists"] if one["pipeline_id"] == pipeline]


def attached(state: dict[str, Any], stage: str) -> list[Any]:
    lists = {one["id"]: one for one in state["target_lists"]}
    return [lists[a["target_list_id"]] for a in state["attachments"] if a["stage_id"] == stage]


def most(state: dict[str, Any]) -> Any:
    """Return the stage with the most target lists."""
    return max(state["stages"], key=lambda one: len(attached(state, one["id"])))


def first(sandbox: Sandbox) -> tuple[str, str]:
    stage = sandbox.state("esper")["stages"][0]
    return stage["pipeline_id"], stage["id"]


def test_the_seed_is_as_told_and_always_the_same(sandbox: Sandbox) -> None:
    state = sandbox.state("esper")
    assert (len(state["pipelines"]), state["people"]) == (12, [])
    sizes = [
        sum(stage["pipeline_id"] == one["id"] for stage in state["stages"])
        for one in state["pipelines"]
    ]
    assert (min(sizes), max(sizes)) == (3, 6)
    names = [stage["name"] for stage in state["stages"]]
    assert len({name.casefold() for name in names}) < len(set(names)) < len(names)
    assert any(len(name) > 64 for name in names)
    for field in ("timeout_seconds", "description", "updated_by"):
        values = [stage[field] for stage in state["stages"]]
        assert None in values
        assert any(values)
    assert {one["target_list_type"] for one in state["target_lists"]} == {
        "DEVICES",
        "GROUPS",
        "COLLECTIONS",
    }
    owners = {one["id"]: one["pipeline_id"] for one in state["target_lists"] + state["stages"]}
    assert state["attachments"]
    assert all(owners[a["stage_id"]] == owners[a["target_list_id"]] for a in state["attachments"])
    sandbox.reset()
    assert sandbox.state("esper") == state


def test_a_larger_scale_adds_pipelines_and_changes_none(sandbox: Sandbox) -> None:
    small = sandbox.state("esper")
    sandbox.reset(scale=3)
    large = sandbox.state("esper")
    assert (len(large["pipelines"]), len(large["stages"])) == (36, 150)
    assert len({one["id"] for one in large["stages"]}) == 150
    for kind, rows in small.items():
        assert large[kind][: len(rows)] == rows


def test_stages_and_pipelines_stand_in_the_order_of_creation() -> None:
    made = seed(3)
    for rows in (made.pipelines, *made.stages.values()):
        times = [one["created_at"] for one in rows.values()]
        assert times == sorted(times)
        assert all(one["created_at"] <= one["updated_at"] for one in rows.values())


@pytest.mark.parametrize("slash", ["/", "", "/?"])
def test_every_route_answers_with_and_without_a_slash(
    sandbox: Sandbox, http: httpx.Client, slash: str
) -> None:
    pipeline, stage = first(sandbox)
    target = of_pipeline(sandbox.state("esper"), pipeline)[0]["id"]
    below = ("", "/stages", f"/stages/{stage}", "/targetlists", f"/targetlists/{target}")
    paths = ["/pipelines", *(f"/pipelines/{pipeline}{one}" for one in below)]
    for path in (*paths, f"/stages/{stage}/targetlists"):
        content(http.get(path + slash))
    assert {row["route"] for row in sandbox.requests("esper")} == {
        "/pipelines/",
        "/pipelines/{pipeline_id}/",
        "/pipelines/{pipeline_id}/stages/",
        "/pipelines/{pipeline_id}/stages/{stage_id}/",
        "/pipelines/{pipeline_id}/targetlists/",
        "/pipelines/{pipeline_id}/targetlists/{targetlist_id}/",
        "/stages/{stage_id}/targetlists/",
    }


def test_the_state_is_what_the_gets_answer(sandbox: Sandbox, http: httpx.Client) -> None:
    state = sandbox.state("esper")
    for one in state["pipelines"]:
        assert content(http.get(f"/pipelines/{one['id']}/")) == one
        stages = [stage for stage in state["stages"] if stage["pipeline_id"] == one["id"]]
        assert content(http.get(f"/pipelines/{one['id']}/stages/"))["results"] == stages
        for stage in stages:
            assert content(http.get(f"/pipelines/{one['id']}/stages/{stage['id']}/")) == stage


@pytest.mark.parametrize("position", EMULATOR.positions["target_list_type"])
def test_target_lists_are_as_the_state_has_them(
    sandbox: Sandbox, http: httpx.Client, position: str
) -> None:
    kinds = {one["id"]: one["target_list_type"] for one in sandbox.state("esper")["target_lists"]}
    sandbox.turn("esper.target_list_type", position)
    state = sandbox.state("esper")
    for one in state["target_lists"]:
        assert one.get("target_list_type") == (kinds[one["id"]] if position == "told" else None)
        path = f"/pipelines/{one['pipeline_id']}/targetlists/"
        assert content(http.get(f"{path}{one['id']}/")) == one
        assert content(http.get(path))["results"] == of_pipeline(state, one["pipeline_id"])
    for stage in state["stages"]:
        path, theirs = f"/stages/{stage['id']}/targetlists/", attached(state, stage["id"])
        assert content(http.get(path))["results"] == theirs
        for word in ("groups", "devices", "collections"):
            chosen = [one for one in theirs if kinds[one["id"]] == word.upper()]
            assert content(http.get(path, params={"type": word}))["results"] == chosen


def test_target_lists_are_filtered_by_known_words_only(
    sandbox: Sandbox, http: httpx.Client
) -> None:
    _, stage = first(sandbox)
    sandbox.turn("esper.errors", "drf")
    for word in ("GROUPS", "group", "other", ""):
        answer = http.get(f"/stages/{stage}/targetlists/", params={"type": word})
        assert answer.status_code == 400
        assert list(answer.json()) == ["type"]


def test_target_lists_go_by_pages_or_whole(sandbox: Sandbox, http: httpx.Client) -> None:
    state = sandbox.state("esper")
    stage = most(state)
    paths = {
        f"/stages/{stage['id']}/targetlists/": attached(state, stage["id"]),
        f"/pipelines/{stage['pipeline_id']}/targetlists/": of_pipeline(state, stage["pipeline_id"]),
    }
    for path, theirs in paths.items():
        paged = content(http.get(path, params={"limit": 1}))
        assert (paged["count"], paged["results"]) == (len(theirs), theirs[:1])
        assert content(http.get(paged["next"]))["results"] == theirs[1:2]
    sandbox.turn("esper.stage_paging", "whole")
    for path, theirs in paths.items():
        assert content(http.get(path, params={"limit": 1}))["results"] == theirs


def test_target_lists_of_nobody_are_404_or_none(sandbox: Sandbox, http: httpx.Client) -> None:
    pipeline, stage = first(sandbox)
    state = sandbox.state("esper")
    other = next(one for one in state["target_lists"] if one["pipeline_id"] != pipeline)
    of_nobody = f"/pipelines/{NOBODY}/targetlists/"
    of_no_stage = f"/stages/{NOBODY}/targetlists/"
    for path in (
        of_nobody,
        of_no_stage,
        f"/stages/{pipeline}/targetlists/",
        f"/stages/{stage}/",
        f"/pipelines/{pipeline}/targetlists/{NOBODY}/",
        f"/pipelines/{pipeline}/targetlists/{other['id']}/",
    ):
        assert http.get(path).status_code == 404, path
    sandbox.turn("esper.unknown_pipeline", "empty")
    assert content(http.get(of_nobody))["results"] == []
    assert http.get(of_no_stage).status_code == 404
    sandbox.turn("esper.unknown_stage", "empty")
    assert content(http.get(of_no_stage))["results"] == []


def test_a_list_goes_by_limit_and_offset(sandbox: Sandbox, http: httpx.Client) -> None:
    sandbox.reset(scale=2)
    ids = [one["id"] for one in sandbox.state("esper")["pipelines"]]
    answer = content(http.get("/pipelines/"))
    assert set(answer) == {"count", "next", "previous", "results"}
    assert (answer["count"], answer["previous"]) == (24, None)
    assert answer["next"] == f"{http.base_url}pipelines/?limit=20&offset=20"
    assert [one["id"] for one in answer["results"]] == ids[:20]
    rest = content(http.get(answer["next"]))
    assert [one["id"] for one in rest["results"]] == ids[20:]
    assert rest["next"] is None
    assert rest["previous"] == f"{http.base_url}pipelines/?limit=20"
    middle = content(http.get("/pipelines/", params={"limit": 5, "offset": 7}))
    assert [one["id"] for one in middle["results"]] == ids[7:12]
    assert middle["previous"] == f"{http.base_url}pipelines/?limit=5&offset=2"
    beyond = content(http.get("/pipelines/", params={"offset": 99}))
    assert (beyond["results"], beyond["next"], beyond["count"]) == ([], None, 24)


def test_stages_go_by_pages_or_whole(sandbox: Sandbox, http: httpx.Client) -> None:
    pipeline, _ = first(sandbox)
    path, params = f"/pipelines/{pipeline}/stages/", {"limit": 3, "offset": 1}
    paged = content(http.get(path, params=params))
    assert (paged["count"], len(paged["results"])) == (4, 3)
    sandbox.turn("esper.stage_paging", "whole")
    whole = content(http.get(path, params=params))
    assert whole["results"][1:] == paged["results"]
    assert (whole["count"], whole["next"], whole["previous"]) == (4, None, None)
    assert len(content(http.get("/pipelines/", params=params))["results"]) == 3


@pytest.mark.parametrize(
    "bad", [{"limit": "0"}, {"limit": "-1"}, {"limit": "x"}, {"limit": "1e3"}, {"offset": "-1"}]
)
def test_bad_numbers_are_ignored_or_refused(
    sandbox: Sandbox, http: httpx.Client, bad: dict[str, str]
) -> None:
    plain = content(http.get("/pipelines/"))
    assert content(http.get("/pipelines/", params=bad))["results"] == plain["results"]
    sandbox.turn("esper.bad_paging", "refused")
    sandbox.turn("esper.errors", "drf")
    answer = http.get("/pipelines/", params=bad)
    assert answer.status_code == 400
    assert list(answer.json()) == list(bad)
    content(http.get("/pipelines/", params={"limit": 1000, "offset": 0, "other": "x"}))


def test_a_large_limit_is_served_cut_down_or_refused(sandbox: Sandbox, http: httpx.Client) -> None:
    sandbox.reset(scale=2)
    params = {"limit": 21}
    assert len(content(http.get("/pipelines/", params=params))["results"]) == 21
    sandbox.turn("esper.max_limit", "clamped")
    cut = content(http.get("/pipelines/", params=params))
    assert len(cut["results"]) == 20
    assert cut["next"].endswith("?limit=20&offset=20")
    sandbox.turn("esper.max_limit", "refused")
    assert http.get("/pipelines/", params=params).status_code == 400
    assert len(content(http.get("/pipelines/", params={"limit": 20}))["results"]) == 20


@pytest.mark.parametrize("prefix", EMULATOR.positions["auth_prefix"])
def test_only_the_key_behind_its_prefix_is_let_in(
    sandbox: Sandbox, http: httpx.Client, prefix: str
) -> None:
    sandbox.turn("esper.auth_prefix", prefix)
    for given in ("Bearer sandbox", "Token sandbox", f"{prefix} other", "sandbox", ""):
        answer = http.get("/pipelines/", headers={"Authorization": given})
        assert answer.status_code == (200 if given == f"{prefix} sandbox" else 401), given
    del http.headers["Authorization"]
    assert http.get("/pipelines/").status_code == 401
    assert http.get("/nowhere").status_code == 401


@pytest.mark.parametrize("status", [400, 401, 404, 429])
def test_errors_have_three_shapes(sandbox: Sandbox, http: httpx.Client, status: int) -> None:
    def answer() -> Any:
        response = http.get(*asked, params={"limit": "x"}, headers=headers)
        assert response.status_code == status
        return response.json()

    sandbox.turn("esper.bad_paging", "refused")
    sandbox.turn("esper.limit", "1/60" if status == 429 else "none")
    http.get("/pipelines/")
    headers = {"Authorization": "Bearer wrong"} if status == 401 else {}
    asked = (f"/pipelines/{NOBODY}/" if status == 404 else "/pipelines/",)
    envelope = answer()
    assert (envelope["code"], envelope["content"]) == (0, {})
    assert envelope["message"]
    sandbox.turn("esper.code", "status")
    assert answer()["code"] == status
    sandbox.turn("esper.errors", "manage")
    manage = answer()
    assert set(manage) == {"errors", "message", "status"}
    assert manage["status"] == status
    sandbox.turn("esper.errors", "drf")
    assert set(answer()) == ({"limit"} if status == 400 else {"detail"})


def test_the_code_may_mirror_the_status(sandbox: Sandbox, http: httpx.Client) -> None:
    sandbox.turn("esper.code", "status")
    assert http.get("/pipelines/").json()["code"] == 200


def test_what_does_not_exist_is_404(sandbox: Sandbox, http: httpx.Client) -> None:
    pipeline, stage = first(sandbox)
    other = sandbox.state("esper")["pipelines"][1]["id"]
    for path in (
        f"/pipelines/{NOBODY}/",
        f"/pipelines/{NOBODY}/stages/",
        f"/pipelines/{NOBODY}/stages/{stage}/",
        f"/pipelines/{pipeline}/stages/{NOBODY}/",
        f"/pipelines/{other}/stages/{stage}/",
        f"/pipelines/{pipeline.upper()}/",
        "/",
        "/stages/",
        f"/pipelines/{pipeline}/nothing/",
    ):
        assert http.get(path).status_code == 404, path
    assert http.patch(f"/pipelines/{pipeline}/stages/{stage}/", json={}).status_code == 404
    sandbox.turn("esper.unknown_pipeline", "empty")
    assert content(http.get(f"/pipelines/{NOBODY}/stages/"))["results"] == []
    assert http.get(f"/pipelines/{NOBODY}/").status_code == 404


def test_a_call_too_many_is_429_without_a_word_when_to_come_again(
    sandbox: Sandbox, http: httpx.Client
) -> None:
    sandbox.turn("esper.limit", "2/60")
    statuses = [http.get("/pipelines/").status_code for _ in range(3)]
    assert statuses == [200, 200, 429]
    answer = http.get("/pipelines/")
    assert answer.status_code == 429
    told = {name.lower() for name in answer.headers}
    assert not {name for name in told if name.startswith(("retry", "x-ratelimit"))}
    sandbox.reset()
    assert EMULATOR.limit == "8000/300"
    assert http.get("/pipelines/").status_code == 200
