"""A model of Outreach's stages."""

from collections.abc import Sequence
from random import Random
from typing import Any

from schema.types.ids import Kind
from schema.types.source import Source
from tests.http.asking import Row, State, gid
from tests.http.walking import (
    FORBIDDEN,
    MISSING,
    NAMES,
    REFUSED,
    Look,
    Model,
    Step,
    Switches,
    pick,
    some,
)

_SHOWN = "id name color position"
_COLORS = ("#101010", "#202020", "red", None)


class OutreachModel(Model):
    """Stages by id: name, color, position."""

    positions = {
        "outreach.stage_name": ("required", "optional"),
        "outreach.stage_names": ("free", "unique", "taken"),
        "outreach.delete_in_use": ("refused", "cleared"),
        "outreach.ids": ("integer", "string"),
        "outreach.nulls": ("first", "last"),
        "outreach.sparse_fields": ("members", "attributes", "bare"),
        "outreach.scopes": ("all", "all", "all", "read"),
    }

    def __init__(self, state: State, switches: Switches) -> None:
        self.switches = switches
        self.gone: list[str] = []
        self.mine: set[str] = set()
        self.stages: dict[str, Row] = {}
        self.number: dict[str, int] = {}
        for one in state["stages"]:
            its, key = one["attributes"], gid(Source.OUTREACH, Kind.STAGE, one["id"])
            self.number[key] = int(one["id"])
            self.stages[key] = {
                "name": its["name"], "color": its["color"], "position": its["order"]
            }  # fmt: skip
        held = (one["relationships"]["stage"]["data"] for one in state["prospects"])
        self.used = {gid(Source.OUTREACH, Kind.STAGE, one["id"]) for one in held if one}

    def step(self, chance: Random) -> Step:
        """Draw a write."""
        return pick(chance, [self._create, self._update, self._update, self._delete])(chance)

    def _codes(self, key: str | None, given: Row) -> frozenset[str]:
        if self.switches["outreach.scopes"] == "read":
            return FORBIDDEN
        if key in self.gone:
            return MISSING
        is_null = "name" in given and given["name"] is None
        if is_null and self.switches["outreach.stage_name"] == "required":
            return REFUSED
        others = [one["name"] for other, one in self.stages.items() if other != key]
        is_taken = given.get("name") is not None and given["name"] in others
        if is_taken and self.switches["outreach.stage_names"] != "free":
            return REFUSED
        return frozenset()

    def _create(self, chance: Random) -> Step:
        new = {"name": pick(chance, NAMES)} | some(
            chance, {"color": pick(chance, _COLORS), "position": chance.randrange(-3, 9)}
        )

        def done(shown: Any) -> Any:
            key = shown["id"]
            assert key not in self.stages
            self.stages[key] = {"name": None, "color": None, "position": None, **new}
            self.mine.add(key)
            return {"id": key, **self.stages[key]}

        return Step(
            mutation="createStage",
            input={"stage": {"outreach": new}},
            field="stage",
            shown=_SHOWN,
            codes=self._codes(None, new),
            done=done,
        )

    def _update(self, chance: Random) -> Step:
        key = pick(chance, [*self.stages, *self.gone[-1:]])
        patch: Row = {}
        while not patch:
            patch = some(
                chance,
                {
                    "name": pick(chance, (*NAMES, None)),
                    "color": pick(chance, _COLORS),
                    "position": pick(chance, (None, 0, 7, 2**31 - 1)),
                },
            )

        def done(shown: Any) -> Any:
            self.stages[key] |= patch
            return {"id": key, **self.stages[key]}

        return Step(
            mutation="updateStage",
            input={"id": key, **patch},
            field="stage",
            shown=_SHOWN,
            codes=self._codes(key, patch),
            done=done,
        )

    def _delete(self, chance: Random) -> Step:
        key = pick(chance, [*self.stages, *self.gone[-1:]])
        codes = self._codes(key, {})
        # Whoever is asked may delete their own and, of the others, those that are told.
        if not codes and key not in self.mine and self.number[key] % 5 == 0:
            codes = FORBIDDEN
        if not codes and key in self.used and self.switches["outreach.delete_in_use"] == "refused":
            codes = REFUSED

        def done(shown: Any) -> Any:
            del self.stages[key]
            self.gone.append(key)
            return key

        return Step(
            mutation="deleteStage", input={"id": key}, field="deletedId", codes=codes, done=done
        )

    def looks(self, chance: Random) -> Sequence[Look]:
        """Return the list by position, and one stage by id."""
        rows = [{"id": key, **its} for key, its in self.stages.items()]
        filled = sorted(one["position"] for one in rows if one["position"] is not None)
        order = [*filled, *(None for one in rows if one["position"] is None)]
        key = pick(chance, [*self.stages, *self.gone[-1:]])
        one = {"id": key, **self.stages[key]} if key in self.stages else None
        head = "stages(first: 200, filter: {sources: [OUTREACH]}, orderBy: {field: POSITION})"
        return [
            Look(
                query=f"{{ rows: {head} {{ totalCount isComplete nodes {{ {_SHOWN} }} }} "
                f"order: {head} {{ nodes {{ position }} }} }}",
                want={
                    "rows": {"totalCount": len(rows), "isComplete": True, "nodes": rows},
                    "order": {"nodes": [{"position": place} for place in order]},
                },
            ),
            Look(
                query=f'{{ node(id: "{key}") {{ ... on Stage {{ {_SHOWN} }} }} }}',
                want={"node": one},
            ),
        ]
