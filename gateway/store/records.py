"""Records of what was done, and locks: never evicted for answers, and a failure is told."""

import heapq
import secrets
from abc import ABC, abstractmethod
from collections.abc import Callable

from gateway.store.link import Link, LostError

__all__ = ["LostError", "MemoryRecords", "Records", "SharedRecords"]

_NAMESPACE = "stagegraph:once:1"
"""Not that of entries, whose number changes when records must stay."""

_CLAIM = """
local holder = redis.call('GET', KEYS[1])
if not holder then
  redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
  return 1
end
return holder == ARGV[1] and 1 or 0
"""

_RELEASE = """
if redis.call('GET', KEYS[1]) == ARGV[1] then
  return redis.call('DEL', KEYS[1])
end
return 0
"""


class Records(ABC):
    """Values and locks under keys, until their time is up. A value and a lock share no key.

    All methods raise `LostError` where the store cannot be reached or fails; whether the command
    was done is not known then.
    """

    @abstractmethod
    async def get(self, key: str) -> bytes | None:
        """Return the value of a key."""

    @abstractmethod
    async def put(self, key: str, value: bytes, seconds: float) -> None:
        """Keep a value for some seconds, more than 0, in place of the old one."""

    @abstractmethod
    async def drop(self, key: str) -> None:
        """Let a value go."""

    @abstractmethod
    async def claim(self, key: str, seconds: float) -> str | None:
        """Take a lock if nobody holds it.

        Args:
            key: of the lock.
            seconds: for which it is held if nobody lets go of it, such as when the holder dies, or
                is cancelled while it claims.

        Returns:
            A token to let go of it with; None if somebody holds it.
        """

    @abstractmethod
    async def release(self, key: str, token: str) -> None:
        """Let go of a lock; one that another has taken meanwhile stays theirs."""

    @abstractmethod
    async def close(self) -> None:
        """Close connections."""


class MemoryRecords(Records):
    """Records in this process. Nothing but time bounds them: whoever puts must bound what is put.

    Args:
        now: seconds, by a clock that is never put back.
    """

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._rows: dict[tuple[str, str], tuple[bytes, float]] = {}
        self._ends: list[tuple[float, tuple[str, str]]] = []

    async def get(self, key: str) -> bytes | None:
        """Return the value of a key."""
        return self._get(("value", key))

    async def put(self, key: str, value: bytes, seconds: float) -> None:
        """Keep a value."""
        self._put(("value", key), value, seconds)

    async def drop(self, key: str) -> None:
        """Let a value go."""
        self._rows.pop(("value", key), None)

    async def claim(self, key: str, seconds: float) -> str | None:
        """Take a lock if nobody holds it."""
        if self._get(("lock", key)) is not None:
            return None
        token = _token()
        self._put(("lock", key), token.encode(), seconds)
        return token

    async def release(self, key: str, token: str) -> None:
        """Let go of one's own lock."""
        if self._get(("lock", key)) == token.encode():
            del self._rows["lock", key]

    async def close(self) -> None:
        """Nothing is to be closed."""

    def _get(self, place: tuple[str, str]) -> bytes | None:
        value, end = self._rows.get(place, (None, 0.0))
        return value if end > self._now() else None

    def _put(self, place: tuple[str, str], value: bytes, seconds: float) -> None:
        now = self._now()
        while self._ends and self._ends[0][0] <= now:
            _, old = heapq.heappop(self._ends)
            if old in self._rows and self._rows[old][1] <= now:
                del self._rows[old]
        self._rows[place] = (value, now + seconds)
        heapq.heappush(self._ends, (now + seconds, place))


class SharedRecords(Records):
    """Records in a Redis that several gateways share; it must not be one that evicts them.

    Args:
        link: the way to Redis.
    """

    def __init__(self, link: Link) -> None:
        self._link = link

    async def get(self, key: str) -> bytes | None:
        """Return the value of a key."""
        return await self._link.ask(self._link.client.get, _value(key))

    async def put(self, key: str, value: bytes, seconds: float) -> None:
        """Keep a value."""
        await self._link.ask(self._link.client.set, _value(key), value, px=_ms(seconds))

    async def drop(self, key: str) -> None:
        """Let a value go."""
        await self._link.ask(self._link.client.delete, _value(key))

    async def claim(self, key: str, seconds: float) -> str | None:
        """Take a lock if nobody holds it.

        A command that is sent twice, because the connection broke, finds its own token.
        """
        token = _token()
        script = self._link.client.eval
        is_own = await self._link.ask(script, _CLAIM, 1, _lock(key), token, _ms(seconds))
        return token if is_own else None

    async def release(self, key: str, token: str) -> None:
        """Let go of one's own lock."""
        await self._link.ask(self._link.client.eval, _RELEASE, 1, _lock(key), token)

    async def close(self) -> None:
        """Close connections."""
        await self._link.close()


def _token() -> str:
    return secrets.token_hex(16)


def _value(key: str) -> str:
    return f"{_NAMESPACE}:value:{key}"


def _lock(key: str) -> str:
    return f"{_NAMESPACE}:lock:{key}"


def _ms(seconds: float) -> int:
    return max(1, round(seconds * 1000))
