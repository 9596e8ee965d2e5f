"""Whose answers a client keeps, and for how long."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import msgspec

from gateway.cache.cache import Cache
from gateway.cache.keys import Key, Scope
from gateway.cache.versions import Versions
from gateway.upstream.call import Call
from gateway.upstream.limits import windows
from gateway.upstream.pace import Pace
from gateway.upstream.paces import Paces
from gateway.upstream.shared import Shared
from schema.types.ids import Kind


class Keeping(msgspec.Struct, frozen=True):
    """What a client needs to keep answers.

    Attributes:
        cache: keeps them.
        scope: of the address and the credential that they were asked for with.
        seconds: for how long, by kind of object; 0 keeps nothing, but shares what is under way.
        paces: the lines of all credentials; None where no two clients have the same.
    """

    cache: Cache
    scope: Scope
    seconds: Mapping[Kind, float]
    paces: Paces | None = None

    @property
    def versions(self) -> Versions:
        """The versions of what the answers hold."""
        return self.cache.versions

    def pace(self, limit: str | None, concurrency: int, now: Callable[[], datetime]) -> Pace:
        """Return the line of the credential: all of its clients and its gateways share the quota.

        Args:
            limit: calls per time.
            concurrency: calls at once.
            now: the clock, in UTC.
        """
        name = self.scope.key("pace", "turns")

        def make() -> Pace:
            slots, found = self.cache.slots, windows(limit or "none")
            shared = Shared(slots, name, found) if slots is not None and found else None
            return Pace(limit, concurrency, now, shared)

        return make() if self.paces is None else self.paces.of(name, make)

    async def meet(self, call: Call[Any]) -> None:
        """See to it that the versions of what a call's answer holds are known."""
        await self.versions.meet(self.scope, call.holds)

    def key(self, call: Call[Any]) -> Key:
        """Return the key of a call's answer, as of now: a write gives it another."""
        versions = self.versions.of(self.scope, call.holds)
        name = f"{call.method} {call.route}"
        asked = (call.params, call.query, call.body)
        return self.scope.key("call", name, call.answer.__name__, *asked, versions)
