"""Cases of objects: what is selected of them, and of which type they are."""

import asyncio
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from graphql import (
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLSchema,
    GraphQLString,
    GraphQLUnionType,
    Undefined,
)

from tests.execution.published import Case, fails, fails_late, late

DEEP = """
    type Query { a: String, b: String, c: String, deep: Deep, pic(size: Int): String, later: Query }
    type Deep { a: String, b: String, c: [String], deeper: [Query] }
"""


def _data() -> dict[str, Any]:
    root: dict[str, Any] = {"a": "Apple", "b": "Banana", "c": lambda _info: "Cherry"}
    root["pic"] = lambda _info, size=50: f"Pic of size {size}"
    root["later"] = late(root)
    root["deep"] = SimpleNamespace(
        a="Already", b=lambda _info: "Boring", c=lambda _info: ["Contrived", None, "Confusing"],
        deeper=lambda _info: [root, None, root],
    )  # fmt: skip
    return root


class Adder:
    """An object with a method and attributes, one of which is private."""

    def __init__(self, number: int) -> None:
        self.number = number

    def test(self, _info: Any, add: int) -> int:
        return self.number + add


BOOM = "type Query { ok: String!, bad: String!, inner: Query, mustInner: Query!, all: [Query] }"
BAD: dict[str, Any] = {"ok": "ok", "bad": fails, "inner": lambda *_: BAD, "all": lambda *_: [BAD]}
BAD["mustInner"] = lambda *_: BAD

SELECTED = [
    Case(
        "arbitrary code", DEEP,
        "query Q($size: Int) { a, x: c ...C pic(size: $size) later { a ... on Query { b } } deep {"
        " a b c deeper { a b } } } fragment C on Query { b pic(size: $size) }",
        {
            "a": "Apple", "x": "Cherry", "b": "Banana", "pic": "Pic of size 100",
            "later": {"a": "Apple", "b": "Banana"},
            "deep": {
                "a": "Already", "b": "Boring", "c": ["Contrived", None, "Confusing"],
                "deeper": [{"a": "Apple", "b": "Banana"}, None, {"a": "Apple", "b": "Banana"}],
            },
        },
        _data(), {"size": 100},
    ),
    Case(
        "fragments side by side are merged", DEEP,
        "{ a, ...One ...Two } fragment One on Query { b deep { b ...D } }"
        " fragment Two on Query { c deep { a deeper { a } } } fragment D on Deep { deeper { b } }",
        {
            "a": "Apple", "b": "Banana",
            "deep": {
                "b": "Boring", "deeper": [{"b": "Banana", "a": "Apple"}, None,
                                          {"b": "Banana", "a": "Apple"}], "a": "Already",
            },
            "c": "Cherry",
        },
        _data(),
    ),
    Case("arguments that are not given are not there", DEEP, "{ pic }", {"pic": "Pic of size 50"},
         _data()),
    Case(
        "the order is that of the selection, whatever comes first",
        "type Query { a: String, b: String, c: String, d: String, e: String }",
        "{ a b c d e }", {"a": "a", "b": "b", "c": "c", "d": "d", "e": "e"},
        {"a": "a", "b": late("b"), "c": "c", "d": late("d"), "e": "e"},
    ),
    Case("what the root lacks is null", DEEP, "{ a deep { a } }", {"a": None, "deep": None}, {}),
    Case("without a root all is null", DEEP, "{ a __typename }",
         {"a": None, "__typename": "Query"}),
    Case("Undefined is null", DEEP, "{ a b }", {"a": None, "b": None},
         {"a": Undefined, "b": late(Undefined)}),
    Case("the only operation", DEEP, "query Some { a }", {"a": "Apple"}, _data()),
    Case("one of several operations", DEEP, "query A { a } query B { x: a }", {"x": "Apple"},
         _data(), operation="B"),
    Case("a method with an argument", "type Query { test(add: Int): Int }", "{ test(add: 8) }",
         {"test": 708}, Adder(700)),
    Case("an attribute", "type Query { number: Int, no: Int }", "{ number no }",
         {"number": 1, "no": None}, Adder(1)),
    Case("a key of a dict", "type Query { number: Int }", "{ number }", {"number": 1},
         {"number": 1}),
    Case(
        "an error nulls what holds it",
        "type Query { a: String, b: [String], c: [String!], d: Query, e: String }",
        "{ a b c d { e } e }",
        {"a": None, "b": ["x", None], "c": None, "d": None, "e": "fine"},
        {"a": fails, "b": lambda *_: ["x", ValueError("failed")], "c": lambda *_: [fails_late()],
         "d": fails_late, "e": "fine"},
        errors=[("failed", ["a"]), ("failed", ["b", 1]), ("failed", ["c", 0]), ("failed", ["d"])],
    ),
    Case(
        "the whole path of a failure", BOOM, "{ inner { inner { ok bad } ok } }",
        {"inner": {"inner": None, "ok": "ok"}}, BAD, errors=[("failed", ["inner", "inner", "bad"])],
    ),
    Case(
        "a failure climbs past what may not be null", BOOM, "{ inner { mustInner { bad } ok } }",
        {"inner": None}, BAD, errors=[("failed", ["inner", "mustInner", "bad"])],
    ),
    Case(
        "a failure below a list", BOOM, "{ all { all { ok bad } } }", {"all": [{"all": [None]}]},
        BAD, errors=[("failed", ["all", 0, "all", 0, "bad"])],
    ),
    Case(
        "failures that climb beside one that does not",
        "type Query { a: A, b: A } type A { must: String!, may: String }",
        "{ a { must may } b { may } }", {"a": None, "b": {"may": None}},
        {"a": {"must": late(None), "may": late("x")}, "b": {"may": fails_late}},
        errors=[("Cannot return null", ["a", "must"]), ("failed", ["b", "may"])],
    ),
]  # fmt: skip


