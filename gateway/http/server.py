"""Serves ASGI apps by uvicorn, in one process or several."""

import asyncio
import ctypes
import gc
import logging
import math
import socket
import threading
from collections.abc import Generator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

import uvicorn
from starlette.types import ASGIApp

from gateway.http.connection import KEEP_ALIVE, Connection
from gateway.http.stopping import NOTICE, Server
from gateway.http.workers import Workers
from gateway.settings import SettingError


def listen(host: str, port: int, setting: str) -> socket.socket:
    """Return a socket that listens.

    Raises:
        SettingError: if it cannot; `setting` names what to change.
    """
    try:
        if port not in range(65_536):
            message = "there is no such port"
            raise OSError(message)  # noqa: TRY301
        family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        return socket.create_server(address[:2], family=family, backlog=2048)
    except OSError as error:
        reason = error.strerror or str(error)
        message = f"cannot listen on {host}:{port}: {reason}; set {setting} to another."
        raise SettingError(message) from None


def address(listening: socket.socket) -> str:
    """Return the HTTP address of a listening socket."""
    host, port = listening.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


_MANY_OBJECTS = 50_000
"""Objects that are made before the garbage collector looks at the young ones.

A request makes thousands that hold no circle; looking at them after every 700 takes a third of the
time. What a request leaves is freed by its counts all the same.
"""


_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3
"""What glibc's `mallopt` calls them."""

_HELD, _LARGEST = 64 * 2**20, 32 * 2**20
"""Bytes that are held rather than given back, and the largest piece that is had from them."""


def _hold_memory() -> None:
    """Keep the memory that an answer took, which the next one takes again.

    glibc gives it back after each large answer by itself; to be given it anew, page by page, takes
    a sixth of a cold list's time. Other C libraries have no such setting.
    """
    with suppress(AttributeError, OSError, TypeError):
        library = ctypes.CDLL(None)
        library.mallopt(_TRIM_THRESHOLD, _HELD)
        library.mallopt(_MMAP_THRESHOLD, _LARGEST)


def _config(app: ASGIApp | str, **config: Any) -> uvicorn.Config:
    # Logs are set up by `gateway.telemetry`.
    config = {"http": Connection, "timeout_keep_alive": KEEP_ALIVE, **config}
    return uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        ws="none",
        **config,
    )


def settle() -> None:
    """Let the garbage collector leave alone what was made at the start, and look less often.

    Memory is held from then on.
    """
    _hold_memory()
    gc.collect()
    gc.freeze()
    gc.set_threshold(_MANY_OBJECTS)


def serve(
    app: ASGIApp,
    listening: socket.socket,
    *,
    patience: float,
    notice: float = NOTICE,
    **config: Any,
) -> None:
    """Serve until a signal comes, then finish what is in flight.

    Args:
        app: ASGI's.
        listening: the socket.
        patience: seconds for what is in flight at the end.
        notice: seconds for those who watch to see that it stops.
        config: more of uvicorn's configuration.
    """
    settle()
    _run(app, listening, patience, notice, config)


def serve_by_many(
    factory: str, listening: socket.socket, *, workers: int, patience: float, **config: Any
) -> None:
    """Serve by several processes until a signal comes; one that dies is replaced.

    Args:
        factory: module and name of what makes the app, in each process.
        listening: the socket that they share.
        workers: processes.
        patience: seconds for what is in flight at the end.
        config: more of uvicorn's configuration.
    """
    Workers(
        _work,
        (factory, patience, config),
        listening=listening,
        count=workers,
        patience=NOTICE + patience + _TO_CLOSE,
    ).run()


_TO_CLOSE = 10.0
"""Seconds for all else at the end of a worker, such as writes that nobody waits for any more."""


def _work(
    listening: socket.socket, factory: str, patience: float, config: Mapping[str, Any]
) -> None:
    try:
        _run(factory, listening, patience, NOTICE, {"factory": True, **config})
    finally:
        logging.shutdown()  # a process of multiprocessing does not, and lines may wait


_AT_A_TURN = 16
"""Connections that are taken at one turn of the event loop.

uvloop takes one for each socket that listens. A turn takes 50 ms where the core is short: a
thousand who come at once would wait for a minute to be told that there is no room.
"""


def _run(
    app: ASGIApp | str,
    listening: socket.socket,
    patience: float,
    notice: float,
    config: Mapping[str, Any],
) -> None:
    made = _config(app, timeout_graceful_shutdown=math.ceil(patience), **config)
    more = [listening.dup() for _ in range(_AT_A_TURN - 1)]
    Server(made, notice).run(sockets=[listening, *more])


@contextmanager
def serve_beside(app: ASGIApp, listening: socket.socket, **config: Any) -> Generator[None]:
    """Serve in a thread, with an event loop of its own, for as long as the block runs."""
    server = uvicorn.Server(_config(app, lifespan="off", timeout_graceful_shutdown=1, **config))
    thread = threading.Thread(
        target=lambda: asyncio.run(server.serve(sockets=[listening])), daemon=True
    )
    thread.start()
    try:
        yield
    finally:
        server.should_exit = True
        thread.join()
