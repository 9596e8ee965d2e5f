"""A gateway's cache and versions, and a vendor whose object changes."""

import asyncio

from gateway.cache.cache import Cache, How
from gateway.cache.keys import Scope
from gateway.cache.shared_versions import SharedVersions
from gateway.cache.versions import Versions
from gateway.store import open_store
from gateway.store.entry import Entry
from schema.types.source import Source
from tests.store.keeping import Clock

SCOPE = Scope.of(Source.ESPER, "https://esper.example", "s3cret")
TAG = "stage/pipeline"


class Vendor:
    """Its object is the count of the writes that it has seen."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.value = 0
        self.loads = 0
        self.gate: asyncio.Event | None = None
        self.begun = asyncio.Event()

    async def __call__(self) -> Entry:
        self.loads += 1
        body = str(self.value).encode()
        self.begun.set()
        if self.gate is not None:
            await self.gate.wait()
        await asyncio.sleep(0)
        return self.clock.entry(body)


class Gateway:
    """One process's cache over a store, and its versions."""

    def __init__(self, url: str, vendor: Vendor, *, seconds: float = 60) -> None:
        self.clock, self.vendor, self.seconds = vendor.clock, vendor, seconds
        self.store = open_store(
            url, max_bytes=10**7, max_entries=1000, patience=30, now=self.clock.seconds
        )
        self.cache = Cache(self.store, self.clock.moment)
        counters = self.store.counters
        self.versions: Versions = (
            Versions() if counters is None else SharedVersions(counters, rest=0.01)
        )

    async def read(self, *tags: str) -> tuple[int, How]:
        """Read as a part of an operation does."""
        tags = tags or (TAG,)
        await self.versions.meet(SCOPE, tags)
        key = SCOPE.key("call", "/stages", self.versions.of(SCOPE, tags))
        entry, how = await self.cache.get_or_load(key, self.seconds, self.vendor)
        return int(entry.body), how

    async def ask(self, *tags: str) -> tuple[int, How]:
        """Read as an operation of its own."""
        await self.versions.refresh()
        return await self.read(*tags)

    async def write(self, *tags: str) -> None:
        self.vendor.value += 1
        await self.versions.bump(SCOPE, tags or (TAG,))

    async def close(self) -> None:
        await self.versions.close()
        await self.cache.versions.close()
        await self.store.close()
