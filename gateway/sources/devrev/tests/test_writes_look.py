"""What a write may have done is found, old or new, and told to be unsure where it is."""

from typing import cast

import pytest
from strawberry import Some

from gateway import errors
from gateway.adapter import Plan, Written
from gateway.sources.devrev import DevRev
from gateway.sources.devrev.tests.asking import key
from gateway.sources.devrev.tests.stages import diagram, stage
from gateway.sources.devrev.tests.test_writes_stages import (
    AT,
    FLOW,
    ITEM,
    NODES,
    new_flow,
    new_stage,
)
from gateway.sources.devrev.tests.test_writes_works import KINDS, UPDATES, at, of, patch
from gateway.sources.devrev.tests.writing import (
    FIELDS,
    OLD,
    applied,
    fresh,
    names,
    new,
    sent,
    the,
)
from gateway.sources.devrev.tests.writing import NEW as INPUTS
from schema.types.inputs.devrev import (
    DevRevStagePatch,
    DevRevWorkflowNodeInput,
    DevRevWorkflowPatch,
)
from schema.types.inputs.process import UpdateWorkflowInput
from schema.types.inputs.stage import UpdateStageInput
from schema.types.inputs.work import MoveWorkInput
from schema.types.source import Source
from tests.fixtures import Connect, Sandbox

UNTOLD = {
    "ticket": {"is_spam"},
    "task": {"priority", "is_embedded", "started_at"},
    "opportunity": {
        "amount",
        "customer_budget",
        "forecast_category",
        "priority",
        "probability",
    },
}
"""Fields of creates that the vendor's OpenAPI does not have in answers."""

NOT_SENT = {
    ("ticket", "source_channel"),
    ("opportunity", "forecast_category"),
    ("opportunity", "priority"),
}


async def looked(plan: Plan, sandbox: Sandbox) -> list[Written]:
    before = applied(sandbox)
    assert plan.look
    found = list(await plan.look(fresh()))
    assert applied(sandbox) == before
    return found


@pytest.mark.parametrize(
    ("kind", "name"), [(kind, name) for kind in KINDS for name in names(INPUTS[kind])]
)
async def test_a_created_work_is_found_by_every_field(
    sandbox: Sandbox, devrev: DevRev, kind: str, name: str
) -> None:
    first = {"issue": 1, "task": 1, "ticket": 9, "opportunity": 13}[kind]
    given = str(stage(first)) if name == "stage_id" else FIELDS[name][0]
    plan = devrev.create_work(new(kind, **{name: given}), at(kind))
    assert await looked(plan, sandbox) == []
    written = await sent(plan)
    if name in UNTOLD.get(kind, set()):
        [found] = await looked(plan, sandbox)
        assert (found.key, found.is_sure) == (written.key, False)
        sandbox.turn("devrev.answers", "everything")
    [found] = await looked(plan, sandbox)
    assert (found.key, found.is_sure) == (written.key, True)
    other = devrev.create_work(new(kind, title="Another"), at(kind))
    assert await looked(other, sandbox) == []
    if name != "artifact_ids":  # a file belongs to one work
        await sent(plan)
        assert len(await looked(plan, sandbox)) == 2


@pytest.mark.parametrize(("kind", "name"), [one for one in UPDATES if one not in NOT_SENT])
async def test_a_changed_work_is_found_by_every_field(
    sandbox: Sandbox, devrev: DevRev, kind: str, name: str
) -> None:
    sandbox.turn("devrev.answers", "everything")
    plan = devrev.update_work(key(of(kind)), patch(kind, name, FIELDS[name][0]))
    await sent(plan)
    [found] = await looked(plan, sandbox)
    assert found.key == key(of(kind))
    assert found.is_sure is (name != "is_archived")  # which no answer has, in any position
    await sent(devrev.delete_work(key(of(kind))))
    assert await looked(plan, sandbox) == []


async def test_another_value_is_not_found(sandbox: Sandbox, devrev: DevRev) -> None:
    assert await looked(devrev.update_work(key("ISS-7"), patch("", "title", "x")), sandbox) == []
    [found] = await looked(devrev.update_work(key("ISS-7"), patch("", "body", "x")), sandbox)
    assert found.is_sure is False  # DevRev may write a body in another way


@pytest.mark.parametrize("told", ["full", "name"])
async def test_a_moved_work_is_found(sandbox: Sandbox, devrev: DevRev, told: str) -> None:
    sandbox.turn("devrev.work_stage", told)

    def move(number: int) -> Plan:
        asked = MoveWorkInput(id="", stage_id=str(stage(number)), allow_invalid_transition=True)
        return devrev.move_work(key(OLD["issue"]), asked)

    assert await looked(move(2), sandbox) == []
    await sent(move(2))
    [found] = await looked(move(2), sandbox)
    assert (found.key, found.is_sure) == (key(OLD["issue"]), True)
    await sent(move(5))
    [found] = await looked(move(5), sandbox)
    assert found.is_sure is (told == "full")  # two stages have the name
    assert len(await looked(move(12), sandbox)) == (told == "name")


