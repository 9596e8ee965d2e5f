"""What inputs name by id: every kind, against the running sandbox and against crafted pages."""

from collections.abc import Iterable
from functools import cache
from typing import Any, cast

import pytest

from gateway import errors
from gateway.sources.devrev import DevRev
from gateway.sources.devrev.calls import following
from gateway.sources.devrev.calls_references import LISTS, list_references
from gateway.sources.devrev.sandbox import EMULATOR
from gateway.sources.devrev.sandbox.families import FAMILIES
from gateway.upstream.trace import Trace
from schema.types.ids import GlobalId, Kind
from schema.types.reference import Reference, ReferenceKind
from schema.types.source import Source
from tests.fixtures import Connect, Sandbox

TABLES = {
    ReferenceKind.STATE: ("states", "name"),
    ReferenceKind.PERSON: ("people", "full_name"),
    ReferenceKind.PART: ("parts", "name"),
    ReferenceKind.TAG: ("tags", "name"),
    ReferenceKind.SPRINT: ("sprints", "name"),
    ReferenceKind.ACCOUNT: ("accounts", "display_name"),
    ReferenceKind.REV_ORG: ("rev_orgs", "display_name"),
    ReferenceKind.GROUP: ("groups", "name"),
}
EVERY = pytest.mark.parametrize("kind", TABLES, ids=lambda one: one.name)
POSITIONS = [(name, one) for name, ones in EMULATOR.positions.items() for one in ones]
NO_VISTAS = [
    "", " ", "STG-1", "VISTA-", "vista-1", "VISTA-1\n", "1", "../vistas", "VISTA-" + "1" * 19,
    "don:core:dvrv-us-1:devo/0:tag/1", "don:core:dvrv-us-1:devo/0:vista/1:vista_group_item/3",
    "don:core:dvrv-us-1:devo/0:vista/" + "1" * 200,
]  # fmt: skip

Told = list[tuple[str, str | None, str | None]]


@cache
def known(origin: str) -> dict[str, list[dict[str, Any]]]:
    """The state at the start, which nothing here changes."""
    sandbox = Sandbox(origin)
    state = sandbox.state("devrev")
    sandbox.close()
    return state


def expected(sandbox: Sandbox, kind: ReferenceKind) -> Told:
    table, name = TABLES[kind]
    rows = known(sandbox.origin)[table]
    return [(one["id"], one.get("display_id"), one[name]) for one in rows]


@pytest.fixture
def devrev(connect: Connect) -> DevRev:
    return cast("DevRev", connect(Source.DEVREV))


async def listed(
    devrev: DevRev, kind: ReferenceKind, scope: str | None = None
) -> tuple[list[Reference], int]:
    rows, dropped = list[Reference](), 0
    async for batch in devrev.references(kind, scope, Trace()):
        rows += batch.rows
        dropped += batch.dropped
    return rows, dropped


def told(rows: Iterable[Reference]) -> Told:
    return [(one.source_id, one.display_id, one.name) for one in rows]


def test_every_kind_is_told() -> None:
    assert set(TABLES) == set(DevRev.reference_kinds) == set(LISTS)
    assert not any(DevRev.reference_kinds.values())


@EVERY
def test_the_calls_are_exactly_these_requests(kind: ReferenceKind) -> None:
    call = list_references(kind, None, 7)
    assert (call.method, (call.route, call.answer)) == ("POST", LISTS[kind])
    assert (call.params, call.query, call.kept_as) == ({}, (), Kind(kind.value))
    assert call.body == {"limit": 7}
    of_vista = list_references(kind, "VISTA-1", 7)
    assert of_vista.body == {"limit": 7, "parent_id": ["VISTA-1"]}
    for last in (None, ""):
        assert following(call.answer(rows=[], cursor=last), call) is None
    after = following(call.answer(rows=[], cursor="a b"), of_vista)
    assert after is not None
    assert after.body == {**of_vista.body, "cursor": "a b"}


@EVERY
async def test_the_list_is_the_state(kind: ReferenceKind, devrev: DevRev, sandbox: Sandbox) -> None:
    sandbox.forget()
    rows, dropped = await listed(devrev, kind)
    assert (told(rows), dropped) == (expected(sandbox, kind), 0)
    assert len(rows) > 3
    for one in rows:
        key = GlobalId(Source.DEVREV, Kind(kind.value), "", one.source_id)
        assert (one.id, one.source, one.kind) == (str(key), Source.DEVREV, kind)
        assert devrev.owns(key)
    [row] = sandbox.requests("devrev")
    assert (row["method"], row["route"], row["count"]) == ("POST", LISTS[kind][0], 1)


