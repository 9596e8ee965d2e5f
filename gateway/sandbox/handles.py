"""The sandbox's handles: JSON in and out, below `/_sandbox`, from loopback alone."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from ipaddress import IPv6Address, ip_address
from typing import Annotated, Any

import msgspec
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from gateway.sandbox.counters import Counters
from gateway.sandbox.emulator import Emulator
from gateway.sandbox.faults import Fault, Faults
from gateway.sandbox.switches import SwitchError

Handle = Callable[[Request], Awaitable[Response]]

_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
_BAD_INPUT = (msgspec.MsgspecError, SwitchError, UnicodeDecodeError, RecursionError)


class _Reset(msgspec.Struct, forbid_unknown_fields=True):
    scale: Annotated[int, msgspec.Meta(ge=1, le=1000)] = 1


class _NotThereError(Exception):
    """What the request names is not there; tells what is."""


def _is_local(request: Request) -> bool:
    try:
        address = ip_address(request.client.host if request.client else "")
    except ValueError:
        return False
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return (mapped or address).is_loopback


def _wrong(status: int, message: str) -> Response:
    return JSONResponse({"error": message}, status)


def _kindly(handle: Handle) -> Handle:
    """Refuse strangers, and answer bad input with what is wrong about it."""

    async def kind(request: Request) -> Response:
        # A browser tells where a page came from; no page has business here.
        if not _is_local(request) or "Origin" in request.headers:
            return _wrong(403, "only from this machine, and not from a web page")
        try:
            return await handle(request)
        except _NotThereError as error:
            return _wrong(404 if request.method == "GET" else 400, str(error))
        except _BAD_INPUT as error:
            return _wrong(400, str(error))

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
        there_are = ", ".join(f"{method} /_sandbox/{path}" for path, method, _ in table)

        async def lost(_: Request) -> Response:
            return _wrong(404, f"no such handle; there are {there_are}")

        return [
            *(
                Route(f"/_sandbox/{path}", _kindly(handle), methods=[method])
                for path, method, handle in table
            ),
            Route("/_sandbox{rest:path}", _kindly(lost), methods=_METHODS),
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
        emulator = self._emulator(fault.source)
        if not emulator.has(fault.method, fault.route):
            there_are = ", ".join(f"{one.method} {one.route}" for one in emulator.endpoints())
            message = f"{fault.source} has no such method and route; there are {there_are}"
            raise _NotThereError(message)
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
        switches = {name: self._emulator(name.partition(".")[0]).switches for name in turned}
        for name, position in turned.items():
            switches[name].judge(name, position)
        # All are good: turn all, or none.
        for name, position in turned.items():
            switches[name].turn(name, position)
        return await self.switches(request)

    async def reset(self, request: Request) -> Response:
        """Put everything as at the start, with data of a scale."""
        wanted = msgspec.json.decode(await request.body() or b"{}", type=_Reset)
        self._faults.clear()
        self._counters.reset()
        for emulator in self._emulators.values():
            emulator.reset(wanted.scale)
        return JSONResponse({"scale": wanted.scale})

    async def state(self, request: Request) -> Response:
        """Answer all objects of one vendor."""
        emulator = self._emulator(request.path_params["source"])
        emulator.ready()
        return Response(msgspec.json.encode(emulator.state()), media_type="application/json")

    def _emulator(self, name: str) -> Emulator:
        if name not in self._emulators:
            message = f"{name} is no sandbox; there are {', '.join(self._emulators)}"
            raise _NotThereError(message)
        return self._emulators[name]
