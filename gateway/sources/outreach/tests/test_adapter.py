"""The adapter against the running sandbox."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any, cast

import pytest

from gateway import errors
from gateway.adapter import Span, StageAsk
from gateway.sources.outreach import Outreach
from gateway.sources.outreach.sandbox import EMULATOR
from gateway.upstream.trace import Trace
from schema.types.arguments import ResourceKey
from schema.types.ids import GlobalId, Kind
from schema.types.outreach import OutreachStage
from schema.types.source import Source
from schema.types.stage import Stage, StageOrderField
from tests.attributes import attributes
from tests.fixtures import Connect, Sandbox

LIST, GET, PROSPECTS = "/stages", "/stages/{id}", "/prospects"
ORDERS = [StageOrderField.POSITION, StageOrderField.CREATED_AT, StageOrderField.UPDATED_AT]
HARD_NAMES = [
    "Enterprise: In Review, legal", "Mid-Market: 10..50 seats", 'Mid-Market: "Lost"',
    "SMB: [new] lead", "SMB: Prüfung & Freigabe", "Partner: 検討中 🤝", "Partner: won/invoiced?=#",
    "Renewal: 50 % + 1", "partner: negotiation",
]  # fmt: skip
REFUSALS = [
    (403, "unauthorizedOauthScope", errors.Forbidden),
    (403, "unauthorizedRequest", errors.Forbidden),
    (415, "unsupportedMediaType", errors.BadResponse),
    (422, "validationError", errors.BadResponse),
    (503, "scheduledServerMaintenance", errors.Unavailable),
]

Resource = dict[str, Any]


def stage_id(number: int | str) -> GlobalId:
    return GlobalId(Source.OUTREACH, Kind.STAGE, "", str(number))


def shown(stage: Stage) -> dict[str, Any]:
    return {**attributes(stage), "origin": None, "version": stage.origin.version()}


def counts(sandbox: Sandbox) -> dict[str, int]:
    rows = sandbox.requests("outreach")
    routes = {row["route"] for row in rows}
    return {one: sum(row["count"] for row in rows if row["route"] == one) for one in routes}


def attribute(sandbox: Sandbox, name: str) -> dict[str, Any]:
    stages = sandbox.state("outreach")["stages"]
    return {str(one["id"]): one["attributes"][name] for one in stages}


async def listed(
    adapter: Outreach, ask: StageAsk | None = None, trace: Trace | None = None
) -> list[OutreachStage]:
    rows: list[OutreachStage] = []
    async for batch in adapter.stages(ask or StageAsk(), trace or Trace()):
        assert batch.dropped == 0
        rows += cast("list[OutreachStage]", batch.rows)
    return rows


async def got(adapter: Outreach, *numbers: int | str) -> dict[str, Stage]:
    found = await adapter.get_stages([stage_id(one) for one in numbers], Trace())
    stages = {key: one for key, one in found.items() if isinstance(one, OutreachStage)}
    assert all(str(key) == stage.id for key, stage in stages.items())
    return {key.source_id: stage for key, stage in stages.items()}


async def failed(adapter: Outreach, *numbers: int) -> list[str]:
    found = await adapter.get_stages([stage_id(one) for one in numbers], Trace())
    return [key.source_id for key, one in found.items() if isinstance(one, errors.BadResponse)]


async def test_the_list_is_one_call(sandbox: Sandbox, outreach: Outreach) -> None:
    trace = Trace()
    rows = await listed(outreach, trace=trace)
    assert {row.source_id: row.name for row in rows} == attribute(sandbox, "name")
    assert (len(rows), trace.calls, counts(sandbox)) == (45, 1, {LIST: 1})


async def test_every_field_is_the_state_s(sandbox: Sandbox, outreach: Outreach) -> None:
    state = sandbox.state("outreach")
    people = {one["id"]: one["attributes"] for one in state["people"]}
    stages = {str(one["id"]): one for one in state["stages"]}

    def person(relationship: Resource) -> tuple[str, str, str] | None:
        if relationship["data"] is None:
            return None
        number = relationship["data"]["id"]
        return str(number), people[number]["name"], people[number]["email"]

    for row in await listed(outreach):
        expected = stages[row.source_id]
        attributes, ends = expected["attributes"], expected["relationships"]
        plain = {"name": row.name, "order": row.position, "color": row.color}
        assert plain == {name: attributes[name] for name in plain}
        assert row.created_at == datetime.fromisoformat(attributes["createdAt"])
        assert row.updated_at == datetime.fromisoformat(attributes["updatedAt"])
        told = [
            one and (one.source_id, one.full_name, one.email)
            for one in (row.created_by, row.updated_by)
        ]
        assert told == [person(ends["creator"]), person(ends["updater"])]
        assert row.can_write is True
        assert row.can_delete is (int(row.source_id) % 5 != 0)
        assert bool(row.data_connections) is (int(row.source_id) % 4 == 0)


async def test_a_list_and_a_get_agree(outreach: Outreach) -> None:
    rows = {row.source_id: shown(row) for row in await listed(outreach)}
    together = await got(outreach, *rows)
    assert {number: shown(stage) for number, stage in together.items()} == rows
    alone = await got(outreach, "7")
    assert shown(alone["7"]) == rows["7"]


async def test_all_stages_by_id_are_one_call(sandbox: Sandbox, outreach: Outreach) -> None:
    assert list(await got(outreach, *range(45, 0, -1))) == [str(n) for n in range(45, 0, -1)]
    assert counts(sandbox) == {LIST: 1}


async def test_more_than_200_ids_are_two_calls(sandbox: Sandbox, outreach: Outreach) -> None:
    sandbox.reset(scale=5)
    assert len(await got(outreach, *range(1, 226))) == 225
    assert counts(sandbox) == {LIST: 2}


async def test_one_stage_by_id_is_one_get(sandbox: Sandbox, outreach: Outreach) -> None:
    assert (await got(outreach, 3))["3"].name == attribute(sandbox, "name")["3"]
    assert counts(sandbox) == {GET: 1}


async def test_unknown_ids_are_absent(sandbox: Sandbox, outreach: Outreach) -> None:
    assert await got(outreach, 46) == {}
    assert await got(outreach, 46, "9" * 18) == {}
    assert list(await got(outreach, 46, 5, 999, 1, 5)) == ["5", "1"]
    assert await got(outreach) == {}
    assert counts(sandbox) == {GET: 1, LIST: 2}


async def test_a_get_that_answers_another_stage_is_no_answer(
    sandbox: Sandbox, outreach: Outreach
) -> None:
    other = {"data": {"type": "stage", "id": 4, "attributes": {"name": "Other"}}}
    sandbox.fault("outreach", "status", route=GET, status=200, body=other)
    assert await failed(outreach, 3) == ["3"]


async def test_a_get_that_makes_no_sense_is_a_failure(sandbox: Sandbox, outreach: Outreach) -> None:
    sandbox.fault("outreach", "wrong_type", route=GET, field="color")
    assert await failed(outreach, 3) == ["3"]
    sandbox.heal()
    sandbox.fault("outreach", "html", route=GET)
    with pytest.raises(errors.BadResponse):
        await got(outreach, 3)


async def test_rows_that_were_not_asked_for_are_left_out(
    sandbox: Sandbox, outreach: Outreach
) -> None:
    rows = [{"type": "stage", "id": n, "attributes": {"name": str(n)}} for n in (9, 2, 2, 1)]
    sandbox.fault("outreach", "status", route=LIST, status=200, body={"data": rows})
    found = await got(outreach, 1, 2, 3)
    assert {number: stage.name for number, stage in found.items()} == {"1": "1", "2": "2"}


async def test_a_link_after_the_last_id_is_not_followed(
    sandbox: Sandbox, outreach: Outreach
) -> None:
    rows = [{"type": "stage", "id": n} for n in (1, 2)]
    body = {"data": rows, "links": {"next": "?page[after]=x"}}
    sandbox.fault("outreach", "status", route=LIST, status=200, body=body)
    assert list(await got(outreach, 1, 2)) == ["1", "2"]
    assert counts(sandbox) == {LIST: 1}


async def test_ids_never_cross_paths(sandbox: Sandbox, outreach: Outreach) -> None:
    for text in ("../users/2", "..", ".", "", "1?x=y", "1/2", "1,2", "01", "%2e%2e", "1..inf"):
        assert not outreach.owns(stage_id(text))
        with suppress(errors.BadResponse):
            assert await got(outreach, text) == {}
    assert set(counts(sandbox)) == {GET, "/{nowhere:path}"}
    assert {row["status"] for row in sandbox.requests("outreach")} == {200, 404}  # 200: "01"


async def test_only_numbers_without_a_scope_are_ids(outreach: Outreach) -> None:
    for kind in Kind:
        is_known = kind in {Kind.STAGE, Kind.PERSON, Kind.PROSPECT}
        assert outreach.owns(stage_id(7)._replace(kind=kind)) is is_known
    assert not outreach.owns(stage_id(7)._replace(scope="1"))
    assert not outreach.owns(stage_id("9" * 19))


async def test_a_key_is_a_number(outreach: Outreach) -> None:
    key = ResourceKey(source=Source.OUTREACH, source_id=cast("Any", "7"))
    assert await outreach.locate(Kind.STAGE, key, Trace()) == [stage_id(7)]


async def test_exact_names_whatever_is_in_them(sandbox: Sandbox, outreach: Outreach) -> None:
    numbers = {name: number for number, name in attribute(sandbox, "name").items()}
    for name in HARD_NAMES:
        rows = await listed(outreach, StageAsk(names=(name,)))
        assert [row.source_id for row in rows] == [numbers[name]]
    sandbox.forget()
    rows = await listed(outreach, StageAsk(names=("SMB: Won", "nobody", *HARD_NAMES)))
    assert {row.name for row in rows} == set(HARD_NAMES)
    assert await listed(outreach, StageAsk(names=("nobody",))) == []
    assert counts(sandbox) == {LIST: 2}


async def test_a_name_like_the_word_for_null_is_found(outreach: Outreach) -> None:
    rows = await listed(outreach, StageAsk(names=("__null__",)))
    assert "__null__" in {row.name for row in rows}


async def test_spans_have_their_edges(sandbox: Sandbox, outreach: Outreach) -> None:
    instant, second = timedelta(milliseconds=1), timedelta(seconds=1)
    never, ever = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
    for name in ("createdAt", "updatedAt"):
        texts = attribute(sandbox, name)
        times = {number: datetime.fromisoformat(text) for number, text in texts.items()}
        edge = sorted(times.values())[20]
        for span in (
            Span(gte=edge), Span(lt=edge), Span(edge, edge + instant), Span(edge - instant, edge),
            Span(gte=edge + instant), Span(never, ever), Span(lt=never + second), Span(gte=ever),
        ):  # fmt: skip
            low, high = span.gte or never, span.lt or ever
            ask = StageAsk(created=span) if name == "createdAt" else StageAsk(updated=span)
            found = {row.source_id for row in await listed(outreach, ask)}
            assert found >= {number for number, time in times.items() if low <= time < high}
            for number in found:  # no more than a second too many
                assert low - times[number] <= second
                assert times[number] - high <= second


async def test_both_spans_and_names_at_once(sandbox: Sandbox, outreach: Outreach) -> None:
    [stage, *_] = sandbox.state("outreach")["stages"]
    created = datetime.fromisoformat(stage["attributes"]["createdAt"])
    updated = datetime.fromisoformat(stage["attributes"]["updatedAt"])
    names, later = (stage["attributes"]["name"], HARD_NAMES[0]), timedelta(seconds=2)
    ask = StageAsk(names=names, created=Span(created, created + later), updated=Span(gte=updated))
    assert [row.source_id for row in await listed(outreach, ask)] == ["1"]
    ask = StageAsk(names=names, created=Span(created, created + later), updated=Span(lt=created))
    assert await listed(outreach, ask) == []


async def test_processes_find_nothing_and_ask_nobody(sandbox: Sandbox, outreach: Outreach) -> None:
    process = GlobalId(Source.OUTREACH, Kind.PIPELINE, "", "1")
    assert await listed(outreach, StageAsk(processes=(process,))) == []
    assert await listed(outreach, StageAsk(processes=())) == []
    assert counts(sandbox) == {}


async def test_an_ordered_list_is_read_lazily(sandbox: Sandbox, connect: Connect) -> None:
    adapter = cast("Outreach", connect(Source.OUTREACH, page_size=10))
    for nulls, order, descending in product(EMULATOR.positions["nulls"], ORDERS, (False, True)):
        sandbox.turn("outreach.nulls", nulls)
        trace = Trace()
        batches = adapter.stages(StageAsk(order=order, descending=descending), trace)
        rows = [*(await anext(batches)).rows]
        assert (len(rows), trace.calls) == (10, 1)
        async for batch in batches:
            rows += batch.rows
        assert (len({row.id for row in rows}), trace.calls) == (45, 5)
        values = [getattr(row, order.value) for row in rows]
        known = [one for one in values if one is not None]
        assert known == sorted(known, reverse=descending)
        assert len(set(known)) < len(known)
        missing = [None] * (45 - len(known))
        is_first = (nulls == "first") is not descending
        assert values == (missing + known if is_first else known + missing)


async def test_a_refused_page_size_is_remembered(sandbox: Sandbox, connect: Connect) -> None:
    sandbox.turn("outreach.page_size", "refused")
    adapter = cast("Outreach", connect(Source.OUTREACH))
    assert len(await listed(adapter)) == 45
    assert sandbox.calls("outreach") == 2
    assert len(await listed(adapter)) == 45
    assert sandbox.calls("outreach") == 3


async def test_an_upstream_that_repeats_or_reorders_does_no_harm(
    sandbox: Sandbox, connect: Connect
) -> None:
    adapter = cast("Outreach", connect(Source.OUTREACH, page_size=20))
    before = await got(adapter, *range(1, 46))
    for kind in ("repeat", "reorder"):
        sandbox.fault("outreach", kind)
        after = await got(adapter, *range(1, 46))
        assert list(map(shown, after.values())) == list(map(shown, before.values()))
        sandbox.heal()


async def test_a_bad_row_is_dropped_and_counted(sandbox: Sandbox, outreach: Outreach) -> None:
    sandbox.fault("outreach", "wrong_type", route=LIST, field="color", times=1)
    [batch] = [one async for one in outreach.stages(StageAsk(), Trace())]
    assert (batch.rows, batch.dropped) == ([], 45)
    good = [{"type": "stage", "id": n, "attributes": {"name": f"S{n}"}} for n in (1, 3)]
    rows = [good[0], {"type": "stage", "id": "x"}, None, good[1], []]
    sandbox.fault("outreach", "status", route=LIST, status=200, body={"data": rows})
    [batch] = [one async for one in outreach.stages(StageAsk(), Trace())]
    assert ([row.name for row in batch.rows], batch.dropped) == (["S1", "S3"], 3)
    assert list(await got(outreach, 1, 2, 3)) == ["1", "3"]
    # Each that did not come may be a row that makes no sense.
    assert await failed(outreach, 4, 1, 2) == ["4", "2"]


async def test_a_missing_field_costs_only_itself(sandbox: Sandbox, outreach: Outreach) -> None:
    fields = {
        "name": "name", "order": "position", "createdAt": "created_at", "color": "color",
        "creator": "created_by", "updater": "updated_by", "relationships": "created_by",
        "canWrite": "can_write", "meta": "can_delete", "dataConnections": "data_connections",
    }  # fmt: skip
    for kind, (field, name) in product(("null_field", "missing_field"), fields.items()):
        sandbox.fault("outreach", kind, route=LIST, field=field, times=1)
        rows = await listed(outreach)
        assert [getattr(row, name) for row in rows] == [None] * 45
        assert any(row.updated_at for row in rows)
        assert all(row.origin.version() for row in rows)


async def test_a_person_missing_among_the_included(sandbox: Sandbox, outreach: Outreach) -> None:
    creator = {"data": {"type": "user", "id": 5}}
    rows = [{"type": "stage", "id": 1, "relationships": {"creator": creator}}]
    sandbox.fault("outreach", "status", status=200, body={"data": rows})
    [row] = await listed(outreach)
    assert row.created_by is not None
    assert (row.created_by.source_id, row.created_by.full_name) == ("5", None)


async def test_a_page_that_leads_to_itself_is_told(sandbox: Sandbox, outreach: Outreach) -> None:
    body = {"data": [], "links": {"next": "?page[after]=x"}}
    sandbox.fault("outreach", "status", route=LIST, status=200, body=body)
    with pytest.raises(errors.BadResponse):
        await listed(outreach)
    assert counts(sandbox) == {LIST: 2}


async def test_more_pages_than_allowed_are_too_large(sandbox: Sandbox, connect: Connect) -> None:
    adapter = cast("Outreach", connect(Source.OUTREACH, page_size=10, max_pages=4))
    with pytest.raises(errors.TooLarge):
        await listed(adapter)
    assert counts(sandbox) == {LIST: 4}
    assert len(await got(adapter, *range(1, 46))) == 45


async def test_what_outreach_refuses_is_told_by_its_kind(
    sandbox: Sandbox, outreach: Outreach
) -> None:
    at = (datetime.now(UTC) + timedelta(seconds=90)).isoformat()
    for status, code, failure in REFUSALS:
        body = {"errors": [{"id": code, "title": "No", "detail": "No."}]}
        sandbox.fault("outreach", "status", status=status, body=body, retry_after=at)
        for attempt in (
            listed(outreach),
            got(outreach, 1, 2),
            got(outreach, 1),
            outreach.prospects_of([stage_id(1), stage_id(2)], 5, Trace()),
            outreach.check(Trace()),
        ):
            with pytest.raises(failure) as caught:
                await attempt
            assert caught.value.status == status
            assert caught.value.retry_after == pytest.approx(90, abs=10)
        sandbox.heal()


async def test_a_call_too_many_tells_when_to_come_again(
    sandbox: Sandbox, outreach: Outreach, connect: Connect
) -> None:
    sandbox.turn("outreach.limit", "1/60")
    await listed(outreach)
    for form in EMULATOR.positions["retry_after"]:
        sandbox.turn("outreach.retry_after", form)
        # Each has not heard yet that nothing is left.
        other = cast("Outreach", connect(Source.OUTREACH))
        with pytest.raises(errors.Throttled) as caught:
            await listed(other)
        assert caught.value.retry_after == pytest.approx(60, abs=5)


async def test_check_is_one_call(sandbox: Sandbox, outreach: Outreach) -> None:
    assert await outreach.check(Trace()) == "reads stages"
    assert counts(sandbox) == {LIST: 1}


async def test_a_wrong_token_is_unauthenticated(connect: Connect) -> None:
    adapter = cast("Outreach", connect(Source.OUTREACH, token="wrong"))
    with pytest.raises(errors.Unauthenticated) as caught:
        await adapter.check(Trace())
    assert "wrong" not in caught.value.message
