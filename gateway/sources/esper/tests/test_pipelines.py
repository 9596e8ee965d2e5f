"""Pipelines, and the stages of some, against the running sandbox."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

import httpx
import pytest

from gateway import errors
from gateway.adapter import Batch, ProcessAsk
from gateway.sources.esper import Esper
from gateway.sources.esper.sandbox import EMULATOR
from gateway.sources.esper.tests.asking import (
    LISTS,
    NOBODY,
    ONE,
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
from schema.types.esper import EsperPipeline, EsperStage
from schema.types.ids import GlobalId, Kind
from schema.types.source import Source
from tests.fixtures import Connect, Sandbox

Told = dict[GlobalId, Any]


def expected(sandbox: Sandbox) -> Told:
    return {pipeline_id(one["id"]): one for one in sandbox.state("esper")["pipelines"]}


def told(pipelines: Sequence[EsperPipeline]) -> Told:
    assert len({one.id for one in pipelines}) == len(pipelines)
    for one in pipelines:
        raw = one.origin.raw()
        assert (one.source_id, one.name) == (raw["id"], raw.get("name"))
        assert (one.description, one.members) == (raw.get("description"), None)
        for person, number in ((one.created_by, "created_by"), (one.updated_by, "updated_by")):
            assert (person and int(person.source_id)) == raw.get(number)
    return {GlobalId.parse(one.id): one.origin.raw() for one in pipelines}


async def listed(adapter: Esper, ask: ProcessAsk | None = None) -> tuple[list[EsperPipeline], int]:
    rows, dropped = list[EsperPipeline](), 0
    async for batch in adapter.pipelines(ask or ProcessAsk(), Trace()):
        rows += cast("list[EsperPipeline]", batch.rows)
        dropped += batch.dropped
    return rows, dropped


async def got(adapter: Esper, *ids: GlobalId) -> Told:
    found = await adapter.get_pipelines(ids, Trace())
    assert all(str(key) == one.id for key, one in found.items())
    return told(cast("list[EsperPipeline]", list(found.values())))


def failed(found: Mapping[GlobalId, object]) -> list[GlobalId]:
    return [one for one, its in found.items() if isinstance(its, errors.BadResponse)]


def of_pipelines(sandbox: Sandbox, *ids: GlobalId) -> dict[GlobalId, list[GlobalId]]:
    """Compute from the sandbox's state which stages are of which pipeline, in their order."""
    stages = sandbox.state("esper")["stages"]
    return {
        one: [
            stage_id(one.source_id, stage["id"])
            for stage in stages
            if stage["pipeline_id"] == one.source_id
        ]
        for one in ids
    }


async def stages_of(adapter: Esper, *ids: GlobalId) -> dict[GlobalId, list[GlobalId]]:
    listed = await adapter.stages_of(ids, Trace())
    found = {one: batch.rows for one, batch in listed.items()}
    for one, stages in found.items():
        assert [stage.position for stage in stages] == list(range(len(stages)))
        assert all(stage.process_keys == (one,) for stage in stages)
    return {one: [GlobalId.parse(its.id) for its in stages] for one, stages in found.items()}


async def test_the_list_is_the_state_in_one_call(sandbox: Sandbox, esper: Esper) -> None:
    trace = Trace()
    rows = [row async for batch in esper.pipelines(ProcessAsk(), trace) for row in batch.rows]
    assert told(cast("list[EsperPipeline]", rows)) == expected(sandbox)
    assert (len(rows), trace.calls, sandbox.calls("esper")) == (12, 1, 1)
    assert any(cast("EsperPipeline", row).description is None for row in rows)
    assert all(row.created_at and row.updated_at for row in rows)


async def test_the_vendor_filters_and_orders_nothing(sandbox: Sandbox, esper: Esper) -> None:
    assert (esper.pipeline_filters, esper.pipeline_orders) == (frozenset(), frozenset())
    rows, _ = await listed(esper, ProcessAsk(names=("lab devices",), descending=True))
    assert told(rows) == expected(sandbox)


