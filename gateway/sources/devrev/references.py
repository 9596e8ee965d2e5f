"""What inputs name by id, listed: one reader, as DevRev's lists differ in little but names."""

from collections.abc import AsyncIterator, Mapping
from functools import partial

import strawberry

from gateway import errors
from gateway.adapter import Batch
from gateway.sources.devrev import calls_references as calls
from gateway.sources.devrev import normalise
from gateway.sources.devrev.calls import following
from gateway.sources.devrev.wire_references import Named
from gateway.upstream.client import Client
from gateway.upstream.paging import PageSize, unseen, walk
from gateway.upstream.trace import Trace
from schema.types.ids import Kind
from schema.types.reference import Reference, ReferenceKind
from schema.types.source import Source

LARGEST_OF_REFERENCES = 100
"""Rows of a page: more are not served of vistas, by the vendor's OpenAPI."""

KINDS: Mapping[ReferenceKind, bool] = dict.fromkeys(calls.LISTS, False)
"""What is listed, each without the need of a scope."""


class References:
    """Reads the lists.

    Args:
        client: sends.
        size: rows per page; shrinks where DevRev refuses it.
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

        Args:
            kind: one of `KINDS`.
            scope: of sprints the id of their vista, untrusted; None for all.
            trace: counts the calls.

        Raises:
            errors.Rejected: for a scope that is no vista's id, or that is told of another kind.
        """
        _refuse(kind, scope)
        pages = walk(
            self._client,
            partial(calls.list_references, kind, scope),
            following,
            self._size,
            trace,
            self._max_pages,
        )
        seen: set[str] = set()
        async for answer in pages:
            rows, dropped = answer.rows(answer.body.rows, Named, normalise.identity)
            fresh = unseen(rows, seen, lambda row: row.wire.id)
            yield Batch([_reference(kind, row.wire) for row in fresh], dropped)


def _refuse(kind: ReferenceKind, scope: str | None) -> None:
    """Refuse a scope that DevRev could not understand."""
    if scope is None:
        return
    if kind is not ReferenceKind.SPRINT:
        message = "`scopeSourceId`: of DevRev's kinds only SPRINT takes one, that of a vista."
        raise errors.Rejected(message)
    if not calls.is_vista(scope):
        message = "`scopeSourceId`: DevRev gives no such id to a vista; VISTA-1 would be one."
        raise errors.Rejected(message)


def _reference(kind: ReferenceKind, it: Named) -> Reference:
    return Reference(
        id=strawberry.ID(str(normalise.global_id(Kind(kind.value), it.id))),
        source=Source.DEVREV,
        source_id=strawberry.ID(it.id),
        kind=kind,
        display_id=it.display_id,
        name=it.name or it.full_name or it.display_name,
    )
