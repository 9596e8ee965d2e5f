"""The writes of DevRev."""

from collections.abc import Callable
from typing import Any

from schema.types.ids import Kind
from schema.types.source import Source
from tests.http.asking import Asked, Change, Row, State, Write, gid, one

_STAGES = "stages(first: 200, filter: {sources: [DEVREV]})"
_WORKFLOWS = "workflows(first: 200, filter: {sources: [DEVREV]})"


def _id(kind: Kind, row: Row) -> str:
    return gid(Source.DEVREV, kind, row["id"])


def _works_of(part: Row) -> str:
    return f'works(first: 200, filter: {{sources: [DEVREV], partIds: ["{_id(Kind.PART, part)}"]}})'


def _create_stage(state: State, n: int) -> Asked:
    name, its = f"Waiting for parts {n}", state["states"][0]
    new = {"name": name, "position": 4711, "stateId": _id(Kind.STATE, its)}
    return Asked(
        input={"stage": {"devrev": new}},
        change=Change(added={"stages": [{"name": name, "ordinal": 4711, "state": its["id"]}]}),
        rows=_STAGES,
        shown={"name": name},
    )


def _update_stage(state: State, n: int) -> Asked:
    stage, name = state["stages"][n], f"Renamed {n}"
    at_it = [work for work in state["works"] if work["stage"]["stage"]["id"] == stage["id"]]
    return Asked(
        input={"id": _id(Kind.STAGE, stage), "name": name},
        change=Change(
            changed={
                "stages": {stage["id"]: {"name": name}},
                "works": {work["id"]: {"stage": {"name": name}} for work in at_it},
            }
        ),
        rows=_STAGES,
        shown={"name": name},
        id=_id(Kind.STAGE, stage),
    )


def _create_workflow(state: State, n: int) -> Asked:
    name, (first, last) = f"Repairs {n}", state["stages"][:2]
    nodes: list[Row] = [
        {
            "stageId": _id(Kind.STAGE, first),
            "isStart": True,
            "nextStageIds": [_id(Kind.STAGE, last)],
        },
        {"stageId": _id(Kind.STAGE, last)},
    ]
    way = {"target_stage": last["id"]}
    stages = [
        {"stage": first["id"], "is_start": True, "is_deprecated": False, "transitions": [way]},
        {"stage": last["id"], "is_start": False, "is_deprecated": False, "transitions": []},
    ]
    added = {"name": name, "leaf_type": "issue", "is_default": False, "stages": stages}
    return Asked(
        input={"workflow": {"devrev": {"name": name, "leafType": "issue", "nodes": nodes}}},
        change=Change(added={"workflows": [added]}),
        rows=_WORKFLOWS,
        shown={"name": name},
    )


def _update_workflow(state: State, n: int) -> Asked:
    workflow, name = state["workflows"][n], f"Renamed {n}"
    return Asked(
        input={"id": _id(Kind.WORKFLOW, workflow), "name": name},
        change=Change(changed={"workflows": {workflow["id"]: {"name": name}}}),
        rows=_WORKFLOWS,
        shown={"name": name},
        id=_id(Kind.WORKFLOW, workflow),
    )


_NEW: dict[str, Callable[[State], tuple[Row, Row]]] = {
    "issue": lambda _: ({"priority": "P1"}, {"priority": "p1"}),
    "ticket": lambda _: ({"severity": "HIGH"}, {"severity": "high"}),
    "task": lambda _: ({"body": "By hand."}, {"body": "By hand."}),
    "opportunity": lambda state: (
        {"accountId": _id(Kind.ACCOUNT, state["accounts"][0])},
        {"account": state["accounts"][0]["id"]},
    ),
}
"""By type: what an input needs or has of its own, and what becomes of it."""


def _create_work(kind: str) -> Callable[[State, int], Asked]:
    def ask(state: State, n: int) -> Asked:
        title, part, owner = f"Call the customer {n}", state["parts"][n], state["people"][0]
        told, kept = _NEW[kind](state)
        new = {
            "title": title,
            "partId": _id(Kind.PART, part),
            "ownerIds": [_id(Kind.PERSON, owner)],
            **told,
        }
        added = {
            "type": kind,
            "title": title,
            "applies_to_part": part["id"],
            "owned_by": [owner["id"]],
            **kept,
        }
        # Of a new ticket there are also fields that DevRev answers to nobody.
        untold = [{"is_spam": False}] if kind == "ticket" else []
        return Asked(
            input={"work": {f"devrev{kind.capitalize()}": new}},
            change=Change(added={"works": [added], "untold": untold}),
            rows=_works_of(part),
            shown={"title": title},
        )

    return ask


