"""Stages written to the emulator in the vendor's words."""

from collections.abc import Mapping
from typing import Any

import pytest

from gateway.sources.storyblok.tests.vendor import MISSING, STAGE, STAGES, Row, Vendor, mixed

NEW = {"name": "Fact Check", "color": "#2d3v22"}
UNKNOWN = 987_654_321


@pytest.fixture
def flow(writing: Vendor) -> Row:
    """The first workflow that is not the default one."""
    return writing.rows("workflows")[1]


def create(writing: Vendor, **given: Any) -> Row:
    response = writing.send("POST", STAGES, {STAGE: {**NEW, **given}})
    assert response.status_code == 201, response.text
    return response.json()[STAGE]


def test_a_stage_is_created_in_the_default_workflow(writing: Vendor) -> None:
    [default] = [one for one in writing.rows("workflows") if one["is_default"]]
    before = writing.rows(STAGES)
    for given in ({}, {"workflow_id": None}):
        stage = create(writing, name=f"New {given}", color=f"{given}", **given)
        assert stage["workflow_id"] == default["id"]
    stages = writing.rows(STAGES)
    assert stages[: len(before)] == before
    assert set(stages[-1]) == set(before[0])
    assert stages[-1] == stage == writing.send("GET", f"{STAGES}/{stage['id']}").json()[STAGE]
    assert stage["position"] == 7
    assert writing.applied == 2
    assert len({one["id"] for one in writing.state["stages"]}) == 68


def test_a_stage_is_created_with_all_that_is_told(writing: Vendor, flow: Row) -> None:
    known = writing.stages_of(flow["id"])
    given: Row = {
        **{name: not one for name, one in known[0].items() if isinstance(one, bool)},
        **NEW,
        "position": 9,
        "workflow_id": flow["id"],
        "after_publish_id": known[0]["id"],
        "workflow_stage_ids": [known[1]["id"], known[1]["id"], known[0]["id"]],
        "user_ids": [writing.rows("collaborators")[0]["user_id"]],
        "space_role_ids": [writing.rows("space_roles")[1]["id"]],
        "never_heard_of": 1,
    }
    stage = create(writing, **given)
    del given["never_heard_of"]
    given["workflow_stage_ids"] = [known[1]["id"], known[0]["id"]]
    assert stage == {"id": stage["id"], **given}
    assert set(stage) == set(known[0])


def test_only_one_stage_is_the_default_one(writing: Vendor, flow: Row) -> None:
    stage = create(writing, workflow_id=flow["id"], is_default=True)
    assert [one["id"] for one in writing.stages_of(flow["id"]) if one["is_default"]] == [
        stage["id"]
    ]
    first = writing.stages_of(flow["id"])[0]
    path = f"{STAGES}/{first['id']}"
    assert writing.send("PUT", path, {STAGE: {"is_default": True}}).status_code == 204
    assert writing.stages_of(flow["id"])[0]["is_default"] is True
    assert writing.stages_of(flow["id"])[-1]["is_default"] is False


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_a_stage_s_unnamed_fields_survive(writing: Vendor, method: str) -> None:
    stage = next(one for one in writing.rows(STAGES) if one["user_ids"])
    role = writing.rows("space_roles")[0]["id"]
    given: Row = {
        "name": "Renamed",
        "color": "teal",
        "workflow_stage_ids": [],
        "user_ids": stage["user_ids"][-1:],
        "space_role_ids": [role],
        "after_publish_id": None,
        "allow_publish": not stage["allow_publish"],
    }
    response = writing.send(method, f"{STAGES}/{stage['id']}", {STAGE: given})
    assert (response.status_code, response.content) == (204, b"")
    assert writing.one(STAGES, stage["id"]) == {**stage, **given}
    assert writing.applied == 1
    writing.turn("readback", "sent")
    response = writing.send(method, f"{STAGES}/{stage['id']}", {STAGE: {"color": "#fff"}})
    assert (response.status_code, response.json()) == (
        200,
        {STAGE: {**stage, **given, "color": "#fff"}},
    )


def test_positions_are_swapped_on_request(writing: Vendor, flow: Row) -> None:
    first, second, third, *_ = known = writing.stages_of(flow["id"])
    path = f"{STAGES}/{first['id']}"
    writing.send("PUT", path, {STAGE: {"position": 3, "update_position": True}})
    assert writing.one(STAGES, first["id"])["position"] == 3
    assert writing.one(STAGES, third["id"])["position"] == 1
    writing.send("PUT", path, {STAGE: {"position": 2}})
    assert writing.one(STAGES, first["id"])["position"] == 2
    assert writing.one(STAGES, second["id"])["position"] == 2
    assert "update_position" not in writing.one(STAGES, first["id"])
    new = create(writing, workflow_id=flow["id"], position=1, update_position=True)
    assert new["position"] == 1
    assert writing.one(STAGES, third["id"])["position"] == len(known) + 1


