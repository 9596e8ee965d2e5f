"""The workflows of a space, and their stages."""

from random import Random

from gateway.sandbox.company import dice
from gateway.sources.storyblok.sandbox.numbers import Resource, number_of, user_number
from gateway.sources.storyblok.sandbox.people import former_member, members, space_roles

STEPS = (
    "Drafting", "In Review", "Translation", "Legal Check", "Ready to Publish", "Published",
)  # fmt: skip
_COLORS = ("#5951ff", "#00b67a", "#ffb020", "#e5484d", "#0091ff", "#8e4ec6", "#2d7a4b", "#b0bec5")

_WORKFLOWS = (
    ("Default", ()),
    ("Article approval", ("article", "news")),
    ("Landing pages", ("landing_page",)),
    ("Product pages", ("product", "product_family")),
    ("Legal pages", ("legal_page",)),
    ("Campaigns", ("campaign", "banner")),
)
"""Names and content types; every second one has a legal check, and so six stages."""


def workflows(space: int) -> list[Resource]:
    """Make the workflows of a space, the default one first."""
    return [
        {
            "id": number_of("workflow", space, index),
            "name": name,
            "content_types": list(content_types),
            "is_default": index == 0,
        }
        for index, (name, content_types) in enumerate(_WORKFLOWS)
    ]


def stages(space: int) -> list[Resource]:
    """Make the stages of a space, workflow by workflow."""
    made: list[Resource] = []
    for index, workflow in enumerate(workflows(space)):
        steps = [step for step in STEPS if index % 2 or step != "Legal Check"]
        made += _stages(space, workflow["id"], steps, len(made))
    # Storyblok keeps the numbers of users who have left.
    narrow = next(one for one in made if one["user_ids"])
    narrow["user_ids"].append(former_member(space))
    return made


def _stages(space: int, workflow: int, steps: list[str], start: int) -> list[Resource]:
    chance = dice(f"storyblok workflow {workflow}")
    colors = chance.sample(_COLORS, len(steps))
    numbers = [number_of("workflow_stage", space, start + index) for index in range(len(steps))]
    return [
        {
            "id": numbers[index],
            "name": name,
            "color": colors[index],
            "position": index + 1,
            "is_default": index == 0,
            "allow_publish": name in {"Ready to Publish", "Published"},
            "allow_admin_publish": index > 0,
            "allow_admin_change": True,
            "allow_editor_change": name != "Published",
            "allow_none_for_next_stages": name == "Published",
            "story_editing_locked": name in {"Legal Check", "Published"},
            "auto_remove_assignee": name == "Published",
            "after_publish_id": numbers[-1] if name == "Ready to Publish" else None,
            "workflow_id": workflow,
            **_next(chance, numbers, index),
            **_allowed(chance, space),
        }
        for index, name in enumerate(steps)
    ]


def _next(chance: Random, numbers: list[int], index: int) -> Resource:
    is_open = chance.random() < 0.3  # noqa: PLR2004 - a share
    near = [*numbers[index + 1 : index + 3], *numbers[max(0, index - 1) : index]]
    return {"allow_all_stages": is_open, "workflow_stage_ids": [] if is_open else near}


def _allowed(chance: Random, space: int) -> Resource:
    is_open = chance.random() < 0.4  # noqa: PLR2004 - a share
    users = chance.sample(members(space), chance.randrange(1, 4))
    roles = chance.sample(space_roles(space), chance.randrange(3))
    return {
        "allow_all_users": is_open,
        "user_ids": [] if is_open else sorted(user_number(one.number) for one in users),
        "space_role_ids": [] if is_open else sorted(one["id"] for one in roles),
    }
