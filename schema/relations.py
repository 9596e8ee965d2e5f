"""Relations: fields that are resolved for a whole list of parents at once.

A relation is declared beside its type's other fields, as a function of all parents:

    @relation(description="The stage that the work is in.", cost=DEVREV_STAGE)
    @staticmethod
    def stage(info: Info[Context, None], works: Sequence["Work"]) -> Each[Stage | None]:

The field's type is what is in `Each`. An executor that knows of relations finds the function as
"batch" in the field's metadata, and calls it once for many parents; any other calls the resolver
that is derived from it, once for each.
"""

import inspect
from collections.abc import Awaitable, Callable, Generator, Sequence
from functools import partial, wraps
from typing import Any, Generic, TypeAlias, TypeVar, Union, cast, get_args

import strawberry
from strawberry.types import Info
from strawberry.types.field import StrawberryField

from schema.costs import COST, Price, each_list

T = TypeVar("T")
V = TypeVar("V")
T_co = TypeVar("T_co", covariant=True)

BATCH = "batch"
"""Where a field's metadata has the function of all parents."""

Each: TypeAlias = Sequence[T | Exception] | Awaitable[Sequence[T | Exception]]
"""One value for each parent, in their order; an exception is the failure of its place alone.

They come at once where nothing needs to be waited for.
"""


MaybeLater: TypeAlias = T | Awaitable[T]
"""A value, or what will be it."""


class Later(Generic[T_co]):
    """Something that is begun when it is awaited; left alone it complains of nothing.

    Args:
        begin: called once, when it is awaited.
    """

    __slots__ = ("_begin",)

    def __init__(self, begin: Callable[[], Awaitable[T_co]]) -> None:
        self._begin = begin

    def __await__(self) -> Generator[Any, Any, T_co]:
        return self._begin().__await__()


def relation(
    *, description: str, cost: Price = each_list, name: str | None = None
) -> Callable[[Callable[..., Each[Any]]], StrawberryField]:
    """Make a field of a function that answers for many parents.

    The function takes the info of the field, a list of parents (not empty; the same may be in it
    twice), and the field's arguments. What it raises is the failure of all.

    Args:
        description: of the field.
        cost: what it costs upstream.
        name: of the field in the graph, if it is not the function's.
    """

    def declare(function: Callable[..., Each[Any]]) -> StrawberryField:
        batch = function.__func__ if isinstance(function, staticmethod) else function
        return strawberry.field(
            resolver=_resolver(batch),
            description=description,
            name=name,
            metadata={BATCH: batch, COST: cost},
        )

    return declare


def of_each(found: Each[T], make: Callable[[T], V]) -> Each[V]:
    """Return what a function makes of each value; failures stay in their places."""
    if isinstance(found, Awaitable):
        return Later(partial(_made_later, found, make))
    return _made(found, make)


def _made(found: Sequence[T | Exception], make: Callable[[T], V]) -> list[V | Exception]:
    return [one if isinstance(one, Exception) else make(one) for one in found]


async def _made_later(
    found: Awaitable[Sequence[T | Exception]], make: Callable[[T], V]
) -> list[V | Exception]:
    return _made(await found, make)


def _resolver(batch: Callable[..., Each[T]]) -> Callable[..., T | Awaitable[T]]:
    """Return the ordinary resolver: the function, asked for one parent."""

    @wraps(batch)
    def resolve(self: object, info: Info[Any, Any], **arguments: Any) -> T | Awaitable[T]:
        return only(batch(info, [self], **arguments))

    signature = inspect.signature(batch)
    info, _, *arguments = signature.parameters.values()
    parent = inspect.Parameter("self", inspect.Parameter.POSITIONAL_OR_KEYWORD)
    cast("Any", resolve).__signature__ = signature.replace(
        parameters=[parent, info, *arguments],
        return_annotation=_value_type(signature.return_annotation),
    )
    return resolve


def only(found: Each[T]) -> MaybeLater[T]:
    """Return the only value, or what will be it; raise it if it is a failure."""
    if isinstance(found, Awaitable):
        return Later(partial(_only_later, found))
    return _only(found)


def _only(found: Sequence[T | Exception]) -> T:
    [value] = found
    if isinstance(value, Exception):
        raise value
    return value


async def _only_later(found: Awaitable[Sequence[T | Exception]]) -> T:
    return _only(await found)


def _value_type(annotation: Any) -> Any:
    """Return the T of an `Each[T]`."""
    [value] = get_args(get_args(annotation)[0])
    return Union[tuple(one for one in get_args(value) if one is not Exception)]  # noqa: UP007
