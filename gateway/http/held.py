"""What callers may hold of a process: connections, and answers that they do not read."""

import sys
from asyncio import Transport
from collections import OrderedDict
from contextlib import suppress
from functools import cache

_MOST_CONNECTIONS = 10_000
"""Of one process; idle ones make room for new ones."""

_FILES_FOR_OTHERS = 200
"""Of what a process may open, those that are not for connections of callers."""


@cache
def most_connections() -> int:
    """Return how many there may be; as many files as they take may be open from then on.

    Many systems let a process open fewer by itself than when it asks for more.
    """
    if sys.platform == "win32":
        return _MOST_CONNECTIONS
    import resource  # noqa: PLC0415 - not there on Windows

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _MOST_CONNECTIONS + _FILES_FOR_OTHERS
    may = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if 0 <= soft < may:
        with suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (may, hard))
            soft = may
    return max(1, min(wanted, may if soft < 0 else soft) - _FILES_FOR_OTHERS)


class Unread:
    """Answers that wait to be read. Where they are too large, the oldest are given up.

    Args:
        most: bytes of all.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._bytes: OrderedDict[Transport, int] = OrderedDict()
        self._sum = 0

    def add(self, transport: Transport) -> None:
        """Note one more."""
        self._bytes[transport] = size = transport.get_write_buffer_size()
        self._sum += size
        while self._sum > self._most and len(self._bytes) > 1:
            oldest = next(iter(self._bytes))
            self.remove(oldest)
            oldest.abort()

    def remove(self, transport: Transport) -> None:
        """Note that one was read, or given up."""
        self._sum -= self._bytes.pop(transport, 0)
