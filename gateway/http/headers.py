"""What the headers of a request tell."""

import os
import re
from itertools import count

from starlette.types import Scope

from gateway.http.refusals import BadRequestError
from gateway.http.taken import JSON, RESPONSE_JSON, accepted

_TAKEN = f"Answers are {RESPONSE_JSON} or {JSON}; the Accept header takes neither."


_ID = re.compile(rb"[A-Za-z0-9.-]{8,64}")
"""A request id that is taken from a caller. An API key of ours, which has a _, is none."""

_BEGIN = os.urandom(6).hex().encode()
_numbers = count(1)


def _id(given: bytes) -> bytes:
    return given if given and _ID.fullmatch(given) else b"%s-%x" % (_BEGIN, next(_numbers))


def _length(given: bytes) -> int:
    return int(given[:18]) if given.isdigit() else 0


class Headers:
    """The headers of a request that the endpoint reads.

    Attributes:
        request_id: what its caller calls it by X-Request-ID, or a new one.
        media_type: to answer in; None where the client takes none that there is.
        accept_encoding: how answers may be compressed, as it came.
        content_type: of the body, as it came.
        coding: of the body, as it came.
        length: bytes of the body; 0 where it is not told.
        is_cacheable: whether caches on the way might keep the answer.
        is_traced: whether the upstream calls are asked for.
        wants_page: whether a page for people is asked for.
    """

    __slots__ = (
        "accept_encoding",
        "coding",
        "content_type",
        "is_cacheable",
        "is_traced",
        "length",
        "media_type",
        "request_id",
        "wants_page",
    )

    def __init__(self, scope: Scope) -> None:
        self.media_type: str | None = JSON
        self.accept_encoding = b""
        self.content_type = b""
        self.coding = b""
        self.length = 0
        self.is_cacheable = scope["method"] != "POST"
        self.is_traced = False
        self.wants_page = False
        self.request_id = b""
        accept = b""
        for name, value in scope["headers"]:
            if name == b"content-type":
                self.content_type = value
            elif name == b"content-length":
                self.length = _length(value)
            elif name == b"accept":
                accept = accept + b"," + value if accept else value
            elif name == b"accept-encoding":
                self.accept_encoding = value
            elif name == b"content-encoding":
                self.coding = value
            elif name == b"x-stagegraph-trace":
                self.is_traced = value.strip().lower() == b"upstream"
            elif name == b"x-request-id":
                self.request_id = value
        self.request_id = _id(self.request_id)
        if accept:
            self.media_type, self.wants_page = accepted(accept)

    def refuse_others(self) -> None:
        """Refuse a client that takes no answer that there is; nothing is run for it.

        Raises:
            BadRequestError: with 406.
        """
        if self.media_type is None:
            raise BadRequestError(406, _TAKEN)
