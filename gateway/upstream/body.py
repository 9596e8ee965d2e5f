"""Bodies, inflated no further than an honest one goes."""

import zlib
from collections.abc import AsyncIterable

from gateway.upstream.large import LARGE, Turns


class TooMuchError(Exception):
    """A body is larger than allowed."""


class Plain:
    """Collects a body that is sent as it is.

    Args:
        most: bytes that it may have.

    Attributes:
        size: bytes that are held.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self.size = 0
        self._parts: list[bytes] = []

    def feed(self, part: bytes) -> None:
        """Take a part.

        Raises:
            TooMuchError: if the body is larger than allowed.
        """
        self.size += len(part)
        if self.size > self._most:
            raise TooMuchError
        self._parts.append(part)

    def whole(self) -> bytes:
        """Return the body."""
        return b"".join(self._parts)  # one part is not copied

    async def read(self, stream: AsyncIterable[bytes], turns: Turns) -> bytes:
        """Return the body that comes, and hold nothing of it any more; raises as `feed` does.

        Args:
            stream: its parts.
            turns: one is taken to read on when the body is large.
        """
        has_turn = False
        part = b""
        try:
            async for part in stream:
                self.feed(part)
                if self.size > LARGE and not has_turn:
                    await turns.take()
                    has_turn = True
            return self.whole()
        finally:
            if has_turn:
                turns.give_back()
            part = b""
            self._parts.clear()
            self.size = 0


class Inflater(Plain):
    """Collects a body that is sent as gzip, whose bytes beyond the bound are never made."""

    def __init__(self, most: int) -> None:
        super().__init__(most)
        self._gzip = zlib.decompressobj(16 + zlib.MAX_WBITS)

    def feed(self, part: bytes) -> None:
        """Take a part; raises zlib.error too, if it is no gzip."""
        super().feed(self._gzip.decompress(part, self._most + 1 - self.size))
        if self._gzip.unconsumed_tail:
            raise TooMuchError
        if self._gzip.unused_data:
            message = "something follows the end"  # zlib would collect it without a bound
            raise zlib.error(message)

    def whole(self) -> bytes:
        """Return the body; raises zlib.error if its end is missing."""
        if not self._gzip.eof:
            message = "the end is missing"
            raise zlib.error(message)
        return super().whole()
