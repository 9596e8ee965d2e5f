"""One connection, as uvicorn serves it, with bounds on how long and how much strangers may hold.

uvicorn bounds only how long a connection is idle between two requests.
"""
# uvicorn's generics are told in part only.
# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false

import asyncio
from asyncio import TimerHandle, Transport
from typing import Any, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from gateway.http.cycle import Cycle
from gateway.http.gate import STATE, Gate
from gateway.http.held import Unread, most_connections
from gateway.http.whole import is_plain

_LONGEST_HEAD = 64_000
"""Bytes of a request line and headers; uvicorn takes any number."""

_MOST_PIPELINED = 16
"""Requests that wait on one connection: 14,000 fit into one read, which then take 40 MB."""

_BOUNDED = b"/graphql"
"""Where no more are answered at once than the gate lets in."""

KEEP_ALIVE = 65
"""Seconds that a connection may be idle: proxies keep theirs for 60, and must end them first."""


def _response(status: str, told: str) -> bytes:
    return (
        f"HTTP/1.1 {status}\r\ncontent-type: text/plain; charset=utf-8\r\n"
        f"content-length: {len(told)}\r\nconnection: close\r\n\r\n{told}"
    ).encode()


_TOO_SLOW = _response("408 Request Timeout", "The request did not come to its end in 10 s.")
_TOO_LONG = _response("431 Request Header Fields Too Large", "The headers are too long.")


