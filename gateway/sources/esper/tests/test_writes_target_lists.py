"""Target lists are attached and detached through the adapter, against the running sandbox."""

from typing import Any

import pytest

from gateway import errors
from gateway.adapter import EVERYTHING
from gateway.sources.esper import Esper
from gateway.sources.esper.sandbox import EMULATOR
from gateway.sources.esper.tests.asking import NOBODY, pipeline_id, stage_id
from gateway.sources.esper.tests.asking_sandbox import (
    Row,
    applied,
    at_stage,
    by_id,
    of,
    rows,
    sandbox_client,
)
from gateway.sources.esper.tests.writing import (
    POSITIONS,
    attaching,
    detaching,
    fresh,
    key_of,
    list_id,
    looked,
    sent,
    told,
    writes,
)
from gateway.upstream.trace import Trace
from schema.types.ids import GlobalId, Kind
from schema.types.mutation_errors import WriteOutcome
from schema.types.source import Source
from tests.fixtures import Sandbox

AT = ("input", "targetListId")


def spare(sandbox: Sandbox) -> tuple[Row, Row]:
    """Return a stage, and a target list of its pipeline that is not attached to it."""
    for stage in rows(sandbox, "stages"):
        attached = at_stage(sandbox, stage["id"])
        for one in of(sandbox, "target_lists", stage["pipeline_id"]):
            if one["id"] not in attached and attached:
                return stage, one
    raise AssertionError


async def as_read(esper: Esper, one: Row) -> Any:
    key = pipeline_id(one["pipeline_id"])
    [lists] = (await esper.target_lists_of([(key, None)], fresh())).values()
    assert not isinstance(lists, errors.UpstreamFailure)
    return next(each for each in lists if each.source_id == one["id"])


@pytest.mark.parametrize("is_own", [True, False])
async def test_a_list_is_attached_and_detached(
    esper: Esper, sandbox: Sandbox, is_own: bool
) -> None:
    stage, one = spare(sandbox)
    text = one["id"] if is_own else str(list_id(one))
    before, trace = at_stage(sandbox, stage["id"]), fresh()
    made = await attaching(esper, key_of(stage), text).send(trace)
    assert (trace.calls, made.key, made.lacks) == (3, key_of(stage), EVERYTHING)
    assert made.row is not None
    assert (made.row.id, made.row.source_id) == (str(key_of(stage)), stage["id"])
    assert made.beside == await as_read(esper, one)
    assert at_stage(sandbox, stage["id"]) == [*before, one["id"]]
    trace, plan = fresh(), detaching(esper, key_of(stage), text)
    gone = await plan.send(trace)
    assert (trace.calls, gone.key, gone.beside) == (2, key_of(stage), None)
    assert at_stage(sandbox, stage["id"]) == before
    assert plan.beside is not None
    assert await plan.beside(Trace()) == await as_read(esper, one)
    assert writes(sandbox) == [
        ("DELETE /stages/{stage_id}/targetlists/{targetlist_id}/", 1),
        ("POST /stages/{stage_id}/targetlists/", 1),
    ]


@pytest.mark.parametrize(("name", "position"), POSITIONS)
async def test_lists_are_attached_in_every_position(
    esper: Esper, sandbox: Sandbox, name: str, position: str
) -> None:
    stage, one = spare(sandbox)
    sandbox.turn(f"esper.{name}", position)
    before = at_stage(sandbox, stage["id"])
    plans = [act(esper, key_of(stage), one["id"]) for act in (attaching, detaching)]
    for plan, after in zip(plans, ([*before, one["id"]], before), strict=True):
        assert await looked(plan) == []
        await sent(plan)
        assert at_stage(sandbox, stage["id"]) == after
        assert await looked(plan) == [str(key_of(stage))]


async def test_the_second_time(esper: Esper, sandbox: Sandbox) -> None:
    stage, one = spare(sandbox)
    attach, detach = (act(esper, key_of(stage), one["id"]) for act in (attaching, detaching))
    await sent(attach)
    await sent(attach)
    sandbox.turn("esper.attach", "refused")
    with pytest.raises(errors.Refused) as caught:
        await sent(attach)
    assert told(caught.value, attach) == [(AT, "UNIQUE")]
    await sent(detach)
    for position in ("missing", "refused"):
        sandbox.turn("esper.detach", position)
        trace = fresh()
        with pytest.raises(errors.Refused) as caught:
            await detach.send(trace)
        assert [path for path, _ in told(caught.value, detach)] == [AT]
        assert trace.outcome is WriteOutcome.NOT_APPLIED
    sandbox.turn("esper.detach", "idempotent")
    await sent(detach)
    assert applied(sandbox) == 2


@pytest.mark.parametrize("shape", EMULATOR.positions["errors"])
@pytest.mark.parametrize("status", EMULATOR.positions["business_errors"])
@pytest.mark.parametrize("unknown", EMULATOR.positions["attach_unknown"])
async def test_what_esper_refuses_leads_to_the_input(
    esper: Esper, sandbox: Sandbox, shape: str, status: str, unknown: str
) -> None:
    """The list is deleted between the read and the write: the sandbox refuses it itself."""
    for name, position in (
        ("errors", shape),
        ("business_errors", status),
        ("attach_unknown", unknown),
    ):
        sandbox.turn(f"esper.{name}", position)
    stage, one = spare(sandbox)
    plan, route = attaching(esper, key_of(stage), one["id"]), "/stages/{stage_id}/targetlists/"
    with sandbox_client(sandbox) as client:
        gone = client.post(route.format(stage_id=stage["id"]), json={"target_list_id": NOBODY})
    sandbox.fault(
        "esper", "status", status=gone.status_code, method="POST", route=route, body=gone.json()
    )
    trace = fresh()
    with pytest.raises(errors.Refused) as caught:
        await plan.send(trace)
    assert told(caught.value, plan) == [(AT, "REFERENCE")]
    assert (trace.outcome, applied(sandbox)) == (WriteOutcome.NOT_APPLIED, 0)


