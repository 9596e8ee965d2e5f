"""How deep a document is and how much it selects."""

import pytest
from graphql import parse

from gateway.bounds import Judge, Limits
from gateway.bounds.shape import Shape, Shapes


def shapes(text: str) -> list[Shape]:
    return Shapes(parse(text)).operations()


def messages(limits: Limits, text: str) -> list[str]:
    return [error.message for error in Judge(limits).document(parse(text))]


@pytest.mark.parametrize(("text", "shape"), [
    ("{ a }", Shape(1, 1, 0, 0, 1)),
    ("{ a { b { c } d } e }", Shape(3, 5, 0, 0, 2)),
    ("{ x: a { y: b } }", Shape(2, 2, 2, 0, 1)),
    ("{ ... { a { ... on B { c } } } }", Shape(2, 2, 0, 0, 1)),
    ("query Q($b: C @d) @a { e @f @g ... @h { i } ...J @k } fragment J on L @m { n }",
     Shape(1, 3, 0, 7, 3)),
    ("{ a { ...F } } fragment F on A { b { c } d: e }", Shape(3, 4, 1, 0, 1)),
    ("{ ...F ...F } fragment F on A { b { c } }", Shape(2, 4, 0, 0, 2)),
    ("{ a } fragment F on A { b { c } }", Shape(1, 1, 0, 0, 1)),
    ("{ ...Missing a }", Shape(1, 1, 0, 0, 1)),
    ("mutation { a(b: {c: {d: 1}}) }", Shape(1, 1, 0, 0, 1)),
])  # fmt: skip
def test_a_shape_has_fragments_written_out(text: str, shape: Shape) -> None:
    assert shapes(text) == [shape]


def test_each_operation_has_its_own() -> None:
    assert [one.fields for one in shapes("query A { a } query B { a b { c } }")] == [1, 3]


def doubling(count: int) -> str:
    chain = " ".join(
        f"fragment F{at} on Query {{ a{at}: a {{ ...F{at + 1} }} ...F{at + 1} }}"
        for at in range(count)
    )
    return f"{{ ...F0 }} {chain} fragment F{count} on Query {{ a }}"


def test_doubling_fragments_are_looked_at_once() -> None:
    measured = Shapes(parse(doubling(40)))
    [shape] = measured.operations()
    assert measured.steps < 4 * 41
    assert shape.depth == 41
    assert shape.fields == 10**9  # it is no matter how many more
    [small] = shapes(doubling(5))
    assert (small.fields, small.aliases, small.roots) == (2**6 - 1, 2**5 - 1, 6)


@pytest.mark.parametrize("text", [
    "{ ...F } fragment F on Query { ...F a }",
    "{ ...F } fragment F on Query { a { ...G } } fragment G on Query { b { ...F } }",
    "{ ...F } fragment F on Query { ...G ...G } fragment G on Query { ...F ...F ...G }",
])  # fmt: skip
def test_fragments_in_circles_come_to_an_end(text: str) -> None:
    measured = Shapes(parse(text))
    measured.operations()
    assert measured.steps < 10


@pytest.mark.parametrize(("limits", "text", "words"), [
    (Limits(depth=2), "{ a { b { c } } }", "3 deep; 2 are allowed"),
    (Limits(aliases=1), "{ b: a ...F } fragment F on Q { c: a }", "2 aliases; 1 are allowed"),
    (Limits(root_fields=2), "query A { a } query B { a ...F } fragment F on Q { b c }",
     "3 root fields; 2 are allowed"),
    (Limits(directives=0), "{ a @skip(if: true) }", "1 directives; 0 are allowed"),
    (Limits(fragments=0), "{ ...F } fragment F on Q { a }", "1 fragments; 0 are allowed"),
    (Limits(tokens=20), "{ a { ...F ...F } } fragment F on Q { " + "a " * 10 + "}",
     "there are 21 fields; 20 are allowed"),
])  # fmt: skip
def test_what_is_over_a_bound_is_told_with_both_numbers(
    limits: Limits, text: str, words: str
) -> None:
    [message] = messages(limits, text)
    assert words in message
    assert not messages(Limits(), text)


TOLD = "__schema { types { name fields { name } } }"


@pytest.mark.parametrize(("text", "told"), [
    ("{ __typename }", 1), (f"{{ {TOLD} }}", 5), (f"{{ {TOLD} __typename }}", 6),
    ("{ a { __typename } }", 0), ("{ __type(name: 1) { ...F } } fragment F on T { a { b } }", 3),
    (f"{{ ...F ...F a }} fragment F on Q {{ {TOLD} }}", 10),
    (f"{{ a {{ ...F }} }} fragment F on Q {{ {TOLD} }}", 0),
])  # fmt: skip
def test_fields_that_tell_of_the_schema_are_counted(text: str, told: int) -> None:
    assert [one.told for one in shapes(text)] == [told]


def test_much_of_the_schema_is_asked_for_alone() -> None:
    much = " ".join(f"a{at}: {TOLD}" for at in range(7))
    assert not messages(Limits(), f"{{ {much} __typename }}")
    [message] = messages(Limits(), f"{{ {much} stages {{ isComplete }} }}")
    assert "35 fields" in message
    assert not messages(Limits(), f"{{ {TOLD} stages {{ isComplete }} }}")


def test_a_document_has_no_more_than_fifty_operations() -> None:
    many = " ".join(f"query A{at} {{ a }}" for at in range(51))
    [message] = messages(Limits(), many)
    assert "51 operations; 50 are allowed" in message


def test_all_that_is_over_its_bound_is_told() -> None:
    found = messages(Limits(depth=1, aliases=0), "{ b: a { c } }")
    assert len(found) == 2