def test_a_stage_moves_to_another_workflow(writing: Vendor, flow: Row) -> None:
    default = writing.rows("workflows")[0]
    first, second, *rest = writing.stages_of(flow["id"])
    given = {"workflow_id": default["id"], "name": "Guest", "color": "guest"}
    writing.send("PUT", f"{STAGES}/{first['id']}", {STAGE: given})
    assert writing.one(STAGES, first["id"]) == {**first, **given, "is_default": False}
    assert writing.one(STAGES, second["id"])["is_default"] is True
    for one in (second, *rest[:-1]):
        assert writing.send("DELETE", f"{STAGES}/{one['id']}").status_code == 204
    words = {"error": "The last stage of a workflow cannot leave it"}
    given = {"workflow_id": default["id"], "name": "Last", "color": "last"}
    writing.refused("PUT", f"{STAGES}/{rest[-1]['id']}", {STAGE: given}, 422, words)


# -------------------------------------------------------------------------------- deleting


def staged(writing: Vendor) -> dict[int, list[int]]:
    """The stories of every stage that has any."""
    found: dict[int, list[int]] = {}
    for one in writing.rows("stories"):
        if one["stage"]:
            found.setdefault(one["stage"]["workflow_stage_id"], []).append(one["id"])
    return found


def test_a_deleted_stage_is_named_nowhere(writing: Vendor) -> None:
    stories = staged(writing)
    gone = next(
        one["after_publish_id"]
        for one in writing.rows(STAGES)
        if one["after_publish_id"] in stories
    )
    workflow = writing.one(STAGES, gone)["workflow_id"]
    known = writing.stages_of(workflow)
    assert any(gone in one["workflow_stage_ids"] for one in known)
    assert writing.send("DELETE", f"{STAGES}/{gone}", {}).status_code == 204
    left = writing.stages_of(workflow)
    assert left == [
        {
            **one,
            "after_publish_id": None
            if one["after_publish_id"] == gone
            else one["after_publish_id"],
            "workflow_stage_ids": [n for n in one["workflow_stage_ids"] if n != gone],
        }
        for one in known
        if one["id"] != gone
    ]
    assert all(writing.one("stories", number)["stage"] is None for number in stories[gone])
    assert gone not in {one["workflow_stage_id"] for one in writing.state["workflow_stage_changes"]}
    writing.refused("DELETE", f"{STAGES}/{gone}", None, 404, MISSING)
    assert writing.applied == 1


def test_a_stage_with_stories_may_be_refused(writing: Vendor, flow: Row) -> None:
    writing.turn("stage_in_use", "refused")
    [stage, *_] = staged(writing)
    words = {"error": "Stories are in this stage"}
    writing.refused("DELETE", f"{STAGES}/{stage}", {}, 422, words)
    empty = create(writing, workflow_id=flow["id"])
    assert writing.send("DELETE", f"{STAGES}/{empty['id']}").status_code == 204


@pytest.mark.parametrize("position", ["passed_on", "lost"])
def test_the_default_flag_of_a_deleted_stage(writing: Vendor, flow: Row, position: str) -> None:
    writing.turn("default_stage", position)
    first, second, *_ = writing.stages_of(flow["id"])
    assert first["is_default"]
    writing.send("DELETE", f"{STAGES}/{first['id']}")
    assert writing.one(STAGES, second["id"])["is_default"] is (position == "passed_on")


def test_the_last_stage_stays(writing: Vendor, flow: Row) -> None:
    *others, last = writing.stages_of(flow["id"])
    for one in others:
        writing.send("DELETE", f"{STAGES}/{one['id']}")
    words = {"error": "The last stage of a workflow cannot be deleted"}
    writing.refused("DELETE", f"{STAGES}/{last['id']}", {}, 422, words)


# -------------------------------------------------------------------------------- refusals

