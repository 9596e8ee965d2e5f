"""The stories of a space, most of them in a stage of a workflow."""

from collections.abc import Sequence
from copy import deepcopy
from random import Random
from uuid import UUID

from gateway.sandbox.company import Person, day, dice, stamp
from gateway.sources.storyblok.sandbox.numbers import Resource, number_of, user_number
from gateway.sources.storyblok.sandbox.people import members

_TOPICS = (
    "Summer sale", "Annual report", "Spring collection", "Privacy notice", "Careers",
    "Press kit", "Delivery times", "Opening hours", "Size guide", "Sustainability",
)  # fmt: skip


def stories(
    space: int, count: int, workflows: Sequence[Resource], stages: Sequence[Resource]
) -> list[Resource]:
    """Make so many stories."""
    return [_story(space, index, workflows, stages) for index in range(count)]


def made(space: int, number: int, time: str) -> Resource:
    """Make an empty story, of the user whose credential is used."""
    chance = dice(f"storyblok made story {number}")
    return {
        **deepcopy(_FIXED),
        "id": number,
        "uuid": _uuid(chance),
        "group_id": _uuid(chance),
        "name": "",
        "slug": "",
        "full_slug": "",
        "content": {"_uid": _uuid(chance), "component": "page"},
        "created_at": time,
        "updated_at": time,
        "published_at": None,
        "first_published_at": None,
        "published": False,
        "unpublished_changes": False,
        "position": 0,
        "tag_list": [],
        "current_version_id": number + 1,
        "preview_token": {"token": f"{number:x}", "timestamp": str(number)},
        "stage": None,
        **author(space),
    }


def author(space: int) -> Resource:
    """Return what a story tells of its last author: the user whose credential is used."""
    [person, *_] = members(space)
    return _author(person)


def changes(space: int, stories: Sequence[Resource], stages: Sequence[Resource]) -> list[Resource]:
    """Make the changes by which stories came to their stages, oldest first.

    Each tells the number of its story too, by which they are chosen but which is not sent.
    """
    made = [one for story in stories for one in _way(space, story, stages)]
    made.sort(key=lambda one: (one["created_at"], one["story_id"]))
    return [
        {"id": number_of("workflow_stage_change", space, index), **one}
        for index, one in enumerate(made)
    ]


def _way(space: int, story: Resource, stages: Sequence[Resource]) -> list[Resource]:
    """Return the change to a story's stage, and up to two changes before it."""
    place = story["stage"]
    if place is None:
        return []
    chance = dice(f"storyblok way of {story['id']}")
    steps = [one["id"] for one in stages if one["workflow_id"] == place["workflow_id"]]
    before = [
        {
            **place,
            "workflow_stage_id": chance.choice(steps),
            "due_date": None,
            "created_at": stamp(day(120 - 5 * back)),
            "user_id": user_number(chance.choice(members(space)).number),
        }
        for back in range(chance.randrange(3))
    ]
    return [*before, {**place, "user_id": story["last_author_id"]}]


def sent(change: Resource) -> Resource:
    """Return a change as it is answered: it does not tell its story."""
    return {name: one for name, one in change.items() if name != "story_id"}


def stage_of(story: Resource) -> object:
    """Return the number of the stage that a story is in, None if it is in none."""
    place: Resource | None = story["stage"]
    return None if place is None else place["workflow_stage_id"]


def listed(story: Resource) -> Resource:
    """Return a story as lists answer it: without its content, but with what it is of."""
    return {
        **{name: story[name] for name in _LISTED},
        "release_ids": [],
        "content_summary": None,
        "content_type": story["content"]["component"],
    }


def _story(
    space: int, index: int, workflows: Sequence[Resource], stages: Sequence[Resource]
) -> Resource:
    chance = dice(f"storyblok story {space} {index}")
    number = number_of("story", space, index)
    workflow = workflows[index % len(workflows)]
    content_type = chance.choice(workflow["content_types"] or ["page"])
    name = f"{_TOPICS[index % len(_TOPICS)]} {index // len(_TOPICS) + 1}"
    slug = name.lower().replace(" ", "-")
    author = chance.choice(members(space))
    created, changed = day(30 + index % 90), day(130 + chance.randrange(1000) / 10)
    is_published = index % 3 == 0
    published = stamp(changed) if is_published else None
    steps = [one for one in stages if one["workflow_id"] == workflow["id"]]
    return {
        **_FIXED,
        "id": number,
        "uuid": _uuid(chance),
        "group_id": _uuid(chance),
        "name": name,
        "slug": slug,
        "full_slug": slug,
        "content": {"_uid": _uuid(chance), "component": content_type, "title": name},
        "created_at": stamp(created),
        "updated_at": stamp(changed),
        "published_at": published,
        "first_published_at": published,
        "published": is_published,
        "unpublished_changes": index % 6 == 0,
        "position": -10 * index,
        "tag_list": ["evergreen"] if index % 4 == 0 else [],
        "current_version_id": number + 1,
        "preview_token": {"token": f"{number:x}", "timestamp": str(int(created.timestamp()))},
        "stage": None if index % 7 == 6 else _stage(chance, number, steps),  # noqa: PLR2004
        **_author(author),
    }


def _stage(chance: Random, story: int, steps: Sequence[Resource]) -> Resource:
    step = chance.choice(steps)
    due = stamp(day(250 + chance.randrange(60))) if chance.randrange(3) == 0 else None
    return {
        "workflow_id": step["workflow_id"],
        "workflow_stage_id": step["id"],
        "story_id": story,
        "due_date": due,
        "created_at": stamp(day(125 + chance.randrange(50) / 10)),
    }


def _author(person: Person) -> Resource:
    number = user_number(person.number)
    shown = {"id": number, "userid": person.email, "friendly_name": person.full_name}
    return {
        "last_author": shown,
        "last_author_id": number,
        "user_ids": [number],
        "space_role_ids": [],
    }


def _uuid(chance: Random) -> str:
    return str(UUID(int=chance.getrandbits(128), version=4))


_LISTED = (
    "name", "parent_id", "created_at", "deleted_at", "group_id", "sort_by_date", "updated_at",
    "published_at", "id", "uuid", "is_folder", "published", "slug", "path", "full_slug", "position",
    "unpublished_changes", "is_startpage", "pinned", "publish_at", "expire_at",
    "first_published_at", "current_version_id", "stage", "alternates", "default_root",
    "disble_fe_editor", "disable_fe_editor", "last_author", "last_author_id", "tag_list",
    "can_not_view", "translated_stories", "favourite_for_user_ids", "scheduled_dates",
)  # fmt: skip

_FIXED: Resource = {
    "parent_id": 0,
    "alternates": [],
    "deleted_at": None,
    "sort_by_date": None,
    "is_folder": False,
    "path": None,
    "default_root": None,
    "disble_fe_editor": False,
    "disable_fe_editor": False,
    "parent": None,
    "is_startpage": False,
    "meta_data": None,
    "imported_at": None,
    "pinned": False,
    "breadcrumbs": [],
    "publish_at": None,
    "expire_at": None,
    "translated_slugs": [],
    "translated_stories": [],
    "localized_paths": [],
    "can_not_view": None,
    "is_scheduled": None,
    "scheduled_dates": None,
    "ideas": [],
    "favourite_for_user_ids": [],
}
"""What the company's stories do not use; "disble" is the vendor's own spelling."""
