"""Which spaces the adapter reads, against the running sandbox."""

import asyncio
from typing import Any

import pytest

from gateway import errors
from gateway.sources.storyblok.sandbox import EMULATOR
from gateway.sources.storyblok.tests.asking import (
    OAUTH,
    STAGES,
    State,
    ids_of,
    key,
    keys_of,
    listed,
    routes,
    texts,
    workflows_of,
)
from gateway.upstream.trace import Trace
from schema.types.arguments import ResourceKey
from schema.types.ids import Kind
from schema.types.source import Source
from schema.types.sources import SourceStatus
from tests.fixtures import Connect, Sandbox


async def test_spaces_are_discovered_where_none_are_configured(
    sandbox: Sandbox, connect: Connect
) -> None:
    adapter = connect(Source.STORYBLOK, spaces=None, ttl="stage=0")
    trace = Trace()
    rows, _ = await listed(adapter, trace)
    assert len(rows) == 66
    assert trace.calls == 3
    await listed(adapter)
    assert routes(sandbox) == {("/v1/spaces", 200): 1, (STAGES, 200): 4}


async def test_spaces_are_discovered_once_for_all_who_wait(
    sandbox: Sandbox, connect: Connect
) -> None:
    adapter = connect(Source.STORYBLOK, spaces=None)
    asks = [adapter.locate(Kind.STAGE, _key("7"), Trace()) for _ in range(10)]
    assert {len(one) for one in await asyncio.gather(*asks)} == {2}
    assert sandbox.calls() == 1


def _key(number: str, space: str | None = None) -> ResourceKey:
    return ResourceKey(source=Source.STORYBLOK, source_id=number, scope_source_id=space)


async def test_a_vendor_s_id_is_located_in_the_space_that_is_told(
    sandbox: Sandbox, connect: Connect
) -> None:
    for adapter in (connect(Source.STORYBLOK), connect(Source.STORYBLOK, spaces=None)):
        assert await adapter.locate(Kind.STAGE, _key("7", "1002"), Trace()) == [key("1002", 7)]
    assert sandbox.calls() == 0


async def test_a_vendor_s_id_is_located_in_every_space_otherwise(
    sandbox: Sandbox, connect: Connect
) -> None:
    everywhere = [key("1001", 7), key("1002", 7)]
    unset = ResourceKey(source=Source.STORYBLOK, source_id="7")
    configured = connect(Source.STORYBLOK)
    assert await configured.locate(Kind.STAGE, unset, Trace()) == everywhere
    assert sandbox.calls() == 0
    discovering = connect(Source.STORYBLOK, spaces=None)
    assert await discovering.locate(Kind.STAGE, _key("7"), Trace()) == everywhere
    assert sandbox.calls() == 1


async def test_an_oauth_token_reads_its_one_space(connect: Connect, state: State) -> None:
    adapter = connect(Source.STORYBLOK, **OAUTH, spaces=None)
    assert await adapter.check(Trace()) == "sees the spaces 1001"
    assert await ids_of(adapter) == texts(keys_of(state, "1001"))


async def test_check_tells_the_spaces(sandbox: Sandbox, connect: Connect) -> None:
    assert await connect(Source.STORYBLOK).check(Trace()) == "sees the spaces 1001, 1002"
    one = connect(Source.STORYBLOK, spaces="1002")
    assert await one.check(Trace()) == "sees the spaces 1001, 1002"
    assert routes(sandbox) == {("/v1/spaces", 200): 2}
    sandbox.forget()
    oauth = connect(Source.STORYBLOK, **OAUTH, spaces="1001")
    assert await oauth.check(Trace()) == "sees the spaces 1001"
    assert routes(sandbox) == {("/v1/spaces/{space_id}", 200): 1}


@pytest.mark.parametrize(
    ("spaces", "credential"), [("1001,1003", {}), ("1002", OAUTH), ("1001,1002", OAUTH)]
)
async def test_a_configured_space_that_is_not_seen_fails_clearly(
    sandbox: Sandbox, connect: Connect, spaces: str, credential: dict[str, Any]
) -> None:
    adapter = connect(Source.STORYBLOK, **{**credential, "spaces": spaces})
    hidden = spaces[-4:]
    for position in EMULATOR.positions["hidden_space"]:
        sandbox.turn("storyblok.hidden_space", position)
        with pytest.raises(errors.Forbidden, match=hidden):
            await adapter.check(Trace())
        with pytest.raises(errors.Forbidden, match=hidden):
            await listed(adapter)
        assert adapter.health.status is SourceStatus.FORBIDDEN


async def test_ids_of_spaces_that_are_not_seen_are_absent(
    sandbox: Sandbox, connect: Connect, state: State
) -> None:
    adapter = connect(Source.STORYBLOK, **OAUTH, spaces=None)
    seen = keys_of(state, "1001")[0]
    workflow = workflows_of(state, "1002")[0]
    for position in EMULATOR.positions["hidden_space"]:
        sandbox.turn("storyblok.hidden_space", position)
        for chosen in ([key("1003", 7)], keys_of(state, "1002")):
            assert list(await adapter.get_stages([*chosen, seen], Trace())) == [seen]
        for kind, get in (
            (Kind.PERSON, adapter.get_people),
            (Kind.SPACE_ROLE, adapter.get_space_roles),
        ):
            assert await get([key("1002", 7, kind)], Trace()) == {}
        assert await ids_of(adapter, processes=(workflow,)) == []


async def test_a_refused_credential_is_told(connect: Connect, state: State) -> None:
    chosen = keys_of(state, "1001")[:2]
    for settings in (
        {"token": "wrong"},
        {"token": "wrong", "spaces": None},
        {"token": None, "oauth_token": "wrong"},
        {"token": None, "oauth_token": "wrong", "spaces": None},
    ):
        adapter = connect(Source.STORYBLOK, **settings)
        for attempt in (
            adapter.check(Trace()),
            listed(adapter),
            adapter.get_stages(chosen, Trace()),
            adapter.get_stages(chosen[:1], Trace()),
        ):
            with pytest.raises(errors.Unauthenticated):
                await attempt
