"""A model of Storyblok's stages, in two spaces."""

from collections.abc import Sequence
from random import Random
from typing import Any

from schema.types.ids import Kind
from schema.types.source import Source
from tests.http.asking import Row, State, gid
from tests.http.walking import (
    MISSING,
    NAMES,
    REFUSED,
    Model,
    Step,
    Switches,
    pick,
    some,
)

COLORS = ("#010101", "#020202", "#030303", "#040404", "#050505", "teal", "#8e4ec6", "#ffb020")
TYPES = (["article"], ["news", "page"], ["a", "b", "c"], ["recipe"])
_FLAGS = {
    "isDefault": "is_default",
    "allowPublish": "allow_publish",
    "allowAllStages": "allow_all_stages",
    "allowEditorChange": "allow_editor_change",
    "storyEditingLocked": "story_editing_locked",
}
NEW = {
    "isDefault": False,
    "allowPublish": False,
    "allowAllStages": False,
    "allowEditorChange": True,
    "storyEditingLocked": False,
}
STAGE = f"... on StoryblokStage {{ id name color position {' '.join(_FLAGS)} process {{ id }} "
STAGE += "nextStages { id } afterPublish { id } }"
FLOW = "id name isDefault ... on StoryblokWorkflow { contentTypes } "
FLOW += "stages(first: 100) { totalCount nodes { id name position } }"

Flow = Row
NONE: frozenset[str] = frozenset()