def _reporters(state: State) -> tuple[Row, Row]:
    person = state["people"][3]
    return {"reporterIds": [_id(Kind.PERSON, person)]}, {"reported_by": [person["id"]]}


_CHANGED: dict[str, Callable[[State], tuple[Row, Row]]] = {
    "issue": lambda _: ({"priority": "P0"}, {"priority": "p0", "priority_v2": 1}),
    "ticket": lambda _: ({"needsResponse": True}, {"needs_response": True}),
    "task": _reporters,
    "opportunity": lambda _: (
        {"value": {"amount": "7.50", "currency": "EUR"}},
        {"value": {"amount": "7.50", "currency": "EUR"}},
    ),
}
"""By type: what a block sets, and what becomes of it."""


def _update_work(kind: str) -> Callable[[State, int], Asked]:
    def ask(state: State, n: int) -> Asked:
        work, title = [work for work in state["works"] if work["type"] == kind][n], f"Renamed {n}"
        told, kept = _CHANGED[kind](state)
        return Asked(
            input={
                "id": _id(Kind.WORK, work),
                "title": title,
                f"devrev{kind.capitalize()}": told,
            },
            change=Change(changed={"works": {work["id"]: {"title": title, **kept}}}),
            rows=_works_of(work["applies_to_part"]),
            shown={"title": title},
            id=_id(Kind.WORK, work),
        )

    return ask


def _delete_work(state: State, n: int) -> Asked:
    work = [work for work in state["works"] if work["type"] == "task"][n]
    untold = [row for row in state["untold"] if row["id"] == work["id"]]
    return Asked(
        input={"id": _id(Kind.WORK, work)},
        change=Change(removed={"works": [work], "untold": untold}),
        rows=_works_of(work["applies_to_part"]),
        shown=None,
        id=_id(Kind.WORK, work),
    )


def _move_work(state: State, n: int) -> Asked:
    """Move a work to a stage whose state is the same, so that it is neither closed nor opened."""
    work, stage = _moves(state)[n]
    at = {"name": stage["name"], "ordinal": stage["ordinal"], "stage": stage["id"]}
    return Asked(
        input={"id": _id(Kind.WORK, work), "stageId": _id(Kind.STAGE, stage)},
        change=Change(changed={"works": {work["id"]: {"stage": at}}}),
        rows=_works_of(work["applies_to_part"]),
        shown={"stage": {"sourceId": stage["id"]}},
        id=_id(Kind.WORK, work),
    )


def _moves(state: State) -> list[tuple[Row, Row]]:
    """Return issues with a stage that their diagram lets them go to."""
    [diagram] = [one for one in state["workflows"] if one["leaf_type"] == "issue"]
    ways: dict[str, Any] = {node["stage"]["id"]: node["transitions"] for node in diagram["stages"]}
    found: list[tuple[Row, Row]] = []
    for work in state["works"]:
        at = work["stage"]
        if work["type"] != "issue":
            continue
        for way in ways.get(at["stage"]["id"], ()):
            goal = one(state["stages"], way["target_stage"]["id"])
            if goal["state"]["id"] == at["state"]["id"]:
                found.append((work, goal))
                break
    return found


def _post(verb: str) -> tuple[str, str]:
    return "POST", f"/{verb}"


def _rows_of_works() -> list[Write]:
    rows: list[Write] = []
    for kind in ("issue", "ticket", "task", "opportunity"):
        member = f"devrev{kind.capitalize()}"
        made, changed = _create_work(kind), _update_work(kind)
        rows += [
            Write(
                mutation="createWork",
                member=member,
                call=_post("works.create"),
                ask=made,
                mark="title",
            ),
            Write(
                mutation="updateWork",
                member=member,
                call=_post("works.update"),
                ask=changed,
                mark="title",
            ),
        ]
    return rows


def _row(mutation: str, verb: str, ask: Callable[[State, int], Asked], mark: str = "name") -> Write:
    return Write(mutation=mutation, member="devrev", call=_post(verb), ask=ask, mark=mark)


DEVREV = [
    _row("createStage", "stages.custom.create", _create_stage),
    _row("updateStage", "stages.custom.update", _update_stage),
    _row("createWorkflow", "stage-diagrams.create", _create_workflow),
    _row("updateWorkflow", "stage-diagrams.update", _update_workflow),
    *_rows_of_works(),
    _row("deleteWork", "works.delete", _delete_work, "title"),
    _row("moveWork", "works.update", _move_work, "stage { sourceId }"),
]
