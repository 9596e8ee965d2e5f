"""Cases of variables, arguments and directives."""

from typing import Any

from tests.execution.published import Case

INPUTS = """
    scalar Odd
    enum Hue { RED BLUE }
    input In { a: String, b: [String], c: String!, d: Odd, deep: In }
    input Or @oneOf { a: String, b: Int }
    type Query {
        object(in: In): String
        string(in: String): String
        must(in: String!): String
        withDefault(in: String = "default"): String
        mustWithDefault(in: String! = "default"): String
        deepDefault(in: In = {a: "default", c: "c"}): String
        list(in: [String]): String
        mustList(in: [String]!): String
        listOfMust(in: [String!]): String
        hue(in: Hue = BLUE): String
        or(in: Or!): String
        odd(in: Odd): String
        two(a: Int, b: Int = 2): String
    }
"""


def _told(_info: Any, **given: Any) -> str:
    return repr(given.get("in", given or "nothing"))


FIELDS = (
    "object", "string", "must", "withDefault", "mustWithDefault", "deepDefault", "list", "mustList",
    "listOfMust", "hue", "or", "odd", "two",
)  # fmt: skip
ROOT = dict.fromkeys(FIELDS, _told)

# The field, the variables' types, their values, and what the resolver was told, or the message.
_GIVEN: list[tuple[str, str, dict[str, Any], Any]] = [
    ('object(in: {a: "x", b: ["y"], c: "z"})', "", {}, {"a": "x", "b": ["y"], "c": "z"}),
    ('object(in: {a: "x", b: "y", c: "z"})', "", {}, {"a": "x", "b": ["y"], "c": "z"}),
    ('object(in: {a: null, b: [null], c: "z", d: {e: 1}})', "", {},
     {"a": None, "b": [None], "c": "z", "d": {"e": 1}}),
    ("object(in: null)", "", {}, None),
    ("object", "", {}, "nothing"),
    ("object(in: $in)", "$in: In", {"in": {"a": "x", "c": "z"}}, {"a": "x", "c": "z"}),
    ("object(in: $in)", "$in: In", {"in": {"b": "y", "c": "z"}}, {"b": ["y"], "c": "z"}),
    ("object(in: $in)", "$in: In", {"in": {"a": None, "c": "z"}}, {"a": None, "c": "z"}),
    ("object(in: $in)", "$in: In", {}, "nothing"),
    ("object(in: $in)", "$in: In", {"in": None}, None),
    ("object(in: $in)", '$in: In = {c: "d"}', {}, {"c": "d"}),
    ("object(in: $in)", '$in: In = {c: "d"}', {"in": None}, None),
    ("object(in: $in)", "$in: In", {"in": {"c": None}}, ValueError("at .c: Expected value of")),
    ("object(in: $in)", "$in: In", {"in": "x"}, ValueError("Expected value of type 'In'")),
    ("object(in: $in)", "$in: In", {"in": {"a": "x"}}, ValueError("required field 'c'")),
    ("object(in: $in)", "$in: In", {"in": {"c": "z", "no": 1}}, ValueError("unknown field 'no'")),
    ("object(in: $in)", "$in: In", {"in": {"deep": {"c": 1}, "c": ""}}, ValueError(".deep.c")),
    ("object(in: {a: $a, c: $c})", "$a: String, $c: String!", {"c": "z"}, {"c": "z"}),
    ("object(in: {a: $a, c: $c})", "$a: String, $c: String!", {"a": None, "c": "z"},
     {"a": None, "c": "z"}),
    ("string", "", {}, "nothing"),
    ("string(in: $in)", "$in: String", {}, "nothing"),
    ("string(in: $in)", "$in: String", {"in": None}, None),
    ("string(in: $in)", "$in: String", {"in": "x"}, "x"),
    ("string(in: $in)", "$in: String", {"in": [1]}, ValueError("String cannot represent a non")),
    ("string(in: $in)", "$in: String", {"in": 1}, ValueError("String cannot represent a non")),
    ("must(in: $in)", '$in: String = "d"', {}, "d"),
    ("must(in: $in)", '$in: String = "d"', {"in": "x"}, "x"),
    ("must(in: $in)", "$in: String!", {}, ValueError("to be provided")),
    ("must(in: $in)", "$in: String!", {"in": None}, ValueError("not to be None")),
    ("withDefault", "", {}, "default"),
    ("withDefault(in: null)", "", {}, None),
    ("withDefault(in: $in)", "$in: String", {}, "default"),
    ("withDefault(in: $in)", "$in: String", {"in": None}, None),
    ("withDefault(in: $in)", '$in: String = "other"', {}, "other"),
    ("mustWithDefault", "", {}, "default"),
    ("mustWithDefault(in: $in)", "$in: String", {}, "default"),
    ("deepDefault", "", {}, {"a": "default", "c": "c"}),
    ("list(in: $in)", "$in: [String]", {"in": None}, None),
    ("list(in: $in)", "$in: [String]", {"in": ["x", None]}, ["x", None]),
    ("list(in: $in)", "$in: [String]", {"in": "x"}, ["x"]),
    ("mustList(in: $in)", "$in: [String]!", {"in": None}, ValueError("not to be None")),
    ("mustList(in: $in)", "$in: [String]!", {"in": []}, []),
    ("listOfMust(in: $in)", "$in: [String!]", {"in": ["x"]}, ["x"]),
    ("listOfMust(in: $in)", "$in: [String!]", {"in": ["x", None]}, ValueError("at [1]")),
    ("hue", "", {}, "BLUE"),
    ("hue(in: RED)", "", {}, "RED"),
    ("hue(in: $in)", "$in: Hue", {"in": "RED"}, "RED"),
    ("hue(in: $in)", "$in: Hue", {"in": "GREEN"}, ValueError("does not exist in 'Hue' enum")),
    ('or(in: {a: "x"})', "", {}, {"a": "x"}),
    ("or(in: $in)", "$in: Or!", {"in": {"b": 1}}, {"b": 1}),
    ("or(in: $in)", "$in: Or!", {"in": {"a": "x", "b": 1}}, ValueError("xactly one")),
    ("or(in: $in)", "$in: Or!", {"in": {"a": None}}, ValueError("ull")),
    ("or(in: {b: $b})", "$b: Int!", {"b": 2}, {"b": 2}),
    ("odd(in: {a: [1, $b]})", "$b: Int", {"b": 2}, {"a": [1, 2]}),
    ("odd(in: $in)", "$in: Odd", {"in": {"x": [None]}}, {"x": [None]}),
    ("two(a: $a)", "$a: Int", {}, {"b": 2}),
    ("two(b: $a, a: $a)", "$a: Int", {"a": 5}, {"a": 5, "b": 5}),
    ("two(a: $a)", "$a: Int", {"a": 2**31}, ValueError("non 32-bit signed integer")),
    ("two(a: $a)", "$a: Int", {"a": True}, ValueError("non-integer value: True")),
]  # fmt: skip


