"""Writes of parts, tags and webhooks."""

from base64 import b64decode, b64encode

import pytest

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

LATE = "2026-03-04T05:06:07.000Z"
SECRET = b64encode(b"12345678").decode()
CODE: Row = {
    "code_inferred_surface_area": ["a"], "code_repo_paths": "/a", "code_repo_url": "https://a.example",
}  # fmt: skip
PARENTS = {"capability": "PROD-1", "feature": "CAPL-3", "enhancement": "FEAT-7"}
OWN: dict[str, Row] = {
    "linkable": CODE,
    "runnable": CODE,
    "enhancement": {"stage_v2": "STG-4", "target_close_date": LATE, "target_start_date": LATE},
}


def part(kind: str, **more: object) -> Row:
    parent = {"parent_part": [PARENTS[kind]]} if kind in PARENTS else {}
    return {"type": kind, "name": "New", "owned_by": ["DEVU-2"], **parent, **more}


# ------------------------------------------------------------------------------------ parts


@pytest.mark.parametrize(
    "kind", ["capability", "enhancement", "feature", "linkable", "product", "runnable"]
)
def test_a_part_is_created_and_updated(writer: Writer, kind: str) -> None:
    more: Row = {
        "artifacts": ["ARTIFACT-992"],
        "custom_fields": {"tnt__a": 1},
        "custom_schema_spec": {"subtype": "x"},
        "description": "About.",
        "links": [{"link_type": "is_part_of", "target": "PROD-1"}],
        "stage_validation_options": ["allow_non_start"],
        "tags": [{"id": "TAG-5", "value": "EMEA"}],
    }
    row = writer.create("parts", **part(kind, **more, **OWN.get(kind, {})))
    assert (row["type"], row["name"], row["description"]) == (kind, "New", "About.")
    assert row["artifacts"][0]["display_id"] == "ARTIFACT-992"
    assert row["tags"][0]["value"] == "EMEA"
    assert row["display_id"].endswith("-17")
    assert row["subtype"] == "x"
    untold = writer.untold(row["id"])
    product = "don:core:dvrv-us-1:devo/0:product/1"
    assert untold["links"] == [{"link_type": "is_part_of", "target": product}]
    assert ("parent_part" in untold) == (kind in PARENTS)
    if kind in OWN and kind != "enhancement":
        assert CODE.items() <= untold.items()
    own = {"code_repo_url": "https://b.example"} if CODE.items() <= untold.items() else {}
    changes = {"name": "Newer", "description": "", "owned_by": {"set": ["DEVU-3"]}, **own}
    emptied = {"tags": {"set": []}, "artifacts": {"set": []}}
    row = writer.update("parts", id=row["id"], type=kind, **changes, **emptied)
    assert (row["name"], row["description"], row["tags"], row["artifacts"]) == ("Newer", "", [], [])
    assert [one["display_id"] for one in row["owned_by"]] == ["DEVU-3"]
    assert own.items() <= writer.untold(row["id"]).items()


def test_an_enhancement_has_a_stage_and_times(writer: Writer) -> None:
    row = writer.create("parts", **part("enhancement", **OWN["enhancement"]))
    assert row["stage_v2"]["stage"]["display_id"] == "STG-4"
    assert row["stage_v2"]["state"]["name"] == row["state_v2"] == "in_progress"
    assert row["target_close_date"] == row["target_start_date"] == LATE
    times = dict.fromkeys(("target_close_date", "target_start_date"))
    row = writer.update("parts", id=row["id"], stage_v2="STG-7", **times)
    assert (row["state_v2"], row.keys() & times.keys()) == ("closed", set())
    writer.sandbox.turn("devrev.update_type", "required")
    refusal = of(MISSING, "type")
    assert writer.refused("parts.update", id=row["id"], stage_v2="STG-7") == refusal
    writer.update("parts", id=row["id"], name="x")