class StoryblokStages(Model):
    """Workflows by id: name, content types, default flag, ids of stages; stages by id."""

    positions = {
        "storyblok.by_ids": ("whole", "capped"),
        "storyblok.include_stages": ("served", "ignored"),
        "storyblok.not_found": ("array", "object"),
        "storyblok.paging": ("whole", "paged"),
        "storyblok.readback": ("needed", "sent"),
        "storyblok.required": ("name_and_color", "nothing"),
        "storyblok.next_stages": ("space", "workflow"),
        "storyblok.default_stage": ("passed_on", "lost"),
        "storyblok.stage_in_use": ("cleared", "refused"),
        "storyblok.default_workflow": ("deleted", "refused"),
        "storyblok.bare_workflow": ("empty", "with_stages"),
        "storyblok.created_stages": ("sent", "left_out"),
    }

    def __init__(self, state: State, switches: Switches) -> None:
        self.switches = switches
        self.flows: dict[str, Flow] = {}
        self.stages: dict[str, Row] = {}
        self.space: dict[str, str] = {}
        self.used: set[str] = set()
        self.gone: list[str] = []
        self.gone_stages: list[str] = []
        spaces = {
            one["id"]: space for space, rows in state["stages_by_space"].items() for one in rows
        }
        homes = {one["workflow_id"]: spaces[one["id"]] for one in state["stages"]}
        for one in state["workflows"]:
            key = gid(Source.STORYBLOK, Kind.WORKFLOW, one["id"], homes[one["id"]])
            self.space[key] = homes[one["id"]]
            self.flows[key] = {
                "name": one["name"],
                "isDefault": one["is_default"],
                "contentTypes": one["content_types"],
                "inside": [],
            }

        def named(number: int) -> str:
            return gid(Source.STORYBLOK, Kind.STAGE, number, spaces[number])

        for one in state["stages"]:
            key, after = named(one["id"]), one["after_publish_id"]
            home = gid(Source.STORYBLOK, Kind.WORKFLOW, one["workflow_id"], spaces[one["id"]])
            self.flows[home]["inside"].append(key)
            self.stages[key] = {
                "name": one["name"],
                "color": one["color"],
                "position": one["position"],
                **{name: one[theirs] for name, theirs in _FLAGS.items()},
                "next": [named(number) for number in one["workflow_stage_ids"]],
                "after": named(after) if after else None,
                "home": home,
            }
        self.used = {
            named(one["stage"]["workflow_stage_id"]) for one in state["stories"] if one["stage"]
        }

    def siblings(self, home: str, own: str | None = None) -> list[Row]:
        return [self.stages[key] for key in self.flows[home]["inside"] if key != own]

    def _taken(self, home: str, given: Row, own: str | None = None) -> bool:
        """Tell whether a name or a colour is that of another stage of the workflow."""
        return any(
            given.get(name) is not None and one[name] == given[name]
            for name in ("name", "color")
            for one in self.siblings(home, own)
        )

    def _is_far(self, home: str, given: Row, own: str | None = None) -> bool:
        """Tell whether stages are named that may not be: those of other workflows, or gone."""
        told = [*(given.get("nextStageIds") or ()), given.get("afterPublishId")]
        # What a stage names already it may go on naming among the next ones.
        known = set(self.stages[own]["next"]) if own else set[str]()
        near = set(self.flows[home]["inside"])
        if self.switches["storyblok.next_stages"] == "space":
            near = {key for key, one in self.stages.items() if self._is_in(one, home)}
        if told[-1] is not None and told[-1] not in near:
            return True
        return any(one not in near | known for one in told[:-1])

    def _is_in(self, stage: Row, home: str) -> bool:
        return self.space[stage["home"]] == self.space[home]

    def _fields(self, chance: Random, home: str) -> Row:
        """Draw what both new stages and patches may have."""
        space = self.space[home]
        near = [key for key, one in self.stages.items() if self.space[one["home"]] == space]
        own = self.flows[home]["inside"] or near
        return some(
            chance,
            {
                **{name: chance.random() < 0.5 for name in _FLAGS},
                "nextStageIds": chance.sample(own, min(2, len(own)))
                + chance.sample(near, chance.random() < 0.3),
                "afterPublishId": pick(chance, own),
            },
            0.25,
        )

    def _set(self, stage: Row, given: Row) -> None:
        names = {"nextStageIds": "next", "afterPublishId": "after"}
        for name, value in given.items():
            stage[names.get(name, name)] = (
                list(dict.fromkeys(value)) if isinstance(value, list) else value
            )

    def shown(self, key: str) -> Row:
        its = self.stages[key]
        plain = {name: its[name] for name in ("name", "color", "position", *_FLAGS)}
        after = its["after"] and {"id": its["after"]}
        return {
            "id": key,
            **plain,
            "process": {"id": its["home"]},
            "nextStages": [{"id": one} for one in its["next"]],
            "afterPublish": after,
        }

    def shown_flow(self, key: str) -> Row:
        its = self.flows[key]
        nodes = [
            {"id": one, "name": self.stages[one]["name"], "position": self.stages[one]["position"]}
            for one in its["inside"]
        ]
        return {
            "id": key,
            "name": its["name"],
            "isDefault": its["isDefault"],
            "contentTypes": its["contentTypes"],
            "stages": {"totalCount": len(nodes), "nodes": nodes},
        }

    def create_stage(self, chance: Random) -> Step | None:
        home = pick(chance, [*self.flows, *self.gone[-1:]])
        if home in self.gone:
            new = {"name": "Lost", "color": "#000000"}
            codes = REFUSED | MISSING
        else:
            new = {"name": pick(chance, NAMES), "color": pick(chance, COLORS)}
            new |= self._fields(chance, home) | some(chance, {"position": chance.randrange(1, 9)})
            wrong = self._taken(home, new) or self._is_far(home, new)
            codes = REFUSED if wrong else NONE
            if new.get("nextStageIds") == []:
                del new["nextStageIds"]

        def done(shown: Any) -> Any:
            key, siblings = shown["id"], self.siblings(home)
            assert key not in self.stages
            last = max((one["position"] for one in siblings), default=0)
            stage = {**NEW, "position": last + 1, "next": [], "after": None, "home": home}
            self._set(stage, {name: value for name, value in new.items() if value is not None})
            self.seat(stage, siblings)
            self.stages[key] = stage
            self.flows[home]["inside"].append(key)
            return self.shown(key)

        return Step(
            mutation="createStage",
            input={"stage": {"storyblok": {"workflowId": home, **new}}},
            field="stage",
            shown=STAGE,
            codes=codes,
            done=done,
        )

    def seat(self, stage: Row, siblings: Sequence[Row]) -> None:
        """Let there be one default stage: the new one if it is to be, or if it is alone."""
        if stage["isDefault"]:
            for one in siblings:
                one["isDefault"] = False
        elif not siblings:
            stage["isDefault"] = True

    def update_stage(self, chance: Random) -> Step:
        key = pick(chance, [*self.stages, *self.gone_stages[-1:]])
        home = self.stages[key]["home"] if key in self.stages else next(iter(self.flows))
        own = self._fields(chance, home)
        shared = {
            "name": pick(chance, NAMES),
            "color": pick(chance, COLORS),
            "position": chance.randrange(1, 9),
        }
        patch = some(chance, shared) or {"name": shared["name"]}
        does_swap = "position" in patch and chance.random() < 0.5
        codes = NONE
        if key not in self.stages:
            codes, own = MISSING, {}
        elif self._taken(home, patch, key) or self._is_far(home, own, key):
            codes = REFUSED

        def done(shown: Any) -> Any:
            stage, others = self.stages[key], self.siblings(home, key)
            for one in others if does_swap else ():
                if one["position"] == patch["position"]:
                    one["position"] = stage["position"]
            self._set(stage, patch | own)
            if stage["isDefault"]:
                for one in others:
                    one["isDefault"] = False
            return self.shown(key)

        block = {**own, **({"swapPosition": True} if does_swap else {})}
        return Step(
            mutation="updateStage",
            input={"id": key, **patch, **({"storyblok": block} if block else {})},
            field="stage",
            shown=STAGE,
            codes=codes,
            done=done,
        )

    def delete_stage(self, chance: Random) -> Step:
        key = pick(chance, [*self.stages, *self.gone_stages[-1:]])
        codes = NONE
        if key not in self.stages:
            codes = MISSING
        elif not self.siblings(self.stages[key]["home"], key) or self.is_held([key]):
            codes = REFUSED

        def done(shown: Any) -> Any:
            stage = self.stages[key]
            left = self.siblings(stage["home"], key)
            self.drop([key])
            if stage["isDefault"] and self.switches["storyblok.default_stage"] == "passed_on":
                min(left, key=lambda one: one["position"])["isDefault"] = True
            return key

        return Step(
            mutation="deleteStage", input={"id": key}, field="deletedId", codes=codes, done=done
        )

    def is_held(self, stages: Sequence[str]) -> bool:
        is_refused = self.switches["storyblok.stage_in_use"] == "refused"
        return is_refused and not self.used.isdisjoint(stages)

    def drop(self, keys: Sequence[str]) -> None:
        """Take stages away, and out of what names them."""
        for key in keys:
            self.flows[self.stages.pop(key)["home"]]["inside"].remove(key)
            self.gone_stages.append(key)
        for one in self.stages.values():
            one["next"] = [its for its in one["next"] if its not in keys]
            one["after"] = None if one["after"] in keys else one["after"]
