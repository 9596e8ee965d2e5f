"""Wrong inputs are refused without a call, and DevRev's refusals are read."""

from typing import Any

import msgspec
import pytest
from strawberry import Some

from gateway.errors import Complaint
from gateway.sources.devrev import DevRev, refusals
from gateway.sources.devrev.fields_works import BLOCKS
from gateway.sources.devrev.tests.asking import ROOT, counts, key, stage
from gateway.sources.devrev.tests.writing import (
    NEW,
    OLD,
    OWNER,
    PART,
    PATCH,
    file,
    got,
    names,
    new,
    refused,
    sent,
    the,
    value_id,
    whole,
)
from schema.types.ids import GlobalId, Kind
from schema.types.inputs.devrev_related import MoneyInput, WorkTagInput
from schema.types.inputs.work import MoveWorkInput, UpdateWorkInput
from schema.types.mutation_errors import Constraint
from schema.types.source import Source
from schema.types.work import ForecastCategory, TicketSeverity, WorkPriority, WorkType
from tests.fixtures import Sandbox

ALIEN = str(GlobalId(Source.OUTREACH, Kind.STAGE, "", "4"))
MONEY = MoneyInput(amount="1,5", currency="usd")
INFINITE = float("1e999")  # what the literal comes to in a query
NO_NUMBER = float("nan")


def nested(levels: int) -> Any:
    """Return custom fields that are so many levels deep, lists among them."""
    value: Any = 1
    for level in range(levels - 1):
        value = [value] if level % 2 else {"a": value}
    return {"tnt__deep": value}


WRONG: list[tuple[str, Any, dict[tuple[str, ...], Constraint]]] = [
    ("title", "", {("title",): Constraint.REQUIRED}),
    ("title", " \n", {("title",): Constraint.REQUIRED}),
    ("title", "x" * 257, {("title",): Constraint.LENGTH}),
    ("title", "\udc00", {(): Constraint.FORMAT}),
    ("body", "x" * 65_537, {("body",): Constraint.LENGTH}),
    ("external_ref", " ", {("externalRef",): Constraint.REQUIRED}),
    ("part_id", "../x", {("partId",): Constraint.FORMAT}),
    ("part_id", OWNER, {("partId",): Constraint.REFERENCE}),
    ("part_id", ALIEN, {("partId",): Constraint.WRONG_SOURCE}),
    ("stage_id", ALIEN, {("stageId",): Constraint.WRONG_SOURCE}),
    ("owner_ids", [], {("ownerIds",): Constraint.REQUIRED}),
    ("owner_ids", [OWNER, PART, "?"], {
        ("ownerIds", "1"): Constraint.REFERENCE, ("ownerIds", "2"): Constraint.FORMAT,
    }),
    ("tags", [WorkTagInput(tag_id=PART)], {("tags", "0", "tagId"): Constraint.REFERENCE}),
    ("custom_fields", ["a"], {("customFields",): Constraint.FORMAT}),
    ("custom_fields", {"a": INFINITE, "b": {"c": [1.5, -INFINITE, [NO_NUMBER]]}, "d": 10**400}, {
        ("customFields", "a"): Constraint.RANGE,
        ("customFields", "b", "c", "1"): Constraint.RANGE,
        ("customFields", "b", "c", "2", "0"): Constraint.RANGE,
    }),
    ("custom_fields", nested(33), {("customFields",): Constraint.FORMAT}),
    ("custom_fields", nested(50_000), {("customFields",): Constraint.FORMAT}),
    ("custom_fields", {"a": "\udc00"}, {(): Constraint.FORMAT}),
    ("artifact_ids", [file(1)] * 51, {("artifactIds",): Constraint.LENGTH}),
    ("developed_with_ids", [PART] * 9, {("developedWithIds",): Constraint.LENGTH}),
    ("priority", WorkPriority.OTHER, {("priority",): Constraint.ALLOWED_VALUE}),
    ("severity", TicketSeverity.OTHER, {("severity",): Constraint.ALLOWED_VALUE}),
    ("forecast_category", ForecastCategory.OTHER, {
        ("forecastCategory",): Constraint.ALLOWED_VALUE,
    }),
    ("priority_value_id", value_id("sentiment", 1), {("priorityValueId",): Constraint.REFERENCE}),
    ("priority_value_id", "p1", {("priorityValueId",): Constraint.FORMAT}),
    ("priority_value_id", str(2**63), {("priorityValueId",): Constraint.FORMAT}),
    ("forecast_category_value_id", PART, {("forecastCategoryValueId",): Constraint.REFERENCE}),
    ("channels", [""], {("channels", "0"): Constraint.REQUIRED}),
    ("value", MONEY, {
        ("value", "amount"): Constraint.FORMAT, ("value", "currency"): Constraint.FORMAT,
    }),
    ("annual_contract_value", MoneyInput(amount="1" * 41, currency="USD"), {
        ("annualContractValue", "amount"): Constraint.FORMAT,
    }),
    *(
        (name, number, {(shown,): Constraint.RANGE})
        for name, shown in (
            ("amount", "amount"), ("customer_budget", "customerBudget"),
            ("probability", "probability"),
        )
        for number in (INFINITE, -INFINITE, NO_NUMBER)
    ),
    ("probability", 1.01, {("probability",): Constraint.RANGE}),
    ("probability", -0.01, {("probability",): Constraint.RANGE}),
]  # fmt: skip

