"""Every field of a work that DevRev's pages show in an answer, read by its name."""

from collections.abc import Mapping
from typing import Any

import pytest

from schema.types.ids import GlobalId
from tests.fixtures import Graph, Sandbox
from tests.naming import USER, at, plain, selection


def under(theirs: str, ours: str, names: Mapping[str, str]) -> dict[str, str]:
    """Put names below those of what they are of."""
    return {f"{theirs}.{one}": f"{ours}.{other}" for one, other in names.items()}


PART = {
    "type": "type",
    "display_id": "displayId",
    "id": "sourceId",
    "name": "name",
    **under("owned_by", "owners", USER),
    "sync_metadata.external_reference": "sync.externalReference",
    "sync_metadata.origin_system": "sync.originSystem",
}
FILE = {
    "display_id": "displayId",
    "id": "sourceId",
    "file.type": "fileType",
    "file.name": "fileName",
    "file.size": "fileSizeBytes",
}
SYNC = {
    "status": "status",
    "sync_date": "syncedAt",
    "sync_unit.display_id": "unit.displayId",
    "sync_unit.id": "unit.@id",
    "sync_unit.external_system_type": "unit.externalSystemType",
    "sync_unit.is_archived": "unit.isArchived",
    "sync_unit.name": "unit.name",
    "sync_unit.sync_run.mode": "unit.runMode",
    "sync_unit.sync_run.progress.state": "unit.runState",
    "sync_unit.sync_type": "unit.type",
}
SCHEDULE = {
    "display_id": "displayId",
    "id": "@id",
    "name": "name",
    "status": "status",
    "timezone": "timezone",
    "valid_until": "validUntil",
}
DEFINITION = {"display_id": "displayId", "id": "@id", "name": "name"}
METRIC = {
    "breached_at": "breachedAt",
    "completed_at": "completedAt",
    "completed_in": "completedInMinutes",
    "in_policy": "inPolicy",
    "is_out_of_schedule": "isOutOfSchedule",
    **under("metric_definition", "definition", DEFINITION),
    "next_schedule_transition": "nextScheduleTransitionAt",
    **under("org_schedule", "schedule", SCHEDULE),
    "remaining_time": "remainingMinutes",
    "stage": "stage",
    "status": "status",
    "target_time": "targetAt",
    "warning_target_time": "warningTargetAt",
}
REMOVED = {
    **under("metric_definition", "definition", DEFINITION),
    "removed_at": "removedAt",
    **under("removed_by", "removedBy", USER),
}
TRACKER = {
    **under("created_by", "createdBy", USER),
    "created_date": "createdAt",
    "display_id": "displayId",
    "id": "@id",
    **under("modified_by", "updatedBy", USER),
    "modified_date": "updatedAt",
    "applies_to_id": "@appliesToId",
    "applies_to_type": "appliesToType",
    **under("metric_target_summaries", "metrics", METRIC),
    **under(
        "removed_sla_metric_history.metric_definition", "removedMetrics.definition", DEFINITION
    ),
    "removed_sla_metric_history.removed_at": "removedMetrics.removedAt",
    **under("removed_sla_metric_history.removed_by", "removedMetrics.removedBy", USER),
    "sla.display_id": "sla.displayId",
    "sla.id": "sla.@id",
    "sla.name": "sla.name",
    "sla.sla_type": "sla.type",
    "sla.status": "sla.status",
    "sla_policy_id": "@slaPolicyId",
    "stage": "stage",
    "status": "status",
}
SLA = {
    "sla_summary.closest_to_breach_metric": "sla.closestToBreachMetric",
    **under("sla_summary.org_schedule", "sla.schedule", SCHEDULE),
    "sla_summary.remaining_time": "sla.remainingMinutes",
    **under("sla_summary.sla_tracker", "sla.tracker", TRACKER),
    "sla_summary.stage": "sla.stage",
    "sla_summary.target_time": "sla.targetAt",
    "sla_tracker.display_id": "slaTracker.displayId",
    "sla_tracker.id": "slaTracker.@id",
    "sla_tracker.applies_to_type": "slaTracker.appliesToType",
}
CHOICE = {"label": "label", "ordinal": "ordinal", "value": "value"}
ORG = {"display_id": "displayId", "id": "sourceId", "display_name": "displayName"}

