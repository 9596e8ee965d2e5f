"""The company's Esper: 12 pipelines of 3 to 6 stages, and the target lists that they run on."""

from random import Random
from typing import Any, NamedTuple
from uuid import UUID

from gateway.sandbox.company import PEOPLE, day, dice, stamp

Resource = dict[str, Any]

# Teams name alike what they do alike, each in its own spelling.
_PIPELINES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Kiosk firmware roll-out", ("Lab", "Canary", "Pilot stores", "All stores")),
    ("Point-of-sale app update", ("lab", "canary", "Region North", "Region South", "All Stores")),
    ("Warehouse scanner OS upgrade", ("Bench test", "Night shift", "Whole fleet")),
    (
        "Delivery tablet provisioning",
        ("Staging", "CANARY", "10 % of vans", "50 % of vans", "Whole Fleet", "Clean-up"),
    ),
    ("Menu board player", ("Lab", "Flagship store", "Whole fleet")),
    ("Self-checkout security patch", ("Canary", "Low-traffic stores", "All stores", "Sign-off")),
    (
        "Nurse call tablets: Android 14",
        (
            "Testlabor Zürich",
            "Überwachung",
            "Wards whose head nurse has signed the paper form for the new release: east",
            "Wards whose head nurse has signed the paper form for the new release: west",
            "Whole hospital",
        ),
    ),
    ("Store Wi-Fi certificate renewal", ("Dry run", "Pilot Stores", "All stores")),
    ("Driver app: beta channel", ("Employees", "canary", "Beta testers", "Everyone")),
    (
        "Inventory handhelds kiosk mode",
        ("Lab", "Pilot stores", "10 % of devices", "50 % of devices", "all devices", "Sign-off"),
    ),
    ("Reception displays", ("Headquarters", "Branches", "Partners")),
    ("lab devices", ("bench test", "Canary", "Lab", "Retired")),
)

_TIMEOUTS = (3_600, 14_400, 86_400, 604_800, 1_814_400)
_LIST_NAMES = {
    "DEVICES": ("Lab bench", "Spare devices", "Managers' devices"),
    "GROUPS": ("Pilot stores", "Region North", "Night shift"),
    "COLLECTIONS": ("Android 13 and older", "Low battery", "On Wi-Fi"),
}
FIRST_PERSON = 4100
_LATER_PIPELINES = 0.01
"""Days between two pipelines of a larger company."""


class Seed(NamedTuple):
    """All objects by id, in the order of creation.

    Attributes:
        pipelines: by id. stages: by pipeline and id. target_lists: by id.
        attached: ids of target lists by stage.
    """

    pipelines: dict[str, Resource]
    stages: dict[str, dict[str, Resource]]
    target_lists: dict[str, Resource]
    attached: dict[str, list[str]]


def seed(scale: int) -> Seed:
    """Make the data; pipelines are multiplied by `scale`, with their stages and lists."""
    made = Seed({}, {}, {}, {})
    for index in range(len(_PIPELINES) * scale):
        _add_pipeline(made, index)
    return made


def uuid(chance: Random) -> str:
    """Return an id."""
    return str(UUID(int=chance.getrandbits(128), version=4))


def audit(chance: Random, created: float) -> Resource:
    """Return who made and changed something, and when; `created` in days."""
    is_changed = chance.random() < 0.8  # noqa: PLR2004 - most things are changed once
    updated = created + (1 + chance.randrange(900) / 10 if is_changed else 0)
    return {
        "created_at": stamp(day(created)),
        "updated_at": stamp(day(updated)),
        "created_by": FIRST_PERSON + chance.choice(PEOPLE).number,
        "updated_by": FIRST_PERSON + chance.choice(PEOPLE).number if is_changed else None,
    }


def _add_pipeline(made: Seed, index: int) -> None:
    chance = dice(f"esper pipeline {index + 1}")
    batch, which = divmod(index, len(_PIPELINES))
    plain, steps = _PIPELINES[which]
    name = plain + (f" ({batch + 1})" if batch else "")
    created = 20 + 9 * which if not batch else 130 + _LATER_PIPELINES * index
    pipeline: Resource = {
        "id": uuid(chance),
        "name": name,
        "description": None if not (which + 1) % 5 else f"Brings the devices of {name} up to date.",
        **audit(chance, created),
    }
    made.pipelines[pipeline["id"]] = pipeline
    lists = [_add_list(made, chance, pipeline["id"], created) for _ in range(2 + which % 3)]
    # Some pipelines were made by a script, all stages in the same instant.
    pause = 0.0 if which % 4 == 0 else 0.04
    made.stages[pipeline["id"]] = {}
    for at, step in enumerate(steps):
        stage = _stage(chance, pipeline, step, created + pause * (at + 1))
        made.stages[pipeline["id"]][stage["id"]] = stage
        made.attached[stage["id"]] = chance.sample(lists, chance.randrange(len(lists)))


def _stage(chance: Random, pipeline: Resource, step: str, created: float) -> Resource:
    description = f"{step}: step of {pipeline['name']}."
    return {
        "id": uuid(chance),
        "name": step,
        "description": chance.choice((description, description, description, "", None)),
        "timeout_seconds": None if chance.random() < 1 / 4 else chance.choice(_TIMEOUTS),
        "pipeline_id": pipeline["id"],
        **audit(chance, created),
    }


def _add_list(made: Seed, chance: Random, pipeline: str, created: float) -> str:
    kind = chance.choice(tuple(_LIST_NAMES))
    one: Resource = {
        "id": uuid(chance),
        "name": chance.choice(_LIST_NAMES[kind]),
        "target_list_type": kind,
        "pipeline_id": pipeline,
        **audit(chance, created),
    }
    made.target_lists[one["id"]] = one
    return one["id"]
