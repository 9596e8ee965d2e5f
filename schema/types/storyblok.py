"""Storyblok's own types."""

from collections.abc import Sequence
from typing import Optional

import strawberry
from strawberry.types import Info

from schema.context import Context
from schema.costs import PEOPLE, PROCESS, SPACE_ROLES, STAGE, STAGES
from schema.relations import Each, of_each, relation
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

    @relation(
        description="The stages that may come next, where not all may.",
        cost=STAGES,
    )
    @staticmethod
    def next_stages(
        info: Info[Context, None], stages: Sequence["StoryblokStage"]
    ) -> Each[list["StoryblokStage"] | None]:
        """Leave out stages that no longer exist."""
        return info.context.load_lists(StoryblokStage, [one.next_stage_keys for one in stages])

    @relation(
        description="The stage that a story comes to when it is published.",
        cost=STAGE,
    )
    @staticmethod
    def after_publish(
        info: Info[Context, None], stages: Sequence["StoryblokStage"]
    ) -> Each[Optional["StoryblokStage"]]:
        """Fetch together with the other stages that the query asks for."""
        return info.context.load_each(StoryblokStage, [one.after_publish_key for one in stages])

    @relation(
        description="The users who may move stories to the next stages.",
        cost=PEOPLE,
    )
    @staticmethod
    def users(
        info: Info[Context, None], stages: Sequence["StoryblokStage"]
    ) -> Each[list[Actor] | None]:
        """Fetch together with the other users that the query asks for."""
        return info.context.load_lists(Actor, [one.user_keys for one in stages])

    @relation(
        description="The roles whose users may move stories to the next stages.",
        cost=SPACE_ROLES,
    )
    @staticmethod
    def space_roles(
        info: Info[Context, None], stages: Sequence["StoryblokStage"]
    ) -> Each[list[StoryblokSpaceRole] | None]:
        """Fetch together with the other roles that the query asks for."""
        return info.context.load_lists(StoryblokSpaceRole, [one.space_role_keys for one in stages])

    @relation(description="The workflow that the stage is of.", cost=PROCESS)
    @staticmethod
    def process(
        info: Info[Context, None], stages: Sequence["StoryblokStage"]
    ) -> Each[Optional["StoryblokWorkflow"]]:
        """Fetch together with the other processes that the query asks for."""
        found = info.context.processes_of_stages(stages)
        return of_each(found, _first_workflow)


@strawberry.type(description="A Storyblok workflow: the stages of stories of some content types.")
class StoryblokWorkflow(Workflow, Process, Resource, Node):
    """`workflows` of Storyblok's API."""

    content_types: list[str] | None = strawberry.field(
        description="The content types whose stories go through it.", default=None
    )
    space_source_id: strawberry.ID = strawberry.field(
        description="Storyblok's own id of the space that the workflow lives in."
    )


def _first_workflow(processes: Sequence[Process]) -> StoryblokWorkflow | None:
    return next((one for one in processes if isinstance(one, StoryblokWorkflow)), None)
