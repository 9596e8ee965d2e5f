"""Workflows, against the running sandbox and against vendors that it cannot be."""

from collections.abc import Callable, Mapping
from typing import Any

import httpx
import pytest

from gateway import errors
from gateway.adapter import ProcessAsk
from gateway.sources.storyblok import Storyblok, wire
from gateway.sources.storyblok.sandbox import EMULATOR
from gateway.sources.storyblok.tests.asking import (
    STAGES,
    UNKNOWN,
    WORKFLOWS,
    State,
    key,
    listed,
    routes,
    workflows_listed,
    workflows_of,
)
from gateway.upstream.trace import Trace
from schema.types.arguments import ResourceKey
from schema.types.ids import GlobalId, Kind
from schema.types.source import Source
from schema.types.stage import Stage
from schema.types.storyblok import StoryblokStage, StoryblokWorkflow
from tests.attributes import attributes
from tests.fixtures import Connect, Sandbox

Offline = Callable[..., Storyblok]
Shown = Mapping[str, Any]


def all_keys(state: State) -> list[GlobalId]:
    return workflows_of(state, "1001") + workflows_of(state, "1002")


def shown(workflow: Any) -> Shown:
    """Return all that clients can see of a workflow."""
    assert isinstance(workflow, StoryblokWorkflow)
    return {
        "id": workflow.id,
        "version": workflow.origin.version(),
        "fields": (
            workflow.source_id, workflow.name, workflow.is_default, workflow.content_types,
            workflow.space_source_id, workflow.created_at, workflow.updated_at,
        ),
        "members": [stage_shown(one) for one in workflow.members or ()],
        "steps": [(one.from_key, one.to_key) for one in workflow.transitions or ()],
    }  # fmt: skip


def stage_shown(stage: Stage | GlobalId) -> Shown:
    assert isinstance(stage, StoryblokStage)
    fields = {name: value for name, value in attributes(stage).items() if name != "origin"}
    return {**fields, "version": stage.origin.version(), "raw": stage.origin.raw()}


def by_id(rows: list[Any]) -> dict[str, Shown]:
    return {one.id: shown(one) for one in rows}


# ---------------------------------------------------------------------------------- lists


async def test_all_workflows_with_their_stages_cost_one_call_a_space(
    sandbox: Sandbox, connect: Connect, state: State
) -> None:
    trace = Trace()
    rows, dropped = await workflows_listed(connect(Source.STORYBLOK), trace)
    assert [one.id for one in rows] == list(map(str, all_keys(state)))
    assert (len(rows), dropped) == (12, 0)
    assert trace.calls == sandbox.calls() == 2
    assert routes(sandbox) == {(WORKFLOWS, 200): 2}
    for row, one in zip(rows, state["workflows"], strict=True):
        assert (row.name, row.is_default, row.content_types, row.source_id) == (
            one["name"], one["is_default"], one["content_types"], str(one["id"]),
        )  # fmt: skip
        assert (row.created_at, row.updated_at) == (None, None)
        stages = [it for it in state["stages"] if it["workflow_id"] == one["id"]]
        assert row.origin.raw() == {**one, "workflow_stages": stages}


async def test_the_members_are_the_stages_of_the_list_of_stages(connect: Connect) -> None:
    adapter = connect(Source.STORYBLOK)
    stages = {one.id: stage_shown(one) for one in (await listed(adapter))[0]}
    rows, _ = await workflows_listed(adapter)
    members = [stage_shown(one) for row in rows for one in row.members or ()]
    assert {one["id"]: one for one in members} == stages
    assert len(members) == 66
    for row in rows:
        positions = [one["position"] for one in map(stage_shown, row.members or ())]
        assert positions == sorted(positions)
        for one in map(stage_shown, row.members or ()):
            assert list(map(str, one["process_keys"])) == [row.id]


async def test_the_steps_are_the_vendor_s(connect: Connect, state: State) -> None:
    rows, _ = await workflows_listed(connect(Source.STORYBLOK))
    for row in rows:
        own = [one for one in state["stages"] if str(one["workflow_id"]) == row.source_id]
        expected = {
            (one["id"], to)
            for one in own
            for to in (
                [other["id"] for other in own if other is not one]
                if one["allow_all_stages"]
                else one["workflow_stage_ids"]
            )
        }
        steps = [
            (int(one.from_key.source_id), int(one.to_key.source_id))
            for one in row.transitions or ()
        ]
        assert len(steps) == len(set(steps))
        assert set(steps) == expected
        assert {
            part.scope for one in row.transitions or () for part in (one.from_key, one.to_key)
        } == {row.space_source_id}
    assert any(one["allow_all_stages"] for one in state["stages"])


