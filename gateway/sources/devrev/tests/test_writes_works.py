"""Works are created, changed, moved and deleted, every field by name."""

from typing import Any, cast

import pytest
from strawberry import UNSET, Some

from gateway import errors
from gateway.sources.devrev import DevRev
from gateway.sources.devrev.fields_works import BLOCKS, COMMON, NEW
from gateway.sources.devrev.tests import writing
from gateway.sources.devrev.tests.asking import GET, ROOT, STAGES, counts, key, stage
from gateway.sources.devrev.tests.writing import (
    FIELDS,
    OLD,
    PATCH,
    Json,
    applied,
    complaint,
    everything,
    fresh,
    got,
    names,
    new,
    plain,
    sent,
    the,
    whole,
)
from schema.types.devrev_works import DevRevWork
from schema.types.inputs.work import MoveWorkInput, UpdateWorkInput
from schema.types.mutation_errors import Constraint, WriteOutcome
from schema.types.source import Source
from schema.types.work import WorkType
from tests.fixtures import Connect, Sandbox

CREATE, UPDATE, DELETE = "/works.create", "/works.update", "/works.delete"
KINDS = list(OLD)

CREATES = [(kind, name) for kind in KINDS for name in names(writing.NEW[kind])]
UPDATES = [
    *((kind, name) for kind in KINDS for name in names(PATCH[kind])),
    *(("", name) for name in ("title", "body", "owner_ids", "target_close_at")),
]
NOT_IN_UPDATES = {
    ("ticket", "source_channel"),
    ("opportunity", "forecast_category"),
    ("opportunity", "priority"),
}
"""Fields that the vendor's OpenAPI has in creates alone."""

CLEARED = {
    ("", "target_close_at"): "target_close_date",
    ("issue", "sprint_id"): "sprint",
    ("issue", "target_start_at"): "target_start_date",
    ("ticket", "account_id"): "account",
    ("ticket", "rev_org_id"): "rev_org",
    ("ticket", "group_id"): "group",
    ("ticket", "source_channel_id"): "source_channel_v2",
    ("opportunity", "amount"): "amount",
    ("opportunity", "customer_budget"): "customer_budget",
    ("opportunity", "probability"): "probability",
}
"""What null clears, by the vendor's OpenAPI."""


def at(kind: str) -> tuple[str, ...]:
    return ("input", "work", f"devrev{kind.capitalize()}")


def patch(kind: str, name: str, given: Any) -> UpdateWorkInput:
    """Return the input of an update of one field; of an issue where it is one of all types."""
    if not kind:
        return UpdateWorkInput(id="", **{name: Some(given)})
    block: Json = {f"devrev_{kind}": PATCH[kind](**{name: Some(given)})}
    return UpdateWorkInput(id="", **block)


def of(kind: str) -> str:
    return OLD[kind or "issue"]


def has(work: Json, wire: str, expected: Any) -> bool:
    value = plain(work.get(wire))
    if isinstance(expected, dict) and wire == "custom_fields":
        return {name: value[name] for name in expected} == expected
    return value == expected


def test_every_field_of_the_inputs_is_sent() -> None:
    for kind in KINDS:
        known = {one.name for one in NEW[WorkType(kind)]}
        assert known | {"stage_id"} == set(names(writing.NEW[kind]))
        assert {one.name for one in BLOCKS[WorkType(kind)]} == set(names(PATCH[kind]))
    others = {"id", "if_version", "idempotency_key", *(f"devrev_{one}" for one in KINDS)}
    assert {one.name for one in COMMON} == set(names(UpdateWorkInput)) - others


