"""Writes of works: every field of every type, their stages, and what is refused."""

from collections.abc import Mapping
from typing import Any

import pytest

from gateway.sources.devrev.sandbox.forms_works import COMMON, NEW, OWN
from gateway.sources.devrev.tests.writing_sandbox import (
    ENUM,
    FRAGMENT,
    KNOWN,
    MISSING,
    Row,
    Writer,
    body,
    denied,
    mistyped,
    of,
    writer,
)
from tests.fixtures import Sandbox

__all__ = ["writer"]

SPRINT = "don:core:dvrv-us-1:devo/0:vista/1:vista_group_item/2"
LATE = "2026-03-04T05:06:07.000Z"
CLOCK = "2026-03-04T07:06:07+02:00"
LONE_TYPES = ("issue", "ticket", "task", "opportunity")
MONEY = {"amount": "12.50", "currency": "EUR"}


def contact(sandbox: Sandbox) -> str:
    """A customer's person whom an opportunity tells."""
    works = sandbox.state("devrev")["works"]
    [person] = next(one["contacts"] for one in works if one["type"] == "opportunity")
    return person["id"]


def shown(value: Any) -> Any:
    """What stands for an answered value in a request."""
    if isinstance(value, list):
        return [shown(one) for one in value]
    if isinstance(value, dict) and "tag" in value:
        return {**value, "id": value["tag"]["display_id"]} | {"tag": None}
    if isinstance(value, dict) and "ordinal" in value and "label" in value:
        return value["id"]
    if isinstance(value, dict):
        return value.get("display_id", value.get("id", value))
    return value


ALIKE: Row = {
    "applies_to_part": "FEAT-7",
    "body": "x" * 65_536,
    "custom_fields": {"tnt__effort": 3, "tnt__new": [1]},
    "title": "é" * 256,
}
ISSUE: Row = {"priority": "p2", "priority_v2": 3, "sprint": SPRINT, "target_start_date": CLOCK}
TASK: Row = {"embedded": True, "priority": "p0", "start_date": CLOCK}
TICKET: Row = {
    "account": "ACC-2", "channels_v2": ["CHAN-1", "CHAN-3"], "group": "GRP-2", "is_spam": True,
    "needs_response": True, "severity": "blocker", "source_channel_v2": "CHAN-2", "visibility": 2,
}  # fmt: skip
OPPORTUNITY: Row = {
    "account": "ACC-3", "amount": 10.5, "annual_contract_value": MONEY, "customer_budget": 3.0,
    "forecast_category_v2": 5, "probability": 0.25, "value": {"amount": "-1", "currency": "USD"},
}  # fmt: skip
TYPED: Mapping[str, Row] = {
    "issue": ISSUE, "task": TASK, "ticket": TICKET, "opportunity": OPPORTUNITY,
}  # fmt: skip
LISTS: Row = {
    "artifacts": ["ARTIFACT-992", "ARTIFACT-993"], "owned_by": ["DEVU-3", "DEVU-4"],
    "reported_by": ["DEVU-5"],
}  # fmt: skip
OWN_LISTS: Mapping[str, Row] = {
    "issue": {"developed_with": ["CAPL-3", "PROD-2"]},
    "ticket": {"channels": ["slack", "email"]},
}


def told(row: Row, untold: Row, fields: Row) -> Row:
    return {name: shown({**row, **untold}.get(name)) for name in fields}


def expected(fields: Row) -> Row:
    return {name: LATE if one == CLOCK else one for name, one in fields.items()}


