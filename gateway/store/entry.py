"""What the store keeps under a key."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

import msgspec
from msgspec import Meta

_PER_ENTRY = 1000
"""Bytes of an entry without a body: the struct, its dates, its key, its place in the order."""

_PER_HEADER = 200
"""Bytes of a header without its letters: two texts and their place in a dict."""

_Moment = Annotated[datetime, Meta(tz=True)]
_Kept = tuple[bytes, _Moment, _Moment, dict[str, str], bool]


class Entry(msgspec.Struct, weakref=True):
    """A kept answer.

    Attributes:
        body: the answer as it came.
        fetched_at: when it came.
        until: when it ends, whatever the store says.
        headers: the answer's headers that are worth keeping, names in lower case.
        missing: whether the answer was that there is no such thing.
        made: what this process made of the body, for those who come next; never part of the bytes,
            None until somebody sets it.
        mark: when it was asked for, by the clock of this process's versions; never part of the
            bytes, -1 where that is not known.
        is_doubtful: whether something in it makes no sense, so that it is not given past its time;
            never part of the bytes.
        trouble: why no newer one could be had, the latest time that was tried; never part of the
            bytes. tried_at: that time.
    """

    body: bytes
    fetched_at: datetime
    until: datetime
    headers: Mapping[str, str] = {}
    missing: bool = False
    made: Any = None
    mark: int = -1
    is_doubtful: bool = False
    trouble: Any = None
    tried_at: datetime | None = None

    def kept(self) -> tuple[object, ...]:
        """Return what its bytes are of: all but what is this process's own."""
        return self.body, self.fetched_at, self.until, self.headers, self.missing

    @property
    def size(self) -> int:
        """The bytes that it takes in memory, at most: the body, and what is made of it.

        Of the body's own size nothing may be made, or five times as much: a struct for each of many
        small objects, and the graph's object beside it.
        """
        letters = sum(len(name) + len(text) for name, text in self.headers.items())
        return _PER_ENTRY + 6 * len(self.body) + letters + _PER_HEADER * len(self.headers)


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(_Kept)


def to_bytes(entry: Entry) -> bytes:
    """Return an entry as msgpack."""
    return _encoder.encode(entry.kept())


def from_bytes(data: object) -> Entry | None:
    """Read what `to_bytes` made; None for anything else."""
    if not isinstance(data, bytes):
        return None
    try:
        return Entry(*_decoder.decode(data))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
