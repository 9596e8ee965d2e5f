"""The emulator: spaces, and all that is read of what they hold."""

import math
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, cast

from starlette.requests import Request
from starlette.responses import Response

from gateway.sandbox.answer import Answer
from gateway.sandbox.company import stamp
from gateway.sandbox.emulator import TOKEN, Emulator, Endpoint, Handler
from gateway.sandbox.faults import Json
from gateway.sandbox.limits import Budget
from gateway.sources.storyblok.sandbox import queries
from gateway.sources.storyblok.sandbox.activities import told, told_alone
from gateway.sources.storyblok.sandbox.collections import (
    ACTIVITIES,
    CHANGES,
    COLLABORATORS,
    COLLECTIONS,
    LISTS,
    LOGS,
    SPACE_TESTS,
    STORIES,
    WORKFLOWS,
    Collection,
)
from gateway.sources.storyblok.sandbox.hooks import ACTIONS, sent_log
from gateway.sources.storyblok.sandbox.numbers import OAUTH_SPACE, SPACES, Resource
from gateway.sources.storyblok.sandbox.refusals import SHAPES, GoneError
from gateway.sources.storyblok.sandbox.seed import SpaceData, detail, seed
from gateway.sources.storyblok.sandbox.select import select
from gateway.sources.storyblok.sandbox.service import WRITES, carry_out
from gateway.sources.storyblok.sandbox.stage_writes import make_default, workflow_of
from gateway.sources.storyblok.sandbox.stories import listed, sent
from gateway.sources.storyblok.sandbox.writing import Made, Operation, Write
from schema.types.source import Source

_PERSONAL = TOKEN
_OAUTH = f"Bearer {TOKEN}"
_ACTIONS = "/v1/spaces/{space_id}/webhook_endpoints/allowed_actions"


def _error(status: int, message: str) -> Response:
    return Answer({"error": message}, status)


def _has_times(params: Mapping[str, str]) -> bool:
    """Tell whether activities are asked for by times that make sense, or by none."""
    texts = [params[name] for name in ("created_at_gte", "created_at_lte") if params.get(name)]
    return all(queries.time_of(text) is not None for text in texts)


