"""Parts and tags."""

from typing import NamedTuple

from gateway.sandbox.company import day, dice, stamp
from gateway.sources.devrev.sandbox.ids import don, named
from gateway.sources.devrev.sandbox.records import Record, Ref
from gateway.sources.devrev.sandbox.staff import someone


class _Part(NamedTuple):
    type: str
    name: str
    parent: int | None = None


_PARTS = (
    _Part("product", "Northwind Cloud"),
    _Part("product", "Northwind Devices"),
    _Part("capability", "Billing", 1),
    _Part("capability", "Search", 1),
    _Part("capability", "Fleet control", 2),
    _Part("capability", "Firmware", 2),
    _Part("feature", "Invoices", 3),
    _Part("feature", "Dunning", 3),
    _Part("feature", "Facets", 4),
    _Part("feature", "Synonyms", 4),
    _Part("feature", "Remote lock", 5),
    _Part("feature", "Staged roll-out", 6),
    _Part("enhancement", "E-invoicing", 7),
    _Part("enhancement", "Facets that count", 9),
    _Part("enhancement", "Lock on loss", 11),
    _Part("enhancement", "Delta updates", 12),
)

_TAGS = (
    ("customer-request", "#5951ff"), ("regression", "#e5484d"), ("security", "#ffb020"),
    ("good first issue", "#00b67a"), ("region", "#0091ff"), ("debt", "#8e4ec6"),
    ("blocked", "#d6409f"), ("Renewal", "#30a46c"),
)  # fmt: skip

_REGIONS = ("EMEA", "APAC", "AMER")
_REGION = 5
"""The tag that takes a value."""


def part(number: int) -> Ref:
    """Stand for the part of a number, from 1."""
    return Ref("parts", don(_PARTS[number - 1].type, number))


def some_part(what: str) -> Ref:
    """Stand for a part, always the same for the same word."""
    return part(dice(f"devrev part of {what}").randrange(1, len(_PARTS) + 1))


def tag(number: int) -> Record:
    """Attach a tag by number, from 1; that of regions with a value."""
    value = {"value": _REGIONS[number % len(_REGIONS)]} if number == _REGION else {}
    return {"tag": Ref("tags", don("tag", number)), **value}


def some_tags(what: str) -> list[Record]:
    """Attach up to three tags."""
    chance = dice(f"devrev tags of {what}")
    return [tag(one) for one in chance.sample(range(1, len(_TAGS) + 1), chance.randrange(4))]


def parts() -> list[Record]:
    """Make 2 products, 4 capabilities, 6 features and 4 enhancements."""
    return [_part(number, one) for number, one in enumerate(_PARTS, start=1)]


def _part(number: int, one: _Part) -> Record:
    return {
        "type": one.type,
        "created_by": someone(f"part {number}"),
        "created_date": stamp(day(2 + number)),
        **named(one.type, number),
        "modified_by": someone(f"part {number} changed"),
        "modified_date": stamp(day(70 + number)),
        "artifacts": [],
        "custom_fields": {"tnt__cost_centre": 4000 + number},
        "custom_schema_fragments": [don("custom_type_fragment", 2)],
        "description": f"{one.name}, a {one.type} of the company.",
        "name": one.name,
        "owned_by": [someone(f"part {number} owner")],
        "stock_schema_fragment": don("custom_type_fragment", 101),
        "sync_metadata": {"external_reference": f"NW-P{number}", "origin_system": "jira"},
        "tags": some_tags(f"part {number}"),
        **(_planned(number) if one.type == "enhancement" else {}),
        **({"parent_part": [part(one.parent)]} if one.parent else {}),
    }


def _planned(number: int) -> Record:
    """Return what only enhancements have."""
    return {
        "actual_start_date": stamp(day(30 + number)),
        "stage_v2": {
            "stage": Ref("stages", don("custom_stage", 4)),
            "state": Ref("states", don("custom_state", 2)),
        },
        "state_v2": "in_progress",
        "target_close_date": stamp(day(300 + number)),
        "target_start_date": stamp(day(25 + number)),
    }


def tags() -> list[Record]:
    """Make the tags."""
    return [
        {
            "created_by": someone(f"tag {number}"),
            "created_date": stamp(day(4 + number)),
            **named("tag", number),
            "modified_by": someone(f"tag {number} changed"),
            "modified_date": stamp(day(20 + number)),
            "allowed_values": list(_REGIONS) if number == _REGION else [],
            "description": f"Works about: {name}.",
            "name": name,
            "style_new": {"color": color},
        }
        for number, (name, color) in enumerate(_TAGS, start=1)
    ]
