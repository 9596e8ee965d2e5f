"""The reading endpoints of all that is below pipelines, stages and target lists.

States are compared in any case and answered in lower case; a word that is no state is refused, as
other filters with words are. `ordering` names fields, with a minus for descending, and passes over
one that there is not, as the framework does that Esper is built with. No list tells its order, so
without `ordering` it is that of creation, pipeline by pipeline. Groups are named by their own id in
the target list. What is two levels below a pipeline or more is missing where that which holds it
is.
"""

from collections.abc import Callable, Mapping, Sequence
from operator import attrgetter
from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import Response

from gateway.sandbox.emulator import Endpoint, Handler
from gateway.sandbox.switches import Switches
from gateway.sources.esper.sandbox import answers
from gateway.sources.esper.sandbox.below import Below, Table
from gateway.sources.esper.sandbox.runs import RUN_STATES, STAGE_RUN_STATES, TARGET_RUN_STATES
from gateway.sources.esper.sandbox.seed import Resource

Test = Callable[[Below, Resource, str], bool]
Path = Mapping[str, str]


def _always(below: Below, path: Path) -> bool:
    """Tell that a thing is held by its holder alone."""
    del below, path
    return True


class Read(NamedTuple):
    """A list of what something holds, and the get of one of it.

    Attributes:
        route: the list's. owner: the path's name of what holds it, "" for the enterprise.
        table: finds all of them. one: the path's name of one of them, "" where none is got.
        states: the words of the filter `status`, if there is one.
        tests: its other filters. is_ordered: whether it takes `ordering`.
        may_be_whole: whether it is paged only as `stage_paging` says.
        unknown: the switch for a holder that is not known, if there is one.
        is_within: tells whether the path's upper things hold its lower ones.
    """

    route: str
    owner: str
    table: Callable[[Below], Table]
    one: str = ""
    states: Sequence[str] = ()
    tests: Mapping[str, Test] = {}
    is_ordered: bool = False
    may_be_whole: bool = False
    unknown: str = ""
    is_within: Callable[[Below, Path], bool] = _always


def _has_list(below: Below, path: Path) -> bool:
    """Tell whether the target list is the pipeline's."""
    found = below.made.target_lists.get(path["targetlist_id"])
    return found is not None and found["pipeline_id"] == path["pipeline_id"]


def _has_group(below: Below, path: Path) -> bool:
    """Tell whether the group is in the target list of the pipeline."""
    groups = below.devices.groups.get(path["targetlist_id"], {})
    return _has_list(below, path) and path["group_id"] in groups


def _is_named(below: Below, run: Resource, text: str) -> bool:
    """Test the name of a run's pipeline, as it is now."""
    return below.made.pipelines[run["pipeline_id"]]["name"] == text


def _is_of_operation(below: Below, run: Resource, text: str) -> bool:
    """Test the operation that a target run is of."""
    del below
    return run["stage_run_operation_id"] == text


def _of_all(below: Below) -> Table:
    """Return the runs of all pipelines as what the enterprise holds."""
    return {"": {number: one for its in below.runs.runs.values() for number, one in its.items()}}


_LIST = "/pipelines/{pipeline_id}/targetlists/{targetlist_id}/"

_READS = (
    Read(
        _LIST + "targets/", "targetlist_id", attrgetter("devices.targets"), "target_id",
        may_be_whole=True, is_within=_has_list,
    ),
    Read(
        _LIST + "devicegroups/", "targetlist_id", attrgetter("devices.groups"),
        may_be_whole=True, is_within=_has_list,
    ),
    Read(
        _LIST + "devicegroups/{group_id}/devices/", "group_id",
        attrgetter("devices.members"),
        may_be_whole=True, is_within=_has_group,
    ),
    Read(
        "/stages/{stage_id}/operationlists/", "stage_id", attrgetter("operations.lists"),
        may_be_whole=True, unknown="unknown_stage",
    ),
    Read(
        "/operationlists/{operationlist_id}/operations/", "operationlist_id",
        attrgetter("operations.operations"), "operation_id",
        may_be_whole=True,
    ),
    Read(
        "/pipelines/{pipeline_id}/runs/", "pipeline_id", attrgetter("runs.runs"), "run_id",
        unknown="unknown_pipeline",
    ),
    Read(
        "/runs/", "", _of_all,
        states=RUN_STATES, tests={"pipeline_name": _is_named}, is_ordered=True,
    ),
    Read(
        "/runs/{run_id}/stageruns/", "run_id", attrgetter("runs.stage_runs"), "stagerun_id",
        states=STAGE_RUN_STATES,
    ),
    Read(
        "/stageruns/{stagerun_id}/targetruns/", "stagerun_id",
        attrgetter("runs.target_runs"), "targetrun_id",
        states=TARGET_RUN_STATES,
        tests={"stage_run_operation_id": _is_of_operation},
        is_ordered=True,
    ),
)  # fmt: skip


def reads(switches: Switches, below: Callable[[], Below]) -> list[Endpoint]:
    """Return the endpoints, over what there is at the time of a request."""
    found: list[Endpoint] = []
    for read in _READS:
        found.append(Endpoint("GET", read.route, _lister(read, switches, below)))
        if read.one:
            route = f"{read.route}{{{read.one}}}/"
            found.append(Endpoint("GET", route, _getter(read, switches, below)))
    return found


def _held(read: Read, below: Below, path: Path) -> Mapping[str, Resource] | None:
    """Return what the thing in a path holds, None where there is no such thing."""
    if not read.is_within(below, path):
        return None
    return read.table(below).get(path.get(read.owner, ""))


def _lister(read: Read, switches: Switches, below: Callable[[], Below]) -> Handler:
    async def list_things(request: Request) -> Response:
        held = _held(read, below(), request.path_params)
        if held is None and (not read.unknown or switches[read.unknown] == "missing"):
            return answers.missing(switches)
        rows, query = list(held.values()) if held else [], request.query_params
        if read.states and "status" in query:
            state = query["status"].lower()
            if state not in read.states:
                detail = f"Select a valid choice: {', '.join(read.states)}."
                return answers.bad(400, detail, switches, "status")
            rows = [one for one in rows if one["status"] == state]
        for name, test in read.tests.items():
            if query.get(name):
                rows = [one for one in rows if test(below(), one, query[name])]
        if read.is_ordered:
            rows = _ordered(rows, query.get("ordering", ""))
        return answers.listed(request, rows, switches, may_be_whole=read.may_be_whole)

    return list_things


def _getter(read: Read, switches: Switches, below: Callable[[], Below]) -> Handler:
    async def get_thing(request: Request) -> Response:
        held = _held(read, below(), request.path_params) or {}
        return answers.one(held.get(request.path_params[read.one]), switches)

    return get_thing


def _ordered(rows: list[Resource], text: str) -> list[Resource]:
    """Sort by fields with commas between; what lacks a value comes last."""
    for word in reversed([part.strip() for part in text.split(",")]):
        name = word.removeprefix("-")
        have = [one for one in rows if isinstance(one.get(name), str | int)]
        have.sort(key=lambda one, name=name: one[name], reverse=word.startswith("-"))
        rows = have + [one for one in rows if not isinstance(one.get(name), str | int)]
    return rows
