"""The README says what is true."""

import json
import os
from typing import Any

from gateway.app import adapter_kinds
from schema.types.source import Source
from tests import readme
from tests.fixtures import Graph

TEXT = readme.README.read_text()
OF_QUERIES = readme.OF_QUERIES.read_text()
OF_SANDBOXES = readme.OF_SANDBOXES.read_text()
SECURITY = readme.SECURITY.read_text()
OF_BOUNDS = readme.OF_BOUNDS.read_text()


def test_its_tables_are_the_codes() -> None:
    assert readme.with_tables(TEXT) == TEXT, "run: make readme"
    assert readme.with_tables(OF_SANDBOXES) == OF_SANDBOXES, "run: make readme"
    assert readme.with_tables(SECURITY) == SECURITY, "run: make readme"
    assert readme.with_tables(OF_BOUNDS) == OF_BOUNDS, "run: make readme"


async def test_its_answer_is_the_true_one(graph: Graph) -> None:
    answer: dict[str, Any] = await graph.ask(readme.fenced("query", TEXT))
    if "WRITE_README" in os.environ:
        readme.README.write_text(readme.with_json("answer", TEXT, answer))
        return
    assert json.loads(readme.fenced("answer", TEXT)) == answer


async def test_its_mutations_do_what_they_tell(graph: Graph) -> None:
    answer: dict[str, Any] = await graph.ask(readme.fenced("mutation", TEXT))
    if "WRITE_README" in os.environ:
        text = readme.README.read_text()
        readme.README.write_text(readme.with_json("written", text, answer))
        return
    assert json.loads(readme.fenced("written", TEXT)) == answer


async def test_its_trace_is_the_true_one(graph: Graph) -> None:
    answer = await graph.http.post(
        "/graphql",
        json={"query": readme.fenced("traced", OF_QUERIES)},
        headers={"X-Stagegraph-Trace": "upstream"},
    )
    trace = sorted(answer.json()["extensions"]["upstream"], key=lambda one: one["route"])
    if "WRITE_README" in os.environ:
        readme.OF_QUERIES.write_text(readme.with_json("trace", OF_QUERIES, {"upstream": trace}))
        return
    told = json.loads(readme.fenced("trace", OF_QUERIES))["upstream"]
    for one in (*told, *trace):
        del one["ms"]  # how long it took is another thing each time
    assert told == trace


def test_a_newcomer_can_read_it() -> None:
    assert len(TEXT.splitlines()) < 250
    assert all(source.value in TEXT for source in Source)
    assert len(adapter_kinds()) == len(Source)
