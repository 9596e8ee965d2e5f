"""The table of every call that the graph's reads make, each with a field that makes it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from schema.types.ids import Kind
from schema.types.source import Source
from tests.http.asking import State, gid, one

_D, _O, _E, _S = Source.DEVREV, Source.OUTREACH, Source.ESPER, Source.STORYBLOK

_REPORT = "isComplete sources { source status error { code message upstreamStatus } }"
_SPACE = "1001"


@dataclass(frozen=True, kw_only=True)
class Read:
    """One row of the table.

    Attributes:
        source: whose call it is.
        call: its method and route.
        ask: a field of the query that makes it, once or for each of two spaces; `$id` in it is a
            global id.
        of: the id, found in the source's state; None for a list, whose failures are told in its
            report and not as errors of fields.
        at: the field below that one which fails alone, "" if it is the whole.
        missing: the code of the error where the vendor has no such thing, "" where that is none.
        gone: what the field that fails then is.
        choice: a field of the answer with one of some words, on which the object's type or a
            filter depends; "" for none.
    """

    source: Source
    call: tuple[str, str]
    ask: str
    of: Callable[[State], str] | None = None
    at: str = ""
    missing: str = ""
    gone: Any = None
    choice: str = ""

    @property
    def name(self) -> str:
        """As tests are called."""
        return f"{self.source.value}{self.call[1]}"

    @property
    def is_list(self) -> bool:
        """Whether failures are told in a report."""
        return self.of is None

    @property
    def query(self) -> str:
        """The field as "struck", beside one of another source as "healthy"."""
        ids = "" if self.is_list else "($id: ID!)"
        other = (
            "pipelines(first: 3, filter: {sources: [ESPER]})"
            if self.source is _O
            else "stages(first: 3, filter: {sources: [OUTREACH]})"
        )
        shown = f"nodes {{ id name version }} {_REPORT}"
        return f"query{ids} {{ struck: {self.ask} healthy: {other} {{ {shown} }} }}"


def _list(
    source: Source, route: str, root: str, rows: str = "nodes { id name }", **more: Any
) -> Read:
    ask = f"{root}(first: 3, filter: {{sources: [{source.name}]}}) {{ {rows} {_REPORT} }}"
    return Read(source=source, call=_call(source, route), ask=ask, missing=_none(route), **more)


def _references(source: Source, route: str, kind: str) -> Read:
    ask = (
        f"references(source: {source.name}, kind: {kind}, first: 3) {{ nodes {{ id }} {_REPORT} }}"
    )
    return Read(source=source, call=_call(source, route), ask=ask, missing=_none(route))


def _lookup(
    source: Source, route: str, of: Callable[[State], str], shown: str, **more: Any
) -> Read:
    ask = f"node(id: $id) {{ id ... on {shown} }}"
    return Read(source=source, call=_call(source, route), ask=ask, of=of, **more)


def _call(source: Source, route: str) -> tuple[str, str]:
    return "POST" if source is _D else "GET", route


def _none(route: str) -> str:
    """Return the error where there is no such list; there may be no such space, either."""
    return "FORBIDDEN" if "{space_id}" in route else "BAD_RESPONSE"


def _first(source: Source, kind: Kind, collection: str, scope: str = "") -> Callable[[State], str]:
    return lambda state: gid(source, kind, state[collection][0]["id"], scope)


def _visited_stage(state: State) -> str:
    """Return an Outreach stage that prospects are at."""
    stage = state["prospects"][0]["relationships"]["stage"]["data"]["id"]
    return gid(_O, Kind.STAGE, stage)


def _attached_stage(state: State) -> str:
    """Return an Esper stage with target lists."""
    stage = one(state["stages"], state["attachments"][0]["stage_id"])
    return gid(_E, Kind.STAGE, stage["id"], stage["pipeline_id"])


def _listed_pipeline(state: State) -> str:
    """Return an Esper pipeline with target lists."""
    return gid(_E, Kind.PIPELINE, state["target_lists"][0]["pipeline_id"])


def _stage_with(count: int) -> Callable[[State], str]:
    """Return how a Storyblok stage is found that so many roles have a part in, and users."""

    def found(state: State) -> str:
        stages = [
            row
            for row in state["stages"]
            if len(row["space_role_ids"]) == count and row["user_ids"]
        ]
        return gid(_S, Kind.STAGE, stages[0]["id"], _SPACE)

    return found


_IN = "/v1/spaces/{space_id}"
_TARGETS = "{ name targetLists { id type } }"
_ROLES = "StoryblokStage { name spaceRoles { id name } }"

READS = [
    _list(_D, "/stages.custom.list", "stages"),
    _lookup(_D, "/stages.custom.get", _first(_D, Kind.STAGE, "stages"), "Stage { name }"),
    _list(_D, "/works.list", "works", "nodes { id title }", choice="type"),
    _lookup(_D, "/works.get", _first(_D, Kind.WORK, "works"), "Work { title }", choice="type"),
    _list(_D, "/works.count", "works", "nodes { id title } totalCount", at="totalCount"),
    _list(_D, "/stage-diagrams.list", "workflows"),
    _lookup(_D, "/stage-diagrams.get", _first(_D, Kind.WORKFLOW, "workflows"), "Workflow { name }"),
    _references(_D, "/states.custom.list", "STATE"),
    _references(_D, "/dev-users.list", "PERSON"),
    _references(_D, "/parts.list", "PART"),
    _references(_D, "/tags.list", "TAG"),
    _references(_D, "/vistas.groups.list", "SPRINT"),
    _references(_D, "/accounts.list", "ACCOUNT"),
    _references(_D, "/rev-orgs.list", "REV_ORG"),
    _references(_D, "/groups.list", "GROUP"),
    _list(_O, "/stages", "stages"),
    _lookup(_O, "/stages/{id}", _first(_O, Kind.STAGE, "stages"), "Stage { name }"),
    _lookup(
        _O,
        "/prospects",
        _visited_stage,
        "OutreachStage { name prospectIds(first: 2) }",
        at="prospectIds",
        missing="NOT_FOUND",
    ),
    _references(_O, "/users", "PERSON"),
    _list(_E, "/pipelines/", "pipelines"),
    _lookup(
        _E, "/pipelines/{pipeline_id}/", _first(_E, Kind.PIPELINE, "pipelines"), "Pipeline { name }"
    ),
    _lookup(_E, "/pipelines/{pipeline_id}/stages/", _attached_stage, "Stage { name }"),
    _lookup(
        _E,
        "/pipelines/{pipeline_id}/targetlists/",
        _listed_pipeline,
        f"EsperPipeline {_TARGETS}",
        at="targetLists",
    ),
    _lookup(
        _E,
        "/stages/{stage_id}/targetlists/",
        _attached_stage,
        f"EsperStage {_TARGETS}",
        at="targetLists",
    ),
    _list(_S, _IN + "/workflow_stages", "stages"),
    _lookup(_S, _IN + "/workflow_stages/{id}", _stage_with(1), "Stage { name }"),
    _list(_S, _IN + "/workflows", "workflows"),
    _lookup(
        _S,
        _IN + "/workflows/{id}",
        _first(_S, Kind.WORKFLOW, "workflows", _SPACE),
        "Workflow { name }",
    ),
    _references(_S, _IN + "/space_roles", "SPACE_ROLE"),
    _lookup(_S, _IN + "/space_roles/{id}", _stage_with(1), _ROLES, at="spaceRoles", gone=[]),
    _references(_S, _IN + "/collaborators", "PERSON"),
    _references(_S, "/v1/spaces", "SPACE"),
]
