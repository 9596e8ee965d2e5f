from collections.abc import AsyncIterator

import pytest

from gateway.store import open_store
from gateway.store.store import Store
from tests.fixtures import emptied
from tests.store.keeping import Clock


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(params=["memory", "redis"])
async def store(request: pytest.FixtureRequest, clock: Clock) -> AsyncIterator[Store]:
    """Both stores, empty; the same tests hold for both."""
    url = "memory://"
    if request.param == "redis":
        url = request.getfixturevalue("redis_url")
        await emptied(url)
    store = open_store(url, max_bytes=10**7, max_entries=1000, patience=30, now=clock.seconds)
    yield store
    await store.close()
