"""What is remembered of objects that promise never to change, and of constant fields."""

from typing import Any, ClassVar

import msgspec
import pytest
import strawberry
from strawberry.scalars import JSON
from strawberry.types import Info

from gateway.execution import Engine
from tests.execution.both import both, come, operation, plain

CALLS: list[str] = []


@strawberry.type
class Inner:
    a: int = 1
    b: str | None = None


@strawberry.interface
class Node:
    n: int


@strawberry.type
class Lasting(Node):
    """Promises never to change."""

    pieces: ClassVar[dict[object, Any] | None] = None

    text: str = "t"
    inner: Inner = strawberry.field(default_factory=Inner)
    many: list[Inner] = strawberry.field(default_factory=lambda: [Inner(), Inner(a=2)])

    @strawberry.field(metadata={"constant": True})
    def constant(self) -> JSON:
        CALLS.append("constant")
        return JSON({"n": self.n})

    @strawberry.field
    def each_time(self, info: Info[Any, Any]) -> str:
        return info.context

    @strawberry.field
    async def later(self, info: Info[Any, Any]) -> str:
        return info.context


@strawberry.type
class Passing(Node):
    """Promises nothing."""

    text: str = "t"


class Heir(Lasting):
    """A class that the schema does not know."""


class Slotted:
    """An object that takes no attribute."""

    __slots__ = ("n", "text")
    pieces: ClassVar[None] = None

    def __init__(self) -> None:
        self.n, self.text = 1, "slotted"


class Rows(list[Any]):
    """A list that never changes."""

    pieces: Any = None


@strawberry.type
class Query:
    one: Lasting
    nodes: list[Node]
    raws: list[Lasting] = strawberry.field(default_factory=list[Lasting])


SCHEMA = strawberry.Schema(Query, types=[Lasting, Passing])
ALL = "{ one { n text inner { a b } many { a } constant } }"


async def run(engine: Engine, text: str, root: Any, context: Any = "c") -> Any:
    """Return the data as the engine made it."""
    answer = await come(engine.run(operation(engine, text), None, context, root))
    assert not answer.errors
    return answer.data


async def test_the_first_time_only_marks_and_the_second_remembers() -> None:
    engine, root = Engine(SCHEMA), Query(one=Lasting(n=1), nodes=[])
    CALLS.clear()
    first = await run(engine, ALL, root)
    assert isinstance(first["one"], dict)
    assert root.one.pieces == {}
    second = await run(engine, ALL, root)
    assert isinstance(second["one"], msgspec.Raw)
    assert len(root.one.pieces) == 1
    assert CALLS == ["constant"] * 2
    third = await run(engine, ALL, root)
    assert CALLS == ["constant"] * 2
    assert plain(first) == plain(second) == plain(third)
    assert Lasting.pieces is None


async def test_what_is_waited_for_is_new_each_time() -> None:
    engine, root = Engine(SCHEMA), Query(one=Lasting(n=1), nodes=[])
    text = "{ one { n many { a } eachTime later constant } }"
    for context in "abcd":
        one = plain(await run(engine, text, root, context))["one"]
        assert one == {
            "n": 1, "many": [{"a": 1}, {"a": 2}], "eachTime": context, "later": context,
            "constant": {"n": 1},
        }  # fmt: skip
    [piece] = root.one.pieces.values()
    assert piece["eachTime"] is None
    assert piece["later"] is None


async def test_few_selections_of_an_object_are_remembered() -> None:
    engine, root = Engine(SCHEMA), Query(one=Lasting(n=1), nodes=[])
    for number in range(12):
        for _ in range(3):
            data = await run(engine, f"{{ one {{ k{number}: text }} }}", root)
            assert plain(data) == {"one": {f"k{number}": "t"}}
        assert len(root.one.pieces) == min(number + 1, 8)


async def test_plans_and_schemas_do_not_share_pieces() -> None:
    other = strawberry.Schema(Query, types=[Lasting, Passing])
    root = Query(one=Lasting(n=1), nodes=[])
    for schema in (SCHEMA, SCHEMA, other):
        engine = Engine(schema)
        for _ in range(2):
            await run(engine, "{ one { n } }", root)
            await run(engine, "{ one { k: n } }", root)
    assert len(root.one.pieces) == 6
    assert sorted(bytes(piece) for piece in root.one.pieces.values()) == (
        [b'{"k":1}'] * 3 + [b'{"n":1}'] * 3
    )


