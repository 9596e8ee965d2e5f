"""Runs of pipelines, of their stages, and on their targets.

What each state means is told by Esper's reference, and so is a target run in full. Of the other
two its client reads the id, the number, the state, the time of creation and, of a stage run, its
run; the ids of what is run and the other times are taken to be as a target run has them. That a
run goes past a stage without targets or operations, whose stage run is then invalid, is a guess.
"""

from collections.abc import Sequence
from random import Random
from typing import NamedTuple

from gateway.sandbox.company import PEOPLE, day, dice, stamp
from gateway.sources.esper.sandbox.devices import Devices
from gateway.sources.esper.sandbox.operations import Operations
from gateway.sources.esper.sandbox.seed import FIRST_PERSON, Resource, Seed, uuid

_OPEN = ("pending", "queued", "processing", "running")
_ENDED = ("success", "failure", "cancelled", "timeout")
STAGE_RUN_STATES = (*_OPEN, "complete", *_ENDED, "invalid")
RUN_STATES = (*STAGE_RUN_STATES, "waiting")
TARGET_RUN_STATES = (*STAGE_RUN_STATES, "dispatched")

_NOT_STARTED = ("pending", "queued", "processing")
STILL = (*_OPEN, "waiting", "dispatched")
_ON_TARGETS = {
    "success": ("success",),
    "failure": ("failure", "success"),
    "timeout": ("timeout", "success"),
    "cancelled": ("success", "cancelled"),
    "running": ("running", "success", "dispatched", "queued"),
}
"""What happens in turn on the targets of a stage run that has begun."""

_COMMANDS = {"success": "Command Success", "failure": "Command Failure"}
_FIRST_DAY, _DAYS_OF_A_RUN, _DAYS_OF_A_STAGE = 300, 25, 3


class Runs(NamedTuple):
    """All runs.

    Attributes:
        runs: by pipeline and id. stage_runs: by run and id. target_runs: by stage run and id.
    """

    runs: dict[str, dict[str, Resource]]
    stage_runs: dict[str, dict[str, Resource]]
    target_runs: dict[str, dict[str, Resource]]


def runs(made: Seed, devices: Devices, operations: Operations) -> Runs:
    """Make up to three runs for each pipeline, of which only the last may go on."""
    found = Runs({}, {}, {})
    for pipeline in made.pipelines:
        chance = dice(f"esper runs of {pipeline}")
        found.runs[pipeline] = {}
        count = chance.randrange(4)
        for number in range(1, count + 1):
            is_last = number == count
            states = (*_ENDED, "running", "waiting", "running", "pending") if is_last else _ENDED
            _Maker(made, devices, operations, found).run(chance, pipeline, number, states)
    return found


class _Maker(NamedTuple):
    """Makes a run out of what there is."""

    made: Seed
    devices: Devices
    operations: Operations
    found: Runs

    def run(self, chance: Random, pipeline: str, number: int, states: Sequence[str]) -> None:
        stages = list(self.made.stages[pipeline])
        good = [at for at, one in enumerate(stages) if self._reached(one) and self._does(one)]
        state = chance.choice(states) if good else "invalid"
        at = chance.choice(good or [0])
        if state == "waiting":  # for the next stage to be promoted
            at = min(at, len(stages) - 2)
        start = _FIRST_DAY + _DAYS_OF_A_RUN * (number - 1) + chance.random()
        run: Resource = {
            "id": uuid(chance),
            "pipeline_id": pipeline,
            "run_number": number,
            "status": state,
            **_audit(chance, state, start, start + _DAYS_OF_A_STAGE * len(stages)),
        }
        self.found.runs[pipeline][run["id"]] = run
        self.found.stage_runs[run["id"]] = {}
        for index, stage in enumerate(stages):
            its = _state_of(state, index - at)
            if its == "success" and index not in good:
                its = "invalid"
            begins = start + _DAYS_OF_A_STAGE * index
            is_begun = state == "success" or index <= at
            self._stage_run(chance, run, stage, its, begins, is_begun=is_begun)

    def _reached(self, stage: str) -> list[Resource]:
        lists = self.made.attached[stage]
        return [device for one in lists for device in self.devices.reached(one)]

    def _does(self, stage: str) -> list[Resource]:
        return self.operations.of_stage(stage)

    def _stage_run(
        self,
        chance: Random,
        run: Resource,
        stage: str,
        state: str,
        start: float,
        *,
        is_begun: bool,
    ) -> None:
        one: Resource = {
            "id": uuid(chance),
            "pipeline_run_id": run["id"],
            "stage_id": stage,
            "run_number": run["run_number"],
            "status": state,
            **_audit(chance, state, start, start + _DAYS_OF_A_STAGE),
            **({} if is_begun else {"started_at": None}),
        }
        self.found.stage_runs[run["id"]][one["id"]] = one
        self.found.target_runs[one["id"]] = {}
        if state not in _ON_TARGETS or not is_begun:
            return
        for _ in self._does(stage):
            operation = uuid(chance)
            turns = _ON_TARGETS[state]
            for at, device in enumerate(self._reached(stage)):
                its = turns[at % len(turns)]
                target_run = _target_run(chance, device, one, operation, its, start + at / 10)
                self.found.target_runs[one["id"]][target_run["id"]] = target_run


def _state_of(run: str, distance: int) -> str:
    """Return the state of a stage run, so many stages past the one where its run is or ended."""
    if run == "success":
        return "success"
    if run in _NOT_STARTED:
        return "pending"
    if distance < 0:
        return "success"
    if distance > 0:
        return "cancelled" if run == "cancelled" else "pending"
    return "success" if run == "waiting" else run


def _target_run(
    chance: Random, device: Resource, run: Resource, operation: str, state: str, start: float
) -> Resource:
    is_sent = state != "queued"
    return {
        "id": uuid(chance),
        "target_id": device["id"],
        "device_id": device["device_id"],
        "device_alias": device["device_alias"],
        "stage_run_id": run["id"],
        "stage_run_operation_id": operation,
        "command_id": uuid(chance) if is_sent else None,
        "command_status": _COMMANDS.get(state, "Command Initiated") if is_sent else None,
        "command_meta": {},
        "status": state,
        **_audit(chance, state, start, start + 0.05),
    }


def _audit(chance: Random, state: str, start: float, end: float) -> Resource:
    """Return who started something and when it began and ended; times in days."""
    begun = None if state in _NOT_STARTED else stamp(day(start + 0.01))
    ended = None if state in STILL else stamp(day(end))
    person = FIRST_PERSON + chance.choice(PEOPLE).number
    return {
        "created_by": person,
        "updated_by": person if begun else None,
        "created_at": stamp(day(start)),
        "updated_at": ended or begun or stamp(day(start)),
        "started_at": begun,
        "ended_at": ended,
    }
