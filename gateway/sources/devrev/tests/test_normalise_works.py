"""DevRev's works to the graph's, with no network."""

from collections.abc import Callable
from copy import deepcopy
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import fields

from gateway import errors
from gateway.sources.devrev import forgiving, normalise_works, wire_works
from gateway.upstream.call import Answer
from gateway.upstream.origin import Row
from schema.types.devrev_works import (
    DevRevIssue,
    DevRevOpportunity,
    DevRevTask,
    DevRevTicket,
    DevRevWork,
)
from schema.types.ids import GlobalId, Kind
from schema.types.source import Source
from schema.types.work import ForecastCategory, TicketSeverity, WorkPriority
from tests.attributes import attributes

SAMPLES = Path(__file__).parent.parent / "samples"
NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)
CORE, WHO = "don:core:dvrv-us-1:devo/2bQx:", "don:identity:dvrv-us-1:devo/2bQx:"

Json = dict[str, Any]
T = TypeVar("T")


def answer(body: T) -> Answer[T]:
    return Answer(body, NOW, Source.DEVREV)


def sample(name: str) -> Any:
    return msgspec.json.decode((SAMPLES / f"{name}.json").read_bytes())


def raws(*works: Any) -> list[msgspec.Raw]:
    return [msgspec.Raw(msgspec.json.encode(one)) for one in works]


def made(work: Any) -> Any:
    [raw] = raws(work)
    return normalise_works.work(forgiving.work(answer(wire_works.OneWork(raw))))


def rows(*works: Any) -> tuple[list[Row[wire_works.Work]], int]:
    return forgiving.works(answer(wire_works.Works(raws(*works))))


def version(work: Any) -> str:
    return made(work).origin.version()


def key(kind: Kind, don: str) -> str:
    return str(GlobalId(Source.DEVREV, kind, "", don))


def at(*parts: int) -> datetime:
    return datetime(2025, *parts, tzinfo=UTC)


@pytest.fixture
def issue() -> Json:
    return sample("works.get")["work"]


@pytest.fixture
def listed() -> list[Any]:
    return [made(one) for one in sample("works.list")["works"]]


def test_a_work_tells_what_all_works_have(issue: Json) -> None:
    work = made(issue)
    assert type(work) is DevRevIssue
    assert GlobalId.parse(work.id) == (Source.DEVREV, Kind.WORK, "", CORE + "issue/12")
    assert (work.source, work.source_id, work.display_id) == (
        Source.DEVREV, CORE + "issue/12", "ISS-12",
    )  # fmt: skip
    assert (work.title, work.body) == ("Invoices of the 31st are lost", "It *fails* on the 31st.")
    assert (work.created_at, work.updated_at) == (at(3, 3, 8, 15), at(3, 9, 17, 45, 12, 500_000))
    assert (work.target_close_at, work.closed_at) == (at(4, 1), at(3, 10, 10))
    assert (work.created_by.full_name, work.updated_by.kind) == ("Grace Liu", "sys_user")
    assert [who.source_id for who in work.owners] == [WHO + "devu/7"]
    assert [who.source_id for who in work.reporters] == [WHO + "sysu/1"]
    assert work.stage_key == (Source.DEVREV, Kind.STAGE, "", CORE + "custom_stage/12")
    assert (work.stage_name, work.stage_notes) == ("In Review", "waits for a decision")
    assert (work.state_display_name, work.subtype) == ("In progress", "incident")
    assert (work.external_ref, work.custom_fields) == ("INV-12", issue["custom_fields"])
    assert work.custom_schema_fragment_ids == [
        key(Kind.SCHEMA_FRAGMENT, CORE + "custom_type_fragment/4")
    ]
    assert work.stock_schema_fragment_id == key(
        Kind.SCHEMA_FRAGMENT, CORE + "custom_type_fragment/110"
    )
    assert work.origin.raw() == issue
    assert work.origin.fetched_at == NOW


