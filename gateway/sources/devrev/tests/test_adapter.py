"""The adapter against the running sandbox."""

from typing import Any, cast

import pytest

from gateway import errors
from gateway.adapter import StageAsk
from gateway.sandbox.company import dice
from gateway.sources.devrev import DevRev
from gateway.sources.devrev.sandbox import EMULATOR
from gateway.upstream.trace import Trace
from schema.types.devrev import DevRevStage
from schema.types.ids import GlobalId, Kind
from schema.types.source import Source
from tests.fixtures import Connect, Sandbox

LIST, GET = "/stages.custom.list", "/stages.custom.get"
DIAGRAMS, DIAGRAM = "/stage-diagrams.list", "/stage-diagrams.get"
POSITIONS = [(name, one) for name, ones in EMULATOR.positions.items() for one in ones]
UNKNOWN = "don:core:dvrv-us-1:devo/0:custom_stage/999"

Told = dict[str, tuple[Any, ...]]


def key(text: str, kind: Kind = Kind.STAGE) -> GlobalId:
    return GlobalId(Source.DEVREV, kind, "", text)


def stage(number: int) -> GlobalId:
    return key(f"don:core:dvrv-us-1:devo/0:custom_stage/{number}")


def diagram(number: int) -> GlobalId:
    return key(f"don:core:dvrv-us-1:devo/0:stage_diagram/{number}", Kind.WORKFLOW)


KNOWN: dict[str, list[dict[str, Any]]] = {}


def state(sandbox: Sandbox) -> dict[str, list[dict[str, Any]]]:
    """Return the sandbox's state as at the start, which is always the same."""
    if not KNOWN:
        KNOWN.update(sandbox.state("devrev"))
    return KNOWN


def sent(sandbox: Sandbox, display_id: str) -> dict[str, Any]:
    [stage] = [one for one in state(sandbox)["stages"] if one["display_id"] == display_id]
    return stage


def expected(sandbox: Sandbox) -> Told:
    """Compute from the sandbox's state what the adapter has to tell."""

    def end(one: dict[str, Any] | None) -> Any:
        return one and (one["id"], one.get("full_name"), "display_picture" in one)

    return {
        one["id"]: (
            one["display_id"], one["name"], one["ordinal"],
            (one["state"]["id"], one["state"]["name"], one["state"]["is_final"]),
            end(one.get("created_by")), end(one.get("modified_by")),
            one["created_date"], one.get("modified_date"),
        )
        for one in state(sandbox)["stages"]
    }  # fmt: skip


def told(stages: list[DevRevStage]) -> Told:
    def time(of: Any) -> str | None:
        return of and of.isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def end(one: Any) -> Any:
        return one and (one.source_id, one.full_name, one.picture is not None)

    found: Told = {}
    for one in stages:
        assert one.state is not None
        found[one.source_id] = (
            one.display_id, one.name, one.position,
            (one.state.source_id, one.state.name, one.state.is_final),
            end(one.created_by), end(one.updated_by), time(one.created_at), time(one.updated_at),
        )  # fmt: skip
    assert len(found) == len(stages)
    return found


async def listed(adapter: DevRev, **ask: Any) -> tuple[list[DevRevStage], int]:
    rows, dropped = list[DevRevStage](), 0
    async for batch in adapter.stages(StageAsk(**ask), Trace()):
        rows += cast("list[DevRevStage]", batch.rows)
        dropped += batch.dropped
    return rows, dropped


async def numbers(adapter: DevRev, **ask: Any) -> list[int]:
    rows, dropped = await listed(adapter, **ask)
    assert dropped == 0
    return sorted(int(one.source_id.rpartition("/")[2]) for one in rows)


async def got(adapter: DevRev, *ids: GlobalId) -> dict[GlobalId, DevRevStage]:
    found = await adapter.get_stages(ids, Trace())
    return cast("dict[GlobalId, DevRevStage]", dict(found))


def counts(sandbox: Sandbox) -> dict[str, int]:
    assert all(row["method"] == "POST" for row in sandbox.requests("devrev"))
    found: dict[str, int] = {}
    for row in sandbox.requests("devrev"):
        found[row["route"]] = found.get(row["route"], 0) + row["count"]
    return found


@pytest.fixture
def devrev(connect: Connect) -> DevRev:
    return cast("DevRev", connect(Source.DEVREV))


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


async def test_bad_rows_are_dropped_and_counted(sandbox: Sandbox, devrev: DevRev) -> None:
    sandbox.fault("devrev", "wrong_type", field="ordinal", times=1)
    assert await listed(devrev) == ([], 14)
    sandbox.fault("devrev", "missing_field", field="id", times=1)
    assert await listed(devrev) == ([], 14)
    sandbox.fault("devrev", "wrong_type", field="modified_date", times=1)
    rows, dropped = await listed(devrev)
    assert ([one.source_id for one in rows], dropped) == ([stage(3).source_id], 13)
    assert len(await numbers(devrev)) == 14


