"""What a client does where the kept answer of a call is past its time."""

import asyncio
from collections.abc import Callable, Coroutine
from contextvars import Context
from typing import Any, NamedTuple, Protocol

from gateway import errors
from gateway.cache.keys import Key
from gateway.store.entry import Entry
from gateway.upstream.call import Call
from gateway.upstream.client.patience import Patience, note_pace, seconds_left
from gateway.upstream.client.sender import Line
from gateway.upstream.health import Health
from gateway.upstream.keeping import Keeping
from gateway.upstream.trace import Trace
from schema.types.sources import SourceStatus

_PART, _LATE_PART = 0.5, 0.1
"""The part of the time that is left for which an answer is waited for; of a source that was late
a moment ago it is less."""


class Renewal(NamedTuple):
    """A load that goes on whoever waits for it.

    Attributes:
        task: the load. since: when it began, by the event loop.
        line: tells whether it waits for the rate limit.
    """

    task: asyncio.Task[Entry]
    line: Line
    since: float


class Renewals:
    """The loads under way.

    Args:
        late: seconds after which one is late: whoever comes then begins another one.
    """

    def __init__(self, late: float) -> None:
        self._late = late
        self._latest: dict[Key, Renewal] = {}
        self._tasks: set[asyncio.Task[Entry]] = set()

    def begin(
        self, key: Key, line: Line, load: Callable[[], Coroutine[Any, Any, Entry]]
    ) -> Renewal:
        """Return the load of an answer that is under way, or begin it.

        Args:
            key: of the answer.
            line: told while the load waits for the rate limit, if it is begun.
            load: gets the answer, within a time of its own.
        """
        loop = asyncio.get_running_loop()
        now, known = loop.time(), self._latest.get(key)
        if known is not None and now - known.since < self._late:
            return known
        task = loop.create_task(load(), context=Context())
        renewal = self._latest[key] = Renewal(task, line, now)
        self._tasks.add(task)

        def done(task: asyncio.Task[Entry]) -> None:
            self._tasks.discard(task)
            if self._latest.get(key) is renewal:
                del self._latest[key]
            if not task.cancelled():
                task.exception()  # nobody may wait for it

        task.add_done_callback(done)
        return renewal

    async def close(self) -> None:
        """Stop all of them."""
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(list(self._tasks))


class Owner(Protocol):
    """The client that a spare answer is of."""

    @property
    def health(self) -> Health:
        """How the source does."""
        ...

    def renew(self, asked: "Spare", old: Entry, trace: Trace, line: Line) -> Renewal:
        """Begin to load an answer and to keep it, if that is not under way."""
        ...

    def new_line(self) -> Line:
        """Return a line for a call of its own."""
        ...

    def too_late(self, is_paced: bool, seconds: float) -> Exception:  # noqa: FBT001 - a callback
        """Return the failure of who has waited for so long, and whether for the rate limit."""
        ...


class Spare:
    """Satisfies `gateway.cache.cache.Spare`, for one call of one caller.

    Args:
        owner: the client.
        keeping: whose answers are kept.
        call: what is asked. key: of its answer.
        trace: of the caller. line: likewise.
    """

    __slots__ = ("_owner", "call", "keeping", "key", "line", "trace")

    def __init__(
        self, owner: Owner, keeping: Keeping, call: Call[Any], key: Key, trace: Trace, line: Line
    ) -> None:
        self._owner = owner
        self.keeping = keeping
        self.call = call
        self.key = key
        self.trace = trace
        self.line = line

    def may_renew(self) -> bool:
        """Tell whether the source answered well when it was asked last."""
        return self._owner.health.status in {None, SourceStatus.OK}

    def renew(self, entry: Entry) -> None:
        """Begin to load the answer beside, and to keep it, if that is not under way."""
        self._owner.renew(self, entry, Trace(), self._owner.new_line())

    async def load(self, entry: Entry, *, is_late: bool) -> Entry:
        """Load the answer and keep it; wait for a part of the time that is left.

        The rest is for whatever else the list needs. What comes later is kept all the same: a slow
        source is not left for ever. In a list of one that hangs nothing else is waited for.

        Args:
            entry: the old one.
            is_late: whether the source did not answer in time a moment ago.
        """
        trouble, left = self.trace.trouble, seconds_left()
        if isinstance(trouble, errors.TimedOut):
            raise trouble
        renewal = self._owner.renew(self, entry, self.trace, self.line)
        if left <= 0:
            return await asyncio.shield(renewal.task)
        seconds = left * (_LATE_PART if is_late else _PART)
        until = asyncio.get_running_loop().time() + seconds
        async with Patience(until, lambda is_paced: self._owner.too_late(is_paced, seconds)):
            try:
                return await asyncio.shield(renewal.task)
            except asyncio.CancelledError:
                if renewal.line.is_in_it:
                    note_pace()
                raise
