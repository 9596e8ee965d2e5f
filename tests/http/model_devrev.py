"""A model of DevRev's works, beside that of their stages and diagrams."""

from collections.abc import Sequence
from random import Random
from typing import Any

from tests.http.asking import Row
from tests.http.model_devrev_stages import FLOW, KINDS, NONE, STAGE, DevRevStages
from tests.http.walking import MISSING, NAMES, REFUSED, Look, Step, pick, some, text

WORK = "__typename id title body owners { id } stage { id name } ... on DevRevWork { part { id } }"


class DevRevModel(DevRevStages):
    """Works are made, changed, moved and deleted."""

    def step(self, chance: Random) -> Step | None:
        """Draw a write."""
        draws = [
            self.create_stage, self.update_stage, self.update_stage, self.create_flow,
            self.update_flow, self._create_work, self._create_work, self._update_work,
            self._update_work, self._move, self._move, self._delete_work,
        ]  # fmt: skip
        return pick(chance, draws)(chance)

    def _shown_work(self, key: str) -> Row | None:
        its = self.works.get(key)
        return its and {
            "__typename": f"DevRev{its['kind'].capitalize()}",
            "id": key,
            "title": its["title"],
            "body": its["body"],
            "owners": [{"id": one} for one in its["owners"]],
            "stage": {"id": its["stage"], "name": self.stages[its["stage"]]["name"]},
            "part": {"id": its["part"]},
        }

    def _diagram(self, kind: str) -> list[Row]:
        """Return the nodes that works of a type go through; tasks go through those of issues."""
        found = {one["leafType"]: one["nodes"] for one in self.flows.values() if one["isDefault"]}
        return found.get(kind) or (found["issue"] if kind == "task" else [])

    def _create_work(self, chance: Random) -> Step:
        kind = pick(chance, KINDS)
        starts = [one["stage"] for one in self._diagram(kind) if one["isStart"]]
        new: Row = {
            "title": pick(chance, NAMES),
            "partId": pick(chance, self.parts),
            "ownerIds": chance.sample(self.people, chance.randrange(1, 3)),
            **some(chance, {"body": "Much to say."}),
        }
        stage = pick(chance, [*starts, *self.stages]) if chance.random() < 0.5 else None
        codes = NONE if stage is None or stage in starts else REFUSED
        if stage and not self.is_told(stage):
            codes = REFUSED

        def done(shown: Any) -> Any:
            key = shown["id"]
            assert key not in self.works
            self.works[key] = {
                "kind": kind,
                "title": new["title"],
                "body": new.get("body"),
                "owners": new["ownerIds"],
                "part": new["partId"],
                "stage": stage or starts[0],
            }
            self.touched.append(key)
            return self._shown_work(key)

        more = {"accountId": self.account} if kind == "opportunity" else {}
        at = {"stageId": stage} if stage else {}
        return Step(
            mutation="createWork",
            input={"work": {f"devrev{kind.capitalize()}": {**new, **more, **at}}},
            field="work",
            shown=WORK,
            codes=codes,
            done=done,
        )

    def _work(self, chance: Random) -> str:
        old = pick(chance, [*self.works])
        return pick(chance, [*self.touched[-6:], old])

    def _update_work(self, chance: Random) -> Step:
        key = self._work(chance)
        its = self.works.get(key)
        patch: Row = {}
        while not patch:
            patch = some(
                chance,
                {
                    "title": pick(chance, NAMES),
                    "body": "Said anew.",
                    "ownerIds": chance.sample(self.people, chance.randrange(1, 3)),
                },
            )
        part = {"partId": pick(chance, self.parts)} if its and chance.random() < 0.3 else {}

        def done(shown: Any) -> Any:
            names = {"ownerIds": "owners", "partId": "part"}
            given = {names.get(name, name): value for name, value in (patch | part).items()}
            self.works[key] |= given
            self.touched.append(key)
            return self._shown_work(key)

        block = {f"devrev{its['kind'].capitalize()}": part} if its and part else {}
        return Step(
            mutation="updateWork",
            input={"id": key, **patch, **block},
            field="work",
            shown=WORK,
            codes=NONE if key in self.works else MISSING,
            done=done,
        )

    def _move(self, chance: Random) -> Step:
        key, is_free = self._work(chance), chance.random() < 0.3
        its = self.works.get(key)
        ways = _ways(self._diagram(its["kind"]), its["stage"]) if its else []
        stage = pick(chance, [*ways, *ways, *self.stages])
        codes = MISSING
        if its:
            can = is_free or stage in ways or stage == its["stage"]
            codes = NONE if can and self.is_told(stage) else REFUSED
        elif not self.is_told(stage):
            codes = MISSING | REFUSED

        def done(shown: Any) -> Any:
            self.works[key]["stage"] = stage
            self.touched.append(key)
            return self._shown_work(key)

        return Step(
            mutation="moveWork",
            input={"id": key, "stageId": stage, "allowInvalidTransition": is_free},
            field="work",
            shown=WORK,
            codes=codes,
            done=done,
        )

    def _delete_work(self, chance: Random) -> Step:
        key = self._work(chance)

        def done(shown: Any) -> Any:
            del self.works[key]
            self.touched.append(key)
            return key

        return Step(
            mutation="deleteWork",
            input={"id": key},
            field="deletedId",
            codes=NONE if key in self.works else MISSING,
            done=done,
        )

    def looks(self, chance: Random) -> Sequence[Look]:
        """Return stages and diagrams whole, how many works there are, and some of them."""
        its = "first: 200, filter: {sources: [DEVREV]}"
        stages = [self.shown_stage(key) for key in self.stages]
        flows = [self.shown_flow(key) for key in self.flows]
        ids = list(dict.fromkeys([*self.touched[-3:], self._work(chance)]))
        stage = pick(chance, [*self.stages])
        at_it = [key for key, one in self.works.items() if one["stage"] == stage]
        whole = f"totalCount isComplete nodes {{ {STAGE} }}"
        works = "works(first: 1, filter: {sources: [DEVREV]}) { totalCount }"
        at = f"works(first: 200, filter: {{stageIds: {text([stage])}}}) {{ nodes {{ id }} }}"
        return [
            Look(
                query=f"{{ all: stages({its}) {{ {whole} }} "
                f"rows: workflows({its}) {{ totalCount nodes {{ {FLOW} }} }} }}",
                want={
                    "all": {"totalCount": len(stages), "isComplete": True, "nodes": stages},
                    "rows": {"totalCount": len(flows), "nodes": flows},
                },
            ),
            Look(
                query=f"{{ nodes(ids: {text(ids)}) {{ ... on Work {{ {WORK} }} }} "
                f"count: {works} at: {at} }}",
                want={
                    "nodes": [self._shown_work(key) for key in ids],
                    "count": {"totalCount": len(self.works)},
                    "at": {"nodes": [{"id": key} for key in at_it]},
                },
            ),
        ]


def _ways(nodes: Sequence[Row], stage: str) -> list[str]:
    return [to for one in nodes if one["stage"] == stage for to in one["next"]]
