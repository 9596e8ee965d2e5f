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
from strawberry.relay.types import GlobalID
from strawberry.types.arguments import convert_arguments
from strawberry.types.base import StrawberryContainer, StrawberryMaybe
from strawberry.types.field import StrawberryField
from strawberry.types.lazy_type import LazyType

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

    known = {config.name_converter.from_argument(one): one for one in own.arguments}
    args = definition.args.items()
    if not all(_is_simple(one, given.get(name), known[name].type) for name, one in args):
        return stock  # an input object may be changed by who gets it: made anew for each
    try:
        fixed = convert(_fixed(field, given), None)
    except Exception:  # noqa: BLE001 - told in its place, whenever the field is resolved
        return stock
    pairs = [
        (str(known[name].python_name), written.value.name.value, argument.type)
        for name, argument in args
        if (written := given.get(name)) is not None and isinstance(written.value, VariableNode)
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


def _is_simple(argument: GraphQLArgument, node: ArgumentNode | None, own: Any) -> bool:
    """Tell whether a value is a scalar's or an enum's, or left out without a default."""
    if node is None:
        has_default = argument.default is not None or argument.default_value is not Undefined
        return not has_default or _is_plain(argument.type)
    if isinstance(node.value, VariableNode):
        inner = get_nullable_type(argument.type)
        is_plain = _is_plain(inner.of_type if is_list_type(inner) else inner)
        return is_plain and _comes_as_it_is(own)
    return _is_plain(argument.type)


def _comes_as_it_is(type_: Any) -> bool:
    """Tell whether Strawberry hands on what graphql-core has made of scalars and enums."""
    while isinstance(type_, StrawberryContainer):
        if isinstance(type_, StrawberryMaybe):
            return False
        type_ = type_.of_type
    return type_ is not GlobalID and not isinstance(type_, LazyType)


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
