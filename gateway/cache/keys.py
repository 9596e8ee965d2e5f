"""Keys of kept answers. None can be made without telling whose answer it is."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any, Self

import msgspec

from schema.types.source import Source

_PERSON = b"stagegraph"
_SIZE = 16

Part = str | bytes | int | float | bool | Sequence[Any] | Mapping[str, Any] | None
"""Plain values, such as JSON has."""

# msgpack tells the length and the kind of everything, so no two lists have the same bytes.
_encoder = msgspec.msgpack.Encoder(order="deterministic")


def _digest(scope: bytes, *parts: Part) -> bytes:
    return hashlib.blake2b(
        _encoder.encode(parts), digest_size=_SIZE, key=scope, person=_PERSON
    ).digest()


class Key(str):
    """The key of an answer, made by `Scope.key` alone: what it is of, and a digest."""

    __slots__ = ()

    def __new__(cls, *_: object) -> Self:
        """Refuse to be made without a scope.

        Raises:
            TypeError: always.
        """
        message = "a key is made by Scope.key"
        raise TypeError(message)


class Scope:
    """Whose answers these are: a source, as seen by one credential. Made by `Scope.of` alone."""

    __slots__ = ("_digest",)

    _digest: bytes

    def __init__(self, *_: object) -> None:
        message = "a scope is made by Scope.of"
        raise TypeError(message)

    @classmethod
    def of(cls, source: Source, *identity: str) -> Self:
        """Return the scope of a source and a credential.

        Args:
            source: who answers.
            identity: all that decides what is answered to whom: the address, the credential. No
                text of it can be read off the keys.

        Raises:
            ValueError: if there is no identity, or one of its texts is empty.
        """
        if not identity or not all(identity):
            message = f"{source.name} has no identity, and so its answers no scope"
            raise ValueError(message)
        scope = cls.__new__(cls)
        object.__setattr__(scope, "_digest", _digest(b"", source.value, *identity))
        return scope

    def key(self, kind: str, name: str, *parts: Part) -> Key:
        """Return the key of an answer.

        Args:
            kind: of what is kept, such as "call".
            name: shown in the key, such as a route with its parameters in braces; no id, no secret.
            parts: all else that decides what is answered; only their digest is in the key.
        """
        digest = _digest(self._digest, kind, name, parts)
        return str.__new__(Key, f"{kind}:{name}:{digest.hex()}")