class Connection(HttpToolsProtocol):
    """A connection whose requests must come, and whose answers must be read, within a time."""

    seconds_for_a_request = 10.0
    """From the first byte of a request, or from the connection, to the end of its body."""

    seconds_for_an_answer = 60.0
    """For an answer to be read so far that the rest fits into the machine's own buffers."""

    last_seconds = 0.5
    """For which a connection that is to end still takes a request that is under way to it."""

    most = staticmethod(most_connections)
    """Connections at once."""

    unread = Unread(64 * 10**6)
    """Answers that wait to be read, of all connections."""

    def __init__(self, *parts: Any, **named: Any) -> None:
        super().__init__(*parts, **named)
        self._is_coming = self._is_new = False
        self._head = 0
        self._is_last = False
        self._is_refused = False
        self._gate: Gate | None = self.app_state.get(STATE)
        self._timer: TimerHandle | None = None
        self._reading: TimerHandle | None = None
        self._idling: TimerHandle | None = None
        self._idle_since = 0.0
        self._is_plain = not self.root_path and self.limit_concurrency is None

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
        """Begin, unless there are too many."""
        super().connection_made(transport)
        if len(self.connections) > self.most() and not self._end_another():
            transport.abort()
            return
        self._expect()

    def _end_another(self) -> bool:
        """End a connection that is idle, if there is one."""
        for one in cast("set[Connection]", self.connections):
            if one is not self and one.is_between and not one.transport.is_closing():
                one.transport.close()
                return True
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        """End."""
        self._stop_waiting()
        if self._idling is not None:
            self._idling.cancel()
        if self._reading is not None:
            self._reading.cancel()
            self.unread.remove(self.transport)
        super().connection_lost(exc)

    # ---------------------------------------------------------------- requests that come

    def data_received(self, data: bytes) -> None:
        """Read what came; what is not whole then must become so in time."""
        gate = self._gate
        if gate is not None and gate.is_crowded and self._refuse_whole(gate, data):
            return
        super().data_received(data)
        if self._is_coming:
            self._look_at_head(len(data))
        if self._timer is None and (self._is_coming or not (self._is_busy or self._idling)):
            self._expect()

    def _refuse_whole(self, gate: Gate, data: bytes) -> bool:
        """Refuse a request that came as a whole, if it must be: it costs half if it is not read."""
        may_be = self.is_idle and not self._is_last and not self.flow.write_paused
        if not (gate.is_full and may_be and is_plain(data)):
            return False
        self.transport.write(gate.refusal(()))
        self._stop_waiting()
        self._rest()
        return True

    def on_message_begin(self) -> None:
        """Note that a request began to come."""
        super().on_message_begin()
        self._is_coming = self._is_new = True
        self._head = 0

    def on_headers_complete(self) -> None:
        """Begin to answer; of a connection that is to end, for the last time."""
        if len(self.pipeline) >= _MOST_PIPELINED:
            message = "too many requests wait"
            raise ValueError(message)  # the parser tells of it as of any other nonsense
        gate = self._gate
        if gate is not None and gate.is_full and self._may_be_refused():
            self._is_refused = True
            self.scope["path"] = ""  # the headers are whole
            self.transport.write(gate.refusal(self.headers))
            return
        if gate is not None and gate.is_crowded and self.url == _BOUNDED:
            gate.expect()
        parser: Any = self.parser
        if parser.should_upgrade() and self._has_body():
            message = (
                "the parser would take a body for the next request: it expects another protocol"
            )
            raise ValueError(message)
        if self._is_plain and self.url == _BOUNDED and parser.get_method() == b"POST":
            self._begin(parser)
        else:
            super().on_headers_complete()
            Cycle.begin(self.cycle)
        if self._is_last:
            self.cycle.keep_alive = False

    def _has_body(self) -> bool:
        return any(
            name == b"transfer-encoding" or (name == b"content-length" and value.strip() != b"0")
            for name, value in self.headers
        )

    def _begin(self, parser: Any) -> None:
        """Begin what nearly all ask for, as uvicorn does: nothing is to be found out of its URL."""
        scope, version = self.scope, parser.get_http_version()
        scope["method"], scope["path"] = "POST", "/graphql"
        scope["raw_path"], scope["query_string"] = _BOUNDED, b""
        if version != "1.1":
            scope["http_version"] = version
        is_busy = self._is_busy
        app = cast("Any", self.app)
        self.cycle = Cycle(
            scope,
            self.transport,
            self.flow,
            self.logger,
            self.access_logger,
            self.access_log,
            self.server_state.default_headers,
            asyncio.Event(),
            self.expect_100_continue,
            version != "1.0" and parser.should_keep_alive(),
            self.on_response_complete,
        )
        if is_busy:
            self.flow.pause_reading()
            self.pipeline.appendleft((self.cycle, app))
        else:
            self._start_asgi_task(self.cycle, app)

    def _may_be_refused(self) -> bool:
        """Tell whether a request can be refused as it comes, which costs a fourth.

        Others are refused by the app, if so.
        """
        parser: Any = self.parser
        return (
            self.url == _BOUNDED
            and parser.get_method() == b"POST"
            and parser.should_keep_alive()
            and parser.get_http_version() == "1.1"
            and not (self._is_busy or self._is_last or self.expect_100_continue)
            and not self.flow.write_paused  # the app waits until what was written has been read
        )

    def on_body(self, body: bytes) -> None:
        """Take a part of a body; of a request that is refused, let it go."""
        if not self._is_refused:
            super().on_body(body)

    def on_message_complete(self) -> None:
        """Note that a request is whole."""
        self._is_coming = False
        if self._is_refused:
            self._is_refused = False
            self.on_response_complete()
        else:
            super().on_message_complete()
        if self._timer is not None:
            self._stop_waiting()

    def _look_at_head(self, length: int) -> None:
        if "path" in self.scope:  # as it is when the headers are whole
            return
        if self._is_new:  # nobody knows how much of what came belongs to those before
            self._is_new = False
            return
        self._head += length
        if self._head > _LONGEST_HEAD and not self.transport.is_closing():
            self._refuse(_TOO_LONG)

    @property
    def is_idle(self) -> bool:
        """Whether nothing comes, and nothing is being answered."""
        return not (self._is_coming or self._is_busy)

    @property
    def is_between(self) -> bool:
        """Whether it is idle after a request."""
        return self._timer is None and self.is_idle

    @property
    def _is_busy(self) -> bool:
        cycle: Any = self.cycle  # None before the first request, which uvicorn does not tell
        return cycle is not None and not cycle.response_complete

    def _expect(self) -> None:
        self._timer = self.loop.call_later(self.seconds_for_a_request, self._give_up)

    def _stop_waiting(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _give_up(self) -> None:
        if self.pipeline or (self._is_busy and not self.cycle.more_body):
            self._expect()  # an earlier request is being answered
        elif self._is_coming:
            self._refuse(_TOO_SLOW)
        else:
            self.transport.close()

    def _refuse(self, response: bytes) -> None:
        """Tell why a request is not taken, if that can be its answer, and end."""
        if "path" not in self.scope:
            may_tell = not self._is_busy
        else:
            may_tell = self._is_busy and not self.cycle.response_started
        if may_tell:
            self.transport.write(response)
        self.transport.close()

    # ---------------------------------------------------------------- answers that are read

    def pause_writing(self) -> None:
        """Note that an answer waits to be read."""
        super().pause_writing()
        self._expect_reader()
        self.unread.add(self.transport)

    def resume_writing(self) -> None:
        """Note that it was read, or nearly."""
        super().resume_writing()
        if self._reading is not None and not self.transport.is_closing():
            self._reading.cancel()
            self._reading = None
            self.unread.remove(self.transport)

    def on_response_complete(self) -> None:
        """Go on to the next request; a last answer must be read in time."""
        if self.transport.is_closing():
            super().on_response_complete()
            self._expect_reader()
        elif self.pipeline:
            super().on_response_complete()
        else:
            self.server_state.total_requests += 1
            self.flow.resume_reading()
            self._rest()

    def _rest(self) -> None:
        """Be idle, for a while."""
        self._idle_since = self.loop.time()
        if self._idling is None:
            self._expect_more(self.timeout_keep_alive)

    def _expect_more(self, seconds: float) -> None:
        """Look after some time whether it is idle: one timer for all requests, not one for each."""
        self._idling = self.loop.call_later(seconds, self._look_if_idle)

    def _look_if_idle(self) -> None:
        self._idling = None
        if not self.is_idle:
            return  # the next answer will be seen to
        left = self._idle_since + self.timeout_keep_alive - self.loop.time()
        if left > 0:
            self._expect_more(left)
        else:
            self.timeout_keep_alive_handler()

    def timeout_keep_alive_handler(self) -> None:
        """End an idle connection; who has not read the last answer to its end has a while for it.

        A transport that is closed waits for its reader for ever.
        """
        super().timeout_keep_alive_handler()
        self._expect_reader()

    def _expect_reader(self) -> None:
        if self._reading is None:
            self._reading = self.loop.call_later(self.seconds_for_an_answer, self.transport.abort)

    # ---------------------------------------------------------------- the end

    def shutdown(self) -> None:
        """Answer what is under way, and end.

        A request may be on its way to an idle connection: it is taken, if it comes soon.
        """
        self.let_go()
        if not self._is_busy:
            self.loop.call_later(self.last_seconds, self._end_if_idle)

    def let_go(self) -> None:
        """Let the next answer be the last."""
        self._is_last = True
        if self._is_busy:
            self.cycle.keep_alive = False

    def _end_if_idle(self) -> None:
        if self.is_idle:
            self.transport.close()
