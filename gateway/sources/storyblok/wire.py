"""Storyblok's answers in Storyblok's words.

Ids are numbers of up to 53 bits. What a list holds is called after its type, such as
`{"workflow_stages": [...]}`; here it is always `rows`. Fields that are not read are passed over:
older clients' recordings have more (`_new`, `_destroy`), older pages have fewer.
"""

from typing import Annotated, Any

from msgspec import Meta, Raw, Struct, field

from gateway.upstream.origin import Int32

LARGEST = 2**53
"""The largest id; the vendor's own clients hold ids in doubles."""

Number = Annotated[int, Meta(ge=1, le=LARGEST)]


class Thing(Struct, frozen=True):
    """Whatever has an id."""

    id: Number


class Stage(Thing, frozen=True):
    """A workflow stage; it tells no times."""

    name: str | None = None
    color: str | None = None
    position: Int32 | None = None
    workflow_id: Number | None = None
    is_default: bool | None = None
    allow_publish: bool | None = None
    allow_all_stages: bool | None = None
    allow_admin_publish: bool | None = None
    allow_all_users: bool | None = None
    allow_admin_change: bool | None = None
    allow_editor_change: bool | None = None
    allow_none_for_next_stages: bool | None = None
    story_editing_locked: bool | None = None
    auto_remove_assignee: bool | None = None
    after_publish_id: Number | None = None
    user_ids: tuple[Number, ...] | None = None
    space_role_ids: tuple[Number, ...] | None = None
    workflow_stage_ids: tuple[Number, ...] | None = None


class Workflow(Thing, frozen=True):
    """A workflow; it tells no times. Its stages come where they are asked for, if at all."""

    name: str | None = None
    content_types: tuple[str, ...] | None = None
    is_default: bool | None = None
    workflow_stages: list[Raw] | None = None


class User(Struct, frozen=True):
    """A user, as a collaborator tells of them."""

    id: Number | None = None
    userid: str | None = None
    friendly_name: str | None = None
    firstname: str | None = None
    lastname: str | None = None
    real_email: str | None = None
    alt_email: str | None = None
    disabled: bool | None = None


class Collaborator(Thing, frozen=True):
    """A user's place in a space; an invited one has no user yet."""

    user_id: Number | None = None
    user: User | None = None
    invitation: Any = None


class SpaceRole(Thing, frozen=True):
    """A role of a space; its name is called `role`."""

    role: str | None = None


class Space(Thing, frozen=True):
    """A space."""

    name: str | None = None


class Stages(Struct, frozen=True):
    """A list of stages."""

    rows: list[Raw] = field(name="workflow_stages")


class Workflows(Struct, frozen=True):
    """A list of workflows."""

    rows: list[Raw] = field(name="workflows")


class Collaborators(Struct, frozen=True):
    """A page of collaborators."""

    rows: list[Raw] = field(name="collaborators")


class SpaceRoles(Struct, frozen=True):
    """A list of roles."""

    rows: list[Raw] = field(name="space_roles")


class Spaces(Struct, frozen=True):
    """A list of spaces."""

    rows: list[Raw] = field(name="spaces")


class OneStage(Struct, frozen=True):
    """One stage."""

    row: Raw = field(name="workflow_stage")


class OneWorkflow(Struct, frozen=True):
    """One workflow."""

    row: Raw = field(name="workflow")


class OneSpaceRole(Struct, frozen=True):
    """One role."""

    row: Raw = field(name="space_role")


class OneSpace(Struct, frozen=True):
    """One space."""

    row: Raw = field(name="space")
