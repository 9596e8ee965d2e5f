"""Which object type the objects of a Python class are, told without asking for each object."""
# graphql-core's generics are told in part only.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUnknownParameterType=false

from typing import Any

from graphql import GraphQLObjectType, GraphQLSchema, is_object_type
from strawberry.types.cast import TYPE_CAST_ATTRIBUTE

__all__ = ["TYPE_CAST_ATTRIBUTE", "Types"]


def _definition(type_: Any) -> Any:
    return (type_.extensions or {}).get("strawberry-definition")


class Types:
    """The types of a schema.

    Args:
        schema: graphql-core's.
    """

    def __init__(self, schema: GraphQLSchema) -> None:
        self._schema = schema
        self._tables: dict[str, dict[type, GraphQLObjectType]] = {}

    def origin(self, type_: GraphQLObjectType) -> type | None:
        """Return the class whose own objects are of a type; None where more must be asked."""
        definition = _definition(type_)
        if definition is None or definition.is_type_of or definition.concrete_of:
            return None
        if definition.is_graphql_generic:
            return None
        origin: type = definition.origin
        # graphql-core would raise the one, and await the other.
        return None if issubclass(origin, Exception) or hasattr(origin, "__await__") else origin

    def table(self, type_: Any) -> dict[type, GraphQLObjectType]:
        """Return an object type, or those of an interface or a union, by class."""
        if type_.name not in self._tables:
            self._tables[type_.name] = self._table(type_)
        return self._tables[type_.name]

    def _table(self, abstract: Any) -> dict[type, GraphQLObjectType]:
        if is_object_type(abstract):
            origin = self.origin(abstract)
            return {} if origin is None else {origin: abstract}
        possible = self._schema.get_possible_types(abstract)
        own = [_definition(one) for one in (abstract, *possible)]
        if any(one is None or getattr(one, "resolve_type", None) for one in own):
            return {}  # asked for each object
        found: dict[type, GraphQLObjectType] = {}
        twice: set[type] = set()
        for one in possible:
            origin = self.origin(one)
            if origin is not None:
                if origin in found:
                    twice.add(origin)
                found[origin] = one
        return {origin: one for origin, one in found.items() if origin not in twice}
