"""The plan of one operation: made once, run many times."""
# graphql-core's generics are told in part only.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUnknownParameterType=false

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from weakref import WeakValueDictionary

from graphql import (
    FragmentDefinitionNode,
    GraphQLObjectType,
    GraphQLSchema,
    OperationDefinitionNode,
)
from graphql.execution.collect_fields import (
    FieldDetailsList,
    FragmentDetails,
    collect_fields,
    collect_subfields,
)
from graphql.execution.values import VariableValues

from gateway.execution.field import Field, info_class
from gateway.execution.objects import ObjectPlan
from gateway.execution.run import Run
from gateway.execution.types import Types
from gateway.execution.weight import Weight

if TYPE_CHECKING:
    import strawberry

    from gateway.execution.readers import Reader

_MOST_NESTED = 1000
"""Objects inside objects that are planned before one is seen, which is nearly always all of them:
fragments can double them at every depth."""


class Target:
    """What plans are made for.

    Args:
        schema: graphql-core's.
        strawberry: the same, as Strawberry has it; None for one that Strawberry did not make.
        is_discreet: whether nothing is told of the schema: documents may not ask for it, and
            errors do not tell names that were perhaps meant.

    Attributes:
        readers: what reads the values of scalars and enums, and lists of them, by type.
    """

    def __init__(
        self,
        schema: GraphQLSchema,
        strawberry: "strawberry.Schema | None",
        *,
        is_discreet: bool = False,
    ) -> None:
        self.schema = schema
        self.is_discreet = is_discreet
        self.types = Types(schema)
        config = None if strawberry is None else strawberry.config
        converter = None if strawberry is None else strawberry.schema_converter
        handles = converter is not None and bool(converter.exception_handlers)
        self.config: Any = config
        self.scalars: Any = None if converter is None else converter.scalar_registry
        self.info: Any = None if config is None or handles else info_class(config.info_class)
        self.reads_attributes = config is not None and config.default_resolver is getattr
        self.readers: dict[Any, Reader] = {}


class Planner:
    """Plans the objects of one query, for given values of the variables in @skip and @include.

    What it has planned is held by who runs it, not by the planner, which all of that holds: so a
    plan holds no circle, and is gone with its document.

    Args:
        target: the schema.
        operation: the query.
        definitions: the document's fragments, by name.
        variables: coerced; only those in @skip and @include count.
        weight: the document's, to which what is planned is added.
    """

    __slots__ = (
        "_fragments", "_nested", "_objects", "_variables", "_weight", "definitions",
        "operation", "target", "types",
    )  # fmt: skip

    def __init__(
        self,
        target: Target,
        operation: OperationDefinitionNode,
        definitions: Mapping[str, FragmentDefinitionNode],
        variables: VariableValues,
        weight: Weight | None = None,
    ) -> None:
        self.target = target
        self.types = target.types
        self.operation = operation
        self.definitions = dict(definitions)
        self._fragments = {name: FragmentDetails(one) for name, one in definitions.items()}
        self._variables = variables
        self._objects: WeakValueDictionary[tuple[str, int], ObjectPlan] = WeakValueDictionary()
        self._nested = 0
        self._weight = weight

    def object(self, type_: GraphQLObjectType, details: FieldDetailsList) -> ObjectPlan:
        """Return the plan for objects of a type below a field that is selected in some places."""
        place = (type_.name, id(details))  # the plan holds the list, so that its id is its own
        known = self._objects.get(place)
        if known is None:
            known = self._objects[place] = ObjectPlan(self, type_, details)
        return known

    def nests(self) -> bool:
        """Tell whether one more object may be planned before it is seen."""
        self._nested += 1
        return self._nested <= _MOST_NESTED

    def selected(
        self, type_: GraphQLObjectType, details: FieldDetailsList | None
    ) -> dict[str, Field | None]:
        """Return what is selected of a type, by its key in the answer.

        Args:
            type_: the type.
            details: the places where its object is selected; None for the root.

        Returns:
            None in the place of `__typename`. What the type does not have is left out.
        """
        schema = self.target.schema
        known = (schema, self._fragments, self._variables)
        if details is None:
            found = collect_fields(*known, type_, self.operation)
        else:
            found = collect_subfields(*known, self.operation, type_, details)
        fields: dict[str, Field | None] = {}
        for key, places in found.grouped_field_set.items():
            name = places[0].node.name.value
            if name == "__typename":
                fields[key] = None
                continue
            definition = schema.get_field(type_, name)
            if definition is not None:
                fields[key] = Field(self, key, places, type_, definition)
        if self._weight is not None:
            self._weight.add(len(fields))
        return fields

    def weigh(self, resolved: int) -> None:
        """Count so many planned fields that have resolvers."""
        if self._weight is not None:
            self._weight.add_resolved(resolved)


class Plan:
    """How a query is run.

    Args:
        planner: plans its objects.
    """

    __slots__ = ("_root",)

    def __init__(self, planner: Planner) -> None:
        operation = planner.operation.operation
        root = planner.target.schema.get_root_type(operation)
        if root is None:
            message = "the schema has no such operations"
            raise TypeError(message)
        self._root = ObjectPlan(planner, root, None)

    def start(self, run: Run) -> dict[str, Any]:
        """Begin a run; return what its data will be when all has come."""
        return self._root.build(run, run.root, None)
