"""The adapter against the running sandbox."""

from itertools import product
from typing import Any, cast

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway import errors
from gateway.adapter import StageAsk
from gateway.sources.esper import Esper
from gateway.sources.esper.sandbox import EMULATOR
from gateway.sources.esper.tests.asking import (
    LISTS,
    NOBODY,
    POSITIONS,
    STAGES,
    counts,
    numbered,
    offline,
    pipeline_id,
    rows_of,
    stage_id,
)
from gateway.upstream.trace import Trace
from schema.types.arguments import ResourceKey
from schema.types.esper import EsperStage
from schema.types.ids import GlobalId, Kind
from schema.types.source import Source
from tests.fixtures import Connect, Sandbox

Told = dict[GlobalId, tuple[Any, ...]]


def expected(sandbox: Sandbox, *pipelines: str) -> Told:
    """Compute from the sandbox's state what the adapter has to tell."""
    state, told, met = sandbox.state("esper"), Told(), dict[str, int]()
    for one in state["stages"]:
        position = met.get(one["pipeline_id"], 0)
        met[one["pipeline_id"]] = position + 1
        if not pipelines or one["pipeline_id"] in pipelines:
            told[stage_id(one["pipeline_id"], one["id"])] = (one, position)
    return told


def told(stages: list[EsperStage]) -> Told:
    assert len({stage.id for stage in stages}) == len(stages)
    for stage in stages:
        raw = stage.origin.raw()
        assert (stage.name, stage.source_id) == (raw.get("name"), raw["id"])
        assert stage.process_keys == (pipeline_id(GlobalId.parse(stage.id).scope),)
    return {GlobalId.parse(one.id): (one.origin.raw(), one.position) for one in stages}


async def listed(adapter: Esper, ask: StageAsk | None = None) -> tuple[list[EsperStage], int]:
    rows, dropped = list[EsperStage](), 0
    async for batch in adapter.stages(ask or StageAsk(), Trace()):
        rows += cast("list[EsperStage]", batch.rows)
        dropped += batch.dropped
    return rows, dropped


async def got(adapter: Esper, *ids: GlobalId) -> Told:
    found = await adapter.get_stages(ids, Trace())
    assert all(str(key) == stage.id for key, stage in found.items())
    return told(cast("list[EsperStage]", list(found.values())))


async def test_the_list_has_every_stage_in_one_call_and_one_per_pipeline(
    sandbox: Sandbox, esper: Esper
) -> None:
    trace = Trace()
    rows = [row async for batch in esper.stages(StageAsk(), trace) for row in batch.rows]
    assert told(cast("list[EsperStage]", rows)) == expected(sandbox)
    assert len(rows) == 50
    assert trace.calls == 13
    assert counts(sandbox) == {LISTS: 1, STAGES: 12}


async def test_a_list_and_a_get_agree_also_in_their_versions(esper: Esper) -> None:
    rows, dropped = await listed(esper)
    assert dropped == 0
    ids = [GlobalId.parse(row.id) for row in rows]
    found = await esper.get_stages(ids, Trace())
    assert list(found) == ids
    for row, key in zip(rows, ids, strict=True):
        assert found[key].origin.version() == row.origin.version()
        assert found[key].position == row.position


async def test_ids_are_read_by_one_call_per_pipeline(sandbox: Sandbox, esper: Esper) -> None:
    whole = expected(sandbox)
    pipelines = list(dict.fromkeys(one.scope for one in whole))[:3]
    wanted = [one for one in whole if one.scope in pipelines]
    assert await got(esper, *wanted) == {one: whole[one] for one in wanted}
    assert counts(sandbox) == {LISTS: 0, STAGES: 3}
    sandbox.forget()
    assert await got(esper, wanted[-1]) == {wanted[-1]: whole[wanted[-1]]}
    assert counts(sandbox) == {LISTS: 0, STAGES: 1}


@pytest.mark.parametrize("position", EMULATOR.positions["unknown_pipeline"])
async def test_unknown_ids_are_absent(sandbox: Sandbox, esper: Esper, position: str) -> None:
    sandbox.turn("esper.unknown_pipeline", position)
    whole = expected(sandbox)
    first, last = next(iter(whole)), list(whole)[-1]
    strange = [
        stage_id(NOBODY, first.source_id),
        stage_id(first.scope, NOBODY),
        stage_id(first.scope, last.source_id),
    ]
    assert await got(esper, *strange) == {}
    assert await got(esper, strange[0]) == {}
    assert await got(esper, strange[1]) == {}
    assert await got(esper, last, *strange, first) == {one: whole[one] for one in (last, first)}
    assert await got(esper) == {}


