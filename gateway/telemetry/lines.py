"""What a line of the log says."""

import asyncio
import logging
import traceback
from contextvars import ContextVar
from datetime import UTC, datetime

import msgspec
from msgspec import UNSET, UnsetType

REQUEST: ContextVar[str] = ContextVar("request")
"""The id of the request that something is done for."""

_encode = msgspec.json.Encoder().encode


class RequestLine(msgspec.Struct, kw_only=True):
    """One request. Nothing is in it that was asked or answered, but the operation's name.

    Attributes:
        request: its id.
        time: of its end, in UTC.
        caller: who asked; "" is anybody.
        operation: the operation's name. document: the begin of its document's SHA-256.
        kind: query or mutation.
        cost: upstream calls that it may take, as estimated; 0 where nothing was run.
        status: HTTP status; None where the caller was gone before there was an answer.
        codes: of the answer's errors.
        calls: calls that were sent for it.
        kept: whether the answer was a kept one.
        ms: milliseconds that it took.
        bytes: of the answer's body, as it was sent.
    """

    time: datetime | UnsetType = UNSET
    level: str = "info"
    event: str = "request"
    request: str
    caller: str = ""
    operation: str | None = None
    document: str | None = None
    kind: str | None = None
    cost: int = 0
    status: int | None = None
    codes: list[str] | UnsetType = UNSET
    calls: int = 0
    kept: bool = False
    ms: float = 0.0
    bytes: int = 0

    def charge(self, cost: int) -> None:
        """Note what an operation costs that is run."""
        self.cost = cost


class Event(msgspec.Struct):
    """Anything else that is logged.

    Attributes:
        request: the id of the request that it was done for, if it was for one.
        trace: the stack of a fault of our own.
    """

    time: datetime
    level: str
    event: str
    logger: str
    request: str | UnsetType = UNSET
    trace: str | UnsetType = UNSET


class Asked(msgspec.Struct, frozen=True):
    """What the line of a request says of its operation."""

    operation: str | None
    document: str
    kind: str | None

    def told(self, line: RequestLine) -> None:
        """Put it into a line."""
        line.operation, line.document, line.kind = self.operation, self.document, self.kind


def event(record: logging.LogRecord) -> Event:
    """Return what a record says."""
    trace: str | UnsetType = UNSET
    error = record.exc_info[1] if record.exc_info else None
    # What is given up at the end, or was left by its caller, is no fault.
    if error is not None and not isinstance(error, asyncio.CancelledError):
        trace = "".join(traceback.format_exception(error))
    return Event(
        time=datetime.fromtimestamp(record.created, UTC),
        level=record.levelname.lower(),
        event=record.getMessage().strip(),
        logger=record.name,
        request=REQUEST.get(UNSET),
        trace=trace,
    )


def as_json(line: RequestLine | Event) -> bytes:
    """Write a line for programs."""
    return _encode(line) + b"\n"


def as_text(line: RequestLine | Event) -> bytes:
    """Write a line for people; a fault's stack is under it."""
    at = f"{line.time:%H:%M:%S}"
    if isinstance(line, Event):
        told = f"{at} {line.level} {line.logger}: {line.event}"
        return f"{told}\n{line.trace or ''}".encode(errors="replace")
    how = "kept" if line.kept else f"{line.calls} calls"
    what = f"{line.kind or 'request'} {line.operation or line.document or ''}".rstrip()
    codes = "" if line.codes is UNSET else " " + " ".join(sorted(set(line.codes)))
    who = f", {line.caller}" if line.caller else ""
    return f"{at} {line.status} {what}: {line.ms:.1f} ms, {how}{who}{codes}\n".encode()
