"""What the headers of a request tell."""

from starlette.types import Scope

from gateway.http.refusals import BadRequestError
from gateway.http.taken import JSON, RESPONSE_JSON, accepted

_TAKEN = f"Answers are {RESPONSE_JSON} or {JSON}; the Accept header takes neither."


class Headers:
    """The headers of a request that the endpoint reads.

    Attributes:
        media_type: to answer in; None where the client takes none that there is.
        accept_encoding: how answers may be compressed, as it came.
        content_type: of the body, as it came.
        coding: of the body, as it came.
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
        "media_type",
        "wants_page",
    )

    def __init__(self, scope: Scope) -> None:
        self.media_type: str | None = JSON
        self.accept_encoding = b""
        self.content_type = b""
        self.coding = b""
        self.is_cacheable = scope["method"] != "POST"
        self.is_traced = False
        self.wants_page = False
        accept = b""
        for name, value in scope["headers"]:
            if name == b"content-type":
                self.content_type = value
            elif name == b"accept":
                accept = accept + b"," + value if accept else value
            elif name == b"accept-encoding":
                self.accept_encoding = value
            elif name == b"content-encoding":
                self.coding = value
            elif name == b"x-stagegraph-trace":
                self.is_traced = value.strip().lower() == b"upstream"
        if accept:
            self.media_type, self.wants_page = accepted(accept)

    def refuse_others(self) -> None:
        """Refuse a client that takes no answer that there is; nothing is run for it.

        Raises:
            BadRequestError: with 406.
        """
        if self.media_type is None:
            raise BadRequestError(406, _TAKEN)