async def test_no_filter_is_pushed_down(sandbox: Sandbox, connect: Connect) -> None:
    # A vendor's filter that is not sure to answer all wanted rows would lose some.
    ask = {"names": ("Default",), "is_default": True, "content_types": ("news",)}
    rows, _ = await workflows_listed(connect(Source.STORYBLOK), **ask)
    assert len(rows) == 12
    assert sandbox.calls() == 2
    assert Storyblok.workflow_filters == frozenset()
    assert Storyblok.workflow_orders == frozenset()


async def test_each_space_is_a_batch_of_its_own(connect: Connect) -> None:
    adapter = connect(Source.STORYBLOK, spaces=None)
    assert isinstance(adapter, Storyblok)
    batches = [batch async for batch in adapter.workflows(ProcessAsk(), Trace())]
    assert [len(batch.rows) for batch in batches] == [6, 6]


async def test_spaces_that_the_credential_does_not_see(connect: Connect, state: State) -> None:
    seen = connect(Source.STORYBLOK, token=None, oauth_token="sandbox", spaces=None)
    rows, _ = await workflows_listed(seen)
    assert [one.id for one in rows] == list(map(str, workflows_of(state, "1001")))
    hidden = connect(Source.STORYBLOK, spaces="1001,1003")
    with pytest.raises(errors.Forbidden, match="1003"):
        await workflows_listed(hidden)
    assert await hidden.get_workflows([key("1003", 7, Kind.WORKFLOW)], Trace()) == {}


# ------------------------------------------------------------------------------------ gets


async def test_one_workflow_costs_one_call_and_is_the_same_as_in_the_list(
    sandbox: Sandbox, connect: Connect, state: State
) -> None:
    adapter = connect(Source.STORYBLOK)
    rows = by_id((await workflows_listed(adapter))[0])
    for chosen in all_keys(state):
        sandbox.forget()
        found = await adapter.get_workflows([chosen], Trace())
        assert list(found) == [chosen]
        assert shown(found[chosen]) == rows[str(chosen)]
        assert routes(sandbox) == {(WORKFLOWS + "/{id}", 200): 1}


async def test_many_workflows_cost_one_call_a_space(
    sandbox: Sandbox, connect: Connect, state: State
) -> None:
    adapter = connect(Source.STORYBLOK)
    rows = by_id((await workflows_listed(adapter))[0])
    sandbox.forget()
    chosen = [*all_keys(state)[::-1], all_keys(state)[0]]
    trace = Trace()
    found = await adapter.get_workflows(chosen, trace)
    assert list(found) == chosen[:-1]
    assert by_id(list(found.values())) == rows
    assert trace.calls == sandbox.calls() == 2
    assert routes(sandbox) == {(WORKFLOWS, 200): 2}


async def test_unknown_workflows_are_absent_and_confirmed(
    sandbox: Sandbox, connect: Connect, state: State
) -> None:
    adapter = connect(Source.STORYBLOK)
    known = workflows_of(state, "1001")[:2]
    unknown = [key("1001", UNKNOWN + n, Kind.WORKFLOW) for n in range(3)]
    assert await adapter.get_workflows(unknown[:1], Trace()) == {}
    assert routes(sandbox) == {(WORKFLOWS + "/{id}", 404): 1}
    sandbox.forget()
    assert list(await adapter.get_workflows([*unknown[:1], *known], Trace())) == known
    assert routes(sandbox) == {(WORKFLOWS, 200): 1, (WORKFLOWS + "/{id}", 404): 1}
    sandbox.forget()
    assert list(await adapter.get_workflows([*unknown, *known], Trace())) == known
    assert routes(sandbox) == {(WORKFLOWS, 200): 2}
    # Ids of another space name nothing there.
    moved = [one._replace(scope="1002") for one in known]
    assert await adapter.get_workflows(moved, Trace()) == {}


async def test_a_vendor_s_id_is_located(connect: Connect) -> None:
    adapter = connect(Source.STORYBLOK)
    asked = ResourceKey(source=Source.STORYBLOK, source_id="7", scope_source_id="1002")
    places = await adapter.locate(Kind.WORKFLOW, asked, Trace())
    assert places == [key("1002", 7, Kind.WORKFLOW)]
    asked = ResourceKey(source=Source.STORYBLOK, source_id="7")
    places = await adapter.locate(Kind.WORKFLOW, asked, Trace())
    assert places == [key("1001", 7, Kind.WORKFLOW), key("1002", 7, Kind.WORKFLOW)]
    assert all(map(adapter.owns, places))


