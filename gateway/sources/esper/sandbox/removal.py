"""Takes things away, with all that hangs on them."""

from gateway.sources.esper.sandbox.below import Below
from gateway.sources.esper.sandbox.runs import STILL


def is_running(below: Below, pipeline: str) -> bool:
    """Tell whether a run of a pipeline goes on."""
    return any(one["status"] in STILL for one in below.runs.runs[pipeline].values())


def remove_pipeline(below: Below, pipeline: str) -> None:
    """Take a pipeline, its runs, its stages and its target lists."""
    for run in list(below.runs.runs[pipeline]):
        for stage_run in below.runs.stage_runs.pop(run):
            del below.runs.target_runs[stage_run]
    del below.runs.runs[pipeline]
    for stage in list(below.made.stages[pipeline]):
        remove_stage(below, pipeline, stage)
    for one in [*below.made.target_lists.values()]:
        if one["pipeline_id"] == pipeline:
            remove_target_list(below, one["id"])
    del below.made.stages[pipeline]
    del below.made.pipelines[pipeline]


def remove_stage(below: Below, pipeline: str, stage: str) -> None:
    """Take a stage, its operation lists and its part of every run."""
    for run in below.runs.runs.get(pipeline, {}):
        stage_runs = below.runs.stage_runs[run]
        for one in [*stage_runs.values()]:
            if one["stage_id"] == stage:
                del stage_runs[one["id"]]
                del below.runs.target_runs[one["id"]]
    for operation_list in below.operations.lists.pop(stage):
        del below.operations.operations[operation_list]
    del below.made.attached[stage]
    del below.made.stages[pipeline][stage]


def remove_target_list(below: Below, target_list: str) -> None:
    """Take a target list and what it holds, from all stages too."""
    for attached in below.made.attached.values():
        if target_list in attached:
            attached.remove(target_list)
    del below.devices.targets[target_list]
    for group in below.devices.groups.pop(target_list):
        del below.devices.members[group]
    del below.made.target_lists[target_list]
