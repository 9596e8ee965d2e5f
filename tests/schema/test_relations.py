"""Relations: declared once, asked for many parents at a time, the same by the ordinary resolver."""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from inspect import isawaitable
from types import SimpleNamespace
from typing import Annotated, Any, Optional, cast

import pytest
import strawberry
from strawberry.types import Info
from strawberry.types.base import StrawberryObjectDefinition
from strawberry.types.field import StrawberryField

import schema
from schema.relations import BATCH, Each, Later, of_each, relation

RELATIONS = {
    "DevRevStage.process",
    "DevRevWorkflowNode.next_stages",
    "DevRevWorkflowNode.stage",
    "EsperPipeline.target_lists",
    "EsperStage.process",
    "EsperStage.target_lists",
    "OutreachStage.prospect_ids",
    "Process.stages",
    "Stage.process",
    "Stage.processes",
    "Stage.works",
    "StageTransition.from_",
    "StageTransition.to",
    "StoryblokStage.after_publish",
    "StoryblokStage.next_stages",
    "StoryblokStage.process",
    "StoryblokStage.space_roles",
    "StoryblokStage.users",
    "Work.stage",
}

BY_THE_CLOCK = {"Resource.freshness"}
"""Fields that ask the context for nothing but the time."""


def fields() -> Iterator[StrawberryField]:
    """Yield every field of the types under `schema.types`."""
    for one in schema.build().schema_converter.type_map.values():
        kind = one.definition
        if isinstance(kind, StrawberryObjectDefinition) and kind.origin.__module__.startswith(
            "schema.types."
        ):
            yield from kind.fields


def batch_of(type_name: str, field: str) -> str:
    """Return the name of a field's function, found as an executor finds it."""
    graph = schema.build()._schema  # type: ignore[attr-defined]
    declared = graph.type_map[type_name].fields[field].extensions["strawberry-definition"]
    return declared.metadata[BATCH].__qualname__


def test_every_field_that_asks_the_context_is_a_relation() -> None:
    asking = set[str]()
    for field in fields():
        resolver = field.base_resolver
        if resolver is None or BATCH in field.metadata:
            continue
        name = resolver.wrapped_func.__qualname__
        assert not resolver.is_async, f"{name} is resolved one by one"
        if resolver.info_parameter is not None:
            asking.add(name)
    assert asking == BY_THE_CLOCK


def test_these_are_the_relations() -> None:
    found = {field.metadata[BATCH].__qualname__ for field in fields() if BATCH in field.metadata}
    assert found == RELATIONS


@pytest.mark.parametrize(
    ("type_name", "declared"),
    [
        ("Stage", "Stage.process"),
        ("OutreachStage", "Stage.process"),
        ("DevRevStage", "DevRevStage.process"),
        ("EsperStage", "EsperStage.process"),
        ("StoryblokStage", "StoryblokStage.process"),
    ],
)
def test_a_narrower_relation_takes_the_place_of_the_wider(type_name: str, declared: str) -> None:
    assert batch_of(type_name, "process") == declared
    assert batch_of(type_name, "processes") == "Stage.processes"


class World:
    """Answers what comes some places after a number: 3 fails, and there is nothing from 5 on.

    Attributes:
        asked: the numbers of each ask, with the distance.
        is_slow: whether the answer is awaited. breaks: whether asking fails as a whole.
    """

    def __init__(self, *, is_slow: bool = False, breaks: bool = False) -> None:
        self.asked: list[tuple[list[int], int | None]] = []
        self.is_slow = is_slow
        self.breaks = breaks

    def after(self, numbers: list[int], by: int | None) -> Each[int | None]:
        self.asked.append((numbers, by))
        if self.breaks:
            message = "all"
            raise OSError(message)
        found = [
            ValueError("three") if one + (by or 0) == 3 else one + (by or 0) if one < 5 else None
            for one in numbers
        ]

        async def later() -> Sequence[int | Exception | None]:
            return found

        return Later(later) if self.is_slow else found


@strawberry.type(description="A number.")
class Item:
    n: int

    @relation(name="next", description="What comes after it.")
    @staticmethod
    def next_(
        info: Info[World, None],
        items: Sequence["Item"],
        by: Annotated[int | None, strawberry.argument(description="How far.")] = 1,
    ) -> Each[Optional["Item"]]:
        found = info.context.after([one.n for one in items], by)
        return of_each(found, lambda n: None if n is None else Item(n=n))


@strawberry.type
class Query:
    @strawberry.field
    def items(self, upto: int = 6) -> list[Item]:
        return [Item(n=n) for n in range(1, upto)]


