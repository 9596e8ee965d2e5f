"""Activities: who did what in a space.

Their form is told by the vendor's types. What a trackable looks like is not: it is the thing's id
and name, of a story its slug too. That the latest come first is a guess.
"""

from collections.abc import Sequence
from typing import Any

from gateway.sandbox.company import day, dice, stamp
from gateway.sources.storyblok.sandbox.numbers import Resource, number_of, user_number
from gateway.sources.storyblok.sandbox.people import members


def activities(
    space: int, stages: Sequence[Resource], stories: Sequence[Resource]
) -> list[Resource]:
    """Make the activities about all stages and every fourth story, latest first.

    Each tells its `trackable` and its `user` too, which answers tell beside it.
    """
    made = [_of_stage(space, one, "create", 4.0) for one in stages]
    made += [_of_stage(space, one, "update", 180.0) for one in stages[::3]]
    for one in stories[::4]:
        thing = {"id": one["id"], "name": one["name"], "slug": one["slug"]}
        author = next(p for p in members(space) if user_number(p.number) == one["last_author_id"])
        who = _who(author.number, author.email, author.full_name)
        made.append(_activity(space, "Story", "story.update", thing, who, one["updated_at"]))
    numbered = [{"id": number_of("activity", space, at), **one} for at, one in enumerate(made)]
    return sorted(numbered, key=lambda one: one["created_at"], reverse=True)


def activity(space: int, kind: str, key: str, thing: Resource, time: str) -> Resource:
    """Make the activity, but for its number, of the user whose credential is used."""
    [person, *_] = members(space)
    return _activity(
        space, kind, key, thing, _who(person.number, person.email, person.full_name), time
    )


def told(activity: Resource) -> Resource:
    """Return an activity as a list answers it."""
    beside = {name: activity[name] for name in ("trackable", "user")}
    return {
        "activity": {name: one for name, one in activity.items() if name not in beside},
        **beside,
    }


def told_alone(activity: Resource) -> Resource:
    """Return an activity as its own get answers it: with the trackable of a story alone."""
    is_story = activity["trackable_type"] == "Story"
    return {**told(activity), "trackable": activity["trackable"] if is_story else None}


def _of_stage(space: int, stage: Resource, verb: str, since: float) -> Resource:
    chance = dice(f"storyblok {verb} of stage {stage['id']}")
    person = chance.choice(members(space))
    who = _who(person.number, person.email, person.full_name)
    thing = {"id": stage["id"], "name": stage["name"]}
    time = stamp(day(since + chance.randrange(40)))
    return _activity(space, "WorkflowStage", f"workflow_stage.{verb}", thing, who, time)


def _who(number: int, email: str, name: str) -> Resource:
    return {
        "id": user_number(number),
        "userid": email,
        "friendly_name": name,
        "avatar": None,
        "active": number % 6 != 0,
    }


def _activity(
    space: int, kind: str, key: str, thing: Resource, who: Resource, time: str
) -> dict[str, Any]:
    return {
        "key": key,
        "owner_id": who["id"],
        "owner_type": "User",
        "trackable_id": thing["id"],
        "trackable_type": kind,
        "recipient_id": None,
        "recipient_type": None,
        "space_id": space,
        "tenant_id": None,
        "created_at": time,
        "updated_at": time,
        "parameters": {},
        "trackable": thing,
        "user": who,
    }