@pytest.mark.parametrize("kind", LONE_TYPES)
def test_a_work_is_created_with_every_field(writer: Writer, kind: str) -> None:
    plain = {**ALIKE, **TYPED[kind], "external_ref": "X-1", "target_close_date": CLOCK}
    lists = {**LISTS, **OWN_LISTS.get(kind, {})}
    people: Row = {}
    if kind == "opportunity":
        people = {"contacts": [contact(writer.sandbox)]}
        plain |= {"priority": "p1", "forecast_category": "commit"}
    if kind == "ticket":
        orgs = writer.sandbox.state("devrev")["rev_orgs"]
        people = {"rev_org": orgs[1]["id"], "source_channel": "telephone"}
    spec = {"subtype": "incident", "tenant_fragment": True, "beyond": 1}
    others: Row = {
        "custom_schema_fragments": [FRAGMENT],
        "custom_schema_spec": spec,
        "stage_validation_options": ["allow_non_start"],
        "stage": {"id": "STG-7"},
        "tags": [{"id": "TAG-1"}, {"id": "TAG-5", "value": "APAC"}],
    }
    sent = {"type": kind, **plain, **lists, **people, **others}
    assert sent.keys() == NEW[kind].keys(), "a field that is not covered"
    row = writer.create("works", **sent)
    untold = writer.untold(row["id"])
    assert told(row, untold, plain | lists) == expected(plain | lists)
    assert (row["subtype"], row["custom_schema_fragments"]) == ("incident", [FRAGMENT])
    assert row.get("source_channel") == people.pop("source_channel", None)
    for name, one in people.items():
        found = row[name] if isinstance(one, list) else [row[name]]
        assert [end["id"] for end in found] == (one if isinstance(one, list) else [one])
    tags = [(one["tag"]["display_id"], one.get("value")) for one in row["tags"]]
    assert tags == [("TAG-1", None), ("TAG-5", "APAC")]
    assert row["stage"]["name"] == "completed"
    assert row["actual_close_date"] == row["created_date"]
    assert untold.pop("custom_schema_spec") == {"subtype": "incident", "tenant_fragment": True}
    hidden = {
        "issue": set[str](),
        "task": {"embedded", "priority", "start_date"},
        "ticket": {"is_frozen", "is_spam"},
        "opportunity": {
            "amount",
            "customer_budget",
            "forecast_category",
            "priority",
            "probability",
        },
    }[kind]
    assert untold.keys() == hidden
    assert row["display_id"].endswith("-241")
    writer.sandbox.turn("devrev.answers", "everything")
    whole = writer.api.ok("works.get", id=row["id"])["work"]
    assert whole == {**row, **untold}


@pytest.mark.parametrize("kind", LONE_TYPES)
def test_a_work_is_created_with_what_it_needs(writer: Writer, kind: str) -> None:
    start = {"ticket": "STG-9", "opportunity": "STG-13"}.get(kind, "STG-1")
    row = writer.create("works", **body(kind))
    assert (row["title"], row["type"], row["applies_to_part"]["name"]) == (
        "New", kind, "Northwind Cloud",
    )  # fmt: skip
    assert row["stage"]["stage"]["display_id"] == start
    assert row["stage"]["state"]["name"] == "open"
    assert row["tags"] == row["artifacts"] == row["reported_by"] == []
    assert not row.keys() & {"body", "actual_close_date", "target_close_date", "external_ref"}
    twin = writer.create("works", **body(kind))
    assert twin["id"] != row["id"]


@pytest.mark.parametrize("kind", LONE_TYPES)
def test_every_field_of_a_work_is_updated(writer: Writer, kind: str) -> None:
    before = writer.api.ok("works.get", id=KNOWN[kind])["work"]
    plain = {**ALIKE, **TYPED[kind], "target_close_date": CLOCK}
    lists = {**LISTS, **OWN_LISTS.get(kind, {})}
    people: Row = {}
    if kind == "opportunity":
        people = {"contacts": {"set": []}}
    if kind == "ticket":
        plain |= {
            "is_archived": True, "is_frozen": True, "sentiment": 5, "sentiment_summary": "!",
            "sentiment_modified_date": CLOCK,
        }  # fmt: skip
        people = {"rev_org": writer.sandbox.state("devrev")["rev_orgs"][2]["id"]}
    others: Row = {
        "custom_schema_fragments": [FRAGMENT],
        "custom_schema_spec": {"drop": {"subtype": True}},
        "stage_validation_options": ["allow_invalid_transition"],
        "staged_info": {"unresolved_fields": ["title"]},
        "stage": {"stage": "STG-14"},
        "tags": {"set": [{"id": "TAG-5", "value": "EMEA"}]},
    }
    sets = {name: {"set": one} for name, one in lists.items()}
    sent = {"type": kind, **plain, **sets, **people, **others}
    assert sent.keys() == COMMON.keys() | OWN[kind].keys(), "a field that is not covered"
    row = writer.update("works", id=KNOWN[kind], **sent)
    untold = writer.untold(row["id"])
    custom = {"custom_fields": {**before["custom_fields"], **ALIKE["custom_fields"]}}
    assert told(row, untold, plain | lists) == expected({**plain, **lists, **custom})
    assert row["stage"]["name"] == 'Archived "old"'
    assert row["actual_close_date"] == row["modified_date"]
    assert (row["id"], row["created_date"]) == (before["id"], before["created_date"])
    assert [one["value"] for one in row["tags"]] == ["EMEA"]
    assert "subtype" not in row
    assert untold["staged_info"] == {"unresolved_fields": ["title"]}


