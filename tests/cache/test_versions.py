"""After a write, what was kept before is out of reach: laws over both stores."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from gateway.cache.cache import How
from gateway.cache.keys import Scope
from gateway.cache.versions import MOST, Versions, name_of
from schema.types.source import Source
from tests.cache.gateways import SCOPE, TAG, Gateway, Vendor
from tests.fixtures import emptied
from tests.store.keeping import Clock


@pytest.fixture
def vendor(clock: Clock) -> Vendor:
    return Vendor(clock)


@pytest.fixture(params=["memory", "redis"])
async def url(request: pytest.FixtureRequest) -> str:
    if request.param == "memory":
        return "memory://"
    found = request.getfixturevalue("redis_url")
    await emptied(found)
    return found


@pytest.fixture
async def gateway(url: str, vendor: Vendor) -> AsyncIterator[Gateway]:
    gateway = Gateway(url, vendor)
    yield gateway
    await gateway.close()


async def test_a_bump_puts_what_is_kept_out_of_reach(gateway: Gateway) -> None:
    assert await gateway.ask() == (0, How.SENT)
    assert await gateway.ask() == (0, How.KEPT)
    await gateway.write()
    assert await gateway.read() == (1, How.SENT), "without a look at the others"
    assert await gateway.ask() == (1, How.KEPT)


async def test_other_tags_and_other_scopes_stay(gateway: Gateway) -> None:
    other = Scope.of(Source.ESPER, "https://esper.example", "other")
    await gateway.ask("stage/other")
    await gateway.write()
    await gateway.versions.bump(other, ["stage/other", TAG])
    assert await gateway.ask("stage/other") == (0, How.KEPT)
    assert await gateway.ask("stage/other", TAG) == (1, How.SENT), "one of two is enough"


@pytest.mark.parametrize("seconds", [60, 0])
async def test_a_load_under_way_is_neither_kept_nor_joined(
    gateway: Gateway, vendor: Vendor, seconds: float
) -> None:
    gateway.seconds = seconds
    gate = vendor.gate = asyncio.Event()
    early = [asyncio.create_task(gateway.ask()) for _ in range(2)]
    await vendor.begun.wait()
    flying = gateway.cache._flights._flying
    while sum(len(one.waiting) for one in flying.values()) < len(early):  # noqa: ASYNC110
        await asyncio.sleep(0)  # the second has yet to come, from its look at Redis
    vendor.gate = None
    await gateway.write()
    assert await gateway.ask() == (1, How.SENT)
    gate.set()
    assert sorted(one[1].name for one in await asyncio.gather(*early)) == ["JOINED", "SENT"]
    assert await gateway.ask() == (1, How.KEPT if seconds else How.SENT)
    assert vendor.loads == 2 + (not seconds)


async def test_the_clock_tells_what_was_asked_for_before_a_change(gateway: Gateway) -> None:
    versions = gateway.versions
    await versions.meet(SCOPE, [TAG, "stage/other"])
    mark = versions.clock
    assert versions.changed_at(SCOPE, TAG) <= mark
    await gateway.write()
    assert versions.changed_at(SCOPE, TAG) > mark
    assert versions.changed_at(SCOPE, TAG) <= versions.clock
    assert versions.changed_at(SCOPE, "stage/other") <= mark


async def test_what_was_asked_for_before_its_tag_was_met_may_be_old(gateway: Gateway) -> None:
    """Where gateways share, another may have written it; where there is one, it would know."""
    mark = gateway.versions.clock
    is_alone = type(gateway.versions) is Versions
    assert (gateway.versions.changed_at(SCOPE, TAG) <= mark) is is_alone
    await gateway.versions.meet(SCOPE, [TAG])
    assert (gateway.versions.changed_at(SCOPE, TAG) <= mark) is is_alone
    assert gateway.versions.changed_at(SCOPE, TAG) <= gateway.versions.clock


async def test_tags_without_end_take_no_place_without_end(gateway: Gateway) -> None:
    versions = gateway.versions
    await gateway.ask()
    mark = versions.clock
    await gateway.write()
    for n in range(0, MOST + 50, 50):
        tags = [f"stage/{n + m}" for m in range(50)]
        await versions.meet(SCOPE, tags)
        await versions.bump(SCOPE, tags)
    assert max(len(one) for one in vars(versions).values() if hasattr(one, "__len__")) <= MOST
    assert versions.changed_at(SCOPE, TAG) > mark, "one without a place may have changed"
    assert await gateway.ask() == (1, How.SENT), "and what was kept before is not found"
    assert await gateway.ask() == (1, How.KEPT)


def test_names_show_no_id() -> None:
    name = name_of(SCOPE, "stage/s3cret")
    assert name.startswith("version:stage:")
    assert "s3cret" not in name
    assert name != name_of(SCOPE, "stage/other")
