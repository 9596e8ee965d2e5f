"""What a request gets under a fault, instead of the real answer."""

from collections.abc import Callable
from typing import Any, cast

import msgspec
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from gateway.sandbox.broken import Hang, Reset, Slow, Truncated, bomb
from gateway.sandbox.faults import Fault, Json

RowsOf = Callable[[Any], tuple[Json, str] | None]
"""Finds the list of rows in an answer's object: the object that holds it, and its key."""

_BODILESS = {204, 304}


def spoilt(fault: Fault, answer: Response | None, rows_of: RowsOf) -> Response:
    """Return what a request gets.

    Args:
        fault: any but "latency".
        answer: the real one, where the fault needs it.
        rows_of: finds the rows of an answer that is a JSON object.
    """
    plain: dict[str, Callable[[], Response]] = {
        "hang": Hang,
        "status": lambda: _status(fault),
        "redirect": lambda: RedirectResponse(fault.location, status_code=302),
        "reset": Reset,
        "endless": lambda: Slow(None, 0),
        "gzip_bomb": lambda: Response(
            bomb(), media_type="application/json", headers={"Content-Encoding": "gzip"}
        ),
        "html": lambda: HTMLResponse("<!doctype html><title>Sign in</title><h1>Sign in</h1>"),
        "empty": lambda: Response(b"", media_type="application/json"),
        "array": lambda: JSONResponse([]),
        "garbage": lambda: Response(b'{"\xff\x00":', media_type="application/json"),
    }
    if fault.kind in plain:
        return plain[fault.kind]()
    real = answer or Response()
    if fault.kind in {"truncate", "cut"}:
        return Truncated(real, is_reset=fault.kind == "cut") if real.body else Reset()
    if fault.kind == "drip":
        return Slow(real, fault.seconds)
    return _spoilt_json(fault, real, rows_of)


def _status(fault: Fault) -> Response:
    headers = {} if fault.retry_after is None else {"Retry-After": str(fault.retry_after)}
    if fault.status in _BODILESS:
        return Response(status_code=fault.status, headers=headers)
    body: Any = {} if fault.body is msgspec.UNSET else fault.body
    return JSONResponse(body, status_code=fault.status, headers=headers)


def _spoilt_json(fault: Fault, answer: Response, rows_of: RowsOf) -> Response:
    try:
        value: Any = msgspec.json.decode(answer.body)
    except msgspec.DecodeError:
        return answer  # nothing in it to spoil
    found = rows_of(value) if isinstance(value, dict) else None
    if fault.kind not in {"repeat", "drop", "reorder"}:
        _spoil(found[0][found[1]] if found else value, fault.kind, fault.field)
    elif found:
        holder, key = found
        holder[key] = _rows(holder[key], fault.kind)
    headers = {name: text for name, text in answer.headers.items() if name != "content-length"}
    return Response(msgspec.json.encode(value), answer.status_code, headers)


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
        for one in fields.values():
            _spoil(one, kind, field)
        if field in fields and kind == "missing_field":
            del fields[field]
        elif field in fields:
            fields[field] = {
                "wrong_type": {"unexpected": True},
                "null_field": None,
                "unknown_enum": "something_new",
            }[kind]