@pytest.mark.parametrize("count", [1, 12])
async def test_a_list_and_a_get_agree_also_in_their_versions(esper: Esper, count: int) -> None:
    rows, dropped = await listed(esper)
    assert dropped == 0
    for at in range(0, len(rows), count):
        some = {GlobalId.parse(row.id): row for row in rows[at : at + count]}
        found = await esper.get_pipelines(list(some), Trace())
        assert list(found) == list(some)
        for key, row in some.items():
            one = cast("EsperPipeline", found[key])
            assert told([one]) == told([row])
            assert one.origin.version() == row.origin.version()
            assert (one.created_at, one.updated_at) == (row.created_at, row.updated_at)


@pytest.mark.parametrize(
    ("count", "calls"), [(0, (0, 0)), (1, (0, 1)), (2, (0, 2)), (3, (1, 0)), (12, (1, 0))]
)
async def test_a_few_are_read_by_themselves_and_more_by_the_list(
    sandbox: Sandbox, esper: Esper, count: int, calls: tuple[int, int]
) -> None:
    whole = expected(sandbox)
    wanted = list(whole)[-count:] if count else []
    # One that is asked for twice is read once.
    assert await got(esper, *wanted, *wanted[:1]) == {one: whole[one] for one in wanted}
    assert tuple(counts(sandbox, LISTS, ONE).values()) == calls
    assert sandbox.calls("esper") == sum(calls)


async def test_many_are_found_on_every_page_of_the_list(sandbox: Sandbox, connect: Connect) -> None:
    esper, whole = cast("Esper", connect(Source.ESPER, page_size=5)), expected(sandbox)
    wanted = [list(whole)[at] for at in (11, 0, 6)]
    assert await got(esper, *wanted) == {one: whole[one] for one in wanted}
    assert counts(sandbox, LISTS, ONE) == {LISTS: 3, ONE: 0}


async def test_unknown_pipelines_are_absent(sandbox: Sandbox, esper: Esper) -> None:
    whole, nobody = expected(sandbox), pipeline_id(NOBODY)
    first, second, *_ = whole
    assert await got(esper, nobody) == {}
    assert await got(esper, nobody, first) == {first: whole[first]}
    sandbox.forget()
    found = await got(esper, second, nobody, first, pipeline_id(numbered(7)))
    assert found == {one: whole[one] for one in (second, first)}
    assert counts(sandbox, LISTS, ONE) == {LISTS: 1, ONE: 0}


async def test_ids_that_name_no_pipeline_are_never_sent(sandbox: Sandbox, esper: Esper) -> None:
    one = next(iter(expected(sandbox))).source_id
    sandbox.forget()
    strange = (
        GlobalId(Source.ESPER, Kind.WORKFLOW, "", one),
        GlobalId(Source.ESPER, Kind.PIPELINE, one, one),
        stage_id(one, NOBODY),
        pipeline_id(f"../{one}"),
        pipeline_id(one.upper()),
    )
    assert await got(esper, *strange) == {}
    assert await stages_of(esper, *strange) == {}
    assert sandbox.calls("esper") == 0


@pytest.mark.parametrize(("name", "position"), POSITIONS)
async def test_every_position_gives_the_same_answer(
    sandbox: Sandbox, connect: Connect, name: str, position: str
) -> None:
    sandbox.reset(scale=2 if name == "max_limit" else 1)
    sandbox.turn(f"esper.{name}", position)
    prefix = position if name == "auth_prefix" else "Bearer"

    def fresh() -> Esper:
        return cast("Esper", connect(Source.ESPER, auth_prefix=prefix))

    whole, nobody = expected(sandbox), pipeline_id(NOBODY)
    first, *_, last = whole
    rows, dropped = await listed(fresh())
    assert (told(rows), dropped) == (whole, 0)
    assert await got(fresh(), nobody, last) == {last: whole[last]}
    some = [last, nobody, *list(whole)[::5]]
    assert await got(fresh(), *some) == {one: whole[one] for one in some if one != nobody}
    assert await stages_of(fresh(), last, nobody, first) == of_pipelines(sandbox, last, first)