# -------------------------------------------------------------------------------- switches

POSITIONS = [
    {name: position} for name, positions in EMULATOR.positions.items() for position in positions[1:]
]
ALL_TURNED = {name: positions[-1] for name, positions in EMULATOR.positions.items()}


@pytest.mark.parametrize("turned", [*POSITIONS, ALL_TURNED], ids=str)
async def test_every_switch_in_every_position_gives_the_same_answer(
    sandbox: Sandbox, connect: Connect, turned: dict[str, str], state: State
) -> None:
    adapter = connect(Source.STORYBLOK, spaces=None)
    expected = by_id((await workflows_listed(adapter))[0])
    for name, position in turned.items():
        sandbox.turn(f"storyblok.{name}", position)
    rows, dropped = await workflows_listed(adapter)
    assert (by_id(rows), dropped) == (expected, 0)
    keys = all_keys(state)
    unknown = [key(space, UNKNOWN, Kind.WORKFLOW) for space in ("1001", "1002", "1003")]
    many = [key("1001", UNKNOWN + n, Kind.WORKFLOW) for n in range(30)]
    for asked in (keys, [*unknown, *keys], [*many, *keys], [*unknown, *keys[:1]], keys[3:4]):
        found = await adapter.get_workflows(asked, Trace())
        wanted = [one for one in asked if one in keys]
        assert list(found) == wanted
        assert [shown(one) for one in found.values()] == [expected[str(one)] for one in wanted]
    assert await adapter.get_workflows(unknown, Trace()) == {}


async def test_stages_that_are_not_sent_along_cost_one_further_call_a_space(
    sandbox: Sandbox, connect: Connect, state: State
) -> None:
    sandbox.turn("storyblok.include_stages", "ignored")
    adapter = connect(Source.STORYBLOK)
    await workflows_listed(adapter)
    assert routes(sandbox) == {(WORKFLOWS, 200): 2, (STAGES, 200): 2}
    sandbox.forget()
    await adapter.get_workflows(all_keys(state), Trace())
    assert routes(sandbox) == {(WORKFLOWS, 200): 2, (STAGES, 200): 2}
    sandbox.forget()
    await adapter.get_workflows(all_keys(state)[:1], Trace())
    assert routes(sandbox) == {(WORKFLOWS + "/{id}", 200): 1, (STAGES, 200): 1}
    sandbox.forget()
    assert await adapter.get_workflows([key("1001", UNKNOWN, Kind.WORKFLOW)], Trace()) == {}
    assert routes(sandbox) == {(WORKFLOWS + "/{id}", 404): 1}


# ---------------------------------------------------------------------------------- faults


async def test_workflows_of_a_wrong_form_are_left_out_and_counted(
    sandbox: Sandbox, connect: Connect, state: State
) -> None:
    adapter = connect(Source.STORYBLOK)
    for kind, field in (
        ("wrong_type", "id"),
        ("missing_field", "id"),
        ("wrong_type", "content_types"),
    ):
        sandbox.fault("storyblok", kind, field=field, route=WORKFLOWS, times=1)
        rows, dropped = await workflows_listed(adapter)
        assert (len(rows), dropped) == (6, 6)
    for field in ("name", "content_types", "is_default"):
        sandbox.heal()
        sandbox.fault("storyblok", "missing_field", field=field, route=WORKFLOWS)
        rows, dropped = await workflows_listed(adapter)
        assert (len(rows), dropped) == (12, 0)
        assert {getattr(one, field) for one in rows} == {None}
    sandbox.heal()
    for kind in ("repeat", "reorder", "drop"):
        sandbox.heal()
        sandbox.fault("storyblok", kind, **({"times": 1} if kind == "drop" else {}))
        keys = workflows_of(state, "1001")
        assert list(await adapter.get_workflows(keys, Trace())) == keys
        if kind != "drop":
            rows, dropped = await workflows_listed(adapter)
            assert (sorted(one.id for one in rows), dropped) == (
                sorted(map(str, all_keys(state))),
                0,
            )


async def test_a_failing_vendor_is_one_failure(
    sandbox: Sandbox, connect: Connect, state: State
) -> None:
    sandbox.turn("storyblok.include_stages", "ignored")
    adapter = connect(Source.STORYBLOK)
    keys = all_keys(state)
    # The stages alone may fail too.
    for route in (None, STAGES):
        sandbox.heal()
        sandbox.fault("storyblok", "status", status=500, route=route)
        for attempt in (
            workflows_listed(adapter),
            adapter.get_workflows(keys, Trace()),
            adapter.get_workflows(keys[:1], Trace()),
        ):
            with pytest.raises(errors.Unavailable):
                await attempt


