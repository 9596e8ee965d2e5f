"""Makes httpx's requests of calls: the address, the headers, the body."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, unquote

import httpx
import msgspec

from gateway.upstream.call import Call

_HEADERS = {
    "Accept": "application/json",
    "Accept-Encoding": "gzip",
    "User-Agent": "stagegraph",
}

_PLAIN = re.compile(r"[A-Za-z0-9._~-]*")
_STRAIGHT = re.compile(r"(/(?!\.)[A-Za-z0-9._~-]*)+")
"""Paths in which nothing is encoded and no segment begins with a dot."""

_DECODED = 5
"""Times that a path is looked at, decoded once more each time: proxies and servers may, too."""

_NO_BODY = httpx.ByteStream(b"")
_SIZED = frozenset({"POST", "PUT", "PATCH"})
"""Methods whose requests tell the length of their body even if they have none."""


class NoSuchPathError(Exception):
    """A parameter would leave its segment, or a route what it is to be below."""


class Request(httpx.Request):
    """A request below an origin, whose URL is read only if somebody looks at it.

    httpx takes longer to read a URL than to send a request. What is sent is the "target" among the
    extensions, as httpx has it.

    Args:
        method: HTTP method.
        origin: the URL of a path that the request's own stands in place of.
        target: the request's path and query, percent-encoded.
        headers: all that are sent.
        stream: the body.
        extensions: further ones.
    """

    def __init__(
        self,
        method: str,
        origin: httpx.URL,
        target: str,
        headers: httpx.Headers,
        stream: httpx.ByteStream,
        extensions: Mapping[str, Any],
    ) -> None:
        self._target = target.encode()
        extensions = {"target": self._target, **extensions}
        super().__init__(method, origin, headers=headers, stream=stream, extensions=extensions)

    @property
    def url(self) -> httpx.URL:  # type: ignore[override]
        """The whole URL."""
        return self._origin.copy_with(raw_path=self._target)

    @url.setter
    def url(self, origin: httpx.URL) -> None:
        self._origin = origin


class Requests:
    """Makes the requests to one source.

    Args:
        base_url: what every route is below.
        headers: sent with every call, beside the credential.
    """

    def __init__(self, base_url: str, headers: Mapping[str, str]) -> None:
        self._base_url = base_url
        self._headers = headers
        self._origin: httpx.URL | None = None
        self._prefix = ""
        self._credential: Mapping[str, str] | None = None
        self._bare = self._typed = httpx.Headers()

    def of(self, call: Call[Any], credential: Mapping[str, str], **extensions: Any) -> Request:
        """Return the request of a call.

        Args:
            call: what to send.
            credential: headers.
            extensions: of the request, as httpx knows them.

        Raises:
            httpx.InvalidURL: if the base URL is none.
            NoSuchPathError: if a parameter would leave its segment, or the route the base URL.
        """
        origin = self._origin or self._read()
        target = self._prefix + _path(call)
        # The origin is handed on as it is; a route of no "/" would make another prefix of this one.
        if not target.startswith(f"{self._prefix}/"):
            raise NoSuchPathError
        if call.query:
            pairs = [f"{_quoted(name)}={_quoted(value)}" for name, value in call.query]
            target = f"{target}?{'&'.join(pairs)}"
        if credential != self._credential:
            self._take(origin, credential)
        if call.body is None:
            headers, stream = self._bare, _NO_BODY
            if call.method in _SIZED:
                headers = httpx.Headers([*headers.raw, (b"Content-Length", b"0")])
        else:
            body = msgspec.json.encode(call.body)
            length = b"%d" % len(body)
            headers = httpx.Headers([*self._typed.raw, (b"Content-Length", length)])
            stream = httpx.ByteStream(body)
        return Request(call.method, origin, target, headers, stream, extensions)

    def _read(self) -> httpx.URL:
        """Read the base URL; the first call does, so that a bad one is the call's failure."""
        self._origin = httpx.URL(self._base_url)
        self._prefix = self._origin.raw_path.decode().rstrip("/")
        return self._origin

    def _take(self, origin: httpx.URL, credential: Mapping[str, str]) -> None:
        """Make the headers that all requests with a credential have."""
        bare = httpx.Headers({"Host": origin.netloc.decode()})
        for more in (_HEADERS, self._headers, credential):
            bare.update(more)
        self._bare, self._typed = bare, bare.copy()
        self._typed.setdefault("Content-Type", "application/json")
        self._credential = dict(credential)


def _path(call: Call[Any]) -> str:
    """Fill the route; a parameter can never reach beyond its own segment."""
    if not call.params:
        return call.route
    path = call.route.format_map({name: _quoted(text) for name, text in call.params.items()})
    if "" in call.params.values() or not (_STRAIGHT.fullmatch(path) or _stays_below(path)):
        raise NoSuchPathError
    return path


def _stays_below(path: str) -> bool:
    """Tell whether a path leads down alone, even for whoever decodes it more often than once."""
    for _ in range(_DECODED):
        if not {".", ".."}.isdisjoint(path.replace("\\", "/").split("/")):
            return False
        path = unquote(path)
    return True


def _quoted(text: str) -> str:
    """Percent-encode all but what needs it nowhere."""
    return text if _PLAIN.fullmatch(text) else quote(text, safe="")
