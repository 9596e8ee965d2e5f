"""Inputs of Storyblok's stages and workflows."""

import strawberry


@strawberry.input(description="A stage that is created together with its Storyblok workflow.")
class CreateStoryblokWorkflowStage:
    """One of `workflow_stages` of `POST workflows` of Storyblok's API."""

    name: str = strawberry.field(
        description="The stage's name; not empty, 255 characters at most, and no other stage of "
        "the workflow has it."
    )
    color: str = strawberry.field(
        description='Colour, such as "#2db47d"; not empty, 255 characters at most, and no other '
        "stage of the workflow has it. Storyblok judges its form."
    )
    position: int | None = strawberry.field(
        description="Place in the workflow. Absent or null leaves it to Storyblok.",
        default=strawberry.UNSET,
    )
    is_default: bool | None = strawberry.field(
        description="Whether new stories start in this stage. A workflow has one such stage at "
        "most. Absent or null leaves it to Storyblok.",
        default=strawberry.UNSET,
    )
    allow_publish: bool | None = strawberry.field(
        description="Whether everybody may publish stories in this stage. Absent or null leaves "
        "it to Storyblok.",
        default=strawberry.UNSET,
    )
    allow_all_stages: bool | None = strawberry.field(
        description="Whether every stage may come next, whatever `nextStageIds` says. Absent or "
        "null leaves it to Storyblok.",
        default=strawberry.UNSET,
    )
    allow_admin_publish: bool | None = strawberry.field(
        description="Whether admins may publish stories in this stage. Absent or null leaves it "
        "to Storyblok.",
        default=strawberry.UNSET,
    )
    allow_all_users: bool | None = strawberry.field(
        description="Whether every user may move stories out of this stage. Absent or null "
        "leaves it to Storyblok.",
        default=strawberry.UNSET,
    )
    allow_admin_change: bool | None = strawberry.field(
        description="Whether admins may move stories to the next stages. Absent or null leaves "
        "it to Storyblok.",
        default=strawberry.UNSET,
    )
    allow_editor_change: bool | None = strawberry.field(
        description="Whether editors may move stories to the next stages. Absent or null leaves "
        "it to Storyblok.",
        default=strawberry.UNSET,
    )
    allow_none_for_next_stages: bool | None = strawberry.field(
        description="Whether stories may leave this stage to no stage at all. Absent or null "
        "leaves it to Storyblok.",
        default=strawberry.UNSET,
    )
    story_editing_locked: bool | None = strawberry.field(
        description="Whether stories in this stage are locked for editing. Absent or null leaves "
        "it to Storyblok.",
        default=strawberry.UNSET,
    )
    auto_remove_assignee: bool | None = strawberry.field(
        description="Whether assignees are removed when a story enters this stage. Absent or "
        "null leaves it to Storyblok.",
        default=strawberry.UNSET,
    )
    next_stage_ids: list[strawberry.ID] | None = strawberry.field(
        description="The stages that may come next, where not all may: global ids, or "
        "Storyblok's own ones. Absent, null or empty: none.",
        default=strawberry.UNSET,
    )
    after_publish_id: strawberry.ID | None = strawberry.field(
        description="The stage that a story comes to when it is published: global id, or "
        "Storyblok's own. Absent or null: none.",
        default=strawberry.UNSET,
    )
    user_ids: list[strawberry.ID] | None = strawberry.field(
        description="The users who may move stories to the next stages: global ids, or "
        "Storyblok's own ones. `references` lists them as PERSON. Absent, null or empty: none.",
        default=strawberry.UNSET,
    )
    space_role_ids: list[strawberry.ID] | None = strawberry.field(
        description="The roles whose users may move stories to the next stages: global ids, or "
        "Storyblok's own ones. `references` lists them as SPACE_ROLE. Absent, null or empty: "
        "none.",
        default=strawberry.UNSET,
    )


@strawberry.input(description="Where a new Storyblok stage stands.")
class StoryblokPlace:
    """The first fields of `CreateStoryblokStage`."""

    workflow_id: strawberry.ID | None = strawberry.field(
        description="The workflow that it is for: global id, or Storyblok's own. Absent or null: "
        "the default workflow of the space.",
        default=strawberry.UNSET,
    )
    space_source_id: strawberry.ID | None = strawberry.field(
        description="Storyblok's own id of the space that it is for; `references` lists them as "
        "SPACE. Needed only where no other id in the input is a global one, which tells the "
        "space, and several spaces are connected. Null is as absent.",
        default=strawberry.UNSET,
    )
    swap_position: bool | None = strawberry.field(
        description="Whether the stage swaps places with the one that stands at `position` now. "
        "It goes with `position`, and the stage does not keep it. Absent or null leaves it to "
        "Storyblok.",
        default=strawberry.UNSET,
    )


@strawberry.input(description="A new stage of a Storyblok workflow.")
class CreateStoryblokStage(StoryblokPlace, CreateStoryblokWorkflowStage):
    """`POST workflow_stages` of Storyblok's API."""