class Schema(strawberry.Schema):
    def process_errors(self, *_: object) -> None:
        """Print nothing."""


SCHEMA = Schema(Query)
[NEXT] = [one for one in Item.__strawberry_definition__.fields if one.metadata]  # type: ignore[attr-defined]


def info(world: World) -> Any:
    return SimpleNamespace(context=world)


async def many(world: World, items: Sequence[Item], **arguments: Any) -> Sequence[Any]:
    """Ask for many parents, as an executor of batches does."""
    found = NEXT.metadata[BATCH](info(world), items, **arguments)
    return await found if world.is_slow else found


SHOWN = '''
  """What comes after it."""
  next(
    """How far."""
    by: Int = 1
  ): Item
'''


def test_the_graph_shows_a_field_like_any_other() -> None:
    assert SHOWN in SCHEMA.as_str()


@pytest.mark.parametrize("is_slow", [False, True])
async def test_an_executor_that_knows_no_batches_asks_one_by_one(*, is_slow: bool) -> None:
    world = World(is_slow=is_slow)
    answer = await SCHEMA.execute("{ items { n next { n } } }", context_value=world)
    assert answer.data == {
        "items": [
            {"n": 1, "next": {"n": 2}},
            {"n": 2, "next": None},
            {"n": 3, "next": {"n": 4}},
            {"n": 4, "next": {"n": 5}},
            {"n": 5, "next": None},
        ]
    }
    assert [(one.message, one.path) for one in answer.errors or ()] == [
        ("three", ["items", 1, "next"])
    ]
    assert world.asked == [([n], 1) for n in range(1, 6)]


@pytest.mark.parametrize("is_slow", [False, True])
async def test_many_at_once_are_the_same_in_order(*, is_slow: bool) -> None:
    one, two, three, five = (Item(n=n) for n in (1, 2, 3, 5))
    world = World(is_slow=is_slow)
    found = await many(world, [five, one, two, one, three, two])
    assert [getattr(each, "n", each) for each in (*found[:2], *found[3:5])] == [None, 2, 2, 4]
    assert [str(each) for each in (found[2], found[5])] == ["three", "three"]
    assert world.asked == [([5, 1, 2, 1, 3, 2], 1)]


@pytest.mark.parametrize("is_slow", [False, True])
async def test_a_batch_of_one_is_what_the_resolver_answers(*, is_slow: bool) -> None:
    world = World(is_slow=is_slow)
    resolve = cast("Callable[..., Any]", NEXT.base_resolver)

    async def alone(item: Item) -> Item | None:
        own = resolve(item, info=info(world), by=1)
        return await own if isawaitable(own) else own

    for n, expected in ((1, Item(n=2)), (5, None)):
        assert await many(world, [Item(n=n)], by=1) == [await alone(Item(n=n))] == [expected]
    [failure] = await many(world, [Item(n=2)], by=1)
    assert str(failure) == "three"
    with pytest.raises(ValueError, match="three"):
        await alone(Item(n=2))


@pytest.mark.parametrize(("given", "expected"), [("(by: 3)", 3), ("(by: null)", None), ("", 1)])
async def test_arguments_are_as_for_any_resolver(given: str, expected: int | None) -> None:
    world = World()
    query = f"{{ items(upto: 2) {{ next{given} {{ n }} }} }}"
    answer = await SCHEMA.execute(query, context_value=world)
    assert answer.errors is None
    assert world.asked == [([1], expected)]


async def test_what_it_raises_is_the_failure_of_all() -> None:
    world = World(breaks=True)
    with pytest.raises(OSError, match="all"):
        await many(world, [Item(n=1), Item(n=2)])
    answer = await SCHEMA.execute("{ items(upto: 3) { next { n } } }", context_value=world)
    assert answer.data == {"items": [{"next": None}, {"next": None}]}
    assert [one.message for one in answer.errors or ()] == ["all", "all"]


def test_what_is_at_hand_needs_no_event_loop() -> None:
    answer = SCHEMA.execute_sync("{ items(upto: 2) { next { n } } }", context_value=World())
    assert (answer.data, answer.errors) == ({"items": [{"next": {"n": 2}}]}, None)


async def test_what_is_not_awaited_is_not_begun() -> None:
    begun = 0

    async def begin() -> Sequence[int]:
        nonlocal begun
        begun += 1
        return [1, 2]

    found: Each[int] = Later(begin)
    doubled = of_each(found, lambda n: 2 * n)
    assert begun == 0
    assert isinstance(doubled, Awaitable)
    assert await doubled == [2, 4]
    assert begun == 1
