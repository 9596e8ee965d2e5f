"""What stages do: operation lists, and the operations in them.

Esper's own client shows what is sent to make either; the answers are taken to be that, with ids,
and who made it and when. The words of `operation_type` are the emulator's own.
"""

from random import Random
from typing import NamedTuple

from gateway.sandbox.company import dice
from gateway.sources.esper.sandbox.seed import Resource, Seed, audit, uuid

_TYPES = ("APP_INSTALL", "APP_UPGRADE", "APP_UNINSTALL")
_APPS = ("Kiosk", "Scanner", "Menu Board", "Driver")
_ADDED = 195
"""The day on which operations were made."""


class Operations(NamedTuple):
    """What stages do.

    Attributes:
        lists: by stage and id. operations: by operation list and id.
    """

    lists: dict[str, dict[str, Resource]]
    operations: dict[str, dict[str, Resource]]

    def of_stage(self, stage: str) -> list[Resource]:
        """Return all operations of a stage."""
        return [one for found in self.lists[stage] for one in self.operations[found].values()]


def operations(made: Seed) -> Operations:
    """Make a list of operations for most stages; some have none yet."""
    found = Operations({}, {})
    for pipeline, stages in made.stages.items():
        for stage in stages.values():
            chance = dice(f"esper operations of {stage['id']}")
            one = _list(chance, pipeline, stage["name"])
            found.lists[stage["id"]] = {one["id"]: one} if chance.random() > 1 / 8 else {}
            for number in found.lists[stage["id"]]:
                made_here = [_operation(chance, number) for _ in range(1 + chance.randrange(2))]
                found.operations[number] = {each["id"]: each for each in made_here}
    return found


def _list(chance: Random, pipeline: str, stage: str) -> Resource:
    return {
        "id": uuid(chance),
        "name": f"Operations of {stage}",
        "description": chance.choice((None, "", f"What is done in {stage}.")),
        "pipeline_id": pipeline,
        **audit(chance, _ADDED),
    }


def _operation(chance: Random, operation_list: str) -> Resource:
    app, code = chance.choice(_APPS), chance.randrange(10, 99)
    return {
        "id": uuid(chance),
        "operation_type": chance.choice(_TYPES),
        "operation_list_id": operation_list,
        "args": {
            "app_version": uuid(chance),
            "package_name": f"example.northwind.{app.lower().replace(' ', '')}",
            "version_code": str(code),
            "version_name": f"{code // 10}.{code % 10}",
            "application_name": app,
        },
        **audit(chance, _ADDED + 0.1),
    }
