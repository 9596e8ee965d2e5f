"""One load for all who want the same thing at the same time."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from typing import Any, Generic, NamedTuple, TypeVar

T = TypeVar("T")


class Shared(NamedTuple, Generic[T]):
    """What a load gave.

    Attributes:
        value: the same for all who waited.
        is_own: whether the load was begun for this caller.
    """

    value: T
    is_own: bool


class _Flight:
    """A load under way: its task, what it tells of itself, and how many wait for it."""

    def __init__(self, task: asyncio.Task[Any], state: Any) -> None:
        self.task = task
        self.state = state
        self.waiting = 0


class Flights:
    """All loads under way."""

    def __init__(self) -> None:
        self._flying: dict[Hashable, _Flight] = {}

    def __contains__(self, key: Hashable) -> bool:
        return key in self._flying

    async def share(
        self,
        key: Hashable,
        load: Callable[[], Awaitable[T]],
        *,
        state: Any = None,
        on_leave: Callable[[Any], object] | None = None,
    ) -> Shared[T]:
        """Wait for the load of a key, and begin it if none is under way.

        The load runs in a task of its own, with the context variables of the caller that began it.
        One who is cancelled leaves; the load is cancelled when all have left.

        Args:
            key: what is loaded.
            load: begins it. Its failure is raised by all who wait.
            state: what this load tells of itself; kept only if this caller's load is begun.
            on_leave: told the state of the load under way if this caller is cancelled.
        """
        flight = self._flying.get(key)
        is_own = flight is None
        if flight is None:
            flight = self._begin(key, load, state)
        flight.waiting += 1
        try:
            # A shield for each: a cancelled waiter would cancel the task for all.
            return Shared(await asyncio.shield(flight.task), is_own)
        except asyncio.CancelledError:
            if on_leave is not None:
                on_leave(flight.state)
            raise
        finally:
            flight.waiting -= 1
            if not flight.waiting and not flight.task.done():
                self._end(key, flight)
                flight.task.cancel()

    def _begin(self, key: Hashable, load: Callable[[], Awaitable[T]], state: Any) -> _Flight:
        async def run() -> T:
            return await load()

        flight = _Flight(asyncio.get_running_loop().create_task(run()), state)
        self._flying[key] = flight
        flight.task.add_done_callback(lambda _: self._end(key, flight))
        return flight

    def _end(self, key: Hashable, flight: _Flight) -> None:
        if self._flying.get(key) is flight:
            del self._flying[key]
        if flight.task.done() and not flight.task.cancelled():
            flight.task.exception()  # seen, or asyncio complains when all have left
