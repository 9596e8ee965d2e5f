"""A selected field of one type, and how its value is got."""
# graphql-core's generics are told in part only.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUnknownParameterType=false

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from graphql import GraphQLField, GraphQLObjectType, default_field_resolver, is_non_null_type
from graphql.execution.collect_fields import FieldDetailsList
from graphql.execution.values import get_argument_values
from graphql.pyutils import Path
from strawberry.types.field import StrawberryField
from strawberry.types.fields.resolver import StrawberryResolver

from gateway.execution.arguments import Arguments, arguments
from gateway.execution.generated import function
from gateway.execution.info import info_class, raw_info
from gateway.execution.run import Run

if TYPE_CHECKING:
    from gateway.execution.objects import ObjectPlan
    from gateway.execution.plan import Planner, Target

Get = Callable[[Run, Any, Path], Any]
"""Returns a field's value of an object, or what will be it."""

BATCH = "batch"
"""Metadata of a field that is resolved for many parents at once."""

CONSTANT = "constant"
"""Metadata of a field whose resolver takes the object alone and returns the same each time."""


class Field:
    """What is known of a field before anything is run.

    Args:
        planner: plans what is below it.

    Attributes:
        key: its name in the answer. name: its name in the schema.
        details: the places where it is selected; merged, they are its selection.
        parent: the type whose field it is. definition: the field.
        is_nullable: whether null may stand in its place.
        own: Strawberry's definition of it, if it has one that can be called directly.
        remembered: for resolvers: what is the same in each run.
        planned: the plan of its objects, if there was need of it before one came; it is held here.
    """

    __slots__ = (
        "definition", "details", "is_nullable", "key", "name", "nodes", "own", "parent", "planned",
        "planner", "remembered", "type",
    )  # fmt: skip

    def __init__(
        self,
        planner: "Planner",
        key: str,
        details: FieldDetailsList,
        parent: GraphQLObjectType,
        definition: GraphQLField,
    ) -> None:
        self.planner = planner
        self.key = key
        self.details = details
        self.nodes = [one.node for one in details]
        self.name = self.nodes[0].name.value
        self.parent = parent
        self.definition = definition
        self.type: Any = definition.type
        self.is_nullable = not is_non_null_type(self.type)
        self.own = _own(planner.target, definition)
        self.remembered: dict[str, Any] = {}
        self.planned: ObjectPlan | None = None

    @property
    def inner(self) -> Any:
        """The type, without the mark that it is never null."""
        return self.type if self.is_nullable else self.type.of_type

    @property
    def attribute(self) -> str | None:
        """The attribute that holds the value; None where a resolver is called."""
        own = self.own
        if own is None or own.base_resolver is not None or self.definition.args:
            return None
        is_plain = self.planner.target.reads_attributes
        return own.python_name if is_plain and own.python_name.isidentifier() else None

    @property
    def constant(self) -> Callable[[Any], Any] | None:
        """The function that returns the value of an object, the same each time."""
        own = self.own
        if own is None or own.base_resolver is None or not own.metadata.get(CONSTANT):
            return None
        if self.definition.args or own.is_async:  # that is another promise
            return None
        call: Any = own.base_resolver.wrapped_func
        return call

    @property
    def batch(self) -> Callable[..., Any] | None:
        """The function that returns the values of many objects at once."""
        return None if self.own is None else self.own.metadata.get(BATCH)

    def info(self, run: Run, path: Path) -> Any:
        """Return what a resolver of Strawberry is told."""
        return self.planner.target.info(run, self, path, self.own)  # pyright: ignore[reportOptionalCall]

    def arguments(self) -> Arguments | None:
        """Return what makes the resolver's arguments; None where the field takes none."""
        takes = self.own is not None and self.definition.args
        return arguments(self, self.own) if takes and self.own else None

    def get(self) -> Get:
        """Return the function that gets the value."""
        if self.attribute is not None:
            return _get(f"source.{self.attribute}", {})
        own = self.own
        if own is not None and isinstance(own.base_resolver, StrawberryResolver):
            return self._direct(own.base_resolver)
        return self._stock()

    def _direct(self, resolver: StrawberryResolver[Any]) -> Get:
        """Call a resolver of Strawberry without what stands between."""
        parts: list[str] = ["source"] if resolver.self_parameter else []
        told = {
            resolver.parent_parameter: "source",
            resolver.root_parameter: "source",
            resolver.info_parameter: "info(run, path)",
        }
        parts += [f"{one.name}={how}" for one, how in told.items() if one is not None]
        given = self.arguments()
        if given is not None:
            parts.append("**arguments(run, path)")
        names = {"call": resolver.wrapped_func, "info": self.info, "arguments": given}
        return _get(f"call({', '.join(parts)})", names)

    def _stock(self) -> Get:
        """Call a resolver as graphql-core does."""
        resolve = self.definition.resolve or default_field_resolver
        definition, node = self.definition, self.nodes[0]
        takes = bool(definition.args or node.arguments)

        def get(run: Run, source: Any, path: Path) -> Any:
            given = get_argument_values(definition, node, run.sources()) if takes else {}
            return resolve(source, raw_info(run, self, path), **given)

        return get


def _own(target: "Target", definition: GraphQLField) -> StrawberryField | None:
    """Return a field's Strawberry definition, where nothing of the program's stands between."""
    own = (definition.extensions or {}).get("strawberry-definition")
    if not isinstance(own, StrawberryField) or target.info is None:
        return None
    is_stock = type(own).get_result is StrawberryField.get_result and not own.extensions
    resolver = own.base_resolver
    is_known = resolver is None or (
        type(resolver) is StrawberryResolver and callable(resolver.wrapped_func)
    )
    return own if is_stock and is_known else None


def _get(value: str, names: Mapping[str, Any]) -> Get:
    """Return a function that returns what an expression comes to."""
    return function("get(run, source, path)", f"return {value}", names=names)


__all__ = ["BATCH", "CONSTANT", "Field", "Get", "info_class"]
