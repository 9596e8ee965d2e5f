"""What stands before an endpoint: counts who comes, and lets faults strike."""

from collections.abc import Awaitable, Callable

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from gateway.sandbox.broken import Hang, pause
from gateway.sandbox.counters import Counters
from gateway.sandbox.faults import Faults
from gateway.sandbox.spoil import RowsOf, spoilt

Handler = Callable[[Request], Awaitable[Response]]

_CRASHED = 500


class Gate:
    """An endpoint as an ASGI app.

    Args:
        source: whose endpoint it is.
        route: the endpoint's, with its parameters in braces.
        handler: what answers.
        rows_of: finds the rows of an answer.
        counters: count the request as long as it lasts, and before its answer is sent.
        faults: strike it.
    """

    def __init__(
        self,
        source: str,
        route: str,
        handler: Handler,
        *,
        rows_of: RowsOf,
        counters: Counters,
        faults: Faults,
    ) -> None:
        self._source = source
        self._route = route
        self._handler = handler
        self._rows_of = rows_of
        self._counters = counters
        self._faults = faults

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        request = Request(scope, receive, send)
        request.state.applied = False
        with self._counters.visit((self._source, request.method, self._route)) as visit:
            try:
                # Read whole, so that all that can still come is that the other side goes.
                await request.body()
                response = await self._answer(request)
            except ClientDisconnect:
                response = Hang()
            except Exception:
                visit.answered(_CRASHED, applied=request.state.applied)
                raise
            visit.answered(response.status_code, applied=request.state.applied)
            await response(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        fault = self._faults.take(self._source, request.method, self._route)
        if fault is None:
            return await self._handler(request)
        answer = await self._handler(request) if fault.needs_answer else None
        if fault.kind == "latency":
            await pause(request, fault.seconds)
            return answer or await self._handler(request)
        return spoilt(fault, answer, self._rows_of)