def test_what_a_work_names(issue: Json) -> None:
    work = made(issue)
    part = work.part
    assert (part.id, part.source_id) == (
        key(Kind.PART, CORE + "capability/3"),
        CORE + "capability/3",
    )
    assert (part.type, part.name, part.display_id) == ("capability", "Invoices", "CAPL-3")
    assert [who.email for who in part.owners] == ["grace@example.com"]
    assert (part.sync.origin_system, part.sync.last_in) == ("jira", None)
    assert work.developed_with == [part]
    [tagged] = work.tags
    assert (tagged.value, tagged.tag.name, tagged.tag.color) == ("high", "impact", "#5951ff")
    assert (tagged.tag.id, tagged.tag.display_id) == (key(Kind.TAG, CORE + "tag/5"), "TAG-5")
    [file] = work.artifacts
    assert (file.id, file.file_name) == (key(Kind.ARTIFACT, CORE + "artifact/9"), "log.txt")
    sync = work.sync
    assert (sync.origin_system, sync.external_reference) == ("jira", "https://jira.example/INV-12")
    assert (sync.last_in.status, sync.last_in.synced_at) == ("failed", at(3, 4))
    assert (sync.last_out.status, sync.last_out.synced_at) == ("succeeded", at(3, 5))
    unit = sync.last_in.unit
    assert GlobalId.parse(unit.id).kind is Kind.SYNC_UNIT
    assert (unit.display_id, unit.name, unit.type) == ("SYNC-1", "Our Jira", "periodic")
    assert (unit.external_system_type, unit.is_archived) == ("jira", False)
    assert (unit.run_mode, unit.run_state) == ("sync_from_devrev", "completed")


def test_what_an_issue_has_of_its_own(issue: Json) -> None:
    work = made(issue)
    assert work.priority is WorkPriority.P1
    value = work.priority_value
    assert GlobalId.parse(value.id) == (Source.DEVREV, Kind.ENUM_VALUE, "", "priority:2")
    assert (value.label, value.ordinal, value.value) == ("P1", 2, None)
    assert (work.estimated_effort, work.started_at, work.target_start_at) == (
        2.5, at(3, 4, 9), at(3, 5),
    )  # fmt: skip
    sprint = work.sprint
    assert sprint.id == key(Kind.SPRINT, CORE + "vista/1:vista_group_item/3")
    assert (sprint.type, sprint.name, sprint.state) == ("curated", "Sprint 3", "active")
    assert (sprint.starts_at, sprint.ends_at) == (at(3, 7), at(3, 21))


def test_the_service_level_is_told_whole(issue: Json) -> None:
    work = made(issue)
    sla, tracker = work.sla, work.sla.tracker
    assert (sla.stage, sla.closest_to_breach_metric) == ("breached", "Full resolution")
    assert (sla.remaining_minutes, sla.target_at) == (-30, at(3, 9, 16))
    assert (sla.schedule.id, sla.schedule.name, sla.schedule.timezone) == (
        key(Kind.SCHEDULE, CORE + "org_schedule/1"), "Office hours", "Europe/Paris",
    )  # fmt: skip
    assert (sla.schedule.status, sla.schedule.display_id) == ("published", "SCHED-1")
    assert sla.schedule.valid_until == datetime(2026, 12, 31, 23, tzinfo=UTC)
    assert (tracker.id, tracker.display_id) == (
        key(Kind.SLA_TRACKER, CORE + "sla_tracker/12"), "SLAT-12",
    )  # fmt: skip
    assert tracker.applies_to_id == work.id
    assert tracker.sla_policy_id == key(Kind.SLA_POLICY, CORE + "sla_policy/1")
    assert (tracker.applies_to_type, tracker.stage, tracker.status) == (
        "issue", "breached", "missed",
    )  # fmt: skip
    assert (tracker.created_at, tracker.updated_at) == (at(3, 3, 8, 15, 1), at(3, 9, 17))
    assert (tracker.created_by.display_id, tracker.updated_by.display_id) == ("DEVU-7", "SYSU-1")
    assert (tracker.sla.id, tracker.sla.type) == (key(Kind.SLA, CORE + "sla/1"), "internal")
    assert (tracker.sla.name, tracker.sla.status) == ("Standard", "published")
    [metric] = tracker.metrics
    assert metric.definition.id == key(Kind.SLA_METRIC, CORE + "metric_definition/2")
    assert (metric.definition.name, metric.stage, metric.status) == (
        "Full resolution", "breached", "missed",
    )  # fmt: skip
    assert (metric.breached_at, metric.completed_at) == (at(3, 9, 16), at(3, 10, 10))
    assert (metric.completed_in_minutes, metric.remaining_minutes) == (4320, -30)
    assert (metric.in_policy, metric.is_out_of_schedule) == (True, False)
    assert (metric.target_at, metric.warning_target_at) == (at(3, 9, 16), at(3, 9, 12))
    assert metric.next_schedule_transition_at == at(3, 10, 8)
    assert metric.schedule == sla.schedule
    [removed] = tracker.removed_metrics
    assert (removed.definition, removed.removed_at) == (metric.definition, at(3, 5, 9))
    assert removed.removed_by.full_name == "Grace Liu"
    short = work.sla_tracker
    assert (short.id, short.applies_to_type, short.metrics) == (tracker.id, "issue", None)


