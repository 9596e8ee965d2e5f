"""Writes of runs: a run is started and cancelled, and its stages are promoted.

Nothing goes on by itself: what is started stays queued. A pipeline has one active run at a time.
What is sent to start a run is told nowhere, so nothing is read of it; what is sent to add a target
run is taken to be what one tells.
"""

from collections.abc import Iterable
from datetime import UTC, datetime

from gateway.sandbox.company import stamp
from gateway.sandbox.emulator import Endpoint
from gateway.sources.esper.sandbox import bodies, removal
from gateway.sources.esper.sandbox.bodies import Field, RefusedError
from gateway.sources.esper.sandbox.runs import STILL, TARGET_RUN_STATES
from gateway.sources.esper.sandbox.seed import Resource
from gateway.sources.esper.sandbox.writing import Asked, Done, NotThereError, Writing

_RUNS = "/pipelines/{pipeline_id}/runs/"
_STAGE_RUNS = "/runs/{run_id}/stageruns/"
_TARGET_RUNS = "/stageruns/{stagerun_id}/targetruns/"

_CANCELS = {"status": Field(bodies.choice(("CANCELLED",)), is_required=True)}
_OF_STAGE_RUN = {"status": Field(bodies.choice(("QUEUED", "CANCELLED")), is_required=True)}
_STATUS = Field(bodies.choice(TARGET_RUN_STATES), default="queued")
_CHANGES = {
    "status": _STATUS,
    "command_id": Field(bodies.uuid, may_be_null=True),
    "command_status": Field(bodies.text, may_be_null=True),
    "command_meta": Field(bodies.mapping, default={}),
}
_OF_TARGET_RUN = {
    "target_id": Field(bodies.uuid, may_be_null=True),
    "device_id": Field(bodies.uuid, is_required=True),
    "device_alias": Field(bodies.text, may_be_null=True),
    "stage_run_operation_id": Field(bodies.uuid, is_required=True),
    **_CHANGES,
}


def run_writes(writing: Writing) -> list[Endpoint]:
    """Return the endpoints."""
    end = writing.endpoint
    return [
        end("POST", _RUNS, _start),
        end("PUT", _RUNS + "{run_id}/", _cancel),
        end("PUT", _STAGE_RUNS + "{stagerun_id}/", _turn_stage_run),
        end("POST", _TARGET_RUNS, _add_target_run),
        end("PUT", _TARGET_RUNS + "{targetrun_id}/", _change_target_run),
    ]


def _there(table: dict[str, Resource] | None, number: str) -> Resource:
    found = (table or {}).get(number)
    if found is None:
        raise NotThereError
    return found


def _not_begun(asked: Asked, status: str) -> Resource:
    return {"status": status, **asked.made(), "started_at": None, "ended_at": None}


def _start(asked: Asked) -> Done:
    """Start a run: its first stage is queued, the others wait for it."""
    pipeline = asked.path["pipeline_id"]
    runs = asked.below.runs.runs.get(pipeline)
    if runs is None:
        raise NotThereError
    if removal.is_running(asked.below, pipeline):
        raise RefusedError({"detail": "The pipeline has an active run."})
    stages = asked.below.made.stages[pipeline]
    run: Resource = {
        "id": asked.new_id(),
        "pipeline_id": pipeline,
        "run_number": 1 + max((one["run_number"] for one in runs.values()), default=0),
        **_not_begun(asked, "queued" if stages else "invalid"),
    }
    runs[run["id"]] = run
    asked.below.runs.stage_runs[run["id"]] = {}
    for at, stage in enumerate(stages):
        one: Resource = {
            "id": asked.new_id(),
            "pipeline_run_id": run["id"],
            "stage_id": stage,
            "run_number": run["run_number"],
            **_not_begun(asked, "pending" if at else "queued"),
        }
        asked.below.runs.stage_runs[run["id"]][one["id"]] = one
        asked.below.runs.target_runs[one["id"]] = {}
    return Done(run)


def _cancel(asked: Asked) -> Done:
    """Cancel a run with all in it that has not ended."""
    run = _there(asked.below.runs.runs.get(asked.path["pipeline_id"]), asked.path["run_id"])
    bodies.new(asked.body, _CANCELS, asked.switches)
    _want_going(run)
    stage_runs = asked.below.runs.stage_runs[run["id"]].values()
    _end(asked, [run, *stage_runs])
    for one in stage_runs:
        _end(asked, asked.below.runs.target_runs[one["id"]].values())
    return Done(run)


def _turn_stage_run(asked: Asked) -> Done:
    """Promote a stage, which is to queue what is pending, or cancel it."""
    run, path = asked.path["run_id"], asked.path
    one = _there(asked.below.runs.stage_runs.get(run), path["stagerun_id"])
    status = str(bodies.new(asked.body, _OF_STAGE_RUN, asked.switches)["status"]).lower()
    _want_going(one)
    if status == "cancelled":
        _end(asked, [one, *asked.below.runs.target_runs[one["id"]].values()])
        return Done(one)
    whole = next(its[run] for its in asked.below.runs.runs.values() if run in its)
    _want_going(whole)
    if one["status"] != "pending":
        raise RefusedError({"status": "Only a pending stage run can be queued."})
    asked.change(one, {"status": "queued"})
    if whole["status"] == "waiting":
        asked.change(whole, {"status": "running"})
    return Done(one)


def _want_going(one: Resource) -> None:
    if one["status"] not in STILL:
        raise RefusedError({"status": f"It has ended: {one['status']}."})


def _end(asked: Asked, ended: Iterable[Resource]) -> None:
    now = stamp(datetime.now(UTC))
    for one in ended:
        if one["status"] in STILL:
            asked.change(one, {"status": "cancelled", "ended_at": now})


def _add_target_run(asked: Asked) -> Done:
    held = asked.below.runs.target_runs.get(asked.path["stagerun_id"])
    if held is None:
        raise NotThereError
    given = _stored(bodies.new(asked.body, _OF_TARGET_RUN, asked.switches))
    holder = {"stage_run_id": asked.path["stagerun_id"]}
    one = {"id": asked.new_id(), **holder, **_not_begun(asked, "queued"), **given}
    held[one["id"]] = one
    return Done(one)


def _change_target_run(asked: Asked) -> Done:
    path = asked.path
    one = _there(asked.below.runs.target_runs.get(path["stagerun_id"]), path["targetrun_id"])
    asked.change(one, _stored(bodies.changed(asked.body, _CHANGES, asked.switches)))
    return Done(one)


def _stored(given: Resource) -> Resource:
    """Return the fields of a target run as Esper keeps them: states in lower case."""
    status = given.get("status")
    return {**given, "status": status.lower()} if isinstance(status, str) else given
