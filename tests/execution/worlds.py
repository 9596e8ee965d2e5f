"""A schema that is drawn, and its objects, which are drawn too.

What a field holds depends on the object and the arguments alone, so that every run of a query, by
whatever executor, finds the same: the same values, and the same failures.
"""

import asyncio
import copy
import enum
import inspect
import sys
import zlib
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import cached_property
from types import ModuleType
from typing import Any, Optional

import strawberry
from graphql import GraphQLError, Undefined
from strawberry.extensions import FieldExtension

from tests.execution.dice import Dice
from tests.execution.shapes import SCALARS, Shape, sketch
from tests.execution.writing import written

_MOST = 5
"""Objects of a type."""


class Oddity:
    """Nothing that any type knows."""

    def __repr__(self) -> str:
        return "Oddity"


class Rewaitable:
    """Something to wait for that may be waited for again."""

    def __init__(self, value: Any) -> None:
        self._value = value

    def __await__(self) -> Generator[Any, Any, Any]:
        yield from asyncio.sleep(0).__await__()
        if isinstance(self._value, Exception):
            raise self._value
        return self._value


class Reiterable:
    """An iterable that is no list, and may be read again."""

    def __init__(self, items: Sequence[Any]) -> None:
        self._items = items

    def __iter__(self) -> Iterator[Any]:
        return iter(self._items)


class Lasting(list[Any]):
    """A list that never changes."""

    pieces: Any = None


class Shout(FieldExtension):
    """An extension of a field, which stands between it and who calls it."""

    def resolve(self, next_: Callable[..., Any], source: Any, info: Any, **given: Any) -> Any:
        found = next_(source, info, **given)
        if isinstance(found, list):
            return [*found, *found]
        return f"{found}!" if isinstance(found, str) else found


