"""Sends answers: in which media type, compressed or not, and what caches may do with them."""

from collections.abc import Mapping

import msgspec
from starlette.types import Send

from gateway.http.body import LEAST, Body
from gateway.http.headers import Headers
from gateway.http.refusals import BadRequestError
from gateway.http.taken import JSON, RESPONSE_JSON, takes_gzip

_TYPED = {one: (b"content-type", f"{one}; charset=utf-8".encode()) for one in (JSON, RESPONSE_JSON)}
_GZIPPED = (b"content-encoding", b"gzip")
_VARYING = (b"vary", b"Accept, Accept-Encoding")

# Whose parts may be kept for how long is known here alone.
_UNKEPT = (b"cache-control", b"no-store")

_encode = msgspec.json.Encoder().encode


async def reply(
    send: Send,
    status: int,
    headers: Headers,
    body: Body,
    more: Mapping[str, str] | None = None,
) -> int:
    """Send an answer; return how many bytes its body has.

    Args:
        send: ASGI's.
        status: of HTTP.
        headers: the request's.
        body: what is answered.
        more: headers of the answer.
    """
    content = body.plain
    told = [_TYPED[headers.media_type or JSON], (b"x-request-id", headers.request_id)]
    if headers.is_cacheable or len(content) >= LEAST:
        told.append(_VARYING)
    if headers.is_cacheable:
        told.append(_UNKEPT)
    if len(content) >= LEAST and takes_gzip(headers.accept_encoding):
        content = await body.compressed()
        told.append(_GZIPPED)
    told.append((b"content-length", str(len(content)).encode()))
    if more:
        told += [(name.lower().encode(), value.encode()) for name, value in more.items()]
    await send({"type": "http.response.start", "status": status, "headers": told})
    await send({"type": "http.response.body", "body": content})
    return len(content)


async def refuse(send: Send, error: BadRequestError, headers: Headers) -> tuple[int, int]:
    """Send what is wrong with a request; return the status, and how many bytes the body has."""
    told = {"message": error.message, "extensions": error.extensions}
    # In the older type, clients take every well-formed answer from 200.
    is_older = error.is_well_formed and headers.media_type == JSON
    body = Body(_encode({"errors": [told]}))
    status = 200 if is_older else error.status
    return status, await reply(send, status, headers, body, error.headers)
