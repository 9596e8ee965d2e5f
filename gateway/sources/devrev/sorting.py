"""Whether DevRev sorts works as `sort_by` wishes: nowhere told, so judged by what it answers."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import structs

from gateway import errors
from gateway.sources.devrev import forgiving, refusals, wire_works
from gateway.sources.devrev.asks import Sort
from gateway.sources.devrev.served import Served
from gateway.sources.devrev.wire_works import Work
from gateway.upstream.call import Call
from gateway.upstream.client import Client
from gateway.upstream.origin import Row
from gateway.upstream.trace import Trace

_ENOUGH = 8
"""Different times that are in order by chance once in 40320 pages."""

_TELLING = 2
"""Different times of a page that can be out of order."""

Rows = Sequence[Row[Work]]


def times(rows: Rows, field: str) -> list[datetime]:
    """Return the times that works have in a field; those without one may stand anywhere."""
    found: list[datetime | None] = [getattr(row.wire, field) for row in rows]
    return [one for one in found if one is not None]


class Sorting:
    """Finds out order by order: a direction may be served and its opposite not.

    Args:
        client: sends.
        served: remembers it.
    """

    def __init__(self, client: Client, served: Served) -> None:
        self._client = client
        self._served = served

    def expect(self, sort: Sort, rows: Rows, passed: datetime | None) -> datetime | None:
        """Look at a further page of a list that was judged to be in order.

        Args:
            sort: the order.
            rows: the page.
            passed: the last time of the pages before.

        Returns:
            The last time now.

        Raises:
            errors.BadResponse: if it is out of order; the order is trusted no more for a while.
        """
        found = times(rows, sort.field)
        found = found if passed is None else [passed, *found]
        if not _is_sorted(found, descending=sort.descending):
            self._served.note(sort, is_served=False)
            message = f"{self._client.source.name} sent a list out of its order; ask again."
            raise errors.BadResponse(self._client.source, message)
        return found[-1] if found else None

    async def judge(
        self,
        sort: Sort,
        rows: Rows,
        call: Call[wire_works.Works],
        trace: Trace,
        *,
        is_last: bool,
    ) -> bool:
        """Tell whether a list is in order, by its first page, and by one more call if need be.

        Args:
            sort: the order that was wished for.
            rows: the first page.
            call: what was asked for it.
            trace: counts the calls.
            is_last: whether there are no more pages, so that little hangs on the answer.
        """
        found = times(rows, sort.field)
        different = len(set(found))
        if not _is_sorted(found, descending=sort.descending):
            self._served.note(sort, is_served=False)
        elif different >= _ENOUGH and not _is_by_creation(rows, sort.field):
            self._served.note(sort, is_served=True)
        elif not is_last and (different < _TELLING or self._served.get(sort) is None):
            return await self._probe(sort, rows, call, trace)
        return self._served.get(sort) is True

    async def _probe(
        self, sort: Sort, rows: Rows, call: Call[wire_works.Works], trace: Trace
    ) -> bool:
        """Ask for the first work in the opposite order: it must be another, and from the far end.

        Where equal times or a missing one leave that open, nothing is noted, and the list is not
        taken for one in order.
        """
        found = times(rows, sort.field)
        if not found or self._served.get(sort.turned) is False:
            return False
        turned = {**call.body, "limit": 1, "sort_by": [str(sort.turned)]}
        try:
            answer = await self._client.send(structs.replace(call, body=turned), trace)
        except errors.BadResponse as failure:
            if refusals.of(failure) is None:
                raise
            self._served.note(sort.turned, is_served=False)
            return False
        first, _ = forgiving.works(answer)
        end = times(first[:1], sort.field)
        found += end
        if not end or len(set(found)) < _TELLING:
            return False
        is_another = first[0].wire.id != rows[0].wire.id
        is_served = is_another and _is_sorted(found, descending=sort.descending)
        self._served.note(sort, is_served=is_served)
        return is_served


def _is_sorted(found: Sequence[datetime], *, descending: bool) -> bool:
    return list(found) == sorted(found, reverse=descending)


def _is_by_creation(rows: Rows, field: str) -> bool:
    """Tell whether the works that have a field may have come in the order of their creation."""
    having = [row for row in rows if getattr(row.wire, field) is not None]
    created = times(having, "created_date")
    return any(_is_sorted(created, descending=one) for one in (False, True))
