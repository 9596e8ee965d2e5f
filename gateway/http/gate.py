"""Bounds the requests that are run at once: what is too many is refused before it costs."""

import logging
import time
from collections.abc import Callable, Iterable
from typing import Self

import msgspec

from gateway.http.refusals import BadRequestError
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
        told: returns what pages of an origin are told with every answer, as headers.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._refused = 0
        self._told_at = 0.0
        self.inside = 0
        self.told: Callable[[bytes | None], Headers] = _nothing

    @property
    def is_full(self) -> bool:
        """Whether no more can come in."""
        return self.inside >= self._most

    def refusal(self, headers: Headers) -> bytes:
        """Return the whole answer to a request that is refused as it comes, by its headers."""
        self._note()
        origin = next((value for name, value in headers if name == b"origin"), None)
        more = b"".join(b"%b: %b\r\n" % pair for pair in self.told(origin))
        return _REFUSAL % more

    def _note(self) -> None:
        self._refused += 1
        now = time.monotonic()
        if now >= self._told_at + _TELLING:
            _log.warning("too many requests at once: %d were refused", self._refused)
            self._told_at, self._refused = now, 0

    def refuse_excess(self) -> None:
        """Refuse a request before anything is done for it, if it could not come in.

        Raises:
            OverloadedError: if so.
        """
        if self.inside >= self._most:
            raise OverloadedError

    def __enter__(self) -> Self:
        self.inside += 1
        return self

    def __exit__(self, *_: object) -> None:
        self.inside -= 1
