"""Serves a peer's app by uvicorn, as it is at its fastest."""

import socket
from typing import Any

import uvicorn


def serve(app: Any) -> None:
    """Serve on a free port, and print the address."""
    listening = socket.create_server(("127.0.0.1", 0), backlog=2048)
    print(f"http://127.0.0.1:{listening.getsockname()[1]}", flush=True)  # noqa: T201
    config = uvicorn.Config(
        app,
        loop="uvloop",
        http="httptools",
        lifespan="off",
        log_level="error",
        access_log=False,
    )
    uvicorn.Server(config).run(sockets=[listening])
