"""Stage diagrams as workflows, against the running sandbox."""

from typing import Any, cast

import pytest

from gateway import errors
from gateway.adapter import ProcessAsk, StageAsk
from gateway.sources.devrev import DevRev
from gateway.sources.devrev.sandbox import EMULATOR
from gateway.sources.devrev.tests.shown import Json, flow, key, stage, told
from gateway.upstream.trace import Trace
from schema.types.arguments import ResourceKey
from schema.types.devrev import DevRevWorkflow
from schema.types.ids import GlobalId, Kind
from schema.types.source import Source
from tests.fixtures import Connect, Sandbox

LIST, GET = "/stage-diagrams.list", "/stage-diagrams.get"
STAGES = "/stages.custom.list"
POSITIONS = [(name, one) for name, ones in EMULATOR.positions.items() for one in ones]

UNKNOWN = flow(99)


def expected(diagram: Json) -> Json:
    """Compute from a diagram of the vendor's what the graph has to tell."""

    def stage_key(one: Json) -> GlobalId:
        return key(one["id"], Kind.STAGE)

    nodes = [
        (
            stage_key(one["stage"]),
            [stage_key(way["target_stage"]) for way in one["transitions"]],
            one["is_start"],
            one["is_deprecated"],
        )
        for one in diagram["stages"]
    ]
    return {
        "id": str(key(diagram["id"])),
        "fields": (
            Source.DEVREV, diagram["id"], diagram["display_id"], diagram["name"],
            diagram["leaf_type"], diagram["is_default"], diagram["is_custom_leaf_type"],
        ),
        "people": (diagram["created_by"]["id"], diagram["modified_by"]["id"]),
        "times": (diagram["created_date"], diagram["modified_date"]),
        "nodes": nodes,
        "members": [node[0] for node in nodes],
        "steps": [(node[0], target) for node in nodes for target in node[1]],
        "raw": diagram,
    }  # fmt: skip


KNOWN: list[Json] = []


def diagrams(sandbox: Sandbox) -> list[Json]:
    """Return the sandbox's diagrams as at the start, which are always the same."""
    if not KNOWN:
        KNOWN.extend(sandbox.state("devrev")["workflows"])
    return KNOWN


async def listed(adapter: DevRev, **ask: Any) -> tuple[list[DevRevWorkflow], int]:
    rows, dropped = list[DevRevWorkflow](), 0
    async for batch in adapter.workflows(ProcessAsk(**ask), Trace()):
        rows += cast("list[DevRevWorkflow]", batch.rows)
        dropped += batch.dropped
    return rows, dropped


async def shown(adapter: DevRev, **ask: Any) -> list[str | None]:
    rows, dropped = await listed(adapter, **ask)
    assert dropped == 0
    return [one.display_id for one in rows]


async def got(adapter: DevRev, *ids: GlobalId) -> dict[GlobalId, DevRevWorkflow]:
    return cast("Any", dict(await adapter.get_workflows(ids, Trace())))


async def standing(adapter: DevRev, *stages: GlobalId) -> dict[GlobalId, list[str | None]]:
    found = await adapter.processes_of(stages, Trace())
    return {
        one: [cast("DevRevWorkflow", workflow).display_id for workflow in workflows]
        for one, workflows in found.items()
    }


def counts(sandbox: Sandbox) -> dict[str, int]:
    found: dict[str, int] = {}
    for row in sandbox.requests("devrev"):
        found[row["route"]] = found.get(row["route"], 0) + row["count"]
    return found


def answer(sandbox: Sandbox, route: str, body: Json) -> None:
    sandbox.fault("devrev", "status", status=200, body=body, route=route)


@pytest.fixture
def devrev(connect: Connect) -> DevRev:
    return cast("DevRev", connect(Source.DEVREV))


async def test_the_list_has_every_diagram_whole_in_one_call(
    sandbox: Sandbox, devrev: DevRev
) -> None:
    rows, dropped = await listed(devrev)
    assert [told(one) for one in rows] == [expected(one) for one in diagrams(sandbox)]
    assert (len(rows), dropped) == (3, 0)
    assert counts(sandbox) == {LIST: 1}


