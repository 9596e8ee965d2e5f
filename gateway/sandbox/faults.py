"""Faults: what goes wrong on purpose, from a slow answer to a cut connection."""

import asyncio
import gzip
from collections.abc import Callable, MutableMapping, Sequence
from functools import cache
from typing import Annotated, Any, Literal, cast

import msgspec
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.types import Receive, Scope, Send

Json = MutableMapping[str, Any]

Kind = Literal[
    "latency", "hang", "status", "redirect", "reset", "truncate", "drip", "endless", "gzip_bomb",
    "html", "empty", "array", "garbage",
    "wrong_type", "null_field", "missing_field", "unknown_enum", "repeat", "drop", "reorder",
]  # fmt: skip

_OF_THE_ANSWER = {
    "truncate", "drip", "wrong_type", "null_field", "missing_field", "unknown_enum", "repeat",
    "drop", "reorder",
}  # fmt: skip
"""Kinds that spoil the real answer, so that the request is carried out in any case."""

_BOMB_BYTES = 200_000_000
_PAUSE = 0.2


class Fault(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """One fault.

    Attributes:
        source: the emulator, such as "esper".
        kind: what goes wrong.
        route: only on this route, parameters in braces; None is any.
        method: only with this method; None is any.
        when: "before" anything is applied, or "after".
        times: how often; None is until removed.
        seconds: of latency; pause between bytes of a drip.
        status: of the answer. retry_after: its header. body: its JSON body.
        location: where a redirect leads.
        field: the name of the field of every row that is spoiled, at any depth.
    """

    source: str
    kind: Kind
    route: str | None = None
    method: str | None = None
    when: Literal["before", "after"] = "before"
    times: Annotated[int, msgspec.Meta(ge=1)] | None = None
    seconds: Annotated[float, msgspec.Meta(ge=0)] = _PAUSE
    status: Annotated[int, msgspec.Meta(ge=200, le=599)] = 500
    retry_after: str | float | None = None
    body: Any = None
    location: str = "http://127.0.0.1:9/elsewhere"
    field: str = "name"

    @property
    def needs_answer(self) -> bool:
        """Whether the request is carried out before the fault strikes."""
        return self.when == "after" or self.kind in _OF_THE_ANSWER


class Faults:
    """The faults that are set; each request takes at most one, the oldest that matches."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []

    def add(self, fault: Fault) -> None:
        """Set a fault."""
        self._faults.append(fault)

    def clear(self) -> None:
        """Remove all faults."""
        self._faults.clear()

    def take(self, source: str, method: str, route: str) -> Fault | None:
        """Return the fault that strikes a request, using up one of its times."""
        for fault in self._faults:
            if (
                fault.source == source
                and fault.route in {None, route}
                and fault.method in {None, method}
            ):
                if fault.times is not None:
                    fault.times -= 1
                    if not fault.times:
                        self._faults.remove(fault)
                return fault
        return None


class Cut(Response):
    """Sends a part of the body, or nothing, and cuts the connection."""

    def __init__(self, part: bytes | None = None) -> None:
        super().__init__()
        self.part = part
        self.status_code = 200 if part is not None else 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Need the transport that the sandbox's server puts into the scope."""
        transport = cast("asyncio.Transport", scope["transport"])
        if self.part is None:
            transport.abort()
        else:
            length = str(2 * len(self.part) + 1).encode()
            headers = [(b"content-type", b"application/json"), (b"content-length", length)]
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            await send({"type": "http.response.body", "body": self.part, "more_body": True})
            transport.close()
        # Returning now would make the server complain of an answer without an end.
        while (await receive())["type"] != "http.disconnect":
            pass


class Slow(Response):
    """Sends one byte at a time, or bytes without end."""

    def __init__(self, body: bytes | None, pause: float) -> None:
        super().__init__()
        self.slow_body = body
        self.pause = pause

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Stop when the other side has gone."""
        del scope
        gone = asyncio.ensure_future(_disconnected(receive))
        headers = [(b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        sent = 0
        while not gone.done():
            if self.slow_body is None:
                part = b"[" + b" " * 65_535
            elif sent < len(self.slow_body):
                part = self.slow_body[sent : sent + 1]
            else:
                break
            sent += 1
            await send({"type": "http.response.body", "body": part, "more_body": True})
            await asyncio.sleep(self.pause)
        gone.cancel()
        await send({"type": "http.response.body", "body": b"", "more_body": False})


class Hang(Response):
    """Answers never."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Wait until the other side has gone."""
        del scope, send
        await _disconnected(receive)


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


@cache
def _bomb() -> bytes:
    return gzip.compress(b'{"result": "' + b" " * _BOMB_BYTES + b'"}', compresslevel=9)


def _rows(rows: list[Any], kind: str) -> list[Any]:
    if kind == "repeat":
        return [row for row in rows for _ in range(2)]
    if kind == "drop":
        return rows[::2]
    return rows[::-1]


def _spoil(value: Any, kind: str, field: str) -> None:
    """Spoil every field of a name, at any depth."""
    if isinstance(value, list):
        for one in cast("list[Any]", value):
            _spoil(one, kind, field)
    elif isinstance(value, dict):
        fields = cast("dict[str, Any]", value)
        if field in fields:
            if kind == "missing_field":
                del fields[field]
            else:
                fields[field] = {
                    "wrong_type": {"unexpected": True},
                    "null_field": None,
                    "unknown_enum": "something_new",
                }[kind]
        for one in fields.values():
            _spoil(one, kind, field)


RowsOf = Callable[[Any], tuple[Json, str] | None]
"""Finds the list of rows in an answer: the object that holds it, and its key."""


def spoilt(fault: Fault, answer: Response | None, rows_of: RowsOf) -> Response:
    """Return what a request gets under a fault, instead of the real answer."""
    plain: dict[str, Callable[[], Response]] = {
        "hang": Hang,
        "status": lambda: _status(fault),
        "redirect": lambda: RedirectResponse(fault.location, status_code=302),
        "reset": Cut,
        "endless": lambda: Slow(None, 0),
        "gzip_bomb": lambda: Response(
            _bomb(), media_type="application/json", headers={"Content-Encoding": "gzip"}
        ),
        "html": lambda: HTMLResponse("<!doctype html><title>Sign in</title><h1>Sign in</h1>"),
        "empty": lambda: Response(b"", media_type="application/json"),
        "array": lambda: JSONResponse([]),
        "garbage": lambda: Response(b'{"\xff\x00":', media_type="application/json"),
    }
    if fault.kind in plain:
        return plain[fault.kind]()
    body = bytes(answer.body) if answer is not None else b""
    if fault.kind == "truncate":
        return Cut(body[: len(body) // 2])
    if fault.kind == "drip":
        return Slow(body, fault.seconds)
    return _spoilt_json(fault, body, rows_of)


def _status(fault: Fault) -> Response:
    headers = {} if fault.retry_after is None else {"Retry-After": str(fault.retry_after)}
    return JSONResponse(fault.body or {}, status_code=fault.status, headers=headers)


def _spoilt_json(fault: Fault, body: bytes, rows_of: RowsOf) -> Response:
    value: Any = msgspec.json.decode(body or b"{}")
    found = rows_of(value)
    if fault.kind in {"repeat", "drop", "reorder"}:
        if found:
            holder, key = found
            holder[key] = _rows(cast("list[Any]", holder[key]), fault.kind)
    else:
        rows: Sequence[Any] = [found[0][found[1]]] if found else [value]
        _spoil(rows, fault.kind, fault.field)
    return Response(msgspec.json.encode(value), media_type="application/json")
