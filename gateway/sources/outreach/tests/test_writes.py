"""The adapter's writes against the running sandbox."""

from dataclasses import fields
from itertools import product
from typing import Any

import pytest

from gateway import errors
from gateway.adapter import EVERYTHING
from gateway.sources.outreach import Outreach
from gateway.sources.outreach.sandbox import EMULATOR
from gateway.sources.outreach.tests.conftest import Refreshing
from gateway.sources.outreach.tests.writing import (
    creating,
    seen,
    sent,
    stage_id,
    stages,
    updating,
    writes,
)
from gateway.upstream.trace import Trace
from schema.types.inputs.outreach import CreateOutreachStage
from schema.types.inputs.stage import UpdateStageInput
from schema.types.mutation_errors import WriteOutcome
from schema.types.outreach import OutreachStage
from schema.types.source import Source
from tests.attributes import attributes
from tests.fixtures import Connect, Sandbox

WIRE = {"name": "name", "position": "order", "color": "color"}
SET: dict[str, list[Any]] = {
    "name": [
        "New",
        "x" * 255,
        'Ünï, 10..50 "quoted" [n] 検討中 🤝 & 50 % + 1?=#',
        "__null__",
        " a ",
    ],
    "position": [0, 1, -1, 2**31 - 1, -(2**31)],
    "color": ["#5951ff", "#FFF", "", "no hex", "x" * 255],
}
CLEARED = ["name", "position", "color"]
POSITIONS = [
    *((name, one) for name, positions in EMULATOR.positions.items() for one in positions),
    (None, None),
]


async def read(adapter: Outreach, number: str) -> OutreachStage:
    [stage] = (await adapter.get_stages([stage_id(number)], Trace(is_fresh=True))).values()
    assert isinstance(stage, OutreachStage)
    return stage


def shown(stage: Any, *without: str) -> dict[str, Any]:
    known = {**attributes(stage), "origin": None, "version": stage.origin.version()}
    return {name: value for name, value in known.items() if name not in without}


def test_every_field_of_the_inputs_is_tested() -> None:
    assert {one.name for one in fields(CreateOutreachStage)} == SET.keys()
    of_all = {"id", "if_version", "idempotency_key"}
    others = {"devrev", "esper", "storyblok"}
    assert {one.name for one in fields(UpdateStageInput)} == {*SET, *of_all, *others}


@pytest.mark.parametrize(("field", "place"), [(f, n) for f in SET for n in range(len(SET[f]))])
async def test_a_field_is_set(field: str, place: int, outreach: Outreach, sandbox: Sandbox) -> None:
    value, before = SET[field][place], stages(sandbox)
    made = await sent(creating(outreach, **{"name": "New", field: value}))
    changed = await sent(updating(outreach, 7, **{field: value}))
    now = stages(sandbox)
    assert now.keys() == {*before, int(made.key.source_id)}
    new = now[int(made.key.source_id)]["attributes"]
    assert {name: new[name] for name in WIRE.values()} == {
        **dict.fromkeys(WIRE.values()), "name": "New", WIRE[field]: value,
    }  # fmt: skip
    assert changed.key == stage_id(7)
    old = before[7]["attributes"]
    assert now[7]["attributes"] == {
        **old, WIRE[field]: value, "updatedAt": now[7]["attributes"]["updatedAt"],
    }  # fmt: skip
    assert all(now[number] == one for number, one in before.items() if number != 7)
    assert getattr(made.row, field) == getattr(changed.row, field) == value
    assert writes(sandbox) == [
        ("PATCH", "/stages/{id}", 1, 1), ("POST", "/stages", 1, 1),
    ]  # fmt: skip


@pytest.mark.parametrize("field", CLEARED)
async def test_null_clears_a_field(field: str, outreach: Outreach, sandbox: Sandbox) -> None:
    sandbox.turn("outreach.stage_name", "optional")
    before = stages(sandbox)[7]["attributes"]
    assert before[WIRE[field]] is not None
    written = await sent(updating(outreach, 7, **{field: None}))
    now = stages(sandbox)[7]["attributes"]
    assert now == {**before, WIRE[field]: None, "updatedAt": now["updatedAt"]}
    assert getattr(written.row, field) is None


async def test_null_in_a_create_is_as_absent(outreach: Outreach, sandbox: Sandbox) -> None:
    made = await sent(creating(outreach, "New", position=None, color=None))
    attributes = stages(sandbox)[int(made.key.source_id)]["attributes"]
    assert (attributes["order"], attributes["color"]) == (None, None)


async def test_all_fields_together(outreach: Outreach, sandbox: Sandbox) -> None:
    await sent(updating(outreach, 7, name="A", position=3, color="#ffffff"))
    assert stages(sandbox)[7]["attributes"].items() >= {
        "name": "A", "order": 3, "color": "#ffffff",
    }.items()  # fmt: skip