CLEARED: Mapping[str, tuple[str, ...]] = {
    "issue": ("sprint", "target_start_date"),
    "ticket": ("account", "group", "rev_org", "source_channel_v2"),
    "opportunity": ("amount", "customer_budget", "probability"),
    "task": (),
}


@pytest.mark.parametrize("kind", LONE_TYPES)
def test_only_some_fields_can_be_cleared(writer: Writer, kind: str) -> None:
    writer.sandbox.turn("devrev.answers", "everything")
    cleared = {"target_close_date", *CLEARED[kind]}
    row = writer.update("works", id=KNOWN[kind], **dict.fromkeys(cleared))
    assert not row.keys() & cleared
    for name in (COMMON.keys() | OWN[kind].keys()) - cleared:
        refusal = writer.refused("works.update", id=KNOWN[kind], **{name: None})
        assert (refusal["field_name"], refusal["actual"]) == (name, "null")


def test_lists_are_set_added_to_and_taken_from(writer: Writer) -> None:
    def tags(**verbs: list[Row]) -> list[str]:
        row = writer.update("works", id="ISS-2", tags=verbs)
        return [one["tag"]["display_id"] for one in row["tags"]]

    assert tags(set=[{"id": "TAG-1"}, {"id": "TAG-2"}]) == ["TAG-1", "TAG-2"]
    assert tags(add=[{"id": "TAG-2"}, {"id": "TAG-3"}]) == ["TAG-1", "TAG-2", "TAG-3"]
    assert tags(remove=[{"id": "TAG-1"}, {"id": "TAG-8"}]) == ["TAG-2", "TAG-3"]
    assert tags() == ["TAG-2", "TAG-3"]
    assert tags(set=[]) == []
    files = {"set": ["ARTIFACT-992"], "add": ["ARTIFACT-993"]}
    row = writer.update("works", id="ISS-2", artifacts=files)
    row = writer.update("works", id="ISS-2", artifacts={"remove": ["ARTIFACT-992"]})
    assert [one["display_id"] for one in row["artifacts"]] == ["ARTIFACT-993"]


def test_a_word_and_its_value_go_together(writer: Writer) -> None:
    row = writer.create("works", **body("issue", priority="p3"))
    assert row["priority_v2"]["id"] == 4
    assert writer.update("works", id=row["id"], priority_v2=1)["priority"] == "p0"
    row = writer.create("works", **body("opportunity", forecast_category="won"))
    assert row["forecast_category_v2"]["id"] == 6


def test_a_work_is_deleted(writer: Writer, sandbox: Sandbox) -> None:
    for position, work in (("200", "ISS-2"), ("204", "TKT-1")):
        sandbox.turn("devrev.delete", position)
        response = writer.api.post("works.delete", id=work)
        assert response.status_code == int(position)
        assert response.text == ("{}" if position == "200" else "")
        assert writer.api.post("works.get", id=work).status_code == 404
        assert writer.api.post("works.delete", id=work).status_code == 404
    assert writer.applied("works.delete") == 2
    assert len(sandbox.state("devrev")["works"]) == 238
    assert writer.create("works", **body("issue"))["display_id"] == "ISS-241"


# --------------------------------------------------------------------------------- refusals

