"""Pipelines are written through the adapter, against the running sandbox."""

from dataclasses import fields
from typing import Any

import pytest

from gateway import errors
from gateway.adapter import EVERYTHING
from gateway.sources.esper import Esper
from gateway.sources.esper.sandbox import EMULATOR
from gateway.sources.esper.tests.asking import NOBODY, pipeline_id, stage_id
from gateway.sources.esper.tests.asking_sandbox import applied, at_rest, by_id, of, rows, running
from gateway.sources.esper.tests.writing import (
    OF_PIPELINE,
    POSITIONS,
    creating_pipeline,
    fresh,
    looked,
    sent,
    told,
    updating_pipeline,
    writes,
)
from gateway.upstream.trace import Trace
from schema.types.ids import GlobalId
from schema.types.inputs.esper import CreateEsperPipeline, EsperPipelinePatch
from schema.types.inputs.process import UpdatePipelineInput
from schema.types.mutation_errors import WriteOutcome
from tests.attributes import attributes
from tests.fixtures import Sandbox

WRITABLE = ("name", "description")
VALUES: dict[str, list[Any]] = {
    "name": ["New", "x" * 255, 'Ünï "quoted" 検討中 🤝'],
    "description": ["What it is for.", "", None],
}
ONE = "/pipelines/{pipeline_id}/"


