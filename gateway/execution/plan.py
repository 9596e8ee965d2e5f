"""The plan of one operation: made once, run many times."""
# graphql-core's generics are told in part only.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUnknownParameterType=false

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from graphql import (
    FragmentDefinitionNode,
    GraphQLObjectType,
    GraphQLSchema,
    OperationDefinitionNode,
)
from graphql.execution.collect_fields import (
    FieldDetailsList,
    FragmentDetails,
    GroupedFieldSet,
    collect_fields,
    collect_subfields,
)
from graphql.execution.values import VariableValues

from gateway.execution.field import Field, info_class
from gateway.execution.objects import ObjectPlan
from gateway.execution.run import Run
from gateway.execution.types import Types

if TYPE_CHECKING:
    import strawberry

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


class Plan:
    """How a query is run, for given values of the variables in @skip and @include.

    Args:
        target: the schema.
        operation: the query.
        definitions: the document's fragments, by name.
        variables: coerced; only those in @skip and @include count.
    """

    def __init__(
        self,
        target: Target,
        operation: OperationDefinitionNode,
        definitions: Mapping[str, FragmentDefinitionNode],
        variables: VariableValues,
    ) -> None:
        self.schema = target.schema
        self.types = target.types
        self.config = target.config
        self.scalars = target.scalars
        self.info = target.info
        self.reads_attributes = target.reads_attributes
        self.operation = operation
        self.definitions = dict(definitions)
        self._fragments = {name: FragmentDetails(one) for name, one in definitions.items()}
        self._variables = variables
        self._objects: dict[tuple[str, int], tuple[FieldDetailsList, ObjectPlan]] = {}
        self._nested = 0
        root = target.schema.get_root_type(operation.operation)
        if root is None:
            message = "the schema has no such operations"
            raise TypeError(message)
        found = collect_fields(self.schema, self._fragments, variables, root, operation)
        self._root = self._object(root, found.grouped_field_set)

    def object(self, type_: GraphQLObjectType, details: FieldDetailsList) -> ObjectPlan:
        """Return the plan for objects of a type below a field that is selected in some places."""
        place = (type_.name, id(details))  # the list is kept beside, so that its id is its own
        known = self._objects.get(place)
        if known is None:
            found = collect_subfields(
                self.schema, self._fragments, self._variables, self.operation, type_, details
            )
            known = (details, self._object(type_, found.grouped_field_set))
            self._objects[place] = known
        return known[1]

    def nests(self) -> bool:
        """Tell whether one more object may be planned before it is seen."""
        self._nested += 1
        return self._nested <= _MOST_NESTED

    def _object(self, type_: GraphQLObjectType, grouped: GroupedFieldSet) -> ObjectPlan:
        fields: list[Field] = []
        typenames: list[str] = []
        for key, details in grouped.items():
            name = details[0].node.name.value
            if name == "__typename":
                typenames.append(key)
                continue
            definition = self.schema.get_field(type_, name)
            if definition is not None:
                fields.append(Field(self, key, details, type_, definition))
        known = {*typenames, *(field.key for field in fields)}
        keys = [key for key in grouped if key in known]
        return ObjectPlan(self, type_, fields, typenames, keys)

    def start(self, run: Run) -> dict[str, Any]:
        """Begin a run; return what its data will be when all has come."""
        return self._root.build(run, run.root, None)
