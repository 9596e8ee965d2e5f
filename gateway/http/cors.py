"""Lets pages of other origins ask, where an operator names them. By itself no page may.

No answer allows credentials in the browser's sense, which are cookies and its stored passwords: the
gateway takes none. A caller's key is a header, which its page must know and set.
"""

from collections.abc import Iterable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from schema.types.source import Source

ANY = "*"

_METHODS = b"GET, HEAD, POST"

_REQUEST_HEADERS = ", ".join(
    (
        "Authorization",  # the star does not cover it
        "Content-Type",
        "X-Stagegraph-Trace",
        *(f"X-{source.name.title()}-Authorization" for source in Source),
        "*",  # what a page's own tools add, such as traceparent, does no harm
    )
).encode()

_READABLE = b"Retry-After"

_SECONDS = b"7200"
"""For so long a browser need not ask again; none takes a longer time from everybody."""

Told = list[tuple[bytes, bytes]]

_VARYING: Told = [(b"vary", b"Origin")]


class Cors:
    """Tells browsers which origins may read what an app answers; an ASGI app around it.

    Args:
        app: answers.
        origins: such as "https://app.example"; "*" is all.
    """

    def __init__(self, app: ASGIApp, origins: Iterable[str]) -> None:
        self._app = app
        self._origins = {origin.encode() for origin in origins}
        self._is_open = ANY.encode() in self._origins

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a preflight, or let the app answer and add what the browser waits for."""
        given: dict[bytes, bytes] = dict(scope["headers"])
        told = self._told(given.get(b"origin"))
        if scope["method"] == "OPTIONS" and b"access-control-request-method" in given:
            await _preflight(told, send)
            return

        async def send_told(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *told]
            await send(message)

        await self._app(scope, receive, send_told)

    def _told(self, origin: bytes | None) -> Told:
        """Return the headers of every answer to an origin."""
        if self._is_open:
            allowed, varying = ANY.encode(), Told()
        else:
            allowed, varying = (origin if origin in self._origins else None), _VARYING
        if allowed is None:
            return varying
        return [
            *varying,
            (b"access-control-allow-origin", allowed),
            (b"access-control-expose-headers", _READABLE),
        ]


async def _preflight(told: Told, send: Send) -> None:
    is_allowed = any(name == b"access-control-allow-origin" for name, _ in told)
    more: Told = [
        (b"access-control-allow-methods", _METHODS),
        (b"access-control-allow-headers", _REQUEST_HEADERS),
        (b"access-control-max-age", _SECONDS),
    ]
    headers = [*told, *more] if is_allowed else [*told, (b"content-length", b"0")]
    status = 204 if is_allowed else 403
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b""})
