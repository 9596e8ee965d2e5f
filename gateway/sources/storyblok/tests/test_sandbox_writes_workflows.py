"""Workflows written to the emulator in the vendor's words."""

from typing import Any

import pytest

from gateway.sources.storyblok.tests.vendor import MISSING, SPACE, STAGE, STAGES, Row, Vendor

NEW: Row = {"name": "Recipes", "content_types": ["recipe"]}
FLOW = "workflow"
FLOWS = "workflows"


def create(writing: Vendor, **given: Any) -> Row:
    response = writing.send("POST", FLOWS, {FLOW: {**NEW, **given}})
    assert response.status_code == 201, response.text
    return response.json()[FLOW]


def test_a_workflow_is_created_with_its_stages(writing: Vendor) -> None:
    user = writing.rows("collaborators")[0]["user_id"]
    stages: list[Row] = [
        {"name": "Idea", "color": "#111111", "allow_publish": True},
        {"name": "Cooked", "color": "#222222", "is_default": True, "user_ids": [user]},
        {"name": "Eaten", "color": "#333333", "position": 7, "never_heard_of": 1},
    ]
    flow = create(writing, workflow_stages=stages)
    assert writing.applied == 1
    made = flow.pop("workflow_stages")
    assert flow == {"id": flow["id"], **NEW, "is_default": False}
    assert writing.one(FLOWS, flow["id"]) == flow
    assert writing.stages_of(flow["id"]) == made
    assert [(one["name"], one["position"], one["is_default"]) for one in made] == [
        ("Idea", 1, False), ("Cooked", 2, True), ("Eaten", 7, False),
    ]  # fmt: skip
    assert made[1]["user_ids"] == [user]
    assert set(made[0]) == set(writing.rows(STAGES)[0])
    writing.turn("created_stages", "left_out")
    assert "workflow_stages" not in create(writing, workflow_stages=stages)


@pytest.mark.parametrize("position", ["empty", "with_stages"])
def test_a_workflow_may_get_stages_of_its_own(writing: Vendor, position: str) -> None:
    writing.turn("bare_workflow", position)
    for given in ({}, {"workflow_stages": []}):
        flow = create(writing, **given)
        made = writing.stages_of(flow["id"])
        assert flow["workflow_stages"] == made
        assert len(made) == (3 if position == "with_stages" else 0)
        assert [one["is_default"] for one in made].count(True) == bool(made)


def test_a_workflow_is_changed_and_its_stages_ordered(writing: Vendor) -> None:
    [default, flow, *_] = writing.rows(FLOWS)
    known = writing.stages_of(flow["id"])
    order = [{"id": one["id"], "position": 10 - at} for at, one in enumerate(known[1:])]
    given: Row = {"name": "Renamed", "content_types": ["essay"]}
    body = {FLOW: {**given, "workflow_stages_attributes": order}}
    response = writing.send("PUT", f"{FLOWS}/{flow['id']}", body)
    assert (response.status_code, response.content) == (204, b"")
    assert writing.one(FLOWS, flow["id"]) == {**flow, **given}
    assert writing.stages_of(flow["id"]) == [
        known[0],
        *({**one, "position": 10 - at} for at, one in enumerate(known[1:])),
    ]
    response = writing.send("PUT", f"{FLOWS}/{default['id']}", {FLOW: {"content_types": []}})
    assert response.status_code == 204
    writing.turn("readback", "sent")
    response = writing.send("PUT", f"{FLOWS}/{flow['id']}", {FLOW: {"name": "Again"}})
    answer = {FLOW: {**flow, **given, "name": "Again"}}
    assert (response.status_code, response.json()) == (200, answer)
    assert writing.applied == 3


def test_a_workflow_is_deleted_with_its_stages(writing: Vendor) -> None:
    flow = writing.rows(FLOWS)[1]
    before = writing.state
    assert writing.send("DELETE", f"{FLOWS}/{flow['id']}", {}).status_code == 204
    after = writing.state
    assert after["workflows"] == [one for one in before["workflows"] if one != flow]
    kept = [one for one in before["stages"] if one["workflow_id"] != flow["id"]]
    assert after["stages"] == kept
    stages = {one["workflow_stage_id"] for one in after["workflow_stage_changes"]}
    assert None in stages
    assert flow["id"] not in {one["workflow_id"] for one in after["workflow_stage_changes"]}
    placed = [one["stage"] for one in after["stories"] if one["stage"]]
    assert flow["id"] not in {one["workflow_id"] for one in placed}
    writing.refused("DELETE", f"{FLOWS}/{flow['id']}", None, 404, MISSING)
    writing.turn("stage_in_use", "refused")
    other = writing.rows(FLOWS)[1]["id"]
    writing.refused("DELETE", f"{FLOWS}/{other}", {}, 422, {"base": ["Stories are in this stage"]})


def test_a_default_workflow_is_made_anew(writing: Vendor) -> None:
    default = writing.rows(FLOWS)[0]
    writing.turn("default_workflow", "refused")
    words = {"base": ["The default workflow cannot be deleted"]}
    writing.refused("DELETE", f"{FLOWS}/{default['id']}", {}, 422, words)
    writing.turn("default_workflow", "deleted")
    assert writing.send("DELETE", f"{FLOWS}/{default['id']}").status_code == 204
    assert not any(one["is_default"] for one in writing.state["workflows"][:5])
    assert writing.applied == 1
    # Listing the workflows of a space without a default one makes one.
    made = writing.rows(FLOWS)[0]
    assert made["is_default"] is True
    assert made["id"] != default["id"]
    assert writing.rows(FLOWS)[0] == made
    assert len(writing.stages_of(made["id"])) == 3
    assert writing.applied == 2


