"""All clients of a credential stand in one line."""

import gc
from typing import Any

import httpx
import pytest

from gateway import errors
from gateway.app import utc_now
from gateway.cache.cache import Cache
from gateway.cache.keys import Scope
from gateway.store import open_store
from gateway.upstream.auth import Fixed
from gateway.upstream.call import Call
from gateway.upstream.client import Client
from gateway.upstream.keeping import Keeping
from gateway.upstream.pace import Pace
from gateway.upstream.paces import Paces
from gateway.upstream.trace import Trace
from schema.types.source import Source
from tests.fixtures import Wire

CALL = Call(method="GET", route="/things", answer=dict[str, Any])


def client(paces: Paces, credential: str) -> Client:
    cache = Cache(open_store("memory://", max_bytes=10**6, max_entries=100), utc_now)
    scope = Scope.of(Source.ESPER, "http://127.0.0.1", credential)
    return Client(
        Source.ESPER,
        "http://127.0.0.1",
        Fixed({}),
        concurrency=8,
        limit="1/60",
        deadline=1,
        now=utc_now,
        keeping=Keeping(cache, scope, {}, paces),
        transport=Wire(lambda _: httpx.Response(200, json={})),
    )


async def test_clients_of_one_credential_share_its_quota_and_others_do_not() -> None:
    paces = Paces()
    first, second, other = (client(paces, name) for name in ("a", "a", "b"))
    await first.send(CALL, Trace())
    await other.send(CALL, Trace())
    await first.close()
    del first
    with pytest.raises(errors.Throttled):
        async with second.deadline():
            await second.send(CALL, Trace())


async def test_a_credential_that_nobody_uses_for_a_moment_has_its_line_again() -> None:
    paces, scope = Paces(), Scope.of(Source.ESPER, "x")
    name = scope.key("pace", "turns")
    line = id(paces.of(name, lambda: Pace("1/60")))
    gc.collect()
    assert id(paces.of(name, lambda: Pace("1/60"))) == line
    for number in range(1000):
        paces.of(scope.key("pace", str(number)), lambda: Pace("none"))
    gc.collect()
    assert not paces.of(name, lambda: Pace("none")).is_busy
    assert len(paces) == 1000
