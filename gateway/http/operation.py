"""Reads the operation out of a request, as GraphQL over HTTP has it."""

from typing import Any

import msgspec
from starlette.requests import ClientDisconnect, Request


class BadRequestError(Exception):
    """A request is no GraphQL request.

    Args:
        status: HTTP status of the answer.
        message: what is wrong and what to send.
    """

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


class Operation(msgspec.Struct, frozen=True, rename="camel"):
    """What is asked: a document, which of its operations, and its variables."""

    query: str
    operation_name: str | None = None
    variables: dict[str, Any] | None = None


def _decode(body: bytes | str, kind: Any, what: str) -> Any:
    try:
        return msgspec.json.decode(body, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        reason = str(error) if isinstance(error, msgspec.DecodeError) else "not readable"
        raise BadRequestError(400, f"{what}: {reason}.") from None


async def read_operation(request: Request) -> Operation:
    """Read a GET's query string or a POST's JSON body.

    Raises:
        BadRequestError: if it holds no operation.
    """
    if request.method in {"GET", "HEAD"}:
        return _from_query(request)
    kind = request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        message = f"Send a body of type application/json; this one is {kind or 'of no type'}."
        raise BadRequestError(415, message)
    what = 'The body takes an object like {"query": "{ __typename }", "variables": {}}'
    try:
        body = await request.body()
    except ClientDisconnect:
        raise BadRequestError(400, "The body ended too early.") from None
    operation: Operation = _decode(body, Operation, what)
    return _asking(operation)


def _from_query(request: Request) -> Operation:
    asked = request.query_params
    if "query" not in asked:
        message = "Give an operation: ?query={__typename}, or POST one as JSON."
        raise BadRequestError(400, message)
    variables = asked.get("variables")
    return _asking(
        Operation(
            asked["query"],
            asked.get("operationName"),
            _decode(variables, dict[str, Any] | None, "`variables` takes a JSON object")
            if variables
            else None,
        )
    )


def _asking(operation: Operation) -> Operation:
    if not operation.query.strip():
        raise BadRequestError(400, "`query` is empty; { __typename } is the least to ask for.")
    return operation