def test_what_a_tracker_is_of_is_a_work_or_any_object(issue: Json) -> None:
    issue["sla_summary"]["sla_tracker"]["applies_to_id"] = CORE + "conversation/8"
    assert made(issue).sla.tracker.applies_to_id == key(Kind.OBJECT, CORE + "conversation/8")


def test_what_a_ticket_has_of_its_own(listed: list[Any]) -> None:
    ticket = listed[0]
    assert type(ticket) is DevRevTicket
    assert (ticket.stage_key, ticket.stage_name) == (None, "Queued")
    assert ticket.severity is TicketSeverity.BLOCKER
    assert (ticket.is_spam, ticket.is_frozen, ticket.needs_response) == (False, True, True)
    assert (ticket.channels, ticket.source_channel) == (["email", "slack"], "email")
    one, three = (key(Kind.CHANNEL, CORE + f"channel/{number}") for number in (1, 3))
    assert (ticket.channel_ids, ticket.source_channel_id) == ([one, three], one)
    account, org, group = ticket.account, ticket.rev_org, ticket.group
    assert (account.id, account.type) == (key(Kind.ACCOUNT, WHO + "account/1"), None)
    assert (org.id, org.type) == (key(Kind.REV_ORG, WHO + "revo/8"), "rev_org")
    assert (org.display_name, org.display_id) == ("Fabrikam Lyon", "REV-8")
    assert (group.id, group.name, group.member_type) == (
        key(Kind.GROUP, WHO + "group/2"), "Support", "dev_user",
    )  # fmt: skip
    assert GlobalId.parse(ticket.visibility.id).source_id == "visibility:1"
    assert GlobalId.parse(ticket.sentiment.id).source_id == "sentiment:4"
    assert (ticket.sentiment.label, ticket.sentiment.value) == ("Unhappy", "unhappy")
    assert ticket.sentiment_summary == "Waits, but kindly."
    assert ticket.sentiment_modified_at == at(2, 1, 12)


def test_what_tasks_and_opportunities_have_of_their_own(listed: list[Any]) -> None:
    task, deal = listed[1:3]
    assert type(task) is DevRevTask
    assert (task.priority, task.is_embedded, task.started_at) == (WorkPriority.P3, True, at(2, 3))
    assert type(deal) is DevRevOpportunity
    assert deal.priority is WorkPriority.P0
    assert (deal.amount, deal.customer_budget, deal.probability) == (125000.5, 200000, 0.75)
    acv = deal.annual_contract_value
    assert (acv.amount, acv.currency) == ("125000.50", "USD")
    assert (deal.value.amount, deal.value.currency) == ("0.10", "JPY")
    assert deal.forecast_category is ForecastCategory.STRONG_UPSIDE
    assert GlobalId.parse(deal.forecast_category_value.id).source_id == "forecast_category:4"
    assert (deal.account.display_name, deal.contacts[0].kind) == ("Fabrikam", "rev_user")


def test_an_id_and_a_type_are_all_that_a_work_needs(listed: list[Any]) -> None:
    shown = {name for name, value in attributes(listed[3]).items() if value is not None}
    assert shown == {"id", "source", "source_id", "origin"}


@pytest.mark.parametrize("field", sorted(sample("works.get")["work"].keys() - {"id", "type"}))
def test_null_is_as_absent(issue: Json, field: str) -> None:
    without = {name: value for name, value in issue.items() if name != field}
    null, absent = made({**issue, field: None}), made(without)
    assert {**attributes(null), "origin": None} == {**attributes(absent), "origin": None}
    assert null.origin.version() == absent.origin.version()


def test_new_words_of_enums_are_other_and_stay_in_raw(issue: Json) -> None:
    assert made({**issue, "priority": "p9"}).priority is WorkPriority.OTHER
    odd = {"id": CORE + "ticket/1", "type": "ticket", "severity": "apocalyptic"}
    assert made(odd).severity is TicketSeverity.OTHER
    assert made(odd).origin.raw()["severity"] == "apocalyptic"
    odd = {"id": CORE + "opportunity/1", "type": "opportunity", "forecast_category": "?"}
    assert made(odd).forecast_category is ForecastCategory.OTHER


