"""States, stages and stage diagrams."""

from typing import NamedTuple

from gateway.sandbox.company import day, stamp
from gateway.sources.devrev.sandbox.ids import don, named
from gateway.sources.devrev.sandbox.records import Record, Ref
from gateway.sources.devrev.sandbox.staff import person, someone


class _Stage(NamedTuple):
    name: str
    ordinal: int
    state: int


class _State(NamedTuple):
    name: str
    is_final: bool = False


_STATES = (
    _State("open"),
    _State("in_progress"),
    _State("Waiting"),
    _State("closed", is_final=True),
    _State("Cancelled", is_final=True),
)

# Names in every case, two equal ones, equal ordinals, letters beyond ASCII, a comma and quotes.
_STAGES = (
    _Stage("triage", 100, 1),
    _Stage("Backlog", 200, 1),
    _Stage("prioritized", 300, 1),
    _Stage("In Development", 400, 2),
    _Stage("In Review", 500, 2),
    _Stage("Überprüfung", 600, 2),
    _Stage("completed", 900, 4),
    _Stage("Won't fix, by design", 900, 5),
    _Stage("Queued", 100, 1),
    _Stage("awaiting customer", 450, 3),
    _Stage("RESOLVED", 910, 4),
    _Stage("In Review", 500, 2),
    _Stage("qualification", 0, 1),
    _Stage('Archived "old"', 2_000_000_000, 5),
)

_ARCHIVED = 14
"""The stage that stands in no diagram."""

_UNTOUCHED = 3
"""The stage that nobody changed."""

FLOWS = {
    "issue": {1: (2, 8), 2: (3, 8), 3: (4,), 4: (5, 8), 5: (4, 6), 6: (4, 7), 7: (2,), 8: (1,)},
    "ticket": {9: (4, 10), 4: (10, 11), 10: (4, 11), 11: (9, 7), 7: ()},
    "opportunity": {13: (12, 8), 12: (7, 8), 7: (), 8: (13,)},
}
"""The stages of each diagram by number, and where each leads to; works start at the first."""

_DEPRECATED = {("issue", 8)}


def states() -> list[Record]:
    """Make the five states."""
    return [
        {
            "created_by": person(1),
            "created_date": stamp(day(number)),
            **named("custom_state", number),
            "modified_by": person(2),
            "modified_date": stamp(day(10 + number)),
            "is_final": one.is_final,
            "name": one.name,
            "ordinal": number,
        }
        for number, one in enumerate(_STATES, start=1)
    ]


def stage_don(number: int) -> str:
    """Return the DON of a stage by number, from 1."""
    return don("custom_stage", number)


def state_of(stage: int) -> _State:
    """Return the state of a stage by the stage's number, from 1."""
    return _STATES[_STAGES[stage - 1].state - 1]


def stages() -> list[Record]:
    """Make the 14 stages."""
    return [_stage(number, one) for number, one in enumerate(_STAGES, start=1)]


def _stage(number: int, one: _Stage) -> Record:
    changed = {
        "modified_by": someone(f"stage {number} changed"),
        "modified_date": stamp(day(40 + 7.3 * number % 50)),
    }
    return {
        "created_by": someone(f"stage {number}"),
        "created_date": stamp(day(3 + number // 2)),
        **named("custom_stage", number),
        **({} if number == _UNTOUCHED else changed),
        "name": one.name,
        "ordinal": one.ordinal,
        "state": Ref("states", don("custom_state", one.state)),
        **({"marketplace_ref": don("marketplace_item", 1)} if number == _ARCHIVED else {}),
        "sync_metadata": {"external_reference": f"stage-{number}", "origin_system": "jira"},
    }


def diagrams() -> list[Record]:
    """Make the three stage diagrams, each the default of its type of work."""
    return [_diagram(number, leaf) for number, leaf in enumerate(FLOWS, start=1)]


def _diagram(number: int, leaf: str) -> Record:
    start = next(iter(FLOWS[leaf]))
    return {
        "created_by": person(2),
        "created_date": stamp(day(12 + number)),
        **named("stage_diagram", number),
        "modified_by": person(3),
        "modified_date": stamp(day(50 + number)),
        "is_custom_leaf_type": False,
        "is_default": True,
        "leaf_type": leaf,
        "name": f"{leaf.capitalize()} flow",
        "stages": [
            {
                "is_deprecated": (leaf, stage) in _DEPRECATED,
                "is_start": stage == start,
                "stage": Ref("stages", stage_don(stage)),
                "transitions": [
                    {"target_stage": Ref("stages", stage_don(target))} for target in targets
                ],
            }
            for stage, targets in FLOWS[leaf].items()
        ],
    }
