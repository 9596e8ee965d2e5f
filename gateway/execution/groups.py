"""Resolves a field of a whole list of objects by one call, whichever types they are of."""

import asyncio
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from graphql.pyutils import Path

from gateway.execution.run import Frame, Run, is_awaitable, result_of

if TYPE_CHECKING:
    from gateway.execution.batches import Batch


class Frames:
    """The frames of a list's places, made when they are wanted."""

    def __init__(self, results: list[Any], frame: Frame, *, is_nullable: bool) -> None:
        self.results = results
        self.is_nullable = is_nullable
        self.path: Path = frame[4]
        self._frame = frame

    def at(self, at: int) -> Frame:
        """Return the frame of a place."""
        return (self.results, at, self.is_nullable, self._frame, Path(self.path, at, None))


class Group(NamedTuple):
    """Objects of a list whose field is resolved by one batch.

    Attributes:
        batch: the field, as their type has it.
        parents: the objects.
        outs: the answer's object of each.
        chosen: the place of each in the list.
    """

    batch: "Batch"
    parents: Sequence[Any]
    outs: Sequence[Any]
    chosen: Sequence[int]


def resolve_groups(run: Run, groups: Sequence[Group], frames: Frames) -> None:
    """Resolve a field of objects of a list by one call, whichever of several types they are.

    Raises:
        GraphQLError: if the field failed, and neither it nor the object may be null.
    """
    first = groups[0]
    parents = [one for group in groups for one in group.parents]
    try:
        path = first.batch.path(frames.at(first.chosen[0]))
        found = first.batch.fetch(run, parents, path)
        if is_awaitable(found):
            run.wait_for(found, partial(_come, run, groups, frames), frames.path)
            return
        found = first.batch.one_each(found, len(parents))
    except Exception as error:  # noqa: BLE001 - whatever it is, it is the field's, in each place
        found = [error] * len(parents)
    _fill(run, found, groups, frames, is_building=True)


def _come(run: Run, groups: Sequence[Group], frames: Frames, future: asyncio.Future[Any]) -> None:
    count = sum(len(group.parents) for group in groups)
    try:
        found = groups[0].batch.one_each(result_of(future), count)
    except Exception as error:  # noqa: BLE001 - as above
        found = [error] * count
    _fill(run, found, groups, frames, is_building=False)


def _fill(
    run: Run, found: Sequence[Any], groups: Sequence[Group], frames: Frames, *, is_building: bool
) -> None:
    start = 0
    for group in groups:
        end = start + len(group.parents)
        group.batch.fill(run, found[start:end], group, frames, is_building=is_building)
        start = end
