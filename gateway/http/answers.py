"""Whole answers: shared while they are made, and kept as the bytes that were sent."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any, NamedTuple, TypeVar

import msgspec

from gateway.cache.dependencies import Dependencies
from gateway.cache.flights import Flights
from gateway.cache.versions import Versions
from gateway.http.body import Body
from gateway.store.lru import Lru

VARYING = frozenset({"freshness", "upstreamCalls", "latencyMs"})
"""Fields that tell of the moment; an answer with one of them is made anew each time."""

_PER_ANSWER = 1000
"""Bytes of a kept answer beside its text and its key."""

_canonical = msgspec.json.Encoder(order="deterministic").encode

T = TypeVar("T")

Key = tuple[str, str | None, bytes, str]


def key(
    query: str, operation_name: str | None, variables: Mapping[str, Any] | None, caller: str
) -> Key:
    """Return the key of an answer: what was asked, and by whom."""
    return (query, operation_name, _canonical(variables) if variables else b"", caller)


class _Answer(NamedTuple):
    """A kept answer, and what it was made of."""

    body: Body
    made_of: Dependencies


class Answers:
    """Keeps answers until the first of their parts ends or is written to.

    Args:
        versions: of the parts.
        max_bytes: of all answers. max_entries: answers.
        now: the clock, in UTC.
    """

    def __init__(
        self,
        versions: Versions,
        *,
        max_bytes: int,
        max_entries: int,
        now: Callable[[], datetime],
    ) -> None:
        self._versions = versions
        self._flights = Flights()
        self._kept = Lru[Key, _Answer, datetime](
            max_bytes=max_bytes, max_entries=max_entries, now=now
        )

    def get(self, key: Key) -> Body | None:
        """Return an answer that is still good."""
        answer = self._kept.get(key)
        if answer is None:
            return None
        if answer.made_of.are_good(self._versions):
            return answer.body
        self._kept.forget(key)
        return None

    def is_under_way(self, key: Key) -> bool:
        """Tell whether an answer is being made, of what is known at this moment."""
        return (key, self._versions.clock) in self._flights

    async def share(self, key: Key, make: Callable[[], Awaitable[T]]) -> T:
        """Return what all get who ask the same while it is made, unless something was written."""
        return (await self._flights.share((key, self._versions.clock), make)).value

    async def join(self, key: Key) -> Any:
        """Return what `share` gives, of an answer that is under way."""
        return await self.share(key, _lost)

    def keep(self, key: Key, body: Body, made_of: Dependencies) -> None:
        """Keep an answer without errors, if all that it was made of may be given again."""
        if not made_of.is_lasting or not made_of.are_good(self._versions):
            return
        made_of.seal()
        size = _PER_ANSWER + body.size + 2 * len(key[0]) + len(key[2])
        self._kept.put(key, _Answer(body, made_of), size, made_of.until)


def _lost() -> Awaitable[Any]:
    message = "no such answer is under way"
    raise LookupError(message)
