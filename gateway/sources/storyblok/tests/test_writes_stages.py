"""Stages are written through the adapter, against the running sandbox."""

from dataclasses import fields
from typing import Any, cast

import pytest

from gateway import errors
from gateway.adapter import EVERYTHING
from gateway.sources.storyblok import Storyblok
from gateway.sources.storyblok.normalise_writes import FLAGS, LISTS
from gateway.sources.storyblok.tests.asking import UNKNOWN, key
from gateway.sources.storyblok.tests.planning import (
    POSITIONS,
    STAGE,
    Row,
    create,
    flow_key,
    fresh,
    looked,
    placed,
    rows,
    sent,
    stages_of,
    surely,
    update,
    writes,
)
from schema.types.ids import GlobalId, Kind
from schema.types.inputs.stage import UpdateStageInput
from schema.types.inputs.storyblok import CreateStoryblokStage, StoryblokStagePatch
from schema.types.mutation_errors import WriteOutcome
from schema.types.storyblok import StoryblokStage
from tests.attributes import attributes
from tests.fixtures import Sandbox

ONE = "workflow_stages/{id}"
TEXTS = ["New", "x" * 255, 'Ünï "quoted" [n] 検討中 🤝 & 50 % + 1?=#', " a ", "__null__"]


@pytest.fixture
def flow(sandbox: Sandbox) -> Row:
    """A workflow of the first space, not the default one."""
    return sandbox.state("storyblok")["workflows"][1]


def values(sandbox: Sandbox, flow: Row) -> dict[str, list[tuple[Any, str, Any]]]:
    """By the graph's names: what is asked for, Storyblok's name, and what it then has."""
    state = sandbox.state("storyblok")
    [first, second, *_] = stages_of(sandbox, flow["id"])
    people = [one["user_id"] for one in state["people"][:3]]
    roles = [one["id"] for one in state["space_roles"][:2]]
    named = {
        "next_stage_ids": (Kind.STAGE, [second["id"], first["id"]]),
        "user_ids": (Kind.PERSON, people),
        "space_role_ids": (Kind.SPACE_ROLE, roles),
    }
    found: dict[str, list[tuple[Any, str, Any]]] = {
        "name": [(one, "name", one) for one in TEXTS],
        "color": [(one, "color", one) for one in (*TEXTS, "#2d3v22", "#FFF")],
        "position": [(one, "position", one) for one in (0, 9, -1, 2**31 - 1, -(2**31))],
        "after_publish_id": [
            (str(key("1001", second["id"])), "after_publish_id", second["id"]),
            (str(second["id"]), "after_publish_id", second["id"]),
        ],
        **{name: [(one, name, one) for one in (True, False)] for name in FLAGS},
    }
    for name, (kind, numbers) in named.items():
        globally = [str(key("1001", one, kind)) for one in numbers]
        lists = (globally, [str(one) for one in numbers], [*globally, *globally], [])
        found[name] = [(one, LISTS[name][0], numbers if one else []) for one in lists]
    return found


NAMES = ("name", "color", "position", "after_publish_id", *FLAGS, *LISTS)


def test_every_field_of_the_inputs_is_tested() -> None:
    assert {one.name for one in fields(CreateStoryblokStage)} == {
        *NAMES, "workflow_id", "space_source_id", "swap_position",
    }  # fmt: skip
    own = {one.name for one in fields(StoryblokStagePatch)}
    assert own == {*NAMES, "workflow_id", "swap_position"} - {"name", "color", "position"}
    of_all = {"id", "if_version", "idempotency_key"}
    blocks = {"devrev", "esper", "storyblok"}
    common = {one.name for one in fields(UpdateStageInput)} - of_all - blocks
    assert common == {"name", "color", "position"}


async def as_read(adapter: Storyblok, stage: GlobalId) -> StoryblokStage:
    return cast("StoryblokStage", (await adapter.get_stages([stage], fresh()))[stage])


def shown(stage: Any) -> Row:
    return {**attributes(stage), "origin": stage.origin.raw(), "version": stage.origin.version()}


@pytest.mark.parametrize("name", NAMES)
async def test_a_field_is_set(storyblok: Storyblok, sandbox: Sandbox, flow: Row, name: str) -> None:
    for place, (asked, theirs, expected) in enumerate(values(sandbox, flow)[name]):
        given = {"name": f"New {place}", "color": f"c{place}", name: asked}
        plan = create(storyblok, workflow_id=str(flow_key(flow["id"])), **given)
        assert await looked(plan) == []
        made = await sent(plan)
        now = rows(sandbox)[made.key.source_id]
        assert now[theirs] == expected
        assert now["workflow_id"] == flow["id"]
        assert made.row is not None
        assert made.lacks == frozenset()
        assert shown(made.row) == shown(await as_read(storyblok, made.key))
        assert await looked(plan) == [made.key]
        other = key("1001", stages_of(sandbox, flow["id"])[0]["id"])
        await sent(update(storyblok, made.key, name=f"Free {place}", color=f"free {place}"))
        before = rows(sandbox)[other.source_id]
        plan = update(storyblok, other, **{name: asked})
        changed = await sent(plan)
        assert rows(sandbox)[other.source_id] == {**before, theirs: expected}
        assert changed.lacks == EVERYTHING
        assert changed.row is not None
        assert changed.row.id == str(changed.key) == str(other)
        assert await looked(plan) == [other]


