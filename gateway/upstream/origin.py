"""One object of a vendor's answer: its wire struct, and its own bytes for `raw` and `version`."""

import hashlib
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from functools import cache
from typing import Annotated, Any, Generic, TypeVar, TypeVarTuple, cast

import msgspec

from gateway.store.lru import Lru
from gateway.upstream.parts import in_parts
from schema.types.process import Process
from schema.types.resource import Resource

Identity = Callable[[dict[str, Any]], Any]
"""Picks an object's own attributes and relations out of its JSON: what its version covers."""

Time = Annotated[datetime, msgspec.Meta(tz=True)]
"""A point in time; one without a zone makes no sense."""

Int32 = Annotated[int, msgspec.Meta(ge=-(2**31), le=2**31 - 1)]
"""What fits into a GraphQL Int."""

_MOST_KNOWN = 20_000
"""Objects of a kind that are known to make sense, at most: 2 MB of hashes."""

_MOST_SEEN, _LONGEST_SEEN = 8 * 10**6, 3600.0
"""Bytes of a kind's objects that are recognised when they come again, and for how many seconds."""

_MOST_MADE = 8
"""Things that are made of one object; whoever makes another drops them."""

_DEEPEST = 64
"""Levels of an object; the deepest that a vendor's pages show has nine."""

T = TypeVar("T")
Given = TypeVarTuple("Given")
W = TypeVar("W", bound=msgspec.Struct)

_encoder = msgspec.json.Encoder(order="sorted")


class Origin(msgspec.Struct):
    """Satisfies `schema.types.resource.Origin`; decodes only when asked.

    Attributes:
        body: the vendor's JSON of the object.
        fetched_at: when the answer came.
        identity: picks what the version covers.
        mark: when it was asked for, by the clock of this process's versions; -1 if not known.
        known_version: its version, once it was hashed.
    """

    body: bytes
    fetched_at: datetime
    identity: Identity
    mark: int = -1
    known_version: str = ""

    def __repr__(self) -> str:
        """Show nothing of the vendor's."""
        return f"Origin(<{self.size} bytes>)"

    @property
    def size(self) -> int:
        """Bytes of the vendor's JSON."""
        return len(self.body)

    def raw(self) -> Any:
        """Return the vendor's whole JSON object."""
        return msgspec.json.decode(self.body)

    def version(self) -> str:
        """Return 24 hex digits that change when the object's own data does."""
        if not self.known_version:
            own = _encoder.encode(self.identity(self.raw()))
            self.known_version = hashlib.blake2b(own, digest_size=12).hexdigest()
        return self.known_version


class Row(msgspec.Struct, Generic[W], frozen=True):
    """An object as its vendor sent it, and the graph objects that were made of it.

    Attributes:
        wire: the vendor's struct. origin: its bytes, and when they came.
        memory: what was made of it.
        shared: what was made of any row of the same bytes.
    """

    wire: W
    origin: Origin
    memory: dict[Any, Any] = {}
    shared: dict[Any, Resource] = {}

    def made(self, make: Callable[["Row[W]", *Given], T], *given: *Given) -> T:
        """Return what a function makes of it; of a kept row, or of equal bytes, only once.

        Args:
            make: the same function each time, not one made on the spot.
            given: what else the function takes.
        """
        place = (make, given) if given else make
        memory = self.memory
        if place in memory:
            return memory[place]
        same = self.shared.get(place)
        if same is None:
            made = make(self, *given)
            self._share(place, made)
        else:
            made = cast("T", _sent_again(same, self.origin))
        memory[place] = made
        return made

    def _share(self, place: Any, made: object) -> None:
        # A process holds stages, which have an origin of their own.
        if isinstance(made, Resource) and not isinstance(made, Process):
            if len(self.shared) >= _MOST_MADE:
                self.shared.clear()
            self.shared[place] = made


def _sent_again(earlier: Resource, origin: Origin) -> Resource:
    """Return a copy with everything that was made of the object already, but the origin."""
    copy = object.__new__(type(earlier))
    copy.__dict__ = {**vars(earlier), "origin": origin}
    return copy