def _odd_scalar() -> GraphQLSchema:
    odd = GraphQLScalarType("Odd", coerce_output_value=lambda _value: None)
    return GraphQLSchema(GraphQLObjectType("Query", {"odd": GraphQLField(odd)}))


ODD = Case(
    "a scalar that writes nothing", _odd_scalar(), "{ odd }", {"odd": None}, {"odd": "x"},
    errors=[("Expected `Odd.coerce_output_value('x')` to return non-nullable value, returned: None",
             ["odd"])],
)  # fmt: skip


class Pet:
    """Something with a name; its type is its class."""

    def __init__(self, name: str) -> None:
        self.name = name


class Dog(Pet):
    """A dog."""

    barks = True


class Cat(Pet):
    """A cat."""

    meows = False


class Fish(Pet):
    """No pet of the schema's."""


PETS = [Dog("Odie"), Cat("Garfield")]


def by_class(kind: type, *, is_late: bool) -> Callable[..., Any]:
    """Return a function that tells the objects of a class."""

    def is_type_of(value: Any, _info: Any) -> bool:
        return isinstance(value, kind)

    async def is_type_of_late(value: Any, _info: Any) -> bool:
        await asyncio.sleep(0)
        return isinstance(value, kind)

    return is_type_of_late if is_late else is_type_of


def _pets(
    resolve_type: Any = None, is_type_of: Any = None, values: Any = None, *, must: bool = False
) -> GraphQLSchema:
    named = GraphQLInterfaceType("Named", {"name": GraphQLField(GraphQLString)}, None, resolve_type)
    types = [
        GraphQLObjectType(
            kind.__name__,
            {"name": GraphQLField(GraphQLString), more: GraphQLField(GraphQLString)},
            [named],
            is_type_of and is_type_of(kind),
        )
        for kind, more in ((Dog, "barks"), (Cat, "meows"))
    ]
    lone = GraphQLObjectType("Lone", {"name": GraphQLField(GraphQLString)})
    union = GraphQLUnionType("Pets", types, resolve_type)
    item: Any = GraphQLNonNull(named) if must else named
    found = PETS if values is None else values
    query = GraphQLObjectType(
        "Query",
        {
            "pets": GraphQLField(GraphQLList(item), resolve=lambda *_: found),
            "one": GraphQLField(named, resolve=lambda *_: found[0]),
            "any": GraphQLField(GraphQLList(union), resolve=lambda *_: found),
        },
    )
    return GraphQLSchema(query, types=[*types, lone])