ONLY_IN_UPDATES = {"artifact_ids"}


@pytest.mark.parametrize(("name", "given", "expected"), WRONG)
async def test_wrong_fields_are_refused_in_creates_and_updates(
    sandbox: Sandbox, devrev: DevRev, name: str, given: Any, expected: dict[Any, Constraint]
) -> None:
    for kind in [one for one in NEW if name in names(NEW[one]) and name not in ONLY_IN_UPDATES]:
        at = ("input", "work", f"devrev{kind.capitalize()}")
        there = {(*at, *path): rule for path, rule in expected.items()}
        assert refused(lambda: devrev.create_work(new(kind, **{name: given}), at)) == there  # noqa: B023
    for kind in [one for one in PATCH if name in names(PATCH[one])]:
        block: Any = {f"devrev_{kind}": PATCH[kind](**{name: Some(given)})}
        at = ("input", f"devrev{kind.capitalize()}")
        there = {(*at, *path) if path else ("input",): rule for path, rule in expected.items()}
        patch = UpdateWorkInput(id="", **block)
        assert refused(lambda: devrev.update_work(key(OLD[kind]), patch)) == there  # noqa: B023
    assert counts(sandbox) == {}


async def test_custom_fields_as_deep_as_may_be_are_written_and_read(
    sandbox: Sandbox, devrev: DevRev
) -> None:
    given = nested(32)
    plan = devrev.create_work(new("issue", custom_fields=given), ("input", "work", "devrevIssue"))
    written = await sent(plan)
    assert the(sandbox, "works", written.key.source_id)["custom_fields"] == given
    assert whole(await got(devrev, written.key)) == whole(written.row)


async def test_all_that_is_wrong_is_told_at_once(devrev: DevRev) -> None:
    at = ("input", "work", "devrevIssue")
    wrong = new("issue", title="", part_id=ALIEN, owner_ids=[], priority=WorkPriority.OTHER)
    assert set(refused(lambda: devrev.create_work(wrong, at))) == {
        (*at, one) for one in ("title", "partId", "ownerIds", "priority")
    }


async def test_updates_of_no_source_of_their_own_take_global_ids_alone(devrev: DevRev) -> None:
    patch = UpdateWorkInput(id="", owner_ids=Some(["DEVU-1"]))
    found = refused(lambda: devrev.update_work(key("ISS-7"), patch))
    assert found == {("input", "ownerIds", "0"): Constraint.FORMAT}
    for wrong, constraint in (
        ("STG-1", Constraint.FORMAT),
        (ALIEN, Constraint.WRONG_SOURCE),
        (PART, Constraint.REFERENCE),
    ):
        asked = MoveWorkInput(id="", stage_id=wrong)
        found = refused(lambda: devrev.move_work(key("ISS-7"), asked))  # noqa: B023
        assert found == {("input", "stageId"): constraint}


async def test_an_update_is_of_one_type_that_the_work_has(devrev: DevRev) -> None:
    def blocks(*kinds: str) -> UpdateWorkInput:
        given: Any = {f"devrev_{one}": PATCH[one](custom_fields=Some({"a": 1})) for one in kinds}
        return UpdateWorkInput(id="", **given)

    assert refused(lambda: devrev.update_work(key(OLD["task"]), blocks("issue"))) == {
        ("input", "devrevIssue"): Constraint.ALLOWED_VALUE
    }
    assert refused(lambda: devrev.update_work(key("ISS-7"), blocks("ticket", "task"))) == {
        ("input", "devrevTask"): Constraint.OTHER
    }
    assert devrev.update_work(key("ISS-7"), blocks("ticket"))  # who knows what it is


