"""The endpoint: GraphQL over HTTP, and the explorer for browsers."""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec
from graphql import GraphQLError, OperationDefinitionNode, parse
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from strawberry import Schema
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError
from strawberry.types.graphql import OperationType

from gateway.context import RequestContext
from gateway.http import explorer
from gateway.http.failures import shown
from gateway.http.operation import BadRequestError, Operation, read_operation
from gateway.upstream.trace import Log
from schema.types.errors import ErrorCode

PATH = "/graphql"

_RESPONSE_JSON = "application/graphql-response+json"
_JSON = "application/json"
_NAME_ONE = "`operationName` must name one of the document's operations."


def _media_type(request: Request) -> str:
    """Return the type to answer in: the one of GraphQL over HTTP if the client knows it."""
    return _RESPONSE_JSON if _RESPONSE_JSON in request.headers.get("Accept", "") else _JSON


def _wants_page(request: Request) -> bool:
    return (
        request.method in {"GET", "HEAD"}
        and "query" not in request.query_params
        and "text/html" in request.headers.get("Accept", "")
    )


def _answer(
    body: dict[str, Any],
    media_type: str,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> Response:
    return Response(msgspec.json.encode(body), status, headers, media_type)


class Endpoint:
    """Answers operations.

    Args:
        schema: the graph.
        new_context: makes a request's context.
        trace: whether answers list the upstream calls: "off", "on", or "header" for those whose
            request asks for it by `X-Stagegraph-Trace: upstream`.
    """

    def __init__(
        self, schema: Schema, new_context: Callable[[], RequestContext], trace: str = "off"
    ) -> None:
        self._schema = schema
        self._new_context = new_context
        self._trace = trace

    def routes(self) -> list[BaseRoute]:
        """Return the endpoint's route and those of the explorer's files."""
        return [Route(PATH, self.answer, methods=["GET", "POST"]), *explorer.routes()]

    async def answer(self, request: Request) -> Response:
        """Answer one request."""
        if _wants_page(request):
            return explorer.page()
        media_type = _media_type(request)
        try:
            operation = await read_operation(request)
            _refuse_ambiguous(operation)
        except BadRequestError as error:
            return _refused(error.message, media_type, error.status)
        allowed = {OperationType.QUERY}
        if request.method == "POST":
            allowed.add(OperationType.MUTATION)
        context = self._new_context()
        await context.begin()
        try:
            result = await self._schema.execute(
                operation.query,
                variable_values=operation.variables,
                context_value=context,
                operation_name=operation.operation_name,
                allowed_operation_types=allowed,
            )
        except (InvalidOperationTypeError, CannotGetOperationTypeError) as error:
            return _not_this_one(request, error, media_type)
        finally:
            await context.close()
        return _shown(result, media_type, context.log if self._is_traced(request) else None)

    def _is_traced(self, request: Request) -> bool:
        asked = request.headers.get("X-Stagegraph-Trace", "").strip().lower() == "upstream"
        return self._trace == "on" or (self._trace == "header" and asked)


def _refused(
    message: str, media_type: str, status: int, headers: Mapping[str, str] | None = None
) -> Response:
    error = {"message": message, "extensions": {"code": ErrorCode.VALIDATION.value}}
    return _answer({"errors": [error]}, media_type, status, headers)


def _not_this_one(request: Request, error: Exception, media_type: str) -> Response:
    """Refuse an operation that the document does not have, or that the method does not take."""
    if isinstance(error, InvalidOperationTypeError):
        message = f"{request.method} does not take {error.operation_type.value} operations."
        return _refused(message, media_type, 405, {"Allow": "POST"})
    status = 400 if media_type == _RESPONSE_JSON else 200
    return _refused(_NAME_ONE, media_type, status)


def _refuse_ambiguous(operation: Operation) -> None:
    """Refuse to choose one of several operations, which Strawberry would do by itself."""
    if operation.operation_name is not None:
        return
    try:
        document = parse(operation.query, no_location=True)
    except (GraphQLError, RecursionError):
        return  # told in full by the execution
    if sum(isinstance(one, OperationDefinitionNode) for one in document.definitions) > 1:
        raise BadRequestError(400, _NAME_ONE)


def _shown(result: Any, media_type: str, log: Log | None) -> Response:
    body: dict[str, Any] = {}
    errors = [shown(error) for error in result.errors or ()]
    if errors:
        body["errors"] = errors
    was_run = result.data is not None or any("path" in error for error in errors)
    if was_run:
        body["data"] = result.data
    if log is not None:
        body["extensions"] = {"upstream": [sent.told() for sent in log]}
    # In the older type, clients take every well-formed answer from 200.
    status = 200 if was_run or media_type == _JSON else 400
    return _answer(body, media_type, status)
