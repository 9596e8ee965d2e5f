"""Plans of what is written of DevRev's works."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import cast

from msgspec import structs

from gateway import errors
from gateway.adapter import Judge, Plan, Span, WorkAsk, Written, told
from gateway.errors import Path
from gateway.sources.devrev import (
    asks,
    calls,
    calls_writes,
    fields,
    forgiving,
    normalise,
    normalise_works,
    refusals,
    singly,
)
from gateway.sources.devrev import wire_works as wired
from gateway.sources.devrev.fields import Body
from gateway.sources.devrev.fields_works import BLOCKS, COMMON, NEW
from gateway.sources.devrev.placing import Placing, Stage
from gateway.sources.devrev.ways import Wish
from gateway.sources.devrev.works import Works
from gateway.sources.devrev.writes import Family, Sending, refuse_nothing, refuse_untold
from gateway.upstream.call import Call
from gateway.upstream.client import Client
from gateway.upstream.trace import Trace
from schema.types.ids import GlobalId, Kind
from schema.types.inputs.devrev_works import (
    CreateDevRevIssue,
    CreateDevRevOpportunity,
    CreateDevRevTask,
    CreateDevRevTicket,
    NewDevRevWork,
)
from schema.types.inputs.work import MoveWorkInput, UpdateWorkInput
from schema.types.mutation_errors import Constraint
from schema.types.work import WorkType

_UPDATED: Path = ("input",)

_LOOKED_BACK = timedelta(hours=39)
"""An idempotency key holds for 24 hours, and a clock that takes a zone's time for UTC is wrong by
less than 15."""

_TYPES: Mapping[type[NewDevRevWork], WorkType] = {
    CreateDevRevIssue: WorkType.ISSUE,
    CreateDevRevTicket: WorkType.TICKET,
    CreateDevRevTask: WorkType.TASK,
    CreateDevRevOpportunity: WorkType.OPPORTUNITY,
}
_WIRED: Mapping[WorkType, type[wired.Work]] = {
    WorkType.ISSUE: wired.Issue,
    WorkType.TICKET: wired.Ticket,
    WorkType.TASK: wired.Task,
    WorkType.OPPORTUNITY: wired.Opportunity,
}

Alike = Callable[[wired.Work, Trace], Awaitable[bool | None]]


class WorkWrites:
    """Plans writes of works.

    Args:
        client: sends.
        works: reads lists of them.
        placing: tells stages.
        now: the clock.
        is_beta: whether DevRev is asked for its beta version.
    """

    def __init__(
        self,
        client: Client,
        works: Works,
        placing: Placing,
        now: Callable[[], datetime],
        *,
        is_beta: bool,
    ) -> None:
        get = partial(singly.several, client, calls.get_work, forgiving.work)
        self._sending = Sending(
            client, Family(Kind.WORK, forgiving.work, normalise_works.work, get)
        )
        self._works = works
        self._placing = placing
        self._now = now
        self._complaints = refusals.complaints if is_beta else refusals.complaints_without_beta

    def create(self, judge: Judge, new: NewDevRevWork, at: Path) -> Plan:
        """Plan to create a work of the type that the input is of."""
        kind = _TYPES[type(new)]
        known = NEW[kind]
        body = {"type": kind.value, **fields.created(judge, known, new)}
        begins = told(new.stage_id)
        own = partial(normalise.global_id, Kind.STAGE)
        stage = None if begins is None else judge.id(begins, Kind.STAGE, "stageId", own=own)
        refuse_untold(judge, body)
        where = {**fields.paths(known, at), "stage": (*at, "stageId")}
        named = [*fields.references(known, body), *(["stage"] if stage else [])]

        async def send(trace: Trace) -> Written:
            async def write(place: Stage | None) -> Written:
                begun = {**body, "stage": place} if place else body
                call = self._spoken(calls_writes.create_work(begun))
                return await self._sending.send(call, trace, named=named)

            if stage is None:
                return await write(None)
            return await self._placing.send(write, "id", stage, where["stage"], trace)

        async def is_alike(work: wired.Work, trace: Trace) -> bool | None:
            if not isinstance(work, _WIRED[kind]):
                return False
            return _both(
                fields.is_alike(known, body, work),
                await self._placing.is_in(work, stage, trace) if stage else True,
            )

        return Plan(send=send, look=partial(self._look, kind, body, is_alike), paths=where)

    def update(self, judge: Judge, key: GlobalId, patch: UpdateWorkInput) -> Plan:
        """Plan to change a work: what all have, and what one type has."""
        body = fields.updated(judge, COMMON, patch)
        known, where = [*COMMON], {"id": (*_UPDATED, "id"), **fields.paths(COMMON, _UPDATED)}
        kind = _type(judge, key, patch)
        if kind:
            block = f"devrev_{kind.value}"
            shown = _block(kind)
            own = fields.updated(judge, BLOCKS[kind], getattr(patch, block), shown)
            if own:
                body |= {"type": kind.value, **own}
            known += BLOCKS[kind]
            at = (*_UPDATED, shown)
            where |= {"type": at, **fields.paths(BLOCKS[kind], at)}
        refuse_nothing(judge, body)
        refuse_untold(judge, body)
        named = fields.references(known, body)

        async def send(trace: Trace) -> Written:
            call = self._spoken(calls_writes.update_work({"id": key.source_id, **body}))
            return await self._sending.send(call, trace, asked=key, named=named)

        async def is_alike(work: wired.Work, trace: Trace) -> bool | None:
            del trace
            return fields.is_alike(known, body, work)

        return Plan(send=send, look=partial(self._look_at, key, is_alike), paths=where)

    def move(self, judge: Judge, key: GlobalId, asked: MoveWorkInput) -> Plan:
        """Plan to move a work to another stage."""
        found = judge.id(asked.stage_id, Kind.STAGE, "stageId")
        judge.done()
        goal = cast("GlobalId", found)
        where = {"id": (*_UPDATED, "id"), "stage": (*_UPDATED, "stageId")}
        options = (
            {"stage_validation_options": ["allow_invalid_transition"]}
            if asked.allow_invalid_transition
            else {}
        )

        async def send(trace: Trace) -> Written:
            async def write(place: Stage) -> Written:
                body = {"id": key.source_id, "stage": place, **options}
                call = self._spoken(calls_writes.update_work(body))
                return await self._sending.send(call, trace, asked=key, named=["stage"])

            return await self._placing.send(write, "stage", goal, where["stage"], trace)

        async def is_alike(work: wired.Work, trace: Trace) -> bool | None:
            return await self._placing.is_in(work, goal, trace)

        return Plan(send=send, look=partial(self._look_at, key, is_alike), paths=where)

    def delete(self, key: GlobalId) -> Plan:
        """Plan to delete a work."""

        async def send(trace: Trace) -> Written:
            await self._sending.client.send(calls_writes.delete_work(key.source_id), trace)
            return Written(key=key)

        async def look(trace: Trace) -> Sequence[Written]:
            client = self._sending.client
            row = await singly.one(client, calls.get_work, forgiving.work, key, trace)
            if isinstance(row, errors.UpstreamFailure):
                raise row
            return [] if row else [Written(key=key)]

        return Plan(send=send, look=look, paths={"id": (*_UPDATED, "id")})

    def _spoken(self, call: Call[wired.OneWork]) -> Call[wired.OneWork]:
        return structs.replace(call, complaints=self._complaints)

    async def _look(
        self, kind: WorkType, body: Body, is_alike: Alike, trace: Trace
    ) -> Sequence[Written]:
        """Find the works that are what was sent, but for those that are too old for any key."""
        ask = WorkAsk(
            types=(kind,),
            owners=_keys(Kind.PERSON, *body["owned_by"]),
            parts=_keys(Kind.PART, body["applies_to_part"]),
            created=Span(gte=self._now() - _LOOKED_BACK),
        )
        found: dict[GlobalId, Written] = {}
        async for page in self._works.pages(Wish(conditions=asks.conditions(ask)), trace):
            judged = [(row, await is_alike(row.wire, trace)) for row in page.rows]
            found |= {one.key: one for one in self._sending.alike(judged, page.dropped)}
        return list(found.values())

    async def _look_at(self, key: GlobalId, is_alike: Alike, trace: Trace) -> Sequence[Written]:
        """Look at the work itself."""
        row = await self._sending.found(key, trace)
        if row is None:
            return []
        return self._sending.alike([(row, await is_alike(row.wire, trace))])


def _keys(kind: Kind, *ids: str) -> tuple[GlobalId, ...]:
    return tuple(normalise.global_id(kind, one) for one in ids)


def _both(one: bool | None, other: bool | None) -> bool | None:  # noqa: FBT001 - operands
    if one is False or other is False:
        return False
    return one and other


def _block(kind: WorkType) -> str:
    """Return the graph's name of a type's block."""
    return f"devrev{kind.value.capitalize()}"


def _type(judge: Judge, key: GlobalId, patch: UpdateWorkInput) -> WorkType | None:
    """Return the type whose block is given; None where none is.

    A DON tells the type of its work, so that a block of another one need not be sent.
    """
    given = [one for one in WorkType if told(getattr(patch, f"devrev_{one.value}")) is not None]
    for one in given[1:]:
        words = f"A work has one type, and `{_block(given[0])}` is given too."
        judge.wrong(words, Constraint.OTHER, _block(one))
    if not given:
        return None
    of = next((one for one in WorkType if one.value == normalise.word_of(key.source_id)), None)
    if of and of is not given[0]:
        words = f"The work is of type {of.value}; `{_block(of)}` changes what only those have."
        judge.wrong(words, Constraint.ALLOWED_VALUE, _block(given[0]))
    return given[0]
