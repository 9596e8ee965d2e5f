"""A server that stops without dropping anything.

uvicorn closes its listeners while connections wait to be accepted, and idle connections while
requests are on their way to them, and ends by the signal that it was stopped by.
"""

import asyncio
import logging
import multiprocessing
import signal
import socket
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from types import FrameType
from typing import Any

import uvicorn

from gateway.http.connection import Connection

_log = logging.getLogger("stagegraph.http")

STATE = "stopping"
"""Where requests find the server's `Stopping`, in ASGI's state."""

NOTICE = 5.0
"""Seconds between telling that it stops and taking no more connections, where anybody watches."""

_WATCHED_FOR = 60.0
"""Seconds after which one who asked whether the gateway is ready asks no more."""

_LETTING_GO = 0.05
"""Seconds that an event loop takes to let go of a listener."""

_SIGNALS = (signal.SIGTERM, signal.SIGINT)


class Stopping:
    """Whether the server stops, and whether anybody would see that it does.

    Attributes:
        is_on: whether it stops.
    """

    def __init__(self) -> None:
        self.is_on = False
        self._seen_at = -_WATCHED_FOR

    def see(self) -> bool:
        """Note that somebody asked; tell whether it stops."""
        self._seen_at = time.monotonic()
        return self.is_on

    @property
    def is_watched(self) -> bool:
        """Whether somebody asked a while ago."""
        return time.monotonic() < self._seen_at + _WATCHED_FOR


class Server(uvicorn.Server):
    """Serves until a signal comes, then finishes what is in flight; a second signal kills it.

    Args:
        config: uvicorn's; its `timeout_graceful_shutdown` bounds what is in flight at the end.
        notice: seconds, see `NOTICE`.
    """

    def __init__(self, config: uvicorn.Config, notice: float = NOTICE) -> None:
        super().__init__(config)
        self._stopping = Stopping()
        self._notice = notice

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Stop. A terminal's signal goes to workers too, but it is their parent that stops them."""
        del frame
        if sig == signal.SIGINT and multiprocessing.parent_process() is not None:
            return
        self.should_exit = True
        for one in _SIGNALS:
            signal.signal(one, signal.SIG_DFL)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin; a worker stops when its parent is gone."""
        self.lifespan.state[STATE] = self._stopping
        parent = multiprocessing.parent_process()
        if parent is not None:
            asyncio.get_running_loop().add_reader(parent.sentinel, self._orphaned, parent.sentinel)
        await super().startup(sockets)

    def _orphaned(self, sentinel: int) -> None:
        asyncio.get_running_loop().remove_reader(sentinel)
        self.should_exit = True

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Tell that it stops, take no more, and finish what is in flight."""
        _log.info("stopping")
        self._stopping.is_on = True
        for connection in self.server_state.connections:
            if isinstance(connection, Connection):
                connection.let_go()
        if self._stopping.is_watched:
            await asyncio.sleep(self._notice)
        await self._take_the_last(sockets or ())
        await super().shutdown()
        _log.info("stopped")

    async def _take_the_last(self, sockets: Sequence[socket.socket]) -> None:
        """Close the listeners, and take those who wait to be accepted."""
        last = [sock.dup() for sock in sockets]
        for server in self.servers:
            server.close()
        for sock in sockets:
            sock.close()
        await asyncio.sleep(_LETTING_GO)
        for sock in last:
            waiting = list(_accepted(sock))
            sock.close()
            for one in waiting:
                with suppress(OSError):
                    await asyncio.get_running_loop().connect_accepted_socket(self._connection, one)

    def _connection(self) -> asyncio.Protocol:
        kind: Any = self.config.http_protocol_class
        return kind(
            config=self.config, server_state=self.server_state, app_state=self.lifespan.state
        )


def _accepted(listening: socket.socket) -> Iterator[socket.socket]:
    listening.setblocking(False)  # noqa: FBT003 - has no name
    with suppress(OSError):
        while True:
            yield listening.accept()[0]
