"""What each collection of a space can be asked by."""

from collections.abc import Mapping
from typing import NamedTuple

from gateway.sources.storyblok.sandbox import queries
from gateway.sources.storyblok.sandbox.queries import Test


class Collection(NamedTuple):
    """What a collection of a space can be asked by.

    Attributes:
        path: its path, and the key of its list.
        one: the key of a single object; "" where none is got by itself.
        tests: its parameters. is_paged: whether pages are documented.
    """

    path: str
    one: str
    tests: Mapping[str, Test]
    is_paged: bool = False


STAGES = Collection(
    "workflow_stages",
    "workflow_stage",
    {
        "by_ids": queries.among("id"),
        "exclude_id": queries.other_than("id"),
        "in_workflow": queries.among("workflow_id"),
        "search": queries.search("name"),
    },
)
WORKFLOWS = Collection(
    "workflows",
    "workflow",
    {
        "by_ids": queries.among("id"),
        "by_content_type": queries.any_of("content_types"),
        "exclude_id": queries.other_than("id"),
        "is_default": queries.yes_or_no("is_default"),
        "search": queries.search("name"),
    },
)
ROLES = Collection(
    "space_roles",
    "space_role",
    {"by_ids": queries.among("id"), "search": queries.search("role")},
)
COLLABORATORS = Collection(
    "collaborators",
    "",
    {
        "by_ids": queries.among("id"),
        "by_space_ids": queries.among("space_id"),
        "search": queries.search("friendly_name", "userid", "real_email"),
    },
    is_paged=True,
)
STORIES = Collection(
    "stories",
    "story",
    {
        "by_ids": queries.among("id"),
        "by_uuids": queries.among("uuid"),
        "in_workflow_stages": queries.staged_in,
        "has_workflow_stages": queries.staged,
        "search": queries.search("name", "slug"),
        "starts_with": queries.starts_with("full_slug"),
        "with_tag": queries.any_of("tag_list"),
        "contain_component": queries.of_component,
    },
    is_paged=True,
)
CHANGES = Collection(
    "workflow_stage_changes",
    "",
    {"with_story": queries.among("story_id")},
    is_paged=True,
)
ACTIVITIES = Collection(
    "activities",
    "activity",
    {
        "by_owner_ids": queries.among("owner_id"),
        "by_trackable_ids": queries.among("trackable_id"),
        "created_at_gte": queries.since("created_at"),
        "created_at_lte": queries.until("created_at"),
        "key_like": queries.like("key"),
        "types": queries.among("trackable_type"),
    },
    is_paged=True,
)
HOOKS = Collection("webhook_endpoints", "webhook_endpoint", {})
LOGS = Collection(
    "webhook_logs",
    "webhook_log",
    {
        "by_kind": queries.among("kind"),
        "by_status": queries.among("status"),
        "by_webhook_id": queries.among("webhook_id"),
        "executed_at_gte": queries.since("executed_at"),
        "executed_at_lte": queries.until("executed_at"),
    },
    is_paged=True,
)
COLLECTIONS = (
    STAGES, WORKFLOWS, ROLES, COLLABORATORS, STORIES, CHANGES, ACTIVITIES, HOOKS, LOGS,
)  # fmt: skip
SPACE_TESTS = {"search": queries.search("name")}
LISTS = ("spaces", *(one.path for one in COLLECTIONS))
