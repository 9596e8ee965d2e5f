"""Logs: to stderr, one line each but for the traceback of a fault of our own."""

import logging

_CHATTY = ("httpx", "httpcore", "uvicorn", "asyncio")
"""Libraries that tell of every request, with its address; only their warnings are heard."""


def set_up_logs(level: str) -> None:
    """Send what is at least of a level (debug, info, warning, error) to stderr."""
    logging.basicConfig(level=level.upper(), format="%(levelname)s %(name)s: %(message)s")
    for name in _CHATTY:
        logging.getLogger(name).setLevel(max(logging.WARNING, logging.root.level))