NINE = ["PROD-1"] * 9
ALLOWED = ["blocker", "high", "low", "medium"]
REFUSED: list[tuple[str, Row, Row]] = [
    *(
        ("issue", {field: ...}, of(MISSING, field))
        for field in ("type", "applies_to_part", "owned_by", "title")
    ),
    ("opportunity", {"account": ...}, of(MISSING, "account")),
    ("issue", {"title": ""}, denied("title", "too short")),
    ("issue", {"title": "x" * 257}, denied("title", "too long")),
    ("issue", {"title": 5}, mistyped("title", "number", "string")),
    ("issue", {"body": "x" * 65_537}, denied("body", "too long")),
    ("issue", {"developed_with": NINE}, denied("developed_with", "too many")),
    ("issue", {"severity": "high"}, of("invalid_field", "severity")),
    ("issue", {"wish": 1}, of("invalid_field", "wish")),
    ("issue", {"owned_by": "DEVU-1"}, mistyped("owned_by", "string", "array")),
    ("issue", {"owned_by": ["PROD-1"]}, of("unexpected_id_type", "owned_by")),
    ("issue", {"owned_by": ["DEVU-99"]}, of("invalid_id", "owned_by")),
    ("issue", {"applies_to_part": "PROD-9"}, of("invalid_id", "applies_to_part")),
    ("issue", {"target_close_date": "soon"}, {"type": "parse_error"}),
    ("issue", {"target_close_date": "0001-01-01T00:00:00+14:00"}, {"type": "parse_error"}),
    ("issue", {"custom_fields": []}, mistyped("custom_fields", "array", "object")),
    ("issue", {"priority_v2": 1.5}, of("invalid_field", "priority_v2")),
    ("issue", {"priority_v2": 9}, {
        **of(ENUM, "priority_v2"), "value": "9", "allowed_values": ["1", "2", "3", "4"],
    }),
    ("issue", {"stage_validation_options": ["allow_invalid_transition"]}, {
        **of(ENUM, "stage_validation_options"), "value": "allow_invalid_transition",
        "allowed_values": ["allow_non_start"],
    }),
    ("issue", {"tags": [{"value": "x"}]}, of(MISSING, "tags.id")),
    ("issue", {"tags": [{"id": "TAG-1", "value": "x"}]},
     denied("tags.value", "not a value of the tag", [])),
    ("issue", {"tags": [{"id": "TAG-5", "value": "x"}]},
     denied("tags.value", "not a value of the tag", ["EMEA", "APAC", "AMER"])),
    ("issue", {"artifacts": ["ARTIFACT-1009"]}, {
        "type": "artifact_already_attached_to_a_parent", "is_same": False,
        "existing_parent": "don:core:dvrv-us-1:devo/0:ticket/9",
    }),
    ("ticket", {"severity": "p0"}, {
        **of(ENUM, "severity"), "value": "p0", "allowed_values": ALLOWED,
    }),
    ("ticket", {"is_frozen": True}, of("invalid_field", "is_frozen")),
    ("opportunity", {"probability": 1.01}, denied("probability", "too large")),
    ("opportunity", {"probability": -0.1}, denied("probability", "too small")),
    ("opportunity", {"value": {"amount": "1"}}, of(MISSING, "value.currency")),
    ("opportunity", {"value": {"amount": 1, "currency": "EUR"}},
     mistyped("value.amount", "number", "string")),
    ("opportunity", {"value": {"amount": "1", "currency": "euro"}},
     denied("value.currency", "malformed")),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "change", "refusal"), REFUSED)
def test_what_makes_no_sense_is_not_created(
    writer: Writer, kind: str, change: Row, refusal: Row
) -> None:
    sent = {name: one for name, one in body(kind, **change).items() if one is not ...}
    assert writer.refused("works.create", **sent) == refusal


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"owned_by": {"set": []}}, denied("owned_by.set", "empty")),
        ({"owned_by": ["DEVU-1"]}, mistyped("owned_by", "array", "object")),
        ({"developed_with": {"set": NINE}}, denied("developed_with.set", "too many")),
        ({"developed_with": {"add": []}}, of("invalid_field", "developed_with.add")),
        ({"title": ""}, denied("title", "too short")),
        ({"tags": {"set": [{"id": "TAG-99"}]}}, of("invalid_id", "tags.set.id")),
        ({"artifacts": {"add": "x"}}, mistyped("artifacts.add", "string", "array")),
        ({"external_ref": "x"}, of("invalid_field", "external_ref")),
        ({"severity": "high"}, of("invalid_field", "severity")),
    ],
)
def test_what_makes_no_sense_is_not_updated(writer: Writer, change: Row, refusal: Row) -> None:
    assert writer.refused("works.update", id="ISS-2", **change) == refusal


@pytest.mark.parametrize("kind", LONE_TYPES)
def test_nonsense_is_never_a_crash(writer: Writer, kind: str) -> None:
    junk: list[Any] = [
        None, -1.5, 10**30, "x", "XYZ-1", "ISS-2", [], [None], ["x"], {}, {"set": []}, [{}],
        {"set": [None]}, {"name": "completed"}, {"custom": None}, {"drop": {}},
    ]  # fmt: skip
    for name in NEW[kind].keys() | COMMON.keys() | OWN[kind].keys():
        for value in junk:
            for route, sent in (
                ("works.create", body(kind, **{name: value})),
                ("works.update", {"id": KNOWN[kind], name: value}),
            ):
                status = writer.api.post(route, **sent).status_code
                assert status in {200, 201, 400}, (route, name, value)
    writer.sandbox.turn("devrev.answers", "everything")
    assert writer.sandbox.state("devrev")
