"""Makes an argument's value out of a query's text and the variables, without coercing it each time.

What is not made here is left to graphql-core and Strawberry: variables of input objects, custom
scalars, Maybe, and inputs that build themselves.
"""
# graphql-core's generics are told in part only.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUnknownParameterType=false

from collections.abc import Callable, Mapping
from dataclasses import MISSING
from typing import Any

from graphql import (
    GraphQLBoolean,
    GraphQLEnumType,
    GraphQLFloat,
    GraphQLID,
    GraphQLInputObjectType,
    GraphQLInt,
    GraphQLString,
    ListValueNode,
    NullValueNode,
    ObjectValueNode,
    ValueNode,
    VariableNode,
    get_nullable_type,
    is_input_object_type,
    is_list_type,
    is_non_null_type,
)
from graphql.pyutils import Undefined
from graphql.utilities.coerce_input_value import coerce_default_value, coerce_input_literal
from strawberry.relay.types import GlobalID
from strawberry.types.base import (
    StrawberryContainer,
    StrawberryList,
    StrawberryMaybe,
    StrawberryOptional,
    has_object_definition,
)
from strawberry.types.lazy_type import LazyType

Make = Callable[[Mapping[str, Any]], Any]
"""Returns a value for coerced variables; raises anything where the stock way must be taken."""

_BUILT_IN = frozenset({GraphQLString, GraphQLID, GraphQLInt, GraphQLFloat, GraphQLBoolean})


class LeftToStockError(Exception):
    """A value cannot be made here."""


def default(definition: Any) -> Any:
    """Return the default of an argument or an input field; Undefined where it has none.

    Raises:
        LeftToStockError: for one that may be changed by who gets it.
    """
    if definition.default is None and definition.default_value is Undefined:
        if is_non_null_type(definition.type):
            raise LeftToStockError
        return Undefined
    if not _is_plain(definition.type):
        raise LeftToStockError
    return coerce_default_value(definition)


def maker(node: ValueNode, type_: Any, own: Any, config: Any) -> Make:
    """Return what makes a value.

    Args:
        node: the value in the query.
        type_: graphql-core's type.
        own: Strawberry's type.
        config: of the schema.

    Raises:
        LeftToStockError: if it cannot be made here.
    """
    if isinstance(own, StrawberryOptional) and not isinstance(own, StrawberryMaybe):
        own = own.of_type
    inner: Any = get_nullable_type(type_)
    if not _comes_as_it_is(own):
        raise LeftToStockError
    if isinstance(node, VariableNode):
        return _variable(node.name.value, inner, may_be_null=not is_non_null_type(type_))
    if isinstance(node, NullValueNode):
        return _constant(None)
    if _is_plain(inner):
        value = coerce_input_literal(node, inner)
        if value is Undefined:
            raise LeftToStockError
        return _constant(value)
    if is_list_type(inner) and isinstance(node, ListValueNode) and isinstance(own, StrawberryList):
        makes = [maker(one, inner.of_type, own.of_type, config) for one in node.values]
        return lambda variables: [make(variables) for make in makes]
    if is_input_object_type(inner) and isinstance(node, ObjectValueNode):
        return _object(node, inner, own, config)
    raise LeftToStockError


def _comes_as_it_is(own: Any) -> bool:
    """Tell whether Strawberry hands on what graphql-core has made of scalars and enums."""
    while isinstance(own, StrawberryContainer):
        if isinstance(own, StrawberryMaybe):
            return False
        own = own.of_type
    return own is not GlobalID


def _is_plain(type_: Any) -> bool:
    named = get_nullable_type(type_)
    return named in _BUILT_IN or isinstance(named, GraphQLEnumType)


def _constant(value: Any) -> Make:
    return lambda _variables: value


def _variable(name: str, type_: Any, *, may_be_null: bool) -> Make:
    is_list = is_list_type(type_)
    if not _is_plain(type_.of_type if is_list else type_):
        raise LeftToStockError

    def make(variables: Mapping[str, Any]) -> Any:
        value = variables[name]  # one that is absent stands for a default, or for nothing
        if value is None and not may_be_null:
            raise LeftToStockError
        return list(value) if is_list and value is not None else value

    return make


def _object(node: ObjectValueNode, type_: GraphQLInputObjectType, own: Any, config: Any) -> Make:
    """Return what makes an input object of Strawberry."""
    kind = own.resolve_type() if isinstance(own, LazyType) else own
    if not has_object_definition(kind):
        raise LeftToStockError
    definition = kind.__strawberry_definition__
    if definition.from_input is not None or not definition.is_input:
        raise LeftToStockError
    given = {one.name.value: one.value for one in node.fields or ()}
    makes: dict[str, tuple[str, Make]] = {}
    absent: dict[str, Any] = {}
    for field in definition.fields:
        name = config.name_converter.from_field(field)
        if name in given:
            field_type = field.resolve_type(type_definition=definition)
            make = maker(given[name], type_.fields[name].type, field_type, config)
            makes[name] = (field.python_name, make)
            continue
        value = default(type_.fields[name])
        if value is not Undefined:
            makes[name] = (field.python_name, _constant(value))
        elif field.default_value is MISSING and field.default_factory is MISSING:
            absent[field.python_name] = None  # as Strawberry has it
    is_checked = type_.out_type is not GraphQLInputObjectType.out_type
    check: Callable[[dict[str, Any]], Any] | None = type_.out_type if is_checked else None

    def make_object(variables: Mapping[str, Any]) -> Any:
        values = {name: make(variables) for name, (_, make) in makes.items()}
        if check is not None:
            check(values)
        return kind(**absent, **{makes[name][0]: value for name, value in values.items()})

    return make_object
