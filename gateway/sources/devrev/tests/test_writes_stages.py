"""Stages and stage diagrams are created and changed, every field by name."""

from typing import Any

import pytest
from strawberry import Some

from gateway import errors
from gateway.sources.devrev import DevRev
from gateway.sources.devrev import calls_writes as calls
from gateway.sources.devrev.tests import writing
from gateway.sources.devrev.tests.asking import ROOT, counts, key
from gateway.sources.devrev.tests.stages import diagram, stage
from gateway.sources.devrev.tests.writing import (
    complaint,
    fresh,
    got,
    names,
    plain,
    sent,
    the,
    whole,
)
from gateway.sources.devrev.writes_stages import (
    DIAGRAM,
    DIAGRAM_BLOCK,
    NEW_DIAGRAM,
    NEW_STAGE,
    STAGE,
    STAGE_BLOCK,
)
from gateway.upstream.call import tag
from schema.types.devrev import DevRevStage, DevRevWorkflow
from schema.types.ids import Kind
from schema.types.inputs.devrev import (
    CreateDevRevStage,
    CreateDevRevWorkflow,
    DevRevStagePatch,
    DevRevWorkflowNodeInput,
    DevRevWorkflowPatch,
)
from schema.types.inputs.process import UpdateWorkflowInput
from schema.types.inputs.stage import UpdateStageInput
from schema.types.inputs.storyblok import StoryblokStagePatch
from schema.types.mutation_errors import Constraint
from tests.fixtures import Sandbox

AT = ("input", "stage", "devrev")
FLOW = ("input", "workflow", "devrev")
STATE = f"{ROOT}custom_state/3"
ITEM = f"{ROOT}marketplace_item/7"

NODES = [
    DevRevWorkflowNodeInput(
        stage_id=str(stage(1)), is_start=True, next_stage_ids=[stage(2).source_id, str(stage(1))]
    ),
    DevRevWorkflowNodeInput(stage_id=stage(2).source_id, is_deprecated=True),
]
DRAWN = [
    (stage(1).source_id, True, False, [stage(2).source_id, stage(1).source_id]),
    (stage(2).source_id, False, True, []),
]


def new_stage(**more: Any) -> CreateDevRevStage:
    return CreateDevRevStage(**{"name": "Später", "position": 7, "state_id": "STA-3", **more})


def new_flow(**more: Any) -> CreateDevRevWorkflow:
    given = {"name": "Our flow", "leaf_type": "issue", "nodes": NODES, **more}
    return CreateDevRevWorkflow(**given)


def drawn(flow: dict[str, Any]) -> list[Any]:
    return [
        (
            node["stage"]["id"],
            node["is_start"],
            node["is_deprecated"],
            [one["target_stage"]["id"] for one in node["transitions"]],
        )
        for node in flow["stages"]
    ]


def test_every_field_of_the_inputs_is_sent() -> None:
    common = {"id", "if_version", "idempotency_key"}
    stages = {one.name for one in STAGE}
    others = {"color", "devrev", "esper", "storyblok"}
    assert {one.name for one in NEW_STAGE} == set(names(CreateDevRevStage))
    assert stages | others | common == set(names(UpdateStageInput))
    assert {one.name for one in STAGE_BLOCK} == set(names(DevRevStagePatch))
    assert {one.name for one in NEW_DIAGRAM} == set(names(CreateDevRevWorkflow))
    flows = {one.name for one in DIAGRAM}
    assert flows | {"stage_order", "devrev", "storyblok"} | common == set(
        names(UpdateWorkflowInput)
    )
    assert {one.name for one in DIAGRAM_BLOCK} == set(names(DevRevWorkflowPatch))


@pytest.mark.parametrize("answers", ["documented", "everything"])
async def test_a_stage_is_created(sandbox: Sandbox, devrev: DevRev, answers: str) -> None:
    sandbox.turn("devrev.answers", answers)
    plan = devrev.create_stage(new_stage(marketplace_ref=ITEM), AT)
    assert counts(sandbox) == {}
    written = await sent(plan)
    assert counts(sandbox) == {"/stages.custom.create": 1}
    made = the(sandbox, "stages", written.key.source_id)
    assert (made["name"], made["ordinal"], plain(made["state"])) == ("Später", 7, STATE)
    assert made["marketplace_ref"] == ITEM
    row = written.row
    assert isinstance(row, DevRevStage)
    assert (row.name, row.position) == ("Später", 7)
    assert whole(await got(devrev, written.key)) == whole(row)
    assert written.lacks == frozenset()


