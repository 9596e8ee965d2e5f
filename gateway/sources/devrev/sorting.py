"""Whether DevRev sorts works as `sort_by` wishes: nowhere told, so judged by what it answers."""

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise
from operator import ge, le

from msgspec import structs

from gateway import errors
from gateway.sources.devrev import forgiving, wire_works
from gateway.sources.devrev.asks import Sort
from gateway.sources.devrev.wire_works import Work
from gateway.upstream.call import Call
from gateway.upstream.client import Client
from gateway.upstream.origin import Row
from gateway.upstream.trace import Trace

_BAD_REQUEST = 400

_ENOUGH = 8
"""Different times that are in order by chance once in 40320 pages."""

Rows = Sequence[Row[Work]]


def times(rows: Rows, field: str) -> list[datetime]:
    """Return the times that works have in a field; those without one may stand anywhere."""
    found: list[datetime | None] = [getattr(row.wire, field) for row in rows]
    return [one for one in found if one is not None]


class Sorting:
    """What is known of each field, for as long as the process runs.

    Args:
        client: sends.
    """

    def __init__(self, client: Client) -> None:
        self._client = client
        self._served: dict[str, bool] = {}

    def is_served(self, field: str) -> bool | None:
        """Tell whether lists are sorted by a field; None where that is not known."""
        return self._served.get(field)

    def refuse(self, field: str) -> None:
        """Note that DevRev does not take a field."""
        self._served[field] = False

    def expect(self, sort: Sort, rows: Rows) -> None:
        """Look at a page of a list that was judged to be in order.

        Raises:
            errors.BadResponse: if it is not; whether DevRev sorts is not known any more.
        """
        if not _is_sorted(times(rows, sort.field), descending=sort.descending):
            self._served.pop(sort.field, None)
            message = f"{self._client.source.name} sent a list out of its order; ask again."
            raise errors.BadResponse(self._client.source, message)

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
        if not _is_sorted(found, descending=sort.descending):
            self._served[sort.field] = False
        elif sort.field not in self._served:
            if len(set(found)) >= _ENOUGH and not _is_by_creation(rows, sort.field):
                self._served[sort.field] = True
            elif found and not is_last:
                await self._probe(sort, rows, call, trace)
        return self._served.get(sort.field, False)

    async def _probe(
        self, sort: Sort, rows: Rows, call: Call[wire_works.Works], trace: Trace
    ) -> None:
        """Ask for the first work in the opposite order: it must be another, and from the far end.

        Where equal times or a missing one leave that open, nothing is noted.
        """
        turned = {**call.body, "limit": 1, "sort_by": [str(sort.turned)]}
        try:
            answer = await self._client.send(structs.replace(call, body=turned), trace)
        except errors.BadResponse as failure:
            if failure.status != _BAD_REQUEST:
                raise
            self.refuse(sort.field)
            return
        first, _ = forgiving.rows(answer, answer.body.works)
        end = times(first[:1], sort.field)
        if not end:
            return
        found = times(rows, sort.field)
        if first[0].wire.id != rows[0].wire.id:
            self._served[sort.field] = _is_sorted([*found, *end], descending=sort.descending)
        elif len(set(found)) > 1:
            self._served[sort.field] = False


def _is_sorted(found: Sequence[datetime], *, descending: bool) -> bool:
    in_place = ge if descending else le
    return all(in_place(one, other) for one, other in pairwise(found))


def _is_by_creation(rows: Rows, field: str) -> bool:
    """Tell whether the works that have a field may have come in the order of their creation."""
    having = [row for row in rows if getattr(row.wire, field) is not None]
    created = times(having, "created_date")
    return any(_is_sorted(created, descending=one) for one in (False, True))
