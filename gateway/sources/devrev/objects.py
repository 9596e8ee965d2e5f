"""Objects of one type: got one by one, or read out of a list, as no list of DevRev takes ids."""

from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import suppress
from typing import Any, Generic, TypeVar

from gateway import errors
from gateway.sources.devrev import calls, normalise, wire
from gateway.upstream.call import Call
from gateway.upstream.client import Client
from gateway.upstream.origin import Row
from gateway.upstream.paging import PageSize, walk
from gateway.upstream.together import together
from gateway.upstream.trace import Trace
from schema.types.ids import GlobalId

W = TypeVar("W", bound=wire.Named)

ListCall = Callable[[int], Call[wire.Page]]
"""Makes the call of a list's first page, of so many rows."""

_BAD_REQUEST = 400


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
            yield answer.rows(answer.body.result, self._kind, normalise.identity)

    async def get(
        self, ids: Sequence[GlobalId], trace: Trace
    ) -> dict[GlobalId, Row[W] | errors.BadResponse]:
        """Read one by itself, several out of the whole list, and singly what that lacks.

        One of several that makes no sense is its own failure.
        """
        if len(ids) == 1:
            return {**await self._only(ids[0], trace)}
        rows: list[Row[W]] = []
        if ids:
            with suppress(errors.TooLarge):  # what was read saves calls; the rest is read singly
                await self._gather(rows, trace)
        found = _named(ids, rows)
        missed = [one for one in ids if one not in found]
        rest = await together(self._missed(one.source_id, trace) for one in missed)
        return found | {one: row for one, row in zip(missed, rest, strict=True) if row}

    async def _only(self, id: GlobalId, trace: Trace) -> dict[GlobalId, Row[W]]:  # noqa: A002
        try:
            row = await self._one(id.source_id, trace)
        except errors.BadResponse as failure:
            if failure.status != _BAD_REQUEST:
                raise
        else:
            return {id: row} if row else {}
        # DevRev refuses the form of an id, that of a display id for one; the list tells then.
        rows: list[Row[W]] = []
        dropped = await self._gather(rows, trace)
        found = _named([id], rows)
        if dropped and not found:
            # The one that is asked for may be the one that makes no sense.
            raise errors.BadResponse(
                self._client.source, "DEVREV sent an object that makes no sense."
            )
        return found

    async def _missed(self, id: str, trace: Trace) -> Row[W] | errors.BadResponse | None:  # noqa: A002
        try:
            return await self._one(id, trace)
        except errors.BadResponse as failure:
            # An id that is refused, or an object that makes no sense, costs only itself.
            return None if failure.status == _BAD_REQUEST else failure

    async def _one(self, id: str, trace: Trace) -> Row[W] | None:  # noqa: A002
        try:
            answer = await self._client.send(self._get(id), trace)
        except errors.Missing:
            return None
        row = answer.row(answer.body.found, self._kind, normalise.identity)
        if not normalise.is_meant(id, row.wire.id, row.wire.display_id):
            message = "DEVREV sent another object than the one asked for."
            raise errors.BadResponse(self._client.source, message)
        return row

    async def _gather(self, rows: list[Row[W]], trace: Trace) -> int:
        """Add all objects that there are; return how many made no sense."""
        dropped = 0
        async for page, spoilt in self.pages(trace):
            rows += page
            dropped += spoilt
        return dropped


def _named(ids: Sequence[GlobalId], rows: Iterable[Row[W]]) -> dict[GlobalId, Row[W]]:
    """Find by DON, or by a display id that has not the form of a DON."""
    dons = {row.wire.id: row for row in rows}
    shown = {row.wire.display_id or "": row for row in dons.values()}
    known = {name: row for name, row in shown.items() if not normalise.is_don(name)} | dons
    return {one: known[one.source_id] for one in ids if one.source_id in known}
