"""The way to a Redis that several gateways share."""
# aiocache and redis-py's commands have no full types.
# pyright: reportMissingTypeStubs=false

import asyncio
import logging
import math
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from aiocache import RedisCache
from aiocache.serializers import BaseSerializer
from redis.asyncio import BlockingConnectionPool
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as NoConnectionError
from redis.exceptions import RedisError, ResponseError

from gateway.store.entry import Entry, from_bytes, to_bytes

T = TypeVar("T")

_log = logging.getLogger(__name__)

NAMESPACE = "stagegraph:1"
"""What every key begins with; the number changes with the bytes of an entry."""

_REST = 1.0
"""Seconds for which a Redis that could not be reached is not asked again."""

_SILENCE = 60.0
"""Seconds between two complaints in the log."""

_CONNECTIONS = 16


class LostError(Exception):
    """Redis cannot be reached, is too slow, or fails; whether a command was done is not known."""


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


class Link:
    """Connections to one Redis; they are made at the first command.

    Args:
        host: where it is. port, db: likewise.
        patience: seconds for one command; a slower Redis is as good as none.
        now: seconds, by a clock that is never put back.

    Attributes:
        backend: aiocache over it, for entries.
        client: redis-py over the same connections, for all else.
    """

    def __init__(
        self, host: str, port: int, db: int, patience: float, now: Callable[[], float]
    ) -> None:
        self.backend: Any = _Redis(
            serializer=_Entries(),
            namespace=NAMESPACE,
            timeout=None,  # the patience is the link's, over the wait for a connection too
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
        self.client: Any = self.backend.client
        self._patience = patience
        self._now = now
        self._commands: set[asyncio.Future[Any]] = set()
        self._rests_until = -math.inf
        self._silent_until = -math.inf

    async def ask(self, do: Callable[..., Awaitable[T]], *arguments: Any, **more: Any) -> T:
        """Do something with Redis, unless it rests; redis-py may do it twice.

        Raises:
            LostError: if that fails or takes too long.
        """
        if self._now() < self._rests_until:
            raise LostError
        return await self.insist(do, *arguments, **more)

    async def insist(self, do: Callable[..., Awaitable[T]], *arguments: Any, **more: Any) -> T:
        """Do something with Redis, even if it did not answer a moment ago.

        A command is never cancelled: redis-py would use its connection again, with the answer to
        come still in it, and the next command would take that for its own.

        Raises:
            LostError: if that fails or takes too long.
        """
        command = asyncio.ensure_future(do(*arguments, **more))
        self._commands.add(command)
        command.add_done_callback(self._ended)
        try:
            async with asyncio.timeout(self._patience):
                return await asyncio.shield(command)
        except ResponseError as error:  # it is there, and does not want this command
            self._complain(error)
            raise LostError from error
        except (RedisError, OSError) as error:
            self._rests_until = self._now() + _REST
            self._complain(error)
            raise LostError from error

    async def close(self) -> None:
        """Close connections, when the commands under way have had their time."""
        if self._commands:
            await asyncio.wait(self._commands)
        await self.backend.close()

    def _ended(self, command: asyncio.Future[Any]) -> None:
        self._commands.discard(command)
        if not command.cancelled():
            command.exception()  # seen, or asyncio complains when nobody waits any more

    def _complain(self, error: Exception) -> None:
        if self._now() < self._silent_until:
            return
        self._silent_until = self._now() + _SILENCE
        _log.warning("Redis fails, so nothing is kept: %s", type(error).__name__)
