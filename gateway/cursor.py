"""The signed cursor: values to go on from, bound to one list, filter and order.

It is opaque, survives a restart, works on every gateway that has the same key, and is at most
2,048 bytes long. A source that failed keeps a place of its own in it, so that its rows come late
rather than never.
"""

import hashlib
import hmac
import zlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as BadBase64
from collections.abc import Mapping, Sequence

import msgspec

from gateway.errors import Rejected

MAX_LENGTH = 2048
TEXT_LENGTH = 64
"""Characters of a text that count in an order, and so are kept in a cursor."""

_PACKED, _PLAIN = b"\x01", b"\x02"
"""How a cursor is written: ids are long and alike, so that packed, even the longest places of all
sources fit; for one place that gains nothing, and costs more than all else."""

_SIGNATURE = 16

Value = str | int | None
"""What is ordered by: the start of a text, a number, microseconds since 1970, or null."""


class Place(msgspec.Struct, frozen=True, array_like=True):
    """A row's place in an order: its value, then its id."""

    value: Value
    id: str


class Cursor(msgspec.Struct, frozen=True, array_like=True):
    """Where a walk through a list stands.

    Attributes:
        list: digest of the list, filter and order that it belongs to.
        backward: which way the walk went.
        at: the row's place; None where a page had no row.
        others: places of the sources, by name, that stand elsewhere; None is at their start.
        misses: pages in a row that failures left without a row.
    """

    list: bytes
    backward: bool
    at: Place | None
    others: Mapping[str, Place | None] = {}
    misses: int = 0

    def place(self, source: str, *, backward: bool) -> Place | None:
        """Return a source's place for a walk in a direction; None is its start.

        A source lags behind only in the direction in which its rows were missed.
        """
        if self.at is None or backward == self.backward:
            return self.others.get(source, self.at)
        return self.at


class Cursors:
    """Signs and reads cursors.

    Args:
        keys: secrets; the first signs, all are accepted.
    """

    def __init__(self, keys: Sequence[bytes]) -> None:
        self._keys = keys

    def write(self, cursor: Cursor) -> str:
        """Return a cursor as clients see it."""
        plain = msgspec.msgpack.encode(cursor)
        body = _PACKED + zlib.compress(plain, 9) if cursor.others else _PLAIN + plain
        return urlsafe_b64encode(body + _sign(self._keys[0], body)).decode().rstrip("=")

    def read(self, text: str, list_digest: bytes, argument: str) -> Cursor:
        """Read a cursor that `write` made.

        Args:
            text: the cursor.
            list_digest: of the list that it is given to.
            argument: "after" or "before", for the message.

        Raises:
            Rejected: if it was altered, is of another gateway, or of another list.
        """
        cursor = self._verified(text)
        if cursor is None:
            message = (
                f"`{argument}` is no cursor of this gateway, or was altered; take it from "
                "`pageInfo` or `edges` as it is, or leave it out to start again."
            )
            raise Rejected(message)
        if cursor.list != list_digest:
            message = (
                f"`{argument}` is a cursor of another list, filter or order; leave it out to "
                "start this one."
            )
            raise Rejected(message)
        return cursor

    def _verified(self, text: str) -> Cursor | None:
        if len(text) > MAX_LENGTH or not text.isascii():
            return None
        try:
            whole = urlsafe_b64decode(text + "=" * (-len(text) % 4))
        except (BadBase64, ValueError):
            return None
        body, signature = whole[:-_SIGNATURE], whole[-_SIGNATURE:]
        signed = [hmac.compare_digest(signature, _sign(key, body)) for key in self._keys]
        # A second spelling of the same bytes (padding, stray characters) is an altered cursor.
        if not any(signed) or urlsafe_b64encode(whole).decode().rstrip("=") != text:
            return None
        way, rest = body[:1], body[1:]
        if way not in {_PACKED, _PLAIN}:
            return None
        try:
            plain = zlib.decompress(rest) if way == _PACKED else rest
            return msgspec.msgpack.decode(plain, type=Cursor)
        except (zlib.error, msgspec.DecodeError):
            return None


def _sign(key: bytes, body: bytes) -> bytes:
    return hmac.digest(key, body, hashlib.sha256)[:_SIGNATURE]
