"""A source whose answers tell little, and a request over it that reads back what it wrote."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
import strawberry

from gateway import errors
from gateway.adapter import AttachesTargetLists, Plan, Written
from gateway.cache.cache import Cache
from gateway.cache.keys import Scope
from gateway.cache.objects import Objects
from gateway.context import Gateway, RequestContext
from gateway.cursor import Cursors
from gateway.loaders import Kept
from gateway.merge import KeptPages, Lists
from gateway.store import open_store
from gateway.store.records import MemoryRecords
from gateway.upstream.auth import Fixed
from gateway.upstream.client import Client
from gateway.upstream.keeping import Keeping
from gateway.upstream.trace import Trace
from gateway.writes import Once, Writer
from schema.types.esper import EsperStage, TargetList
from schema.types.ids import GlobalId
from schema.types.inputs.target_lists import AttachTargetListInput
from schema.types.source import Source
from tests.store.keeping import Clock
from tests.writes.source import Fake

LIST = TargetList(id=strawberry.ID("t"), source_id=strawberry.ID("t"), name="tens")


class Terse(Fake, AttachesTargetLists):
    """The fake source; its answers lack some fields, and what is read back may fail.

    Attributes:
        lacks: of what is answered.
        row_failure, beside_failure: of reading back.
        asked: ids that were read back. lists: how often a target list was.
    """

    def __init__(self, now: Callable[[], datetime]) -> None:
        super().__init__(now)
        settings: Any = {"concurrency": 1, "limit": "none", "deadline": 5.0, "now": now}
        cache = Cache(open_store("memory://", max_bytes=10**5, max_entries=10), now)
        kept = Keeping(cache, Scope.of(Source.ESPER, "sandbox"), {})
        self.client = Client(
            Source.ESPER, "http://127.0.0.1:1", Fixed({}), keeping=kept, **settings
        )
        self.lacks = frozenset({"position"})
        self.row_failure: Exception | None = None
        self.beside_failure: Exception | None = None
        self.asked: list[GlobalId] = []
        self.lists = 0

    async def get_stages(
        self, ids: Sequence[GlobalId], trace: Trace
    ) -> Mapping[GlobalId, EsperStage | errors.UpstreamFailure]:
        del trace  # of a request that has forgotten what it read before
        self.asked += ids
        if self.row_failure:
            raise self.row_failure
        return {one: self.rows[one] for one in ids if one in self.rows}

    async def _send(self, trace: Trace, do: Callable[[], GlobalId]) -> Written:
        written = await super()._send(trace, do)
        return msgspec.structs.replace(written, lacks=self.lacks)

    def attach_target_list(self, stage: GlobalId, asked: AttachTargetListInput) -> Plan:
        del asked

        async def beside(trace: Trace) -> TargetList:
            del trace
            self.lists += 1
            if self.beside_failure:
                raise self.beside_failure
            return LIST

        plan = self._plan(lambda: self.put("with a list", stage), list)
        return msgspec.structs.replace(plan, beside=beside)


def request(fake: Terse, clock: Clock) -> RequestContext:
    """Return a request over one source."""
    adapters: dict[Source, Any] = {Source.ESPER: fake}
    versions = fake.client.keeping.versions
    objects = Objects(max_bytes=10**6, max_entries=100, now=clock.moment)
    return RequestContext(
        Gateway(
            adapters=adapters,
            lists=Lists(adapters.values(), Cursors([b"k" * 32]), KeptPages(objects, versions)),
            sources=list,
            now=clock.moment,
            kept=Kept(objects, versions),
            versions=versions,
            writer=Writer(adapters, Once(MemoryRecords(clock.seconds))),
        )
    )