@pytest.mark.parametrize("unknown", EMULATOR.positions["attach_unknown"])
async def test_a_list_is_of_the_pipeline_that_its_id_tells(
    esper: Esper, sandbox: Sandbox, unknown: str
) -> None:
    sandbox.turn("esper.attach_unknown", unknown)
    stage, _ = spare(sandbox)
    pipeline = stage["pipeline_id"]
    other = next(one for one in rows(sandbox, "target_lists") if one["pipeline_id"] != pipeline)
    forged = GlobalId(Source.ESPER, Kind.TARGET_LIST, pipeline, other["id"])
    for text in (NOBODY, other["id"], str(forged)):
        plan = attaching(esper, key_of(stage), text)
        with pytest.raises(errors.Refused) as caught:
            await sent(plan)
        assert told(caught.value) == [(AT, "REFERENCE")]
        assert plan.beside is not None
        assert await plan.beside(Trace()) is None
    assert writes(sandbox) == []


@pytest.mark.parametrize("unknown", EMULATOR.positions["unknown_stage"])
async def test_a_stage_is_of_the_pipeline_that_its_id_tells(
    esper: Esper, sandbox: Sandbox, unknown: str
) -> None:
    """Esper attaches by the stage alone, and so would write another pipeline's."""
    sandbox.turn("esper.unknown_stage", unknown)
    stage, one = spare(sandbox)
    pipeline = stage["pipeline_id"]
    other = next(each for each in rows(sandbox, "stages") if each["pipeline_id"] != pipeline)
    before = rows(sandbox, "attachments")
    for key in (
        stage_id(pipeline, other["id"]),
        stage_id(pipeline, NOBODY),
        stage_id(NOBODY, stage["id"]),
    ):
        its = one["id"] if key.scope == pipeline else NOBODY
        for act in (attaching, detaching):
            plan, trace = act(esper, key, its), fresh()
            with pytest.raises(errors.Missing):
                await plan.send(trace)
            assert trace.outcome is WriteOutcome.NOT_APPLIED
            assert await looked(plan) == []
    assert (writes(sandbox), rows(sandbox, "attachments")) == ([], before)


async def test_what_is_wrong_is_told_and_nothing_is_sent(esper: Esper, sandbox: Sandbox) -> None:
    stage, one = spare(sandbox)
    sandbox.forget()
    pipeline = stage["pipeline_id"]
    for text, rule in (
        ("", "FORMAT"),
        ("../x", "FORMAT"),
        (one["id"].upper(), "FORMAT"),
        (str(key_of(stage)), "REFERENCE"),
        (str(GlobalId(Source.ESPER, Kind.TARGET_LIST, NOBODY, one["id"])), "REFERENCE"),
        (str(GlobalId(Source.ESPER, Kind.TARGET_LIST, pipeline, "x")), "FORMAT"),
        (str(GlobalId(Source.DEVREV, Kind.TARGET_LIST, pipeline, "x")), "WRONG_SOURCE"),
    ):
        for act in (attaching, detaching):
            with pytest.raises(errors.Invalid) as caught:
                act(esper, key_of(stage), text)
            assert told(caught.value) == [(AT, rule)], text
    assert sandbox.calls("esper") == 0


@pytest.mark.parametrize("kind", ["wrong_type", "missing_field"])
async def test_an_answer_need_not_tell_the_list(esper: Esper, sandbox: Sandbox, kind: str) -> None:
    stage, one = spare(sandbox)
    sandbox.fault("esper", kind, field="id", method="POST")
    plan = attaching(esper, key_of(stage), one["id"])
    assert (await sent(plan)).beside == await as_read(esper, one)


async def test_a_list_that_makes_no_sense_may_be_the_one(esper: Esper, sandbox: Sandbox) -> None:
    stage, one = spare(sandbox)
    sandbox.fault(
        "esper", "wrong_type", field="name", method="GET", route="/stages/{stage_id}/targetlists/"
    )
    for act in (attaching, detaching):
        with pytest.raises(errors.BadResponse):
            await looked(act(esper, key_of(stage), one["id"]))


async def test_what_is_kept_is_forgotten(esper: Esper, sandbox: Sandbox) -> None:
    stage, one = spare(sandbox)
    before = at_stage(sandbox, stage["id"])

    async def read() -> list[str]:
        [lists] = (await esper.target_lists_of([(key_of(stage), None)], Trace())).values()
        assert not isinstance(lists, errors.UpstreamFailure)
        return [str(each.source_id) for each in lists]

    assert await read() == before
    await sent(attaching(esper, key_of(stage), one["id"]))
    assert await read() == [*before, one["id"]]
    await sent(detaching(esper, key_of(stage), one["id"]))
    assert await read() == before
    assert one["id"] in by_id(sandbox, "target_lists")