async def test_missing_fields_are_null(sandbox: Sandbox, devrev: DevRev) -> None:
    for field, attribute in (("name", "name"), ("ordinal", "position"), ("state", "state")):
        sandbox.heal()
        sandbox.fault("devrev", "missing_field", field=field)
        rows, dropped = await listed(devrev)
        assert [getattr(one, attribute) for one in rows] == [None] * 14
        assert dropped == 0


async def test_bad_nodes_of_a_diagram_are_counted_and_cost_no_others(
    sandbox: Sandbox, devrev: DevRev
) -> None:
    nodes = [{"stage": {"id": 7}}, {"stage": {"id": stage(4).source_id}}]
    body = {"stage_diagram": {"id": diagram(1).source_id, "stages": nodes}}
    sandbox.fault("devrev", "status", status=200, body=body, route=DIAGRAM)
    rows, dropped = await listed(devrev, processes=(diagram(1),))
    assert ([one.source_id for one in rows], dropped) == ([stage(4).source_id], 1)


async def test_bad_diagrams_are_counted_and_cost_no_others(
    sandbox: Sandbox, devrev: DevRev
) -> None:
    good = {"id": diagram(1).source_id, "stages": [{"stage": {"id": stage(4).source_id}}]}
    body = {"result": [{"id": diagram(2).source_id}, good]}
    sandbox.fault("devrev", "status", status=200, body=body, route=DIAGRAMS)
    rows, dropped = await listed(devrev, processes=(diagram(1), diagram(2)))
    assert ([one.source_id for one in rows], dropped) == ([stage(4).source_id], 1)


async def test_a_stage_that_makes_no_sense_is_told_alone_and_costs_no_others(
    sandbox: Sandbox, devrev: DevRev
) -> None:
    one = sent(sandbox, "STG-1")
    page = {"result": [one, {**one, "id": stage(2).source_id, "ordinal": "x"}]}
    sandbox.fault("devrev", "status", status=200, body=page, route=LIST)
    sandbox.fault("devrev", "wrong_type", field="ordinal", route=GET)
    found = await got(devrev, stage(1), stage(2))
    assert isinstance(found[stage(1)], DevRevStage)
    assert isinstance(found[stage(2)], errors.BadResponse)
    with pytest.raises(errors.BadResponse):
        await got(devrev, stage(2))


@pytest.mark.parametrize("asked", [stage(1), key("STG-1")])
async def test_another_stage_than_the_one_asked_for_is_refused(
    sandbox: Sandbox, devrev: DevRev, asked: GlobalId
) -> None:
    body = {"custom_stage": sent(sandbox, "STG-2")}
    sandbox.fault("devrev", "status", status=200, body=body, route=GET)
    with pytest.raises(errors.BadResponse):
        await got(devrev, asked)
    sandbox.fault("devrev", "status", status=200, body={"result": []}, route=LIST)
    found = await got(devrev, asked, key(UNKNOWN))
    assert [type(one) for one in found.values()] == [errors.BadResponse] * 2


async def test_another_diagram_than_the_one_asked_for_is_refused(
    sandbox: Sandbox, devrev: DevRev
) -> None:
    body = {"stage_diagram": state(sandbox)["workflows"][1]}
    sandbox.fault("devrev", "status", status=200, body=body, route=DIAGRAM)
    with pytest.raises(errors.BadResponse):
        await listed(devrev, processes=(diagram(1),))


async def test_a_display_id_that_is_anothers_don_leads_nobody_astray(
    sandbox: Sandbox, devrev: DevRev
) -> None:
    one = sent(sandbox, "STG-1")
    body = {"result": [{**one, "display_id": stage(2).source_id}, {**one, "display_id": UNKNOWN}]}
    sandbox.fault("devrev", "status", status=200, body=body, route=LIST)
    found = await got(devrev, stage(1), stage(2), key(UNKNOWN))
    assert {name: one.source_id for name, one in found.items()} == {
        name: name.source_id for name in (stage(1), stage(2))
    }


async def test_a_page_that_leads_to_itself_is_refused(sandbox: Sandbox, devrev: DevRev) -> None:
    body = {"result": [], "cursor": "again"}
    sandbox.fault("devrev", "status", status=200, body=body, route=LIST)
    with pytest.raises(errors.BadResponse):
        await listed(devrev)


