"""Whether the process lives, and whether it should be asked."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from gateway.http.stopping import STATE, Stopping

_PATIENCE = 1.0
"""Seconds for what is looked at; probes wait for a second or more."""

_GOOD_FOR = 1.0
"""Seconds for which what was found is told again: strangers may ask, too."""

_UNKEPT = {"Cache-Control": "no-store"}


async def healthz(request: Request) -> Response:
    """Answer 200 as long as the process answers at all."""
    del request
    return PlainTextResponse("ok\n")


class Readiness:
    """Tells whether requests should be sent here.

    A vendor that is down is no reason against it: every gateway would be out at once, and answer
    nothing of the others. Nor is a Redis: without it nothing is kept, and that is told.

    Args:
        connected: how many sources there are.
        run: runs the smallest operation there is; tells whether it was answered.
        reaches_store: tells whether kept answers can be reached.
    """

    def __init__(
        self,
        connected: int,
        run: Callable[[], Awaitable[bool]],
        reaches_store: Callable[[], Awaitable[bool]],
    ) -> None:
        self._connected = connected
        self._run = run
        self._reaches_store = reaches_store
        self._found: tuple[Sequence[str], Sequence[str]] = ((), ())
        self._until = 0.0

    async def readyz(self, request: Request) -> Response:
        """Answer 200, or 503 and why."""
        stopping: Stopping | None = request.scope.get("state", {}).get(STATE)
        if stopping is not None and stopping.see():
            return _told(["the gateway is stopping"], ())
        if time.monotonic() >= self._until:
            self._found = await self._look()
            self._until = time.monotonic() + _GOOD_FOR
        return _told(*self._found)

    async def _look(self) -> tuple[Sequence[str], Sequence[str]]:
        """Return what speaks against sending requests, and what is not as it should be."""
        runs, works, reaches = await asyncio.gather(
            _in_time(self._run()),
            _in_time(asyncio.to_thread(bool, 1)),
            _in_time(self._reaches_store()),
        )
        against = {
            "no source is connected": not self._connected,
            "operations are not run": not runs,
            "no thread is free, so that no host is found": not works,
        }
        degraded = {"Redis is not reached, so that nothing is kept": not reaches}
        return _which(against), _which(degraded)


async def _in_time(check: Awaitable[bool]) -> bool:
    try:
        async with asyncio.timeout(_PATIENCE):
            return await check
    except Exception:  # noqa: BLE001 - whatever it is, it is not well
        return False


def _which(told: dict[str, bool]) -> list[str]:
    return [text for text, is_so in told.items() if is_so]


def _told(against: Sequence[str], degraded: Sequence[str]) -> Response:
    told: dict[str, Any] = {"ready": not against}
    if against:
        told["why"] = against
    if degraded:
        told["degraded"] = degraded
    return JSONResponse(told, 503 if against else 200, _UNKEPT)
