"""What inputs name by id, listed: Outreach's users."""

from collections.abc import AsyncIterator, Mapping

from gateway import errors
from gateway.adapter import Batch
from gateway.sources.outreach import calls, normalise, wire
from gateway.upstream.client import Client
from gateway.upstream.paging import PageSize, unseen, walk
from gateway.upstream.trace import Trace
from schema.types.reference import Reference, ReferenceKind
from schema.types.resource import Actor
from schema.types.source import Source

KINDS: Mapping[ReferenceKind, bool] = {ReferenceKind.PERSON: False}
"""What is listed, without the need of a scope."""


class References:
    """Reads the lists.

    Args:
        client: sends.
        size: rows per page; shrinks where Outreach refuses it.
        max_pages: pages that one list may read.
    """

    def __init__(self, client: Client, size: PageSize, max_pages: int) -> None:
        self._client = client
        self._size = size
        self._max_pages = max_pages

    async def read(
        self, kind: ReferenceKind, scope: str | None, trace: Trace
    ) -> AsyncIterator[Batch[Reference]]:
        """Yield all of a kind, page by page, each once.

        Raises:
            errors.Rejected: for any scope, as users are of nothing else.
        """
        if scope is not None:
            message = "`scopeSourceId`: Outreach's users are of nothing else; leave it out."
            raise errors.Rejected(message)
        pages = walk(
            self._client, calls.list_users, calls.following, self._size, trace, self._max_pages
        )
        seen: set[str] = set()
        async for answer in pages:
            rows, dropped = answer.rows(answer.body.data, wire.User, normalise.identity)
            people = [normalise.person(row.wire) for row in rows]
            fresh = unseen(people, seen, lambda one: one.source_id)
            yield Batch([_reference(kind, one) for one in fresh], dropped)


def _reference(kind: ReferenceKind, person: Actor) -> Reference:
    return Reference(
        id=person.id,
        source=Source.OUTREACH,
        source_id=person.source_id,
        kind=kind,
        name=person.full_name or person.display_name,
    )
