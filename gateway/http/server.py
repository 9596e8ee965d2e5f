"""Serves ASGI apps by uvicorn."""

import asyncio
import math
import socket
import threading
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

import uvicorn
from starlette.types import ASGIApp

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


def _server(app: ASGIApp, **config: Any) -> uvicorn.Server:
    # Logs are set up by `gateway.telemetry`.
    return uvicorn.Server(
        uvicorn.Config(app, log_config=None, access_log=False, server_header=False, **config)
    )


def serve(app: ASGIApp, listening: socket.socket, *, patience: float, **config: Any) -> None:
    """Serve until a signal comes, then finish what is in flight for up to so many seconds."""
    config["timeout_graceful_shutdown"] = math.ceil(patience)
    asyncio.run(_server(app, **config).serve(sockets=[listening]))


@contextmanager
def serve_beside(app: ASGIApp, listening: socket.socket, **config: Any) -> Generator[None]:
    """Serve in a thread, with an event loop of its own, for as long as the block runs."""
    server = _server(app, lifespan="off", timeout_graceful_shutdown=1, **config)
    thread = threading.Thread(
        target=lambda: asyncio.run(server.serve(sockets=[listening])), daemon=True
    )
    thread.start()
    try:
        yield
    finally:
        server.should_exit = True
        thread.join()
