"""Follows pages to the end, within bounds."""

from collections.abc import AsyncGenerator, Callable, Iterable
from typing import Any, TypeVar

from gateway import errors
from gateway.upstream.call import Answer, Call
from gateway.upstream.client import Client
from gateway.upstream.trace import Trace

T = TypeVar("T")

_COMMON = 100
"""The largest page that most vendors name, where they name one."""

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
        """Ask for less from now on; False if a size was refused than which there is no smaller.

        Lists that are walked at once are refused one after another: each falls back.
        """
        smaller = [size for size in (_COMMON, self._safe) if size < refused]
        self.rows = min(self.rows, max(smaller, default=self.rows))
        return self.rows < refused


async def walk(
    client: Client,
    first: Callable[[int], Call[T]],
    following: Callable[[T, Call[T]], Call[T] | None],
    size: PageSize,
    trace: Trace,
    max_pages: int,
    whole: Callable[[int], Call[T]] | None = None,
) -> AsyncGenerator[Answer[T]]:
    """Yield page after page.

    Args:
        client: sends.
        first: makes the call of the first page, of so many rows.
        following: makes the next page's call from a page and its call; None at the end.
        size: rows per page; shrinks where the vendor refuses it.
        trace: counts the calls.
        max_pages: pages that may be read.
        whole: makes the call of the first page of the list without its conditions, in the same
            order: where all of its pages are kept, they answer, and nothing is sent.

    Raises:
        errors.TooLarge: if there are more pages than may be read.
        errors.BadResponse: if a page leads to itself.
    """
    kept = (
        [] if whole is None else await _kept(client, whole(size.rows), following, trace, max_pages)
    )
    for known, answer in kept:
        client.note_kept(known, answer, trace)
        yield answer
    if kept:
        return
    call, answer = await _begin(client, first, size, trace)
    yield answer
    seen = [call]
    for _ in range(1, max_pages):
        after = following(answer.body, call)
        if after is None:
            return
        if after in seen:
            answer.doubt()
            message = f"{client.source.name} sent a page that leads back."
            raise errors.BadResponse(client.source, message)
        call = after
        seen.append(call)
        answer = await client.send(call, trace)
        yield answer
    if following(answer.body, call) is None:
        return
    message = (
        f"{client.source.name} has more than the {max_pages} pages that one list may read; "
        "filter the list, by sources, types or times for example."
    )
    raise errors.TooLarge(client.source, message)


def unseen(rows: Iterable[T], seen: set[Any], key: Callable[[T], Any]) -> list[T]:
    """Return the rows of a page that have not come yet, each once.

    Args:
        rows: of the page.
        seen: the keys of all rows so far; those of this page are added.
        key: tells rows apart.
    """
    fresh: list[T] = []
    for row in rows:
        if (own := key(row)) not in seen:
            seen.add(own)
            fresh.append(row)
    return fresh


async def _begin(
    client: Client, first: Callable[[int], Call[T]], size: PageSize, trace: Trace
) -> tuple[Call[T], Answer[T]]:
    """Read the first page, in the largest size that is not refused."""
    while True:
        rows = size.rows
        call = first(rows)
        try:
            return call, await client.send(call, trace)
        except errors.BadResponse as failure:
            if failure.status not in _REFUSED or not size.shrink(rows):
                raise


async def _kept(
    client: Client,
    first: Call[T],
    following: Callable[[T, Call[T]], Call[T] | None],
    trace: Trace,
    max_pages: int,
) -> list[tuple[Call[T], Answer[T]]]:
    """Return a list's pages if all of them are kept, with their calls; none if one is not."""
    pages: list[tuple[Call[T], Answer[T]]] = []
    call: Call[T] | None = first
    while call is not None:
        answer = await client.kept(call, trace)
        if answer is None or len(pages) == max_pages:
            return []
        pages.append((call, answer))
        call = following(answer.body, call)
    return pages
