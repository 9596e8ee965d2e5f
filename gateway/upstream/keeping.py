"""Whose answers a client keeps, and for how long."""

from collections.abc import Mapping
from typing import Any

import msgspec

from gateway.cache.cache import Cache
from gateway.cache.keys import Key, Scope
from gateway.cache.versions import Versions
from gateway.upstream.call import Call
from gateway.upstream.limits import windows
from gateway.upstream.shared import Shared
from schema.types.ids import Kind


class Keeping(msgspec.Struct, frozen=True):
    """What a client needs to keep answers.

    Attributes:
        cache: keeps them.
        scope: of the address and the credential that they were asked for with.
        seconds: for how long, by kind of object; 0 keeps nothing, but shares what is under way.
    """

    cache: Cache
    scope: Scope
    seconds: Mapping[Kind, float]

    @property
    def versions(self) -> Versions:
        """The versions of what the answers hold."""
        return self.cache.versions

    def shared(self, limit: str | None) -> Shared | None:
        """Return the turns that this credential's gateways share; None where this one is alone."""
        slots, found = self.cache.slots, windows(limit or "none")
        if slots is None or not found:
            return None
        return Shared(slots, self.scope.key("pace", "turns"), found)

    async def meet(self, call: Call[Any]) -> None:
        """See to it that the versions of what a call's answer holds are known."""
        await self.versions.meet(self.scope, call.holds)

    def key(self, call: Call[Any]) -> Key:
        """Return the key of a call's answer, as of now: a write gives it another."""
        versions = self.versions.of(self.scope, call.holds)
        name = f"{call.method} {call.route}"
        asked = (call.params, call.query, call.body)
        return self.scope.key("call", name, call.answer.__name__, *asked, versions)
