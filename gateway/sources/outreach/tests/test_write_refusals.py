"""What is refused: by the adapter without a call, and by the vendor in its words."""

import json
from typing import Any

import pytest
from strawberry import Some

from gateway import errors
from gateway.sources.outreach import Outreach, refusals
from gateway.sources.outreach.sandbox import EMULATOR
from gateway.sources.outreach.tests.writing import (
    AT,
    complaints,
    creating,
    sent,
    stage_id,
    stages,
    updating,
    writes,
    wrong,
)
from schema.types.inputs.devrev import DevRevStagePatch
from schema.types.inputs.esper import EsperStagePatch
from schema.types.inputs.stage import UpdateStageInput
from schema.types.inputs.storyblok import StoryblokStagePatch
from tests.fixtures import Sandbox

LONG = "x" * 256


async def test_inputs_that_no_call_is_made_for(outreach: Outreach, sandbox: Sandbox) -> None:
    for given, expected in (
        ({"name": ""}, [("name", "REQUIRED")]),
        ({"name": " \t\u3000"}, [("name", "REQUIRED")]),
        ({"name": LONG}, [("name", "LENGTH")]),
        ({"name": "", "color": LONG}, [("name", "REQUIRED"), ("color", "LENGTH")]),
    ):
        with pytest.raises(errors.Invalid) as caught:
            creating(outreach, **given)
        assert wrong(caught) == [((*AT, field), rule) for field, rule in expected]
        with pytest.raises(errors.Invalid) as caught:
            updating(outreach, 7, **given)
        assert wrong(caught) == [(("input", field), rule) for field, rule in expected]
    with pytest.raises(errors.Invalid) as caught:
        updating(outreach, 7)
    assert wrong(caught) == [(("input",), "REQUIRED")]
    assert sandbox.calls("outreach") == 0


async def test_patches_of_other_sources(outreach: Outreach, sandbox: Sandbox) -> None:
    blocks = {
        "devrev": DevRevStagePatch,
        "esper": EsperStagePatch,
        "storyblok": StoryblokStagePatch,
    }
    for name, block in blocks.items():
        for more in ({}, {"name": Some("x")}):
            patch = UpdateStageInput(id="x", **{name: block()}, **more)  # type: ignore[arg-type]
            with pytest.raises(errors.Invalid) as caught:
                outreach.update_stage(stage_id(7), patch)
            assert wrong(caught) == [(("input", name), "WRONG_SOURCE")]
            assert f"It is for {name.upper()} alone" in str(caught.value)
    assert sandbox.calls("outreach") == 0


async def test_a_name_that_is_wanted(outreach: Outreach, sandbox: Sandbox) -> None:
    told = await complaints(updating(outreach, 7, name=None, position=3))
    assert told == [(("input", "name"), "REQUIRED", "Name can't be blank.")]
    assert stages(sandbox)[7]["attributes"]["name"] is not None


@pytest.mark.parametrize("how", EMULATOR.positions["stage_names"])
async def test_a_name_that_there_is(how: str, outreach: Outreach, sandbox: Sandbox) -> None:
    sandbox.turn("outreach.stage_names", how)
    name = stages(sandbox)[1]["attributes"]["name"]
    for plan in (creating(outreach, name), updating(outreach, 7, name=name)):
        if how == "free":
            await sent(plan)
            continue
        [(path, rule, words)] = await complaints(plan)
        assert (path, rule) == (plan.paths["name"], "UNIQUE")
        assert "already" in words
    assert {applied for *_, applied in writes(sandbox)} == {how == "free"}


async def test_a_stage_in_use(outreach: Outreach, sandbox: Sandbox) -> None:
    plan = outreach.delete_stage(stage_id(1))
    assert await complaints(plan) == [(("input", "id"), "OTHER", "Stage is in use by prospects.")]
    assert 1 in stages(sandbox)
    sandbox.turn("outreach.delete_in_use", "cleared")
    await sent(plan)
    assert 1 not in stages(sandbox)


async def test_what_the_token_may_not_do(outreach: Outreach, sandbox: Sandbox) -> None:
    with pytest.raises(errors.Forbidden) as caught:
        await sent(outreach.delete_stage(stage_id(5)))
    [said] = caught.value.complaints
    assert said.message == "You are not authorized to perform that request."
    sandbox.turn("outreach.scopes", "read")
    with pytest.raises(errors.Forbidden) as caught:
        await sent(creating(outreach))
    [said] = caught.value.complaints
    assert said.message.endswith("the required scope 'stages.write'.")


