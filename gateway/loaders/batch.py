"""Who waits for which keys, and what is fetched together for them."""

import asyncio
from collections.abc import Hashable, Mapping, Sequence
from typing import Any, Generic, TypeVar

from gateway.upstream.trace import Trace

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Ask(Generic[K, V]):
    """One who waits for a key.

    Attributes:
        future: of the value, or of its failure.
        batches: that have not come yet.
    """

    def __init__(self, keys: Sequence[K]) -> None:
        self.future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self.batches: set[Batch[K, V]] = set()
        self._keys = keys
        self._found: dict[K, V | Exception | None] = {}

    def take(self, batch: "Batch[K, V]", values: Mapping[K, V | Exception | None]) -> None:
        """Take what a batch brought, and settle the future if it was the last one."""
        self._found.update((key, values[key]) for key in self._keys if key in values)
        self.batches.remove(batch)
        if not self.batches and not self.future.done():
            self._settle([self._found[key] for key in self._keys])

    def _settle(self, values: list[V | Exception | None]) -> None:
        [value] = values
        if isinstance(value, Exception):
            self.future.set_exception(value)
        else:
            self.future.set_result(value)


class ListAsk(Ask[K, V]):
    """One who waits for several keys: the future is of a list, which has failures in place."""

    def __init__(self, keys: Sequence[K], known: Mapping[K, V | None]) -> None:
        super().__init__(keys)
        self._found |= known

    def _settle(self, values: list[V | Exception | None]) -> None:
        self.future.set_result(values)


class Batch(Generic[K, V]):
    """Keys that are fetched together, who waits for them, and who is told what it cost."""

    def __init__(self) -> None:
        self.keys: dict[K, None] = {}
        self.asks: list[Ask[K, V]] = []
        self.payers: list[Trace] = []

    @property
    def is_wanted(self) -> bool:
        """Whether anybody still waits."""
        return any(not ask.future.done() for ask in self.asks)

    def join(self, key: K, ask: Ask[K, V], payer: Trace | None) -> None:
        """Let one wait for a key."""
        self.keys[key] = None
        if self in ask.batches:
            return
        ask.batches.add(self)
        self.asks.append(ask)
        if payer is not None and all(payer is not one for one in self.payers):
            self.payers.append(payer)

    def leave(self) -> None:
        """Let all who wait go."""
        for ask in self.asks:
            ask.future.cancel()

    def give(self, values: Mapping[K, V | Exception | None]) -> None:
        """Give all their values."""
        for ask in self.asks:
            ask.take(self, values)
