"""Inputs of DevRev's stages and workflows."""

import strawberry


@strawberry.input(
    description="A new DevRev stage. It stands in no workflow until it is made a node of one "
    "by `createWorkflow` or `updateWorkflow`."
)
class CreateDevRevStage:
    """`stages.custom.create` of DevRev's API."""

    name: str = strawberry.field(description="The stage's name; not empty.")
    position: int = strawberry.field(
        description="DevRev's ordinal, a 32-bit number that stages are ordered by, the smallest "
        "first."
    )
    state_id: strawberry.ID = strawberry.field(
        description="The state that works in this stage are in: global id, or DevRev's own. "
        "`references` lists them as STATE."
    )
    marketplace_ref: strawberry.ID | None = strawberry.field(
        description="DevRev's own id of the marketplace item that the stage comes from. DevRev's "
        "answers do not tell it. Null is as absent.",
        default=strawberry.UNSET,
    )


@strawberry.input(description="What only a DevRev stage has, to be changed.")
class DevRevStagePatch:
    """`stages.custom.update` of DevRev's API."""

    state_id: strawberry.Maybe[strawberry.ID | None] = strawberry.field(
        description="The state that works in this stage are in: global id, or DevRev's own. "
        "`references` lists them as STATE. It cannot be cleared; absent leaves it alone."
    )


@strawberry.input(description="A stage in a DevRev workflow, and where works go from it.")
class DevRevWorkflowNodeInput:
    """A node of a stage diagram."""

    stage_id: strawberry.ID = strawberry.field(
        description="The stage, of DevRev: global id, or DevRev's own."
    )
    is_start: bool | None = strawberry.field(
        description="Whether works may start here. Absent or null leaves it to DevRev.",
        default=strawberry.UNSET,
    )
    is_deprecated: bool | None = strawberry.field(
        description="Whether the stage is no longer to be used in this workflow. DevRev cannot "
        "delete stages; this is how to retire one. Absent or null leaves it to DevRev.",
        default=strawberry.UNSET,
    )
    next_stage_ids: list[strawberry.ID] | None = strawberry.field(
        description="The stages that may come next, each with a node of its own in this "
        "workflow: global ids, or DevRev's own ones. Absent, null or empty: none may.",
        default=strawberry.UNSET,
    )


@strawberry.input(description="A new DevRev workflow, which DevRev calls a stage diagram.")
class CreateDevRevWorkflow:
    """`stage-diagrams.create` of DevRev's API."""

    name: str = strawberry.field(description="The workflow's name; not empty.")
    leaf_type: str = strawberry.field(
        description="The type of works that it is for: issue, ticket, task, opportunity, or a "
        "type of the organisation's own."
    )
    is_default: bool | None = strawberry.field(
        description="Whether it is the workflow of new works of its type. Absent or null leaves "
        "it to DevRev.",
        default=strawberry.UNSET,
    )
    is_custom_leaf_type: bool | None = strawberry.field(
        description="Whether `leafType` is a type of the organisation's own. Absent or null "
        "leaves it to DevRev.",
        default=strawberry.UNSET,
    )
    nodes: list[DevRevWorkflowNodeInput] = strawberry.field(
        description="Its stages with their transitions, each stage once."
    )


@strawberry.input(description="What only a DevRev workflow has, to be changed.")
class DevRevWorkflowPatch:
    """`stage-diagrams.update` of DevRev's API."""

    nodes: strawberry.Maybe[list[DevRevWorkflowNodeInput] | None] = strawberry.field(
        description="All its stages with their transitions, each stage once. They replace the "
        "ones that are there: a stage that is left out is no longer in the workflow. Null is "
        "refused; absent leaves them alone."
    )
