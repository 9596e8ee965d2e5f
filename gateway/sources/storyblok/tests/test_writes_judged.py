"""What is wrong with an input is told at once, and nothing is sent."""

from typing import Any

import pytest

from gateway import errors
from gateway.sources.storyblok import Storyblok
from gateway.sources.storyblok.tests.asking import key
from gateway.sources.storyblok.tests.planning import (
    FLOW,
    STAGE,
    change_flow,
    copy,
    create,
    flow_key,
    new_flow,
    told,
    update,
)
from schema.types.ids import GlobalId, Kind
from schema.types.inputs.devrev import DevRevStagePatch, DevRevWorkflowPatch
from schema.types.inputs.esper import EsperStagePatch
from schema.types.source import Source
from tests.fixtures import Sandbox

HERE = key("1001", 7)
FAR = str(key("1002", 7))
OTHERS = str(GlobalId(Source.ESPER, Kind.STAGE, "", "x"))
LONG = "x" * 256
NEW_STAGE: dict[str, tuple[Any, list[tuple[tuple[str, ...], str]]]] = {
    "empty name": ({"name": " "}, [(("name",), "REQUIRED")]),
    "long name": ({"name": LONG}, [(("name",), "LENGTH")]),
    "empty color": ({"color": ""}, [(("color",), "REQUIRED")]),
    "long color": ({"color": LONG}, [(("color",), "LENGTH")]),
    "no id": ({"workflow_id": "x"}, [(("workflowId",), "FORMAT")]),
    "other source": ({"workflow_id": OTHERS}, [(("workflowId",), "WRONG_SOURCE")]),
    "other kind": ({"workflow_id": str(HERE)}, [(("workflowId",), "REFERENCE")]),
    "huge id": ({"after_publish_id": "9" * 17}, [(("afterPublishId",), "FORMAT")]),
    "next": (
        {"next_stage_ids": [str(HERE), "x", FAR, "7"]},
        [(("nextStageIds", "1"), "FORMAT"), (("nextStageIds", "2"), "REFERENCE")],
    ),
    "user": ({"user_ids": [str(HERE)]}, [(("userIds", "0"), "REFERENCE")]),
    "role": ({"space_role_ids": ["-1"]}, [(("spaceRoleIds", "0"), "FORMAT")]),
    "swap alone": ({"swap_position": True}, [(("position",), "REQUIRED")]),
    "no space": ({"space_source_id": "../x"}, [(("spaceSourceId",), "FORMAT")]),
    "other space": ({"space_source_id": "1003"}, [(("spaceSourceId",), "REFERENCE")]),
    "two spaces": (
        {"space_source_id": "1001", "workflow_id": str(flow_key(7, "1002"))},
        [(("workflowId",), "REFERENCE")],
    ),
    "all": (
        {"name": "", "color": "", "user_ids": ["x"], "after_publish_id": FAR, "workflow_id": "7"},
        [
            (("name",), "REQUIRED"),
            (("color",), "REQUIRED"),
            (("userIds", "0"), "FORMAT"),
        ],
    ),
}


@pytest.mark.parametrize("case", NEW_STAGE)
async def test_a_new_stage(storyblok: Storyblok, sandbox: Sandbox, case: str) -> None:
    given, expected = NEW_STAGE[case]
    with pytest.raises(errors.Invalid) as caught:
        create(storyblok, **given)
    assert told(caught.value) == [((*STAGE, *path), rule) for path, rule in expected]
    assert sandbox.calls() == 0


BLANK: dict[str, Any] = {"name": "", "color": "", "position": None}
CHANGES: dict[str, tuple[Any, list[tuple[tuple[str, ...], str]]]] = {
    "nothing": ({}, [((), "REQUIRED")]),
    "blank": (BLANK, [((one,), "REQUIRED") for one in ("name", "color", "position")]),
    "null": ({"name": None, "color": None}, [((one,), "REQUIRED") for one in ("name", "color")]),
    "long": ({"name": LONG, "color": LONG}, [((one,), "LENGTH") for one in ("name", "color")]),
    "flag": ({"allow_publish": None}, [(("storyblok", "allowPublish"), "REQUIRED")]),
    "list": ({"user_ids": None}, [(("storyblok", "userIds"), "REQUIRED")]),
    "far": ({"next_stage_ids": [FAR]}, [(("storyblok", "nextStageIds", "0"), "REFERENCE")]),
    "no id": (
        {"after_publish_id": "", "workflow_id": ""},
        [(("storyblok", "afterPublishId"), "FORMAT"), (("storyblok", "workflowId"), "FORMAT")],
    ),
    "far flow": (
        {"workflow_id": str(flow_key(7, "1002"))},
        [(("storyblok", "workflowId"), "REFERENCE")],
    ),
    "no flow": ({"workflow_id": None}, [(("storyblok", "workflowId"), "REQUIRED")]),
    "after": ({"after_publish_id": OTHERS}, [(("storyblok", "afterPublishId"), "WRONG_SOURCE")]),
    "swap alone": ({"swap_position": True}, [(("position",), "REQUIRED")]),
    "no swap alone": ({"swap_position": False}, [((), "REQUIRED")]),
    "no swap": ({"swap_position": None}, [(("storyblok", "swapPosition"), "REQUIRED")]),
}


