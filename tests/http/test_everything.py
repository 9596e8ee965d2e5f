"""One query over everything at once; what it must answer is computed from the sandboxes' state."""

from typing import Any

from schema.types.ids import GlobalId, Kind
from schema.types.source import Source
from tests.fixtures import KEEPING, MakeGraph, Sandbox

Row = dict[str, Any]
State = dict[str, list[Row]]

QUERY = """
query {
  stages(first: 200) {
    nodes {
      source sourceId name position color
      process { sourceId }
      processes { sourceId name }
      works(first: 3) { nodes { sourceId title stage { sourceId name } } }
      createdBy { sourceId fullName }
      ... on DevRevStage { state { sourceId name isFinal } }
      ... on EsperStage { timeoutSeconds targetLists { sourceId name type } }
      ... on StoryblokStage {
        nextStages { sourceId name } afterPublish { sourceId }
        users { sourceId } spaceRoles { sourceId name }
      }
    }
    isComplete totalCount
  }
  works(first: 200) {
    nodes {
      sourceId title body closedAt targetCloseAt
      owners { sourceId fullName email }
      stage { sourceId name position }
      ... on DevRevWork {
        displayId reporters { sourceId } part { sourceId name type owners { sourceId } }
        tags { tag { sourceId name color } value } customFields sync { originSystem }
      }
      ... on DevRevIssue { priority sprint { sourceId name } }
      ... on DevRevTicket { severity account { sourceId displayName } revOrg { sourceId } }
      ... on DevRevOpportunity { value { amount currency } contacts { sourceId } }
    }
    isComplete totalCount
  }
  pipelines(first: 50) {
    nodes {
      sourceId name description
      stages { nodes { sourceId name position ... on EsperStage { targetLists { sourceId } } } }
      ... on EsperPipeline { targetLists { sourceId name type } }
    }
    isComplete
  }
  workflows(first: 50) {
    nodes {
      source sourceId name isDefault
      stages(first: 50) { nodes { sourceId } }
      transitions { from { sourceId } to { sourceId } }
      ... on DevRevWorkflow {
        leafType nodes { stage { sourceId } isStart nextStages { sourceId } }
      }
      ... on StoryblokWorkflow { contentTypes }
    }
    isComplete
  }
}
"""


def by_id(rows: list[Row]) -> dict[str, Row]:
    found = {row["sourceId"]: row for row in rows}
    assert len(found) == len(rows)
    return found


def ids(rows: list[Row]) -> list[Row]:
    return [{"sourceId": str(row["id"])} for row in rows]


def latest_first(works: list[Row]) -> list[Row]:
    def global_id(work: Row) -> str:
        return str(GlobalId(Source.DEVREV, Kind.WORK, "", work["id"]))

    rows = sorted(works, key=global_id)
    return sorted(rows, key=lambda work: work["modified_date"], reverse=True)


def only(processes: list[Row]) -> Row | None:
    return {"sourceId": processes[0]["sourceId"]} if len(processes) == 1 else None


def devrev_stages(state: State) -> list[Row]:
    found: list[Row] = []
    for stage in state["stages"]:
        processes = [
            {"sourceId": diagram["id"], "name": diagram["name"]}
            for diagram in state["workflows"]
            if stage["id"] in {node["stage"]["id"] for node in diagram["stages"]}
        ]
        works = [one for one in state["works"] if one["stage"]["stage"]["id"] == stage["id"]]
        own = {"sourceId": stage["id"], "name": stage["name"]}
        it, by = stage["state"], stage["created_by"]
        found.append(
            {
                "source": "DEVREV",
                **own,
                "position": stage["ordinal"],
                "color": None,
                "process": only(processes),
                "processes": processes,
                "works": {
                    "nodes": [
                        {"sourceId": one["id"], "title": one["title"], "stage": own}
                        for one in latest_first(works)[:3]
                    ]
                },
                "createdBy": {"sourceId": by["id"], "fullName": by["full_name"]},
                "state": {
                    "sourceId": it["id"],
                    "name": it["name"],
                    "isFinal": it["is_final"],
                },
            }
        )
    return found


def outreach_stages(state: State) -> list[Row]:
    people = {one["id"]: one["attributes"]["name"] for one in state["users"]}
    found: list[Row] = []
    for stage in state["stages"]:
        it, creator = stage["attributes"], stage["relationships"]["creator"]["data"]
        found.append(
            {
                "source": "OUTREACH",
                "sourceId": str(stage["id"]),
                "name": it["name"],
                "position": it["order"],
                "color": it["color"],
                "process": None,
                "processes": [],
                "works": None,
                "createdBy": creator
                and {"sourceId": str(creator["id"]), "fullName": people[creator["id"]]},
            }
        )
    return found


