"""Writes of workflows, with their stages."""

from typing import Any, cast

from gateway.sources.storyblok.sandbox import fields, stage_writes
from gateway.sources.storyblok.sandbox.numbers import Resource
from gateway.sources.storyblok.sandbox.refusals import BLANK, UNKNOWN, Complaints, refuse_whole
from gateway.sources.storyblok.sandbox.writing import Answer, Write, done, refuse

_CHECKS = {"name": fields.text, "content_types": fields.list_of(fields.text)}
_STAGES = "workflow_stages"
_PLACES = "workflow_stages_attributes"


def create(write: Write) -> Answer:
    """Create a workflow, with stages in the same call or with none."""
    asked, complaints = write.read(_CHECKS, ("name", "content_types"))
    _want_types(asked, complaints)
    given = write.asked().get(_STAGES, [])
    if fields.list_of(fields.mapping)(given):
        complaints[_STAGES] = ["is invalid"]
        given = []
    workflow = _new(write, asked)
    stages = _stages(write, workflow, cast("list[Resource]", given), complaints)
    refuse(complaints)
    if not stages and write.switches["bare_workflow"] == "with_stages":
        stages = stage_writes.first_stages(write, workflow)
    return _added(write, workflow, stages)


def update(write: Write) -> Answer:
    """Change a workflow's name and content types, and the positions of its stages."""
    workflow = write.thing(write.data.workflows)
    asked, complaints = write.read(_CHECKS)
    if not workflow["is_default"]:
        _want_types(asked, complaints)
    places = _places(write, workflow, complaints)
    refuse(complaints)
    workflow.update(asked)
    for stage in write.data.workflow_stages:
        if stage["id"] in places:
            stage["position"] = places[stage["id"]]
            write.tell("WorkflowStage", "workflow_stage.update", stage)
    return done(write, workflow)


def delete(write: Write) -> Answer:
    """Delete a workflow with its stages."""
    data = write.data
    workflow = write.thing(data.workflows)
    if workflow["is_default"] and write.switches["default_workflow"] == "refused":
        refuse_whole("The default workflow cannot be deleted")
    stage_writes.remove(write, stage_writes.of_workflow(data, workflow["id"]))
    for change in data.workflow_stage_changes:
        if change["workflow_id"] == workflow["id"]:
            change["workflow_id"] = None
    data.workflows.remove(workflow)
    return done(write, workflow)


def duplicate(write: Write) -> Answer:
    """Copy a workflow with its stages, under another name and for other content types."""
    original = write.thing(write.data.workflows)
    asked, complaints = write.read(_CHECKS, ("name", "content_types"))
    _want_types(asked, complaints)
    if asked.get("name") == original["name"]:
        complaints["name"] = ["must be different"]
    if asked.get("content_types") and set(asked["content_types"]) == set(original["content_types"]):
        complaints["content_types"] = ["must be different"]
    refuse(complaints)
    workflow = _new(write, asked)
    known = stage_writes.of_workflow(write.data, original["id"])
    numbers = {one["id"]: write.new("workflow_stage") for one in known}
    return _added(write, workflow, [_copy(one, workflow, numbers) for one in known])


def _copy(stage: Resource, workflow: Resource, numbers: dict[int, int]) -> Resource:
    """Copy a stage, naming copies where it names stages of its workflow."""
    after = stage["after_publish_id"]
    return {
        **stage,
        "id": numbers[stage["id"]],
        "workflow_id": workflow["id"],
        "after_publish_id": numbers.get(after, after),
        "workflow_stage_ids": [numbers.get(one, one) for one in stage["workflow_stage_ids"]],
        "user_ids": list(stage["user_ids"]),
        "space_role_ids": list(stage["space_role_ids"]),
    }


def _new(write: Write, asked: Resource) -> Resource:
    empty: Resource = {"name": "", "content_types": [], "is_default": False}
    return {"id": write.new("workflow"), **empty, **asked}


def _added(write: Write, workflow: Resource, stages: list[Resource]) -> Answer:
    write.data.workflows.append(workflow)
    write.data.workflow_stages.extend(stages)
    for stage in stages:
        write.tell("WorkflowStage", "workflow_stage.create", stage)
    is_sent = write.switches["created_stages"] == "sent"
    told = {**workflow, _STAGES: stages} if is_sent else workflow
    return Answer(201, {write.one: told})


def _want_types(asked: Resource, complaints: Complaints) -> None:
    """Want at least one content type where they are given, as a workflow of a space's own has."""
    if asked.get("content_types") == []:
        complaints["content_types"] = [BLANK]


def _stages(
    write: Write, workflow: Resource, given: list[Resource], complaints: Complaints
) -> list[Resource]:
    """Make the stages of a new workflow one after the other, noting what is wrong with them."""
    made: list[Resource] = []
    for one in given:
        asked, wrong = stage_writes.read(write, one, is_new=True)
        wrong = {**stage_writes.among(write, asked, made, None), **wrong}
        for name, words in wrong.items():
            complaints.setdefault(f"{_STAGES}.{name}", words)
        if not wrong:
            made.append(stage_writes.add(write, asked, workflow, made))
    return made


def _places(write: Write, workflow: Resource, complaints: Complaints) -> dict[int, int]:
    """Read which positions are given to stages of a workflow."""
    given: Any = write.asked().get(_PLACES, [])
    if fields.list_of(fields.mapping)(given):
        complaints[_PLACES] = ["is invalid"]
        return {}
    own = {one["id"] for one in stage_writes.of_workflow(write.data, workflow["id"])}
    places: dict[int, int] = {}
    for one in cast("list[Resource]", given):
        checks = {"id": fields.number, "position": fields.number}
        asked, wrong = fields.judged(one, checks, ("id",))
        if "id" in asked and asked["id"] not in own:
            wrong["id"] = [UNKNOWN]
        for name, words in wrong.items():
            complaints.setdefault(f"{_PLACES}.{name}", words)
        if not wrong and "position" in asked:
            places[asked["id"]] = asked["position"]
    return places
