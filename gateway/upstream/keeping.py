"""Whose answers a client keeps, and for how long."""

from collections.abc import Mapping
from typing import Any

import msgspec

from gateway.cache.cache import Cache
from gateway.cache.keys import Key, Scope
from gateway.upstream.call import Call
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

    def key(self, call: Call[Any]) -> Key:
        """Return the key of a call's answer."""
        name = f"{call.method} {call.route}"
        return self.scope.key(
            "call", name, call.answer.__name__, call.params, call.query, call.body
        )
