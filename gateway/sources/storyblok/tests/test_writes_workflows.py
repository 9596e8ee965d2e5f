"""Workflows are written through the adapter, against the running sandbox."""

from dataclasses import fields
from typing import Any, cast

import pytest

from gateway import errors
from gateway.adapter import EVERYTHING
from gateway.sources.storyblok import Storyblok
from gateway.sources.storyblok.tests.asking import UNKNOWN, key
from gateway.sources.storyblok.tests.planning import (
    FLOW,
    POSITIONS,
    Row,
    change_flow,
    copy,
    flow_key,
    fresh,
    looked,
    new_flow,
    placed,
    rows,
    sent,
    stages_of,
    surely,
    told,
    writes,
)
from schema.types.ids import GlobalId
from schema.types.inputs.process import DuplicateWorkflowInput, UpdateWorkflowInput
from schema.types.inputs.storyblok import (
    CreateStoryblokStage,
    CreateStoryblokWorkflow,
    CreateStoryblokWorkflowStage,
    StoryblokWorkflowPatch,
)
from schema.types.storyblok import StoryblokWorkflow
from tests.attributes import attributes
from tests.fixtures import Sandbox

STAGES: list[Row] = [
    {"name": "Idea", "color": "#111", "allow_publish": True},
    {"name": "Cooked", "color": "#222", "is_default": True, "position": 7, "user_ids": []},
]
SHAPES = [position for name, position in POSITIONS if name == "errors"]


@pytest.fixture
def flow(sandbox: Sandbox) -> Row:
    return sandbox.state("storyblok")["workflows"][1]


def test_every_field_of_the_inputs_is_tested() -> None:
    def names(kind: Any) -> set[str]:
        return {one.name for one in fields(kind)}

    assert names(CreateStoryblokWorkflow) == {"space_source_id", "name", "content_types", "stages"}
    of_all = {"id", "if_version", "idempotency_key"}
    assert names(UpdateWorkflowInput) == {*of_all, "name", "stage_order", "devrev", "storyblok"}
    assert names(StoryblokWorkflowPatch) == {"content_types"}
    assert names(DuplicateWorkflowInput) == {"id", "idempotency_key", "name", "content_types"}
    place = {"workflow_id", "space_source_id", "swap_position"}
    assert names(CreateStoryblokWorkflowStage) == names(CreateStoryblokStage) - place


async def as_read(adapter: Storyblok, flow: GlobalId) -> StoryblokWorkflow:
    return cast("StoryblokWorkflow", (await adapter.get_workflows([flow], fresh()))[flow])


def shown(flow: Any) -> Row:
    members = [{**attributes(one), "origin": one.origin.raw()} for one in flow.members]
    # The stages within it are read off its members; reads may do without them.
    raw = {name: one for name, one in flow.origin.raw().items() if name != "workflow_stages"}
    own = {"origin": raw, "version": flow.origin.version(), "members": members}
    return {**attributes(flow), **own}


@pytest.mark.parametrize("stages", [None, [], STAGES[:1], STAGES])
async def test_a_workflow_is_created_with_its_stages_by_one_call(
    storyblok: Storyblok, sandbox: Sandbox, stages: list[Row] | None
) -> None:
    plan = new_flow(storyblok, stages)
    assert await looked(plan) == []
    sandbox.forget()
    made = await sent(plan)
    assert sandbox.calls() == 1
    assert writes(sandbox) == [("POST workflows", 1)]
    now = rows(sandbox, "workflows")[made.key.source_id]
    assert (now["name"], now["content_types"]) == ("Recipes", ["recipe"])
    own = stages_of(sandbox, now["id"])
    assert len(own) == len(stages or ())
    for one, new in zip(own, stages or (), strict=True):
        assert one.items() >= new.items()
    assert made.lacks == frozenset()
    assert shown(made.row) == shown(await as_read(storyblok, made.key))
    assert await looked(plan) == [made.key]


