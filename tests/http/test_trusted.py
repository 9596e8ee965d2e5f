"""Trusted documents: what an operator has listed is run, and nothing else."""

import json
from hashlib import md5, sha256
from pathlib import Path
from typing import Any

import httpx
import pytest

from gateway.http.trusted import Documents, Listed, bare
from gateway.settings import SettingError
from tests.fixtures import KEEPING, Graph, MakeGraph, emptied

GRAPHQL_JSON = "application/graphql-response+json"
TEXT = """query Stages($n: Int) { stages(first: $n) { ...F } }

fragment F on StageConnection { nodes { name } }
"""
PRINTED = """query Stages($n: Int) {
  stages(first: $n) {
    ...F
  }
}

fragment F on StageConnection {
  nodes {
    name
  }
}"""
WITH_TYPENAME = """query Stages($n: Int) {
  stages(first: $n) {
    ...F
    __typename
  }
}

fragment F on StageConnection {
  nodes {
    name
    __typename
  }
  __typename
}"""
OTHERWISE = TEXT.replace("{", " {\n,,").replace(")", "\ufeff ) ")
NAMED = (TEXT, TEXT.strip())
LISTED = (*NAMED, PRINTED, WITH_TYPENAME, OTHERWISE)


def hashed(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def md5ed(text: str) -> str:
    """The name that Relay's compiler gives a document."""
    return md5(text.encode()).hexdigest()  # noqa: S324


def write(folder: Path, **files: Any) -> str:
    for name, content in files.items():
        path = folder / name.replace("__", "/").replace("_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content if isinstance(content, str) else json.dumps(content, indent=1))
    return str(folder)


async def post(graph: Graph, **body: Any) -> httpx.Response:
    return await graph.http.post("/graphql", json=body, headers={"Accept": GRAPHQL_JSON})


def names_in(response: httpx.Response) -> list[str]:
    assert response.status_code == 200, response.text
    return [one["name"] for one in response.json()["data"]["stages"]["nodes"]]


def is_refused(response: httpx.Response) -> bool:
    return response.status_code == 403 and [
        one["extensions"] for one in response.json()["errors"]
    ] == [{"code": "FORBIDDEN"}]


@pytest.fixture
async def trusting(make_graph: MakeGraph, tmp_path: Path) -> Graph:
    """A gateway that trusts one document."""
    place = write(tmp_path, some_graphql=TEXT)
    return await make_graph(**KEEPING, TRUSTED_DOCUMENTS=place)


@pytest.mark.parametrize("text", LISTED, ids=["as it is", "trimmed", "printed", "more", "wild"])
async def test_what_is_listed_is_run_in_any_way_of_writing(trusting: Graph, text: str) -> None:
    for _ in range(2):
        assert len(names_in(await post(trusting, query=text, variables={"n": 2}))) == 2
    # Its hash is known from the start, or once it came with it.
    by_apollo = {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": hashed(text)}}}
    first = await post(trusting, **by_apollo)
    assert ("PERSISTED_QUERY_NOT_FOUND" in first.text) == (text not in NAMED)
    for whole in ({"query": text}, {}):
        assert names_in(await post(trusting, **whole, **by_apollo))


@pytest.mark.parametrize("text", NAMED, ids=["as it is", "trimmed"])
async def test_what_is_listed_has_a_name(trusting: Graph, text: str) -> None:
    variables = {"n": 2}
    found = names_in(await post(trusting, query=text, variables=variables))
    assert len(found) == 2
    by_id = {"documentId": f"sha256:{hashed(text)}"}
    by_apollo = {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": hashed(text)}}}
    for named in (by_id, by_apollo, by_id | {"query": text}, by_apollo | {"query": text}):
        for _ in range(2):  # kept whole the second time
            assert names_in(await post(trusting, **named, variables=variables)) == found
    for params in (by_id, {"extensions": json.dumps(by_apollo["extensions"])}, {"query": text}):
        got = await trusting.http.get("/graphql", params={**params, "variables": '{"n": 2}'})
        assert names_in(got) == found


@pytest.mark.parametrize("text", [
    "{ __typename }", "{", "{ nothing }", TEXT + " #", TEXT.replace("$n: Int", "$n:Int!"),
    TEXT.replace("query S", "queryS"), TEXT.upper(), PRINTED.replace("name", "id"),
    "{ __schema { types { name } } }", 'mutation { deleteWork(input: {id: "x"}) { deletedId } }',
])  # fmt: skip
async def test_all_else_is_refused_however_it_is_asked_for(trusting: Graph, text: str) -> None:
    by_id = {"documentId": f"sha256:{hashed(text)}"}
    by_apollo = {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": hashed(text)}}}
    for ask in ({"query": text}, by_id, {"query": text, **by_id}, {"query": text, **by_apollo}):
        assert is_refused(await post(trusting, **ask))
    # It was not learnt.
    assert "PERSISTED_QUERY_NOT_FOUND" in (await post(trusting, **by_apollo)).text
    assert (await trusting.http.get("/graphql", params={"query": text})).status_code == 200
    assert "FORBIDDEN" in (await trusting.http.get("/graphql", params={"query": text})).text


async def test_a_name_and_another_text_are_refused(trusting: Graph) -> None:
    by_id = {"documentId": f"sha256:{hashed(TEXT)}"}
    answer = await post(trusting, query="{ __typename }", **by_id)
    assert answer.status_code == 400
    assert "`query`" in answer.json()["errors"][0]["message"]


@pytest.mark.parametrize("name", ["", "x", "sha256:", "sha256:" + "0" * 64, "../some.graphql", "é"])
async def test_unknown_names(trusting: Graph, name: str) -> None:
    assert is_refused(await post(trusting, documentId=name))


async def test_manifests_name_documents_as_they_like(make_graph: MakeGraph, tmp_path: Path) -> None:
    relay, apollo = f"query A {TEXT[12:]}", f"query B {TEXT[12:]}"
    place = write(
        tmp_path,
        relay_json={md5ed(relay): relay, f"sha256:{hashed(TEXT)}": TEXT},
        deep__er__apollo_json={
            "format": "apollo-persisted-query-manifest",
            "version": 1,
            "operations": [{"id": "any-id", "name": "B", "type": "query", "body": apollo}],
        },
        notes_txt="{ nothing }",
    )
    graph = await make_graph(TRUSTED_DOCUMENTS=place)
    variables = {"n": 1}
    for named in (
        {"documentId": md5ed(relay)}, {"documentId": f"sha256:{hashed(relay)}"}, {"query": relay},
        {"documentId": "any-id"}, {"documentId": f"sha256:{hashed(apollo)}"}, {"query": TEXT},
        {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": "any-id"}}},
        {"documentId": "any-id", "query": apollo},
    ):  # fmt: skip
        assert len(names_in(await post(graph, **named, variables=variables))) == 1
    # The names are those of the text as it is listed.
    assert is_refused(await post(graph, documentId=f"sha256:{hashed(relay.strip())}"))


async def test_of_a_file_of_operations_each_may_be_asked_alone(
    make_graph: MakeGraph, tmp_path: Path
) -> None:
    both = "query A { stages(first: 1) { ...F } } query B { stages(first: 2) { ...F } }"
    fragment = "fragment F on StageConnection { nodes { name } }"
    place = write(tmp_path, both_gql=f"{both}\n{fragment}")
    graph = await make_graph(TRUSTED_DOCUMENTS=f"{place}/both.gql")
    alone = PRINTED.replace("Stages($n: Int)", "B").replace("$n", "2")
    assert len(names_in(await post(graph, query=alone))) == 2
    whole = {"query": f"{both}\n{fragment}", "operationName": "A"}
    assert len(names_in(await post(graph, **whole))) == 1


async def test_the_older_type_tells_of_it_by_200(trusting: Graph) -> None:
    answer = await trusting.ask("{ __typename }")
    assert answer["errors"][0]["extensions"] == {"code": "FORBIDDEN"}
    assert "data" not in answer


@pytest.mark.parametrize(("files", "told"), [
    ({"a_graphql": "{ __typename }", "b_graphql": "query A {\n  __typename\n  nothing\n}"},
     "b.graphql:3: Cannot query field 'nothing'"),
    ({"a_gql": "{\n"}, "a.gql:2: Syntax Error"), ({"a_gql": ""}, "a.gql:1: Syntax Error"),
    ({"a_gql": "fragment F on Stage { id }"}, "a.gql:1: Fragment 'F' is never used"),
    ({"m_json": {"x": "{ __typename }", "y": "{ nothing }"}}, "m.json:3: Cannot query"),
    ({"m_json": {"é": "{ __typename }", "ü": "{ nothing }"}}, "m.json:1: Cannot query"),
    ({"m_json": {"x": 1}}, "m.json:1: this is no manifest"), ({"m_json": "[]"}, "m.json:1: this"),
    ({"m_json": '{\n"x": }'}, "m.json:2: this is no manifest"),
    ({"m_json": {"": "{a}"}}, "m.json:1"),
    ({"m_json": "[" * 100_000}, "m.json:1: this is no manifest"),
    ({"m_json": {"format": "other", "operations": []}}, "m.json:1: this is no manifest"),
    ({"m_json": {"sha256:0": "{ __typename }"}}, "m.json:2: the id 'sha256:0' is not its"),
    ({"m_json": {"x": "{ __typename }"}, "n_json": {"x": "{ a: __typename }"}},
     "n.json:2: the id 'x' is another document's"),
    ({"notes_txt": "{ __typename }"}, "there is no document in it"),
])  # fmt: skip
async def test_a_bad_document_stops_the_start(
    make_graph: MakeGraph, tmp_path: Path, files: dict[str, Any], told: str
) -> None:
    with pytest.raises(SettingError) as caught:
        await make_graph(TRUSTED_DOCUMENTS=write(tmp_path, **files))
    message = str(caught.value)
    assert message.startswith(f"STAGEGRAPH_TRUSTED_DOCUMENTS: {tmp_path}")
    assert told in message
    assert "\n" not in message


async def test_a_place_that_is_not_there_stops_the_start(
    make_graph: MakeGraph, tmp_path: Path
) -> None:
    (tmp_path / "latin.gql").write_bytes(b"{ __typename } # \xe9")
    for name in ("no", "no.graphql", "latin.gql"):
        with pytest.raises(SettingError, match="STAGEGRAPH_TRUSTED_DOCUMENTS"):
            await make_graph(TRUSTED_DOCUMENTS=str(tmp_path / name))


async def test_what_another_gateway_has_kept_is_judged(
    make_graph: MakeGraph, tmp_path: Path, redis_url: str
) -> None:
    await emptied(redis_url)
    text = "{ __typename }"
    by_apollo = {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": hashed(text)}}}
    open_to_all = await make_graph(CACHE_URL=redis_url)
    assert (await post(open_to_all, query=text, **by_apollo)).status_code == 200
    place = write(tmp_path, some_graphql=TEXT)
    trusting = await make_graph(CACHE_URL=redis_url, TRUSTED_DOCUMENTS=place)
    assert is_refused(await post(trusting, **by_apollo))


def test_white_space_in_a_text_is_no_white_space() -> None:
    listed = '{ node(id: "a b") { id } }'
    documents = Documents(Listed({"x": listed}, {bare(listed)}))
    assert documents.have('{node(id:"a b"){id}}')
    for other in (
        '{ node(id: "a  b") { id } }',
        '{ node(id: "ab") { id } }',
        '{ node(id: "a,b") { id } }',
    ):
        assert not documents.have(other)
        assert not documents.have(other)  # it is not learnt either
