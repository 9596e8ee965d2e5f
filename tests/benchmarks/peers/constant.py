"""The floor of every answer from memory: uvicorn, and an app that answers the same bytes.

`PUT /graphql` says which bytes, `POST /graphql` gets them.
"""

from typing import Any

from tests.benchmarks.peers.serving import serve

_body = b'{"data":{"__typename":"Query"}}'


async def app(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Read the whole request, and answer."""
    global _body  # noqa: PLW0603 - the constant
    parts: list[bytes] = []
    more = True
    while more:
        message = await receive()
        parts.append(message.get("body", b""))
        more = message.get("more_body", False)
    if scope["method"] == "PUT":
        _body = b"".join(parts)
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(_body)).encode()),
    ]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": _body})


if __name__ == "__main__":
    serve(app)
