"""Writes of stages, states and stage diagrams, and what all writes have alike."""

from datetime import datetime
from typing import Any

import pytest

from gateway.sources.devrev.tests.plain import Api
from gateway.sources.devrev.tests.writing_sandbox import (
    ENUM,
    MISSING,
    Row,
    Writer,
    denied,
    mistyped,
    of,
    writer,
)
from tests.fixtures import Sandbox

__all__ = ["writer"]

DON = "don:core:dvrv-us-1:devo/0:custom_stage/"
ITEM = "don:core:dvrv-us-1:devo/0:marketplace_item/7"
NODES: list[Row] = [
    {"stage_id": "STG-1", "is_start": True, "transitions": [{"target_stage_id": DON + "2"}]},
    {"stage_id": DON + "2", "is_deprecated": True},
]


def drawn(writer: Writer, *nodes: tuple[str, bool, bool, list[str]]) -> list[Row]:
    """Return the nodes that an answer has."""
    by_id = {one["display_id"]: one for one in writer.sandbox.state("devrev")["stages"]}
    short = {
        key: {name: one[name] for name in ("display_id", "id", "name")}
        for key, one in by_id.items()
    }
    return [
        {
            "is_deprecated": is_deprecated,
            "is_start": is_start,
            "stage": short[stage],
            "transitions": [{"target_stage": short[one]} for one in targets],
        }
        for stage, is_start, is_deprecated, targets in nodes
    ]


# ----------------------------------------------------------------------------------- stages


def test_a_stage_is_created(writer: Writer) -> None:
    body = {"name": "Triage", "ordinal": -5, "state": "STA-3"}
    one = writer.create("stages.custom", **body, marketplace_ref=ITEM)
    two = writer.create("stages.custom", **body)
    assert one["id"] == DON + "15"
    assert [one["display_id"], two["display_id"]] == ["STG-15", "STG-16"]
    assert (one["name"], one["ordinal"]) == ("Triage", -5)
    assert one["state"]["name"] == "Waiting"
    assert one["created_by"] == one["modified_by"]
    assert datetime.fromisoformat(one["created_date"]).utcoffset() is not None
    assert one == writer.state("stages", one["id"])
    assert writer.untold(one["id"]) == {"marketplace_ref": ITEM}
    assert "marketplace_ref" not in one
    assert one in writer.api.ok("stages.custom.list", name=["Triage"])["result"]


def test_a_stage_is_updated_wherever_it_is_told(writer: Writer) -> None:
    before = writer.state("stages", DON + "1")
    one = writer.update("stages.custom", id="STG-1", name="Sifting")
    changed = {"name", "modified_by", "modified_date"}
    assert {name: one[name] for name in one.keys() - changed} == {
        name: before[name] for name in before.keys() - changed
    }
    one = writer.update("stages.custom", id=DON + "1", ordinal=7, state_id="STA-2")
    assert (one["name"], one["ordinal"], one["state"]["name"]) == ("Sifting", 7, "in_progress")
    state = writer.sandbox.state("devrev")
    [node] = [n for n in state["workflows"][0]["stages"] if n["stage"]["id"] == DON + "1"]
    assert node["stage"]["name"] == "Sifting"
    places = [w["stage"] for w in state["works"] if w["stage"]["stage"]["id"] == DON + "1"]
    assert {(p["name"], p["ordinal"], p["state"]["name"]) for p in places} == {
        ("Sifting", 7, "in_progress")
    }


def test_names_are_free_or_unique(writer: Writer, sandbox: Sandbox) -> None:
    stage = {"ordinal": 1, "state": "STA-1"}
    writer.create("stages.custom", name="Backlog", **stage)
    writer.create("stage-diagrams", name="Issue flow", leaf_type="x", stages=[])
    sandbox.turn("devrev.stage_names", "unique")
    taken = denied("name", "already taken")
    assert writer.refused("stages.custom.create", name="Backlog", **stage) == taken
    assert writer.refused("stages.custom.update", id="STG-1", name="Backlog") == taken
    writer.update("stages.custom", id="STG-1", name="triage")
    diagram = {"leaf_type": "x", "stages": []}
    assert writer.refused("stage-diagrams.create", name="Issue flow", **diagram) == taken
    assert writer.refused("stage-diagrams.update", id="SDG-2", name="Issue flow") == taken


