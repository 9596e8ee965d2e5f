"""The writes of Storyblok, all in its first space."""

from collections.abc import Callable, Collection, Sequence
from typing import Any

from schema.types.ids import Kind
from schema.types.source import Source
from tests.http.asking import Asked, Change, Row, State, Write, gid

_SPACE = "1001"
_STAGES = "stages(first: 200, filter: {sources: [STORYBLOK]})"
_WORKFLOWS = "workflows(first: 200, filter: {sources: [STORYBLOK]})"
_AT = "/v1/spaces/{space_id}/"


def _id(kind: Kind, row: Row) -> str:
    return gid(Source.STORYBLOK, kind, row["id"], _SPACE)


def _workflows(state: State) -> list[Row]:
    """Return the space's workflows, the default one first."""
    own = {row["workflow_id"] for row in state["stages_by_space"][_SPACE]}
    return [row for row in state["workflows"] if row["id"] in own]


def _stages_of(state: State, workflow: Row) -> list[Row]:
    return [row for row in state["stages"] if row["workflow_id"] == workflow["id"]]


def _create_stage(state: State, n: int) -> Asked:
    workflow, new = _workflows(state)[1], {"name": f"Proofreading {n}", "color": "#123456"}
    added = {**new, "workflow_id": workflow["id"]}
    return Asked(
        input={"stage": {"storyblok": {"workflowId": _id(Kind.WORKFLOW, workflow), **new}}},
        change=Change(added={"stages": [added]}),
        rows=_STAGES,
        shown={"name": new["name"]},
    )


def _update_stage(state: State, n: int) -> Asked:
    stage = _stages_of(state, _workflows(state)[1])[n]
    told = {"name": f"Renamed {n}", "color": "#654321"}
    return Asked(
        input={"id": _id(Kind.STAGE, stage), **told},
        change=Change(changed={"stages": {stage["id"]: told}}),
        rows=_STAGES,
        shown={"name": told["name"]},
        id=_id(Kind.STAGE, stage),
    )


def _without(state: State, stages: Sequence[Row]) -> dict[str, dict[Any, Row]]:
    """Return what becomes of all that names stages that are no longer."""
    gone = {row["id"] for row in stages}
    return {
        "stages": {
            row["id"]: _left(row, gone)
            for row in state["stages"]
            if row["id"] not in gone and _left(row, gone)
        },
        "stories": {
            row["id"]: {"stage": None}
            for row in state["stories"]
            if row["stage"] and row["stage"]["workflow_stage_id"] in gone
        },
    }


def _left(row: Row, gone: Collection[int]) -> Row:
    left = [number for number in row["workflow_stage_ids"] if number not in gone]
    changed: Row = {} if left == row["workflow_stage_ids"] else {"workflow_stage_ids": left}
    return {**changed, **({"after_publish_id": None} if row["after_publish_id"] in gone else {})}


def _of_changes(state: State, stages: Sequence[Row], more: Row | None = None) -> dict[Any, Row]:
    """Return what becomes of the log of moves."""
    gone = {row["id"] for row in stages}
    return {
        row["id"]: {"workflow_stage_id": None, **(more or {})}
        for row in state["workflow_stage_changes"]
        if row["workflow_stage_id"] in gone
    }


def _delete_stage(state: State, n: int) -> Asked:
    """Delete a stage that is not the default one."""
    stage = _stages_of(state, _workflows(state)[1])[2 + n]
    return Asked(
        input={"id": _id(Kind.STAGE, stage)},
        change=Change(
            removed={"stages": [stage]},
            changed={
                **_without(state, [stage]),
                "workflow_stage_changes": _of_changes(state, [stage]),
            },
        ),
        rows=_STAGES,
        shown=None,
        id=_id(Kind.STAGE, stage),
    )


def _create_workflow(state: State, n: int) -> Asked:
    del state
    new = {"name": f"Recipes {n}", "color": "#123456"}
    told = {"name": f"Kitchen {n}", "contentTypes": ["recipe"]}
    flow = {"name": f"Kitchen {n}", "content_types": ["recipe"], "is_default": False}
    return Asked(
        input={"workflow": {"storyblok": {"spaceSourceId": _SPACE, **told, "stages": [new]}}},
        change=Change(added={"workflows": [flow], "stages": [new]}),
        rows=_WORKFLOWS,
        shown={"name": told["name"]},
    )


def _update_workflow(state: State, n: int) -> Asked:
    workflow, name = _workflows(state)[1 + n], f"Renamed {n}"
    return Asked(
        input={"id": _id(Kind.WORKFLOW, workflow), "name": name},
        change=Change(changed={"workflows": {workflow["id"]: {"name": name}}}),
        rows=_WORKFLOWS,
        shown={"name": name},
        id=_id(Kind.WORKFLOW, workflow),
    )


def _delete_workflow(state: State, n: int) -> Asked:
    workflow = _workflows(state)[1 + n]
    stages = _stages_of(state, workflow)
    moves = _of_changes(state, stages, {"workflow_id": None})
    return Asked(
        input={"id": _id(Kind.WORKFLOW, workflow)},
        change=Change(
            removed={"workflows": [workflow], "stages": stages},
            changed={**_without(state, stages), "workflow_stage_changes": moves},
        ),
        rows=_WORKFLOWS,
        shown=None,
        id=_id(Kind.WORKFLOW, workflow),
    )


def _duplicate_workflow(state: State, n: int) -> Asked:
    workflow, name = _workflows(state)[1], f"Copy {n}"
    names = ("name", "color", "position", "is_default", "allow_publish", "user_ids")
    stages = [{one: row[one] for one in names} for row in _stages_of(state, workflow)]
    flow = {"name": name, "content_types": ["recipe"], "is_default": False}
    return Asked(
        input={"id": _id(Kind.WORKFLOW, workflow), "name": name, "contentTypes": ["recipe"]},
        change=Change(added={"workflows": [flow], "stages": stages}),
        rows=_WORKFLOWS,
        shown={"name": name},
    )


def _row(mutation: str, method: str, route: str, ask: Callable[[State, int], Asked]) -> Write:
    call = (method, _AT + route)
    return Write(mutation=mutation, member="storyblok", call=call, ask=ask, mark="name")


STORYBLOK = [
    _row("createStage", "POST", "workflow_stages", _create_stage),
    _row("updateStage", "PUT", "workflow_stages/{id}", _update_stage),
    _row("deleteStage", "DELETE", "workflow_stages/{id}", _delete_stage),
    _row("createWorkflow", "POST", "workflows", _create_workflow),
    _row("updateWorkflow", "PUT", "workflows/{id}", _update_workflow),
    _row("deleteWorkflow", "DELETE", "workflows/{id}", _delete_workflow),
    _row("duplicateWorkflow", "POST", "workflows/{id}/duplicate", _duplicate_workflow),
]
