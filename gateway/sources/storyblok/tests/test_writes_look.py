"""What a write that was cut off is looked for by, and how sure it is that it was found."""

from typing import Any

import pytest

from gateway.sources.storyblok import Storyblok
from gateway.sources.storyblok.tests.asking import key
from gateway.sources.storyblok.tests.planning import (
    Row,
    change_flow,
    create,
    flow_key,
    new_flow,
    rows,
    sent,
    stages_of,
    surely,
    update,
)
from tests.fixtures import KEEPING, Graph, MakeGraph, Sandbox

IDEA: Row = {"name": "Idea", "color": "#111"}
COOKED: Row = {"name": "Cooked", "color": "#222"}


@pytest.fixture
def flow(sandbox: Sandbox) -> Row:
    """A workflow of the first space, not the default one."""
    return sandbox.state("storyblok")["workflows"][1]


@pytest.mark.parametrize("is_default", [True, False])
async def test_the_default_flag_of_new_stages_moves(
    storyblok: Storyblok, sandbox: Sandbox, *, is_default: bool
) -> None:
    """The only stage is the default one, and another one takes the flag."""
    plan = new_flow(storyblok, [{**IDEA, "is_default": is_default}])
    made = await sent(plan)
    assert await surely(plan) == [(made.key, True)]
    home = made.key.source_id
    other = create(storyblok, workflow_id=home, is_default=not is_default)
    its = await sent(other)
    assert await surely(plan) == [(made.key, True)]
    [first, _] = stages_of(sandbox, int(home))
    await sent(update(storyblok, key("1001", first["id"]), is_default=True))
    assert await surely(other) == [(its.key, True)]


async def test_the_places_of_new_stages_move(storyblok: Storyblok, sandbox: Sandbox) -> None:
    plan = new_flow(storyblok, [{**IDEA, "position": 4}, {**COOKED, "position": 7}])
    made = await sent(plan)
    home = int(made.key.source_id)
    stage = create(storyblok, workflow_id=str(home), position=4)
    its = await sent(stage)
    order = [str(key("1001", one["id"])) for one in reversed(stages_of(sandbox, home))]
    await sent(change_flow(storyblok, made.key, stage_order=order))
    assert await surely(plan) == [(made.key, True)]
    assert await surely(stage) == [(its.key, True)]


@pytest.mark.parametrize("how", ["lacks", "changed"])
async def test_what_the_vendor_does_not_keep_of_a_new_stage(
    storyblok: Storyblok, sandbox: Sandbox, flow: Row, how: str
) -> None:
    given = {"allow_none_for_next_stages": True, "next_stage_ids": []}
    plans = (
        create(storyblok, workflow_id=str(flow["id"]), **given),
        new_flow(storyblok, [COOKED, {**IDEA, **given}]),
    )
    made = [await sent(plan) for plan in plans]
    own = stages_of(sandbox, int(made[1].key.source_id))[1]
    if how == "lacks":
        sandbox.fault(
            "storyblok", "missing_field", method="GET", field="allow_none_for_next_stages"
        )
    else:
        for one in (made[0].key, key("1001", own["id"])):
            await sent(update(storyblok, one, allow_none_for_next_stages=False))
    for plan, written in zip(plans, made, strict=True):
        assert await surely(plan) == [(written.key, False)]


async def test_a_new_workflow_without_its_stages(storyblok: Storyblok, sandbox: Sandbox) -> None:
    """Whether the vendor made them at all is not told by the workflow."""
    made = await sent(new_flow(storyblok, [COOKED]))
    assert await surely(new_flow(storyblok, [COOKED, IDEA])) == [(made.key, False)]
    assert await surely(new_flow(storyblok, content_types=["x"])) == []
    assert await surely(new_flow(storyblok, name="Another")) == []
    sandbox.fault("storyblok", "missing_field", method="GET", field="content_types")
    assert (made.key, False) in await surely(new_flow(storyblok, [COOKED]))


@pytest.mark.parametrize(
    "given",
    [
        {"is_default": True},
        {"position": 9},
        {"name": "Renamed"},
        {"after_publish_id": None},
        {"user_ids": []},
    ],
)
async def test_a_change_is_compared_in_every_field(
    storyblok: Storyblok, sandbox: Sandbox, flow: Row, given: Any
) -> None:
    stages = stages_of(sandbox, flow["id"])
    [stage, *_] = [one for one in stages if not any(one[n] == given[n] for n in given)]
    plan = update(storyblok, key("1001", stage["id"]), **given)
    assert await surely(plan) == []
    await sent(plan)
    assert await surely(plan) == [(key("1001", stage["id"]), True)]
    [field] = given
    sandbox.fault("storyblok", "missing_field", method="GET", field=field)
    assert await surely(plan) == [(key("1001", stage["id"]), False)]


async def test_a_change_of_a_workflow_that_is_not_told(
    storyblok: Storyblok, sandbox: Sandbox, flow: Row
) -> None:
    plan = change_flow(storyblok, flow_key(flow["id"]), content_types=flow["content_types"])
    assert await surely(plan) == [(flow_key(flow["id"]), True)]
    sandbox.fault("storyblok", "missing_field", method="GET", field="content_types")
    assert await surely(plan) == [(flow_key(flow["id"]), False)]


_CREATE = """mutation ($input: CreateWorkflowInput!) {
  createWorkflow(input: $input) { workflow { id } errors { code ... on UpstreamError { outcome } } }
}"""


async def do(graph: Graph, stages: list[Row]) -> Row:
    new = {"name": "Recipes", "contentTypes": ["recipe"], "stages": stages}
    asked = {"workflow": {"storyblok": {"spaceSourceId": "1001", **new}}, "idempotencyKey": "k"}
    return (await graph.data(_CREATE, input=asked))["createWorkflow"]


@pytest.mark.parametrize("field", ["", "allow_none_for_next_stages"])
async def test_one_key_makes_one_workflow(
    make_graph: MakeGraph, sandbox: Sandbox, field: str
) -> None:
    graph = await make_graph(**KEEPING)
    stages = [{**IDEA, "isDefault": False, "position": 3, "allowNoneForNextStages": True}]
    sandbox.fault("storyblok", "reset", method="POST", when="after", times=1)
    cut = await do(graph, stages)
    assert [error["outcome"] for error in cut["errors"]] == ["UNKNOWN"]
    if field:
        sandbox.fault("storyblok", "missing_field", method="GET", field=field)
    again = await do(graph, stages)
    [number] = [i for i, one in rows(sandbox, "workflows").items() if one["name"] == "Recipes"]
    if field:
        assert [error["outcome"] for error in again["errors"]] == ["UNKNOWN"]
    else:
        assert again == {"workflow": {"id": str(flow_key(number))}, "errors": []}