def test_a_state_is_created_and_updated(writer: Writer) -> None:
    one = writer.create("states.custom", name="Parked", ordinal=9)
    assert (one["display_id"], one["is_final"], one["ordinal"]) == ("STA-6", False, 9)
    one = writer.update("states.custom", id=one["id"], is_final=True, name="Over", ordinal=10)
    assert (one["name"], one["is_final"], one["ordinal"]) == ("Over", True, 10)
    assert writer.create("states.custom", name="Over", ordinal=9, is_final=True)["is_final"]


# --------------------------------------------------------------------------------- diagrams


def test_a_diagram_is_created(writer: Writer) -> None:
    one = writer.create("stage-diagrams", name="New", leaf_type="issue", stages=NODES)
    assert one["stages"] == drawn(
        writer, ("STG-1", True, False, ["STG-2"]), ("STG-2", False, True, [])
    )
    assert (one["is_default"], one["is_custom_leaf_type"]) == (False, False)
    assert writer.untold(one["id"]) == {}
    custom = {"is_custom_leaf_type": True, "is_default": True}
    one = writer.create("stage-diagrams", name="N", leaf_type="issue", stages=[], **custom)
    assert (one["is_default"], one["is_custom_leaf_type"]) == (True, True)
    found = writer.api.ok("stage-diagrams.get", leaf_type="issue")["stage_diagram"]
    assert found["name"] == "Issue flow"


def test_a_new_default_is_the_only_one(writer: Writer) -> None:
    new = {"leaf_type": "issue", "stages": NODES, "is_default": True}
    one = writer.create("stage-diagrams", name="New", **new)
    defaults = [d["id"] for d in writer.sandbox.state("devrev")["workflows"] if d["is_default"]]
    assert defaults[-1] == one["id"]
    assert len(defaults) == 3
    assert writer.api.ok("stage-diagrams.get", leaf_type="issue")["stage_diagram"] == one


def test_the_stages_of_a_diagram_are_replaced(writer: Writer) -> None:
    one = writer.update("stage-diagrams", id="SDG-2", name="Renamed")
    assert (one["name"], len(one["stages"])) == ("Renamed", 5)
    target = {"target_stage_id": "STG-1", "ui": {"is_hidden": True}}
    nodes = [{"stage_id": "STG-1", "transitions": [target]}]
    one = writer.update("stage-diagrams", id="SDG-2", stages=nodes)
    assert one["stages"] == drawn(writer, ("STG-1", False, False, ["STG-1"]))
    look = {"stage_id": DON + "1", "target_stage_id": DON + "1", "ui": {"is_hidden": True}}
    assert writer.untold(one["id"]) == {"ui": [look]}
    assert writer.update("stage-diagrams", id="SDG-2", stages=[])["stages"] == []
    assert writer.untold(one["id"]) == {}


# --------------------------------------------------------------------------------- refusals

STAGE: Row = {"name": "x", "ordinal": 1, "state": "STA-1"}
DIAGRAM: Row = {"name": "x", "leaf_type": "issue", "stages": NODES}
TARGET = "stages.transitions.target_stage_id"

