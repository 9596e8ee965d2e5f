"""Fields that are resolved for many parents at once: one call, one wait for a whole list."""
# graphql-core's generics are told in part only.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUnknownParameterType=false

import asyncio
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

from graphql import GraphQLError, is_abstract_type, is_object_type, located_error
from graphql.pyutils import Path

from gateway.execution import values
from gateway.execution.composite import Composite
from gateway.execution.run import Frame, Run, result_of

if TYPE_CHECKING:
    from gateway.execution.field import Field


class Frames(Protocol):
    """The frames of a list's places."""

    results: list[Any]
    is_nullable: bool
    path: Path

    def at(self, at: int) -> Frame:
        """Return the frame of a place."""
        ...


class Batch:
    """Resolves a field whose metadata has a function for many parents.

    The function is called as `function(info, parents, **arguments)` and returns a value for each
    parent, in order, or what will be that. An exception in a place fails that place alone.
    """

    def __init__(self, field: "Field") -> None:
        self._field = field
        self._key = field.key
        self._arguments = field.arguments()
        self._complete = values.completer(field, field.type)
        inner = field.inner
        is_composite = is_object_type(inner) or is_abstract_type(inner)
        self._composite = Composite(field, inner) if is_composite else None

    def _fetch(self, run: Run, parents: Sequence[Any], path: Path) -> Any:
        """Return the values of parents, or what will be them."""
        field = self._field
        given = {} if self._arguments is None else self._arguments(run, path)
        call: Any = field.batch
        return call(field.info(run, path), parents, **given)

    def one(self, run: Run, source: Any, out: dict[str, Any], frame: Frame | None) -> None:
        """Resolve the field of one object; raises as `Late.resolve` does."""
        field, key = self._field, self._key
        path = Path(frame[4] if frame is not None else None, key, field.parent.name)
        place: Frame = (out, key, field.is_nullable, frame, path)
        try:
            found = self._fetch(run, [source], path)
            if values.is_awaitable(found):
                run.wait(found, self._first, place, field.nodes)
            else:
                out[key] = self._first(run, found, place)
        except Exception as raised:
            error = located_error(raised, field.nodes, path.as_list())
            if not field.is_nullable:
                raise error from raised
            run.note(error, path)

    def _first(self, run: Run, found: Any, frame: Frame) -> Any:
        return self._complete(run, self._one_each(found, 1)[0], frame)

    def _one_each(self, found: Any, count: int) -> Sequence[Any]:
        """Return values, of which there must be one for each parent."""
        if isinstance(found, list | tuple) and len(found) == count:
            return found
        field = self._field
        message = f"The batch of {field.parent}.{field.name} is not {count} values in a list."
        raise TypeError(message)

    def many(
        self,
        run: Run,
        parents: Sequence[Any],
        outs: Sequence[Any],
        chosen: Sequence[int],
        frames: Frames,
    ) -> None:
        """Resolve the field of objects of a list.

        Args:
            run: the run.
            parents: the objects.
            outs: the answer's object of each.
            chosen: the place of each in the list.
            frames: of the list's places.

        Raises:
            GraphQLError: if the field failed, and neither it nor the object may be null.
        """
        try:
            path = Path(frames.at(chosen[0])[4], self._key, self._field.parent.name)
            found = self._fetch(run, parents, path)
            if values.is_awaitable(found):
                settle = partial(self._come, run, outs, chosen, frames)
                run.wait_for(found, settle, frames.path)
                return
            found = self._one_each(found, len(parents))
        except Exception as error:  # noqa: BLE001 - whatever it is, it is the field's, in each place
            found = [error] * len(parents)
        self._fill(run, found, outs, chosen, frames, is_building=True)

    def _come(
        self,
        run: Run,
        outs: Sequence[Any],
        chosen: Sequence[int],
        frames: Frames,
        future: asyncio.Future[Any],
    ) -> None:
        try:
            found = self._one_each(result_of(future), len(outs))
        except Exception as error:  # noqa: BLE001 - as above
            found = [error] * len(outs)
        self._fill(run, found, outs, chosen, frames, is_building=False)

    def _fill(
        self,
        run: Run,
        found: Sequence[Any],
        outs: Sequence[Any],
        chosen: Sequence[int],
        frames: Frames,
        *,
        is_building: bool,
    ) -> None:
        key = self._key
        read = self._composite.reads if self._composite is not None else None
        made: dict[int, Any] = {}  # many parents share what they are related to
        for value, out, at in zip(found, outs, chosen, strict=True):
            if read is not None and value is not None:
                known = made.get(id(value))
                if known is None:
                    try:
                        known = made[id(value)] = read(value)
                    except Exception:  # noqa: BLE001 - an unusual one
                        known = None
                if known is not None:
                    out[key] = known
                    continue
            self._place(run, value, out, at, frames, is_building=is_building)

    def _place(
        self, run: Run, value: Any, out: Any, at: int, frames: Frames, *, is_building: bool
    ) -> None:
        """Complete one parent's value with every check."""
        field, around = self._field, frames.at(at)
        path = Path(around[4], self._key, field.parent.name)
        place: Frame = (out, self._key, field.is_nullable, around, path)
        try:
            out[self._key] = self._complete(run, value, place)
        except Exception as raised:  # noqa: BLE001 - whatever it is, it is this place's
            error = located_error(raised, field.nodes, path.as_list())
            if not is_building:
                run.fail(error, field.nodes, place)
            else:
                self._fail(run, error, place, around)

    def _fail(self, run: Run, error: GraphQLError, place: Frame, around: Frame) -> None:
        """Put a null, while what is around it is not in its own place yet."""
        for container, key, is_nullable, _, path in (place, around):
            if is_nullable:
                container[key] = None
                run.note(error, path)
                return
        raise error
