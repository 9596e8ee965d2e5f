"""What every vendor's emulator is: endpoints over a state, behind auth, limits and faults."""

import time
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, NamedTuple

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from gateway.sandbox.counters import Counters
from gateway.sandbox.faults import Faults, Json
from gateway.sandbox.gate import Gate, Handler
from gateway.sandbox.limits import Budget, Limiter
from gateway.sandbox.switches import Switches
from schema.types.source import Source

__all__ = ["TOKEN", "Emulator", "Endpoint", "Handler"]

TOKEN = "sandbox"  # noqa: S105 - the one credential of the sandboxes; any other is refused

_NOWHERE = "/{nowhere:path}"
"""The route of all that is no endpoint."""


class Endpoint(NamedTuple):
    """One endpoint: its method, its route below the vendor's base URL, and what answers it.

    One that is beside the API stands below "/<source>", and neither wants its credential nor
    counts towards its limit.
    """

    method: str
    route: str
    handler: Handler
    is_beside: bool = False


class Emulator(ABC):
    """One vendor, over real HTTP.

    Attributes:
        source: which vendor.
        prefix: where it stands on the sandbox's port, such as "/outreach/api/v2".
        positions: its switches, by name without the vendor's, with their positions, first first.
        limit: its rate limit, "calls/seconds" or "none".
        slash_is_optional: whether a route answers with and without a slash at its end.
    """

    source: ClassVar[Source]
    prefix: ClassVar[str]
    positions: ClassVar[Mapping[str, Sequence[str]]] = {}
    limit: ClassVar[str] = "none"
    slash_is_optional: ClassVar[bool] = False

    def __init__(self, counters: Counters, faults: Faults) -> None:
        self.switches = Switches(self.source.value, self.positions, self.limit)
        self._counters = counters
        self._faults = faults
        self._limiter = Limiter(time.monotonic)
        self._unseeded: int | None = None
        self.seed(1)

    @abstractmethod
    def seed(self, scale: int) -> None:
        """Fill the state from nothing, always with the same data for the same scale."""

    @abstractmethod
    def state(self) -> Mapping[str, Sequence[Any]]:
        """Return all objects by kind, each as the vendor's get answers it."""

    @abstractmethod
    def endpoints(self) -> Sequence[Endpoint]:
        """Return every endpoint."""

    @abstractmethod
    def refuse(self, request: Request) -> Response | None:
        """Return the vendor's answer to a missing or wrong credential, or None if it is good."""

    @abstractmethod
    def throttle(self, budget: Budget) -> Response:
        """Return the vendor's answer to a call too many."""

    @abstractmethod
    def lost(self, request: Request) -> Response:
        """Return the vendor's answer where there is no such route or method."""

    @abstractmethod
    def rows(self, body: Any) -> tuple[Json, str] | None:
        """Find the list of rows in an answer's object: the object that holds it, and its key."""

    @classmethod
    @abstractmethod
    def settings(cls, origin: str) -> Mapping[str, str]:
        """Return the source's settings that lead to this emulator at an origin."""

    @abstractmethod
    def stamp(self, response: Response, budget: Budget | None) -> None:
        """Put the vendor's rate-limit headers on an answer, where it sends any."""

    def reset(self, scale: int) -> None:
        """Put data, switches and limits as at the start."""
        self.switches.reset()
        self._limiter.reset()
        self._unseeded = scale

    def ready(self) -> None:
        """Fill the state after a reset, once it is asked for: many look at one vendor alone."""
        if self._unseeded is not None:
            scale, self._unseeded = self._unseeded, None
            self.seed(scale)

    def has(self, method: str | None, route: str | None) -> bool:
        """Tell whether any endpoint has this method and this route; None is any."""
        return route == _NOWHERE or any(
            method in {None, one.method} and route in {None, one.route} for one in self.endpoints()
        )

    def routes(self) -> list[Route]:
        """Return the endpoints as routes below the prefix, and the way for all that is none."""
        routes: list[Route] = []
        for one in self.endpoints():
            gate = self._gate(one.route, one.handler if one.is_beside else self._guard(one.handler))
            prefix = f"/{self.source.value}" if one.is_beside else self.prefix
            bare = one.route.rstrip("/")
            paths = [bare, bare + "/"] if self.slash_is_optional else [one.route]
            routes += [Route(prefix + path, gate, methods=[one.method]) for path in paths]
        lost = self._gate(_NOWHERE, self._guard(self._lose))
        return [*routes, Route(self.prefix + _NOWHERE, lost), Route(self.prefix, lost)]

    def _gate(self, route: str, handler: Handler) -> Gate:
        return Gate(
            self.source.value,
            route,
            self._readied(handler),
            rows_of=self.rows,
            counters=self._counters,
            faults=self._faults,
        )

    async def _lose(self, request: Request) -> Response:
        return self.lost(request)

    def _readied(self, handler: Handler) -> Handler:
        """See to it that the state is there before anything, the credential's judge too, looks."""

        async def readied(request: Request) -> Response:
            self.ready()
            return await handler(request)

        return readied

    def _guard(self, handler: Handler) -> Handler:
        """Put the credential and the limit before an endpoint."""

        async def guarded(request: Request) -> Response:
            refused = self.refuse(request)
            if refused is not None:
                return refused
            budget = self._limiter.spend(self.switches["limit"])
            if budget is not None and budget.remaining < 0:
                response = self.throttle(budget)
            else:
                response = await handler(request)
            self.stamp(response, budget)
            return response

        return guarded
