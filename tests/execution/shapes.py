"""Draws a schema: its types, their fields, and how each field comes by its value."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from tests.execution.dice import Dice

SCALARS = {
    "Int": "int", "Float": "float", "String": "str", "Boolean": "bool", "ID": "strawberry.ID",
    "DateTime": "datetime", "JSON": "JSON", "Odd": "Odd", "Hue": "Hue", "Size": "Size",
}  # fmt: skip
"""Leaf types, each with its annotation; the last two are enums."""

ARGUMENTS = {
    "int": "7", "str": "'x'", "bool": "True", "float": "0.5", "strawberry.ID": "None",
    "Hue": "Hue.RED", "list[int]": "[1, 2]", "list[str | None]": "None", "Filter": "None",
    "list[Filter]": "[]", "Odd": "None", "datetime": "None", "list[Hue]": "[Hue.BLUE]",
    "list[list[int]]": "None", "strawberry.Maybe[str]": "",
    "strawberry.Maybe[list[int] | None]": "",
}  # fmt: skip
"""Types of arguments, each with a default; the last two have none but null, which is no value."""

WAYS = (
    "sync", "sync", "async", "async", "coroutine", "future", "rewaitable", "generator",
    "async generator", "waiting items", "generated waiting items", "extended", "constant",
    "batch", "batch coroutine", "batch future",
)  # fmt: skip
"""How a field's value is got where no attribute has it."""

TAKES = ("self", "self", "self", "parent", "root", "nothing")
"""What the first parameter of a resolver is."""


class Shape(NamedTuple):
    """What a field holds.

    Attributes:
        name: of a leaf type, or of an object type, an interface or a union.
        nulls: whether null may stand there, outermost list first; the last is the items'.
    """

    name: str
    nulls: tuple[bool, ...]

    @property
    def annotation(self) -> str:
        """The Python type."""
        text = SCALARS.get(self.name, self.name)
        for at, is_nullable in enumerate(reversed(self.nulls)):
            text = f"list[{text}]" if at else text
            text = f"Optional[{text}]" if is_nullable else text
        return text


@dataclass
class Resolved:
    """A field with a resolver."""

    name: str
    shape: Shape
    way: str
    takes: str
    has_info: bool
    arguments: dict[str, str]
    """Each with its annotation and its default, as in a signature."""


@dataclass
class Drawn:
    """An object type, an interface or the query type."""

    name: str
    interfaces: Sequence["Drawn"] = ()
    attributes: dict[str, Shape] = field(default_factory=dict[str, Shape])
    resolved: list[Resolved] = field(default_factory=list[Resolved])
    promises: bool = False
    """Whether its objects promise never to change."""
    judges: bool = False
    """Whether a function of its own tells what objects are."""

    @property
    def all_attributes(self) -> dict[str, Shape]:
        """Those of its interfaces too."""
        found: dict[str, Shape] = {}
        for one in self.interfaces:
            found |= one.all_attributes
        return found | self.attributes


@dataclass
class Sketch:
    """A schema, before it is written down."""

    objects: list[Drawn]
    interfaces: list[Drawn]
    unions: dict[str, list[str]]
    query: Drawn

    def possible(self, name: str) -> list[str]:
        """Return the names of the object types that a type may be."""
        if name in self.unions:
            return self.unions[name]
        if any(name == one.name for one in self.interfaces):
            return [one.name for one in self.objects if name in (i.name for i in one.interfaces)]
        return [name]


def sketch(seed: int) -> Sketch:
    """Draw a schema."""
    return _Pencil(Dice(seed)).sketch()


class _Pencil:
    def __init__(self, dice: Dice) -> None:
        self._dice = dice
        self._names = 0
        self._composites: list[str] = []

    def sketch(self) -> Sketch:
        dice = self._dice
        interfaces = [Drawn(f"I{at}") for at in range(dice.randint(1, 2))]
        objects = [
            Drawn(f"T{at}", [one for one in interfaces if dice.random() < 0.5])
            for at in range(dice.randint(3, 6))
        ]
        objects[0].interfaces = interfaces  # so that each has an object
        names = [one.name for one in objects]
        unions = {
            f"U{at}": dice.sample(names, dice.randint(2, len(names)))
            for at in range(dice.randint(1, 2))
        }
        boxes = [f"Box[{name}]" for name in dice.sample(names, 1)]
        self._composites = [*names, *(one.name for one in interfaces), *unions, *boxes]
        for at, one in enumerate(objects):
            one.promises = dice.random() < 0.4
            one.judges = dice.random() < 0.15
            self._fill(one, attributes_of=names[at + 1 :])
        for one in interfaces:
            one.judges = dice.random() < 0.3
            self._fill(one, attributes_of=[], most=2)
        query = Drawn("Query")
        self._fill(query, attributes_of=names)
        query.resolved += [self._resolved(name) for name in self._composites]
        return Sketch(objects, interfaces, unions, query)

    def _fill(self, drawn: Drawn, attributes_of: Sequence[str], most: int = 6) -> None:
        """Draw fields; attributes hold objects of later types alone, so that they end somewhere."""
        dice = self._dice
        for _ in range(dice.randint(1, most)):
            leaf = not attributes_of or dice.random() < 0.7
            name = dice.choice(list(SCALARS) if leaf else attributes_of)
            drawn.attributes[self._name()] = self._shape(name)
        for _ in range(dice.randint(1, most)):
            name = dice.choice(list(SCALARS) if dice.random() < 0.4 else self._composites)
            drawn.resolved.append(self._resolved(name))

    def _resolved(self, name: str) -> Resolved:
        dice = self._dice
        way = dice.choice(WAYS)
        shape = self._shape(name)
        if ("generat" in way or "items" in way) and len(shape.nulls) == 1:
            shape = Shape(shape.name, (dice.random() < 0.5, *shape.nulls))
        is_plain = way == "constant"
        arguments = {} if is_plain or dice.random() < 0.5 else self._arguments()
        takes = "self" if way.startswith(("constant", "batch")) else dice.choice(TAKES)
        if way.startswith("batch"):  # who has no signature misses no argument
            lacking = [one for one, text in arguments.items() if text.endswith("]'")]
            arguments = {name: text for name, text in arguments.items() if name not in lacking}
        has_info = not is_plain and dice.random() < 0.4
        return Resolved(self._name(), shape, way, takes, has_info, arguments)

    def _arguments(self) -> dict[str, str]:
        found: dict[str, str] = {}
        for name in "abc"[: self._dice.randint(1, 3)]:
            type_ = self._dice.choice(list(ARGUMENTS))
            default = ARGUMENTS[type_]
            if not default:
                found[name] = f"'{type_}' = None"
                continue
            may_be_null = default == "None" or self._dice.random() < 0.4
            # An argument without a value is a fault of its own, which is to be rare.
            has_default = self._dice.random() < (0.95 if may_be_null else 0.5)
            text = f"'Optional[{type_}]'" if may_be_null else f"'{type_}'"
            found[name] = text + (f" = {default}" if has_default else "")
        # In Python, what has no default comes first.
        return dict(sorted(found.items(), key=lambda pair: " = " in pair[1]))

    def _shape(self, name: str) -> Shape:
        dice = self._dice
        depth = dice.choice([1, 1, 1, 2, 2, 3])
        return Shape(name, tuple(dice.random() < 0.55 for _ in range(depth)))

    def _name(self) -> str:
        self._names += 1
        return f"f{self._names}"