@EVERY
async def test_it_costs_a_call_a_page(
    kind: ReferenceKind, connect: Connect, sandbox: Sandbox
) -> None:
    wanted = expected(sandbox, kind)
    sandbox.forget()
    rows, _ = await listed(cast("DevRev", connect(Source.DEVREV, page_size=3)), kind)
    assert told(rows) == wanted
    assert sandbox.calls("devrev") == -(-len(wanted) // 3)


@pytest.mark.parametrize("position", POSITIONS, ids=".".join)
async def test_every_position_gives_the_same(
    position: tuple[str, str], devrev: DevRev, sandbox: Sandbox
) -> None:
    sandbox.turn(f"devrev.{position[0]}", position[1])
    for kind in TABLES:
        assert told((await listed(devrev, kind))[0]) == expected(sandbox, kind)


def named_by(value: Any) -> set[str]:
    """The ids of one object, or of each of some; a tag stands beside its value."""
    if isinstance(value, list):
        return set[str]().union(*map(named_by, value))
    return {value.get("tag", value)["id"]}


async def test_works_name_what_is_listed(devrev: DevRev, sandbox: Sandbox) -> None:
    fields = {
        ReferenceKind.PERSON: "owned_by",
        ReferenceKind.PART: "applies_to_part",
        ReferenceKind.TAG: "tags",
        ReferenceKind.SPRINT: "sprint",
        ReferenceKind.ACCOUNT: "account",
        ReferenceKind.REV_ORG: "rev_org",
        ReferenceKind.GROUP: "group",
    }
    works = known(sandbox.origin)["works"]
    for kind, field in fields.items():
        named = named_by([one[field] for one in works if field in one])
        rows, _ = await listed(devrev, kind)
        assert named
        assert named <= {one.source_id for one in rows}, kind


async def test_sprints_of_a_vista(devrev: DevRev, sandbox: Sandbox) -> None:
    state = known(sandbox.origin)
    for vista in state["vistas"]:
        own = [one["id"] for one in state["sprints"] if one["parent"]["id"] == vista["id"]]
        assert 0 < len(own) < len(state["sprints"])
        for name in (vista["id"], vista["display_id"]):
            rows, dropped = await listed(devrev, ReferenceKind.SPRINT, name)
            assert ([one.source_id for one in rows], dropped) == (own, 0)


async def test_an_unknown_vista_has_no_sprints(devrev: DevRev) -> None:
    for name in ("don:core:dvrv-us-1:devo/0:vista/999", "VISTA-999"):
        assert await listed(devrev, ReferenceKind.SPRINT, name) == ([], 0)


async def test_a_scope_that_is_no_vista_is_rejected(devrev: DevRev, sandbox: Sandbox) -> None:
    sandbox.forget()
    for scope in NO_VISTAS:
        with pytest.raises(errors.Rejected, match="scopeSourceId"):
            await listed(devrev, ReferenceKind.SPRINT, scope)
    for kind in set(TABLES) - {ReferenceKind.SPRINT}:
        with pytest.raises(errors.Rejected, match="SPRINT"):
            await listed(devrev, kind, "VISTA-1")
    assert sandbox.calls("devrev") == 0


@EVERY
@pytest.mark.parametrize("fault", ["repeat", "reorder", "drop"])
async def test_rows_that_come_oddly(
    fault: str, kind: ReferenceKind, connect: Connect, sandbox: Sandbox
) -> None:
    wanted = expected(sandbox, kind)
    sandbox.fault("devrev", fault)
    rows, _ = await listed(cast("DevRev", connect(Source.DEVREV, page_size=5)), kind)
    got = told(rows)
    assert len(got) == len({one[0] for one in got})
    assert set(got) <= set(wanted)
    if fault != "drop":
        assert set(got) == set(wanted)


@EVERY
async def test_a_bad_row_costs_itself_only(
    kind: ReferenceKind, devrev: DevRev, sandbox: Sandbox
) -> None:
    [table, name] = TABLES[kind]
    good, *_ = known(sandbox.origin)[table]
    nameless = {"id": f"{good['id']}0"}
    bad = [{}, None, "x", [], {**good, "id": 7}, {**good, "id": "STA-1"}, {**good, name: ["x"]}]
    [field] = [one.many for one in FAMILIES if f"/{one.route}.list" == LISTS[kind][0]]
    body = {field: [*bad, good, nameless]}
    sandbox.fault("devrev", "status", status=200, body=body)
    rows, dropped = await listed(devrev, kind)
    assert told(rows) == [expected(sandbox, kind)[0], (nameless["id"], None, None)]
    assert dropped == len(bad)


async def test_a_failure_is_told(devrev: DevRev, sandbox: Sandbox) -> None:
    sandbox.fault("devrev", "status", status=403)
    with pytest.raises(errors.Forbidden):
        await listed(devrev, ReferenceKind.TAG)


async def test_more_pages_than_allowed_are_too_large(connect: Connect) -> None:
    devrev = cast("DevRev", connect(Source.DEVREV, page_size=2, max_pages=2))
    with pytest.raises(errors.TooLarge):
        await listed(devrev, ReferenceKind.PART)