@pytest.mark.parametrize(("kind", "name"), CREATES)
async def test_every_field_is_created(
    sandbox: Sandbox, devrev: DevRev, kind: str, name: str
) -> None:
    sandbox.turn("devrev.answers", "everything")
    if name == "stage_id":
        first = {"issue": 1, "task": 1, "ticket": 9, "opportunity": 13}[kind]
        given, wire, expected = f"STG-{first}", "stage", stage(first).source_id
    else:
        given, wire, expected = FIELDS[name]
    written = await sent(devrev.create_work(new(kind, **{name: given}), at(kind)))
    assert counts(sandbox) == {CREATE: 1}
    assert written.key.source_id.startswith(f"{ROOT}{kind}/")
    work = the(sandbox, "works", written.key.source_id)
    if name == "stage_id":
        assert work["stage"]["stage"]["id"] == expected
    else:
        assert has(work, wire, expected)
    assert work["type"] == kind
    assert whole(await got(devrev, written.key)) == whole(written.row)


@pytest.mark.parametrize(("kind", "name"), UPDATES)
async def test_every_field_is_changed(
    sandbox: Sandbox, devrev: DevRev, kind: str, name: str
) -> None:
    sandbox.turn("devrev.answers", "everything")
    given, wire, expected = FIELDS[name]
    before = next(
        one
        for one in everything(sandbox, "works").values()
        if one["type"] == (kind or "issue") and not has(one, wire, expected)
    )
    sandbox.forget()
    plan = devrev.update_work(key(before["id"]), patch(kind, name, given))
    if (kind, name) in NOT_IN_UPDATES:
        path, constraint, _ = await complaint(plan, sandbox)
        shown = next(one.shown for one in BLOCKS[WorkType(kind)] if one.name == name)
        assert path == ("input", f"devrev{kind.capitalize()}", shown)
        assert constraint is Constraint.FORMAT
        return
    written = await sent(plan)
    assert counts(sandbox) == {UPDATE: 1}
    assert written.key == key(before["id"])
    after = the(sandbox, "works", before["id"])
    assert has(after, wire, expected)
    related = {"priority", "priority_v2", "sentiment_modified_date", "forecast_category"}
    changed = {name for name in {*before, *after} if before.get(name) != after.get(name)}
    also = {wire, "modified_by", "modified_date", *related, "forecast_category_v2"}
    assert changed <= also
    assert whole(await got(devrev, written.key)) == whole(written.row)


@pytest.mark.parametrize(("kind", "name"), UPDATES)
async def test_null_clears_what_can_be_cleared_and_is_refused_of_the_rest(
    sandbox: Sandbox, devrev: DevRev, kind: str, name: str
) -> None:
    sandbox.turn("devrev.answers", "everything")
    wire = CLEARED.get((kind, name))
    if wire is None:
        known = BLOCKS[WorkType(kind)] if kind else COMMON
        shown = next(one.shown for one in known if one.name == name)
        path = ("input", *([f"devrev{kind.capitalize()}"] if kind else []), shown)
        found = writing.refused(lambda: devrev.update_work(key(of(kind)), patch(kind, name, None)))
        assert found == {path: Constraint.REQUIRED}
        assert counts(sandbox) == {}
        return
    await sent(devrev.update_work(key(of(kind)), patch(kind, name, FIELDS[name][0])))
    assert wire in the(sandbox, "works", of(kind))
    await sent(devrev.update_work(key(of(kind)), patch(kind, name, None)))
    assert wire not in the(sandbox, "works", of(kind))


@pytest.mark.parametrize(
    ("kind", "name"),
    [(kind, name) for kind, name in UPDATES if isinstance(FIELDS[name][0], list)],
)
async def test_an_empty_list_clears_but_owners(
    sandbox: Sandbox, devrev: DevRev, kind: str, name: str
) -> None:
    if name == "owner_ids":
        found = writing.refused(lambda: devrev.update_work(key(of(kind)), patch(kind, name, [])))
        assert found == {("input", "ownerIds"): Constraint.REQUIRED}
        return
    await sent(devrev.update_work(key(of(kind)), patch(kind, name, FIELDS[name][0])))
    assert plain(the(sandbox, "works", of(kind))[FIELDS[name][1]])
    await sent(devrev.update_work(key(of(kind)), patch(kind, name, [])))
    assert not the(sandbox, "works", of(kind)).get(FIELDS[name][1])


