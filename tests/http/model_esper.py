"""A model of Esper's pipelines, their stages, and the target lists at these."""

from collections.abc import Sequence
from random import Random
from typing import Any

from schema.types.ids import Kind
from schema.types.source import Source
from tests.http.asking import Row, State, gid
from tests.http.walking import MISSING, NAMES, REFUSED, Look, Model, Step, Switches, pick, some

_ENDED = {"success", "failure", "cancelled", "timeout", "complete", "invalid"}
_LONG = "long " * 60
_TEXTS = (None, "", "One.", " Two, with blanks. ")
_STAGE = "id name description timeoutSeconds position"
_OWN = f"... on EsperStage {{ {_STAGE} }}"


class EsperModel(Model):
    """Pipelines by id: name, description, and ids of stages in order; stages by id."""

    positions = {
        "esper.put": ("replace", "merge"),
        "esper.null": ("clears", "refused"),
        "esper.texts": ("kept", "trimmed"),
        "esper.longest_name": ("255", "none"),
        "esper.created": ("200", "201"),
        "esper.deleted": ("told", "empty"),
        "esper.errors": ("envelope", "manage", "drf"),
        "esper.code": ("zero", "status", "nonzero"),
        "esper.business_errors": ("400", "401"),
        "esper.delete_running": ("refused", "done"),
        "esper.attach": ("idempotent", "refused"),
        "esper.detach": ("missing", "refused", "idempotent"),
        "esper.unknown_pipeline": ("missing", "empty"),
        "esper.unknown_stage": ("missing", "empty"),
        "esper.stage_paging": ("paged", "whole"),
        "esper.target_list_type": ("told", "untold"),
    }

    def __init__(self, state: State, switches: Switches) -> None:
        self.switches = switches
        self.gone: list[str] = []
        self.gone_stages: list[str] = []
        self.pipelines: dict[str, Row] = {}
        self.stages: dict[str, Row] = {}
        self.inside: dict[str, list[str]] = {}
        self.attached: dict[str, list[str]] = {}
        self.lists: dict[str, list[str]] = {}
        for one in state["pipelines"]:
            key = gid(Source.ESPER, Kind.PIPELINE, one["id"])
            self.pipelines[key] = {"name": one["name"], "description": one["description"]}
            self.inside[key], self.lists[key] = [], []
        at: dict[str, str] = {}
        for one in state["stages"]:
            key = gid(Source.ESPER, Kind.STAGE, one["id"], one["pipeline_id"])
            at[one["id"]] = key
            self.stages[key] = {
                "name": one["name"],
                "description": one["description"],
                "timeoutSeconds": one["timeout_seconds"],
            }
            self.inside[gid(Source.ESPER, Kind.PIPELINE, one["pipeline_id"])].append(key)
            self.attached[key] = []
        homes = {one["id"]: one["pipeline_id"] for one in state["target_lists"]}
        for id_, home in homes.items():
            its = gid(Source.ESPER, Kind.TARGET_LIST, id_, home)
            self.lists[gid(Source.ESPER, Kind.PIPELINE, home)].append(its)
        for pair in state["attachments"]:
            one, key = pair["target_list_id"], at[pair["stage_id"]]
            self.attached[key].append(gid(Source.ESPER, Kind.TARGET_LIST, one, homes[one]))
        self.running = {
            gid(Source.ESPER, Kind.PIPELINE, run["pipeline_id"])
            for run in state["runs"]
            if run["status"].lower() not in _ENDED
        }

    def step(self, chance: Random) -> Step | None:
        """Draw a write."""
        draws = [
            self._create_pipeline, self._update_pipeline, self._delete_pipeline,
            self._create_stage, self._create_stage, self._update_stage, self._update_stage,
            self._delete_stage, self._attach, self._detach,
        ]  # fmt: skip
        return pick(chance, draws)(chance)

    def _kept(self, given: Row) -> Row:
        """Return fields as Esper keeps them."""
        if self.switches["esper.texts"] == "kept":
            return given
        return {
            name: value.strip() if isinstance(value, str) else value
            for name, value in given.items()
        }

    def _is_too_long(self, given: Row) -> bool:
        name = self._kept(given).get("name") or ""
        return len(name) > 255 and self.switches["esper.longest_name"] == "255"

    def _refused(self, given: Row) -> bool:
        is_null = None in given.values() and self.switches["esper.null"] == "refused"
        return self._is_too_long(given) or is_null

    def _home(self, stage: str) -> str:
        return next(key for key, inside in self.inside.items() if stage in inside)

    def _shown(self, key: str) -> Row:
        place = self.inside[self._home(key)].index(key)
        return {"id": key, **self.stages[key], "position": place}

    def _create_pipeline(self, chance: Random) -> Step:
        new = {"name": pick(chance, (*NAMES, " Blanks ", _LONG))}
        new |= some(chance, {"description": pick(chance, _TEXTS)})

        def done(shown: Any) -> Any:
            key = shown["id"]
            self.pipelines[key] = {"description": None, **self._kept(new)}
            self.inside[key], self.lists[key] = [], []
            return {"id": key, **self.pipelines[key]}

        return Step(
            mutation="createPipeline",
            input={"pipeline": {"esper": new}},
            field="pipeline",
            shown="id name description",
            codes=REFUSED if self._is_too_long(new) else frozenset(),
            done=done,
        )

    def _update_pipeline(self, chance: Random) -> Step:
        key = pick(chance, [*self.pipelines, *self.gone[-1:]])
        patch: Row = {}
        while not patch:
            fields = {"name": pick(chance, (*NAMES, _LONG)), "description": pick(chance, _TEXTS)}
            patch = some(chance, fields)
        codes = MISSING
        if key in self.pipelines:
            codes = REFUSED if self._refused(patch) else frozenset()
        elif self._refused(patch):
            codes = MISSING | REFUSED

        def done(shown: Any) -> Any:
            self.pipelines[key] |= self._kept(patch)
            return {"id": key, **self.pipelines[key]}

        its = {name: value for name, value in patch.items() if name != "name"}
        return Step(
            mutation="updatePipeline",
            input={"id": key, **_own(patch, its)},
            field="pipeline",
            shown="id name description",
            codes=codes,
            done=done,
        )

    def _delete_pipeline(self, chance: Random) -> Step:
        key = pick(chance, [*self.pipelines, *self.gone[-1:]])
        is_kept = key in self.running and self.switches["esper.delete_running"] == "refused"

        def done(shown: Any) -> Any:
            for stage in self.inside.pop(key):
                self._drop(stage)
            del self.pipelines[key], self.lists[key]
            self.gone.append(key)
            return key

        return Step(
            mutation="deletePipeline",
            input={"id": key},
            field="deletedId",
            codes=MISSING if key in self.gone else REFUSED if is_kept else frozenset(),
            done=done,
        )

    def _create_stage(self, chance: Random) -> Step:
        home = pick(chance, [*self.pipelines, *self.gone[-1:]])
        new = {"name": pick(chance, (*NAMES, _LONG))} | some(
            chance,
            {"description": pick(chance, _TEXTS), "timeoutSeconds": pick(chance, (60, 2**31 - 1))},
        )
        codes = REFUSED if self._is_too_long(new) else frozenset[str]()
        if home in self.gone:
            codes = MISSING

        def done(shown: Any) -> Any:
            key = shown["id"]
            self.stages[key] = {"description": None, "timeoutSeconds": None, **self._kept(new)}
            self.inside[home].append(key)
            self.attached[key] = []
            return self._shown(key)

        return Step(
            mutation="createStage",
            input={"stage": {"esper": {"pipelineId": home, **new}}},
            field="stage",
            shown=_OWN,
            codes=codes,
            done=done,
        )

    def _update_stage(self, chance: Random) -> Step | None:
        key = pick(chance, [*self.stages, *self.gone_stages[-1:]])
        if key is None:
            return None
        patch: Row = {}
        while not patch:
            fields = {
                "name": pick(chance, (*NAMES, _LONG)),
                "description": pick(chance, _TEXTS),
                "timeoutSeconds": pick(chance, (60, 900)),
            }
            patch = some(chance, fields)
        codes = MISSING
        if key in self.stages:
            codes = REFUSED if self._refused(patch) else frozenset()

        def done(shown: Any) -> Any:
            self.stages[key] |= self._kept(patch)
            return self._shown(key)

        its = {name: value for name, value in patch.items() if name != "name"}
        return Step(
            mutation="updateStage",
            input={"id": key, **_own(patch, its)},
            field="stage",
            shown=_OWN,
            codes=codes,
            done=done,
        )

    def _delete_stage(self, chance: Random) -> Step | None:
        key = pick(chance, [*self.stages, *self.gone_stages[-1:]])
        if key is None:
            return None
        is_gone = key not in self.stages
        is_kept = self.switches["esper.delete_running"] == "refused" and not is_gone
        is_kept = is_kept and self._home(key) in self.running

        def done(shown: Any) -> Any:
            self.inside[self._home(key)].remove(key)
            self._drop(key)
            return key

        return Step(
            mutation="deleteStage",
            input={"id": key},
            field="deletedId",
            codes=MISSING if is_gone else REFUSED if is_kept else frozenset(),
            done=done,
        )

    def _drop(self, stage: str) -> None:
        del self.stages[stage], self.attached[stage]
        self.gone_stages.append(stage)

    def _pair(self, chance: Random) -> tuple[str, str] | None:
        """Draw a stage and a target list of its pipeline."""
        stages = [key for home, inside in self.inside.items() if self.lists[home] for key in inside]
        stage = pick(chance, stages)
        return stage and (stage, pick(chance, self.lists[self._home(stage)]))

    def _attach(self, chance: Random) -> Step | None:
        pair = self._pair(chance)
        if pair is None:
            return None
        stage, one = pair
        is_there = one in self.attached[stage]

        def done(shown: Any) -> Any:
            self.attached[stage] += [] if is_there else [one]
            return {"id": stage, "targetLists": [{"id": its} for its in self.attached[stage]]}

        is_refused = is_there and self.switches["esper.attach"] == "refused"
        return Step(
            mutation="attachTargetList",
            input={"stageId": stage, "targetListId": one},
            field="stage",
            shown="id targetLists { id }",
            codes=REFUSED if is_refused else frozenset(),
            done=done,
        )

    def _detach(self, chance: Random) -> Step | None:
        pair = self._pair(chance)
        if pair is None:
            return None
        stage, one = pair
        is_there = one in self.attached[stage]

        def done(shown: Any) -> Any:
            if is_there:
                self.attached[stage].remove(one)
            return {"id": stage, "targetLists": [{"id": its} for its in self.attached[stage]]}

        is_fine = is_there or self.switches["esper.detach"] == "idempotent"
        return Step(
            mutation="detachTargetList",
            input={"stageId": stage, "targetListId": one},
            field="stage",
            shown="id targetLists { id }",
            codes=frozenset() if is_fine else REFUSED | MISSING,
            done=done,
        )

    def looks(self, chance: Random) -> Sequence[Look]:
        """Return all pipelines with their stages, and what is at some stages."""
        rows: list[Row] = []
        for key, its in self.pipelines.items():
            nodes = [self._shown(stage) for stage in self.inside[key]]
            rows.append({"id": key, **its, "stages": {"totalCount": len(nodes), "nodes": nodes}})
        inside = f"stages(first: 100) {{ totalCount nodes {{ {_OWN} }} }}"
        its = "first: 200, filter: {sources: [ESPER]}"
        stages = chance.sample([*self.stages], min(4, len(self.stages)))
        gone = self.gone_stages[-1:]
        nodes = " ".join(
            f'n{n}: node(id: "{key}") {{ ... on EsperStage {{ id targetLists {{ id }} }} }}'
            for n, key in enumerate([*stages, *gone])
        )
        lists: list[Row | None] = [
            {"id": key, "targetLists": [{"id": one} for one in self.attached[key]]}
            for key in stages
        ]
        want = {f"n{n}": one for n, one in enumerate([*lists, *(None for _ in gone)])}
        all_of_them = f"stages({its}) {{ totalCount isComplete nodes {{ id name }} }}"
        names = [{"id": key, "name": one["name"]} for key, one in self.stages.items()]
        return [
            Look(
                query=f"{{ rows: pipelines({its}) {{ totalCount isComplete "
                f"nodes {{ id name description {inside} }} }} }}",
                want={"rows": {"totalCount": len(rows), "isComplete": True, "nodes": rows}},
            ),
            Look(
                query=f"{{ rows: {all_of_them} {nodes} }}",
                want={
                    "rows": {"totalCount": len(names), "isComplete": True, "nodes": names},
                    **want,
                },
            ),
        ]


def _own(patch: Row, its: Row) -> Row:
    """Return a patch with Esper's own fields in their block."""
    shared = {name: value for name, value in patch.items() if name not in its}
    return {**shared, **({"esper": its} if its else {})}
