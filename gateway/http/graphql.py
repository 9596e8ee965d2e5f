"""The endpoint: GraphQL over HTTP, and the explorer for browsers."""

import time
from asyncio import to_thread
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

import msgspec
from graphql import ExecutionResult, GraphQLError, OperationType
from starlette.types import Receive, Scope, Send

from gateway.caller import ANYBODY, Caller
from gateway.context import RequestContext, View, Views
from gateway.execution import Engine, Operation, hash_of
from gateway.http import answers, explorer
from gateway.http.answers import VARYING, Answers
from gateway.http.asked import Asked, from_body, from_query
from gateway.http.auth import Auth
from gateway.http.body import Body
from gateway.http.failures import masked, shown
from gateway.http.gate import Gate
from gateway.http.headers import Headers
from gateway.http.leaving import CallerLeftError, Leavings
from gateway.http.persisted import Texts
from gateway.http.reading import Most
from gateway.http.refusals import BadRequestError, NotRunError
from gateway.http.reply import refuse, reply
from gateway.http.taken import JSON
from gateway.telemetry import Log as RequestLog
from gateway.telemetry import RequestLine
from gateway.telemetry.lines import REQUEST
from gateway.telemetry.lines import Asked as Told
from gateway.upstream.trace import Log
from schema.types.errors import ErrorCode

PATH = "/graphql"

_NAME_ONE = "`operationName` must name one of the document's operations."

_encode = msgspec.json.Encoder().encode


class _Answer(NamedTuple):
    """An answer's body, whether an operation was run for it, and the codes of its errors."""

    body: Body
    was_run: bool
    codes: Sequence[str]


class _Asking(NamedTuple):
    """Who asks, what the gateway is to that caller, and what the log will say of it."""

    caller: Caller
    view: View
    line: RequestLine
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
        log: takes a line of each request; None where none is written.
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
        log: RequestLog | None = None,
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
        self._log = log
        self._leavings = Leavings()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        since = time.perf_counter()
        headers, method = Headers(scope), scope["method"]
        if self._explores and headers.wants_page and _asks_nothing(scope):
            await explorer.page()(scope, receive, send)
            return
        line = RequestLine(request=headers.request_id.decode())
        REQUEST.set(line.request)
        try:
            self._gate.refuse_excess()
            headers.refuse_others()
            caller = self._auth.caller(scope)
            if not isinstance(caller, Caller):
                caller = await caller
            line.caller = caller.name
            asked = (
                await from_body(headers, receive, self._most)
                if method == "POST"
                else from_query(scope, self._most)
            )
            with self._views.of(caller) as view:
                asking = _Asking(caller, view, line, receive)
                status, body = await self._answer(asked, headers, method, asking)
        except BadRequestError as error:
            line.codes = [str(error.extensions["code"])]
            line.status, line.bytes = await refuse(send, error, headers)
        except CallerLeftError:
            return
        except Exception as error:  # noqa: BLE001 - whatever it is, nothing is told of it
            body = Body(_encode({"errors": [masked(error)]}))
            line.codes, line.status = [ErrorCode.INTERNAL.value], 500
            line.bytes = await reply(send, 500, headers, body)
        else:
            line.bytes = await reply(send, status, headers, body)
            line.status = status
        finally:
            if self._log is not None:
                line.ms = round((time.perf_counter() - since) * 1000, 3)
                line.time = datetime.now(UTC)
                self._log(line)

    async def runs(self) -> bool:
        """Tell whether the smallest operation is answered."""
        [operation] = self._engine.document("{ __typename }").operations
        context = self._views.whole.new_context(ANYBODY)
        return not (await self._run(operation, Asked(), context)).codes

    async def _answer(
        self, asked: Asked, headers: Headers, method: str, asking: _Asking
    ) -> tuple[int, Body]:
        """Return the status and the body of an answer, the kept one if there is one."""
        await self._begin()
        asked = await self._texts.resolve(asked)
        is_traced = self._trace == "on" or (self._trace == "header" and headers.is_traced)
        key = None
        if self._answers is not None and not is_traced:
            key = answers.key(
                asked.query, asked.operation_name, asked.variables, asking.caller.view
            )
            kept = self._answers.get(key)
            if kept is not None:
                asking.line.kept = True
                if kept.asked is not None:
                    kept.asked.told(asking.line)
                return 200, kept
        operation, context = self._operation(asked, method), asking.new_context()
        context.is_traced = is_traced
        told = _asked(operation, asked)
        told.told(asking.line)
        if self._answers and key and isinstance(operation, Operation) and _may_be_shared(operation):
            run = self._answers.share(
                key, lambda: self._run_and_keep(key, operation, asked, context, told)
            )
        else:
            run = self._run_in_turn(operation, asked, context)
        answer = await self._unless_left(operation, run, asking)
        asking.line.calls = context.log.sent
        if answer.codes:
            asking.line.codes = list(answer.codes)
        return _told(answer, headers)

    async def _unless_left(
        self, operation: Operation | ExecutionResult, run: Awaitable[_Answer], asking: _Asking
    ) -> _Answer:
        """Run an operation; a query is given up when its caller leaves, a write is not."""
        if isinstance(operation, ExecutionResult) or operation.type is not OperationType.QUERY:
            return await run
        with self._leavings.of(asking.receive):
            return await run

    async def _run_in_turn(
        self, operation: Operation | ExecutionResult, asked: Asked, context: RequestContext
    ) -> _Answer:
        with self._gate:
            return await self._run(operation, asked, context)

    async def _run_and_keep(
        self,
        key: answers.Key,
        operation: Operation,
        asked: Asked,
        context: RequestContext,
        told: Told,
    ) -> _Answer:
        with self._gate:
            answer = await self._run(operation, asked, context)
        if self._answers is not None and not answer.codes:
            answer.body.asked = told
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


def _asked(operation: Operation | ExecutionResult, asked: Asked) -> Told:
    """Return what the log says of an operation, or of a document that is not valid."""
    if isinstance(operation, Operation):
        return Told(operation.name, operation.hash, operation.type.value)
    return Told(None, hash_of(asked.query), None)


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
    codes = [str(error.get("extensions", {}).get("code", "")) for error in errors]
    return _Answer(Body(_encode(body)), was_run, codes)


def _told(answer: _Answer, headers: Headers) -> tuple[int, Body]:
    # In the older type, clients take every well-formed answer from 200.
    status = 200 if answer.was_run or headers.media_type == JSON else 400
    return status, answer.body
