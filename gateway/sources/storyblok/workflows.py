"""Completes workflows by their stages, which the vendor sends along or must be asked for."""

from collections.abc import Iterable, Sequence

from gateway.adapter import Batch
from gateway.sources.storyblok import calls, normalise, wire
from gateway.sources.storyblok.lists import Lists
from gateway.upstream.origin import Row
from schema.types.storyblok import StoryblokWorkflow


async def complete(
    rows: Iterable[Row[wire.Workflow]], space: str, lists: Lists
) -> Batch[StoryblokWorkflow]:
    """Make workflows of a space, with their stages.

    Where stages were not sent along, one further list brings them for all workflows.

    Returns:
        The workflows, and how many of their stages made no sense.
    """
    sent = {row.wire.id: (row, row.made(normalise.stages_sent_along)) for row in rows}
    bare = [number for number, (_, stages) in sent.items() if stages is None]
    asked = await _stages_of(bare, space, lists)
    dropped = asked.dropped
    made: list[StoryblokWorkflow] = []
    for number, (row, stages) in sent.items():
        if stages is None:
            own = [one for one in asked.rows if one.wire.workflow_id == number]
            made.append(normalise.workflow(row, space, own))
        else:
            dropped += stages[1]
            made.append(row.made(normalise.whole_workflow, space))
    return Batch(made, dropped)


async def _stages_of(workflows: Sequence[int], space: str, lists: Lists) -> Batch[Row[wire.Stage]]:
    if not workflows:
        return Batch(())
    call = calls.list_stages(space)
    if len(workflows) == 1:
        call = calls.stages_of_workflow(space, str(workflows[0]))
    return await lists.whole(call, wire.Stage)
