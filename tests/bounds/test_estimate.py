"""What operations are estimated to cost."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from graphql import FragmentDefinitionNode, GraphQLError, OperationDefinitionNode, parse

from gateway.bounds import Judge, Limits
from gateway.bounds.estimate import Estimate, Estimator
from gateway.http import explorer
from schema import build
from schema.costs import COST
from schema.types.ids import GlobalId, Kind
from schema.types.source import Source
from tests.bounds.test_shape import doubling
from tests.costs import SPECS, named, read_spec
from tests.fixtures import KEEPING, Sandbox, serve

GRAPH: Any = build()._schema  # type: ignore[attr-defined]


def estimators(text: str) -> Iterator[Estimator]:
    definitions = parse(text).definitions
    fragments = {
        one.name.value: one for one in definitions if isinstance(one, FragmentDefinitionNode)
    }
    for one in definitions:
        if isinstance(one, OperationDefinitionNode):
            yield Estimator(GRAPH, one, fragments)


def estimate(text: str, **variables: Any) -> Estimate:
    [estimator] = estimators(text)
    return estimator(variables)


def calls(text: str, **variables: Any) -> int:
    return estimate(text, **variables).calls


WORKS = [str(GlobalId(Source.DEVREV, Kind.WORK, "", f"ISS-{at}")) for at in range(100)]
STAGES = [
    str(GlobalId(Source.ESPER, Kind.STAGE, f"pipeline{at % 3}", f"stage{at}")) for at in range(30)
]


@pytest.mark.parametrize(("text", "expected"), [
    ("{ sources { source } }", 0),
    ("{ __typename __schema { types { fields { type { name } } } } }", 0),
    ("{ stages { isComplete } }", 47),
    ("{ stages(filter: {sources: [OUTREACH]}) { isComplete } }", 2),
    ("{ stages(filter: {sources: OUTREACH}) { isComplete } }", 2),
    ("{ stages(filter: {sources: null}) { isComplete } }", 47),
    ("{ stages(filter: {sources: []}) { isComplete } }", 0),
    ("{ stages(filter: {sources: [OUTREACH]}) { isComplete totalCount } }", 3),
    ("{ a: works(first: 1) { isComplete } b: works(first: 1) { isComplete } }", 4),
    ("{ works(first: 10) { nodes { title } } }", 2),
    ("{ works(first: 200) { nodes { title } } }", 4),
    ("{ works(first: 10, filter: {sources: [DEVREV]}) { nodes { title } } }", 2),
    ("{ works(last: 10) { nodes { title } } }", 20),
    ("{ works(orderBy: {field: TITLE}) { nodes { title } } }", 20),
    ("{ works(filter: {types: [ISSUE]}) { nodes { title } } }", 20),
    ("{ works(first: 10) { nodes { stage { name } } edges { node { stage { name } } } } }", 4),
    ("{ pipelines(first: 10) { nodes { name } } }", 2),
    ("{ pipelines(first: 10) { nodes { stages { nodes { name } } } } }", 12),
    (("{ pipelines(first: 3) { nodes { stages(first: 7) { nodes { ...F } } } } } "
      "fragment F on EsperStage { targetLists { name } }"), 2 + 3 + 21),
    ("{ stages(first: 9, filter: {sources: [DEVREV]}) { nodes { works { nodes { id } } } } }", 13),
    (("{ stages(first: 9, filter: {sources: [DEVREV]}) "
      "{ nodes { works(first: 200) { nodes { id } } } } }"), 2 + 18 + 2),
    ("{ references(source: DEVREV, kind: PART) { nodes { name } } }", 20),
    ('{ node(id: "rubbish") { id } }', 1),
    (f'{{ node(id: "{WORKS[0]}") {{ id }} }}', 1),
    (f'{{ node(id: "{STAGES[0]}") {{ id }} }}', 2),
    (f'{{ work(by: {{id: "{WORKS[0]}"}}) {{ id }} }}', 1),
    ('{ stage(by: {key: {source: OUTREACH, sourceId: "7"}}) { id } }', 2),
    ('{ stage(by: {key: {source: STORYBLOK, sourceId: "7"}}) { id } }', 21),
    ('{ stage(by: {key: {source: STORYBLOK, sourceId: "7", scopeSourceId: "1"}}) { id } }', 2),
    ("{ nodes(ids: []) { id } }", 0),
    (f"{{ nodes(ids: {json.dumps(WORKS)}) {{ id }} }}", 100),
    (f"{{ nodes(ids: {json.dumps([*WORKS, *WORKS])}) {{ id }} }}", 100),
    (f"{{ nodes(ids: {json.dumps(STAGES)}) {{ id }} }}", 6),
    ('mutation { deleteWork(input: {id: "x"}) { errors { code } } }', 6),
    (("{ ...F } fragment F on Query { ...G ...G } "
      "fragment G on Query { works(first: 10) { ... { isComplete } } }"), 4),
])  # fmt: skip
def test_calls_are_estimated(text: str, expected: int) -> None:
    assert calls(text) == expected


def test_variables_count_by_their_values() -> None:
    [one] = estimators(
        "query($n: Int = 10, $s: [Source!]) "
        "{ stages(first: $n, filter: {sources: $s}) { nodes { works { isComplete } } } }"
    )
    for _ in range(2):
        assert one({"s": ["OUTREACH"]}).calls == 2 + 12
        assert one({"s": ["OUTREACH"], "n": 100}).calls == 2 + 102
        assert one({"s": "OUTREACH", "n": 1}).calls == 2 + 2
        assert one({"n": 1}).calls == 47 + 2
        assert one({"n": None, "s": None}).calls == 47 + 52
    [ids] = estimators("query($ids: [ID!]!) { nodes(ids: $ids) { id } }")
    for count in (100, 3, 100):
        assert ids({"ids": WORKS[:count]}).calls == count
    [first] = estimators("query($n: Int) { works(first: $n) { nodes { title } } }")
    assert [first({"n": rows}).calls for rows in range(300)][99:101] == [2, 3]
    assert len(first._known) <= 64


def test_few_letters_of_values_are_remembered() -> None:
    page = "stages(first: $n, after: $a) { nodes { id } }"
    [plain] = estimators(f"query($n: Int, $a: String) {{ {page} }}")
    [listed] = estimators(
        f"query($n: Int, $a: String, $i: [ID!]) {{ {page} nodes(ids: $i) {{ id }} }}"
    )
    for one, more in ((plain, {}), (listed, {"i": WORKS[:2]})):
        expected = one({"n": 5, "a": "x", **more})
        for number in range(200):
            for length in (10, 400, 5000):
                told = f"{number} " + "x" * length
                assert one({"n": 5, "a": told, **more}) == expected
                assert len(str(list(one._known))) < 10_000
        assert one._known


def test_values_are_estimated() -> None:
    assert estimate("{ sources { source isConnected } }").values == 1 + 3 * 2
    assert estimate("{ works(first: 10) { isComplete nodes { id title } } }").values == 3 + 20
    nested = "{ stages(first: 200) { nodes { works(first: 200) { nodes { id title } } } } }"
    assert estimate(nested).values > 200 * 200 * 2


def test_a_page_of_pages_has_no_end_of_numbers() -> None:
    inside = "works(first: 200) { nodes { stage { NEXT } } }"
    text = "NEXT"
    for _ in range(40):
        text = text.replace("NEXT", inside)
    [one] = estimators("{ stages { nodes { " + text.replace("NEXT", "id") + " } } }")
    assert one({}).calls > 10**80


def test_what_would_cost_too_much_is_refused() -> None:
    query = "query($n: Int) { stages(first: $n) { nodes { works { isComplete } } } }"
    document = parse(query)
    [operation] = document.definitions
    assert isinstance(operation, OperationDefinitionNode)
    judged = Judge(Limits(cost=100)).operation(GRAPH, operation, {})
    assert not isinstance(judged, int)
    assert judged({"n": 20}) == 69
    refused = judged({"n": 100})
    assert isinstance(refused, GraphQLError)
    assert "149 upstream calls; 100 are allowed" in refused.message
    wide = Judge(Limits(values=100)).operation(GRAPH, operation, {})
    assert not isinstance(wide, int)
    assert wide({"n": 20}) == 69
    assert "202 values; 100 are allowed" in str(wide({"n": 100}))


@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.stem)
async def test_no_query_takes_more_calls_than_estimated(path: Any, sandbox: Sandbox) -> None:
    spec = read_spec(path)
    async with serve(sandbox, **KEEPING) as graph:
        variables = {name: await named(graph, value) for name, value in spec.variables.items()}
    taken = sum(int(line.rsplit(" ", 1)[1]) for line in spec.calls)
    estimated = calls(spec.query, **variables)
    assert taken <= estimated <= 20 * max(taken, 2)
    assert estimated <= Limits().cost
    for before in [spec.before] if spec.before else []:
        assert calls(before) <= Limits().cost


def test_every_field_that_may_ask_a_source_has_a_price() -> None:
    asking = {
        f"{type_.name}.{name}"
        for type_ in GRAPH.type_map.values()
        for name, field in getattr(type_, "fields", {}).items()
        if (own := getattr(field, "extensions", {}).get("strawberry-definition"))
        and getattr(own, "base_resolver", None) is not None
        and own.base_resolver.info_parameter is not None
        and COST not in own.metadata
    }
    assert {one for one in asking if not one.endswith(".freshness")} == {"Query.sources"}


def test_doubling_fragments_are_refused_before_they_are_counted() -> None:
    assert Judge(Limits()).document(parse(doubling(30)))


EXAMPLES = (Path(explorer.__file__).parent / "page/examples.graphql").read_text()


def examples() -> Iterator[tuple[str, Estimator]]:
    names = [
        one.name.value
        for one in parse(EXAMPLES).definitions
        if isinstance(one, OperationDefinitionNode) and one.name
    ]
    for name, estimator in zip(names, estimators(EXAMPLES), strict=True):
        if not estimator._names:
            yield name, estimator


@pytest.mark.parametrize(("name", "estimator"), list(examples()))
async def test_no_example_takes_more_calls_than_estimated(
    name: str, estimator: Estimator, sandbox: Sandbox
) -> None:
    async with serve(sandbox, **KEEPING, DEADLINE="60", STORYBLOK_SPACES="") as graph:
        sandbox.forget()
        body = {"query": EXAMPLES, "operationName": name}
        answer = (await graph.http.post("/graphql", json=body)).json()
        assert answer["data"]
        assert sandbox.calls() <= estimator({}).calls <= Limits().cost


@pytest.mark.parametrize(
    ("text", "most"),
    [
        ("query($id: ID!) { stage(by: {id: $id}) { name } }", 21),
        ("query($id: ID!) { a: node(id: $id) { id } b: node(id: $id) { id } }", 4),
        ('{ stage(by: {id: "b3V0cmVhY2g6c3RhZ2U6Ojc"}) { name } }', 2),
        ("query($n: Int) { stages(first: $n) { nodes { name } } }", None),
        ("query($ids: [ID!]!) { nodes(ids: $ids) { id } }", None),
    ],
)
def test_what_variables_cannot_raise_is_known_beforehand(text: str, most: int | None) -> None:
    [estimator] = estimators(text)
    found = estimator.at_most()
    assert (found and found.calls) == most