BAD: dict[str, list[Any]] = {
    "id": [None, "", 12, "ISS-12", CORE + "issue/12\n"],
    "type": [None, 7, "custom_work", "", "Issue"],
    "title": [7, {}, []],
    "created_date": ["2025-03-03", "2025-03-03T08:15:00", "soon", 1],
    "modified_date": [{}],
    "priority": [1],
    "estimated_effort": ["much"],
    "stock_schema_fragment": [""],
}


@pytest.mark.parametrize(("field", "value"), [(f, one) for f, ones in BAD.items() for one in ones])
def test_a_row_whose_top_makes_no_sense_costs_only_itself(
    issue: Json, field: str, value: object
) -> None:
    other = {**issue, "id": CORE + "issue/13"}
    good, dropped = rows(other, {**issue, field: value}, 7, issue)
    assert [row.wire.id for row in good] == [CORE + "issue/13", CORE + "issue/12"]
    assert dropped == 2
    with pytest.raises(errors.BadResponse):
        made({**issue, field: value})


def spoil(work: Json, path: str, value: object) -> Json:
    spoilt = deepcopy(work)
    *above, last = [int(step) if step.isdecimal() else step for step in path.split(".")]
    place: Any = spoilt
    for step in above:
        place = place[step]
    place[last] = value
    return spoilt


NESTED: list[tuple[str, object, Callable[[Any], object], object]] = [
    ("stage", "open", lambda it: (it.stage_key, it.stage_name), (None, None)),
    ("stage.stage", 7, lambda it: (it.stage_key, it.stage_name), (None, "In Review")),
    ("stage.stage.id", "STG-12", lambda it: it.stage_key, None),
    ("stage.ordinal", "far", lambda it: it.stage_name, "In Review"),
    ("applies_to_part", [], lambda it: it.part, None),
    ("applies_to_part.id", None, lambda it: it.part, None),
    ("applies_to_part.name", 7, lambda it: (it.part.name, it.part.type), (None, "capability")),
    ("applies_to_part.owned_by.0", "DEVU-1", lambda it: it.part.owners, []),
    ("owned_by", {"id": "x"}, lambda it: it.owners, None),
    ("owned_by.0.id", None, lambda it: it.owners, []),
    ("owned_by.0.state", [], lambda it: [who.display_id for who in it.owners], ["DEVU-7"]),
    ("tags.0.tag.style_new", "red", lambda it: (it.tags[0].tag.name, it.tags[0].tag.color),
     ("impact", None)),
    ("tags.0", None, lambda it: it.tags, []),
    ("custom_fields", [], lambda it: it.custom_fields, None),
    ("custom_schema_fragments.0", 4, lambda it: it.custom_schema_fragment_ids, []),
    ("artifacts.0.file.size", -1, lambda it: (it.artifacts[0].file_name,
                                              it.artifacts[0].file_size_bytes), ("log.txt", None)),
    ("sync_metadata.last_sync_in.sync_date", "soon", lambda it: (it.sync.last_in.synced_at,
     it.sync.last_in.status, it.sync.last_out.synced_at), (None, "failed", at(3, 5))),
    ("priority_v2", {"label": "P1"}, lambda it: (it.priority_value, it.priority),
     (None, WorkPriority.P1)),
    ("sprint", "SPRINT-1", lambda it: it.sprint, None),
    ("sla_summary.remaining_time", 2**31, lambda it: (it.sla.remaining_minutes, it.sla.stage),
     (None, "breached")),
    ("sla_summary.sla_tracker", "SLAT-1", lambda it: (it.sla.tracker, it.sla.stage),
     (None, "breached")),
    ("sla_summary.sla_tracker.metric_target_summaries.0.completed_in", -(2**31) - 1,
     lambda it: (it.sla.tracker.metrics[0].completed_in_minutes,
                 it.sla.tracker.metrics[0].stage), (None, "breached")),
    ("sla_tracker.id", "", lambda it: it.sla_tracker, None),
]  # fmt: skip


@pytest.mark.parametrize(
    ("path", "value", "shown", "expected"), NESTED, ids=[path for path, *_ in NESTED]
)
def test_what_is_nested_costs_only_itself(
    issue: Json, path: str, value: object, shown: Callable[[Any], object], expected: object
) -> None:
    spoilt = spoil(issue, path, value)
    good, dropped = rows(issue, spoilt)
    assert (len(good), dropped) == (2, 0)
    work = normalise_works.work(good[1])
    assert shown(work) == expected
    assert work.title == "Invoices of the 31st are lost"
    assert work.origin.raw() == spoilt


