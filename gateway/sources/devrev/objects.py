"""Objects of one type: got one by one, or read out of a list, as no list of DevRev takes ids."""

from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import suppress
from typing import Any, Generic, TypeVar

from gateway import errors
from gateway.sources.devrev import calls, forgiving, normalise, refusals, singly, wire
from gateway.upstream.call import Answer, Call, nonsense
from gateway.upstream.client import Client
from gateway.upstream.origin import Row
from gateway.upstream.paging import PageSize, walk
from gateway.upstream.trace import Trace
from schema.types.ids import GlobalId

W = TypeVar("W", bound=wire.Named)

ListCall = Callable[[int], Call[wire.Page]]
"""Makes the call of a list's first page, of so many rows."""


class Objects(Generic[W]):
    """Reads objects of one type.

    Args:
        client: sends.
        size: rows per page; shrinks where DevRev refuses it.
        max_pages: pages that one list may read.
        kind: what an object is decoded to.
        every: makes the call of the list of all.
        get: makes the call of a get, by DON or display id.
    """

    def __init__(
        self,
        client: Client,
        size: PageSize,
        max_pages: int,
        *,
        kind: type[W],
        every: ListCall,
        get: Callable[[str], Call[Any]],
    ) -> None:
        self._client = client
        self._size = size
        self._max_pages = max_pages
        self._kind = kind
        self._every = every
        self._get = get

    async def pages(
        self, trace: Trace, first: ListCall | None = None
    ) -> AsyncIterator[tuple[list[Row[W]], int]]:
        """Yield the objects of each page, and how many of it made no sense; of all, or of some."""
        pages = walk(
            self._client,
            first or self._every,
            calls.following,
            self._size,
            trace,
            self._max_pages,
            whole=self._every,
        )
        async for answer in pages:
            yield forgiving.rows(answer, answer.body.result, self._kind, normalise.identity)

    async def get(
        self, ids: Sequence[GlobalId], trace: Trace
    ) -> dict[GlobalId, Row[W] | errors.UpstreamFailure]:
        """Read one by itself, several out of the whole list, and singly what that lacks.

        One that is read singly and fails is its own failure.
        """
        if len(ids) == 1:
            return await self._only(ids[0], trace)
        rows: list[Row[W]] = []
        if ids:
            with suppress(errors.TooLarge):  # what was read saves calls; the rest is read singly
                await self._gather(rows, trace)
        found = _named(ids, rows)
        missed = [one for one in ids if one not in found]
        return found | await singly.several(self._client, self._get, self.decoded, missed, trace)

    async def _only(
        self,
        id: GlobalId,  # noqa: A002
        trace: Trace,
    ) -> dict[GlobalId, Row[W] | errors.UpstreamFailure]:
        row = await singly.one(self._client, self._get, self.decoded, id, trace)
        if not isinstance(row, errors.UpstreamFailure):
            return {id: row} if row else {}
        if refusals.of(row) is None:
            raise row
        # DevRev refuses the form of an id, that of a display id for one; the list tells then.
        rows: list[Row[W]] = []
        dropped = await self._gather(rows, trace)
        found = _named([id], rows)
        if dropped and not found:
            # The one that is asked for may be the one that makes no sense.
            raise nonsense(self._client.source)
        return found

    def decoded(self, answer: Answer[Any]) -> Row[W]:
        """Read the object out of an answer that has one; raises errors.BadResponse."""
        return forgiving.row(answer, answer.body.found, self._kind, normalise.identity)

    async def _gather(self, rows: list[Row[W]], trace: Trace) -> int:
        """Add all objects that there are; return how many made no sense."""
        dropped = 0
        async for page, spoilt in self.pages(trace):
            rows += page
            dropped += spoilt
        return dropped


def _named(
    ids: Sequence[GlobalId], rows: Iterable[Row[W]]
) -> dict[GlobalId, Row[W] | errors.UpstreamFailure]:
    """Find by DON, or by a display id that has not the form of a DON."""
    dons = {row.wire.id: row for row in rows}
    shown = {row.wire.display_id or "": row for row in dons.values()}
    known = {name: row for name, row in shown.items() if not normalise.is_don(name)} | dons
    return {one: known[one.source_id] for one in ids if one.source_id in known}