async def test_null_is_as_absent_in_a_new_stage(
    storyblok: Storyblok, sandbox: Sandbox, flow: Row
) -> None:
    nulls = dict.fromkeys({*NAMES, "swap_position"} - {"name", "color"})
    plain = await sent(create(storyblok, workflow_id=str(flow["id"])))
    null = await sent(
        create(storyblok, name="Other", color="other", workflow_id=str(flow["id"]), **nulls)
    )
    one, other = (rows(sandbox)[made.key.source_id] for made in (plain, null))
    assert {**other, "name": one["name"], "color": one["color"]} == {
        **one, "id": other["id"], "position": one["position"] + 1,
    }  # fmt: skip


async def test_what_can_be_cleared_is_cleared(storyblok: Storyblok, sandbox: Sandbox) -> None:
    stage = next(one for one in rows(sandbox).values() if one["after_publish_id"])
    await sent(update(storyblok, key("1001", stage["id"]), after_publish_id=None))
    assert rows(sandbox)[str(stage["id"])] == {**stage, "after_publish_id": None}
    for name in {*NAMES, "workflow_id", "swap_position"} - {"after_publish_id"}:
        with pytest.raises(errors.Invalid) as caught:
            update(storyblok, key("1001", stage["id"]), **{name: None})
        assert [one.constraint.name for one in caught.value.complaints] == ["REQUIRED"]


async def test_places_are_swapped(storyblok: Storyblok, sandbox: Sandbox, flow: Row) -> None:
    [first, second, third, *_] = stages_of(sandbox, flow["id"])
    plan = update(storyblok, key("1001", first["id"]), position=3, swap_position=True)
    assert await looked(plan) == []
    await sent(plan)
    order = [one["id"] for one in stages_of(sandbox, flow["id"])][:3]
    assert order == [third["id"], second["id"], first["id"]]
    assert await looked(plan) == [key("1001", first["id"])]


@pytest.mark.parametrize("does_swap", [True, False])
async def test_a_new_stage_takes_the_place_of_another(
    storyblok: Storyblok, sandbox: Sandbox, flow: Row, *, does_swap: bool
) -> None:
    before = [one["id"] for one in stages_of(sandbox, flow["id"])]
    home = str(flow["id"])
    plan = create(storyblok, workflow_id=home, position=2, swap_position=does_swap)
    made = await sent(plan)
    places = {one["id"]: one["position"] for one in stages_of(sandbox, flow["id"])}
    assert places[int(made.key.source_id)] == 2
    assert places[before[1]] == (len(before) + 1 if does_swap else 2)
    assert await surely(plan) == [(made.key, True)]


@pytest.mark.parametrize("is_own", [True, False])
async def test_a_stage_moves_to_another_workflow(
    storyblok: Storyblok, sandbox: Sandbox, flow: Row, *, is_own: bool
) -> None:
    other = sandbox.state("storyblok")["workflows"][2]["id"]
    made = await sent(create(storyblok, workflow_id=str(flow["id"])))
    plan = update(storyblok, made.key, workflow_id=str(other if is_own else flow_key(other)))
    assert await looked(plan) == []
    before = rows(sandbox)[made.key.source_id]
    await sent(plan)
    assert rows(sandbox)[made.key.source_id] == {**before, "workflow_id": other}
    assert await surely(plan) == [(made.key, True)]
    with pytest.raises(errors.Refused) as caught:
        await sent(plan := update(storyblok, made.key, workflow_id=str(UNKNOWN)))
    where = (("input", "storyblok", "workflowId"), "REFERENCE")
    assert placed(caught.value, plan) == [where]


async def test_each_write_is_one_call(storyblok: Storyblok, sandbox: Sandbox, flow: Row) -> None:
    trace = fresh()
    made = await create(storyblok, workflow_id=str(flow["id"])).send(trace)
    await update(storyblok, made.key, name="Renamed").send(trace)
    gone = await storyblok.delete_stage(made.key).send(trace)
    assert (gone.key, gone.row) == (made.key, None)
    assert (trace.calls, trace.outcome) == (3, WriteOutcome.APPLIED)
    expected = [(f"DELETE {ONE}", 1), ("POST workflow_stages", 1), (f"PUT {ONE}", 1)]
    assert writes(sandbox) == expected
    assert sandbox.calls() == 3


async def test_a_deletion_is_found(storyblok: Storyblok, sandbox: Sandbox, flow: Row) -> None:
    stage = key("1001", stages_of(sandbox, flow["id"])[0]["id"])
    plan = storyblok.delete_stage(stage)
    assert await looked(plan) == []
    await sent(plan)
    assert stage.source_id not in rows(sandbox)
    assert await looked(plan) == [stage]
    with pytest.raises(errors.Missing):
        await sent(plan)


