"""Writes of stories, and their moves from stage to stage."""

from typing import Any, cast

from gateway.sources.storyblok.sandbox import fields
from gateway.sources.storyblok.sandbox.numbers import Resource, user_number
from gateway.sources.storyblok.sandbox.people import members
from gateway.sources.storyblok.sandbox.queries import is_true
from gateway.sources.storyblok.sandbox.refusals import (
    TAKEN,
    UNKNOWN,
    Complaints,
    GoneError,
    NotAllowedError,
)
from gateway.sources.storyblok.sandbox.stories import author, made, sent, stage_of
from gateway.sources.storyblok.sandbox.writing import Answer, Write, refuse

_MAYBE_TEXT = fields.or_null(fields.maybe_text)
_MAYBE_TIME = fields.or_null(fields.time)
_CHECKS: dict[str, fields.Check] = {
    **dict.fromkeys(
        ("disble_fe_editor", "disable_fe_editor", "is_folder", "is_startpage", "pinned"),
        fields.boolean,
    ),
    **dict.fromkeys(("default_root", "path"), _MAYBE_TEXT),
    **dict.fromkeys(("sort_by_date", "publish_at", "expire_at", "first_published_at"), _MAYBE_TIME),
    "name": fields.text,
    "slug": fields.text,
    "group_id": fields.text,
    "parent_id": fields.or_null(fields.number),
    "meta_data": fields.or_null(fields.mapping),
    "position": fields.number,
    "tag_list": fields.texts,
    "content": fields.mapping,
}
_MOVE: dict[str, fields.Check] = {
    "workflow_stage_id": fields.number,
    "story_id": fields.number,
    "due_date": _MAYBE_TIME,
}
_ASSIGNED: dict[str, fields.Check] = {
    "user_ids": fields.numbers,
    "space_role_ids": fields.numbers,
}
_BESIDE: dict[str, fields.Check] = {
    "assign": fields.mapping,
    "comment": fields.mapping,
    "notify": fields.boolean,
    "release_id": fields.or_null(fields.number),
}


def create(write: Write) -> Answer:
    """Create a story, in no stage; a slug that is not given is made of the name."""
    asked, complaints = write.read(_CHECKS, ("name",))
    if "name" in asked:
        asked.setdefault("slug", asked["name"].lower().replace(" ", "-"))
    story = made(write.space, write.new("story"), write.now)
    _change(write, story, asked, complaints)
    write.data.stories.append(story)
    write.tell("Story", "story.create", story)
    return Answer(201, {write.one: story})


def update(write: Write) -> Answer:
    """Change the fields of a story that are given; its stage is none of them."""
    story = write.thing(write.data.stories)
    asked, complaints = write.read(_CHECKS)
    _change(write, story, asked, complaints)
    write.tell("Story", "story.update", story)
    return Answer(200, {write.one: story})


def delete(write: Write) -> Answer:
    """Delete a story with its changes of stage, and all that is below it."""
    data = write.data
    story = write.thing(data.stories)
    gone = {story["id"]}
    while below := {one["id"] for one in data.stories if one["parent_id"] in gone} - gone:
        gone |= below
    data.stories[:] = [one for one in data.stories if one["id"] not in gone]
    data.workflow_stage_changes[:] = [
        one for one in data.workflow_stage_changes if one["story_id"] not in gone
    ]
    write.tell("Story", "story.destroy", story)
    return Answer(200, {write.one: {**story, "deleted_at": write.now}})