def test_a_stage_without_a_workflow_makes_the_default_one(writing: Vendor) -> None:
    writing.send("DELETE", f"{FLOWS}/{writing.rows(FLOWS)[0]['id']}")
    response = writing.send("POST", STAGES, {STAGE: {"name": "New", "color": "new"}})
    number = response.json()[STAGE]["workflow_id"]
    assert writing.one(FLOWS, number)["is_default"] is True
    assert len(writing.stages_of(number)) == 4


def test_a_workflow_is_duplicated(writing: Vendor) -> None:
    flow = writing.rows(FLOWS)[1]
    known = writing.stages_of(flow["id"])
    response = writing.send("POST", f"{FLOWS}/{flow['id']}/duplicate", {FLOW: NEW})
    assert response.status_code == 201
    copy = response.json()[FLOW]
    made = copy.pop("workflow_stages")
    assert copy == {"id": copy["id"], **NEW, "is_default": False}
    assert writing.stages_of(copy["id"]) == made
    numbers = {old["id"]: new["id"] for old, new in zip(known, made, strict=True)}
    assert not set(numbers) & set(numbers.values())
    after = {None: None, **numbers}
    assert made == [
        {
            **one,
            "id": numbers[one["id"]],
            "workflow_id": copy["id"],
            "workflow_stage_ids": [numbers[n] for n in one["workflow_stage_ids"]],
            "after_publish_id": after[one["after_publish_id"]],
        }
        for one in known
    ]
    assert writing.stages_of(flow["id"]) == known
    assert writing.applied == 1


BLANK = ["can't be blank"]
BAD: dict[str, tuple[Row, Row]] = {
    "no name": ({"name": ""}, {"name": BLANK}),
    "long name": ({"name": "x" * 256}, {"name": ["is too long (maximum is 255 characters)"]}),
    "no types": ({"content_types": []}, {"content_types": BLANK}),
    "no list": ({"content_types": "recipe"}, {"content_types": ["is invalid"]}),
    "empty type": ({"content_types": [""]}, {"content_types": BLANK}),
    "both": (
        {"name": None, "content_types": None},
        {"name": BLANK, "content_types": ["is invalid"]},
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_what_is_wrong_is_refused(writing: Vendor, case: str) -> None:
    given, answer = BAD[case]
    flow = writing.rows(FLOWS)[1]
    path = f"{FLOWS}/{flow['id']}"
    writing.refused("POST", FLOWS, {FLOW: {**NEW, **given}}, 422, answer)
    writing.refused("POST", path + "/duplicate", {FLOW: {**NEW, **given}}, 422, answer)
    writing.refused("PUT", path, {FLOW: given}, 422, answer)


def test_what_is_needed_is_needed(writing: Vendor) -> None:
    flow = writing.rows(FLOWS)[1]
    path = f"{FLOWS}/{flow['id']}/duplicate"
    missing = {"name": BLANK, "content_types": BLANK}
    same = {"name": ["must be different"], "content_types": ["must be different"]}
    for path_, body, answer in (
        (FLOWS, {FLOW: {"x": 1}}, missing),
        (path, {FLOW: {"x": 1}}, missing),
        (path, {FLOW: {**flow, "content_types": flow["content_types"][::-1]}}, same),
        (FLOWS, {}, {"base": ["param is missing or the value is empty: workflow"]}),
        (path, None, {"base": ["param is missing or the value is empty: workflow"]}),
    ):
        writing.refused("POST", path_, body, 422, answer)
    for method, tail in (("PUT", ""), ("DELETE", ""), ("POST", "/duplicate")):
        writing.refused(method, f"{FLOWS}/7{tail}", {FLOW: NEW}, 404, MISSING)
    assert writing.send("POST", FLOWS, {}).request.url.path.endswith(f"{SPACE}/{FLOWS}")


def test_one_bad_stage_refuses_the_whole_workflow(writing: Vendor) -> None:
    good = {"name": "Idea", "color": "#111111"}
    for stages, answer in (
        ({}, {STAGES: ["is invalid"]}),
        ([good, 7], {STAGES: ["is invalid"]}),
        ([good, {"name": "x"}], {f"{STAGES}.color": BLANK}),
        ([good, good], {
            f"{STAGES}.name": ["has already been taken"],
            f"{STAGES}.color": ["has already been taken"],
        }),
        ([{**good, "user_ids": [7]}], {f"{STAGES}.user_ids": ["must exist"]}),
    ):  # fmt: skip
        body = {FLOW: {**NEW, "workflow_stages": stages}}
        writing.refused("POST", FLOWS, body, 422, answer)


def test_only_own_stages_are_ordered(writing: Vendor) -> None:
    [other, flow, *_] = writing.rows(FLOWS)
    own, far = writing.stages_of(flow["id"])[0]["id"], writing.stages_of(other["id"])[0]["id"]
    name = "workflow_stages_attributes"
    for order, answer in (
        (7, {name: ["is invalid"]}),
        ([{"position": 1}], {f"{name}.id": BLANK}),
        ([{"id": own, "position": "1"}], {f"{name}.position": ["is not a number"]}),
        ([{"id": own, "position": 5}, {"id": far, "position": 1}], {f"{name}.id": ["must exist"]}),
    ):
        body = {FLOW: {"name": "Renamed", name: order}}
        writing.refused("PUT", f"{FLOWS}/{flow['id']}", body, 422, answer)
