"""What is written, in Storyblok's words, beside what the graph calls it; pure."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from gateway.errors import Path
from schema.types.ids import GlobalId, Kind
from schema.types.storyblok import StoryblokStage, StoryblokWorkflow

Fields = dict[str, Any]
"""What is written, in Storyblok's words."""

FLAGS = (
    "is_default", "allow_publish", "allow_all_stages", "allow_admin_publish", "allow_all_users",
    "allow_admin_change", "allow_editor_change", "allow_none_for_next_stages",
    "story_editing_locked", "auto_remove_assignee",
)  # fmt: skip
"""What is true or false of a stage, called alike on both sides."""

LISTS: Mapping[str, tuple[str, Kind]] = {
    "next_stage_ids": ("workflow_stage_ids", Kind.STAGE),
    "user_ids": ("user_ids", Kind.PERSON),
    "space_role_ids": ("space_role_ids", Kind.SPACE_ROLE),
}
"""By the graph's names: what Storyblok calls a list of ids, and what they name."""

SHARED = ("name", "position", "color")
"""What the stages of other sources have too."""

_KEYS = {
    "workflow_stage_ids": "next_stage_keys",
    "user_ids": "user_keys",
    "space_role_ids": "space_role_keys",
}
_CALLED = {"workflow_stage_ids": "next_stage_ids", "update_position": "swap_position"}
"""The graph's names where they are others."""


def graph_name(name: str) -> str:
    """Return how an input of the graph calls a field of a stage, such as "nextStageIds"."""
    first, *rest = _CALLED.get(name, name).split("_")
    return first + "".join(part.capitalize() for part in rest)


def stage_paths(at: Path) -> dict[str, Path]:
    """Return where the fields of a stage stand, all of them below one place."""
    names = (
        *SHARED,
        *FLAGS,
        "after_publish_id",
        "workflow_id",
        *(one for one, _ in LISTS.values()),
    )
    return {name: (*at, graph_name(name)) for name in names}


def change_paths() -> dict[str, Path]:
    """Return where the fields of a patch of a stage stand; what is about none is about it."""
    own = stage_paths(("input", "storyblok"))
    common = {name: ("input", name) for name in SHARED}
    swap = {"update_position": ("input", "storyblok", "swapPosition")}
    return {"": ("input", "id"), **own, **common, **swap}


def workflow_paths(at: Path, stages: int) -> dict[str, Path]:
    """Return where the fields of a new workflow stand, and those of its stages.

    Args:
        at: where the workflow stands.
        stages: how many there are. Whether the vendor tells which one is wrong is not known.
    """
    paths = {"": at, "name": (*at, "name"), "content_types": (*at, "contentTypes")}
    all_of_them: Path = (*at, "stages")
    only: Path = (*all_of_them, "0")
    for name, path in stage_paths(only).items():
        paths[f"workflow_stages.{name}"] = path if stages == 1 else all_of_them
    for place in range(stages):
        for name, path in stage_paths((*all_of_them, str(place))).items():
            paths[f"workflow_stages.{place}.{name}"] = path
    return {**paths, "workflow_stages": all_of_them}


def is_as_sent(stage: StoryblokStage, sent: Mapping[str, Any]) -> bool:
    """Tell whether a stage has all that was sent, as far as the vendor may tidy it up."""
    return all(
        _tidy(name, _value(stage, name)) == _tidy(name, value)
        for name, value in sent.items()
        if name != "update_position"  # the stage does not keep it
    )


def _value(stage: StoryblokStage, name: str) -> Any:
    """Return what a stage has in a field of Storyblok's."""
    if name in _KEYS:
        return _numbers(getattr(stage, _KEYS[name]))
    if name == "after_publish_id":
        return next(
            iter(_numbers([stage.after_publish_key] if stage.after_publish_key else ())), None
        )
    if name == "workflow_id":
        return next(iter(_numbers(stage.process_keys or ())), None)
    return getattr(stage, name)


def _numbers(keys: Sequence[GlobalId]) -> list[int]:
    return [int(key.source_id) for key in keys]


def _tidy(name: str, value: Any) -> Any:
    """Take off what may get lost: blanks, the case of a colour's digits, the order of ids."""
    if isinstance(value, list):
        return frozenset(cast("list[int]", value))
    if not isinstance(value, str):
        return value
    text = value.strip()
    return text.casefold() if name == "color" else text


def is_workflow_as_sent(workflow: StoryblokWorkflow, sent: Mapping[str, Any]) -> bool:
    """Tell whether a workflow has all that was sent, each of its stages or their order too."""
    has_types = set(workflow.content_types or ()) == set(sent.get("content_types", ()))
    stages = [one for one in workflow.members or () if isinstance(one, StoryblokStage)]
    order = [one["id"] for one in sent.get("workflow_stages_attributes", ())]
    return (
        ("name" not in sent or _tidy("name", workflow.name) == _tidy("name", sent["name"]))
        and ("content_types" not in sent or has_types)
        and (not order or [int(one.source_id) for one in stages] == order)
        and all(
            any(is_as_sent(one, new) for one in stages) for new in sent.get("workflow_stages", ())
        )
    )