async def test_stages_of_pipelines_are_one_call_each(sandbox: Sandbox, esper: Esper) -> None:
    first, second, *_ = whole = list(expected(sandbox))
    wanted = of_pipelines(sandbox, *whole)
    assert await stages_of(esper, second, first, second) == of_pipelines(sandbox, second, first)
    assert counts(sandbox, LISTS, ONE, STAGES) == {LISTS: 0, ONE: 0, STAGES: 2}
    sandbox.forget()
    assert await stages_of(esper, *whole) == wanted
    assert counts(sandbox, LISTS, ONE, STAGES) == {LISTS: 0, ONE: 0, STAGES: 12}
    assert await stages_of(esper) == {}


async def test_stages_of_a_pipeline_agree_with_those_by_id(sandbox: Sandbox, esper: Esper) -> None:
    [pipeline, *_] = expected(sandbox)
    listed = (await esper.stages_of([pipeline], Trace()))[pipeline].rows
    found = await esper.get_stages([GlobalId.parse(one.id) for one in listed], Trace())
    assert len(listed) == len(found) == 4
    for one, other in zip(listed, found.values(), strict=True):
        assert isinstance(one, EsperStage)
        assert (one.id, one.position) == (other.id, other.position)
        assert one.origin.version() == other.origin.version()


async def test_no_more_calls_go_out_at_once_than_the_setting_says(
    sandbox: Sandbox, connect: Connect
) -> None:
    whole = list(expected(sandbox))
    sandbox.fault("esper", "latency", seconds=0.02, route=STAGES)
    for settings, most in (({}, 8), ({"concurrency": 3}, 3)):
        sandbox.forget()
        await stages_of(cast("Esper", connect(Source.ESPER, **settings)), *whole)
        [row] = sandbox.requests("esper")
        assert 1 < row["peak"] <= most


@pytest.mark.parametrize("position", EMULATOR.positions["unknown_pipeline"])
async def test_only_an_empty_list_makes_a_call_more(
    sandbox: Sandbox, esper: Esper, position: str
) -> None:
    sandbox.turn("esper.unknown_pipeline", position)
    [first, *_] = expected(sandbox)
    nobody = pipeline_id(NOBODY)
    assert list(await stages_of(esper, nobody, first)) == [first]
    assert counts(sandbox, ONE, STAGES) == {ONE: int(position == "empty"), STAGES: 2}


async def test_a_pipeline_without_stages_has_none_and_is_there() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/stages/"):
            return rows_of()
        number = request.url.path.split("/")[-2]
        return httpx.Response(200, json={"content": {"id": number}})

    one = pipeline_id(numbered(1))
    assert await stages_of(offline(answer), one) == {one: []}


async def test_bad_rows_of_the_list_are_dropped_and_counted(sandbox: Sandbox, esper: Esper) -> None:
    whole = list(expected(sandbox))
    sandbox.fault("esper", "wrong_type", field="created_by", route=LISTS, times=1)
    assert await listed(esper) == ([], 12)
    sandbox.fault("esper", "null_field", field="id", route=LISTS, times=1)
    assert failed(await esper.get_pipelines(whole, Trace())) == whole
    sandbox.fault("esper", "repeat", route=LISTS)
    rows, dropped = await listed(esper)
    assert (list(told(rows)), dropped) == (whole, 0)


async def test_a_bad_row_costs_only_itself() -> None:
    good, bad = {"id": numbered(1), "name": "good"}, {"id": numbered(2), "name": 5}

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/v0/pipelines/"):
            return rows_of(bad, 5, good)
        row = good if numbered(1) in request.url.path else bad
        return httpx.Response(200, json={"content": row})

    esper = offline(answer)
    rows, dropped = await listed(esper)
    assert ([row.name for row in rows], dropped) == (["good"], 2)
    first, second, third = (pipeline_id(numbered(n)) for n in (1, 2, 3))
    for ids in ([second], [second, first]):
        found = await esper.get_pipelines(ids, Trace())
        assert (list(found), failed(found)) == (ids, [second])
    # A list does not tell which one its bad rows are.
    found = await esper.get_pipelines([third, second, first], Trace())
    assert failed(found) == [third, second]
    assert cast("EsperPipeline", found[first]).name == "good"