async def test_the_stages_of_a_new_workflow_have_all_fields(
    storyblok: Storyblok, sandbox: Sandbox
) -> None:
    state = sandbox.state("storyblok")
    stage, role = state["stages"][0]["id"], state["space_roles"][0]["id"]
    person = state["people"][0]["user_id"]
    given: Row = {
        "name": "Idea", "color": "#2d3v22", "position": 4, "is_default": True,
        "allow_publish": True, "allow_all_stages": True, "allow_admin_publish": False,
        "allow_all_users": True, "allow_admin_change": False, "allow_editor_change": False,
        "allow_none_for_next_stages": True, "story_editing_locked": True,
        "auto_remove_assignee": True, "next_stage_ids": [str(stage)],
        "after_publish_id": str(key("1001", stage)), "user_ids": [str(person)],
        "space_role_ids": [str(role)],
    }  # fmt: skip
    assert set(given) == {one.name for one in fields(CreateStoryblokWorkflowStage)}
    plan = new_flow(storyblok, [given])
    made = await sent(plan)
    [now] = stages_of(sandbox, int(made.key.source_id))
    expected = {
        **given,
        "workflow_stage_ids": [stage],
        "after_publish_id": stage,
        "user_ids": [person],
        "space_role_ids": [role],
    }
    del expected["next_stage_ids"]
    assert now == {"id": now["id"], "workflow_id": int(made.key.source_id), **expected}
    assert await looked(plan) == [made.key]
    assert await looked(new_flow(storyblok, [given], content_types=["x"])) == []


@pytest.mark.parametrize(
    ("given", "after"),
    [
        ({"name": 'Ünï "quoted" 検討中 🤝'}, {"name": 'Ünï "quoted" 検討中 🤝'}),
        ({"name": "x" * 255}, {"name": "x" * 255}),
        ({"content_types": ["a", "b"]}, {"content_types": ["a", "b"]}),
        ({"name": "x", "content_types": ["a"]}, {"name": "x", "content_types": ["a"]}),
        ({"content_types": ["a", "a"]}, {"content_types": ["a", "a"]}),
    ],
)
async def test_a_workflow_is_changed(
    storyblok: Storyblok, sandbox: Sandbox, flow: Row, given: Row, after: Row
) -> None:
    plan = change_flow(storyblok, flow_key(flow["id"]), **given)
    assert await looked(plan) == []
    sandbox.forget()
    changed = await sent(plan)
    assert sandbox.calls() == 1
    assert rows(sandbox, "workflows")[str(flow["id"])] == {**flow, **after}
    assert (changed.key, changed.lacks) == (flow_key(flow["id"]), EVERYTHING)
    assert changed.row is not None
    assert changed.row.id == str(changed.key)
    assert await looked(plan) == [changed.key]


async def test_the_default_workflow_goes_without_content_types(
    storyblok: Storyblok, sandbox: Sandbox, flow: Row
) -> None:
    default = sandbox.state("storyblok")["workflows"][0]
    await sent(change_flow(storyblok, flow_key(default["id"]), content_types=["a"]))
    plan = change_flow(storyblok, flow_key(default["id"]), content_types=[])
    assert await looked(plan) == []
    await sent(plan)
    assert rows(sandbox, "workflows")[str(default["id"])]["content_types"] == []
    assert await surely(plan) == [(flow_key(default["id"]), True)]
    plan = change_flow(storyblok, flow_key(flow["id"]), content_types=[])
    with pytest.raises(errors.Refused) as caught:
        await sent(plan)
    assert placed(caught.value, plan) == [(("input", "storyblok", "contentTypes"), "REQUIRED")]


async def test_stages_are_put_in_order(storyblok: Storyblok, sandbox: Sandbox, flow: Row) -> None:
    known = [one["id"] for one in stages_of(sandbox, flow["id"])]
    order = [str(key("1001", one)) for one in reversed(known)]
    plan = change_flow(storyblok, flow_key(flow["id"]), stage_order=order)
    assert await looked(plan) == []
    trace = fresh()
    await plan.send(trace)
    assert trace.calls == 2  # which stages there are, and the write
    assert [one["id"] for one in stages_of(sandbox, flow["id"])] == known[::-1]
    assert [one["position"] for one in stages_of(sandbox, flow["id"])] == list(
        range(1, len(known) + 1)
    )
    assert await looked(plan) == [flow_key(flow["id"])]
    last = known[-1]
    for wrong, complaints in (
        (order[1:], [(("input", "stageOrder"), "REQUIRED")]),
        ([*order, str(key("1001", UNKNOWN))], [(("input", "stageOrder", "6"), "REFERENCE")]),
    ):
        with pytest.raises(errors.Invalid) as caught:
            await sent(change_flow(storyblok, flow_key(flow["id"]), stage_order=wrong))
        assert told(caught.value) == complaints
    assert stages_of(sandbox, flow["id"])[0]["id"] == last
    nothing = change_flow(storyblok, flow_key(UNKNOWN), stage_order=order)
    with pytest.raises(errors.Missing):
        await sent(nothing)


