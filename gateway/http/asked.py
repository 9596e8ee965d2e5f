"""Reads what a request asks for, as GraphQL over HTTP has it."""

from collections.abc import Mapping
from typing import Any

import msgspec
from starlette.datastructures import QueryParams
from starlette.types import Receive, Scope

from gateway.http.taken import JSON, RESPONSE_JSON, accepted, sent
from schema.types.errors import ErrorCode

_BODY = 'The body takes an object like {"query": "{ __typename }", "variables": {}}'

_ONE = (
    'The body takes one operation, an object with a "query"; batches are not taken. Send each '
    "operation by a request of its own, or several fields in one operation."
)

_NONE = "Give an operation: ?query={__typename}, or POST one as JSON, its text in `query`."

_VERSION = 1
"""Of Apollo's protocol."""

_TAKEN = f"Answers are {RESPONSE_JSON} or {JSON}; the Accept header takes neither."


class BadRequestError(Exception):
    """A request is no GraphQL request.

    Args:
        status: HTTP status of the answer.
        message: what is wrong and what to send.
        headers: of the answer.
        code: kind of the error.
    """

    is_well_formed = False
    """Whether it is one, though it is not run; the older media type tells of that by 200."""

    def __init__(
        self,
        status: int,
        message: str,
        headers: Mapping[str, str] | None = None,
        code: str = ErrorCode.VALIDATION.value,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.headers = headers or {}
        self.code = code


class NotRunError(BadRequestError):
    """A well-formed request is not run."""

    is_well_formed = True


class PersistedQuery(msgspec.Struct, frozen=True, rename="camel"):
    """What names a document in Apollo's protocol."""

    version: int
    sha256_hash: str


class Extensions(msgspec.Struct, frozen=True, rename="camel"):
    """The extensions that are looked at; clients send others, which tell nothing here."""

    persisted_query: PersistedQuery | None = None


class Asked(msgspec.Struct, frozen=True, rename="camel"):
    """What is asked: a document, which of its operations, and its variables."""

    query: str = ""
    operation_name: str | None = None
    variables: dict[str, Any] | None = None
    extensions: Extensions | None = None
    document_id: str | None = None

    @property
    def is_plain(self) -> bool:
        """Whether there is nothing but a text that could name the document."""
        return self.extensions is None and self.document_id is None

    @property
    def document(self) -> str | None:
        """The name of the document, such as "sha256:..."; None where its text alone came."""
        if self.document_id is not None:
            return self.document_id
        persisted = self.extensions and self.extensions.persisted_query
        return f"sha256:{persisted.sha256_hash}" if persisted else None


_asked = msgspec.json.Decoder(Asked)
_variables = msgspec.json.Decoder(dict[str, Any] | None)
_extensions = msgspec.json.Decoder(Extensions | None)


class Headers:
    """The headers of a request that the endpoint reads.

    Attributes:
        media_type: to answer in; None where the client takes none that there is.
        content_type: of the body, as it came.
        coding: of the body, as it came.
        is_traced: whether the upstream calls are asked for.
        wants_page: whether a page for people is asked for.
    """

    __slots__ = ("coding", "content_type", "is_traced", "media_type", "wants_page")

    def __init__(self, scope: Scope) -> None:
        self.media_type: str | None = JSON
        self.content_type = b""
        self.coding = b""
        self.is_traced = False
        self.wants_page = False
        accept = b""
        for name, value in scope["headers"]:
            if name == b"content-type":
                self.content_type = value
            elif name == b"accept":
                accept = accept + b"," + value if accept else value
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


async def from_body(headers: Headers, receive: Receive) -> Asked:
    """Read a POST's JSON body.

    What a form of a foreign page can send without asking first is refused by its type.

    Raises:
        BadRequestError: if it holds no operation.
    """
    kind = sent(headers.content_type)
    if kind.media_type != JSON or not kind.is_utf_8:
        told = headers.content_type.decode("latin-1") or "of no type"
        message = f"Send a body of type {JSON}, in UTF-8; this one is {told}."
        raise BadRequestError(415, message, {"Accept": JSON})
    if headers.coding and headers.coding.strip().lower() != b"identity":
        message = f"Send a body of type {JSON} as it is: no Content-Encoding is taken."
        raise BadRequestError(415, message, {"Accept-Encoding": "identity"})
    body = await _whole(receive)
    try:
        return _asking(_decode(body, _asked, _BODY))
    except BadRequestError:
        if body.lstrip(b" \t\r\n").startswith(b"["):
            raise BadRequestError(400, _ONE) from None
        raise


def from_query(scope: Scope) -> Asked:
    """Read a GET's query string.

    Raises:
        BadRequestError: if it holds no operation, or comes by another method.
    """
    if scope["method"] not in {"GET", "HEAD"}:
        message = f"{scope['method']} is not taken here; send a POST."
        raise BadRequestError(405, message, {"Allow": "GET, HEAD, POST"})
    given = QueryParams(scope["query_string"])
    return _asking(
        Asked(
            given.get("query", ""),
            given.get("operationName") or None,
            _mapping(given, "variables", _variables),
            _mapping(given, "extensions", _extensions),
            given.get("documentId") or None,
        )
    )


def _mapping(given: QueryParams, name: str, decoder: msgspec.json.Decoder[Any]) -> Any:
    text = given.get(name)
    return _decode(text, decoder, f"`{name}` takes a JSON object") if text else None


async def _whole(receive: Receive) -> bytes:
    message = await receive()
    body: bytes = message.get("body", b"")
    while message["type"] == "http.request" and message.get("more_body", False):
        message = await receive()
        body += message.get("body", b"")
    if message["type"] != "http.request":
        raise BadRequestError(400, "The body ended too early.")
    return body


def _decode(text: bytes | str, decoder: msgspec.json.Decoder[Any], what: str) -> Any:
    try:
        if isinstance(text, bytes) and not text.isascii():
            text.decode()  # the decoder does not look at what it skips
        return decoder.decode(text)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        reason = str(error) if isinstance(error, msgspec.DecodeError) else "not readable"
        raise BadRequestError(400, f"{what}: {reason}.") from None


def _asking(asked: Asked) -> Asked:
    if asked.is_plain:
        if not asked.query.strip():
            raise BadRequestError(400, _NONE)
        return asked
    persisted = asked.extensions and asked.extensions.persisted_query
    if persisted and persisted.version != _VERSION:
        message = f"Version {persisted.version} of `persistedQuery` is not known; send {_VERSION}."
        raise BadRequestError(400, message)
    if not asked.query.strip() and asked.document is None:
        raise BadRequestError(400, _NONE)
    return asked
