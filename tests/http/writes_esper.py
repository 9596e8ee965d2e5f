"""The writes of Esper and of Outreach."""

from collections.abc import Callable, Sequence

from schema.types.ids import Kind
from schema.types.source import Source
from tests.http.asking import Asked, Change, Row, State, Write, gid

_OF_OUTREACH = "stages(first: 200, filter: {sources: [OUTREACH]})"
_PIPELINES = "pipelines(first: 200, filter: {sources: [ESPER]})"

_PIPELINE_ROUTE = "/pipelines/{pipeline_id}/"
_STAGES_ROUTE = _PIPELINE_ROUTE + "stages/"
_STAGE_ROUTE = _STAGES_ROUTE + "{stage_id}/"
_LISTS_ROUTE = "/stages/{stage_id}/targetlists/"


def _prospect_stage(row: Row) -> str:
    return gid(Source.OUTREACH, Kind.STAGE, row["id"])


def _create_prospect_stage(state: State, n: int) -> Asked:
    del state
    told = {"name": f"Called twice {n}", "color": "#123456"}
    return Asked(
        input={"stage": {"outreach": {**told, "position": 470 + n}}},
        change=Change(added={"stages": [{"attributes": {**told, "order": 470 + n}}]}),
        rows=_OF_OUTREACH,
        shown={"name": told["name"]},
    )


def _update_prospect_stage(state: State, n: int) -> Asked:
    stage, told = state["stages"][n], {"name": f"Renamed {n}", "color": "#654321"}
    return Asked(
        input={"id": _prospect_stage(stage), **told},
        change=Change(changed={"stages": {stage["id"]: {"attributes": told}}}),
        rows=_OF_OUTREACH,
        shown={"name": told["name"]},
        id=_prospect_stage(stage),
    )


def _delete_prospect_stage(state: State, n: int) -> Asked:
    """Delete a stage that no prospect is at: others may be refused."""
    used = {(row["relationships"]["stage"]["data"] or {}).get("id") for row in state["prospects"]}
    stage = [row for row in state["stages"] if row["id"] not in used][n]
    return Asked(
        input={"id": _prospect_stage(stage)},
        change=Change(removed={"stages": [stage]}),
        rows=_OF_OUTREACH,
        shown=None,
        id=_prospect_stage(stage),
    )


def _pipeline(row: Row) -> str:
    return gid(Source.ESPER, Kind.PIPELINE, row["id"])


def _stage(row: Row) -> str:
    return gid(Source.ESPER, Kind.STAGE, row["id"], row["pipeline_id"])


def _stages_of(pipeline: str) -> str:
    its = gid(Source.ESPER, Kind.PIPELINE, pipeline)
    return f'stages(first: 200, filter: {{sources: [ESPER], processIds: ["{its}"]}})'


def _at_rest(state: State) -> list[Row]:
    """Return the pipelines that were never run: of others, some may not be deleted."""
    run = {row["pipeline_id"] for row in state["runs"]}
    return [row for row in state["pipelines"] if row["id"] not in run]


def _holding(rows: Sequence[Row], name: str, ids: Sequence[str]) -> list[Row]:
    return [row for row in rows if row[name] in ids]


def _ids(rows: Sequence[Row]) -> list[str]:
    return [row["id"] for row in rows]


def _create_stage(state: State, n: int) -> Asked:
    pipeline = state["pipelines"][0]
    new = {"name": f"Second wave {n}", "description": "After lunch."}
    seconds = 900
    added = {**new, "timeout_seconds": seconds, "pipeline_id": pipeline["id"]}
    return Asked(
        input={
            "stage": {
                "esper": {"pipelineId": _pipeline(pipeline), **new, "timeoutSeconds": seconds}
            }
        },
        change=Change(added={"stages": [added]}),
        rows=_stages_of(pipeline["id"]),
        shown={"name": new["name"]},
    )


def _update_stage(state: State, n: int) -> Asked:
    stage, name = state["stages"][n], f"Renamed {n}"
    return Asked(
        input={"id": _stage(stage), "name": name},
        change=Change(changed={"stages": {stage["id"]: {"name": name}}}),
        rows=_stages_of(stage["pipeline_id"]),
        shown={"name": name},
        id=_stage(stage),
    )


def _below(state: State, stages: Sequence[Row]) -> dict[str, list[Row]]:
    """Return what goes with stages."""
    lists = _holding(state["operation_lists"], "stage_id", _ids(stages))
    return {
        "stages": list(stages),
        "attachments": _holding(state["attachments"], "stage_id", _ids(stages)),
        "operation_lists": lists,
        "operations": _holding(state["operations"], "operation_list_id", _ids(lists)),
    }


def _delete_stage(state: State, n: int) -> Asked:
    pipeline = _at_rest(state)[0]
    stage = _holding(state["stages"], "pipeline_id", [pipeline["id"]])[n]
    return Asked(
        input={"id": _stage(stage)},
        change=Change(removed=_below(state, [stage])),
        rows=_stages_of(pipeline["id"]),
        shown=None,
        id=_stage(stage),
    )


