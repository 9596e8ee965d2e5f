"""The public profile: what strangers are not told."""

import base64
from typing import Any

import pytest
from graphql import get_introspection_query

from gateway.app import create_app, read_settings
from gateway.settings import SettingError
from tests.fixtures import Graph, MakeGraph

KEY = base64.b64encode(bytes(32)).decode()
PUBLIC = {"PROFILE": "public", "CURSOR_KEY": KEY}


@pytest.fixture
async def public(make_graph: MakeGraph) -> Graph:
    return await make_graph(**PUBLIC)


def test_it_wants_a_cursor_key_of_its_own() -> None:
    with pytest.raises(
        SettingError, match=r"^STAGEGRAPH_PROFILE public wants STAGEGRAPH_CURSOR_KEY .*32 bytes"
    ):
        read_settings({"STAGEGRAPH_PROFILE": "public"})
    with pytest.raises(SettingError, match=r"^STAGEGRAPH_CURSOR_KEY "):
        read_settings({"STAGEGRAPH_PROFILE": "public", "STAGEGRAPH_CURSOR_KEY": "c2hvcnQ="})
    assert create_app(read_settings({f"STAGEGRAPH_{name}": one for name, one in PUBLIC.items()}))


def test_an_unknown_profile_is_refused() -> None:
    with pytest.raises(SettingError, match=r"^STAGEGRAPH_PROFILE .*development, or public"):
        read_settings({"STAGEGRAPH_PROFILE": "production"})


SCHEMA = "__schema { types { name } }"


@pytest.mark.parametrize("query", [
    get_introspection_query(),
    f"{{ {SCHEMA} }}",
    f"{{ a: {SCHEMA} }}",
    '{ __type(name: "Stage") { NAME } }'.replace("NAME", "name"),
    f"{{ ...F }} fragment F on Query {{ {SCHEMA} }}",
    f"mutation {{ {SCHEMA} }}",
    f"mutation {{ __typename ... {{ {SCHEMA} }} }}",
])  # fmt: skip
@pytest.mark.parametrize("compiled", ["on", "off"])
async def test_the_schema_is_not_told(make_graph: MakeGraph, query: str, compiled: str) -> None:
    public = await make_graph(**PUBLIC, COMPILED=compiled)
    answer = await public.ask(query)
    assert "data" not in answer
    assert answer["errors"]
    for error in answer["errors"]:
        assert error["extensions"] == {"code": "VALIDATION"}
    known = await make_graph(COMPILED=compiled)
    if query.startswith("{"):
        assert (await known.data(query)).values()


async def test_the_name_of_a_type_is_told(public: Graph) -> None:
    found = await public.data("{ __typename stages(first: 1) { nodes { __typename } } }")
    assert found["__typename"] == "Query"


WRONG: list[tuple[str, dict[str, Any]]] = [
    ("{ stagess(first: 1) { isComplete } }", {}),
    ("{ stages { isCompleted } }", {}),
    ("{ stages(frist: 1) { isComplete } }", {}),
    ("{ stages { nodes { ... on OutreachStages { id } } } }", {}),
    ("query($a: StageFilters) { __typename }", {}),
    ("{ stages(filter: {sources: [DEVREVV]}) { isComplete } }", {}),
    ("{ stages(filter: {source: [DEVREV]}) { isComplete } }", {}),
    ("{ stages }", {}),
    ("{ __typename @skipp(if: true) }", {}),
    ("query($f: StageFilter) { stages(filter: $f) { isComplete } }", {"f": {"source": []}}),
    ("query($f: StageFilter) { stages(filter: $f) { isComplete } }",
     {"f": {"sources": ["ESPERR"]}}),
    ("mutation($i: CreateStageInput!) { createStage(input: $i) { errors { code } } }",
     {"i": {"stages": {}}}),
]  # fmt: skip


@pytest.mark.parametrize(("query", "variables"), WRONG)
@pytest.mark.parametrize("compiled", ["on", "off"])
async def test_nothing_is_suggested(
    make_graph: MakeGraph, query: str, variables: dict[str, Any], compiled: str
) -> None:
    public = await make_graph(**PUBLIC, COMPILED=compiled)
    for error in (await public.ask(query, **variables))["errors"]:
        assert "mean" not in error["message"]
        assert error["extensions"] == {"code": "VALIDATION"}


@pytest.mark.parametrize("query", [query for query, given in WRONG[:3] if not given])
async def test_developers_are_told_what_they_may_have_meant(graph: Graph, query: str) -> None:
    assert "Did you mean" in (await graph.error(query))["message"]


async def test_there_is_no_explorer(public: Graph, graph: Graph) -> None:
    page = {"Accept": "text/html"}
    assert (await public.http.get("/graphql", headers=page)).status_code == 406
    assert (await public.http.head("/graphql", headers=page)).status_code == 406
    shown = await graph.http.get("/graphql", headers=page)
    assert shown.status_code in {200, 503}  # it is not built everywhere
    for name in ("x", "index-00000000.js"):
        assert (await public.http.get(f"/graphql/explorer/{name}")).status_code == 404


@pytest.mark.parametrize("trace", ["", "header", "on"])
async def test_upstream_calls_are_not_told(make_graph: MakeGraph, trace: str) -> None:
    public = await make_graph(**PUBLIC, TRACE=trace)
    response = await public.http.post(
        "/graphql",
        json={"query": "{ stages(first: 1) { isComplete } }"},
        headers={"X-Stagegraph-Trace": "upstream"},
    )
    assert response.json()["data"]
    assert "extensions" not in response.json()
