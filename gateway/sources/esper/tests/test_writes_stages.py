"""Stages are written through the adapter, against the running sandbox."""

from dataclasses import fields
from typing import Any

import httpx
import pytest

from gateway import errors
from gateway.adapter import EVERYTHING
from gateway.sources.esper import Esper
from gateway.sources.esper.sandbox import EMULATOR
from gateway.sources.esper.tests.asking import NOBODY, numbered, offline, pipeline_id, stage_id
from gateway.sources.esper.tests.asking_sandbox import applied, by_id, of, running
from gateway.sources.esper.tests.writing import (
    OF_STAGE,
    POSITIONS,
    creating_stage,
    fresh,
    key_of,
    looked,
    resting,
    sent,
    told,
    updating_stage,
    writes,
)
from gateway.upstream.trace import Trace
from schema.types.esper import EsperStage
from schema.types.ids import GlobalId, Kind
from schema.types.inputs.devrev import DevRevStagePatch
from schema.types.inputs.esper import CreateEsperStage, EsperStagePatch
from schema.types.inputs.stage import UpdateStageInput
from schema.types.inputs.storyblok import StoryblokStagePatch
from schema.types.mutation_errors import WriteOutcome
from schema.types.source import Source
from tests.attributes import attributes
from tests.fixtures import Sandbox

WRITABLE = ("name", "description", "timeout_seconds")
VALUES: dict[str, list[Any]] = {
    "name": ["New", "x" * 255, 'Ünï "quoted" 検討中 🤝 & 50 %', "name: x"],
    "description": ["What it does.", "", "x" * 5000],
    "timeout_seconds": [0, 1, 2**31 - 1, -1],
}
ONE = "/pipelines/{pipeline_id}/stages/{stage_id}/"


