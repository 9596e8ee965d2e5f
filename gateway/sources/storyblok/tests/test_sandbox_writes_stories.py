"""Stories written to the emulator in the vendor's words, and moved from stage to stage."""

from typing import Any

import pytest

from gateway.sources.storyblok.tests.vendor import MISSING, STAGE, STAGES, Row, Vendor

CHANGE = "workflow_stage_change"
CHANGES = "workflow_stage_changes"
BLANK = ["can't be blank"]


def create(writing: Vendor, **given: Any) -> Row:
    response = writing.send("POST", "stories", {"story": {"name": "Fresh Story", **given}})
    assert response.status_code == 201, response.text
    return response.json()["story"]


def one(writing: Vendor, number: object) -> Row:
    return writing.send("GET", f"stories/{number}").json()["story"]


def test_a_story_is_created_changed_and_deleted(writing: Vendor) -> None:
    known = writing.state["stories"][0]
    story = create(writing, content={"component": "page", "title": "x"}, tag_list=["new"])
    assert one(writing, story["id"]) == story
    assert set(story) == set(known)
    assert (story["slug"], story["full_slug"], story["stage"]) == ("fresh-story",) * 2 + (None,)
    assert story["created_at"] == story["updated_at"] > known["updated_at"]
    response = writing.send("PUT", f"stories/{story['id']}", {"story": {"name": "B", "stage": 1}})
    changed = response.json()["story"]
    assert response.status_code == 200
    assert changed == {**story, "name": "B", "updated_at": changed["updated_at"]}
    response = writing.send("PUT", f"stories/{story['id']}", {"story": {"slug": "b"}}, publish=1)
    assert response.json()["story"]["published"] is True
    assert response.json()["story"]["published_at"] == response.json()["story"]["updated_at"]
    assert one(writing, story["id"])["full_slug"] == "b"
    response = writing.send("DELETE", f"stories/{story['id']}", {})
    assert (response.status_code, response.json()["story"]["id"]) == (200, story["id"])
    writing.refused("DELETE", f"stories/{story['id']}", None, 404, MISSING)
    writing.refused("PUT", f"stories/{story['id']}", {"story": {"name": "B"}}, 404, MISSING)
    assert writing.applied == 4


def test_stories_stand_in_folders(writing: Vendor) -> None:
    folder = create(writing, name="Folder", is_folder=True)
    story = create(writing, parent_id=folder["id"])
    assert story["full_slug"] == "folder/fresh-story"
    assert create(writing)["full_slug"] == "fresh-story"
    writing.send("DELETE", f"stories/{folder['id']}")
    assert writing.send("GET", f"stories/{story['id']}").status_code == 404


@pytest.mark.parametrize(
    ("given", "answer"),
    [
        ({"name": ""}, {"name": BLANK}),
        ({"name": None, "slug": 7}, {"name": BLANK, "slug": ["is invalid"]}),
        ({"slug": "summer-sale-1"}, {"slug": ["has already been taken"]}),
        ({"parent_id": 7}, {"parent_id": ["must exist"]}),
        ({"content": []}, {"content": ["is invalid"]}),
        ({"content": {"title": "x"}}, {"content": ["is invalid"]}),
        ({"publish_at": "soon"}, {"publish_at": ["is not a valid date"]}),
        ({"tag_list": [7]}, {"tag_list": ["is invalid"]}),
    ],
)
def test_a_wrong_story_is_refused(writing: Vendor, given: Row, answer: Row) -> None:
    body = {"story": {"name": "Fresh", **given}}
    writing.refused("POST", "stories", body, 422, answer)
    number = writing.rows("stories")[1]["id"]
    writing.refused("PUT", f"stories/{number}", {"story": given}, 422, answer)


# ------------------------------------------------------------------------------------ moves


def move(writing: Vendor, story: object, stage: object, **beside: Any) -> Row:
    body = {CHANGE: {"story_id": story, "workflow_stage_id": stage}, **beside}
    response = writing.send("POST", CHANGES, body)
    assert response.status_code == 201, response.text
    return response.json()[CHANGE]


