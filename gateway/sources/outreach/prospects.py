"""The first prospects at each of some stages, in as few calls as can be."""

from collections.abc import Sequence

from gateway import errors
from gateway.sources.outreach import calls, normalise, wire
from gateway.upstream.call import Answer
from gateway.upstream.client import Client
from gateway.upstream.paging import PageSize
from gateway.upstream.trace import Trace

_WHOLE_ROWS = 200
"""Rows of a page of prospects with all their fields, of which each has several kilobytes."""

_BAD_REQUEST = 400
_REFUSED = {_BAD_REQUEST, 422}


class Prospects:
    """Reads prospects of many stages at once, smallest number first.

    A stage that has enough is left out of the next page, so that one with very many prospects
    does not fill page after page: each page either helps every stage on it or ends with one less.

    Args:
        client: sends.
        size: rows per page; shrinks where Outreach refuses it.
        max_pages: pages that may be read one after another.
    """

    def __init__(self, client: Client, size: PageSize, max_pages: int) -> None:
        self._client = client
        self._size = size
        self._max_pages = max_pages
        self._is_trimmed = True

    async def at(self, stages: Sequence[str], first: int, trace: Trace) -> dict[str, list[int]]:
        """Return the numbers of the first prospects at each stage, by the stage's number.

        Raises:
            errors.TooLarge: if they are on more pages than may be read.
            errors.UpstreamFailure: if Outreach fails.
        """
        found: dict[str, set[int]] = {stage: set() for stage in stages}
        short, past = list(found), 0
        for _ in range(self._max_pages):
            rows = first - len(found[short[0]]) if len(short) == 1 else self._size.rows
            page, prospects = await self._page(short, past, rows, trace)
            for one in prospects:
                if (stage := _stage_of(one, short)) in found:
                    found[stage].add(int(one.id))
            short = [stage for stage in short if len(found[stage]) < first]
            if not short or not calls.has_more(page):
                return {stage: sorted(numbers)[:first] for stage, numbers in found.items()}
            last = max((int(one.id) for one in prospects), default=past)
            if last <= past:
                message = f"{self._client.source.name} sent a page that leads to itself."
                raise errors.BadResponse(self._client.source, message)
            past = last
        message = (
            f"{self._client.source.name} has these prospects on more than the {self._max_pages} "
            "pages that may be read; ask for fewer."
        )
        raise errors.TooLarge(self._client.source, message)

    async def _page(
        self, stages: Sequence[str], past: int, rows: int, trace: Trace
    ) -> tuple[wire.Page, list[wire.Prospect]]:
        """Read one page, if need be once more in another way that is kept from then on."""
        while True:
            is_trimmed = self._is_trimmed
            asked = min(rows, self._size.rows, *(() if is_trimmed else (_WHOLE_ROWS,)))
            call = calls.list_prospects(stages, past, asked, is_trimmed=is_trimmed)
            try:
                answer = await self._client.send(call, trace)
            except errors.BadResponse as failure:
                if not self._can_mend(failure.status, asked, is_trimmed=is_trimmed):
                    raise
                continue
            prospects = _read(answer)
            if not is_trimmed or len(stages) == 1 or not prospects or any(map(_end, prospects)):
                return answer.body, prospects
            self._is_trimmed = False  # as it seems to leave out the relationship that was named

    def _can_mend(self, status: int | None, asked: int, *, is_trimmed: bool) -> bool:
        """Change what Outreach may have refused; False if nothing is left to change.

        It answers 400 to a name in `fields` that it takes for none, and 422 to a bad page size.
        """
        if status not in _REFUSED:
            return False
        if status != _BAD_REQUEST and self._size.shrink(asked):
            return True
        if is_trimmed:
            self._is_trimmed = False
            return True
        return self._size.shrink(asked)


def _read(answer: Answer[wire.Page]) -> list[wire.Prospect]:
    """Return a page's prospects.

    Raises:
        errors.BadResponse: if none of them makes sense; that no prospect is there would be a lie.
    """
    rows, bad = answer.rows(answer.body.data, wire.Prospect, normalise.identity)
    if bad and not rows:
        raise answer.nonsense()
    return [row.wire for row in rows]


def _end(prospect: wire.Prospect) -> wire.ToOne | None:
    return prospect.relationships.stage if prospect.relationships else None


def _stage_of(prospect: wire.Prospect, asked: Sequence[str]) -> str:
    """Return a prospect's stage, "" for none; without a word it is the only one asked for."""
    end = _end(prospect)
    if end is None:
        return asked[0] if len(asked) == 1 else ""
    return str(end.data.id) if end.data else ""
