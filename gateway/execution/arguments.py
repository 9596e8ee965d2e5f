"""Makes a resolver's arguments: by functions made once, or as the stock libraries do."""
# graphql-core's generics are told in part only.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUnknownParameterType=false

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from graphql.execution.values import get_argument_values
from graphql.pyutils import Path, Undefined
from strawberry.types.arguments import convert_arguments
from strawberry.types.field import StrawberryField

from gateway.execution.inputs import LeftToStockError, Make, default, maker
from gateway.execution.run import Run

if TYPE_CHECKING:
    from gateway.execution.field import Field

Arguments = Callable[[Run, Path], Mapping[str, Any]]
"""Returns a resolver's arguments by their Python names."""


def arguments(field: "Field", own: StrawberryField) -> Arguments:
    """Return what makes the arguments of a field of Strawberry."""
    definition, node, target = field.definition, field.nodes[0], field.planner.target

    def stock(run: Run, path: Path) -> Mapping[str, Any]:
        values = get_argument_values(definition, node, run.sources())
        info = field.info(run, path)
        return convert_arguments(values, own.arguments, target.scalars, target.config, info)

    try:
        makes = _makes(field, own)
    except LeftToStockError:
        return stock

    def quick(run: Run, path: Path) -> Mapping[str, Any]:
        variables = run.variables
        try:
            return {name: make(variables) for name, make in makes}
        except Exception:  # noqa: BLE001 - an absent variable, or what is wrong has stock words
            return stock(run, path)

    return quick


def _makes(field: "Field", own: StrawberryField) -> list[tuple[str, Make]]:
    """Return what makes each argument, by its Python name."""
    config = field.planner.target.config
    given = {one.name.value: one.value for one in field.nodes[0].arguments or ()}
    makes: list[tuple[str, Make]] = []
    for argument in own.arguments:
        name = config.name_converter.from_argument(argument)
        definition = field.definition.args[name]
        if name in given:
            make = maker(given[name], definition.type, argument.type, config)
            makes.append((argument.python_name, make))
            continue
        value = default(definition)
        if value is not Undefined:
            makes.append((argument.python_name, lambda _variables, value=value: value))
    return makes
