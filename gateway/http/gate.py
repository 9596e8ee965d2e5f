"""Bounds the requests that are answered at once: what is too many is refused before it costs."""

from typing import Self

from gateway.http.refusals import BadRequestError

OVERLOADED = "OVERLOADED"

_SECONDS = "1"
"""After which the refused may come back: in that time a full gate has let all through."""


class OverloadedError(BadRequestError):
    """There are too many requests at once; this one is not looked at."""

    def __init__(self) -> None:
        message = "Too many requests are being answered at this moment; send it again later."
        super().__init__(503, message, {"Retry-After": _SECONDS}, OVERLOADED)


class Gate:
    """Lets so many requests in at once; entered for each.

    A request is in from when its body is whole, so that bodies that do not come on keep nobody
    out. One that a kept answer is found for is in, but never waits there.

    Args:
        most: requests.

    Attributes:
        inside: requests that are in.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self.inside = 0

    def refuse_excess(self) -> None:
        """Refuse a request before anything is done for it, if it could not come in.

        Raises:
            OverloadedError: if so.
        """
        if self.inside >= self._most:
            raise OverloadedError

    def __enter__(self) -> Self:
        self.refuse_excess()
        self.inside += 1
        return self

    def __exit__(self, *_: object) -> None:
        self.inside -= 1
