"""Writes of what target lists hold and of what stages do.

Devices, and groups of them, are of another API of Esper's: any UUID is taken for one. The vendor's
reference page prints the answer to an added group without the envelope, and an empty list as the
content of the answer to one taken away.
"""

from collections.abc import Callable, Mapping
from operator import attrgetter
from typing import NamedTuple

from gateway.sandbox.emulator import Endpoint
from gateway.sources.esper.sandbox import bodies
from gateway.sources.esper.sandbox.below import Below, Table
from gateway.sources.esper.sandbox.bodies import Field, Fields, RefusedError
from gateway.sources.esper.sandbox.devices import members
from gateway.sources.esper.sandbox.seed import Resource
from gateway.sources.esper.sandbox.writes import DESCRIPTION, TARGET_LIST, target_list
from gateway.sources.esper.sandbox.writing import Asked, Done, NotThereError, Writing, deleted

_TARGETS = TARGET_LIST + "targets/"
_GROUPS = TARGET_LIST + "devicegroups/"
_OPERATIONS = "/operationlists/{operationlist_id}/operations/"

_OF_GROUP = {"device_group_id": Field(bodies.uuid, is_required=True)}
_OF_OPERATION_LIST = {
    "name": Field(bodies.filled, is_required=True, is_name=True),
    "description": DESCRIPTION,
    "pipeline_id": Field(bodies.uuid),
}
_OF_OPERATION = {
    "operation_type": Field(bodies.filled, is_required=True),
    "args": Field(bodies.mapping, is_required=True),
}


class _Kind(NamedTuple):
    """Things that something holds.

    Attributes:
        owner: the path's name of what holds them. one: of one of them.
        kept_as: the field that tells the holder.
        table: finds all of them.
    """

    owner: str
    one: str
    kept_as: str
    table: Callable[[Below], Table]

    def held(self, asked: Asked) -> dict[str, Resource]:
        """Return what the path's holder holds."""
        if "targetlist_id" in asked.path:
            target_list(asked)
        held = self.table(asked.below).get(asked.path[self.owner])
        if not isinstance(held, dict):
            raise NotThereError
        return held

    def found(self, asked: Asked) -> Resource:
        """Return the path's thing."""
        found = self.held(asked).get(asked.path[self.one])
        if found is None:
            raise NotThereError
        return found

    def add(self, asked: Asked, given: Mapping[str, object]) -> Resource:
        """Put a new one to the others."""
        held, holder = self.held(asked), asked.path[self.owner]
        made: Resource = {"id": asked.new_id(), self.kept_as: holder, **given, **asked.made()}
        held[made["id"]] = made
        return made


_TARGET = _Kind("targetlist_id", "target_id", "target_list_id", attrgetter("devices.targets"))
_GROUP = _Kind("targetlist_id", "group_id", "target_list_id", attrgetter("devices.groups"))
_LIST = _Kind("stage_id", "operationlist_id", "stage_id", attrgetter("operations.lists"))
_OPERATION = _Kind(
    "operationlist_id", "operation_id", "operation_list_id", attrgetter("operations.operations")
)


def writes_below(writing: Writing) -> list[Endpoint]:
    """Return the endpoints."""
    end = writing.endpoint
    return [
        end("POST", _TARGETS, _create_target),
        end("PUT", _TARGETS + "{target_id}/", _update_target),
        end("DELETE", _TARGETS + "{target_id}/", _delete_target),
        end("POST", _GROUPS, _add_group),
        end("DELETE", _GROUPS + "{group_id}/", _remove_group),
        end("POST", "/stages/{stage_id}/operationlists/", _create_operation_list),
        end("POST", _OPERATIONS, _create_operation),
        end("DELETE", _OPERATIONS + "{operation_id}/", _delete_operation),
    ]


def _of_target(asked: Asked) -> Fields:
    """Return the fields of a target; Esper's own client sends no name."""
    is_required = asked.switches["device_name"] == "required"
    return {
        "device_id": Field(bodies.uuid, is_required=True),
        "device_name": Field(bodies.filled, is_required=is_required, may_be_null=not is_required),
        "device_alias": Field(bodies.text, may_be_null=True),
        "is_active": Field(bodies.flag, default=True),
    }


def _create_target(asked: Asked) -> Done:
    _TARGET.held(asked)
    return Done(_TARGET.add(asked, bodies.new(asked.body, _of_target(asked), asked.switches)))


def _update_target(asked: Asked) -> Done:
    found = _TARGET.found(asked)
    asked.change(found, bodies.changed(asked.body, _of_target(asked), asked.switches))
    return Done(found)


def _delete_target(asked: Asked) -> Done:
    found = _TARGET.found(asked)
    del _TARGET.held(asked)[found["id"]]
    return deleted(asked, found)


def _add_group(asked: Asked) -> Done:
    _GROUP.held(asked)
    made = _GROUP.add(asked, bodies.new(asked.body, _OF_GROUP, asked.switches))
    asked.below.devices.members[made["id"]] = members(made["device_group_id"])
    return Done(made, is_bare=True)


def _remove_group(asked: Asked) -> Done:
    found = _GROUP.found(asked)
    del _GROUP.held(asked)[found["id"]]
    del asked.below.devices.members[found["id"]]
    return Done([])


def _create_operation_list(asked: Asked) -> Done:
    held, stage = _LIST.held(asked), asked.path["stage_id"]
    given = bodies.new(asked.body, _OF_OPERATION_LIST, asked.switches)
    stages = asked.below.made.stages
    pipeline = next(one for one, its in stages.items() if stage in its)
    if given["pipeline_id"] not in {None, pipeline}:
        raise RefusedError({"pipeline_id": "The stage is of another pipeline."})
    made = {"id": asked.new_id(), **given, "pipeline_id": pipeline, **asked.made()}
    held[made["id"]] = made
    asked.below.operations.operations[made["id"]] = {}
    return Done(made)


def _create_operation(asked: Asked) -> Done:
    _OPERATION.held(asked)
    return Done(_OPERATION.add(asked, bodies.new(asked.body, _OF_OPERATION, asked.switches)))


def _delete_operation(asked: Asked) -> Done:
    found = _OPERATION.found(asked)
    del _OPERATION.held(asked)[found["id"]]
    return deleted(asked, found)