@pytest.mark.parametrize("position", EMULATOR.positions["unknown_pipeline"])
async def test_processes_read_only_those_pipelines(
    sandbox: Sandbox, esper: Esper, position: str
) -> None:
    sandbox.turn("esper.unknown_pipeline", position)
    wanted = [one["id"] for one in sandbox.state("esper")["pipelines"][2:4]]
    ids = [pipeline_id(one) for one in (*wanted, wanted[0], NOBODY)]
    workflow = GlobalId(Source.ESPER, Kind.WORKFLOW, "", wanted[0])
    rows, dropped = await listed(esper, StageAsk(processes=(*ids, workflow)))
    assert told(rows) == expected(sandbox, *wanted)
    assert dropped == 0
    assert counts(sandbox) == {LISTS: 0, STAGES: 3}


async def test_processes_of_another_kind_match_nothing(sandbox: Sandbox, esper: Esper) -> None:
    one = sandbox.state("esper")["stages"][0]
    strange = (
        GlobalId(Source.ESPER, Kind.WORKFLOW, "", one["pipeline_id"]),
        stage_id(one["pipeline_id"], one["id"]),
        pipeline_id("../pipelines"),
    )
    for processes in ((), strange):
        assert await listed(esper, StageAsk(processes=processes)) == ([], 0)
    assert sandbox.calls("esper") == 0


@pytest.mark.parametrize(("name", "position"), POSITIONS)
async def test_every_position_gives_the_same_answer(
    sandbox: Sandbox, connect: Connect, name: str, position: str
) -> None:
    sandbox.reset(scale=2 if name == "max_limit" else 1)
    sandbox.turn(f"esper.{name}", position)
    prefix = position if name == "auth_prefix" else "Bearer"
    esper = cast("Esper", connect(Source.ESPER, auth_prefix=prefix))
    whole = expected(sandbox)
    rows, dropped = await listed(esper)
    assert (told(rows), dropped) == (whole, 0)
    some = list(whole)[::15]
    fresh = cast("Esper", connect(Source.ESPER, auth_prefix=prefix))
    assert await got(fresh, *some) == {one: whole[one] for one in some}