TEXT = """{
    pets { __typename name ... on Dog { barks } ...C }
    one { name ... on Named { ... on Dog { x: name } } }
    any { __typename ... on Named { name } ... on Dog { barks } ...C }
} fragment C on Cat { meows }"""
DOG = {"__typename": "Dog", "name": "Odie", "barks": "true"}
CAT = {"__typename": "Cat", "name": "Garfield", "meows": "false"}
FOUND = {"pets": [DOG, CAT], "one": {"name": "Odie", "x": "Odie"}, "any": [DOG, CAT]}


def _name(value: Any, _info: Any, _type: Any) -> str:
    return type(value).__name__


async def _name_late(value: Any, info: Any, type_: Any) -> str:
    await asyncio.sleep(0)
    return _name(value, info, type_)


def _typed(kind: str) -> dict[str, Any]:
    return {"__typename": kind, "name": kind}


ONE = "{ one { name } }"


def _odd(name: str, told: Any, message: str, text: str = ONE) -> Case:
    schema = _pets(lambda *_: told)
    return Case(name, schema, text, {"one": None}, errors=[(message, ["one"])])


TYPED = [
    Case("by is_type_of", _pets(None, lambda kind: by_class(kind, is_late=False)), TEXT, FOUND),
    Case("by is_type_of, late", _pets(None, lambda kind: by_class(kind, is_late=True)), TEXT,
         FOUND),
    Case(
        "by is_type_of, one late",
        _pets(None, lambda kind: by_class(kind, is_late=kind is Dog)), TEXT, FOUND,
    ),
    Case("by resolve_type", _pets(_name), TEXT, FOUND),
    Case("by resolve_type, late", _pets(_name_late), TEXT, FOUND),
    Case(
        "by resolve_type and is_type_of, both late",
        _pets(_name_late, lambda kind: by_class(kind, is_late=True)), TEXT, FOUND,
    ),
    Case(
        "by __typename", _pets(values=[_typed("Dog"), _typed("Cat")]),
        "{ pets { __typename name } any { ... on Dog { name } } }",
        {"pets": [_typed("Dog"), _typed("Cat")], "any": [{"name": "Dog"}, {}]},
    ),
    Case(
        "is_type_of fails", _pets(None, lambda _kind: fails), "{ pets { name } }",
        {"pets": [None, None]}, errors=[("failed", ["pets", 0]), ("failed", ["pets", 1])],
    ),
    Case(
        "is_type_of fails late", _pets(None, lambda _kind: fails_late), "{ pets { name } }",
        {"pets": [None, None]}, errors=[("failed", ["pets", 0]), ("failed", ["pets", 1])],
    ),
    Case(
        "resolve_type fails late", _pets(fails_late), "{ pets { name } one { name } }",
        {"pets": [None, None], "one": None},
        errors=[("failed", ["one"]), ("failed", ["pets", 0]), ("failed", ["pets", 1])],
    ),
    Case(
        "resolve_type fails where nothing may be null", _pets(fails, must=True),
        "{ pets { name } }", {"pets": None}, errors=[("failed", ["pets", 0])],
    ),
    Case(
        "no type is told", _pets(None, lambda kind: by_class(kind, is_late=False), [Fish("Nemo")]),
        "{ pets { name } }", {"pets": [None]},
        errors=[("Abstract type 'Named' must resolve to an Object type at runtime", ["pets", 0])],
    ),
    Case(
        "no type is told, late",
        _pets(None, lambda kind: by_class(kind, is_late=True), [Fish("Nemo")], must=True),
        "{ pets { name } }", {"pets": None},
        errors=[("Abstract type 'Named' must resolve to an Object type at runtime", ["pets", 0])],
    ),
    Case(
        "resolve_type and is_type_of disagree",
        _pets(lambda *_: "Dog", lambda kind: by_class(kind, is_late=False), [PETS[1]]),
        "{ pets { name } }", {"pets": [None]},
        errors=[("Expected value of type 'Dog' but got: <Cat instance>.", ["pets", 0])],
    ),
    _odd("none is told", None, "Abstract type 'Named' must resolve to an Object type at runtime"),
    _odd("no name is told", 7, "received '7', which is not a valid Object type name."),
    _odd("an unknown name is told", "No", "a type 'No' that does not exist inside the schema."),
    _odd("a name of no object is told", "String", "to a non-object type 'String'."),
    _odd("a name of another's is told", "Lone", "'Lone' is not a possible type for 'Named'."),
]  # fmt: skip

CASES = [*SELECTED, ODD, *TYPED]