async def test_workflows_and_their_stages_are_two_calls(sandbox: Sandbox, devrev: DevRev) -> None:
    rows, _ = await listed(devrev)
    members = [one for row in rows for one in row.members or () if isinstance(one, GlobalId)]
    found = await devrev.get_stages(list(dict.fromkeys(members)), Trace())
    assert found.keys() == {stage(n) for n in range(1, 14)}
    assert all(devrev.owns(one) for one in members)
    assert counts(sandbox) == {LIST: 1, STAGES: 1}


async def test_exact_names_and_leaf_types_are_pushed_down(sandbox: Sandbox, devrev: DevRev) -> None:
    assert await shown(devrev, names=("Ticket flow",)) == ["SDG-2"]
    assert await shown(devrev, names=("ticket flow",)) == []
    assert await shown(devrev, leaf_types=("issue", "opportunity", "task")) == ["SDG-1", "SDG-3"]
    assert await shown(devrev, leaf_types=("Issue",)) == []
    assert await shown(devrev, leaf_types=("issue",), names=("Ticket flow",)) == []
    assert await shown(devrev, leaf_types=("issue",), names=("Issue flow",)) == ["SDG-1"]
    assert counts(sandbox) == {LIST: 6}
    assert "SDG-1" in await shown(devrev, leaf_types=("issue", " "), is_default=True)
    assert len(await shown(devrev, names=(), leaf_types=())) == 3


async def test_pages_are_followed_to_the_end_and_no_further_than_they_may(
    sandbox: Sandbox, connect: Connect
) -> None:
    small = cast("DevRev", connect(Source.DEVREV, page_size=2))
    assert await shown(small) == ["SDG-1", "SDG-2", "SDG-3"]
    assert await shown(small, leaf_types=("opportunity", "issue", "ticket")) == [
        "SDG-1", "SDG-2", "SDG-3",
    ]  # fmt: skip
    assert counts(sandbox) == {LIST: 4}
    bound = cast("DevRev", connect(Source.DEVREV, page_size=1, max_pages=2))
    with pytest.raises(errors.TooLarge):
        await listed(bound)
    with pytest.raises(errors.TooLarge):
        await standing(bound, stage(4))
    sandbox.forget()
    assert set(await got(bound, flow(1), flow(3))) == {flow(1), flow(3)}
    assert counts(sandbox) == {LIST: 2, GET: 1}


async def test_one_id_is_one_get(sandbox: Sandbox, devrev: DevRev) -> None:
    found = await got(devrev, flow(2))
    assert list(found) == [flow(2)]
    assert told(found[flow(2)]) == expected(diagrams(sandbox)[1])
    assert counts(sandbox) == {GET: 1}


async def test_several_ids_are_one_list_and_none_no_call(sandbox: Sandbox, devrev: DevRev) -> None:
    assert await got(devrev) == {}
    assert counts(sandbox) == {}
    ids = [flow(n) for n in (3, 1, 2, 1)]
    found = await got(devrev, *ids)
    assert {one: told(found[one])["id"] for one in found} == {one: str(one) for one in ids}
    assert counts(sandbox) == {LIST: 1}


async def test_only_what_the_list_lacks_is_got_singly(sandbox: Sandbox, devrev: DevRev) -> None:
    answer(sandbox, LIST, {"result": [diagrams(sandbox)[2]]})
    found = await got(devrev, flow(1), UNKNOWN, flow(3))
    assert [told(found[one]) for one in (flow(1), flow(3))] == [
        expected(diagrams(sandbox)[n]) for n in (0, 2)
    ]
    assert UNKNOWN not in found
    assert counts(sandbox) == {LIST: 1, GET: 2}


async def test_list_and_get_agree(devrev: DevRev) -> None:
    rows, _ = await listed(devrev)
    several = await got(devrev, *(key(one.source_id) for one in rows))
    for one in rows:
        place = key(one.source_id)
        alone = (await got(devrev, place))[place]
        assert told(one) == told(alone) == told(several[place])
        versions = {each.origin.version() for each in (one, alone, several[place])}
        assert len(versions) == 1


async def test_a_don_and_a_display_id_are_one_workflow(sandbox: Sandbox, devrev: DevRev) -> None:
    found = await got(devrev, key("SDG-2"), flow(2))
    assert found[key("SDG-2")] is found[flow(2)]
    assert counts(sandbox) == {LIST: 1}


