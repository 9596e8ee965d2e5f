"""Follows pages to the end, within bounds."""

from collections.abc import AsyncIterator, Callable
from typing import TypeVar

from gateway import errors
from gateway.upstream.call import Answer, Call
from gateway.upstream.client import Client
from gateway.upstream.trace import Trace

T = TypeVar("T")

_SAFE = 50
"""The page size that most vendors have by themselves, and so surely serve."""

_REFUSED = {400, 422}


class PageSize:
    """Rows per page: what is asked for, until a vendor refuses it.

    Args:
        asked: the operator's setting, or the vendor's best known size.
        safe: the size that the vendor has by itself.
    """

    def __init__(self, asked: int, safe: int = _SAFE) -> None:
        self.rows = asked
        self._safe = safe

    def shrink(self, refused: int) -> bool:
        """Fall back to the safe size from now on; False if it is no smaller than the refused one.

        Lists that are walked at once are refused one after another: each falls back.
        """
        self.rows = min(self.rows, self._safe)
        return self.rows < refused


async def walk(
    client: Client,
    first: Callable[[int], Call[T]],
    following: Callable[[T, Call[T]], Call[T] | None],
    size: PageSize,
    trace: Trace,
    max_pages: int,
) -> AsyncIterator[Answer[T]]:
    """Yield page after page.

    Args:
        client: sends.
        first: makes the call of the first page, of so many rows.
        following: makes the next page's call from a page and its call; None at the end.
        size: rows per page; shrinks where the vendor refuses it.
        trace: counts the calls.
        max_pages: pages that may be read.

    Raises:
        errors.TooLarge: if there are more pages than may be read.
        errors.BadResponse: if a page leads to itself.
    """
    rows = size.rows
    call = first(rows)
    try:
        answer = await client.send(call, trace)
    except errors.BadResponse as failure:
        if failure.status not in _REFUSED or not size.shrink(rows):
            raise
        call = first(size.rows)
        answer = await client.send(call, trace)
    yield answer
    for _ in range(1, max_pages):
        after = following(answer.body, call)
        if after is None:
            return
        if after == call:
            message = f"{client.source.name} sent a page that leads to itself."
            raise errors.BadResponse(client.source, message)
        call = after
        answer = await client.send(call, trace)
        yield answer
    if following(answer.body, call) is None:
        return
    message = (
        f"{client.source.name} has more than the {max_pages} pages that one list may read; "
        "filter the list, by sources or processIds for example."
    )
    raise errors.TooLarge(client.source, message)
