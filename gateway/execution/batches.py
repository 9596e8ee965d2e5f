"""Fields that are resolved for many parents at once: one call, one wait for a whole list."""
# graphql-core's generics are told in part only.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUnknownParameterType=false

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from graphql import GraphQLError, is_abstract_type, is_object_type, located_error
from graphql.pyutils import Path

from gateway.execution import values
from gateway.execution.composite import Composite
from gateway.execution.groups import Frames, Group
from gateway.execution.run import Frame, Run, is_awaitable

if TYPE_CHECKING:
    from gateway.execution.field import Field


class Batch:
    """Resolves a field whose metadata has a function for many parents.

    The function is called as `function(info, parents, **arguments)` and returns a value for each
    parent, in order, or what will be that. An exception in a place fails that place alone.
    """

    __slots__ = ("_arguments", "_complete", "_composite", "_field", "function", "key")

    def __init__(self, field: "Field") -> None:
        self._field = field
        self.key = field.key
        self.function: Any = field.batch
        self._arguments = field.arguments()
        inner = field.inner
        is_composite = is_object_type(inner) or is_abstract_type(inner)
        self._composite = Composite(field, inner) if is_composite else None
        self._complete = values.completer(field, field.type, self._composite)

    def path(self, frame: Frame | None) -> Path:
        """Return the field's path in the object of a frame; None is the root."""
        return Path(None if frame is None else frame[4], self.key, self._field.parent.name)

    def fetch(self, run: Run, parents: Sequence[Any], path: Path) -> Any:
        """Call the function."""
        given = {} if self._arguments is None else self._arguments(run, path)
        return self.function(self._field.info(run, path), parents, **given)

    def one(self, run: Run, source: Any, out: dict[str, Any], frame: Frame | None) -> None:
        """Resolve the field of one object; raises as `Late.resolve` does."""
        field, key = self._field, self.key
        path = self.path(frame)
        place: Frame = (out, key, field.is_nullable, frame, path)
        try:
            found = self.fetch(run, [source], path)
            if is_awaitable(found):
                run.wait(found, self._first, place, field.nodes)
            else:
                out[key] = self._first(run, found, place)
        except Exception as raised:
            error = located_error(raised, field.nodes, path.as_list())
            if not field.is_nullable:
                raise error from raised
            run.note(error, path)

    def _first(self, run: Run, found: Any, frame: Frame) -> Any:
        return self._complete(run, self.one_each(found, 1)[0], frame)

    def one_each(self, found: Any, count: int) -> Sequence[Any]:
        """Return values, of which there must be one for each parent."""
        if isinstance(found, list | tuple) and len(found) == count:
            return found
        field = self._field
        message = f"The batch of {field.parent}.{field.name} is not {count} values in a list."
        raise TypeError(message)

    def fill(
        self,
        run: Run,
        found: Sequence[Any],
        group: Group,
        frames: Frames,
        *,
        is_building: bool,
    ) -> None:
        """Put each parent's value into its place.

        Args:
            run: the run.
            found: a value for each parent.
            group: the parents.
            frames: of the list's places.
            is_building: whether the list is not in its own place yet.
        """
        key = self.key
        read = self._composite.reads if self._composite is not None else None
        made: dict[int, Any] = {}  # many parents share what they are related to
        for value, out, at in zip(found, group.outs, group.chosen, strict=True):
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
            self._place(run, value, out, frames.at(at), is_building=is_building)

    def _place(self, run: Run, value: Any, out: Any, around: Frame, *, is_building: bool) -> None:
        """Complete one parent's value with every check."""
        field, path = self._field, self.path(around)
        place: Frame = (out, self.key, field.is_nullable, around, path)
        try:
            out[self.key] = self._complete(run, value, place)
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
