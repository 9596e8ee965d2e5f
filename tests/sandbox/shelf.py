"""A vendor of this folder's own: books, which can be read, put on the shelf and taken off it."""

from collections.abc import Mapping, Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from gateway.sandbox.emulator import TOKEN, Emulator, Endpoint
from gateway.sandbox.faults import Json
from gateway.sandbox.limits import Budget
from schema.types.source import Source

HEADERS = {"Authorization": TOKEN}
BEARER = {"Authorization": f"Bearer {TOKEN}"}
"""What Outreach takes."""


class Shelf(Emulator):
    """Stands where Esper would."""

    source = Source.ESPER
    prefix = "/shelf"
    positions = {"order": ("up", "down"), "titles": ("kept", "shouted")}
    limit = "1000/1"

    def seed(self, scale: int) -> None:
        self.books: list[Json] = [
            {"id": number, "name": f"Book {number}", "kind": "novel", "by": {"name": "Ada"}}
            for number in range(1, 4 * scale + 1)
        ]

    def state(self) -> Mapping[str, Sequence[Any]]:
        return {"books": self.books}

    def endpoints(self) -> Sequence[Endpoint]:
        return [
            Endpoint("GET", "/books", self._list),
            Endpoint("POST", "/books", self._put_up),
            Endpoint("GET", "/books/{id}", self._get),
            Endpoint("DELETE", "/books/{id}", self._take_off),
            Endpoint("GET", "/motto", self._motto),
            Endpoint("GET", "/crash", self._crash),
            Endpoint("GET", "/door/{side}", self._door, is_beside=True),
        ]

    def refuse(self, request: Request) -> Response | None:
        if request.headers.get("Authorization") == TOKEN:
            return None
        return JSONResponse({"error": "who are you?"}, 401)

    def throttle(self, budget: Budget) -> Response:
        return JSONResponse({"error": "slowly"}, 429)

    def lost(self, request: Request) -> Response:
        return JSONResponse({"error": f"no {request.method} here"}, 404)

    def rows(self, body: Any) -> tuple[Json, str] | None:
        return (body, "books") if isinstance(body.get("books"), list) else None

    @classmethod
    def settings(cls, origin: str) -> Mapping[str, str]:
        return {"base_url": origin + cls.prefix}

    def stamp(self, response: Response, budget: Budget | None) -> None:
        response.headers["X-Left"] = "all" if budget is None else str(max(0, budget.remaining))

    async def _list(self, request: Request) -> Response:
        step = -1 if self.switches["order"] == "down" else 1
        return JSONResponse({"books": self.books[::step], "name": "Shelf"})

    async def _get(self, request: Request) -> Response:
        for book in self.books:
            if str(book["id"]) == request.path_params["id"]:
                return JSONResponse(book, media_type="application/vnd.shelf+json")
        return JSONResponse(["no such book"], 404)

    async def _put_up(self, request: Request) -> Response:
        book: Json = {**await request.json(), "id": len(self.books) + 1}
        self.books.append(book)
        request.state.applied = True
        return JSONResponse(book, 201)

    async def _take_off(self, request: Request) -> Response:
        self.books = [one for one in self.books if str(one["id"]) != request.path_params["id"]]
        request.state.applied = True
        return Response(status_code=204)

    async def _door(self, request: Request) -> Response:
        return JSONResponse({"open": request.path_params["side"]})

    async def _motto(self, request: Request) -> Response:
        return Response("read", media_type="text/plain")

    async def _crash(self, request: Request) -> Response:
        message = "the shelf fell"
        raise RuntimeError(message)


class Ladder(Shelf):
    """Takes slashes at the end, and stands where Storyblok would."""

    source = Source.STORYBLOK
    prefix = "/ladder/v1"
    slash_is_optional = True
    limit = "none"

    def endpoints(self) -> Sequence[Endpoint]:
        return [
            Endpoint("GET", "/books/", self._list),
            Endpoint("GET", "/books/{id}/", self._get),
        ]
