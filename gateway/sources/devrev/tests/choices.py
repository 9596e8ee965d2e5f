"""What works are chosen by, and which ones: found in their answers, not by the emulator's way."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

Work = dict[str, Any]
Choice = Callable[[Work], bool]

SPAN = {"type": "range", "after": "2025-03-01T00:00:00Z", "before": "2025-05-01T00:00:00Z"}
STAGES = ["STG-1", "don:core:dvrv-us-1:devo/0:custom_stage/5"]
JIRA = "https://jira.northwind.example/browse/NW-9"
SPRINT = "don:core:dvrv-us-1:devo/0:vista/1:vista_group_item/3"


def names(one: Any) -> set[str]:
    """Both ids of an object."""
    return {one["id"], one.get("display_id", "")}


def points(work: Work, field: str, *wanted: str) -> bool:
    """Whether a field has an object, or some, of any of these ids."""
    found: Any = work.get(field, [])
    return any(names(one) & set(wanted) for one in (found if isinstance(found, list) else [found]))


def within(work: Work, field: str) -> bool:
    return field in work and SPAN["after"] <= work[field] <= SPAN["before"]


def sla(work: Work) -> dict[str, Any]:
    return work.get("sla_summary", {})


def sync(work: Work, way: str) -> dict[str, Any]:
    return work.get("sync_metadata", {}).get(way, {})


def effort(work: Work) -> int:
    return work["custom_fields"]["tnt__effort"]


def valued(work: Work, field: str, *wanted: int) -> bool:
    return work.get(field, {}).get("id") in wanted


CHOICES: Mapping[str, tuple[Any, Choice]] = {
    "type": (["task", "issue"], lambda w: w["type"] in {"task", "issue"}),
    "applies_to_part": (
        ["PROD-1", "FEAT-7"],
        lambda w: points(w, "applies_to_part", "PROD-1", "FEAT-7"),
    ),
    "created_by": (["DEVU-2"], lambda w: points(w, "created_by", "DEVU-2")),
    "modified_by": (["DEVU-2", "DEVU-3"], lambda w: points(w, "modified_by", "DEVU-2", "DEVU-3")),
    "owned_by": (["DEVU-4"], lambda w: points(w, "owned_by", "DEVU-4")),
    "tags": (
        ["TAG-1", "TAG-5"],
        lambda w: any(points(t, "tag", "TAG-1", "TAG-5") for t in w["tags"]),
    ),
    "state": (["open", "Waiting"], lambda w: w["stage"]["state"]["name"] in {"open", "Waiting"}),
    "stage.name": (["In Review"], lambda w: w["stage"]["name"] == "In Review"),
    "stage.stages": (STAGES, lambda w: points(w["stage"], "stage", *STAGES)),
    "external_ref": (["NW-5", "NW-10"], lambda w: w.get("external_ref") in {"NW-5", "NW-10"}),
    "vista": ("VISTA-2", lambda w: "vista/2:" in w.get("sprint", {}).get("id", "")),
    "custom_fields": (
        {"tnt__effort": [3, 4], "tnt__is_public": True},
        lambda w: effort(w) in {3, 4} and w["custom_fields"]["tnt__is_public"],
    ),
    "created_date": (SPAN, lambda w: within(w, "created_date")),
    "modified_date": (SPAN, lambda w: within(w, "modified_date")),
    "target_close_date": (SPAN, lambda w: within(w, "target_close_date")),
    "actual_close_date": (SPAN, lambda w: within(w, "actual_close_date")),
    "staged_info.is_staged": (False, lambda _: True),
    "sync_metadata.external_reference": ([JIRA], lambda w: w["display_id"].endswith("-9")),
    "sync_metadata.origin_system": (["jira"], lambda w: "sync_metadata" in w),
    "sync_metadata.last_sync_in.status": (
        ["failed"],
        lambda w: sync(w, "last_sync_in").get("status") == "failed",
    ),
    "sync_metadata.last_sync_in.sync_date": (
        SPAN,
        lambda w: within(sync(w, "last_sync_in"), "sync_date"),
    ),
    "sync_metadata.last_sync_in.sync_unit": (["SYNC-1"], lambda w: "sync_metadata" in w),
    "sync_metadata.last_sync_out.status": (
        ["failed", "modified"],
        lambda w: sync(w, "last_sync_out").get("status") in {"failed", "modified"},
    ),
    "sync_metadata.last_sync_out.sync_date": (
        SPAN,
        lambda w: within(sync(w, "last_sync_out"), "sync_date"),
    ),
    "sync_metadata.last_sync_out.sync_unit": (["SYNC-1"], lambda w: "sync_metadata" in w),
    "issue.priority": (["p0", "p3"], lambda w: w.get("priority") in {"p0", "p3"}),
    "issue.priority_v2": ([1, 2], lambda w: valued(w, "priority_v2", 1, 2)),
    "issue.sprint": ([SPRINT], lambda w: points(w, "sprint", SPRINT)),
    "issue.sprint_state": (["active"], lambda w: w.get("sprint", {}).get("state") == "active"),
    "issue.subtype": (["incident"], lambda w: "subtype" in w),
    "issue.actual_start_date": (SPAN, lambda w: within(w, "actual_start_date")),
    "issue.target_start_date": (SPAN, lambda w: within(w, "target_start_date")),
    "issue.sla_summary.stage": (
        ["breached", "paused"],
        lambda w: sla(w).get("stage") in {"breached", "paused"},
    ),
    "issue.sla_summary.target_time": (SPAN, lambda w: within(sla(w), "target_time")),
    "ticket.account": (["ACC-1"], lambda w: points(w, "account", "ACC-1")),
    "ticket.channels": (["slack"], lambda w: "slack" in w.get("channels", [])),
    "ticket.channels_v2": (["CHAN-2"], lambda w: points(w, "channels_v2", "CHAN-2")),
    "ticket.group": (["GRP-1"], lambda w: points(w, "group", "GRP-1")),
    "ticket.is_frozen": (False, lambda _: True),
    "ticket.is_spam": (True, lambda w: w.get("is_spam", False)),
    "ticket.needs_response": (True, lambda w: w.get("needs_response", False)),
    "ticket.severity": (["high", "blocker"], lambda w: w.get("severity") in {"high", "blocker"}),
    "ticket.sla_summary.stage": (["running"], lambda w: sla(w).get("stage") == "running"),
    "ticket.sla_summary.target_time": (SPAN, lambda w: within(sla(w), "target_time")),
    "ticket.source_channel": (["email"], lambda w: w.get("source_channel") == "email"),
    "ticket.source_channel_v2": (["CHAN-3"], lambda w: points(w, "source_channel_v2", "CHAN-3")),
    "ticket.subtype": (["incident"], lambda w: "subtype" in w),
    "ticket.visibility": ([2], lambda w: valued(w, "visibility", 2)),
    "opportunity.account": (["ACC-2"], lambda w: points(w, "account", "ACC-2")),
    "opportunity.forecast_category_v2": ([1, 6], lambda w: valued(w, "forecast_category_v2", 1, 6)),
    "opportunity.subtype": (["incident"], lambda w: "subtype" in w),
}
"""A filter, a value, and which works have it: of one type, where the name begins with that."""

OF_OTHERS = {"reported_by", "ticket.rev_org", "opportunity.contacts"}
"""Filters whose ids are no plain numbers; they have a test of their own."""

NOWHERE = {
    "issue.accounts", "issue.group", "issue.rev_orgs", "ticket.brand",
    "sync_metadata.last_sync_in.sync_history", "sync_metadata.last_sync_out.sync_history",
}  # fmt: skip
"""Filters of what no work has."""


def fitting(works: Sequence[Work], name: str) -> list[Work]:
    """The works that a filter with its value chooses."""
    fits = CHOICES[name][1]
    kind = name.partition(".")[0]
    kinds = {kind} & {"issue", "ticket", "opportunity"} or {one["type"] for one in works}
    return [one for one in works if one["type"] in kinds and fits(one)]