async def test_a_stage_is_changed_field_by_field(sandbox: Sandbox, devrev: DevRev) -> None:
    patches = {
        "name": UpdateStageInput(id="", name=Some("Neu")),
        "ordinal": UpdateStageInput(id="", position=Some(-5)),
        "state": UpdateStageInput(id="", devrev=DevRevStagePatch(state_id=Some("STA-3"))),
    }
    expected: dict[str, Any] = {"name": "Neu", "ordinal": -5, "state": STATE}
    for wire, patch in patches.items():
        sandbox.reset()
        before = the(sandbox, "stages", stage(4).source_id)
        written = await sent(devrev.update_stage(stage(4), patch))
        after = the(sandbox, "stages", stage(4).source_id)
        assert plain(after[wire]) == expected[wire]
        changed = {one for one in after if before.get(one) != after[one]}
        assert changed - {"modified_by", "modified_date"} == {wire}
        assert counts(sandbox) == {"/stages.custom.update": 1}
        assert whole(await got(devrev, stage(4))) == whole(written.row)


async def test_a_workflow_is_created(sandbox: Sandbox, devrev: DevRev) -> None:
    given = new_flow(leaf_type="epic", is_default=True, is_custom_leaf_type=True)
    written = await sent(devrev.create_workflow(given, FLOW))
    assert counts(sandbox) == {"/stage-diagrams.create": 1}
    made = the(sandbox, "workflows", written.key.source_id)
    assert (made["name"], made["leaf_type"]) == ("Our flow", "epic")
    assert (made["is_default"], made["is_custom_leaf_type"], drawn(made)) == (True, True, DRAWN)
    assert isinstance(written.row, DevRevWorkflow)
    assert written.row.members == [stage(1), stage(2)]
    assert whole(await got(devrev, written.key)) == whole(written.row)


async def test_a_workflow_is_changed_field_by_field(sandbox: Sandbox, devrev: DevRev) -> None:
    await sent(devrev.update_workflow(diagram(1), UpdateWorkflowInput(id="", name=Some("Neu"))))
    before = the(sandbox, "workflows", diagram(1).source_id)
    assert before["name"] == "Neu"
    patch = UpdateWorkflowInput(id="", devrev=DevRevWorkflowPatch(nodes=Some(NODES)))
    written = await sent(devrev.update_workflow(key("SDG-1", Kind.WORKFLOW), patch))
    assert written.key == diagram(1)
    after = the(sandbox, "workflows", diagram(1).source_id)
    assert (after["name"], drawn(after)) == ("Neu", DRAWN)
    assert whole(await got(devrev, diagram(1))) == whole(written.row)


async def test_shared_names_are_the_vendors_to_refuse(sandbox: Sandbox, devrev: DevRev) -> None:
    await sent(devrev.create_stage(new_stage(name="triage"), AT))
    sandbox.turn("devrev.stage_names", "unique")
    found = await complaint(devrev.create_stage(new_stage(name="triage"), AT), sandbox)
    assert found[:2] == ((*AT, "name"), Constraint.UNIQUE)
    patch = UpdateWorkflowInput(id="", name=Some("Ticket flow"))
    found = await complaint(devrev.update_workflow(diagram(1), patch), sandbox)
    assert found[:2] == (("input", "name"), Constraint.UNIQUE)


@pytest.mark.parametrize("position", ["invalid_id", "not_found"])
async def test_ids_that_name_nothing(sandbox: Sandbox, devrev: DevRev, position: str) -> None:
    sandbox.turn("devrev.unknown_references", position)
    found = await complaint(devrev.create_stage(new_stage(state_id="STA-99"), AT), sandbox)
    assert found[:2] == ((*AT, "stateId"), Constraint.REFERENCE)
    patch = UpdateStageInput(id="", devrev=DevRevStagePatch(state_id=Some("STA-99")))
    found = await complaint(devrev.update_stage(stage(4), patch), sandbox)
    assert found[:2] == (("input", "devrev", "stateId"), Constraint.REFERENCE)
    nodes = [DevRevWorkflowNodeInput(stage_id="STG-99")]
    found = await complaint(devrev.create_workflow(new_flow(nodes=nodes), FLOW), sandbox)
    assert found[:2] == ((*FLOW, "nodes"), Constraint.REFERENCE)
    for one in (patch, UpdateStageInput(id="", name=Some("x"))):
        with pytest.raises(errors.Missing):
            await devrev.update_stage(stage(99), one).send(fresh())


