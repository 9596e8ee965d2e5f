"""Every write of the graph, where nothing goes wrong."""

from functools import cache
from pathlib import Path

import pytest
from graphql import (
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    build_schema,
    get_named_type,
    is_leaf_type,
    is_required_argument,
)

from gateway.adapter import DOES
from gateway.app import adapter_kinds
from gateway.writes import WAYS
from schema.types.sources import Operation
from tests.fixtures import KEEPING, Graph, MakeGraph, Sandbox
from tests.http.asking import Row, Write, one
from tests.http.changes import want_changed
from tests.http.conftest import Seeds
from tests.http.writes import WRITES, calls, do, every_write, object_of, shown, want

SCHEMA = build_schema(
    (Path(__file__).parents[2] / "schema" / "schema.graphql").read_text(encoding="utf-8")
)

shows = pytest.mark.parametrize(
    "write", [one for one in WRITES if not one.is_gone], ids=lambda one: one.name
)


def input_of(mutation: str) -> GraphQLInputObjectType:
    assert SCHEMA.mutation_type
    return get_named_type(SCHEMA.mutation_type.fields[mutation].args["input"].type)  # type: ignore[return-value]


def members(mutation: str) -> set[str]:
    """The one-of's members, and the blocks of an update: each is a row, or its source's is."""
    found: set[str] = set()
    for name, field in input_of(mutation).fields.items():
        kind = get_named_type(field.type)
        if isinstance(kind, GraphQLInputObjectType):
            found |= set(kind.fields) if kind.is_one_of else {name}
    return found


def test_the_table_has_every_write() -> None:
    assert SCHEMA.mutation_type
    told = {(one.mutation, one.member) for one in WRITES}
    assert len(told) == len(WRITES)
    assert {mutation for mutation, _ in told} == set(SCHEMA.mutation_type.fields) == set(WAYS)
    for mutation in WAYS:
        own = {member for one, member in told if one == mutation}
        assert members(mutation) <= own, mutation


def test_the_table_has_every_source_that_can() -> None:
    can = {
        (mutation, source)
        for mutation, way in WAYS.items()
        for source, kind in adapter_kinds().items()
        if issubclass(kind, way.capability)
    }
    assert can == {(one.mutation, one.source) for one in WRITES}


@pytest.mark.parametrize("mutation", WAYS)
def test_the_table_takes_what_it_says(mutation: str) -> None:
    operation = DOES[WAYS[mutation].capability][1]
    assert {one.is_new for one in WRITES if one.mutation == mutation} == {
        operation in {Operation.CREATE, Operation.DUPLICATE}
    }
    assert {one.is_gone for one in WRITES if one.mutation == mutation} == {
        operation is Operation.DELETE
    }


@every_write
async def test_a_write_changes_what_it_says_and_nothing_else(
    write: Write, make_graph: MakeGraph, sandbox: Sandbox, seeds: Seeds
) -> None:
    graph = await make_graph(**KEEPING)
    seed = seeds[write.source]
    asked, other = write.ask(seed, 0), write.ask(seed, 1)
    before = await shown(graph, write, asked)
    payload = await do(graph, write, asked)
    assert payload["errors"] == []
    assert calls(sandbox, write) == (1, 1)
    state = sandbox.state(write.source.value)
    want_changed(seed, state, asked.change)
    with pytest.raises(AssertionError):  # what it compares can differ
        want_changed(seed, state, other.change)
    after = await shown(graph, write, asked)
    assert object_of(write, payload) == want(before, after, write, asked, applied=1)


@every_write
async def test_a_write_of_which_the_id_is_selected_is_one_call(
    write: Write, graph: Graph, sandbox: Sandbox, seeds: Seeds
) -> None:
    await do(graph, write, write.ask(seeds[write.source], 0))
    sent = {(row["method"], row["route"]): row["count"] for row in sandbox.requests()}
    assert sent == dict.fromkeys([write.call, *write.reads], 1)


@shows
async def test_the_object_is_what_a_query_finds(
    write: Write, make_graph: MakeGraph, sandbox: Sandbox, seeds: Seeds
) -> None:
    graph, other = await make_graph(**KEEPING), await make_graph()
    asked = write.ask(seeds[write.source], 0)
    await shown(graph, write, asked)
    payload = await do(graph, write, asked, selection=everything(write))
    assert payload["errors"] == []
    told = payload[write.field]
    assert calls(sandbox, write) == (1, 1)
    query = f"query($id: ID!) {{ node(id: $id) {{ ... on Node {{ {everything(write)} }} }} }}"
    for each in (graph, other):
        assert (await each.data(query, id=told["id"]))["node"] == told


@pytest.mark.parametrize(
    "write", [one for one in WRITES if one.field == "stage" and "List" in one.mutation],
    ids=lambda one: one.name,
)  # fmt: skip
async def test_a_target_list_is_told_with_its_stage(
    write: Write, graph: Graph, sandbox: Sandbox, seeds: Seeds
) -> None:
    asked = write.ask(seeds[write.source], 0)
    selection = "id } targetList { id name type"
    payload = await do(graph, write, asked, selection=selection)
    [pair] = [*asked.change.added.values(), *asked.change.removed.values()][0]
    its: Row = one(seeds[write.source]["target_lists"], pair["target_list_id"])
    assert payload["targetList"] == {
        "id": asked.input["targetListId"],
        "name": its["name"],
        "type": its["target_list_type"],
    }
    assert calls(sandbox, write) == (1, 1)


@cache
def everything(write: Write) -> str:
    """Select of an object of a write's source every field, and of those the leaves."""
    assert SCHEMA.mutation_type
    payload = get_named_type(SCHEMA.mutation_type.fields[write.mutation].type)
    assert isinstance(payload, GraphQLObjectType)
    kind = get_named_type(payload.fields[write.field].type)
    kinds = SCHEMA.get_possible_types(kind) if isinstance(kind, GraphQLInterfaceType) else [kind]
    parts = [
        f"... on {one.name} {{ {_fields(one)} }}"
        for one in kinds
        if one.name.lower().startswith(write.source.value)
    ]
    assert parts
    return f"__typename id {' '.join(parts)}"


def _fields(kind: GraphQLObjectType | GraphQLInterfaceType) -> str:
    return " ".join(
        name if is_leaf_type(get_named_type(field.type)) else f"{name} {{ {_leaves(field)} }}"
        for name, field in kind.fields.items()
        if name != "freshness" and not any(map(is_required_argument, field.args.values()))
    )


def _leaves(field: GraphQLField) -> str:
    kind = get_named_type(field.type)
    assert isinstance(kind, GraphQLObjectType | GraphQLInterfaceType)
    leaves = [name for name, one in kind.fields.items() if is_leaf_type(get_named_type(one.type))]
    return " ".join(["__typename", *leaves])