class Storyblok(Emulator):
    """Storyblok, as far as stages and what belongs to them are read and written.

    Switches: `by_ids` (all ids count, or the first 25), `include_stages` (of workflows),
    `not_found` (the shape of a 404), `hidden_space` (how a space is refused that the credential
    does not see), `paging` (lists that are documented whole are whole, or have 25 rows a page and
    `Total`), `retry_after`, `rate_headers` (none, or `X-RateLimit` with its policy). Those of
    writes are told in this source's README.
    """

    source = Source.STORYBLOK
    prefix = "/storyblok"
    positions = {
        "by_ids": ("whole", "capped"),
        "include_stages": ("served", "ignored"),
        "not_found": ("array", "object"),
        "hidden_space": ("not_found", "unauthorized", "forbidden"),
        "paging": ("whole", "paged"),
        "retry_after": ("none", "seconds"),
        "rate_headers": ("none", "policy"),
        "errors": SHAPES,
        "required": ("name_and_color", "nothing"),
        "readback": ("needed", "sent"),
        "next_stages": ("space", "workflow"),
        "default_stage": ("passed_on", "lost"),
        "stage_in_use": ("cleared", "refused"),
        "default_workflow": ("deleted", "refused"),
        "bare_workflow": ("empty", "with_stages"),
        "created_stages": ("sent", "left_out"),
        "role_in_use": ("removed", "kept"),
        "unknown_story": ("missing", "refused"),
        "transitions": ("free", "enforced"),
    }
    limit = "6/1"
    slash_is_optional = True

    def seed(self, scale: int) -> None:
        """Make the data anew."""
        self.data = seed(scale)
        self._made = Made()

    def state(self) -> Mapping[str, Any]:
        """Return everything as the gets answer it.

        `people` are the collaborators, `works` the stories; `stages_by_space` has the stages by
        the number of their space, as text.
        """
        spaces = self.data.values()
        stories = [one for data in spaces for one in data.stories]
        return {
            "spaces": [detail(data) for data in spaces],
            "workflows": [one for data in spaces for one in data.workflows],
            "stages": [one for data in spaces for one in data.workflow_stages],
            "stages_by_space": {
                str(number): data.workflow_stages for number, data in self.data.items()
            },
            "people": [one for data in spaces for one in data.collaborators],
            "space_roles": [one for data in spaces for one in data.space_roles],
            "workflow_stage_changes": [
                sent(one) for data in spaces for one in data.workflow_stage_changes
            ],
            "activities": [told_alone(one) for data in spaces for one in data.activities],
            "webhook_endpoints": [one for data in spaces for one in data.webhook_endpoints],
            "webhook_logs": [sent_log(one) for data in spaces for one in data.webhook_logs],
            "stories": stories,
            "works": stories,
        }

    @classmethod
    def settings(cls, origin: str) -> Mapping[str, str]:
        """Lead the gateway here."""
        spaces = ",".join(map(str, SPACES))
        return {"base_url": origin + cls.prefix, "token": TOKEN, "spaces": spaces}

    def endpoints(self) -> Sequence[Endpoint]:
        """Return the endpoints of spaces and of what they hold."""
        found = [
            Endpoint("GET", "/v1/spaces", self._list_spaces),
            Endpoint("GET", "/v1/spaces/{space_id}", self._get_space),
            # Before the webhooks by number.
            Endpoint("GET", _ACTIONS, self._list_actions),
        ]
        for collection in COLLECTIONS:
            path = f"/v1/spaces/{{space_id}}/{collection.path}"
            found.append(Endpoint("GET", path, self._lister(collection)))
            if collection.one:
                found.append(Endpoint("GET", path + "/{id}", self._getter(collection)))
        for writing in WRITES:
            handler = self._writer(writing.one, writing.operation)
            path = f"/v1/spaces/{{space_id}}/{writing.path}"
            found += [Endpoint(method, path, handler) for method in writing.methods]
        return found

    def refuse(self, request: Request) -> Response | None:
        """Want a personal access token as it is, or an OAuth token as a bearer token."""
        if request.headers.get("Authorization") in {_PERSONAL, _OAUTH}:
            return None
        return _error(401, "Unauthorized")

    def throttle(self, budget: Budget) -> Response:
        """Answer 429; `stamp` adds when to come again, if the vendor tells."""
        del budget
        return _error(429, "Rate limit reached.")

    def lost(self, request: Request) -> Response:
        """Answer 404."""
        del request
        return self._missing()

    def rows(self, body: Any) -> tuple[Json, str] | None:
        """Find the list by its name."""
        if not isinstance(body, dict):
            return None
        named = cast("Resource", body)
        return next(((named, name) for name in LISTS if isinstance(named.get(name), list)), None)

    def stamp(self, response: Response, budget: Budget | None) -> None:
        """Send the headers of the limit, where the vendor sends any."""
        if budget is None:
            return
        if self.switches["rate_headers"] == "policy":
            left = max(0, budget.remaining)
            response.headers["X-RateLimit"] = f'"concurrent-requests";r={left}'
            response.headers["X-RateLimit-Policy"] = f'"concurrent-requests";q={budget.limit}'
        if response.status_code == 429 and self.switches["retry_after"] == "seconds":  # noqa: PLR2004
            response.headers["Retry-After"] = str(math.ceil(budget.reset_in))

    def _missing(self) -> Response:
        message = "This record could not be found"
        if self.switches["not_found"] == "array":
            return Answer([message], 404)
        return _error(404, message)

    def _hidden(self) -> Response:
        """Refuse a space that there is not, or not for the credential."""
        position = self.switches["hidden_space"]
        if position == "unauthorized":
            return _error(401, "Unauthorized")
        return _error(403, "Forbidden") if position == "forbidden" else self._missing()

    def _seen(self, request: Request) -> dict[str, SpaceData]:
        """Return the spaces that the credential sees, by number as text."""
        is_oauth = request.headers.get("Authorization") == _OAUTH
        return {
            str(number): data
            for number, data in self.data.items()
            if number == OAUTH_SPACE or not is_oauth
        }

    async def _list_spaces(self, request: Request) -> Response:
        spaces = [data.space for data in self._seen(request).values()]
        return self._page(
            request, "spaces", queries.found(spaces, SPACE_TESTS, request.query_params, None)
        )

    async def _get_space(self, request: Request) -> Response:
        data = self._seen(request).get(request.path_params["space_id"])
        return self._hidden() if data is None else Answer({"space": detail(data)})

    async def _list_actions(self, request: Request) -> Response:
        if request.path_params["space_id"] not in self._seen(request):
            return self._hidden()
        return Answer({"allowed_actions": [{"action": one} for one in ACTIONS]})

    def _lister(self, collection: Collection) -> Handler:
        async def list_things(request: Request) -> Response:
            data = self._seen(request).get(request.path_params["space_id"])
            if data is None:
                return self._hidden()
            if collection is ACTIVITIES and not _has_times(request.query_params):
                return _error(400, "Invalid date")
            if collection is WORKFLOWS and workflow_of(data, None) is None:
                make_default(self._write(request, data, collection.one))
                request.state.applied = True
            things: list[Resource] = getattr(data, collection.path)
            cap = queries.CAP if self.switches["by_ids"] == "capped" else None
            found = queries.found(things, collection.tests, request.query_params, cap)
            if collection is STORIES:
                found = [listed(one) for one in select(found, request.query_params.multi_items())]
            shown = [self._shown(one, collection, data, request) for one in found]
            return self._page(request, collection.path, shown, is_paged=collection.is_paged)

        return list_things

    def _getter(self, collection: Collection) -> Handler:
        async def get_thing(request: Request) -> Response:
            data = self._seen(request).get(request.path_params["space_id"])
            if data is None:
                return self._hidden()
            things: list[Resource] = getattr(data, collection.path)
            for one in things:
                if str(one["id"]) == request.path_params["id"]:
                    if collection is ACTIVITIES:
                        return Answer(told_alone(one))
                    shown = self._shown(one, collection, data, request)
                    return Answer({collection.one: shown})
            return self._missing()

        return get_thing

    def _writer(self, one: str, operation: Operation) -> Handler:
        async def write_thing(request: Request) -> Response:
            data = self._seen(request).get(request.path_params["space_id"])
            if data is None:
                return self._hidden()
            write = self._write(request, data, one, await request.body())
            try:
                response = carry_out(write, operation)
            except GoneError:
                return self._missing()
            request.state.applied = response.status_code < 300  # noqa: PLR2004
            return response

        return write_thing

    def _write(self, request: Request, data: SpaceData, one: str, body: bytes = b"") -> Write:
        number = request.path_params.get("id", "")
        query = request.query_params
        now = stamp(datetime.now(UTC))
        return Write(data, number, body, query, self.switches, self._made, one, now)

    def _page(
        self, request: Request, name: str, things: list[Resource], *, is_paged: bool = False
    ) -> Response:
        if not is_paged and self.switches["paging"] == "whole":
            return Answer({name: things})
        page = queries.page(request.query_params)
        headers = {"Total": str(len(things)), "Per-Page": str(page.rows)}
        return Answer({name: page.of(things)}, headers=headers)

    def _shown(
        self, thing: Resource, collection: Collection, data: SpaceData, request: Request
    ) -> Resource:
        """Return an object as it is sent, with what is sent on request only."""
        if collection is CHANGES:
            return sent(thing)
        if collection is LOGS:
            return sent_log(thing)
        if collection is ACTIVITIES:
            return told(thing)
        asked = {name for name, text in request.query_params.items() if queries.is_true(text)}
        if collection is COLLABORATORS and "with_act_as_roles" in asked:
            return {**thing, "can_act_as_admin": thing["role"] == "admin"}
        if (
            collection is WORKFLOWS
            and "include_stages" in asked
            and self.switches["include_stages"] == "served"
        ):
            stages = [one for one in data.workflow_stages if one["workflow_id"] == thing["id"]]
            return {**thing, "workflow_stages": stages}
        return thing