@pytest.mark.parametrize("case", CHANGES)
async def test_changes_of_a_stage(storyblok: Storyblok, sandbox: Sandbox, case: str) -> None:
    given, expected = CHANGES[case]
    with pytest.raises(errors.Invalid) as caught:
        update(storyblok, HERE, **given)
    assert told(caught.value) == [(("input", *path), rule) for path, rule in expected]
    assert sandbox.calls() == 0


@pytest.mark.parametrize("given", [{}, {"name": "x"}])
async def test_parts_of_other_sources_are_refused(storyblok: Storyblok, given: Any) -> None:
    blocks = {"devrev": DevRevStagePatch(), "esper": EsperStagePatch()}
    with pytest.raises(errors.Invalid) as caught:
        update(storyblok, HERE, blocks, **given)
    assert told(caught.value) == [
        (("input", "devrev"), "WRONG_SOURCE"),
        (("input", "esper"), "WRONG_SOURCE"),
    ]
    with pytest.raises(errors.Invalid) as caught:
        change_flow(storyblok, flow_key(7), {"devrev": DevRevWorkflowPatch()}, **given)
    assert told(caught.value) == [(("input", "devrev"), "WRONG_SOURCE")]


GOOD = {"name": "Idea", "color": "#111"}
NEW_FLOW: dict[str, tuple[Any, list[tuple[tuple[str, ...], str]]]] = {
    "empty": (
        {"name": "", "content_types": []},
        [(("name",), "REQUIRED"), (("contentTypes",), "REQUIRED")],
    ),
    "blank type": ({"content_types": ["x", " "]}, [(("contentTypes", "1"), "REQUIRED")]),
    "long type": ({"content_types": [LONG]}, [(("contentTypes", "0"), "LENGTH")]),
    "stage": (
        {"stages": [GOOD, {"name": "", "color": LONG, "user_ids": ["x"]}]},
        [
            (("stages", "1", "name"), "REQUIRED"),
            (("stages", "1", "color"), "LENGTH"),
            (("stages", "1", "userIds", "0"), "FORMAT"),
        ],
    ),
    "alike": (
        {"stages": [GOOD, {**GOOD, "color": "x"}, {**GOOD, "name": "x"}]},
        [(("stages", "1", "name"), "UNIQUE"), (("stages", "2", "color"), "UNIQUE")],
    ),
    "two are default": (
        {"stages": [{**GOOD, "is_default": True}, {"name": "x", "color": "x", "is_default": True}]},
        [(("stages", "1", "isDefault"), "UNIQUE")],
    ),
    "far": (
        {"space_source_id": "1001", "stages": [{**GOOD, "next_stage_ids": [FAR]}]},
        [(("stages", "0", "nextStageIds", "0"), "REFERENCE")],
    ),
    "no space": ({"space_source_id": "x"}, [(("spaceSourceId",), "FORMAT")]),
    "other space": ({"space_source_id": "1002"}, [(("spaceSourceId",), "REFERENCE")]),
}


@pytest.mark.parametrize("case", NEW_FLOW)
async def test_a_new_workflow(storyblok: Storyblok, sandbox: Sandbox, case: str) -> None:
    given, expected = NEW_FLOW[case]
    with pytest.raises(errors.Invalid) as caught:
        new_flow(storyblok, **given)
    assert told(caught.value) == [((*FLOW, *path), rule) for path, rule in expected]
    assert sandbox.calls() == 0


ORDER = "stageOrder"
OF_FLOW: dict[str, tuple[Any, list[tuple[tuple[str, ...], str]]]] = {
    "nothing": ({}, [((), "REQUIRED")]),
    "name": ({"name": " "}, [(("name",), "REQUIRED")]),
    "null": ({"name": None}, [(("name",), "REQUIRED")]),
    "types": ({"content_types": ["x", ""]}, [(("storyblok", "contentTypes", "1"), "REQUIRED")]),
    "null types": ({"content_types": None}, [(("storyblok", "contentTypes"), "REQUIRED")]),
    "no order": ({"stage_order": None}, [((ORDER,), "REQUIRED")]),
    "empty order": ({"stage_order": []}, [((ORDER,), "REQUIRED")]),
    "twice": ({"stage_order": [str(HERE)] * 2}, [((ORDER, "1"), "UNIQUE")]),
    "bad": (
        {"stage_order": ["7", FAR, str(flow_key(7))]},
        [((ORDER, "0"), "FORMAT"), ((ORDER, "1"), "REFERENCE"), ((ORDER, "2"), "REFERENCE")],
    ),
}


@pytest.mark.parametrize("case", OF_FLOW)
async def test_changes_of_a_workflow(storyblok: Storyblok, sandbox: Sandbox, case: str) -> None:
    given, expected = OF_FLOW[case]
    with pytest.raises(errors.Invalid) as caught:
        change_flow(storyblok, flow_key(7), **given)
    assert told(caught.value) == [(("input", *path), rule) for path, rule in expected]
    assert sandbox.calls() == 0


async def test_a_copy(storyblok: Storyblok, sandbox: Sandbox) -> None:
    with pytest.raises(errors.Invalid) as caught:
        copy(storyblok, flow_key(7), " ", [])
    assert told(caught.value) == [
        (("input", "name"), "REQUIRED"),
        (("input", "contentTypes"), "REQUIRED"),
    ]
    assert sandbox.calls() == 0