def _given() -> list[Case]:
    found: list[Case] = []
    for field, told, variables, expected in _GIVEN:
        text = f"query({told}) {{ it: {field} }}" if told else f"{{ it: {field} }}"
        name = f"{field} {told} {variables}"
        if isinstance(expected, ValueError):
            errors = [(str(expected), None)]
            found.append(Case(name, INPUTS, text, None, ROOT, variables, errors))
        else:
            found.append(Case(name, INPUTS, text, {"it": repr(expected)}, ROOT, variables))
    return found


AB = {"a": "a", "b": "b"}
BY_VARIABLE = "query($on: Boolean!) { a @skip(if: $on) b @include(if: $on) }"
BOTH = "type Query { a: String, b: String }"

_SWITCHED: list[tuple[str, list[str]]] = [
    ("{ a b }", ["a", "b"]),
    ("{ a b @include(if: true) }", ["a", "b"]),
    ("{ a b @include(if: false) }", ["a"]),
    ("{ a b @skip(if: false) }", ["a", "b"]),
    ("{ a b @skip(if: true) }", ["a"]),
    ("{ a b @include(if: true) @skip(if: false) }", ["a", "b"]),
    ("{ a b @include(if: true) @skip(if: true) }", ["a"]),
    ("{ a b @include(if: false) @skip(if: false) }", ["a"]),
    ("{ a ...F @include(if: false) } fragment F on Query { b }", ["a"]),
    ("{ a ...F @skip(if: false) } fragment F on Query { b }", ["a", "b"]),
    ("{ a ... on Query @skip(if: true) { b } }", ["a"]),
    ("{ a ... on Query @include(if: true) { b } }", ["a", "b"]),
    ("{ a ... @include(if: false) { b } }", ["a"]),
    ("{ a ... @skip(if: false) { b } }", ["a", "b"]),
    ("{ a @skip(if: true) a b }", ["a", "b"]),
    ("{ ...F ...F a } fragment F on Query { b }", ["b", "a"]),
]

DIRECTIVES = [
    Case(text, BOTH, text, {name: name for name in names}, AB) for text, names in _SWITCHED
] + [
    Case(f"{on} by a variable", BOTH, BY_VARIABLE, {name: name}, AB, {"on": on})
    for on, name in ((True, "b"), (False, "a"))
]

CASES = [*_given(), *DIRECTIVES]
