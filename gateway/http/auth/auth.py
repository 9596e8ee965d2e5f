"""Tells who asks."""

from collections.abc import Awaitable, Collection, Mapping
from functools import lru_cache
from typing import Protocol

from msgspec import structs

from gateway.caller import ANYBODY, Caller
from gateway.http.refusals import BadRequestError
from gateway.settings import Secret, is_loopback, variable
from schema.types.errors import ErrorCode
from schema.types.source import Source

_OWN = {f"x-{source.value}-authorization".encode(): source for source in Source}
"""The headers in which callers bring credentials of their own."""

_LONGEST = 8192
"""Bytes of what a caller may show, in one header."""


_FOREIGN = (
    "This gateway is open, and so to this machine alone: ask it as 127.0.0.1 or localhost. To open "
    f"it to others an operator sets {variable('server', 'auth')}, or "
    f"{variable('server', 'allow_open')}=yes."
)


@lru_cache(maxsize=64)
def is_here(host: bytes) -> bool:
    """Tell whether a Host header names this machine."""
    name = host.decode("latin-1").strip()
    return is_loopback(name.rpartition(":")[0] if not name.endswith("]") and ":" in name else name)


class UnknownCallerError(Exception):
    """What a caller shows is nobody's; the message says what is wrong with it."""


class Known(Protocol):
    """Knows callers by what they show."""

    def find(self, shown: bytes) -> Caller | Awaitable[Caller]:
        """Return who shows this.

        Raises:
            UnknownCallerError: if it is nobody's.
        """
        ...

    async def close(self) -> None:
        """Let go of connections."""
        ...


class Auth:
    """Tells who asks.

    Args:
        known: knows callers; None takes everybody for anybody.
        lets: the sources that callers may bring a credential of their own for.
        is_local: whether only this machine may ask. A page of a foreign name that its owner lets
            lead to this machine (DNS rebinding) is told by the Host header, which it cannot choose.
    """

    def __init__(
        self, known: Known | None, lets: Collection[Source], *, is_local: bool = False
    ) -> None:
        self._known = known
        self._lets = lets
        self._is_local = is_local

    def caller(self, headers: Mapping[bytes, bytes]) -> Caller | Awaitable[Caller]:
        """Return who sends a request.

        Args:
            headers: the request's, by name in lower case.

        Raises:
            BadRequestError: 401 if nobody knows that caller, 403 if it brings a credential that it
                may not bring, 421 if it comes by a foreign name.
        """
        if self._is_local and b"host" in headers and not is_here(headers[b"host"]):
            raise BadRequestError(421, _FOREIGN, code=ErrorCode.FORBIDDEN.value)
        own: dict[Source, Secret] = {}
        if not _OWN.keys().isdisjoint(headers):
            own = {
                source: self._own(name, headers[name])
                for name, source in _OWN.items()
                if name in headers
            }
        if self._known is None:
            return Caller(credentials=own) if own else ANYBODY
        found = self._found(self._known, headers)
        if isinstance(found, Caller):
            return structs.replace(found, credentials=own) if own else found
        return _later(found, own)

    def _found(self, known: Known, shown: Mapping[bytes, bytes]) -> Caller | Awaitable[Caller]:
        given = shown.get(b"x-api-key") or _bearer(shown.get(b"authorization", b""))
        if not given:
            message = "Show who you are: Authorization: Bearer, and a key or token."
            raise _unknown(message)
        try:
            return known.find(given[: _LONGEST + 1])
        except UnknownCallerError as error:
            raise _unknown(str(error)) from None

    def _own(self, name: bytes, value: bytes) -> Secret:
        source, header = _OWN[name], name.decode()
        if source not in self._lets:
            setting = variable(f"sources.{source.value}", "caller_credentials")
            message = f"{header} is not taken here; an operator would have to set {setting}."
            raise BadRequestError(403, message, code=ErrorCode.FORBIDDEN.value)
        if not value or len(value) > _LONGEST or not all(32 <= one < 127 for one in value):  # noqa: PLR2004
            message = f"{header} takes printable ASCII, {_LONGEST} characters at most."
            raise BadRequestError(400, message)
        return Secret(value.decode())

    async def close(self) -> None:
        """Let go of connections."""
        if self._known is not None:
            await self._known.close()


async def _later(found: Awaitable[Caller], own: dict[Source, Secret]) -> Caller:
    try:
        caller = await found
    except UnknownCallerError as error:
        raise _unknown(str(error)) from None
    return structs.replace(caller, credentials=own) if own else caller


def _bearer(value: bytes) -> bytes:
    scheme, _, rest = value.partition(b" ")
    return rest.strip() if scheme.lower() == b"bearer" else b""


def _unknown(message: str) -> BadRequestError:
    tell = {"WWW-Authenticate": "Bearer"}
    return BadRequestError(401, message, tell, code=ErrorCode.UNAUTHENTICATED.value)
