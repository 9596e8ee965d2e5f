"""Completes values as graphql-core does, whatever they are: with every check and every error."""
# graphql-core's generics are told in part only.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUnknownParameterType=false

from collections.abc import AsyncIterable, Callable, Iterable
from typing import TYPE_CHECKING, Any, NamedTuple, cast

import msgspec
from graphql import (
    GraphQLError,
    is_abstract_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
    is_object_type,
    located_error,
)
from graphql.pyutils import Path, Undefined, inspect, is_iterable

from gateway.execution.composite import Composite
from gateway.execution.run import Frame, Run, is_awaitable, see_end

if TYPE_CHECKING:
    from gateway.execution.field import Field

_MOST_PER_ITEM = 250
"""Bytes for each item of a list, within which its JSON is kept with it."""

_encode = msgspec.json.Encoder().encode

Complete = Callable[[Run, Any, Frame], Any]
"""Returns what stands for a value in the answer; what is still to come is put there later."""


def completer(field: "Field", type_: Any, composite: Composite | None = None) -> Complete:
    """Return what completes the values of a type.

    Args:
        field: whose values.
        type_: theirs.
        composite: completes the objects, if that is known already.
    """
    is_nullable = not is_non_null_type(type_)
    named = type_ if is_nullable else type_.of_type
    inner = _inner(field, named) if composite is None else composite.complete

    def complete(run: Run, value: Any, frame: Frame) -> Any:
        if isinstance(value, Exception):
            raise value
        if value is None or value is Undefined:
            if is_nullable:
                return None
            message = f"Cannot return null for non-nullable field {field.parent}.{field.name}."
            raise TypeError(message)
        return inner(run, value, frame)

    return complete


def _inner(field: "Field", type_: Any) -> Complete:
    if is_list_type(type_):
        return _List(field, type_.of_type).complete
    if is_leaf_type(type_):
        return _leaf(type_)
    if is_object_type(type_) or is_abstract_type(type_):
        return Composite(field, type_).complete
    message = f"no such type: {type_}"
    raise TypeError(message)


def _leaf(type_: Any) -> Complete:
    coerce = type_.coerce_output_value

    def complete(run: Run, value: Any, frame: Frame) -> Any:
        del run, frame
        coerced = coerce(value)
        if coerced is None or coerced is Undefined:
            message = (
                f"Expected `{inspect(type_)}.coerce_output_value({inspect(value)})` to return "
                f"non-nullable value, returned: {inspect(coerced)}"
            )
            raise TypeError(message)
        return coerced

    return complete


class _List:
    """Completes lists of one type of items."""

    __slots__ = ("_composite", "_field", "_is_nullable", "_item", "_token")

    def __init__(self, field: "Field", item: Any) -> None:
        self._field = field
        self._is_nullable = not is_non_null_type(item)
        named = item if self._is_nullable else item.of_type
        is_composite = is_object_type(named) or is_abstract_type(named)
        self._composite = Composite(field, named) if is_composite else None
        self._item = completer(field, item, self._composite)
        self._token = object()

    def complete(self, run: Run, value: Any, frame: Frame) -> Any:
        if value.__class__ is list or value.__class__ is tuple:
            return self._items(run, value, frame)
        if isinstance(value, list) and getattr(value.__class__, "pieces", value) is None:
            return self._lasting(run, value, frame)
        if isinstance(value, AsyncIterable):
            rows = cast("AsyncIterable[Any]", value)
            run.wait(_come(rows), self._rows, frame, self._field.nodes)
            return None
        if not is_iterable(value):
            field = self._field
            where = f"{field.parent}.{field.name}"
            message = f"Expected Iterable, but did not find one for field '{where}'."
            raise GraphQLError(message)
        return self._rows(run, _read(value), frame)

    def _lasting(self, run: Run, values: Any, frame: Frame) -> Any:
        """Complete a list that promises never to change; its last selection is kept with it."""
        if values.pieces is not None and values.pieces[0] is self._token:
            return values.pieces[1]
        results = self._items(run, values, frame)
        # Where each item is in its final form, so is the list.
        if results and all(one.__class__ is msgspec.Raw for one in results):
            piece = msgspec.Raw(_encode(results))
            if len(bytes(piece)) <= _MOST_PER_ITEM * len(results):
                values.pieces = (self._token, piece)
        return results

    def _rows(self, run: Run, rows: "_Rows", frame: Frame) -> Any:
        results = self._items(run, rows.items, frame)
        if rows.error is not None:
            raise rows.error
        return results

    def _items(self, run: Run, values: Any, frame: Frame) -> Any:
        if self._composite is not None:
            found = self._composite.complete_all(run, values, frame, is_nullable=self._is_nullable)
            if found is not None:
                return found
        return self._each(run, values, frame)

    def _each(self, run: Run, values: Any, frame: Frame) -> list[Any]:
        results: list[Any] = []
        nodes = self._field.nodes
        for at, value in enumerate(values):
            path = Path(frame[4], at, None)
            place: Frame = (results, at, self._is_nullable, frame, path)
            results.append(None)
            try:
                if is_awaitable(value):
                    run.wait(value, self._item, place, nodes)
                else:
                    results[at] = self._item(run, value, place)
            except Exception as raised:
                error = located_error(raised, nodes, path.as_list())
                if not self._is_nullable:
                    see_end(values[at + 1 :])
                    raise error from raised
                run.note(error, path)
        return results


class _Rows(NamedTuple):
    """What an iterable has given, and what it raised after that, if it did."""

    items: list[Any]
    error: Exception | None = None


def _read(iterable: Iterable[Any]) -> _Rows:
    items: list[Any] = []
    try:
        items.extend(iterable)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is the field's
        return _Rows(items, error)
    return _Rows(items)


async def _come(iterable: AsyncIterable[Any]) -> _Rows:
    items: list[Any] = []
    try:
        async for item in iterable:
            items.append(item)  # noqa: PERF401 - what came before an error is wanted, too
    except Exception as error:  # noqa: BLE001 - as above
        return _Rows(items, error)
    return _Rows(items)
