"""All that is below pipelines, stages and target lists."""

from collections.abc import Mapping
from functools import cached_property

from gateway.sandbox.anew import anew
from gateway.sources.esper.sandbox.devices import Devices, devices
from gateway.sources.esper.sandbox.operations import Operations, operations
from gateway.sources.esper.sandbox.runs import Runs, runs
from gateway.sources.esper.sandbox.seed import Resource, Seed, seed

Table = Mapping[str, Mapping[str, Resource]]
"""Things by whose they are, and by id."""


_LARGE = 10
"""From this scale on, making all would keep the first request waiting."""


class Below:
    """What is below the seed, each part made when it is first looked at.

    Args:
        made: the pipelines, stages and target lists.
    """

    def __init__(self, made: Seed) -> None:
        self.made = made
        self.made_ids = 0  # by writes

    def make_all(self) -> None:
        """Make every part, before a write changes what the others are made of."""
        _ = self.runs  # which is made of all others

    @cached_property
    def devices(self) -> Devices:
        """What target lists hold."""
        return devices(self.made)

    @cached_property
    def operations(self) -> Operations:
        """What stages do."""
        return operations(self.made)

    @cached_property
    def runs(self) -> Runs:
        """Runs of pipelines."""
        return runs(self.made, self.devices, self.operations)

    def state(self) -> Mapping[str, list[Resource]]:
        """Return everything as the gets answer it.

        `group_devices` are the devices of groups, each with the group that it is of;
        `operation_lists` tell the stage that they are of, as answers do not.
        """
        return {
            "targets": _all(self.devices.targets),
            "device_groups": _all(self.devices.groups),
            "group_devices": _owned("group_id", self.devices.members),
            "operation_lists": _owned("stage_id", self.operations.lists),
            "operations": _all(self.operations.operations),
            "runs": _all(self.runs.runs),
            "stage_runs": _all(self.runs.stage_runs),
            "target_runs": _all(self.runs.target_runs),
        }


@anew
def seed_below(scale: int) -> Below:
    """Return the data, and all that is below it; ten times as much is left to be made on demand."""
    below = Below(seed(scale))
    if scale < _LARGE:
        below.make_all()
    return below


def _all(table: Table) -> list[Resource]:
    return [one for things in table.values() for one in things.values()]


def _owned(name: str, table: Table) -> list[Resource]:
    return [{name: owner, **one} for owner, things in table.items() for one in things.values()]
