"""The floor of every cold answer: uvicorn, aiohttp, and an app that only waits for the calls.

`PUT /graphql` takes `{"calls": [[method, address, body], ...], "answer": {...}}`; `POST /graphql`
makes these calls all at once, reads their answers and decodes none, and answers the same bytes.
"""

import asyncio
from typing import Any

import aiohttp
import msgspec

from tests.benchmarks.peers.serving import serve

_HEADERS = {
    "Authorization": "Bearer sandbox",
    "Accept": "application/json",
    "Content-Type": "application/json",
}


class Told(msgspec.Struct):
    """What to do for each request.

    Attributes:
        calls: method, address and body of each.
        answer: what is answered then.
    """

    calls: list[tuple[str, str, str]]
    answer: msgspec.Raw


_told = Told([], msgspec.Raw(b'{"data":{"__typename":"Query"}}'))
_session: aiohttp.ClientSession | None = None


async def _call(session: aiohttp.ClientSession, method: str, address: str, body: str) -> None:
    async with session.request(method, address, data=body or None, headers=_HEADERS) as answer:
        answer.raise_for_status()
        await answer.read()


async def app(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Read the whole request, wait for the calls, and answer."""
    global _told, _session  # noqa: PLW0603 - what this process is told, and its connections
    parts: list[bytes] = []
    more = True
    while more:
        message = await receive()
        parts.append(message.get("body", b""))
        more = message.get("more_body", False)
    _session = _session or aiohttp.ClientSession()
    if scope["method"] == "PUT":
        _told = msgspec.json.decode(b"".join(parts), type=Told)
    else:
        await asyncio.gather(*(_call(_session, *one) for one in _told.calls))
    body = bytes(_told.answer)
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
    ]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


if __name__ == "__main__":
    serve(app)