async def test_null_is_as_absent_in_a_create(sandbox: Sandbox, devrev: DevRev) -> None:
    nothing = {
        name: None
        for name in names(writing.NEW["ticket"])
        if name not in {"title", "part_id", "owner_ids"}
    }
    one = await sent(devrev.create_work(new("ticket", **nothing), at("ticket")))
    other = await sent(devrev.create_work(new("ticket"), at("ticket")))
    ids = {"id", "display_id", "created_date", "modified_date", "sentiment_modified_date"}
    pair = [the(sandbox, "works", written.key.source_id) for written in (one, other)]
    assert len({str({n: v for n, v in work.items() if n not in ids}) for work in pair}) == 1
    assert new("ticket").body is UNSET


async def test_an_update_by_display_id_answers_the_whole_work(
    sandbox: Sandbox, devrev: DevRev
) -> None:
    written = await sent(
        devrev.update_work(key("ISS-7"), UpdateWorkInput(id="", title=Some("New")))
    )
    assert written.key == key(OLD["issue"])
    assert (written.lacks, the(sandbox, "works", OLD["issue"])["title"]) == (frozenset(), "New")


@pytest.mark.parametrize("position", ["optional", "required"])
async def test_the_type_is_told_with_its_own_fields(
    sandbox: Sandbox, devrev: DevRev, position: str
) -> None:
    sandbox.turn("devrev.update_type", position)
    await sent(devrev.update_work(key("ISS-7"), patch("issue", *FIELDS_OF_ISSUE)))
    await sent(devrev.update_work(key("ISS-7"), patch("", "body", "short")))
    assert the(sandbox, "works", OLD["issue"])["body"] == "short"


FIELDS_OF_ISSUE = ("priority", FIELDS["priority"][0])


@pytest.mark.parametrize("kind", KINDS)
async def test_beta_types_need_the_beta_version_where_they_are_not_public(
    sandbox: Sandbox, connect: Connect, kind: str
) -> None:
    sandbox.turn("devrev.work_types", "beta")
    plain_ = cast("DevRev", connect(Source.DEVREV))
    beta = cast("DevRev", connect(Source.DEVREV, beta="on"))
    plans = {
        name: [
            one.create_work(new(kind), at(kind)),
            one.update_work(key(OLD[kind]), patch(kind, "part_id", "FEAT-7")),
            one.update_work(key(OLD[kind]), UpdateWorkInput(id="", title=Some("Other"))),
        ]
        for name, one in (("plain", plain_), ("beta", beta))
    }
    for plan in plans["beta"]:
        await sent(plan)
    for plan in plans["plain"]:
        if kind in {"issue", "ticket"}:
            await sent(plan)
            continue
        path, constraint, message = await complaint(plan, sandbox)
        assert "STAGEGRAPH_DEVREV_BETA=on" in message
        assert path in {("input", f"devrev{kind.capitalize()}"), ("input", "id"), None}
        assert constraint is Constraint.ALLOWED_VALUE


@pytest.mark.parametrize("position", ["200", "204"])
async def test_a_work_is_deleted(sandbox: Sandbox, devrev: DevRev, position: str) -> None:
    sandbox.turn("devrev.delete", position)
    written = await sent(devrev.delete_work(key("ISS-7")))
    assert (written.key, written.row) == (key("ISS-7"), None)
    assert the(sandbox, "works", OLD["issue"]) == {}
    assert counts(sandbox) == {DELETE: 1}
    with pytest.raises(errors.Missing):
        await devrev.delete_work(key("ISS-7")).send(fresh())


async def test_a_work_is_moved_along_a_transition_alone(sandbox: Sandbox, devrev: DevRev) -> None:
    def move(number: int, *, freely: bool = False) -> Any:
        asked = MoveWorkInput(id="", stage_id=str(stage(number)), allow_invalid_transition=freely)
        return devrev.move_work(key(OLD["issue"]), asked)

    written = await sent(move(2))
    assert the(sandbox, "works", OLD["issue"])["stage"]["stage"]["id"] == stage(2).source_id
    assert isinstance(written.row, DevRevWork)
    assert written.row.stage_key == stage(2)
    path, constraint, message = await complaint(move(7), sandbox)
    assert (path, constraint) == (("input", "stageId"), Constraint.TRANSITION)
    assert "no such transition" in message
    await sent(move(7, freely=True))
    assert the(sandbox, "works", OLD["issue"])["stage"]["stage"]["id"] == stage(7).source_id
    assert counts(sandbox) == {UPDATE: 3}


