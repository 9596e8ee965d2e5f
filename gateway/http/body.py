"""An answer's bytes, and the same compressed for those who take them so.

Compressed answers tell their length, and who can put a guess of his into an answer that has a
secret in it can so find the secret out. Here is none to find: an answer repeats nothing of a
request but what its own caller wrote, credentials are in no answer, and there are no cookies by
which a foreign page could ask in somebody else's name.
"""

import asyncio
import zlib

LEAST = 1000
"""Bytes of an answer that is worth compressing; less goes out in one packet as it is."""

_LEVEL = 3
"""Half the time of zlib's own level 6, for a tenth to a third more bytes."""

_GZIP = zlib.MAX_WBITS | 16

_AWAY = 200_000
"""Bytes that take a millisecond, for which others should not wait."""


class Body:
    """An answer's bytes, compressed once, when they are first wanted so.

    Args:
        plain: the bytes.
    """

    __slots__ = ("_compressed", "plain")

    def __init__(self, plain: bytes) -> None:
        self.plain = plain
        self._compressed: bytes | None = None

    @property
    def size(self) -> int:
        """The bytes that it takes in memory, about; compressed, they are some quarter more."""
        length = len(self.plain)
        return length if length < LEAST else length + length // 4

    async def compressed(self) -> bytes:
        """Return the bytes in gzip."""
        if self._compressed is None:
            is_large = len(self.plain) > _AWAY
            self._compressed = (
                await asyncio.to_thread(_gzip, self.plain) if is_large else _gzip(self.plain)
            )
        return self._compressed


def _gzip(plain: bytes) -> bytes:
    packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, _GZIP)
    return packer.compress(plain) + packer.flush()
