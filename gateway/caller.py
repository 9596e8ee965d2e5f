"""Who asks, and what that caller may do."""

import hashlib
import os
from collections.abc import Iterable, Mapping

import msgspec
from msgspec import structs

from gateway.settings import Secret
from schema.types.source import Source

_KEY = os.urandom(32)
"""A key of this process: what credentials are told apart by can be read off nowhere."""

READ, WRITE = "read", "write"
_EVERY = frozenset(Source)


class Caller(msgspec.Struct, frozen=True, kw_only=True):
    """Who asks.

    Attributes:
        name: shown in logs; "" is anybody.
        reads: the sources that may be read. writes: those that may be written to, and so read.
        credentials: what is sent to a source instead of the operator's credential, as that vendor's
            Authorization header has it.
        view: the same for all callers who see the same; "" for those who see all that the operator
            does. It is made of the other attributes.
    """

    name: str = ""
    reads: frozenset[Source] = _EVERY
    writes: frozenset[Source] = _EVERY
    credentials: Mapping[Source, Secret] = {}
    view: str = ""

    def __post_init__(self) -> None:
        """Make the view."""
        structs.force_setattr(self, "view", self._seen())

    def _seen(self) -> str:
        if self.reads == _EVERY and not self.credentials:
            return ""
        seen = (sorted(source.value for source in self.reads), self._own())
        return hashlib.blake2b(repr(seen).encode(), key=_KEY, digest_size=16).hexdigest()

    def _own(self) -> list[tuple[str, str]]:
        """Return the caller's credentials, in plain."""
        return sorted((source.value, one.reveal()) for source, one in self.credentials.items())

    @property
    def owner(self) -> str:
        """Whose idempotency keys these are; nothing of a credential can be read off it.

        It is the same in every process and after a restart, as a key must be.
        """
        if not self.credentials:
            return self.name
        own = hashlib.blake2b(repr(self._own()).encode(), digest_size=16)
        return f"{self.name}\n{own.hexdigest()}"


ANYBODY = Caller()
"""Who asks where callers are not told apart."""


class UnknownRoleError(ValueError):
    """A role is none; the message says what there is."""

    def __init__(self, role: str) -> None:
        known = f"{READ}, {WRITE}, or such as {Source.DEVREV.value}:{READ}"
        super().__init__(f"{role!r} is no role; roles are {known}")


def caller(name: str, roles: Iterable[str]) -> Caller:
    """Return the caller who has some roles: "read", "write", "devrev:read", "devrev:write" ...

    Who may write to a source may read it.

    Raises:
        UnknownRoleError: if one is none.
    """
    may: dict[str, set[Source]] = {READ: set(), WRITE: set()}
    for role in roles:
        owner, _, what = role.rpartition(":")
        try:
            may[what] |= {Source(owner)} if owner or ":" in role else _EVERY
        except (KeyError, ValueError):
            raise UnknownRoleError(role) from None
    return Caller(name=name, reads=frozenset(may[READ] | may[WRITE]), writes=frozenset(may[WRITE]))