def stage(number: int, **more: Any) -> dict[str, Any]:
    """Make a stage with every field that the vendor sends."""
    numbers = ("user_ids", "space_role_ids", "workflow_stage_ids")
    fields: dict[str, Any] = {
        name: [] if name in numbers else None for name in wire.Stage.__struct_fields__
    }
    return {**fields, "id": number, "workflow_id": 7, **more}


@pytest.fixture
def vendor(offline: Offline) -> Callable[[list[Any], list[Any]], tuple[Storyblok, list[str]]]:
    """Make an adapter whose one space has these workflows and stages."""

    def make(workflows: list[Any], stages: list[Any]) -> tuple[Storyblok, list[str]]:
        asked: list[str] = []

        def answer(request: httpx.Request) -> httpx.Response:
            asked.append(request.url.path.removeprefix("/v1/spaces/1001/"))
            name, _, number = asked[-1].partition("/")
            rows = workflows if name == "workflows" else stages
            if not number:
                return httpx.Response(200, json={name: rows})
            [one] = [one for one in rows if isinstance(one, dict) and str(one["id"]) == number]
            return httpx.Response(200, json={name.removesuffix("s"): one})

        return offline(answer, spaces="1001"), asked

    return make


Vendor = Callable[[list[Any], list[Any]], tuple[Storyblok, list[str]]]


async def test_a_bad_stage_costs_only_itself(vendor: Vendor) -> None:
    bad = [{"id": 2, "name": {}}, None, {}]
    adapter, asked = vendor([{"id": 7, "workflow_stages": [stage(1), *bad, stage(3)]}], [])
    rows, dropped = await workflows_listed(adapter)
    assert ([one["source_id"] for one in shown(rows[0])["members"]], dropped) == (["1", "3"], 3)
    chosen = key("1001", 7, Kind.WORKFLOW)
    found = await adapter.get_workflows([chosen], Trace())
    assert shown(found[chosen]) == shown(rows[0])
    assert asked == ["workflows", "workflows/7"]


async def test_stages_that_come_apart_are_grouped_and_a_bad_one_costs_only_itself(
    vendor: Vendor,
) -> None:
    stages = [
        stage(3, workflow_id=8), stage(1, position=2), stage(2, position=1),
        stage(4, workflow_id=None), stage(5, workflow_id=99), {"id": 6, "name": 1}, "x",
    ]  # fmt: skip
    adapter, asked = vendor([{"id": 7}, {"id": 8, "workflow_stages": None}, {"id": 9}], stages)
    rows, dropped = await workflows_listed(adapter)
    members = {row.source_id: [one["source_id"] for one in shown(row)["members"]] for row in rows}
    assert members == {"7": ["2", "1"], "8": ["3"], "9": []}
    assert dropped == 2
    assert asked == ["workflows", "workflow_stages"]
    # Whatever the vendor makes of the filter, other workflows' stages are none of this one's.
    chosen = key("1001", 7, Kind.WORKFLOW)
    found = await adapter.get_workflows([chosen], Trace())
    assert shown(found[chosen]) == shown(rows[0])


async def test_stages_that_are_sent_along_in_part_are_read_by_themselves(vendor: Vendor) -> None:
    brief = [{"id": 1, "name": "Drafting"}]
    whole = stage(1, name="Drafting", color="#fff", allow_all_stages=True)
    flows = [
        {"id": 7, "workflow_stages": brief},
        {"id": 8, "workflow_stages": [stage(2, workflow_id=8)]},
    ]
    adapter, asked = vendor(flows, [whole])
    rows, dropped = await workflows_listed(adapter)
    assert dropped == 0
    [[first], [second]] = [shown(one)["members"] for one in rows]
    assert first["raw"] == whole
    assert second["source_id"] == "2"
    assert asked == ["workflows", "workflow_stages"]


async def test_a_bad_workflow_fails_alone(vendor: Vendor) -> None:
    flows = [{"id": 7, "name": {}}, {"id": 8, "workflow_stages": []}]
    adapter, _ = vendor(flows, [])
    chosen = [key("1001", number, Kind.WORKFLOW) for number in (7, 8)]
    for ids in (chosen, chosen[:1]):
        found = await adapter.get_workflows(ids, Trace())
        assert list(found) == ids
        assert [isinstance(found[one], errors.BadResponse) for one in ids] == [True, False][
            : len(ids)
        ]
