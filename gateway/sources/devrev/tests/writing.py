"""What the tests of writes send, and how they look at what became of it."""

from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any, cast

import pytest

from gateway.adapter import Plan, Written
from gateway.errors import Complaint, Invalid, Refused
from gateway.sources.devrev import DevRev
from gateway.sources.devrev.tests.asking import ROOT, WHO, key
from gateway.upstream.trace import Trace
from schema.types.ids import GlobalId, Kind
from schema.types.inputs.devrev_related import MoneyInput, WorkTagInput
from schema.types.inputs.devrev_work_patches import (
    DevRevIssuePatch,
    DevRevOpportunityPatch,
    DevRevTaskPatch,
    DevRevTicketPatch,
)
from schema.types.inputs.devrev_works import (
    CreateDevRevIssue,
    CreateDevRevOpportunity,
    CreateDevRevTask,
    CreateDevRevTicket,
    NewDevRevWork,
)
from schema.types.mutation_errors import Constraint, WriteOutcome
from schema.types.work import ForecastCategory, TicketSeverity, WorkPriority
from tests.attributes import attributes
from tests.fixtures import Sandbox

Json = dict[str, Any]

NEW: Mapping[str, type[NewDevRevWork]] = {
    "issue": CreateDevRevIssue,
    "ticket": CreateDevRevTicket,
    "task": CreateDevRevTask,
    "opportunity": CreateDevRevOpportunity,
}
PATCH: Mapping[str, type[Any]] = {
    "issue": DevRevIssuePatch,
    "ticket": DevRevTicketPatch,
    "task": DevRevTaskPatch,
    "opportunity": DevRevOpportunityPatch,
}
OLD = {
    "issue": f"{ROOT}issue/7",
    "ticket": f"{ROOT}ticket/37",
    "task": f"{ROOT}task/35",
    "opportunity": f"{ROOT}opportunity/22",
}
"""A work of each type, in the first stage of its diagram."""

PART = str(key(f"{ROOT}product/1", Kind.PART))
OWNER = str(key(f"{WHO}devu/3", Kind.PERSON))
TIME = datetime(2026, 5, 4, 3, 2, 1, 987_000, tzinfo=UTC)
STAMP = "2026-05-04T03:02:01.987Z"


def value_id(field: str, number: int) -> str:
    return str(key(f"{field}:{number}", Kind.ENUM_VALUE))


def file(number: int) -> str:
    return str(key(f"{ROOT}artifact/{number}", Kind.ARTIFACT))


FIELDS: Mapping[str, tuple[Any, str, Any]] = {
    "title": ("Wände & <b>", "title", "Wände & <b>"),
    "body": ("* one\n* two", "body", "* one\n* two"),
    "part_id": ("FEAT-7", "applies_to_part", f"{ROOT}feature/7"),
    "owner_ids": ([OWNER], "owned_by", [f"{WHO}devu/3"]),
    "artifact_ids": ([file(992), "ARTIFACT-993"], "artifacts", [
        f"{ROOT}artifact/992", f"{ROOT}artifact/993",
    ]),
    "reporter_ids": (["DEVU-5", OWNER], "reported_by", [f"{WHO}devu/5", f"{WHO}devu/3"]),
    "tags": (
        [WorkTagInput(tag_id="TAG-5", value="EMEA"), WorkTagInput(tag_id="TAG-1")],
        "tags",
        [(f"{ROOT}tag/5", "EMEA"), (f"{ROOT}tag/1", None)],
    ),
    "target_close_at": (TIME, "target_close_date", STAMP),
    "custom_fields": ({"tnt__effort": 99}, "custom_fields", {"tnt__effort": 99}),
    "custom_schema_fragment_ids": (
        [f"{ROOT}custom_type_fragment/5"],
        "custom_schema_fragments",
        [f"{ROOT}custom_type_fragment/5"],
    ),
    "external_ref": ("NW-9999", "external_ref", "NW-9999"),
    "priority": (WorkPriority.P3, "priority", "p3"),
    "priority_value_id": (value_id("priority", 4), "priority_v2", 4),
    "developed_with_ids": (["CAPL-4", PART], "developed_with", [
        f"{ROOT}capability/4", f"{ROOT}product/1",
    ]),
    "sprint_id": (
        str(key(f"{ROOT}vista/1:vista_group_item/2", Kind.SPRINT)),
        "sprint",
        f"{ROOT}vista/1:vista_group_item/2",
    ),
    "target_start_at": (TIME, "target_start_date", STAMP),
    "severity": (TicketSeverity.BLOCKER, "severity", "blocker"),
    "account_id": ("ACC-2", "account", f"{WHO}account/2"),
    "rev_org_id": ("REV-iPoBknPR", "rev_org", f"{WHO}revo/iPoBknPR"),
    "group_id": ("GRP-2", "group", f"{WHO}group/2"),
    "channels": (["slack", "email"], "channels", ["slack", "email"]),
    "channel_ids": (["CHAN-2"], "channels_v2", [f"{ROOT}channel/2"]),
    "is_spam": (True, "is_spam", True),
    "needs_response": (True, "needs_response", True),
    "source_channel": ("plug", "source_channel", "plug"),
    "source_channel_id": ("CHAN-4", "source_channel_v2", f"{ROOT}channel/4"),
    "is_archived": (True, "is_archived", True),
    "is_frozen": (True, "is_frozen", True),
    "sentiment_id": ("5", "sentiment", 5),
    "sentiment_summary": ("Is cross.", "sentiment_summary", "Is cross."),
    "is_embedded": (True, "embedded", True),
    "started_at": (TIME, "start_date", STAMP),
    "amount": (1250.5, "amount", 1250.5),
    "annual_contract_value": (
        MoneyInput(amount="125000.50", currency="EUR"),
        "annual_contract_value",
        {"amount": "125000.50", "currency": "EUR"},
    ),
    "value": (
        MoneyInput(amount="7", currency="USD"),
        "value",
        {"amount": "7", "currency": "USD"},
    ),
    "customer_budget": (9.0, "customer_budget", 9.0),
    "contact_ids": (["REVU-rmCgwrrp"], "contacts", [f"{WHO}revu/rmCgwrrp"]),
    "forecast_category": (ForecastCategory.COMMIT, "forecast_category", "commit"),
    "forecast_category_value_id": ("6", "forecast_category_v2", 6),
    "probability": (0.25, "probability", 0.25),
}  # fmt: skip
"""Of each field of an input: what is given, DevRev's name for it, and what DevRev then has."""


