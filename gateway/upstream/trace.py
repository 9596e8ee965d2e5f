"""What one list or one lookup has cost so far, and every call that a request has made."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import msgspec

from gateway.cache.cache import How
from gateway.cache.dependencies import Dependencies
from gateway.cache.keys import Scope
from gateway.store.entry import Entry
from schema.types.mutation_errors import WriteOutcome
from schema.types.source import Source

if TYPE_CHECKING:
    from gateway.errors import UpstreamFailure


class Sent(msgspec.Struct, kw_only=True):
    """One call of a request.

    Attributes:
        source: to whom. method, route: what was asked, without ids.
        status: HTTP status of the answer; None where there was none.
        ms: milliseconds from the first byte sent to the last received; 0 where it was kept.
        bytes: length of the answer's body, decompressed.
        how: whether it was sent for this request, sent for another one, or kept.
        keys: ids that were looked up by it; 0 where it read a list.
        name: what tells it from other calls; not shown.
    """

    source: Source
    method: str
    route: str
    status: int | None = None
    ms: float = 0.0
    bytes: int = 0
    how: How = How.SENT
    keys: int = 0
    name: str = ""

    def told(self) -> dict[str, Any]:
        """Return it as clients see it."""
        return {
            "source": self.source.name,
            "method": self.method,
            "route": self.route,
            "status": self.status,
            "ms": round(self.ms, 3),
            "bytes": self.bytes,
            "served": self.how.value,
            "keys": self.keys,
        }


_NOTHING: frozenset[tuple[Source, datetime]] = frozenset()


class Log(list[Sent]):
    """The calls of one request, in the order in which their answers came.

    Args:
        whole: the log of the whole that this one is a part of; it has all the calls.
        most: calls that may be sent for the request; None is any number. A part has its whole's.

    Attributes:
        made_of: the kept answers among them.
        most: as it was given.
    """

    def __init__(self, whole: "Log | None" = None, *, most: int | None = None) -> None:
        super().__init__()
        self._whole = whole
        self._spent = 0
        self.most: int | None = most if whole is None else whole.most
        self._named: dict[str, Sent] | None = None
        self._stale: frozenset[tuple[Source, datetime]] = _NOTHING
        self.made_of = Dependencies()

    @property
    def sent(self) -> int:
        """How many of the calls were sent for this request."""
        return sum(one.how is How.SENT for one in self)

    def may_send(self) -> bool:
        """Tell whether one more call may be sent; if so, it counts as sent."""
        if self._whole is not None:
            return self._whole.may_send()
        if self.most is not None and self._spent >= self.most:
            return False
        self._spent += 1
        return True

    def was_not_sent(self) -> None:
        """Take back one call, which turned out to be kept or under way."""
        if self._whole is not None:
            self._whole.was_not_sent()
        else:
            self._spent -= 1

    @property
    def of_request(self) -> int:
        """What tells this log's request from all others under way."""
        return id(self) if self._whole is None else self._whole.of_request

    def depend(self, scope: Scope, tags: Sequence[str], entry: Entry, mark: int) -> None:
        """Note that an answer was made of a kept one; see `Dependencies.add`."""
        self.made_of.add(scope, tags, entry, mark)
        if self._whole is not None:
            self._whole.depend(scope, tags, entry, mark)

    def depend_on(self, made_of: Dependencies) -> None:
        """Note that an answer was made of all that another one was made of."""
        self.made_of.add_all(made_of)
        if self._whole is not None:
            self._whole.depend_on(made_of)

    def note_stale(self, source: Source, fetched_at: datetime) -> None:
        """Note an answer past its time, which is good for this once."""
        self.made_of.spoil()
        self._stale |= {(source, fetched_at)}
        if self._whole is not None:
            self._whole.note_stale(source, fetched_at)

    def is_stale(self, source: Source, fetched_at: datetime) -> bool:
        """Tell whether the answer of a source that came at a time was past its time."""
        return (source, fetched_at) in self._stale

    def spoil(self) -> None:
        """Note that something is good for this once."""
        self.made_of.spoil()
        if self._whole is not None:
            self._whole.spoil()

    def note(self, sent: Sent) -> None:
        """Add a call; one that was not sent for this request is told once."""
        if self._whole is not None:
            self._whole.note(sent)
            return
        if self._named is None:
            self._named = {}  # most requests are answered without a call
        own = self._named.setdefault(sent.name, sent) if sent.name else sent
        if own is sent or sent.how is How.SENT:
            self.append(sent)
        elif sent.how is How.JOINED:
            own.keys += sent.keys


class Trace:
    """Counts the calls that a list or a lookup waited for.

    Args:
        log: told of every call.
        keys: ids that are looked up by these calls.
        is_fresh: whether it is a write's: no kept answer is taken, and no load under way joined.

    Attributes:
        outcome: what became of the write among these calls, as far as is known.
        trouble: why an answer past its time was taken, if one was.
    """

    __slots__ = ("calls", "is_fresh", "keys", "log", "outcome", "trouble")

    def __init__(self, log: Log | None = None, keys: int = 0, *, is_fresh: bool = False) -> None:
        self.calls = 0
        self.is_fresh = is_fresh
        self.outcome = WriteOutcome.NOT_APPLIED
        self.keys = keys
        self.trouble: UpstreamFailure | None = None
        self.log = Log() if log is None else log
