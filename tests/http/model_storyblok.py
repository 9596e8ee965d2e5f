"""A model of Storyblok's workflows, beside that of their stages."""

from collections.abc import Callable, Mapping, Sequence
from random import Random
from typing import Any

from tests.http.asking import Row
from tests.http.model_storyblok_stages import COLORS, FLOW, NEW, NONE, STAGE, TYPES, StoryblokStages
from tests.http.walking import MISSING, NAMES, REFUSED, Look, Step, pick, some


class StoryblokModel(StoryblokStages):
    """Workflows are made, changed, deleted and copied with their stages."""

    def step(self, chance: Random) -> Step | None:
        """Draw a write."""
        draws: Sequence[Callable[[Random], Step | None]] = [
            self.create_stage, self.create_stage, self.update_stage, self.update_stage,
            self.update_stage, self.delete_stage, self._create_flow, self._update_flow,
            self._reorder, self._delete_flow, self._duplicate,
        ]  # fmt: skip
        return pick(chance, draws)(chance)

    def _create_flow(self, chance: Random) -> Step:
        space = pick(chance, ["1001", "1002"])
        new = {"name": pick(chance, NAMES), "contentTypes": pick(chance, TYPES)}
        many = chance.randrange(4)
        names, colors = chance.sample(NAMES, many), chance.sample(COLORS, many)
        stages = [
            {"name": name, "color": color} | some(chance, {"isDefault": True, "position": 4}, 0.3)
            for name, color in zip(names, colors, strict=True)
        ]

        def done(shown: Any) -> Any:
            return self._take(shown, space, new, stages or self._first())

        return Step(
            mutation="createWorkflow",
            input={
                "workflow": {
                    "storyblok": {
                        "spaceSourceId": space,
                        **new,
                        **({"stages": stages} if stages else {}),
                    }
                }
            },
            field="workflow",
            shown=FLOW,
            codes=REFUSED if sum("isDefault" in one for one in stages) > 1 else NONE,
            done=done,
        )

    def _first(self) -> list[Row]:
        """Return the stages that a workflow without any is given."""
        if self.switches["storyblok.bare_workflow"] == "empty":
            return []
        named = (("Drafting", "#5951ff"), ("Reviewing", "#ffb020"), ("Ready", "#00b67a"))
        return [{"name": name, "color": color} for name, color in named]

    def _take(self, shown: Any, space: str, new: Row, stages: Sequence[Row]) -> Row:
        """Take a new workflow, whose stages are told apart by their names."""
        key = shown["id"]
        self.space[key] = space
        self.flows[key] = {**new, "isDefault": False, "inside": []}
        ids = {one["name"]: one["id"] for one in shown["stages"]["nodes"]}
        for one in stages:
            siblings = self.siblings(key)
            last = max((other["position"] for other in siblings), default=0)
            stage = {**NEW, "position": last + 1, "next": [], "after": None, "home": key, **one}
            self.seat(stage, siblings)
            id_ = ids.get(one["name"], "missing")
            self.stages[id_] = stage
            self.flows[key]["inside"].append(id_)
        return self.shown_flow(key)

    def _update_flow(self, chance: Random) -> Step:
        key = pick(chance, [*self.flows, *self.gone[-1:]])
        patch = some(chance, {"name": pick(chance, NAMES), "contentTypes": pick(chance, TYPES)})
        patch = patch or {"name": "Renamed"}
        its = {name: value for name, value in patch.items() if name == "contentTypes"}
        shared = {name: value for name, value in patch.items() if name == "name"}

        def done(shown: Any) -> Any:
            self.flows[key] |= patch
            return self.shown_flow(key)

        return Step(
            mutation="updateWorkflow",
            input={"id": key, **shared, **({"storyblok": its} if its else {})},
            field="workflow",
            shown=FLOW,
            codes=MISSING if key in self.gone else NONE,
            done=done,
        )

    def _reorder(self, chance: Random) -> Step | None:
        key = pick(chance, [one for one, its in self.flows.items() if its["inside"]])
        order = chance.sample(self.flows[key]["inside"], len(self.flows[key]["inside"]))
        is_short = chance.random() < 0.1

        def done(shown: Any) -> Any:
            for place, one in enumerate(order, start=1):
                self.stages[one]["position"] = place
            return self.shown_flow(key)

        return Step(
            mutation="updateWorkflow",
            input={"id": key, "stageOrder": order[1:] if is_short else order},
            field="workflow",
            shown=FLOW,
            codes=REFUSED if is_short else NONE,
            done=done,
        )

    def _delete_flow(self, chance: Random) -> Step | None:
        """Delete a workflow; a space without a default one would be given a new one by a read."""
        key = pick(chance, [*self.flows, *self.gone[-1:]])
        its: Mapping[str, Any] = self.flows.get(key, {})
        is_kept = its.get("isDefault")
        if is_kept and self.switches["storyblok.default_workflow"] == "deleted":
            return None
        codes = REFUSED if is_kept or self.is_held(its.get("inside", ())) else NONE

        def done(shown: Any) -> Any:
            self.drop(list(its["inside"]))
            del self.flows[key]
            self.gone.append(key)
            return key

        return Step(
            mutation="deleteWorkflow",
            input={"id": key},
            field="deletedId",
            codes=MISSING if key in self.gone else codes,
            done=done,
        )

    def _duplicate(self, chance: Random) -> Step:
        key = pick(chance, [*self.flows, *self.gone[-1:]])
        new = {"name": pick(chance, NAMES), "contentTypes": pick(chance, TYPES)}
        its = self.flows.get(key)
        codes = MISSING if its is None else NONE
        if its is not None:
            is_like = set(its["contentTypes"]) == set(new["contentTypes"])
            codes = REFUSED if its["name"] == new["name"] or is_like else NONE

        def done(shown: Any) -> Any:
            assert its is not None
            ids = {one["name"]: one["id"] for one in shown["stages"]["nodes"]}
            copies = {one: ids.get(self.stages[one]["name"], "missing") for one in its["inside"]}
            home = shown["id"]
            self.space[home] = self.space[key]
            self.flows[home] = {**new, "isDefault": False, "inside": [*copies.values()]}
            for one, copy in copies.items():
                old = self.stages[one]
                self.stages[copy] = {
                    **old,
                    "home": home,
                    "next": [copies.get(other, other) for other in old["next"]],
                    "after": copies.get(old["after"], old["after"]),
                }
            return self.shown_flow(home)

        return Step(
            mutation="duplicateWorkflow",
            input={"id": key, **new},
            field="workflow",
            shown=FLOW,
            codes=codes,
            done=done,
        )

    def looks(self, chance: Random) -> Sequence[Look]:
        """Return all workflows, all stages, and some of either by id."""
        its, whole = "first: 200, filter: {sources: [STORYBLOK]}", "totalCount isComplete"
        flows = [self.shown_flow(key) for key in self.flows]
        stages = [self.shown(key) for key in self.stages]
        looks = [
            Look(
                query=f"{{ rows: workflows({its}) {{ {whole} nodes {{ {FLOW} }} }} }}",
                want={"rows": {"totalCount": len(flows), "isComplete": True, "nodes": flows}},
            ),
            Look(
                query=f"{{ rows: stages({its}) {{ {whole} nodes {{ {STAGE} }} }} }}",
                want={"rows": {"totalCount": len(stages), "isComplete": True, "nodes": stages}},
            ),
        ]
        key, flow = (
            pick(chance, [*self.stages, *self.gone_stages[-1:]]),
            pick(chance, [*self.flows]),
        )
        at_it = f'stages(filter: {{processIds: ["{flow}"]}}) {{ totalCount }}'
        found = self.shown(key) if key in self.stages else None
        looks.append(
            Look(
                query=f'{{ node(id: "{key}") {{ {STAGE} }} rows: {at_it} }}',
                want={"node": found, "rows": {"totalCount": len(self.flows[flow]["inside"])}},
            )
        )
        return looks
