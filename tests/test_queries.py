"""Queries cost as many upstream calls as `tests/queries/*.md` say, and no more."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from schema.types.source import Source
from tests.fixtures import Graph, Sandbox

SPECS = sorted(
    path for path in Path(__file__).with_name("queries").glob("*.md") if path.stem != "README"
)


def blocks(spec: Path) -> dict[str, str]:
    return dict(re.findall(r"```([^\n]+)\n(.*?)```", spec.read_text(), re.DOTALL))


async def ids(graph: Graph, source: Source) -> list[str]:
    query = "query($s: [Source!]) { stages(first: 200, filter: {sources: $s}) { nodes { id } } }"
    page = (await graph.data(query, s=[source.name]))["stages"]
    return [node["id"] for node in page["nodes"]]


async def variables(graph: Graph, text: str) -> dict[str, Any]:
    """Put ids where a variable names them: `$STAGES_OF_ESPER`, `$FIRST_OF_ESPER`."""
    named: dict[str, Any] = json.loads(text)
    for name, value in named.items():
        match = re.fullmatch(r"\$(STAGES|FIRST)_OF_(\w+)", str(value))
        if match:
            found = await ids(graph, Source[match[2]])
            named[name] = found if match[1] == "STAGES" else found[0]
    return named


def holds(part: Any, whole: Any) -> bool:
    if isinstance(part, dict):
        return all(name in whole and holds(one, whole[name]) for name, one in part.items())
    return part == whole


@pytest.mark.parametrize("spec", SPECS, ids=lambda path: path.stem)
async def test_a_query_costs_what_it_says(spec: Path, graph: Graph, sandbox: Sandbox) -> None:
    said = blocks(spec)
    given = await variables(graph, said.get("json variables", "{}"))
    sandbox.forget()
    data = await graph.data(said["graphql"], **given)
    made = [
        f"{row['source']} {row['method']} {row['route']} {row['count']}"
        for row in sandbox.requests()
    ]
    assert sorted(made) == sorted(said["calls"].splitlines())
    assert holds(json.loads(said.get("json holds", "{}")), data)


def test_every_spec_has_a_query_and_its_cost() -> None:
    assert len(SPECS) >= 7
    for spec in SPECS:
        assert {"graphql", "calls"} <= set(blocks(spec)), spec
