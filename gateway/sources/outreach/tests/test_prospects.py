"""The prospects at stages: exact, and in few calls."""

from typing import Any, cast

import pytest

from gateway import errors
from gateway.sources.outreach import Outreach
from gateway.upstream.trace import Trace
from schema.types.ids import GlobalId, Kind
from schema.types.source import Source
from tests.fixtures import Connect, Sandbox

ROUTE = "/prospects"
CASES = [
    # stages, first, rows per page, calls
    ([1], 50, 1000, 1),  # one stage: one page of as many rows as are asked for
    ([1], 200, 1000, 1),
    ([1], 200, 40, 4),  # 150 prospects
    ([9001], 50, 1000, 1),
    ([], 50, 1000, 0),
    ([*range(1, 46)], 50, 1000, 1),  # all on one page
    ([*range(1, 201)], 50, 1000, 2),  # 1,800 prospects
    ([*range(1, 201)], 200, 1000, 2),
    ([*range(1, 301)], 1, 1000, 3),  # 200 stages a call, of which some have none
    ([200, 1, 3, 1, 9001], 3, 1000, 1),
    ([1, 900], 20, 50, 2),  # the busy stage has enough after a page, the other has few
]

State = dict[str, list[Any]]


def stage_id(number: int) -> GlobalId:
    return GlobalId(Source.OUTREACH, Kind.STAGE, "", str(number))


def expected(state: State, stages: list[int], first: int) -> dict[GlobalId, list[GlobalId]]:
    found: dict[int, list[int]] = {number: [] for number in stages}
    for one in state["prospects"]:
        end = one["relationships"]["stage"]["data"]
        if end and end["id"] in found:
            found[end["id"]].append(one["id"])
    return {
        stage_id(stage): [
            GlobalId(Source.OUTREACH, Kind.PROSPECT, "", str(one)) for one in sorted(ids)[:first]
        ]
        for stage, ids in found.items()
    }


def calls(sandbox: Sandbox) -> int:
    rows = sandbox.requests("outreach")
    assert {row["route"] for row in rows} <= {ROUTE}
    return sum(row["count"] for row in rows)


def answer(*rows: tuple[int, Any]) -> dict[str, Any]:
    """A page that is followed by another, of prospects with their relationships."""
    data = [{"type": "prospect", "id": number, "relationships": ends} for number, ends in rows]
    return {"data": data, "links": {"next": "?page[after]=x"}}


async def test_prospects_are_exact(sandbox: Sandbox, connect: Connect) -> None:
    sandbox.reset(scale=20)
    state = sandbox.state("outreach")
    sizes = {size: connect(Source.OUTREACH, page_size=size) for _, _, size, _ in CASES}
    for stages, first, size, count in CASES:
        sandbox.forget()
        trace, ids = Trace(), [stage_id(number) for number in stages]
        found = await cast("Outreach", sizes[size]).prospects_of(ids, first, trace)
        assert found == expected(state, stages, first)
        assert (trace.calls, calls(sandbox)) == (count, count), (stages, first, size)


async def test_how_fields_are_trimmed_is_remembered(sandbox: Sandbox, connect: Connect) -> None:
    sandbox.reset(scale=3)
    wanted = expected(sandbox.state("outreach"), [*range(1, 136)], 200)
    assert 400 < sum(map(len, wanted.values())) <= 600  # whole prospects are read 200 a page
    for position, counts in {"members": [1, 1], "attributes": [4, 3], "bare": [4, 3]}.items():
        sandbox.turn("outreach.sparse_fields", position)
        adapter = cast("Outreach", connect(Source.OUTREACH))
        for count in counts:
            sandbox.forget()
            assert await adapter.prospects_of(list(wanted), 200, Trace()) == wanted
            assert calls(sandbox) == count


async def test_one_stage_needs_neither_a_large_page_nor_its_word(
    sandbox: Sandbox, outreach: Outreach
) -> None:
    sandbox.turn("outreach.sparse_fields", "bare")
    sandbox.turn("outreach.page_size", "refused")
    wanted = expected(sandbox.state("outreach"), [1], 5)
    assert len(wanted[stage_id(1)]) == 5
    assert await outreach.prospects_of(list(wanted), 5, Trace()) == wanted
    assert calls(sandbox) == 1


async def test_two_refusals_are_both_mended(sandbox: Sandbox, outreach: Outreach) -> None:
    sandbox.turn("outreach.sparse_fields", "attributes")
    sandbox.turn("outreach.page_size", "refused")
    wanted = expected(sandbox.state("outreach"), [*range(1, 10)], 50)
    assert await outreach.prospects_of(list(wanted), 50, Trace()) == wanted


async def test_an_upstream_that_repeats_or_reorders_does_no_harm(
    sandbox: Sandbox, connect: Connect
) -> None:
    adapter = cast("Outreach", connect(Source.OUTREACH, page_size=20))
    wanted = expected(sandbox.state("outreach"), [*range(1, 20)], 4)
    for kind in ("repeat", "reorder"):
        sandbox.fault("outreach", kind)
        assert await adapter.prospects_of(list(wanted), 4, Trace()) == wanted
        sandbox.heal()


async def test_a_bad_row_costs_only_itself(sandbox: Sandbox, outreach: Outreach) -> None:
    body = answer(
        (1, {"stage": {"data": {"type": "stage", "id": 1}}}),
        (2, {"stage": {"data": {"type": "stage", "id": 7}}}),
        (-3, {"stage": {"data": {"type": "stage", "id": 1}}}),
        (4, {"stage": {"data": {"type": "stage", "id": "2"}}}),
        (5, {"stage": "here"}),
        (6, {}),
    )
    del body["links"]
    sandbox.fault("outreach", "status", status=200, body=body)
    found = await outreach.prospects_of([stage_id(1), stage_id(2)], 50, Trace())
    assert [[one.source_id for one in ids] for ids in found.values()] == [["1"], ["4"]]
    assert calls(sandbox) == 1


async def test_more_pages_than_allowed_are_too_large(sandbox: Sandbox, connect: Connect) -> None:
    adapter = cast("Outreach", connect(Source.OUTREACH, page_size=1, max_pages=3))
    with pytest.raises(errors.TooLarge):
        await adapter.prospects_of([stage_id(1), stage_id(2)], 200, Trace())
    assert calls(sandbox) == 3


@pytest.mark.parametrize("rows", [[], [(5, {"stage": {"data": None}})]])
async def test_a_page_that_leads_to_itself_is_told(
    sandbox: Sandbox, outreach: Outreach, rows: list[tuple[int, Any]]
) -> None:
    sandbox.fault("outreach", "status", status=200, body=answer(*rows))
    with pytest.raises(errors.BadResponse):
        await outreach.prospects_of([stage_id(1), stage_id(2)], 50, Trace())
    assert calls(sandbox) == 1 + len(rows)


async def test_a_bad_request_that_cannot_be_mended_is_told(
    sandbox: Sandbox, outreach: Outreach
) -> None:
    for status in (400, 422):
        sandbox.fault("outreach", "status", status=status)
        with pytest.raises(errors.BadResponse):
            await outreach.prospects_of([stage_id(1), stage_id(2)], 50, Trace())
        sandbox.heal()
    assert calls(sandbox) <= 5