def target_lists(state: State, stage: Row) -> list[Row]:
    known = {one["id"]: one for one in state["target_lists"]}
    attached = [one["target_list_id"] for one in state["attachments"] if one["stage_id"] == stage]
    return [known[one] for one in attached]


def shown_list(one: Row) -> Row:
    return {"sourceId": one["id"], "name": one["name"], "type": one["target_list_type"]}


def esper_stages(state: State) -> list[Row]:
    names = {one["id"]: one["name"] for one in state["pipelines"]}
    seen: dict[str, int] = {}
    found: list[Row] = []
    for stage in state["stages"]:
        pipeline = stage["pipeline_id"]
        position = seen[pipeline] = seen.get(pipeline, -1) + 1
        processes = [{"sourceId": pipeline, "name": names[pipeline]}]
        found.append(
            {
                "source": "ESPER",
                "sourceId": stage["id"],
                "name": stage["name"],
                "position": position,
                "color": None,
                "process": only(processes),
                "processes": processes,
                "works": None,
                "createdBy": {"sourceId": str(stage["created_by"]), "fullName": None},
                "timeoutSeconds": stage["timeout_seconds"],
                "targetLists": [shown_list(one) for one in target_lists(state, stage["id"])],
            }
        )
    return found


def storyblok_stages(state: State) -> list[Row]:
    stages = {one["id"]: one for one in state["stages"]}
    workflows = {one["id"]: one["name"] for one in state["workflows"]}
    roles = {one["id"]: one["role"] for one in state["space_roles"]}
    found: list[Row] = []
    for stage in state["stages"]:
        workflow = stage["workflow_id"]
        processes = [{"sourceId": str(workflow), "name": workflows[workflow]}]
        after = stage["after_publish_id"]
        found.append(
            {
                "source": "STORYBLOK",
                "sourceId": str(stage["id"]),
                "name": stage["name"],
                "position": stage["position"],
                "color": stage["color"],
                "process": only(processes),
                "processes": processes,
                "works": None,
                "createdBy": None,
                "nextStages": [
                    {"sourceId": str(one), "name": stages[one]["name"]}
                    for one in stage["workflow_stage_ids"]
                ],
                "afterPublish": after and {"sourceId": str(after)},
                "users": [{"sourceId": str(one)} for one in stage["user_ids"]],
                "spaceRoles": [
                    {"sourceId": str(one), "name": roles[one]} for one in stage["space_role_ids"]
                ],
            }
        )
    return found


def work(it: Row, stages: dict[str, Row]) -> Row:
    stage, part = stages[it["stage"]["stage"]["id"]], it["applies_to_part"]
    shown: Row = {
        "sourceId": it["id"],
        "title": it["title"],
        "body": it["body"],
        "closedAt": it.get("actual_close_date"),
        "targetCloseAt": it.get("target_close_date"),
        "owners": [
            {"sourceId": one["id"], "fullName": one["full_name"], "email": one["email"]}
            for one in it["owned_by"]
        ],
        "stage": {
            "sourceId": stage["id"],
            "name": stage["name"],
            "position": stage["ordinal"],
        },
        "displayId": it["display_id"],
        "reporters": ids(it["reported_by"]),
        "part": {
            "sourceId": part["id"],
            "name": part["name"],
            "type": part["type"],
            "owners": ids(part["owned_by"]),
        },
        "tags": [
            {
                "tag": {
                    "sourceId": one["tag"]["id"],
                    "name": one["tag"]["name"],
                    "color": one["tag"].get("style_new", {}).get("color"),
                },
                "value": one.get("value"),
            }
            for one in it["tags"]
        ],
        "customFields": it["custom_fields"],
        "sync": it.get("sync_metadata") and {"originSystem": it["sync_metadata"]["origin_system"]},
    }
    if it["type"] == "issue":
        shown["priority"] = it["priority"].upper()
        sprint = it.get("sprint")
        shown["sprint"] = sprint and {"sourceId": sprint["id"], "name": sprint["name"]}
    if it["type"] == "ticket":
        account = it["account"]
        shown["severity"] = it["severity"].upper()
        shown["account"] = {"sourceId": account["id"], "displayName": account["display_name"]}
        shown["revOrg"] = {"sourceId": it["rev_org"]["id"]}
    if it["type"] == "opportunity":
        shown["value"] = it["value"]
        shown["contacts"] = ids(it["contacts"])
    return shown