async def test_the_answer_is_what_a_read_tells(outreach: Outreach) -> None:
    for plan in (creating(outreach, color="#5951ff", position=3), updating(outreach, 8, name="x")):
        written = await sent(plan)
        assert isinstance(written.row, OutreachStage)
        known = {
            {"createdBy": "created_by", "updatedBy": "updated_by", "canWrite": "can_write",
             "canDelete": "can_delete", "dataConnections": "data_connections"}.get(name, name)
            for name in written.lacks
        }  # fmt: skip
        whole = await read(outreach, written.key.source_id)
        assert shown(written.row, *known) == shown(whole, *known)
        # Each of what it lacks differs, so that nothing is read back for nothing.
        assert known >= {name for name in shown(whole) if name not in shown(whole, *known)}
        assert whole.created_by is not None
        assert written.row.can_write is None
        assert whole.can_write is True


TOLD = ["name", "order", "color", "createdAt", "updatedAt", "creator", "updater", "attributes",
        "relationships"]  # fmt: skip


@pytest.mark.parametrize("field", TOLD)
async def test_what_an_answer_leaves_out_is_read_back(
    field: str, outreach: Outreach, sandbox: Sandbox
) -> None:
    """Whatever of it is left out, the version would be another one than that of a read."""
    for method, plan in (
        ("POST", creating(outreach, position=3)),
        ("PATCH", updating(outreach, 7, name="x")),
    ):
        sandbox.fault("outreach", "missing_field", field=field, method=method)
        assert (await sent(plan)).lacks == EVERYTHING
        sandbox.heal()
        whole = await sent(plan)
        assert whole.lacks != EVERYTHING
        assert (
            shown(whole.row)["version"]
            == shown(await read(outreach, whole.key.source_id))["version"]
        )


@pytest.mark.parametrize("end", [None, "creator", "updater"])
async def test_links_alone_do_not_tell_who_is_at_an_end(
    end: str | None, outreach: Outreach, sandbox: Sandbox
) -> None:
    links = {"links": {"related": "https://outreach.example/users/1"}}
    ends = {one: links if one == end else {"data": None} for one in ("creator", "updater")}
    told = dict.fromkeys(("name", "order", "color", "createdAt", "updatedAt"))
    stage = {"type": "stage", "id": 7, "attributes": told, "relationships": ends}
    sandbox.fault("outreach", "status", status=200, method="PATCH", body={"data": stage})
    written = await sent(updating(outreach, 7, name="x"))
    assert (written.lacks == EVERYTHING) is (end is not None)


async def test_a_stage_is_deleted(outreach: Outreach, sandbox: Sandbox) -> None:
    made = await sent(creating(outreach))
    gone = await sent(outreach.delete_stage(made.key))
    assert (gone.key, gone.row) == (made.key, None)
    assert int(made.key.source_id) not in stages(sandbox)
    assert writes(sandbox) == [("DELETE", "/stages/{id}", 1, 1), ("POST", "/stages", 1, 1)]
    for plan in (outreach.delete_stage(made.key), updating(outreach, 46, name="x")):
        with pytest.raises(errors.Missing):
            await sent(plan)


async def test_a_create_is_seen(outreach: Outreach, sandbox: Sandbox) -> None:
    for name in ("Plain", "a, b..c", "__mine__", " blanks ", "x" * 255):
        plan = creating(outreach, name, position=3, color="#5951FF")
        assert await seen(plan) == []
        made = await sent(plan)
        [found] = await seen(plan)
        assert (found.key, found.lacks) == (made.key, frozenset())
        assert shown(found.row) == shown(await read(outreach, made.key.source_id))
        for other in (creating(outreach, name, position=4), creating(outreach, name, color="#1")):
            assert await seen(other) == []
        again = await sent(plan)
        assert [one.key for one in await seen(plan)] == [made.key, again.key]
        # What a later try does not name may be anything.
        assert len(await seen(creating(outreach, name))) == 2
    assert not [row for row in writes(sandbox) if row[3] != row[2]]


@pytest.mark.parametrize(("kind", "field"), [("wrong_type", "id"), ("missing_field", "attributes")])
async def test_a_row_that_makes_no_sense_may_be_the_one(
    kind: str, field: str, outreach: Outreach, sandbox: Sandbox
) -> None:
    await sent(creating(outreach))
    await sent(updating(outreach, 7, name="New"))
    sandbox.fault("outreach", kind, field=field, method="GET")
    for plan in (creating(outreach), updating(outreach, 7, name="New")):
        with pytest.raises(errors.BadResponse):
            await seen(plan)