def test_many_faults_are_cut_out_one_by_one_but_not_without_end(issue: Json) -> None:
    some = {**issue, "owned_by": [7, *issue["owned_by"], {"id": []}], "stage": 7, "sprint": 7}
    work = made(some)
    assert [who.display_id for who in work.owners] == ["DEVU-7"]
    assert (work.stage_key, work.sprint) == (None, None)
    with pytest.raises(errors.BadResponse):
        made({**issue, "owned_by": [7] * 100})


def test_a_kept_page_is_mended_once(issue: Json) -> None:
    kept = answer(wire_works.Works(raws({**issue, "sprint": 7}, {**issue, "title": 7})))
    [row], dropped = forgiving.works(kept)
    [again], _ = forgiving.works(kept)
    assert dropped == 1
    assert again is row


def test_a_mountain_of_brackets_is_no_work() -> None:
    deep = b'{"id":"' + CORE.encode() + b'issue/1","type":"issue","custom_fields":{"a":'
    raw = msgspec.Raw(deep + b"[" * 100_000 + b"]" * 100_000 + b"}}")
    assert forgiving.works(answer(wire_works.Works([raw]))) == ([], 1)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("title", "Other"), ("body", "Other"), ("priority", "p2"), ("stage.notes", "no more"),
        ("stage.stage.id", CORE + "custom_stage/13"), ("owned_by.0.id", WHO + "devu/8"),
        ("applies_to_part.id", CORE + "capability/4"), ("tags.0.value", "low"),
        ("tags.0.tag.id", CORE + "tag/6"), ("custom_fields.tnt__effort", 6),
        ("custom_fields.tnt__of.n", 2), ("target_close_date", "2025-04-02T00:00:00.000Z"),
        ("sprint.id", CORE + "vista/1:vista_group_item/4"), ("priority_v2.id", 3),
        ("sla_summary.sla_tracker.id", CORE + "sla_tracker/13"),
        ("sync_metadata.external_reference", "https://jira.example/INV-13"),
    ],
)  # fmt: skip
def test_the_version_tells_a_change_of_its_own(issue: Json, path: str, value: object) -> None:
    assert version(spoil(issue, path, value)) != version(issue)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("stage.name", "Reviewed"), ("stage.ordinal", 7), ("stage.stage.name", "Reviewed"),
        ("stage.state.name", "done"), ("state_display_name", "Done"),
        ("owned_by.0.full_name", "Grace Lee"), ("applies_to_part.name", "Bills"),
        ("applies_to_part.owned_by", []), ("tags.0.tag.name", "weight"),
        ("sprint.state", "completed"), ("priority_v2.label", "Urgent"),
        ("sla_summary.remaining_time", -31), ("sla_summary.stage", "completed"),
        ("sla_summary.sla_tracker.status", "completed"), ("created_by.state", "deactivated"),
    ],
)  # fmt: skip
def test_the_version_tells_no_change_of_others(issue: Json, path: str, value: object) -> None:
    assert version(spoil(issue, path, value)) == version(issue)


def test_the_version_tells_another_name_of_a_stage_without_an_id() -> None:
    work = {"id": CORE + "issue/1", "type": "issue", "stage": {"name": "triage"}}
    assert version(work) != version({**work, "stage": {"name": "Backlog"}})


def test_a_placed_work_is_another_one(listed: list[DevRevWork]) -> None:
    stage = GlobalId(Source.DEVREV, Kind.STAGE, "", CORE + "custom_stage/9")
    placed = normalise_works.placed(listed[0], stage)
    assert (placed.stage_key, listed[0].stage_key) == (stage, None)
    assert {**attributes(placed), "stage_key": None} == attributes(listed[0])
    assert normalise_works.placed(placed, stage._replace(source_id="x")) is placed


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
KINDS = (wire_works.Issue, wire_works.Ticket, wire_works.Task, wire_works.Opportunity)
FIELDS = sorted({field.encode_name for kind in KINDS for field in fields(kind)} - {"id"})


@given(st.dictionaries(st.sampled_from(FIELDS), JSON))
def test_whatever_comes_is_a_work_or_is_dropped(odd: Json) -> None:
    for kind in ("issue", "ticket", "task", "opportunity"):
        good, dropped = rows({**odd, "id": CORE + f"{kind}/1", "type": kind})
        assert len(good) + dropped == 1
        for row in good:
            work = normalise_works.work(row)
            assert work.origin.version()
            assert GlobalId.parse(work.id).kind is Kind.WORK
