"""Works by the adapter, against the running sandbox."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any, cast

import pytest

from gateway import errors
from gateway.adapter import Batch, Span, WorkAsk
from gateway.sources.devrev import DevRev
from gateway.sources.devrev.tests.asking import (
    COUNT,
    GET,
    LIST,
    POSITIONS,
    ROOT,
    STAGES,
    WHO,
    Json,
    answers,
    batches,
    counts,
    dons,
    key,
    listed,
    place,
    stage,
    time,
    told,
)
from gateway.upstream.trace import Trace
from schema.types.devrev import DevRevStage
from schema.types.devrev_works import DevRevWork
from schema.types.ids import GlobalId, Kind
from schema.types.source import Source
from schema.types.work import TicketSeverity, Work, WorkOrderField, WorkPriority, WorkType
from tests.attributes import attributes
from tests.fixtures import Connect, Sandbox

FIELDS = {
    WorkOrderField.UPDATED_AT: ("modified_date", "updated_at"),
    WorkOrderField.CREATED_AT: ("created_date", "created_at"),
    WorkOrderField.TARGET_CLOSE_AT: ("target_close_date", "target_close_at"),
}


@pytest.fixture
def state(sandbox: Sandbox) -> list[Json]:
    return sandbox.state("devrev")["works"]


@pytest.fixture
def devrev(connect: Connect) -> DevRev:
    return cast("DevRev", connect(Source.DEVREV, page_size=100))


async def got(adapter: DevRev, *ids: GlobalId) -> dict[GlobalId, Any]:
    return dict(await adapter.get_works(ids, Trace()))


async def counted(adapter: DevRev, **ask: Any) -> int | None:
    return await adapter.count_works(WorkAsk(**ask), Trace())


async def test_the_list_has_every_work_once_and_whole(
    sandbox: Sandbox, devrev: DevRev, state: list[Json]
) -> None:
    rows = {row.source_id: row for row in await listed(devrev)}
    assert counts(sandbox) == {LIST: 3}
    assert sorted(rows) == told(state)
    for sent in state:
        work = rows[sent["id"]]
        assert work.origin.raw() == sent
        assert work.work_type.value == sent["type"]
        assert (work.title, work.display_id) == (sent["title"], sent["display_id"])
        assert (work.stage_key, work.stage_name) == (
            key(sent["stage"]["stage"]["id"], Kind.STAGE), sent["stage"]["name"],
        )  # fmt: skip
        assert [who.source_id for who in work.owners or ()] == [
            who["id"] for who in sent["owned_by"]
        ]
        for wire, attribute in FIELDS.values():
            assert getattr(work, attribute) == time(sent.get(wire))


STATE: dict[str, Any] = {
    "types": {"types": (WorkType.TICKET, WorkType.TASK)},
    "stages": {"stages": (stage(4), stage(9))},
    "owners": {"owners": (key(WHO + "devu/3", Kind.PERSON), key(WHO + "devu/5", Kind.PERSON))},
    "priorities": {
        "types": (WorkType.ISSUE,), "priorities": (WorkPriority.P0, WorkPriority.P2),
    },
    "severities": {"types": (WorkType.TICKET,), "severities": (TicketSeverity.HIGH,)},
}  # fmt: skip


def chosen(state: list[Json], ask: dict[str, Any]) -> list[Json]:
    """Return the works of the state that an ask of this file means."""

    def fits(work: Json) -> bool:
        def among(name: str, *found: Any) -> bool:
            wanted = ask.get(name)
            return wanted is None or not set(found).isdisjoint(
                one.source_id if isinstance(one, GlobalId) else one.value for one in wanted
            )

        return (
            among("types", work["type"])
            and among("stages", place(work))
            and among("owners", *(one["id"] for one in work["owned_by"]))
            and among("parts", work["applies_to_part"]["id"])
            and among("tags", *(one["tag"]["id"] for one in work["tags"]))
            and among("priorities", work.get("priority"))
            and among("severities", work.get("severity"))
        )

    return [work for work in state if fits(work)]


@pytest.mark.parametrize("position", ["exclude", "keep"])
async def test_conditions_are_pushed_down(
    sandbox: Sandbox, devrev: DevRev, state: list[Json], position: str
) -> None:
    sandbox.turn("devrev.type_filters", position)
    part, tag = state[0]["applies_to_part"]["id"], next(one for one in state if one["tags"])
    more = {
        "parts": {"parts": (key(part, Kind.PART),)},
        "tags": {"tags": (key(tag["tags"][0]["tag"]["id"], Kind.TAG),)},
    }
    for ask in (STATE | more).values():
        wanted = chosen(state, ask)
        assert 0 < len(wanted) < len(state)
        assert await dons(devrev, **ask) == told(wanted)
        assert await counted(devrev, **ask) == len(wanted)


async def test_spans_of_time_are_pushed_down_a_little_wider(
    devrev: DevRev, state: list[Json]
) -> None:
    for name, (wire, _) in zip(
        ("updated", "created", "target_close"), FIELDS.values(), strict=True
    ):
        known = sorted(one[wire] for one in state if wire in one)
        low, high = known[len(known) // 3], known[len(known) // 2]
        wanted = [one for one in state if low <= one.get(wire, "") < high]
        slack = [one for one in state if one.get(wire) and _near(one[wire], low, high)]
        span = Span(gte=time(low), lt=time(high))
        found = await dons(devrev, **{name: span})
        assert set(told(wanted)) <= set(found) <= set(told(slack))
        assert await counted(devrev, **{name: span}) is None
        after = [one for one in state if one.get(wire, "") >= low]
        assert set(told(after)) <= set(await dons(devrev, **{name: Span(gte=time(low))}))


def _near(text: str, low: str, high: str) -> bool:
    second = timedelta(seconds=1)
    at, first, last = (cast("datetime", time(one)) for one in (text, low, high))
    return first - second <= at <= last + second


@pytest.mark.parametrize(
    "ask",
    [
        {"priorities": (WorkPriority.P0,)},
        {"types": (WorkType.ISSUE, WorkType.TASK), "priorities": (WorkPriority.P0,)},
        {"types": (WorkType.ISSUE,), "priorities": (WorkPriority.P0, WorkPriority.OTHER)},
        {"types": (WorkType.TASK,), "severities": (TicketSeverity.HIGH,)},
        {"titles": ("Ship login",)},
        {"owners": (key("DEVU-3", Kind.PERSON),)},
        {"owners": (key(WHO + "sysu/1", Kind.PERSON), key(WHO + "devu/3", Kind.PERSON))},
        {"tags": (key("don:core:dvrv-us-1:devo/0:issue/1", Kind.TAG),)},
        {"created": Span(gte=datetime(1, 1, 1, tzinfo=UTC))},
        {"updated": Span(lt=datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC))},
    ],
)
async def test_what_may_be_taken_otherwise_is_not_pushed_down(
    devrev: DevRev, state: list[Json], ask: dict[str, Any]
) -> None:
    types = {"types": ask["types"]} if "types" in ask else {}
    assert await dons(devrev, **ask) == told(chosen(state, types))
    assert await counted(devrev, **ask) is None


@pytest.mark.parametrize("name", ["types", "titles", "stages", "owners", "parts", "tags"])
async def test_an_empty_list_asks_nothing(sandbox: Sandbox, devrev: DevRev, name: str) -> None:
    assert await batches(devrev, **{name: ()}) == []
    assert await counted(devrev, **{name: ()}) == 0
    assert counts(sandbox) == {}


def shown(work: Work) -> Json:
    plain = {name: value for name, value in attributes(work).items() if name != "origin"}
    return {**plain, "version": work.origin.version()}


async def test_list_and_get_agree(sandbox: Sandbox, devrev: DevRev) -> None:
    rows = (await listed(devrev))[:40]
    sandbox.forget()
    keys = [GlobalId.parse(row.id) for row in rows]
    found = await got(devrev, *keys, *keys[:5])
    assert [shown(found[one]) for one in keys] == [shown(row) for row in rows]
    assert counts(sandbox) == {GET: 40}


async def test_unknown_ids_are_absent_and_display_ids_are_found(
    sandbox: Sandbox, devrev: DevRev, state: list[Json]
) -> None:
    work = state[7]
    shown_id = key(work["display_id"])
    strange = [key(text) for text in (ROOT + "issue/999999", "ISS-999999", ROOT + "vista/1")]
    found = await got(devrev, shown_id, key(work["id"]), *strange)
    assert set(found) == {shown_id, key(work["id"])}
    assert found[shown_id].id == found[key(work["id"])].id == str(key(work["id"]))
    sandbox.turn("devrev.display_ids", "refused")
    assert set(await got(devrev, shown_id, key(work["id"]))) == {key(work["id"])}
    assert await got(devrev) == {}


async def test_one_bad_work_is_its_own_failure(
    sandbox: Sandbox, devrev: DevRev, state: list[Json]
) -> None:
    good, other = state[0], state[1]
    for body in ({"work": other}, {"work": {**good, "type": "custom_work"}}, {"work": 7}, {}, []):
        sandbox.heal()
        answers(sandbox, GET, body)
        found = await got(devrev, key(good["id"]))
        assert isinstance(found[key(good["id"])], errors.BadResponse)
    sandbox.heal()
    answers(sandbox, GET, {"work": good})
    found = await got(devrev, key(good["id"]), key(other["id"]))
    assert isinstance(found[key(good["id"])], DevRevWork)
    assert isinstance(found[key(other["id"])], errors.BadResponse)


async def test_failures_are_told_and_never_taken_for_absence(
    sandbox: Sandbox, devrev: DevRev, state: list[Json]
) -> None:
    for status, failure in ((401, errors.Unauthenticated), (429, errors.Throttled)):
        sandbox.heal()
        sandbox.fault("devrev", "status", status=status)
        found = await got(devrev, key(state[0]["id"]))
        assert isinstance(found[key(state[0]["id"])], failure)
        with pytest.raises(failure):
            await listed(devrev)
        with pytest.raises(failure):
            await counted(devrev)
        with pytest.raises(failure):
            await devrev.works_of([stage(1), stage(2)], 5, Trace())


@pytest.mark.parametrize("status", [400, 401, 403, 429, 500, 503])
async def test_one_of_several_works_that_cannot_be_got_fails_alone(
    sandbox: Sandbox, devrev: DevRev, state: list[Json], status: int
) -> None:
    sandbox.fault("devrev", "status", status=status, route=GET, times=1)
    found = await got(devrev, *(key(one["id"]) for one in state[:5]))
    assert len(found) == 5
    [failure] = [one for one in found.values() if isinstance(one, errors.UpstreamFailure)]
    assert failure.status == status


async def test_bad_rows_cost_themselves(
    sandbox: Sandbox, devrev: DevRev, state: list[Json]
) -> None:
    bad = [{**state[1], "type": "custom_work"}, {**state[2], "title": 7}, None]
    body = {"works": [state[0], *bad, {**state[3], "applies_to_part": 7}]}
    answers(sandbox, LIST, body)
    [batch] = await batches(devrev)
    assert [row.source_id for row in batch.rows] == [state[0]["id"], state[3]["id"]]
    assert batch.dropped == 3


def is_sorted(found: list[Batch[Work]], attribute: str, *, descending: bool) -> bool:
    rows = [getattr(row, attribute) for batch in found for row in batch.rows]
    times = [one for one in rows if one is not None]
    return all(one >= two if descending else one <= two for one, two in pairwise(times))


@pytest.mark.parametrize("position", ["served", "ignored", "refused"])
@pytest.mark.parametrize("order", FIELDS)
@pytest.mark.parametrize("descending", [True, False])
async def test_orders_are_served_or_it_is_said_that_they_are_not(
    sandbox: Sandbox,
    devrev: DevRev,
    state: list[Json],
    position: str,
    order: WorkOrderField,
    *,
    descending: bool,
) -> None:
    sandbox.turn("devrev.sort_by", position)
    for again in (False, True):
        sandbox.forget()
        found = await batches(devrev, order=order, descending=descending)
        assert sorted(row.source_id for batch in found for row in batch.rows) == told(state)
        assert found[0].in_order is (position == "served")
        assert all(batch.in_order for batch in found[1:])
        if position == "served":
            assert is_sorted(found, FIELDS[order][1], descending=descending)
        # The sandbox's works are mostly by creation, and to be closed some days later, so that
        # such an order may be the vendor's own: one more call tells. So does a refusal.
        is_unsure = order is not WorkOrderField.UPDATED_AT and (
            position == "served" or not descending
        )
        extra = 0 if again else int(is_unsure or position == "refused")
        assert counts(sandbox) == {LIST: 3 + extra}


async def test_titles_are_not_ordered_upstream(devrev: DevRev, state: list[Json]) -> None:
    assert WorkOrderField.TITLE not in devrev.work_orders
    assert await dons(devrev, order=WorkOrderField.TITLE) == told(state)


@pytest.mark.parametrize(("name", "position"), POSITIONS)
async def test_every_position_gives_the_same_works(
    sandbox: Sandbox, devrev: DevRev, state: list[Json], name: str, position: str
) -> None:
    wanted = chosen(state, STATE["stages"])
    sandbox.turn(f"devrev.{name}", position)
    assert await dons(devrev) == told(state)
    for _ in range(2):
        rows = await listed(devrev, **STATE["stages"])
        mine = [row for row in rows if row.stage_key in STATE["stages"]["stages"]]
        assert sorted(row.source_id for row in mine) == told(wanted)
        count = await counted(devrev, **STATE["stages"])
        unsure = (name, position) in {
            ("stage_ids", "refused"), ("stage_ids", "ignored"), ("works_count", "missing"),
            ("works_count", "capped"),
        }  # fmt: skip
        assert count == (None if unsure else len(wanted))


async def test_pages_that_are_refused_shrink(
    sandbox: Sandbox, connect: Connect, state: list[Json]
) -> None:
    devrev = cast("DevRev", connect(Source.DEVREV, page_size=1000))
    assert await dons(devrev) == told(state)
    assert counts(sandbox) == {LIST: 1}
    for position in ("sort_by", "stage_ids", "page_size"):
        sandbox.turn(f"devrev.{position}", "refused")
    wanted = told(chosen(state, STATE["stages"]))
    fresh = cast("DevRev", connect(Source.DEVREV, page_size=1000))
    rows = await listed(fresh, **STATE["stages"])
    assert sorted(row.source_id for row in rows) == wanted
    sandbox.forget()
    assert await dons(fresh, **STATE["stages"]) == wanted
    assert counts(sandbox) == {LIST: 1, STAGES: 1}
    sandbox.forget()
    assert await dons(fresh) == told(state)
    assert counts(sandbox) == {LIST: 5}


async def test_a_request_that_makes_no_sense_is_told(sandbox: Sandbox, devrev: DevRev) -> None:
    answers(sandbox, LIST, {"type": "bad_request"}, 400)
    with pytest.raises(errors.BadResponse) as caught:
        await listed(devrev, **STATE["stages"])
    assert caught.value.status == 400
    sandbox.heal()
    found = await batches(devrev)
    assert found[0].in_order  # nothing was learnt from it


@pytest.mark.parametrize("position", ["served", "refused", "ignored"])
async def test_names_alone_place_works_as_far_as_they_can(
    sandbox: Sandbox, devrev: DevRev, state: list[Json], position: str
) -> None:
    sandbox.turn("devrev.work_stage", "name")
    sandbox.turn("devrev.stage_ids", position)
    found = await batches(devrev, stages=(stage(4), stage(5)))
    mine = {
        one: sorted(r.source_id for batch in found for r in batch.rows if r.stage_key == one)
        for one in (stage(4), stage(5), stage(12))
    }
    assert mine[stage(4)] == told(one for one in state if place(one) == stage(4).source_id)
    # Two stages are called In Review: only the ids that DevRev was asked by can tell them apart.
    hidden = [one for one in state if one["stage"]["name"] == "In Review"]
    own = [one for one in hidden if place(one) == stage(5).source_id]
    assert mine[stage(5)] == (told(own) if position == "served" else [])
    assert sum(batch.dropped for batch in found) == (0 if position == "served" else len(hidden))
    rows = await listed(devrev)
    assert {row.stage_key for row in rows} == {None}
    assert [row.stage_name for row in rows].count("In Review") == len(hidden)


async def test_a_filter_that_ends_here_does_not_read_short_pages(
    sandbox: Sandbox, connect: Connect, state: list[Json]
) -> None:
    devrev = cast("DevRev", connect(Source.DEVREV, max_pages=4))
    assert (await batches(devrev))[0].in_order
    sandbox.forget()
    for ask in (
        {"titles": ("no such title",)},
        {"priorities": (WorkPriority.P0,)},
        {"created": Span(gte=datetime(2025, 1, 1, tzinfo=UTC))},
        {"stages": (stage(4),)},
    ):
        assert set(told(chosen(state, ask))) <= set(await dons(devrev, rows=5, **ask))
    assert counts(sandbox)[LIST] <= 4 * 2
    first = await anext(devrev.works(WorkAsk(rows=5, types=(WorkType.TASK,)), Trace()))
    assert len(first.rows) == 15


async def test_stages_are_found_by_name(sandbox: Sandbox, devrev: DevRev) -> None:
    names = ["triage", "In Review", "no such stage", 'Archived "old"']
    found = await devrev.stages_named(names, Trace())
    assert counts(sandbox) == {STAGES: 1}
    assert found.keys() == {"triage", "In Review", 'Archived "old"'}
    one, other = found["triage"], found['Archived "old"']
    assert isinstance(one, DevRevStage)
    assert isinstance(other, DevRevStage)
    assert (one.display_id, other.display_id) == ("STG-1", "STG-14")
    twice = found["In Review"]
    assert isinstance(twice, errors.BadResponse)
    assert "2 stages" in twice.message


async def test_stages_that_do_not_exist_have_no_works(sandbox: Sandbox, devrev: DevRev) -> None:
    for position in ("served", "refused"):
        sandbox.turn("devrev.stage_ids", position)
        assert await dons(devrev, stages=(stage(999),)) == []
        assert await dons(devrev, stages=(stage(999),)) == []


async def test_counting_by_stages_is_trusted_once_it_makes_a_difference(
    sandbox: Sandbox, devrev: DevRev, state: list[Json]
) -> None:
    everywhere = tuple(stage(number) for number in range(1, 15))
    assert await counted(devrev, stages=everywhere) is None
    assert counts(sandbox) == {COUNT: 2}
    assert await counted(devrev, **STATE["stages"]) == len(chosen(state, STATE["stages"]))
    sandbox.forget()
    assert await counted(devrev, stages=everywhere) == len(state)
    assert counts(sandbox) == {COUNT: 1}


async def test_a_missing_route_is_asked_once(sandbox: Sandbox, devrev: DevRev) -> None:
    sandbox.turn("devrev.works_count", "missing")
    assert [await counted(devrev), await counted(devrev)] == [None, None]
    assert counts(sandbox) == {COUNT: 1}


async def test_twenty_times_the_works_come_in_order(sandbox: Sandbox, connect: Connect) -> None:
    sandbox.reset(scale=20)
    devrev = cast("DevRev", connect(Source.DEVREV, deadline=60, page_size=100))
    found = await batches(devrev)
    assert sum(len(batch.rows) for batch in found) == 4800
    assert len({row.id for batch in found for row in batch.rows}) == 4800
    assert all(batch.in_order for batch in found)
    assert is_sorted(found, "updated_at", descending=True)
    assert counts(sandbox) == {LIST: 48}


async def test_a_list_reads_no_more_pages_than_it_may(connect: Connect) -> None:
    small = cast("DevRev", connect(Source.DEVREV, page_size=20, max_pages=11))
    with pytest.raises(errors.TooLarge, match="filter"):
        await listed(small)
    enough = cast("DevRev", connect(Source.DEVREV, page_size=20, max_pages=12))
    assert len(await listed(enough)) == 240
