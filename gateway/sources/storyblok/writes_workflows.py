"""Plans the writes of workflows, with their stages."""

from collections.abc import Callable, Mapping, Sequence

from gateway import errors
from gateway.adapter import EVERYTHING, Adapter, Plan, Written, told
from gateway.errors import Complaint, Path
from gateway.sources.storyblok import calls, calls_writes, normalise, normalise_writes, wire
from gateway.sources.storyblok.judging import SpaceJudge, ids_of, space_in, valid_space
from gateway.sources.storyblok.lists import WORKFLOWS, Lists
from gateway.sources.storyblok.normalise_writes import (
    Fields,
    is_workflow_as_sent,
    is_workflow_made,
)
from gateway.sources.storyblok.sending import Sending, home
from gateway.sources.storyblok.workflows import complete
from gateway.upstream.call import Answer, nonsense
from gateway.upstream.origin import Origin
from gateway.upstream.trace import Trace
from schema.types.ids import GlobalId, Kind
from schema.types.inputs.process import DuplicateWorkflowInput, UpdateWorkflowInput
from schema.types.inputs.storyblok import CreateStoryblokWorkflow
from schema.types.mutation_errors import Constraint
from schema.types.storyblok import StoryblokWorkflow

_ORDER = "workflow_stages_attributes"
_WHOLE = {"id", "name", "content_types", "is_default"}

_OF_STAGES = frozenset({"stages", "transitions", "raw"})
"""What a workflow does not tell without its stages."""

_CHANGES: Mapping[str, Path] = {
    "": ("input", "id"),
    "name": ("input", "name"),
    "content_types": ("input", "storyblok", "contentTypes"),
    _ORDER: ("input", "stageOrder"),
    f"{_ORDER}.id": ("input", "stageOrder"),
    f"{_ORDER}.position": ("input", "stageOrder"),
}
_COPY: Mapping[str, Path] = {
    "": ("input",),
    "name": ("input", "name"),
    "content_types": ("input", "contentTypes"),
}


