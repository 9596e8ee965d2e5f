"""What is written, in Storyblok's words, beside what the graph calls it; pure."""

from collections.abc import Mapping
from typing import Any, cast

from gateway.errors import Path
from schema.types.ids import Kind
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

Alike = bool | None
"""Whether an object has what was sent; None where that cannot be told."""

_SWAP = "update_position"
"""What a stage does not keep."""

_MOVED = {"is_default", "position", _SWAP}
"""What the vendor moves by itself: the only stage of a workflow becomes the default one, and others
may take that flag, or the place."""

_CALLED = {"workflow_stage_ids": "next_stage_ids", _SWAP: "swap_position"}
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
        *(one for one, _ in LISTS.values()),
    )
    return {name: (*at, graph_name(name)) for name in names}


def placed_paths(at: Path) -> dict[str, Path]:
    """Return where the fields of a stage stand that is put into a workflow, or to another place."""
    names = ("workflow_id", _SWAP)
    return {**stage_paths(at), **{name: (*at, graph_name(name)) for name in names}}


def change_paths() -> dict[str, Path]:
    """Return where the fields of a patch of a stage stand; what is about none is about it."""
    own = placed_paths(("input", "storyblok"))
    common = {name: ("input", name) for name in SHARED}
    return {"": ("input", "id"), **own, **common}


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


def is_as_sent(stage: StoryblokStage, sent: Mapping[str, Any]) -> Alike:
    """Tell whether a stage has all that was sent, as far as the vendor may tidy it up."""
    return _alike(stage.origin.raw(), {name: sent[name] for name in sent if name != _SWAP})


def is_made(stage: StoryblokStage, sent: Mapping[str, Any]) -> Alike:
    """Tell whether a stage can be what a create made.

    No two stages of a workflow have the same name. So of one that has the name, and differs in
    something else, it cannot be told whether the vendor has left that out or changed it.
    """
    has = stage.origin.raw()
    known = _alike(has, {name: sent[name] for name in sent if name in {"name", "workflow_id"}})
    kept = {name: sent[name] for name in sent if name not in _MOVED}
    return False if known is False else _alike(has, kept) or None


def is_workflow_as_sent(workflow: StoryblokWorkflow, sent: Mapping[str, Any]) -> Alike:
    """Tell whether a workflow has all that was sent, its stages' order too."""
    order = [one["id"] for one in sent.get("workflow_stages_attributes", ())]
    if order and [int(one.source_id) for one in _stages(workflow)] != order:
        return False
    own = {name: sent[name] for name in sent if name in {"name", "content_types"}}
    return _alike(workflow.origin.raw(), own)


def is_workflow_made(workflow: StoryblokWorkflow, sent: Mapping[str, Any]) -> Alike:
    """Tell whether a workflow, with its stages, can be what a create made."""
    stages = _stages(workflow)
    is_alike = is_workflow_as_sent(workflow, sent)
    new = sent.get("workflow_stages", ())
    if is_alike and not all(any(is_made(one, its) for one in stages) for its in new):
        return None
    return is_alike


def _stages(workflow: StoryblokWorkflow) -> list[StoryblokStage]:
    return [one for one in workflow.members or () if isinstance(one, StoryblokStage)]


def _alike(has: Mapping[str, Any], sent: Mapping[str, Any]) -> Alike:
    """Compare what was sent with what an answer has under the same names."""
    found = {
        _tidy(name, has[name]) == _tidy(name, value) if name in has else None
        for name, value in sent.items()
    }
    return False if False in found else None if None in found else True


def _tidy(name: str, value: Any) -> Any:
    """Take off what may get lost: blanks, the case of a colour's digits, the order of lists."""
    if name.endswith(("_ids", "content_types")):
        return frozenset(cast("list[Any]", value or ()))
    if not isinstance(value, str):
        return value
    text = value.strip()
    return text.casefold() if name == "color" else text
