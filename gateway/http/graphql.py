"""The endpoint: GraphQL over HTTP, and the explorer for browsers."""

import time
from datetime import UTC, datetime

import msgspec
from starlette.types import Receive, Scope, Send

from gateway.caller import Caller
from gateway.http import explorer
from gateway.http.answering import Answer, Answering, Asking
from gateway.http.asked import from_body, from_query, refuse_other_types
from gateway.http.auth import Auth
from gateway.http.body import Body
from gateway.http.failures import masked
from gateway.http.gate import Gate
from gateway.http.headers import Headers
from gateway.http.leaving import CallerLeftError
from gateway.http.reading import Most, read_body
from gateway.http.refusals import BadRequestError
from gateway.http.reply import refuse, reply
from gateway.http.taken import JSON
from gateway.telemetry import Log as RequestLog
from gateway.telemetry import RequestLine
from gateway.telemetry.lines import REQUEST
from schema.types.errors import ErrorCode

PATH = "/graphql"

_encode = msgspec.json.Encoder().encode


class Endpoint:
    """Answers requests; an ASGI app.

    Args:
        answering: answers what they ask.
        auth: tells who asks.
        gate: bounds the requests at once.
        trace: whether answers list the upstream calls: "off", "on", or "header" for those whose
            request asks for it by `X-Stagegraph-Trace: upstream`.
        most: what a request may have.
        explores: whether browsers get the explorer.
        log: takes a line of each request; None where none is written.
    """

    def __init__(
        self,
        answering: Answering,
        auth: Auth,
        gate: Gate,
        *,
        trace: str = "off",
        most: Most = Most(),  # noqa: B008 - it never changes
        explores: bool = True,
        log: RequestLog | None = None,
    ) -> None:
        self._answering = answering
        self._auth = auth
        self._gate = gate
        self._trace = trace
        self._most = most
        self._explores = explores
        self._log = log

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        since = time.perf_counter()
        headers = Headers(scope)
        if self._explores and headers.wants_page and _asks_nothing(scope):
            await explorer.page()(scope, receive, send)
            return
        line = RequestLine(request=headers.request_id.decode())
        REQUEST.set(line.request)
        try:
            answer = await self._answer(scope, receive, headers, line)
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
            if answer.codes:
                line.codes = list(answer.codes)
            # In the older type, clients take every well-formed answer from 200.
            status = 200 if answer.was_run or headers.media_type == JSON else 400
            line.bytes = await reply(send, status, headers, answer.body)
            line.status = status
        finally:
            if self._log is not None:
                line.ms = int((time.perf_counter() - since) * 1e6) / 1e3
                line.time = datetime.now(UTC)
                self._log(line)

    async def _answer(
        self, scope: Scope, receive: Receive, headers: Headers, line: RequestLine
    ) -> Answer:
        self._gate.refuse_excess()
        headers.refuse_others()
        caller = self._auth.caller(headers.all)
        if not isinstance(caller, Caller):
            caller = await caller
        line.caller = caller.name
        method: str = scope["method"]
        if method == "POST":
            refuse_other_types(headers)
            body = await read_body(receive, headers.length, self._most.bytes)
            asked = from_body(body, self._most)
        else:
            asked = from_query(scope, self._most)
        is_traced = self._trace == "on" or (self._trace == "header" and headers.is_traced)
        asking = Asking(caller, line, receive, method, is_traced)
        return await self._answering.answer(asked, asking)


def _asks_nothing(scope: Scope) -> bool:
    if scope["method"] not in {"GET", "HEAD"}:
        return False
    given: bytes = scope["query_string"]
    return not any(name in given for name in (b"query=", b"extensions=", b"documentId="))