async def test_places_of_one_plan_that_select_alike_keep_to_themselves() -> None:
    one = Lasting(n=1)
    root = Query(one=one, nodes=[one, one, Passing(n=2)])
    text = "{ one { text } nodes { n ... on Lasting { text } ... on Passing { p: text } } }"
    answer = await both(SCHEMA, text, root=root)
    assert answer.data["nodes"] == [{"n": 1, "text": "t"}] * 2 + [{"n": 2, "p": "t"}]
    assert "pieces" not in vars(root.nodes[2])


async def test_a_list_that_stays_the_same_is_remembered_for_its_last_selection() -> None:
    engine = Engine(SCHEMA)
    root = Query(one=Lasting(n=0), nodes=Rows(Lasting(n=at) for at in range(3)))
    for text, expected, marks in (
        ("{ nodes { n } }", {"n": 2}, 1),
        ("{ nodes { k: n } }", {"k": 2}, 0),
    ):
        for turn in range(4):
            data = await run(engine, text, root)
            assert plain(data)["nodes"][2] == expected
            assert isinstance(data["nodes"], msgspec.Raw) == (turn > marks)
    assert bytes(root.nodes.pieces[1]) == b'[{"k":0},{"k":1},{"k":2}]'
    assert Rows.pieces is None


@pytest.mark.parametrize(
    ("rows", "text"),
    [
        ([Lasting(n=1), Passing(n=2)], "{ nodes { n } }"),
        ([Lasting(n=1)], "{ nodes { n ... on Lasting { later } } }"),
        ([Lasting(n=1), None], "{ nodes { n } }"),
        ([Lasting(n=1, text="long" * 100)], "{ nodes { n ... on Lasting { text } } }"),
        ([], "{ nodes { n } }"),
    ],
)
async def test_a_list_of_what_may_change_or_is_long_is_not_remembered(
    rows: list[Any], text: str
) -> None:
    root = Query(one=Lasting(n=1), nodes=Rows(rows))
    await both(SCHEMA, text, root=root, context="c")
    assert root.nodes.pieces is None


async def test_where_something_is_wrong_nothing_is_remembered() -> None:
    class Fails(Lasting):
        @property
        def text(self) -> str:
            raise LookupError

        @text.setter
        def text(self, value: str) -> None: ...

    for odd in (Lasting(n=1, text=None), Lasting(n="x"), Lasting(n=1, many=[7]), Fails(n=1)):
        root = Query(one=odd, nodes=[])
        answer = await both(SCHEMA, "{ one { n text many { a } } }", root=root)
        assert answer.errors
        assert not odd.pieces


@pytest.mark.parametrize("odd", [Heir(n=1), Slotted(), strawberry.cast(Lasting, Lasting(n=3))])
async def test_odd_objects(odd: Any) -> None:
    await both(SCHEMA, "{ one { n text } }", root=Query(one=odd, nodes=[]))
    await both(SCHEMA, "{ raws { n text } }", root=Query(one=odd, nodes=[], raws=[odd, odd]))


async def test_what_has_no_json_is_not_remembered() -> None:
    @strawberry.type
    class Odd(Lasting):
        raw: JSON

    @strawberry.type
    class Root:
        one: Odd

    schema, root = strawberry.Schema(Root), Root(one=Odd(n=1, raw=JSON({1j})))
    engine = Engine(schema)
    for text in ("{ one { raw } }", "{ one { raw later } }", "{ one { many { a } raw } }"):
        for _ in range(3):
            data = await run(engine, text, root)
            assert data["one"]["raw"] == {1j}
    assert not any(isinstance(piece, msgspec.Raw) for piece in root.one.pieces.values())


async def test_a_constant_with_arguments_or_to_be_awaited_is_an_ordinary_field() -> None:
    @strawberry.type
    class Thing:
        pieces: ClassVar[dict[object, Any] | None] = None

        @strawberry.field(metadata={"constant": True})
        def some(self, first: int = 1) -> int:
            return first

        @strawberry.field(metadata={"constant": True})
        async def later(self) -> int:
            return 1

    @strawberry.type
    class Root:
        thing: Thing = strawberry.field(default_factory=Thing)

    text = "{ thing { some(first: 3) b: some later } }"
    answer = await both(strawberry.Schema(Root), text, root=Root())
    assert answer.data == {"thing": {"some": 3, "b": 1, "later": 1}}
