"""Logs: one line each, JSON, to the standard output; for a person at a terminal plain text."""

import logging
import os
import sys
from collections.abc import Callable

from gateway.telemetry.lines import Event, RequestLine, as_json, as_text, event
from gateway.telemetry.sink import Sink

__all__ = ["Log", "RequestLine", "set_up_logs"]

Log = Callable[[RequestLine], None]
"""Takes the line of each request."""

_LIBRARIES = {
    "httpx": logging.WARNING,
    "httpcore": logging.WARNING,
    "asyncio": logging.WARNING,
    "uvicorn": logging.ERROR,  # its warnings are of what strangers send
}
"""What is heard of those that tell of every request, with its address."""


class _Handler(logging.Handler):
    """Hands what is logged to a sink."""

    def __init__(self, sink: Sink[RequestLine | Event]) -> None:
        super().__init__()
        self._sink = sink

    def emit(self, record: logging.LogRecord) -> None:
        self._sink.put(event(record))

    def flush(self) -> None:
        self._sink.flush()


def set_up_logs(level: str) -> Log | None:
    """Write what is at least of a level (debug, info, warning, error).

    Returns:
        What writes the lines of requests; None where the level is above theirs.
    """
    render = as_text if sys.stdout.isatty() else as_json
    sink = Sink[RequestLine | Event](lambda data: os.write(1, data), render)
    root = logging.getLogger()
    for handler in root.handlers[:]:
        root.removeHandler(handler)
    root.addHandler(_Handler(sink))
    root.setLevel(level.upper())
    for name, least in _LIBRARIES.items():
        logging.getLogger(name).setLevel(max(least, root.level))
    return sink.put if root.level <= logging.INFO else None
