"""All emulators and their handles as one ASGI app, and the server protocol that they need."""

import asyncio
from collections.abc import Sequence
from typing import Any

from starlette.applications import Starlette
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from gateway.sandbox.counters import Counters
from gateway.sandbox.emulator import Emulator
from gateway.sandbox.faults import Faults
from gateway.sandbox.handles import Handles
from gateway.sandbox.routing import Routes


def create_sandbox(kinds: Sequence[type[Emulator]]) -> Starlette:
    """Return the app that serves emulators and handles."""
    counters, faults = Counters(), Faults()
    emulators = [kind(counters, faults) for kind in kinds]
    vendors = Routes(route for emulator in emulators for route in emulator.routes())
    app = Starlette(routes=[vendors, *Handles(emulators, counters, faults).routes()])
    app.router.redirect_slashes = False
    return app


class SandboxProtocol(H11Protocol):
    """Lets faults cut the connection: its transport is in the scope as `transport`."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Wrap the app once per connection."""
        super().connection_made(transport)
        app: Any = self.app

        async def with_transport(scope: Scope, receive: Receive, send: Send) -> None:
            await app({**scope, "transport": transport}, receive, send)

        self.app = with_transport  # type: ignore[assignment]

    def shutdown(self) -> None:
        """Close the connection, cutting what is under way: a hang would outlast any patience."""
        super().shutdown()
        if not self.transport.is_closing():
            self.transport.abort()