def pipelines(state: State) -> list[Row]:
    return [
        {
            "sourceId": one["id"],
            "name": one["name"],
            "description": one["description"],
            "stages": {
                "nodes": [
                    {
                        "sourceId": stage["id"],
                        "name": stage["name"],
                        "position": position,
                        "targetLists": ids(target_lists(state, stage["id"])),
                    }
                    for position, stage in enumerate(
                        stage for stage in state["stages"] if stage["pipeline_id"] == one["id"]
                    )
                ]
            },
            "targetLists": [
                shown_list(it) for it in state["target_lists"] if it["pipeline_id"] == one["id"]
            ],
        }
        for one in state["pipelines"]
    ]


def edge(start: Any, end: Any) -> Row:
    return {"from": {"sourceId": str(start)}, "to": {"sourceId": str(end)}}


def diagrams(state: State) -> list[Row]:
    ordinals = {one["id"]: one["ordinal"] for one in state["stages"]}

    def place(don: str) -> tuple[int, str]:
        return ordinals[don], str(GlobalId(Source.DEVREV, Kind.STAGE, "", don))

    return [
        {
            "source": "DEVREV",
            "sourceId": one["id"],
            "name": one["name"],
            "isDefault": one["is_default"],
            "stages": {
                "nodes": [
                    {"sourceId": don}
                    for don in sorted((node["stage"]["id"] for node in one["stages"]), key=place)
                ]
            },
            "transitions": [
                edge(node["stage"]["id"], way["target_stage"]["id"])
                for node in one["stages"]
                for way in node["transitions"]
            ],
            "leafType": one["leaf_type"],
            "nodes": [
                {
                    "stage": {"sourceId": node["stage"]["id"]},
                    "isStart": node["is_start"],
                    "nextStages": [
                        {"sourceId": way["target_stage"]["id"]} for way in node["transitions"]
                    ],
                }
                for node in one["stages"]
            ],
        }
        for one in state["workflows"]
    ]


def next_stages(stage: Row, stages: list[Row]) -> list[int]:
    """A stage that allows all stages leads to each of the others."""
    if stage["allow_all_stages"]:
        return [one["id"] for one in stages if one is not stage]
    return stage["workflow_stage_ids"]


def storyblok_workflows(state: State) -> list[Row]:
    found: list[Row] = []
    for one in state["workflows"]:
        stages = [stage for stage in state["stages"] if stage["workflow_id"] == one["id"]]
        found.append(
            {
                "source": "STORYBLOK",
                "sourceId": str(one["id"]),
                "name": one["name"],
                "isDefault": one["is_default"],
                "stages": {"nodes": ids(sorted(stages, key=lambda stage: stage["position"]))},
                "transitions": [
                    edge(stage["id"], target)
                    for stage in stages
                    for target in next_stages(stage, stages)
                ],
                "contentTypes": one["content_types"],
            }
        )
    return found


def unordered(rows: list[Row]) -> dict[str, Row]:
    """Compare what a graph has no order for as a set."""
    for row in rows:
        row["transitions"].sort(key=lambda one: (one["from"]["sourceId"], one["to"]["sourceId"]))
    return by_id(rows)


async def test_one_query_over_everything(make_graph: MakeGraph, sandbox: Sandbox) -> None:
    graph = await make_graph(**KEEPING, DEADLINE="30", STORYBLOK_SPACES="", MAX_COST="2000")
    state = {source.value: sandbox.state(source.value) for source in Source}
    sandbox.turn("devrev.answers", "everything")
    data = await graph.data(QUERY)
    devrev, esper = state["devrev"], state["esper"]

    stages = [
        *devrev_stages(devrev),
        *outreach_stages(state["outreach"]),
        *esper_stages(esper),
        *storyblok_stages(state["storyblok"]),
    ]
    assert data["stages"]["totalCount"] == len(stages)
    assert by_id(data["stages"]["nodes"]) == by_id(stages)

    known = {one["id"]: one for one in devrev["stages"]}
    expected = [work(one, known) for one in latest_first(devrev["works"])[:200]]
    assert data["works"]["nodes"] == expected
    assert data["works"]["totalCount"] == len(devrev["works"])

    assert by_id(data["pipelines"]["nodes"]) == by_id(pipelines(esper))
    assert unordered(data["workflows"]["nodes"]) == unordered(
        [*diagrams(devrev), *storyblok_workflows(state["storyblok"])]
    )
    assert all(data[name]["isComplete"] for name in ("stages", "works", "pipelines", "workflows"))
