"""Objects by id are given until something with their tag is written."""

import gc
import weakref

import pytest

from gateway.adapter import Adapter
from gateway.app import utc_now
from gateway.cache.objects import Objects
from gateway.loaders import Kept, Loaders
from gateway.upstream.call import tag
from gateway.upstream.trace import Log, Trace
from schema.types.ids import GlobalId, Kind
from schema.types.resource import Resource
from schema.types.source import Source
from tests.fixtures import Connect, Sandbox


@pytest.fixture
def outreach(connect: Connect) -> Adapter:
    return connect(Source.OUTREACH, ttl="60")


def kept_over(adapter: Adapter) -> Kept:
    objects = Objects(max_bytes=10**6, max_entries=100, now=utc_now)
    return Kept(objects, adapter.client.keeping.versions)


async def read(adapter: Adapter, key: GlobalId) -> Resource:
    found = (await adapter.get_stages([key], Trace()))[key]  # type: ignore[attr-defined]
    assert isinstance(found, Resource)
    return found


async def test_an_object_is_given_until_its_tag_changes(
    outreach: Adapter, sandbox: Sandbox
) -> None:
    first, *_ = sandbox.state("outreach")["stages"]
    key = GlobalId(Source.OUTREACH, Kind.STAGE, "", str(first["id"]))
    kept, versions = kept_over(outreach), outreach.client.keeping.versions
    old = await read(outreach, key)
    kept.notice(outreach, [old])
    assert kept.get(outreach, key) is old
    await versions.bump(outreach.scope, [tag(Kind.WORK), tag(Kind.STAGE, "elsewhere")])
    assert kept.get(outreach, key) is old
    await versions.bump(outreach.scope, [tag(Kind.STAGE)])
    assert kept.get(outreach, key) is None
    kept.notice(outreach, [old])
    assert kept.get(outreach, key) is None, "what came late was asked for before"
    new = await read(outreach, key)
    kept.notice(outreach, [new])
    kept.notice(outreach, [old])
    assert kept.get(outreach, key) is new


async def test_what_a_request_has_read_is_freed_when_it_ends(
    outreach: Adapter, sandbox: Sandbox
) -> None:
    first, *_ = sandbox.state("outreach")["stages"]
    key = GlobalId(Source.OUTREACH, Kind.STAGE, "", str(first["id"]))
    scopes = {Source.OUTREACH: outreach.scope}
    loaders = Loaders({Source.OUTREACH: outreach}, scopes, kept_over(outreach), utc_now(), Log())
    assert (await loaders.get(key)).source_id == str(first["id"])
    await loaders.close()
    there = weakref.ref(loaders)
    gc.disable()  # which would come late
    try:
        del loaders
        assert there() is None
    finally:
        gc.enable()