@strawberry.input(description="What only a Storyblok stage has, to be changed.")
class StoryblokStagePatch:
    """`PUT workflow_stages/{id}` of Storyblok's API."""

    workflow_id: strawberry.Maybe[strawberry.ID | None] = strawberry.field(
        description="The workflow that the stage moves to, of the same space: global id, or "
        "Storyblok's own. It cannot be cleared; absent leaves the stage where it is."
    )
    is_default: strawberry.Maybe[bool | None] = strawberry.field(
        description="Whether new stories start in this stage. A workflow has one such stage at "
        "most. It cannot be cleared; absent leaves it alone."
    )
    allow_publish: strawberry.Maybe[bool | None] = strawberry.field(
        description="Whether everybody may publish stories in this stage. It cannot be cleared; "
        "absent leaves it alone."
    )
    allow_all_stages: strawberry.Maybe[bool | None] = strawberry.field(
        description="Whether every stage may come next, whatever `nextStageIds` says. It cannot "
        "be cleared; absent leaves it alone."
    )
    allow_admin_publish: strawberry.Maybe[bool | None] = strawberry.field(
        description="Whether admins may publish stories in this stage. It cannot be cleared; "
        "absent leaves it alone."
    )
    allow_all_users: strawberry.Maybe[bool | None] = strawberry.field(
        description="Whether every user may move stories out of this stage. It cannot be "
        "cleared; absent leaves it alone."
    )
    allow_admin_change: strawberry.Maybe[bool | None] = strawberry.field(
        description="Whether admins may move stories to the next stages. It cannot be cleared; "
        "absent leaves it alone."
    )
    allow_editor_change: strawberry.Maybe[bool | None] = strawberry.field(
        description="Whether editors may move stories to the next stages. It cannot be cleared; "
        "absent leaves it alone."
    )
    allow_none_for_next_stages: strawberry.Maybe[bool | None] = strawberry.field(
        description="Whether stories may leave this stage to no stage at all. It cannot be "
        "cleared; absent leaves it alone."
    )
    story_editing_locked: strawberry.Maybe[bool | None] = strawberry.field(
        description="Whether stories in this stage are locked for editing. It cannot be cleared; "
        "absent leaves it alone."
    )
    auto_remove_assignee: strawberry.Maybe[bool | None] = strawberry.field(
        description="Whether assignees are removed when a story enters this stage. It cannot be "
        "cleared; absent leaves it alone."
    )
    next_stage_ids: strawberry.Maybe[list[strawberry.ID] | None] = strawberry.field(
        description="The stages that may come next, where not all may: global ids, or "
        "Storyblok's own ones. Replaces the whole list: an empty one clears it, null is refused, "
        "absent leaves it alone."
    )
    after_publish_id: strawberry.Maybe[strawberry.ID | None] = strawberry.field(
        description="The stage that a story comes to when it is published: global id, or "
        "Storyblok's own. Null clears it; absent leaves it alone."
    )
    user_ids: strawberry.Maybe[list[strawberry.ID] | None] = strawberry.field(
        description="The users who may move stories to the next stages: global ids, or "
        "Storyblok's own ones. `references` lists them as PERSON. Replaces the whole list: an "
        "empty one clears it, null is refused, absent leaves it alone."
    )
    space_role_ids: strawberry.Maybe[list[strawberry.ID] | None] = strawberry.field(
        description="The roles whose users may move stories to the next stages: global ids, or "
        "Storyblok's own ones. `references` lists them as SPACE_ROLE. Replaces the whole list: "
        "an empty one clears it, null is refused, absent leaves it alone."
    )
    swap_position: strawberry.Maybe[bool | None] = strawberry.field(
        description="Whether the stage swaps places with the one that stands at `position` now. "
        "It goes with `position`, and the stage does not keep it. Null is refused; absent leaves "
        "it to Storyblok."
    )


@strawberry.input(description="A new Storyblok workflow, with its stages or without.")
class CreateStoryblokWorkflow:
    """`POST workflows` of Storyblok's API."""

    space_source_id: strawberry.ID | None = strawberry.field(
        description="Storyblok's own id of the space that it is for; `references` lists them as "
        "SPACE. Needed only where several spaces are connected. Null is as absent.",
        default=strawberry.UNSET,
    )
    name: str = strawberry.field(
        description="The workflow's name; not empty, 255 characters at most."
    )
    content_types: list[str] = strawberry.field(
        description="The content types whose stories go through it, by name, of 255 characters at "
        "most each; at least one."
    )
    stages: list[CreateStoryblokWorkflowStage] | None = strawberry.field(
        description="Its stages, created in the same call. Absent or null leaves them to "
        "Storyblok.",
        default=strawberry.UNSET,
    )


@strawberry.input(description="What only a Storyblok workflow has, to be changed.")
class StoryblokWorkflowPatch:
    """`PUT workflows/{id}` of Storyblok's API."""

    content_types: strawberry.Maybe[list[str] | None] = strawberry.field(
        description="The content types whose stories go through it, by name, of 255 characters at "
        "most each. Replaces the whole list: an empty one clears it, which Storyblok judges, as "
        "only its default workflow may go without; null is refused, absent leaves it alone."
    )
