"""The emulator: pipelines, their stages, what they run on, what they do, and their runs."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar, cast

from starlette.requests import Request
from starlette.responses import Response

from gateway.sandbox.emulator import TOKEN, Emulator, Endpoint
from gateway.sandbox.faults import Json
from gateway.sandbox.limits import Budget
from gateway.sources.esper.sandbox import answers
from gateway.sources.esper.sandbox.below import seed_below
from gateway.sources.esper.sandbox.reads import reads
from gateway.sources.esper.sandbox.run_writes import run_writes
from gateway.sources.esper.sandbox.seed import Resource
from gateway.sources.esper.sandbox.writes import writes
from gateway.sources.esper.sandbox.writes_below import writes_below
from gateway.sources.esper.sandbox.writing import Writing
from schema.types.source import Source

_PIPELINE = "/pipelines/{pipeline_id}/"

_FILTERS = {"groups": "GROUPS", "devices": "DEVICES", "collections": "COLLECTIONS"}
"""Types of target lists: the words of the filter, and those that answers tell."""


class Esper(Emulator):
    """Pipelines v0; every switch is a point that Esper leaves open.

    Switches: `code` (0 always, the HTTP status, or 1 where all is well), `errors` (their shape),
    `auth_prefix`, `max_limit` (none; or 20, larger ones cut down or refused), `bad_paging`,
    `stage_paging` (what is listed below a pipeline, a stage, a target list or an operation list
    comes by pages, or whole whatever is asked; runs of all kinds always by pages),
    `unknown_pipeline` and `unknown_stage` (lists of what is theirs are missing, or empty),
    `target_list_type` (whether answers tell it). The other switches are of
    writes; the README tells each.
    """

    source = Source.ESPER
    prefix = "/esper/api/pipelines/v0"
    positions: ClassVar[Mapping[str, Sequence[str]]] = {
        "code": ("zero", "status", "nonzero"),
        "errors": ("envelope", "manage", "drf"),
        "auth_prefix": ("Bearer", "Token"),
        "max_limit": ("none", "clamped", "refused"),
        "bad_paging": ("ignored", "refused"),
        "stage_paging": ("paged", "whole"),
        "unknown_pipeline": ("missing", "empty"),
        "unknown_stage": ("missing", "empty"),
        "target_list_type": ("told", "untold"),
        "put": ("replace", "merge"),
        "null": ("clears", "refused"),
        "texts": ("kept", "trimmed"),
        "longest_name": ("255", "none"),
        "created": ("200", "201"),
        "deleted": ("told", "empty"),
        "business_errors": ("400", "401"),
        "delete_running": ("refused", "done"),
        "delete_attached": ("done", "refused"),
        "attach": ("idempotent", "refused"),
        "attach_unknown": ("refused", "missing"),
        "detach": ("missing", "refused", "idempotent"),
        "device_name": ("required", "optional"),
    }
    limit = "8000/300"
    slash_is_optional = True

    def seed(self, scale: int) -> None:
        """Make the data anew."""
        self.below = seed_below(scale)
        self.data = self.below.made

    def state(self) -> Mapping[str, Sequence[Any]]:
        """Return everything as the gets answer it; Esper has no endpoint for people.

        `attachments` are the pairs that make up the lists of target lists at stages.
        """
        stages = [stage for listed in self.data.stages.values() for stage in listed.values()]
        return {
            "pipelines": list(self.data.pipelines.values()),
            "stages": stages,
            "target_lists": self._shown(self.data.target_lists.values()),
            "attachments": [
                {"stage_id": stage, "target_list_id": one}
                for stage, attached in self.data.attached.items()
                for one in attached
            ],
            **self.below.state(),
            "people": [],
        }

    @classmethod
    def settings(cls, origin: str) -> Mapping[str, str]:
        """Lead the gateway here."""
        return {"base_url": origin + cls.prefix, "api_key": TOKEN}

    def endpoints(self) -> Sequence[Endpoint]:
        """Return the endpoints."""
        writing = Writing(self.switches, lambda: self.below)
        return [
            Endpoint("GET", "/pipelines/", self._list_pipelines),
            Endpoint("GET", _PIPELINE, self._get_pipeline),
            Endpoint("GET", _PIPELINE + "stages/", self._list_stages),
            Endpoint("GET", _PIPELINE + "stages/{stage_id}/", self._get_stage),
            Endpoint("GET", _PIPELINE + "targetlists/", self._list_target_lists),
            Endpoint("GET", _PIPELINE + "targetlists/{targetlist_id}/", self._get_target_list),
            Endpoint("GET", "/stages/{stage_id}/targetlists/", self._list_attached),
            *reads(self.switches, lambda: self.below),
            *writes(writing, self._shown),
            *writes_below(writing),
            *run_writes(writing),
        ]

    def refuse(self, request: Request) -> Response | None:
        """Want the key behind the prefix of the switch."""
        given = request.headers.get("Authorization")
        if given == f"{self.switches['auth_prefix']} {TOKEN}":
            return None
        detail = "Invalid token." if given else "Authentication credentials were not provided."
        return answers.bad(401, detail, self.switches)

    def throttle(self, budget: Budget) -> Response:
        """Answer 429; no Retry-After is documented."""
        del budget
        return answers.bad(429, "Too many requests. Please wait a moment.", self.switches)

    def lost(self, request: Request) -> Response:
        """Answer 404."""
        del request
        return self._missing()

    def rows(self, body: object) -> tuple[Json, str] | None:
        """Find `content.results` of a list."""
        if not isinstance(body, dict):
            return None
        content = cast("Json", body).get("content")
        if not isinstance(content, dict) or "results" not in content:
            return None
        return cast("Json", content), "results"

    def stamp(self, response: Response, budget: Budget | None) -> None:
        """Send no headers of the limit: none are documented."""

    def _missing(self) -> Response:
        return answers.missing(self.switches)

    async def _list_pipelines(self, request: Request) -> Response:
        return self._listed(request, list(self.data.pipelines.values()))

    async def _get_pipeline(self, request: Request) -> Response:
        return self._one(self.data.pipelines.get(request.path_params["pipeline_id"]))

    async def _list_stages(self, request: Request) -> Response:
        """Answer in the order of creation, which is the order of a run."""
        stages = self.data.stages.get(request.path_params["pipeline_id"])
        if stages is None and self.switches["unknown_pipeline"] == "missing":
            return self._missing()
        return self._listed_within(request, list((stages or {}).values()))

    async def _get_stage(self, request: Request) -> Response:
        stages = self.data.stages.get(request.path_params["pipeline_id"], {})
        return self._one(stages.get(request.path_params["stage_id"]))

    async def _list_target_lists(self, request: Request) -> Response:
        pipeline = request.path_params["pipeline_id"]
        known = pipeline in self.data.pipelines
        if not known and self.switches["unknown_pipeline"] == "missing":
            return self._missing()
        lists = self.data.target_lists.values()
        return self._listed_within(
            request, self._shown(one for one in lists if one["pipeline_id"] == pipeline)
        )

    async def _get_target_list(self, request: Request) -> Response:
        found = self.data.target_lists.get(request.path_params["targetlist_id"])
        if found is None or found["pipeline_id"] != request.path_params["pipeline_id"]:
            return self._missing()
        return self._one(*self._shown([found]))

    async def _list_attached(self, request: Request) -> Response:
        """Answer in the order of attachment; the filter takes its own words only."""
        attached = self.data.attached.get(request.path_params["stage_id"])
        if attached is None and self.switches["unknown_stage"] == "missing":
            return self._missing()
        lists = [self.data.target_lists[one] for one in attached or ()]
        word = request.query_params.get("type")
        if word is not None and word not in _FILTERS:
            detail = f"Select a valid choice: {', '.join(_FILTERS)}."
            return answers.bad(400, detail, self.switches, "type")
        chosen = (one for one in lists if word is None or one["target_list_type"] == _FILTERS[word])
        return self._listed_within(request, self._shown(chosen))

    def _shown(self, lists: Iterable[Resource]) -> list[Resource]:
        """Return target lists as answers tell of them."""
        hidden = "target_list_type" if self.switches["target_list_type"] == "untold" else None
        return [{name: one[name] for name in one if name != hidden} for one in lists]

    def _listed_within(self, request: Request, rows: Sequence[Resource]) -> Response:
        """Answer what is of a pipeline or of a stage, which may heed no limit."""
        return answers.listed(request, rows, self.switches, may_be_whole=True)

    def _listed(self, request: Request, rows: Sequence[Resource]) -> Response:
        return answers.listed(request, rows, self.switches)

    def _one(self, found: Resource | None) -> Response:
        return answers.one(found, self.switches)
