"""The page that browsers get at the graph's address: GraphiQL, built by `make explorer`.

All that it loads comes from here, and its policy lets it load and ask nothing elsewhere.
"""

import re
from http import HTTPStatus
from pathlib import Path
from typing import Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

_DIST: Final = Path(__file__).parent / "dist"

_GUARDED: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; worker-src 'self'; "
        # The editor sets its styles and draws its icons inline.
        "style-src 'self' 'unsafe-inline'; font-src 'self' data:; img-src 'self' data:; "
        "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
}
# The same address answers the graph's clients otherwise, and the next build names other files.
_PAGE: Final = _GUARDED | {"Cache-Control": "no-cache", "Vary": "Accept"}
_ASSET: Final = _GUARDED | {"Cache-Control": "public, max-age=31536000, immutable"}

# What the build names: a hash of its content in every name, and no way to another folder.
_NAME: Final = re.compile(r"[a-z]+(\.worker)?-[0-9A-Z]{8}(\.ttf|\.(css|js)(\.LEGAL\.txt)?)")
_MEDIA_TYPES: Final = {
    ".css": "text/css",
    ".js": "text/javascript",
    ".ttf": "font/ttf",
    ".txt": "text/plain",
}


def routes() -> list[BaseRoute]:
    """Where the page's scripts, styles and workers are; their names change with their content."""
    return [Route("/graphql/explorer/{file}", _asset)]


def page() -> Response:
    """Answers a browser's GET of the graph's address."""
    index = _DIST / "index.html"
    try:
        return HTMLResponse(index.read_bytes(), headers=_PAGE)
    except FileNotFoundError:
        return PlainTextResponse(
            "The explorer is not built yet. In the project's folder, run: make explorer\n"
            "The graph itself is up: send it a POST at this address.\n",
            status_code=HTTPStatus.SERVICE_UNAVAILABLE,
            headers=_PAGE,
        )


def _asset(request: Request) -> Response:
    name = _NAME.fullmatch(request.path_params["file"])
    if name is None or not (path := _DIST / name[0]).is_file():
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return FileResponse(path, media_type=_MEDIA_TYPES[path.suffix], headers=_ASSET)
