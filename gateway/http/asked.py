"""Reads what a request asks for, as GraphQL over HTTP has it."""

from typing import Any

import msgspec
from starlette.datastructures import QueryParams
from starlette.types import Receive, Scope

from gateway.http.body import BadRequestError, read_body, refuse_many_values

RESPONSE_JSON = "application/graphql-response+json"
JSON = "application/json"

_BODY = 'The body takes an object like {"query": "{ __typename }", "variables": {}}'


class Asked(msgspec.Struct, frozen=True, rename="camel"):
    """What is asked: a document, which of its operations, and its variables."""

    query: str
    operation_name: str | None = None
    variables: dict[str, Any] | None = None


_asked = msgspec.json.Decoder(Asked)
_variables = msgspec.json.Decoder(dict[str, Any] | None)


class Headers:
    """The headers of a request that the endpoint reads.

    Attributes:
        media_type: to answer in: the one of GraphQL over HTTP if the client knows it.
        content_type: of the body, without parameters.
        length: bytes of the body; 0 where it is not told.
        is_traced: whether the upstream calls are asked for.
        wants_page: whether a page for people is asked for.
    """

    __slots__ = ("content_type", "is_traced", "length", "media_type", "wants_page")

    def __init__(self, scope: Scope) -> None:
        self.media_type = JSON
        self.content_type = ""
        self.length = 0
        self.is_traced = False
        self.wants_page = False
        for name, value in scope["headers"]:
            if name == b"content-type":
                self.content_type = value.partition(b";")[0].strip().lower().decode("latin-1")
            elif name == b"content-length":
                self.length = int(value[:18]) if value.isdigit() else 0
            elif name == b"accept":
                self.wants_page = b"text/html" in value
                if RESPONSE_JSON.encode() in value:
                    self.media_type = RESPONSE_JSON
            elif name == b"x-stagegraph-trace":
                self.is_traced = value.strip().lower() == b"upstream"


async def from_body(headers: Headers, receive: Receive, most: int) -> Asked:
    """Read a POST's JSON body.

    Args:
        headers: the request's.
        receive: ASGI's.
        most: bytes that it may have.

    Raises:
        BadRequestError: if it holds no operation.
    """
    if headers.content_type != JSON:
        kind = headers.content_type or "of no type"
        message = f"Send a body of type application/json; this one is {kind}."
        raise BadRequestError(415, message)
    body = await read_body(receive, headers.length, most)
    asked = _asking(_decode(body, _asked, _BODY))
    refuse_many_values(asked.variables, len(body))
    return asked


def from_query(scope: Scope) -> Asked:
    """Read a GET's query string.

    Raises:
        BadRequestError: if it holds no operation, or comes by another method.
    """
    if scope["method"] not in {"GET", "HEAD"}:
        message = f"{scope['method']} is not taken here; send a POST."
        raise BadRequestError(405, message, {"Allow": "GET, HEAD, POST"})
    given = QueryParams(scope["query_string"])
    if "query" not in given:
        message = "Give an operation: ?query={__typename}, or POST one as JSON."
        raise BadRequestError(400, message)
    variables = given.get("variables")
    what = "`variables` takes a JSON object"
    values = _decode(variables, _variables, what) if variables else None
    refuse_many_values(values, len(variables or ""))
    return _asking(Asked(given["query"], given.get("operationName"), values))


def _decode(text: bytes | str, decoder: msgspec.json.Decoder[Any], what: str) -> Any:
    try:
        return decoder.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        reason = str(error) if isinstance(error, msgspec.DecodeError) else "not readable"
        raise BadRequestError(400, f"{what}: {reason}.") from None


def _asking(asked: Asked) -> Asked:
    if not asked.query.strip():
        raise BadRequestError(400, "`query` is empty; { __typename } is the least to ask for.")
    return asked
