"""The emulator: stages, users and prospects."""

import re
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple, cast
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from gateway.sandbox.company import stamp
from gateway.sandbox.emulator import TOKEN, Emulator, Endpoint, Handler
from gateway.sandbox.faults import Json
from gateway.sandbox.limits import Budget
from gateway.sources.outreach.sandbox import grammar
from gateway.sources.outreach.sandbox.grammar import Page, Params, QueryError, Resource
from gateway.sources.outreach.sandbox.seed import seed
from schema.types.source import Source

_KNOWN = re.compile(
    r"^(filter\[.*|page\[(size|after|before|limit|offset)\]|fields\[\w+\]|sort|include|count"
    r"|newFilterSyntax|provideAuthorizationMeta|provideDataConnections)$"
)


class Collection(NamedTuple):
    """What a type of resource can be asked by.

    Attributes:
        path: the path of the collection. type: the word in ids and errors.
        filterable: names to filter by, "attribute" or "relationship".
        sortable: names to sort by.
        includable: relationships that may be included, with the path of their type.
        many: relationships that are links only, with the path that they lead to.
    """

    path: str
    type: str
    filterable: Mapping[str, str]
    sortable: frozenset[str]
    includable: Mapping[str, str]
    many: Mapping[str, str] = {}


def _attributes(*names: str) -> dict[str, str]:
    return dict.fromkeys(names, "attribute")


_STAGES = Collection(
    "stages",
    "stage",
    {
        **_attributes("id", "name", "order", "createdAt", "updatedAt"),
        "prospects": "relationship",
    },
    frozenset({"name", "order", "createdAt", "updatedAt"}),
    {"creator": "users", "updater": "users"},
    {"prospects": "prospects"},
)
_USERS = Collection(
    "users",
    "user",
    _attributes("id", "email", "firstName", "lastName", "username", "createdAt", "updatedAt"),
    frozenset({"email", "firstName", "lastName", "createdAt", "updatedAt"}),
    {},
)
_PROSPECTS = Collection(
    "prospects",
    "prospect",
    {
        **_attributes("id", "firstName", "lastName", "company", "createdAt", "updatedAt"),
        "stage": "relationship",
        "owner": "relationship",
    },
    frozenset({"id", "firstName", "lastName", "company", "createdAt", "updatedAt"}),
    {"stage": "stages", "owner": "users"},
)


def _end(resource: Resource, name: str) -> Any:
    """Return the id at the end of a relationship to one, or None."""
    data = resource["relationships"][name]["data"]
    return data and data["id"]


def _error(status: int, code: str, title: str, detail: str, **source: str) -> Response:
    error: dict[str, Any] = {"id": code, "title": title, "detail": detail}
    if source:
        error["source"] = source
    return JSONResponse({"errors": [error]}, status, media_type="application/vnd.api+json")