async def test_a_bad_stage_costs_only_itself() -> None:
    esper = offline(lambda _: rows_of({"id": numbered(8), "name": 5}, {"id": numbered(9)}))
    one = pipeline_id(numbered(1))
    batch = (await esper.stages_of([one], Trace()))[one]
    assert [(row.source_id, row.position) for row in batch.rows] == [(numbered(9), 1)]
    assert batch.dropped == 1
    bad = offline(lambda _: rows_of({"id": numbered(8), "name": 5}))
    assert await bad.stages_of([one], Trace()) == {one: Batch([], 1)}


async def test_another_pipeline_than_was_asked_for_is_not_taken() -> None:
    other = {"content": {"id": numbered(2), "name": "another"}}
    esper = offline(lambda _: httpx.Response(200, json=other))
    first, second = pipeline_id(numbered(1)), pipeline_id(numbered(2))
    found = await esper.get_pipelines([first, second], Trace())
    assert failed(found) == [first]
    assert cast("EsperPipeline", found[second]).name == "another"


@pytest.mark.parametrize("field", ["name", "description", "created_at", "updated_by"])
async def test_a_missing_optional_field_is_none(sandbox: Sandbox, esper: Esper, field: str) -> None:
    sandbox.fault("esper", "missing_field", field=field, route=LISTS)
    rows, dropped = await listed(esper)
    assert (len(rows), dropped) == (12, 0)
    assert {getattr(row, field) for row in rows} == {None}


@pytest.mark.parametrize(
    ("fault", "failure"),
    [
        ({"kind": "status", "status": 401}, errors.Unauthenticated),
        ({"kind": "status", "status": 403}, errors.Forbidden),
        ({"kind": "status", "status": 503}, errors.Unavailable),
    ],
)
async def test_a_failure_is_not_taken_for_a_missing_pipeline(
    sandbox: Sandbox, esper: Esper, fault: dict[str, Any], failure: type[Exception]
) -> None:
    whole = list(expected(sandbox))
    sandbox.fault("esper", **fault)
    for count in (1, 2, 3):
        with pytest.raises(failure):
            await got(esper, *whole[:count])
        with pytest.raises(failure):
            await stages_of(esper, *whole[:count])


@pytest.mark.parametrize("kind", ["array", "html"])
async def test_an_answer_that_makes_no_sense_costs_what_it_is_of(
    sandbox: Sandbox, esper: Esper, kind: str
) -> None:
    whole = list(expected(sandbox))
    sandbox.fault("esper", kind)
    for count in (1, 2):
        ids = whole[:count]
        assert failed(await esper.get_pipelines(ids, Trace())) == ids
    with pytest.raises(errors.BadResponse):
        await got(esper, *whole[:3])
    with pytest.raises(errors.BadResponse):
        await stages_of(esper, whole[0])


async def test_a_list_reads_no_more_pages_than_it_may(sandbox: Sandbox, connect: Connect) -> None:
    esper = cast("Esper", connect(Source.ESPER, page_size=2, max_pages=5))
    with pytest.raises(errors.TooLarge):
        await listed(esper)
    enough = cast("Esper", connect(Source.ESPER, page_size=2, max_pages=6))
    assert told((await listed(enough))[0]) == expected(sandbox)


async def test_a_pipeline_that_moves_over_the_edge_of_a_page_comes_once() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if "offset" in request.url.params:
            return rows_of({"id": numbered(1)}, {"id": numbered(2)})
        return rows_of({"id": numbered(1)}, following="?offset=3")

    rows, _ = await listed(offline(answer))
    assert [row.source_id for row in rows] == [numbered(1), numbered(2)]
