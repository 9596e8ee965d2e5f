"""Versions that several gateways share over Redis."""

import asyncio
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress

import msgspec

from gateway.cache.keys import Key, Scope
from gateway.cache.versions import MOST, Versions, name_of
from gateway.store.counters import Counters
from gateway.store.link import LostError
from gateway.store.store import Store

_REST = 1.0


def versions_over(store: Store) -> Versions:
    """Return versions that all see who share a store."""
    return Versions() if store.counters is None else SharedVersions(store.counters)


def _microseconds() -> int:
    return time.time_ns() // 1000


class _Version(msgspec.Struct):
    """What is known of a tag.

    Attributes:
        number: the counter in Redis, or the larger one that it is owed; None until it was read.
        changed: when this process saw it change.
    """

    number: int | None
    changed: int


class SharedVersions(Versions):
    """Versions whose numbers stand in Redis.

    Redis is asked for all known numbers when an operation begins, so that it sees each write that
    ended before. A tag is known from the moment it is first asked for, and so is part of every such
    look that begins later. Numbers only grow, here and in Redis: one that Redis lost is put back as
    a larger one, not below the time in microseconds.

    While Redis cannot be asked, others may have written anything: each operation begins a time of
    its own, whose answers no other takes.

    Args:
        counters: the numbers.
        now: microseconds of the epoch.
        rest: seconds between two tries to pay what Redis is owed.
    """

    def __init__(
        self, counters: Counters, *, now: Callable[[], int] = _microseconds, rest: float = _REST
    ) -> None:
        super().__init__()
        self._counters = counters
        self._now = now
        self._rest = rest
        self._known: OrderedDict[Key, _Version] = OrderedDict()
        self._owed: dict[Key, tuple[_Version, int]] = {}
        self._payer: asyncio.Task[None] | None = None
        self._blind = 0  # what tells this time without Redis from any other, in any gateway
        self._blind_since = 0

    async def refresh(self) -> None:
        """See what others have changed up to now; one look at all numbers."""
        blind = self._blind
        try:
            await self._pay()
            known = {name: (one, one.number) for name, one in self._known.items()}
            if known:
                await self._look_at(known)
        except LostError:
            self._go_blind()
            return
        if self._blind == blind:  # else another lost sight of Redis after this look
            self._blind = 0

    async def _look_at(self, known: Mapping[Key, tuple[_Version, int | None]]) -> None:
        """Read numbers; those that Redis lost, or has gone back with, are put anew."""
        found = await self._counters.read(list(known))
        lost: dict[Key, _Version] = {}
        for (name, (one, before)), number in zip(known.items(), found, strict=True):
            if number is None or number < (before or 0):
                lost[name] = one
            else:
                self._see(one, number)
        if lost:
            await self._put(lost)

    async def meet(self, scope: Scope, tags: Sequence[str]) -> None:
        """Ask for the numbers of tags that are not known."""
        new: dict[Key, _Version] = {}
        for tag in tags:
            name = name_of(scope, tag)
            one = self._meet(name)
            if one.number is None:
                new[name] = one
        if not new:
            return
        try:
            await self._put(new)
        except LostError:
            if not self._blind:
                self._go_blind()

    def of(self, scope: Scope, tags: Sequence[str]) -> Sequence[int]:
        """Return what tells the present versions of tags from all earlier ones."""
        return [*(self._number(name_of(scope, tag)) for tag in tags), self._blind]

    def moment_of(self, name: Key) -> int:
        """Return the moment of a tag's latest change; one to come for a tag that is not known."""
        one = self._known.get(name)
        return self.clock + 1 if one is None else max(one.changed, self._blind_since)

    async def bump(self, scope: Scope, tags: Sequence[str]) -> None:
        """Give tags new versions; where Redis cannot be told, it is owed them."""
        moment, least = self._tick(), self._now()
        for tag in tags:
            name = name_of(scope, tag)
            one = self._meet(name)
            one.number, one.changed = max((one.number or 0) + 1, least), moment
            self._owed[name] = (one, one.number)
        try:
            with suppress(LostError):
                # Others must see it before the write is answered, if Redis is there at all.
                await self._pay(insists=True)
        finally:  # one who is cancelled owes it too
            if self._owed and self._payer is None:
                self._payer = asyncio.get_running_loop().create_task(self._pay_at_last())

    async def close(self) -> None:
        """Pay now or never; what is not paid, others see when the answers that they keep end."""
        with suppress(LostError):
            await self._pay()
        if self._payer is not None:
            self._payer.cancel()
            await asyncio.wait([self._payer])

    async def _pay(self, *, insists: bool = False) -> None:
        """Lift the numbers that Redis is owed; several may do so at a time."""
        while self._owed:
            owed = dict(self._owed)
            wishes: dict[str, int] = {name: wished for name, (_, wished) in owed.items()}
            found = await self._counters.lift(wishes, insists=insists)
            for (name, (one, wished)), number in zip(owed.items(), found, strict=True):
                if self._owed.get(name) == (one, wished):
                    del self._owed[name]
                self._see(one, number)

    async def _pay_at_last(self) -> None:
        """Pay as soon as Redis is back, whether or not anybody asks for anything here."""
        try:
            while self._owed:
                await asyncio.sleep(self._rest)
                with suppress(LostError):
                    await self._pay()
        finally:
            self._payer = None

    async def _put(self, versions: Mapping[Key, _Version]) -> None:
        """Read numbers, and put larger ones in the place of those that are lost."""
        least = self._now()
        olds = {name: one.number for name, one in versions.items()}
        asks: dict[str, tuple[int, int]] = {
            name: (0, least) if old is None else (old + 1, max(old + 1, least))
            for name, old in olds.items()
        }
        found = await self._counters.look(asks)
        for one, number in zip(versions.values(), found, strict=True):
            self._see(one, number)

    def _see(self, one: _Version, number: int) -> None:
        """Note a number; looks may be answered in another order than they were made in."""
        if one.number is None or number > one.number:
            one.number, one.changed = number, self._tick()

    def _meet(self, name: Key) -> _Version:
        """Return what is known of a tag; from now on each refresh looks at it."""
        one = self._known.get(name)
        if one is None:
            # What is owed is newer than what Redis would tell.
            owed = self._owed.get(name)
            one = self._known[name] = owed[0] if owed else _Version(None, self._tick())
            if len(self._known) > MOST:
                self._known.popitem(last=False)
        else:
            self._known.move_to_end(name)
        return one

    def _number(self, name: Key) -> int:
        one = self._known.get(name)
        if one is not None and one.number is not None:
            return one.number
        # No answer of before and no load under way may be of this version.
        return 0 if self._blind else secrets.randbits(62)

    def _go_blind(self) -> None:
        """Begin a time of its own: nothing from before it counts."""
        self._blind = secrets.randbits(62) or 1
        self._blind_since = self._tick()