async def test_an_update_that_changes_nothing_is_refused(devrev: DevRev) -> None:
    for kind in PATCH:
        block: Any = {f"devrev_{kind}": PATCH[kind]()}
        empty = UpdateWorkInput(id="", **block)
        found = refused(lambda: devrev.update_work(key(OLD[kind]), empty))  # noqa: B023
        assert found == {("input",): Constraint.REQUIRED}


async def test_plans_know_where_each_field_of_a_request_is(devrev: DevRev) -> None:
    for kind in WorkType:
        block: Any = {f"devrev_{kind.value}": PATCH[kind.value](custom_fields=Some({"a": 1}))}
        plan = devrev.update_work(key(OLD[kind.value]), UpdateWorkInput(id="", **block))
        assert {one.wire for one in BLOCKS[kind]} <= set(plan.paths)
        assert plan.paths["type"] == ("input", f"devrev{kind.value.capitalize()}")
    move = devrev.move_work(key("ISS-7"), MoveWorkInput(id="", stage_id=str(stage(1))))
    assert set(move.paths) == {"id", "stage"}
    assert not devrev.owns(key(f"{ROOT}x/1", Kind.PIPELINE))


def said(**body: Any) -> Complaint:
    [one] = refusals.complaints(400, msgspec.json.encode({"message": "No", **body}))
    return one


@pytest.mark.parametrize(
    ("body", "constraint"),
    [
        ({"type": "missing_required_field"}, Constraint.REQUIRED),
        ({"type": "invalid_field"}, Constraint.FORMAT),
        ({"type": "invalid_enum_value"}, Constraint.ALLOWED_VALUE),
        ({"type": "value_not_permitted"}, Constraint.ALLOWED_VALUE),
        ({"type": "value_not_permitted", "reason": "too long"}, Constraint.LENGTH),
        ({"type": "value_not_permitted", "reason": "too large"}, Constraint.RANGE),
        ({"type": "value_not_permitted", "reason": "already taken"}, Constraint.UNIQUE),
        ({"type": "value_not_permitted", "reason": "no such stage"}, Constraint.REFERENCE),
        ({"type": "value_not_permitted", "reason": "no such transition"}, Constraint.TRANSITION),
        ({"type": "invalid_id"}, Constraint.FORMAT),
        ({"type": "invalid_id", "detail": "DEVU-99 does not exist"}, Constraint.REFERENCE),
        ({"type": "unexpected_id_type"}, Constraint.REFERENCE),
        ({"type": "unexpected_json_type"}, Constraint.FORMAT),
        ({"type": "parse_error"}, Constraint.FORMAT),
        ({"type": "not_found"}, Constraint.REFERENCE),
        ({"type": "conflict"}, Constraint.UNIQUE),
        ({"type": "artifact_already_attached_to_a_parent"}, Constraint.UNIQUE),
        (
            {"type": "bad_request", "detail": "The stage transition is invalid"},
            Constraint.TRANSITION,
        ),
        ({"type": "customization_validation_error", "subtype": "wrong_type"}, Constraint.OTHER),
        ({"type": "bad_request"}, Constraint.OTHER),
        ({}, Constraint.OTHER),
    ],
)
def test_refusals_are_read_by_type_and_by_words(body: Any, constraint: Constraint) -> None:
    assert said(**body).constraint is constraint


def test_all_that_is_said_is_told_once() -> None:
    one = said(
        message="stage is not permitted: no such transition",
        reason="no such transition",
        detail="Ask an admin.",
        allowed_values=["a", "b"],
        field_name="stage.stage",
    )
    assert one.message == (
        "stage is not permitted: no such transition. Ask an admin. It takes: a, b."
    )
    assert one.field == "stage"
    assert said(field_name="stages[2].transitions.target_stage_id").field == "stages"


@pytest.mark.parametrize(
    "body", [b"", b"\xff", b"[]", b"{", b"null", b"{}", b'{"message": 5}', b'{"message": " "}']
)
def test_what_makes_no_sense_says_nothing(body: bytes) -> None:
    assert list(refusals.complaints(400, body)) == []
    assert list(refusals.complaints_without_beta(400, body)) == []
