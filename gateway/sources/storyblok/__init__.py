"""Storyblok: stages of the workflows that stories pass through, over its Management API."""

from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import aclosing
from typing import Self, TypeVar

from gateway import errors
from gateway.adapter import (
    Adapter,
    Batch,
    CreatesStages,
    CreatesWorkflows,
    DeletesStages,
    DeletesWorkflows,
    DuplicatesWorkflows,
    Plan,
    ProcessAsk,
    ReadsPeople,
    ReadsReferences,
    ReadsSpaceRoles,
    ReadsStages,
    ReadsWorkflows,
    StageAsk,
    UpdatesStages,
    UpdatesWorkflows,
    World,
    source,
)
from gateway.errors import Path
from gateway.sources.storyblok import calls, normalise, wire
from gateway.sources.storyblok.lists import SPACE_ROLES, STAGES, WORKFLOWS, Lists
from gateway.sources.storyblok.references import KINDS, References
from gateway.sources.storyblok.sending import Sending
from gateway.sources.storyblok.settings import Settings
from gateway.sources.storyblok.spaces import REFUSALS, Spaces
from gateway.sources.storyblok.workflows import complete
from gateway.sources.storyblok.writes_stages import StageWrites
from gateway.sources.storyblok.writes_workflows import WorkflowWrites
from gateway.upstream.auth import Fixed
from gateway.upstream.client import Client
from gateway.upstream.together import together
from gateway.upstream.trace import Trace
from schema.types.arguments import ResourceKey
from schema.types.ids import GlobalId, Kind
from schema.types.inputs.process import DuplicateWorkflowInput, UpdateWorkflowInput
from schema.types.inputs.stage import UpdateStageInput
from schema.types.inputs.storyblok import CreateStoryblokStage, CreateStoryblokWorkflow
from schema.types.process import Workflow
from schema.types.reference import Reference, ReferenceKind
from schema.types.resource import Actor
from schema.types.source import Source
from schema.types.stage import Stage
from schema.types.storyblok import StoryblokSpaceRole

__all__ = ["ADAPTER", "Settings", "Storyblok"]

T = TypeVar("T")

_KINDS = (Kind.STAGE, Kind.WORKFLOW, Kind.PERSON, Kind.SPACE_ROLE)

Read = Callable[[str, list[str], Lists], Awaitable[Mapping[str, T]]]
"""Reads objects of a space by their numbers."""


