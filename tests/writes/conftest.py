from collections.abc import AsyncIterator

import pytest

from gateway.store import open_records
from gateway.store.records import Records
from tests.fixtures import emptied
from tests.store.keeping import Clock
from tests.writes.source import Desk


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(params=["memory", "redis"])
async def records(request: pytest.FixtureRequest, clock: Clock) -> AsyncIterator[Records]:
    """Both kinds of records, empty; the same tests hold for both."""
    url = "memory://"
    if request.param == "redis":
        url = request.getfixturevalue("redis_url")
        await emptied(url)
    records = open_records(url, patience=30, now=clock.seconds)
    yield records
    await records.close()


@pytest.fixture
async def desk(records: Records, clock: Clock) -> AsyncIterator[Desk]:
    desk = Desk(records, clock)
    yield desk
    await desk.writer.close()
    await desk.fake.close()
