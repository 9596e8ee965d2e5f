"""Bounds the requests that are run at once: what is too many is refused before it costs."""

import asyncio
import logging
import time
from collections.abc import Callable, Iterable
from typing import Self

import msgspec

from gateway.http.core import busy_seconds
from gateway.http.refusals import BadRequestError
from gateway.http.room import Room
from gateway.http.taken import JSON

_log = logging.getLogger("stagegraph.http")

STATE = "gate"
"""Where connections find the gate, in ASGI's state."""

Headers = Iterable[tuple[bytes, bytes]]

OVERLOADED = "OVERLOADED"

_SECONDS = "1"
"""After which the refused may come back: in that time a full gate has let all through."""


_MESSAGE = "Too many requests are being answered at this moment; send it again later."

_TELLING = 1.0
"""Seconds between two lines of the log that tell how many were refused."""

_CROWDED_FOR = 1.0
"""Seconds after a refusal in which each request that comes is counted at once."""

_LOOKING, _SOON = 0.05, 0.01
"""Seconds between two looks at what those who are in take, and at least, where many come in."""


class OverloadedError(BadRequestError):
    """There are too many requests at once; this one is not looked at."""

    def __init__(self) -> None:
        super().__init__(503, _MESSAGE, {"Retry-After": _SECONDS}, OVERLOADED)


def _refusal() -> bytes:
    told = {"message": _MESSAGE, "extensions": {"code": OVERLOADED}}
    body = msgspec.json.encode({"errors": [told]})
    head = (
        f"HTTP/1.1 503 Service Unavailable\r\ncontent-type: {JSON}; charset=utf-8\r\n"
        f"retry-after: {_SECONDS}\r\ncontent-length: {len(body)}\r\n%b\r\n"
    )
    return head.encode() + body


_REFUSAL = _refusal()
_UNTOLD = _REFUSAL % b""


def _nothing(origin: bytes | None) -> Headers:
    del origin
    return ()


class Gate:
    """Lets so many requests in at once; entered for each, after `refuse_excess`.

    A request is in while it is run: bodies that do not come on keep nobody out, and those who are
    given a kept answer, or wait for one that is being made for others, cost next to nothing.

    Args:
        most: requests.

    Attributes:
        inside: requests that are in.
        beside: requests that were answered at once, and so were never in, since the last look.
        is_crowded: whether one was refused a moment ago.
        told: returns what pages of an origin are told with every answer, as headers.
    """

    def __init__(self, most: int) -> None:
        self._room = Room(most)
        self._coming = 0
        self._refused = 0
        self._refused_at = self._told_at = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self._looked_at = self._busy = 0.0
        self.inside = 0
        self.beside = 0
        self.is_crowded = False
        self.told: Callable[[bytes | None], Headers] = _nothing

    @property
    def is_full(self) -> bool:
        """Whether no more can come in."""
        return self.inside + self._coming >= self._room.limit

    def expect(self) -> None:
        """Count a request that has come and will ask to come in when its task begins.

        Hundreds come by one turn of the event loop: all would see the one place that is free, and
        be refused by their tasks, which costs five times as much.
        """
        if not self._coming:
            asyncio.get_running_loop().call_soon(self._have_come)
        self._coming += 1

    def _have_come(self) -> None:
        self._coming = 0

    def refusal(self, headers: Headers) -> bytes:
        """Return the whole answer to a request that is refused as it comes, by its headers."""
        self._note()
        if self.told is _nothing:
            return _UNTOLD
        origin = next((value for name, value in headers if name == b"origin"), None)
        more = b"".join(b"%b: %b\r\n" % pair for pair in self.told(origin))
        return _REFUSAL % more

    def _note(self) -> None:
        self._refused += 1
        self._refused_at = now = time.monotonic()
        self.is_crowded = True
        if now >= self._told_at + _TELLING:
            _log.warning("too many requests at once: %d were refused", self._refused)
            self._told_at, self._refused = now, 0

    def refuse_excess(self) -> None:
        """Refuse a request before anything is done for it, if it could not come in.

        Raises:
            OverloadedError: if so.
        """
        if self.inside >= self._room.enough and self._timer is not None:
            self._look_before(_SOON)
        if self.inside >= self._room.limit:
            self._note()
            raise OverloadedError

    def __enter__(self) -> Self:
        self.inside += 1
        if self._timer is None:
            loop = asyncio.get_running_loop()
            self._looked_at, self._busy, self.beside = loop.time(), busy_seconds(), 0
            self._timer = loop.call_later(_LOOKING, self._look)
        return self

    def __exit__(self, *_: object) -> None:
        self.inside -= 1
        self._room.done += 1

    def _look(self) -> None:
        """See what those who are in take, for as long as anybody is."""
        self._look_before(0)
        self.is_crowded = time.monotonic() < self._refused_at + _CROWDED_FOR
        if self.inside or self.is_crowded:
            self._timer = asyncio.get_running_loop().call_later(_LOOKING, self._look)
        else:
            self._timer = None
            self._room.rest()

    def _look_before(self, soonest: float) -> None:
        """Look, unless it was done less than so many seconds ago."""
        now = asyncio.get_running_loop().time()
        passed = now - self._looked_at
        if passed >= soonest:
            busy = busy_seconds()
            self._room.look(passed, busy - self._busy, self.inside, self.beside)
            self._looked_at, self._busy, self.beside = now, busy, 0