def move(write: Write) -> Answer:
    """Create a change of stage, by which a story comes to a stage."""
    data, body = write.data, write.whole_body()
    asked, complaints = write.read(_MOVE, ("workflow_stage_id", "story_id"))
    beside, wrong = fields.judged(body, _BESIDE)
    assigned, misassigned = _assigned(write, beside.get("assign", {}))
    comment = fields.judged(beside.get("comment", {}), {"message": fields.maybe_text})[1]
    complaints |= wrong | misassigned | {f"comment.{name}": one for name, one in comment.items()}
    story = _named(data.stories, asked.get("story_id"))
    stage = _named(data.workflow_stages, asked.get("workflow_stage_id"))
    if "story_id" in asked and story is None:
        if write.switches["unknown_story"] == "missing":
            raise GoneError
        complaints["story_id"] = [UNKNOWN]
    if "workflow_stage_id" in asked and stage is None:
        complaints["workflow_stage_id"] = [UNKNOWN]
    if story and stage and write.switches["transitions"] == "enforced":
        _judge_way(write, story, stage, complaints)
    refuse(complaints)
    change = _moved(write, cast("Resource", story), cast("Resource", stage), asked)
    cast("Resource", story).update(assigned)
    return Answer(201, {write.one: sent(change)})


def _moved(write: Write, story: Resource, stage: Resource, asked: Resource) -> Resource:
    place = {
        "workflow_id": stage["workflow_id"],
        "workflow_stage_id": stage["id"],
        "story_id": story["id"],
        "due_date": asked.get("due_date"),
        "created_at": write.now,
    }
    user = user_number(members(write.space)[0].number)
    change = {"id": write.new("workflow_stage_change"), **place, "user_id": user}
    write.data.workflow_stage_changes.append(change)
    story["stage"] = place
    if stage["auto_remove_assignee"]:
        story.update({"user_ids": [], "space_role_ids": []})
    return change


def _judge_way(write: Write, story: Resource, stage: Resource, complaints: Complaints) -> None:
    """Want the stage to be a next one of the story's, and its user to be let go there."""
    now = _named(write.data.workflow_stages, stage_of(story))
    if now is None or now is stage:
        return
    if not now["allow_admin_change"] and not now["allow_all_users"]:
        raise NotAllowedError
    if not now["allow_all_stages"] and stage["id"] not in now["workflow_stage_ids"]:
        complaints["workflow_stage_id"] = ["is not a next stage"]


def _assigned(write: Write, given: Resource) -> tuple[Resource, Complaints]:
    asked, complaints = fields.judged(given, _ASSIGNED)
    data = write.data
    known = {
        "user_ids": {one["user_id"] for one in data.collaborators},
        "space_role_ids": {one["id"] for one in data.space_roles},
    }
    for name, numbers in asked.items():
        if not set(numbers) <= known[name]:
            complaints[name] = [UNKNOWN]
    return asked, {f"assign.{name}": words for name, words in complaints.items()}


def _named(things: list[Resource], number: Any) -> Resource | None:
    return next((one for one in things if one["id"] == number), None)


def _change(write: Write, story: Resource, asked: Resource, complaints: Complaints) -> None:
    """Judge what is given among the other stories, and put it into a story."""
    stories = [one for one in write.data.stories if one is not story]
    if "parent_id" in asked:
        asked["parent_id"] = asked["parent_id"] or 0
    place = {**story, **asked}
    parent = next((one for one in stories if one["id"] == place["parent_id"]), None)
    if place["parent_id"] and (parent is None or not parent["is_folder"]):
        complaints["parent_id"] = [UNKNOWN]
    near = [one for one in stories if one["parent_id"] == place["parent_id"]]
    if any(one["slug"] == place["slug"] for one in near):
        complaints["slug"] = [TAKEN]
    if "content" in asked and fields.text(asked["content"].get("component")):
        complaints["content"] = ["is invalid"]
    refuse(complaints)
    now = write.now
    story.update({**asked, "updated_at": now, **_author(write)})
    story["full_slug"] = f"{parent['full_slug']}/{story['slug']}" if parent else story["slug"]
    is_published = is_true(write.query.get("publish"))
    if is_published:
        first = story["first_published_at"] or now
        story.update({"published": True, "published_at": now, "first_published_at": first})
    story["unpublished_changes"] = story["published"] and not is_published


def _author(write: Write) -> Resource:
    """Return who changes a story, without whom a story of theirs is assigned to."""
    told = author(write.space)
    return {name: told[name] for name in ("last_author", "last_author_id")}
