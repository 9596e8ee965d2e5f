"""The emulator: stages, states, stage diagrams and dev users, each over GET and over POST."""

import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from math import ceil
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from gateway.sandbox.emulator import TOKEN, Emulator, Endpoint, Handler
from gateway.sandbox.faults import Json
from gateway.sandbox.limits import Budget
from gateway.sources.devrev.sandbox import filters, paging
from gateway.sources.devrev.sandbox.families import FAMILIES, Family
from gateway.sources.devrev.sandbox.grammar import Refusal, read, required
from gateway.sources.devrev.sandbox.records import Record
from gateway.sources.devrev.sandbox.seed import seed
from schema.types.source import Source

_VERSIONS = {"2022-10-20", "2024-01-24"}
"""The guide's default and the one in the vendor's OpenAPI."""

_TOO_MANY = 429


def _error(status: int, type: str, message: str, **details: object) -> Response:  # noqa: A002
    return JSONResponse({"type": type, "message": message, **details}, status)


class DevRev(Emulator):
    """Switches.

    - `page_size`: limits above 50 are served, clamped to 50 or refused.
    - `sort_by`: ignored, served as `field:asc` or `field:desc`, or refused.
    - `display_ids`: gets take them as they take DONs, or refuse them.
    - `answers`: what the vendor's OpenAPI documents, or what newer clients know too.
    """

    source = Source.DEVREV
    prefix = "/devrev"
    positions = {
        "page_size": ("served", "clamped", "refused"),
        "sort_by": ("ignored", "served", "refused"),
        "display_ids": ("served", "refused"),
        "answers": ("documented", "everything"),
    }
    limit = "1000/300"

    def seed(self, scale: int) -> None:
        """Make the data anew."""
        self.records = seed(scale)

    def state(self) -> Mapping[str, Sequence[Any]]:
        """Return everything as the gets answer it; rev users have none, and are only summed up."""
        return {
            table: [self._shown(table, one) for one in self.records.all(table)]
            for table in self.records.names
            if table != "rev_users"
        }

    @classmethod
    def settings(cls, origin: str) -> Mapping[str, str]:
        """Lead the gateway here."""
        return {"base_url": origin + cls.prefix, "token": TOKEN}

    def endpoints(self) -> Sequence[Endpoint]:
        """Return gets and lists of four types of object, and who the token's owner is."""
        found: list[tuple[str, Handler]] = [("/dev-users.self", _guarded(self._self))]
        for family in FAMILIES:
            found.append((f"/{family.route}.get", self._getter(family)))
            found.append((f"/{family.route}.list", self._lister(family)))
        return [
            Endpoint(method, route, handler)
            for route, handler in found
            for method in ("GET", "POST")
        ]

    def refuse(self, request: Request) -> Response | None:
        """Want a bearer token."""
        if request.headers.get("Authorization") == f"Bearer {TOKEN}":
            return None
        return _error(401, "unauthenticated", "Unauthenticated")

    def throttle(self, budget: Budget) -> Response:
        """Answer 429 with the seconds to wait, in the body and in the header."""
        wait = ceil(budget.reset_in)
        response = _error(_TOO_MANY, "too_many_requests", "Too many requests", retry_after=wait)
        response.headers["Retry-After"] = str(wait)
        return response

    def lost(self, request: Request) -> Response:
        """Answer 404 with a message alone."""
        return JSONResponse({"message": f"{request.method} {request.url.path} not found"}, 404)

    def rows(self, body: Any) -> tuple[Json, str] | None:
        """Find the list in a list's answer."""
        for name in ("result", "dev_users"):
            if isinstance(body.get(name), list):
                return body, name
        return None

    def stamp(self, response: Response, budget: Budget | None) -> None:
        """Send the limit's headers with every answer."""
        if budget is not None:
            response.headers["X-Ratelimit-Limit"] = str(budget.limit)
            response.headers["X-Ratelimit-Remaining"] = str(max(0, budget.remaining))
            response.headers["X-Ratelimit-Reset"] = str(round(time.time() + budget.reset_in))

    def _shown(self, table: str, record: Record) -> Record:
        everything = self.switches["answers"] == "everything"
        return self.records.shown(table, record, everything=everything)

    async def _self(self, request: Request) -> Response:
        await read(request, {})
        [owner, *_] = self.records.all("people")
        return JSONResponse({"dev_user": self._shown("people", owner)})

    def _getter(self, family: Family) -> Handler:
        async def get(request: Request) -> Response:
            record = self._found(family, await read(request, family.asked))
            if record is None:
                return _error(404, "not_found", "Object not found")
            return JSONResponse({family.one: self._shown(family.table, record)})

        return _guarded(get)

    def _found(self, family: Family, given: Mapping[str, Any]) -> Record | None:
        """Find by id, or the default diagram of a type of work, which goes first."""
        if "leaf_type" in given:
            wanted = {"is_custom_leaf_type": False, **given, "is_default": True}
            wanted.pop("id", None)
            found = [one for one in self.records.all(family.table) if filters.matches(one, wanted)]
            return found[0] if found else None
        text = required(given, "id")
        if self.switches["display_ids"] == "refused" and not text.startswith("don:"):
            message = "id is not an ID"
            raise Refusal(message, type="invalid_id", field_name="id")
        return self.records.find(family.table, text)

    def _lister(self, family: Family) -> Handler:
        ways = paging.TWO_WAY if family.is_two_way else paging.FIELDS

        async def list_records(request: Request) -> Response:
            given = await read(request, {**family.filters, **ways})
            rows = [one for one in self.records.all(family.table) if filters.matches(one, given)]
            rows = self._ordered(rows, given.get("sort_by", ()), family)
            page = paging.page(family.route, rows, given, self.switches["page_size"])
            shown = [self._shown(family.table, one) for one in page.rows]
            names = ("next_cursor", "prev_cursor") if family.is_two_way else ("cursor",)
            # At an end the field is left out; one name alone leads on, and two lead back as well.
            cursors = zip(names, (page.after, page.before), strict=False)
            return JSONResponse(
                {family.many: shown, **{name: one for name, one in cursors if one is not None}}
            )

        return _guarded(list_records)

    def _ordered(self, rows: list[Record], sort_by: Sequence[str], family: Family) -> list[Record]:
        switch = self.switches["sort_by"]
        if sort_by and switch == "refused":
            message = "Unknown field: sort_by"
            raise Refusal(message, type="invalid_field", field_name="sort_by")
        return filters.ordered(rows, sort_by, family.sortable) if switch == "served" else rows


def _guarded(answer: Callable[[Request], Awaitable[Response]]) -> Handler:
    """Answer 400 where the request makes no sense or wants a version that there is not."""

    async def guarded(request: Request) -> Response:
        version = request.headers.get("X-Devrev-Version")
        if version is not None and version not in _VERSIONS:
            message = f"There is no version {version}"
            return _error(400, "invalid_api_version", message, value=version)
        try:
            return await answer(request)
        except Refusal as refusal:
            return JSONResponse(refusal.body, 400)

    return guarded
