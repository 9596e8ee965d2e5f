"""The endpoint: GraphQL over HTTP, and the explorer for browsers."""

from asyncio import to_thread
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, NamedTuple

import msgspec
from graphql import ExecutionResult, GraphQLError, OperationType
from starlette.types import Receive, Scope, Send

from gateway.caller import ANYBODY, Caller
from gateway.context import RequestContext, View, Views
from gateway.execution import Engine, Operation
from gateway.http import answers, explorer
from gateway.http.answers import VARYING, Answers
from gateway.http.asked import Asked, from_body, from_query
from gateway.http.auth import Auth
from gateway.http.body import Body
from gateway.http.failures import masked, shown
from gateway.http.gate import Gate
from gateway.http.headers import Headers
from gateway.http.leaving import CallerLeftError, Leaving
from gateway.http.persisted import Texts
from gateway.http.reading import Most
from gateway.http.refusals import BadRequestError, NotRunError
from gateway.http.reply import refuse, reply
from gateway.http.taken import JSON
from gateway.upstream.trace import Log

PATH = "/graphql"

_NAME_ONE = "`operationName` must name one of the document's operations."

_encode = msgspec.json.Encoder().encode


class _Answer(NamedTuple):
    """An answer's body, whether an operation was run for it, and whether it has errors."""

    body: Body
    was_run: bool
    has_errors: bool


class _Asking(NamedTuple):
    """Who asks, and what the gateway is to that caller."""

    caller: Caller
    view: View
    receive: Receive

    def new_context(self) -> RequestContext:
        """Make a request's context."""
        return self.view.new_context(self.caller)


class Endpoint:
    """Answers operations; an ASGI app.

    Args:
        engine: runs them.
        views: the gateway as callers see it.
        auth: tells who asks.
        begin: sees, as each operation begins, what other gateways have written up to then.
        texts: finds the documents that are named.
        gate: bounds the requests at once.
        trace: whether answers list the upstream calls: "off", "on", or "header" for those whose
            request asks for it by `X-Stagegraph-Trace: upstream`.
        answers: keeps whole answers; None keeps none.
        most: what a request may have.
        explores: whether browsers get the explorer.
    """

    def __init__(
        self,
        engine: Engine,
        views: Views,
        auth: Auth,
        begin: Callable[[], Awaitable[None]],
        texts: Texts,
        gate: Gate,
        answers: Answers | None = None,
        *,
        trace: str = "off",
        most: Most = Most(),  # noqa: B008 - it never changes
        explores: bool = True,
    ) -> None:
        self._engine = engine
        self._views = views
        self._auth = auth
        self._begin = begin
        self._texts = texts
        self._gate = gate
        self._trace = trace
        self._most = most
        self._explores = explores
        self._answers = answers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        headers, method = Headers(scope), scope["method"]
        try:
            if self._explores and headers.wants_page and _asks_nothing(scope):
                await explorer.page()(scope, receive, send)
                return
            self._gate.refuse_excess()
            headers.refuse_others()
            caller = self._auth.caller(scope)
            if not isinstance(caller, Caller):
                caller = await caller
            asked = (
                await from_body(headers, receive, self._most)
                if method == "POST"
                else from_query(scope, self._most)
            )
            with self._gate, self._views.of(caller) as view:
                status, body = await self._answer(
                    asked, headers, method, _Asking(caller, view, receive)
                )
        except BadRequestError as error:
            await refuse(send, error, headers)
        except CallerLeftError:
            return
        except Exception as error:  # noqa: BLE001 - whatever it is, nothing is told of it
            body = Body(_encode({"errors": [masked(error)]}))
            await reply(send, 500, headers, body)
        else:
            await reply(send, status, headers, body)

    async def runs(self) -> bool:
        """Tell whether the smallest operation is answered."""
        [operation] = self._engine.document("{ __typename }").operations
        answer = await self._run(operation, Asked(), self._views.whole.new_context(ANYBODY))
        return not answer.has_errors

    async def _answer(
        self, asked: Asked, headers: Headers, method: str, asking: _Asking
    ) -> tuple[int, Body]:
        """Return the status and the body of an answer, the kept one if there is one."""
        await self._begin()
        asked = await self._texts.resolve(asked)
        is_traced = self._trace == "on" or (self._trace == "header" and headers.is_traced)
        if self._answers is None or is_traced:
            operation, context = self._operation(asked, method), asking.new_context()
            context.is_traced = is_traced
            return _told(
                await _unless_left(operation, self._run(operation, asked, context), asking), headers
            )
        key = answers.key(asked.query, asked.operation_name, asked.variables, asking.caller.view)
        kept = self._answers.get(key)
        if kept is not None:
            return 200, kept
        operation, context = self._operation(asked, method), asking.new_context()
        if isinstance(operation, Operation) and _may_be_shared(operation):
            run = self._answers.share(
                key, lambda: self._run_and_keep(key, operation, asked, context)
            )
        else:
            run = self._run(operation, asked, context)
        return _told(await _unless_left(operation, run, asking), headers)

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
            run = self._engine.run
            if operation.tells_of_schema and not operation.can_be_planned:
                # It takes 50 ms, in which others would wait.
                result = await to_thread(run, operation, asked.variables, context)
            else:
                result = run(operation, asked.variables, context)
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
                raise NotRunError(400, _NAME_ONE)
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


async def _unless_left(
    operation: Operation | ExecutionResult, run: Coroutine[Any, Any, _Answer], asking: _Asking
) -> _Answer:
    """Run an operation; a query is given up when its caller leaves, a write is not."""
    if isinstance(operation, ExecutionResult) or operation.type is not OperationType.QUERY:
        return await run
    with Leaving(asking.receive):
        return await run


def _asks_nothing(scope: Scope) -> bool:
    if scope["method"] not in {"GET", "HEAD"}:
        return False
    given: bytes = scope["query_string"]
    return not any(name in given for name in (b"query=", b"extensions=", b"documentId="))


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
    return _Answer(Body(_encode(body)), was_run, bool(errors))


def _told(answer: _Answer, headers: Headers) -> tuple[int, Body]:
    # In the older type, clients take every well-formed answer from 200.
    status = 200 if answer.was_run or headers.media_type == JSON else 400
    return status, answer.body