FAILURES = [
    ({"kind": "status", "status": 403}, errors.Forbidden),
    ({"kind": "status", "status": 503}, errors.Unavailable),
    ({"kind": "status", "status": 400}, errors.BadResponse),
    ({"kind": "redirect"}, errors.BadResponse),
    ({"kind": "html"}, errors.BadResponse),
    ({"kind": "array"}, errors.BadResponse),
    ({"kind": "reset"}, errors.Unavailable),
]


@pytest.mark.parametrize(("fault", "failure"), FAILURES)
async def test_failures_are_told_and_never_taken_for_absence(
    sandbox: Sandbox, devrev: DevRev, fault: dict[str, Any], failure: type[Exception]
) -> None:
    sandbox.fault("devrev", **fault)
    for ids in ([stage(1)], [stage(1), stage(2)]):
        with pytest.raises(failure):
            await got(devrev, *ids)
    for processes in (None, (diagram(1),), (diagram(1), diagram(2))):
        with pytest.raises(failure):
            await listed(devrev, processes=processes)
    with pytest.raises(failure):
        await devrev.check(Trace())


@pytest.mark.parametrize("kind", ["html", "redirect"])
async def test_a_miss_whose_answer_makes_no_sense_is_its_own_failure(
    sandbox: Sandbox, devrev: DevRev, kind: str
) -> None:
    sandbox.fault("devrev", kind, route=GET)
    found = await got(devrev, stage(1), key(UNKNOWN))
    assert isinstance(found[stage(1)], DevRevStage)
    assert isinstance(found[key(UNKNOWN)], errors.BadResponse)


@pytest.mark.parametrize("fault", [{"kind": "reset"}, {"kind": "status", "status": 429}])
async def test_a_miss_that_cannot_be_got_is_its_own_failure(
    sandbox: Sandbox, devrev: DevRev, fault: dict[str, Any]
) -> None:
    sandbox.fault("devrev", **fault, route=GET)
    found = await got(devrev, stage(1), key(UNKNOWN))
    assert isinstance(found[stage(1)], DevRevStage)
    assert isinstance(found[key(UNKNOWN)], errors.Unavailable | errors.Throttled)


async def test_what_is_nested_and_what_is_too_large_costs_only_itself(
    sandbox: Sandbox, devrev: DevRev
) -> None:
    one, two, three = state(sandbox)["stages"][:3]
    picture = {"id": "ARTIFACT-1", "file": {"size": -1}}
    bad = [
        {**one, "created_by": {"id": "DEVU-1", "display_picture": picture}},
        {**two, "state": {"id": 5}},
        {**three, "ordinal": 2**40},
    ]
    sandbox.fault("devrev", "status", status=200, body={"result": bad}, route=LIST)
    rows, dropped = await listed(devrev)
    assert ([row.source_id for row in rows], dropped) == ([row["id"] for row in bad], 0)
    assert rows[0].created_by is not None
    assert rows[0].created_by.picture is not None
    assert [row.position for row in rows] == [one["ordinal"], two["ordinal"], None]
    assert rows[1].state is None
    for row in bad:
        sandbox.heal()
        sandbox.fault("devrev", "status", status=200, body={"custom_stage": row}, route=GET)
        assert (await got(devrev, key(row["id"])))[key(row["id"])].origin.raw() == row


async def test_a_limit_tells_when_to_come_again(sandbox: Sandbox, devrev: DevRev) -> None:
    sandbox.turn("devrev.limit", "1/60")
    await listed(devrev)
    with pytest.raises(errors.Throttled) as caught:
        await listed(devrev)
    assert caught.value.status == 429
    assert 50 < (caught.value.retry_after or 0) <= 60


async def test_a_wrong_token_is_refused(connect: Connect) -> None:
    with pytest.raises(errors.Unauthenticated):
        await listed(cast("DevRev", connect(Source.DEVREV, token="other")))


async def test_the_check_tells_whose_token_it_is(sandbox: Sandbox, devrev: DevRev) -> None:
    assert await devrev.check(Trace()) == "acts as Ada Okafor"
    assert counts(sandbox) == {"/dev-users.self": 1}
    sandbox.fault("devrev", "status", status=200, body={"dev_user": {}})
    assert await devrev.check(Trace()) == "acts as a DevRev user"


async def test_the_version_is_pinned_by_the_setting(connect: Connect) -> None:
    assert await numbers(cast("DevRev", connect(Source.DEVREV, version="2022-10-20")))
    wrong = cast("DevRev", connect(Source.DEVREV, version="1999-01-01"))
    with pytest.raises(errors.BadResponse):
        await listed(wrong)
    with pytest.raises(errors.BadResponse):
        await got(wrong, stage(1))