async def test_a_create_is_seen_on_any_page(connect: Connect, sandbox: Sandbox) -> None:
    adapter = connect(Source.OUTREACH, page_size=10)
    assert isinstance(adapter, Outreach)
    plan = creating(adapter, "__notnull__")  # cannot be asked for, so the whole list is read
    made = await sent(plan)
    assert [one.key for one in await seen(plan)] == [made.key]
    assert sum(row["count"] for row in sandbox.requests("outreach") if row["method"] == "GET") == 5


async def test_an_update_is_seen(outreach: Outreach) -> None:
    for changed in ({"name": "x"}, {"position": None, "color": "#FFF"}, {"color": None}):
        plan = updating(outreach, 7, **changed)
        assert await seen(plan) == []
        await sent(plan)
        [found] = await seen(plan)
        assert (found.key, found.lacks) == (stage_id(7), frozenset())
        assert shown(found.row) == shown(await read(outreach, "7"))
    assert await seen(updating(outreach, 999, name="x")) == []


async def test_a_deletion_is_seen(outreach: Outreach) -> None:
    made = await sent(creating(outreach))
    plan = outreach.delete_stage(made.key)
    assert await seen(plan) == []
    await sent(plan)
    assert [one.key for one in await seen(plan)] == [made.key]


async def test_looking_never_takes_a_kept_answer(connect: Connect, sandbox: Sandbox) -> None:
    adapter = connect(Source.OUTREACH, ttl="60")
    assert isinstance(adapter, Outreach)
    plan, deletion = updating(adapter, 7, name="x"), adapter.delete_stage(stage_id(7))
    await adapter.get_stages([stage_id(7)], Trace())
    assert await seen(plan) == []
    await sent(plan)
    assert len(await seen(plan)) == 1
    sandbox.turn("outreach.delete_in_use", "cleared")
    await sent(deletion)
    assert len(await seen(deletion)) == 1


@pytest.mark.parametrize(("switch", "position"), POSITIONS)
async def test_every_position_of_every_switch(
    switch: str | None, position: str | None, connect: Connect, sandbox: Sandbox
) -> None:
    """A write is done as it is asked for, or refused and not done."""
    adapter = connect(Source.OUTREACH)
    assert isinstance(adapter, Outreach)
    if switch is not None and position is not None:
        sandbox.turn(f"outreach.{switch}", position)
    if (switch, position) == ("scopes", "read"):
        for plan in (
            creating(adapter), updating(adapter, 7, name="x"), adapter.delete_stage(stage_id(7)),
        ):  # fmt: skip
            with pytest.raises(errors.Forbidden):
                await sent(plan)
        assert not any(applied for *_, applied in writes(sandbox))
        return
    made = await sent(creating(adapter, "New", position=5))
    assert (await seen(creating(adapter, "New", position=5)))[0].key == made.key
    changed = await sent(updating(adapter, int(made.key.source_id), color="#5951ff", position=None))
    assert changed.key == made.key
    row = stages(sandbox)[int(made.key.source_id)]["attributes"]
    assert (row["name"], row["order"], row["color"]) == ("New", None, "#5951ff")
    await sent(adapter.delete_stage(made.key))
    assert int(made.key.source_id) not in stages(sandbox)
    assert {applied for *_, applied in writes(sandbox)} == {1}


@pytest.mark.parametrize("kind", ["status", "reset", "html"])
async def test_a_token_that_is_not_renewed_leaves_nothing_in_doubt(
    kind: str, refreshing: Refreshing, sandbox: Sandbox
) -> None:
    adapter = refreshing(deadline=0.4)
    sandbox.fault("outreach", kind, route="/oauth/token", status=503)
    trace = Trace(is_fresh=True)
    with pytest.raises(errors.UpstreamFailure):
        async with adapter.deadline():
            await creating(adapter).send(trace)
    assert trace.outcome is WriteOutcome.NOT_APPLIED
    assert [route for _, route, *_ in writes(sandbox)] == ["/oauth/token"]


FAULTS = ["status", "reset", "truncate", "garbage", "html", "array", "empty", "hang"]


@pytest.mark.parametrize(("kind", "when"), [*product(FAULTS, ["before", "after"])])
async def test_a_write_is_sent_once_whatever_happens(
    kind: str, when: str, connect: Connect, sandbox: Sandbox
) -> None:
    adapter = connect(Source.OUTREACH, deadline=0.5)
    assert isinstance(adapter, Outreach)
    sandbox.fault("outreach", kind, method="POST", when=when, status=503)
    trace = Trace(is_fresh=True)
    with pytest.raises(errors.UpstreamFailure):
        async with adapter.deadline():
            await creating(adapter).send(trace)
    [(method, _, count, applied)] = writes(sandbox)
    assert (method, count) == ("POST", 1)
    assert applied == (when == "after" or kind == "truncate")
    assert trace.outcome is not WriteOutcome.NOT_APPLIED
    sandbox.heal()
    assert len(await seen(creating(adapter))) == applied
