"""Cases of lists and of what may not be null."""

from typing import Any

from tests.execution.published import WAYS, Case, FailedError, fails, fails_late, late

FAILED = FailedError("failed")
NULL = "Cannot return null for non-nullable field Query.it."
NO_LIST = "Expected Iterable, but did not find one for field 'Query.it'."

# Each value, and what becomes of it: data or, where it fails, the message and the path within.
_LISTS: list[tuple[str, Any, Any]] = [
    ("[Int]", [1, 2], [1, 2]),
    ("[Int]", [1, None, 2], [1, None, 2]),
    ("[Int]", None, None),
    ("[Int]", [1, FAILED, 2], ([1, None, 2], "failed", [1])),
    ("[Int]", FAILED, (None, "failed", [])),
    ("[Int]", [1, "x"], ([1, None], "Int cannot represent non-integer value: 'x'", [1])),
    ("[Int]", 7, (None, NO_LIST, [])),
    ("[Int]", "12", (None, NO_LIST, [])),
    ("[Int]", {"a": 1}, (None, NO_LIST, [])),
    ("[Int]!", [1, 2], [1, 2]),
    ("[Int]!", [1, None, 2], [1, None, 2]),
    ("[Int]!", None, (..., NULL, [])),
    ("[Int]!", [1, FAILED, 2], ([1, None, 2], "failed", [1])),
    ("[Int]!", FAILED, (..., "failed", [])),
    ("[Int!]", [1, 2], [1, 2]),
    ("[Int!]", [1, None, 2], (None, NULL, [1])),
    ("[Int!]", None, None),
    ("[Int!]", [1, FAILED, 2], (None, "failed", [1])),
    ("[Int!]!", [1, 2], [1, 2]),
    ("[Int!]!", [1, None, 2], (..., NULL, [1])),
    ("[Int!]!", None, (..., NULL, [])),
    ("[Int!]!", [1, FAILED, 2], (..., "failed", [1])),
    ("[[Int!]]", [[1], [None], None], ([[1], None, None], NULL, [1, 0])),
    ("[[Int!]!]", [[1], [None]], (None, NULL, [1, 0])),
]


def _lists() -> list[Case]:
    found: list[Case] = []
    for type_, value, expected in _LISTS:
        for way, come in WAYS.items():
            if way.startswith(("items", "generated")) and isinstance(value, Exception):
                continue
            data, errors = expected, []
            if isinstance(expected, tuple):
                data, message, path = expected
                errors = [(message, ["it", *path])]
            whole = None if data is ... else {"it": data}
            name = f"{value!r} as {type_}, {way}"
            schema = f"type Query {{ it: {type_} }}"
            found.append(Case(name, schema, "{ it }", whole, {"it": come(value)}, errors=errors))
    return found


NESTED = """
    type Query { now: String, must: String!, later: String, mustLater: String!
                 in: Query, mustIn: Query!, inLater: Query, mustInLater: Query! }
"""


def _root(now: Any, later: Any) -> dict[str, Any]:
    root: dict[str, Any] = {"now": now, "must": now, "later": later, "mustLater": later}
    for name, come in {"in": late, "mustIn": late}.items():
        root[name] = lambda *_: root
        root[f"{name}Later"] = come(root)
    return root


NULLS, FAILS = _root(None, late(None)), _root(fails, fails_late)
MUST = "Cannot return null for non-nullable field Query."

DEEP = """{
    in { mustIn { mustInLater { mustIn { mustInLater { must } } } } }
    a: inLater { mustIn { mustInLater { mustIn { mustInLater { mustLater } } } } }
}"""

# The selection, the answer, and the paths of what fails.
_NONNULL: list[tuple[str, Any, list[list[str | int]]]] = [
    ("{ must }", None, [["must"]]),
    ("{ mustLater }", None, [["mustLater"]]),
    ("{ in { must } }", {"in": None}, [["in", "must"]]),
    ("{ in { mustLater } }", {"in": None}, [["in", "mustLater"]]),
    ("{ inLater { must } }", {"inLater": None}, [["inLater", "must"]]),
    ("{ inLater { mustLater } }", {"inLater": None}, [["inLater", "mustLater"]]),
    (
        "{ a: in { in { must } b: in { mustLater } } c: inLater { mustIn { mustLater } } }",
        {"a": {"in": None, "b": None}, "c": None},
        [["a", "in", "must"], ["a", "b", "mustLater"], ["c", "mustIn", "mustLater"]],
    ),
    (
        DEEP,
        {"in": None, "a": None},
        [
            ["in", "mustIn", "mustInLater", "mustIn", "mustInLater", "must"],
            ["a", "mustIn", "mustInLater", "mustIn", "mustInLater", "mustLater"],
        ],
    ),
    ("{ mustIn { mustInLater { must } } }", None, [["mustIn", "mustInLater", "must"]]),
]


def _nonnull() -> list[Case]:
    found: list[Case] = []
    for text, data, paths in _NONNULL:
        nulls = [(f"{MUST}{path[-1]}.", path) for path in paths]
        found.append(Case(f"null: {text}", NESTED, text, data, NULLS, errors=nulls))
        failed = [("failed", path) for path in paths]
        found.append(Case(f"failed: {text}", NESTED, text, data, FAILS, errors=failed))
    nullable = "{ now later in { now later } inLater { now later } }"
    empty = {"now": None, "later": None}
    data = {**empty, "in": empty, "inLater": empty}
    found.append(Case("null where it may be", NESTED, nullable, data, NULLS))
    paths = [["now"], ["later"], ["in", "now"], ["in", "later"], ["inLater", "now"],
             ["inLater", "later"]]  # fmt: skip
    failed = [("failed", list[str | int](path)) for path in paths]
    found.append(Case("failed where it may be", NESTED, nullable, data, FAILS, errors=failed))
    return found


CASES = [*_lists(), *_nonnull()]
