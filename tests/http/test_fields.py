"""Every field of a stage that the vendors' reference pages show in an answer, read by its name."""

from collections.abc import Mapping
from typing import Any

import httpx
import pytest

from gateway.app import emulator_kinds
from gateway.sandbox.emulator import TOKEN
from tests.fixtures import Graph, Sandbox
from tests.naming import USER, at, plain, selection

FIELDS: Mapping[str, Mapping[str, str]] = {
    "devrev": {
        **{f"created_by.{theirs}": f"createdBy.{ours}" for theirs, ours in USER.items()},
        **{f"modified_by.{theirs}": f"updatedBy.{ours}" for theirs, ours in USER.items()},
        "created_date": "createdAt",
        "display_id": "displayId",
        "id": "sourceId",
        "modified_date": "updatedAt",
        "name": "name",
        "ordinal": "position",
        "state.display_id": "state.displayId",
        "state.id": "state.sourceId",
        "state.is_final": "state.isFinal",
        "state.name": "state.name",
    },
    "outreach": {
        "id": "sourceId",
        "attributes.color": "color",
        "attributes.createdAt": "createdAt",
        "attributes.name": "name",
        "attributes.order": "position",
        "attributes.updatedAt": "updatedAt",
        "relationships.creator.data.id": "createdBy.sourceId",
        "relationships.updater.data.id": "updatedBy.sourceId",
        "meta.canWrite": "canWrite",
        "meta.canDelete": "canDelete",
        "meta.dataConnections": "dataConnections",
    },
    "esper": {
        "id": "sourceId",
        "name": "name",
        "description": "description",
        "timeout_seconds": "timeoutSeconds",
        "pipeline_id": "process.sourceId",
        "created_at": "createdAt",
        "updated_at": "updatedAt",
        "created_by": "createdBy.sourceId",
        "updated_by": "updatedBy.sourceId",
    },
    "storyblok": {
        "id": "sourceId",
        "allow_publish": "allowPublish",
        "is_default": "isDefault",
        "user_ids": "users.sourceId",
        "space_role_ids": "spaceRoles.sourceId",
        "workflow_stage_ids": "nextStages.sourceId",
        "name": "name",
        "color": "color",
        "allow_all_stages": "allowAllStages",
        "allow_admin_publish": "allowAdminPublish",
        "allow_all_users": "allowAllUsers",
        "allow_admin_change": "allowAdminChange",
        "allow_editor_change": "allowEditorChange",
        "position": "position",
        "after_publish_id": "afterPublish.sourceId",
        "workflow_id": "process.sourceId",
        "allow_none_for_next_stages": "allowNoneForNextStages",
        "story_editing_locked": "storyEditingLocked",
        "auto_remove_assignee": "autoRemoveAssignee",
    },
}
"""Of each vendor, from the words of its answer to those of the graph."""

TYPES = {source: f"{name}Stage" for source, name in {
    "devrev": "DevRev", "outreach": "Outreach", "esper": "Esper", "storyblok": "Storyblok",
}.items()}  # fmt: skip


def answers(sandbox: Sandbox, source: str) -> list[dict[str, Any]]:
    """The stages as the vendor answers them, with what is told on request alone."""
    if source != "outreach":
        return sandbox.state(source)["stages"]
    [kind] = [one for one in emulator_kinds() if one.source.value == source]
    response = httpx.get(
        f"{sandbox.origin}{kind.prefix}/stages",
        params={
            "page[size]": "1000",
            "provideAuthorizationMeta": "true",
            "provideDataConnections": "true",
        },
        headers={"Authorization": f"Bearer {TOKEN}"},
        trust_env=False,
        verify=False,  # noqa: S501 - 127.0.0.1 over plain HTTP
    )
    return response.json()["data"]


@pytest.mark.parametrize("source", FIELDS)
async def test_every_field_of_a_stage_is_read_by_name(
    source: str, graph: Graph, sandbox: Sandbox
) -> None:
    raws = {str(one["id"]): one for one in answers(sandbox, source)}
    query = f"""{{ stages(first: 200, filter: {{sources: [{source.upper()}]}}) {{ nodes {{
        ... on {TYPES[source]} {{ {selection(list(FIELDS[source].values()))} }} }} }} }}"""
    nodes = (await graph.data(query))["stages"]["nodes"]
    assert {node["sourceId"] for node in nodes} == raws.keys()
    told: set[str] = set()
    for node in nodes:
        raw = raws[node["sourceId"]]
        for theirs, ours in FIELDS[source].items():
            wanted = plain(at(raw, theirs))
            assert plain(at(node, ours)) == wanted, theirs
            if wanted not in (None, []):
                told.add(theirs)
    assert told == FIELDS[source].keys()


async def test_the_prospects_of_a_stage_are_read_by_name(graph: Graph, sandbox: Sandbox) -> None:
    query = """{ stages(first: 200, filter: {sources: [OUTREACH]}) { nodes { sourceId
        ... on OutreachStage { prospectIds(first: 200) } } } }"""
    nodes = (await graph.data(query))["stages"]["nodes"]
    found: dict[str, int] = {node["sourceId"]: len(node["prospectIds"]) for node in nodes}
    ends = [one["relationships"]["stage"]["data"] for one in sandbox.state("outreach")["prospects"]]
    assert sum(found.values()) == sum(end is not None for end in ends) > 0
    for number, count in found.items():
        assert count == sum(end is not None and str(end["id"]) == number for end in ends)
