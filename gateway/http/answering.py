"""Answers operations: by a kept answer, by one that is being made for others, or by running it."""

from asyncio import to_thread
from collections.abc import Awaitable, Callable, Sequence
from contextlib import ExitStack
from functools import partial
from typing import Any

import msgspec
from graphql import ExecutionResult, GraphQLError, OperationType
from starlette.types import Receive

from gateway.caller import ANYBODY, Caller
from gateway.context import RequestContext, View, Views
from gateway.execution import Engine, Operation, hash_of
from gateway.http import answers
from gateway.http.answers import VARYING, Answers
from gateway.http.asked import Asked
from gateway.http.body import Body
from gateway.http.failures import shown
from gateway.http.gate import Gate
from gateway.http.leaving import Leavings
from gateway.http.persisted import Texts
from gateway.http.refusals import BadRequestError, NotRunError
from gateway.telemetry import RequestLine
from gateway.telemetry.lines import Asked as Told
from gateway.upstream.trace import Log

_NAME_ONE = "`operationName` must name one of the document's operations."

_encode = msgspec.json.Encoder().encode


class Answer(msgspec.Struct, gc=False):
    """An answer's body, whether an operation was run for it, and the codes of its errors."""

    body: Body
    was_run: bool = True
    codes: Sequence[str] = ()


class Asking(msgspec.Struct, gc=False):
    """Who asks, and how.

    Attributes:
        caller: who asks.
        line: what the log will say of it.
        receive: ASGI's, of a request whose body has been read.
        method: of HTTP.
        is_traced: whether the answer lists the upstream calls.
    """

    caller: Caller
    line: RequestLine
    receive: Receive
    method: str
    is_traced: bool


class Answering:
    """Answers operations.

    Args:
        engine: runs them.
        views: the gateway as callers see it.
        begin: sees, as each operation begins, what other gateways have written up to then; None
            where there are no others.
        texts: finds the documents that are named.
        gate: bounds the requests at once.
        kept: keeps whole answers; None keeps none.
    """

    def __init__(
        self,
        engine: Engine,
        views: Views,
        begin: Callable[[], Awaitable[None]] | None,
        texts: Texts,
        gate: Gate,
        kept: Answers | None = None,
    ) -> None:
        self._engine = engine
        self._views = views
        self._begin = begin
        self._texts = texts
        self._gate = gate
        self._kept = kept
        self._leavings = Leavings()

    async def answer(self, asked: Asked, asking: Asking) -> Answer:
        """Answer what is asked, by the kept answer if there is one.

        Raises:
            BadRequestError: if it is nothing that can be run.
            CallerLeftError: if nobody waits for the answer any more.
        """
        if self._begin is not None:
            await self._begin()
        if not (asked.is_plain and self._texts.takes_any):
            asked = await self._texts.resolve(asked)
        key, kept = None, self._kept
        if kept is not None and not asking.is_traced:
            view = asking.caller.view
            key = answers.key(asked.query, asked.operation_name, asked.variables, view)
            body = kept.get(key)
            if body is not None:
                asking.line.kept = True
                self._gate.beside += 1
                if body.asked is not None:
                    body.asked.told(asking.line)
                return Answer(body)
        operation = self._operation(asked, asking.method)
        if isinstance(operation, ExecutionResult):
            asking.line.document = hash_of(asked.query)
            return _shown(operation, None)
        line = asking.line
        line.operation, line.document, line.kind = operation.title, operation.hash, operation.kind
        if key is None or not _may_be_kept(operation):
            return await self._run(operation, asked, asking, None)
        if kept is not None and kept.is_under_way(key):
            with self._leavings.of(asking.receive):
                return await kept.join(key)
        return await self._run(operation, asked, asking, key)

    async def runs(self) -> bool:
        """Tell whether the smallest operation is answered."""
        [operation] = self._engine.document("{ __typename }").operations
        result = self._engine.run(operation, None, self._views.whole.new_context(ANYBODY))
        return not (result if isinstance(result, ExecutionResult) else await result).errors

    async def _run(
        self, operation: Operation, asked: Asked, asking: Asking, key: answers.Key | None
    ) -> Answer:
        """Run an operation: to its end at once, if nothing needs to be waited for."""
        self._gate.refuse_excess()
        view = self._views.of(asking.caller)
        context = view.new_context(asking.caller)
        context.is_traced = asking.is_traced
        try:
            result = self._begun(operation, asked, context, asking.line.charge)
        except BaseException:  # a fault of our own: what has begun by then is stopped
            await context.close()
            raise
        if isinstance(result, ExecutionResult) and not context.is_open:
            self._gate.beside += 1
            answer = self._made(result, operation, context, key)
        else:
            answer = await self._awaited(result, operation, context, key, view, asking)
        asking.line.calls = context.log.sent
        return answer

    async def _awaited(
        self,
        result: ExecutionResult | Awaitable[Any],
        operation: Operation,
        context: RequestContext,
        key: answers.Key | None,
        view: View,
        asking: Asking,
    ) -> Answer:
        # The run holds its place and the view, not this caller: others may wait when it has left.
        inside = ExitStack()
        inside.enter_context(self._gate)
        inside.enter_context(view)
        ending = self._ended(result, operation, context, key, inside)
        if key is not None and self._kept is not None:
            ending = self._kept.share(key, partial(_given, ending))
        if operation.type is not OperationType.QUERY:
            return await ending  # a write is not given up when its caller leaves
        with self._leavings.of(asking.receive):
            return await ending

    def _begun(
        self,
        operation: Operation,
        asked: Asked,
        context: RequestContext,
        charge: Callable[[int], None],
    ) -> ExecutionResult | Awaitable[Any]:
        run = self._engine.run
        if operation.tells_of_schema and not operation.can_be_planned:
            # It takes 50 ms, in which others would wait.
            return to_thread(run, operation, asked.variables, context, charge=charge)
        return run(operation, asked.variables, context, charge=charge)

    async def _ended(
        self,
        result: ExecutionResult | Awaitable[Any],
        operation: Operation,
        context: RequestContext,
        key: answers.Key | None,
        inside: ExitStack,
    ) -> Answer:
        """Wait for the end of an operation that has begun."""
        with inside:
            try:
                while not isinstance(result, ExecutionResult):  # a thread's may be to wait for
                    result = await result
            finally:
                await context.close()
        return self._made(result, operation, context, key)

    def _made(
        self,
        result: ExecutionResult,
        operation: Operation,
        context: RequestContext,
        key: answers.Key | None,
    ) -> Answer:
        """Write an answer down, and keep it if that will do for others."""
        log = context.log
        answer = _shown(result, log if context.is_traced else None)
        if key is not None and self._kept is not None and not answer.codes:
            answer.body.asked = Told(operation.title, operation.hash, operation.kind)
            self._kept.keep(key, answer.body, log.made_of)
        return answer

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
            message = f"{method} does not take {operation.kind} operations."
            raise BadRequestError(405, message, {"Allow": "POST"})
        return operation


def _given(ending: Awaitable[Answer]) -> Awaitable[Answer]:
    return ending


def _may_be_kept(operation: Operation) -> bool:
    """Tell whether all who ask at one moment, or later, may be given one answer."""
    return operation.type is OperationType.QUERY and operation.names.isdisjoint(VARYING)


def _shown(result: ExecutionResult, log: Log | None) -> Answer:
    if not result.errors and log is None:
        return Answer(Body(_encode({"data": result.data})))
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
    return Answer(Body(_encode(body)), was_run, codes)