ERROR = {"id": "validationError", "title": "Validation Error"}


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        ({"detail": "Order must be an integer."}, ("Order must be an integer.", "FORMAT")),
        ({"detail": "Color is invalid."}, ("Color is invalid.", "FORMAT")),
        ({"detail": "Name is too long."}, ("Name is too long.", "LENGTH")),
        ({"detail": "Name has already been taken."}, ("Name has already been taken.", "UNIQUE")),
        ({"detail": "It is not included in the list"}, ("It is not included in the list",
                                                        "ALLOWED_VALUE")),
        ({"detail": "Order must be greater than 0"}, ("Order must be greater than 0", "RANGE")),
        ({"detail": "Stage must exist"}, ("Stage must exist", "REFERENCE")),
        ({"id": "validationDataTooLongError", "detail": "x"}, ("x", "LENGTH")),
        ({"id": "validationDuplicateValueError", "detail": "x"}, ("x", "UNIQUE")),
        ({"id": "resourceNotFound", "detail": "x"}, ("x", "REFERENCE")),
        ({"id": "unsupportedMediaType", "details": "x"}, ("x", "OTHER")),
        ({"detail": None, "details": 5}, ("Validation Error", "OTHER")),
        ({"id": 5, "detail": " "}, ("Validation Error", "OTHER")),
    ],
)  # fmt: skip
def test_words_and_codes(error: dict[str, Any], expected: tuple[str, str]) -> None:
    body = json.dumps({"errors": [{**ERROR, **error}]}).encode()
    [found] = refusals.read(422, body)
    assert (found.message, found.constraint.name) == expected


@pytest.mark.parametrize(
    ("message", "field"),
    [
        ("Name can't be blank.", "name"),
        ("Stages name has already been taken.", "name"),
        ("A Stage with this name already exists.", "name"),
        ("Order must be an integer.", "order"),
        ("Color is invalid.", "color"),
        ("Stage is in use by prospects.", ""),
        ("Data provided is too long.", ""),
        ("Names are odd.", ""),
        ("Could not find 'stage' with ID '7'.", ""),
    ],
)
@pytest.mark.parametrize("source", [{}, {"source": {"pointer": "/data"}}])
def test_a_message_may_name_its_field_itself(
    message: str, field: str, source: dict[str, Any]
) -> None:
    body = {"errors": [{**ERROR, **source, "detail": message}]}
    [found] = refusals.read(422, json.dumps(body).encode())
    assert found.field == field


async def test_what_is_about_no_field_is_about_the_stage(
    outreach: Outreach, sandbox: Sandbox
) -> None:
    body = {"errors": [{**ERROR, "detail": "Data provided is odd."}]}
    for method, plan, path in (
        ("POST", creating(outreach), AT),
        ("PATCH", updating(outreach, 7, name="x"), ("input", "id")),
        ("DELETE", outreach.delete_stage(stage_id(7)), ("input", "id")),
    ):
        sandbox.fault("outreach", "status", status=422, method=method, body=body)
        assert await complaints(plan) == [(path, "OTHER", "Data provided is odd.")]
        sandbox.heal()


@pytest.mark.parametrize(
    ("source", "field"),
    [
        ({"pointer": "/data/attributes/name"}, "name"),
        ({"pointer": "/data/relationships/stage"}, "stage"),
        ({"pointer": "/data/relationships/stage/data/id"}, "stage"),
        ({"pointer": "/data"}, ""),
        ({"pointer": ""}, ""),
        ({"pointer": 5}, ""),
        ({"parameter": "sort"}, ""),
        ({}, ""),
        (None, ""),
        ("x", ""),
        ([], ""),
    ],
)
def test_pointers(source: Any, field: str) -> None:
    [found] = refusals.read(422, json.dumps({"errors": [{**ERROR, "source": source}]}).encode())
    assert found.field == field


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"\xff", b"[]", b"5", b"null", b'{"error": "x"}', b'{"errors": {}}',
        b'{"errors": []}', b'{"errors": [5, null, [], {}, {"title": 5}]}', b"[" * 100_000,
    ],
)  # fmt: skip
def test_bodies_that_make_no_sense(body: bytes) -> None:
    assert list(refusals.read(422, body)) == []


def test_several_errors_are_several_complaints() -> None:
    wrongs = [
        {
            **ERROR,
            "detail": f"{name} can't be blank.",
            "source": {"pointer": f"/data/attributes/{name}"},
        }
        for name in ("name", "order")
    ]
    found = refusals.read(422, json.dumps({"errors": [wrongs[0], 5, wrongs[1]]}).encode())
    assert [(one.field, one.constraint.name) for one in found] == [
        ("name", "REQUIRED"), ("order", "REQUIRED"),
    ]  # fmt: skip
