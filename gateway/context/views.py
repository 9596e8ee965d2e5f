"""The gateway as callers see it: one view for all who see the same."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Protocol, Self

from gateway.caller import ANYBODY, Caller
from gateway.context.context import RequestContext
from gateway.context.request import Gateway

_MOST = 256
"""Views that are held while nobody uses them; each may have connections of its own."""


class _Closing(Protocol):
    async def close(self) -> None: ...


class View:
    """One view; it is not closed while it is entered.

    Args:
        gateway: what its requests share.
        own: what is its own and no other's, in the order in which it is closed.
    """

    def __init__(self, gateway: Gateway, own: Sequence[_Closing]) -> None:
        self.gateway = gateway
        self.users = 0
        self._own = own

    def __enter__(self) -> Self:
        self.users += 1
        return self

    def __exit__(self, *_: object) -> None:
        self.users -= 1

    def new_context(self, caller: Caller) -> RequestContext:
        """Make a request's context."""
        return RequestContext(self.gateway, caller)

    async def close(self) -> None:
        """Close what is its own."""
        for one in self._own:
            await one.close()


class Views:
    """Makes views when they are first wanted, and lets go of those that nobody used for longest.

    Args:
        make: makes the view of a caller.
    """

    def __init__(self, make: Callable[[Caller], View]) -> None:
        self._make = make
        self.whole = make(ANYBODY)
        self._others: dict[str, View] = {}
        self._closing: set[asyncio.Task[None]] = set()

    def of(self, caller: Caller) -> View:
        """Return the view of a caller, which is to be entered at once."""
        if not caller.view:
            return self.whole
        view = self._others.pop(caller.view, None) or self._make(caller)
        self._others[caller.view] = view  # the latest is last
        if len(self._others) > _MOST:
            self._let_go(caller.view)
        return view

    def _let_go(self, latest: str) -> None:
        idle = (name for name, one in self._others.items() if not one.users and name != latest)
        name = next(idle, None)
        if name is not None:
            task = asyncio.get_running_loop().create_task(self._others.pop(name).close())
            self._closing.add(task)
            task.add_done_callback(self._closing.discard)

    async def close(self) -> None:
        """Close all views."""
        for view in (self.whole, *self._others.values()):
            await view.close()
        if self._closing:
            await asyncio.wait(self._closing)
