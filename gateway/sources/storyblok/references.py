"""What inputs name by id, listed: spaces, and the roles and users of one space or of all."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping

import strawberry

from gateway import errors
from gateway.adapter import Batch
from gateway.sources.storyblok import calls, normalise, wire
from gateway.sources.storyblok.lists import Lists
from gateway.sources.storyblok.spaces import REFUSALS, Spaces
from gateway.upstream.client import Client
from gateway.upstream.together import together
from gateway.upstream.trace import Trace
from schema.types.ids import GlobalId, Kind
from schema.types.reference import Reference, ReferenceKind
from schema.types.source import Source

KINDS: Mapping[ReferenceKind, bool] = dict.fromkeys(
    (ReferenceKind.SPACE, ReferenceKind.SPACE_ROLE, ReferenceKind.PERSON), False
)
"""What is listed, each without the need of a scope."""

Confirm = Callable[[str, errors.UpstreamFailure, Trace], Awaitable[None]]
"""Returns where a space is refused since the credential does not see it, else raises."""


class References:
    """Reads the lists.

    Args:
        client: sends.
        spaces: which of them are read.
        page_size: rows per page of the one list that has pages.
        max_pages: pages that each list may have.
    """

    def __init__(self, client: Client, spaces: Spaces, page_size: int, max_pages: int) -> None:
        self._client = client
        self._spaces = spaces
        self._page_size = page_size
        self._max_pages = max_pages

    async def read(
        self, kind: ReferenceKind, scope: str | None, trace: Trace
    ) -> AsyncIterator[Batch[Reference]]:
        """Yield all of a kind, each once: those of a space, else of every connected one at once.

        Args:
            kind: one of `KINDS`.
            scope: a space's id, untrusted; one that is not connected, or that the credential
                does not see, has none.
            trace: counts the calls.

        Raises:
            errors.Rejected: for a scope that is no space's id, or that is told of spaces.
        """
        if scope is not None:
            _refuse(kind, scope)
        if kind is ReferenceKind.SPACE:
            yield await self._connected(trace)
            return
        if scope is not None:
            if self._spaces.may_hold(scope):
                yield await self._held(kind, scope, self._spaces.confirm_hidden, trace)
            return
        spaces = await self._spaces.connected(trace)
        if spaces.dropped:
            yield Batch[Reference]((), spaces.dropped)
        for batch in await together(
            self._held(kind, space, self._spaces.pass_over, trace) for space in spaces.rows
        ):
            yield batch

    async def _connected(self, trace: Trace) -> Batch[Reference]:
        listed = await self._spaces.listed(trace)
        rows = [
            _reference(normalise.global_id(Kind.SPACE, "", one.id), one.name)
            for one in listed.rows
            if self._spaces.may_hold(str(one.id))
        ]
        return Batch(rows, listed.dropped)

    async def _held(
        self, kind: ReferenceKind, space: str, confirm: Confirm, trace: Trace
    ) -> Batch[Reference]:
        """Read what a space holds: nothing, where it is confirmed that it is not seen."""
        lists = Lists(self._client, trace, self._max_pages)
        read = self._roles if kind is ReferenceKind.SPACE_ROLE else self._people
        try:
            return await read(space, lists)
        except REFUSALS as failure:
            await confirm(space, failure, trace)
            return Batch(())

    async def _roles(self, space: str, lists: Lists) -> Batch[Reference]:
        found = await lists.whole(calls.list_space_roles(space), wire.SpaceRole)
        rows = [
            _reference(normalise.global_id(Kind.SPACE_ROLE, space, row.wire.id), row.wire.role)
            for row in found.rows
        ]
        return Batch(rows, found.dropped)

    async def _people(self, space: str, lists: Lists) -> Batch[Reference]:
        """Read the collaborators; one who is only invited is no user yet and is passed over."""
        call = calls.list_collaborators(space, self._page_size)
        found = await lists.whole(call, wire.Collaborator)
        users = {normalise.user_of(row.wire): row.wire.user for row in found.rows}
        people = [normalise.person(space, one, user) for one, user in users.items() if one]
        nobody = [row for row in found.rows if _is_nobody(row.wire)]
        rows = [
            _reference(GlobalId.parse(one.id), one.full_name or one.display_name, one.display_id)
            for one in people
        ]
        return Batch(rows, found.dropped + len(nobody))


def _is_nobody(collaborator: wire.Collaborator) -> bool:
    return normalise.user_of(collaborator) is None and collaborator.invitation is None


def _refuse(kind: ReferenceKind, scope: str) -> None:
    """Refuse a scope that Storyblok could not understand."""
    if kind is ReferenceKind.SPACE:
        message = "`scopeSourceId`: Storyblok's spaces are of nothing else; leave it out."
        raise errors.Rejected(message)
    if not normalise.is_number(scope):
        message = "`scopeSourceId`: Storyblok gives no such id to a space; ids are numbers."
        raise errors.Rejected(message)


def _reference(id: GlobalId, name: str | None, display_id: str | None = None) -> Reference:  # noqa: A002 - the graph's word
    return Reference(
        id=strawberry.ID(str(id)),
        source=Source.STORYBLOK,
        source_id=strawberry.ID(id.source_id),
        kind=ReferenceKind(id.kind.value),
        display_id=display_id,
        name=name,
    )
