"""Reads values that hold nothing to wait for; whatever is unusual is left to the slow way.

A reader takes a value and returns what stands for it in the answer. It raises anything at all where
a value is not what its type promises; who calls it then completes the value field by field, with
graphql-core's words for each error.
"""
# graphql-core's generics are told in part only.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUnknownParameterType=false

from collections.abc import Callable
from enum import Enum
from typing import TYPE_CHECKING, Any

from graphql import (
    GraphQLBoolean,
    GraphQLEnumType,
    GraphQLFloat,
    GraphQLID,
    GraphQLInt,
    GraphQLString,
    get_named_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
    is_object_type,
)
from graphql.pyutils import Undefined
from strawberry.execution import optimized_is_awaitable

if TYPE_CHECKING:
    from gateway.execution.field import Field

Reader = Callable[[Any], Any]


class UnusualError(Exception):
    """A value is not what is read the fast way."""


_EXACT = {
    GraphQLString: "(v := {}).__class__ is str",
    GraphQLID: "(v := {}).__class__ is str",
    GraphQLInt: "((v := {}).__class__ is int and -2147483648 <= v <= 2147483647)",
    GraphQLFloat: "((v := {}).__class__ is float and -1.7976931348623157e308 <= v"
    " <= 1.7976931348623157e308)",
    GraphQLBoolean: "(v := {}) is True or v is False",
}
"""When a value stands for itself in the answer."""


def expression(field: "Field", names: dict[str, Any]) -> str | None:
    """Return the Python expression that reads a field of the object `source`.

    Args:
        field: which.
        names: what the expression uses is added to it.

    Returns:
        None where the value must be waited for, or may differ from run to run.
    """
    at = len(names)
    value = f"source.{field.attribute}"
    if field.attribute is None:
        if field.constant is None:
            return None
        names[f"call{at}"] = field.constant
        value = f"call{at}(source)"
    named = field.inner
    read = reader(field, field.type)
    if read is None:
        return None
    names[f"read{at}"] = read
    if named in _EXACT:
        null = " or v is None" if field.is_nullable else ""
        return f"v if {_EXACT[named].format(value)}{null} else read{at}(v)"
    return f"read{at}({value})"


def reader(field: "Field", type_: Any) -> Reader | None:
    """Return what reads a value of a type; None where a part of it must be waited for."""
    known = field.planner.target.readers  # what reads leaves is the same for all fields
    read = known.get(type_)
    if read is None:
        read = _reader(field, type_)
        if read is not None and is_leaf_type(get_named_type(type_)):
            known[type_] = read
    return read


def _reader(field: "Field", type_: Any) -> Reader | None:
    if is_non_null_type(type_):
        return _inner(field, type_.of_type)
    inner = _inner(field, type_)
    if inner is None:
        return None
    return lambda value: None if value is None else inner(value)


def _inner(field: "Field", type_: Any) -> Reader | None:
    if isinstance(type_, GraphQLEnumType):
        return _enum(type_)
    if is_leaf_type(type_):
        return _leaf(type_)
    if is_list_type(type_):
        item = reader(field, type_.of_type)
        return None if item is None else _list(item)
    return _object(field, type_) if is_object_type(type_) else None


def _leaf(type_: Any) -> Reader:
    coerce = type_.coerce_output_value

    def read(value: Any) -> Any:
        is_none = value is None or value is Undefined
        if is_none or isinstance(value, Exception) or optimized_is_awaitable(value):
            raise UnusualError
        coerced = coerce(value)
        if coerced is None or coerced is Undefined:
            raise UnusualError
        return coerced

    return read


def _enum(type_: GraphQLEnumType) -> Reader:
    """Read members of an enum by their identity; hashing them is slow."""
    slow = _leaf(type_)
    known: dict[int, str] = {}
    seen: list[Enum] = []  # kept, so that their ids stay their own

    def read(value: Any) -> Any:
        name = known.get(id(value))
        if name is None:
            name = slow(value)
            if isinstance(value, Enum):
                seen.append(value)
                known[id(value)] = name
        return name

    return read


def _list(item: Reader) -> Reader:
    def read(value: Any) -> list[Any]:
        if value.__class__ is not list and value.__class__ is not tuple:
            raise UnusualError
        return [item(one) for one in value]

    return read


def _object(field: "Field", type_: Any) -> Reader | None:
    planner = field.planner
    origin = planner.types.origin(type_)
    if origin is None or not planner.nests():
        return None
    made = planner.object(type_, field.details)
    if not made.is_whole:
        field.planned = made
        return None
    make = made.make

    def read(value: Any) -> Any:
        if value.__class__ is not origin:
            raise UnusualError
        return make(value)

    return read
