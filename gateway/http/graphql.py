"""The endpoint: GraphQL over HTTP, and the explorer for browsers."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, NamedTuple

import msgspec
from graphql import ExecutionResult, GraphQLError, OperationType
from starlette.routing import BaseRoute, Route
from starlette.types import Receive, Scope, Send

from gateway.context import ANYBODY, RequestContext
from gateway.execution import Engine, Operation
from gateway.http import answers, explorer
from gateway.http.answers import VARYING, Answers
from gateway.http.asked import (
    JSON,
    Asked,
    Headers,
    from_body,
    from_query,
)
from gateway.http.body import MOST_BYTES, BadRequestError
from gateway.http.failures import masked, shown
from gateway.upstream.trace import Log
from schema.types.errors import ErrorCode

PATH = "/graphql"

_NAME_ONE = "`operationName` must name one of the document's operations."

_encode = msgspec.json.Encoder().encode


class _Answer(NamedTuple):
    """An answer's body, whether an operation was run for it, and whether it has errors."""

    body: bytes
    was_run: bool
    has_errors: bool


class Endpoint:
    """Answers operations; an ASGI app.

    Args:
        engine: runs them.
        new_context: makes a request's context.
        begin: sees, as each operation begins, what other gateways have written up to then.
        answers: keeps whole answers; None keeps none.
        trace: whether answers list the upstream calls: "off", "on", or "header" for those whose
            request asks for it by `X-Stagegraph-Trace: upstream`.
        most: bytes of a body.
        explores: whether browsers get the explorer.
    """

    def __init__(
        self,
        engine: Engine,
        new_context: Callable[[], RequestContext],
        begin: Callable[[], Awaitable[None]],
        answers: Answers | None = None,
        *,
        trace: str = "off",
        most: int = MOST_BYTES,
        explores: bool = True,
    ) -> None:
        self._engine = engine
        self._new_context = new_context
        self._begin = begin
        self._trace = trace
        self._most = most
        self._explores = explores
        self._answers = answers

    def routes(self) -> list[BaseRoute]:
        """Return the endpoint's route and those of the explorer's files."""
        return [Route(PATH, self), *(explorer.routes() if self._explores else ())]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        headers, method = Headers(scope), scope["method"]
        try:
            if method == "POST":
                asked = await from_body(headers, receive, self._most)
            elif self._explores and method in {"GET", "HEAD"} and _wants_page(headers, scope):
                await explorer.page()(scope, receive, send)
                return
            else:
                asked = from_query(scope)
            status, body = await self._answer(asked, headers, method)
        except BadRequestError as error:
            body = _refused(error)
            await _reply(send, error.status, headers.media_type, body, error.headers)
        except Exception as error:  # noqa: BLE001 - whatever it is, nothing is told of it
            body = _encode({"errors": [masked(error)]})
            await _reply(send, 500, headers.media_type, body)
        else:
            await _reply(send, status, headers.media_type, body)

    async def _answer(self, asked: Asked, headers: Headers, method: str) -> tuple[int, bytes]:
        """Return the status and the body of an answer, the kept one if there is one."""
        await self._begin()
        is_traced = self._trace == "on" or (self._trace == "header" and headers.is_traced)
        if self._answers is None or is_traced:
            operation, context = self._operation(asked, method), self._new_context()
            context.is_traced = is_traced
            return _told(await self._run(operation, asked, context), headers)
        key = answers.key(asked.query, asked.operation_name, asked.variables, ANYBODY)
        kept = self._answers.get(key)
        if kept is not None:
            return 200, kept
        operation, context = self._operation(asked, method), self._new_context()
        if isinstance(operation, Operation) and _may_be_shared(operation):
            answer = await self._answers.share(
                key, lambda: self._run_and_keep(key, operation, asked, context)
            )
        else:
            answer = await self._run(operation, asked, context)
        return _told(answer, headers)

    async def _run_and_keep(
        self, key: answers.Key, operation: Operation, asked: Asked, context: RequestContext
    ) -> _Answer:
        answer = await self._run(operation, asked, context)
        if self._answers is not None and not answer.has_errors:
            self._answers.keep(key, answer.body, context.log.made_of)
        return answer

    async def _run(
        self, operation: Operation | ExecutionResult, asked: Asked, context: RequestContext
    ) -> _Answer:
        if isinstance(operation, ExecutionResult):
            return _shown(operation, None)
        try:
            result = self._engine.run(operation, asked.variables, context)
            if not isinstance(result, ExecutionResult):
                result = await result
        finally:
            await context.close()
        return _shown(result, context.log if context.is_traced else None)

    def _operation(self, asked: Asked, method: str) -> Operation | ExecutionResult:
        """Return the operation that is asked for, or what to answer where it cannot be run.

        Raises:
            BadRequestError: if that is no answer at all.
        """
        document = self._engine.document(asked.query)
        if document.errors:
            return ExecutionResult(None, list(document.errors))
        operation = document.operation(asked.operation_name)
        if operation is None:
            if asked.operation_name is None:
                raise BadRequestError(400, _NAME_ONE)
            return ExecutionResult(None, [GraphQLError(_NAME_ONE)])
        is_taken = operation.type is OperationType.QUERY or (
            operation.type is OperationType.MUTATION and method == "POST"
        )
        if not is_taken:
            message = f"{method} does not take {operation.type.value} operations."
            raise BadRequestError(405, message, {"Allow": "POST"})
        return operation


def _may_be_shared(operation: Operation) -> bool:
    """Tell whether all who ask at one moment may be given one answer."""
    return operation.type is OperationType.QUERY and operation.names.isdisjoint(VARYING)


def _wants_page(headers: Headers, scope: Scope) -> bool:
    return headers.wants_page and b"query=" not in scope["query_string"]


def _refused(error: BadRequestError) -> bytes:
    code = {"code": ErrorCode.VALIDATION.value}
    told = {"message": error.message, "extensions": error.extensions or code}
    return _encode({"errors": [told]})


def _shown(result: ExecutionResult, log: Log | None) -> _Answer:
    body: dict[str, Any] = {}
    errors = [shown(error) for error in result.errors or ()]
    if errors:
        body["errors"] = errors
    was_run = result.data is not None or any("path" in error for error in errors)
    if was_run:
        body["data"] = result.data
    if log is not None:
        body["extensions"] = {"upstream": [sent.told() for sent in log]}
    return _Answer(_encode(body), was_run, bool(errors))


def _told(answer: _Answer, headers: Headers) -> tuple[int, bytes]:
    # In the older type, clients take every well-formed answer from 200.
    status = 200 if answer.was_run or headers.media_type == JSON else 400
    return status, answer.body


async def _reply(
    send: Send, status: int, media_type: str, body: bytes, more: Mapping[str, str] | None = None
) -> None:
    headers = [
        (b"content-type", media_type.encode()),
        (b"content-length", str(len(body)).encode()),
        *((name.lower().encode(), value.encode()) for name, value in (more or {}).items()),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
