"""The emulator: stages, users and prospects."""

import re
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, ClassVar, cast

from starlette.requests import Request
from starlette.responses import Response

from gateway.sandbox.company import stamp
from gateway.sandbox.emulator import TOKEN, Emulator, Endpoint, Handler
from gateway.sandbox.faults import Json
from gateway.sandbox.limits import Budget
from gateway.sources.outreach.sandbox import answers, grammar, paging
from gateway.sources.outreach.sandbox.answers import RefusedError
from gateway.sources.outreach.sandbox.grammar import Params
from gateway.sources.outreach.sandbox.oauth import Tokens
from gateway.sources.outreach.sandbox.resources import COLLECTIONS, Collection, Show, included
from gateway.sources.outreach.sandbox.seed import seed
from schema.types.source import Source

_TOO_MANY = 429
_LARGEST_PAGE = {"accepted": 1000, "clamped": 100, "refused": 100}


class Outreach(Emulator):
    """API v2; every switch is a point that Outreach leaves open, or where its pages disagree.

    Switches: `ids` (integer as the service has it, string as strict JSON:API), `page_size` (sizes
    above 100 are accepted up to 1000, cut down to 100, or refused), `unknown_parameters`,
    `retry_after` (the form of the header), `nulls` (where they come ascending), `empty_links`
    (whether an empty list has any), `count` (exact, or given up under load), `remaining` (one
    value in the header, or two), `content_type` (wanted with bodies or always), `sparse_fields`
    (what `fields` may name; see `Show`), and those of `Tokens`.
    """

    source = Source.OUTREACH
    prefix = "/outreach/api/v2"
    positions: ClassVar[Mapping[str, Sequence[str]]] = {
        "ids": ("integer", "string"),
        "page_size": ("accepted", "clamped", "refused"),
        "unknown_parameters": ("ignored", "refused"),
        "retry_after": ("epoch", "seconds", "iso"),
        "nulls": ("first", "last"),
        "empty_links": ("missing", "present"),
        "count": ("exact", "truncated"),
        "remaining": ("one", "two"),
        "content_type": ("bodies", "always"),
        "sparse_fields": ("members", "attributes", "bare"),
        "rotation": ("rotates", "repeats", "left_out"),
        "new_tokens": ("one_a_minute", "any"),
        "refused_grant": ("400", "401"),
        "redirect_uri": ("optional", "required"),
    }
    limit = "10000/3600"

    def seed(self, scale: int) -> None:
        """Make the data anew, and forget all tokens but the first."""
        self.data = seed(scale)._asdict()
        self.tokens = Tokens(self.switches)

    def state(self) -> Mapping[str, Sequence[Any]]:
        """Return everything as the gets answer it; `people` are the users."""
        show = Show({})
        shown = {
            one.path: self._with_ids([show(row, one) for row in self.data[one.path].values()])
            for one in COLLECTIONS
        }
        return {**shown, "people": shown["users"]}

    @classmethod
    def settings(cls, origin: str) -> Mapping[str, str]:
        """Lead the gateway here."""
        return {"base_url": origin + cls.prefix, "token": TOKEN}

    def endpoints(self) -> Sequence[Endpoint]:
        """Return the reading endpoints of each collection, and the token endpoint."""
        found = [Endpoint("POST", "/oauth/token", self._grant, is_beside=True)]
        for one in COLLECTIONS:
            found.append(Endpoint("GET", f"/{one.path}", self._lister(one)))
            found.append(Endpoint("GET", f"/{one.path}/{{id}}", self._getter(one)))
        return found

    def refuse(self, request: Request) -> Response | None:
        """Want a bearer token, as every stage operation does, and JSON:API's content type."""
        word, _, token = request.headers.get("Authorization", "").partition(" ")
        if word != "Bearer" or not self.tokens.is_good(token):
            detail = "The access token is invalid."
            return answers.bad(401, "unauthorized", "Unauthorized", detail=detail)
        is_wanted = request.method in {"POST", "PATCH"} or self.switches["content_type"] == "always"
        sent = request.headers.get("Content-Type", "").partition(";")[0].strip()
        if is_wanted and sent != answers.MEDIA_TYPE:
            # The one error whose text is in `details`.
            details = f"All requests must send the Content-Type {answers.MEDIA_TYPE}."
            title = "Unsupported Media Type"
            return answers.bad(415, "unsupportedMediaType", title, details=details)
        return None

    def throttle(self, budget: Budget) -> Response:
        """Answer 429; `stamp` adds when to come again."""
        del budget
        detail = "You have sent too many requests."
        return answers.bad(_TOO_MANY, "rateLimitExceeded", "Rate Limit Exceeded", detail=detail)

    def lost(self, request: Request) -> Response:
        """Answer 404."""
        detail = f"No route for {request.method}."
        return answers.bad(404, "routeNotFound", "Not Found", detail=detail)

    def rows(self, body: object) -> tuple[Json, str] | None:
        """Find `data` of a collection."""
        if not isinstance(body, dict):
            return None
        document = cast("Json", body)
        return (document, "data") if isinstance(document.get("data"), list) else None

    def stamp(self, response: Response, budget: Budget | None) -> None:
        """Send the limit's headers with every answer; Retry-After is an alias of the reset."""
        if budget is None:
            return
        ends, remaining = time.time() + budget.reset_in, str(max(0, budget.remaining))
        if self.switches["remaining"] == "two":
            remaining = f"{remaining}, {2 * budget.limit}"
        response.headers["X-RateLimit-Limit"] = str(budget.limit)
        response.headers["X-RateLimit-Remaining"] = remaining
        response.headers["X-RateLimit-Reset"] = str(round(ends))
        if response.status_code == _TOO_MANY:
            forms = {
                "epoch": str(round(ends)),
                "seconds": str(round(budget.reset_in)),
                "iso": stamp(datetime.fromtimestamp(ends, UTC)),
            }
            response.headers["Retry-After"] = forms[self.switches["retry_after"]]

    async def _grant(self, request: Request) -> Response:
        return await self.tokens.grant(request)

    def _lister(self, collection: Collection) -> Handler:
        async def list_resources(request: Request) -> Response:
            try:
                return self._list(request, collection)
            except RefusedError as error:
                return answers.refused(error)

        return list_resources

    def _getter(self, collection: Collection) -> Handler:
        async def get_resource(request: Request) -> Response:
            try:
                return self._get(request, collection)
            except RefusedError as error:
                return answers.refused(error)

        return get_resource

    def _list(self, request: Request, collection: Collection) -> Response:
        params = request.query_params.multi_items()
        asked = self._asked(params)
        found = grammar.ordered(
            grammar.chosen(params, collection, self.data),
            asked.get("sort", ""),
            collection,
            nulls_first=self.switches["nulls"] == "first",
        )
        size = self.switches["page_size"]
        part = paging.page(params, _LARGEST_PAGE[size], clamp=size == "clamped")
        rows, show = found[part.start : part.end], Show(asked, self.switches["sparse_fields"])
        body: dict[str, Any] = {"data": [show(one, collection) for one in rows]}
        self._include(body, rows, asked, collection)
        if asked.get("count") == "true":
            is_exact = self.switches["count"] == "exact"
            body["meta"] = {"count": len(found) if is_exact else 0, "count_truncated": not is_exact}
        if found or self.switches["empty_links"] == "present":
            address = str(request.url.replace(query=""))
            body["links"] = paging.links(address, params, part, len(found))
        return answers.good(self._with_ids(body))

    def _get(self, request: Request, collection: Collection) -> Response:
        text = request.path_params["id"]
        number = int(text) if re.fullmatch(r"[0-9]{1,18}", text) else 0
        resource = self.data[collection.path].get(number)
        if resource is None:
            detail = f"Could not find '{collection.type}' with ID '{text}'."
            return answers.bad(404, "resourceNotFound", "Resource Not Found", detail=detail)
        asked = self._asked(request.query_params.multi_items())
        show = Show(asked, self.switches["sparse_fields"])
        body: dict[str, Any] = {"data": show(resource, collection)}
        self._include(body, [resource], asked, collection)
        return answers.good(self._with_ids(body))

    def _asked(self, params: Params) -> dict[str, str]:
        if self.switches["unknown_parameters"] == "refused":
            grammar.refuse_unknown(params)
        return grammar.last(params)

    def _include(
        self,
        body: dict[str, Any],
        rows: Sequence[Any],
        asked: Mapping[str, str],
        collection: Collection,
    ) -> None:
        """Put what is included beside the data; of the query only sparse fields count for it."""
        names = [name for name in asked.get("include", "").split(",") if name]
        for name in names:
            if name not in collection.includable:
                message = f"{name} cannot be included."
                raise RefusedError(message, "include")
        if names:
            fields = {name: text for name, text in asked.items() if name.startswith("fields[")}
            show = Show(fields, self.switches["sparse_fields"])
            body["included"] = included(rows, names, self.data, show)

    def _with_ids(self, body: Any) -> Any:
        return answers.with_text_ids(body) if self.switches["ids"] == "string" else body
