"""Reads what a request asks for, as GraphQL over HTTP has it."""

from typing import Any

import msgspec
from starlette.datastructures import QueryParams
from starlette.types import Scope

from gateway.http.headers import Headers
from gateway.http.reading import Most, refuse_many_values
from gateway.http.refusals import BadRequestError
from gateway.http.taken import JSON, sent

_BODY = 'The body takes an object like {"query": "{ __typename }", "variables": {}}'

_ONE = (
    'The body takes one operation, an object with a "query"; batches are not taken. Send each '
    "operation by a request of its own, or several fields in one operation."
)

_NONE = "Give an operation: ?query={__typename}, or POST one as JSON, its text in `query`."

_PLAIN = JSON.encode()

_VERSION = 1
"""Of Apollo's protocol."""


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


def refuse_other_types(headers: Headers) -> None:
    """Refuse a body of another type, such as a form of a foreign page can send without asking.

    Raises:
        BadRequestError: with 415.
    """
    if headers.content_type != _PLAIN:
        kind = sent(headers.content_type)
        if kind.media_type != JSON or not kind.is_utf_8:
            told = headers.content_type.decode("latin-1") or "of no type"
            message = f"Send a body of type {JSON}, in UTF-8; this one is {told}."
            raise BadRequestError(415, message, {"Accept": JSON})
    if headers.coding and headers.coding.strip().lower() != b"identity":
        message = f"Send a body of type {JSON} as it is: no Content-Encoding is taken."
        raise BadRequestError(415, message, {"Accept-Encoding": "identity"})


def from_body(body: bytes, most: Most) -> Asked:
    """Read a POST's JSON body.

    Args:
        body: the whole of it.
        most: what it may have.

    Raises:
        BadRequestError: if it holds no operation.
    """
    try:
        asked = _asking(_decode(body, _asked, _BODY))
    except BadRequestError:
        if body.lstrip(b" \t\r\n").startswith(b"["):
            raise BadRequestError(400, _ONE) from None
        raise
    if asked.variables is not None:
        refuse_many_values(asked.variables, len(body), most.values)
    return asked


def from_query(scope: Scope, most: Most) -> Asked:
    """Read a GET's query string.

    Args:
        scope: ASGI's.
        most: what it may have.

    Raises:
        BadRequestError: if it holds no operation, or comes by another method.
    """
    if scope["method"] not in {"GET", "HEAD"}:
        message = f"{scope['method']} is not taken here; send a POST."
        raise BadRequestError(405, message, {"Allow": "GET, HEAD, POST"})
    given = QueryParams(scope["query_string"])
    values = _mapping(given, "variables", _variables)
    refuse_many_values(values, len(given.get("variables", "")), most.values)
    return _asking(
        Asked(
            given.get("query", ""),
            given.get("operationName") or None,
            values,
            _mapping(given, "extensions", _extensions),
            given.get("documentId") or None,
        )
    )


def _mapping(given: QueryParams, name: str, decoder: msgspec.json.Decoder[Any]) -> Any:
    text = given.get(name)
    return _decode(text, decoder, f"`{name}` takes a JSON object") if text else None


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
        if not asked.query or asked.query.isspace():
            raise BadRequestError(400, _NONE)
        return asked
    persisted = asked.extensions and asked.extensions.persisted_query
    if persisted and persisted.version != _VERSION:
        message = f"Version {persisted.version} of `persistedQuery` is not known; send {_VERSION}."
        raise BadRequestError(400, message)
    if not asked.query.strip() and asked.document is None:
        raise BadRequestError(400, _NONE)
    return asked
