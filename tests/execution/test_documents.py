"""Documents that were found valid are kept, within bounds."""

import gc
from contextlib import suppress
from weakref import ref

import pytest
import strawberry
from graphql import ExecutionResult, GraphQLSyntaxError, Token, ast_to_dict, build_schema
from graphql import parse as stock

from gateway.execution import Engine
from gateway.execution.documents import Documents
from gateway.execution.parsing import parse
from gateway.execution.plan import Target


@strawberry.type
class Query:
    a: int = 1
    next: "Query | None" = None

    @strawberry.field
    def told(self, text: str, maybe: strawberry.Maybe[str] = None) -> "Query":
        return self


SCHEMA = strawberry.Schema(Query)


def documents(most: int = 1000) -> Documents:
    return Documents(Target(SCHEMA._schema, SCHEMA), most)


def test_a_valid_document_is_read_once() -> None:
    kept = documents()
    one = kept.read("{ a }")
    assert [str(operation.type.value) for operation in one.operations] == ["query"]
    assert kept.read("{ a }") is one
    assert kept.read("{ a }  ") is not one


@pytest.mark.parametrize("text", ["{ a", "{ b }", "", "{ a } { a }", "{ told(text: 1) { a } }"])
def test_what_is_wrong_is_told_and_not_kept(text: str) -> None:
    kept = documents()
    document = kept.read(text)
    assert document.errors
    assert not document.operations
    assert kept.read(text) is not document
    assert not kept._kept


def test_strawberrys_own_rules_are_asked_for_its_schemas() -> None:
    text = '{ told(text: "x", maybe: null) { a } }'
    [error] = documents().read(text).errors
    assert "null" in error.message
    schema = build_schema("type Query { told(text: String!, maybe: String): Query, a: Int }")
    assert not Engine(schema).document(text).errors


def test_the_least_lately_used_goes_first() -> None:
    kept = documents(most=2)
    one, two = kept.read("{ a }"), kept.read("{ b: a }")
    assert kept.read("{ a }") is one
    kept.read("{ c: a }")
    assert kept.read("{ a }") is one
    assert kept.read("{ b: a }") is not two
    assert len(kept._kept) == 2


def test_all_kept_letters_are_bounded() -> None:
    kept = documents()
    short = kept.read("{ a }")
    for number in range(60):
        kept.read(f"{{ k{number}: a }}" + " " * 90_000)
        assert kept.read("{ a }") is short
        assert sum(map(len, kept._kept)) == kept._letters <= 4_000_000
    assert len(kept._kept) < 60


def test_a_long_document_drives_nothing_out() -> None:
    kept = documents()
    short = kept.read("{ a }")
    long = "{ a }" + " " * 5_000_000
    assert not kept.read(long).errors
    assert list(kept._kept) == ["{ a }"]
    assert kept.read("{ a }") is short


def nested(depth: int) -> str:
    return '{ told(text: "") ' * depth + "{ a }" + " }" * depth


def test_what_is_nested_too_deeply_is_told() -> None:
    kept = documents()
    assert not kept.read(nested(90)).errors
    for text in (nested(300), nested(20_000)):
        [error] = kept.read(text).errors
        assert "nested" in error.message
    fragments = " ".join(f"fragment F{n} on Query {{ ...F{n + 1} }}" for n in range(3000))
    text = f"{{ ...F0 }} {fragments} fragment F3000 on Query {{ a }}"
    assert kept.read(text).errors


def test_an_operation_by_name() -> None:
    kept = documents()
    named = kept.read("query A { a } query B { b: a } mutation C { x }").errors
    assert named  # the schema has no mutations
    two = kept.read("query A { a } query B { b: a }")
    assert [one.name for one in two.operations] == ["A", "B"]
    assert two.operation("B") is two.operations[1]
    assert two.operation(None) is None
    assert two.operation("C") is None
    one = kept.read("query A { a }")
    assert one.operation(None) is one.operation("A") is one.operations[0]
    unnamed = kept.read("{ a }")
    assert unnamed.operation("A") is None
    assert unnamed.operations[0].name is None


def test_nothing_of_a_document_outlives_its_last_use() -> None:
    engine = Engine(SCHEMA)
    document = engine.document(
        'query($s: Boolean!) { a @skip(if: $s) told(text: "x") { ...F } next { next { a } } } '
        'fragment F on Query { __typename a inner: told(text: "y") { a } }'
    )
    [operation] = document.operations
    for switch in (True, False):
        answer = engine.run(operation, {"s": switch}, None, Query(next=Query()))
        assert isinstance(answer, ExecutionResult)
        told = {"__typename": "Query", "a": 1, "inner": {"a": 1}}
        first = {} if switch else {"a": 1}
        assert answer.data == {**first, "told": told, "next": {"next": None}}
        assert answer.errors is None
    plan = operation.plan({"s": True})
    assert plan is not None
    held = [ref(one) for one in (operation, operation.document, plan._root)]
    gc.collect()  # what validation has left
    gc.disable()
    try:
        del document, operation, plan
        engine._documents._kept.clear()
        assert [one() for one in held] == [None] * 3
    finally:
        gc.enable()


@pytest.mark.parametrize("text", ["{ a }", "{ a(", "{ told(text: 1) { # no end"])
def test_no_token_outlives_its_parser(text: str) -> None:
    with suppress(GraphQLSyntaxError):
        parse(text)
    gc.collect()
    gc.disable()
    try:
        before = tokens()
        document = None
        with suppress(GraphQLSyntaxError):
            document = parse(text)
        assert tokens() == before
        del document
    finally:
        gc.enable()


def tokens() -> int:
    return sum(type(one) is Token for one in gc.get_objects())


def test_places_are_those_of_graphql_core() -> None:
    text = 'query A($x: [Int!] = [1]) @d { a: b(c: {d: "e"}) ...F } fragment F on T { h @i }'
    assert ast_to_dict(parse(text), locations=True) == ast_to_dict(stock(text), locations=True)
    assert parse(text).token_count == stock(text).token_count
    for wrong in ("{", "{ a(b: ) }", "{ a } }", nested(300)):
        with pytest.raises(GraphQLSyntaxError) as ours:
            parse(wrong)
        with pytest.raises(GraphQLSyntaxError) as theirs:
            stock(wrong)
        assert ours.value.formatted == theirs.value.formatted
