"""The store in a Redis that several gateways share."""
# aiocache has no types.
# pyright: reportMissingTypeStubs=false

import asyncio
import logging
import math
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, TypeVar

from aiocache import RedisCache
from aiocache.serializers import BaseSerializer
from redis.asyncio import BlockingConnectionPool
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as NoConnectionError
from redis.exceptions import RedisError, ResponseError

from gateway.store.entry import Entry, from_bytes, to_bytes
from gateway.store.lru import Lru
from gateway.store.store import Store

T = TypeVar("T")

_log = logging.getLogger(__name__)

_NAMESPACE = "stagegraph:1"
"""What every key begins with; the number changes with the bytes of an entry."""

_REST = 1.0
"""Seconds for which a Redis that could not be reached is not asked again."""

_SILENCE = 60.0
"""Seconds between two complaints in the log."""

_CONNECTIONS = 16


class _Entries(BaseSerializer):
    """Entries as msgpack; bytes of others are no entry."""

    DEFAULT_ENCODING = None

    def dumps(self, value: Entry) -> Any:
        """Return an entry's bytes."""
        return to_bytes(value)

    def loads(self, value: object) -> Entry | None:
        """Read an entry; None where there is none that can be read."""
        return from_bytes(value)


class _Redis(RedisCache):
    """aiocache's backend without the commands that redis-py deprecates."""

    async def _set(
        self,
        key: str,
        value: bytes,
        ttl: float | None = None,
        *_: object,
        **__: object,
    ) -> Any:
        return await self.client.set(key, value, px=None if ttl is None else int(ttl * 1000))

    async def _close(self, *_: object, **__: object) -> None:
        await self.client.aclose()


def connect(host: str, port: int, db: int, patience: float) -> RedisCache:
    """Return a backend that connects at the first command, and gives each step some seconds."""
    return _Redis(
        serializer=_Entries(),
        namespace=_NAMESPACE,
        timeout=None,  # the patience is the store's, over the wait for a connection too
        endpoint=host,
        port=port,
        db=db,
        pool_max_size=_CONNECTIONS,
        connection_pool_class=BlockingConnectionPool,
        create_connection_timeout=patience,
        connection_pool_kwargs={
            "timeout": patience,
            "socket_timeout": patience,
            # Once more at once: a kept connection may have gone with a restart of Redis.
            "retry": Retry(NoBackoff(), 1, supported_errors=(NoConnectionError,)),
            # No words but the commands: the older protocol needs no greeting.
            "protocol": 2,
            "driver_info": None,
        },
    )


class SharedStore(Store):
    """Entries in Redis; where it fails, there are none.

    Args:
        backend: aiocache over Redis.
        max_bytes: of the entries that this process holds, so that what was made of an entry is
            made once.
        max_entries: likewise.
        patience: seconds for one command; a slower Redis is as good as none.
        now: seconds, by a clock that is never put back.
    """

    is_far = True

    def __init__(
        self,
        backend: RedisCache,
        *,
        max_bytes: int,
        max_entries: int,
        patience: float,
        now: Callable[[], float],
    ) -> None:
        super().__init__(backend)
        self._patience = patience
        self._now = now
        self._held: Lru[str, Entry, float] = Lru(
            max_bytes=max_bytes, max_entries=max_entries, now=now
        )
        self._commands: set[asyncio.Future[Any]] = set()
        self._rests_until = -math.inf
        self._silent_until = -math.inf

    async def get(self, key: str) -> Entry | None:
        """Return an entry, the same object again as long as its bytes are the same."""
        return (await self.get_many([key])).get(key)

    async def get_many(self, keys: Sequence[str]) -> Mapping[str, Entry]:
        """Return the entries that there are, in one command."""
        found = await self._reach(super().get_many, keys) if keys else None
        return {key: self._same(key, entry) for key, entry in (found or {}).items()}

    async def set(self, key: str, entry: Entry, seconds: float) -> None:
        """Keep an entry if Redis can be reached."""
        if seconds * 1000 < 1:
            return
        self._held.put(key, entry, entry.size, math.inf)
        await self._reach(super().set, key, entry, seconds)

    async def forget(self, key: str) -> None:
        """Let an entry go; one in a Redis that cannot be reached stays there until it ends."""
        self._held.forget(key)
        await self._reach(super().forget, key)

    def _same(self, key: str, entry: Entry) -> Entry:
        held = self._held.get(key)
        # Its end may have been put forward here, for what was found in it.
        if held and (held.fetched_at, held.body) == (entry.fetched_at, entry.body):
            return held
        self._held.put(key, entry, entry.size, math.inf)
        return entry

    async def close(self) -> None:
        """Close connections, when the commands under way have had their time."""
        if self._commands:
            await asyncio.wait(self._commands)
        await super().close()

    async def _reach(self, do: Callable[..., Awaitable[T]], *arguments: object) -> T | None:
        """Do something with Redis; None if that fails or takes too long.

        A command is never cancelled: redis-py would use its connection again, with the answer to
        come still in it, and the next command would take that for its own.
        """
        if self._now() < self._rests_until:
            return None
        command = asyncio.ensure_future(do(*arguments))
        self._commands.add(command)
        command.add_done_callback(self._ended)
        try:
            async with asyncio.timeout(self._patience):
                return await asyncio.shield(command)
        except ResponseError as error:  # it is there, and does not want this command
            self._complain(error)
        except (RedisError, OSError) as error:
            self._rests_until = self._now() + _REST
            self._complain(error)
        return None

    def _ended(self, command: asyncio.Future[Any]) -> None:
        self._commands.discard(command)
        if not command.cancelled():
            command.exception()  # seen, or asyncio complains when nobody waits any more

    def _complain(self, error: Exception) -> None:
        if self._now() < self._silent_until:
            return
        self._silent_until = self._now() + _SILENCE
        _log.warning("Redis fails, so nothing is kept: %s", type(error).__name__)