def _create_pipeline(state: State, n: int) -> Asked:
    del state
    new = {"name": f"Price tags {n}", "description": "New firmware."}
    return Asked(
        input={"pipeline": {"esper": new}},
        change=Change(added={"pipelines": [new]}),
        rows=_PIPELINES,
        shown={"name": new["name"]},
    )


def _update_pipeline(state: State, n: int) -> Asked:
    pipeline, name = state["pipelines"][n], f"Renamed {n}"
    return Asked(
        input={"id": _pipeline(pipeline), "name": name},
        change=Change(changed={"pipelines": {pipeline["id"]: {"name": name}}}),
        rows=_PIPELINES,
        shown={"name": name},
        id=_pipeline(pipeline),
    )


def _delete_pipeline(state: State, n: int) -> Asked:
    pipeline = _at_rest(state)[n]
    lists = _holding(state["target_lists"], "pipeline_id", [pipeline["id"]])
    groups = _holding(state["device_groups"], "target_list_id", _ids(lists))
    removed = {
        "pipelines": [pipeline],
        **_below(state, _holding(state["stages"], "pipeline_id", [pipeline["id"]])),
        "target_lists": lists,
        "targets": _holding(state["targets"], "target_list_id", _ids(lists)),
        "device_groups": groups,
        "group_devices": _holding(state["group_devices"], "group_id", _ids(groups)),
    }
    return Asked(
        input={"id": _pipeline(pipeline)},
        change=Change(removed=removed),
        rows=_PIPELINES,
        shown=None,
        id=_pipeline(pipeline),
    )


def _attached(state: State, stage: Row) -> list[str]:
    rows = _holding(state["attachments"], "stage_id", [stage["id"]])
    return [row["target_list_id"] for row in rows]


def _attach(state: State, n: int) -> Asked:
    """Attach to the n-th stage a list of its pipeline that it has not."""
    stage = state["stages"][n]
    its = _attached(state, stage)
    lists = _holding(state["target_lists"], "pipeline_id", [stage["pipeline_id"]])
    new = next(row["id"] for row in lists if row["id"] not in its)
    pair = {"stage_id": stage["id"], "target_list_id": new}
    return _attachment(stage, new, [*its, new], Change(added={"attachments": [pair]}))


def _detach(state: State, n: int) -> Asked:
    """Detach the first list of the n-th stage that has one."""
    stage = [row for row in state["stages"] if _attached(state, row)][n]
    its = _attached(state, stage)
    pair = {"stage_id": stage["id"], "target_list_id": its[0]}
    return _attachment(stage, its[0], its[1:], Change(removed={"attachments": [pair]}))


def _attachment(stage: Row, target_list: str, left: Sequence[str], change: Change) -> Asked:
    its = gid(Source.ESPER, Kind.TARGET_LIST, target_list, stage["pipeline_id"])
    return Asked(
        input={"stageId": _stage(stage), "targetListId": its},
        change=change,
        rows=_stages_of(stage["pipeline_id"]),
        shown={"targetLists": [{"sourceId": one} for one in left]},
        id=_stage(stage),
    )


def _outreach(mutation: str, call: tuple[str, str], ask: Callable[[State, int], Asked]) -> Write:
    return Write(mutation=mutation, member="outreach", call=call, ask=ask, mark="name")


def _esper(
    mutation: str,
    call: tuple[str, str],
    ask: Callable[[State, int], Asked],
    *,
    mark: str = "name",
    reads: tuple[tuple[str, str], ...] = (),
) -> Write:
    return Write(mutation=mutation, member="esper", call=call, ask=ask, mark=mark, reads=reads)


OUTREACH = [
    _outreach("createStage", ("POST", "/stages"), _create_prospect_stage),
    _outreach("updateStage", ("PATCH", "/stages/{id}"), _update_prospect_stage),
    _outreach("deleteStage", ("DELETE", "/stages/{id}"), _delete_prospect_stage),
]

_LISTS = "... on EsperStage { targetLists { sourceId } }"

# Esper's PUT may replace, so that what is not given is read before; attaching names no pipeline, so
# that what the ids tell is read before.
ESPER = [
    _esper("createStage", ("POST", _STAGES_ROUTE), _create_stage),
    _esper("updateStage", ("PUT", _STAGE_ROUTE), _update_stage, reads=(("GET", _STAGE_ROUTE),)),
    _esper("deleteStage", ("DELETE", _STAGE_ROUTE), _delete_stage),
    _esper("createPipeline", ("POST", "/pipelines/"), _create_pipeline),
    _esper(
        "updatePipeline",
        ("PUT", _PIPELINE_ROUTE),
        _update_pipeline,
        reads=(("GET", _PIPELINE_ROUTE),),
    ),
    _esper("deletePipeline", ("DELETE", _PIPELINE_ROUTE), _delete_pipeline),
    _esper(
        "attachTargetList",
        ("POST", _LISTS_ROUTE),
        _attach,
        mark=_LISTS,
        reads=(("GET", _STAGE_ROUTE), ("GET", _PIPELINE_ROUTE + "targetlists/{targetlist_id}/")),
    ),
    _esper(
        "detachTargetList",
        ("DELETE", _LISTS_ROUTE + "{targetlist_id}/"),
        _detach,
        mark=_LISTS,
        reads=(("GET", _STAGE_ROUTE),),
    ),
]
