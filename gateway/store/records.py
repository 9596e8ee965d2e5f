"""Records of what was done, and locks: never evicted for answers, and a failure is told."""

import heapq
import secrets
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

from gateway.store.link import Link, LostError

__all__ = ["LostError", "MemoryRecords", "Records", "SharedRecords"]

_NAMESPACE = "stagegraph:once:1"
"""Not that of entries, whose number changes when records must stay."""

_ENDS = f"{_NAMESPACE}:ends"
"""A sorted set of all values' and locks' keys, by when they end, in ms since 1970.

Redis evicts, by a policy volatile-*, only what has an end that Redis knows of; so it is told none.
"""

_SWEPT = 100
"""Keys past their end that go with one put or claim, at most: more than come with it."""

_READ = """
local ends, key = KEYS[1], KEYS[2]
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local function read()
  local value, till = redis.call('GET', key), redis.call('ZSCORE', ends, key)
  -- What has lost its end stays: no record means that a thing is done again.
  return value and (not till or tonumber(till) > now) and value, till
end
"""

_WRITE = f"""{_READ}
local ended = redis.call('ZRANGEBYSCORE', ends, '-inf', now, 'LIMIT', 0, {_SWEPT})
if #ended > 0 then
  redis.call('DEL', unpack(ended))
  redis.call('ZREM', ends, unpack(ended))
end
local function write(value, ms)
  redis.call('ZADD', ends, now + ms, key)
  redis.call('SET', key, value)
end
"""

_GET = f"""{_READ}
return (read())
"""

_PUT = f"""{_WRITE}
write(ARGV[1], ARGV[2])
"""

_CLAIM = f"""{_WRITE}
local holder, till = read()
if not holder then
  write(ARGV[1], ARGV[2])
  return 1
end
if not till then
  redis.call('ZADD', ends, now + ARGV[2], key)
end
return holder == ARGV[1] and 1 or 0
"""

_DROP = """
redis.call('ZREM', KEYS[1], KEYS[2])
redis.call('DEL', KEYS[2])
"""

_RELEASE = f"""
if redis.call('GET', KEYS[2]) == ARGV[1] then
  {_DROP}
end
"""


_FEW = 100
"""Ends of what was dropped before its time that are not worth a sweep in this process."""


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
        if len(self._ends) > 2 * len(self._rows) + _FEW:  # of what was dropped before its end
            self._ends = [(end, one) for one, (_, end) in self._rows.items()]
            heapq.heapify(self._ends)
        self._rows[place] = (value, now + seconds)
        heapq.heappush(self._ends, (now + seconds, place))


class SharedRecords(Records):
    """Records in a Redis that several gateways share, each under a key that has no end for Redis.

    That Redis must evict by a policy volatile-*, and so never a record; or by none (noeviction),
    where answers that fill it up make records fail until some have ended. By a policy allkeys-*
    it takes records for answers: what was done might be done again.

    Each method is one script; ends are told by the clock of Redis.

    Args:
        link: the way to Redis.
    """

    def __init__(self, link: Link) -> None:
        self._link = link

    async def get(self, key: str) -> bytes | None:
        """Return the value of a key."""
        return await self._run(_GET, _value(key))

    async def put(self, key: str, value: bytes, seconds: float) -> None:
        """Keep a value."""
        await self._run(_PUT, _value(key), value, _ms(seconds))

    async def drop(self, key: str) -> None:
        """Let a value go."""
        await self._run(_DROP, _value(key))

    async def claim(self, key: str, seconds: float) -> str | None:
        """Take a lock if nobody holds it.

        A command that is sent twice, because the connection broke, finds its own token. A lock that
        has lost its end is given one.
        """
        token = _token()
        is_own = await self._run(_CLAIM, _lock(key), token, _ms(seconds))
        return token if is_own else None

    async def release(self, key: str, token: str) -> None:
        """Let go of one's own lock."""
        await self._run(_RELEASE, _lock(key), token)

    async def close(self) -> None:
        """Close connections."""
        await self._link.close()

    async def _run(self, script: str, key: str, *arguments: bytes | str | int) -> Any:
        return await self._link.ask(self._link.client.eval, script, 2, _ENDS, key, *arguments)


def _token() -> str:
    return secrets.token_hex(16)


def _value(key: str) -> str:
    return f"{_NAMESPACE}:value:{key}"


def _lock(key: str) -> str:
    return f"{_NAMESPACE}:lock:{key}"


def _ms(seconds: float) -> int:
    return max(1, round(seconds * 1000))
