"""Spaces, and the roles and users of one space or of all, as references."""

from collections.abc import Callable, Mapping
from typing import Any, cast

import httpx
import pytest

from gateway import errors
from gateway.sources.storyblok import Storyblok
from gateway.sources.storyblok.sandbox import EMULATOR
from gateway.sources.storyblok.tests.asking import OAUTH, UNKNOWN, routes
from gateway.upstream.trace import Trace
from schema.types.ids import GlobalId, Kind
from schema.types.reference import Reference, ReferenceKind
from schema.types.source import Source
from tests.fixtures import Connect, Sandbox

KINDS = (ReferenceKind.SPACE, ReferenceKind.SPACE_ROLE, ReferenceKind.PERSON)
HELD = pytest.mark.parametrize("kind", KINDS[1:], ids=lambda one: one.name)
POSITIONS = [(name, one) for name, ones in EMULATOR.positions.items() for one in ones]
ROUTES = {
    ReferenceKind.SPACE: "/v1/spaces",
    ReferenceKind.SPACE_ROLE: "/v1/spaces/{space_id}/space_roles",
    ReferenceKind.PERSON: "/v1/spaces/{space_id}/collaborators",
}

Told = list[tuple[str, str | None, str | None]]
"""Global ids, display ids and names."""
State = Mapping[str, Any]


def expected(state: State, kind: ReferenceKind, *spaces: str) -> Told:
    """Compute what the spaces hold, or which of them there are."""

    def key(space: str, number: object) -> str:
        return str(GlobalId(Source.STORYBLOK, Kind(kind.value), space, str(number)))

    found: Told = []
    for space in state["spaces"]:
        number = str(space["id"])
        if number not in (spaces or ("1001", "1002")):
            continue
        if kind is ReferenceKind.SPACE:
            found.append((key("", number), None, space["name"]))
        elif kind is ReferenceKind.SPACE_ROLE:
            found += [(key(number, one["id"]), None, one["role"]) for one in space["space_roles"]]
        else:
            users = [one["user"] for one in space["collaborators"] if one["user"]]
            found += [(key(number, one["id"]), one["userid"], name_of(one)) for one in users]
    return found


def name_of(user: Mapping[str, Any]) -> str:
    parts = [user[name] for name in ("firstname", "lastname") if user[name]]
    return " ".join(parts) or user["friendly_name"]


async def listed(
    storyblok: Storyblok, kind: ReferenceKind, scope: str | None = None
) -> tuple[list[Reference], int]:
    rows, dropped = list[Reference](), 0
    async for batch in storyblok.references(kind, scope, Trace()):
        rows += batch.rows
        dropped += batch.dropped
    return rows, dropped


def told(rows: list[Reference]) -> Told:
    return [(one.id, one.display_id, one.name) for one in rows]


@pytest.fixture
def storyblok(connect: Connect) -> Storyblok:
    return cast("Storyblok", connect(Source.STORYBLOK))


@pytest.mark.parametrize("kind", KINDS, ids=lambda one: one.name)
async def test_the_list_is_the_state(
    kind: ReferenceKind, storyblok: Storyblok, sandbox: Sandbox, state: State
) -> None:
    assert dict(storyblok.reference_kinds) == dict.fromkeys(KINDS, False)
    sandbox.forget()
    rows, dropped = await listed(storyblok, kind)
    assert (told(rows), dropped) == (expected(state, kind), 0)
    calls = 1 if kind is ReferenceKind.SPACE else 2
    assert routes(sandbox) == {(ROUTES[kind], 200): calls}
    for one in rows:
        key = GlobalId.parse(one.id)
        assert (one.kind, one.source, one.source_id) == (kind, Source.STORYBLOK, key.source_id)
        assert storyblok.owns(key)
        assert not storyblok.owns(key._replace(scope="" if key.scope else "1001"))


@HELD
@pytest.mark.parametrize("space", ["1001", "1002"])
async def test_a_scope_is_a_space(
    space: str, kind: ReferenceKind, storyblok: Storyblok, sandbox: Sandbox, state: State
) -> None:
    sandbox.forget()
    rows, dropped = await listed(storyblok, kind, space)
    assert (told(rows), dropped) == (expected(state, kind, space), 0)
    assert 0 < len(rows) < len(expected(state, kind))
    assert routes(sandbox) == {(ROUTES[kind], 200): 1}


async def test_stages_name_whom_it_lists(storyblok: Storyblok, state: State) -> None:
    people = {one.source_id for one in (await listed(storyblok, ReferenceKind.PERSON))[0]}
    roles = {one.source_id for one in (await listed(storyblok, ReferenceKind.SPACE_ROLE))[0]}
    users = {str(one) for stage in state["stages"] for one in stage["user_ids"]}
    # Two have left their spaces, though stages still name them.
    assert len(users - people) == 2
    assert {str(one) for stage in state["stages"] for one in stage["space_role_ids"]} <= roles


@HELD
async def test_a_space_that_is_not_connected_has_none(
    kind: ReferenceKind, connect: Connect, sandbox: Sandbox
) -> None:
    storyblok = cast("Storyblok", connect(Source.STORYBLOK, spaces="1001"))
    sandbox.forget()
    assert await listed(storyblok, kind, "1002") == ([], 0)
    assert sandbox.calls("storyblok") == 0


