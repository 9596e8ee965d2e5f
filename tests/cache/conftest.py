import pytest

from gateway.cache.cache import Cache
from gateway.cache.keys import Scope
from gateway.store.store import Store
from schema.types.source import Source
from tests.store.conftest import clock, store
from tests.store.keeping import Clock

__all__ = ["clock", "store"]


@pytest.fixture
def cache(store: Store, clock: Clock) -> Cache:
    return Cache(store, clock.moment)


@pytest.fixture
def scope() -> Scope:
    return Scope.of(Source.ESPER, "https://esper.example", "s3cret")
