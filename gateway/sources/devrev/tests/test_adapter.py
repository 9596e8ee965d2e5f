"""The adapter against the running sandbox."""

from typing import Any, cast

import pytest

from gateway import errors
from gateway.sandbox.company import dice
from gateway.sources.devrev import DevRev
from gateway.sources.devrev.sandbox import EMULATOR
from gateway.sources.devrev.tests.stages import (
    DIAGRAM,
    DIAGRAMS,
    GET,
    LIST,
    POSITIONS,
    UNKNOWN,
    counts,
    diagram,
    expected,
    got,
    key,
    listed,
    numbers,
    stage,
    told,
)
from schema.types.ids import GlobalId, Kind
from schema.types.source import Source
from tests.fixtures import Connect, Sandbox


async def test_the_list_has_every_stage_whole_in_one_call(sandbox: Sandbox, devrev: DevRev) -> None:
    rows, dropped = await listed(devrev)
    assert told(rows) == expected(sandbox)
    assert (len(rows), dropped) == (14, 0)
    assert counts(sandbox) == {LIST: 1}


async def test_exact_names_are_pushed_down(sandbox: Sandbox, devrev: DevRev) -> None:
    assert await numbers(devrev, names=("In Review",)) == [5, 12]
    assert await numbers(devrev, names=("in review",)) == []
    some = ("Won't fix, by design", 'Archived "old"', "Überprüfung", "no such stage")
    assert await numbers(devrev, names=some) == [6, 8, 14]
    assert counts(sandbox) == {LIST: 3}
    assert {1, 5} <= set(await numbers(devrev, names=("triage", " In Review", "\ud800")))


async def test_pages_are_followed_to_the_end(sandbox: Sandbox, connect: Connect) -> None:
    small = cast("DevRev", connect(Source.DEVREV, page_size=3))
    assert await numbers(small) == list(range(1, 15))
    assert counts(sandbox) == {LIST: 5}
    sandbox.forget()
    assert await numbers(small, names=("In Review", "RESOLVED", "triage", "Queued")) == [
        1, 5, 9, 11, 12,
    ]  # fmt: skip
    assert counts(sandbox) == {LIST: 2}


async def test_a_list_reads_no_more_pages_than_it_may(connect: Connect) -> None:
    with pytest.raises(errors.TooLarge):
        await listed(cast("DevRev", connect(Source.DEVREV, page_size=3, max_pages=4)))
    enough = cast("DevRev", connect(Source.DEVREV, page_size=3, max_pages=5))
    assert len(await numbers(enough)) == 14


async def test_one_id_is_one_get(sandbox: Sandbox, devrev: DevRev) -> None:
    found = await got(devrev, stage(3))
    assert list(found) == [stage(3)]
    don = stage(3).source_id
    assert told(list(found.values())) == {don: expected(sandbox)[don]}
    assert found[stage(3)].updated_by is None
    assert counts(sandbox) == {GET: 1}


async def test_several_ids_are_one_list_and_none_no_call(sandbox: Sandbox, devrev: DevRev) -> None:
    assert await got(devrev) == {}
    assert counts(sandbox) == {}
    ids = [stage(n) for n in (9, 2, 14, 2, 5)]
    found = await got(devrev, *ids)
    assert set(found) == set(ids)
    assert all(one.source_id == name.source_id for name, one in found.items())
    assert counts(sandbox) == {LIST: 1}


async def test_a_don_and_a_display_id_are_one_stage_by_the_id_asked(
    sandbox: Sandbox, devrev: DevRev
) -> None:
    found = await got(devrev, key("STG-5"), stage(5))
    assert found[key("STG-5")] is found[stage(5)]
    assert GlobalId.parse(found[key("STG-5")].id) == stage(5)
    assert counts(sandbox) == {LIST: 1}
    alone = await got(devrev, key("STG-5"))
    assert list(alone) == [key("STG-5")]
    assert GlobalId.parse(alone[key("STG-5")].id) == stage(5)
    assert alone[key("STG-5")].source_id == stage(5).source_id


