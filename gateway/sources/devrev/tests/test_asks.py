"""The exact requests about works, with no network."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import msgspec
import pytest

from gateway.adapter import Span, WorkAsk
from gateway.sources.devrev import asks, calls, wire_works
from gateway.sources.devrev.asks import Sort
from gateway.upstream.call import Call
from schema.types.ids import GlobalId, Kind
from schema.types.source import Source
from schema.types.work import TicketSeverity, WorkOrderField, WorkPriority, WorkType

CORE, WHO = "don:core:dvrv-us-1:devo/0:", "don:identity:dvrv-us-1:devo/0:"


def ids(kind: Kind, *dons: str) -> tuple[GlobalId, ...]:
    return tuple(GlobalId(Source.DEVREV, kind, "", don) for don in dons)


def sent(call: Call[Any]) -> tuple[str, str, Any]:
    assert (call.params, call.query) == ({}, ())
    return call.method, call.route, msgspec.json.decode(msgspec.json.encode(call.body))


def test_a_list_of_all_works() -> None:
    assert sent(calls.list_works({}, 100)) == ("POST", "/works.list", {"limit": 100})


def test_a_list_with_all_conditions() -> None:
    ask = WorkAsk(
        types=(WorkType.ISSUE,),
        owners=ids(Kind.PERSON, WHO + "devu/1", WHO + "revu/2"),
        parts=ids(Kind.PART, CORE + "product/1", CORE + "feature/2"),
        tags=ids(Kind.TAG, CORE + "tag/3"),
        priorities=(WorkPriority.P0, WorkPriority.P3),
        created=Span(gte=datetime(2025, 3, 1, tzinfo=UTC), lt=datetime(2025, 4, 1, tzinfo=UTC)),
        updated=Span(gte=datetime(2025, 3, 1, 1, tzinfo=timezone(timedelta(hours=1)))),
        target_close=Span(lt=datetime(2025, 5, 1, 12, 0, 0, 5000, tzinfo=UTC)),
    )
    call = calls.list_works(asks.conditions(ask), 50, [str(asks.sort_of(ask))])
    assert sent(call) == ("POST", "/works.list", {
        "type": ["issue"],
        "owned_by": [WHO + "devu/1", WHO + "revu/2"],
        "applies_to_part": [CORE + "product/1", CORE + "feature/2"],
        "tags": [CORE + "tag/3"],
        "issue": {"priority": ["p0", "p3"]},
        "created_date": {
            "type": "range", "after": "2025-02-28T23:59:59.000Z",
            "before": "2025-04-01T00:00:01.000Z",
        },
        "modified_date": {"type": "range", "after": "2025-02-28T23:59:59.000Z"},
        "target_close_date": {"type": "range", "before": "2025-05-01T12:00:01.005Z"},
        "limit": 50,
        "sort_by": ["modified_date:desc"],
    })  # fmt: skip


def test_severities_go_out_for_tickets_alone() -> None:
    severities = (TicketSeverity.BLOCKER, TicketSeverity.LOW)
    tickets = WorkAsk(types=(WorkType.TICKET, WorkType.TICKET), severities=severities)
    assert asks.conditions(tickets)["ticket"] == {"severity": ["blocker", "low"]}
    for types in (None, (WorkType.TICKET, WorkType.ISSUE), (WorkType.ISSUE,)):
        assert "ticket" not in asks.conditions(WorkAsk(types=types, severities=severities))


def test_stages_go_out_by_id_or_by_name() -> None:
    stages = ids(Kind.STAGE, CORE + "custom_stage/1", CORE + "custom_stage/2")
    assert asks.in_stages(stages) == {
        "stage": {"stages": [CORE + "custom_stage/1", CORE + "custom_stage/2"]}
    }
    assert asks.in_stages(ids(Kind.STAGE, CORE + "custom_stage/1", "STG-2")) == {}
    assert asks.in_stages_named(["In Review", 'a "b", c']) == {
        "stage": {"name": ["In Review", 'a "b", c']}
    }
    assert asks.in_stages_named(["In Review", " odd"]) == {}
    assert asks.in_stages_named([]) == {}


@pytest.mark.parametrize(
    ("order", "field"),
    [
        (WorkOrderField.UPDATED_AT, "modified_date"),
        (WorkOrderField.CREATED_AT, "created_date"),
        (WorkOrderField.TARGET_CLOSE_AT, "target_close_date"),
    ],
)
def test_orders_are_wished_for_in_both_directions(order: WorkOrderField, field: str) -> None:
    assert str(asks.sort_of(WorkAsk(order=order, descending=False))) == f"{field}:asc"
    sort = asks.sort_of(WorkAsk(order=order, descending=True))
    assert sort == Sort(field, descending=True)
    assert str(sort.turned) == f"{field}:asc"
    assert asks.sort_of(WorkAsk(order=WorkOrderField.TITLE)) is None


def test_counts_are_of_the_types_that_the_graph_has() -> None:
    every = {"type": ["issue", "ticket", "task", "opportunity"]}
    assert asks.exact_conditions(WorkAsk()) == every
    call = calls.count_works(every)
    assert sent(call) == ("POST", "/works.count", every)
    tickets = WorkAsk(types=(WorkType.TICKET,), tags=ids(Kind.TAG, CORE + "tag/3"))
    assert asks.exact_conditions(tickets) == {"type": ["ticket"], "tags": [CORE + "tag/3"]}


def test_a_get_carries_the_id_in_the_body() -> None:
    assert sent(calls.get_work("ISS-1")) == ("POST", "/works.get", {"id": "ISS-1"})


def test_the_last_page_has_no_next_cursor_though_it_has_one_back() -> None:
    call = calls.list_works({"type": ["issue"]}, 50, ["created_date:asc"])
    for body in (b'{"works":[]}', b'{"works":[],"next_cursor":null,"prev_cursor":"x"}'):
        assert calls.following(msgspec.json.decode(body, type=wire_works.Works), call) is None
    after = calls.following(wire_works.Works([], "Y3Vyc29y"), call)
    assert after is not None
    assert after.body == {**call.body, "cursor": "Y3Vyc29y"}