BAD: Mapping[str, tuple[Row, Row]] = {
    "no name": ({"name": None}, mixed(name="can't be blank")),
    "empty name": ({"name": " "}, mixed(name="can't be blank")),
    "mistyped name": ({"name": 7}, mixed(name="is invalid")),
    "long name": ({"name": "x" * 256}, mixed(name="is too long (maximum is 255 characters)")),
    "long color": ({"color": "x" * 256}, mixed(color="is too long (maximum is 255 characters)")),
    "no color": ({"color": ""}, mixed(color="can't be blank")),
    "taken name": ({"name": "In Review"}, mixed(name="has already been taken")),
    "flag": ({"allow_publish": None}, mixed(allow_publish="is not included in the list")),
    "position": ({"position": "3"}, mixed(position="is not a number")),
    "huge position": ({"position": 2**53}, mixed(position="is not a number")),
    "workflow": ({"workflow_id": UNKNOWN}, mixed(workflow_id="must exist")),
    "next stage": ({"workflow_stage_ids": [UNKNOWN]}, mixed(workflow_stage_ids="must exist")),
    "no list": ({"workflow_stage_ids": 7}, mixed(workflow_stage_ids="is invalid")),
    "no number": ({"user_ids": ["x"]}, mixed(user_ids="is not a number")),
    "user": ({"user_ids": [UNKNOWN]}, mixed(user_ids="must exist")),
    "role": ({"space_role_ids": [UNKNOWN]}, mixed(space_role_ids="must exist")),
    "after": ({"after_publish_id": UNKNOWN}, mixed(after_publish_id="must exist")),
    "several": (
        {"name": "In Review", "color": None},
        {
            "name": ["has already been taken"],
            "color": ["can't be blank"],
            "error": "Name has already been taken, Color can't be blank",
        },
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_what_is_wrong_is_refused(writing: Vendor, flow: Row, case: str) -> None:
    given, answer = BAD[case]
    new = {**NEW, "workflow_id": flow["id"], **given}
    writing.refused("POST", STAGES, {STAGE: new}, 422, answer)
    first = writing.stages_of(flow["id"])[0]
    for method in ("PUT", "PATCH"):
        writing.refused(method, f"{STAGES}/{first['id']}", {STAGE: given}, 422, answer)


def test_a_color_is_taken_once_in_a_workflow(writing: Vendor, flow: Row) -> None:
    first, second, *_ = writing.stages_of(flow["id"])
    answer = mixed(color="has already been taken")
    new = {"name": "x", "color": first["color"], "workflow_id": flow["id"]}
    writing.refused("POST", STAGES, {STAGE: new}, 422, answer)
    given = {"color": first["color"]}
    writing.refused("PATCH", f"{STAGES}/{second['id']}", {STAGE: given}, 422, answer)
    path = f"{STAGES}/{first['id']}"
    assert writing.send("PUT", path, {STAGE: given}).status_code == 204
    other = writing.rows("workflows")[3]["id"]
    assert create(writing, name="Other", color="first", workflow_id=other)
    assert create(writing, name="Other", color="first", workflow_id=flow["id"])


def test_name_and_color_may_be_left_out(writing: Vendor) -> None:
    answer = mixed(name="can't be blank", color="can't be blank")
    writing.refused("POST", STAGES, {STAGE: {"position": 3}}, 422, answer)
    writing.turn("required", "nothing")
    response = writing.send("POST", STAGES, {STAGE: {"position": 3}})
    assert response.status_code == 201
    assert {"name": "", "color": ""}.items() <= response.json()[STAGE].items()


def test_next_stages_may_have_to_be_near(writing: Vendor, flow: Row) -> None:
    far = writing.rows(STAGES)[0]["id"]
    assert create(writing, workflow_id=flow["id"], workflow_stage_ids=[far])
    writing.turn("next_stages", "workflow")
    near = writing.stages_of(flow["id"])[0]["id"]
    for name, value in (("workflow_stage_ids", [near, far]), ("after_publish_id", far)):
        given = {"name": "x", "color": "x", "workflow_id": flow["id"], name: value}
        writing.refused("POST", STAGES, {STAGE: given}, 422, mixed(**{name: "must exist"}))
    assert create(writing, name="y", color="y", workflow_id=flow["id"], after_publish_id=near)


def test_a_body_that_is_none_is_refused(writing: Vendor) -> None:
    words = {"error": "param is missing or the value is empty: workflow_stage"}
    path = f"{STAGES}/{writing.rows(STAGES)[0]['id']}"
    for body in ({}, [], "x", 7, {"workflow": NEW}, NEW, {STAGE: None}, {STAGE: {}}, {STAGE: [1]}):
        writing.refused("POST", STAGES, body, 422, words)
        writing.refused("PUT", path, body, 422, words)
    assert writing.post_text(STAGES, b"").json() == words
    for text in (b"{", b'{"workflow_stage": \xff}', b"[" * 100_000):
        response = writing.post_text(STAGES, text)
        assert (response.status_code, response.json()) == (
            400,
            {"error": "The request's body is no JSON"},
        )
    assert writing.applied == 0


def test_what_is_not_there_cannot_be_written(writing: Vendor) -> None:
    other = writing.state["stages_by_space"]["1002"][0]["id"]
    for number in (UNKNOWN, "x", other):
        for method in ("PUT", "PATCH", "DELETE"):
            writing.refused(method, f"{STAGES}/{number}", {STAGE: NEW}, 404, MISSING)
    writing.turn("not_found", "object")
    writing.refused("DELETE", f"{STAGES}/7", {}, 404, {"error": MISSING[0]})
    response = writing.send("POST", "../1003/workflow_stages", {STAGE: NEW})
    assert response.status_code == 404


BOTH = {"name": ["has already been taken"], "color": ["can't be blank"]}
SENTENCES = ["Name has already been taken", "Color can't be blank"]
SHAPES = {
    "typed": ({**BOTH, "error": ", ".join(SENTENCES)}, BOTH),
    "mixed": ({**BOTH, "error": ", ".join(SENTENCES)},) * 2,
    "text": ({"error": ", ".join(SENTENCES)},) * 2,
    "list": ({"error": SENTENCES},) * 2,
    "map": ({"error": BOTH},) * 2,
    "errors": ({"errors": BOTH},) * 2,
    "fields": (BOTH, BOTH),
}
LAST = "The last stage of a workflow cannot be deleted"
WHOLE = {
    "typed": {"error": LAST},
    "mixed": {"error": LAST},
    "text": {"error": LAST},
    "list": {"error": [LAST]},
    "map": {"error": {"base": [LAST]}},
    "errors": {"errors": {"base": [LAST]}},
    "fields": {"base": [LAST]},
}


@pytest.mark.parametrize("shape", SHAPES)
def test_a_refusal_has_several_shapes(writing: Vendor, flow: Row, shape: str) -> None:
    writing.turn("errors", shape)
    new = {"name": "In Review", "color": None, "workflow_id": flow["id"]}
    writing.refused("POST", STAGES, {STAGE: new}, 422, SHAPES[shape][0])
    # Of other things than stages the vendor's types have another one.
    words = "has already been taken"
    role = {"role": "Author"}
    answer = writing.send("POST", "space_roles", {"space_role": role}).json()
    assert (answer == {"role": [words]}) is (shape in {"typed", "fields"})
    *others, last = writing.stages_of(flow["id"])
    for one in others:
        writing.send("DELETE", f"{STAGES}/{one['id']}")
    writing.refused("DELETE", f"{STAGES}/{last['id']}", {}, 422, WHOLE[shape])


# -------------------------------------------------------------------------- what tells of it


def test_activities_tell_of_writes(writing: Vendor) -> None:
    stage = create(writing)
    writing.send("PUT", f"{STAGES}/{stage['id']}", {STAGE: {"name": "Renamed"}})
    writing.send("DELETE", f"{STAGES}/{stage['id']}")
    told = [one["activity"] for one in writing.rows("activities")[:3]]
    keys = [f"workflow_stage.{verb}" for verb in ("destroy", "update", "create")]
    assert [one["key"] for one in told] == keys
    assert {one["trackable_id"] for one in told} == {stage["id"]}
    since = {"types": "WorkflowStage", "created_at_gte": told[-1]["created_at"]}
    found = writing.send("GET", "activities", **since).json()["activities"]
    assert [one["activity"] for one in found] == told


def test_faults_strike_before_or_after(writing: Vendor) -> None:
    route = "/v1/spaces/{space_id}/workflow_stages"
    for when, applied in (("before", 0), ("after", 1)):
        writing.sandbox.fault(
            source="storyblok", kind="status", method="POST", route=route, when=when, times=1
        )
        assert writing.send("POST", STAGES, {STAGE: NEW}).status_code == 500
        assert writing.applied == applied
        assert (len(writing.rows(STAGES)) == 34) is (when == "after")


def test_a_reset_takes_writes_back(writing: Vendor) -> None:
    before = writing.state
    first = create(writing)
    assert writing.state != before
    writing.sandbox.reset()
    assert writing.state == before
    assert create(writing)["id"] == first["id"]
