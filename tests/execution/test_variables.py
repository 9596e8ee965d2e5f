"""Variables are coerced as graphql-core does it."""

from typing import Any

import pytest
from graphql import OperationDefinitionNode, build_schema, parse
from graphql.execution.values import VariableValues, get_variable_values
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.execution.variables import Variables

SCHEMA = build_schema("""
    enum Hue { RED BLUE }
    input Filter { text: String!, many: [Int!] = [1], inner: Filter }
    scalar Odd
    type Query { a: ID, b: Float, c: Boolean, d: Hue, e(in: Filter): Odd }
""")
TYPES = [
    "Int", "Int!", "String", "String!", "ID!", "Boolean", "Boolean!", "Float", "Float!", "Hue!",
    "Filter", "Odd", "[Int]", "[Int!]!", "[String!]", "[ID]", "[Boolean!]", "[[Int]]", "[Hue!]",
    'String = "d"', "Int! = 3", "[Int!] = [1, 2]", "Hue = RED", "Boolean = null",
]  # fmt: skip

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**33), 2**33)
    | st.sampled_from([2**31 - 1, 2**31, -(2**31), -(2**31) - 1, 0, 1])
    | st.floats()
    | st.text(max_size=3)
    | st.sampled_from(["RED", "BLUE", "1", ""]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["text", "many", "inner", "other"]), inner, max_size=3)
    ),
    max_leaves=6,
)


def variables(told: str) -> tuple[Variables, OperationDefinitionNode]:
    node = parse(f"query({told}) {{ a }}").definitions[0]
    assert isinstance(node, OperationDefinitionNode)
    return Variables(SCHEMA, node.variable_definitions or ()), node


def agree(told: str, given_: dict[str, Any]) -> None:
    """Compare both ways; types too, as True is 1."""
    own, node = variables(told)
    expected = get_variable_values(SCHEMA, node.variable_definitions or (), given_, max_errors=50)
    found, full = own.coerced(given_), own.in_full(given_)
    if isinstance(expected, VariableValues):
        assert repr(found) == repr(expected.coerced)
        assert isinstance(full, VariableValues)
        assert repr(full.coerced) == repr(expected.coerced)
        assert [one.value for one in full.sources.values()] == [
            one.value for one in expected.sources.values()
        ]
    else:
        assert isinstance(found, list)
        assert [str(error) for error in found] == [str(error) for error in expected]


@pytest.mark.parametrize("type_", TYPES)
@settings(max_examples=40)
@given(value=VALUES)
def test_a_value(type_: str, value: Any) -> None:
    agree(f"$a: {type_}", {"a": value})


@pytest.mark.parametrize("type_", TYPES)
def test_none_at_all(type_: str) -> None:
    agree(f"$a: {type_}", {})


@given(
    types=st.lists(st.sampled_from(TYPES), min_size=1, max_size=5),
    values=st.dictionaries(st.sampled_from("abcdef"), VALUES),
)
def test_several(types: list[str], values: dict[str, Any]) -> None:
    told = ", ".join(f"${name}: {type_}" for name, type_ in zip("abcde", types, strict=False))
    agree(told, values)


FITTING: dict[str, list[Any]] = {
    "Int!": [0, -(2**31), 2**31 - 1],
    "Int": [5],
    "String!": ["", "text"],
    "ID": ["id"],
    "Boolean!": [True, False],
    "[Int!]": [[], [1, 2]],
    "[String]!": [["a"]],
}


@pytest.mark.parametrize("type_", FITTING)
def test_what_fits_is_taken_as_it_is(type_: str) -> None:
    own, _ = variables(f"$a: {type_}")
    own.in_full = None  # would be needed for all that does not fit
    for value in FITTING[type_]:
        assert own.coerced({"a": value, "more": 1}) == {"a": value}
