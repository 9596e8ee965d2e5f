"""One write: judged, compared, kept to once, sent; and what became of it."""

import asyncio
import logging
from collections.abc import Mapping
from typing import Any, NamedTuple

from strawberry import UNSET

from gateway.adapter import Adapter, Written
from gateway.caller import WRITE, Caller
from gateway.errors import (
    Complaint,
    Conflict,
    Failure,
    Invalid,
    Missing,
    NotAllowed,
    UpstreamFailure,
)
from gateway.loaders import getter
from gateway.upstream.trace import Log, Trace
from gateway.writes.once import Once
from gateway.writes.ways import Ask, judge
from schema.types.ids import GlobalId
from schema.types.mutation_errors import Constraint, WriteOutcome
from schema.types.source import Source

_log = logging.getLogger(__name__)

_LONGEST_KEY = 255
"""Characters of an idempotency key."""


class Result(NamedTuple):
    """What became of a write.

    Attributes:
        ask: what was asked; None if that was refused.
        written: what was written; None if that is not known.
        failure: what went wrong; None if nothing did.
        outcome: whether anything was changed.
        has_key: whether it has an idempotency key, so that it may be sent again as it is.
    """

    ask: Ask | None
    written: Written | None
    failure: Exception | None
    outcome: WriteOutcome
    has_key: bool


class Writer:
    """Writes to sources.

    Args:
        adapters: the connected ones.
        once: keeps writes under a key to once.
    """

    def __init__(self, adapters: Mapping[Source, Adapter], once: Once) -> None:
        self._adapters = adapters
        self._once = once
        self._writing: set[asyncio.Task[Result]] = set()

    async def write(self, mutation: str, asked: Any, caller: Caller, log: Log) -> Result:
        """Write, to the end even if the caller leaves meanwhile. Nothing is raised.

        Args:
            mutation: the mutation's name, such as "createStage".
            asked: its input.
            caller: who asks.
            log: told of every call.
        """
        task = asyncio.get_running_loop().create_task(self._write(mutation, asked, caller, log))
        self._writing.add(task)
        task.add_done_callback(self._writing.discard)
        return await asyncio.shield(task)

    async def close(self) -> None:
        """Wait for what is under way; the sources' deadlines bound it."""
        while self._writing:
            await asyncio.wait(self._writing)

    async def _write(self, mutation: str, asked: Any, caller: Caller, log: Log) -> Result:
        trace = Trace(log, is_fresh=True)
        ask: Ask | None = None
        written: Written | None = None
        failure: Exception | None = None
        sent: list[Written] = []
        key = _given(asked.idempotency_key)
        try:
            ask = judge(mutation, asked, self._adapters)
            if ask.adapter.id not in caller.writes:
                raise NotAllowed(ask.adapter.id, WRITE)  # noqa: TRY301 - told as all failures are
            _refuse_key(key)
            async with ask.adapter.deadline():
                written = await self._written(ask, caller, key, trace, sent)
        except UpstreamFailure as error:
            # Where the time was up only after the write, it is as good as in time.
            written = sent[0] if sent else ask and _known(ask, trace)
            failure = None if written else error
        except Failure as error:
            failure = error
        except Exception as error:  # noqa: BLE001 - whatever it is, the payload tells what was done
            _log.exception("a write failed")
            failure = error
        outcome = trace.outcome if failure else WriteOutcome.APPLIED
        return Result(ask, written, failure, outcome, has_key=key is not None)

    async def _written(
        self, ask: Ask, caller: Caller, key: str | None, trace: Trace, sent: list[Written]
    ) -> Written:
        version = _given(getattr(ask.input, "if_version", None))

        async def send() -> Written:
            if version is not None and ask.key is not None:
                await _compare(ask.adapter, ask.key, version, trace)
            try:
                sent.append(await ask.plan.send(trace))
            except UpstreamFailure:
                known = _known(ask, trace)
                if known is None:
                    raise
                sent.append(known)
            return sent[0]

        if key is None:
            return await send()
        return await self._once.write(ask, caller.owner, key, trace, send)


def _known(ask: Ask, trace: Trace) -> Written | None:
    """Return what was written, where it was, and only what the source told of it is no use."""
    if trace.outcome is not WriteOutcome.APPLIED or ask.key is None or ask.makes:
        return None
    return Written(key=ask.key)


def _given(value: str | None) -> str | None:
    return None if value is UNSET else value


def _refuse_key(key: str | None) -> None:
    if key is not None and not (key.strip() and len(key) <= _LONGEST_KEY):
        path = ("input", "idempotencyKey")
        message = f"`input.idempotencyKey`: It takes 1 to {_LONGEST_KEY} characters."
        raise Invalid([Complaint(message=message, constraint=Constraint.LENGTH, path=path)])


async def _compare(adapter: Adapter, key: GlobalId, version: str, trace: Trace) -> None:
    """Refuse to write over an object that is no longer the one that the caller read.

    Vendors have nothing to compare and write in one step, so a change between the two is not seen.
    """
    get = getter(adapter, key.kind)
    found = (await get([key], trace)).get(key) if get else None
    if found is None:
        raise Missing(adapter.id, f"{adapter.id.name} does not have this.")
    if isinstance(found, UpstreamFailure):
        raise found
    if found.origin.version() != version:
        raise Conflict(adapter.id, version, found)
