"""The sandbox's handles: JSON in and out, below `/_sandbox`, from loopback alone."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from ipaddress import ip_address
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from gateway.sandbox.counters import Counters
from gateway.sandbox.emulator import Emulator
from gateway.sandbox.faults import Fault, Faults
from gateway.sandbox.switches import SwitchError

Handle = Callable[[Request], Awaitable[Response]]

_MAX_SCALE = 1000


class _Reset(msgspec.Struct, forbid_unknown_fields=True):
    scale: int = 1


def _is_local(request: Request) -> bool:
    try:
        return request.client is not None and ip_address(request.client.host).is_loopback
    except ValueError:
        return False


def _kindly(handle: Handle) -> Handle:
    """Refuse strangers, and answer bad input with what is wrong about it."""

    async def kind(request: Request) -> Response:
        if not _is_local(request):
            return JSONResponse({"error": "only from this machine"}, status_code=403)
        try:
            return await handle(request)
        except (msgspec.MsgspecError, SwitchError) as error:
            return JSONResponse({"error": str(error)}, status_code=400)

    return kind


class Handles:
    """The handles over all emulators."""

    def __init__(self, emulators: Sequence[Emulator], counters: Counters, faults: Faults) -> None:
        self._emulators: Mapping[str, Emulator] = {one.source.value: one for one in emulators}
        self._counters = counters
        self._faults = faults

    def routes(self) -> list[BaseRoute]:
        """Return the handles as routes."""
        table: list[tuple[str, str, Handle]] = [
            ("requests", "GET", self.requests),
            ("requests", "DELETE", self.forget_requests),
            ("faults", "POST", self.add_fault),
            ("faults", "DELETE", self.remove_faults),
            ("switches", "GET", self.switches),
            ("switches", "PATCH", self.turn),
            ("reset", "POST", self.reset),
            ("state/{source}", "GET", self.state),
        ]
        return [
            Route(f"/_sandbox/{path}", _kindly(handle), methods=[method])
            for path, method, handle in table
        ]

    async def requests(self, _: Request) -> Response:
        """Answer the counts of requests."""
        return JSONResponse(self._counters.shown())

    async def forget_requests(self, _: Request) -> Response:
        """Set the counts to nothing."""
        self._counters.reset()
        return JSONResponse([])

    async def add_fault(self, request: Request) -> Response:
        """Set one fault."""
        fault = msgspec.json.decode(await request.body(), type=Fault)
        self._emulator(fault.source)
        self._faults.add(fault)
        return JSONResponse(msgspec.to_builtins(fault), status_code=201)

    async def remove_faults(self, _: Request) -> Response:
        """Remove all faults."""
        self._faults.clear()
        return JSONResponse([])

    async def switches(self, _: Request) -> Response:
        """Answer every switch's position."""
        shown = [one.switches.shown() for one in self._emulators.values()]
        return JSONResponse({name: position for one in shown for name, position in one.items()})

    async def turn(self, request: Request) -> Response:
        """Turn switches."""
        turned = msgspec.json.decode(await request.body(), type=dict[str, Any])
        for name, position in turned.items():
            self._emulator(name.partition(".")[0]).switches.turn(name, position)
        return await self.switches(request)

    async def reset(self, request: Request) -> Response:
        """Put everything as at the start, with data of a scale."""
        wanted = msgspec.json.decode(await request.body() or b"{}", type=_Reset)
        if not 1 <= wanted.scale <= _MAX_SCALE:
            message = f"scale takes 1 to {_MAX_SCALE}"
            raise msgspec.ValidationError(message)
        self._faults.clear()
        self._counters.reset()
        for emulator in self._emulators.values():
            emulator.reset(wanted.scale)
        return JSONResponse({"scale": wanted.scale})

    async def state(self, request: Request) -> Response:
        """Answer all objects of one vendor."""
        emulator = self._emulator(request.path_params["source"])
        return Response(msgspec.json.encode(emulator.state()), media_type="application/json")

    def _emulator(self, name: str) -> Emulator:
        if name not in self._emulators:
            message = f"{name} is no sandbox; there are {', '.join(self._emulators)}"
            raise SwitchError(message)
        return self._emulators[name]
