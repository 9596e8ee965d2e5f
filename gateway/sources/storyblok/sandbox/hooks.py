"""Webhook endpoints of a space, and the log of what was sent to them.

Their form is told by the vendor's types, the payload by its guide. That a log's `kind` is the
action, that lists of logs have all its fields, and that the latest come first are guesses.
"""

from collections.abc import Sequence

from gateway.sandbox.company import day, stamp
from gateway.sources.storyblok.sandbox.numbers import Resource, number_of

ACTIONS = (
    "story.published", "story.unpublished", "story.deleted", "story.moved",
    "datasource.entries_updated", "asset.created", "asset.replaced", "asset.deleted",
    "asset.restored", "user.added", "user.removed", "user.roles_updated", "stage.changed",
    "pipeline.deployed", "release.merged",
)  # fmt: skip
"""What a webhook can be told of."""

_MOST_LOGS = 30
_HOOKS = (
    ("Stages to the gateway", ["stage.changed"], True),
    ("Rebuild website", ["story.published", "story.unpublished"], True),
    ("Old search index", ["story.published", "story.deleted"], False),
)


def webhook_endpoints(space: int) -> list[Resource]:
    """Make the webhooks of a space; the last is switched off."""
    return [
        {
            "id": number_of("webhook_endpoint", space, index),
            "name": name,
            "description": None if index else "Sends every change of a story's stage.",
            "endpoint": f"https://hooks.northwind.example/{space}/{index + 1}",
            "space_id": space,
            "secret": None if index else f"northwind-{space}",
            "actions": list(actions),
            "activated": is_on,
            "deleted_at": None,
            "created_at": stamp(day(40 + index)),
            "updated_at": stamp(day(90 + index)),
        }
        for index, (name, actions, is_on) in enumerate(_HOOKS)
    ]


def webhook_logs(
    space: int,
    changes: Sequence[Resource],
    workflows: Sequence[Resource],
    stages: Sequence[Resource],
) -> list[Resource]:
    """Make the log of what the latest changes of stages were told by, latest first.

    Each tells its webhook too, by which it is chosen but which is not sent.
    """
    names = {one["id"]: one["name"] for one in (*workflows, *stages)}
    [hook, *_] = webhook_endpoints(space)
    latest = list(enumerate(changes))[-_MOST_LOGS:]
    return [_log(space, index, one, names, hook["id"]) for index, one in reversed(latest)]


def _log(space: int, index: int, change: Resource, names: dict[int, str], hook: int) -> Resource:
    status = "failed" if index % 7 == 0 else "pending" if index % 11 == 0 else "success"
    is_done = status != "pending"
    time = change["created_at"]
    answers = {"success": "200 OK", "failed": "503 Service Unavailable", "pending": None}
    return {
        "id": number_of("webhook_log", space, index),
        "status": status,
        "kind": "stage.changed",
        "executed_at": time if is_done else None,
        "payload": {
            "text": "The workflow stage of a story was changed.",
            "action": "stage.changed",
            "space_id": space,
            "story_id": change["story_id"],
            "workflow_name": names[change["workflow_id"]],
            "workflow_stage_name": names[change["workflow_stage_id"]],
        },
        "retries": 0,
        "response": answers[status],
        "created_at": time,
        "updated_at": time,
        "webhook_id": hook,
    }


def sent_log(log: Resource) -> Resource:
    """Return a log as it is answered: it does not tell its webhook."""
    return {name: one for name, one in log.items() if name != "webhook_id"}
