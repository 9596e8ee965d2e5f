"""Mutations hand their input on whole, tell what is selected, and answer what came of it."""

from collections.abc import Collection
from datetime import UTC, datetime
from enum import Enum
from typing import Any, NamedTuple

import pytest
import strawberry
from graphql import (
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
    Undefined,
    build_schema,
    get_named_type,
)
from strawberry import UNSET, Some
from strawberry.types.base import StrawberryMaybe, has_object_definition
from strawberry.utils.str_converters import to_camel_case

import schema
from schema.context import Done
from schema.types.devrev_works import DevRevTask
from schema.types.errors import ErrorCode
from schema.types.esper import EsperPipeline, EsperStage, TargetList
from schema.types.mutation_errors import (
    ConflictError,
    Constraint,
    ForbiddenError,
    IdempotencyError,
    MutationError,
    NotFoundError,
    NotSupportedError,
    UpstreamError,
    ValidationError,
    WriteOutcome,
)
from schema.types.source import Source
from schema.types.storyblok import StoryblokWorkflow

ID = strawberry.ID


class NoOrigin:
    fetched_at = datetime(2026, 1, 31, tzinfo=UTC)
    size = 0

    def raw(self) -> Any:
        return {}

    def version(self) -> str:
        return "v1"


_OWN: dict[str, Any] = {"id": ID("I"), "source_id": ID("1"), "origin": NoOrigin()}
_ESPER: dict[str, Any] = {**_OWN, "source": Source.ESPER}
ROWS = {
    "stage": EsperStage(**_ESPER),
    "work": DevRevTask(**_OWN, source=Source.DEVREV),
    "pipeline": EsperPipeline(**_ESPER),
    "workflow": StoryblokWorkflow(**_OWN, source=Source.STORYBLOK, space_source_id=ID("1001")),
}
LIST = TargetList(id=ID("T"), source_id=ID("2"))


class Asked(NamedTuple):
    mutation: str
    input: Any
    selected: Collection[str]


class World:
    """Stands for the context; carries nothing out."""

    def __init__(self, done: Done) -> None:
        self.done = done
        self.asked: list[Asked] = []

    async def write(self, mutation: str, asked: Any, selected: Collection[str]) -> Done:
        self.asked.append(Asked(mutation, asked, selected))
        return self.done


@pytest.fixture(scope="module")
def built() -> strawberry.Schema:
    return schema.build()


GRAPH = build_schema(schema.build().as_str())
MUTATIONS = GRAPH.mutation_type.fields
INPUTS = {name: get_named_type(one.args["input"].type) for name, one in MUTATIONS.items()}
PAYLOADS = {name: get_named_type(one.type) for name, one in MUTATIONS.items()}
SCALARS = {"ID": "some id", "String": "text", "Int": 7, "Float": 0.5, "Boolean": True}
SCALARS |= {"DateTime": "2026-01-31T12:00:00Z", "JSON": {"a": [1]}}


class Fill(Enum):
    """What an input's optional fields are set to."""

    VALUE = "value"
    NULL = "null"
    ABSENT = "absent"


def filled(kind: GraphQLInputType, fill: Fill, member: int = 0) -> Any:
    """Return an input as variables have it; of a one-of with that member alone."""
    if isinstance(kind, GraphQLNonNull):
        return filled(kind.of_type, fill, member)
    if isinstance(kind, GraphQLList):
        return [filled(kind.of_type, fill)]
    if not isinstance(kind, GraphQLInputObjectType):
        return SCALARS.get(kind.name) or next(iter(kind.values))
    if kind.is_one_of:
        name, one = list(kind.fields.items())[member]
        return {name: filled(one.type, fill)}
    told: dict[str, Any] = {}
    for name, one in kind.fields.items():
        is_block = get_named_type(one.type).name.endswith("Patch")
        is_required = isinstance(one.type, GraphQLNonNull) and one.default_value is Undefined
        if fill is Fill.VALUE or is_required or is_block:
            told[name] = filled(one.type, fill, member)
        elif not isinstance(one.type, GraphQLNonNull) and fill is Fill.NULL:
            told[name] = None
    return told


async def send(built: strawberry.Schema, world: World, name: str, told: Any, below: str) -> Any:
    query = f"mutation($input: {INPUTS[name].name}!) {{ {name}(input: $input) {{ {below} }} }}"
    answer = await built.execute(query, variable_values={"input": told}, context_value=world)
    assert answer.errors is None
    return (answer.data or {})[name]


def each_member() -> list[tuple[str, int]]:
    """Return every mutation, once for each member of its one-of."""
    cases: list[tuple[str, int]] = []
    for name, kind in INPUTS.items():
        inner = [get_named_type(one.type) for one in kind.fields.values()]
        counts = [len(one.fields) for one in inner if getattr(one, "is_one_of", False)]
        cases += [(name, member) for member in range(counts[0] if counts else 1)]
    return cases


def plain(value: Any) -> Any:
    """Return what an input object was told, as variables have it; absent fields are left out."""
    if isinstance(value, list):
        return [plain(one) for one in value]
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(value, Enum):
        return value.name
    if not has_object_definition(value):
        return value
    told: dict[str, Any] = {}
    for one in value.__strawberry_definition__.fields:
        held = getattr(value, one.name)
        if held is None if isinstance(one.type, StrawberryMaybe) else held is UNSET:
            continue
        told[to_camel_case(one.name)] = plain(held.value if isinstance(held, Some) else held)
    return told


def test_there_are_sixteen() -> None:
    assert len(MUTATIONS) == 16


