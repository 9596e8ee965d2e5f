"""The schema is what the file says, and everything in it is described."""

from pathlib import Path

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    build_schema,
    is_introspection_type,
    is_specified_scalar_type,
)

import schema

SDL = Path(schema.__file__).with_name("schema.graphql")


@pytest.fixture(scope="module")
def built() -> GraphQLSchema:
    return build_schema(schema.build().as_str())


def test_the_file_is_the_schema() -> None:
    assert SDL.read_text() == schema.build().as_str() + "\n", "run: make sdl"


def test_everything_is_described(built: GraphQLSchema) -> None:
    silent: list[str] = []
    for name, kind in built.type_map.items():
        if is_introspection_type(kind) or is_specified_scalar_type(kind):
            continue
        if not kind.description:
            silent.append(name)
        if isinstance(kind, GraphQLEnumType):
            silent += [f"{name}.{key}" for key, one in kind.values.items() if not one.description]
        if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType | GraphQLInputObjectType):
            for key, field in kind.fields.items():
                if not field.description:
                    silent.append(f"{name}.{key}")
                silent += [
                    f"{name}.{key}({argument})"
                    for argument, one in getattr(field, "args", {}).items()
                    if not one.description
                ]
    assert silent == []


def test_absent_arguments_have_no_default() -> None:
    assert "= null" not in SDL.read_text()
