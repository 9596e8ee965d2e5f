"""One run of a compiled operation: its errors, and what it waits for."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from inspect import iscoroutine
from typing import Any, cast

from graphql import ExecutionResult, FieldNode, GraphQLError, located_error
from graphql.execution.executor import CollectedErrors
from graphql.execution.values import VariableValues
from graphql.pyutils import Path
from strawberry.execution import optimized_is_awaitable

Frame = tuple[Any, Any, bool, Any, Path]
"""Where a value goes: the dict or list, the key in it, whether it may be null, the frame around it
(None at the root), and its path. A plain tuple, as one is made for each field that waits."""


_PLAIN = frozenset({type(None), bool, int, float, str, bytes, list, tuple, dict})


def is_awaitable(value: Any) -> bool:
    """Tell whether a value must be awaited; quick for plain ones."""
    return value.__class__ not in _PLAIN and optimized_is_awaitable(value)


def see_end(values: Iterable[Any]) -> None:
    """Let what nobody waits for any more come to its end, whatever that is."""
    for value in values:
        if is_awaitable(value):
            asyncio.ensure_future(value).add_done_callback(_seen)


def _seen(future: asyncio.Future[Any]) -> None:
    """See what became of a future that nobody waits for any more, and of the items of a list."""
    if not future.cancelled() and future.exception() is None:
        found = future.result()
        if isinstance(found, list | tuple):
            see_end(cast("Sequence[Any]", found))


def result_of(future: asyncio.Future[Any]) -> Any:
    """Return what a future holds; that others have cancelled it is an error like any."""
    if future.cancelled():
        message = "What was waited for has been cancelled."
        raise RuntimeError(message)
    return future.result()


class Run:
    """What one run of a plan carries.

    All that is awaited stands on one counter: a future is waited for as it is, only a coroutine
    gets a task. A null in a place that may not be null climbs along the frames.

    Args:
        context: handed to resolvers.
        root: the value whose fields the operation selects.
        variables: coerced, by name.
        sources: returns what graphql-core keeps beside the coerced values; only its own way of
            reading arguments wants it.
    """

    __slots__ = (
        "_done", "_errors", "_pending", "_tasks", "context", "is_dead", "root", "sources",
        "variables",
    )  # fmt: skip

    def __init__(
        self,
        context: Any,
        root: Any,
        variables: dict[str, Any],
        sources: Callable[[], VariableValues],
    ) -> None:
        self.context = context
        self.root = root
        self.variables = variables
        self.sources = sources
        self.is_dead = False
        self._errors: CollectedErrors | None = None
        self._pending = 0
        self._done: asyncio.Future[None] | None = None
        self._tasks: list[asyncio.Future[Any]] = []

    def note(self, error: GraphQLError, path: Path | None) -> None:
        """Note the error that has put a null at a path; one below such a null is left out."""
        if self._errors is None:
            self._errors = CollectedErrors()
        self._errors.add(error, path)

    def fail(
        self, raised: Exception, nodes: Sequence[FieldNode], frame: Frame, path: Path | None = None
    ) -> None:
        """Put a null where an error leads to: the nearest place around it that may be null."""
        error = located_error(raised, nodes, (path or frame[4]).as_list())
        around: Frame | None = frame
        while around is not None:
            container, key, is_nullable, outer, place = around
            if is_nullable:
                container[key] = None
                self.note(error, place)
                return
            around = outer
        self.note(error, None)
        self.is_dead = True
        self._finish()

    def wait(
        self,
        awaited: Any,
        complete: Callable[["Run", Any, Frame], Any],
        frame: Frame,
        nodes: Sequence[FieldNode],
    ) -> None:
        """Put a value into its place when it has come and is completed."""
        self.wait_for(awaited, partial(self._place, complete, frame, nodes), frame[4])

    def wait_for(
        self, awaited: Any, settle: Callable[[asyncio.Future[Any]], None], path: Path
    ) -> None:
        """Let a function settle what is awaited, once it is there.

        Args:
            awaited: a future, or anything else to await.
            settle: is called with the future, unless a null stands at the path or around it by
                then: nothing more is begun for that.
            path: where what is awaited belongs.
        """
        loop = asyncio.get_running_loop()
        if self._done is None:
            self._done = loop.create_future()
        if asyncio.isfuture(awaited):
            future: asyncio.Future[Any] = awaited
        else:
            is_plain = iscoroutine(awaited)
            future = loop.create_task(awaited) if is_plain else asyncio.ensure_future(awaited)
            self._tasks.append(future)
        self._pending += 1
        future.add_done_callback(partial(self._settled, settle, path))

    def _place(
        self,
        complete: Callable[["Run", Any, Frame], Any],
        frame: Frame,
        nodes: Sequence[FieldNode],
        future: asyncio.Future[Any],
    ) -> None:
        try:
            frame[0][frame[1]] = complete(self, result_of(future), frame)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is the field's
            self.fail(error, nodes, frame)

    def _settled(
        self,
        settle: Callable[[asyncio.Future[Any]], None],
        path: Path,
        future: asyncio.Future[Any],
    ) -> None:
        try:
            errors = self._errors
            if self.is_dead or (errors is not None and errors.has_nulled_position(path)):
                _seen(future)
            else:
                settle(future)
        except BaseException as error:  # noqa: BLE001 - a fault of our own: it ends the run
            self.is_dead = True
            self._finish(error)
        self._pending -= 1
        if not self._pending:
            self._finish()

    def _finish(self, error: BaseException | None = None) -> None:
        if self._done is None or self._done.done():
            return
        if error is None:
            self._done.set_result(None)
        else:
            self._done.set_exception(error)

    @property
    def is_waiting(self) -> bool:
        """Whether something is still to come."""
        return self._pending > 0

    async def finish(self, data: dict[str, Any]) -> ExecutionResult:
        """Wait for all that is to come; a caller who leaves cancels it."""
        try:
            if self._done is not None:
                await self._done
            found = None if self.is_dead else data
        finally:
            await self.cancel()
        return self.result(found)

    async def cancel(self) -> None:
        """Stop the tasks that nobody waits for any more, and see them end.

        What comes after that, of futures for one, is not completed: it would begin new work.
        """
        self.is_dead = True
        left = [task for task in self._tasks if not task.done()]
        for task in left:
            task.cancel()
        if left:
            await asyncio.gather(*left, return_exceptions=True)

    def result(self, data: dict[str, Any] | None) -> ExecutionResult:
        """Return the answer."""
        return ExecutionResult(data, self._errors.errors if self._errors else None)