def names(kind: type[Any]) -> list[str]:
    return [one.name for one in fields(kind)]


def new(kind: str, **more: Any) -> Any:
    """Return the input of a work with what it must have."""
    needed: Json = {"title": "Mend it", "part_id": PART, "owner_ids": [OWNER]}
    if kind == "opportunity":
        needed["account_id"] = "ACC-1"
    return cast("Callable[..., Any]", NEW[kind])(**{**needed, **more})


def plain(value: Any) -> Any:
    """Return what DevRev answers with ids in the place of objects."""
    if isinstance(value, list):
        return [plain(one) for one in cast("list[Any]", value)]
    if not isinstance(value, dict):
        return value
    told = cast("Json", value)
    if "tag" in told:
        return (told["tag"]["id"], told.get("value"))
    return told.get("id", told)


def fresh() -> Trace:
    return Trace(is_fresh=True)


async def sent(plan: Plan) -> Written:
    """Send a plan, by exactly one call."""
    trace = fresh()
    written = await plan.send(trace)
    assert trace.outcome is WriteOutcome.APPLIED
    return written


def refused(make: Callable[[], Plan]) -> dict[tuple[str, ...], Constraint]:
    """Return what is wrong with an input, by its place."""
    with pytest.raises(Invalid) as caught:
        make()
    found: dict[tuple[str, ...], Constraint] = {}
    for one in caught.value.complaints:
        assert one.path
        assert f"`{'.'.join(one.path)}`: " in one.message
        found[one.path] = one.constraint
    return found


async def complaint(plan: Plan, sandbox: Sandbox) -> tuple[tuple[str, ...] | None, Constraint, str]:
    """Return what DevRev says is wrong, and where that is in the input."""
    before = applied(sandbox)
    with pytest.raises(Refused) as caught:
        await plan.send(fresh())
    [one] = cast("list[Complaint]", list(caught.value.complaints))
    assert applied(sandbox) == before
    return one.path or plan.paths.get(one.field), one.constraint, one.message


def applied(sandbox: Sandbox) -> int:
    return sum(row["applied"] for row in sandbox.requests("devrev"))


def everything(sandbox: Sandbox, table: str) -> dict[str, Json]:
    """Return a table of the sandbox by DON, with what no get answers."""
    state = sandbox.state("devrev")
    found: dict[str, Json] = {one["id"]: one for one in state[table]}
    for one in state["untold"]:
        if one["id"] in found:
            found[one["id"]] = {**found[one["id"]], **one}
    return found


def the(sandbox: Sandbox, table: str, don: str) -> Json:
    return everything(sandbox, table).get(don, {})


def whole(row: Any) -> Json:
    """Return all that the graph tells of an object, to compare it by."""
    return {**attributes(row), "origin": (row.origin.version(), row.origin.raw())}


async def got(adapter: DevRev, id_: GlobalId) -> Any:
    """Return an object by a call of its own."""
    reads = {
        Kind.STAGE: adapter.get_stages,
        Kind.WORKFLOW: adapter.get_workflows,
        Kind.WORK: adapter.get_works,
    }
    return (await reads[id_.kind]([id_], fresh()))[id_]
