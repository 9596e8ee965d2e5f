"""The explorer's examples do what they say."""

from pathlib import Path
from typing import Any

import pytest
from graphql import OperationDefinitionNode, parse

from gateway.http import explorer
from tests.fixtures import Graph

TEXT = (Path(explorer.__file__).parent / "page/examples.graphql").read_text()
EXAMPLES = [one for one in parse(TEXT).definitions if isinstance(one, OperationDefinitionNode)]
NAMES = [one.name.value for one in EXAMPLES if one.name]

STAGE = "query($filter: StageFilter) { stages(first: 1, filter: $filter) { nodes { id version } } }"


async def run(graph: Graph, which: str, **variables: Any) -> dict[str, Any]:
    """Run one of the examples."""
    body = {"query": TEXT, "operationName": which, "variables": variables}
    return (await graph.http.post("/graphql", json=body)).json()


@pytest.mark.parametrize(
    "name", [one.name.value for one in EXAMPLES if one.name and not one.variable_definitions]
)
async def test_an_example_without_variables_has_an_answer_without_errors(
    graph: Graph, name: str
) -> None:
    answer = await run(graph, name)
    assert "errors" not in answer
    for field in answer["data"].values():
        assert field
        assert not (isinstance(field, dict) and field.get("errors"))


async def test_the_second_time_a_key_keeps_to_once_and_a_name_is_taken(graph: Graph) -> None:
    first = (await run(graph, "WriteToAllFour"))["data"]
    second = (await run(graph, "WriteToAllFour"))["data"]
    assert second["devrev"] == first["devrev"]
    assert second["outreach"]["stage"]["id"] != first["outreach"]["stage"]["id"]
    [error, *_] = second["storyblok"]["errors"]
    assert (error["code"], error["constraint"]) == ("VALIDATION", "UNIQUE")


async def test_the_examples_of_one_stage(graph: Graph) -> None:
    assert {"RenameIfUnchanged", "Delete"} <= set(NAMES)
    [stage] = (await graph.data(STAGE, filter={"sources": ["ESPER"]}))["stages"]["nodes"]
    renamed = await run(graph, "RenameIfUnchanged", **stage, name="Renamed")
    assert renamed["data"]["updateStage"]["stage"]["name"] == "Renamed"
    again = await run(graph, "RenameIfUnchanged", **stage, name="Another")
    [error] = again["data"]["updateStage"]["errors"]
    assert error["code"] == "CONFLICT"
    assert error["actualVersion"] == renamed["data"]["updateStage"]["stage"]["version"]
    [stage] = (await graph.data(STAGE, filter={"sources": ["DEVREV"]}))["stages"]["nodes"]
    refused = await run(graph, "Delete", id=stage["id"])
    [error] = refused["data"]["deleteStage"]["errors"]
    assert error["code"] == "NOT_SUPPORTED"
