"""What the tests of the sandbox's writes send, and how they look at what became of it."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import pytest

from gateway.sources.devrev.tests.plain import Api
from tests.fixtures import Sandbox

Row = dict[str, Any]

ENUM = "invalid_enum_value"
MISSING = "missing_required_field"
FRAGMENT = "don:core:dvrv-us-1:devo/0:custom_type_fragment/7"
"""A schema fragment that no work of the seed has."""

KNOWN: Mapping[str, str] = {
    "issue": "ISS-7",
    "opportunity": "OPP-14",
    "task": "TASK-35",
    "ticket": "TKT-21",
}
"""A work of each type that has a subtype and every field that an update can clear."""


class Told(NamedTuple):
    """Under which name an answer has an object, and where the sandbox's state has it."""

    name: str
    table: str


TOLD: Mapping[str, Told] = {
    "parts": Told("part", "parts"),
    "stage-diagrams": Told("stage_diagram", "workflows"),
    "stages.custom": Told("custom_stage", "stages"),
    "states.custom": Told("custom_state", "states"),
    "tags": Told("tag", "tags"),
    "webhooks": Told("webhook", "webhooks"),
    "works": Told("work", "works"),
}
"""By what the routes of a type of object begin with."""


class Writer:
    """The sandbox, written to over HTTP; every write must be all that its answer says it is."""

    def __init__(self, api: Api, sandbox: Sandbox) -> None:
        self.api = api
        self.sandbox = sandbox

    def create(self, family: str, **body: Any) -> Row:
        """Create an object, and return it as it is answered and, alike, kept."""
        row, before, after = self._written(family, "create", 201, body)
        assert after == [*before, row["id"]]
        return row

    def update(self, family: str, **body: Any) -> Row:
        """Update an object, and return it as it is answered and, alike, kept."""
        row, before, after = self._written(family, "update", 200, body)
        assert body["id"] in {row["id"], row["display_id"]}
        assert after == before
        return row

    def refused(self, route: str, **body: Any) -> Row:
        """Expect a refusal that changes nothing; return it without its message."""
        before, applied = self.sandbox.state_text("devrev"), self.applied(route)
        refusal = self.api.refusal(self.api.post(route, **body))
        assert self.sandbox.state_text("devrev") == before
        assert self.applied(route) == applied
        return refusal

    def state(self, table: str, don: str) -> Row:
        """Return an object as a get would answer it."""
        return self._rows(table)[don]

    def untold(self, don: str) -> Row:
        """Return the fields of an object that no get answers."""
        rows = [one for one in self.sandbox.state("devrev")["untold"] if one["id"] == don]
        assert len(rows) <= 1
        return {name: one for row in rows for name, one in row.items() if name != "id"}

    def applied(self, route: str) -> int:
        """Return how many requests of a route have changed anything."""
        rows = self.sandbox.requests("devrev")
        return sum(one["applied"] for one in rows if one["route"] == f"/{route}")

    def _written(
        self, family: str, verb: str, status: int, body: Row
    ) -> tuple[Row, list[str], list[str]]:
        """Write, and return what is answered with the ids of its table before and after."""
        route, told = f"{family}.{verb}", TOLD[family]
        before, applied = self._rows(told.table), self.applied(route)
        response = self.api.post(route, **body)
        assert response.status_code == status, response.text
        assert [*response.json()] == [told.name]
        assert self.applied(route) == applied + 1
        row, after = response.json()[told.name], self._rows(told.table)
        assert row == after[row["id"]]
        return row, [*before], [*after]

    def _rows(self, table: str) -> dict[str, Row]:
        return {one["id"]: one for one in self.sandbox.state("devrev")[table]}


@pytest.fixture
def writer(api: Api, sandbox: Sandbox) -> Writer:
    """The sandbox without a limit, since some tests send more than it lets through."""
    sandbox.turn("devrev.limit", "none")
    return Writer(api, sandbox)


def body(kind: str, **more: Any) -> Row:
    """Return what creates a work with no more than it needs, and what else is given."""
    needed: Row = {
        "type": kind,
        "applies_to_part": "PROD-1",
        "owned_by": ["DEVU-2"],
        "title": "New",
    }
    if kind == "opportunity":
        needed["account"] = "ACC-1"
    return {**needed, **more}


def of(kind: str, field: str) -> Row:
    """Return a refusal of a type that names a field."""
    return {"type": kind, "field_name": field}


def mistyped(field: str, actual: str, expected: str) -> Row:
    """Return the refusal of a value of another JSON type."""
    return {**of("unexpected_json_type", field), "actual": actual, "expected": expected}


def denied(field: str, reason: str, allowed: Sequence[str] | None = None) -> Row:
    """Return the refusal of a value that is well-formed but cannot be."""
    told = {} if allowed is None else {"allowed_values": list(allowed)}
    return {**of("value_not_permitted", field), "reason": reason, **told}
