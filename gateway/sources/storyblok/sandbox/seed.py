"""The company's Storyblok: two spaces, each with its people, workflows, stories and webhooks."""

from typing import NamedTuple

from gateway.sandbox.anew import anew
from gateway.sandbox.company import day, stamp
from gateway.sources.storyblok.sandbox.activities import activities
from gateway.sources.storyblok.sandbox.hooks import webhook_endpoints, webhook_logs
from gateway.sources.storyblok.sandbox.numbers import SPACES, Resource, user_number
from gateway.sources.storyblok.sandbox.people import collaborators, members, space_roles
from gateway.sources.storyblok.sandbox.stories import changes, stories
from gateway.sources.storyblok.sandbox.workflows import stages, workflows

_STORIES = 60
_NAMES = {1001: "Northwind Website", 1002: "Northwind Help Center"}


class SpaceData(NamedTuple):
    """What a space holds, by the names of its collections; in the vendor's order."""

    space: Resource
    workflows: list[Resource]
    workflow_stages: list[Resource]
    space_roles: list[Resource]
    collaborators: list[Resource]
    stories: list[Resource]
    workflow_stage_changes: list[Resource]
    activities: list[Resource]
    webhook_endpoints: list[Resource]
    webhook_logs: list[Resource]


@anew
def seed(scale: int) -> dict[int, SpaceData]:
    """Make the data; stories are multiplied by `scale`."""
    return {number: _data(number, scale) for number in SPACES}


def _data(number: int, scale: int) -> SpaceData:
    flows, steps = workflows(number), stages(number)
    pages = stories(number, _STORIES * scale, flows, steps)
    moves = changes(number, pages, steps)
    return SpaceData(
        _space(number),
        flows,
        steps,
        space_roles(number),
        collaborators(number),
        pages,
        moves,
        activities(number, steps, pages),
        webhook_endpoints(number),
        webhook_logs(number, moves, flows, steps),
    )


def _space(number: int) -> Resource:
    return {
        "id": number,
        "name": _NAMES[number],
        "euid": None,
        "region": "eu",
        "owner_id": user_number(members(number)[0].number),
        "updated_at": stamp(day(200)),
        "created_at": stamp(day(3)),
        "plan": "growth",
        "plan_level": 200,
        "trial": False,
        "requires_2fa": False,
        "org_id": None,
        "org_requires_2fa": False,
        "development_mode": False,
        "feature_limit_exceeded_flags": {},
    }


def detail(data: SpaceData) -> Resource:
    """Return a space as its own get answers it: other fields than in the list."""
    listed = data.space
    shared = (
        "id", "name", "euid", "region", "owner_id", "created_at", "plan", "plan_level", "trial",
        "feature_limit_exceeded_flags",
    )  # fmt: skip
    return {
        **{name: listed[name] for name in shared},
        **_FIXED,
        "first_token": f"preview-{listed['id']}",
        "stories_count": len(data.stories),
        "space_roles": data.space_roles,
        "collaborators": data.collaborators,
    }


_FIXED: Resource = {
    "domain": "https://northwind.example/",
    "role": "admin",
    "limits": {},
    "environments": [{"name": "Preview", "location": "https://preview.northwind.example/"}],
    "assets_count": 0,
    "request_count_today": 0,
    "api_requests": 0,
    "exceeded_requests": 0,
    "default_root": "page",
    "has_slack_webhook": False,
    "traffic_limit": 0,
    "ai_text_generator_disabled": True,
    "ai_text_generator_feature_disabled": True,
    "monthly_ai_tokens_traffic": 0,
    "monthly_ai_tokens_traffic_limit": 0,
    "has_pending_tasks": False,
    "options": {},
    "assistance_mode": False,
    "languages": [{"code": "de", "name": "German", "ai_translation_code": None}],
}