async def test_a_workflow_is_deleted(storyblok: Storyblok, sandbox: Sandbox, flow: Row) -> None:
    plan = storyblok.delete_workflow(flow_key(flow["id"]))
    assert await looked(plan) == []
    gone = await sent(plan)
    assert (gone.key, gone.row) == (flow_key(flow["id"]), None)
    assert str(flow["id"]) not in rows(sandbox, "workflows")
    assert stages_of(sandbox, flow["id"]) == []
    assert await looked(plan) == [gone.key]
    with pytest.raises(errors.Missing):
        await sent(plan)


async def test_a_workflow_is_duplicated(storyblok: Storyblok, sandbox: Sandbox, flow: Row) -> None:
    plan = copy(storyblok, flow_key(flow["id"]), "Copy", ["dish"])
    assert await looked(plan) == []
    sandbox.forget()
    made = await sent(plan)
    assert sandbox.calls() == 1
    now = rows(sandbox, "workflows")[made.key.source_id]
    assert (now["name"], now["content_types"]) == ("Copy", ["dish"])
    assert len(stages_of(sandbox, now["id"])) == len(stages_of(sandbox, flow["id"]))
    assert shown(made.row) == shown(await as_read(storyblok, made.key))
    assert await looked(plan) == [made.key]
    same = copy(storyblok, flow_key(flow["id"]), flow["name"], flow["content_types"])
    assert await looked(same) == []  # the original is no copy of itself


@pytest.mark.parametrize(("switch", "position"), POSITIONS)
async def test_every_switch_in_every_position(
    storyblok: Storyblok, sandbox: Sandbox, switch: str, position: str
) -> None:
    sandbox.turn(f"storyblok.{switch}", position)
    plan = new_flow(storyblok, STAGES)
    made = await sent(plan)
    assert await looked(plan) == [made.key]
    read = shown(await as_read(storyblok, made.key))
    if not made.lacks:
        assert shown(made.row) == read
    else:
        assert made.lacks == {"stages", "transitions", "raw"}
        unknown = ("members", "transitions", "origin")
        assert made.row is not None
        told = {name: one for name, one in shown(made.row).items() if name not in unknown}
        assert told == {name: one for name, one in read.items() if name not in unknown}
    order = [one.id for one in reversed((await as_read(storyblok, made.key)).members or ())]  # type: ignore[union-attr]
    plan = change_flow(storyblok, made.key, name="Meals", stage_order=order)
    assert await looked(plan) == []
    await sent(plan)
    assert await looked(plan) == [made.key]
    copied = await sent(copy(storyblok, made.key, "Copy", ["dish"]))
    own = stages_of(sandbox, int(copied.key.source_id))
    assert [one["name"] for one in own] == ["Cooked", "Idea"]
    for one in (made.key, copied.key):
        plan = storyblok.delete_workflow(one)
        await sent(plan)
        assert await looked(plan) == [one]


# -------------------------------------------------------------------------------- refusals


@pytest.mark.parametrize("shape", SHAPES)
async def test_a_refusal_tells_where(
    storyblok: Storyblok, sandbox: Sandbox, flow: Row, shape: str
) -> None:
    sandbox.turn("storyblok.errors", shape)
    stage = {**STAGES[0], "user_ids": [str(UNKNOWN)]}
    same = flow["name"], flow["content_types"]
    for plan, expected in (
        (new_flow(storyblok, [stage]), [((*FLOW, "stages", "0", "userIds"), "REFERENCE")]),
        (new_flow(storyblok, [STAGES[1], stage]), [((*FLOW, "stages"), "REFERENCE")]),
        (
            copy(storyblok, flow_key(flow["id"]), *same),
            [(("input", "name"), "UNIQUE"), (("input", "contentTypes"), "UNIQUE")],
        ),
    ):
        with pytest.raises(errors.Refused) as caught:
            await sent(plan)
        assert placed(caught.value, plan) == expected
    sandbox.turn("storyblok.default_workflow", "refused")
    default = sandbox.state("storyblok")["workflows"][0]
    plan = storyblok.delete_workflow(flow_key(default["id"]))
    with pytest.raises(errors.Refused) as caught:
        await sent(plan)
    assert placed(caught.value, plan) == [(("input", "id"), "OTHER")]


async def test_what_is_not_there(storyblok: Storyblok, sandbox: Sandbox) -> None:
    nothing = flow_key(UNKNOWN)
    for plan in (
        change_flow(storyblok, nothing, name="x"),
        storyblok.delete_workflow(nothing),
        copy(storyblok, nothing, "x", ["x"]),
    ):
        with pytest.raises(errors.Missing):
            await sent(plan)
    assert await looked(change_flow(storyblok, nothing, name="x")) == []
    assert all(not applied for _, applied in writes(sandbox))
