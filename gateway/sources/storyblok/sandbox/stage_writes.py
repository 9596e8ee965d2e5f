"""Writes of workflow stages, and what they do to the stages beside them."""

from collections.abc import Collection, Iterable
from copy import deepcopy

from gateway.sources.storyblok.sandbox import fields
from gateway.sources.storyblok.sandbox.numbers import Resource
from gateway.sources.storyblok.sandbox.refusals import TAKEN, UNKNOWN, Complaints, refuse_whole
from gateway.sources.storyblok.sandbox.seed import SpaceData
from gateway.sources.storyblok.sandbox.stories import stage_of
from gateway.sources.storyblok.sandbox.writing import Answer, Write, done, refuse

_DEFAULTS: Resource = {
    "name": "",
    "color": "",
    "is_default": False,
    "allow_publish": False,
    "allow_all_stages": False,
    "allow_admin_publish": True,
    "allow_all_users": False,
    "allow_admin_change": True,
    "allow_editor_change": True,
    "allow_none_for_next_stages": False,
    "story_editing_locked": False,
    "auto_remove_assignee": False,
    "after_publish_id": None,
    "user_ids": [],
    "space_role_ids": [],
    "workflow_stage_ids": [],
}
_CHECKS: dict[str, fields.Check] = {
    **{name: fields.boolean for name, value in _DEFAULTS.items() if isinstance(value, bool)},
    **{name: fields.numbers for name, value in _DEFAULTS.items() if value == []},
    "name": fields.text,
    # The vendor's own example of a color is no valid one, so that any text is taken.
    "color": fields.text,
    "position": fields.number,
    "update_position": fields.boolean,
    "after_publish_id": fields.or_null(fields.number),
}


def read(write: Write, given: Resource, *, is_new: bool) -> tuple[Resource, Complaints]:
    """Judge a stage's own fields by themselves, all but its workflow."""
    checks, required = _CHECKS, ("name", "color") if is_new else ()
    if write.switches["required"] == "nothing":
        checks, required = {**checks, "name": fields.maybe_text, "color": fields.maybe_text}, ()
    return fields.judged(given, checks, required)


def create(write: Write) -> Answer:
    """Create a stage: in the default workflow where none is named."""
    given = write.asked()
    asked, complaints = read(write, given, is_new=True)
    number = given.get("workflow_id")
    workflow = workflow_of(write.data, number)
    if number is not None and workflow is None:
        complaints["workflow_id"] = [UNKNOWN]
    siblings = of_workflow(write.data, workflow["id"]) if workflow else []
    complaints = {**among(write, asked, siblings, None), **complaints}
    refuse(complaints)
    workflow = workflow or make_default(write)
    stage = add(write, asked, workflow, of_workflow(write.data, workflow["id"]))
    write.data.workflow_stages.append(stage)
    write.tell("WorkflowStage", "workflow_stage.create", stage)
    return Answer(201, {write.one: stage})


def update(write: Write) -> Answer:
    """Change the fields of a stage that are given."""
    data = write.data
    stage = write.thing(data.workflow_stages)
    given = write.asked()
    asked, complaints = read(write, given, is_new=False)
    number = given.get("workflow_id", stage["workflow_id"])
    workflow = None if number is None else workflow_of(data, number)
    if workflow is None:
        complaints["workflow_id"] = [UNKNOWN]
    others = [one for one in of_workflow(data, number) if one is not stage]
    complaints = {**among(write, asked, others, stage), **complaints}
    refuse(complaints)
    left = [one for one in of_workflow(data, stage["workflow_id"]) if one is not stage]
    is_moved = number != stage["workflow_id"]
    if is_moved and not left:
        refuse_whole("The last stage of a workflow cannot leave it")
    if asked.pop("update_position", False) and "position" in asked:
        _swap(others, asked["position"], stage["position"])
    was_default = stage["is_default"]
    stage.update({"workflow_id": number, "is_default": was_default and not is_moved, **asked})
    if stage["is_default"]:
        _only(others, stage)
    if is_moved and was_default:
        pass_on_default(write, left)
    write.tell("WorkflowStage", "workflow_stage.update", stage)
    return done(write, stage)


def delete(write: Write) -> Answer:
    """Delete a stage, unless it is the last of its workflow."""
    data = write.data
    stage = write.thing(data.workflow_stages)
    left = [one for one in of_workflow(data, stage["workflow_id"]) if one is not stage]
    if not left:
        refuse_whole("The last stage of a workflow cannot be deleted")
    remove(write, [stage])
    if stage["is_default"]:
        pass_on_default(write, left)
    return done(write, stage)


