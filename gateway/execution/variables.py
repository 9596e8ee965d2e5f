"""Coerces the variables of an operation: the plain ones at once, the rest as graphql-core does."""
# graphql-core's generics are told in part only.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUnknownParameterType=false

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from graphql import (
    GraphQLBoolean,
    GraphQLError,
    GraphQLID,
    GraphQLInt,
    GraphQLSchema,
    GraphQLString,
    VariableDefinitionNode,
    get_nullable_type,
    is_list_type,
    type_from_ast,
)
from graphql.execution.values import VariableValues, get_variable_values

_MOST_ERRORS = 50
"""As graphql-core's own execution has it."""

_LARGEST = 2**31

_FITS: Mapping[Any, Callable[[Any], bool]] = {
    GraphQLString: lambda value: value.__class__ is str,
    GraphQLID: lambda value: value.__class__ is str,
    GraphQLInt: lambda value: value.__class__ is int and -_LARGEST <= value < _LARGEST,
    GraphQLBoolean: lambda value: value is True or value is False,
}
"""Whether a value is what its type takes, as it is."""


class Variables:
    """The variables that an operation takes.

    Args:
        schema: of their types.
        definitions: theirs.
        suggests: whether an error may tell names of the schema that were perhaps meant.
    """

    def __init__(
        self,
        schema: GraphQLSchema,
        definitions: Sequence[VariableDefinitionNode],
        *,
        suggests: bool = True,
    ) -> None:
        self._suggests = suggests
        self._schema = schema
        self._definitions = definitions
        kinds = {one.variable.name.value: self._fit(one) for one in definitions}
        self._fits = kinds

    def _fit(self, definition: VariableDefinitionNode) -> Callable[[Any], bool] | None:
        type_: Any = type_from_ast(self._schema, definition.type)
        named: Any = get_nullable_type(type_)
        if is_list_type(named):
            item = _FITS.get(get_nullable_type(named.of_type))
            return item and (lambda value: value.__class__ is list and all(map(item, value)))
        return _FITS.get(named)

    def coerced(self, given: Mapping[str, Any]) -> dict[str, Any] | list[GraphQLError]:
        """Return the values by name, or what is wrong with them."""
        values: dict[str, Any] = {}
        for name, fits in self._fits.items():
            value = given.get(name)
            if fits is None or not fits(value):
                found = self.in_full(given)
                return found if isinstance(found, list) else found.coerced
            values[name] = value
        return values

    def in_full(self, given: Mapping[str, Any]) -> VariableValues | list[GraphQLError]:
        """Return the values and where they came from, or what is wrong with them."""
        return get_variable_values(
            self._schema,
            self._definitions,
            dict(given),
            max_errors=_MOST_ERRORS,
            hide_suggestions=not self._suggests,
        )
