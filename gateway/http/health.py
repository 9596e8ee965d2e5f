"""Whether the process lives."""

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response


async def healthz(request: Request) -> Response:
    """Answer 200 as long as the process answers at all."""
    del request
    return PlainTextResponse("ok\n")