def written(row: dict[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in WRITABLE}


def shown(pipeline: Any) -> dict[str, Any]:
    return {**attributes(pipeline), "origin": None, "version": pipeline.origin.version()}


async def as_read(esper: Esper, key: GlobalId) -> Any:
    return (await esper.get_pipelines([key], fresh()))[key]


def test_every_field_of_the_inputs_is_tested() -> None:
    assert {one.name for one in fields(CreateEsperPipeline)} == set(WRITABLE)
    assert {one.name for one in fields(EsperPipelinePatch)} == {"description"}
    of_all = {"id", "if_version", "idempotency_key"}
    assert {one.name for one in fields(UpdatePipelineInput)} == {"name", "esper", *of_all}


@pytest.mark.parametrize(
    ("field", "place"), [(f, n) for f in VALUES for n in range(len(VALUES[f]))]
)
async def test_a_field_is_set_and_cleared(
    esper: Esper, sandbox: Sandbox, field: str, place: int
) -> None:
    value = VALUES[field][place]
    one = next(each for each in rows(sandbox, "pipelines") if each["description"])
    made = await sent(creating_pipeline(esper, **{field: value}))
    now = by_id(sandbox, "pipelines")[made.key.source_id]
    assert written(now) == {"name": "New", "description": None, field: value}
    changed = await sent(updating_pipeline(esper, pipeline_id(one["id"]), **{field: value}))
    assert written(by_id(sandbox, "pipelines")[one["id"]]) == {**written(one), field: value}
    for result in (made, changed):
        assert not result.lacks
        assert shown(result.row) == shown(await as_read(esper, result.key))
    assert writes(sandbox) == [("POST /pipelines/", 1), (f"PUT {ONE}", 1)]


@pytest.mark.parametrize(("name", "position"), POSITIONS)
async def test_pipelines_are_written_in_every_position(
    esper: Esper, sandbox: Sandbox, name: str, position: str
) -> None:
    sandbox.turn(f"esper.{name}", position)
    made = await sent(creating_pipeline(esper, description="x"))
    await sent(updating_pipeline(esper, made.key, name="Other"))
    now = by_id(sandbox, "pipelines")[made.key.source_id]
    assert written(now) == {"name": "Other", "description": "x"}
    trace = fresh()
    whole = updating_pipeline(esper, made.key, name="Third", description="y")
    await whole.send(trace)
    assert trace.calls == 1
    assert (await sent(esper.delete_pipeline(made.key))).key == made.key
    assert made.key.source_id not in by_id(sandbox, "pipelines")


@pytest.mark.parametrize("put", EMULATOR.positions["put"])
@pytest.mark.parametrize("null", EMULATOR.positions["null"])
async def test_what_is_not_named_stays_whatever_a_put_does(
    esper: Esper, sandbox: Sandbox, put: str, null: str
) -> None:
    sandbox.turn("esper.put", put)
    sandbox.turn("esper.null", null)
    for one in rows(sandbox, "pipelines"):  # some have no description
        await sent(updating_pipeline(esper, pipeline_id(one["id"]), name="Other"))
        now = by_id(sandbox, "pipelines")[one["id"]]
        assert written(now) == {**written(one), "name": "Other"}


async def test_what_is_wrong_is_told_at_once_and_nothing_is_sent(
    esper: Esper, sandbox: Sandbox
) -> None:
    with pytest.raises(errors.Invalid) as caught:
        creating_pipeline(esper, "", description="x" * 10_001)
    assert told(caught.value) == [
        ((*OF_PIPELINE, "name"), "REQUIRED"),
        ((*OF_PIPELINE, "description"), "LENGTH"),
    ]
    for change, place in (
        ({}, ()),
        ({"name": None}, ("name",)),
        ({"name": " "}, ("name",)),
    ):
        with pytest.raises(errors.Invalid) as caught:
            updating_pipeline(esper, pipeline_id(NOBODY), **change)
        assert told(caught.value) == [(("input", *place), "REQUIRED")]
    assert sandbox.calls("esper") == 0


@pytest.mark.parametrize("shape", EMULATOR.positions["errors"])
@pytest.mark.parametrize("status", EMULATOR.positions["business_errors"])
async def test_what_esper_refuses_leads_to_the_input(
    esper: Esper, sandbox: Sandbox, shape: str, status: str
) -> None:
    sandbox.turn("esper.errors", shape)
    sandbox.turn("esper.business_errors", status)
    key = pipeline_id(running(sandbox))
    for plan, where in (
        (creating_pipeline(esper, "x" * 256), ((*OF_PIPELINE, "name"), "LENGTH")),
        (updating_pipeline(esper, key, name="x" * 256), (("input", "name"), "LENGTH")),
        (esper.delete_pipeline(key), (("input", "id"), "OTHER")),
    ):
        trace = fresh()
        with pytest.raises(errors.Refused) as caught:
            await plan.send(trace)
        assert told(caught.value, plan) == [where]
        assert trace.outcome is WriteOutcome.NOT_APPLIED
    assert applied(sandbox) == 0


async def test_what_does_not_exist_is_missing(esper: Esper, sandbox: Sandbox) -> None:
    key = pipeline_id(NOBODY)
    for plan in (
        updating_pipeline(esper, key, name="x"),
        updating_pipeline(esper, key, name="x", description="y"),
        esper.delete_pipeline(key),
    ):
        with pytest.raises(errors.Missing):
            await sent(plan)
    assert applied(sandbox) == 0


async def test_what_was_done_is_found_again(esper: Esper, sandbox: Sandbox) -> None:
    new = creating_pipeline(esper, description="x")
    assert await looked(new) == []
    made, again = await sent(new), await sent(new)
    await sent(creating_pipeline(esper, description="y"))
    assert await looked(new) == [str(made.key), str(again.key)]
    change = updating_pipeline(esper, made.key, name="Other", description=None)
    assert await looked(change) == []
    await sent(change)
    assert await looked(change) == [str(made.key)]
    gone = esper.delete_pipeline(made.key)
    assert await looked(gone) == []
    await sent(gone)
    assert await looked(gone) == [str(made.key)]
    assert await looked(change) == []
    sandbox.fault("esper", "wrong_type", field="name", method="GET", times=1)
    with pytest.raises(errors.BadResponse):
        await looked(new)
    sandbox.fault("esper", "null_field", field="created_at", method="GET", times=1)
    assert await looked(new) == [str(again.key)]


TOLD = ["name", "description", "created_at", "updated_at", "created_by", "updated_by"]


@pytest.mark.parametrize("field", TOLD)
async def test_what_an_answer_leaves_out_is_read_back(
    esper: Esper, sandbox: Sandbox, field: str
) -> None:
    one = rows(sandbox, "pipelines")[0]
    assert {"id", *TOLD} == one.keys()
    for method, plan in (
        ("POST", creating_pipeline(esper)),
        ("PUT", updating_pipeline(esper, pipeline_id(one["id"]), name="Other")),
    ):
        sandbox.fault("esper", "missing_field", field=field, method=method)
        assert (await sent(plan)).lacks == EVERYTHING
        sandbox.heal()
        assert not (await sent(plan)).lacks


async def test_what_is_kept_is_forgotten(esper: Esper, sandbox: Sandbox) -> None:
    pipeline = at_rest(sandbox)
    key = pipeline_id(pipeline)
    stage = of(sandbox, "stages", pipeline)[0]["id"]

    async def read() -> Any:
        holders = [(stage_id(pipeline, stage), None), (key, None)]
        return (
            [one.name for one in (await esper.get_pipelines([key], Trace())).values()],
            list(await esper.stages_of([key], Trace())),
            list(await esper.target_lists_of(holders, Trace())),
        )

    before = await read()
    await sent(updating_pipeline(esper, key, name="Other"))
    assert (await read()) == (["Other"], *before[1:])
    await sent(esper.delete_pipeline(key))
    assert await read() == ([], [], [])
