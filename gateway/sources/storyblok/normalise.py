"""Storyblok's words to the graph's; pure."""

import re
from collections.abc import Iterable, Sequence
from operator import attrgetter
from typing import Any, cast

import msgspec
import strawberry

from gateway.sources.storyblok import wire
from gateway.upstream.origin import Origin, Row, decode_rows
from schema.types.deferred import Deferring
from schema.types.ids import GlobalId, Kind, text_of
from schema.types.process import StageTransition
from schema.types.resource import Actor
from schema.types.source import Source
from schema.types.storyblok import StoryblokSpaceRole, StoryblokStage, StoryblokWorkflow

_STAGE_FIELDS = frozenset(wire.Stage.__struct_fields__)
_NUMBER = re.compile(r"[1-9][0-9]{0,15}")


def is_number(text: str) -> bool:
    """Tell whether a text has the form of Storyblok's ids: digits, 1 to 2^53."""
    return _NUMBER.fullmatch(text) is not None and int(text) <= wire.LARGEST


def global_id(kind: Kind, space: str, number: int | str) -> GlobalId:
    """Return the global id of an object of a space."""
    return GlobalId(Source.STORYBLOK, kind, space, str(number))


def identity(thing: dict[str, Any]) -> Any:
    """Leave out the vendor's inner marks, and the order of what has none.

    A workflow's stages are objects of their own, which the vendor may send along or not.
    """
    return {
        name: _in_order(value) if name.endswith(("_ids", "content_types")) else value
        for name, value in thing.items()
        if not name.startswith("_") and name != "workflow_stages"
    }


def _in_order(value: Any) -> Any:
    return sorted(cast("list[Any]", value), key=str) if isinstance(value, list) else value


def _keys(kind: Kind, space: str, numbers: Iterable[int] | None) -> tuple[GlobalId, ...]:
    return tuple(global_id(kind, space, one) for one in dict.fromkeys(numbers or ()))


class _Found(msgspec.Struct, frozen=True):
    """A stage in its space."""

    stage: wire.Stage
    space: str

    @property
    def workflow(self) -> Sequence[int]:
        """The number of its workflow, if it tells one."""
        return (self.stage.workflow_id,) if self.stage.workflow_id else ()


def _after(stage: int | None, space: str) -> GlobalId | None:
    return None if stage is None else global_id(Kind.STAGE, space, stage)


_RULES = (
    "is_default",
    "allow_publish",
    "allow_all_stages",
    "allow_admin_publish",
    "allow_all_users",
    "allow_admin_change",
    "allow_editor_change",
    "allow_none_for_next_stages",
    "story_editing_locked",
    "auto_remove_assignee",
)
"""What the graph calls as the vendor does."""

_STAGE = Deferring[StoryblokStage, _Found](
    StoryblokStage,
    {
        **{name: attrgetter(f"stage.{name}") for name in _RULES},
        "next_stage_keys": lambda it: _keys(Kind.STAGE, it.space, it.stage.workflow_stage_ids),
        "process_keys": lambda it: _keys(Kind.WORKFLOW, it.space, it.workflow),
        "after_publish_key": lambda it: _after(it.stage.after_publish_id, it.space),
        "user_keys": lambda it: _keys(Kind.PERSON, it.space, it.stage.user_ids),
        "space_role_keys": lambda it: _keys(Kind.SPACE_ROLE, it.space, it.stage.space_role_ids),
    },
)


def stage(row: Row[wire.Stage], space: str) -> StoryblokStage:
    """Make a stage of the space that was asked; the vendor's object does not name it."""
    it, number = row.wire, str(row.wire.id)
    return _STAGE.make(
        _Found(it, space),
        id=text_of(Source.STORYBLOK, Kind.STAGE, space, number),
        source=Source.STORYBLOK,
        source_id=number,
        name=it.name,
        position=it.position,
        color=it.color,
        space_source_id=space,
        origin=row.origin,
    )


def bare_stage(key: GlobalId, origin: Origin) -> StoryblokStage:
    """Make a stage of which only the id is known."""
    return StoryblokStage(
        id=strawberry.ID(str(key)),
        source=Source.STORYBLOK,
        source_id=strawberry.ID(key.source_id),
        space_source_id=strawberry.ID(key.scope),
        origin=origin,
    )


def bare_workflow(key: GlobalId, origin: Origin) -> StoryblokWorkflow:
    """Make a workflow of which only the id is known."""
    return StoryblokWorkflow(
        id=strawberry.ID(str(key)),
        source=Source.STORYBLOK,
        source_id=strawberry.ID(key.source_id),
        space_source_id=strawberry.ID(key.scope),
        origin=origin,
    )


def stages_sent_along(row: Row[wire.Workflow]) -> tuple[list[Row[wire.Stage]], int] | None:
    """Return the stages that came within a workflow, and how many of them made no sense.

    Returns:
        None where none were sent, or not with all the fields that they have by themselves: their
        versions would differ.
    """
    if row.wire.workflow_stages is None:
        return None
    origin, sent = row.origin, row.wire.workflow_stages
    found = decode_rows(sent, wire.Stage, origin.fetched_at, identity, origin.mark)
    rows = [one for one in found if one is not None]
    if not all(_names(one.origin.body).keys() >= _STAGE_FIELDS for one in rows):
        return None
    return rows, len(sent) - len(rows)


_names = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
"""Reads what an object tells, and nothing of that."""


class _Flow(msgspec.Struct, frozen=True):
    """A workflow in its space, with its stages in their order."""

    workflow: wire.Workflow
    space: str
    stages: Sequence[Row[wire.Stage]]


_WORKFLOW = Deferring[StoryblokWorkflow, _Flow](
    StoryblokWorkflow,
    {
        "content_types": lambda it: (
            None if it.workflow.content_types is None else list(it.workflow.content_types)
        ),
        "members": lambda it: tuple(one.made(stage, it.space) for one in it.stages),
        "transitions": lambda it: _transitions([one.wire for one in it.stages], it.space),
    },
)


def workflow(
    row: Row[wire.Workflow], space: str, stages: Iterable[Row[wire.Stage]]
) -> StoryblokWorkflow:
    """Make a workflow of the space that was asked, with its stages, which come in any order."""
    it, number = row.wire, str(row.wire.id)
    placed = sorted({one.wire.id: one for one in stages}.values(), key=_place)
    return _WORKFLOW.make(
        _Flow(it, space, placed),
        id=text_of(Source.STORYBLOK, Kind.WORKFLOW, space, number),
        source=Source.STORYBLOK,
        source_id=number,
        name=it.name,
        is_default=it.is_default,
        space_source_id=space,
        origin=row.origin,
    )


def whole_workflow(row: Row[wire.Workflow], space: str) -> StoryblokWorkflow:
    """Make a workflow with the stages that came within it."""
    stages, _ = row.made(stages_sent_along) or ((), 0)
    return workflow(row, space, stages)


def _place(row: Row[wire.Stage]) -> tuple[bool, int, int]:
    position = row.wire.position
    return position is None, position or 0, row.wire.id


def _transitions(stages: Sequence[wire.Stage], space: str) -> list[StageTransition]:
    """Return the steps that each stage allows: to every other one, or to those that it names."""
    all_of_them = [one.id for one in stages]
    return [
        StageTransition(from_key=global_id(Kind.STAGE, space, one.id), to_key=to)
        for one in stages
        for to in _keys(
            Kind.STAGE,
            space,
            [other for other in all_of_them if other != one.id]
            if one.allow_all_stages
            else one.workflow_stage_ids,
        )
    ]


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
