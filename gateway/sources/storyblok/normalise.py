"""Storyblok's words to the graph's; pure."""

import re
from collections.abc import Iterable
from typing import Any, cast

import strawberry

from gateway.sources.storyblok import wire
from gateway.upstream.origin import Row
from schema.types.ids import GlobalId, Kind
from schema.types.resource import Actor
from schema.types.source import Source
from schema.types.storyblok import StoryblokSpaceRole, StoryblokStage

_NUMBER = re.compile(r"[1-9][0-9]{0,15}")


def is_number(text: str) -> bool:
    """Tell whether a text has the form of Storyblok's ids: digits, 1 to 2^53."""
    return _NUMBER.fullmatch(text) is not None and int(text) <= wire.LARGEST


def global_id(kind: Kind, space: str, number: int | str) -> GlobalId:
    """Return the global id of an object of a space."""
    return GlobalId(Source.STORYBLOK, kind, space, str(number))


def identity(thing: dict[str, Any]) -> Any:
    """Leave the vendor's inner marks out, and the order of ids, which tells nothing."""
    return {
        name: _in_order(value) if name.endswith("_ids") else value
        for name, value in thing.items()
        if not name.startswith("_")
    }


def _in_order(value: Any) -> Any:
    return sorted(cast("list[Any]", value), key=str) if isinstance(value, list) else value


def _keys(kind: Kind, space: str, numbers: Iterable[int] | None) -> tuple[GlobalId, ...]:
    return tuple(global_id(kind, space, one) for one in dict.fromkeys(numbers or ()))


def stage(row: Row[wire.Stage], space: str) -> StoryblokStage:
    """Make a stage of the space that was asked; the vendor's object does not name it."""
    it = row.wire
    after = it.after_publish_id
    return StoryblokStage(
        id=strawberry.ID(str(global_id(Kind.STAGE, space, it.id))),
        source=Source.STORYBLOK,
        source_id=strawberry.ID(str(it.id)),
        name=it.name,
        position=it.position,
        color=it.color,
        is_default=it.is_default,
        allow_publish=it.allow_publish,
        allow_all_stages=it.allow_all_stages,
        allow_admin_publish=it.allow_admin_publish,
        allow_all_users=it.allow_all_users,
        allow_admin_change=it.allow_admin_change,
        allow_editor_change=it.allow_editor_change,
        allow_none_for_next_stages=it.allow_none_for_next_stages,
        story_editing_locked=it.story_editing_locked,
        auto_remove_assignee=it.auto_remove_assignee,
        space_source_id=strawberry.ID(space),
        next_stage_keys=_keys(Kind.STAGE, space, it.workflow_stage_ids),
        after_publish_key=None if after is None else global_id(Kind.STAGE, space, after),
        user_keys=_keys(Kind.PERSON, space, it.user_ids),
        space_role_keys=_keys(Kind.SPACE_ROLE, space, it.space_role_ids),
        origin=row.origin,
    )


def space_role(row: Row[wire.SpaceRole], space: str) -> StoryblokSpaceRole:
    """Make a role of a space."""
    return StoryblokSpaceRole(
        id=strawberry.ID(str(global_id(Kind.SPACE_ROLE, space, row.wire.id))),
        source_id=strawberry.ID(str(row.wire.id)),
        name=row.wire.role,
    )


def user_of(collaborator: wire.Collaborator) -> str | None:
    """Return the id that stages name a collaborator by; None for one who is only invited."""
    number = collaborator.user_id or (collaborator.user and collaborator.user.id)
    return str(number) if number else None


def person(space: str, number: str, user: wire.User | None = None) -> Actor:
    """Make an actor of a user; of one who is no collaborator only the id is known."""
    user = user or wire.User()
    full_name = " ".join(part for part in (user.firstname, user.lastname) if part)
    disabled = user.disabled
    return Actor(
        id=strawberry.ID(str(global_id(Kind.PERSON, space, number))),
        source=Source.STORYBLOK,
        source_id=strawberry.ID(number),
        display_id=user.userid,
        kind="user",
        display_name=user.friendly_name or user.firstname or None,
        full_name=full_name or None,
        email=user.real_email or user.alt_email or None,
        state=None if disabled is None else "disabled" if disabled else "active",
    )