@pytest.mark.parametrize("position", EMULATOR.positions["display_ids"])
async def test_unknown_ids_are_absent(sandbox: Sandbox, devrev: DevRev, position: str) -> None:
    sandbox.turn("devrev.display_ids", position)
    unknown = [UNKNOWN, key("SDG-99"), key("STG-1"), key(stage(1).source_id), key("don:a:b:c/1")]
    for one in unknown:
        assert await got(devrev, one) == {}
    assert set(await got(devrev, flow(1), *unknown, key("SDG-2"))) == {flow(1), key("SDG-2")}


@pytest.mark.parametrize(("name", "position"), POSITIONS)
async def test_every_position_gives_the_same_answer(
    sandbox: Sandbox, devrev: DevRev, name: str, position: str
) -> None:
    whole = [expected(one) for one in diagrams(sandbox)]
    sandbox.turn(f"devrev.{name}", position)
    rows, dropped = await listed(devrev)
    assert ([told(one) for one in rows], dropped) == (whole, 0)
    assert await shown(devrev, leaf_types=("ticket",)) == ["SDG-2"]
    for ids in ([flow(2)], [key("SDG-2")], [UNKNOWN, key("SDG-2"), flow(1)]):
        found = await got(devrev, *ids)
        assert found.keys() == set(ids) - {UNKNOWN}
        assert all(told(one) in whole for one in found.values())
        assert {one.origin.version() for one in found.values()} <= {
            one.origin.version() for one in rows
        }
    assert await standing(devrev, stage(4)) == {stage(4): ["SDG-1", "SDG-2"]}


async def test_the_workflows_of_stages_are_one_call(sandbox: Sandbox, devrev: DevRev) -> None:
    assert await standing(devrev) == {}
    assert counts(sandbox) == {}
    wanted = {
        stage(n): [
            one["display_id"]
            for one in diagrams(sandbox)
            if stage(n).source_id in {node["stage"]["id"] for node in one["stages"]}
        ]
        for n in range(1, 16)
    }
    assert await standing(devrev, *wanted) == wanted
    assert wanted[stage(7)] == ["SDG-1", "SDG-2", "SDG-3"]
    assert wanted[stage(14)] == wanted[stage(15)] == []
    assert counts(sandbox) == {LIST: 1}


async def test_a_workflow_of_several_stages_is_whole_and_the_same(
    sandbox: Sandbox, devrev: DevRev
) -> None:
    found = await devrev.processes_of([stage(1), stage(2)], Trace())
    assert told(found[stage(1)][0]) == expected(diagrams(sandbox)[0])
    assert found[stage(1)][0] is found[stage(2)][0]


async def test_a_workflow_that_is_sent_twice_is_told_once(sandbox: Sandbox, devrev: DevRev) -> None:
    one, node = diagrams(sandbox)[0], diagrams(sandbox)[0]["stages"][0]
    answer(sandbox, LIST, {"result": [one, {**one, "stages": [node, node]}]})
    assert await standing(devrev, stage(1)) == {stage(1): ["SDG-1"]}
    sandbox.heal()
    namesake = {**one, "id": UNKNOWN.source_id, "display_id": "SDG-99"}
    answer(sandbox, LIST, {"result": [one, namesake]})
    assert await standing(devrev, stage(1)) == {stage(1): ["SDG-1", "SDG-99"]}


async def test_every_stage_leaves_its_workflows_to_be_asked_for(devrev: DevRev) -> None:
    found = await devrev.get_stages([stage(1), stage(2)], Trace())
    alone = await devrev.get_stages([stage(3)], Trace())
    batches = [batch async for batch in devrev.stages(StageAsk(), Trace())]
    for one in (*found.values(), *alone.values(), *batches[0].rows):
        assert one.process_keys is None


async def test_a_bad_row_costs_itself(sandbox: Sandbox, devrev: DevRev) -> None:
    good, bad = diagrams(sandbox)[0], diagrams(sandbox)[1]
    for spoilt in ({**bad, "id": "SDG-2"}, {**bad, "is_default": "yes"}, {"id": bad["id"]}, 7):
        sandbox.heal()
        answer(sandbox, LIST, {"result": [spoilt, good]})
        rows, dropped = await listed(devrev)
        assert ([one.display_id for one in rows], dropped) == (["SDG-1"], 1)
        assert await standing(devrev, stage(4)) == {stage(4): ["SDG-1"]}