@pytest.mark.parametrize("fill", Fill)
@pytest.mark.parametrize(("name", "member"), each_member())
async def test_the_whole_input_is_handed_on(
    built: strawberry.Schema, name: str, member: int, fill: Fill
) -> None:
    told = filled(INPUTS[name], fill, member)
    world = World(Done())
    await send(built, world, name, told, "__typename")
    [asked] = world.asked
    assert asked.mutation == name
    assert type(asked.input).__name__ == INPUTS[name].name
    default = {} if name != "moveWork" else {"allowInvalidTransition": False}
    assert plain(asked.input) == default | told


@pytest.mark.parametrize("name", MUTATIONS)
async def test_the_payload_has_what_came_of_it(built: strawberry.Schema, name: str) -> None:
    shown = set(PAYLOADS[name].fields) - {"errors"}
    [row] = shown & set(ROWS) or [""]
    done = Done(row=ROWS.get(row), deleted_id="D", beside=LIST)
    parts = {row: "{ id sourceId }", "targetList": "{ id }", "deletedId": ""}
    below = " ".join(f"{one} {parts[one]}" for one in shown)
    answer = await send(built, World(done), name, filled(INPUTS[name], Fill.VALUE), below)
    whole = {row: {"id": "I", "sourceId": "1"}, "targetList": {"id": "T"}, "deletedId": "D"}
    assert answer == {one: whole[one] for one in shown}


@pytest.mark.parametrize("name", MUTATIONS)
async def test_with_errors_all_else_is_null(built: strawberry.Schema, name: str) -> None:
    error = IdempotencyError(code=ErrorCode.IDEMPOTENCY_MISMATCH, message="No.", key="k")
    below = " ".join(f"{one} {{ __typename }}" for one in PAYLOADS[name].fields)
    below = below.replace("deletedId { __typename }", "deletedId")
    world = World(Done(errors=[error]))
    answer = await send(built, world, name, filled(INPUTS[name], Fill.VALUE), below)
    assert answer.pop("errors") == [{"__typename": "IdempotencyError"}]
    assert set(answer.values()) == {None}


_SAID: dict[str, Any] = {
    "message": "No.",
    "path": ["input", "stageOrder", "0"],
    "source": Source.ESPER,
    "is_retryable": True,
}
ERRORS: list[tuple[MutationError, str, dict[str, Any]]] = [
    (
        ValidationError(code=ErrorCode.VALIDATION, **_SAID, constraint=Constraint.LENGTH),
        "constraint",
        {"constraint": "LENGTH"},
    ),
    (NotFoundError(code=ErrorCode.NOT_FOUND, **_SAID, id=ID("I")), "id", {"id": "I"}),
    (
        ConflictError(
            code=ErrorCode.CONFLICT,
            **_SAID,
            expected_version="v0",
            actual_version="v1",
            current=ROWS["stage"],
        ),
        "expectedVersion actualVersion current { __typename version }",
        {
            "expectedVersion": "v0",
            "actualVersion": "v1",
            "current": {"__typename": "EsperStage", "version": "v1"},
        },
    ),
    (IdempotencyError(code=ErrorCode.IDEMPOTENCY_MISMATCH, **_SAID, key="k"), "key", {"key": "k"}),
    (ForbiddenError(code=ErrorCode.FORBIDDEN, **_SAID, reason="r"), "reason", {"reason": "r"}),
    (
        NotSupportedError(code=ErrorCode.NOT_SUPPORTED, **_SAID, capability="STAGE.DELETE"),
        "capability",
        {"capability": "STAGE.DELETE"},
    ),
    (
        UpstreamError(
            code=ErrorCode.RATE_LIMITED,
            **_SAID,
            upstream_status=429,
            retry_after_seconds=1.5,
            outcome=WriteOutcome.NOT_APPLIED,
        ),
        "upstreamStatus retryAfterSeconds outcome",
        {"upstreamStatus": 429, "retryAfterSeconds": 1.5, "outcome": "NOT_APPLIED"},
    ),
]


@pytest.mark.parametrize(("error", "own", "expected"), ERRORS, ids=lambda one: type(one).__name__)
async def test_an_error_is_told_whole(
    built: strawberry.Schema, error: MutationError, own: str, expected: dict[str, Any]
) -> None:
    kind = type(error).__name__
    below = "__typename code message path source isRetryable"
    below = f"errors {{ {below} ... on {kind} {{ {own} }} }}"
    world = World(Done(errors=[error]))
    answer = await send(
        built, world, "deleteStage", filled(INPUTS["deleteStage"], Fill.VALUE), below
    )
    common = {
        "__typename": kind,
        "code": error.code.name,
        "message": "No.",
        "path": ["input", "stageOrder", "0"],
        "source": "ESPER",
        "isRetryable": True,
    }
    assert answer == {"errors": [common | expected]}


def test_every_error_type_is_tried() -> None:
    kinds = GRAPH.get_possible_types(GRAPH.type_map["MutationError"])
    assert {one.name for one in kinds} == {type(error).__name__ for error, _, _ in ERRORS}


@pytest.mark.parametrize(
    "stage",
    [
        "{}",
        "{outreach: null}",
        '{outreach: {name: "n"}, esper: {pipelineId: "p", name: "n"}}',
    ],
)
async def test_a_new_one_is_of_exactly_one_source(built: strawberry.Schema, stage: str) -> None:
    world = World(Done())
    query = f"mutation {{ createStage(input: {{ stage: {stage} }}) {{ __typename }} }}"
    answer = await built.execute(query, context_value=world)
    assert answer.errors
    assert world.asked == []
