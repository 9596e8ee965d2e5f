"""A source in this process, whose writes go as a test says, and a store that fails when told."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar, NamedTuple, Self

import strawberry
from strawberry import Some

from gateway import errors
from gateway.adapter import (
    Adapter,
    Batch,
    CreatesStages,
    DeletesStages,
    Plan,
    ReadsStages,
    StageAsk,
    UpdatesStages,
    World,
    Written,
)
from gateway.app import utc_now
from gateway.caller import Caller
from gateway.errors import Path
from gateway.store.records import LostError, Records
from gateway.upstream.auth import Fixed
from gateway.upstream.client import Client
from gateway.upstream.origin import Origin
from gateway.upstream.trace import Log, Trace
from gateway.writes import Once, Result, Writer
from schema.types.arguments import ResourceKey
from schema.types.esper import EsperStage
from schema.types.ids import GlobalId, Kind
from schema.types.inputs.esper import CreateEsperStage
from schema.types.inputs.stage import (
    CreateStage,
    CreateStageInput,
    DeleteStageInput,
    UpdateStageInput,
)
from schema.types.mutation_errors import WriteOutcome
from schema.types.source import Source
from tests.store.keeping import Clock


class Step(NamedTuple):
    """How a write goes.

    Attributes:
        applied: how many objects a create makes. failure: what the caller sees of it.
        outcome: what is known after a failure. gate: what it waits for, when it was sent.
    """

    applied: int = 1
    failure: BaseException | None = None
    outcome: WriteOutcome = WriteOutcome.UNKNOWN
    gate: asyncio.Event | None = None


def down() -> errors.Unavailable:
    return errors.Unavailable(Source.ESPER, "ESPER broke off the connection.")


REFUSED = errors.Refused(Source.ESPER, "ESPER refused this.", status=422)


def _client(deadline: float) -> Client:
    """Return a client that sends nothing: it has the deadline."""
    settings: Any = {"concurrency": 1, "limit": "none", "deadline": deadline, "now": utc_now}
    return Client(Source.ESPER, "http://127.0.0.1:1", Fixed({}), **settings)


class Fake(Adapter, CreatesStages, UpdatesStages, DeletesStages, ReadsStages):
    """Esper, but for its calls. Ids are of the scope "p".

    Attributes:
        rows: the stages there are. made: how many were ever made.
        steps: how the next writes go; then all go well.
        sent, looks, reads: counts.
        can_look: of its plans. is_sure: of what its looks find. look_failure: of its looks.
        look_gate: what they wait for.
        came: set when a write was sent. looking: set when a look begins.
    """

    id: ClassVar[Source] = Source.ESPER

    def __init__(self, now: Callable[[], datetime], deadline: float = 5.0) -> None:
        super().__init__(_client(deadline))
        self.now = now
        self.rows: dict[GlobalId, EsperStage] = {}
        self.made = 0
        self.steps: list[Step] = []
        self.sent = self.looks = self.reads = 0
        self.can_look = self.is_sure = True
        self.look_failure: Exception | None = None
        self.look_gate: asyncio.Event | None = None
        self.came, self.looking = asyncio.Event(), asyncio.Event()

    def wait(self, deadline: float) -> None:
        """Set another deadline, in seconds."""
        self.client = _client(deadline)

    @classmethod
    def connect(cls, settings: Any, world: World) -> Self:
        raise NotImplementedError

    def owns(self, id: GlobalId) -> bool:  # noqa: A002 - the port's word
        return id.scope == "p"

    async def locate(self, kind: Kind, key: ResourceKey, trace: Trace) -> Sequence[GlobalId]:
        raise NotImplementedError

    async def check(self, trace: Trace) -> str:
        raise NotImplementedError

    def stages(self, ask: StageAsk, trace: Trace) -> AsyncIterator[Batch[Any]]:
        raise NotImplementedError

    async def get_stages(
        self, ids: Sequence[GlobalId], trace: Trace
    ) -> Mapping[GlobalId, EsperStage | errors.UpstreamFailure]:
        assert trace.is_fresh
        self.reads += 1
        return {one: self.rows[one] for one in ids if one in self.rows}

    def put(self, name: str, key: GlobalId | None = None) -> GlobalId:
        """Make a stage, or change one."""
        key = key or GlobalId(Source.ESPER, Kind.STAGE, "p", f"s{self.made}")
        body = json.dumps({"name": name}).encode()
        origin = Origin(body, self.now(), lambda raw: raw)
        self.rows[key] = EsperStage(
            id=strawberry.ID(str(key)),
            source=Source.ESPER,
            source_id=strawberry.ID(key.source_id),
            name=name,
            origin=origin,
        )
        self.made += 1
        return key

    async def _send(self, trace: Trace, do: Callable[[], GlobalId]) -> Written:
        step = self.steps.pop(0) if self.steps else Step()
        self.sent += 1
        trace.outcome = WriteOutcome.UNKNOWN
        self.came.set()
        await (step.gate.wait() if step.gate else asyncio.sleep(0))
        keys = [do() for _ in range(step.applied)]
        if step.failure:
            trace.outcome = step.outcome
            raise step.failure
        trace.outcome = WriteOutcome.APPLIED
        return Written(key=keys[0], row=self.rows.get(keys[0]))

    def _plan(self, do: Callable[[], GlobalId], equals: Callable[[], Sequence[Written]]) -> Plan:
        async def look(trace: Trace) -> Sequence[Written]:
            assert trace.is_fresh
            self.looks += 1
            self.looking.set()
            await (self.look_gate.wait() if self.look_gate else asyncio.sleep(0))
            if self.look_failure:
                raise self.look_failure
            return equals()

        return Plan(
            send=lambda trace: self._send(trace, do),
            look=look if self.can_look else None,
        )

    def _found(self, name: str, *keys: GlobalId) -> list[Written]:
        return [
            Written(key=key, row=row, is_sure=self.is_sure)
            for key, row in self.rows.items()
            if row.name == name and key in (keys or self.rows)
        ]

    def create_stage(self, new: CreateEsperStage, at: Path) -> Plan:
        if not new.name:
            raise errors.Invalid([errors.Complaint(message="It is empty.", path=at)], self.id)
        return self._plan(lambda: self.put(new.name), lambda: self._found(new.name))

    def update_stage(self, key: GlobalId, patch: UpdateStageInput) -> Plan:
        name = patch.name.value if patch.name else ""
        return self._plan(lambda: self.put(name or "", key), lambda: self._found(name or "", key))

    def delete_stage(self, key: GlobalId) -> Plan:
        def do() -> GlobalId:
            self.rows.pop(key, None)
            return key

        return self._plan(do, lambda: [] if key in self.rows else [Written(key=key)])


class Shaky(Records):
    """Records that are lost while a test says so.

    Attributes:
        lost: names of the methods that fail. claiming: what a claim waits for.
        at_claim: set when one begins.
        is_stuck: whether what is put now never ends. at_put: set when such a put begins.
        places: the keys that values were put under.
    """

    def __init__(self, own: Records) -> None:
        self.own = own
        self.lost: set[str] = set()
        self.claiming: asyncio.Event | None = None
        self.at_claim, self.at_put = asyncio.Event(), asyncio.Event()
        self.is_stuck = False
        self.places: list[str] = []

    def _judge(self, name: str) -> None:
        if name in self.lost:
            raise LostError

    async def get(self, key: str) -> bytes | None:
        self._judge("get")
        return await self.own.get(key)

    async def put(self, key: str, value: bytes, seconds: float) -> None:
        self._judge("put")
        if self.is_stuck:
            self.at_put.set()
            await asyncio.Event().wait()
        self.places.append(key)
        await self.own.put(key, value, seconds)

    async def drop(self, key: str) -> None:
        self._judge("drop")
        await self.own.drop(key)

    async def claim(self, key: str, seconds: float) -> str | None:
        self._judge("claim")
        self.at_claim.set()
        if self.claiming:
            await self.claiming.wait()
        return await self.own.claim(key, seconds)

    async def release(self, key: str, token: str) -> None:
        self._judge("release")
        await self.own.release(key, token)

    async def close(self) -> None:
        await self.own.close()


class Desk:
    """A writer over the fake source.

    Args:
        records: where keys are kept. clock: of all. deadline: of the source, in seconds.
    """

    def __init__(self, records: Records, clock: Clock, deadline: float = 5.0) -> None:
        self.clock = clock
        self.records = Shaky(records)
        self.fake = Fake(clock.moment, deadline)
        self.writer = Writer({Source.ESPER: self.fake}, Once(self.records))

    def another(self) -> Writer:
        """Return the writer of another gateway over the same records and source."""
        records = Shaky(self.records.own)
        return Writer({Source.ESPER: self.fake}, Once(records))

    async def write(self, mutation: str, asked: Any, caller: str = "") -> Result:
        return await self.writer.write(mutation, asked, Caller(name=caller), Log())

    async def create(self, name: str = "a", key: str | None = "k", caller: str = "") -> Result:
        return await self.write("createStage", creation(name, key), caller)

    def names(self) -> list[str | None]:
        return [row.name for row in self.fake.rows.values()]


def creation(name: str = "a", key: str | None = "k") -> CreateStageInput:
    new = CreateEsperStage(pipeline_id=strawberry.ID("p"), name=name)
    return CreateStageInput(stage=CreateStage(esper=new), idempotency_key=key)


def change(key: GlobalId, name: str = "new", **more: Any) -> UpdateStageInput:
    return UpdateStageInput(id=strawberry.ID(str(key)), name=Some(name), **more)


def deletion(key: GlobalId, **more: Any) -> DeleteStageInput:
    return DeleteStageInput(id=strawberry.ID(str(key)), **more)