REFUSED: list[tuple[str, Row, Row]] = [
    *(
        (route, {name: one for name, one in body.items() if name != field}, of(MISSING, field))
        for route, body in {
            "stages.custom.create": STAGE,
            "states.custom.create": {"name": "x", "ordinal": 1},
            "stage-diagrams.create": DIAGRAM,
        }.items()
        for field in body
    ),
    *(
        (f"{family}.update", {"name": "x"}, of(MISSING, "id"))
        for family in ("stages.custom", "states.custom", "stage-diagrams")
    ),
    ("stages.custom.create", {**STAGE, "name": None}, mistyped("name", "null", "string")),
    ("stages.custom.create", {**STAGE, "ordinal": "1"}, mistyped("ordinal", "string", "number")),
    ("stages.custom.create", {**STAGE, "ordinal": 1.5}, of("invalid_field", "ordinal")),
    ("stages.custom.create", {**STAGE, "ordinal": 2**31}, of("invalid_field", "ordinal")),
    ("stages.custom.create", {**STAGE, "state": "open"}, of("invalid_id", "state")),
    ("stages.custom.create", {**STAGE, "state": "STG-1"}, of("unexpected_id_type", "state")),
    ("stages.custom.create", {**STAGE, "state": "STA-99"}, of("invalid_id", "state")),
    ("stages.custom.create", {**STAGE, "state_id": "STA-1"}, of("invalid_field", "state_id")),
    ("stages.custom.create", {**STAGE, "color": "red"}, of("invalid_field", "color")),
    ("stages.custom.create", {**STAGE, "marketplace_ref": "?"},
     of("invalid_id", "marketplace_ref")),
    ("stages.custom.update", {"id": "STG-1", "state": "STA-1"}, of("invalid_field", "state")),
    ("stages.custom.update", {"id": "STG-1", "name": None}, mistyped("name", "null", "string")),
    ("stages.custom.update", {"id": None}, mistyped("id", "null", "string")),
    ("stages.custom.update", {"id": "STA-1"}, of("unexpected_id_type", "id")),
    ("stages.custom.update", {"id": "first"}, of("invalid_id", "id")),
    ("states.custom.create", {"name": "x", "ordinal": 1, "is_final": 1},
     mistyped("is_final", "number", "bool")),
    ("stage-diagrams.update", {"id": "SDG-1", "leaf_type": "x"}, of("invalid_field", "leaf_type")),
    ("stage-diagrams.create", {**DIAGRAM, "stages": [{}]}, of(MISSING, "stages.stage_id")),
    ("stage-diagrams.create", {**DIAGRAM, "stages": ["STG-1"]},
     mistyped("stages", "string", "object")),
    ("stage-diagrams.create", {**DIAGRAM, "stages": [{"stage_id": "STG-99"}]},
     of("invalid_id", "stages.stage_id")),
    ("stage-diagrams.create", {**DIAGRAM, "stages": [{"stage_id": "STG-1", "x": 1}]},
     of("invalid_field", "stages.x")),
    ("stage-diagrams.create", {**DIAGRAM, "stages": [NODES[1], NODES[1]]},
     denied("stages.stage_id", "more than once in the diagram")),
    ("stage-diagrams.create", {**DIAGRAM, "stages": NODES[:1]},
     denied(TARGET, "not in the diagram")),
]  # fmt: skip


@pytest.mark.parametrize(("route", "body", "refusal"), REFUSED)
def test_what_makes_no_sense_changes_nothing(
    writer: Writer, route: str, body: Row, refusal: Row
) -> None:
    assert writer.refused(route, **body) == refusal


def test_a_body_must_be_an_object(writer: Writer, api: Api) -> None:
    for body in (b"", b"[]", b"null", b"{", b"\xff"):
        for route in ("stages.custom.create", "works.update", "tags.delete"):
            response = api.http.post(f"/{route}", content=body)
            assert api.refusal(response) == {"type": "parse_error"}
            assert writer.applied(route) == 0


def test_an_object_that_there_is_not_is_not_found(writer: Writer, api: Api) -> None:
    for route, unknown in (
        ("stages.custom.update", "STG-99"),
        ("states.custom.update", "STA-99"),
        ("stage-diagrams.update", "SDG-99"),
        ("works.update", "ISS-9999"),
        ("works.delete", "ISS-1"),
        ("parts.update", "PROD-9"),
        ("parts.delete", "PROD-9"),
        ("tags.update", "TAG-99"),
        ("tags.delete", "TAG-99"),
        ("webhooks.update", "WEBHOOK-9"),
        ("webhooks.delete", "WEBHOOK-9"),
    ):
        response = api.post(route, id=unknown)
        assert response.status_code == 404, route
        assert response.json().get("type") == "not_found", route
        assert writer.applied(route) == 0


def test_an_id_that_names_nothing_may_be_not_found(writer: Writer, sandbox: Sandbox) -> None:
    sandbox.turn("devrev.unknown_references", "not_found")
    for state in ("STA-99", "XYZ-1"):
        response = writer.api.post("stages.custom.create", **{**STAGE, "state": state})
        assert (response.status_code, response.json()["type"]) == (404, "not_found")
    assert writer.applied("stages.custom.create") == 0