@source
class Storyblok(
    Adapter,
    ReadsStages,
    ReadsWorkflows,
    ReadsPeople,
    ReadsSpaceRoles,
    ReadsReferences,
    CreatesStages,
    UpdatesStages,
    DeletesStages,
    CreatesWorkflows,
    UpdatesWorkflows,
    DeletesWorkflows,
    DuplicatesWorkflows,
):
    """Workflows and stages of every connected space, with the users and roles that they name."""

    id = Source.STORYBLOK
    # The vendor's search is fuzzy, so names are never pushed down; lists have no order.
    stage_filters = frozenset({"processIds"})
    reference_kinds = KINDS
    instead = {
        "updatePipeline": "What its stages stand in are workflows: use updateWorkflow.",
        "deletePipeline": "What its stages stand in are workflows: use deleteWorkflow.",
    }
    # A space's workflows come by one call, and what the vendor's own filters of them do is not
    # sure: its guide and its clients name them differently. So none is pushed down.

    def __init__(self, client: Client, settings: Settings, world: World) -> None:
        super().__init__(client)
        self._page_size = settings.page_size
        self._max_pages = world.max_pages
        self._is_of_one_space = settings.oauth_token is not None
        self._spaces = Spaces(client, settings.space_ids, world.max_pages)
        self._references = References(client, self._spaces, settings.page_size, world.max_pages)
        sending = Sending(self, self._spaces)
        self._stage_writes = StageWrites(self, sending, self._lists)
        self._workflow_writes = WorkflowWrites(self, sending, self._lists)

    @classmethod
    def connect(cls, settings: Settings, world: World) -> Self:
        """Make the adapter of a connected source."""
        auth = Fixed({"Authorization": _authorization(settings)})
        return cls(world.client(cls.id, settings, auth), settings, world)

    def owns(self, id: GlobalId) -> bool:  # noqa: A002 - the graph's word
        """Ids are numbers in a space, which is a number too; spaces have no pipelines."""
        if id.kind is Kind.SPACE:
            return not id.scope and normalise.is_number(id.source_id)
        return (
            id.kind in _KINDS
            and normalise.is_number(id.scope)
            and normalise.is_number(id.source_id)
        )

    async def locate(self, kind: Kind, key: ResourceKey, trace: Trace) -> Sequence[GlobalId]:
        """Look in the space that is told, else in every connected one."""
        if key.scope_source_id:
            return [normalise.global_id(kind, key.scope_source_id, key.source_id)]
        spaces = (await self._spaces.connected(trace)).rows
        return [normalise.global_id(kind, space, key.source_id) for space in spaces]

    async def check(self, trace: Trace) -> str:
        """Ask which spaces the credential sees; a configured one must be among them."""
        seen = await self._spaces.check(trace, one_by_one=self._is_of_one_space)
        return f"sees the spaces {', '.join(seen)}" if seen else "sees no space"

    async def stages(self, ask: StageAsk, trace: Trace) -> AsyncGenerator[Batch[Stage], None]:
        """Read every space at once, one call and one batch each."""
        wanted, dropped = await self._wanted(ask, trace)
        if dropped:
            yield Batch[Stage]((), dropped)
        lists = self._lists(trace)
        for batch in await together(
            self._stages_of(space, workflows, lists, trace) for space, workflows in wanted.items()
        ):
            yield batch

    async def _wanted(
        self, ask: StageAsk, trace: Trace
    ) -> tuple[Mapping[str, set[str] | None], int]:
        """Return the spaces to read, with the workflows that are wanted, None for all."""
        if ask.processes is None:
            connected = await self._spaces.connected(trace)
            return dict.fromkeys(connected.rows), connected.dropped
        wanted = self._by_space(ask.processes, Kind.WORKFLOW)
        return {space: set(numbers) for space, numbers in wanted.items()}, 0

    async def _stages_of(
        self, space: str, workflows: set[str] | None, lists: Lists, trace: Trace
    ) -> Batch[Stage]:
        call = calls.list_stages(space)
        # A kept list of all stages of the space answers for one workflow too.
        if workflows and len(workflows) == 1 and await self.client.kept(call, trace) is None:
            call = calls.stages_of_workflow(space, *workflows)
        try:
            found = await lists.whole(call, wire.Stage)
        except REFUSALS as failure:
            await self._spaces.pass_over(space, failure, trace)
            return Batch(())
        rows = [
            row.made(normalise.stage, space)
            for row in found.rows
            if workflows is None or str(row.wire.workflow_id) in workflows
        ]
        return Batch(rows, found.dropped)

    async def get_stages(
        self, ids: Sequence[GlobalId], trace: Trace
    ) -> Mapping[GlobalId, Stage | errors.UpstreamFailure]:
        """Read one stage of a space by itself, several by one call."""

        async def read(
            space: str, numbers: list[str], lists: Lists
        ) -> Mapping[str, Stage | errors.UpstreamFailure]:
            found = await lists.find(STAGES, space, numbers)
            made = {number: row.made(normalise.stage, space) for number, row in found.rows.items()}
            return {**made, **found.failed}

        return await self._read(ids, Kind.STAGE, read, trace)

    async def workflows(
        self, ask: ProcessAsk, trace: Trace
    ) -> AsyncGenerator[Batch[Workflow], None]:
        """Read every space at once, one batch each, with all stages."""
        del ask  # the gateway filters and orders
        spaces = await self._spaces.connected(trace)
        if spaces.dropped:
            yield Batch[Workflow]((), spaces.dropped)
        lists = self._lists(trace)
        for batch in await together(
            self._workflows_of(space, lists, trace) for space in spaces.rows
        ):
            yield batch

    async def _workflows_of(self, space: str, lists: Lists, trace: Trace) -> Batch[Workflow]:
        try:
            found = await lists.whole(calls.list_workflows(space), wire.Workflow)
            made = await complete(found.rows, space, lists)
        except REFUSALS as failure:
            await self._spaces.pass_over(space, failure, trace)
            return Batch(())
        return Batch(made.rows, found.dropped + made.dropped)

    async def get_workflows(
        self, ids: Sequence[GlobalId], trace: Trace
    ) -> Mapping[GlobalId, Workflow | errors.UpstreamFailure]:
        """Read one workflow of a space by itself, several by one call, with all stages."""

        async def read(
            space: str, numbers: list[str], lists: Lists
        ) -> Mapping[str, Workflow | errors.UpstreamFailure]:
            found = await lists.find(WORKFLOWS, space, numbers)
            wanted = [found.rows[number] for number in numbers if number in found.rows]
            made = await complete(wanted, space, lists)
            return {**{one.source_id: one for one in made.rows}, **found.failed}

        return await self._read(ids, Kind.WORKFLOW, read, trace)

    async def get_space_roles(
        self, ids: Sequence[GlobalId], trace: Trace
    ) -> Mapping[GlobalId, StoryblokSpaceRole | errors.UpstreamFailure]:
        """Read one role of a space by itself, several by one call."""

        async def read(
            space: str, numbers: list[str], lists: Lists
        ) -> Mapping[str, StoryblokSpaceRole | errors.UpstreamFailure]:
            found = await lists.find(SPACE_ROLES, space, numbers)
            made = {number: normalise.space_role(row, space) for number, row in found.rows.items()}
            return {**made, **found.failed}

        return await self._read(ids, Kind.SPACE_ROLE, read, trace)

    async def get_people(self, ids: Sequence[GlobalId], trace: Trace) -> Mapping[GlobalId, Actor]:
        """Read a space's collaborators until all are found; of the others only the id is known."""

        async def read(space: str, numbers: list[str], lists: Lists) -> Mapping[str, Actor]:
            people = {number: normalise.person(space, number) for number in numbers}
            unknown = set(numbers)
            pages = lists.pages(calls.list_collaborators(space, self._page_size), wire.Collaborator)
            async with aclosing(pages):
                async for page in pages:
                    for row in page.rows:
                        number = normalise.user_of(row.wire)
                        if number in unknown:
                            people[number] = normalise.person(space, number, row.wire.user)
                            unknown.discard(number)
                    if not unknown:
                        break
            return people

        return await self._read(ids, Kind.PERSON, read, trace)

    def references(
        self, kind: ReferenceKind, scope: str | None, trace: Trace
    ) -> AsyncIterator[Batch[Reference]]:
        """Read spaces by one call, and what a space holds by one call or by one a page."""
        return self._references.read(kind, scope, trace)

    def create_stage(self, new: CreateStoryblokStage, at: Path) -> Plan:
        """Plan to create a stage by one call."""
        return self._stage_writes.create(new, at)

    def update_stage(self, key: GlobalId, patch: UpdateStageInput) -> Plan:
        """Plan to change a stage by one call."""
        return self._stage_writes.update(key, patch)

    def delete_stage(self, key: GlobalId) -> Plan:
        """Plan to delete a stage by one call."""
        return self._stage_writes.delete(key)

    def create_workflow(self, new: CreateStoryblokWorkflow, at: Path) -> Plan:
        """Plan to create a workflow by one call, its stages included."""
        return self._workflow_writes.create(new, at)

    def update_workflow(self, key: GlobalId, patch: UpdateWorkflowInput) -> Plan:
        """Plan to change a workflow by one call, or by two where its stages are put in order."""
        return self._workflow_writes.update(key, patch)

    def delete_workflow(self, key: GlobalId) -> Plan:
        """Plan to delete a workflow by one call."""
        return self._workflow_writes.delete(key)

    def duplicate_workflow(self, key: GlobalId, asked: DuplicateWorkflowInput) -> Plan:
        """Plan to copy a workflow by one call."""
        return self._workflow_writes.duplicate(key, asked)

    def _lists(self, trace: Trace) -> Lists:
        return Lists(self.client, trace, self._max_pages)

    def _by_space(self, ids: Sequence[GlobalId], kind: Kind) -> dict[str, list[str]]:
        """Group ids by space, each once; leave out what can name no object that is read."""
        numbers: dict[str, list[str]] = {}
        for one in dict.fromkeys(ids):
            if one.kind is kind and self.owns(one) and self._spaces.may_hold(one.scope):
                numbers.setdefault(one.scope, []).append(one.source_id)
        return numbers

    async def _read(
        self, ids: Sequence[GlobalId], kind: Kind, read: Read[T], trace: Trace
    ) -> dict[GlobalId, T]:
        """Read every space at once; one that the credential does not see has none of the ids."""
        lists = self._lists(trace)

        async def of(space: str, numbers: list[str]) -> dict[GlobalId, T]:
            try:
                found = await read(space, numbers, lists)
            except REFUSALS as failure:
                await self._spaces.confirm_hidden(space, failure, trace)
                return {}
            return {normalise.global_id(kind, space, one): it for one, it in found.items()}

        found: dict[GlobalId, T] = {}
        for part in await together(
            of(space, numbers) for space, numbers in self._by_space(ids, kind).items()
        ):
            found.update(part)
        return {one: found[one] for one in ids if one in found}


ADAPTER = Storyblok


def _authorization(settings: Settings) -> str:
    """Send a personal access token as it is, and an OAuth token as a bearer token."""
    if settings.oauth_token is not None:
        return f"Bearer {settings.oauth_token.reveal()}"
    return settings.token.reveal() if settings.token else ""
