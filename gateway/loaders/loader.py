"""Collects asks until the event loop comes round, and fetches them together.

Every ask gets a future of its own: graphql-core cancels the siblings of a field that fails, and a
future shared with other fields would fail them too.
"""

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Iterable, Mapping, Sequence
from typing import Any, Generic, TypeVar

from gateway.errors import UpstreamFailure
from gateway.upstream.trace import Log, Trace

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

Fetch = Callable[[Sequence[K], Trace], Awaitable[Mapping[K, V | UpstreamFailure]]]


class _Batch(Generic[K, V]):
    """Keys that are fetched together, who waits for each, and who is told what it cost."""

    def __init__(self) -> None:
        self.waiting: dict[K, list[asyncio.Future[V | None]]] = {}
        self.payers: list[Trace] = []

    def join(self, key: K, payer: Trace | None) -> asyncio.Future[V | None]:
        """Return a future of its own to one who waits for a key."""
        future: asyncio.Future[V | None] = asyncio.get_running_loop().create_future()
        self.waiting.setdefault(key, []).append(future)
        if payer is not None and all(payer is not one for one in self.payers):
            self.payers.append(payer)
        return future


class Loader(Generic[K, V]):
    """Collects keys until the event loop comes round, then fetches them by one function.

    Args:
        fetch: returns the values by key, and counts its calls; absent keys are None. A failure
            fails all its keys; one in the place of a value fails that key.
        log: told of every call.
    """

    def __init__(self, fetch: Fetch[K, V], log: Log) -> None:
        self._fetch = fetch
        self._log = log
        self._known: dict[K, V | None] = {}
        self._flying: dict[K, _Batch[K, V]] = {}
        self._next: _Batch[K, V] | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    def load(self, key: K, payer: Trace | None = None) -> asyncio.Future[V | None]:
        """Return a future of the value of a key; `payer` is told of the calls that it took."""
        if key in self._known:
            return resolved(self._known[key])
        batch = self._flying.get(key) or self._next
        if batch is None:
            batch = self._next = _Batch()
            asyncio.get_running_loop().call_soon(self._start, batch)
        return batch.join(key, payer)

    def knows(self, key: K) -> bool:
        """Tell whether a key needs no fetching any more."""
        return key in self._known or key in self._flying

    def keep(self, key: K, value: V) -> None:
        """Take a value that came by another way."""
        self._known[key] = value

    def _start(self, batch: _Batch[K, V]) -> None:
        self._next = None
        if not _open(batch.waiting.values()):
            return  # whoever asked has left meanwhile
        self._flying.update(dict.fromkeys(batch.waiting, batch))
        task = asyncio.get_running_loop().create_task(self._run(batch))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _run(self, batch: _Batch[K, V]) -> None:
        trace = Trace(self._log, len(batch.waiting))
        try:
            values = await self._fetch(list(batch.waiting), trace)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is for those who wait
            for future in _open(batch.waiting.values()):
                future.set_exception(error)
        else:
            for key, futures in batch.waiting.items():
                self._settle(key, values.get(key), _open([futures]))
        finally:
            for key in batch.waiting:
                del self._flying[key]
            for payer in batch.payers:
                payer.calls += trace.calls

    def _settle(
        self,
        key: K,
        value: V | UpstreamFailure | None,
        futures: Iterable[asyncio.Future[V | None]],
    ) -> None:
        if isinstance(value, UpstreamFailure):
            for future in futures:
                future.set_exception(value)
            return
        self._known[key] = value
        for future in futures:
            future.set_result(value)

    async def close(self) -> None:
        """Stop what nobody waits for any more."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


def _open(groups: Iterable[Sequence[asyncio.Future[Any]]]) -> list[asyncio.Future[Any]]:
    """Return the futures that nobody has cancelled."""
    return [future for futures in groups for future in futures if not future.done()]


def resolved(value: object) -> asyncio.Future[Any]:
    """Return a future of what is known already."""
    future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
    future.set_result(value)
    return future