class Outreach(Emulator):
    """Outreach with its stages, users and prospects.

    Switches: `ids` (integer as the service has it, string as strict JSON:API), `page_size` (sizes
    above 100 are accepted up to 1000, cut down to 100, or refused), `unknown_parameters`,
    `retry_after` (the form of the header).
    """

    source = Source.OUTREACH
    prefix = "/outreach/api/v2"
    positions = {
        "ids": ("integer", "string"),
        "page_size": ("accepted", "clamped", "refused"),
        "unknown_parameters": ("ignored", "refused"),
        "retry_after": ("epoch", "seconds", "iso"),
    }
    limit = "10000/3600"

    def seed(self, scale: int) -> None:
        """Make the data anew."""
        made = seed(scale)
        self.data: dict[str, dict[int, Resource]] = {
            "stages": made.stages,
            "users": made.users,
            "prospects": made.prospects,
        }

    def state(self) -> Mapping[str, Sequence[Any]]:
        """Return everything as the gets answer it; `people` are the users."""
        shown = {
            collection.path: [
                self._shown(one, collection, {}) for one in self.data[collection.path].values()
            ]
            for collection in (_STAGES, _USERS, _PROSPECTS)
        }
        return {**shown, "people": shown["users"]}

    @classmethod
    def settings(cls, origin: str) -> Mapping[str, str]:
        """Lead the gateway here."""
        return {"base_url": origin + cls.prefix, "token": TOKEN}

    def endpoints(self) -> Sequence[Endpoint]:
        """Return the reading endpoints of three collections."""
        found: list[Endpoint] = []
        for collection in (_STAGES, _USERS, _PROSPECTS):
            found.append(Endpoint("GET", f"/{collection.path}", self._lister(collection)))
            found.append(Endpoint("GET", f"/{collection.path}/{{id}}", self._getter(collection)))
        return found

    def refuse(self, request: Request) -> Response | None:
        """Want a bearer token, as every stage operation of the vendor does."""
        if request.headers.get("Authorization") == f"Bearer {TOKEN}":
            return None
        return _error(401, "unauthorized", "Unauthorized", "The access token is invalid.")

    def throttle(self, budget: Budget) -> Response:
        """Answer 429; `stamp` adds when to come again."""
        del budget
        return _error(
            429, "rateLimitExceeded", "Rate Limit Exceeded", "You have sent too many requests."
        )

    def lost(self, request: Request) -> Response:
        """Answer 404."""
        return _error(404, "routeNotFound", "Not Found", f"No route for {request.method}.")

    def rows(self, body: Any) -> tuple[Json, str] | None:
        """Find `data` of a collection."""
        return (body, "data") if isinstance(body.get("data"), list) else None

    def stamp(self, response: Response, budget: Budget | None) -> None:
        """Send the limit's headers with every answer; Retry-After is an alias of the reset."""
        if budget is None:
            return
        ends = time.time() + budget.reset_in
        response.headers["X-RateLimit-Limit"] = str(budget.limit)
        response.headers["X-RateLimit-Remaining"] = str(max(0, budget.remaining))
        response.headers["X-RateLimit-Reset"] = str(round(ends))
        if response.status_code == 429:  # noqa: PLR2004
            response.headers["Retry-After"] = self._retry_after(ends, budget.reset_in)

    def _retry_after(self, ends: float, seconds: float) -> str:
        form = self.switches["retry_after"]
        if form == "seconds":
            return str(round(seconds))
        if form == "iso":
            return stamp(datetime.fromtimestamp(ends, UTC))
        return str(round(ends))

    def _lister(self, collection: Collection) -> Handler:
        async def list_resources(request: Request) -> Response:
            return self._list(request, collection)

        return list_resources

    def _getter(self, collection: Collection) -> Handler:
        async def get_resource(request: Request) -> Response:
            return self._get(request, collection)

        return get_resource

    def _list(self, request: Request, collection: Collection) -> Response:
        params = request.query_params.multi_items()
        try:
            found = self._found(params, collection)
            page = grammar.page(
                params,
                1000 if self.switches["page_size"] == "accepted" else 100,
                clamp=self.switches["page_size"] == "clamped",
            )
            included = self._includes(params, collection)
        except QueryError as error:
            return _error(
                422, "validationError", "Validation Error", str(error), parameter=error.parameter
            )
        rows = found[page.start : page.start + page.size]
        body: dict[str, Any] = {
            "data": [self._shown(one, collection, grammar.last(params)) for one in rows]
        }
        if included:
            body["included"] = self._included(rows, included)
        if grammar.last(params).get("count") == "true" or page.by_offset:
            body["meta"] = {"count": len(found), "count_truncated": False}
        if found:
            body["links"] = self._links(request, params, page, len(found))
        return self._answer_with(body)

    def _found(self, params: Params, collection: Collection) -> list[Resource]:
        if self.switches["unknown_parameters"] == "refused":
            for name, _ in params:
                if not _KNOWN.match(name):
                    message = "is not a known parameter."
                    raise QueryError(message, name)
        tests = grammar.filters(params, collection.filterable)
        found = [
            one
            for one in self.data[collection.path].values()
            if all(any(map(test, self._values(one, name, collection))) for name, test in tests)
        ]
        return grammar.ordered(found, grammar.last(params).get("sort", ""), collection.sortable)

    def _values(self, resource: Resource, name: str, collection: Collection) -> list[Any]:
        """Return what a filter looks at: an attribute, or the ids at the end of a relationship."""
        if collection.filterable[name] == "attribute":
            return [grammar.value_of(resource, name)]
        if name in collection.many:
            return [
                other["id"]
                for other in self.data[collection.many[name]].values()
                if _end(other, collection.type) == resource["id"]
            ]
        return [_end(resource, name)]

    def _includes(self, params: Params, collection: Collection) -> list[str]:
        names = [name for name in grammar.last(params).get("include", "").split(",") if name]
        for name in names:
            if name not in collection.includable:
                message = f"{name} cannot be included."
                raise QueryError(message, "include")
        return names

    def _included(self, rows: Sequence[Resource], names: Sequence[str]) -> list[Resource]:
        by_path = {one.type: one for one in (_STAGES, _USERS, _PROSPECTS)}
        wanted = {
            (data["type"], data["id"])
            for row in rows
            for name in names
            if (data := row["relationships"][name]["data"])
        }
        return [
            self._shown(self.data[by_path[kind].path][number], by_path[kind], {})
            for kind, number in sorted(wanted)
            if number in self.data[by_path[kind].path]
        ]

    def _links(
        self, request: Request, params: Params, page: Page, total: int
    ) -> dict[str, str | None]:
        address = str(request.url.replace(query=""))
        kept = [(name, text) for name, text in params if not name.startswith("page[")]

        def link(**asked: object) -> str:
            mine = [(f"page[{name}]", str(text)) for name, text in asked.items()]
            return f"{address}?{urlencode([*kept, *mine])}"

        end = page.start + page.size
        if page.by_offset:
            return {
                "first": link(limit=page.size, offset=0),
                "prev": link(limit=page.size, offset=max(0, page.start - page.size))
                if page.start
                else None,
                "next": link(limit=page.size, offset=end) if end < total else None,
                "last": link(limit=page.size, offset=(total - 1) // page.size * page.size),
            }
        return {
            "first": link(size=page.size),
            "prev": link(size=page.size, before=grammar.cursor(page.start)) if page.start else None,
            "next": link(size=page.size, after=grammar.cursor(end)) if end < total else None,
        }

    def _get(self, request: Request, collection: Collection) -> Response:
        text = request.path_params["id"]
        number = int(text) if re.fullmatch(r"[0-9]{1,18}", text) else 0
        resource = self.data[collection.path].get(number)
        if resource is None:
            return _error(
                404,
                "resourceNotFound",
                "Resource Not Found",
                f"Could not find '{collection.type}' with ID '{text}'.",
            )
        params = request.query_params.multi_items()
        try:
            included = self._includes(params, collection)
        except QueryError as error:
            return _error(
                422, "validationError", "Validation Error", str(error), parameter=error.parameter
            )
        body: dict[str, Any] = {"data": self._shown(resource, collection, grammar.last(params))}
        if included:
            body["included"] = self._included([resource], included)
        return self._answer_with(body)

    def _shown(
        self, resource: Resource, collection: Collection, asked: Mapping[str, str]
    ) -> Resource:
        """Return a resource as it is sent: sparse fields, links, and metadata on request."""
        number = resource["id"]
        address = f"https://api.outreach.io/api/v2/{collection.path}/{number}"
        shown: Resource = {
            "type": resource["type"],
            "id": number,
            "attributes": dict(resource["attributes"]),
            "relationships": {**resource["relationships"]},
            "links": {"self": address},
        }
        for name, path in collection.many.items():
            query = urlencode({f"filter[{collection.type}][id]": number})
            shown["relationships"][name] = {
                "links": {"related": f"https://api.outreach.io/api/v2/{path}?{query}"}
            }
        fields = asked.get(f"fields[{collection.type}]")
        if fields is not None:
            wanted = set(fields.split(","))
            for part in ("attributes", "relationships"):
                shown[part] = {name: one for name, one in shown[part].items() if name in wanted}
        meta: dict[str, Any] = {}
        if asked.get("provideAuthorizationMeta") == "true":
            meta |= {"canWrite": True, "canDelete": number % 5 != 0}
        if asked.get("provideDataConnections") == "true":
            meta["dataConnections"] = (
                [{"source": "salesforce", "id": f"00Q{number:012d}"}] if number % 4 == 0 else []
            )
        if meta:
            shown["meta"] = meta
        return shown

    def _answer_with(self, body: dict[str, Any]) -> Response:
        if self.switches["ids"] == "string":
            body = _with_text_ids(body)
        return JSONResponse(body, media_type="application/vnd.api+json")


def _with_text_ids(value: Any) -> Any:
    """Return a body whose resource ids are texts."""
    if isinstance(value, list):
        return [_with_text_ids(one) for one in cast("list[Any]", value)]
    if not isinstance(value, dict):
        return value
    fields = cast("dict[str, Any]", value)
    return {
        name: str(one) if name == "id" and "type" in fields else _with_text_ids(one)
        for name, one in fields.items()
    }
