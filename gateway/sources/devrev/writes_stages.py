"""Plans of what is written of DevRev's stages and stage diagrams."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, TypeVar

from gateway.adapter import Judge, Plan, Written, told
from gateway.errors import NotSupported, Path
from gateway.sources.devrev import calls, calls_writes, fields, wire
from gateway.sources.devrev.fields import Body, Field, Fields
from gateway.sources.devrev.forms import Id, Plain, Text
from gateway.sources.devrev.forms_nodes import Nodes
from gateway.sources.devrev.objects import ListCall, Objects
from gateway.sources.devrev.writes import Family, Sending, refuse_nothing, refuse_untold
from gateway.upstream.call import Call
from gateway.upstream.client import Client
from gateway.upstream.trace import Trace
from schema.types.ids import GlobalId, Kind
from schema.types.inputs.devrev import CreateDevRevStage, CreateDevRevWorkflow
from schema.types.inputs.process import UpdateWorkflowInput
from schema.types.inputs.stage import UpdateStageInput
from schema.types.mutation_errors import Constraint
from schema.types.source import Source

W = TypeVar("W", wire.Stage, wire.Diagram)

_NAME = Field("name", "name", Text())
_ORDINAL = Field("position", "ordinal", Plain())
_NODES = Field("nodes", "stages", Nodes())

NEW_STAGE: Fields = (
    _NAME,
    _ORDINAL,
    Field("state_id", "state", Id(Kind.STATE)),
    Field("marketplace_ref", "marketplace_ref", Id(Kind.OBJECT), is_answered=False),
)
STAGE: Fields = (_NAME, _ORDINAL)
STAGE_BLOCK: Fields = (Field("state_id", "state_id", Id(Kind.STATE), answer="state"),)
NEW_DIAGRAM: Fields = (
    _NAME,
    Field("leaf_type", "leaf_type", Text()),
    Field("is_default", "is_default", Plain()),
    Field("is_custom_leaf_type", "is_custom_leaf_type", Plain()),
    _NODES,
)
DIAGRAM: Fields = (_NAME,)
DIAGRAM_BLOCK: Fields = (_NODES,)

_UPDATED: Path = ("input",)
_BLOCK = "devrev"


class StageWrites:
    """Plans writes of stages.

    Args:
        client: sends.
        family: stages.
        stages: reads them.
    """

    def __init__(
        self, client: Client, family: Family[wire.Stage], stages: Objects[wire.Stage]
    ) -> None:
        self._sending = Sending(client, family)
        self._stages = stages

    def create(self, judge: Judge, new: CreateDevRevStage, at: Path) -> Plan:
        """Plan to create a stage."""
        body = fields.created(judge, NEW_STAGE, new)
        refuse_untold(judge, body)
        every = partial(calls.list_stages, [new.name])
        call = calls_writes.create_stage(body)
        return _create(self._sending, self._stages, every, NEW_STAGE, call, at)

    def update(self, judge: Judge, key: GlobalId, patch: UpdateStageInput) -> Plan:
        """Plan to change a stage."""
        body = fields.updated(judge, STAGE, patch)
        if patch.devrev:
            body |= fields.updated(judge, STAGE_BLOCK, patch.devrev, _BLOCK)
        refuse_others(judge, patch, ("esper", "storyblok"))
        if patch.color is not None:
            words = "DevRev's stages have no color; leave it out."
            raise NotSupported(Source.DEVREV, "STAGE.UPDATE.COLOR", words, (*_UPDATED, "color"))
        refuse_nothing(judge, body)
        refuse_untold(judge, body)
        return _update(self._sending, key, (STAGE, STAGE_BLOCK), body, calls_writes.update_stage)


class DiagramWrites:
    """Plans writes of stage diagrams.

    Args:
        client: sends.
        family: stage diagrams.
        diagrams: reads them.
    """

    def __init__(
        self, client: Client, family: Family[wire.Diagram], diagrams: Objects[wire.Diagram]
    ) -> None:
        self._sending = Sending(client, family)
        self._diagrams = diagrams

    def create(self, judge: Judge, new: CreateDevRevWorkflow, at: Path) -> Plan:
        """Plan to create a diagram."""
        body = fields.created(judge, NEW_DIAGRAM, new)
        refuse_untold(judge, body)
        every = partial(calls.list_diagrams, [new.name], [new.leaf_type])
        call = calls_writes.create_diagram(body)
        return _create(self._sending, self._diagrams, every, NEW_DIAGRAM, call, at)

    def update(self, judge: Judge, key: GlobalId, patch: UpdateWorkflowInput) -> Plan:
        """Plan to change a diagram."""
        body = fields.updated(judge, DIAGRAM, patch)
        if patch.devrev:
            body |= fields.updated(judge, DIAGRAM_BLOCK, patch.devrev, _BLOCK)
        refuse_others(judge, patch, ("storyblok",))
        if patch.stage_order is not None:
            words = (
                "DevRev's workflows have no order of their own; change the `position` of their "
                "stages by `updateStage`."
            )
            path = (*_UPDATED, "stageOrder")
            raise NotSupported(Source.DEVREV, "WORKFLOW.UPDATE.STAGE_ORDER", words, path)
        refuse_nothing(judge, body)
        refuse_untold(judge, body)
        return _update(
            self._sending, key, (DIAGRAM, DIAGRAM_BLOCK), body, calls_writes.update_diagram
        )


def refuse_others(judge: Judge, patch: object, names: Sequence[str]) -> None:
    """Refuse the blocks of other sources."""
    for name in names:
        if told(getattr(patch, name)) is not None:
            words = f"It is for {name.upper()} alone; this object is DEVREV's."
            judge.wrong(words, Constraint.WRONG_SOURCE, name)


def _create(
    sending: Sending[W],
    objects: Objects[W],
    every: ListCall,
    known: Fields,
    call: Call[Any],
    at: Path,
) -> Plan:
    """Plan to create an object that a list of its name has."""
    body: Body = call.body

    async def send(trace: Trace) -> Written:
        return await sending.send(call, trace, named=fields.references(known, body))

    async def look(trace: Trace) -> Sequence[Written]:
        found: dict[GlobalId, Written] = {}
        async for rows, spoilt in objects.pages(trace, every):
            judged = [(row, fields.is_alike(known, body, row.wire)) for row in rows]
            found |= {one.key: one for one in sending.alike(judged, spoilt)}
        return list(found.values())

    return Plan(send=send, look=look, paths=fields.paths(known, at))


def _update(
    sending: Sending[W],
    key: GlobalId,
    known: tuple[Fields, Fields],
    body: Body,
    make: Callable[[Mapping[str, Any]], Call[Any]],
) -> Plan:
    """Plan to change an object; `known` are the common fields and those of the block."""
    common, block = known
    every = (*common, *block)
    call = make({"id": key.source_id, **body})

    async def send(trace: Trace) -> Written:
        named = fields.references(every, body)
        return await sending.send(call, trace, asked=key, named=named)

    async def look(trace: Trace) -> Sequence[Written]:
        row = await sending.found(key, trace)
        if row is None:
            return []
        return sending.alike([(row, fields.is_alike(every, body, row.wire))])

    where = {
        "id": (*_UPDATED, "id"),
        **fields.paths(common, _UPDATED),
        **fields.paths(block, (*_UPDATED, _BLOCK)),
    }
    return Plan(send=send, look=look, paths=where)
