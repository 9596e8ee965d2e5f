"""What the headers of a request tell."""

import os
import re
from itertools import count
from typing import TYPE_CHECKING

from starlette.types import Scope

from gateway.http.refusals import BadRequestError
from gateway.http.taken import JSON, RESPONSE_JSON, accepted

if TYPE_CHECKING:
    from collections.abc import Mapping

_TAKEN = f"Answers are {RESPONSE_JSON} or {JSON}; the Accept header takes neither."


_ID = re.compile(rb"[A-Za-z0-9.-]{8,64}")
"""A request id that is taken from a caller. An API key of ours, which has a _, is none."""

_BEGIN = os.urandom(6).hex().encode()
_numbers = count(1)


def _id(given: bytes) -> bytes:
    return given if given and _ID.fullmatch(given) else b"%s-%x" % (_BEGIN, next(_numbers))


class Headers:
    """The headers of a request.

    Attributes:
        all: by name, in lower case; the last of those that came twice.
        request_id: what its caller calls it by X-Request-ID, or a new one.
        media_type: to answer in; None where the client takes none that there is.
        is_cacheable: whether caches on the way might keep the answer.
        wants_page: whether a page for people is asked for.
    """

    __slots__ = ("all", "is_cacheable", "media_type", "request_id", "wants_page")

    def __init__(self, scope: Scope) -> None:
        told = scope["headers"]
        self.all: Mapping[bytes, bytes] = dict(told)
        self.is_cacheable = scope["method"] != "POST"
        self.request_id = _id(self.all.get(b"x-request-id", b""))
        accept = self.all.get(b"accept")
        if accept is None:
            self.media_type, self.wants_page = JSON, False
            return
        if len(self.all) < len(told):
            accept = b",".join(value for name, value in told if name == b"accept")
        self.media_type, self.wants_page = accepted(accept) if accept else (JSON, False)

    @property
    def content_type(self) -> bytes:
        """The body's type, as it came."""
        return self.all.get(b"content-type", b"")

    @property
    def coding(self) -> bytes:
        """The body's coding, as it came."""
        return self.all.get(b"content-encoding", b"")

    @property
    def length(self) -> int:
        """Bytes of the body; 0 where it is not told."""
        given = self.all.get(b"content-length", b"")[:18]
        return int(given) if given.isdigit() else 0

    @property
    def accept_encoding(self) -> bytes:
        """How answers may be compressed, as it came."""
        return self.all.get(b"accept-encoding", b"")

    @property
    def is_traced(self) -> bool:
        """Whether the upstream calls are asked for."""
        return self.all.get(b"x-stagegraph-trace", b"").strip().lower() == b"upstream"

    def refuse_others(self) -> None:
        """Refuse a client that takes no answer that there is; nothing is run for it.

        Raises:
            BadRequestError: with 406.
        """
        if self.media_type is None:
            raise BadRequestError(406, _TAKEN)
