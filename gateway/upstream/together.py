"""Waits for several things at once; the first failure cancels the rest."""

import asyncio
from collections.abc import Coroutine, Iterable
from typing import Any, TypeVar

T = TypeVar("T")


async def together(coroutines: Iterable[Coroutine[Any, Any, T]]) -> list[T]:
    """Return the results in order, or raise the first failure itself."""
    all_of_them = list(coroutines)
    if len(all_of_them) == 1:
        return [await all_of_them[0]]  # a task of its own costs more than many a kept answer
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(one) for one in all_of_them]
    except BaseExceptionGroup as failures:
        raise failures.exceptions[0] from None
    return [task.result() for task in tasks]