async def test_only_connected_spaces_are_listed(connect: Connect, state: State) -> None:
    for settings, spaces in (
        ({"spaces": "1002"}, ["1002"]),
        ({"spaces": f"1002,{UNKNOWN}"}, ["1002"]),
        ({"spaces": None}, ["1001", "1002"]),
        ({"spaces": None, **OAUTH}, ["1001"]),
    ):
        storyblok = cast("Storyblok", connect(Source.STORYBLOK, **settings))
        rows, _ = await listed(storyblok, ReferenceKind.SPACE)
        assert told(rows) == expected(state, ReferenceKind.SPACE, *spaces)


@HELD
@pytest.mark.parametrize("position", ["not_found", "unauthorized", "forbidden"])
async def test_a_space_that_is_not_seen_has_none(
    position: str, kind: ReferenceKind, connect: Connect, sandbox: Sandbox, state: State
) -> None:
    sandbox.turn("storyblok.hidden_space", position)
    for spaces in (None, "1001,1002"):
        storyblok = cast("Storyblok", connect(Source.STORYBLOK, spaces=spaces, **OAUTH))
        assert await listed(storyblok, kind, "1002") == ([], 0)
        rows, _ = await listed(storyblok, kind, "1001")
        assert told(rows) == expected(state, kind, "1001")
    # Without a scope, a space that the settings name must be there.
    with pytest.raises(errors.Forbidden, match="1002"):
        await listed(storyblok, kind)


@pytest.mark.parametrize("scope", ["", " ", "x", "0", "01001", "1001/x", "../1001", "9" * 17, "-1"])
async def test_a_scope_that_is_no_space_is_rejected(
    scope: str, storyblok: Storyblok, sandbox: Sandbox
) -> None:
    sandbox.forget()
    for kind in KINDS:
        with pytest.raises(errors.Rejected, match="scopeSourceId"):
            await listed(storyblok, kind, scope)
    assert sandbox.calls("storyblok") == 0


async def test_spaces_have_no_scope(storyblok: Storyblok) -> None:
    with pytest.raises(errors.Rejected, match="leave it out"):
        await listed(storyblok, ReferenceKind.SPACE, "1001")


@pytest.mark.parametrize("position", POSITIONS, ids=".".join)
async def test_every_position_gives_the_same(
    position: tuple[str, str], storyblok: Storyblok, sandbox: Sandbox, state: State
) -> None:
    sandbox.turn(f"storyblok.{position[0]}", position[1])
    for kind in KINDS:
        assert told((await listed(storyblok, kind))[0]) == expected(state, kind)


async def test_people_cost_a_call_a_page(connect: Connect, sandbox: Sandbox, state: State) -> None:
    storyblok = cast("Storyblok", connect(Source.STORYBLOK, page_size=4))
    sandbox.forget()
    rows, _ = await listed(storyblok, ReferenceKind.PERSON)
    assert told(rows) == expected(state, ReferenceKind.PERSON)
    pages = [-(-len(one["collaborators"]) // 4) for one in state["spaces"]]
    assert routes(sandbox) == {(ROUTES[ReferenceKind.PERSON], 200): sum(pages)}


Offline = Callable[..., Storyblok]


def answering(body: Any) -> Callable[[httpx.Request], httpx.Response]:
    return lambda request: httpx.Response(200, json=body)


async def test_a_bad_row_costs_itself_only(offline: Offline) -> None:
    bad = [{}, None, "x", {"id": "7"}, {"id": 0}, {"id": 2**53 + 1}]
    user = {"id": 5, "friendly_name": "Ada", "userid": "ada@x.example"}
    crafted = {
        ReferenceKind.SPACE: (
            {"spaces": [*bad, {"id": 1, "name": 5}, {"id": 2}, {"id": 3, "name": "C"}]},
            [(None, None), (None, "C")],
            len(bad) + 1,
        ),
        ReferenceKind.SPACE_ROLE: (
            {"space_roles": [*bad, {"id": 1, "role": []}, {"id": 2}, {"id": 3, "role": "C"}]},
            [(None, None), (None, "C")],
            len(bad) + 1,
        ),
        ReferenceKind.PERSON: (
            {
                "collaborators": [
                    *bad,
                    {"id": 1, "user": {"id": "x"}},
                    {"id": 2, "user_id": None, "user": None},
                    {"id": 3, "user": None, "invitation": {"email": "x@y.example"}},
                    {"id": 4, "user_id": 5, "user": user},
                    {"id": 6, "user_id": 5, "user": user},
                    {"id": 7, "user_id": 8},
                ]
            },
            [("ada@x.example", "Ada"), (None, None)],
            len(bad) + 2,
        ),
    }
    for kind, (body, wanted, lost) in crafted.items():
        storyblok = offline(answering(body))
        scope = None if kind is ReferenceKind.SPACE else "1001"
        rows, dropped = await listed(storyblok, kind, scope)
        assert [(one.display_id, one.name) for one in rows] == wanted
        assert dropped == lost


async def test_a_space_of_the_list_that_makes_no_sense_is_counted(offline: Offline) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/v1/spaces":
            return httpx.Response(200, json={"spaces": [{}, {"id": 9, "name": "Nine"}]})
        return httpx.Response(200, json={"space_roles": [{"id": 4, "role": "Author"}]})

    rows, dropped = await listed(offline(answer), ReferenceKind.SPACE_ROLE)
    assert [(one.name, GlobalId.parse(one.id).scope) for one in rows] == [("Author", "9")]
    assert dropped == 1