@cache
def _decoder(kind: Any) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(kind)


def decode(body: bytes | msgspec.Raw, kind: type[T]) -> T:
    """Decode JSON into a struct; raises msgspec.DecodeError, whatever is wrong with it."""
    try:
        return _decoder(kind).decode(body)
    except UnicodeDecodeError as error:
        message = f"not UTF-8 at byte {error.start}"  # its own message shows the vendor's bytes
        raise msgspec.DecodeError(message) from None


def _inside(value: object) -> Iterable[Any]:
    if isinstance(value, dict):
        return cast("dict[str, Any]", value).values()
    return cast("list[Any]", value) if isinstance(value, list) else ()


def _is_too_deep(value: Any) -> bool:
    """Tell whether a value is nested so deep that who walks through it would fail."""
    level: list[Any] = [value]
    for _ in range(_DEEPEST):
        level = [inner for outer in level for inner in _inside(outer)]
        if not level:
            return False
    return True


class _Reader(Generic[W]):
    """Decodes objects of one kind, each looked through as a whole when it comes first.

    Rows mostly come again as they were. So the latest are recognised by all of their bytes, and
    what was decoded and made of them is used again; no answer is ever made of one that was not
    sent for it. Of many more it is remembered that they made sense, by a hash of 64 bits under a
    key of this process: to look through a row costs more than to decode it.

    Args:
        kind: what an object is decoded to.
    """

    def __init__(self, kind: type[W]) -> None:
        self._kind = kind
        self._decode: Callable[[bytes], W] = msgspec.json.Decoder(in_parts(kind)).decode
        self._known: set[int] = set()
        self._seen = Lru[bytes, Row[W], float](
            max_bytes=_MOST_SEEN, max_entries=_MOST_KNOWN, now=time.monotonic
        )

    def rows(
        self, raws: Iterable[msgspec.Raw], fetched_at: datetime, identity: Identity, mark: int
    ) -> Iterator[Row[W] | None]:
        """Yield objects with their bytes, copied out of the page, so that the page can be freed.

        One that makes no sense is None.
        """
        for raw in raws:
            body = bytes(raw)
            before = self._seen.get(body)
            if before is not None:
                same = before.origin
                origin = Origin(same.body, fetched_at, identity, mark, same.known_version)
                yield Row(before.wire, origin, {}, before.shared)
            elif hash(body) in self._known or self._makes_sense(body):
                row = Row(self._decode(body), Origin(body, fetched_at, identity, mark))
                until = time.monotonic() + _LONGEST_SEEN
                self._seen.put(body, row, len(body), until)
                yield row
            else:
                yield None

    def _makes_sense(self, body: bytes) -> bool:
        """Judge an object; what `wire` does not read counts too, for `raw` and `version`."""
        try:
            value = decode(body, object)
            decode(body, self._kind)
        except (msgspec.DecodeError, RecursionError):
            return False
        if body.count(b"{") + body.count(b"[") > _DEEPEST and _is_too_deep(value):
            return False
        if len(self._known) >= _MOST_KNOWN:
            self._known.clear()
        self._known.add(hash(body))
        return True


@cache
def _reader(kind: type[W]) -> _Reader[W]:
    return _Reader(kind)


def decode_rows(
    raws: Iterable[msgspec.Raw],
    kind: type[W],
    fetched_at: datetime,
    identity: Identity,
    mark: int = -1,
) -> list[Row[W] | None]:
    """Decode objects one by one, each in its place; one that makes no sense is None."""
    return list(_reader(kind).rows(raws, fetched_at, identity, mark))


def decode_row(
    raw: msgspec.Raw, kind: type[W], fetched_at: datetime, identity: Identity, mark: int = -1
) -> Row[W]:
    """Decode one object; raises msgspec.DecodeError if it makes no sense."""
    [row] = decode_rows([raw], kind, fetched_at, identity, mark)
    if row is None:
        message = "an object that makes no sense"
        raise msgspec.DecodeError(message)
    return row