async def test_a_work_begins_only_where_its_workflow_starts(
    sandbox: Sandbox, devrev: DevRev
) -> None:
    plan = devrev.create_work(new("issue", stage_id="STG-4"), at("issue"))
    path, constraint, _ = await complaint(plan, sandbox)
    assert (path, constraint) == ((*at("issue"), "stageId"), Constraint.TRANSITION)
    assert counts(sandbox) == {CREATE: 1}


async def test_where_ids_of_stages_are_refused_names_are_told(
    sandbox: Sandbox, devrev: DevRev
) -> None:
    sandbox.turn("devrev.stage_write", "name")
    move = MoveWorkInput(id="", stage_id=str(stage(2)))
    written = await sent(devrev.move_work(key(OLD["issue"]), move))
    assert isinstance(written.row, DevRevWork)
    assert written.row.stage_key == stage(2)
    assert (counts(sandbox), applied(sandbox)) == ({UPDATE: 2, STAGES: 1}, 1)
    sandbox.forget()
    await sent(devrev.create_work(new("issue", stage_id=str(stage(1))), at("issue")))
    assert counts(sandbox) == {STAGES: 1, CREATE: 1}
    sandbox.forget()
    shared = MoveWorkInput(id="", stage_id=str(stage(5)), allow_invalid_transition=True)
    lost = MoveWorkInput(id="", stage_id=str(stage(99)))
    for asked in (shared, lost):
        trace = fresh()
        with pytest.raises(errors.Invalid) as caught:
            await devrev.move_work(key(OLD["issue"]), asked).send(trace)
        [one] = caught.value.complaints
        assert (one.path, one.constraint) == (("input", "stageId"), Constraint.REFERENCE)
        assert trace.outcome is WriteOutcome.NOT_APPLIED
    assert counts(sandbox) == {STAGES: 2}
    illegal = devrev.move_work(key(OLD["issue"]), MoveWorkInput(id="", stage_id=str(stage(7))))
    assert (await complaint(illegal, sandbox))[:2] == (("input", "stageId"), Constraint.TRANSITION)


@pytest.mark.parametrize("position", ["invalid_id", "not_found"])
async def test_what_names_nothing_is_told(sandbox: Sandbox, devrev: DevRev, position: str) -> None:
    sandbox.turn("devrev.unknown_references", position)
    part = patch("issue", "part_id", "PROD-999")
    create = devrev.create_work(new("issue", part_id="PROD-999"), at("issue"))
    is_sure = position == "invalid_id"
    path, constraint, _ = await complaint(create, sandbox)
    assert path == ((*at("issue"), "partId") if is_sure else None)
    assert constraint is (Constraint.REFERENCE)
    path, constraint, _ = await complaint(devrev.update_work(key(OLD["issue"]), part), sandbox)
    assert path == ("input", "devrevIssue", "partId")
    assert constraint is Constraint.REFERENCE
    with pytest.raises(errors.Missing):
        await devrev.update_work(key("ISS-9999"), part).send(fresh())
    with pytest.raises(errors.Missing):
        await devrev.update_work(key("ISS-9999"), patch("", "title", "x")).send(fresh())
    assert GET in counts(sandbox)


async def test_an_answer_of_another_work_makes_no_sense(sandbox: Sandbox, devrev: DevRev) -> None:
    other = next(one for one in sandbox.state("devrev")["works"] if one["id"] != OLD["issue"])
    sandbox.fault("devrev", "status", status=200, body={"work": other}, route=UPDATE)
    trace = fresh()
    with pytest.raises(errors.BadResponse):
        await devrev.update_work(key(OLD["issue"]), patch("", "title", "x")).send(trace)
    assert trace.outcome is WriteOutcome.APPLIED
