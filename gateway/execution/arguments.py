"""Makes a resolver's arguments: most once for all runs, the rest as the stock libraries do."""
# graphql-core's generics are told in part only.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUnknownParameterType=false

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from graphql import (
    ArgumentNode,
    GraphQLArgument,
    GraphQLBoolean,
    GraphQLEnumType,
    GraphQLError,
    GraphQLFloat,
    GraphQLID,
    GraphQLInputType,
    GraphQLInt,
    GraphQLString,
    VariableNode,
    get_nullable_type,
    is_list_type,
    is_non_null_type,
)
from graphql.execution.values import coerce_argument, get_argument_values
from graphql.pyutils import Path, Undefined
from strawberry.types.arguments import convert_arguments
from strawberry.types.field import StrawberryField

from gateway.execution.run import Run

if TYPE_CHECKING:
    from gateway.execution.field import Field

Arguments = Callable[[Run, Path], Mapping[str, Any]]
"""Returns a resolver's arguments by their Python names."""

BUILT_IN = frozenset({GraphQLString, GraphQLID, GraphQLInt, GraphQLFloat, GraphQLBoolean})
"""Scalars that Strawberry hands on as they come."""


def arguments(field: "Field", own: StrawberryField) -> Arguments:
    """Return what makes the arguments of a field of Strawberry."""
    definition, node, config = field.definition, field.nodes[0], field.plan.config
    given = {one.name.value: one for one in node.arguments or ()}

    def convert(values: dict[str, Any], info: Any) -> dict[str, Any]:
        return convert_arguments(values, own.arguments, field.plan.scalars, config, info)

    def stock(run: Run, path: Path) -> Mapping[str, Any]:
        values = get_argument_values(definition, node, run.sources())
        return convert(values, field.info(run, path))

    if not all(_is_simple(one, given.get(name)) for name, one in definition.args.items()):
        return stock  # an input object may be changed by who gets it: made anew for each
    try:
        fixed = convert(_fixed(field, given), None)
    except GraphQLError:
        return stock  # which tells what is wrong, in its place
    names = {config.name_converter.from_argument(one): one.python_name for one in own.arguments}
    pairs = [
        (str(names[name]), one.value.name.value, argument.type)
        for name, argument in definition.args.items()
        if (one := given.get(name)) is not None and isinstance(one.value, VariableNode)
    ]
    return _quick(fixed, pairs, stock)


def _quick(
    fixed: Mapping[str, Any], places: list[tuple[str, str, GraphQLInputType]], stock: Arguments
) -> Arguments:
    """Return what adds the values of variables to fixed ones."""
    if not places:
        return lambda _run, _path: fixed  # who is called with ** gets a copy
    pairs = [
        (name, variable, is_list_type(get_nullable_type(type_)), not is_non_null_type(type_))
        for name, variable, type_ in places
    ]

    def quick(run: Run, path: Path) -> Mapping[str, Any]:
        values = run.variables
        made = dict(fixed)
        for name, variable, is_list, may_be_null in pairs:
            value = values.get(variable)
            if value is None:
                if variable not in values or not may_be_null:
                    return stock(run, path)  # a default, or words for what is wrong
                made[name] = None
            else:
                made[name] = list(value) if is_list else value
        return made

    return quick


def _is_simple(argument: GraphQLArgument, node: ArgumentNode | None) -> bool:
    """Tell whether a value is a scalar's or an enum's, or left out without a default."""
    if node is None:
        has_default = argument.default is not None or argument.default_value is not Undefined
        return not has_default or _is_plain(argument.type)
    if isinstance(node.value, VariableNode):
        inner = get_nullable_type(argument.type)
        return _is_plain(inner.of_type if is_list_type(inner) else inner)
    return _is_plain(argument.type)


def _is_plain(type_: Any) -> bool:
    named = get_nullable_type(type_)
    return named in BUILT_IN or isinstance(named, GraphQLEnumType)


def _fixed(field: "Field", given: Mapping[str, ArgumentNode]) -> dict[str, Any]:
    """Return the values that are the same in each run."""
    found: dict[str, Any] = {}
    for name, argument in field.definition.args.items():
        node = given.get(name)
        if node is None or not isinstance(node.value, VariableNode):
            coerce_argument(found, field.nodes[0], name, argument, node, None, None)
    return found
