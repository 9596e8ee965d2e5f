"""Plans the writes of stages."""

from collections.abc import Callable, Sequence

from gateway.adapter import EVERYTHING, Adapter, Plan, Written, told
from gateway.errors import Path
from gateway.sources.storyblok import calls, calls_writes, normalise, normalise_writes, wire
from gateway.sources.storyblok.judging import SpaceJudge, ids_of, space_in, valid_space
from gateway.sources.storyblok.lists import STAGES, Lists
from gateway.sources.storyblok.normalise_writes import Fields, is_as_sent, is_made
from gateway.sources.storyblok.sending import Sending, home
from gateway.upstream.call import Answer, nonsense
from gateway.upstream.origin import Origin
from gateway.upstream.trace import Trace
from schema.types.ids import GlobalId, Kind
from schema.types.inputs.stage import UpdateStageInput
from schema.types.inputs.storyblok import CreateStoryblokStage
from schema.types.storyblok import StoryblokStage

_WHOLE = frozenset(wire.Stage.__struct_fields__)


class StageWrites:
    """Writes stages, each by one call.

    Args:
        adapter: whose stages they are.
        sending: sends to their space.
        lists: makes what reads for one ask.
    """

    def __init__(self, adapter: Adapter, sending: Sending, lists: Callable[[Trace], Lists]) -> None:
        self._adapter = adapter
        self._sending = sending
        self._lists = lists

    def create(self, new: CreateStoryblokStage, at: Path) -> Plan:
        """Plan to create a stage, in the default workflow of its space where none is named.

        Raises:
            errors.Invalid: if the input is wrong.
        """
        workflow_id, own = told(new.workflow_id), told(new.space_source_id)
        found = space_in((workflow_id, *ids_of(new)))
        judge = SpaceJudge(self._adapter, at, valid_space(own) or found)
        space = self._sending.told(judge.plain, own, found)
        fields = judge.new_stage(new)
        workflow: GlobalId | None = None
        if workflow_id is not None:
            number = judge.number(workflow_id, Kind.WORKFLOW, "workflowId")
            fields["workflow_id"] = number
            if number is not None and space is not None:
                workflow = normalise.global_id(Kind.WORKFLOW, space, number)
        swap = told(new.swap_position)
        if swap is not None:
            fields["update_position"] = swap
        judge.swap(fields)
        judge.plain.done()

        async def send(trace: Trace) -> Written:
            found = await self._sending.space(space, at, trace)
            answer = await self._sending.write(calls_writes.create_stage(found, fields), trace)
            return _written(answer, found)

        async def look(trace: Trace) -> Sequence[Written]:
            return await self._like(await self._sending.space(space, at, trace), fields, trace)

        return Plan(
            send=send,
            look=look,
            holder=home(at, space, own, workflow),
            paths={"": at, **normalise_writes.placed_paths(at)},
        )

    def update(self, key: GlobalId, patch: UpdateStageInput) -> Plan:
        """Plan to set and clear what is given.

        Raises:
            errors.Invalid: if the input is wrong.
        """
        judge = SpaceJudge(self._adapter, ("input",), key.scope)
        fields = judge.stage_changes(patch)
        judge.plain.done()

        async def send(trace: Trace) -> Written:
            call = calls_writes.update_stage(key.scope, key.source_id, fields)
            answer = await self._sending.write(call, trace)
            return Written(key=key, row=_bare(key, answer), lacks=EVERYTHING)

        async def look(trace: Trace) -> Sequence[Written]:
            stage = await self._stage(key, trace)
            is_alike = False if stage is None else is_as_sent(stage, fields)
            if is_alike is False:
                return []
            return [Written(key=key, row=stage, is_sure=is_alike is True)]

        return Plan(send=send, look=look, paths=normalise_writes.change_paths())

    def delete(self, key: GlobalId) -> Plan:
        """Plan to delete a stage."""

        async def send(trace: Trace) -> Written:
            await self._sending.write(calls_writes.delete_stage(key.scope, key.source_id), trace)
            return Written(key=key)

        async def look(trace: Trace) -> Sequence[Written]:
            if not self._sending.may_hold(key):
                return []
            return [] if await self._stage(key, trace) else [Written(key=key)]

        # What Storyblok says is wrong is wrong with the stage, such as that it is the last one.
        return Plan(send=send, look=look, paths={"": ("input", "id")})

    async def _stage(self, key: GlobalId, trace: Trace) -> StoryblokStage | None:
        """Read a stage; None if there is none.

        Raises:
            errors.UpstreamFailure: also for one that makes no sense.
        """
        if not self._sending.may_hold(key):
            return None
        found = await self._lists(trace).find(STAGES, key.scope, [key.source_id])
        for failure in found.failed.values():
            raise failure
        row = found.rows.get(key.source_id)
        return None if row is None else normalise.stage(row, key.scope)

    async def _like(self, space: str, fields: Fields, trace: Trace) -> list[Written]:
        """Read the stages of a workflow that can be what these fields made.

        Raises:
            errors.BadResponse: if a row makes no sense, as it may be one of them.
        """
        lists = self._lists(trace)
        number: int | None = fields.get("workflow_id")
        if number is None:
            number = await self._default_workflow(space, lists)
        found = await lists.whole(calls.stages_of_workflow(space, str(number)), wire.Stage)
        if found.dropped:
            raise nonsense(self._adapter.id)
        stages = [normalise.stage(row, space) for row in found.rows]
        return [
            Written(key=GlobalId.parse(one.id), row=one, is_sure=is_alike is True)
            for one in stages
            if (is_alike := is_made(one, {**fields, "workflow_id": number})) is not False
        ]

    async def _default_workflow(self, space: str, lists: Lists) -> int:
        found = await lists.whole(calls.list_workflows(space), wire.Workflow)
        for row in found.rows:
            if row.wire.is_default:
                return row.wire.id
        raise nonsense(self._adapter.id)  # the vendor makes one wherever there is none


def _written(answer: Answer[wire.OneStage], space: str) -> Written:
    """Read a new stage out of its answer; one that lacks fields is to be read back."""
    row = answer.row(answer.body.row, wire.Stage, normalise.identity)
    is_whole = row.origin.raw().keys() >= _WHOLE
    return Written(
        key=normalise.global_id(Kind.STAGE, space, row.wire.id),
        row=normalise.stage(row, space),
        lacks=frozenset() if is_whole else EVERYTHING,
    )


def _bare(key: GlobalId, answer: Answer[None]) -> StoryblokStage:
    """Make a stage of which only the id is known."""
    origin = Origin(b"{}", answer.fetched_at, normalise.identity, answer.mark)
    return normalise.bare_stage(key, origin)