def test_a_part_in_use_is_kept_or_let_go(writer: Writer, sandbox: Sandbox) -> None:
    assert writer.refused("parts.delete", id="FEAT-7") == {"type": "bad_request"}
    free = writer.create("parts", **part("product"))["id"]
    assert writer.api.ok("parts.delete", id=free) == {}
    sandbox.turn("devrev.delete_used_parts", "detached")
    works = [
        one["id"]
        for one in sandbox.state("devrev")["works"]
        if one["applies_to_part"]["display_id"] == "FEAT-7"
    ]
    assert works
    assert writer.api.ok("parts.delete", id="FEAT-7") == {}
    for one in sandbox.state("devrev")["works"]:
        assert ("applies_to_part" in one) == (one["id"] not in works)
    assert "FEAT-7" not in str(sandbox.state("devrev")["parts"])
    assert writer.untold("don:core:dvrv-us-1:devo/0:enhancement/13") == {"parent_part": []}
    assert writer.applied("parts.delete") == 2


# ------------------------------------------------------------------------------------- tags


def test_a_tag_is_created_and_updated(writer: Writer) -> None:
    style = {"color": "#0aF9c1"}
    row = writer.create("tags", name="New", allowed_values=["a"], description="d", style_new=style)
    assert (row["name"], row["allowed_values"], row["style_new"]) == ("New", ["a"], style)
    row = writer.update(
        "tags", id="TAG-2", name="new", allowed_values={"set": ["b"]}, description="e"
    )
    assert (row["name"], row["allowed_values"], row["description"]) == ("new", ["b"], "e")
    works = writer.sandbox.state("devrev")["works"]
    assert "new" in {one["tag"]["name"] for work in works for one in work["tags"]}
    assert writer.update("tags", id="TAG-2", name="new", style_new=style)["style_new"] == style
    assert writer.create("tags", name="bare")["allowed_values"] == []


def test_a_deleted_tag_is_nowhere_any_more(writer: Writer, sandbox: Sandbox) -> None:
    tag = sandbox.state("devrev")["tags"][0]["id"]
    assert tag in str(sandbox.state("devrev")["works"])
    assert writer.api.ok("tags.delete", id="TAG-1") == {}
    assert writer.applied("tags.delete") == 1
    assert f"'{tag}'" not in str(sandbox.state("devrev"))
    assert writer.create("tags", name="next")["display_id"] == "TAG-9"


# --------------------------------------------------------------------------------- webhooks


def test_a_webhook_is_created(writer: Writer) -> None:
    url = "https://new.example/hook"
    row = writer.create("webhooks", url=url)
    assert (row["url"], row["event_types"], row["headers"]) == (url, [], [])
    assert row["status"] == "unverified"
    assert 8 <= len(b64decode(row["secret"], validate=True)) <= 32
    headers = [{"name": "a", "value": "b"}]
    events = ["work_created", "verify"]
    row = writer.create("webhooks", url=url, secret=SECRET, headers=headers, event_types=events)
    assert (row["secret"], row["headers"], row["event_types"]) == (SECRET, headers, events)


def test_a_webhook_is_updated_and_deleted(writer: Writer) -> None:
    hook = "WEBHOOK-1"
    row = writer.update(
        "webhooks", id=hook, event_types={"add": ["verify"], "remove": ["work_created"]}
    )
    assert row["event_types"] == ["work_updated", "verify"]
    header = {"name": "b", "value": "c"}
    changed = {"add": [header], "remove": ["X-Team"]}
    assert writer.update("webhooks", id=hook, headers=changed)["headers"] == [header]
    assert writer.update("webhooks", id=hook, headers={"set": []})["headers"] == []
    row = writer.update("webhooks", id=hook, url="https://b.example")
    assert (row["status"], row["url"]) == ("unverified", "https://b.example")
    assert writer.update("webhooks", id=hook, action="activate")["status"] == "active"
    row = writer.update("webhooks", id=hook, secret="")
    assert row["status"] == "unverified"
    assert len(b64decode(row["secret"])) >= 8
    assert writer.update("webhooks", id=hook, secret=SECRET)["secret"] == SECRET
    assert writer.update("webhooks", id=hook, action="deactivate")["status"] == "inactive"
    assert writer.api.ok("webhooks.delete", id=hook) == {}
    assert len(writer.api.ok("webhooks.list")["webhooks"]) == 2