COMMON = {
    **under("created_by", "createdBy", USER),
    "created_date": "createdAt",
    "display_id": "displayId",
    "id": "sourceId",
    **under("modified_by", "updatedBy", USER),
    "modified_date": "updatedAt",
    "actual_close_date": "closedAt",
    **under("applies_to_part", "part", PART),
    **under("artifacts", "artifacts", FILE),
    "body": "body",
    "custom_fields": "customFields",
    "custom_schema_fragments": "@customSchemaFragmentIds",
    **under("owned_by", "owners", USER),
    **under("reported_by", "reporters", USER),
    "stage.name": "stage.name",
    "stage.ordinal": "stage.position",
    "stage.notes": "stageNotes",
    "stage.stage.id": "stage.sourceId",
    "state_display_name": "stateDisplayName",
    "stock_schema_fragment": "@stockSchemaFragmentId",
    "subtype": "subtype",
    "sync_metadata.external_reference": "sync.externalReference",
    "sync_metadata.origin_system": "sync.originSystem",
    **under("sync_metadata.last_sync_in", "sync.lastIn", SYNC),
    **under("sync_metadata.last_sync_out", "sync.lastOut", SYNC),
    "tags.tag.display_id": "tags.tag.displayId",
    "tags.tag.id": "tags.tag.sourceId",
    "tags.tag.name": "tags.tag.name",
    "tags.tag.style_new.color": "tags.tag.color",
    "tags.value": "tags.value",
    "target_close_date": "targetCloseAt",
    "title": "title",
    "external_ref": "externalRef",
}

OWN: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "issue": (
        "DevRevIssue",
        {
            "actual_start_date": "startedAt",
            **under("developed_with", "developedWith", PART),
            "estimated_effort": "estimatedEffort",
            "priority": "priority",
            **under("priority_v2", "priorityValue", CHOICE),
            **SLA,
            "sprint.type": "sprint.type",
            "sprint.end_date": "sprint.endsAt",
            "sprint.id": "sprint.sourceId",
            "sprint.name": "sprint.name",
            "sprint.start_date": "sprint.startsAt",
            "sprint.state": "sprint.state",
            "target_start_date": "targetStartAt",
        },
    ),
    "ticket": (
        "DevRevTicket",
        {
            **under("account", "account", ORG),
            "channels": "channels",
            "channels_v2.id": "@channelIds",
            "group.display_id": "group.displayId",
            "group.id": "group.sourceId",
            "group.name": "group.name",
            "group.member_type": "group.memberType",
            "is_frozen": "isFrozen",
            "is_spam": "isSpam",
            "needs_response": "needsResponse",
            **under("rev_org", "revOrg", {**ORG, "type": "type"}),
            **under("sentiment", "sentiment", CHOICE),
            "sentiment_modified_date": "sentimentModifiedAt",
            "sentiment_summary": "sentimentSummary",
            "severity": "severity",
            **SLA,
            "source_channel": "sourceChannel",
            "source_channel_v2.id": "@sourceChannelId",
            **under("visibility", "visibility", CHOICE),
        },
    ),
    "task": (
        "DevRevTask",
        {"priority": "priority", "embedded": "isEmbedded", "start_date": "startedAt"},
    ),
    "opportunity": (
        "DevRevOpportunity",
        {
            **under("account", "account", ORG),
            "amount": "amount",
            "annual_contract_value.amount": "annualContractValue.amount",
            "annual_contract_value.currency": "annualContractValue.currency",
            **under("contacts", "contacts", {"id": "sourceId", "display_name": "displayName"}),
            "customer_budget": "customerBudget",
            "forecast_category": "forecastCategory",
            **under("forecast_category_v2", "forecastCategoryValue", CHOICE),
            "priority": "priority",
            "probability": "probability",
            "value.amount": "value.amount",
            "value.currency": "value.currency",
        },
    ),
}
ENUMS = ("priority", "severity", "forecastCategory")


def shown(node: Any, path: str) -> Any:
    """What the graph tells at a path, ids and words of enums in the vendor's form."""
    value = at(node, path.replace("@", ""))
    if "@" in path:
        return unscoped(value)
    return value.lower() if path in ENUMS and value else plain(value)


def unscoped(value: Any) -> Any:
    if isinstance(value, list):
        return [unscoped(one) for one in value]
    return None if value is None else GlobalId.parse(value).source_id


@pytest.mark.parametrize("kind", OWN)
async def test_every_field_of_a_work_is_read_by_name(
    kind: str, graph: Graph, sandbox: Sandbox
) -> None:
    sandbox.turn("devrev.answers", "everything")
    works = {one["id"]: one for one in sandbox.state("devrev")["works"] if one["type"] == kind}
    type_, own = OWN[kind]
    names = {**COMMON, **own}
    fields = selection([path.replace("@", "") for path in names.values()])
    query = f"""{{ works(first: 200, filter: {{types: [{kind.upper()}]}}) {{
        nodes {{ ... on {type_} {{ {fields} }} }} }} }}"""
    nodes = (await graph.data(query))["works"]["nodes"]
    assert {node["sourceId"] for node in nodes} == works.keys()
    told: set[str] = set()
    for node in nodes:
        for theirs, ours in names.items():
            wanted = at(works[node["sourceId"]], theirs)
            assert shown(node, ours) == (wanted if ours in ENUMS else plain(wanted)), theirs
            if wanted not in (None, []):
                told.add(theirs)
    assert names.keys() - told == set()
