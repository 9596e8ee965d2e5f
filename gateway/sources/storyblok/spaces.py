"""Which spaces are read: those of the settings, or else all that the credential sees."""

from msgspec import structs

from gateway import errors
from gateway.adapter import Batch
from gateway.sources.storyblok import calls, wire
from gateway.sources.storyblok.lists import Lists
from gateway.upstream.client import Client
from gateway.upstream.together import together
from gateway.upstream.trace import Trace
from schema.types.sources import SourceStatus

REFUSALS = (errors.Missing, errors.Forbidden, errors.Unauthenticated)
"""What the vendor may answer about a space that the credential does not see."""


class Spaces:
    """Knows the spaces.

    Args:
        client: sends.
        configured: the spaces of the settings, None for all that the credential sees.
        max_pages: pages that the list of spaces may have.
    """

    def __init__(
        self,
        client: Client,
        configured: tuple[str, ...] | None,
        max_pages: int,
    ) -> None:
        self.configured = configured
        self._client = client
        self._max_pages = max_pages

    def may_hold(self, space: str) -> bool:
        """Tell whether a space may be asked at all."""
        return self.configured is None or space in self.configured

    async def connected(self, trace: Trace) -> Batch[str]:
        """Return the spaces to read; no call where the settings name them."""
        if self.configured is not None:
            return Batch(self.configured)
        listed = await self.listed(trace)
        return Batch([str(one.id) for one in listed.rows], listed.dropped)

    async def listed(self, trace: Trace, *, is_fresh: bool = False) -> Batch[wire.Space]:
        """Return the spaces that the credential sees: of this moment, or as they are kept."""
        call = calls.list_spaces()
        if is_fresh:
            call = structs.replace(call, kept_as=None)
        lists = Lists(self._client, trace, self._max_pages)
        try:
            found = await lists.whole(call, wire.Space)
        except errors.Missing as failure:
            message = f"{self._client.source.name} has no list of spaces; is its address right?"
            raise errors.BadResponse(
                self._client.source, message, status=failure.status
            ) from failure
        return Batch([row.wire for row in found.rows], found.dropped)

    async def confirm_hidden(
        self, space: str, failure: errors.UpstreamFailure, trace: Trace
    ) -> None:
        """Make sure that a space was refused since the credential does not see it.

        Raises:
            errors.UpstreamFailure: what else it was.
        """
        is_missing = isinstance(failure, errors.Missing)
        if is_missing and self.configured is not None:
            return
        if space not in await self._seen(trace):
            return
        if is_missing:
            message = f"{self._client.source.name} shows a space, but not what every space has."
            raise errors.BadResponse(
                self._client.source, message, status=failure.status
            ) from failure
        raise failure

    async def pass_over(self, space: str, failure: errors.UpstreamFailure, trace: Trace) -> None:
        """Let a list go on without a space that the credential no longer sees.

        Raises:
            errors.UpstreamFailure: if the space is configured, or the failure was another.
        """
        await self.confirm_hidden(space, failure, trace)
        if self.configured is not None:
            self._client.health.bad(SourceStatus.FORBIDDEN)
            raise self.hidden(space, failure.status) from failure

    def hidden(self, space: str, status: int | None = None) -> errors.Forbidden:
        """Return the failure of a configured space that the credential does not see."""
        name = self._client.source.name
        message = f"{name} does not show space {space} to the gateway's credential."
        return errors.Forbidden(self._client.source, message, status=status)

    async def check(self, trace: Trace, *, one_by_one: bool) -> list[str]:
        """Make sure that the credential sees every configured space; return what it sees.

        Args:
            trace: counts the calls.
            one_by_one: ask for each configured space, as an OAuth token is good for one only.

        Raises:
            errors.Forbidden: naming a configured space that it does not see.
        """
        if self.configured is not None and one_by_one:
            await together(self._look(space, trace) for space in self.configured)
            return list(self.configured)
        seen = await self._seen(trace)
        for space in self.configured or ():
            if space not in seen:
                raise self.hidden(space)
        return seen

    async def _seen(self, trace: Trace) -> list[str]:
        return [str(one.id) for one in (await self.listed(trace, is_fresh=True)).rows]

    async def _look(self, space: str, trace: Trace) -> None:
        try:
            await self._client.send(calls.get_space(space), trace)
        except REFUSALS as failure:
            await self.confirm_hidden(space, failure, trace)
            raise self.hidden(space, failure.status) from failure