class World:
    """A schema and its objects.

    Args:
        seed: all of it follows from this.
        failures: how often a value is another than its type promises, 0 to 1.

    Attributes:
        schema: Strawberry's.
        source: the Python text of its types.
    """

    def __init__(self, seed: int, failures: float) -> None:
        self.seed = seed
        self.failures = failures
        self.sketch = sketch(seed)
        self._drawn = {one.name: one for one in self.sketch.objects}
        self._kept: dict[tuple[str, int], Any] = {}
        self._lists: dict[str, Lasting] = {}
        self._made: list[Any] = []
        self.source, self._shapes = written(self.sketch)
        self._module = ModuleType(f"world_{seed}")
        self._module.__dict__.update(
            strawberry=strawberry, world=self, Optional=Optional, datetime=datetime, enum=enum,
            JSON=strawberry.scalars.JSON, Shout=Shout,
        )  # fmt: skip
        self._strangers: dict[str, Any] = {}  # objects without an attribute
        sys.modules[self._module.__name__] = self._module
        try:
            exec(self.source, self._module.__dict__)  # noqa: S102 - our own text
            self.schema: strawberry.Schema = self._module.__dict__["schema"]
            for name in self._drawn:
                self._strangers[name] = object.__new__(self._module.__dict__[name])
        finally:
            del sys.modules[self._module.__name__]

    @property
    def kept(self) -> list[Any]:
        """The objects and lists that are in many places and runs."""
        return [*self._kept.values(), *self._lists.values()]

    @cached_property
    def root(self) -> Any:
        """The root value."""
        return self._object("Query", 0, self.sketch.query.attributes, may_wait=False)

    def left(self) -> list[str]:
        """Tell of the coroutines that nobody has brought to an end since this was asked last."""
        made, self._made = self._made, []
        found = [one for one in made if inspect.getcoroutinestate(one) != inspect.CORO_CLOSED]
        told = [f"{one.__qualname__} {inspect.getcoroutinestate(one)}" for one in found]
        for one in found:
            if inspect.getcoroutinestate(one) == inspect.CORO_CREATED:
                one.close()
        return told

    # ------------------------------------------------------------------ what resolvers call

    def value(self, place: str, parent: Any, info: Any, given: Mapping[str, Any]) -> Any:
        """Return a field's value, or raise."""
        key = self._key(place, parent, info, given)
        dice = self._dice(key)
        if dice.random() < self.failures / 2:
            raise self._error(dice, key)
        return self.make(self._shapes[place], key, may_wait=True, args=given)

    def items(self, place: str, parent: Any, info: Any, given: Mapping[str, Any]) -> list[Any]:
        """Return the items of a list; anything else is wrapped as one."""
        found = self.value(place, parent, info, given)
        return list(found) if isinstance(found, list | tuple | Iterator | Reiterable) else [found]

    def generate(self, items: Iterable[Any], place: str, parent: Any) -> Iterator[Any]:
        """Yield items, and fail at times."""
        dice = self._dice((place, getattr(parent, "n", 0), "generated"))
        rest = iter(items)
        while dice.random() >= self.failures / 4:
            try:
                yield next(rest)
            except StopIteration:
                return
        raise ValueError(f"{place} broke off")  # noqa: TRY003, EM102

    async def later(self, call: Callable[[], Any], ticks: int = 1) -> Any:
        """Return or raise what a call does, after some turns of the loop."""
        for _ in range(ticks):
            await asyncio.sleep(0)
        return call()

    def coroutine(self, call: Callable[[], Any], ticks: int = 1) -> Any:
        """Return a coroutine that is looked after."""
        made = self.later(call, ticks)
        self._made.append(made)
        return made

    def rewaitable(self, call: Callable[[], Any]) -> Rewaitable:
        """Return something that may be waited for many times."""
        try:
            return Rewaitable(call())
        except Exception as error:  # noqa: BLE001 - whatever is drawn
            return Rewaitable(error)

    def future(self, call: Callable[[], Any], ticks: int = 1) -> asyncio.Future[Any]:
        """Return a future."""
        future = asyncio.get_running_loop().create_future()

        def settle(turns: int) -> None:
            if future.cancelled():
                return
            if turns:
                asyncio.get_running_loop().call_soon(settle, turns - 1)
                return
            try:
                future.set_result(call())
            except Exception as error:  # noqa: BLE001 - whatever is drawn
                future.set_exception(error)
                future.exception()  # seen, should nobody look

        settle(ticks)
        return future

    def waiting(self, items: Sequence[Any], place: str) -> Iterator[Any]:
        """Yield items, most of which must be waited for."""
        for at, item in enumerate(items):
            dice = self._dice((place, at, repr(type(item))))
            call = _raising(item) if dice.random() < 0.5 else (lambda item=item: item)
            way = dice.choice([self.coroutine, self.future, None])
            yield item if way is None else way(call, dice.randint(0, 2))

    def many(
        self, place: str, way: str, info: Any, parents: Sequence[Any], given: Mapping[str, Any]
    ) -> Any:
        """Return a field's values for many parents, or what will be them."""

        def each() -> Sequence[Any]:
            found: list[Any] = []
            for parent in parents:
                try:
                    found.append(self.value(place, parent, info, copy.deepcopy(given)))
                except Exception as error:  # noqa: BLE001 - whatever is drawn
                    found.append(error)
            return found if len(found) % 2 else tuple(found)

        if way == "batch":
            return each()
        return (self.future if way == "batch future" else self.coroutine)(each)

    # ------------------------------------------------------------------------------ values

    def make(
        self, shape: Shape, key: Any, *, may_wait: bool, args: Mapping[str, Any] | None = None
    ) -> Any:
        """Return a value for a shape.

        Args:
            shape: its type.
            key: what it follows from.
            may_wait: whether it may be something that can be read but once.
            args: of the field, which texts tell of.
        """
        dice = self._dice(key)
        if dice.random() < self.failures:
            return self._wrong(shape, dice, key)
        if shape.nulls[0] and dice.random() < 0.15:
            return dice.choice([None, None, Undefined])
        if len(shape.nulls) > 1:
            inner = Shape(shape.name, shape.nulls[1:])
            many = dice.choice([0, 1, 2, 3, 5])
            items = [
                self.make(inner, (key, at), may_wait=may_wait, args=args) for at in range(many)
            ]
            return self._listed(items, dice, key, may_wait=may_wait)
        if shape.name in SCALARS:
            return self._leaf(shape.name, dice, args)
        return self._composite(shape.name, dice, may_wait=may_wait)

    def _listed(self, items: list[Any], dice: Dice, key: Any, *, may_wait: bool) -> Any:
        drawn = dice.random()
        stay = [getattr(type(one), "pieces", self) is None for one in items]
        if drawn < 0.85 and items and all(stay):
            return self._lists.setdefault(repr(key), Lasting(items))
        if drawn < 0.7:
            return items
        if drawn < 0.85:
            return tuple(items)
        return iter(items) if may_wait and drawn > 0.95 else Reiterable(items)

    def _leaf(self, name: str, dice: Dice, args: Mapping[str, Any] | None) -> Any:
        number = dice.randint(0, 99)
        if name in ("Hue", "Size"):
            return dice.choice(list(self._module.__dict__[name]))
        among: dict[str, list[Any]] = {
            "String": [f"s{number} {sorted(args.items())}" if args else f"s{number}"],
            "Int": [number, number, True, float(number), 2**31 - 1],
            "Float": [number + 0.5, number, 1e300, True],
            "Boolean": [True, False, 1],
            "ID": [f"id{number}", number],
            "DateTime": [datetime(2026, 1, 1 + number % 28, tzinfo=UTC)],
        }
        rest = [{"a": [number, None]}, [number], f"j{number}", number, True]
        return dice.choice(among.get(name, rest))

    def _composite(self, name: str, dice: Dice, *, may_wait: bool) -> Any:
        if name.startswith("Box"):
            inner = name.removeprefix("Box[").removesuffix("]")
            box: Any = self._module.__dict__["Box"]
            return box(item=self._composite(inner, dice, may_wait=may_wait), many=[])
        among = self.sketch.possible(name)
        name = dice.choice(among)
        number = dice.randint(0, _MOST - 1)
        drawn = self._drawn[name]
        # One object of those that are kept may be in many places and runs: it is read again.
        if drawn.promises or not may_wait:
            made = self._kept.get((name, number))
            if made is None:
                made = self._object(name, number, drawn.all_attributes, may_wait=False)
                self._kept[(name, number)] = made
            return made
        made = self._object(name, number, drawn.all_attributes, may_wait=True)
        return self._disguised(made, name, among, dice)

    def _disguised(self, made: Any, name: str, among: Sequence[str], dice: Dice) -> Any:
        """Return an object as it is, or another that stands for it, or for one of other types."""
        drawn = dice.random()
        if drawn < 0.8:
            return made
        kinds: dict[str, Any] = self._module.__dict__
        if drawn < 0.85:
            made.__class__ = kinds[f"{name}Heir"]
            return made
        if drawn < 0.95:
            return strawberry.cast(kinds[dice.choice(among)], made)
        alike = kinds["Alike"]()
        alike.__dict__.update(made.__dict__)
        return strawberry.cast(kinds[name], alike)

    def _object(
        self, name: str, number: int, attributes: Mapping[str, Shape], *, may_wait: bool
    ) -> Any:
        values = {
            one: self.make(shape, (name, number, one), may_wait=may_wait)
            for one, shape in attributes.items()
        }
        for one, value in values.items():
            if self._dice((name, number, one, "waits")).random() < 0.05:
                values[one] = Rewaitable(value)
        return self._module.__dict__[name](n=number, **values)

    def _wrong(self, shape: Shape, dice: Dice, key: Any) -> Any:
        """Return what is not of a type; JSON takes all that JSON has."""
        stranger = self._strangers[dice.choice(list(self._drawn))]
        near = {"Int": [2**31, -(2**31) - 1, 0.5], "Float": [float("nan"), float("inf")],
                "Boolean": ["true", 2], "JSON": [Undefined]}  # fmt: skip
        odd = [None, self._error(dice, key), 7, "text", [], {"a": 1}, 2**40]
        if shape.name != "JSON":
            odd += [Oddity(), stranger]
        return dice.choice([*odd, *near.get(shape.name, []) * 3])

    def _error(self, dice: Dice, key: Any) -> Exception:
        text = f"failed at {zlib.crc32(repr(key).encode())}"
        return dice.choice(
            [ValueError(text), GraphQLError(text, extensions={"code": "X"}), RuntimeError(text)]
        )

    def _key(self, place: str, parent: Any, info: Any, given: Mapping[str, Any]) -> Any:
        told = sorted((name, repr(value)) for name, value in given.items())
        for value in given.values():
            _spoil(value)
        salt = info.context["salt"] if info is not None else None
        return (place, getattr(parent, "n", 0), told, salt)

    def _dice(self, key: Any) -> "Dice":
        return Dice(zlib.crc32(repr((self.seed, key)).encode()))


def _raising(item: Any) -> Callable[[], Any]:
    def call() -> Any:
        if isinstance(item, Exception):
            raise item
        return item

    return call


def _spoil(value: Any) -> None:
    """Change what a resolver was given: nobody else may see it."""
    if isinstance(value, list):
        value.append("spoiled")
    elif hasattr(value, "tags"):
        value.tags = ["spoiled"]
