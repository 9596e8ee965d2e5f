"""Gives up what takes long when the one who asked has left."""

import asyncio
from types import TracebackType
from typing import Any

from starlette.types import Receive

_SOON = 0.2
"""Seconds for which nobody looks: most answers are there by then, and looking costs a task."""


class CallerLeftError(Exception):
    """Nobody waits for the answer any more."""


class Leavings:
    """Looks after the callers of all that is under way, by one timer: each one takes 10 us."""

    def __init__(self) -> None:
        self._under_way: dict[Leaving, None] = {}
        self._timer: asyncio.TimerHandle | None = None

    def of(self, receive: Receive) -> "Leaving":
        """Return a context in which a request is given up when its caller leaves.

        Args:
            receive: ASGI's, of a request whose body has been read.
        """
        return Leaving(self, receive)

    def begin(self, one: "Leaving") -> None:
        """Look after one more."""
        self._under_way[one] = None
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(_SOON, self._look)

    def end(self, one: "Leaving") -> None:
        """Look after one no more."""
        self._under_way.pop(one, None)

    def _look(self) -> None:
        """Watch those that were there the last time already."""
        self._timer = None
        for one in list(self._under_way):
            if one.is_old:
                self._under_way.pop(one)
                one.watch()
            one.is_old = True
        if self._under_way:
            self._timer = asyncio.get_running_loop().call_later(_SOON, self._look)


class Leaving:
    """A context in which the task is cancelled when the caller leaves.

    What others wait for as well goes on: they share it in ways that see to that.

    Args:
        all_of_them: looks after it.
        receive: ASGI's.

    Attributes:
        is_old: whether it was under way when it was last looked at.

    Raises:
        CallerLeftError: on leaving the context, if the caller has.
    """

    __slots__ = ("_all", "_has_left", "_receive", "_task", "_watch", "is_old")

    def __init__(self, all_of_them: Leavings, receive: Receive) -> None:
        self._all = all_of_them
        self._receive = receive
        self._has_left = False
        self._task: asyncio.Task[Any] | None = None
        self._watch: asyncio.Task[None] | None = None
        self.is_old = False

    def __enter__(self) -> None:
        self._task = asyncio.current_task()
        self._all.begin(self)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._all.end(self)
        if self._watch is not None:
            self._watch.cancel()
        if self._has_left and self._task and isinstance(error, asyncio.CancelledError):
            self._task.uncancel()
            raise CallerLeftError from None

    def watch(self) -> None:
        """Cancel the task as soon as the caller leaves."""
        self._watch = asyncio.get_running_loop().create_task(self._look())

    async def _look(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass
        self._has_left = True
        if self._task is not None:
            self._task.cancel()
