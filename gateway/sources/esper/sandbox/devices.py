"""What target lists hold: targets, which are single devices, or groups of devices.

Esper's pages show what is sent to make a target or to add a group, and the answer to the latter.
A target is taken to be answered with what is sent, ids, and who made it and when, as all else of
pipelines is; a device of a group with those of a target's fields that are of the device. Lists of
collections hold neither: what is in a collection is told by no source.
"""

from random import Random
from typing import NamedTuple

from gateway.sandbox.company import dice
from gateway.sources.esper.sandbox.seed import Resource, Seed, audit, uuid

_PLACES = ("Front desk", "Warehouse", "Kitchen", "Van", "Ward 3", "Lab")
_GROUPS = 5
_ADDED = 200
"""The day on which the first device was added to a list."""


class Devices(NamedTuple):
    """What target lists hold.

    Attributes:
        targets: by target list and id. groups: by target list and id.
        members: devices by group, as the list has it, and device.
    """

    targets: dict[str, dict[str, Resource]]
    groups: dict[str, dict[str, Resource]]
    members: dict[str, dict[str, Resource]]

    def reached(self, target_list: str) -> list[Resource]:
        """Return the devices of a target list; `id` is the target's, null in a group."""
        targets = list(self.targets[target_list].values())
        groups = self.groups[target_list]
        return targets + [
            {"id": None, **device} for group in groups for device in self.members[group].values()
        ]


def devices(made: Seed) -> Devices:
    """Make what is in all target lists."""
    found = Devices({}, {}, {})
    for one in made.target_lists.values():
        chance = dice(f"esper devices of {one['id']}")
        kind = one["target_list_type"]
        targets = _targets(chance, one["id"]) if kind == "DEVICES" else []
        groups = _groups(chance, one["id"]) if kind == "GROUPS" else []
        found.targets[one["id"]] = {target["id"]: target for target in targets}
        found.groups[one["id"]] = {group["id"]: group for group in groups}
        for group in groups:
            found.members[group["id"]] = members(group["device_group_id"])
    return found


def _device(chance: Random) -> Resource:
    number = chance.randrange(16**6)
    alias = f"{chance.choice(_PLACES)} {number % 100}" if number % 4 else None
    return {"device_id": uuid(chance), "device_name": f"NWD-{number:06X}", "device_alias": alias}


def _targets(chance: Random, target_list: str) -> list[Resource]:
    return [
        {
            "id": uuid(chance),
            "target_list_id": target_list,
            **_device(chance),
            "is_active": chance.random() > 1 / 5,
            **audit(chance, _ADDED + at / 10),
        }
        for at in range(1 + chance.randrange(4))
    ]


def _groups(chance: Random, target_list: str) -> list[Resource]:
    chosen = chance.sample(range(_GROUPS), 1 + chance.randrange(2))
    return [
        {
            "id": uuid(chance),
            "device_group_id": uuid(dice(f"esper device group {number}")),
            "target_list_id": target_list,
            **audit(chance, _ADDED + at / 10),
        }
        for at, number in enumerate(chosen)
    ]


def members(group: str) -> dict[str, Resource]:
    """Make the devices of a group, which are the same in every list; some group has none."""
    chance = dice(f"esper devices in {group}")
    found = [_device(chance) for _ in range(chance.randrange(4))]
    return {one["device_id"]: one for one in found}
