"""The emulator's stories and their changes of stage, asked in the vendor's words."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import httpx
import pytest

from gateway.sources.storyblok.sandbox.stories import listed
from tests.fixtures import Sandbox, plain_http

SPACE = "/v1/spaces/1001"
Row = dict[str, Any]


@pytest.fixture(scope="module")
def vendor(sandbox_server: str) -> Iterator[httpx.Client]:
    headers = {"Authorization": "sandbox"}
    address = sandbox_server + "/storyblok"
    with plain_http(address, headers=headers) as client:
        yield client


@pytest.fixture
def stories(sandbox: Sandbox, state: Mapping[str, Any]) -> list[Row]:
    """The stories of the first space, in the vendor's order."""
    del sandbox  # as at the start
    return state["stories"][:60]


def every(vendor: httpx.Client, path: str, **params: Any) -> list[Row]:
    """All pages of a list."""
    rows: list[Row] = []
    for page in range(1, 100):
        query = {"per_page": 50, "page": page, **params}
        response = vendor.get(f"{SPACE}/{path}", params=query)
        assert response.status_code == 200, response.text
        rows += response.json()[path]
        if len(rows) >= int(response.headers["Total"]):
            return rows
    raise AssertionError


def numbers(rows: list[Row]) -> list[int]:
    return [one["id"] for one in rows]


def test_a_story_is_whole_by_itself_and_short_in_a_list(
    vendor: httpx.Client, stories: list[Row]
) -> None:
    assert every(vendor, "stories") == [listed(one) for one in stories]
    for one in stories[:2]:
        assert vendor.get(f"{SPACE}/stories/{one['id']}").json() == {"story": one}
    short = listed(stories[0])
    assert "content" not in short
    assert short["content_type"] == stories[0]["content"]["component"]
    assert vendor.get("/v1/spaces/1002/stories/" + str(stories[0]["id"])).status_code == 404


def in_stage(*wanted: int) -> Callable[[Row], bool]:
    return lambda one: one["stage"] is not None and one["stage"]["workflow_stage_id"] in wanted


def test_stories_can_be_chosen(vendor: httpx.Client, stories: list[Row]) -> None:
    stages = list({one["stage"]["workflow_stage_id"] for one in stories if one["stage"]})
    first, second = stories[3], stories[7]
    kind = stories[5]["content"]["component"]
    chosen: list[tuple[Row, Callable[[Row], bool]]] = [
        ({"by_ids": f"{second['id']},{first['id']},1"}, lambda one: one in (first, second)),
        ({"by_uuids": f"{first['uuid']},x"}, lambda one: one is first),
        ({"in_workflow_stages": f"{stages[0]},{stages[1]}"}, in_stage(*stages[:2])),
        ({"has_workflow_stages": "true"}, lambda one: one["stage"] is not None),
        ({"has_workflow_stages": "false"}, lambda one: one["stage"] is None),
        ({"search": "SUMMER"}, lambda one: "Summer" in one["name"]),
        ({"starts_with": "press-"}, lambda one: one["full_slug"].startswith("press-")),
        ({"with_tag": "evergreen,other"}, lambda one: "evergreen" in one["tag_list"]),
        ({"contain_component": kind}, lambda one: one["content"]["component"] == kind),
        (
            {"filter_query[component][not_in]": f"{kind},x"},
            lambda one: one["content"]["component"] != kind,
        ),
        (
            {"filter_query[title][like]": "*sale 1*"},
            lambda one: "sale 1" in one["name"].lower(),
        ),
        ({"filter_query[subtitle][is]": "not_empty"}, lambda one: False),
        ({"with_tag": "evergreen", "in_workflow_stages": "1"}, lambda one: False),
    ]
    for params, test in chosen:
        wanted = [one["id"] for one in stories if test(one)]
        assert numbers(every(vendor, "stories", **params)) == wanted, params
        assert len(wanted) < len(stories)


def test_stories_can_be_ordered(vendor: httpx.Client, stories: list[Row]) -> None:
    by_name = sorted(stories, key=lambda one: one["name"])
    assert numbers(every(vendor, "stories", sort_by="name:asc")) == numbers(by_name)
    latest = sorted(by_name, key=lambda one: one["updated_at"], reverse=True)
    asked = "updated_at:desc,name:asc"
    assert numbers(every(vendor, "stories", sort_by=asked)) == numbers(latest)
    by_title = sorted(stories, key=lambda one: one["content"]["title"], reverse=True)
    assert numbers(every(vendor, "stories", sort_by="content.title:desc")) == numbers(by_title)
    drafts = [one for one in stories if one["published_at"] is None]
    for asked, place in (
        ("published_at:desc", slice(-len(drafts), None)),
        ("published_at:desc:nulls_first", slice(None, len(drafts))),
    ):
        assert numbers(every(vendor, "stories", sort_by=asked))[place] == numbers(drafts)
    assert numbers(every(vendor, "stories", sort_by="nothing:asc")) == numbers(stories)


def test_changes_lead_to_the_stage_of_a_story(
    vendor: httpx.Client, stories: list[Row], state: Mapping[str, Any]
) -> None:
    flow_of = {one["id"]: one["workflow_id"] for one in state["stages"]}
    lengths: set[int] = set()
    seen: list[int] = []
    for story in stories[:20]:
        changes = every(vendor, "workflow_stage_changes", with_story=story["id"])
        lengths.add(len(changes))
        seen += numbers(changes)
        if story["stage"] is None:
            assert changes == []
            continue
        assert [one["created_at"] for one in changes] == sorted(
            one["created_at"] for one in changes
        )
        assert all("story_id" not in one for one in changes)
        assert all(flow_of[one["workflow_stage_id"]] == one["workflow_id"] for one in changes)
        place = {name: one for name, one in story["stage"].items() if name != "story_id"}
        assert place.items() <= changes[-1].items()
    assert lengths == {0, 1, 2, 3}
    whole = every(vendor, "workflow_stage_changes")
    assert numbers(whole) == sorted(numbers(whole))
    assert set(seen) < set(numbers(whole))
    assert every(vendor, "workflow_stage_changes", with_story=1) == []
