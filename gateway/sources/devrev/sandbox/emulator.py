"""The emulator: reads over GET and over POST, writes over POST."""

import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from math import ceil
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from gateway.sandbox.answer import Answer
from gateway.sandbox.emulator import TOKEN, Emulator, Endpoint, Handler
from gateway.sandbox.faults import Json
from gateway.sandbox.limits import Budget
from gateway.sources.devrev.sandbox.desk import Desk, Writes
from gateway.sources.devrev.sandbox.families import FAMILIES, Family
from gateway.sources.devrev.sandbox.grammar import Refusal, body_of, read
from gateway.sources.devrev.sandbox.reading import Reading, Unknown, takes
from gateway.sources.devrev.sandbox.seed import seed
from gateway.sources.devrev.sandbox.writing import WRITES, create, delete, update
from schema.types.source import Source

_VERSIONS = {"2022-10-20", "2024-01-24"}
"""The guide's default and the one in the vendor's OpenAPI."""

_TOO_MANY = 429
_CREATED = 201
_SUMMED_UP = {"rev_users", "artifacts", "channels"}


def _error(status: int, type: str, message: str, **details: object) -> Response:  # noqa: A002
    return Answer({"type": type, "message": message, **details}, status)


class DevRev(Emulator):
    """Switches.

    - `page_size`: limits above 50 are served, clamped to 50 or refused.
    - `sort_by`: served as `field:asc` or `field:desc`, ignored or refused.
    - `display_ids`: gets take them as they take DONs, or refuse them.
    - `answers`: what the vendor's OpenAPI documents, or what newer clients know too.
    - `work_stage`: works tell their stage in full, or its name alone.
    - `stage_ids`: works can be chosen by ids of stages, or that is refused, or has no effect.
    - `works_count`: works are counted, counted to 100 at most, or there is no such route.
    - `type_filters`: a filter of one type of record leaves out all others, or leaves them alone.
    - `delete`: what a delete answers, 200 with an empty object or 204.
    - `delete_used_parts`: a part that others mention is not deleted, or is no longer mentioned.
    - `work_types`: all four are written, or tasks and opportunities in the beta version alone.
    - `update_type`: an update of a type's own fields may leave out the type, or must tell it.
    - `stage_write`: a work's stage is told by id or name, or by name alone.
    - `stage_names`: stages and stage diagrams may share names, or not.
    - `custom_fields`: may be written alone, or need schemas that are told or there.
    - `unknown_references`: 400 for an id that names nothing, or 404.
    """

    source = Source.DEVREV
    prefix = "/devrev"
    positions = {
        "page_size": ("served", "clamped", "refused"),
        "sort_by": ("served", "ignored", "refused"),
        "display_ids": ("served", "refused"),
        "answers": ("documented", "everything"),
        "work_stage": ("full", "name"),
        "stage_ids": ("served", "refused", "ignored"),
        "works_count": ("served", "capped", "missing"),
        "type_filters": ("exclude", "keep"),
        "delete": ("200", "204"),
        "delete_used_parts": ("refused", "detached"),
        "work_types": ("public", "beta"),
        "update_type": ("optional", "required"),
        "stage_write": ("id", "name"),
        "stage_names": ("free", "unique"),
        "custom_fields": ("free", "schema"),
        "unknown_references": ("invalid_id", "not_found"),
    }
    limit = "1000/300"

    def seed(self, scale: int) -> None:
        """Make the data anew."""
        self.records = seed(scale)

    def state(self) -> Mapping[str, Sequence[Any]]:
        """Return everything as the gets answer it, but what has none and is only summed up.

        `untold` has the fields that no get answers, by the ids of their records.
        """
        reading = self._reading()
        shown = [table for table in self.records.names if table not in _SUMMED_UP]
        untold = [
            {"id": one["id"], **fields}
            for table in shown
            for one in self.records.all(table)
            if (fields := reading.untold(table, one))
        ]
        tables = {
            table: [reading.shown(table, one) for one in self.records.all(table)] for table in shown
        }
        return {"untold": untold, **tables}

    @classmethod
    def settings(cls, origin: str) -> Mapping[str, str]:
        """Lead the gateway here."""
        return {"base_url": origin + cls.prefix, "token": TOKEN}

    def endpoints(self) -> Sequence[Endpoint]:
        """Return what can be done with each type of object, and who the token's owner is."""
        found: list[tuple[str, Handler]] = [("/dev-users.self", _guarded(self._self))]
        for family in FAMILIES:
            found += [
                (f"/{family.route}.{verb}", self._handler(family, verb)) for verb in family.verbs
            ]
        return [
            Endpoint(method, route, handler)
            for route, handler in found
            for method in ("GET", "POST")
        ] + [
            Endpoint("POST", f"/{writes.family.route}.{verb}", self._writer(writes, verb))
            for writes in WRITES
            for verb in ("create", "update", "delete")
            if verb != "delete" or writes.is_deletable
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
        return Answer({"message": f"{request.method} {request.url.path} not found"}, 404)

    def rows(self, body: Any) -> tuple[Json, str] | None:
        """Find the list in a list's answer."""
        names = {family.many for family in FAMILIES if isinstance(body.get(family.many), list)}
        return (body, names.pop()) if names else None

    def stamp(self, response: Response, budget: Budget | None) -> None:
        """Send the limit's headers with every answer."""
        if budget is not None:
            response.headers["X-Ratelimit-Limit"] = str(budget.limit)
            response.headers["X-Ratelimit-Remaining"] = str(max(0, budget.remaining))
            response.headers["X-Ratelimit-Reset"] = str(round(time.time() + budget.reset_in))

    async def _self(self, request: Request) -> Response:
        await read(request, {})
        return Answer({"dev_user": self._reading().owner()})

    def _reading(self) -> Reading:
        return Reading(self.records, self.switches)

    def _handler(self, family: Family, verb: str) -> Handler:
        async def handle(request: Request) -> Response:
            if verb == "count" and self.switches["works_count"] == "missing":
                return self.lost(request)
            given = await read(request, takes(family, verb))
            try:
                return Answer(self._reading().answer(family, verb, given))
            except Unknown:
                return _error(404, "not_found", "Object not found")

        return _guarded(handle)

    def _writer(self, writes: Writes, verb: str) -> Handler:
        async def handle(request: Request) -> Response:
            body = body_of(await request.body())
            is_beta = request.headers.get("X-Devrev-Scope") == "beta"
            desk = Desk(self.records, self.switches, is_beta=is_beta)
            try:
                return self._written(request, desk, writes, verb, body)
            except Unknown:
                return _error(404, "not_found", "Object not found")

        return _guarded(handle)

    def _written(
        self, request: Request, desk: Desk, writes: Writes, verb: str, body: Mapping[str, object]
    ) -> Response:
        """Carry a write out.

        Raises:
            Refusal, Unknown: where nothing has changed.
        """
        if verb == "delete":
            delete(desk, writes, body)
            request.state.applied = True
            return Answer({}) if self.switches["delete"] == "200" else Response(None, 204)
        record = (create if verb == "create" else update)(desk, writes, body)
        request.state.applied = True
        answer = {writes.family.one: self._reading().shown(writes.family.table, record)}
        return Answer(answer, _CREATED if verb == "create" else 200)


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
            return Answer(refusal.body, 400)

    return guarded
