"""Collects asks until the event loop comes round, and fetches them together.

Every ask gets a future of its own: graphql-core cancels the siblings of a field that fails, and a
future shared with other fields would fail them too.
"""

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Iterable, Mapping, Sequence
from typing import Any, Generic, TypeVar

from gateway.errors import UpstreamFailure
from gateway.loaders.batch import Ask, Batch, ListAsk
from gateway.upstream.trace import Log, Trace

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

Fetch = Callable[[Sequence[K], Trace], Awaitable[Mapping[K, V | UpstreamFailure]]]


class Loader(Generic[K, V]):
    """Collects keys until the event loop comes round, then fetches them by one function.

    Args:
        fetch: returns the values by key, and counts its calls; absent keys are None. A failure
            fails all its keys; one in the place of a value fails that key.
        log: told of every call.
        known: where values are kept; loaders whose keys differ may share it.
    """

    def __init__(
        self, fetch: Fetch[K, V], log: Log, known: dict[K, V | None] | None = None
    ) -> None:
        self._fetch = fetch
        self._log = log
        self._known: dict[K, V | None] = {} if known is None else known
        self._flying: dict[K, Batch[K, V]] = {}
        self._next: Batch[K, V] | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    def load(self, key: K, payer: Trace | None = None) -> asyncio.Future[V | None]:
        """Return a future of the value of a key; `payer` is told of the calls that it took."""
        if key in self._known:
            return resolved(self._known[key])
        ask = Ask[K, V]([key])
        self._join(ask, [key], payer)
        return ask.future

    def load_list(
        self, keys: Sequence[K], payer: Trace | None = None
    ) -> list[V | Exception | None] | asyncio.Future[list[V | Exception | None]]:
        """Return the values of keys, in their order.

        Args:
            keys: any; the same may be among them twice.
            payer: told of the calls that it took.

        Returns:
            A list at once if all are known, else one future for all of them. An exception in it
            is the failure of its key.
        """
        known = self._known
        missing = [key for key in dict.fromkeys(keys) if key not in known]
        if not missing:
            return [known[key] for key in keys]
        ask = ListAsk[K, V](keys, {key: known[key] for key in keys if key in known})
        self._join(ask, missing, payer)
        return ask.future

    def _join(self, ask: Ask[K, V], keys: Iterable[K], payer: Trace | None) -> None:
        for key in keys:
            batch = self._flying.get(key) or self._next
            if batch is None:
                batch = self._next = Batch[K, V]()
                asyncio.get_running_loop().call_soon(self._start, batch)
            batch.join(key, ask, payer)

    def _start(self, batch: Batch[K, V]) -> None:
        self._next = None
        if not batch.is_wanted:
            return  # whoever asked has left meanwhile
        self._flying.update(dict.fromkeys(batch.keys, batch))
        task = asyncio.get_running_loop().create_task(self._run(batch))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _run(self, batch: Batch[K, V]) -> None:
        trace = Trace(self._log, len(batch.keys))
        try:
            values = await self._fetch(list(batch.keys), trace)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is for those who wait
            batch.give(dict.fromkeys(batch.keys, error))
        else:
            found = {key: values.get(key) for key in batch.keys}
            self._known.update(
                (key, one) for key, one in found.items() if not isinstance(one, UpstreamFailure)
            )
            batch.give(found)
        finally:
            for key in batch.keys:
                del self._flying[key]
            for payer in batch.payers:
                payer.calls += trace.calls

    async def close(self) -> None:
        """Stop what nobody waits for any more."""
        if self._next is not None:
            self._next.leave()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


def resolved(value: object) -> asyncio.Future[Any]:
    """Return a future of what is known already."""
    future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
    future.set_result(value)
    return future
