"""Target lists of stages and pipelines against the running sandbox."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, cast

import httpx
import pytest

from gateway import errors
from gateway.adapter import TargetListsAsk
from gateway.sources.esper import Esper
from gateway.sources.esper.sandbox import EMULATOR
from gateway.sources.esper.tests.asking import (
    ATTACHED,
    NOBODY,
    POSITIONS,
    TARGETS,
    counts,
    numbered,
    offline,
    pipeline_id,
    rows_of,
    stage_id,
)
from gateway.upstream.trace import Trace
from schema.types.esper import TargetList, TargetListType
from schema.types.ids import GlobalId, Kind
from schema.types.source import Source
from tests.fixtures import Connect, Sandbox

GROUPS, DEVICES, COLLECTIONS, OTHER = TargetListType
TYPES = (None, GROUPS, DEVICES, COLLECTIONS, OTHER)

Told = list[tuple[Any, ...]]


def told(found: Sequence[TargetList] | errors.UpstreamFailure) -> Told:
    assert not isinstance(found, errors.UpstreamFailure)
    for one in found:
        key = (Source.ESPER, Kind.TARGET_LIST, one.pipeline_source_id, one.source_id)
        assert GlobalId.parse(one.id) == key
    return [
        (one.source_id, one.name, one.type, one.pipeline_source_id, one.created_at) for one in found
    ]


def one_told(row: Mapping[str, Any]) -> tuple[Any, ...]:
    type_ = TargetListType(row["target_list_type"].lower())
    created = datetime.fromisoformat(row["created_at"])
    return (row["id"], row["name"], type_, row["pipeline_id"], created)


class State:
    """What the sandbox holds."""

    def __init__(self, sandbox: Sandbox) -> None:
        state = sandbox.state("esper")
        lists = {one["id"]: one_told(one) for one in state["target_lists"]}
        self.stages: dict[GlobalId, Told] = {
            stage_id(one["pipeline_id"], one["id"]): [
                lists[a["target_list_id"]]
                for a in state["attachments"]
                if a["stage_id"] == one["id"]
            ]
            for one in state["stages"]
        }
        self.pipelines: dict[GlobalId, Told] = {
            pipeline_id(one["id"]): [row for row in lists.values() if row[3] == one["id"]]
            for one in state["pipelines"]
        }

    def of(self, asked: Iterable[TargetListsAsk]) -> dict[TargetListsAsk, Told]:
        return {
            (holder, type_): [
                row for row in (self.stages | self.pipelines)[holder] if type_ in {None, row[2]}
            ]
            for holder, type_ in asked
        }

    def some(self, count: int) -> list[GlobalId]:
        """Return stages that have target lists."""
        return [one for one, lists in self.stages.items() if lists][:count]


def untyped(found: Mapping[TargetListsAsk, Told]) -> dict[TargetListsAsk, Told]:
    """Forget the types where none was asked by."""
    return {
        ask: rows if ask[1] else [(*row[:2], None, *row[3:]) for row in rows]
        for ask, rows in found.items()
    }


async def got(esper: Esper, *asked: TargetListsAsk) -> dict[TargetListsAsk, Told]:
    found = await esper.target_lists_of(asked, Trace())
    return {ask: told(its) for ask, its in found.items()}


def kinds(found: Mapping[TargetListsAsk, object]) -> list[type]:
    return [type(one) for one in found.values()]


async def test_one_call_serves_every_type_of_a_stage(sandbox: Sandbox, esper: Esper) -> None:
    state = State(sandbox)
    asked = [(stage, type_) for stage in state.stages for type_ in TYPES]
    trace = Trace()
    found = await esper.target_lists_of([*asked, asked[0]], trace)
    assert {ask: told(its) for ask, its in found.items()} == state.of(asked)
    assert list(found) == asked
    assert {row[2] for rows in state.stages.values() for row in rows} == set(TYPES[1:4])
    assert [] in state.stages.values()
    assert trace.calls == 50
    assert counts(sandbox, ATTACHED, TARGETS) == {ATTACHED: 50, TARGETS: 0}


async def test_only_what_is_asked_is_answered(sandbox: Sandbox, esper: Esper) -> None:
    state = State(sandbox)
    first, second = state.some(2)
    asked = [(second, DEVICES), (first, GROUPS)]
    assert await got(esper, *asked) == state.of(asked)
    assert await got(esper) == {}
    assert counts(sandbox, ATTACHED) == {ATTACHED: 2}


async def test_where_types_are_untold_each_is_a_call(sandbox: Sandbox, esper: Esper) -> None:
    state = State(sandbox)
    sandbox.turn("esper.target_list_type", "untold")
    stages = state.some(3)
    asked = [(stage, type_) for stage in stages for type_ in (GROUPS, DEVICES)]
    assert await got(esper, *asked) == state.of(asked)
    # The first stage shows by a call more that types are untold.
    assert counts(sandbox, ATTACHED) == {ATTACHED: 1 + 3 * 2}
    sandbox.forget()
    assert await got(esper, *asked) == state.of(asked)
    assert counts(sandbox, ATTACHED) == {ATTACHED: 3 * 2}
    sandbox.forget()
    asked = [(stage, type_) for stage in state.stages for type_ in TYPES[:4]]
    assert await got(esper, *asked) == untyped(state.of(asked))
    assert counts(sandbox, ATTACHED) == {ATTACHED: 50 * 4}


async def test_without_a_type_there_is_nothing_to_learn(sandbox: Sandbox, esper: Esper) -> None:
    state = State(sandbox)
    sandbox.turn("esper.target_list_type", "untold")
    asked = [(stage, None) for stage in state.stages]
    sandbox.fault("esper", "latency", seconds=0.02, route=ATTACHED)
    assert await got(esper, *asked) == untyped(state.of(asked))
    [row] = sandbox.requests("esper")
    assert row["count"] == 50
    assert 1 < row["peak"] <= 8
    sandbox.heal()
    sandbox.forget()
    typed = [(stage, GROUPS) for stage in state.some(2)]
    assert await got(esper, *typed) == state.of(typed)  # what it showed is known all the same
    assert counts(sandbox, ATTACHED) == {ATTACHED: 2}


@pytest.mark.parametrize(("position", "calls"), [("told", 7), ("untold", 1 + 7)])
async def test_the_rest_goes_out_at_once_after_the_first(
    sandbox: Sandbox, connect: Connect, position: str, calls: int
) -> None:
    state = State(sandbox)
    sandbox.turn("esper.target_list_type", position)
    sandbox.fault("esper", "latency", seconds=0.03, route=ATTACHED)
    asked = [(stage, GROUPS) for stage in state.some(7)]
    for concurrency in (8, 2):
        sandbox.forget()
        esper = cast("Esper", connect(Source.ESPER, concurrency=concurrency))
        assert await got(esper, *asked) == state.of(asked)
        [row] = sandbox.requests("esper")
        assert row["count"] == calls
        assert 1 < row["peak"] <= concurrency


@pytest.mark.parametrize(("position", "calls"), [("told", 3), ("untold", 1 + 2 * 2)])
async def test_an_empty_answer_teaches_nothing(
    sandbox: Sandbox, esper: Esper, position: str, calls: int
) -> None:
    state = State(sandbox)
    sandbox.turn("esper.target_list_type", position)
    empty = next(stage for stage, lists in state.stages.items() if not lists)
    asked = [(stage, DEVICES) for stage in (empty, *state.some(2))]
    assert await got(esper, *asked) == state.of(asked)
    assert counts(sandbox, ATTACHED) == {ATTACHED: calls}


async def test_a_failing_teacher_teaches_nothing_and_costs_only_itself(
    sandbox: Sandbox, esper: Esper
) -> None:
    state = State(sandbox)
    first, *rest = [(stage, type_) for stage in state.some(3) for type_ in (GROUPS, COLLECTIONS)]
    sandbox.fault("esper", "status", status=403, route=ATTACHED, times=1)
    found = await esper.target_lists_of([first, *rest], Trace())
    assert kinds(found)[:2] == [errors.Forbidden] * 2
    assert {ask: told(found[ask]) for ask in rest[1:]} == state.of(rest[1:])
    assert counts(sandbox, ATTACHED) == {ATTACHED: 3}


async def test_a_row_without_a_type_takes_calls_for_its_stage_alone() -> None:
    asked = list[tuple[str, str | None]]()

    def answer(request: httpx.Request) -> httpx.Response:
        stage, word = request.url.path.split("/")[-3], request.url.params.get("type")
        asked.append((stage, word))
        typed = {"id": numbered(7), "target_list_type": "GROUPS"}
        both = [typed, {"id": numbered(8)}] if stage == numbered(1) else [typed]
        return rows_of(*(both if word in {None, "groups"} else []))

    first, second = (stage_id(NOBODY, numbered(number)) for number in (1, 2))
    found = await got(offline(answer), *((one, GROUPS) for one in (first, second)))
    assert [(row[0], row[2]) for row in found[first, GROUPS]] == [
        (numbered(7), GROUPS),
        (numbered(8), GROUPS),
    ]
    assert [row[0] for row in found[second, GROUPS]] == [numbered(7)]
    assert asked == [(numbered(1), None), (numbered(1), "groups"), (numbered(2), None)]


@pytest.mark.parametrize(("name", "position"), POSITIONS)
async def test_every_position_gives_the_same_answer(
    sandbox: Sandbox, connect: Connect, name: str, position: str
) -> None:
    state = State(sandbox)
    sandbox.turn(f"esper.{name}", position)
    prefix = position if name == "auth_prefix" else "Bearer"
    esper = cast("Esper", connect(Source.ESPER, auth_prefix=prefix, page_size=2))
    typed = [(stage, type_) for stage in state.some(20) for type_ in TYPES[1:]]
    for _ in range(2):
        assert await got(esper, *typed) == state.of(typed)
    asked = [(one, None) for one in (*state.stages, *state.pipelines)]
    whole = state.of(asked)
    assert await got(esper, *asked) == (untyped(whole) if position == "untold" else whole)


async def test_a_pipeline_has_those_that_are_at_no_stage_too(
    sandbox: Sandbox, esper: Esper
) -> None:
    state = State(sandbox)
    asked = [(one, None) for one in state.pipelines]
    assert await got(esper, *asked) == state.of(asked)
    assert counts(sandbox, ATTACHED, TARGETS) == {ATTACHED: 0, TARGETS: 12}
    attached = {row[0] for rows in state.stages.values() for row in rows}
    assert attached < {row[0] for rows in state.pipelines.values() for row in rows}


@pytest.mark.parametrize("position", EMULATOR.positions["unknown_stage"])
async def test_holders_that_do_not_exist_are_absent(
    sandbox: Sandbox, esper: Esper, position: str
) -> None:
    state = State(sandbox)
    for name in ("unknown_stage", "unknown_pipeline"):
        sandbox.turn(f"esper.{name}", position)
    [first], pipeline = state.some(1), next(iter(state.pipelines))
    strange = [(stage_id(NOBODY, NOBODY), GROUPS), (pipeline_id(NOBODY), None)]
    known = [(first, GROUPS), (pipeline, None)]
    found = await got(esper, *strange, *known)
    # Where Esper says that nobody has no target lists, that is all there is to tell.
    nobody = dict.fromkeys(strange, Told()) if position == "empty" else {}
    assert found == {**nobody, **state.of(known)}


async def test_ids_that_name_no_holder_are_never_sent(sandbox: Sandbox, esper: Esper) -> None:
    strange = [
        GlobalId(Source.ESPER, Kind.WORKFLOW, "", NOBODY),
        GlobalId(Source.ESPER, Kind.TARGET_LIST, NOBODY, NOBODY),
        stage_id("", NOBODY),
        stage_id(NOBODY, f"../{NOBODY}"),
        pipeline_id(NOBODY + "\n"),
    ]
    assert await got(esper, *((one, None) for one in strange)) == {}
    assert sandbox.calls("esper") == 0


@pytest.mark.parametrize(
    ("fault", "failure"),
    [
        ({"kind": "status", "status": 401}, errors.Unauthenticated),
        ({"kind": "status", "status": 403}, errors.Forbidden),
        ({"kind": "status", "status": 503}, errors.Unavailable),
        ({"kind": "status", "status": 400}, errors.BadResponse),
        ({"kind": "array"}, errors.BadResponse),
        ({"kind": "html"}, errors.BadResponse),
        ({"kind": "null_field", "field": "id"}, errors.BadResponse),
        ({"kind": "missing_field", "field": "id"}, errors.BadResponse),
        ({"kind": "wrong_type", "field": "target_list_type"}, errors.BadResponse),
        ({"kind": "wrong_type", "field": "created_at"}, errors.BadResponse),
    ],
)
async def test_a_failure_is_the_value_of_its_holder(
    sandbox: Sandbox, esper: Esper, fault: dict[str, Any], failure: type[Exception]
) -> None:
    state = State(sandbox)
    [stage], pipeline = state.some(1), next(iter(state.pipelines))
    known = [(pipeline, None)]
    sandbox.fault("esper", route=ATTACHED, **fault)
    found = await esper.target_lists_of([(stage, None), (stage, GROUPS), *known], Trace())
    assert kinds(found) == [failure, failure, list]
    assert {known[0]: told(found[known[0]])} == state.of(known)
    sandbox.fault("esper", route=TARGETS, **fault)
    assert kinds(await esper.target_lists_of(known, Trace())) == [failure]
    sandbox.heal()
    assert await got(esper, (stage, GROUPS)) == state.of([(stage, GROUPS)])


async def test_one_bad_row_fails_its_own_stage() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        rows = [{"id": numbered(7)}, {"id": numbered(8), "name": 5}]
        return rows_of(*(rows if numbered(1) in request.url.path else rows[:1]))

    first, second = ((stage_id(NOBODY, numbered(number)), None) for number in (1, 2))
    found = await offline(answer).target_lists_of([first, second], Trace())
    assert isinstance(found[first], errors.BadResponse)
    assert [row[0] for row in told(found[second])] == [numbered(7)]


async def test_a_typed_call_that_fails_costs_only_its_type(sandbox: Sandbox, esper: Esper) -> None:
    state = State(sandbox)
    sandbox.turn("esper.target_list_type", "untold")
    [stage] = state.some(1)
    await got(esper, (stage, GROUPS))
    sandbox.fault("esper", "status", status=403, route=ATTACHED, times=1)
    found = await esper.target_lists_of([(stage, one) for one in TYPES[:3]], Trace())
    assert sorted(one.__name__ for one in kinds(found)) == ["Forbidden", "list", "list"]


async def test_an_unknown_type_is_other(sandbox: Sandbox, esper: Esper) -> None:
    state = State(sandbox)
    [stage] = state.some(1)
    sandbox.fault("esper", "unknown_enum", field="target_list_type", route=ATTACHED)
    found = await got(esper, *((stage, one) for one in TYPES))
    assert {row[2] for row in found[stage, None]} == {OTHER}
    assert found[stage, OTHER] == found[stage, None]
    assert [found[stage, one] for one in TYPES[1:4]] == [[], [], []]
    assert counts(sandbox, ATTACHED) == {ATTACHED: 1}


@pytest.mark.parametrize("field", ["name", "created_at", "pipeline_id", "target_list_type"])
async def test_what_is_missing_or_null_costs_nothing_else(
    sandbox: Sandbox, esper: Esper, field: str
) -> None:
    state = State(sandbox)
    at = ("id", "name", "target_list_type", "pipeline_id", "created_at").index(field)
    for kind, holder in (("missing_field", state.some(1)[0]), ("null_field", *state.pipelines)[:2]):
        sandbox.heal()
        sandbox.fault("esper", kind, field=field)
        [whole], [found] = (
            state.of([(holder, None)]).values(),
            (await got(esper, (holder, None))).values(),
        )
        # The pipeline is known from the ask.
        gone = [row[at] if field == "pipeline_id" else None for row in whole]
        assert found == [
            (*row[:at], one, *row[at + 1 :]) for row, one in zip(whole, gone, strict=True)
        ]


async def test_rows_that_come_twice_are_there_once(sandbox: Sandbox, esper: Esper) -> None:
    state = State(sandbox)
    sandbox.fault("esper", "repeat")
    asked = [(one, None) for one in (*state.some(3), *state.pipelines)]
    assert await got(esper, *asked) == state.of(asked)


async def test_more_pages_than_a_list_may_have_are_a_failure(
    sandbox: Sandbox, connect: Connect
) -> None:
    state = State(sandbox)
    largest = max(state.stages, key=lambda one: len(state.stages[one]))
    size = len(state.stages[largest])
    few, enough = (
        cast("Esper", connect(Source.ESPER, page_size=1, max_pages=pages))
        for pages in (size - 1, size)
    )
    assert kinds(await few.target_lists_of([(largest, None)], Trace())) == [errors.TooLarge]
    assert await got(enough, (largest, None)) == state.of([(largest, None)])
    assert counts(sandbox, ATTACHED) == {ATTACHED: size - 1 + size}