def workflow_of(data: SpaceData, number: object) -> Resource | None:
    """Return a workflow by its number, by null the default one; None where there is none."""
    for one in data.workflows:
        if one["is_default"] if number is None else one["id"] == number:
            return one
    return None


def of_workflow(data: SpaceData, workflow: object) -> list[Resource]:
    """Return the stages of a workflow."""
    return [one for one in data.workflow_stages if one["workflow_id"] == workflow]


def among(
    write: Write, asked: Resource, siblings: Collection[Resource], stage: Resource | None
) -> Complaints:
    """Judge a stage's fields among the other stages of its workflow, and in its space."""
    complaints: Complaints = {
        name: [TAKEN]
        for name in ("name", "color")
        if asked.get(name) and any(one[name] == asked[name] for one in siblings)
    }
    data = write.data
    users = {one["user_id"] for one in data.collaborators}
    roles = {one["id"] for one in data.space_roles}
    own = [*siblings, stage] if stage else siblings
    near = data.workflow_stages if write.switches["next_stages"] == "space" else own
    stages = {one["id"] for one in near}
    known = {"user_ids": users, "space_role_ids": roles, "workflow_stage_ids": stages}
    for name, numbers in known.items():
        # What a stage names already it may go on naming, as it names users who have left.
        if not set(asked.get(name, ())) <= numbers | set(stage[name] if stage else ()):
            complaints[name] = [UNKNOWN]
    after = asked.get("after_publish_id")
    if after is not None and after not in stages:
        complaints["after_publish_id"] = [UNKNOWN]
    return complaints


def add(write: Write, asked: Resource, workflow: Resource, siblings: list[Resource]) -> Resource:
    """Make a stage beside others, judged before; the only one is the default one."""
    last = max((one["position"] for one in siblings), default=0)
    stage: Resource = {
        "id": write.new("workflow_stage"),
        **deepcopy(_DEFAULTS),
        "position": last + 1,
        "workflow_id": workflow["id"],
        **asked,
    }
    if stage.pop("update_position", False):
        _swap(siblings, stage["position"], last + 1)
    if stage["is_default"]:
        _only(siblings, stage)
    elif not siblings:
        stage["is_default"] = True
    return stage


def remove(write: Write, stages: Iterable[Resource]) -> None:
    """Take stages away, and out of all that names them.

    Raises:
        RefusedError: if stories are in them, and the vendor minds.
    """
    data, gone = write.data, {one["id"] for one in stages}
    staged = [one for one in data.stories if stage_of(one) in gone]
    if staged and write.switches["stage_in_use"] == "refused":
        refuse_whole("Stories are in this stage")
    for story in staged:
        story["stage"] = None
    for change in data.workflow_stage_changes:
        if change["workflow_stage_id"] in gone:
            change["workflow_stage_id"] = None
    for stage in data.workflow_stages:
        if stage["id"] in gone:
            write.tell("WorkflowStage", "workflow_stage.destroy", stage)
        if stage["after_publish_id"] in gone:
            stage["after_publish_id"] = None
        stage["workflow_stage_ids"] = [n for n in stage["workflow_stage_ids"] if n not in gone]
    data.workflow_stages[:] = [one for one in data.workflow_stages if one["id"] not in gone]


def pass_on_default(write: Write, left: list[Resource]) -> None:
    """Make the first stage that is left the default one, if the vendor does."""
    if write.switches["default_stage"] == "passed_on":
        min(left, key=lambda one: one["position"])["is_default"] = True


def make_default(write: Write) -> Resource:
    """Make the default workflow of a space that has none, with its stages."""
    workflow: Resource = {
        "id": write.new("workflow"),
        "name": "Default",
        "content_types": [],
        "is_default": True,
    }
    write.data.workflows.insert(0, workflow)
    write.data.workflow_stages.extend(first_stages(write, workflow))
    return workflow


def first_stages(write: Write, workflow: Resource) -> list[Resource]:
    """Make the stages that the vendor itself gives to a workflow."""
    made: list[Resource] = []
    for name, color in (("Drafting", "#5951ff"), ("Reviewing", "#ffb020"), ("Ready", "#00b67a")):
        made.append(add(write, {"name": name, "color": color}, workflow, made))
    return made


def _swap(others: Iterable[Resource], wanted: int, own: int) -> None:
    """Put the stage that stands at the wanted position at the one that becomes free."""
    for one in others:
        if one["position"] == wanted:
            one["position"] = own


def _only(others: Iterable[Resource], stage: Resource) -> None:
    """Take the default flag from all stages but one."""
    for one in others:
        one["is_default"] = one is stage
