"""What a mutation is told of the selection below it."""

from collections.abc import Collection
from typing import Any

import pytest

import schema
from schema.context import Done

SCHEMA = schema.build()

UPDATE = 'updateStage(input: {id: "I"})'
ATTACH = 'attachTargetList(input: {stageId: "I", targetListId: "T"})'


class World:
    def __init__(self) -> None:
        self.selected: list[set[str]] = []

    async def write(self, mutation: str, asked: Any, selected: Collection[str]) -> Done:
        self.selected.append(set(selected))
        return Done()


async def told(query: str, **variables: Any) -> list[set[str]]:
    world = World()
    answer = await SCHEMA.execute(query, variable_values=variables, context_value=world)
    assert answer.errors is None
    return world.selected


@pytest.mark.parametrize(
    ("below", "expected"),
    [
        ("errors { code }", set()),
        ("stage { id name }", {"id", "name"}),
        ("stage { __typename }", {"__typename"}),
        ("it: stage { label: name }", {"name"}),
        ("a: stage { id } b: stage { name }", {"id", "name"}),
        ("stage { id } stage { name }", {"id", "name"}),
        ("stage { process { name } }", {"process"}),
        ("errors { ... on ConflictError { current { id } } }", set()),
        ("... on UpdateStagePayload { stage { id } }", {"id"}),
        ("... { stage { ... { id } } }", {"id"}),
        (
            "stage { ... on EsperStage { description } ... on StoryblokStage { isDefault } }",
            {"description", "isDefault"},
        ),
        ("stage { id @skip(if: true) name @include(if: false) color }", {"color"}),
        ("stage { id @skip(if: false) name @include(if: true) }", {"id", "name"}),
        ("stage @skip(if: true) { id } errors { code }", set()),
        ("stage { id ... @skip(if: true) { name } }", {"id"}),
        ("stage { id ... on EsperStage @include(if: false) { description } }", {"id"}),
    ],
)
async def test_the_fields_below(below: str, expected: set[str]) -> None:
    assert await told(f"mutation {{ {UPDATE} {{ {below} }} }}") == [expected]


async def test_named_fragments() -> None:
    query = f"""
        mutation {{ {UPDATE} {{ ...P }} }}
        fragment P on UpdateStagePayload {{ stage {{ ...S }} }}
        fragment S on Stage {{ name ...E }}
        fragment E on EsperStage {{ seconds: timeoutSeconds }}
    """
    assert await told(query) == [{"name", "timeoutSeconds"}]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"yes": True}, {"id", "name", "position"}),
        ({"yes": False}, {"id", "color"}),
        ({"yes": False, "default": False}, {"id", "color", "updatedAt"}),
    ],
)
async def test_directives_with_variables(given: dict[str, bool], expected: set[str]) -> None:
    query = f"""
        mutation($yes: Boolean!, $default: Boolean! = true) {{
          {UPDATE} {{
            stage {{
              id
              name @include(if: $yes)
              color @skip(if: $yes)
              updatedAt @skip(if: $default)
              ...S @include(if: $yes)
            }}
          }}
        }}
        fragment S on Stage {{ position }}
    """
    assert await told(query, **given) == [expected]


async def test_each_mutation_is_told_of_its_own() -> None:
    query = f"mutation {{ a: {UPDATE} {{ stage {{ id }} }} b: {UPDATE} {{ stage {{ name }} }} }}"
    assert await told(query) == [{"id"}, {"name"}]


@pytest.mark.parametrize(
    ("below", "expected"),
    [
        ("stage { name }", {"name"}),
        ("targetList { id }", {"targetList"}),
        ("stage { name } list: targetList { id }", {"name", "targetList"}),
        ("stage { name targetLists { id } }", {"name", "targetLists"}),
        ("targetList @skip(if: true) { id } stage { name }", {"name"}),
    ],
)
async def test_the_target_list_beside(below: str, expected: set[str]) -> None:
    detach = ATTACH.replace("attach", "detach")
    for one in (ATTACH, detach):
        assert await told(f"mutation {{ {one} {{ {below} }} }}") == [expected]
