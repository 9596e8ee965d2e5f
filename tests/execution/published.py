"""What a published case is made of, and the ways in which a value may come."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from typing import Any, NamedTuple

from graphql import GraphQLSchema, build_schema


class Case(NamedTuple):
    """A query and its answer, after one of graphql-core's own published tests of execution.

    Attributes:
        name: what it shows.
        schema: or its text.
        text: the document.
        data: the answer's.
        root: the value whose fields are selected. variables: as they come.
        errors: a part of each message, with the path.
        operation: which, of several.
    """

    name: str
    schema: str | GraphQLSchema
    text: str
    data: Any
    root: Any = None
    variables: dict[str, Any] | None = None
    errors: Sequence[tuple[str, list[str | int] | None]] = ()
    operation: str | None = None

    @property
    def built(self) -> GraphQLSchema:
        """The schema."""
        return build_schema(self.schema) if isinstance(self.schema, str) else self.schema


class FailedError(Exception):
    """What a resolver raises."""


def fails(*_: Any, **__: Any) -> Any:
    """Raise, as a resolver."""
    raise FailedError("failed")  # noqa: EM101


async def fails_late(*_: Any, **__: Any) -> Any:
    """Raise, as an async resolver."""
    await asyncio.sleep(0)
    return fails()


def late(value: Any) -> Callable[..., Any]:
    """Return an async resolver of a value."""

    async def resolve(*_: Any, **__: Any) -> Any:
        await asyncio.sleep(0)
        return await value() if asyncio.iscoroutinefunction(value) else value

    return resolve


def items_late(values: Any) -> Callable[..., Any]:
    """Return a resolver of a list whose items must be waited for."""

    def resolve(*_: Any) -> Any:
        if not isinstance(values, list):
            return values
        return [fails_late() if isinstance(one, Exception) else late(one)() for one in values]

    return resolve


def generated(values: Any) -> Callable[..., Any]:
    """Return a resolver that generates the items of a list."""

    def resolve(*_: Any) -> Any:
        def items() -> Iterator[Any]:
            yield from values

        return items() if isinstance(values, list) else values

    return resolve


def generated_late(values: Any) -> Callable[..., Any]:
    """Return a resolver that generates the items of a list, one after the other."""

    def resolve(*_: Any) -> Any:
        async def items() -> AsyncIterator[Any]:
            for one in values:
                await asyncio.sleep(0)
                yield one

        return items() if isinstance(values, list) else values

    return resolve


WAYS: dict[str, Callable[[Any], Any]] = {
    "at once": lambda value: value,
    "late": late,
    "items late": items_late,
    "generated": generated,
    "generated late": generated_late,
}
"""How the value of a field may come."""