REFUSED: list[tuple[str, Row, Row]] = [
    ("parts.create", part("product", type="wish"), {
        **of(ENUM, "type"), "value": "wish", "allowed_values": [
            "capability", "enhancement", "feature", "linkable", "product", "runnable",
        ],
    }),
    ("parts.create", {"name": "x"}, of(MISSING, "type")),
    *(
        ("parts.create", {name: one for name, one in part("feature").items() if name != field},
         of(MISSING, field))
        for field in ("name", "owned_by", "parent_part")
    ),
    ("parts.create", part("feature", parent_part=[]), denied("parent_part", "too few")),
    ("parts.create", part("feature", parent_part=["CAPL-3", "CAPL-4"]),
     denied("parent_part", "too many")),
    ("parts.create", part("capability", parent_part=["CAPL-3"]),
     of("unexpected_id_type", "parent_part")),
    ("parts.create", part("product", parent_part=["PROD-1"]), of("invalid_field", "parent_part")),
    ("parts.create", part("product", links=[{}]), of(MISSING, "links.link_type")),
    ("parts.update", {"id": "PROD-1", "type": "feature"},
     denied("type", "the part is of type product", ["product"])),
    ("parts.update", {"id": "PROD-1", "owned_by": {"set": []}}, denied("owned_by.set", "empty")),
    ("parts.update", {"id": "CAPL-3", "parent_part": ["PROD-2"]},
     of("invalid_field", "parent_part")),
    ("parts.delete", {}, of(MISSING, "id")),
    ("parts.delete", {"id": "FEAT-7", "force": True}, of("invalid_field", "force")),
    ("tags.create", {}, of(MISSING, "name")),
    ("tags.create", {"name": "debt"}, denied("name", "already taken")),
    ("tags.update", {"id": "TAG-1", "name": "debt"}, denied("name", "already taken")),
    ("tags.create", {"name": "x", "style_new": {"color": "red"}},
     denied("style_new.color", "malformed")),
    ("tags.create", {"name": "x", "allowed_values": "a"},
     mistyped("allowed_values", "string", "array")),
    ("tags.update", {"id": "TAG-1", "allowed_values": {"add": []}},
     of("invalid_field", "allowed_values.add")),
    ("tags.delete", {"id": "PROD-1"}, of("unexpected_id_type", "id")),
    ("webhooks.create", {}, of(MISSING, "url")),
    ("webhooks.create", {"url": "nowhere"}, denied("url", "malformed")),
    ("webhooks.create", {"url": "https://a.example", "secret": "?"}, {"type": "parse_error"}),
    ("webhooks.create", {"url": "https://a.example", "secret": "QQ=="},
     denied("secret", "too short")),
    ("webhooks.create",
     {"url": "https://a.example", "headers": [{"name": "a", "value": "b"}] * 9},
     denied("headers", "too many")),
    ("webhooks.update", {"id": "WEBHOOK-1", "action": "wake"}, {
        **of(ENUM, "action"), "value": "wake", "allowed_values": ["activate", "deactivate"],
    }),
]  # fmt: skip


@pytest.mark.parametrize(("route", "body", "refusal"), REFUSED)
def test_what_makes_no_sense_changes_nothing(
    writer: Writer, route: str, body: Row, refusal: Row
) -> None:
    assert writer.refused(route, **body) == refusal


def test_nine_headers_are_too_many_together(writer: Writer) -> None:
    more = [{"name": str(one), "value": ""} for one in range(8)]
    refusal = writer.refused("webhooks.update", id="WEBHOOK-1", headers={"add": more})
    assert refusal == denied("headers", "too many")