def test_display_ids_of_what_is_written_may_be_refused(writer: Writer, sandbox: Sandbox) -> None:
    sandbox.turn("devrev.display_ids", "refused")
    for route in ("stages.custom.update", "works.delete"):
        word = "STG-1" if route.startswith("stages") else "ISS-2"
        assert writer.refused(route, id=word) == of("invalid_id", "id")


def test_writes_are_posts_and_some_are_not_there(api: Api) -> None:
    for method, route in (
        ("GET", "stages.custom.create"),
        ("PUT", "works.update"),
        ("DELETE", "works.delete"),
        ("POST", "stages.custom.delete"),
        ("POST", "states.custom.delete"),
        ("POST", "stage-diagrams.delete"),
    ):
        response = api.http.request(method, f"/{route}")
        assert (response.status_code, [*response.json()]) == (404, ["message"]), route


def test_faults_come_before_or_after_what_they_strike(writer: Writer, sandbox: Sandbox) -> None:
    route = "stages.custom.create"
    for when, applied in (("before", 0), ("after", 1)):
        sandbox.fault("devrev", "status", when=when, times=1, status=503)
        assert writer.api.post(route, **STAGE).status_code == 503
        assert writer.applied(route) == applied
    assert len(writer.sandbox.state("devrev")["stages"]) == 15


def test_a_reset_restores_everything(writer: Writer, sandbox: Sandbox) -> None:
    before = sandbox.state("devrev")
    writer.create("stages.custom", **STAGE)
    writer.update("stage-diagrams", id="SDG-1", stages=[])
    writer.api.ok("works.delete", id="ISS-4")
    assert sandbox.state("devrev") != before
    sandbox.reset()
    assert sandbox.state("devrev") == before


def test_words_are_checked(writer: Writer) -> None:
    body: dict[str, Any] = {"type": "wish", "title": "x"}
    assert writer.refused("works.create", **body) == {
        "type": ENUM,
        "field_name": "type",
        "value": "wish",
        "allowed_values": ["issue", "opportunity", "task", "ticket"],
    }


JUNK: list[Any] = [
    None, 0, -1.5, 10**30, True, "", "x", "XYZ-1", "STG-1", "ISS-2", [], [None], ["x"], [[]],
    {}, {"set": []}, {"set": None}, {"id": "STG-1"}, {"name": ""}, [{}], [{"id": "TAG-1"}],
]  # fmt: skip
FORMS: dict[str, Row] = {
    "stages.custom": {**STAGE, "state_id": "", "marketplace_ref": ""},
    "states.custom": {"name": "x", "ordinal": 1, "is_final": ""},
    "stage-diagrams": {**DIAGRAM, "is_default": "", "is_custom_leaf_type": ""},
    "parts": {"type": "enhancement", "name": "x", "owned_by": [], "parent_part": ["PROD-1"],
              "links": "", "stage_v2": "", "tags": "", "custom_schema_spec": ""},
    "tags": {"name": "x", "style_new": "", "allowed_values": "", "description": ""},
    "webhooks": {"url": "https://a.example", "secret": "", "event_types": "", "headers": ""},
}  # fmt: skip


@pytest.mark.parametrize("family", FORMS)
def test_nonsense_is_never_a_crash(writer: Writer, family: str) -> None:
    known = {"stage-diagrams": "SDG-1", "parts": "ENH-13", "tags": "TAG-3", "webhooks": "WEBHOOK-1"}
    whole = {name: one for name, one in FORMS[family].items() if one != ""}
    for name in FORMS[family]:
        for value in JUNK:
            for route, body in (
                (f"{family}.create", {**whole, name: value}),
                (f"{family}.update", {"id": known.get(family, "STG-2"), name: value}),
            ):
                status = writer.api.post(route, **body).status_code
                assert status in {200, 201, 400}, (route, name, value)
    writer.sandbox.turn("devrev.answers", "everything")
    assert writer.sandbox.state("devrev")
