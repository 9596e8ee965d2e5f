"""Reads a request's body, and no more of it than is allowed."""

from collections.abc import Mapping
from typing import Any, NamedTuple, cast

from starlette.types import Receive

from gateway.errors import Excess
from gateway.http.refusals import BadRequestError


class Most(NamedTuple):
    """What a request may have, unless told otherwise.

    Attributes:
        bytes: of its body.
        values: in its variables: each must be looked at.
    """

    bytes: int = 256_000
    values: int = 10_000


async def read_body(receive: Receive, length: int, most: int) -> bytes:
    """Return a body.

    Args:
        receive: ASGI's.
        length: bytes that its headers tell of; 0 where they do not.
        most: bytes that it may have.

    Raises:
        BadRequestError: if it has more, as soon as that is known; or if it ends too early.
    """
    if length > most:
        raise _too_long(length, most)
    message = await receive()
    body: bytes = message.get("body", b"")
    if message.get("more_body", False):
        return await _rest(receive, body, most)
    if len(body) > most:
        raise _too_long(len(body), most)
    if message["type"] != "http.request":
        raise BadRequestError(400, "The body ended too early.")
    return body


async def _rest(receive: Receive, first: bytes, most: int) -> bytes:
    body = bytearray(first)
    while True:
        if len(body) > most:
            raise _too_long(len(body), most)
        message = await receive()
        if message["type"] != "http.request":
            raise BadRequestError(400, "The body ended too early.")
        body += message.get("body", b"")
        if not message.get("more_body", False):
            break
    if len(body) > most:
        raise _too_long(len(body), most)
    return bytes(body)


def _too_long(found: int, most: int) -> BadRequestError:
    message = f"The body has {found} bytes or more; {most} are allowed."
    # What of it is still under way is not waited for.
    headers = {"Connection": "close"}
    failure = Excess(message, bound="body", allowed=most, requested=found)
    return BadRequestError(413, message, headers, failure=failure)


def refuse_many_values(variables: Mapping[str, Any] | None, size: int, most: int) -> None:
    """Refuse variables that hold too many values.

    Args:
        variables: as they came.
        size: bytes of the text that they came in.
        most: values that they may hold.

    Raises:
        BadRequestError: if they do.
    """
    if variables is None or size <= 2 * most:  # each takes two bytes at least
        return
    count, open_ones = 0, [cast("Any", variables)]
    while open_ones:
        one = open_ones.pop()
        count += len(one)
        inside = one.values() if one.__class__ is dict else one
        open_ones += [each for each in inside if each.__class__ in (dict, list)]
    if count > most:
        message = f"The variables hold {count} values; {most} are allowed."
        bound = Excess(message, bound="variables", allowed=most, requested=count)
        raise BadRequestError(400, message, failure=bound)
