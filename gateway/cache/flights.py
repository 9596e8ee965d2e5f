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
    """A load under way: what it tells of itself, its task, and who waits for it.

    Each who waits has a future of its own: one that is cancelled must not cancel it for all.
    """

    __slots__ = ("state", "task", "waiting")

    task: asyncio.Task[None]

    def __init__(self, state: Any) -> None:
        self.state = state
        self.waiting: set[asyncio.Future[Any]] = set()

    def landed(self, value: Any) -> None:
        """Give all who wait what was loaded."""
        for one in self.waiting:
            if not one.done():
                one.set_result(value)

    def crashed(self, failure: BaseException) -> None:
        """Tell all who wait that nothing was loaded."""
        for one in self.waiting:
            if isinstance(failure, asyncio.CancelledError):
                one.cancel()
            elif not one.done():
                one.set_exception(failure)


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
        own = asyncio.get_running_loop().create_future()
        flight.waiting.add(own)
        try:
            return Shared(await own, is_own)
        except asyncio.CancelledError:
            if on_leave is not None:
                on_leave(flight.state)
            raise
        finally:
            flight.waiting.discard(own)
            if not flight.waiting and self._flying.get(key) is flight:
                del self._flying[key]
                flight.task.cancel()

    def _begin(self, key: Hashable, load: Callable[[], Awaitable[T]], state: Any) -> _Flight:
        flight = _Flight(state)

        async def fly() -> None:
            try:
                value = await load()
            except BaseException as failure:
                self._end(key, flight)
                flight.crashed(failure)
                if not isinstance(failure, Exception):
                    raise
            else:
                self._end(key, flight)
                flight.landed(value)

        flight.task = asyncio.get_running_loop().create_task(fly())
        self._flying[key] = flight
        return flight

    def _end(self, key: Hashable, flight: _Flight) -> None:
        if self._flying.get(key) is flight:
            del self._flying[key]
