"""Ids that hold what an address is made of reach no vendor, whatever they are asked for with."""

from collections.abc import Iterator, Sequence
from typing import Any, cast

import pytest

from schema.types.ids import GlobalId, InvalidIdError, Kind
from schema.types.source import Source
from tests.fixtures import Graph, Sandbox
from tests.http.asking import Row, Write
from tests.http.conftest import Seeds
from tests.http.reads import READS, Read
from tests.http.writes import EVERY, every_write, text

TAILS = [
    "/../admin", "/..", "?y=1", "#y", "\r\nX-Evil: 1", "\n", "\0", "%2e%2e", "%2f..%2fadmin", "%00",
    "\\..\\admin", " ", ";", ",1", "*", "é", "\u0661", "\uff11", "\u2024\u2024", "\u2215",
]  # fmt: skip
"""What is put behind an id, or in its place."""

ALONE = ["..", ".", "../admin", "x?y", "//evil.example/", "http://evil.example", "%2e%2e%2f"]

LOOKUPS = """query($id: ID!) {
  node(id: $id) { id }
  nodes(ids: [$id, $id]) { id }
  stage(by: {id: $id}) { id }
  work(by: {id: $id}) { id }
  pipeline(by: {id: $id}) { id }
  workflow(by: {id: $id}) { id }
  stages(filter: {processIds: [$id]}) { nodes { id } }
  works(filter: {stageIds: [$id]}) { nodes { id } }
}"""

KEYS = """query($key: ResourceKey!) {
  stage(by: {key: $key}) { id }
  work(by: {key: $key}) { id }
  pipeline(by: {key: $key}) { id }
  workflow(by: {key: $key}) { id }
}"""


def hostile(good: str) -> Iterator[str]:
    """Yield an id's hostile likes, by which regular expressions and decoders are caught out."""
    yield from ALONE
    for tail in TAILS:
        yield good + tail
        if EVERY:
            yield tail


def twisted(good: str) -> Iterator[str]:
    """Yield global ids that hold such an id, or such a scope."""
    own = GlobalId.parse(good)
    for source_id in hostile(own.source_id):
        yield str(own._replace(source_id=source_id))
    for scope in hostile(own.scope or own.source_id):
        if ":" not in scope:
            yield str(own._replace(scope=scope))
    yield from hostile(good)


BY_ID = [one for one in READS if one.of]


async def refused(graph: Graph, query: str, **variables: Any) -> None:
    """Want an answer without any object; what it says of an id is an error of the caller's."""
    response = await graph.http.post("/graphql", json={"query": query, "variables": variables})
    answer = response.json()
    for value in (answer.get("data") or {}).values():
        assert value in (None, [None, None], {"nodes": []})
    told = {error["extensions"]["code"] for error in answer.get("errors", [])}
    assert told <= {"VALIDATION", "NOT_FOUND", "NOT_SUPPORTED"}


@pytest.mark.parametrize("read", BY_ID, ids=lambda one: one.name)
async def test_lookups_by_global_id(
    read: Read, graph: Graph, sandbox: Sandbox, seeds: Seeds
) -> None:
    assert read.of
    for one in twisted(read.of(seeds[read.source])):
        await refused(graph, LOOKUPS, id=one)
    assert sandbox.requests() == []


@pytest.mark.parametrize("kind", Kind, ids=lambda one: one.value)
async def test_ids_of_every_kind(kind: Kind, graph: Graph, sandbox: Sandbox) -> None:
    for source in Source:
        ids = [str(GlobalId(source, kind, "", bad)) for bad in hostile("1")]
        found = await graph.ask("query($ids: [ID!]!) { nodes(ids: $ids) { id } }", ids=ids)
        assert found["data"]["nodes"] == [None] * len(ids)
        assert {one["extensions"]["code"] for one in found["errors"]} == {"VALIDATION"}
    assert sandbox.requests() == []


@pytest.mark.parametrize("read", BY_ID, ids=lambda one: one.name)
async def test_lookups_by_the_vendor_s_id(
    read: Read, graph: Graph, sandbox: Sandbox, seeds: Seeds
) -> None:
    assert read.of
    own = GlobalId.parse(read.of(seeds[read.source]))
    good = {
        "source": own.source.name,
        "sourceId": own.source_id,
        "scopeSourceId": own.scope or None,
    }
    for bad in hostile(own.source_id):
        await refused(graph, KEYS, key={**good, "sourceId": bad})
    assert sandbox.requests() == []
    await graph.ask(KEYS, key=good)
    meant = {row["route"] for row in sandbox.requests()}
    for bad in hostile(own.scope or "1001"):  # which some objects do not need
        await graph.ask(KEYS, key={**good, "scopeSourceId": bad})
    assert {row["route"] for row in sandbox.requests()} == meant


SCOPED = [
    (Source.ESPER, "TARGET_LIST", "8e6cb949-b607-4a1c-aae7-86f3f42582a4"),
    (Source.STORYBLOK, "SPACE_ROLE", "1001"),
    (Source.STORYBLOK, "PERSON", "1001"),
    (Source.DEVREV, "SPRINT", "VISTA-1"),
]


@pytest.mark.parametrize(("source", "kind", "good"), SCOPED)
async def test_scopes_of_references(
    source: Source, kind: str, good: str, graph: Graph, sandbox: Sandbox
) -> None:
    of = f"source: {source.name}, kind: {kind}, scopeSourceId: $scope"
    query = f"query($scope: ID!) {{ references({of}) {{ nodes {{ id }} }} }}"
    for bad in hostile(good):
        await refused(graph, query, scope=bad)
    assert sandbox.requests() == []


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], str]]:
    """Yield where an input holds global ids."""
    if isinstance(value, dict):
        for name, one in cast("Row", value).items():
            yield from places(one, (*path, name))
    elif isinstance(value, list):
        for at, one in enumerate(cast("list[Any]", value)):
            yield from places(one, (*path, at))
    elif isinstance(value, str) and is_id(value):
        yield path, value


def is_id(word: str) -> bool:
    try:
        GlobalId.parse(word)
    except InvalidIdError:
        return False
    return True


def put(value: Any, path: Sequence[Any], other: str) -> Any:
    """Return an input with another word in a place."""
    if not path:
        return other
    if isinstance(value, dict):
        row = cast("Row", value)
        return {**row, path[0]: put(row[path[0]], path[1:], other)}
    rows = list(cast("list[Any]", value))
    rows[path[0]] = put(rows[path[0]], path[1:], other)
    return rows


@every_write
async def test_ids_in_inputs(write: Write, graph: Graph, sandbox: Sandbox, seeds: Seeds) -> None:
    good = write.ask(seeds[write.source], 0).input
    found = list(places(good))
    for path, its in found:
        for bad in twisted(its):
            answer = await graph.ask(text(write), input=put(good, path, bad))
            told = {one["code"] for one in answer["data"][write.mutation]["errors"]}
            assert told
            assert told <= {"VALIDATION", "NOT_FOUND"}
    assert found or write.is_new
    assert sandbox.requests() == []
