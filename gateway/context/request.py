"""What all requests share, and what is a request's own."""

from collections.abc import Callable, Mapping
from datetime import datetime

from gateway.adapter import Adapter
from gateway.cache.versions import Versions
from gateway.caller import ANYBODY, Caller
from gateway.loaders import Kept, Loaders
from gateway.merge import Lists
from gateway.upstream.trace import Log
from gateway.writes import Writer
from schema.types.source import Source
from schema.types.sources import SourceInfo


class Gateway:
    """What all requests share of callers who see the same.

    Args:
        view: the callers' view.
        adapters: the sources that they have.
        lists: the lists over them.
        sources: tells of every source, connected or not.
        now: the clock, in UTC.
        kept: what earlier requests brought, by id.
        versions: of what is kept.
        writer: writes.
        most_calls: upstream calls that one request may make; None is any number.
    """

    def __init__(
        self,
        *,
        view: str = "",
        adapters: Mapping[Source, Adapter],
        lists: Lists,
        sources: Callable[[], list[SourceInfo]],
        now: Callable[[], datetime],
        kept: Kept,
        versions: Versions,
        writer: Writer,
        most_calls: int | None = None,
    ) -> None:
        self.view = view
        self.adapters = adapters
        self.scopes = {source: adapter.scope for source, adapter in adapters.items()}
        self.lists = lists
        self.sources = sources
        self.now = now
        self.kept = kept
        self.versions = versions
        self.writer = writer
        self.most_calls = most_calls


class Request:
    """One request's view of the gateway.

    Attributes:
        since: when the request began, in UTC.
        log: every call that was made for it.
        caller: who asks.
        is_traced: whether the caller is told of every call, kept ones too.
    """

    def __init__(self, gateway: Gateway, caller: Caller = ANYBODY) -> None:
        self.since = gateway.now()
        self.log = Log(most=gateway.most_calls)
        self.caller = caller
        self.is_traced = False
        self._gateway = gateway
        self._own: Loaders | None = None

    @property
    def _loaders(self) -> Loaders:
        """The request's loaders, made when they are first wanted."""
        own = self._own
        if own is None:
            gateway = self._gateway
            own = Loaders(gateway.adapters, gateway.scopes, gateway.kept, self.since, self.log)
            self._own = own
        return own

    @property
    def is_open(self) -> bool:
        """Whether something may be under way for the request."""
        return self._own is not None and self._own.is_open

    async def close(self) -> None:
        """Stop what the request no longer waits for; what was read for it is forgotten."""
        own, self._own = self._own, None
        if own is not None:
            await own.close()

    def is_stale(self, source: Source, fetched_at: datetime) -> bool:
        """Tell whether what a source answered at a time was given past its time."""
        return self.log.is_stale(source, fetched_at)

    def now(self) -> datetime:
        """Return the time, in UTC."""
        return self._gateway.now()

    def sources(self) -> list[SourceInfo]:
        """Return every source, connected or not, as it is at the moment."""
        self.log.spoil()
        return self._gateway.sources()
