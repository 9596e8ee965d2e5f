"""Users as references: all of them, in few calls."""

from collections.abc import Mapping
from typing import Any, cast

import pytest

from gateway import errors
from gateway.adapter import StageAsk
from gateway.sources.outreach import Outreach, calls, wire
from gateway.sources.outreach.sandbox import EMULATOR
from gateway.upstream.trace import Trace
from schema.types.ids import GlobalId, Kind
from schema.types.reference import Reference, ReferenceKind
from schema.types.source import Source
from tests.fixtures import Connect, Sandbox

POSITIONS = [(name, one) for name, ones in EMULATOR.positions.items() for one in ones]

Told = list[tuple[str, str | None]]


def expected(state: Mapping[str, Any]) -> Told:
    return [(str(one["id"]), one["attributes"]["name"]) for one in state["users"]]


async def listed(outreach: Outreach, scope: str | None = None) -> tuple[list[Reference], int]:
    rows, dropped = list[Reference](), 0
    async for batch in outreach.references(ReferenceKind.PERSON, scope, Trace()):
        rows += batch.rows
        dropped += batch.dropped
    return rows, dropped


def told(rows: list[Reference]) -> Told:
    return [(one.source_id, one.name) for one in rows]


def test_the_call_is_exactly_this_request() -> None:
    call = calls.list_users(7)
    assert (call.method, call.route, call.answer) == ("GET", "/users", wire.Page)
    assert call.query == (("page[size]", "7"), ("count", "false"))
    assert (call.params, call.body, call.kept_as) == ({}, None, Kind.PERSON)


async def test_users_are_the_state(outreach: Outreach, sandbox: Sandbox) -> None:
    assert dict(outreach.reference_kinds) == {ReferenceKind.PERSON: False}
    sandbox.forget()
    rows, dropped = await listed(outreach)
    [row] = sandbox.requests("outreach")
    assert (row["method"], row["route"], row["count"]) == ("GET", "/users", 1)
    state = sandbox.state("outreach")
    assert (told(rows), dropped) == (expected(state), 0)
    assert len(rows) > 10
    for one in rows:
        key = GlobalId(Source.OUTREACH, Kind.PERSON, "", one.source_id)
        assert (one.id, one.source, one.kind) == (str(key), Source.OUTREACH, ReferenceKind.PERSON)
        assert outreach.owns(key)
    ends = [
        one["relationships"][name]["data"]
        for one in state["stages"]
        for name in ("creator", "updater")
    ]
    assert {str(end["id"]) for end in ends if end} <= {one.source_id for one in rows}


@pytest.mark.parametrize("rows", [1, 7, 100, 1000])
async def test_it_costs_a_call_a_page(rows: int, connect: Connect, sandbox: Sandbox) -> None:
    wanted = expected(sandbox.state("outreach"))
    outreach = cast("Outreach", connect(Source.OUTREACH, page_size=rows))
    sandbox.forget()
    assert told((await listed(outreach))[0]) == wanted
    assert sandbox.calls("outreach") == -(-len(wanted) // rows)


@pytest.mark.parametrize("position", POSITIONS, ids=".".join)
async def test_every_position_gives_the_same(
    position: tuple[str, str], outreach: Outreach, sandbox: Sandbox
) -> None:
    wanted = expected(sandbox.state("outreach"))
    sandbox.turn(f"outreach.{position[0]}", position[1])
    assert told((await listed(outreach))[0]) == wanted


@pytest.mark.parametrize("scope", ["", "1", "x", "../1"])
async def test_a_scope_is_rejected(scope: str, outreach: Outreach, sandbox: Sandbox) -> None:
    sandbox.forget()
    with pytest.raises(errors.Rejected, match="scopeSourceId"):
        await listed(outreach, scope)
    assert sandbox.calls("outreach") == 0


async def test_a_bad_row_costs_itself_only(outreach: Outreach, sandbox: Sandbox) -> None:
    good = {"type": "user", "id": 7, "attributes": {"name": "Ada Obi", "email": "ada@x.example"}}
    others = [
        {"type": "user", "id": "8", "attributes": {"firstName": "Bo", "lastName": "Li"}},
        {"type": "user", "id": 9, "attributes": {"firstName": "Cy"}},
        {"type": "user", "id": 10, "attributes": {"email": "nobody@x.example"}},
        {"type": "user", "id": 11},
    ]
    bad = [
        {}, None, "x", {**good, "id": 0}, {**good, "id": "7/../8"}, {**good, "id": None},
        {**good, "type": "stage"}, {**good, "attributes": {"name": 5}},
    ]  # fmt: skip
    body = {"data": [*bad, good, *others, good]}
    sandbox.fault("outreach", "status", status=200, body=body)
    rows, dropped = await listed(outreach)
    assert told(rows) == [
        ("7", "Ada Obi"), ("8", "Bo Li"), ("9", "Cy"), ("10", None), ("11", None),
    ]  # fmt: skip
    assert dropped == len(bad)


async def test_without_the_scope_for_users_it_is_forbidden(
    outreach: Outreach, sandbox: Sandbox
) -> None:
    sandbox.fault("outreach", "status", route="/users", status=403)
    with pytest.raises(errors.Forbidden):
        await listed(outreach)
    assert [batch async for batch in outreach.stages(StageAsk(), Trace())]


async def test_more_pages_than_allowed_are_too_large(connect: Connect) -> None:
    with pytest.raises(errors.TooLarge):
        await listed(cast("Outreach", connect(Source.OUTREACH, page_size=2, max_pages=2)))