@pytest.mark.parametrize("position", EMULATOR.positions["display_ids"])
async def test_unknown_ids_are_absent(sandbox: Sandbox, devrev: DevRev, position: str) -> None:
    sandbox.turn("devrev.display_ids", position)
    unknown = [
        UNKNOWN,
        "STG-999",
        "ISS-1",
        "XYZ-1",
        "don:core:dvrv-us-1:devo/9:custom_stage/1",
        "don:core:dvrv-us-1:devo/0:custom_state/1",
        "don:other:form/of:id",
    ]
    for text in unknown:
        assert await got(devrev, key(text)) == {}
    mixed = [stage(1), *map(key, unknown), stage(2)]
    assert set(await got(devrev, *mixed)) == {stage(1), stage(2)}


async def test_only_what_the_list_lacks_is_got_singly_and_at_once(
    sandbox: Sandbox, devrev: DevRev
) -> None:
    sandbox.fault("devrev", "drop", route=LIST, times=1)
    sandbox.fault("devrev", "latency", route=GET, seconds=0.2)
    ids = [stage(n) for n in range(1, 15)]
    found = await got(devrev, *ids, key(UNKNOWN))
    assert set(found) == set(ids)
    assert told(list(found.values())) == expected(sandbox)
    assert counts(sandbox) == {LIST: 1, GET: 8}
    assert max(row["peak"] for row in sandbox.requests("devrev")) == 8


async def test_a_lookup_stops_at_the_bound_of_pages_and_gets_the_rest(
    sandbox: Sandbox, connect: Connect
) -> None:
    devrev = cast("DevRev", connect(Source.DEVREV, page_size=3, max_pages=2))
    assert set(await got(devrev, stage(1), stage(14))) == {stage(1), stage(14)}
    assert counts(sandbox) == {LIST: 2, GET: 1}


async def test_answers_go_by_key_whatever_the_order(sandbox: Sandbox, devrev: DevRev) -> None:
    whole = expected(sandbox)
    for kind in ("reorder", "repeat"):
        sandbox.heal()
        sandbox.fault("devrev", kind)
        found = await got(devrev, *(stage(n) for n in range(14, 0, -1)))
        assert told(list(found.values())) == whole
        assert all(one.source_id == name.source_id for name, one in found.items())


async def test_any_mix_of_ids_gets_exactly_those_that_exist(devrev: DevRev) -> None:
    chance = dice("mixes of ids")
    for _ in range(12):
        some = {chance.randrange(20): chance.random() < 0.5 for _ in range(chance.randrange(6))}
        asked = {stage(n) if by_don else key(f"STG-{n}"): n for n, by_don in some.items()}
        found = await got(devrev, *asked)
        assert {name: one.display_id for name, one in found.items()} == {
            name: f"STG-{n}" for name, n in asked.items() if 1 <= n <= 14
        }


async def test_the_stages_of_one_diagram(sandbox: Sandbox, devrev: DevRev) -> None:
    assert await numbers(devrev, processes=(diagram(1),)) == [1, 2, 3, 4, 5, 6, 7, 8]
    assert counts(sandbox) == {DIAGRAM: 1, LIST: 1}
    rows, _ = await listed(devrev, processes=(diagram(2),))
    whole = expected(sandbox)
    assert told(rows) == {stage(n).source_id: whole[stage(n).source_id] for n in (4, 7, 9, 10, 11)}


async def test_the_stages_of_any_of_several_diagrams(sandbox: Sandbox, devrev: DevRev) -> None:
    both = (diagram(3), diagram(2), diagram(99))
    assert await numbers(devrev, processes=both) == [4, 7, 8, 9, 10, 11, 12, 13]
    assert counts(sandbox) == {DIAGRAMS: 1, LIST: 1}
    every = tuple(diagram(n) for n in (1, 2, 3))
    assert 14 not in await numbers(devrev, processes=every)