class WorkflowWrites:
    """Writes workflows, each by one call.

    Args:
        adapter: whose workflows they are.
        sending: sends to their space.
        lists: makes what reads for one ask.
    """

    def __init__(self, adapter: Adapter, sending: Sending, lists: Callable[[Trace], Lists]) -> None:
        self._adapter = adapter
        self._sending = sending
        self._lists = lists

    def create(self, new: CreateStoryblokWorkflow, at: Path) -> Plan:
        """Plan to create a workflow, and its stages in the same call.

        Raises:
            errors.Invalid: if the input is wrong.
        """
        own, stages = told(new.space_source_id), told(new.stages)
        found = space_in(one for stage in stages or () for one in ids_of(stage))
        judge = SpaceJudge(self._adapter, at, valid_space(own) or found)
        space = self._sending.told(judge.plain, own, found)
        judge.text(new.name, "name")
        judge.content_types(new.content_types, "contentTypes")
        fields: Fields = {"name": new.name, "content_types": list(new.content_types)}
        if stages is not None:
            fields["workflow_stages"] = judge.new_stages(stages)
        judge.plain.done()

        async def send(trace: Trace) -> Written:
            found = await self._sending.space(space, at, trace)
            call = calls_writes.create_workflow(found, fields)
            return _written(await self._sending.write(call, trace), found)

        async def look(trace: Trace) -> Sequence[Written]:
            return await self._like(await self._sending.space(space, at, trace), fields, trace)

        return Plan(
            send=send,
            look=look,
            holder=home(at, space, own),
            paths=normalise_writes.workflow_paths(at, len(stages or ())),
        )

    def update(self, key: GlobalId, patch: UpdateWorkflowInput) -> Plan:
        """Plan to set what is given; an order needs a read before, as it must name all stages.

        Raises:
            errors.Invalid: if the input is wrong.
        """
        judge = SpaceJudge(self._adapter, ("input",), key.scope)
        fields = judge.workflow_changes(patch)
        judge.plain.done()

        async def send(trace: Trace) -> Written:
            if _ORDER in fields and self._sending.may_hold(key):
                await self._judge_order(key, [one["id"] for one in fields[_ORDER]], trace)
            call = calls_writes.update_workflow(key.scope, key.source_id, fields)
            answer = await self._sending.write(call, trace)
            origin = Origin(b"{}", answer.fetched_at, normalise.identity, answer.mark)
            return Written(key=key, row=normalise.bare_workflow(key, origin), lacks=EVERYTHING)

        async def look(trace: Trace) -> Sequence[Written]:
            workflow = await self._workflow(key, trace)
            is_alike = False if workflow is None else is_workflow_as_sent(workflow, fields)
            if is_alike is False:
                return []
            return [Written(key=key, row=workflow, is_sure=is_alike is True)]

        return Plan(send=send, look=look, paths=_CHANGES)

    def delete(self, key: GlobalId) -> Plan:
        """Plan to delete a workflow with its stages."""

        async def send(trace: Trace) -> Written:
            call = calls_writes.delete_workflow(key.scope, key.source_id)
            await self._sending.write(call, trace)
            return Written(key=key)

        async def look(trace: Trace) -> Sequence[Written]:
            if not self._sending.may_hold(key):
                return []
            return [] if await self._workflow(key, trace) else [Written(key=key)]

        return Plan(send=send, look=look, paths={"": ("input", "id")})

    def duplicate(self, key: GlobalId, asked: DuplicateWorkflowInput) -> Plan:
        """Plan to copy a workflow, stages included, for other content types.

        Raises:
            errors.Invalid: if the input is wrong.
        """
        judge = SpaceJudge(self._adapter, ("input",), key.scope)
        judge.text(asked.name, "name")
        judge.content_types(asked.content_types, "contentTypes")
        judge.plain.done()
        fields: Fields = {"name": asked.name, "content_types": list(asked.content_types)}

        async def send(trace: Trace) -> Written:
            call = calls_writes.duplicate_workflow(key.scope, key.source_id, fields)
            return _written(await self._sending.write(call, trace), key.scope)

        async def look(trace: Trace) -> Sequence[Written]:
            if not self._sending.may_hold(key):
                return []
            found = await self._like(key.scope, fields, trace)
            return [one for one in found if one.key != key]

        return Plan(send=send, look=look, paths=_COPY)

    async def _judge_order(self, key: GlobalId, order: Sequence[int], trace: Trace) -> None:
        """Refuse an order that does not name all stages of its workflow, and no others."""
        call = calls.stages_of_workflow(key.scope, key.source_id)
        asked = self._lists(trace).whole(call, wire.Stage)
        found = await self._sending.seen(key.scope, asked, trace)
        if found.dropped:
            raise nonsense(self._adapter.id)
        own = {row.wire.id for row in found.rows}
        path: Path = ("input", "stageOrder")
        complaints = [
            _wrong((*path, str(place)), "It is no stage of the workflow.", Constraint.REFERENCE)
            for place, one in enumerate(order)
            if one not in own
        ]
        left_out = len(own - set(order))
        if left_out:
            words = f"It names all {len(own)} stages of the workflow; {left_out} are left out."
            complaints.append(_wrong(path, words, Constraint.REQUIRED))
        if own and complaints:
            raise errors.Invalid(complaints, self._adapter.id)

    async def _workflow(self, key: GlobalId, trace: Trace) -> StoryblokWorkflow | None:
        """Read a workflow with its stages; None if there is none.

        Raises:
            errors.UpstreamFailure: also for one that makes no sense, or a stage of which does not.
        """
        if not self._sending.may_hold(key):
            return None
        lists = self._lists(trace)
        found = await lists.find(WORKFLOWS, key.scope, [key.source_id])
        for failure in found.failed.values():
            raise failure
        made = await complete(found.rows.values(), key.scope, lists)
        if made.dropped:
            raise nonsense(self._adapter.id)
        return next(iter(made.rows), None)

    async def _like(self, space: str, fields: Fields, trace: Trace) -> list[Written]:
        """Read the workflows of a space that can be what these fields made.

        Raises:
            errors.BadResponse: if a row makes no sense, as it may be one of them.
        """
        lists = self._lists(trace)
        found = await lists.whole(calls.list_workflows(space), wire.Workflow)
        made = await complete(found.rows, space, lists)
        if found.dropped or made.dropped:
            raise nonsense(self._adapter.id)
        return [
            Written(key=GlobalId.parse(one.id), row=one, is_sure=is_alike is True)
            for one in made.rows
            if (is_alike := is_workflow_made(one, fields)) is not False
        ]


def _wrong(path: Path, words: str, constraint: Constraint) -> Complaint:
    message = f"`{'.'.join(path)}`: {words}"
    return Complaint(message=message, constraint=constraint, path=path)


def _written(answer: Answer[wire.OneWorkflow], space: str) -> Written:
    """Read a new workflow out of its answer, which may tell its stages or not."""
    row = answer.row(answer.body.row, wire.Workflow, normalise.identity)
    stages, bad = normalise.stages_sent_along(row) or (None, 0)
    lacks = frozenset[str]() if stages is not None and not bad else _OF_STAGES
    return Written(
        key=normalise.global_id(Kind.WORKFLOW, space, row.wire.id),
        row=normalise.workflow(row, space, stages or ()),
        lacks=lacks if row.origin.raw().keys() >= _WHOLE else EVERYTHING,
    )