async def test_a_bad_row_is_told_alone_and_costs_no_others(
    sandbox: Sandbox, devrev: DevRev
) -> None:
    good, bad = diagrams(sandbox)[0], {**diagrams(sandbox)[1], "stages": None}
    answer(sandbox, LIST, {"result": [good, bad]})
    answer(sandbox, GET, {"stage_diagram": bad})
    found = await got(devrev, flow(1), flow(2))
    assert isinstance(found[flow(1)], DevRevWorkflow)
    assert isinstance(found[flow(2)], errors.BadResponse)
    with pytest.raises(errors.BadResponse):
        await got(devrev, flow(2))


async def test_what_may_be_the_one_asked_for_is_told(sandbox: Sandbox, devrev: DevRev) -> None:
    sandbox.turn("devrev.display_ids", "refused")
    answer(sandbox, LIST, {"result": [diagrams(sandbox)[0], {"display_id": "SDG-2"}]})
    assert set(await got(devrev, key("SDG-1"))) == {key("SDG-1")}
    with pytest.raises(errors.BadResponse):
        await got(devrev, key("SDG-2"))


@pytest.mark.parametrize("asked", [flow(1), key("SDG-1")])
async def test_another_workflow_than_the_one_asked_for_is_refused(
    sandbox: Sandbox, devrev: DevRev, asked: GlobalId
) -> None:
    answer(sandbox, GET, {"stage_diagram": diagrams(sandbox)[1]})
    with pytest.raises(errors.BadResponse):
        await got(devrev, asked)


@pytest.mark.parametrize("field", ["name", "is_default", "created_by", "leaf_type", "display_id"])
async def test_missing_fields_are_null(sandbox: Sandbox, devrev: DevRev, field: str) -> None:
    sandbox.fault("devrev", "missing_field", field=field)
    rows, dropped = await listed(devrev)
    assert [getattr(one, field) for one in rows] == [None] * 3
    assert dropped == 0


@pytest.mark.parametrize(
    ("fault", "failure"),
    [
        ({"kind": "status", "status": 403}, errors.Forbidden),
        ({"kind": "status", "status": 503}, errors.Unavailable),
        ({"kind": "status", "status": 400}, errors.BadResponse),
        ({"kind": "html"}, errors.BadResponse),
        ({"kind": "reset"}, errors.Unavailable),
    ],
)
async def test_failures_are_told_and_never_taken_for_absence(
    sandbox: Sandbox, devrev: DevRev, fault: Json, failure: type[Exception]
) -> None:
    sandbox.fault("devrev", **fault)
    with pytest.raises(failure):
        await listed(devrev)
    for ids in ([flow(1)], [flow(1), flow(2)]):
        with pytest.raises(failure):
            await got(devrev, *ids)
    with pytest.raises(failure):
        await standing(devrev, stage(1))


async def test_a_key_is_a_don_or_a_display_id(devrev: DevRev) -> None:
    for text in (flow(1).source_id, "SDG-1", "../works.list"):
        asked = ResourceKey(source=Source.DEVREV, source_id=cast("Any", text))
        [place] = await devrev.locate(Kind.WORKFLOW, asked, Trace())
        assert place == key(text)
        assert devrev.owns(place) == (text != "../works.list")
    assert not devrev.owns(flow(1)._replace(kind=Kind.PIPELINE))


async def test_what_is_left_out_of_a_workflow_is_counted_in_lists(
    sandbox: Sandbox, devrev: DevRev
) -> None:
    one, two = diagrams(sandbox)[:2]
    node = {**two["stages"][0], "transitions": [{"target_stage": 4}]}
    answer(sandbox, LIST, {"result": [{**one, "stages": [*one["stages"], {}]}, 7, two | {
        "stages": [node]}]})  # fmt: skip
    rows, dropped = await listed(devrev)
    assert ([one.display_id for one in rows], dropped) == (["SDG-1", "SDG-2"], 3)
    assert told(rows[0])["nodes"] == expected(one)["nodes"]