async def test_diagrams_are_paged_too(sandbox: Sandbox, connect: Connect) -> None:
    small = cast("DevRev", connect(Source.DEVREV, page_size=2))
    assert await numbers(small, processes=(diagram(1), diagram(3))) == [*range(1, 9), 12, 13]
    assert counts(sandbox) == {DIAGRAMS: 2, LIST: 7}


async def test_processes_and_names_must_both_fit(sandbox: Sandbox, devrev: DevRev) -> None:
    ask: dict[str, Any] = {"processes": (diagram(3),), "names": ("In Review", "triage")}
    assert await numbers(devrev, **ask) == [12]
    assert counts(sandbox) == {DIAGRAM: 1, LIST: 1}


@pytest.mark.parametrize("position", EMULATOR.positions["display_ids"])
async def test_a_diagram_by_display_id(sandbox: Sandbox, devrev: DevRev, position: str) -> None:
    sandbox.turn("devrev.display_ids", position)
    one = key("SDG-2", Kind.WORKFLOW)
    assert await numbers(devrev, processes=(one,)) == [4, 7, 9, 10, 11]
    assert await numbers(devrev, processes=(one, diagram(2))) == [4, 7, 9, 10, 11]


async def test_an_unknown_diagram_has_no_stages(sandbox: Sandbox, devrev: DevRev) -> None:
    assert await numbers(devrev, processes=(diagram(99),)) == []
    assert counts(sandbox) == {DIAGRAM: 1}
    assert await numbers(devrev, processes=(diagram(98), diagram(99))) == []
    assert await numbers(devrev, processes=(key("ISS-1", Kind.WORKFLOW),)) == []
    assert LIST not in counts(sandbox)


async def test_processes_of_another_kind_match_nothing(sandbox: Sandbox, devrev: DevRev) -> None:
    pipeline = key(diagram(1).source_id, Kind.PIPELINE)
    strange = key("../works.list", Kind.WORKFLOW)
    for processes in ((), (pipeline,), (pipeline, stage(1), strange)):
        assert await listed(devrev, processes=processes) == ([], 0)
    assert counts(sandbox) == {}
    assert await numbers(devrev, processes=(pipeline, diagram(2))) == [4, 7, 9, 10, 11]


@pytest.mark.parametrize(("name", "position"), POSITIONS)
async def test_every_position_gives_the_same_answer(
    sandbox: Sandbox, devrev: DevRev, name: str, position: str
) -> None:
    whole = expected(sandbox)
    sandbox.turn(f"devrev.{name}", position)
    rows, dropped = await listed(devrev)
    assert (told(rows), dropped) == (whole, 0)
    assert await numbers(devrev, names=("In Review",)) == [5, 12]
    for processes in ((diagram(3),), (diagram(3), diagram(99))):
        assert await numbers(devrev, processes=processes) == [7, 8, 12, 13]
    for ids in ([stage(6)], [key("STG-6")], [key("STG-6"), stage(2), key(UNKNOWN)]):
        found = await got(devrev, *ids)
        assert found.keys() == set(ids) - {key(UNKNOWN)}
        assert all(told([one]).items() <= whole.items() for one in found.values())
    [alone, together] = [await got(devrev, *ids) for ids in ([stage(6)], [stage(6), stage(7)])]
    assert alone[stage(6)].origin.raw() == together[stage(6)].origin.raw()
    assert alone[stage(6)].origin.version() == together[stage(6)].origin.version()


async def test_a_refused_page_size_is_given_up_once(sandbox: Sandbox, connect: Connect) -> None:
    devrev = cast("DevRev", connect(Source.DEVREV, page_size=100))
    sandbox.turn("devrev.page_size", "refused")
    assert len(await numbers(devrev)) == 14
    assert counts(sandbox) == {LIST: 2}
    assert len(await numbers(devrev)) == 14
    assert counts(sandbox) == {LIST: 3}
