"""A resolver gets the arguments that it would get from graphql-core and Strawberry."""

import enum
from typing import Any

import pytest
import strawberry
from strawberry.relay import GlobalID

from tests.execution.both import both


@strawberry.enum
class Hue(enum.Enum):
    RED = "r"
    BLUE = "b"


@strawberry.input
class Filter:
    text: str
    tags: list[str] = strawberry.field(default_factory=list)
    hue: Hue | None = None


def _told(**given: Any) -> str:
    """Tell of arguments, and spoil what can be changed: nobody else may see it."""
    text = repr(given)
    for value in given.values():
        if isinstance(value, list):
            value.append("spoiled")
        if isinstance(value, Filter):
            value.tags.append("spoiled")
            value.text = "spoiled"
    return text


@strawberry.type
class Query:
    @strawberry.field
    def scalars(
        self, a: int, b: str | None = "b", c: bool = False, d: float | None = None,
        e: strawberry.ID | None = None,
    ) -> str:  # fmt: skip
        return _told(a=a, b=b, c=c, d=d, e=e)

    @strawberry.field
    def hues(self, a: Hue = Hue.RED, b: list[Hue] | None = None, c: Hue | None = None) -> str:
        return _told(a=a, b=b, c=c)

    @strawberry.field
    def lists(self, a: list[int], b: list[str | None] = ["b"], c: list[list[int]] = []) -> str:  # noqa: B006 - shared, unless it is copied
        return _told(a=a, b=b, c=c)

    @strawberry.field
    def inputs(self, a: Filter | None = None, b: list[Filter] = []) -> str:  # noqa: B006
        return _told(a=a, b=b)

    @strawberry.field
    def maybe(
        self, a: strawberry.Maybe[str] = None, b: strawberry.Maybe[list[int] | None] = None
    ) -> str:
        return _told(a=a, b=b)

    @strawberry.field
    def ids(self, a: GlobalID, b: list[GlobalID] | None = None) -> str:
        return _told(a=a, b=b)

    @strawberry.field
    def named(self, from_: int = 1, other: int | None = strawberry.UNSET) -> str:
        return _told(from_=from_, other=other)


SCHEMA = strawberry.Schema(Query)

ASKED: list[tuple[str, str, list[dict[str, Any]]]] = [
    ("", "scalars(a: 1)", [{}]),
    ("", "scalars(a: 1, b: null, c: true, d: 3, e: 7)", [{}]),
    (
        "$a: Int!, $b: String, $c: Boolean!, $d: Float, $e: ID",
        "scalars(a: $a, b: $b, c: $c, d: $d, e: $e)",
        [
            {"a": 1, "c": True},
            {"a": 1, "b": None, "c": True, "d": None, "e": None},
            {"a": 2, "b": "x", "c": False, "d": 1, "e": 7},
            {"a": 2, "b": "x", "c": False, "d": 1.5, "e": "7"},
            {"a": 2**31, "c": True},
            {"a": True, "c": True},
            {"a": 1, "c": 1},
            {"c": True},
        ],
    ),
    ("$a: Int = 5, $c: Boolean = true", "scalars(a: $a, c: $c)", [
        {}, {"a": 1}, {"a": None}, {"c": None},
    ]),
    ("", "hues(a: BLUE, b: [RED, BLUE], c: null)", [{}]),
    ("", "hues", [{}]),
    ("$a: Hue!, $b: [Hue!], $c: Hue", "hues(a: $a, b: $b, c: $c)", [
        {"a": "BLUE", "b": ["RED"], "c": "RED"}, {"a": "RED"}, {"a": "RED", "b": None}, {"a": "NO"},
        {"a": "RED", "b": "BLUE"},
    ]),
    ("", "lists(a: [1, 2])", [{}]),
    ("", 'lists(a: 1, b: ["x", null], c: [[1], []])', [{}]),
    ("$a: [Int!]!, $b: [String], $i: Int!", "lists(a: $a, b: $b, c: [[$i], [1, $i]])", [
        {"a": [1, 2], "i": 1}, {"a": 1, "b": ["x", None], "i": 1}, {"a": [], "b": None, "i": 2},
        {"a": [None], "i": 1}, {"a": [1], "b": [], "i": 3},
    ]),
    ("", 'inputs(a: {text: "t"})', [{}]),
    ("", "inputs", [{}]),
    ("$t: String!, $h: Hue", 'inputs(a: {text: $t, hue: $h}, b: [{text: "x", tags: [$t]}])', [
        {"t": "t"}, {"t": "t", "h": "RED"}, {"t": "t", "h": None},
    ]),
    ("$a: Filter, $b: [Filter!]!", "inputs(a: $a, b: $b)", [
        {"b": []}, {"a": {"text": "x", "tags": ["y"], "hue": "RED"}, "b": {"text": "z"}},
        {"a": None, "b": [{"text": "z"}]}, {"a": {}, "b": []},
    ]),
    ("", 'maybe(a: "x", b: null)', [{}]),
    ("", "maybe", [{}]),
    ("$a: String, $b: [Int!]", "maybe(a: $a, b: $b)", [
        {}, {"a": "x", "b": [1]}, {"b": None}, {"a": None},
    ]),
    ("", 'ids(a: "VDox")', [{}]),
    ("", 'ids(a: "not one")', [{}]),
    ("$a: ID!, $b: [ID!]", "ids(a: $a, b: $b)", [
        {"a": "VDox"}, {"a": "VDox", "b": ["VDoy"]}, {"a": "not one"}, {"a": "VDox", "b": ["no"]},
    ]),
    ("$a: Int", "named(from_: $a)", [{}, {"a": 3}]),
    ("", "named(from_: 2, other: 1)", [{}]),
]  # fmt: skip


@pytest.mark.parametrize(("told", "field", "runs"), ASKED)
async def test_arguments(told: str, field: str, runs: list[dict[str, Any]]) -> None:
    text = f"query({told}) {{ {field} }}" if told else f"{{ {field} }}"
    for variables in runs:
        answer = await both(SCHEMA, text, variables, root=Query())
        assert "spoiled" not in str(answer.data)
        assert answer.data or answer.errors
