"""What each mutation asks of a source, and how its plan is made."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any, NamedTuple

from strawberry import UNSET
from strawberry.utils.str_converters import to_camel_case

from gateway.adapter import DOES, Adapter, Plan, Writes
from gateway.adapter import writing as can
from gateway.errors import Complaint, Invalid, NotConnected, NotSupported, Path
from schema.types.ids import GlobalId, InvalidIdError, Kind
from schema.types.mutation_errors import Constraint
from schema.types.source import Source
from schema.types.sources import Operation


class Way(NamedTuple):
    """How a mutation is planned.

    Attributes:
        capability: what a source must have, and its method's name.
        field: the input's field that chooses the source, in Python's spelling: an id, or of a
            create the one-of that has what is new.
        kind: what the id names; of a create what it makes.
    """

    capability: type[Writes]
    method: str
    field: str
    kind: Kind


WAYS: Mapping[str, Way] = {
    "createStage": Way(can.CreatesStages, "create_stage", "stage", Kind.STAGE),
    "updateStage": Way(can.UpdatesStages, "update_stage", "id", Kind.STAGE),
    "deleteStage": Way(can.DeletesStages, "delete_stage", "id", Kind.STAGE),
    "createWork": Way(can.CreatesWorks, "create_work", "work", Kind.WORK),
    "updateWork": Way(can.UpdatesWorks, "update_work", "id", Kind.WORK),
    "deleteWork": Way(can.DeletesWorks, "delete_work", "id", Kind.WORK),
    "moveWork": Way(can.MovesWorks, "move_work", "id", Kind.WORK),
    "createPipeline": Way(can.CreatesPipelines, "create_pipeline", "pipeline", Kind.PIPELINE),
    "updatePipeline": Way(can.UpdatesPipelines, "update_pipeline", "id", Kind.PIPELINE),
    "deletePipeline": Way(can.DeletesPipelines, "delete_pipeline", "id", Kind.PIPELINE),
    "createWorkflow": Way(can.CreatesWorkflows, "create_workflow", "workflow", Kind.WORKFLOW),
    "updateWorkflow": Way(can.UpdatesWorkflows, "update_workflow", "id", Kind.WORKFLOW),
    "deleteWorkflow": Way(can.DeletesWorkflows, "delete_workflow", "id", Kind.WORKFLOW),
    "duplicateWorkflow": Way(can.DuplicatesWorkflows, "duplicate_workflow", "id", Kind.WORKFLOW),
    "attachTargetList": Way(can.AttachesTargetLists, "attach_target_list", "stage_id", Kind.STAGE),
    "detachTargetList": Way(can.DetachesTargetLists, "detach_target_list", "stage_id", Kind.STAGE),
}


class Ask(NamedTuple):
    """One mutation, judged.

    Attributes:
        mutation: its name in the graph.
        input: its input.
        adapter: the source that it is for.
        key: the object that it is of; None for a create.
        at: where the input names that object.
        plan: how it is done.
        makes: whether it makes an object.
    """

    mutation: str
    input: Any
    adapter: Adapter
    key: GlobalId | None
    at: Path
    plan: Plan
    makes: bool


def judge(mutation: str, asked: Any, adapters: Mapping[Source, Adapter]) -> Ask:
    """Find the source of a mutation and plan it; nothing is sent.

    Raises:
        errors.Failure: Invalid, NotSupported or NotConnected.
    """
    way = WAYS[mutation]
    operation = DOES[way.capability][1]
    if operation is Operation.CREATE:
        member, new = _chosen(getattr(asked, way.field))
        at = ("input", way.field, to_camel_case(member))
        source = next(one for one in Source if member.startswith(one.value))
        adapter = _able(mutation, way, source, adapters)
        plan = getattr(adapter, way.method)(new, at)
        return Ask(mutation, asked, adapter, None, at, plan, makes=True)
    at = ("input", to_camel_case(way.field))
    key = _key(getattr(asked, way.field), way.kind, at)
    adapter = _able(mutation, way, key.source, adapters)
    if not adapter.owns(key):
        raise _wrong(at, f"{key.source.name} gives no such id.", Constraint.FORMAT, key.source)
    rest = () if operation is Operation.DELETE else (asked,)
    plan = getattr(adapter, way.method)(key, *rest)
    return Ask(mutation, asked, adapter, key, at, plan, makes=operation is Operation.DUPLICATE)


def _chosen(one_of: Any) -> tuple[str, Any]:
    """Return the member of a one-of that is set; GraphQL has seen to it that there is one."""
    members = ((one.name, getattr(one_of, one.name)) for one in fields(one_of))
    return next(one for one in members if one[1] is not UNSET and one[1] is not None)


def _key(text: str, kind: Kind, at: Path) -> GlobalId:
    try:
        key = GlobalId.parse(text)
    except InvalidIdError as error:
        raise _wrong(at, str(error), Constraint.FORMAT) from None
    if key.kind is not kind:
        words = f"It is the id of a {key.kind}; the id of a {kind} is needed."
        raise _wrong(at, words, Constraint.REFERENCE, key.source)
    return key


def _wrong(at: Path, words: str, constraint: Constraint, source: Source | None = None) -> Invalid:
    message = f"`{'.'.join(at)}`: {words}"
    return Invalid([Complaint(message=message, constraint=constraint, path=at)], source)


def _able(mutation: str, way: Way, source: Source, adapters: Mapping[Source, Adapter]) -> Adapter:
    """Return the source's adapter, if it can do this."""
    adapter = adapters.get(source)
    if adapter is None:
        raise NotConnected(source)
    if isinstance(adapter, way.capability):
        return adapter
    type_, operation = DOES[way.capability]
    instead = adapter.instead.get(mutation, "") if isinstance(adapter, Writes) else ""
    what = type_.name.lower().replace("_", " ")
    message = f"{source.name} cannot {operation.name.lower()} a {what}. {instead}"
    raise NotSupported(source, f"{type_.name}.{operation.name}", message.strip())