@pytest.mark.parametrize(
    ("max_limit", "stage_paging", "page_size"),
    list(product(EMULATOR.positions["max_limit"], EMULATOR.positions["stage_paging"], (2,))),
)
async def test_every_way_to_page_gives_the_same_answer(
    sandbox: Sandbox, connect: Connect, max_limit: str, stage_paging: str, page_size: int
) -> None:
    sandbox.turn("esper.max_limit", max_limit)
    sandbox.turn("esper.stage_paging", stage_paging)
    esper = cast("Esper", connect(Source.ESPER, page_size=page_size))
    rows, _ = await listed(esper)
    assert told(rows) == expected(sandbox)
    pages = sum(-(-n // page_size) for n in (4, 5, 3, 6, 3, 4, 5, 3, 4, 6, 3, 4))
    assert counts(sandbox) == {
        LISTS: -(-12 // page_size),
        STAGES: 12 if stage_paging == "whole" else pages,
    }


async def test_a_refused_page_size_is_given_up_once(sandbox: Sandbox, esper: Esper) -> None:
    sandbox.reset(scale=2)
    sandbox.turn("esper.max_limit", "refused")
    await listed(esper)
    assert counts(sandbox) == {LISTS: 3, STAGES: 24}
    sandbox.forget()
    await listed(esper)
    assert counts(sandbox) == {LISTS: 2, STAGES: 24}


async def test_calls_go_out_at_once_but_no_more_than_the_setting_says(
    sandbox: Sandbox, connect: Connect
) -> None:
    sandbox.fault("esper", "latency", seconds=0.03, route=STAGES)
    for concurrency in (8, 3):
        sandbox.forget()
        await listed(cast("Esper", connect(Source.ESPER, concurrency=concurrency)))
        [row] = [row for row in sandbox.requests("esper") if row["route"] == STAGES]
        assert 1 < row["peak"] <= concurrency


async def test_a_list_reads_no_more_pages_than_it_may(sandbox: Sandbox, connect: Connect) -> None:
    esper = cast("Esper", connect(Source.ESPER, page_size=2, max_pages=5))
    with pytest.raises(errors.TooLarge):
        await listed(esper)
    enough = cast("Esper", connect(Source.ESPER, page_size=2, max_pages=6))
    rows, _ = await listed(enough)
    assert told(rows) == expected(sandbox)


async def test_repeated_rows_are_there_once_and_move_nothing(
    sandbox: Sandbox, esper: Esper
) -> None:
    sandbox.fault("esper", "repeat")
    rows, dropped = await listed(esper)
    assert (told(rows), dropped) == (expected(sandbox), 0)
    assert counts(sandbox) == {LISTS: 1, STAGES: 12}


async def test_bad_rows_are_dropped_and_counted(sandbox: Sandbox, esper: Esper) -> None:
    first = next(iter(expected(sandbox)))
    sandbox.fault("esper", "wrong_type", field="timeout_seconds", route=STAGES, times=1)
    ask = StageAsk(processes=(pipeline_id(first.scope),))
    assert await listed(esper, ask) == ([], 4)
    sandbox.fault("esper", "null_field", field="id", route=LISTS, times=1)
    assert await listed(esper) == ([], 12)
    rows, dropped = await listed(esper)
    assert (len(rows), dropped) == (50, 0)


async def test_a_lone_stage_that_makes_no_sense_is_no_missing_one(
    sandbox: Sandbox, esper: Esper
) -> None:
    first, second, *_ = expected(sandbox)
    sandbox.fault("esper", "wrong_type", route=STAGES)
    for ids in ([first], [first, second]):
        found = await esper.get_stages(ids, Trace())
        assert list(found) == ids
        assert {type(one) for one in found.values()} == {errors.BadResponse}


async def test_a_stage_that_makes_no_sense_fails_alone() -> None:
    esper = offline(lambda _: rows_of({"id": numbered(1)}, {"id": numbered(2), "name": 5}))
    first, second = (stage_id(NOBODY, numbered(number)) for number in (1, 2))
    found = await esper.get_stages([second, first], Trace())
    assert list(found) == [second, first]
    assert isinstance(found[second], errors.BadResponse)
    assert cast("EsperStage", found[first]).position == 0


async def test_only_the_pipeline_of_a_bad_stage_is_in_doubt() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        name = 5 if f"/{numbered(7)}/" in request.url.path else "good"
        return rows_of({"id": numbered(1), "name": name})

    bad, good = (stage_id(numbered(number), numbered(1)) for number in (7, 8))
    missing = stage_id(numbered(8), numbered(2))
    found = await offline(answer).get_stages([missing, bad, good], Trace())
    assert list(found) == [bad, good]
    assert isinstance(found[bad], errors.BadResponse)
    assert isinstance(found[good], EsperStage)


@pytest.mark.parametrize("field", ["name", "created_by", "updated_at"])
async def test_a_pipeline_that_makes_no_sense_keeps_its_stages(
    sandbox: Sandbox, esper: Esper, field: str
) -> None:
    sandbox.fault("esper", "wrong_type", field=field, route=LISTS)
    rows, dropped = await listed(esper)
    assert (told(rows), dropped) == (expected(sandbox), 0)


@pytest.mark.parametrize("field", ["description", "timeout_seconds", "created_by", "updated_at"])
async def test_a_missing_optional_field_is_none(sandbox: Sandbox, esper: Esper, field: str) -> None:
    sandbox.fault("esper", "missing_field", field=field, route=STAGES)
    rows, dropped = await listed(esper)
    assert (len(rows), dropped) == (50, 0)
    assert {getattr(row, field) for row in rows} == {None}


@pytest.mark.parametrize(
    ("fault", "failure"),
    [
        ({"kind": "status", "status": 401}, errors.Unauthenticated),
        ({"kind": "status", "status": 403}, errors.Forbidden),
        ({"kind": "status", "status": 503}, errors.Unavailable),
        ({"kind": "status", "status": 400}, errors.BadResponse),
        ({"kind": "array"}, errors.BadResponse),
        ({"kind": "html"}, errors.BadResponse),
        ({"kind": "missing_field", "field": "name", "status": 200}, None),
        ({"kind": "reset"}, errors.Unavailable),
    ],
)
async def test_a_failing_list_of_stages_fails_the_source(
    sandbox: Sandbox, esper: Esper, fault: dict[str, Any], failure: type[Exception] | None
) -> None:
    sandbox.fault("esper", route=STAGES, **fault)
    if failure is None:
        rows, dropped = await listed(esper)
        assert {row.name for row in rows} == {None}
        assert dropped == 0
        return
    with pytest.raises(failure):
        await listed(esper)


async def test_a_wrong_key_and_a_call_too_many(sandbox: Sandbox, connect: Connect) -> None:
    for settings in ({"api_key": "wrong"}, {"auth_prefix": "Token"}):
        with pytest.raises(errors.Unauthenticated):
            await listed(cast("Esper", connect(Source.ESPER, **settings)))
    esper = cast("Esper", connect(Source.ESPER))
    sandbox.turn("esper.limit", "3/60")
    with pytest.raises(errors.Throttled) as caught:
        await listed(esper)
    assert caught.value.retry_after is None


async def test_check_makes_one_call(sandbox: Sandbox, esper: Esper) -> None:
    assert await esper.check(Trace()) == "reads pipelines"
    assert counts(sandbox) == {LISTS: 1, STAGES: 0}
    sandbox.turn("esper.auth_prefix", "Token")
    with pytest.raises(errors.Unauthenticated):
        await esper.check(Trace())


async def test_a_stage_is_located_by_its_pipeline(sandbox: Sandbox, esper: Esper) -> None:
    [one, *_] = expected(sandbox)
    key = ResourceKey(source=Source.ESPER, source_id=one.source_id, scope_source_id=one.scope)  # type: ignore[arg-type]
    assert await esper.locate(Kind.STAGE, key, Trace()) == [one]
    alone = ResourceKey(source=Source.ESPER, source_id=one.scope)  # type: ignore[arg-type]
    assert await esper.locate(Kind.PIPELINE, alone, Trace()) == [pipeline_id(one.scope)]
    with pytest.raises(errors.Rejected, match=r"scopeSourceId takes the pipeline's id"):
        await esper.locate(Kind.STAGE, alone, Trace())


NOWHERE = offline(None)
UUIDS = st.uuids().map(str)
OWNED = {
    Kind.STAGE: st.tuples(UUIDS, UUIDS),
    Kind.TARGET_LIST: st.tuples(UUIDS, UUIDS),
    Kind.PIPELINE: st.tuples(st.just(""), UUIDS),
    Kind.PERSON: st.tuples(st.just(""), st.integers(0, 10**18 - 1).map(str)),
}
KINDS = st.sampled_from(list(Kind))
PART = UUIDS | st.text(max_size=40) | UUIDS.map(lambda text: f"../{text}")


@given(data=st.data(), kind=st.sampled_from(list(OWNED)))
def test_ids_of_the_vendors_form_are_owned(data: st.DataObject, kind: Kind) -> None:
    scope, source_id = data.draw(OWNED[kind])
    assert NOWHERE.owns(GlobalId(Source.ESPER, kind, scope, source_id))


@given(kind=KINDS, scope=PART, source_id=PART)
def test_nothing_else_is_owned(kind: Kind, scope: str, source_id: str) -> None:
    if NOWHERE.owns(GlobalId(Source.ESPER, kind, scope, source_id)):
        text = scope + source_id
        assert set(text) <= set("0123456789abcdef-")
        assert kind in OWNED
        is_below = kind in {Kind.STAGE, Kind.TARGET_LIST}
        assert (len(scope), len(source_id)) == (36, 36) or (not scope and not is_below)


async def test_a_bad_row_keeps_its_place() -> None:
    pages = {
        None: rows_of({"id": numbered(0)}, {"id": numbered(1), "name": 5}, following="?offset=3"),
        "3": rows_of(5, {"id": numbered(0)}, {"id": numbered(3)}),
    }
    esper = offline(lambda request: pages[request.url.params.get("offset")])
    [batch] = [
        one async for one in esper.stages(StageAsk(processes=(pipeline_id(NOBODY),)), Trace())
    ]
    assert [(row.source_id, row.position) for row in batch.rows] == [
        (numbered(0), 0),
        (numbered(3), 3),
    ]
    assert batch.dropped == 2


async def test_an_address_in_an_answer_is_never_followed() -> None:
    asked = list[httpx.URL]()

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url)
        link = "http://evil.example/steal?offset=3&limit=3" if len(asked) == 1 else None
        return rows_of({"id": numbered(len(asked))}, following=link)

    esper = offline(answer)
    assert len(await got(esper, stage_id(NOBODY, numbered(1)), stage_id(NOBODY, numbered(2)))) == 2
    base = f"http://esper.example/api/pipelines/v0/pipelines/{NOBODY}/stages/"
    assert [str(url) for url in asked] == [f"{base}?limit=3", f"{base}?limit=3&offset=3"]


async def test_a_page_that_leads_back_is_refused() -> None:
    esper = offline(lambda _: rows_of({"id": numbered(1)}, following="?limit=3&offset=3"))
    with pytest.raises(errors.BadResponse):
        await listed(esper)


async def test_a_pipeline_that_goes_while_it_is_read_has_no_stages() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/pipelines/"):
            return rows_of({"id": numbered(1)}, {"id": numbered(2)})
        if numbered(1) in request.url.path:
            return rows_of({"id": numbered(7)})
        if "offset" in request.url.params:
            return httpx.Response(404)
        return rows_of({"id": numbered(8)}, following="?offset=3")

    rows, dropped = await listed(offline(answer))
    assert [(row.source_id, row.position) for row in rows] == [(numbered(7), 0)]
    assert dropped == 0


async def test_a_pipeline_that_moves_over_the_edge_of_a_page_is_read_once() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if not request.url.path.endswith("/v0/pipelines/"):
            return rows_of({"id": numbered(7)})
        if "offset" in request.url.params:
            return rows_of({"id": numbered(1)}, {"id": numbered(2)})
        return rows_of({"id": numbered(1)}, following="?offset=3")

    rows, _ = await listed(offline(answer))
    assert [GlobalId.parse(row.id).scope for row in rows] == [numbered(1), numbered(2)]
