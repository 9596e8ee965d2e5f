"""Plans the writes of stages."""

from collections.abc import Sequence
from typing import Any

from gateway import errors
from gateway.adapter import Adapter, Plan, StageAsk, Written
from gateway.adapter.inputs import Judge, told
from gateway.adapter.writing import EVERYTHING
from gateway.errors import Path
from gateway.sources.outreach import calls, calls_writes, normalise, normalise_writes, wire
from gateway.sources.outreach.normalise_writes import is_as_sent
from gateway.upstream.call import Answer, Call, nonsense
from gateway.upstream.client import Client
from gateway.upstream.origin import Row
from gateway.upstream.paging import PageSize, walk
from gateway.upstream.trace import Trace
from schema.types.ids import GlobalId, Kind
from schema.types.inputs.outreach import CreateOutreachStage
from schema.types.inputs.stage import UpdateStageInput

_LONGEST = 255
"""Characters of a name or of a colour."""

_ATTRIBUTES = frozenset({"name", "order", "color", "createdAt", "updatedAt"})
_ENDS = "creator", "updater"

_LACKS = frozenset({"createdBy", "updatedBy", "canWrite", "canDelete", "dataConnections", "raw"})
"""What an answer to a write does not tell: includes and metadata come with reads alone."""

_OF_THE_STAGE = {"": ("input", "id")}
"""Where what is wrong with a stage itself leads, such as that it is in use."""


class StageWrites:
    """Writes stages, each by one call.

    Args:
        adapter: whose stages they are.
        client: sends.
        size: rows per page of a list.
        max_pages: pages that a list may have.
    """

    def __init__(self, adapter: Adapter, client: Client, size: PageSize, max_pages: int) -> None:
        self._adapter = adapter
        self._client = client
        self._size = size
        self._max_pages = max_pages

    def create(self, new: CreateOutreachStage, at: Path) -> Plan:
        """Plan to create a stage.

        Raises:
            errors.Invalid: if the input is wrong.
        """
        judge = Judge(self._adapter, at)
        judge.text(new.name, "name", longest=_LONGEST)
        _judge_color(judge, told(new.color))
        judge.done()
        values = normalise_writes.new_stage(new)

        async def send(trace: Trace) -> Written:
            return await self._send(calls_writes.create_stage(values), None, trace)

        async def look(trace: Trace) -> Sequence[Written]:
            return await self._like(new.name, values, trace)

        return Plan(send=send, look=look, paths={"": at, **_paths(at)})

    def update(self, key: GlobalId, patch: UpdateStageInput) -> Plan:
        """Plan to set and clear what is given.

        Raises:
            errors.Invalid: if the input is wrong.
        """
        values = normalise_writes.changes(patch)
        judge = Judge(self._adapter)
        judge.refuse_blocks(patch)
        if isinstance(values.name, str):
            judge.text(values.name, "name", longest=_LONGEST)
        if isinstance(values.color, str):
            _judge_color(judge, values.color)
        judge.refuse_nothing(values != wire.StageValues())
        judge.done()

        async def send(trace: Trace) -> Written:
            return await self._send(calls_writes.update_stage(key.source_id, values), key, trace)

        async def look(trace: Trace) -> Sequence[Written]:
            found = await self._found(key, trace)
            if found is None or not _is_as_sent(*found, values):
                return []
            return [_written(*found)]

        return Plan(send=send, look=look, paths={**_paths(("input",)), **_OF_THE_STAGE})

    def delete(self, key: GlobalId) -> Plan:
        """Plan to delete a stage."""

        async def send(trace: Trace) -> Written:
            await self._client.send(calls_writes.delete_stage(key.source_id), trace)
            return Written(key=key)

        async def look(trace: Trace) -> Sequence[Written]:
            return [] if await self._found(key, trace) else [Written(key=key)]

        return Plan(send=send, look=look, paths=_OF_THE_STAGE)

    async def _send(self, call: Call[wire.One], key: GlobalId | None, trace: Trace) -> Written:
        """Write a stage, and read it out of the answer; a new one has no key yet."""
        answer = await self._client.send(call, trace)
        row = _row(answer, key)
        return _written(row, answer, _LACKS if _is_whole(row) else EVERYTHING)

    async def _found(
        self, key: GlobalId, trace: Trace
    ) -> tuple[Row[wire.Stage], Answer[wire.One]] | None:
        """Read a stage; None if there is none."""
        try:
            answer = await self._client.send(calls.get_stage(key.source_id), trace)
        except errors.Missing:
            return None
        return _row(answer, key), answer

    async def _like(self, name: str, values: wire.StageValues, trace: Trace) -> list[Written]:
        """Read the stages of a name that have all these values.

        Raises:
            errors.BadResponse: if a row makes no sense, as it may be one of them.
        """
        ask = StageAsk(names=(name,))
        pages = walk(
            self._client,
            lambda rows: calls.list_stages(ask, rows),
            calls.following,
            self._size,
            trace,
            self._max_pages,
        )
        found: list[Written] = []
        async for answer in pages:
            rows, dropped = answer.rows(answer.body.data, wire.Stage, normalise.identity)
            if dropped:
                raise nonsense(self._adapter.id)
            found += [_written(row, answer) for row in rows if _is_as_sent(row, answer, values)]
        return found


def _judge_color(judge: Judge, color: str | None) -> None:
    """Judge a colour's length alone; its form is for Outreach to judge."""
    if color is not None:
        judge.text(color, "color", longest=_LONGEST, may_be_empty=True)


def _paths(at: Path) -> dict[str, Path]:
    return {name: (*at, field) for name, field in normalise_writes.FIELDS.items()}


def _row(answer: Answer[wire.One], key: GlobalId | None) -> Row[wire.Stage]:
    """Read the one stage of an answer.

    Raises:
        errors.BadResponse: if it makes no sense, or is another one.
    """
    row = answer.row(answer.body.data, wire.Stage, normalise.identity)
    if key is not None and str(row.wire.id) != key.source_id:
        raise answer.nonsense()
    return row


def _is_whole(row: Row[wire.Stage]) -> bool:
    """Tell whether a stage has every attribute, and who is at both ends, be it null or nobody.

    What is left out may be there all the same; relationships may come as links alone.
    """
    raw = row.origin.raw()
    attributes: dict[str, Any] = raw.get("attributes") or {}
    ends: dict[str, Any] = raw.get("relationships") or {}
    return attributes.keys() >= _ATTRIBUTES and all(
        "data" in (ends.get(one) or {}) for one in _ENDS
    )


def _is_as_sent(row: Row[wire.Stage], answer: Answer[Any], values: wire.StageValues) -> bool:
    """Tell whether a stage has all values.

    Raises:
        errors.BadResponse: if it does not tell its values.
    """
    if row.wire.attributes is None:
        raise answer.nonsense()
    return is_as_sent(row.wire.attributes, values)


def _written(
    row: Row[wire.Stage],
    answer: Answer[wire.One] | Answer[wire.Page],
    lacks: frozenset[str] = frozenset(),
) -> Written:
    return Written(
        key=normalise.global_id(Kind.STAGE, row.wire.id),
        row=normalise.stage(row, normalise.people(answer.body.included)),
        lacks=lacks,
    )