def written(row: dict[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in WRITABLE}


async def as_read(esper: Esper, key: GlobalId) -> EsperStage:
    found = (await esper.get_stages([key], fresh()))[key]
    assert isinstance(found, EsperStage)
    return found


def shown(stage: Any, *without: str) -> dict[str, Any]:
    known = {**attributes(stage), "origin": None, "version": stage.origin.version()}
    return {name: value for name, value in known.items() if name not in without}


def test_every_field_of_the_inputs_is_tested() -> None:
    assert {one.name for one in fields(CreateEsperStage)} == {*WRITABLE, "pipeline_id"}
    assert {one.name for one in fields(EsperStagePatch)} == {"description", "timeout_seconds"}
    of_all = {"id", "if_version", "idempotency_key"}
    others = {"devrev", "storyblok"}
    refused = {"position", "color"}
    given = {one.name for one in fields(UpdateStageInput)}
    assert given == {"name", "esper", *of_all, *others, *refused}


@pytest.mark.parametrize(
    ("field", "place"), [(f, n) for f in VALUES for n in range(len(VALUES[f]))]
)
async def test_a_field_is_set(esper: Esper, sandbox: Sandbox, field: str, place: int) -> None:
    value, one = VALUES[field][place], resting(sandbox)
    made = await sent(creating_stage(esper, one["pipeline_id"], **{field: value}))
    now = by_id(sandbox, "stages")[made.key.source_id]
    assert written(now) == {
        "name": "New",
        "description": None,
        "timeout_seconds": None,
        field: value,
    }
    changed = await sent(updating_stage(esper, key_of(one), **{field: value}))
    after = by_id(sandbox, "stages")[one["id"]]
    assert written(after) == {**written(one), field: value}
    for result in (made, changed):
        assert result.lacks == {"position"}
        assert shown(result.row, "position") == shown(await as_read(esper, result.key), "position")
    assert writes(sandbox) == [("POST /pipelines/{pipeline_id}/stages/", 1), (f"PUT {ONE}", 1)]


async def test_a_new_stage_is_last(esper: Esper, sandbox: Sandbox) -> None:
    pipeline = resting(sandbox)["pipeline_id"]
    plan = creating_stage(esper, str(pipeline_id(pipeline)), timeout_seconds=None)
    assert plan.holder == (pipeline_id(pipeline), (*OF_STAGE, "pipelineId"))
    trace = fresh()
    made = await plan.send(trace)
    assert (trace.calls, trace.outcome) == (1, WriteOutcome.APPLIED)
    stages = [one["id"] for one in of(sandbox, "stages", pipeline)]
    assert made.key == stage_id(pipeline, stages[-1])
    assert (await as_read(esper, made.key)).position == len(stages) - 1


async def test_a_description_is_cleared_and_a_timeout_is_not(
    esper: Esper, sandbox: Sandbox
) -> None:
    one = resting(sandbox)
    made = await sent(updating_stage(esper, key_of(one), description=None))
    assert written(by_id(sandbox, "stages")[one["id"]]) == {**written(one), "description": None}
    assert made.row is not None
    with pytest.raises(errors.Invalid) as caught:
        updating_stage(esper, key_of(one), timeout_seconds=None)
    assert told(caught.value) == [(("input", "esper", "timeoutSeconds"), "REQUIRED")]


@pytest.mark.parametrize("put", EMULATOR.positions["put"])
@pytest.mark.parametrize("null", EMULATOR.positions["null"])
async def test_what_is_not_named_stays_whatever_a_put_does(
    esper: Esper, sandbox: Sandbox, put: str, null: str
) -> None:
    sandbox.turn("esper.put", put)
    sandbox.turn("esper.null", null)
    for one in by_id(sandbox, "stages").values():  # some have nulls
        await sent(updating_stage(esper, key_of(one), name="Other"))
        now = by_id(sandbox, "stages")[one["id"]]
        assert written(now) == {**written(one), "name": "Other"}


async def test_what_is_named_whole_is_not_read_before(esper: Esper, sandbox: Sandbox) -> None:
    one = resting(sandbox)
    whole = {"name": "a", "description": "b", "timeout_seconds": 3}
    trace = fresh()
    await updating_stage(esper, key_of(one), **whole).send(trace)
    assert (trace.calls, sandbox.calls("esper")) == (1, 1)
    assert written(by_id(sandbox, "stages")[one["id"]]) == whole
    trace = fresh()
    await updating_stage(esper, key_of(one), name="c").send(trace)
    assert trace.calls == 2


@pytest.mark.parametrize(("name", "position"), POSITIONS)
async def test_stages_are_written_in_every_position(
    esper: Esper, sandbox: Sandbox, name: str, position: str
) -> None:
    sandbox.turn(f"esper.{name}", position)
    pipeline = resting(sandbox)["pipeline_id"]
    made = await sent(creating_stage(esper, pipeline, description="x"))
    await sent(updating_stage(esper, made.key, timeout_seconds=9))
    now = by_id(sandbox, "stages")[made.key.source_id]
    assert written(now) == {"name": "New", "description": "x", "timeout_seconds": 9}
    gone = await sent(esper.delete_stage(made.key))
    assert (gone.key, gone.row) == (made.key, None)
    assert made.key.source_id not in by_id(sandbox, "stages")


async def test_a_stage_is_deleted_by_one_call(esper: Esper, sandbox: Sandbox) -> None:
    one = resting(sandbox)
    trace = fresh()
    plan = esper.delete_stage(key_of(one))
    assert await looked(plan) == []
    await plan.send(trace)
    assert (trace.calls, writes(sandbox)) == (1, [(f"DELETE {ONE}", 1)])
    assert await looked(plan) == [str(key_of(one))]
    with pytest.raises(errors.Missing):
        await plan.send(trace)


async def test_what_is_wrong_is_told_at_once_and_nothing_is_sent(
    esper: Esper, sandbox: Sandbox
) -> None:
    key = key_of(resting(sandbox))
    with pytest.raises(errors.Invalid) as caught:
        creating_stage(esper, str(stage_id(NOBODY, NOBODY)), " ", description="x" * 10_001)
    assert told(caught.value) == [
        ((*OF_STAGE, "pipelineId"), "REFERENCE"),
        ((*OF_STAGE, "name"), "REQUIRED"),
        ((*OF_STAGE, "description"), "LENGTH"),
    ]
    for text, rule in (
        ("", "FORMAT"),
        ("../x", "FORMAT"),
        (NOBODY.replace("4", "G"), "FORMAT"),
        (str(GlobalId(Source.STORYBLOK, Kind.STAGE, "1", "2")), "WRONG_SOURCE"),
        (str(pipeline_id("x")), "FORMAT"),
    ):
        with pytest.raises(errors.Invalid) as caught:
            creating_stage(esper, text)
        assert told(caught.value) == [((*OF_STAGE, "pipelineId"), rule)]
    others = {"devrev": DevRevStagePatch(), "storyblok": StoryblokStagePatch()}
    with pytest.raises(errors.Invalid) as caught:
        updating_stage(esper, key, others, name="", description="x" * 10_001)
    assert told(caught.value) == [
        (("input", "devrev"), "WRONG_SOURCE"),
        (("input", "storyblok"), "WRONG_SOURCE"),
        (("input", "name"), "REQUIRED"),
        (("input", "esper", "description"), "LENGTH"),
    ]
    with pytest.raises(errors.Invalid) as caught:
        updating_stage(esper, key, name=None)
    assert told(caught.value) == [(("input", "name"), "REQUIRED")]
    with pytest.raises(errors.Invalid) as caught:
        updating_stage(esper, key, {"storyblok": StoryblokStagePatch()})
    assert told(caught.value) == [(("input", "storyblok"), "WRONG_SOURCE")]
    for nothing in ({}, {"esper": None}, {"esper": EsperStagePatch()}):
        with pytest.raises(errors.Invalid) as caught:
            updating_stage(esper, key, nothing)
        assert told(caught.value) == [(("input",), "REQUIRED")]
    assert sandbox.calls("esper") == 0


@pytest.mark.parametrize(("field", "value"), [("position", 1), ("color", "#fff"), ("color", None)])
async def test_positions_and_colours_are_lacking(esper: Esper, field: str, value: Any) -> None:
    with pytest.raises(errors.NotSupported) as caught:
        updating_stage(esper, stage_id(NOBODY, NOBODY), **{field: value})
    assert caught.value.capability == f"STAGE.UPDATE.{field.upper()}"
    assert caught.value.path == ("input", field)
    assert not caught.value.also


async def test_all_that_is_lacking_is_told(esper: Esper) -> None:
    with pytest.raises(errors.NotSupported) as caught:
        updating_stage(esper, stage_id(NOBODY, NOBODY), color="#fff", position=1, name="x")
    both = (caught.value, *caught.value.also)
    assert [one.path for one in both] == [("input", "position"), ("input", "color")]
    assert [one.capability[-5:] for one in both] == ["ITION", "COLOR"]


REFUSED: list[tuple[dict[str, Any], str, str]] = [
    ({"name": "x" * 256}, "name", "LENGTH"),
    ({"description": None}, "description", "REQUIRED"),
]


@pytest.mark.parametrize("shape", EMULATOR.positions["errors"])
@pytest.mark.parametrize("status", EMULATOR.positions["business_errors"])
async def test_what_esper_refuses_leads_to_the_input(
    esper: Esper, sandbox: Sandbox, shape: str, status: str
) -> None:
    sandbox.turn("esper.errors", shape)
    sandbox.turn("esper.business_errors", status)
    sandbox.turn("esper.null", "refused")
    one, places = resting(sandbox), {"name": ("name",), "description": ("esper", "description")}
    for change, field, rule in REFUSED:
        trace, plan = fresh(), updating_stage(esper, key_of(one), **change)
        with pytest.raises(errors.Refused) as caught:
            await plan.send(trace)
        assert told(caught.value, plan) == [(("input", *places[field]), rule)]
        assert (caught.value.status, trace.outcome) == (int(status), WriteOutcome.NOT_APPLIED)
    plan = creating_stage(esper, one["pipeline_id"], "x" * 256)
    with pytest.raises(errors.Refused) as caught:
        await plan.send(fresh())
    assert told(caught.value, plan) == [((*OF_STAGE, "name"), "LENGTH")]
    busy = of(sandbox, "stages", running(sandbox))[0]
    plan = esper.delete_stage(key_of(busy))
    with pytest.raises(errors.Refused) as caught:
        await plan.send(fresh())
    assert [one.message for one in caught.value.complaints] == ["The pipeline has an active run."]
    assert told(caught.value, plan) == [(("input", "id"), "OTHER")]
    assert applied(sandbox) == 0


async def test_a_bad_credential_stays_one(esper: Esper, sandbox: Sandbox) -> None:
    key = key_of(resting(sandbox))
    sandbox.turn("esper.auth_prefix", "Token")
    with pytest.raises(errors.Unauthenticated):
        await sent(esper.delete_stage(key))
    sandbox.turn("esper.auth_prefix", "Bearer")
    sandbox.fault("esper", "status", status=401, method="DELETE", body={})
    sandbox.fault("esper", "status", status=503, method="GET")
    with pytest.raises(errors.Unauthenticated):
        await sent(esper.delete_stage(key))


async def test_what_does_not_exist_is_missing(esper: Esper, sandbox: Sandbox) -> None:
    pipeline = resting(sandbox)["pipeline_id"]
    for plan in (
        creating_stage(esper, NOBODY),
        updating_stage(esper, stage_id(pipeline, NOBODY), name="x"),
        updating_stage(
            esper, stage_id(pipeline, NOBODY), name="x", description="y", timeout_seconds=1
        ),
        esper.delete_stage(stage_id(pipeline, NOBODY)),
    ):
        with pytest.raises(errors.Missing):
            await sent(plan)
    assert applied(sandbox) == 0


@pytest.mark.parametrize("texts", EMULATOR.positions["texts"])
async def test_a_new_stage_is_found_again(esper: Esper, sandbox: Sandbox, texts: str) -> None:
    sandbox.turn("esper.texts", texts)
    pipeline = resting(sandbox)["pipeline_id"]
    plan = creating_stage(esper, pipeline, " New ", description=" x", timeout_seconds=5)
    assert await looked(plan) == []
    first, second = await sent(plan), await sent(plan)
    await sent(creating_stage(esper, pipeline, " New ", description=" x", timeout_seconds=6))
    assert plan.look is not None
    found = await plan.look(fresh())
    assert [one.key for one in found] == [first.key, second.key]
    assert [attributes(one.row)["position"] for one in found if one.row] != [None, None]
    gone = creating_stage(esper, NOBODY)
    assert await looked(gone) == []


async def test_a_change_is_found_again(esper: Esper, sandbox: Sandbox) -> None:
    one = resting(sandbox)
    plan = updating_stage(esper, key_of(one), name="Other", description=None, timeout_seconds=7)
    assert await looked(plan) == []
    await sent(plan)
    assert await looked(plan) == [str(key_of(one))]
    await sent(updating_stage(esper, key_of(one), timeout_seconds=8))
    assert await looked(plan) == []
    await sent(esper.delete_stage(key_of(one)))
    assert await looked(plan) == []


async def test_a_row_without_sense_or_date_may_be_the_one(esper: Esper, sandbox: Sandbox) -> None:
    plan = creating_stage(esper, resting(sandbox)["pipeline_id"])
    made = await sent(plan)
    sandbox.fault("esper", "wrong_type", field="name", method="GET", times=1)
    with pytest.raises(errors.BadResponse):
        await looked(plan)
    sandbox.fault("esper", "null_field", field="created_at", method="GET", times=1)
    assert await looked(plan) == [str(made.key)]


@pytest.mark.parametrize("kind", ["wrong_type", "missing_field"])
async def test_an_answer_without_sense_is_no_stage(
    esper: Esper, sandbox: Sandbox, kind: str
) -> None:
    sandbox.fault("esper", kind, field="id", method="POST")
    trace = fresh()
    with pytest.raises(errors.BadResponse):
        await creating_stage(esper, resting(sandbox)["pipeline_id"]).send(trace)
    assert trace.outcome is WriteOutcome.APPLIED


TOLD = ["name", "description", "timeout_seconds", "created_at", "updated_at", "created_by",
        "updated_by", "pipeline_id"]  # fmt: skip


@pytest.mark.parametrize("field", TOLD)
async def test_what_an_answer_leaves_out_is_read_back(
    esper: Esper, sandbox: Sandbox, field: str
) -> None:
    one = resting(sandbox)
    assert {"id", *TOLD} == one.keys()
    for method, plan in (
        ("POST", creating_stage(esper, one["pipeline_id"], description="x")),
        ("PUT", updating_stage(esper, key_of(one), name="Other")),
    ):
        sandbox.fault("esper", "missing_field", field=field, method=method)
        made = await sent(plan)
        assert made.lacks == EVERYTHING
        told = attributes(made.row)["origin"].version()
        assert told != (await as_read(esper, made.key)).origin.version()
        sandbox.heal()
        assert (await sent(plan)).lacks == {"position"}


async def test_another_stage_in_an_answer_is_none() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        del request
        return httpx.Response(200, json={"content": {"id": numbered(2), "name": "x"}})

    esper = offline(answer)
    key = stage_id(NOBODY, numbered(1))
    whole = {"name": "x", "description": "y", "timeout_seconds": 1}
    for plan in (updating_stage(esper, key, name="y"), updating_stage(esper, key, **whole)):
        with pytest.raises(errors.BadResponse):
            await sent(plan)


@pytest.mark.parametrize("kind", ["empty", "array"])
async def test_a_deletion_needs_no_body(esper: Esper, sandbox: Sandbox, kind: str) -> None:
    sandbox.fault("esper", kind, method="DELETE", when="after")
    key = key_of(resting(sandbox))
    assert (await sent(esper.delete_stage(key))).key == key


async def test_what_is_kept_is_forgotten(esper: Esper, sandbox: Sandbox) -> None:
    one = resting(sandbox)
    key = key_of(one)

    async def names() -> list[str | None]:
        found = await esper.stages_of([pipeline_id(one["pipeline_id"])], Trace())
        return [stage.name for stage in found[pipeline_id(one["pipeline_id"])].rows]

    before = await names()
    await sent(updating_stage(esper, key, name="Other"))
    assert (await names()).count("Other") == 1
    made = await sent(creating_stage(esper, one["pipeline_id"]))
    assert (await names())[-1] == "New"
    await sent(esper.delete_stage(made.key))
    assert len(await names()) == len(before)
