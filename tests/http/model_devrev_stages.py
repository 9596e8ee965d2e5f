"""A model of DevRev's stages and stage diagrams."""

from collections.abc import Sequence
from random import Random
from typing import Any

from schema.types.ids import Kind
from schema.types.source import Source
from tests.http.asking import Row, State, gid
from tests.http.walking import (
    NAMES,
    REFUSED,
    Model,
    Step,
    Switches,
    pick,
    some,
)

STAGE = "... on DevRevStage { id name position state { id } }"
FLOW = """id name isDefault stages(first: 100) { totalCount nodes { id name position } }
  ... on DevRevWorkflow { leafType nodes { isStart stage { id name } nextStages { id } } }"""
KINDS = ("issue", "ticket", "task", "opportunity")

NONE: frozenset[str] = frozenset()


def _id(kind: Kind, don: str) -> str:
    return gid(Source.DEVREV, kind, don)


class DevRevStages(Model):
    """Stages, diagrams and works by id; a diagram's nodes in order, with where each leads to."""

    positions = {
        "devrev.delete": ("200", "204"),
        "devrev.answers": ("documented", "everything"),
        "devrev.update_type": ("optional", "required"),
        "devrev.stage_write": ("id", "name"),
        "devrev.stage_names": ("free", "unique"),
        "devrev.unknown_references": ("invalid_id", "not_found"),
        "devrev.display_ids": ("served", "refused"),
        "devrev.page_size": ("served", "clamped", "refused"),
        "devrev.sort_by": ("served", "ignored", "refused"),
    }

    def __init__(self, state: State, switches: Switches) -> None:
        self.switches = switches
        self.gone: list[str] = []
        self.states = [_id(Kind.STATE, one["id"]) for one in state["states"]]
        self.people = [_id(Kind.PERSON, one["id"]) for one in state["people"]]
        self.parts = [_id(Kind.PART, one["id"]) for one in state["parts"]]
        self.account = _id(Kind.ACCOUNT, state["accounts"][0]["id"])
        self.stages: dict[str, Row] = {
            _id(Kind.STAGE, one["id"]): {
                "name": one["name"],
                "position": one["ordinal"],
                "state": _id(Kind.STATE, one["state"]["id"]),
            }
            for one in state["stages"]
        }
        self.flows: dict[str, Row] = {
            _id(Kind.WORKFLOW, one["id"]): {
                "name": one["name"],
                "isDefault": one["is_default"],
                "leafType": one["leaf_type"],
                "nodes": [_node(node) for node in one["stages"]],
            }
            for one in state["workflows"]
        }
        self.works: dict[str, Row] = {
            _id(Kind.WORK, one["id"]): {
                "kind": one["type"],
                "title": one["title"],
                "body": one.get("body"),
                "owners": [_id(Kind.PERSON, its["id"]) for its in one["owned_by"]],
                "part": _id(Kind.PART, one["applies_to_part"]["id"]),
                "stage": _id(Kind.STAGE, one["stage"]["stage"]["id"]),
            }
            for one in state["works"]
        }
        self.touched = [*self.works][:3]

    def _taken(self, rows: dict[str, Row], name: str | None, own: str | None = None) -> bool:
        is_taken = any(one["name"] == name for key, one in rows.items() if key != own)
        return is_taken and self.switches["devrev.stage_names"] == "unique"

    def is_told(self, stage: str) -> bool:
        """Tell whether a stage can be told: where names alone are taken, by a name of its own."""
        names = [one["name"] for one in self.stages.values()]
        by_id = self.switches["devrev.stage_write"] == "id"
        return by_id or names.count(self.stages[stage]["name"]) == 1

    def shown_stage(self, key: str) -> Row:
        its = self.stages[key]
        return {"id": key, **its, "state": {"id": its["state"]}}

    def shown_flow(self, key: str) -> Row:
        its = self.flows[key]
        inside = [
            {"id": one["stage"], **self.stages[one["stage"]]} for one in its["nodes"]
        ]  # fmt: skip
        for one in inside:
            del one["state"]
        nodes = [
            {
                "isStart": one["isStart"],
                "stage": {"id": one["stage"], "name": self.stages[one["stage"]]["name"]},
                "nextStages": [{"id": to} for to in one["next"]],
            }
            for one in its["nodes"]
        ]
        stages = {"totalCount": len(inside), "nodes": inside}
        return {"id": key, **its, "stages": stages, "nodes": nodes}

    def create_stage(self, chance: Random) -> Step:
        new = {
            "name": pick(chance, NAMES),
            "position": chance.randrange(1000),
            "stateId": pick(chance, self.states),
        }

        def done(shown: Any) -> Any:
            key = shown["id"]
            assert key not in self.stages
            self.stages[key] = {
                "name": new["name"], "position": new["position"], "state": new["stateId"]
            }  # fmt: skip
            return self.shown_stage(key)

        return Step(
            mutation="createStage",
            input={"stage": {"devrev": new}},
            field="stage",
            shown=STAGE,
            codes=REFUSED if self._taken(self.stages, new["name"]) else NONE,
            done=done,
        )

    def update_stage(self, chance: Random) -> Step:
        key = pick(chance, [*self.stages])
        patch = some(chance, {"name": pick(chance, NAMES), "position": chance.randrange(1000)})
        state = pick(chance, self.states) if chance.random() < 0.3 or not patch else None

        def done(shown: Any) -> Any:
            self.stages[key] |= patch | ({"state": state} if state else {})
            return self.shown_stage(key)

        is_taken = "name" in patch and self._taken(self.stages, patch["name"], key)
        return Step(
            mutation="updateStage",
            input={"id": key, **patch, **({"devrev": {"stateId": state}} if state else {})},
            field="stage",
            shown=STAGE,
            codes=REFUSED if is_taken else NONE,
            done=done,
        )

    def _nodes(self, chance: Random) -> list[Row]:
        """Draw nodes of a diagram, the first of which is a start."""
        stages = chance.sample([*self.stages], chance.randrange(1, 5))
        return [
            {
                "stage": stage,
                "isStart": place == 0 or chance.random() < 0.2,
                "next": chance.sample(stages, chance.randrange(len(stages) + 1)),
            }
            for place, stage in enumerate(stages)
        ]

    def create_flow(self, chance: Random) -> Step:
        new = {
            "name": pick(chance, NAMES),
            "leafType": pick(chance, (*KINDS, "other")),
            "isDefault": chance.random() < 0.5,
        }
        nodes = self._nodes(chance)

        def done(shown: Any) -> Any:
            if new["isDefault"]:
                for one in self.flows.values():
                    one["isDefault"] = one["isDefault"] and one["leafType"] != new["leafType"]
            self.flows[shown["id"]] = {**new, "nodes": nodes}
            return self.shown_flow(shown["id"])

        return Step(
            mutation="createWorkflow",
            input={"workflow": {"devrev": {**new, "nodes": _given(nodes)}}},
            field="workflow",
            shown=FLOW,
            codes=REFUSED if self._taken(self.flows, new["name"]) else NONE,
            done=done,
        )

    def update_flow(self, chance: Random) -> Step:
        key = pick(chance, [*self.flows])
        name = {"name": pick(chance, NAMES)} if chance.random() < 0.6 else {}
        nodes = self._nodes(chance) if not name or chance.random() < 0.4 else None

        def done(shown: Any) -> Any:
            self.flows[key] |= name | ({"nodes": nodes} if nodes else {})
            return self.shown_flow(key)

        is_taken = bool(name) and self._taken(self.flows, name["name"], key)
        return Step(
            mutation="updateWorkflow",
            input={"id": key, **name, **({"devrev": {"nodes": _given(nodes)}} if nodes else {})},
            field="workflow",
            shown=FLOW,
            codes=REFUSED if is_taken else NONE,
            done=done,
        )


def _node(node: Row) -> Row:
    return {
        "stage": _id(Kind.STAGE, node["stage"]["id"]),
        "isStart": node["is_start"],
        "next": [_id(Kind.STAGE, one["target_stage"]["id"]) for one in node["transitions"]],
    }


def _given(nodes: Sequence[Row]) -> list[Row]:
    return [
        {"stageId": one["stage"], "isStart": one["isStart"], "nextStageIds": one["next"]}
        for one in nodes
    ]
