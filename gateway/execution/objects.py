"""How the selected fields of one object type are read and waited for.

What needs no waiting is read by one generated function: a dict literal with the checks inline. Of
objects that promise never to change, what was read is remembered in its final form.
"""
# graphql-core's generics are told in part only.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUnknownParameterType=false

from typing import TYPE_CHECKING, Any

import msgspec
from graphql import GraphQLObjectType, located_error
from graphql.execution.collect_fields import FieldDetailsList

from gateway.execution.batches import Batch
from gateway.execution.generated import function
from gateway.execution.groups import Frames
from gateway.execution.late import Late
from gateway.execution.readers import Reader, UnusualError, expression
from gateway.execution.run import Frame, Run
from gateway.execution.types import TYPE_CAST_ATTRIBUTE

if TYPE_CHECKING:
    from gateway.execution.field import Field
    from gateway.execution.plan import Planner

_MOST_PIECES = 8
"""Selections that one object remembers; whoever asks for another drops the oldest."""

_encode = msgspec.json.Encoder().encode


class ObjectPlan:
    """Completes objects of one type.

    Args:
        planner: of the query.
        type_: theirs.
        details: the places where they are selected; None for the root.

    Attributes:
        make: reads what need not be waited for, and leaves None in the other places; raises where
            something is unusual.
        is_whole: whether that is everything.
        batches: the fields that are resolved for many objects at once. late: the other ones.
    """

    __slots__ = (
        "__weakref__", "_details", "_planner", "_slow", "_type", "batches", "is_whole", "late",
        "make",
    )  # fmt: skip

    def __init__(
        self, planner: "Planner", type_: GraphQLObjectType, details: FieldDetailsList | None
    ) -> None:
        self._planner = planner
        self._type = type_
        self._details = details
        self._slow: tuple[dict[str, Any], list[Late]] | None = None
        names: dict[str, Any] = {}
        items: dict[str, str] = {}
        waiting: list[Field] = []
        for key, field in planner.selected(type_, details).items():
            read = repr(type_.name) if field is None else expression(field, names)
            items[key] = "None" if read is None else read
            if read is None and field is not None:
                waiting.append(field)
        planner.weigh(len(waiting))
        self.is_whole = not waiting
        self.make = _made(items, names, type_, planner.types.origin(type_), is_whole=self.is_whole)
        self.late = tuple([Late(field) for field in waiting if field.batch is None])
        self.batches = tuple([Batch(field) for field in waiting if field.batch is not None])

    def build(self, run: Run, source: Any, frame: Frame | None) -> dict[str, Any]:
        """Complete one object."""
        try:
            out = self.make(source)
        except Exception:  # noqa: BLE001 - read again field by field, each with its own error
            return self._build_slowly(run, source, frame)
        for batch in self.batches:
            batch.one(run, source, out, frame)
        for late in self.late:
            late.resolve(run, source, out, frame)
        return out

    def _build_slowly(self, run: Run, source: Any, frame: Frame | None) -> dict[str, Any]:
        if self._slow is None:
            self._slow = self._one_by_one()
        empty, each = self._slow
        out = empty.copy()
        for late in each:
            late.resolve(run, source, out, frame)
        return out

    def _one_by_one(self) -> tuple[dict[str, Any], list[Late]]:
        """Return an object without values, and all its fields; most plans never need them."""
        fields = self._planner.selected(self._type, self._details)
        empty = {key: self._type.name if one is None else None for key, one in fields.items()}
        return empty, [Late(one) for one in fields.values() if one is not None]

    def finish(self, run: Run, source: Any, out: Any, frames: Frames, at: int) -> None:
        """Add the fields that are resolved one by one to an object of a list."""
        frame = frames.at(at)
        try:
            for late in self.late:
                late.resolve(run, source, out, frame)
        except Exception as error:
            if not frames.is_nullable:
                raise
            frames.results[at] = None
            run.note(located_error(error, None, frame[4].as_list()), frame[4])


def _made(
    items: dict[str, str],
    names: dict[str, Any],
    type_: GraphQLObjectType,
    origin: type | None,
    *,
    is_whole: bool,
) -> Reader:
    """Return the generated function that reads an object."""
    literal = "{" + ", ".join(f"{key!r}: {read}" for key, read in items.items()) + "}"
    lines = [f"return {literal}"]
    if origin is not None:
        names["Unusual"] = UnusualError
        lines.insert(0, f"if hasattr(source, {TYPE_CAST_ATTRIBUTE!r}): raise Unusual")
    # Of its own for each type: Python learns where the attributes of one class are.
    read: Reader = function(f"read_{type_.name}(source)", *lines, names=names)
    promises = origin is not None and getattr(origin, "pieces", read) is None
    return _remembering(read, is_whole=is_whole) if promises else read


def _remembering(read: Reader, *, is_whole: bool) -> Reader:
    """Return a reader that keeps what it has read of an object with the object.

    The first time it only marks the object: most are seen once.
    """
    token = object()
    final = _final if is_whole else _template

    def recall(source: Any) -> Any:
        pieces: dict[object, Any] | None = source.pieces
        if pieces is None:
            source.pieces = {}
            return read(source)
        piece = pieces.get(token)
        if piece is None:
            made = read(source)
            piece = final(made)
            if piece is None:
                return made
            if len(pieces) >= _MOST_PIECES:
                del pieces[next(iter(pieces))]
            pieces[token] = piece
        return piece if is_whole else piece.copy()

    return recall


def _final(made: Any) -> msgspec.Raw | None:
    """Return the JSON of what was read; None where it has none, which the answer will tell."""
    try:
        return msgspec.Raw(_encode(made))
    except (TypeError, ValueError, OverflowError, RecursionError):
        return None


def _template(made: dict[str, Any]) -> dict[str, Any] | None:
    """Return what was read, its inner objects as JSON."""
    found: dict[str, Any] = {}
    for key, value in made.items():
        piece = _final(value) if isinstance(value, dict | list) else value
        if piece is None and value is not None:
            return None
        found[key] = piece
    return found
