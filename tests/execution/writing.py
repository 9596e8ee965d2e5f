"""Writes a drawn schema down as Strawberry has it."""

import re
from collections.abc import Iterator

from tests.execution.shapes import Drawn, Resolved, Shape, Sketch

_HEAD = """
@strawberry.enum
class Hue(enum.Enum):
    RED = "r"
    BLUE = "b"

@strawberry.enum
class Size(enum.IntEnum):
    S = 1
    L = 2

class _Odd: ...
Odd = _Odd

@strawberry.input
class Filter:
    text: str
    tags: list[str] = strawberry.field(default_factory=list)
    hue: Optional[Hue] = None
    inner: Optional["Filter"] = None

class Alike: ...

X = typing.TypeVar("X")

@strawberry.type
class Box(typing.Generic[X]):
    item: X
    many: list[X]
"""


_BODIES = {
    "coroutine": "return world.coroutine({call})",
    "future": "return world.future({call})",
    "rewaitable": "return world.rewaitable({call})",
    "async": "return await world.later({call})",
    "generator": "return world.generate({items}, {at})",
    "async generator": "for item in world.generate({items}, {at}): yield item",
    "waiting items": "return list(world.waiting({items}, {place}))",
    "generated waiting items": "return world.generate(world.waiting({items}, {place}), {at})",
}
"""What a resolver does, by how it comes by its value; the others return it."""


def written(sketch: Sketch) -> tuple[str, dict[str, Shape]]:
    """Return the Python text of a schema, and what each field with a resolver holds."""
    shapes: dict[str, Shape] = {}
    return "\n".join(_Writer(sketch, shapes).lines()), shapes


class _Writer:
    def __init__(self, drawn: Sketch, shapes: dict[str, Shape]) -> None:
        self._sketch = drawn
        self._shapes = shapes

    def lines(self) -> Iterator[str]:
        """Yield lines."""
        yield "import typing"
        yield _HEAD
        for one in self._sketch.interfaces:
            yield from self._type(one, "interface")
        for one in self._sketch.objects:
            yield from self._type(one, "type")
        for name, members in self._sketch.unions.items():
            union = f"typing.Union[{', '.join(members)}]"
            yield f"{name} = typing.Annotated[{union}, strawberry.union('{name}')]"
        yield from self._type(self._sketch.query, "type")
        types = ", ".join(one.name for one in self._sketch.objects)
        yield "odd = strawberry.scalar(name='Odd', serialize=str, parse_value=lambda v: ('odd', v))"
        yield "config = strawberry.schema.config.StrawberryConfig(scalar_map={Odd: odd})"
        yield f"schema = strawberry.Schema(Query, types=[{types}], config=config)"

    def _type(self, drawn: Drawn, kind: str) -> Iterator[str]:
        bases = ", ".join(one.name for one in drawn.interfaces)
        yield f"@strawberry.{kind}"
        yield f"class {drawn.name}({bases}):"
        yield "    n: strawberry.Private[int]"
        if drawn.promises:
            yield "    pieces: typing.ClassVar[Optional[dict]] = None"
        for name, shape in drawn.attributes.items():
            yield f"    {name}: '{shape.annotation}'"
        for one in drawn.resolved:
            yield from (f"    {line}" for line in self._resolved(drawn.name, one))
        if drawn.judges and kind == "type":
            yield "    @classmethod"
            yield "    def is_type_of(cls, obj, info):"
            yield f"        return isinstance(obj, ({drawn.name}, Alike)) and obj.n != 3"
        elif drawn.judges:
            yield "    @classmethod"
            yield "    def resolve_type(cls, obj, info, type_):"
            yield "        return 'T0' if obj.n % 2 else type(obj).__name__.removesuffix('Heir')"
        if kind == "type":
            yield f"class {drawn.name}Heir({drawn.name}): ..."

    def _resolved(self, owner: str, one: Resolved) -> Iterator[str]:
        place = f"{owner}.{one.name}"
        self._shapes[place] = one.shape
        first = {"parent": f"it: strawberry.Parent['{owner}']", "nothing": ""}.get(
            one.takes, one.takes
        )
        parent = {"parent": "it", "nothing": "None"}.get(one.takes, one.takes)
        info = "info: strawberry.Info" if one.has_info else ""
        arguments = [f"{name}: {text}" for name, text in one.arguments.items()]
        plain = [part for part in arguments if " = " not in part]
        rest = [part for part in arguments if " = " in part]
        parameters = ", ".join(part for part in (first, info, *plain, *rest) if part)
        given = "dict(" + ", ".join(f"{name}={name}" for name in one.arguments) + ")"
        asked = f"'{place}', {parent}, {'info' if one.has_info else 'None'}, {given}"
        is_async = one.way in ("async", "async generator") or one.way.startswith("batch ")
        yield from self._decorator(place, one)
        if one.takes == "nothing":
            yield "@staticmethod"
        yield (
            f"{'async ' if is_async else ''}def {one.name}({parameters}) -> "
            f"'{one.shape.annotation}':"
        )
        way = "async" if one.way.startswith("batch ") else one.way
        body = _BODIES.get(way, "return world.value({asked})")
        yield "    " + body.format(
            asked=asked,
            call=f"lambda: world.value({asked})",
            items=f"world.items({asked})",
            at=f"{place!r}, {parent}",
            place=repr(place),
        )

    def _decorator(self, place: str, one: Resolved) -> Iterator[str]:
        if one.way.startswith("batch"):
            told = "info" if one.has_info else "None"
            parts = [name + re.sub("^'[^']*'", "", text) for name, text in one.arguments.items()]
            given = ", ".join(f"{name}={name}" for name in one.arguments)
            batch = (
                f"lambda {', '.join(['info', 'them', *parts])}: "
                f"world.many({place!r}, {one.way!r}, {told}, them, dict({given}))"
            )
            yield f"@strawberry.field(metadata={{'batch': {batch}}})"
        elif one.way == "constant":
            yield "@strawberry.field(metadata={'constant': True})"
        elif one.way == "extended":
            yield "@strawberry.field(extensions=[Shout()])"
        else:
            yield "@strawberry.field"
