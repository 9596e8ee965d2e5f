"""Sends writes to a space: to one that is told, or to the only one that there is."""

from collections.abc import Awaitable, Sequence
from typing import TypeVar

from gateway import errors
from gateway.adapter import Adapter
from gateway.adapter.inputs import Judge
from gateway.errors import Complaint, Path
from gateway.sources.storyblok import normalise
from gateway.sources.storyblok.spaces import Spaces
from gateway.upstream.call import Answer, Call
from gateway.upstream.trace import Trace
from schema.types.ids import GlobalId, Kind
from schema.types.mutation_errors import Constraint

T = TypeVar("T")

_FIELD = "spaceSourceId"


class Sending:
    """Finds the space of a write, and sends it there.

    Args:
        adapter: the source.
        spaces: its spaces.
    """

    def __init__(self, adapter: Adapter, spaces: Spaces) -> None:
        self._adapter = adapter
        self._spaces = spaces

    def told(self, judge: Judge, own: str | None, space: str | None) -> str | None:
        """Judge which space an input is for.

        Args:
            judge: notes what is wrong.
            own: `spaceSourceId`, if it was given.
            space: the one that a global id in the input tells.

        Returns:
            The space; None where it is the only one that the credential sees, whichever that is.
        """
        configured = self._spaces.configured
        if own is not None and not normalise.is_number(own):
            words = "Storyblok gives no such id to a space; ids are numbers."
            judge.wrong(words, Constraint.FORMAT, _FIELD)
            return space
        found = own or space
        if found is None and configured is not None:
            if len(configured) == 1:
                return configured[0]
            judge.wrong(_several(configured), Constraint.REQUIRED, _FIELD)
        elif own is not None and not self._spaces.may_hold(own):
            words = f"Space {own} is not connected."
            judge.wrong(words, Constraint.REFERENCE, _FIELD)
        return found

    async def space(self, told: str | None, at: Path, trace: Trace) -> str:
        """Return the space that was told, else the only one that the credential sees.

        Raises:
            errors.Invalid: if there are several, or none.
        """
        if told is not None:
            return told
        seen = await self._spaces.connected(trace)
        if len(seen.rows) == 1 and not seen.dropped:
            return seen.rows[0]
        path = (*at, _FIELD)
        words = f"`{'.'.join(path)}`: {_several(seen.rows)}"
        complaint = Complaint(message=words, constraint=Constraint.REQUIRED, path=path)
        raise errors.Invalid([complaint], self._adapter.id)

    async def write(self, call: Call[T], trace: Trace) -> Answer[T]:
        """Send a write.

        Raises:
            errors.Missing: also for a space that is not connected, or that the credential does
                not see.
        """
        space = call.params["space_id"]
        if not self._spaces.may_hold(space):
            raise self._hidden(space)
        return await self.seen(space, self._adapter.client.send(call, trace), trace)

    async def seen(self, space: str, asked: Awaitable[T], trace: Trace) -> T:
        """Wait for what is asked of a space.

        Raises:
            errors.Missing: also where it is refused since the credential does not see the space.
        """
        try:
            return await asked
        except (errors.Forbidden, errors.Unauthenticated) as failure:
            await self._spaces.confirm_hidden(space, failure, trace)
            raise self._hidden(space, failure.status) from failure

    def may_hold(self, key: GlobalId) -> bool:
        """Tell whether an object's space is connected, as far as the settings tell."""
        return self._spaces.may_hold(key.scope)

    def _hidden(self, space: str, status: int | None = None) -> errors.Missing:
        name = self._adapter.id.name
        message = f"{name} shows no space {space} to the gateway."
        return errors.Missing(self._adapter.id, message, status=status)


def home(
    at: Path, space: str | None, own: str | None, workflow: GlobalId | None = None
) -> tuple[GlobalId, Path] | None:
    """Return what something new is put into, and where the input names that."""
    if workflow is not None:
        return workflow, (*at, "workflowId")
    if space is None:
        return None
    return normalise.global_id(Kind.SPACE, "", space), (at if own is None else (*at, _FIELD))


def _several(spaces: Sequence[str]) -> str:
    if not spaces:
        return "No space is connected."
    return "Several spaces are connected; tell which one it is for."
