"""The emulator: stages, prospects, users, opportunities and webhooks."""

import re
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, ClassVar, cast

from starlette.requests import Request
from starlette.responses import Response

from gateway.sandbox.company import stamp
from gateway.sandbox.emulator import TOKEN, Emulator, Endpoint, Handler
from gateway.sandbox.faults import Json
from gateway.sandbox.limits import Budget
from gateway.sources.outreach.sandbox import answers, grammar, paging
from gateway.sources.outreach.sandbox.answers import ForbiddenError, InvalidError, RefusedError
from gateway.sources.outreach.sandbox.fields import FORMS
from gateway.sources.outreach.sandbox.grammar import Params
from gateway.sources.outreach.sandbox.oauth import Tokens
from gateway.sources.outreach.sandbox.resources import COLLECTIONS, Collection, Show, included
from gateway.sources.outreach.sandbox.seed import Resource, seed
from gateway.sources.outreach.sandbox.writing import Writer
from schema.types.source import Source

Answering = Callable[[Request, Collection, bytes], Response]
"""Answers a request to a collection; the last one is the body."""

_TOO_MANY = 429
_LARGEST_PAGE = {"accepted": 1000, "clamped": 100, "refused": 100}


class _LostError(Exception):
    """There is no such resource."""


class Outreach(Emulator):
    """API v2; every switch is a point that Outreach leaves open, or where its pages disagree.

    Switches: `ids` (integer as the service has it, string as strict JSON:API), `page_size` (sizes
    above 100 are accepted up to 1000, cut down to 100, or refused), `unknown_parameters`,
    `retry_after` (the form of the header), `nulls` (where they come ascending), `empty_links`
    (whether an empty list has any), `count` (exact, or given up under load), `remaining` (one
    value in the header, or two), `content_type` (wanted with bodies or always), `sparse_fields`
    (what `fields` may name; see `Show`), those of `Tokens`, and of writes: `stage_name` (whether a
    stage needs one), `stage_names` (whether two may have the same; else how the second is
    refused), `too_long` (who refuses a text: the data's store, without a pointer, or the
    validation), `read_only` (what is sent of it is refused or ignored), `mismatch` (status where
    type or id are others than in the address), `delete_in_use` (a stage that others are at cannot
    be deleted, or they are at none then), `scopes` (all, or reading alone).
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
        "stage_name": ("required", "optional"),
        "stage_names": ("free", "unique", "taken"),
        "too_long": ("data", "validation"),
        "read_only": ("refused", "ignored"),
        "mismatch": ("422", "409"),
        "delete_in_use": ("refused", "cleared"),
        "scopes": ("all", "read"),
    }
    limit = "10000/3600"

    def seed(self, scale: int) -> None:
        """Make the data anew, and forget all tokens but the first."""
        self.data = seed(scale)._asdict()
        self.tokens = Tokens(self.switches)
        self.writer = Writer(self.data, self.switches)

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
        """Return the endpoints of each collection, and the token endpoint."""
        found = [Endpoint("POST", "/oauth/token", self._grant, is_beside=True)]
        for one in COLLECTIONS:
            many, each = f"/{one.path}", f"/{one.path}/{{id}}"
            found.append(Endpoint("GET", many, self._handler(self._list, one)))
            found.append(Endpoint("GET", each, self._handler(self._get, one)))
            found.append(Endpoint("POST", many, self._handler(self._create, one)))
            found.append(Endpoint("PATCH", each, self._handler(self._change, one)))
            if FORMS[one.path].can_be_deleted:
                found.append(Endpoint("DELETE", each, self._handler(self._delete, one)))
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

    def _handler(self, answer: Answering, collection: Collection) -> Handler:
        async def handle(request: Request) -> Response:
            try:
                return answer(request, collection, await request.body())
            except RefusedError as error:
                return answers.refused(error)
            except InvalidError as error:
                return answers.invalid(error)
            except ForbiddenError as error:
                return answers.bad(403, error.code, error.title, detail=str(error))
            except _LostError as error:
                return answers.bad(404, "resourceNotFound", "Resource Not Found", detail=str(error))

        return handle

    def _list(self, request: Request, collection: Collection, body: bytes) -> Response:
        del body
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
        shown: dict[str, Any] = {"data": [show(one, collection) for one in rows]}
        self._include(shown, rows, asked, collection)
        if asked.get("count") == "true":
            is_exact = self.switches["count"] == "exact"
            shown["meta"] = {
                "count": len(found) if is_exact else 0,
                "count_truncated": not is_exact,
            }
        if found or self.switches["empty_links"] == "present":
            address = str(request.url.replace(query=""))
            shown["links"] = paging.links(address, params, part, len(found))
        return answers.good(self._with_ids(shown))

    def _get(self, request: Request, collection: Collection, body: bytes) -> Response:
        del body
        resource = self._found(request, collection)
        asked = self._asked(request.query_params.multi_items())
        show = Show(asked, self.switches["sparse_fields"])
        shown: dict[str, Any] = {"data": show(resource, collection)}
        self._include(shown, [resource], asked, collection)
        return answers.good(self._with_ids(shown))

    def _create(self, request: Request, collection: Collection, body: bytes) -> Response:
        self.writer.allow(request.method, collection)
        return self._put(request, collection, self.writer.new(collection, body), answers.created)

    def _change(self, request: Request, collection: Collection, body: bytes) -> Response:
        self.writer.allow(request.method, collection)
        old = self._found(request, collection)
        new = self.writer.changed(collection, old, body)
        return self._put(request, collection, new, answers.good)

    def _delete(self, request: Request, collection: Collection, body: bytes) -> Response:
        del body
        self.writer.allow(request.method, collection)
        self.writer.delete(collection, self._found(request, collection))
        request.state.applied = True
        return Response(status_code=204)

    def _put(
        self,
        request: Request,
        collection: Collection,
        resource: Resource,
        answer: Callable[[dict[str, Any]], Response],
    ) -> Response:
        """Write, once the answer is known to be one; it includes nothing, whatever is asked."""
        asked = self._asked(request.query_params.multi_items())
        shown = Show(asked, self.switches["sparse_fields"])(resource, collection)
        self.writer.put(collection, resource)
        request.state.applied = True
        return answer(self._with_ids({"data": shown}))

    def _found(self, request: Request, collection: Collection) -> Resource:
        text = request.path_params["id"]
        number = int(text) if re.fullmatch(r"[0-9]{1,18}", text) else 0
        resource = self.data[collection.path].get(number)
        if resource is None:
            message = f"Could not find '{collection.type}' with ID '{text}'."
            raise _LostError(message)
        return resource

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
