"""Reads a field's arguments as they stand in a query and in its variables, to tell their price."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from graphql import (
    FieldNode,
    ListValueNode,
    ObjectValueNode,
    ValueNode,
    VariableDefinitionNode,
    VariableNode,
)
from graphql.utilities import value_from_ast_untyped


class Given:
    """The arguments of one field.

    Args:
        node: the field.
        defaults: of the operation's variables.

    Attributes:
        names: of the variables that they depend on.
    """

    __slots__ = ("_defaults", "_fixed", "_named", "_nested", "names")

    def __init__(self, node: FieldNode, defaults: Mapping[str, Any]) -> None:
        self._defaults = defaults
        self._fixed: dict[str, Any] = {}
        self._named: list[tuple[str, str]] = []
        self._nested: list[tuple[str, ValueNode]] = []
        self.names: list[str] = []
        for argument in node.arguments or ():
            name, value = argument.name.value, argument.value
            inside = list(_variables_in(value))
            self.names += inside
            if isinstance(value, VariableNode):
                self._named.append((name, value.name.value))
            elif inside:
                self._nested.append((name, value))
            else:
                self._fixed[name] = value_from_ast_untyped(value)

    def __call__(self, variables: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return them by name, for variables as they came; those that are absent are not there."""
        if not self.names:
            return self._fixed
        given = dict(self._fixed)
        for name, variable in self._named:
            if variable in variables:
                given[name] = variables[variable]
            elif variable in self._defaults:
                given[name] = self._defaults[variable]
        if self._nested:
            told = {**dict.fromkeys(self.names), **self._defaults, **variables}
            for name, value in self._nested:
                given[name] = value_from_ast_untyped(value, told)
        return given


def defaults_of(definitions: Sequence[VariableDefinitionNode]) -> Mapping[str, Any]:
    """Return the defaults of an operation's variables."""
    return {
        one.variable.name.value: value_from_ast_untyped(one.default_value)
        for one in definitions
        if one.default_value is not None
    }


def _variables_in(value: ValueNode) -> Iterator[str]:
    """Yield the names of all variables in a value."""
    if isinstance(value, VariableNode):
        yield value.name.value
    elif isinstance(value, ListValueNode):
        for one in value.values:
            yield from _variables_in(one)
    elif isinstance(value, ObjectValueNode):
        for field in value.fields:
            yield from _variables_in(field.value)