async def test_mixed_ids_are_the_vendors_to_compare(sandbox: Sandbox, devrev: DevRev) -> None:
    twice = [*NODES, DevRevWorkflowNodeInput(stage_id="STG-1")]
    found = await complaint(devrev.create_workflow(new_flow(nodes=twice), FLOW), sandbox)
    assert found[:2] == ((*FLOW, "nodes"), Constraint.UNIQUE)


async def test_display_ids_may_be_refused(sandbox: Sandbox, devrev: DevRev) -> None:
    sandbox.turn("devrev.display_ids", "refused")
    patch = UpdateStageInput(id="", name=Some("x"))
    plan = devrev.update_stage(key("STG-4", Kind.STAGE), patch)
    assert (await complaint(plan, sandbox))[:2] == (("input", "id"), Constraint.FORMAT)


async def test_wrong_stages_are_refused_without_a_call(devrev: DevRev) -> None:
    wrong = new_stage(name=" ", state_id=str(stage(1)), marketplace_ref="?")
    assert writing.refused(lambda: devrev.create_stage(wrong, AT)) == {
        (*AT, "name"): Constraint.REQUIRED,
        (*AT, "stateId"): Constraint.REFERENCE,
        (*AT, "marketplaceRef"): Constraint.FORMAT,
    }
    nothing = UpdateStageInput(id="", devrev=DevRevStagePatch())
    found = writing.refused(lambda: devrev.update_stage(stage(1), nothing))
    assert found == {("input",): Constraint.REQUIRED}
    other = UpdateStageInput(id="", name=Some(None), storyblok=StoryblokStagePatch())
    found = writing.refused(lambda: devrev.update_stage(stage(1), other))
    assert found == {
        ("input", "name"): Constraint.REQUIRED,
        ("input", "storyblok"): Constraint.WRONG_SOURCE,
    }
    half = new_stage(name="a\ud800")
    assert writing.refused(lambda: devrev.create_stage(half, AT)) == {AT: Constraint.FORMAT}


async def test_wrong_workflows_are_refused_without_a_call(devrev: DevRev) -> None:
    nodes = [
        *NODES,
        DevRevWorkflowNodeInput(stage_id=str(stage(2)), next_stage_ids=[str(stage(9))]),
    ]
    assert writing.refused(lambda: devrev.create_workflow(new_flow(nodes=nodes), FLOW)) == {
        (*FLOW, "nodes", "2", "stageId"): Constraint.UNIQUE,
        (*FLOW, "nodes", "2", "nextStageIds", "0"): Constraint.REFERENCE,
    }
    nothing = UpdateWorkflowInput(id="", devrev=DevRevWorkflowPatch(nodes=Some(None)))
    assert writing.refused(lambda: devrev.update_workflow(diagram(1), nothing)) == {
        ("input", "devrev", "nodes"): Constraint.REQUIRED
    }


async def test_what_devrev_lacks_is_told_with_a_way_out(devrev: DevRev) -> None:
    with pytest.raises(errors.NotSupported, match="color") as caught:
        devrev.update_stage(stage(1), UpdateStageInput(id="", color=Some("#fff")))
    told = caught.value
    assert (told.capability, told.path) == ("STAGE.UPDATE.COLOR", ("input", "color"))
    order = UpdateWorkflowInput(id="", stage_order=Some([]))
    with pytest.raises(errors.NotSupported, match="updateStage") as caught:
        devrev.update_workflow(diagram(1), order)
    assert caught.value.path == ("input", "stageOrder")
    assert {"deleteStage", "deleteWorkflow", "duplicateWorkflow"} <= set(devrev.instead)


def test_writes_name_all_that_they_may_change() -> None:
    kinds = {
        calls.create_stage: {Kind.STAGE, Kind.WORKFLOW, Kind.WORK},
        calls.update_stage: {Kind.STAGE, Kind.WORKFLOW, Kind.WORK},
        calls.create_diagram: {Kind.STAGE, Kind.WORKFLOW},
        calls.update_diagram: {Kind.STAGE, Kind.WORKFLOW},
        calls.create_work: {Kind.WORK},
        calls.update_work: {Kind.WORK},
    }
    for make, touched in kinds.items():
        call = make({})
        assert set(call.tags) == {tag(one) for one in touched}
        assert not call.is_safe
    assert set(calls.delete_work("ISS-1").tags) == {tag(Kind.WORK)}
