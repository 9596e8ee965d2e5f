"""Storyblok's own types."""

from collections.abc import Sequence
from typing import Optional

import strawberry
from strawberry.types import Info

from schema.context import Context
from schema.types.ids import GlobalId
from schema.types.process import Process, Workflow
from schema.types.resource import Actor, Node, Resource
from schema.types.stage import Stage


@strawberry.type(description="A role that users of a Storyblok space may have.")
class StoryblokSpaceRole:
    """`space_roles` of Storyblok's API."""

    id: strawberry.ID = strawberry.field(description="Global id.")
    source_id: strawberry.ID = strawberry.field(description="Storyblok's own id.")
    name: str | None = strawberry.field(description="The role's name.", default=None)


@strawberry.type(description="A stage of a Storyblok workflow, with the rules for leaving it.")
class StoryblokStage(Stage, Resource, Node):
    """`workflow_stages` of Storyblok's API."""

    is_default: bool | None = strawberry.field(
        description="Whether this is the default stage of its workflow.", default=None
    )
    allow_publish: bool | None = strawberry.field(
        description="Whether everybody may publish stories in this stage.", default=None
    )
    allow_all_stages: bool | None = strawberry.field(
        description="Whether every stage may come next.", default=None
    )
    allow_admin_publish: bool | None = strawberry.field(
        description="Whether admins may publish stories in this stage.", default=None
    )
    allow_all_users: bool | None = strawberry.field(
        description="Whether every user may move stories out of this stage.", default=None
    )
    allow_admin_change: bool | None = strawberry.field(
        description="Whether admins may move stories to the next stages.", default=None
    )
    allow_editor_change: bool | None = strawberry.field(
        description="Whether editors may move stories to the next stages.", default=None
    )
    allow_none_for_next_stages: bool | None = strawberry.field(
        description="Whether stories may leave this stage to no stage at all.", default=None
    )
    story_editing_locked: bool | None = strawberry.field(
        description="Whether stories in this stage are locked for editing.", default=None
    )
    auto_remove_assignee: bool | None = strawberry.field(
        description="Whether assignees are removed when a story enters this stage.", default=None
    )
    space_source_id: strawberry.ID = strawberry.field(
        description="Storyblok's own id of the space that the stage lives in."
    )
    next_stage_keys: strawberry.Private[Sequence[GlobalId]] = ()
    after_publish_key: strawberry.Private[GlobalId | None] = None
    user_keys: strawberry.Private[Sequence[GlobalId]] = ()
    space_role_keys: strawberry.Private[Sequence[GlobalId]] = ()

    @strawberry.field(description="The stages that may come next, where not all may.")
    async def next_stages(self, info: Info[Context, None]) -> list["StoryblokStage"] | None:
        """Leave out stages that no longer exist."""
        return await info.context.load_many(StoryblokStage, self.next_stage_keys)

    @strawberry.field(description="The stage that a story comes to when it is published.")
    async def after_publish(self, info: Info[Context, None]) -> Optional["StoryblokStage"]:
        """Fetch together with the other stages that the query asks for."""
        if self.after_publish_key is None:
            return None
        return await info.context.load(StoryblokStage, self.after_publish_key)

    @strawberry.field(description="The users who may move stories to the next stages.")
    async def users(self, info: Info[Context, None]) -> list[Actor] | None:
        """Fetch together with the other users that the query asks for."""
        return await info.context.load_many(Actor, self.user_keys)

    @strawberry.field(description="The roles whose users may move stories to the next stages.")
    async def space_roles(self, info: Info[Context, None]) -> list[StoryblokSpaceRole] | None:
        """Fetch together with the other roles that the query asks for."""
        return await info.context.load_many(StoryblokSpaceRole, self.space_role_keys)

    @strawberry.field(description="The workflow that the stage is of.")
    async def process(self, info: Info[Context, None]) -> Optional["StoryblokWorkflow"]:
        """Fetch together with the other processes that the query asks for."""
        found = await info.context.processes_of(self)
        return next((one for one in found if isinstance(one, StoryblokWorkflow)), None)


@strawberry.type(description="A Storyblok workflow: the stages of stories of some content types.")
class StoryblokWorkflow(Workflow, Process, Resource, Node):
    """`workflows` of Storyblok's API."""

    content_types: list[str] | None = strawberry.field(
        description="The content types whose stories go through it.", default=None
    )
    space_source_id: strawberry.ID = strawberry.field(
        description="Storyblok's own id of the space that the workflow lives in."
    )
