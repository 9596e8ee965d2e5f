"""Gives up what takes long when the one who asked has left."""

import asyncio
from types import TracebackType

from starlette.types import Receive

_SOON = 0.2
"""Seconds for which nobody looks: most answers are there by then, and looking costs a task."""


class CallerLeftError(Exception):
    """Nobody waits for the answer any more."""


class Leaving:
    """A context in which the task is cancelled when the caller leaves.

    What others wait for as well goes on: they share it in ways that see to that.

    Args:
        receive: ASGI's, of a request whose body has been read.

    Raises:
        CallerLeftError: on leaving the context, if the caller has.
    """

    __slots__ = ("_has_left", "_receive", "_task", "_timer", "_watch")

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._has_left = False
        self._watch: asyncio.Task[None] | None = None

    def __enter__(self) -> None:
        task = asyncio.current_task()
        if task is None:
            message = "nobody is asked outside of a task"
            raise RuntimeError(message)
        self._task = task
        self._timer = asyncio.get_running_loop().call_later(_SOON, self._begin)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._timer.cancel()
        if self._watch is not None:
            self._watch.cancel()
        if self._has_left and isinstance(error, asyncio.CancelledError):
            self._task.uncancel()
            raise CallerLeftError from None

    def _begin(self) -> None:
        self._watch = asyncio.get_running_loop().create_task(self._look())

    async def _look(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass
        self._has_left = True
        self._task.cancel()
