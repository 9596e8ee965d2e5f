"""Fields whose value may have to be waited for, or completed with every check."""

from typing import TYPE_CHECKING, Any

from graphql import located_error
from graphql.pyutils import Path

from gateway.execution import values
from gateway.execution.run import Frame, Run, is_awaitable

if TYPE_CHECKING:
    from gateway.execution.field import Field


class Late:
    """Resolves one field of one object at a time."""

    __slots__ = ("_complete", "_field", "_get", "_key", "_type_name")

    def __init__(self, field: "Field") -> None:
        self._field = field
        self._get = field.get()
        self._complete = values.completer(field, field.type)
        self._key = field.key
        self._type_name = field.parent.name

    def resolve(self, run: Run, source: Any, out: dict[str, Any], frame: Frame | None) -> None:
        """Put a field's value into the answer's object, now or when it has come.

        Args:
            run: the run.
            source: whose field.
            out: the answer's object, with a null in the field's place.
            frame: the object's; None at the root.

        Raises:
            GraphQLError: if the field failed and may not be null.
        """
        field, key = self._field, self._key
        path = Path(frame[4] if frame is not None else None, key, self._type_name)
        place: Frame = (out, key, field.is_nullable, frame, path)
        try:
            value = self._get(run, source, path)
            if is_awaitable(value):
                run.wait(value, self._complete, place, field.nodes)
            else:
                out[key] = self._complete(run, value, place)
        except Exception as raised:
            error = located_error(raised, field.nodes, path.as_list())
            if not field.is_nullable:
                raise error from raised
            run.note(error, path)