def test_a_story_is_moved(writing: Vendor) -> None:
    story = writing.rows("stories")[0]["id"]
    before = one(writing, story)
    stage = writing.rows(STAGES)[-2]
    user = writing.rows("collaborators")[1]["user_id"]
    change = move(writing, story, stage["id"], assign={"user_ids": [user]}, notify=True)
    after = one(writing, story)
    assert list(change) == list(writing.rows(CHANGES)[0])
    place = {
        "workflow_id": stage["workflow_id"],
        "workflow_stage_id": stage["id"],
        "due_date": None,
        "created_at": change["created_at"],
    }
    assert change.items() >= place.items()
    assert after == {**before, "stage": {**place, "story_id": story}, "user_ids": [user]}
    found = writing.send("GET", CHANGES, with_story=story, per_page=100).json()[CHANGES]
    assert found[-1] == change
    assert writing.applied == 1


def test_a_stage_may_let_go_of_who_is_assigned(writing: Vendor) -> None:
    stage = next(row for row in writing.rows(STAGES) if row["auto_remove_assignee"])
    story = writing.rows("stories")[0]["id"]
    body = {CHANGE: {"story_id": story, "workflow_stage_id": stage["id"], "due_date": "2027-01-31"}}
    assert writing.send("POST", CHANGES, body).json()[CHANGE]["due_date"] == "2027-01-31"
    assert one(writing, story)["user_ids"] == []


def test_a_wrong_move_is_refused(writing: Vendor) -> None:
    story, stage = writing.rows("stories")[0]["id"], writing.rows(STAGES)[-2]["id"]
    good: Row = {"story_id": story, "workflow_stage_id": stage}
    for body, answer in (
        ({}, {"base": [f"param is missing or the value is empty: {CHANGE}"]}),
        ({CHANGE: {"x": 1}}, {"workflow_stage_id": BLANK, "story_id": BLANK}),
        ({CHANGE: {**good, "workflow_stage_id": 7}}, {"workflow_stage_id": ["must exist"]}),
        ({CHANGE: {**good, "due_date": "soon"}}, {"due_date": ["is not a valid date"]}),
        ({CHANGE: good, "assign": []}, {"assign": ["is invalid"]}),
        ({CHANGE: good, "assign": {"user_ids": [7]}}, {"assign.user_ids": ["must exist"]}),
        ({CHANGE: good, "comment": {"message": 7}}, {"comment.message": ["is invalid"]}),
        ({CHANGE: good, "notify": "yes"}, {"notify": ["is not included in the list"]}),
    ):
        writing.refused("POST", CHANGES, body, 422, answer)
    unknown = {CHANGE: {**good, "story_id": 7}}
    writing.refused("POST", CHANGES, unknown, 404, MISSING)
    writing.turn("unknown_story", "refused")
    writing.refused("POST", CHANGES, unknown, 422, {"story_id": ["must exist"]})


def test_transitions_may_be_enforced(writing: Vendor) -> None:
    writing.turn("transitions", "enforced")
    [first, second, third, *_] = writing.stages_of(writing.rows("workflows")[1]["id"])
    for stage, given in (
        (first, {"allow_all_stages": False, "workflow_stage_ids": [second["id"]]}),
        (second, {"allow_admin_change": False, "allow_all_users": False}),
    ):
        writing.send("PUT", f"{STAGES}/{stage['id']}", {STAGE: given})
    story = create(writing)["id"]
    move(writing, story, first["id"])  # from no stage every one can be reached
    body = {CHANGE: {"story_id": story, "workflow_stage_id": third["id"]}}
    words = {"workflow_stage_id": ["is not a next stage"]}
    writing.refused("POST", CHANGES, body, 422, words)
    move(writing, story, second["id"])
    writing.refused("POST", CHANGES, body, 403, {"error": "Forbidden"})
    writing.turn("transitions", "free")
    assert move(writing, story, third["id"])