async def test_a_deleted_work_is_found_to_be_gone(sandbox: Sandbox, connect: Connect) -> None:
    devrev = cast("DevRev", connect(Source.DEVREV))
    plan = devrev.delete_work(key("ISS-7"))
    assert await looked(plan, sandbox) == []
    sandbox.fault("devrev", "status", status=400, body={"type": "invalid_id"}, route="/works.get")
    with pytest.raises(errors.BadResponse):
        await looked(plan, sandbox)
    sandbox.heal()
    await sent(plan)
    assert await looked(plan, sandbox) == [Written(key=key("ISS-7"))]


async def test_stages_are_found(sandbox: Sandbox, devrev: DevRev) -> None:
    plan = devrev.create_stage(new_stage(), AT)
    assert await looked(plan, sandbox) == []
    written = await sent(plan)
    [found] = await looked(plan, sandbox)
    assert (found.key, found.is_sure) == (written.key, True)
    for other in (new_stage(position=8), new_stage(state_id="STA-1"), new_stage(name="später")):
        assert await looked(devrev.create_stage(other, AT), sandbox) == []
    [found] = await looked(devrev.create_stage(new_stage(marketplace_ref=ITEM), AT), sandbox)
    assert (found.key, found.is_sure) == (written.key, False)
    block = DevRevStagePatch(state_id=Some("STA-2"))
    update = devrev.update_stage(stage(4), UpdateStageInput(id="", name=Some("x"), devrev=block))
    assert await looked(update, sandbox) == []
    await sent(update)
    assert [one.is_sure for one in await looked(update, sandbox)] == [True]


async def test_a_row_that_makes_no_sense_may_be_it(sandbox: Sandbox, devrev: DevRev) -> None:
    answer = {"result": [{"id": "?", "name": "Später"}]}
    sandbox.fault("devrev", "status", status=200, body=answer, route="/stages.custom.list")
    with pytest.raises(errors.BadResponse):
        await looked(devrev.create_stage(new_stage(), AT), sandbox)
    plan = devrev.create_work(new("issue"), at("issue"))
    written = await sent(plan)
    whole = the(sandbox, "works", written.key.source_id)
    answer = {"works": [whole, {"type": "issue", "id": "?"}]}
    sandbox.fault("devrev", "status", status=200, body=answer, route="/works.list")
    with pytest.raises(errors.BadResponse):  # also beside one that is equal, which may be older
        await looked(plan, sandbox)


async def test_one_that_does_not_tell_its_age_is_found(sandbox: Sandbox, devrev: DevRev) -> None:
    plan = devrev.create_work(new("issue"), at("issue"))
    written = await sent(plan)
    ageless = the(sandbox, "works", written.key.source_id)
    del ageless["created_date"], ageless["modified_date"]
    answer = {"works": [ageless]}
    sandbox.fault("devrev", "status", status=200, body=answer, route="/works.list")
    [found] = await looked(plan, sandbox)
    assert (found.key, found.is_sure) == (written.key, True)


async def test_workflows_are_found(sandbox: Sandbox, devrev: DevRev) -> None:
    plan = devrev.create_workflow(new_flow(), FLOW)
    assert await looked(plan, sandbox) == []
    written = await sent(plan)
    [found] = await looked(plan, sandbox)
    assert (found.key, found.is_sure) == (written.key, True)
    others = [
        [NODES[1], NODES[0]],
        [DevRevWorkflowNodeInput(stage_id=str(stage(1)), is_start=True), NODES[1]],
        [NODES[0], DevRevWorkflowNodeInput(stage_id=str(stage(2)), is_deprecated=False)],
    ]
    lengths = [
        len(await looked(devrev.create_workflow(new_flow(nodes=nodes), FLOW), sandbox))
        for nodes in others
    ]
    assert lengths == [1, 0, 0]
    update = devrev.update_workflow(
        diagram(1), UpdateWorkflowInput(id="", devrev=DevRevWorkflowPatch(nodes=Some(NODES)))
    )
    assert await looked(update, sandbox) == []
    await sent(update)
    assert [one.is_sure for one in await looked(update, sandbox)] == [True]
    shown = [DevRevWorkflowNodeInput(stage_id="STG-1")]
    found = await looked(devrev.create_workflow(new_flow(nodes=shown), FLOW), sandbox)
    assert [one.is_sure for one in found] == [False]  # nodes tell no display ids
