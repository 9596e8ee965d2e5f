"""One object of a vendor's answer: its wire struct, and its own bytes for `raw` and `version`."""

import hashlib
from collections.abc import Callable
from datetime import datetime
from functools import cache
from typing import Annotated, Any, Generic, TypeVar

import msgspec

Identity = Callable[[dict[str, Any]], Any]
"""Picks an object's own attributes and relations out of its JSON: what its version covers."""

Time = Annotated[datetime, msgspec.Meta(tz=True)]
"""A point in time; one without a zone makes no sense."""

Int32 = Annotated[int, msgspec.Meta(ge=-(2**31), le=2**31 - 1)]
"""What fits into a GraphQL Int."""

T = TypeVar("T")
W = TypeVar("W", bound=msgspec.Struct)

_encoder = msgspec.json.Encoder(order="sorted")


class Origin:
    """Satisfies `schema.types.resource.Origin`; decodes only when asked."""

    __slots__ = ("_body", "_identity", "fetched_at")

    def __init__(self, body: bytes, fetched_at: datetime, identity: Identity) -> None:
        self._body = body
        self._identity = identity
        self.fetched_at = fetched_at

    @property
    def size(self) -> int:
        """Bytes of the vendor's JSON."""
        return len(self._body)

    def raw(self) -> Any:
        """Return the vendor's whole JSON object."""
        return msgspec.json.decode(self._body)

    def version(self) -> str:
        """Return 24 hex digits that change when the object's own data does."""
        own = _encoder.encode(self._identity(self.raw()))
        return hashlib.blake2b(own, digest_size=12).hexdigest()


class Row(msgspec.Struct, Generic[W], frozen=True):
    """An object as its vendor sent it, and the graph object that was made of it."""

    wire: W
    origin: Origin
    memory: dict[Any, Any] = {}

    def made(self, make: Callable[["Row[W]"], T]) -> T:
        """Return what a function makes of it; a kept row is made only once.

        Args:
            make: the same function each time, not one made on the spot.
        """
        if make not in self.memory:
            self.memory[make] = make(self)
        return self.memory[make]


@cache
def _decoder(kind: Any) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(kind)


def decode(body: bytes | msgspec.Raw, kind: type[T]) -> T:
    """Decode JSON into a struct; raises msgspec.DecodeError."""
    return _decoder(kind).decode(body)


def decode_row(raw: msgspec.Raw, kind: type[W], fetched_at: datetime, identity: Identity) -> Row[W]:
    """Decode one object and copy its bytes out of the page, so that the page can be freed.

    What `wire` does not read must make sense too, for `raw` and `version`.
    """
    msgspec.json.decode(raw)
    return Row(decode(raw, kind), Origin(bytes(raw), fetched_at, identity))