async def test_what_is_not_there(storyblok: Storyblok, sandbox: Sandbox) -> None:
    nothing = key("1001", UNKNOWN)
    for position in ("array", "object"):
        sandbox.turn("storyblok.not_found", position)
        for plan in (update(storyblok, nothing, name="x"), storyblok.delete_stage(nothing)):
            with pytest.raises(errors.Missing):
                await sent(plan)
    assert await looked(update(storyblok, nothing, name="x")) == []
    assert writes(sandbox) == [(f"DELETE {ONE}", 0), (f"PUT {ONE}", 0)]


@pytest.mark.parametrize(("switch", "position"), POSITIONS)
async def test_every_switch_in_every_position(
    storyblok: Storyblok, sandbox: Sandbox, flow: Row, switch: str, position: str
) -> None:
    sandbox.turn(f"storyblok.{switch}", position)
    plan = create(storyblok, workflow_id=str(flow["id"]), is_default=True)
    assert await looked(plan) == []
    made = await sent(plan)
    assert await looked(plan) == [made.key]
    stages = stages_of(sandbox, flow["id"])
    assert [one["id"] for one in stages if one["is_default"]] == [int(made.key.source_id)]
    plan = update(storyblok, made.key, name="Renamed", next_stage_ids=[str(stages[0]["id"])])
    assert await looked(plan) == []
    assert (await sent(plan)).lacks == EVERYTHING
    assert await looked(plan) == [made.key]
    plan = storyblok.delete_stage(made.key)
    assert await looked(plan) == []
    await sent(plan)
    assert await looked(plan) == [made.key]


async def test_the_default_workflow_takes_what_names_none(
    storyblok: Storyblok, sandbox: Sandbox
) -> None:
    [default, other, *_] = sandbox.state("storyblok")["workflows"]
    await sent(create(storyblok, workflow_id=str(other["id"])))
    plan = create(storyblok)
    assert await looked(plan) == []
    made = await sent(plan)
    assert rows(sandbox)[made.key.source_id]["workflow_id"] == default["id"]
    assert await looked(plan) == [made.key]


# -------------------------------------------------------------------------------- refusals

REFUSED: dict[str, tuple[Row, list[tuple[Any, str]]]] = {
    "name": ({"name": "In Review"}, [(("name",), "UNIQUE")]),
    "next stage": ({"next_stage_ids": [str(UNKNOWN)]}, [(("nextStageIds",), "REFERENCE")]),
    "after": ({"after_publish_id": str(UNKNOWN)}, [(("afterPublishId",), "REFERENCE")]),
    "user": ({"user_ids": [str(UNKNOWN)]}, [(("userIds",), "REFERENCE")]),
    "role": ({"space_role_ids": [str(UNKNOWN)]}, [(("spaceRoleIds",), "REFERENCE")]),
    "two": (
        {"name": "In Review", "user_ids": [str(UNKNOWN)]},
        [(("name",), "UNIQUE"), (("userIds",), "REFERENCE")],
    ),
}
SHAPES = [position for name, position in POSITIONS if name == "errors"]


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("case", REFUSED)
async def test_a_refusal_tells_where(
    storyblok: Storyblok, sandbox: Sandbox, flow: Row, case: str, shape: str
) -> None:
    sandbox.turn("storyblok.errors", shape)
    given, expected = REFUSED[case]
    plan = create(storyblok, workflow_id=str(flow["id"]), **given)
    trace = fresh()
    with pytest.raises(errors.Refused) as caught:
        await plan.send(trace)
    assert placed(caught.value, plan) == [((*STAGE, *path), rule) for path, rule in expected]
    assert trace.outcome is WriteOutcome.NOT_APPLIED
    stage = stages_of(sandbox, flow["id"])[0]["id"]
    plan = update(storyblok, key("1001", stage), **given)
    with pytest.raises(errors.Refused) as caught:
        await sent(plan)
    assert placed(caught.value, plan) == [
        (("input", *path) if path == ("name",) else ("input", "storyblok", *path), rule)
        for path, rule in expected
    ]


@pytest.mark.parametrize("shape", SHAPES)
async def test_the_last_stage_is_refused(
    storyblok: Storyblok, sandbox: Sandbox, flow: Row, shape: str
) -> None:
    *others, last = stages_of(sandbox, flow["id"])
    for one in others:
        await sent(storyblok.delete_stage(key("1001", one["id"])))
    sandbox.turn("storyblok.errors", shape)
    plan = storyblok.delete_stage(key("1001", last["id"]))
    with pytest.raises(errors.Refused) as caught:
        await sent(plan)
    assert placed(caught.value, plan) == [(("input", "id"), "OTHER")]
    [complaint] = caught.value.complaints
    assert complaint.message == "The last stage of a workflow cannot be deleted"


async def test_an_unknown_workflow_is_refused(storyblok: Storyblok) -> None:
    plan = create(storyblok, workflow_id=str(UNKNOWN))
    with pytest.raises(errors.Refused) as caught:
        await sent(plan)
    assert placed(caught.value, plan) == [((*STAGE, "workflowId"), "REFERENCE")]
    assert plan.holder == (flow_key(UNKNOWN), (*STAGE, "workflowId"))
